//! Signs a routine: writes into its file who has reviewed its words, on which day, and the mark of each line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::{Spanned, Value};

use super::print;
use crate::base::files::{LONGEST_TEXT, read_at_most, read_plain, rewrite_file, to_text};
use crate::error::Error;
use crate::player::diary;
use crate::routine::{Routine, Standing};

/// The routine as it is signed now. A file with problems is not signed, and what is signed is shown.
pub(super) fn sign(path: &Path, by: &str) -> Result<Routine, Error> {
    let unsigned = |cause| Error::Unsigned {
        path: path.to_owned(),
        cause,
    };
    let text = read_plain(path, LONGEST_TEXT).and_then(to_text);
    let text = text.map_err(unsigned)?;
    let name = path.to_string_lossy();
    let routine = Routine::parse(&name, &text)?;
    let marks: Vec<_> = routine.reviewed().map(|line| line.mark()).collect();
    let earlier = reviewer(&text);
    let text = signed(&text, by, &diary::now().day().to_string(), &marks);
    // With its marks it may be longer than what is read.
    read_at_most(text.as_bytes(), LONGEST_TEXT).map_err(unsigned)?;
    // Its name may be one that cannot be shown.
    let routine = Routine::parse(&name, &text)?;
    if !matches!(routine.standing(), Standing::Reviewed { .. }) {
        let cause = "what would be written is not what was read";
        return Err(unsigned(std::io::Error::other(cause)));
    }
    for line in routine.reviewed() {
        print(format_args!("{}  {}", line.id, line.told))?;
    }
    rewrite_file(path, text.as_bytes()).map_err(unsigned)?;
    if let Some(earlier) = earlier.filter(|earlier| earlier != by) {
        print(format_args!(
            "It takes the place of the review by {earlier}."
        ))?;
    }
    print("Softback cannot check who signs: the name is as good as whoever keeps the file.")?;
    Ok(routine)
}

/// Who has reviewed it before, as the file says.
fn reviewer(text: &str) -> Option<String> {
    let head: Head = toml::from_str(text).ok()?;
    Some(head.get("reviewed_by")?.get_ref().as_str()?.to_owned())
}

/// The text with its review: in the place of an older one, else after its title. Everything else stays.
fn signed(text: &str, by: &str, day: &str, marks: &[String]) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let quoted = |text: &str| Value::String(text.to_owned()).to_string();
    let marks = marks
        .iter()
        .map(|mark| format!("  {},{newline}", quoted(mark)));
    let marks: String = marks.collect();
    let entries = [
        ("reviewed_by", quoted(by)),
        ("reviewed_on", day.to_owned()),
        ("reviewed", format!("[{newline}{marks}]")),
    ];
    // It was parsed before.
    let keys = toml::from_str(text).unwrap_or_default();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut new = String::new();
    for (key, value) in entries {
        match value_of(&keys, key) {
            Some(place) => edits.push((place, value)),
            None => new = format!("{new}{key} = {value}{newline}"),
        }
    }
    let title = value_of(&keys, "title").map_or(0, |title| title.end);
    match text[title..].find('\n') {
        Some(end) => edits.push((title + end + 1..title + end + 1, new)),
        None => edits.push((text.len()..text.len(), format!("{newline}{new}"))),
    }
    edits.sort_by_key(|(place, _)| place.start);
    let mut signed = text.to_owned();
    // From the end on, so that the places before stay.
    for (place, value) in edits.into_iter().rev() {
        signed.replace_range(place, &value);
    }
    signed
}

/// The head of a file: its keys and their values, with their places.
type Head = BTreeMap<String, Spanned<Value>>;

fn value_of(head: &Head, key: &str) -> Option<Range<usize>> {
    head.get(key).map(Spanned::span)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: [&str; 2] = ["A1:12345678", "A \"2\":9abcdef0"];

    fn by(text: &str, name: &str) -> String {
        signed(text, name, "2026-11-29", &MARKS.map(str::to_owned))
    }

    #[test]
    fn a_review_is_written_after_the_title_and_everything_else_stays() {
        let text =
            "# A comment.\ntitle = \"T\"   # another\nversion = 1\n\n[[section]] # and one\n";
        let expected = "# A comment.\ntitle = \"T\"   # another\n\
                        reviewed_by = \"Jo\"\nreviewed_on = 2026-11-29\n\
                        reviewed = [\n  \"A1:12345678\",\n  'A \"2\":9abcdef0',\n]\n\
                        version = 1\n\n[[section]] # and one\n";
        assert_eq!(by(text, "Jo"), expected);
        // Once more it takes the place of the older one, whoever signed that.
        let older = expected
            .replace("\"Jo\"", "'''An\nolder name'''")
            .replace("2026-11-29", "2025-01-01 # then");
        let newer = expected.replace("2026-11-29", "2026-11-29 # then");
        assert_eq!(by(&older, "Jo"), newer);
        assert_eq!(by(expected, "Jo"), expected);
    }

    #[test]
    fn line_ends_and_odd_names_are_kept() {
        let text = "title = \"T\"\r\nversion = 1\r\n";
        let windows = by(text, "Jo");
        assert_eq!(
            windows.matches('\n').count(),
            windows.matches("\r\n").count()
        );
        assert!(windows.ends_with("]\r\nversion = 1\r\n"), "{windows:?}");
        assert!(
            by("version = 1\ntitle = \"T\"", "Jo")
                .starts_with("version = 1\ntitle = \"T\"\nreviewed_by")
        );
        for name in ["Jo \"J\" Doe", "O'Neil", "a\\b", "J\u{f6}\nX"] {
            let signed: Head = toml::from_str(&by("title = \"T\"\n", name)).expect("sound TOML");
            assert_eq!(signed["reviewed_by"].get_ref().as_str(), Some(name));
        }
    }
}
