//! How a sentence sounds: phonemes in the alphabet the network was trained on.

use std::cell::LazyCell;
use std::collections::HashMap;
use std::path::Path;

use misaki_rs::{Fallback, G2P, Language};

use super::{LoadError, SpeechError, damaged, read};

/// Most phonemes the network is given at once. Longer sentences are cut at a comma or a space.
const LONGEST_PHRASE: usize = 400;

/// The sentences of the program itself, each with its phonemes behind a tab. A test holds them to the dictionary.
const KNOWN: &str = include_str!("../../../audio/phonemes.tsv");

/// Turns sentences into phonemes.
///
/// The dictionary takes 100 MB of memory and a fifth of a second, so it is read for the first sentence that is not the
/// program's own.
pub(super) struct Pronouncer {
    known: HashMap<&'static str, &'static str>,
    rules: LazyCell<G2P, Box<dyn FnOnce() -> G2P>>,
}

impl Pronouncer {
    /// `unknown` says what is not in the American dictionary.
    pub(super) fn new(unknown: impl Fallback + 'static) -> Self {
        let read = move || {
            let mut rules = G2P::with_fallback(Language::EnglishUS, Some(Box::new(unknown)));
            // What nobody can pronounce is left out, not spoken as a question mark.
            rules.unk = String::new();
            rules
        };
        Self {
            known: KNOWN
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .collect(),
            rules: LazyCell::new(Box::new(read)),
        }
    }

    /// The phonemes of one sentence.
    pub(super) fn phonemes(&self, sentence: &str) -> Result<String, SpeechError> {
        match self.known.get(sentence) {
            Some(phonemes) => Ok((*phonemes).to_owned()),
            None => self.by_rules(sentence),
        }
    }

    /// The same by the dictionary and its rules.
    pub(super) fn by_rules(&self, sentence: &str) -> Result<String, SpeechError> {
        match self.rules.g2p(sentence) {
            Ok((phonemes, _)) => Ok(phonemes.trim().to_owned()),
            Err(error) => Err(format!(
                "the voice cannot pronounce \"{sentence}\": {error}"
            )),
        }
    }
}

/// The pieces of a sentence's phonemes that the network can take one after the other.
pub(super) fn phrases(phonemes: &str) -> impl Iterator<Item = &str> {
    let mut rest = phonemes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (phrase, behind) = rest.split_at(phrase_end(rest));
        rest = behind;
        Some(phrase)
    })
}

/// The byte behind the first phrase: all of it if it is short enough, else behind the last comma
/// that fits, else behind the last space, else wherever it is full.
fn phrase_end(phonemes: &str) -> usize {
    let Some((full, _)) = phonemes.char_indices().nth(LONGEST_PHRASE) else {
        return phonemes.len();
    };
    let fits = &phonemes[..full];
    let behind = |marks: &[char]| {
        let (at, mark) = fits.char_indices().rfind(|(_, c)| marks.contains(c))?;
        Some(at + mark.len_utf8())
    };
    behind(&[',', ';', ':', '—'])
        .or_else(|| behind(&[' ']))
        .unwrap_or(full)
}

/// The network's number for each phoneme.
pub(super) struct Vocabulary {
    ids: HashMap<char, i32>,
}

impl Vocabulary {
    pub(super) fn load(path: &Path) -> Result<Self, LoadError> {
        let ids = serde_json::from_slice(&read(path)?);
        let ids = ids.map_err(|error| damaged(path, &error))?;
        Ok(Self { ids })
    }

    /// The network's input for `phonemes`, with its silence (0) at both ends; `None` if there is
    /// nothing to say.
    pub(super) fn ids(&self, phonemes: &str) -> Option<Vec<i32>> {
        if !phonemes.chars().any(char::is_alphabetic) {
            return None;
        }
        let known = phonemes.chars().filter_map(|c| self.ids.get(&c).copied());
        let ids: Vec<i32> = std::iter::once(0).chain(known).chain([0]).collect();
        (ids.len() > 2).then_some(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_sentences_stay_whole() {
        assert_eq!(phrases("").count(), 0);
        assert_eq!(
            phrases("həlˈO, ænd wˈɛlkəm.").collect::<Vec<_>>(),
            ["həlˈO, ænd wˈɛlkəm."]
        );
    }

    #[test]
    fn long_sentences_are_cut_where_it_hurts_least() {
        let commas = "ə bˈi, ".repeat(100);
        assert!(phrases(&commas).all(|phrase| phrase.trim_end().ends_with(',')));
        let spaces = "əbˈi ".repeat(200);
        assert!(phrases(&spaces).all(|phrase| phrase.ends_with(' ')));
        for text in [commas, spaces, "ə".repeat(1000)] {
            assert!(phrases(&text).all(|phrase| phrase.chars().count() <= LONGEST_PHRASE));
            assert_eq!(phrases(&text).collect::<String>(), text);
        }
    }

    #[test]
    fn silence_stands_at_both_ends() {
        let vocabulary = Vocabulary {
            ids: HashMap::from([('a', 7), ('.', 4)]),
        };
        assert_eq!(vocabulary.ids("a?."), Some(vec![0, 7, 4, 0]));
        assert_eq!(vocabulary.ids("..."), None);
        assert_eq!(vocabulary.ids("b"), None);
        assert_eq!(vocabulary.ids(""), None);
    }
}
