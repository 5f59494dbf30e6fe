//! What is written, made what is spoken: one plain form of a sentence, for the checks and every voice alike.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::base::shows_nothing;

// The comment is for authors, too: the schema of the format shows it.
/// A sentence, as it is spoken.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(
    feature = "program",
    derive(schemars::JsonSchema),
    schemars(inline, extend("minLength" = 1))
)]
#[serde(from = "String")]
pub(super) struct Sentence(String);

impl From<String> for Sentence {
    fn from(written: String) -> Self {
        Self(plain(&written))
    }
}

impl AsRef<str> for Sentence {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Compatible letters composed (NFKC), straight quotes, plain spaces, two kinds of dash, words instead of capitals, and
/// nothing that does not show. Control characters stay, to be refused.
pub(super) fn plain(written: &str) -> String {
    let shown = written.chars().filter(|letter| !shows_nothing(*letter));
    let composed = shown.map(straight).nfkc();
    let signs: Vec<char> = composed.filter(|sign| !is_combining_mark(*sign)).collect();
    small_words(&dashes(&signs))
}

/// Every quote straight, every hyphen `-`, every dash `—`, every space plain.
fn straight(mark: char) -> char {
    match mark {
        '\u{2018}'..='\u{201b}'
        | '\u{2032}'
        | '\u{2bb}'..='\u{2bd}'
        | '\u{b4}'
        | '`'
        | '\u{ff07}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' | '\u{ff02}' => '"',
        '\u{2010}' | '\u{2011}' | '\u{2043}' | '\u{2212}' => '-',
        '\u{2012}' | '\u{2015}' => '\u{2014}',
        space if space.is_whitespace() && !space.is_control() => ' ',
        other => other,
    }
}

/// One space between words. `--`, and a hyphen or an en dash between spaces, are dashes; one between letters is a hyphen,
/// and one beside a number is left for the checks.
fn dashes(signs: &[char]) -> String {
    let mut text = String::new();
    for run in signs.chunk_by(|a, b| is_dash(*a) && is_dash(*b)) {
        let number = text
            .trim_end()
            .ends_with(|before: char| before.is_ascii_digit());
        let spaced = text.ends_with(' ') && !number;
        match run {
            ['-' | '\u{2013}'] if !spaced => text.push('-'),
            [dash, ..] if is_dash(*dash) => text.push('\u{2014}'),
            [' '] if text.ends_with(' ') => {}
            other => text.extend(other),
        }
    }
    text
}

const fn is_dash(sign: char) -> bool {
    matches!(sign, '-' | '\u{2013}' | '\u{2014}')
}

/// A voice spells out what stands in capitals: a word of them becomes a plain one.
fn small_words(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let in_word = |sign: char| sign.is_alphanumeric() || matches!(sign, '\'' | '{' | '}');
    let mut plain = String::with_capacity(text.len());
    let mut begins = true;
    for word in signs.chunk_by(|a, b| in_word(*a) == in_word(*b)) {
        match word {
            [first, rest @ ..] if shouted(word) => {
                let first = Some(*first).into_iter();
                let lower = first.clone().flat_map(char::to_lowercase);
                // The first letter of a sentence stays.
                plain.extend(first.filter(|_| begins));
                plain.extend(lower.filter(|_| !begins));
                plain.extend(rest.iter().flat_map(|letter| letter.to_lowercase()));
            }
            _ => plain.extend(word),
        }
        let ends = word.iter().any(|sign| matches!(sign, '.' | '!' | '?'));
        begins = ends || (begins && !in_word(word[0]));
    }
    plain
}

/// Whether it is a word in capitals. One without a vowel ("GP") is meant to be spelled out, and so is "OK"; what stands
/// in braces is a name.
fn shouted(word: &[char]) -> bool {
    let letters = || word.iter().filter(|sign| sign.is_alphabetic());
    letters().count() > 1
        && letters().all(|letter| letter.is_uppercase())
        && letters().any(|letter| "AEIOUY".contains(*letter))
        && word[0] != '{'
        && word != ['O', 'K']
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_stays_as_it_is() {
        for sentence in [
            "Breathe in, and lift your shoulders up.",
            "If it isn't easy, press {PAUSE}: I will wait\u{2014}as long as you like.",
            "Wait... then go on with your mid-back, 10 times.",
            "Ask a GP: \"Am I OK?\" I am here.",
            "caf\u{e9}\n\t\u{7}",
            "",
        ] {
            assert_eq!(plain(sentence), sentence);
        }
    }
}
