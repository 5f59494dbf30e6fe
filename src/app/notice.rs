//! The health notice, and what she can read before a session with movement.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader};

use super::{journal, print, read_line};
use crate::error::{Error, Outcome};
use crate::journal::rules::Opening;
use crate::room::terminal::{self, Terminal};
use crate::routine::ScreeningText;
use crate::settings::{Settings, emergency::Emergency, flags::Flags};

pub(super) fn show() -> Result<Outcome, Error> {
    let settings = Settings::read(&Flags::default())?;
    print(text(&ScreeningText::built_in(), &settings.emergency))
}

/// The notice, with the number to call filled in.
pub(super) fn text(screening: &ScreeningText, emergency: &Emergency) -> String {
    include_str!("../../scripts/en/notice.txt")
        .replace("{VERSION}", &screening.version().to_string())
        .replace("{DATE}", screening.date())
        .replace("{EMERGENCY}", &emergency.shown())
}

/// Shows why a session with movement does not start, or before the first use the notice. `false` if she has left it
/// unread.
pub(super) fn before_movement(
    opening: &Opening,
    screening: &ScreeningText,
    emergency: &Emergency,
) -> Result<bool, Error> {
    // The session reads its keys from there, wherever standard input comes from. Without a terminal there is nobody
    // to wait for, and the session says that it needs one before anything sounds.
    let Ok(keyboard) = terminal::keyboard() else {
        return Ok(true);
    };
    if opening.closed.is_some() {
        journal::show(false)?;
    } else if opening.first {
        let keyboard = BufReader::new(File::from(keyboard));
        return read_in_pages(&text(screening, emergency), keyboard);
    }
    Ok(true)
}

/// Shows the notice a window at a time: what scrolls away unread might be the gravest of it. `false` if the input ends
/// before she has read it all: that is no Enter.
fn read_in_pages(notice: &str, mut keyboard: impl BufRead) -> Result<bool, Error> {
    let (columns, rows) = Terminal::size();
    let pages = pages(notice, columns.into(), rows.into());
    let last = pages.len();
    for (number, page) in (1..).zip(&pages) {
        let asks = if number == last {
            "Press Enter when you have read this, or Ctrl-C to leave.".to_owned()
        } else {
            format!("Page {number} of {last}. Press Enter to read on, or Ctrl-C to leave.")
        };
        print(format_args!("{page}\n{asks}"))?;
        loop {
            match read_line(&mut keyboard)? {
                None => return Ok(false),
                // Bytes that are no text are no answer.
                Some(line) if line.contains(char::REPLACEMENT_CHARACTER) => print(&asks)?,
                Some(_) => break,
            };
        }
    }
    Ok(true)
}

/// The paragraphs of `text`, on as few pages as fit a window with room for the line that asks for Enter.
fn pages(text: &str, columns: usize, rows: usize) -> Vec<String> {
    // That line may take two rows, and her Enter moves everything up by one.
    let room = rows.saturating_sub(4).max(1);
    let mut pages: Vec<Vec<String>> = vec![Vec::new()];
    for paragraph in text.trim_end().split("\n\n") {
        let rows = paragraph.lines();
        let rows = rows.flat_map(|line| textwrap::wrap(line, columns.max(1)));
        let mut rows: Vec<_> = rows.map(Cow::into_owned).collect();
        rows.push(String::new());
        for part in rows.chunks(room) {
            match pages.last_mut() {
                Some(page) if page.len() + part.len() <= room => page.extend_from_slice(part),
                _ => pages.push(part.to_vec()),
            }
        }
    }
    pages.iter().map(|page| page.join("\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_enter_reads_on() {
        let notice = "One.\n\nTwo.";
        let read = |keyboard: &[u8]| read_in_pages(notice, keyboard).unwrap();
        assert!(read(b"\n\n") && read(b"yes\n"));
        assert!(read(b"\xfc\n\n"));
        for ended in [&b""[..], b"\xfc\n", b"yes"] {
            assert!(!read(ended), "{ended:?}");
        }
    }

    #[test]
    fn nothing_of_the_notice_scrolls_away_unread() {
        let notice = text(&ScreeningText::built_in(), &Emergency::default());
        let letters = |text: &str| text.replace(char::is_whitespace, "");
        for (columns, rows) in [(80, 24), (80, 28), (40, 12), (20, 6), (1, 1), (200, 60)] {
            let pages = pages(&notice, columns, rows);
            for page in &pages {
                let lines: Vec<_> = page.lines().collect();
                assert!(lines.len() < rows.max(2), "{columns} by {rows}:\n{page}");
                let widest = lines.iter().map(|line| line.chars().count()).max();
                assert!(widest <= Some(columns), "{columns} by {rows}:\n{page}");
            }
            assert_eq!(
                letters(&pages.concat()),
                letters(&notice),
                "{columns} by {rows}"
            );
        }
        assert!(pages(&notice, 80, 24)[0].contains("NO CLINICIAN HAS REVIEWED THE TEXT YET"));
        assert!(pages(&notice, 80, 24)[0].contains("for chest pain"));
        assert_eq!(pages(&notice, 80, 24).len(), 2);
        assert_eq!(pages(&notice, 80, 50).len(), 1);
    }
}
