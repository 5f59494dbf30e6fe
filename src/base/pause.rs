//! What happens in a pause, and when: counted from the key that began it.

use serde::Deserialize;

use crate::base::time::Frames;

/// A step of a pause. The text names it, so that the text and the session cannot disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PauseStep {
    /// In a shorter pause her arms stay where they are.
    ArmsRest,
    StillPaused,
    /// Whatever lasts as long is over, a sleeping computer and a lost loudspeaker too.
    End,
}

impl PauseStep {
    pub(crate) const fn after(self) -> Frames {
        match self {
            Self::ArmsRest => Frames::from_millis(4_000),
            Self::StillPaused => Frames::from_millis(120_000),
            Self::End => Frames::from_millis(600_000),
        }
    }
}
