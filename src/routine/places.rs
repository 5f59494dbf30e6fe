//! What stands where in a routine's file: for whoever names a line of it by its number.

use serde::Deserialize;
use toml::Spanned;

/// What a line of a file belongs to, counted from 0: a section, a movement in it, and perhaps one line of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Belongs {
    pub section: usize,
    pub movement: usize,
    pub line: Option<usize>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    section: Vec<Spanned<Section>>,
}

#[derive(Deserialize)]
struct Section {
    #[serde(default)]
    movement: Vec<Spanned<Movement>>,
}

#[derive(Deserialize)]
struct Movement {
    lines: Vec<Spanned<toml::Table>>,
}

/// What the line with this number, from 1, belongs to. `text` is that of a sound routine.
pub(crate) fn belongs(text: &str, number: usize) -> Option<Belongs> {
    let file: File = toml::from_str(text).ok()?;
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines
        .by_ref()
        .take(number.checked_sub(1)?)
        .map(str::len)
        .sum();
    let end = before + lines.next()?.len();
    let begun = |at: usize| at < end;
    let mut sections = file.section.iter().enumerate();
    let (section, found) = sections.rfind(|(_, section)| begun(section.span().start))?;
    let movements = &found.get_ref().movement;
    // The head of a section belongs to its first movement.
    let movement = movements
        .iter()
        .rposition(|movement| begun(movement.span().start));
    let movement = movement.unwrap_or_default();
    let spans = movements.get(movement)?.get_ref().lines.iter();
    let line = spans
        .map(Spanned::span)
        .position(|span| span.start < end && span.end > before);
    Some(Belongs {
        section,
        movement,
        line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
title = \"T\"
[[section]]
part = \"sitting\"

[[section]]
title = \"S\"
[[section.movement]]
title = \"A\"
lines = [
  { id = \"1\", say = \"One.\" },
  # between
  { id = \"2\",
    say = \"Two.\" },
]

[[section.movement]]
lines = [{ id = \"3\", say = \"Three.\" }]
";

    #[test]
    fn each_line_of_a_file_belongs_to_what_stands_there() {
        let found = |number| belongs(TEXT, number).map(|it| (it.section, it.movement, it.line));
        let head = Some((1, 0, None));
        assert_eq!([0, 1, 2, 3, 18, 99].map(found), [None; 6]);
        assert_eq!([5, 6, 7, 8, 9, 11, 14].map(found), [head; 7]);
        assert_eq!(found(10), Some((1, 0, Some(0))));
        assert_eq!([12, 13].map(found), [Some((1, 0, Some(1))); 2]);
        assert_eq!(found(16), Some((1, 1, None)));
        assert_eq!(found(17), Some((1, 1, Some(0))));
    }
}
