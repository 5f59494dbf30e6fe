//! The health notice, and what she can read before a session with movement.

use std::fs::File;
use std::io::BufReader;

use super::{journal, print, read_line};
use crate::error::{Error, Outcome};
use crate::journal::history::Opening;
use crate::room::terminal;
use crate::routine::ScreeningText;
use crate::settings::Settings;
use crate::settings::emergency::Emergency;
use crate::settings::flags::Flags;

pub(super) fn show() -> Result<Outcome, Error> {
    let settings = Settings::read(&Flags::default())?;
    print(text(&ScreeningText::built_in(), &settings.emergency))
}

fn text(screening: &ScreeningText, emergency: &Emergency) -> String {
    include_str!("../../scripts/en/notice.txt")
        .replace("{VERSION}", &screening.version().to_string())
        .replace("{DATE}", screening.date())
        .replace("{EMERGENCY}", &emergency.shown())
}

/// Shows why a session with movement does not start, or before the first use the notice.
pub(super) fn before_movement(
    opening: &Opening,
    screening: &ScreeningText,
    emergency: &Emergency,
) -> Result<(), Error> {
    // The session reads its keys from there, wherever standard input comes from. Without a terminal there is nobody
    // to wait for, and the session says that it needs one before anything sounds.
    let Ok(keyboard) = terminal::keyboard() else {
        return Ok(());
    };
    if opening.closed.is_some() {
        journal::show(false)?;
    } else if opening.first {
        let notice = text(screening, emergency);
        print(format_args!(
            "{notice}\nPress Enter when you have read this, or Ctrl-C to leave."
        ))?;
        read_line(BufReader::new(File::from(keyboard)))?;
    }
    Ok(())
}
