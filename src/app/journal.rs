//! The journal: shown, or deleted.

use std::io;

use super::{print, read_line};
use crate::error::{Error, Outcome};
use crate::journal::{self, Journal};
use crate::player::diary;
use crate::settings::paths;

pub(super) fn show(json: bool) -> Result<Outcome, Error> {
    let history = journal::read(&paths::journal_file()?)?;
    if json {
        print(journal::to_json(&history))
    } else {
        print(journal::render(&history, diary::now()))
    }
}

/// Deletes it, if she says so.
pub(super) fn forget() -> Result<Outcome, Error> {
    let path = paths::journal_file()?;
    print(format_args!(
        "This deletes {}: when you did what, and for how long.\n\
         What still keeps the movements closed today stays, without any of that.\n\
         Delete it? Type yes, then Enter.",
        path.display()
    ))?;
    let answer = read_line(io::stdin().lock())?.unwrap_or_default();
    if answer.trim().eq_ignore_ascii_case("yes") {
        let now = diary::now();
        let left = Journal::open(&path)?.forget(now)?;
        print(journal::forgotten(&left, now))
    } else {
        print("Nothing was deleted.")
    }
}
