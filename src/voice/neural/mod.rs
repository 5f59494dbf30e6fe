//! The built-in voice: English text in, 24 kHz mono sound out, without network or C code.
//!
//! A sentence goes through four stages: [`text`] takes one sentence at a time, [`phonemes`] says how it
//! sounds, [`acoustic`] runs the network that draws its spectrum, and [`vocoder`] turns the spectrum
//! into samples. The voice is "heart" of hibari-tts 0.2.1; where a formula or a convention is taken
//! from it, the comment says "published interface", meaning the one in that package's documentation.

mod acoustic;
mod network;
mod noise;
mod phonemes;
mod pulses;
mod text;
mod unknown;
mod vocoder;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use crossbeam_channel::unbounded;
use rten::ThreadPool;
use sha2::{Digest, Sha256};

use super::between;
use crate::base::files::read_plain;
use acoustic::Acoustic;
use phonemes::{Pronouncer, Vocabulary};
use unknown::{Noted, UnknownWords};
use vocoder::Vocoder;

/// Samples a second in what [`Synthesizer::synthesize`] returns.
pub(crate) const SAMPLE_RATE: u32 = 24_000;

/// The slowest and fastest speeds the published interface offers; others are brought inside.
pub(crate) const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=2.0;

/// Why the voice could not be loaded, and what to do.
type LoadError = String;

/// Why a text could not be spoken.
type SpeechError = String;

/// The built-in voice "heart".
pub(crate) struct Synthesizer {
    pronouncer: Pronouncer,
    vocabulary: Vocabulary,
    acoustic: Acoustic,
    vocoder: Vocoder,
}

impl Synthesizer {
    /// Loads the voice from the folder with `hibari.onnx`, `vocab.json`, `oov.onnx` and `oov.json`.
    ///
    /// # Errors
    ///
    /// If one of the four files is missing, unreadable or not the voice's own; the error names it.
    pub(crate) fn load(folder: &Path) -> Result<Self, LoadError> {
        // One thread of our own, so that speaking never takes the processor from the sound thread.
        let threads = Arc::new(ThreadPool::with_num_threads(1));
        let unknown = UnknownWords::load(folder, Arc::clone(&threads))?;
        Ok(Self {
            pronouncer: Pronouncer::new(unknown),
            vocabulary: Vocabulary::load(&folder.join("vocab.json"))?,
            acoustic: Acoustic::load(&folder.join("hibari.onnx"), threads)?,
            vocoder: Vocoder::new(),
        })
    }

    /// Speaks `text`: mono, [`SAMPLE_RATE`] samples a second, as the network leaves it.
    ///
    /// Durations are divided by `speed`, so 1.0 is the voice's own pace and 0.8 is slower. The same
    /// text at the same speed gives the same samples. A text without words gives none.
    ///
    /// # Errors
    ///
    /// If `speed` is not a number above zero, or a stage fails on this text.
    pub(crate) fn synthesize(&mut self, text: &str, speed: f32) -> Result<Vec<f32>, SpeechError> {
        if !(speed.is_finite() && speed > 0.0) {
            let why = "give a number above 0, such as 0.8";
            return Err(format!("the voice cannot speak at speed {speed}: {why}"));
        }
        let speed = speed.clamp(*SPEEDS.start(), *SPEEDS.end());
        let mut noise = noise::Noise::new();
        let mut sound = Vec::new();
        for sentence in text::sentences(text) {
            for phrase in phonemes::phrases(&self.pronouncer.phonemes(sentence)?) {
                if let Some(ids) = self.vocabulary.ids(phrase) {
                    let frames = self.acoustic.frames(ids, speed)?;
                    self.vocoder.speak(frames, &mut noise, &mut sound);
                }
            }
        }
        Ok(sound)
    }

    /// The sentences that the voice says one after the other.
    #[cfg(test)]
    pub(crate) fn sentences(text: &str) -> impl Iterator<Item = &str> {
        text::sentences(text)
    }

    /// Each sentence of `text` with its phonemes, by the dictionary alone.
    #[cfg(test)]
    pub(crate) fn by_rules(&self, text: &str) -> Result<Vec<(String, String)>, SpeechError> {
        let said = |sentence: &str| Ok((sentence.to_owned(), self.pronouncer.by_rules(sentence)?));
        text::sentences(text).map(said).collect()
    }
}

/// Of these words those that are in no dictionary, each with the phonemes that are made of its letters.
pub(crate) fn guessed(
    folder: &Path,
    words: &BTreeSet<String>,
) -> Result<Vec<(String, String)>, LoadError> {
    let threads = Arc::new(ThreadPool::with_num_threads(1));
    let unknown = UnknownWords::load(folder, threads)?;
    let (asked, told) = unbounded();
    let pronouncer = Pronouncer::new(Noted { unknown, asked });
    for word in words {
        pronouncer.by_rules(word)?;
    }
    Ok(told.try_iter().collect())
}

/// The most bytes of a file of the voice: ten times the largest.
const LONGEST_FILE: u64 = 1 << 27;

/// The hash of each file, in the set-up's own list.
const PINNED: &str = include_str!("../../../.ci/voice.sha256");

/// Reads a whole file, or says which one could not be read. A file that is not the voice's own could be loaded all the
/// same, and speak noise, or sentences of no length.
fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let mend = "put the voice's files back in that folder, or name another folder";
    let file = path.display();
    let bytes = read_plain(path, LONGEST_FILE)
        .map_err(|error| format!("cannot read the voice file {file}: {error}\n{mend}"))?;
    if is_pinned(path, &bytes) {
        return Ok(bytes);
    }
    Err(damaged(
        path,
        &"its hash is not the one that the set-up pins",
    ))
}

fn is_pinned(path: &Path, bytes: &[u8]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let hash = Sha256::digest(bytes);
    let hash = hash.iter().map(|byte| format!("{byte:02x}"));
    let pinned = format!("{}  {name}", hash.collect::<Vec<_>>().concat());
    PINNED.lines().any(|line| line == pinned)
}

/// The file at `path` is there, but is not what the voice needs.
fn damaged(path: &Path, reason: &impl Display) -> LoadError {
    let mend = "put back the file of hibari-tts 0.2.1";
    format!(
        "the voice file {} is damaged or of another version: {reason}\n{mend}",
        path.display()
    )
}

/// Words a minute in the clips at each speed, slowest first: measured on 96 sentences of the seated
/// routine, 945 words separated by spaces. The voice counts a sound's length in whole steps of
/// 25 ms, so many sounds grow by a step together just below the speeds 0.8 and 0.667.
const PACES: [(f32, f32); 19] = [
    (108.5, 0.6),
    (112.0, 0.6375),
    (114.2, 0.655),
    (117.0, 0.6625),
    (120.6, 0.668),
    (124.2, 0.675),
    (127.8, 0.7),
    (130.8, 0.725),
    (134.2, 0.7625),
    (137.5, 0.7925),
    (141.0, 0.798),
    (146.2, 0.8),
    (151.8, 0.802),
    (156.9, 0.8125),
    (159.8, 0.8375),
    (165.5, 0.8625),
    (169.9, 0.9),
    (175.3, 0.95),
    (179.4, 1.0),
];

/// The speed at which the voice speaks this many words a minute, between the slowest and the
/// fastest pace measured.
pub(crate) fn speed_for(words_per_minute: f32) -> f32 {
    between(&PACES, words_per_minute)
}

#[cfg(test)]
mod tests;
