//! What is to be seen: little, calm, and never needed. Everything on the screen is also heard.

mod layout;
mod plain;
mod row;
#[cfg(test)]
mod tests;

use std::env;
use std::io::{self, IsTerminal, Write};

use crossterm::cursor::MoveTo;
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};

use crate::base::{Remedy, Unheard, in_ascii, is_shown, only_ascii};
use crate::session::view::View;
use layout::layout;
use plain::Plain;
use row::Row;

/// What everyone must know who sees this program, before anything else.
pub(crate) const NOTICE: &str =
    "Development preview: not for use. No clinician has reviewed the text.";

/// What everyone must know at the end.
pub(crate) const OVER: &str = "The session is over.";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A screen of its own, in place.
    Full { colour: bool },
    /// One line for each sentence.
    Plain,
}

impl Style {
    /// The style for standard output and the environment as they are; plain if she wants it so.
    pub(crate) fn of_stdout(plain: bool) -> Self {
        let terminal = env::var("TERM").unwrap_or_default();
        if plain || matches!(&*terminal, "" | "dumb") || !io::stdout().is_terminal() {
            return Self::Plain;
        }
        let colour = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self::Full { colour }
    }

    /// Whether it draws in place, and so needs a screen of its own.
    pub(crate) const fn draws(self) -> bool {
        matches!(self, Self::Full { .. })
    }
}

/// Draws [`View`]s, and remembers what stands there already.
#[derive(Debug)]
pub(crate) struct Screen {
    style: Style,
    /// The terminal shows plain letters only.
    ascii: bool,
    size: Option<(u16, u16)>,
    rows: Vec<Row>,
    plain: Plain,
}

impl Screen {
    /// A screen on which nothing stands yet.
    pub(crate) fn new(style: Style) -> Self {
        Self::of(style, only_ascii(&io::stdout()))
    }

    fn of(style: Style, ascii: bool) -> Self {
        Self {
            style,
            ascii,
            size: None,
            rows: Vec::new(),
            plain: Plain::default(),
        }
    }

    /// Draws what has changed since the last time, in one write. `size` is columns and rows.
    pub(crate) fn draw(
        &mut self,
        out: &mut impl Write,
        view: &View,
        size: (u16, u16),
    ) -> io::Result<()> {
        let changes = match self.style {
            Style::Full { colour } => self.full(view, size, colour)?,
            Style::Plain => {
                let lines = self.plain.lines(view);
                self.letters(lines).into_bytes()
            }
        };
        if changes.is_empty() {
            return Ok(());
        }
        out.write_all(&changes)?;
        out.flush()
    }

    /// Whether it draws in place.
    pub(crate) const fn draws(&self) -> bool {
        self.style.draws()
    }

    /// Forgets what stands there: something else has written over it.
    pub(crate) const fn forget(&mut self) {
        self.size = None;
    }

    /// What stays in the terminal when the session is over. The drawn screen is gone then, and `words` with it; of
    /// plain lines, those that are written already are not written again.
    pub(crate) fn end(&self, words: &[String]) -> String {
        self.letters(match (self.style, words) {
            (Style::Plain, _) => self.plain.end(words),
            (Style::Full { .. }, []) => format!("{OVER}\n"),
            (Style::Full { .. }, _) => words.join("\n") + "\n",
        })
    }

    /// `text` in letters that the terminal shows.
    fn letters(&self, text: String) -> String {
        if self.ascii { in_ascii(&text) } else { text }
    }

    fn full(&mut self, view: &View, size: (u16, u16), colour: bool) -> io::Result<Vec<u8>> {
        let (columns, rows) = size;
        let drawn = layout(view, columns.into(), rows.into()).into_iter();
        let drawn: Vec<_> = drawn
            .map(|row| row.map(|text| self.letters(text)))
            .collect();
        let mut changes = Vec::new();
        queue!(changes, BeginSynchronizedUpdate)?;
        let nothing = changes.len();
        if self.size.replace(size) != Some(size) {
            self.rows.clear();
            let (reset, clear) = (SetAttribute(Attribute::Reset), Clear(ClearType::All));
            queue!(changes, reset, clear)?;
        }
        for (number, row) in (0..).zip(&drawn) {
            if self.rows.get(usize::from(number)) != Some(row) {
                queue!(changes, MoveTo(0, number))?;
                row.write(&mut changes, columns.into(), colour)?;
            }
        }
        self.rows = drawn;
        if changes.len() == nothing {
            return Ok(Vec::new());
        }
        queue!(changes, EndSynchronizedUpdate)?;
        Ok(changes)
    }
}

/// Why nothing can be heard, and what to do about it, in two sentences.
fn told(why: Unheard) -> String {
    let told = [Some(why.to_string()), why.remedy()];
    let sentences = told.into_iter().flatten().map(|words| {
        let (first, rest) = words.split_at(1);
        first.to_uppercase() + rest + "."
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// A row of text, with a space for whatever is no letter or sign to look at: a routine may come from anywhere.
fn one_row(text: &str) -> String {
    let plain = |letter| if is_shown(letter) { letter } else { ' ' };
    text.chars().map(plain).collect()
}
