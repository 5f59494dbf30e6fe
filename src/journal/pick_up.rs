//! Whether a session that was cut off may be picked up again.
//!
//! Within 30 minutes of when she was last there, and two hours of the beginning; not after the end, nor where the
//! pain question was answered with yes or left unanswered, a line cannot be read, or the text is another.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::base::{Hurt, Refusal};
use crate::journal::entry::{End, Entry, How, LeftAt, LineVersion, Record, Start};
use crate::journal::{at::At, history::History, rules::Ledger};

/// How long after it was cut off a session may be picked up again.
pub(crate) const PICK_UP: SignedDuration = SignedDuration::from_mins(30);
/// However often it was, it began no longer ago than this: the slowest takes less than an hour.
pub(crate) const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(2);

/// Where a session was left: what the journal does not know of one that was killed.
///
/// It is kept beside the journal and replaced at each movement, so that the journal itself stays one line for a
/// beginning and one for an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    pub v: LineVersion,
    pub id: u64,
    /// When she was there last.
    pub at: At,
    pub place: LeftAt,
}

impl History {
    /// The last session begun, if it may be picked up again `now` from where it was [`Left`].
    pub(crate) fn pick_up(&self, left: &Left, now: At, text_version: u32) -> Option<&Start> {
        let mut newest = self.records.iter().enumerate().rev();
        let (begins, start) = newest.find_map(|(index, record)| match record {
            Record::Entry(Entry::Start(start)) => Some((index, start)),
            _ => None,
        })?;
        let recent = |at: At, most| (SignedDuration::ZERO..=most).contains(&now.since(at));
        let fits = start.movement
            && start.id == left.id
            && start.text_version == text_version
            && recent(start.at, LONGEST_SESSION)
            && recent(left.at, PICK_UP);
        let well = |record: &Record| record.entry().is_some_and(may_be_well);
        // Only a session that was begun stands in its way, and it is that one. If she says no to it, the next
        // is a start like any other, and refused.
        let closed = Ledger::new(self, now).closed(now)?;
        let counts = matches!(closed.why, Refusal::TwoToday | Refusal::TooSoon);
        (counts && fits && self.records[begins..].iter().all(well)).then_some(start)
    }
}

/// False after the end, after a yes to the pain question, after silence, and after an answer that held her back.
const fn may_be_well(entry: &Entry) -> bool {
    match entry {
        Entry::End(End { how: How::Done, .. }) | Entry::AskAll { .. } => false,
        Entry::End(End { hurt, .. }) | Entry::Hurt { hurt, .. } => {
            matches!(hurt, Hurt::No | Hurt::NotAsked)
        }
        Entry::Start(_) | Entry::PickedUp { .. } | Entry::Clock { .. } | Entry::Kept { .. } => true,
    }
}
