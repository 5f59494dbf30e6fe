//! The health notice, and what she can read before a session with movement.

use std::fs::File;
use std::io::BufReader;

use super::{journal, print, read_line};
use crate::base::refusal::Refusal;
use crate::error::{Error, Outcome};
use crate::journal::limit::{Movement, Verdict};
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

/// Why the movements are closed, if they are.
pub(super) const fn refusal(verdict: &Verdict) -> Option<Refusal> {
    match verdict.movement {
        Movement::Open => None,
        Movement::Closed(closed) => Some(closed.why),
    }
}

/// Shows why a session with movement does not start, or before the first use the notice.
pub(super) fn before_movement(
    verdict: &Verdict,
    screening: &ScreeningText,
    emergency: &Emergency,
) -> Result<(), Error> {
    // The session reads its keys from there, wherever standard input comes from. Without a terminal there is nobody
    // to wait for, and the session says that it needs one before anything sounds.
    let Ok(keyboard) = terminal::keyboard() else {
        return Ok(());
    };
    if refusal(verdict).is_some() {
        journal::show(false)?;
    } else if verdict.first {
        let notice = text(screening, emergency);
        print(format_args!(
            "{notice}\nPress Enter when you have read this, or Ctrl-C to leave."
        ))?;
        read_line(BufReader::new(File::from(keyboard)))?;
    }
    Ok(())
}
