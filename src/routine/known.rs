//! What the built-in scripts say: the sentences and the words that another routine may use without a question.

use std::collections::{HashMap, HashSet};

use super::model::Line;
use super::words::{Word, Words};

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

    /// The words of `text` that no built-in script uses.
    pub(super) fn new_words(&self, text: &str) -> impl Iterator<Item = Word> {
        let words = Words::read(text).list.into_iter();
        words.filter(|word| !self.vocabulary.contains(&word.text))
    }

    /// Every sentence of them, for tests.
    #[cfg(test)]
    pub(super) fn sentences(&self) -> impl Iterator<Item = &str> {
        self.sentences.keys().map(String::as_str)
    }
}
