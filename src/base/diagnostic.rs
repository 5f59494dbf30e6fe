//! Problems in a file, each shown at its place in the text, with the way to mend it.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A name is like another, and worth suggesting, above this Jaro-Winkler likeness.
const LIKE: f64 = 0.7;

/// ": did you mean …?" if a known name is near, else nothing.
pub(crate) fn did_you_mean(name: &str, known: &[&str]) -> String {
    let plain = |name: &str| name.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(&plain(name), &plain(known)), known))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > LIKE)
        .map_or_else(String::new, |(_, near)| {
            format!(": did you mean \"{near}\"?")
        })
}

/// So many problems of a file are shown: whoever mends them checks again.
const MOST_SHOWN: usize = 20;

/// One problem at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// All problems of one file, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    path: String,
    text: String,
    list: Vec<Problem>,
}

impl Problems {
    /// The problems of the file at `path` that holds `text`.
    pub fn new(path: &str, text: &str, mut list: Vec<Problem>) -> Self {
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
