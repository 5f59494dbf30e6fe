//! What earlier sessions say about the next one.

use jiff::Timestamp;

use crate::base::Hurt;
use crate::journal::at::At;
use crate::journal::entry::{End, Entry, Fact, How, Reason, Record, Start};

/// Everything that is known of earlier sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// Every line, in the order of the file.
    pub records: Vec<Record>,
    /// When the file was last written to, if that is known.
    pub modified: Option<Timestamp>,
}

impl History {
    pub(crate) const fn new(records: Vec<Record>, modified: Option<Timestamp>) -> Self {
        Self { records, modified }
    }

    /// What can be read, in the order of the file.
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.records.iter().filter_map(Record::entry)
    }

    /// The number of each line that cannot be read, and why.
    pub(crate) fn unreadable(&self) -> impl Iterator<Item = (usize, Reason)> {
        self.records.iter().filter_map(|record| match record {
            Record::Unreadable { line, reason } => Some((*line, *reason)),
            Record::Entry(_) => None,
        })
    }

    /// The last session with movement that was begun.
    pub(crate) fn last_start(&self) -> Option<&Start> {
        self.entries().rev().find_map(|entry| match entry {
            Entry::Start(start) if start.movement => Some(start),
            _ => None,
        })
    }

    /// The last end of a session, if one was written.
    pub(crate) fn end_of(&self, start: &Start) -> Option<&End> {
        self.entries().rev().find_map(|entry| match entry {
            Entry::End(end) if end.id == start.id => Some(end),
            _ => None,
        })
    }

    /// A number that no session has had.
    pub(crate) fn next_id(&self) -> u64 {
        let ids = self.entries().filter_map(|entry| match entry {
            Entry::Start(Start { id, .. }) | Entry::End(End { id, .. }) => Some(*id),
            _ => None,
        });
        ids.max().map_or(1, |last| last.saturating_add(1))
    }

    /// Whether the pain question is to be asked: by the last line that has to do with it.
    pub(super) fn owes_answer(&self) -> bool {
        let last = self.records.iter().rev().find_map(|record| match record {
            // It may have been a start, or the answer.
            Record::Unreadable { .. } => Some(true),
            Record::Entry(entry) => owed_after(entry),
        });
        last.unwrap_or(false)
    }

    /// The clock has gone back since the last line.
    pub(super) fn is_ahead(&self, now: At) -> bool {
        let last = self.entries().next_back().map(|entry| entry.at().timestamp);
        // Only the file's own date tells of a torn line.
        let torn = matches!(self.records.last(), Some(Record::Unreadable { .. }));
        let written = self.modified.filter(|_| torn);
        last.max(written).is_some_and(|last| now.timestamp < last)
    }
}

/// Whether the pain question is to be asked if this entry is the last; nothing if it says nothing of it.
fn owed_after(entry: &Entry) -> Option<bool> {
    match entry {
        // No end: a crash, a kill, a power cut.
        Entry::Start(_) | Entry::PickedUp { .. } => Some(true),
        Entry::End(end) => Some(end.hurt == Hurt::NotAsked && leaves_it_open(end.how)),
        Entry::Hurt { hurt, .. } => Some(*hurt == Hurt::NotAsked),
        Entry::Kept { fact, .. } => (*fact == Fact::Owed).then_some(true),
        Entry::AskAll { .. } | Entry::Clock { .. } => None,
    }
}

/// Whether something may have hurt when it ended in this way.
const fn leaves_it_open(how: How) -> bool {
    match how {
        // She heard the end, or had rested for ten minutes.
        How::Done | How::LeftAlone => false,
        // Without a voice or a loudspeaker she could not be asked.
        How::Stopped | How::Interrupted | How::VoiceLost | How::DeviceLost => true,
    }
}
