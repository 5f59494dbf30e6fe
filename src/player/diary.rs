//! The diary of a session, by this computer's clock, beside the journal that it is written into.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::clock::timestamp;
use crate::diary::{Diary, Kept};
use crate::error::{Error, Outcome};
use crate::journal::entry::{Entry, LineVersion};
use crate::journal::{Journal, JournalError, at::At, rules::Opening};
use crate::player::writer::Write;
use crate::session::Ending;

/// Now, by this computer's clock and zone.
#[must_use]
pub(crate) fn now() -> At {
    let now = timestamp();
    At::new(now, TimeZone::system().to_offset(now))
}

/// Takes the journal, and says what it allows to someone who hears this version of the text.
pub(crate) fn open(
    path: &Path,
    text_version: u32,
) -> Result<(Diary, Journal, Opening), JournalError> {
    let mut journal = Journal::open(path)?;
    let history = journal.history()?;
    let opening = history.opening(now(), text_version);
    if opening.note_clock {
        let (v, at) = (LineVersion::One, now());
        journal.append(&Entry::Clock { v, at })?;
    }
    let diary = Diary::new(&history, journal.left(), now(), text_version);
    Ok((diary, journal, opening))
}

impl From<Kept> for Write {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Line(line) => Self::Line(line),
            Kept::Left(left) => Self::Left(left),
        }
    }
}

/// How the session has ended, as far as the diary cares.
pub(super) const fn ending(outcome: &Result<Outcome, Error>) -> Ending {
    match outcome {
        Ok(Outcome::Session(ending)) => *ending,
        Err(Error::Voice(_)) => Ending::VoiceLost,
        Err(Error::Output(_) | Error::SoundStopped) => Ending::DeviceLost,
        Ok(_) | Err(_) => Ending::Interrupted,
    }
}
