//! From a sentence in its plain form to words, so that no spelling trick and no odd letter hides one.

use std::ops::Range;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// One word of a sentence, in plain small letters.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub text: String,
    /// Where it stands, in bytes of the text as written.
    pub range: Range<usize>,
}

/// The words of a text, and what in it is not for reading aloud.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub list: Vec<Word>,
    /// Letters that are not English, or signs and digits inside a word.
    pub odd: Vec<Range<usize>>,
}

impl Words {
    pub(super) fn read(text: &str) -> Self {
        let signs = signs(text);
        let is_word = |(sign, _): &(char, Range<usize>)| sign.is_alphanumeric();
        let mut words = Self::default();
        let mut goes_on = false;
        for (index, (sign, range)) in signs.iter().enumerate() {
            let before = index > 0 && is_word(&signs[index - 1]);
            let within = before && signs.get(index + 1).is_some_and(is_word);
            match *sign {
                letter if letter.is_alphanumeric() => {
                    words.letter(letter, range.clone(), goes_on);
                    goes_on = true;
                }
                '\'' if within => {}
                mark => {
                    if within && !parts(mark) {
                        words.odd.push(range.clone());
                    }
                    goes_on = false;
                }
            }
        }
        words.list = join_spelled(&words.list);
        words
    }

    fn letter(&mut self, letter: char, range: Range<usize>, goes_on: bool) {
        let last = self.list.last_mut().filter(|_| goes_on);
        let follows_letter = |word: &Word| word.text.ends_with(|c: char| c.is_ascii_alphabetic());
        let digit_within = letter.is_ascii_digit() && last.as_deref().is_some_and(follows_letter);
        if !letter.is_ascii_alphanumeric() || digit_within {
            self.odd.push(range.clone());
        }
        if let Some(word) = last {
            word.text.push(letter);
            word.range.end = range.end;
        } else {
            let text = letter.into();
            self.list.push(Word { text, range });
        }
    }
}

/// Words in a row as a phrase.
pub(super) fn phrase(words: &[Word]) -> String {
    let texts: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}

/// `c r a c k` is one word: a run of three or more single letters ("a" and "I" are words, but never three in a row).
fn join_spelled(words: &[Word]) -> Vec<Word> {
    let letter = |word: &Word| word.text.len() == 1 && !word.text.as_bytes()[0].is_ascii_digit();
    let runs = words.chunk_by(|a, b| letter(a) && letter(b));
    let joined = |run: &[Word]| match run {
        [first, _, .., last] => vec![Word {
            text: run.iter().map(|letter| letter.text.as_str()).collect(),
            range: first.range.start..last.range.end,
        }],
        _ => run.to_vec(),
    };
    runs.flat_map(joined).collect()
}

/// The text without accents and capitals; each sign with its place.
fn signs(text: &str) -> Vec<(char, Range<usize>)> {
    let mut signs = Vec::new();
    for (start, written) in text.char_indices() {
        let range = start..start + written.len_utf8();
        decompose_canonical(written, |part| {
            let plain = part
                .to_lowercase()
                .filter(|plain| !is_combining_mark(*plain));
            signs.extend(plain.map(|plain| (plain, range.clone())));
        });
    }
    signs
}

/// Marks that may touch two words: hyphens, pauses and ends, and the braces of a key's name.
fn parts(mark: char) -> bool {
    mark.is_whitespace() || "-{}.!?,;:\u{2014}()\"".contains(mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routine::plain::plain;

    fn words(text: &str) -> String {
        phrase(&Words::read(&plain(text)).list)
    }

    #[test]
    fn tricks_of_spelling_come_out_plain() {
        for written in [
            "Crack  your\nBACK!",
            "cr\u{200b}ack your b\u{ad}ack",
            "\u{ff23}rack your b\u{e1}ck",
            "c r a c k your back",
            "C.R.A.C.K your back",
            "c-r-a-c-k your back",
            "\u{feff}crack your \u{202e}back",
        ] {
            assert_eq!(words(written), "crack your back", "{written:?}");
        }
        // The pieces are no words of any script.
        assert_eq!(words("cra-ck, cra-\nck"), "cra ck cra ck");
        assert_eq!(words("a neck-press"), "a neck press");
        assert_eq!(words("Don\u{2019}t, don't"), "dont dont");
    }

    #[test]
    fn odd_letters_and_signs_within_words_are_seen() {
        for (written, odd) in [("cr\u{430}ck", 2..4), ("cr4ck", 2..3), ("cr*ck", 2..3)] {
            assert_eq!(Words::read(written).odd, [odd], "{written}");
        }
        for fine in [
            "na\u{ef}ve",
            "2nd, 24",
            "tea\u{2014}or milk",
            "{PAUSE}, \u{201c}ah\u{201d}",
            "50 %",
        ] {
            assert!(Words::read(&plain(fine)).odd.is_empty(), "{fine}");
        }
    }

    #[test]
    fn each_word_knows_its_place() {
        let words = Words::read("Sit, and r\u{e9}st.").list;
        let seen: Vec<_> = words.iter().map(|word| word.range.clone()).collect();
        assert_eq!(seen, [0..3, 5..8, 9..14]);
    }
}
