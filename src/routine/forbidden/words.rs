//! From a sentence to plain words, so that no spelling trick and no odd letter hides one.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// One word of a sentence, in plain small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    /// Where it stands, in bytes of the text as written.
    pub range: Range<usize>,
    /// The number of its sentence.
    pub sentence: usize,
    /// The number of its clause, counted through the whole text.
    pub clause: usize,
    /// A mark such as a comma stands before it.
    pub after_mark: bool,
    /// Its sentence ends with a question mark.
    pub question: bool,
}

/// The words of a text, and what in it is not for reading aloud.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub list: Vec<Word>,
    /// Letters that are not English, or signs and digits inside a word.
    pub odd: Vec<Range<usize>>,
}

/// What to do with a mark inside a word, such as in `neck-press` or `cra-ck`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// It parts two words.
    Parts,
    /// It is as if it were not there.
    Joins,
}

/// Words that begin a clause of their own.
const JOINTS: [&str; 9] = [
    "and", "but", "or", "nor", "then", "so", "because", "while", "plus",
];

/// A letter or digit in plain form, or a mark, and where it was written.
#[derive(Clone, Debug)]
struct Sign {
    plain: char,
    range: Range<usize>,
}

impl Words {
    pub(super) fn read(text: &str, inside: Inside) -> Self {
        let signs = signs(text);
        let mut reader = Reader::default();
        for (index, sign) in signs.iter().enumerate() {
            let within = index > 0
                && signs[index - 1].plain.is_alphanumeric()
                && next_letter(&signs, index, inside);
            reader.take(sign, within, inside);
        }
        reader.end_word();
        let mut words = reader.words;
        words.join_spelled();
        words.mark_questions(&reader.questions);
        words.number_clauses();
        words
    }

    /// `c r a c k` is one word: a run of three or more single letters.
    fn join_spelled(&mut self) {
        let mut joined: Vec<Word> = Vec::new();
        for run in self.list.chunk_by(|a, b| is_letter(a) && is_letter(b)) {
            if run.len() < 3 {
                joined.extend_from_slice(run);
                continue;
            }
            let mut word = run[0].clone();
            word.text = run.iter().map(|letter| letter.text.as_str()).collect();
            word.range.end = run[run.len() - 1].range.end;
            joined.push(word);
        }
        self.list = joined;
    }

    fn mark_questions(&mut self, questions: &[usize]) {
        for word in &mut self.list {
            word.question = questions.contains(&word.sentence);
        }
    }

    fn number_clauses(&mut self) {
        let mut clause = 0;
        let mut sentence = 0;
        for word in &mut self.list {
            if word.after_mark || word.sentence != sentence || JOINTS.contains(&word.text.as_str())
            {
                clause += 1;
            }
            sentence = word.sentence;
            word.clause = clause;
        }
    }
}

/// Is it one letter that stands alone? "a" and "I" are words, but never three of them in a row.
fn is_letter(word: &Word) -> bool {
    word.text.len() == 1 && word.text.as_bytes()[0].is_ascii_alphabetic()
}

