//! The sounds of the cues, for the page: made by the same code as before her.

use std::sync::LazyLock;

use super::answer::Heard;
use crate::audio::cue::Cues;
use crate::base::Frames;

/// No breath is longer.
const LONGEST: Frames = Frames::from_millis(30_000);

/// The samples of the cue that the request names, as little-endian floats; none of anything else.
pub(super) fn samples(request: &[u8]) -> Vec<u8> {
    static CUES: LazyLock<Cues> = LazyLock::new(Cues::built_in);
    let clip = match serde_json::from_slice(request) {
        Ok(Heard::Breath { phase, length }) if (1..=LONGEST.0).contains(&length) => {
            CUES.breath(phase, Frames(length))
        }
        Ok(Heard::YourTurn { .. }) => CUES.your_turn(),
        Ok(Heard::Presence { .. }) => CUES.presence(),
        Ok(Heard::Chime { .. }) => CUES.chime(),
        Ok(Heard::Speech { .. } | Heard::Breath { .. }) | Err(_) => return Vec::new(),
    };
    let samples = clip.samples.iter();
    samples.flat_map(|sample| sample.to_le_bytes()).collect()
}
