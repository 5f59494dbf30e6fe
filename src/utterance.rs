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
    listed: bool,
}

/// Quiet after each sentence but the last of a [listed](Utterance::listed) utterance (SCRIPT, section A1).
pub const LIST_PAUSE: Frames = Frames::from_millis(700);

impl Utterance {
    /// A sentence at a rate.
    #[must_use]
    pub fn new(text: &str, rate: WordsPerMinute) -> Self {
        Self {
            text: text.into(),
            rate,
            listed: false,
        }
    }

    /// The same words as a list: each full stop and question mark is a [pause](LIST_PAUSE).
    #[must_use]
    pub const fn listed(mut self) -> Self {
        self.listed = true;
        self
    }

    /// The sentences that are said with a pause between them; the whole, unless it is a list.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        let (listed, mut rest) = (self.listed, &*self.text);
        std::iter::from_fn(move || {
            let stop = rest.find(['.', '?']).filter(|_| listed);
            let (sentence, after) = rest.split_at(stop.map_or(rest.len(), |stop| stop + 1));
            rest = after.trim_start();
            (!sentence.is_empty()).then_some(sentence)
        })
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
        let sentences = utterance.sentences().map(|sentence| {
            let words = sentence.split_whitespace().count() as f64;
            let minutes = words / f64::from(utterance.rate.0.max(1));
            Frames::from_seconds(minutes * 60.0).max(SHORTEST) + LIST_PAUSE
        });
        sentences.sum::<Frames>().saturating_sub(LIST_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::SAFETY_RATE;

    #[test]
    fn a_list_pauses_at_every_full_stop() {
        let said = Utterance::new("Any of these? Bleeding. Bad pain.", SAFETY_RATE);
        assert_eq!(said.sentences().count(), 1);
        let listed = said.clone().listed();
        assert_eq!(
            listed.sentences().collect::<Vec<_>>(),
            ["Any of these?", "Bleeding.", "Bad pain."]
        );
        let each = ["Any of these?", "Bleeding.", "Bad pain."]
            .map(|text| Estimate.length(&Utterance::new(text, SAFETY_RATE)));
        assert_eq!(
            Estimate.length(&listed),
            each.into_iter().sum::<Frames>() + LIST_PAUSE + LIST_PAUSE
        );
        assert_ne!(said, listed, "they are two sounds");
    }

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
