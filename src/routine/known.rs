//! What the built-in scripts say: the sentences and the words that another routine may use without a question.

use std::collections::{HashMap, HashSet};

use super::model::Line;
use super::words::{Word, Words};

/// Words with two readings that mean different things: a voice may take the other one.
const TWO_READINGS: [&str; 26] = [
    "bass", "bow", "bowed", "bows", "content", "desert", "dove", "entrance", "incense", "invalid",
    "lead", "live", "lives", "minute", "number", "object", "read", "refuse", "resume", "row",
    "sow", "tear", "tears", "wind", "winds", "wound",
];

/// Why the author of a routine must decide on a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// No built-in script uses it.
    New,
    TwoReadings,
}

pub(super) struct Known {
    /// Every sentence of the built-in scripts, and whether the routine without movement says it.
    sentences: HashMap<String, bool>,
    /// Every word of theirs, in plain letters.
    vocabulary: HashSet<String>,
}

impl Known {
    /// What `lines` say; the `restful` ones among them move nothing.
    pub(super) fn of<'a>(
        lines: impl IntoIterator<Item = &'a Line>,
        restful: impl IntoIterator<Item = &'a Line>,
    ) -> Self {
        let said = lines.into_iter().map(|line| (line.text.clone(), false));
        let restful = restful.into_iter().map(|line| (line.text.clone(), true));
        let sentences: HashMap<_, _> = said.chain(restful).collect();
        let words = sentences.keys().flat_map(|text| Words::read(text).list);
        let vocabulary = words.map(|word| word.text).collect();
        Self {
            sentences,
            vocabulary,
        }
    }

    /// Whether a built-in script says this sentence, word for word.
    pub(super) fn says(&self, sentence: &str) -> bool {
        self.sentences.contains_key(sentence)
    }

    /// Whether the routine without movement says it.
    pub(super) fn restful(&self, sentence: &str) -> bool {
        self.sentences.get(sentence) == Some(&true)
    }

    /// The words of `text` that its author must decide on: no built-in script uses them, or they have two readings and
    /// no script says the sentence.
    pub(super) fn undecided(&self, text: &str) -> impl Iterator<Item = (Word, Why)> {
        let said = self.says(text);
        let words = Words::read(text).list.into_iter();
        words.filter_map(move |word| {
            let two_readings = !said && TWO_READINGS.contains(&&*word.text);
            let new = !self.vocabulary.contains(&word.text);
            let why = two_readings
                .then_some(Why::TwoReadings)
                .or(new.then_some(Why::New))?;
            Some((word, why))
        })
    }

    /// Every sentence of them, for tests.
    #[cfg(test)]
    pub(super) fn sentences(&self) -> impl Iterator<Item = &str> {
        self.sentences.keys().map(String::as_str)
    }
}
