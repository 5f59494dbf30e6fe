//! How the clock has gone, and whether it is to be believed.

use jiff::{SignedDuration, Timestamp};

use crate::journal::{at::At, entry::Entry, entry::Record};

/// How long a clock must run without going back before it is believed against later dates.
///
/// More than the longest that anything can be in force: a day of 25 hours, and all the zones of the world.
pub(crate) const TRUST: SignedDuration = SignedDuration::from_hours(72);

/// The clock, since it last went back.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClockRun {
    pub since: At,
    /// The first record from then on.
    pub begins: usize,
    /// The latest that it ever showed.
    pub latest: Timestamp,
}

impl ClockRun {
    /// Up to `now`.
    pub(super) fn new(records: &[Record], now: At) -> Self {
        let entries = records.iter().filter_map(Record::entry);
        let shown = entries.map(|entry| entry.at().timestamp);
        let latest = shown.fold(now.timestamp, Ord::max);
        let (mut since, mut begins) = (now, records.len());
        for (index, record) in records.iter().enumerate().rev() {
            match record.entry().map(Entry::at) {
                Some(at) if at.timestamp > since.timestamp => break,
                Some(at) => (since, begins) = (at, index),
                None => {}
            }
        }
        Self {
            since,
            begins,
            latest,
        }
    }

    /// The clock is behind what it once showed.
    pub(super) fn is_behind(self, now: At) -> bool {
        now.timestamp < self.latest
    }

    /// The clock is behind, and has run for long enough to prove the later time that it once showed wrong.
    pub(super) fn is_trusted(self, now: At) -> bool {
        self.is_behind(now) && now.since(self.since) >= TRUST
    }
}
