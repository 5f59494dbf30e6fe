//! Words no dictionary has: a small network reads them letter by letter.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use misaki_rs::Fallback;
use misaki_rs::fallback::FallbackError;
use rten::{Model, NodeId, RunOptions, ThreadPool, Value};
use serde_json::Value as Json;

use super::{LoadError, read};

/// How the ten digits sound, for a digit inside an unknown word ("B6").
const DIGITS: [&str; 10] = [
    "zˈɪɹO",
    "wˈʌn",
    "tˈu",
    "θɹˈi",
    "fˈɔɹ",
    "fˈIv",
    "sˈɪks",
    "sˈɛvən",
    "ˈAt",
    "nˈIn",
];

/// The network that pronounces unknown words.
pub(super) struct UnknownWords {
    model: Model,
    letters: NodeId,
    threads: Arc<ThreadPool>,
    alphabet: Alphabet,
}

impl UnknownWords {
    /// Loads `oov.onnx` and `oov.json` from `folder`.
    pub(super) fn load(folder: &Path, threads: Arc<ThreadPool>) -> Result<Self, LoadError> {
        let model_path = folder.join("oov.onnx");
        let alphabet_path = folder.join("oov.json");
        let alphabet = Alphabet::parse(&read(&alphabet_path)?).ok_or_else(|| {
            LoadError::damaged(&alphabet_path, &"it lists no letters or phonemes")
        })?;
        let damaged = |reason: String| LoadError::damaged(&model_path, &reason);
        let model = Model::load(read(&model_path)?).map_err(|error| damaged(error.to_string()))?;
        let letters = model
            .node_id("chars")
            .map_err(|error| damaged(error.to_string()))?;
        Ok(Self {
            model,
            letters,
            threads,
            alphabet,
        })
    }

    /// The phonemes of one run of letters; `None` if the network has no answer.
    fn read_letters(&self, word: &str) -> Option<String> {
        let ids = self.alphabet.ids(word);
        let input = Value::from_shape([1, ids.len()], ids).ok()?;
        let output = *self.model.output_ids().first()?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.threads)));
        let [slots] = self
            .model
            .run_n(vec![(self.letters, input.into())], [output], Some(options))
            .ok()?;
        let (_, slots) = slots.into_shape_vec::<i32, 2>().ok()?;
        Some(self.alphabet.phonemes(&slots))
    }

    fn pronounce(&self, piece: &Piece) -> Option<String> {
        match piece {
            Piece::Letters(word) => self.read_letters(word),
            Piece::Digit(digit) => DIGITS.get(*digit).map(|&sound| sound.to_owned()),
        }
    }
}

impl Fallback for UnknownWords {
    /// Never fails, because an error here would silence the whole sentence: what cannot be
    /// pronounced is left out.
    fn phonemize(&self, word: &str) -> Result<String, FallbackError> {
        let sounds: Vec<String> = pieces(word)
            .filter_map(|piece| self.pronounce(&piece))
            .filter(|sound| !sound.is_empty())
            .collect();
        Ok(sounds.join(" "))
    }
}

/// The letters the network reads and the phonemes it writes, both counted from 1; 0 is "nothing".
struct Alphabet {
    letters: HashMap<char, i32>,
    phonemes: Vec<String>,
    longest_word: usize,
}

impl Alphabet {
    fn parse(json: &[u8]) -> Option<Self> {
        let json: Json = serde_json::from_slice(json).ok()?;
        let list = |name: &str| -> Option<Vec<String>> {
            serde_json::from_value(json.get(name)?.clone()).ok()
        };
        let letters = (1..)
            .zip(list("in")?)
            .filter_map(|(id, letter)| Some((letter.chars().next()?, id)))
            .collect();
        let longest_word = usize::try_from(json.get("maxlen")?.as_u64()?).ok()?;
        Some(Self {
            letters,
            phonemes: list("out")?,
            longest_word,
        })
    }

    fn ids(&self, word: &str) -> Vec<i32> {
        word.chars()
            .filter_map(|c| self.letters.get(&c).copied())
            .take(self.longest_word)
            .collect()
    }

    /// Several slots may hold one phoneme: a phoneme counts once until another slot differs, and
    /// empty slots only keep equal neighbours apart (connectionist temporal classification).
    fn phonemes(&self, slots: &[i32]) -> String {
        let mut before = 0;
        let mut word = String::new();
        for &slot in slots {
            let phoneme = usize::try_from(slot - 1)
                .ok()
                .and_then(|at| self.phonemes.get(at));
            if let Some(phoneme) = phoneme
                && slot != before
            {
                word.push_str(phoneme);
            }
            before = slot;
        }
        word
    }
}

/// A part of an unknown word that is spoken by itself.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Letters(&'a str),
    Digit(usize),
}

/// The letters and digits of a word; signs between them are not spoken.
fn pieces(word: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = word;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphabetic() && !c.is_ascii_digit());
        let first = rest.chars().next()?;
        if let Some(digit) = first.to_digit(10) {
            rest = &rest[1..];
            return Some(Piece::Digit(digit as usize));
        }
        let end = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        let (letters, behind) = rest.split_at(end);
        rest = behind;
        Some(Piece::Letters(letters))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fall_into_letters_and_digits() {
        let found: Vec<_> = pieces("B6-gowda!").collect();
        assert_eq!(
            found,
            [
                Piece::Letters("B"),
                Piece::Digit(6),
                Piece::Letters("gowda")
            ]
        );
        assert_eq!(pieces("…").count(), 0);
    }

    #[test]
    fn equal_slots_are_one_phoneme() {
        let alphabet = Alphabet::parse(br#"{"in": ["a", "b"], "out": ["x", "y"], "maxlen": 3}"#);
        let alphabet = alphabet.expect("the alphabet is complete");
        assert_eq!(alphabet.ids("abcab"), [1, 2, 1]);
        assert_eq!(alphabet.phonemes(&[0, 1, 1, 0, 1, 2, 2, 9, -1]), "xxy");
    }
}
