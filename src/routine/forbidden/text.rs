//! From sentences to plain words, so that no spelling trick and no odd letter hides one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// The words of a text in plain small letters: a space before each word, and one mark where a clause ends: `,` at a
/// mark of the text, `;` before a word that begins a clause by itself, `.` and `?` at the end of a sentence.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub plain: String,
    pub words: Vec<Word>,
    /// Letters that are not English, or signs and digits inside a word.
    pub odd: Vec<Range<usize>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it stands in the plain text, with the space before it.
    pub at: usize,
    pub line: usize,
    /// Where it stands in its line as written, in bytes.
    pub range: Range<usize>,
}

/// What to do with a mark inside a word, such as in `neck-press` or `cra-ck`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// It parts two words.
    Parts,
    /// It is as if it were not there.
    Joins,
}

/// Where a clause ends.
pub(super) const EDGES: [char; 4] = [',', ';', '.', '?'];

/// Words that begin a clause of their own.
const JOINTS: [&str; 9] = [
    "and", "but", "or", "nor", "then", "so", "because", "while", "plus",
];

/// Marks that join two words or parts of one.
const HYPHENS: [char; 4] = ['-', '_', '/', '\u{b7}'];

/// A reader does not see these letters, and a voice may skip them.
static UNSEEN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]"));

/// A word is letters and digits, with apostrophes between them. `c r a c k` is one word, too: a run of three or more
/// single letters.
static PARTED: LazyLock<Regex> = LazyLock::new(|| tokens(r"'"));
static JOINED: LazyLock<Regex> = LazyLock::new(|| tokens(r"['._/\u{b7}]|-[\r\n]*"));

fn tokens(inside: &str) -> Regex {
    let letter = r"[\p{Alphabetic}\p{N}]";
    regex(&format!(
        r"(?P<word>\b[a-z](?:[^\p{{Alphabetic}}\p{{N}}]+[a-z]\b){{2,}}|{letter}+(?:(?:{inside}){letter}+)*)|[\s{{}}]|."
    ))
}

fn regex(pattern: &str) -> Regex {
    // Tests read texts with all of them, so that this can never be met by her.
    Regex::new(pattern).expect("tested")
}

impl Text {
    /// Reads lines that are said one after the other.
    pub(super) fn read(lines: &[&str], inside: Inside) -> Self {
        let mut text = Self::default();
        text.edge('.');
        for (line, written) in lines.iter().enumerate() {
            text.line(line, written, inside);
            text.edge('.');
        }
        text
    }

    fn line(&mut self, line: usize, written: &str, inside: Inside) {
        let (letters, places) = plain(written);
        let tokens = match inside {
            Inside::Parts => &PARTED,
            Inside::Joins => &JOINED,
        };
        let place = |at: Range<usize>| places[at.start].start..places[at.end - 1].end;
        for token in tokens.captures_iter(&letters) {
            let token_range = token.get_match().range();
            if let Some(word) = token.name("word") {
                self.word(line, word.as_str(), place(word.range()));
                let mut before = ' ';
                for (at, letter) in word.as_str().char_indices() {
                    let odd = letter.is_ascii_digit() && before.is_ascii_alphabetic();
                    if odd || (letter.is_alphanumeric() && !letter.is_ascii()) {
                        let at = word.start() + at;
                        self.odd.push(place(at..at + letter.len_utf8()));
                    }
                    if letter != '\'' {
                        before = letter;
                    }
                }
                continue;
            }
            let mark = token.get_match().as_str();
            let before = letters[..token_range.start].chars().next_back();
            let after = letters[token_range.end..].chars().next();
            let within = [before, after]
                .iter()
                .all(|near| near.is_some_and(char::is_alphanumeric));
            match mark.chars().next().unwrap_or(' ') {
                '?' | '\u{203d}' => self.edge('?'),
                '.' | '!' => self.edge('.'),
                '{' | '}' => {}
                space if space.is_whitespace() => {}
                hyphen if within && HYPHENS.contains(&hyphen) => {}
                mark => {
                    if within && !is_pause(mark) {
                        self.odd.push(place(token_range));
                    }
                    self.edge(',');
                }
            }
        }
    }

    fn word(&mut self, line: usize, written: &str, range: Range<usize>) {
        let word: String = written
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            // What is not English is refused for itself.
            .map(|letter| if letter.is_ascii() { letter } else { '0' })
            .collect();
        if JOINTS.contains(&word.as_str()) && !self.plain.ends_with(EDGES) {
            self.plain.push(';');
        }
        self.words.push(Word {
            at: self.plain.len(),
            line,
            range,
        });
        self.plain.push(' ');
        self.plain.push_str(&word);
    }

    /// Ends a clause, or a sentence.
    fn edge(&mut self, edge: char) {
        if self.plain.ends_with(EDGES) {
            if edge == ',' || self.plain.ends_with('?') {
                return;
            }
            self.plain.pop();
        }
        self.plain.push(edge);
    }
}

/// The text without accents, capitals, ligatures, full-width forms and letters that show nothing; and of each byte, in
/// which bytes of the text it was written.
fn plain(text: &str) -> (String, Vec<Range<usize>>) {
    let (mut letters, mut places) = (String::new(), Vec::new());
    for (start, written) in text.char_indices() {
        for letter in written.nfkd().flat_map(char::to_lowercase) {
            let letter = match letter {
                '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2bc}' | '`' => '\'',
                '\u{2010}' | '\u{2011}' | '\u{2043}' | '\u{2212}' => '-',
                other => other,
            };
            if !UNSEEN.is_match(letter.encode_utf8(&mut [0; 4])) {
                letters.push(letter);
                places.resize(letters.len(), start..start + written.len_utf8());
            }
        }
    }
    (letters, places)
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
        let plain = Text::read(&[text], inside).plain;
        plain.replace(EDGES, "").trim_start().to_owned()
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
        let odd = |written| Text::read(&[written], Inside::Parts).odd;
        for (written, place) in [("cr\u{430}ck", 2..4), ("cr4ck", 2..3), ("cr*ck", 2..3)] {
            assert_eq!(odd(written), [place], "{written}");
        }
        for fine in [
            "na\u{ef}ve",
            "2nd, 24",
            "tea\u{2014}or milk",
            "{PAUSE}, \u{201c}ah\u{201d}",
            "50 %",
        ] {
            assert!(odd(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn no_letter_that_shows_nothing_hides_a_word() {
        for unseen in [
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180b}',
            '\u{180e}',
            '\u{200b}',
            '\u{202e}',
            '\u{2060}',
            '\u{206f}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fffb}',
            '\u{1bca0}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0fff}',
        ] {
            assert_eq!(
                plain(&format!("cr{unseen}ack"), Inside::Parts),
                "crack",
                "{unseen:?}"
            );
        }
    }

    #[test]
    fn each_word_knows_its_place_clause_and_sentence() {
        let text = Text::read(&["Sit, and rest. Why?"], Inside::Parts);
        assert_eq!(text.plain, ". sit, and rest. why?");
        let ranges: Vec<_> = text.words.iter().map(|word| word.range.clone()).collect();
        assert_eq!(ranges, [0..3, 5..8, 9..13, 15..18]);
        let at: Vec<_> = text.words.iter().map(|word| word.at).collect();
        assert_eq!(at, [1, 6, 10, 16]);
        let lines = Text::read(&["Rest and", "sit"], Inside::Parts);
        assert_eq!(lines.plain, ". rest; and. sit.");
        assert_eq!(lines.words[2].line, 1);
    }
}
