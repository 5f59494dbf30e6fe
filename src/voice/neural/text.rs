//! A text, one sentence at a time.

/// Endings of a sentence.
const ENDS: [char; 4] = ['.', '!', '?', '…'];
/// What may stand between the end of a sentence and the space behind it.
const CLOSERS: [char; 5] = ['"', '”', '’', ')', ']'];
/// Short forms whose full stop does not end a sentence.
const TITLES: [&str; 8] = ["Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Jr", "Sr"];

/// The sentences of a text, in order, none of them blank. The network reads one at a time.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let (sentence, behind) = rest.split_at(sentence_end(rest));
        rest = behind;
        Some(sentence.trim_end())
    })
}

/// The byte behind the first sentence.
fn sentence_end(text: &str) -> usize {
    let mut from = 0;
    while let Some(offset) = text[from..].find(ENDS) {
        let marks = text[from + offset..].trim_start_matches(ENDS);
        let behind = marks.trim_start_matches(CLOSERS);
        let end = text.len() - behind.len();
        let next = behind.trim_start().chars().next();
        if behind.starts_with(char::is_whitespace)
            && next.is_some_and(|c| !c.is_lowercase())
            && !is_short_form(&text[..from + offset])
        {
            return end;
        }
        from = end;
    }
    text.len()
}

/// Whether the text in front of a full stop ends in a title or an initial.
fn is_short_form(text: &str) -> bool {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(|c: char| !c.is_alphabetic());
    let initial = word.chars().count() == 1 && word != "I" && word.chars().all(char::is_uppercase);
    initial || TITLES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(sentences(text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn splits_at_ends_of_sentences() {
        check("", &[]);
        check("  ", &[]);
        check("In.", &["In."]);
        check("Well done. Rest now.", &["Well done.", "Rest now."]);
        check("“Rest.” Then go on", &["“Rest.”", "Then go on"]);
        check("Ready?  Yes!", &["Ready?", "Yes!"]);
        check("So do I. Rest.", &["So do I.", "Rest."]);
    }

    #[test]
    fn keeps_short_forms_and_ellipses_together() {
        check("Ask Dr. Smith first.", &["Ask Dr. Smith first."]);
        check("J. Smith says so.", &["J. Smith says so."]);
        check("Wait... then rest.", &["Wait... then rest."]);
        check("At 3.5 seconds", &["At 3.5 seconds"]);
    }
}
