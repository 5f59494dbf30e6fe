//! What was written, made ready for the pronouncer: no control characters, no signs between
//! digits, one sentence at a time.

/// Endings of a sentence.
const ENDS: [char; 4] = ['.', '!', '?', '…'];
/// What may stand between the end of a sentence and the space behind it.
const CLOSERS: [char; 5] = ['"', '”', '’', ')', ']'];
/// Short forms whose full stop does not end a sentence.
const TITLES: [&str; 8] = ["Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Jr", "Sr"];

/// Signs the pronouncer would leave out next to a number, and their names.
const SIGNS: [(char, &str); 5] = [
    ('%', " percent"),
    ('°', " degrees"),
    ('½', " and a half"),
    ('¼', " and a quarter"),
    ('¾', " and three quarters"),
];

/// Takes out what cannot be spoken, and writes numbers so that they can be.
pub(super) fn tidy(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let plain: Vec<char> = text.chars().map(plain).collect();
    let mut out = String::with_capacity(text.len());
    for (at, &c) in plain.iter().enumerate() {
        let before = at.checked_sub(1).map_or(' ', |before| plain[before]);
        let after = plain.get(at + 1).copied().unwrap_or(' ');
        match SIGNS.iter().find(|(sign, _)| *sign == c) {
            Some((_, name)) if before.is_ascii_digit() => out.push_str(name),
            _ if !joins(before, c, after) => out.push(c),
            _ if is_range(&plain, at) => out.push_str(" to "),
            _ => out.push(' '),
        }
    }
    out
}

/// Whether a sign only holds a number and its neighbour together: left alone, the pronouncer would
/// take "20-minute" or "10:30" for one unknown word.
fn joins(before: char, sign: char, after: char) -> bool {
    let digits = before.is_ascii_digit() && after.is_ascii_digit();
    let mixed = (before.is_ascii_digit() && after.is_alphabetic())
        || (before.is_alphabetic() && after.is_ascii_digit());
    (is_hyphen(sign) && (digits || mixed)) || (matches!(sign, ':' | '/') && digits)
}

/// Whether the hyphen stands in "5-10", spoken "5 to 10"; "4-7-8", which names a pattern, is none.
fn is_range(text: &[char], hyphen: usize) -> bool {
    let digits = |place: &usize| text[*place].is_ascii_digit();
    let first = (0..hyphen).rev().take_while(digits).last();
    let last = (hyphen + 1..text.len()).take_while(digits).last();
    let alone = |place: Option<usize>| {
        let beside = place.and_then(|place| text.get(place));
        beside.is_none_or(|&c| !is_hyphen(c) && !matches!(c, ':' | '/') && !c.is_alphanumeric())
    };
    let (Some(first), Some(last)) = (first, last) else {
        return false;
    };
    is_hyphen(text[hyphen]) && alone(first.checked_sub(1)) && alone(Some(last + 1))
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '–')
}

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

    #[test]
    fn tidies_digits_and_control_characters() {
        assert_eq!(tidy("4-7-8"), "4 7 8");
        assert_eq!(tidy("5–10 breaths"), "5 to 10 breaths");
        assert_eq!(
            tidy("a 20-minute rest at 10:30"),
            "a 20 minute rest at 10 30"
        );
        assert_eq!(
            tidy("T4-T6, 50% or 7½"),
            "T4 T6, 50 percent or 7 and a half"
        );
        assert_eq!(
            tidy("the mid-back, -3, 4- and 7"),
            "the mid-back, -3, 4- and 7"
        );
        assert_eq!(tidy("a\0b\nc"), "a b c");
    }
}
