//! The time in the room, for the drivers: whoever imports this is one. All else takes time as an argument.

#![expect(
    clippy::disallowed_methods,
    reason = "somebody has to ask, and nobody else may"
)]

use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use jiff::Timestamp;

pub(crate) fn now() -> Instant {
    Instant::now()
}

/// By this computer's calendar.
pub(crate) fn timestamp() -> Timestamp {
    Timestamp::now()
}

/// Keeps this thread waiting.
pub(crate) fn pause(length: Duration) {
    thread::sleep(length);
}

/// What `probe` finds, if it does so within `limit`. A thread that hangs is left behind.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    probe: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (found, finding) = bounded(1);
    let thread = thread::Builder::new().name("probe".into());
    // Nobody listens any more if it took too long.
    let asking = thread.spawn(move || drop(found.send(probe())));
    asking.ok().and_then(|_| finding.recv_timeout(limit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_takes_too_long_is_left_behind() {
        let (_kept, never) = bounded::<()>(0);
        assert_eq!(
            within(Duration::from_millis(20), move || never.recv()),
            None
        );
        assert_eq!(within(Duration::from_secs(20), || 7), Some(7));
    }
}
