//! What she chooses on the page before a session, and the pictures of what comes: as HTML.

use std::fmt::Write as _;

use super::assemble::escaped;
use super::pictures::Pictures;
use crate::base::{Frames, Length, Pace, Posture};
use crate::routine::Routine;

/// Those that count the breath: a page says nothing for her own breath that another pace does not.
pub(super) const PACES: [Pace; 3] = [Pace::Standard, Pace::Slow, Pace::VerySlow];

/// One of several: what the driver reads, and what she reads.
type Choice = (String, String);

/// Every choice that this routine leaves; those given are chosen already.
pub(super) fn choices(routine: &Routine, pace: Pace, posture: Posture, length: Length) -> String {
    let paces = PACES.map(|pace| (pace.to_string(), of_pace(pace)));
    let mut html = field("pace", "How slowly", &paces, &pace.to_string());
    if routine.sections().iter().any(|section| section.on_feet) {
        let postures = [
            (
                Posture::Seated.to_string(),
                "Sitting on a firm chair".to_owned(),
            ),
            (
                Posture::Standing.to_string(),
                "Standing against a wall, at the standard pace".to_owned(),
            ),
        ];
        html += &field(
            "posture",
            "Sitting or standing",
            &postures,
            &posture.to_string(),
        );
    }
    if routine.has_lengths() {
        let lengths = Length::ALL.map(|length| (length.to_string(), format!("{length} minutes")));
        html += &field("length", "How long", &lengths, &length.to_string());
    }
    html
}

fn of_pace(pace: Pace) -> String {
    let name = match pace {
        Pace::Slow => "Slow",
        Pace::VerySlow => "Very slow",
        _ => "Standard",
    };
    let seconds = |frames: Frames| frames.seconds();
    pace.breath().map_or_else(
        || name.to_owned(),
        |breath| {
            let (inhale, exhale) = (seconds(breath.inhale), seconds(breath.exhale));
            format!("{name}: in for {inhale} seconds, out for {exhale}")
        },
    )
}

fn field(name: &str, legend: &str, choices: &[Choice], chosen: &str) -> String {
    let mut html = format!("<fieldset><legend>{legend}</legend>\n");
    for (value, shown) in choices {
        let checked = if value == chosen { " checked" } else { "" };
        // A string takes whatever is written to it.
        let _ = writeln!(
            html,
            "<label><input type=\"radio\" name=\"{name}\" value=\"{value}\"{checked}> <span>{shown}</span></label>"
        );
    }
    html + "</fieldset>"
}

/// The pictures of what comes sitting, in a list; nothing where there are none.
pub(super) fn pictures(drawn: &Pictures) -> String {
    let seated = drawn.get(&Posture::Seated.to_string());
    let Some(seated) = seated.filter(|pictures| !pictures.is_empty()) else {
        return String::new();
    };
    let items = seated.iter().map(|(title, svg)| {
        let title = escaped(title);
        format!("<li><figure>{svg}<figcaption>{title}</figcaption></figure></li>\n")
    });
    let items: String = items.collect();
    format!(
        "<details><summary>The movements, in pictures</summary>\n<ul id=\"pictures\">{items}</ul></details>"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::routine::built_in;

    #[test]
    fn only_what_can_be_chosen_is_asked() {
        let of = |name: &str| {
            let routine = built_in(name).expect("built in");
            choices(&routine, Pace::Slow, Posture::Seated, Length::Ten)
        };
        let release = of("upper-back");
        for name in ["pace", "posture", "length"] {
            assert!(release.contains(&format!("name=\"{name}\"")), "{name}");
        }
        assert_eq!(release.matches(" checked").count(), 3);
        assert!(release.contains("value=\"slow\" checked"));
        assert!(
            release.contains("Slow: in for 4 seconds, out for 6"),
            "{release}"
        );
        assert!(
            !of("gentle").contains("posture"),
            "the soft routine is for a chair"
        );
        assert!(!release.contains("own"));
    }

    #[test]
    fn pictures_are_listed_where_there_are_any() {
        assert_eq!(pictures(&BTreeMap::new()), "");
        let seated = vec![("A & B".to_owned(), "<svg/>".to_owned())];
        let listed = pictures(&BTreeMap::from([("seated".to_owned(), seated)]));
        assert!(listed.contains("<svg/><figcaption>A &amp; B</figcaption>"));
    }
}
