//! Whether the computer was asleep (its lid was closed, or it was sent to sleep), or this program stood still.
//!
//! One clock of the system runs through all of that, and setting the time does not change it. The graph's
//! frames stand still with the program. How much further the clock has moved than the frames, from one look
//! to the next, is how long nobody was here.

use std::time::Duration;

use crate::base::Moment;

/// No shorter sleep is worth a word.
const SHORTEST: Duration = Duration::from_secs(1);

/// Knows how long nobody was here.
#[derive(Debug)]
pub(crate) struct Sleep {
    clock: Duration,
    graph: Moment,
}

impl Sleep {
    /// From now on, when the graph stands at `graph`.
    pub(crate) fn new(graph: Moment) -> Self {
        let clock = clock();
        Self { clock, graph }
    }

    /// How long nobody was here since this was last asked, if so.
    pub(crate) fn woken(&mut self, graph: Moment) -> Option<Duration> {
        self.woken_at(clock(), graph)
    }

    fn woken_at(&mut self, clock: Duration, graph: Moment) -> Option<Duration> {
        let passed = clock.saturating_sub(std::mem::replace(&mut self.clock, clock));
        let played = graph.since(std::mem::replace(&mut self.graph, graph));
        Some(passed.saturating_sub(played.duration())).filter(|slept| *slept > SHORTEST)
    }
}

/// Goes on while the computer sleeps.
#[cfg(target_os = "linux")]
fn clock() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
}

/// Other systems have no such clock. There the loudspeaker is lost in a sleep, and that is noticed.
#[cfg(not(target_os = "linux"))]
const fn clock() -> Duration {
    Duration::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Frames;

    #[test]
    fn more_than_a_second_in_which_nothing_was_played_is_noticed_once() {
        let mut sleep = Sleep::new(Moment::START);
        assert_eq!(sleep.woken(Moment::START), None);
        let before = sleep.clock;
        let after = |ms| before + Duration::from_millis(ms);
        let played = |ms| Moment::START + Frames::from_millis(ms);
        assert!(sleep.woken_at(after(900), played(0)).is_none());
        assert!(sleep.woken_at(after(900), played(0)).is_none());
        let slept = Some(Duration::from_millis(4100));
        assert_eq!(sleep.woken_at(after(5000), played(0)), slept);
        assert!(sleep.woken_at(after(5000), played(0)).is_none());
        // A late look is no sleep as long as the sound has gone on.
        assert!(sleep.woken_at(after(9000), played(3900)).is_none());
        assert!(sleep.woken_at(after(9000), played(3900)).is_none());
    }
}
