//! The voice's clips of a page: each sentence once, as Ogg Opus, one behind the other.

use std::collections::BTreeMap;

use opus_pure::OpusTags;
use serde::Serialize;

use super::super::clips::Speaker;
use super::super::error::ExportError;
use super::super::opus::Stream;
use super::super::studio::Progress;
use crate::base::{Clip, Frames, Utterance};
use crate::page::clips::key;
use crate::voice::say_all;

/// Enough for a voice alone.
const BITS_A_SECOND: i32 = 24_000;

/// Where a clip lies in the pack: from which byte on, how many bytes, how many frames.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Place(pub usize, pub usize, pub u64);

/// Clips, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Pack {
    pub bytes: Vec<u8>,
    /// By the core's key.
    pub places: BTreeMap<String, Place>,
}

impl Pack {
    /// Has everything spoken.
    pub(super) fn speak(
        wanted: &[Utterance],
        speaker: &Speaker,
        progress: Progress<'_>,
    ) -> Result<Self, ExportError> {
        let file = |clip: Clip, length: Frames| {
            // A voice that makes no sound still takes its time.
            let mut samples = clip.samples.to_vec();
            samples.resize(length.0 as usize, 0.0);
            Ok::<_, ExportError>((encoded(&samples)?, length))
        };
        let files = say_all(wanted, || Ok(speaker.voice()), file, progress)?;
        let mut pack = Self::default();
        for (utterance, (bytes, length)) in wanted.iter().zip(files) {
            pack.push(key(utterance), &bytes, length);
        }
        Ok(pack)
    }

    fn push(&mut self, key: String, bytes: &[u8], length: Frames) {
        let place = Place(self.bytes.len(), bytes.len(), length.0);
        self.places.insert(key, place);
        self.bytes.extend_from_slice(bytes);
    }
}

/// A clip as a file of its own, in memory.
fn encoded(samples: &[f32]) -> Result<Vec<u8>, ExportError> {
    let encoded = || {
        let mut stream = Stream::new(Vec::new(), BITS_A_SECOND, OpusTags::new())?;
        stream.write(samples)?;
        stream.finish()
    };
    encoded().map_err(|error: opus_pure::Error| ExportError::Encoder(error.to_string()))
}
