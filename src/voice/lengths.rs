//! How long the built-in voice takes to say something: it says all of it, unheard.

use std::collections::{HashMap, HashSet};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{Heart, VoiceError, render};
use crate::base::{Estimate, Frames, SpeechLengths, Utterance};

/// Measured lengths.
#[derive(Debug, Default)]
pub(crate) struct Measured(HashMap<Utterance, Frames>);

impl SpeechLengths for Measured {
    fn length(&self, utterance: &Utterance) -> Frames {
        let measured = self.0.get(utterance).copied();
        // Whoever asks has had all of it measured.
        measured.unwrap_or_else(|| Estimate.length(utterance))
    }
}

/// How long the voice in this folder takes for each of these: as many voices as there are processors find out.
pub(crate) fn lengths(
    folder: &Path,
    said: &[Utterance],
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Measured, VoiceError> {
    let mut seen = HashSet::new();
    let said: Vec<_> = said.iter().filter(|said| seen.insert(*said)).collect();
    let next = AtomicUsize::new(0);
    let measure = || {
        let mut heart = Heart::open(folder)?;
        let mut measured = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(&utterance) = said.get(number) else {
                return Ok(measured);
            };
            let (_, length) = render(&mut heart, utterance)?;
            measured.push((utterance.clone(), length));
            progress((number + 1) as f64 / said.len() as f64);
        }
    };
    let voices = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let voices = 0..voices.min(said.len());
        let voices: Vec<_> = voices.map(|_| scope.spawn(measure)).collect();
        let mut measured = HashMap::new();
        for voice in voices {
            let lengths: Result<_, VoiceError> =
                voice.join().unwrap_or_else(|it| resume_unwind(it));
            measured.extend(lengths?);
        }
        Ok(Measured(measured))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SAFETY_RATE;

    #[test]
    fn a_measured_length_is_that_of_the_clip() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
        let said = ["Rest.", "Notice how your back feels now.", "Rest."]
            .map(|text| Utterance::new(text, SAFETY_RATE));
        let measured = lengths(&folder, &said, &|_| ()).expect("`make setup` puts the voice there");
        let mut heart = Heart::open(&folder).expect("the same voice");
        for utterance in &said {
            let (clip, _) = render(&mut heart, utterance).expect("it can be said");
            assert_eq!(measured.length(utterance), clip.length());
            assert_ne!(clip.length(), Estimate.length(utterance));
        }
        assert!(lengths(Path::new("/nonexistent"), &said, &|_| ()).is_err());
    }
}
