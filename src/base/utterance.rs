//! One sentence as it is handed to a voice, and how long it will last.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::pace::{SAFETY_RATE, WordsPerMinute};
use crate::base::time::Frames;

/// From where a sentence is heard, if not from both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Left,
    Right,
}

/// One sentence or cue word, ready to be spoken: placeholders filled in, rate decided.
///
/// Two utterances with the same words and rate are the same sound, so this is the key under which clips are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Utterance {
    text: Arc<str>,
    /// What a voice says, where that is not as it is written.
    heard: Option<Arc<str>>,
    rate: WordsPerMinute,
    listed: bool,
    side: Option<Side>,
}

/// Quiet after each sentence but the last of a [listed](Utterance::listed) utterance (section A1 of the script).
pub(crate) const LIST_PAUSE: Frames = Frames::from_millis(700);

impl Utterance {
    /// A sentence at a rate.
    pub fn new(text: &str, rate: WordsPerMinute) -> Self {
        Self {
            text: text.into(),
            heard: None,
            rate,
            listed: false,
            side: None,
        }
    }

    /// The same words from one side only.
    #[must_use]
    pub const fn from(mut self, side: Option<Side>) -> Self {
        self.side = side;
        self
    }

    /// The same words, said otherwise than they are written.
    #[must_use]
    pub(crate) fn heard(mut self, heard: Option<String>) -> Self {
        self.heard = heard.map(Into::into);
        self
    }

    /// From where it is heard, if not from both sides.
    pub const fn side(&self) -> Option<Side> {
        self.side
    }

    /// The same words as a list: each full stop and question mark is a [pause](LIST_PAUSE).
    #[must_use]
    pub const fn listed(mut self) -> Self {
        self.listed = true;
        self
    }

    /// The sentences that are said with a pause between them; the whole, unless it is a list.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        let (listed, mut rest) = (self.listed, &**self.spoken());
        std::iter::from_fn(move || {
            let stop = rest.find(['.', '?']).filter(|_| listed);
            let (sentence, after) = rest.split_at(stop.map_or(rest.len(), |stop| stop + 1));
            rest = after.trim_start();
            (!sentence.is_empty()).then_some(sentence)
        })
    }

    /// Whether each full stop is a [pause](LIST_PAUSE).
    pub const fn is_listed(&self) -> bool {
        self.listed
    }

    /// As it is written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// As a voice says it.
    pub(crate) fn spoken(&self) -> &Arc<str> {
        self.heard.as_ref().unwrap_or(&self.text)
    }

    /// How fast they are to be said.
    pub const fn rate(&self) -> WordsPerMinute {
        self.rate
    }
}

/// What a voice can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VoiceAbility {
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

/// Lengths by counting letters: for previews, tests and whatever has not been spoken yet.
///
/// Fitted to the sentences of the built-in routines and the screening, spoken by the built-in voice at three
/// rates: it is wrong by 0.36 s (root mean square), and by 2 % over the whole safety list, which counting words makes
/// a tenth too long.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Estimate;

/// A text of at most this many words is a cue word, which every voice keeps short.
pub(crate) const CUE_WORDS: usize = 2;

/// How long a cue word lasts at the most.
const CUE_WORD: Frames = Frames::from_millis(800);

/// The quiet that a sentence begins and ends with, at the safety rate; a list has it only once.
const AROUND: f64 = 0.84;

/// What each letter adds, at the safety rate.
const LETTER: f64 = 0.0906;

impl SpeechLengths for Estimate {
    fn length(&self, utterance: &Utterance) -> Frames {
        let text = utterance.text();
        if text.split_whitespace().count() <= CUE_WORDS {
            return CUE_WORD;
        }
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        let spoken = AROUND + LETTER * letters.count() as f64;
        let slower = f64::from(SAFETY_RATE.0) / f64::from(utterance.rate.0.max(1));
        let pauses = (1..utterance.sentences().count()).map(|_| LIST_PAUSE);
        Frames::from_seconds(spoken * slower) + pauses.sum::<Frames>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_list_pauses_at_every_full_stop() {
        let said = Utterance::new("Any of these? Bleeding. Bad pain.", SAFETY_RATE);
        assert_eq!(said.sentences().count(), 1);
        let listed = said.clone().listed();
        assert_eq!(
            listed.sentences().collect::<Vec<_>>(),
            ["Any of these?", "Bleeding.", "Bad pain."]
        );
        assert_eq!(
            Estimate.length(&listed),
            Estimate.length(&said) + LIST_PAUSE + LIST_PAUSE
        );
        assert_ne!(said, listed, "they are two sounds");
    }

    #[test]
    fn an_estimate_follows_letters_and_rate() {
        let hundred = "abcde ".repeat(20);
        let length = |rate| Estimate.length(&Utterance::new(&hundred, WordsPerMinute(rate)));
        assert_eq!(length(137), Frames::from_millis(9900));
        assert!(length(120) > length(137) && length(113) > length(120));
        for word in ["In.", "Last one."] {
            assert_eq!(
                Estimate.length(&Utterance::new(word, SAFETY_RATE)),
                CUE_WORD
            );
        }
    }
}
