//! What stays of a journal that she has deleted.

use jiff::Timestamp;

use crate::journal::entry::{Entry, Fact, LineVersion};
use crate::journal::{at::At, history::History, rules::Ledger};

const V: LineVersion = LineVersion::One;

impl History {
    /// What must stay when she has the journal deleted: what is in force, and nothing else of it.
    ///
    /// Else a lock could be opened by forgetting it. It is dated as it was, both ways.
    pub(crate) fn kept(&self, now: At) -> Vec<Entry> {
        let Ledger { run, marks } = Ledger::new(self, now);
        let clock = |at| Entry::Clock { v: V, at };
        let keep = |at, fact| Entry::Kept { v: V, at, fact };
        let mut kept = Vec::new();
        let mut latest = Timestamp::MIN;
        // So that a clock on the way to being trusted need not begin anew.
        let mut since = (run.is_behind(now) && !run.is_trusted(now)).then_some(run.since);
        for mark in marks {
            let Some(date) = mark.in_force(now, run) else {
                continue;
            };
            // The clock had been ahead of it.
            if date.timestamp > latest.max(mark.read.timestamp) {
                kept.push(clock(date));
            }
            if !mark.before_run {
                kept.extend(since.take().map(clock));
            }
            latest = latest.max(date.timestamp);
            kept.push(keep(mark.read, mark.fact));
        }
        kept.extend(since.map(clock));
        if self.owes_answer() {
            kept.push(keep(now, Fact::Owed));
        }
        kept
    }
}
