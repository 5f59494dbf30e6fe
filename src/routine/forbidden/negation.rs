//! How a forbidden thing may be spoken of: by telling her not to do it.

use regex::Regex;
use regex_automata::Span;
use serde::Deserialize;

use super::list::WORD;
use super::text::EDGES;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NegationFile {
    pub words: Vec<String>,
    pub pairs: Vec<[String; 2]>,
    pub small: Vec<String>,
    pub turns: Vec<String>,
    pub conditions: Vec<String>,
    pub weakens: Vec<String>,
    pub exceptions: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Negation {
    /// A negation, at the end of what stands before the word that it forbids: only small words stand between, or an
    /// "or" carries it on ("no jerks or bouncing").
    before: Regex,
    /// A negation, wherever it stands.
    not: Regex,
    /// Before it in its clause: a turn, or a condition close to it.
    turned: Regex,
    /// After it: a second negation in its clause, or what weakens it: "not too hard", "not before …".
    weakened: Regex,
    /// After the clause: "…, unless …".
    excepted: Regex,
    asked: Regex,
}

impl Negation {
    pub(super) fn new(file: &NegationFile) -> Self {
        let any = |words: &[String]| format!(" (?:{})\\b", words.join("|"));
        let pairs: Vec<_> = file.pairs.iter().map(|pair| pair.join(" ")).collect();
        let not = any(&[&file.words[..], &pairs].concat());
        let NegationFile {
            small,
            turns,
            conditions,
            weakens,
            exceptions,
            ..
        } = file;
        let (small, turns, conditions) = (any(small), any(turns), any(conditions));
        // They hold plain words alone, and a test makes them all.
        let regex = |pattern: String| Regex::new(&pattern).expect("the list is tested");
        Self {
            before: regex(format!("({not})(?:(?:{WORD}){{0,4}}; or\\b)?(?:{small})*$")),
            turned: regex(format!("{turns}|{conditions}(?:{WORD}){{0,2}}$")),
            weakened: regex(format!("^(?:{WORD})*?{not}|{}", any(weakens))),
            excepted: regex(format!("^[,;]{}", any(exceptions))),
            not: regex(not),
            asked: regex("^[ ,;a-z0-9]*\\?".to_owned()),
        }
    }

    /// The place of the word among those `named` that the text tells her not to do, plainly: not in a question, not
    /// twice negated, not on a condition, not weakened, and without an exception.
    pub(super) fn governs(&self, text: &str, named: &[Span]) -> Option<usize> {
        let mut others = text.to_owned();
        for word in named {
            others.replace_range(word.start + 1..word.end, &"0".repeat(word.len() - 1));
        }
        let last = named[named.len() - 1].end;
        let reach = last + text[last..].find(EDGES).unwrap_or_default();
        let plainly = |word: &&Span| {
            let Some(not) = self
                .before
                .captures(&text[..word.start])
                .and_then(|found| found.get(1))
            else {
                return false;
            };
            let clause = text[..not.start()].rfind(EDGES).map_or(0, |edge| edge + 1);
            others[not.range()] == text[not.range()]
                && !self.asked.is_match(&text[not.end()..])
                && !self.not.is_match(&others[clause..not.start()])
                && !self.turned.is_match(&text[clause..not.start()])
                && !self.weakened.is_match(&others[not.end()..reach])
                && !self.excepted.is_match(&text[reach..])
        };
        named.iter().find(plainly).map(|word| word.start)
    }
}
