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
        // A clock that went back and is not trusted yet: its time must neither begin anew nor grow.
        let is_on_its_way = run.is_behind(now) && !run.is_trusted(now);
        let mut went_back = is_on_its_way.then(|| [now.at(run.latest), run.since].map(clock));
        for mark in marks {
            let Some(date) = mark.in_force(now, run) else {
                continue;
            };
            if let Some(went_back) = went_back.take_if(|_| !mark.before_run) {
                kept.extend(went_back);
                latest = run.latest;
            }
            // The clock had been ahead of it.
            if date.timestamp > latest.max(mark.read.timestamp) {
                kept.push(clock(date));
            }
            latest = latest.max(date.timestamp);
            kept.push(keep(mark.read, mark.fact));
        }
        if !kept.is_empty() {
            kept.extend(went_back.into_iter().flatten());
        }
        if self.owes_answer() {
            kept.push(keep(now, Fact::Owed));
        }
        kept
    }
}
