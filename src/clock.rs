//! The time in the room, for the drivers: whoever imports this is one. All else takes time as an argument.

#![expect(
    clippy::disallowed_methods,
    reason = "somebody has to ask, and nobody else may"
)]

use std::thread;
use std::time::{Duration, Instant};

pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Keeps this thread waiting.
pub(crate) fn pause(length: Duration) {
    thread::sleep(length);
}
