//! How long the built-in voice takes to say something: it says all of it, unheard.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::{Heart, VoiceError, say_all};
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

/// How long the voice in this folder takes for each of these.
pub(crate) fn lengths(
    folder: &Path,
    said: &[Utterance],
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Measured, VoiceError> {
    let mut seen = HashSet::new();
    let said = said.iter().filter(|said| seen.insert(*said)).cloned();
    let said: Vec<_> = said.collect();
    let open = || Heart::open(folder);
    let lengths = say_all(&said, open, |_, length| Ok(length), progress)?;
    Ok(Measured(said.into_iter().zip(lengths).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SAFETY_RATE;
    use crate::voice::render;

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
