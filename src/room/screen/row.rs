//! One row of the screen: text in a few looks, and how it is written.

use std::io;

use crossterm::queue;
use crossterm::style::{Attribute, Color, Print, SetAttribute, SetForegroundColor};
use crossterm::terminal::{Clear, ClearType};
use textwrap::core::display_width;

/// How a stretch of text looks. Weight carries the meaning, for colours may be off or unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Strong,
    Reversed,
    Accent,
}

impl Look {
    fn begin(self, out: &mut Vec<u8>, colour: bool) -> io::Result<()> {
        match self {
            Self::Strong => queue!(out, SetAttribute(Attribute::Bold)),
            Self::Reversed => queue!(out, SetAttribute(Attribute::Reverse)),
            // Legible on black and on white.
            Self::Accent if colour => queue!(out, SetForegroundColor(Color::DarkGreen)),
            Self::Accent | Self::Plain => Ok(()),
        }
    }
}

/// One row of the screen, from its first column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row(Vec<(Look, String)>);

impl Row {
    pub(super) fn new(look: Look, text: impl Into<String>) -> Self {
        Self(vec![(look, text.into())])
    }

    pub(super) fn and(mut self, look: Look, text: impl Into<String>) -> Self {
        self.0.push((look, text.into()));
        self
    }

    /// The same with each text changed.
    pub(super) fn map(self, mut change: impl FnMut(String) -> String) -> Self {
        let texts = self.0.into_iter();
        Self(texts.map(|(look, text)| (look, change(text))).collect())
    }

    /// The one behind the other.
    pub(super) fn join(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(super) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| display_width(text)).sum()
    }

    pub(super) fn indented(mut self, by: usize) -> Self {
        if by > 0 && !self.0.is_empty() {
            self.0.insert(0, (Look::Plain, " ".repeat(by)));
        }
        self
    }

    /// As much of it as fits.
    pub(super) fn cut(self, width: usize) -> Self {
        let mut left = width;
        self.map(|text| {
            let text = cut(&text, left);
            left -= display_width(&text);
            text
        })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>, columns: usize, colour: bool) -> io::Result<()> {
        for (look, text) in &self.0 {
            look.begin(out, colour)?;
            queue!(out, Print(text))?;
            if *look != Look::Plain {
                queue!(out, SetAttribute(Attribute::Reset))?;
            }
        }
        // With the cursor past the last column this would wipe that column.
        if self.width() < columns {
            queue!(out, Clear(ClearType::UntilNewLine))?;
        }
        Ok(())
    }
}

/// As much of `text` as fits into `width` columns.
pub(super) fn cut(text: &str, width: usize) -> String {
    let ends = text
        .char_indices()
        .map(|(at, letter)| at + letter.len_utf8());
    let fitting = ends.take_while(|end| display_width(&text[..*end]) <= width);
    text[..fitting.last().unwrap_or(0)].to_owned()
}
