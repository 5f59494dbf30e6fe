//! From a sentence to plain words, so that no spelling trick and no odd letter hides one.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

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

/// The text without accents, capitals, ligatures, full-width forms and letters that show nothing; each sign with its
/// place.
fn signs(text: &str) -> Vec<(char, Range<usize>)> {
    let mut signs = Vec::new();
    for (start, written) in text.char_indices() {
        let range = start..start + written.len_utf8();
        decompose_compatible(written, |part| {
            let plain = part.to_lowercase().filter(|plain| !shows_nothing(*plain));
            signs.extend(plain.map(|plain| (straight(plain), range.clone())));
        });
    }
    signs
}

/// Accents, and Unicode's format characters and fillers: a reader does not see them, a voice may skip them.
fn shows_nothing(letter: char) -> bool {
    is_combining_mark(letter)
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Every apostrophe as `'`.
const fn straight(mark: char) -> char {
    match mark {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2bc}' | '\u{b4}' | '`' => '\'',
        other => other,
    }
}

/// Marks that may touch two words: hyphens, pauses and ends, and the braces of a key's name.
fn parts(mark: char) -> bool {
    mark.is_whitespace()
        || "-_/\u{b7}\u{2010}\u{2011}\u{2043}\u{2212}{}.!?\u{203d},;:\u{2013}\u{2014}()\"\u{201c}\u{201d}"
            .contains(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        phrase(&Words::read(text).list)
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
            assert_eq!(plain(written), "crack your back", "{written:?}");
        }
        // The pieces are no words of any script.
        assert_eq!(plain("cra-ck, cra-\nck"), "cra ck cra ck");
        assert_eq!(plain("a neck-press"), "a neck press");
        assert_eq!(plain("Don\u{2019}t, don't"), "dont dont");
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
            assert!(Words::read(fine).odd.is_empty(), "{fine}");
        }
    }

    #[test]
    fn each_word_knows_its_place() {
        let words = Words::read("Sit, and r\u{e9}st.").list;
        let seen: Vec<_> = words.iter().map(|word| word.range.clone()).collect();
        assert_eq!(seen, [0..3, 5..8, 9..14]);
    }
}
