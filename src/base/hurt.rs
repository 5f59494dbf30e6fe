//! What she says about pain.

use serde::{Deserialize, Serialize};

/// What she said to "Did you stop because something hurt, or felt wrong?" (GS.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hurt {
    /// The movements stay closed for the rest of the day.
    Yes,
    No,
    /// No answer came: what to watch for was said, and nothing is closed.
    Unanswered,
    /// The question is still to be asked.
    NotAsked,
}
