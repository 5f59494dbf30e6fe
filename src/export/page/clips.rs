//! The voice's clips of a page: each sentence once, as Ogg Opus, one behind the other.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{iter, thread};

use opus_pure::OpusTags;
use serde::Serialize;

use super::super::clips::Speaker;
use super::super::error::ExportError;
use super::super::opus::Stream;
use crate::base::{Frames, Utterance};
use crate::page::clips::key;
use crate::voice;

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

/// What a voice has made of a sentence: the bytes of its file, and its length.
type Made = Result<(Vec<u8>, Frames), ExportError>;

impl Pack {
    /// Has everything spoken, by as many voices as there are processors. `made` is told how many are.
    pub(super) fn speak(
        wanted: &[Utterance],
        speaker: &Speaker,
        made: &(impl Fn(usize) + Sync),
    ) -> Result<Self, ExportError> {
        let next = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let clips: Mutex<BTreeMap<usize, Made>> = Mutex::default();
        let work = || {
            let mut voice = speaker.voice();
            let taken = iter::from_fn(|| {
                let index = next.fetch_add(1, Ordering::Relaxed);
                Some((index, wanted.get(index)?))
            });
            for (index, utterance) in taken {
                let clip = voice::render(&mut voice, utterance).map_err(ExportError::Voice);
                let clip = clip.and_then(|(clip, length)| {
                    // A voice that makes no sound still takes its time.
                    let mut samples = clip.samples.to_vec();
                    samples.resize(length.0 as usize, 0.0);
                    Ok((encoded(&samples)?, length))
                });
                // Poisoned only by a panic, which then ends the whole.
                if let Ok(mut clips) = clips.lock() {
                    clips.insert(index, clip);
                }
                made(done.fetch_add(1, Ordering::Relaxed) + 1);
            }
        };
        let voices = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 0..voices {
                scope.spawn(work);
            }
        });
        let clips = clips.into_inner().unwrap_or_default();
        clips
            .into_iter()
            .try_fold(Self::default(), |mut pack, (index, clip)| {
                let (bytes, length) = clip?;
                pack.push(key(&wanted[index]), &bytes, length);
                Ok(pack)
            })
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
