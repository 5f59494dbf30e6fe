//! Why a session with movement may not start.

use serde::Serialize;
use strum::EnumIter;

/// Why a session with movement may not start. Rest always may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Refusal {
    /// Something hurt today (GX.15).
    #[default]
    Locked,
    /// Two sessions were begun today (GL.1).
    TwoToday,
    /// The last one was begun less than four hours ago (GL.6).
    TooSoon,
    /// A line of the journal cannot be read, and may have been any of these.
    Unreadable,
    /// The journal says so, but with dates that the clock has not reached: one of them is wrong.
    ClockBehind,
}
