//! What no routine may speak: the phrases of `scripts/forbidden.toml`, looked for in what lines say one after the
//! other.
//!
//! The list is a net under a careful author. It is no proof that a text is safe, and no stand-in for a clinician who
//! reads it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::words::{Words, phrase};

/// The list, as a midwife can read it.
const LIST: &str = include_str!("../../scripts/forbidden.toml");

/// The rule for letters that the other rules could not read.
const LETTERS: &str = "letters";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFile {
    #[expect(dead_code, reason = "written for whoever reads the file")]
    version: u32,
    rule: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub id: String,
    /// Why it may not be spoken.
    pub reason: String,
    /// What may be said in its place.
    pub instead: String,
    /// The sources, as keys of the project's list of sources.
    pub source: Vec<String>,
    phrases: Vec<String>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    // A test reads the list, so that this can never be met by her.
    let file: ListFile = toml::from_str(LIST).expect("the list is tested");
    file.rule
});

// Looked up as whole words: a crate that finds strings, such as aho-corasick, would want the words joined, and what it
// finds led back to them, which is longer than this.
/// Each phrase in plain words, with its rule.
static PHRASES: LazyLock<HashMap<String, &Rule>> = LazyLock::new(|| {
    let of_rule = |rule: &'static Rule| rule.phrases.iter().map(move |phrase| (phrase, rule));
    let phrases = RULES.iter().flat_map(of_rule);
    let plain = phrases.map(|(written, rule)| (phrase(&Words::read(written).list), rule));
    plain.collect()
});

/// The most words of a phrase.
static LONGEST: LazyLock<usize> = LazyLock::new(|| {
    let words = PHRASES.keys().map(|phrase| phrase.split(' ').count());
    words.max().unwrap_or_default()
});

/// One thing that may not be spoken.
#[derive(Debug)]
pub(super) struct Found {
    /// The rule against it.
    pub rule: &'static Rule,
    /// The line that says it, or the end of it.
    pub line: usize,
    /// Where it stands there, in bytes of the line.
    pub range: Range<usize>,
    /// It began in a line before.
    pub began_before: bool,
}

/// Everything that `lines`, said one after the other, may not speak. Within a `known` line nothing is looked for.
pub(super) fn forbidden(lines: &[&str], known: impl Fn(&str) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    let mut words = Vec::new();
    let mut line_of = Vec::new();
    let known: Vec<_> = lines.iter().map(|line| known(line)).collect();
    for (line, text) in lines.iter().enumerate() {
        let read = Words::read(text);
        line_of.resize(line_of.len() + read.list.len(), line);
        words.extend(read.list);
        let odd = read.odd.into_iter().filter(|_| !known[line]);
        found.extend(odd.map(|range| Found {
            rule: letters(),
            line,
            range,
            began_before: false,
        }));
    }
    // Of each rule, where its last find ended: one place is named once.
    let mut ends: HashMap<&str, usize> = HashMap::new();
    for first in 0..words.len() {
        for last in (first..words.len().min(first + *LONGEST)).rev() {
            let Some(&rule) = PHRASES.get(&phrase(&words[first..=last])) else {
                continue;
            };
            let line = line_of[last];
            let began_before = line_of[first] != line;
            let again = ends.get(&*rule.id).is_some_and(|end| first <= *end);
            if again || (known[line] && !began_before) {
                continue;
            }
            ends.insert(&rule.id, last);
            let begins = first.max(line_of.partition_point(|of| *of < line));
            found.push(Found {
                rule,
                line,
                range: words[begins].range.start..words[last].range.end,
                began_before,
            });
        }
    }
    found
}

fn letters() -> &'static Rule {
    // A test asks for it, so that this can never be met by her.
    let rule = RULES.iter().find(|rule| rule.id == LETTERS);
    rule.expect("the list is tested")
}

/// What is forbidden in one sentence, as names of rules and places, for tests.
#[cfg(test)]
pub(crate) fn forbidden_in(text: &str) -> Vec<(&'static str, Range<usize>)> {
    let found = forbidden(&[&super::plain::plain(text)], |_| false).into_iter();
    found
        .map(|found| (found.rule.id.as_str(), found.range))
        .collect()
}

/// Every phrase with its rule, as they are written, for tests.
#[cfg(test)]
pub(crate) fn phrases() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rules = RULES.iter();
    rules.flat_map(|rule| rule.phrases.iter().map(|phrase| (&*rule.id, &**phrase)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routine::plain::plain;

    #[test]
    fn the_list_can_be_read_and_every_rule_says_why() {
        for (index, rule) in RULES.iter().enumerate() {
            let id = &rule.id;
            assert!(rule.reason.ends_with('.'), "{id}");
            assert!(rule.reason.matches(['.', ';']).count() <= 2, "{id}");
            assert!(!rule.instead.is_empty() && !rule.source.is_empty(), "{id}");
            assert!(rule.phrases.is_empty() == (id == LETTERS), "{id}");
            assert!(RULES[..index].iter().all(|other| other.id != *id), "{id}");
        }
        assert_eq!(letters().id, LETTERS);
    }

    #[test]
    fn each_thing_is_found_once_and_in_order() {
        let found = |text: &str| -> Vec<_> {
            let found = forbidden_in(text).into_iter();
            found
                .map(|(rule, range)| (rule, plain(text)[range].to_owned()))
                .collect()
        };
        let named = |rule, words: &str| (rule, words.to_owned());
        let breath = || named("breath-hold", "hold your breath");
        assert_eq!(found("Hold on to the chair."), []);
        assert_eq!(
            found("Be bo\u{ad}ld, and hold your breath."),
            [named("pain", "bold"), breath()]
        );
        let twice = found("So hold your breath, hold your breath.");
        assert_eq!(twice, [breath(), breath()]);
    }

    #[test]
    fn any_text_at_all_is_read() {
        for text in [
            "",
            " ",
            ".",
            "-",
            "'",
            "\u{200b}",
            "or",
            "not or",
            "\u{1f930}",
            "a-\n",
            "\u{fdfa}",
        ] {
            let _ = forbidden_in(text);
        }
        assert!(forbidden_in(&"press your neck, ".repeat(500)).len() >= 500);
    }
}
