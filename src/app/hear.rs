//! A trial for the author of a routine: one movement or one line of it, heard at once.

use super::{routines, voices};
use crate::base::{Pace, Posture, Utterance};
use crate::cli::HearFlags;
use crate::error::{Error, Outcome};
use crate::plan;
use crate::player::trial;
use crate::routine::{Companion, Form, Line, Movement, Respelled, Routine, Section, belongs};
use crate::settings::{Settings, VoiceChoice};

pub(super) fn hear(flags: &HearFlags) -> Result<Outcome, Error> {
    let (routine, text) = routines::find_with_text(&flags.routine)?;
    let from = flags.from.as_deref();
    let chosen = chosen(&routine, text.as_deref(), from).ok_or_else(|| Error::NoLine {
        from: from.unwrap_or_default().to_owned(),
        routine: flags.routine.clone(),
    })?;
    let settings = Settings::read(&flags.play_flags())?;
    if settings.voice.value == VoiceChoice::System {
        return Err(Error::TrialSpeaks);
    }
    let pace = settings
        .pace
        .as_ref()
        .map_or(Pace::default(), |pace| pace.value);
    let said = chosen.said(routine.words(), &settings.emergency.spoken(), pace);
    let voice = voices::open(&settings)?;
    trial::hear(chosen.title, said, &settings, voice)
}

/// What is to be heard: lines of one movement.
struct Chosen<'a> {
    title: &'a str,
    section: &'a Section,
    lines: Vec<&'a Line>,
}

impl<'a> Chosen<'a> {
    /// A movement as it is said for the first time, in the posture that it is for.
    fn movement(section: &'a Section, movement: &'a Movement) -> Self {
        let [seated, standing] = Posture::ALL;
        let posture = if section.said_in(seated) && !section.on_feet {
            seated
        } else {
            standing
        };
        let said = |line: &&Line| {
            line.said_in(posture) && line.said_in_form(Form::OneByOne) && line.said_in_round(1)
        };
        let mut lines: Vec<_> = movement.lines.iter().filter(said).collect();
        if lines.is_empty() {
            lines = movement.lines.iter().collect();
        }
        Self {
            title: named(section, movement),
            section,
            lines,
        }
    }

    fn line(section: &'a Section, movement: &'a Movement, line: &'a Line) -> Self {
        Self {
            title: named(section, movement),
            section,
            lines: vec![line],
        }
    }

    /// First that it is a trial; then each line once.
    fn said(&self, words: &Respelled, emergency: &str, pace: Pace) -> Vec<Utterance> {
        let companion = Companion::built_in().with_emergency(emergency);
        plan::trial(&companion, words, self.section, &self.lines, pace)
    }
}

fn named<'a>(section: &'a Section, movement: &'a Movement) -> &'a str {
    if movement.title.is_empty() {
        &section.title
    } else {
        &movement.title
    }
}

/// The line with the id `from`, or what the line of the text with this number belongs to; else the first movement.
fn chosen<'a>(routine: &'a Routine, text: Option<&str>, from: Option<&str>) -> Option<Chosen<'a>> {
    let sections = routine.sections();
    let movements = sections
        .iter()
        .flat_map(|section| section.movements.iter().map(move |it| (section, it)));
    let Some(from) = from else {
        let (section, movement) = movements.clone().next()?;
        return Some(Chosen::movement(section, movement));
    };
    let lines = movements.flat_map(|(section, movement)| {
        let lines = movement.lines.iter();
        lines.map(move |line| (section, movement, line))
    });
    if let Some((section, movement, line)) = lines.clone().find(|(.., line)| *line.id == *from) {
        return Some(Chosen::line(section, movement, line));
    }
    let found = belongs(text?, from.parse().ok()?)?;
    let section = sections.get(found.section)?;
    let movement = section.movements.get(found.movement)?;
    Some(match found.line.and_then(|line| movement.lines.get(line)) {
        Some(line) => Chosen::line(section, movement, line),
        None => Chosen::movement(section, movement),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routine::built_in;

    const HERS: &str = include_str!("../../tests/fixtures/short.toml");

    /// What is said from there on, but for the words that it is a trial.
    fn said(routine: &Routine, text: Option<&str>, from: Option<&str>) -> Vec<String> {
        let Some(chosen) = chosen(routine, text, from) else {
            return Vec::new();
        };
        let said = chosen.said(routine.words(), "nine nine nine", Pace::Standard);
        assert!(said[0].text().contains("trial for the author"));
        let texts = said[1..].iter().map(|said| said.text().to_string());
        texts.collect()
    }

    #[test]
    fn one_movement_is_heard_or_one_line_of_it() {
        let hers = Routine::parse("hers.toml", HERS).unwrap_or_else(|wrong| panic!("{wrong}"));
        let said = |from: Option<&str>| said(&hers, Some(HERS), from);
        let first = [
            "Rest your hands where they feel good.",
            "Breathe in softly.",
            "Breathe out slowly.",
        ];
        assert_eq!(said(None), first);
        assert_eq!(said(Some("3")), [first[2]], "an id goes before a number");
        let number = |words: &str| {
            let at = HERS.lines().position(|line| line.contains(words));
            (at.expect("it is there") + 1).to_string()
        };
        for head in [
            "title = \"Breath\"",
            "title = \"Rise and sink\"",
            "repeat = 8",
        ] {
            assert_eq!(said(Some(&number(head))), first, "{head}");
        }
        assert_eq!(said(Some(&number("Breathe in softly"))), [first[1]]);
        let last = number("The session is over");
        assert_eq!(said(Some(&last)).len(), 1);
        for none in ["0", "999", "-1", "1.5", "nine", ""] {
            assert!(said(Some(none)).is_empty(), "{none}");
        }
    }

    #[test]
    fn of_a_built_in_routine_a_line_is_named_by_its_id() {
        let routine = built_in("upper-back").expect("built in");
        let said = |from: &str| said(&routine, None, Some(from));
        assert_eq!(said("C2.3"), ["Roll them back and down."]);
        assert!(said("40").is_empty());
        // What is only said when standing is heard, too.
        let stands = routine.sections().iter().filter(|section| section.on_feet);
        for section in stands {
            for movement in &section.movements {
                assert!(!Chosen::movement(section, movement).lines.is_empty());
            }
        }
    }

    #[test]
    fn a_trial_holds_the_lines_of_one_movement_and_no_word_over_a_breath() {
        for name in crate::routine::built_in_names() {
            let routine = built_in(name).expect("built in");
            for section in routine.sections() {
                for movement in &section.movements {
                    let chosen = Chosen::movement(section, movement);
                    let said = chosen.said(routine.words(), "nine nine nine", Pace::Standard);
                    assert!(said.len() <= movement.lines.len() + 1);
                    assert!(
                        !said
                            .iter()
                            .any(|said| ["In.", "Out."].contains(&&**said.text()))
                    );
                }
            }
        }
    }
}
