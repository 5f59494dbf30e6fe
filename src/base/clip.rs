//! A finished piece of sound: what a voice or a cue hands to the mixer.

use std::sync::Arc;

use crate::base::{time::Frames, utterance::Side};

/// The fade of a cut: short enough to be silence at once, long enough to make no click.
pub(crate) const FADE: Frames = Frames::from_millis(10);

/// What a clip is, as far as the mixer cares: cues duck under speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipKind {
    Speech,
    /// A breath, a tone or the chime.
    Cue,
}

/// Mono samples at [`crate::base::time::SAMPLE_RATE`], full scale 1.0, beginning and ending at zero. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clip {
    pub kind: ClipKind,
    /// The samples; may be empty for a voice that makes no sound.
    pub samples: Arc<[f32]>,
    /// From where it is heard, if not from both sides.
    pub side: Option<Side>,
}

impl Clip {
    pub fn speech(samples: Vec<f32>) -> Self {
        Self {
            kind: ClipKind::Speech,
            samples: samples.into(),
            side: None,
        }
    }

    /// A breath, a tone or the chime.
    pub fn cue(samples: Vec<f32>) -> Self {
        Self {
            kind: ClipKind::Cue,
            samples: samples.into(),
            side: None,
        }
    }

    /// How long it sounds.
    pub fn length(&self) -> Frames {
        Frames(self.samples.len() as u64)
    }
}