/// The text without accents, capitals, ligatures, full-width forms and letters that show nothing.
fn signs(text: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    for (start, written) in text.char_indices() {
        let range = start..start + written.len_utf8();
        decompose_compatible(written, |part| {
            for plain in part.to_lowercase() {
                if !shows_nothing(plain) {
                    let range = range.clone();
                    signs.push(Sign {
                        plain: straight(plain),
                        range,
                    });
                }
            }
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

/// Every apostrophe as `'` and every hyphen within a word as `-`.
const fn straight(mark: char) -> char {
    match mark {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2bc}' | '\u{b4}' | '`' => '\'',
        '\u{2010}' | '\u{2011}' | '\u{2043}' | '\u{2212}' => '-',
        other => other,
    }
}

/// Does a letter or digit follow the mark at `index`? Where marks join, a hyphen also reaches over
/// the end of a line.
fn next_letter(signs: &[Sign], index: usize, inside: Inside) -> bool {
    let mut after = signs[index + 1..].iter().map(|sign| sign.plain);
    let next = if inside == Inside::Joins && signs[index].plain == '-' {
        after.find(|sign| !matches!(sign, '\n' | '\r'))
    } else {
        after.next()
    };
    next.is_some_and(char::is_alphanumeric)
}

/// Gathers letters to words.
#[derive(Default)]
struct Reader {
    words: Words,
    word: Option<Word>,
    sentence: usize,
    questions: Vec<usize>,
    after_mark: bool,
    /// A hyphen at the end of a line waits for the rest of its word.
    hyphen: bool,
}

impl Reader {
    fn take(&mut self, sign: &Sign, within: bool, inside: Inside) {
        match sign.plain {
            letter if letter.is_alphanumeric() => self.letter(letter, &sign.range),
            '\'' if within => {}
            '\n' | '\r' if self.hyphen => {}
            '.' | '-' | '_' | '/' | '\u{b7}' if within && inside == Inside::Joins => {
                self.hyphen = sign.plain == '-';
            }
            '-' | '_' | '/' | '\u{b7}' if within => self.end_word(),
            // The name of a key is a word like any other: "press {PAUSE}".
            '{' | '}' => self.end_word(),
            mark if mark.is_whitespace() => self.end_word(),
            '.' | '!' | '?' | '\u{203d}' => {
                self.end_word();
                if mark_asks(sign.plain) {
                    self.questions.push(self.sentence);
                }
                self.sentence += 1;
            }
            mark => {
                if within && !is_pause(mark) {
                    self.words.odd.push(sign.range.clone());
                }
                self.end_word();
                self.after_mark = true;
            }
        }
    }

    fn letter(&mut self, letter: char, range: &Range<usize>) {
        self.hyphen = false;
        let follows_letter = self
            .word
            .as_ref()
            .is_some_and(|word| word.text.ends_with(|c: char| c.is_ascii_alphabetic()));
        if !letter.is_ascii_alphanumeric() || (letter.is_ascii_digit() && follows_letter) {
            self.words.odd.push(range.clone());
        }
        let word = self.word.get_or_insert_with(|| Word {
            text: String::new(),
            range: range.clone(),
            sentence: self.sentence,
            clause: 0,
            after_mark: std::mem::take(&mut self.after_mark),
            question: false,
        });
        word.text.push(letter);
        word.range.end = range.end;
    }

    fn end_word(&mut self) {
        self.hyphen = false;
        self.words.list.extend(self.word.take());
    }
}

const fn mark_asks(mark: char) -> bool {
    matches!(mark, '?' | '\u{203d}')
}

/// Marks at which a reader pauses; they may touch two words.
const fn is_pause(mark: char) -> bool {
    matches!(
        mark,
        ',' | ';' | ':' | '\u{2013}' | '\u{2014}' | '(' | ')' | '"' | '\u{201c}' | '\u{201d}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, inside: Inside) -> String {
        let words = Words::read(text, inside).list;
        let texts: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
        texts.join(" ")
    }

    #[test]
    fn tricks_of_spelling_come_out_plain() {
        for written in [
            "Crack  your\nBACK!",
            "cr\u{200b}ack your b\u{ad}ack",
            "\u{ff23}rack your b\u{e1}ck",
            "c r a c k your back",
            "C.R.A.C.K your back",
            "\u{feff}crack your \u{202e}back",
        ] {
            assert_eq!(
                plain(written, Inside::Joins),
                "crack your back",
                "{written:?}"
            );
        }
        assert_eq!(plain("cra-ck, cra-\nck", Inside::Joins), "crack crack");
        assert_eq!(plain("a neck-press", Inside::Parts), "a neck press");
        assert_eq!(plain("Don\u{2019}t, don't", Inside::Parts), "dont dont");
    }

    #[test]
    fn odd_letters_and_signs_within_words_are_seen() {
        for (written, odd) in [("cr\u{430}ck", 2..4), ("cr4ck", 2..3), ("cr*ck", 2..3)] {
            assert_eq!(Words::read(written, Inside::Parts).odd, [odd], "{written}");
        }
        for fine in [
            "na\u{ef}ve",
            "2nd, 24",
            "tea\u{2014}or milk",
            "{PAUSE}, \u{201c}ah\u{201d}",
            "50 %",
        ] {
            assert!(Words::read(fine, Inside::Parts).odd.is_empty(), "{fine}");
        }
    }

    #[test]
    fn each_word_knows_its_place_clause_and_sentence() {
        let words = Words::read("Sit, and rest. Why?", Inside::Parts).list;
        let seen: Vec<_> = words
            .iter()
            .map(|word| {
                (
                    word.range.clone(),
                    word.clause,
                    word.sentence,
                    word.question,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (0..3, 0, 0, false),
                (5..8, 1, 0, false),
                (9..13, 1, 0, false),
                (15..18, 2, 1, true)
            ]
        );
    }
}
