//! What stays of a journal that she has deleted.

use jiff::Timestamp;

use crate::journal::clock::ClockRun;
use crate::journal::entry::{Entry, Fact, LineVersion};
use crate::journal::{at::At, history::History, rules::Ledger};

const V: LineVersion = LineVersion::One;

impl History {
    /// What must stay when she has the journal deleted: what is in force, and nothing else of it.
    ///
    /// Else a lock could be opened by forgetting it. It is dated as it was, both ways.
    pub(crate) fn kept(&self, now: At) -> Vec<Entry> {
        let Ledger { run, marks } = Ledger::new(self, now);
        let mut kept = Vec::new();
        let mut latest = Timestamp::MIN;
        let mut is_timed = run.is_behind(now) && !run.is_trusted(now);
        for mark in marks {
            let Some(date) = mark.in_force(now, run) else {
                continue;
            };
            // The clock had been ahead of it.
            if date.timestamp > latest.max(mark.read.timestamp) {
                kept.push(clock(date));
            }
            if is_timed && !mark.before_run {
                set_back(&mut kept, run, now);
                is_timed = false;
            }
            latest = latest.max(date.timestamp);
            kept.push(keep(mark.read, mark.fact));
        }
        if is_timed {
            set_back(&mut kept, run, now);
        }
        if self.owes_answer() {
            kept.push(keep(now, Fact::Owed));
        }
        kept
    }
}

/// The clock went back here: on its way to being trusted, it need not begin anew, and is no further than it was.
fn set_back(kept: &mut Vec<Entry>, run: ClockRun, now: At) {
    let last = kept.last().map(|entry| entry.at().timestamp);
    if last.is_some_and(|last| last <= run.since.timestamp) {
        kept.push(clock(now.at(run.latest)));
    }
    kept.push(clock(run.since));
}

fn clock(at: At) -> Entry {
    Entry::Clock { v: V, at }
}

fn keep(at: At, fact: Fact) -> Entry {
    Entry::Kept { v: V, at, fact }
}
