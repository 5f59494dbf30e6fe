//! The one place of these tests that reads the clock and waits: they drive real programs in real time.

use std::time::{Duration, Instant};

/// Now.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests drive real programs in real time"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// Waits.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests drive real programs in real time"
)]
pub fn wait(length: Duration) {
    std::thread::sleep(length);
}

/// Waits until `look` finds something, and returns it; `None` when it has not for `patience`.
pub fn wait_until<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = now() + patience;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if now() > deadline {
            return None;
        }
        wait(Duration::from_millis(5));
    }
}
