//! One sentence as it is handed to a voice, and how long it will last.

use std::sync::Arc;

use crate::pace::WordsPerMinute;
use crate::time::Frames;

/// One sentence or cue word, ready to be spoken: placeholders filled in, rate decided.
///
/// Two utterances with the same words and rate are the same sound, so this is the key under which clips are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Utterance {
    text: Arc<str>,
    rate: WordsPerMinute,
}

impl Utterance {
    /// A sentence at a rate.
    #[must_use]
    pub fn new(text: &str, rate: WordsPerMinute) -> Self {
        Self {
            text: text.into(),
            rate,
        }
    }

    /// The words.
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// How fast they are to be said.
    #[must_use]
    pub const fn rate(&self) -> WordsPerMinute {
        self.rate
    }
}

/// What a voice can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceAbility {
    /// It makes clips, which the graph plays.
    Renders,
    /// It speaks by itself and says when it has ended.
    Speaks,
}

/// How long utterances last: measured on a voice, or estimated.
pub trait SpeechLengths {
    /// The length of the whole clip.
    fn length(&self, utterance: &Utterance) -> Frames;
}

/// Lengths by counting words: for previews, tests and whatever has not been spoken yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Estimate;

/// No clip is shorter than this, however few its words: measured on single words of the built-in voice.
const SHORTEST: Frames = Frames::from_millis(800);

impl SpeechLengths for Estimate {
    fn length(&self, utterance: &Utterance) -> Frames {
        let words = utterance.text.split_whitespace().count() as f64;
        let minutes = words / f64::from(utterance.rate.0.max(1));
        Frames::from_seconds(minutes * 60.0).max(SHORTEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::SAFETY_RATE;

    #[test]
    fn an_estimate_follows_words_and_rate() {
        let ten = "one two three four five six seven eight nine ten";
        let length = |rate| Estimate.length(&Utterance::new(ten, WordsPerMinute(rate)));
        assert_eq!(length(120), Frames::from_millis(5000));
        assert_eq!(length(60), Frames::from_millis(10_000));
        assert_eq!(
            Estimate.length(&Utterance::new("In.", SAFETY_RATE)),
            SHORTEST
        );
    }
}
