//! The built-in voice: words to phonemes, phonemes to sound, sound to a clip at the right level.

use std::collections::BTreeSet;
use std::path::Path;

use crossbeam_channel::Sender;

use super::neural::{self, speed_for};
use super::{Voice, VoiceError, VoiceEvent, VoiceJob, shape::shape};
use crate::base::{CUE_WORDS, Clip, Frames, LIST_PAUSE, Utterance, WordsPerMinute};

/// Below this (-60 dBFS) the end of a cue word is quiet.
const QUIET: f32 = 0.001;

/// What stays behind a cue word, so that it can ring off.
const TAIL: Frames = Frames::from_millis(50);

/// The built-in natural voice.
pub struct Heart(neural::Synthesizer);

impl Heart {
    /// Loads it from its folder.
    pub fn open(folder: &Path) -> Result<Self, VoiceError> {
        let heart = neural::Synthesizer::load(folder);
        heart.map(Self).map_err(VoiceError::Damaged)
    }

    fn render(&mut self, utterance: &Utterance) -> Result<Clip, VoiceError> {
        let mut samples: Vec<f32> = Vec::new();
        for sentence in utterance.sentences() {
            if !samples.is_empty() {
                // The pause is all the quiet there is: what the sentence ends with goes.
                trim_tail(&mut samples);
                samples.resize(samples.len() + LIST_PAUSE.0 as usize, 0.0);
            }
            samples.extend(self.sentence(sentence, utterance.rate())?);
        }
        // A cue word has to be over soon, so the quiet behind it goes.
        if utterance.text().split_whitespace().count() <= CUE_WORDS {
            trim_tail(&mut samples);
        }
        Ok(Clip::speech(samples))
    }

    fn sentence(&mut self, text: &str, rate: WordsPerMinute) -> Result<Vec<f32>, VoiceError> {
        let raw = self.0.synthesize(text, speed_for(f32::from(rate.0)));
        // Words without a sound would pass for a pause.
        let silent = |raw: &Vec<f32>| raw.is_empty() && text.contains(char::is_alphanumeric);
        let raw = match raw {
            Ok(raw) if silent(&raw) => Err("no sound came of it".to_owned()),
            made => made,
        };
        let text = text.to_owned();
        let raw = raw.map_err(|why| VoiceError::Unspeakable { text, why })?;
        Ok(shape(&raw))
    }
}

/// Of these words those that the voice in this folder has in no dictionary, each with the phonemes that it makes of it.
pub(crate) fn guessed(
    folder: &Path,
    words: &BTreeSet<String>,
) -> Result<Vec<(String, String)>, VoiceError> {
    neural::guessed(folder, words).map_err(VoiceError::Damaged)
}

/// Cuts the quiet behind the last sound, but for a tail that fades to zero.
fn trim_tail(samples: &mut Vec<f32>) {
    let tail = TAIL.0 as usize;
    let last = samples.iter().rposition(|sample| sample.abs() > QUIET);
    samples.truncate(last.map_or(0, |last| last + 1) + tail);
    let begin = samples.len().saturating_sub(tail);
    for (left, sample) in samples[begin..].iter_mut().rev().enumerate() {
        // Half a cosine: no corner where the fade begins.
        let part = left as f32 / tail as f32;
        *sample *= 0.5 - 0.5 * (std::f32::consts::PI * part).cos();
    }
}

impl Voice for Heart {
    fn handle(&mut self, job: VoiceJob, events: &Sender<VoiceEvent>) {
        let VoiceJob::Render(utterance) = job else {
            return;
        };
        let event = match self.render(&utterance) {
            Ok(clip) => VoiceEvent::Rendered {
                length: clip.length(),
                utterance,
                clip,
            },
            Err(error) => VoiceEvent::Failed(error),
        };
        // A closed channel means that the program is ending.
        let _ = events.send(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_a_sound_are_a_failure_and_no_pause() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
        let mut heart = Heart::open(&folder).expect("`make setup` puts the voice there");
        let mut said = |text| heart.render(&Utterance::new(text, crate::base::SAFETY_RATE));
        let nothing = said("\u{65e5}\u{672c}\u{8a9e}");
        assert!(matches!(nothing, Err(VoiceError::Unspeakable { .. })));
        assert!(said("Rest.").is_ok());
    }

    #[test]
    fn only_words_without_a_dictionary_are_guessed_and_a_respelling_is_what_is_heard() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
        let words = ["rest", "glide", "rebozoo"].map(str::to_owned);
        let guessed = guessed(&folder, &words.into()).expect("`make setup` puts the voice there");
        let [(word, sounds)] = &guessed[..] else {
            panic!("{guessed:?}")
        };
        assert_eq!(word, "rebozoo");
        assert!(sounds.contains('z'), "{sounds}");
        let mut heart = Heart::open(&folder).expect("the same voice");
        let mut sound = |text: &str, heard: Option<&str>| {
            let said = Utterance::new(text, crate::base::SAFETY_RATE).heard(heard.map(Into::into));
            let clip = heart.render(&said).expect("it can be said");
            assert_eq!(&**said.text(), text);
            clip.samples.to_vec()
        };
        let respelled = sound("Fetch the rebozoo.", Some("Fetch the reh-boh-zoh."));
        assert_eq!(respelled, sound("Fetch the reh-boh-zoh.", None));
        assert_ne!(respelled, sound("Fetch the rebozoo.", None));
    }

    #[test]
    fn a_cue_word_is_over_soon_after_its_sound() {
        let mut samples = vec![0.2; 1000];
        samples.extend(vec![0.0005; 20_000]);
        trim_tail(&mut samples);
        assert_eq!(samples.len(), 1000 + TAIL.0 as usize);
        assert_eq!(samples.last(), Some(&0.0));
        assert!(samples[999] > 0.19, "the sound itself is left alone");
        // What ends loudly is left whole, and fades.
        let mut loud = vec![0.2; 10_000];
        trim_tail(&mut loud);
        assert_eq!((loud.len(), loud[9999]), (10_000, 0.0));
    }
}
