//! Problems in a file, each shown at its place in the text, with the way to mend it.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

/// A name is like another, and worth suggesting, above this Jaro-Winkler likeness.
const LIKE: f64 = 0.7;

/// ": did you mean …?" if a known name is near, else nothing.
pub(crate) fn did_you_mean(name: &str, known: &[&str]) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!(": did you mean \"{near}\"?"))
}

/// The known name that was meant, if one is near.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(&plain(name), &plain(known)), known))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > LIKE)
        .map(|(_, near)| *near)
}

/// So many problems of a file are shown: whoever mends them checks again.
const MOST_SHOWN: usize = 50;

/// One problem at one place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// Where, in bytes of the file.
    pub span: Range<usize>,
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Problem {
    /// A problem at `span`.
    pub fn new(span: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// Where something stands in a text, for other programs: lines and their characters, each counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    /// Of the first character behind it.
    end_column: usize,
}

/// All problems of one file, each once, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    path: String,
    text: String,
    list: Vec<Problem>,
}

impl Problems {
    /// The problems of the file at `path` that holds `text`.
    pub fn new(path: &str, text: &str, mut list: Vec<Problem>) -> Self {
        // What is said live and in a recording, for one, is looked at twice.
        let mut known = HashSet::new();
        list.retain(|problem| known.insert(problem.clone()));
        list.sort_by_key(|problem| problem.span.start);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            list,
        }
    }

    /// The list, in the order of the text.
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Each with its place.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (Place, &Problem)> {
        let breaks = self.text.match_indices('\n');
        let starts: Vec<_> = [0]
            .into_iter()
            .chain(breaks.map(|(at, _)| at + 1))
            .collect();
        // Looked up, not counted for each: all of the file may stand on one line.
        let letters: Vec<_> = self.text.char_indices().map(|(at, _)| at).collect();
        self.list.iter().map(move |problem| {
            let (line, column) = self.position(&starts, &letters, problem.span.start);
            let (end_line, end_column) = self.position(&starts, &letters, problem.span.end);
            let place = Place {
                line,
                column,
                end_line,
                end_column,
            };
            (place, problem)
        })
    }

    /// The line and the character in it, where lines begin at `starts`, and each character at one of `letters`.
    fn position(&self, starts: &[usize], letters: &[usize], at: usize) -> (usize, usize) {
        let at = self.text.floor_char_boundary(at);
        let line = starts.partition_point(|start| *start <= at);
        let start = starts[..line].last().copied().unwrap_or_default();
        let before = |at: usize| letters.partition_point(|letter| *letter < at);
        (line, before(at) - before(start) + 1)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let renderer = Renderer::plain();
        for (index, problem) in self.list.iter().take(MOST_SHOWN).enumerate() {
            let snippet = Snippet::source(self.text.as_str())
                .path(self.path.as_str())
                .annotation(AnnotationKind::Primary.span(problem.span.clone()));
            let report = [Level::ERROR
                .primary_title(problem.message.as_str())
                .element(snippet)
                .element(Level::HELP.message(problem.help.as_str()))];
            if index > 0 {
                f.write_str("\n\n")?;
            }
            f.write_str(&renderer.render(&report))?;
        }
        match self.list.len().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n\nand {more} more: mend these first, then check again"),
        }
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters_from_one() {
        let text = "a = \"\u{f6}\u{1f930}b\"\n\nlast";
        let bold = text.find('b').expect("it is there");
        let span = |span| Problem::new(span, "", "");
        let spans = [bold..bold + 1, 0..text.len(), bold - 1..bold, 99..100];
        let problems = Problems::new("x", text, spans.map(span).to_vec());
        let placed: Vec<_> = problems
            .placed()
            .map(|(at, problem)| {
                let place = (at.line, at.column, at.end_line, at.end_column);
                (problem.span.clone(), place)
            })
            .collect();
        let expected = [
            (0..text.len(), (1, 1, 3, 5)),
            // From the middle of a letter it is the whole letter.
            (bold - 1..bold, (1, 7, 1, 8)),
            (bold..bold + 1, (1, 8, 1, 9)),
            // What is behind the end is at the end.
            (99..100, (3, 5, 3, 5)),
        ];
        assert_eq!(placed, expected);
    }
}
