//! What is no TOML in a file: said line by line, and made harmless, so that the rest can be read.

use std::borrow::Cow;
use std::ops::Range;

use toml::de::Error;

use super::SOUND;
use crate::base::{Problem, shows_nothing};

/// Problems, and what may follow from them.
#[derive(Default)]
pub(super) struct Problems {
    pub list: Vec<Problem>,
    /// Something is missing that may have been there: nobody knows what it was.
    pub torn: bool,
    /// Lines of the file that are no TOML, in their order: whatever else seems wrong there follows from it.
    pub lines: Vec<Range<usize>>,
}

impl Problems {
    /// The text with spaces for what does not show where there is no text, and no TOML for that reason.
    pub(super) fn invisible<'a>(&mut self, text: &'a str, errors: &[Error]) -> Cow<'a, str> {
        let mut plain = Cow::Borrowed(text);
        for (line, _) in torn_lines(text, errors) {
            for (at, letter) in hidden_in(&text[line.clone()]) {
                let at = line.start + at..line.start + at + letter.len_utf8();
                let name = match letter {
                    '\u{feff}' => "a byte order mark",
                    '\u{a0}' | '\u{202f}' => "a no-break space",
                    _ => "a character that does not show",
                };
                plain
                    .to_mut()
                    .replace_range(at.clone(), &" ".repeat(at.len()));
                self.report(
                    at,
                    format!("{name} stands outside of text: U+{:04X}", u32::from(letter)),
                    "take it out, and type a plain space if there is to be one",
                );
            }
        }
        plain
    }

    /// What is no TOML: of each line the first mistake, as others follow from it.
    pub(super) fn syntax(&mut self, text: &str, errors: &[Error]) {
        // Behind what is not closed everything seems wrong.
        let unclosed = |error: &Error| error.message().starts_with("unclosed");
        let most = if errors.iter().any(unclosed) {
            1
        } else {
            usize::MAX
        };
        for (line, error) in torn_lines(text, errors).into_iter().take(most) {
            // A second key of the same name is left out, and nothing else.
            self.torn |= error.message() != "duplicate key";
            self.report(error.span().unwrap_or_default(), error.message(), SOUND);
            // Its end belongs to it.
            self.lines.push(line.start..line.end + 1);
        }
    }

    pub(super) fn report(
        &mut self,
        at: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if !self.follows(at.start) {
            self.list.push(Problem::new(at, message, help));
        }
    }

    /// Whether what seems wrong at this byte stands in a line that is no TOML.
    pub(super) fn follows(&self, at: usize) -> bool {
        let before = self.lines.partition_point(|line| line.end <= at);
        let line = self.lines.get(before);
        line.is_some_and(|line| line.contains(&at))
    }
}

/// The lines of the file that have an error, in their order, each with its first.
fn torn_lines<'a>(text: &str, errors: &'a [Error]) -> Vec<(Range<usize>, &'a Error)> {
    let line = |error: &'a Error| (line_of(text, error), error);
    let mut lines: Vec<_> = errors.iter().map(line).collect();
    lines.sort_by_key(|(line, _)| line.start);
    lines.dedup_by_key(|(line, _)| line.start);
    lines
}

/// The line of an error, without its end.
fn line_of(text: &str, error: &Error) -> Range<usize> {
    let at = text.floor_char_boundary(error.span().unwrap_or_default().start);
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    start..end
}

/// The text with spaces for each key that has no value: the TOML crate would read nothing behind it.
pub(super) fn without_lone_keys<'a>(text: &'a str, errors: &[Error]) -> Cow<'a, str> {
    let mut plain = Cow::Borrowed(text);
    let lone = |error: &&Error| error.message().starts_with("key with no value");
    for line in errors.iter().filter(lone).map(|error| line_of(text, error)) {
        plain
            .to_mut()
            .replace_range(line.clone(), &" ".repeat(line.len()));
    }
    plain
}

/// What does not show in a line, but between quotes and in a comment.
fn hidden_in(line: &str) -> Vec<(usize, char)> {
    let (mut quote, mut escaped, mut found) = (None, false, Vec::new());
    for (at, letter) in line.char_indices() {
        let hides = shows_nothing(letter) || (letter.is_whitespace() && !letter.is_ascii());
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '#') => break,
            (None, _) if hides => found.push((at, letter)),
            _ => {}
        }
    }
    found
}
