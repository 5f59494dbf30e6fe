//! Whether the computer was asleep: its lid was closed, or it was sent to sleep.
//!
//! While it sleeps one of its clocks stands still and another goes on. Their difference grows by how
//! long it has slept, and by nothing else: not by a clock that is set, and not when only this program is stopped.

use std::time::Duration;

/// No shorter sleep is worth a word.
const SHORTEST: Duration = Duration::from_secs(1);

/// Knows how long the computer has slept since it was started.
#[derive(Debug)]
pub struct Sleep {
    asleep: Duration,
}

impl Sleep {
    /// From now on.
    #[must_use]
    pub fn new() -> Self {
        Self { asleep: asleep() }
    }

    /// How long it has slept since this was last asked, if it has.
    pub fn woken(&mut self) -> Option<Duration> {
        self.woken_at(asleep())
    }

    fn woken_at(&mut self, asleep: Duration) -> Option<Duration> {
        let before = std::mem::replace(&mut self.asleep, asleep);
        Some(asleep.saturating_sub(before)).filter(|slept| *slept > SHORTEST)
    }
}

impl Default for Sleep {
    fn default() -> Self {
        Self::new()
    }
}

/// How long the computer has slept since it was switched on.
#[cfg(target_os = "linux")]
fn asleep() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    // In this order: what passes between the two readings is not sleep.
    let both = read(ClockId::Boottime);
    both.saturating_sub(read(ClockId::Monotonic))
}

/// Elsewhere nobody tells; the loudspeaker is lost then, and that is noticed.
#[cfg(not(target_os = "linux"))]
const fn asleep() -> Duration {
    Duration::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_second_of_sleep_is_noticed_once() {
        let mut sleep = Sleep::new();
        assert_eq!(sleep.woken(), None);
        let before = sleep.asleep;
        let after = |ms| before + Duration::from_millis(ms);
        assert!(sleep.woken_at(after(900)).is_none());
        assert!(sleep.woken_at(after(900)).is_none());
        assert_eq!(
            sleep.woken_at(after(5000)),
            Some(Duration::from_millis(4100))
        );
        assert!(sleep.woken_at(after(5000)).is_none());
        assert!(
            sleep.woken_at(after(4999)).is_none(),
            "clocks are read one after the other"
        );
    }
}
