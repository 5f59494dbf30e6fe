//! Words no dictionary has: a small network reads them letter by letter. What it reads and writes are its own
//! numbers, so that no crate for pronunciation can stand for it; misaki-rs only asks for a word.

use std::path::Path;
use std::sync::Arc;

use crossbeam_channel::Sender;
use misaki_rs::Fallback;
use misaki_rs::fallback::FallbackError;
use rten::{NodeId, ThreadPool, Value};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{LoadError, damaged, network::Network, read};

/// How the ten digits sound, for a digit inside an unknown word ("B6").
const DIGITS: &str = "zˈɪɹO wˈʌn tˈu θɹˈi fˈɔɹ fˈIv sˈɪks sˈɛvən ˈAt nˈIn";

/// The network that pronounces unknown words.
pub(super) struct UnknownWords {
    network: Network,
    letters: NodeId,
    alphabet: Alphabet,
}

impl UnknownWords {
    /// Loads `oov.onnx` and `oov.json` from `folder`.
    pub(super) fn load(folder: &Path, threads: Arc<ThreadPool>) -> Result<Self, LoadError> {
        let (model, alphabet) = (folder.join("oov.onnx"), folder.join("oov.json"));
        let parsed = serde_json::from_slice(&read(&alphabet)?);
        let none = |_| damaged(&alphabet, &"it lists no letters or phonemes");
        let alphabet = parsed.map_err(none)?;
        let network = Network::load(&model, threads)?;
        let [letters] = network.nodes(&model, ["chars"])?;
        Ok(Self {
            network,
            letters,
            alphabet,
        })
    }

    /// The phonemes of one run of letters; `None` if the network has no answer.
    fn read_letters(&self, word: &str) -> Option<String> {
        let ids = self.alphabet.ids(word);
        let input = Value::from_shape([1, ids.len()], ids).ok()?;
        let output = *self.network.model.output_ids().first()?;
        let inputs = vec![(self.letters, input.into())];
        let [slots] = self.network.run(inputs, [output]).ok()?;
        let (_, slots) = slots.into_shape_vec::<i32, 2>().ok()?;
        Some(self.alphabet.phonemes(&slots))
    }

    /// How a run of letters, or one digit, sounds.
    fn pronounce(&self, piece: &str) -> Option<String> {
        match piece.parse() {
            Ok(digit) => DIGITS.split(' ').nth(digit).map(str::to_owned),
            Err(_) => self.read_letters(piece),
        }
    }
}

impl Fallback for UnknownWords {
    /// Never fails, because an error here would silence the whole sentence: what cannot be
    /// pronounced is left out.
    fn phonemize(&self, word: &str) -> Result<String, FallbackError> {
        // It has learned no accents.
        let word: String = word
            .nfd()
            .filter(|sign| !is_combining_mark(*sign))
            .collect();
        let sounds = pieces(&word).filter_map(|piece| self.pronounce(piece));
        let sounds: Vec<_> = sounds.filter(|sound| !sound.is_empty()).collect();
        Ok(sounds.join(" "))
    }
}

/// The same, which tells of each word that it is asked for, with its phonemes.
pub(super) struct Noted {
    pub unknown: UnknownWords,
    pub asked: Sender<(String, String)>,
}

impl Fallback for Noted {
    fn phonemize(&self, word: &str) -> Result<String, FallbackError> {
        let sounds = self.unknown.phonemize(word)?;
        // Whoever does not listen any more has heard enough.
        let _ = self.asked.send((word.to_owned(), sounds.clone()));
        Ok(sounds)
    }
}

/// The letters the network reads and the phonemes it writes, both counted from 1; 0 is "nothing".
#[derive(Deserialize)]
struct Alphabet {
    #[serde(rename = "in")]
    letters: Vec<String>,
    #[serde(rename = "out")]
    phonemes: Vec<String>,
    #[serde(rename = "maxlen")]
    longest_word: usize,
}

impl Alphabet {
    fn ids(&self, word: &str) -> Vec<i32> {
        let letters = || (1..).zip(&self.letters);
        let id = |c: char| letters().find(|(_, letter)| letter.starts_with(c));
        let known = word.chars().filter_map(id).map(|(id, _)| id);
        known.take(self.longest_word).collect()
    }

    /// Several slots may hold one phoneme: a phoneme counts once until another slot differs, and
    /// empty slots only keep equal neighbours apart (connectionist temporal classification).
    fn phonemes(&self, slots: &[i32]) -> String {
        let mut slots = slots.to_vec();
        slots.dedup();
        let phoneme = |slot: &i32| self.phonemes.get(usize::try_from(slot - 1).ok()?);
        slots
            .iter()
            .filter_map(phoneme)
            .map(String::as_str)
            .collect()
    }
}

/// The runs of letters and the single digits of a word, each spoken by itself; signs between them are not.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphabetic() && !c.is_ascii_digit());
        let other = rest.find(|c: char| !c.is_alphabetic());
        let end = match rest.chars().next()? {
            '0'..='9' => 1,
            _ => other.unwrap_or(rest.len()),
        };
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fall_into_letters_and_digits() {
        let found: Vec<_> = pieces("B6-gowda!").collect();
        assert_eq!(found, ["B", "6", "gowda"]);
        assert_eq!(pieces("…").count(), 0);
    }

    #[test]
    fn equal_slots_are_one_phoneme() {
        let alphabet = r#"{"in": ["a", "b"], "out": ["x", "y"], "maxlen": 3}"#;
        let alphabet: Alphabet = serde_json::from_str(alphabet).expect("the alphabet is complete");
        assert_eq!(alphabet.ids("abcab"), [1, 2, 1]);
        assert_eq!(alphabet.phonemes(&[0, 1, 1, 0, 1, 2, 2, 9, -1]), "xxy");
    }
}
