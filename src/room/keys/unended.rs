//! A paste or an answer whose end does not come: it must not take her keys for good.
//!
//! What is sent by a program comes in a flow, what is pressed comes by itself. So only what flows puts off the time at
//! which it counts as over. Time is an argument.

use std::time::Duration;

/// What comes so long after what was before it is another press. What is cut in two on its way was seen to come
/// 30 to 50 ms apart, and two presses of a finger come further apart than this.
pub(super) const ANOTHER_PRESS: Duration = Duration::from_millis(60);

/// What comes closer behind what was before it flows. A key that is held repeats itself every 20 ms at the soonest.
const FLOW: Duration = Duration::from_millis(15);

/// No key sends more bytes: what is longer flows, however late it comes.
const LONGEST_KEY: usize = 32;

/// In the half second after which it is over, no key that is held repeats itself more often.
const MOST_ASIDE: usize = 40;

/// A paste or an answer that has begun.
#[derive(Debug)]
pub(super) struct Unended {
    /// When it last flowed.
    flowed: Duration,
    /// When something last came.
    last: Duration,
    /// What came by itself since, and when: if the end comes, it was part of it.
    aside: Vec<(Duration, Vec<u8>)>,
}

impl Unended {
    pub(super) const fn begins(at: Duration) -> Self {
        Self {
            flowed: at,
            last: at,
            aside: Vec::new(),
        }
    }

    /// More has come, and still no end.
    pub(super) fn goes_on(mut self, at: Duration, bytes: &[u8]) -> Self {
        let gap = at.saturating_sub(self.last);
        self.last = at;
        // With what follows a press it is told whether its key is held.
        let may_be_hers = gap >= ANOTHER_PRESS || !self.aside.is_empty();
        if gap < FLOW || bytes.len() > LONGEST_KEY {
            self.flowed = at;
        } else if may_be_hers && self.aside.len() < MOST_ASIDE {
            self.aside.push((at, bytes.to_vec()));
        }
        self
    }

    pub(super) const fn flowed(&self) -> Duration {
        self.flowed
    }

    /// What may be hers, now that its end is lost: each read with its time.
    pub(super) fn aside(self) -> Vec<(Duration, Vec<u8>)> {
        self.aside
    }
}
