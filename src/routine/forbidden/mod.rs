//! What no routine may speak: the list of `scripts/forbidden.toml`, looked for in every sentence.
//!
//! A sentence is read as plain words, and each rule is a regular expression over them; parts of some reach into the
//! next sentence, and into the next line of a movement. A forbidden thing may be named when the sentence tells her
//! *not* to do it, in one simple way that the list describes; in doubt it is refused. The list is a net under a careful
//! author. It is no proof that a text is safe, and no stand-in for a clinician who reads it.
//!
//! The `regex` crates do the finding. Reading the list and weighing a negation are our own: no kept crate does either.

mod list;
mod negation;
mod text;

use std::ops::Range;
use std::sync::LazyLock;

use self::list::{List, Rule};
use self::text::{Inside, Text};
use crate::base::diagnostic::Problem;

/// The list, as a midwife can read it.
const LIST: &str = include_str!("../../../scripts/forbidden.toml");

/// The rule for letters that the other rules cannot read.
const LETTERS: &str = "letters";

// A test reads the list, so that this can never be met by her.
static RULES: LazyLock<List> = LazyLock::new(|| List::parse(LIST).expect("the list is tested"));

/// One thing in a sentence that may not be spoken.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The rule against it.
    pub rule: &'static Rule,
    /// Where it stands, in bytes of the sentence.
    pub range: Range<usize>,
}

impl Found {
    /// As a problem of a file; `span` is where it stands in the file.
    pub(super) fn problem(&self, span: Range<usize>, sentence: &str) -> Problem {
        let said = sentence.get(self.range.clone()).unwrap_or(sentence);
        let Rule {
            id,
            reason,
            instead,
            source,
            ..
        } = self.rule;
        let source = source.join(", ");
        Problem::new(
            span,
            format!("\"{said}\" may not be spoken: {reason}"),
            format!("{instead} (rule \"{id}\" of scripts/forbidden.toml; sources: {source})"),
        )
    }
}

/// Everything in `text` that may not be spoken, in the order of the text.
pub(super) fn forbidden(text: &str) -> Vec<Found> {
    let mut texts = vec![Text::read(&[text], Inside::Parts)];
    let joined = Text::read(&[text], Inside::Joins);
    if joined.plain != texts[0].plain {
        texts.push(joined);
    }
    // A test asks for the rule, so that this can never be met by her.
    let letters = RULES.rules.iter().find(|rule| rule.id == LETTERS);
    let letters = letters.expect("the list is tested");
    let odd = texts[0].odd.iter().map(|range| (letters, range.clone()));
    let spoken = texts.iter().flat_map(|text| {
        let rules = RULES.rules.iter();
        rules.flat_map(|rule| {
            let found = rule.find(text, &RULES.negation).into_iter();
            found.map(move |[first, last, _]| (rule, first.range.start..last.range.end))
        })
    });
    let mut found: Vec<Found> = Vec::new();
    for (rule, range) in odd.chain(spoken) {
        // Once for each rule and place.
        let known = found.iter().any(|known| {
            known.rule.id == rule.id
                && known.range.start < range.end
                && range.start < known.range.end
        });
        if !known {
            found.push(Found { rule, range });
        }
    }
    found.sort_by_key(|found| found.range.start);
    found
}

/// What only several `lines` together say, one after the other: where the later of them says it, each
/// with the index of its line.
pub(super) fn forbidden_together(lines: &[&str]) -> Vec<(usize, Found)> {
    let text = Text::read(lines, Inside::Parts);
    let mut together: Vec<(usize, Found)> = Vec::new();
    for rule in &RULES.rules {
        for [first, nearest, last] in rule.find(&text, &RULES.negation) {
            let last = if nearest.line == first.line {
                last
            } else {
                nearest
            };
            let line = last.line;
            let mut known = together.iter();
            if first.line == line
                || known.any(|(at, found)| *at == line && found.rule.id == rule.id)
            {
                continue;
            }
            let begins = text.words.iter().find(|word| word.line == line);
            let range = begins.unwrap_or(last).range.start..last.range.end;
            together.push((line, Found { rule, range }));
        }
    }
    together
}

/// The place of `found` in a file, where `sentence` was read from the TOML string at `span`; the
/// whole string where escapes moved its letters.
pub(super) fn place(
    file: &str,
    span: Range<usize>,
    sentence: &str,
    found: &Range<usize>,
) -> Range<usize> {
    let quoted = [3, 1].into_iter().find(|quotes| {
        let inside = span.start + quotes..span.end.saturating_sub(*quotes);
        file.get(inside) == Some(sentence)
    });
    quoted.map_or(span.clone(), |quotes| {
        span.start + quotes + found.start..span.start + quotes + found.end
    })
}

#[cfg(test)]
pub(crate) fn forbidden_in(text: &str) -> Vec<(&'static str, Range<usize>)> {
    let found = forbidden(text).into_iter();
    found
        .map(|found| (found.rule.id.as_str(), found.range))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sentence: &str, rules: &[&str]) {
        let found = forbidden(sentence);
        let ids: Vec<_> = found.iter().map(|found| found.rule.id.as_str()).collect();
        assert_eq!(ids, rules, "{sentence}");
    }

    #[test]
    fn the_list_can_be_read_and_every_rule_says_why() {
        let list = List::parse(LIST).unwrap();
        assert!(list.rules.iter().any(|rule| rule.id == LETTERS));
        for (index, rule) in list.rules.iter().enumerate() {
            assert!(rule.reason.ends_with('.'), "{}", rule.id);
            assert!(rule.reason.matches(['.', ';']).count() <= 2, "{}", rule.id);
            assert!(
                !rule.instead.is_empty() && !rule.source.is_empty(),
                "{}",
                rule.id
            );
            assert!(
                list.rules[..index].iter().all(|other| other.id != rule.id),
                "{}",
                rule.id
            );
        }
    }

    #[test]
    fn a_negation_counts_only_where_it_is_plain() {
        for (passes, fails) in [
            ("Never hold your breath.", "Never mind, hold your breath."),
            (
                "Do not press on your neck.",
                "Do not press on your neck before you are warm.",
            ),
            (
                "Do not press on your neck.",
                "Do not press on your neck, unless it is stiff.",
            ),
            (
                "Do not press on your neck.",
                "Why do you not press on your neck?",
            ),
            ("Do not press on your neck.", "Do not press on your neck?"),
            (
                "Do not press on your neck.",
                "Do not press too long on your neck.",
            ),
            (
                "Do not press on your neck.",
                "If you do not press on your neck.",
            ),
            (
                "Do not press on your neck.",
                "There is no reason not to press on your neck.",
            ),
            (
                "Do not press or push on your neck.",
                "Do not press, or push on your neck.",
            ),
            (
                "Do not press it and rest.",
                "Do not stop and press your neck.",
            ),
            (
                "Do not press your neck.",
                "Do not press it, press your neck.",
            ),
            (
                "Stay off your neck and your throat.",
                "Stay off. Press your neck and your throat.",
            ),
        ] {
            check(passes, &[]);
            assert!(!forbidden(fails).is_empty(), "{fails}");
        }
    }

    #[test]
    fn a_pattern_does_not_reach_into_the_next_sentence() {
        check("Press your feet down. Let your neck be long.", &[]);
        check("Press your neck down. Be long.", &["neck-hands"]);
    }

    #[test]
    fn each_thing_is_found_once_and_in_order() {
        check("Be bold, and hold your breath.", &["pain", "breath-hold"]);
        check(
            "Hold your breath, hold your breath.",
            &["breath-hold", "breath-hold"],
        );
    }

    #[test]
    fn the_place_is_exact_and_the_problem_says_what_to_do() {
        let sentence = "Now, be bo\u{ad}ld.";
        let found = forbidden(sentence);
        assert_eq!(&sentence[found[0].range.clone()], "be bo\u{ad}ld");
        let file = format!("say = \"{sentence}\"");
        let at = place(&file, 6..file.len(), sentence, &found[0].range);
        assert_eq!(&file[at.clone()], "be bo\u{ad}ld");
        let problem = found[0].problem(at, sentence);
        assert!(
            problem.message.contains("Pain means stop"),
            "{}",
            problem.message
        );
        assert!(
            problem.help.contains("sources: article"),
            "{}",
            problem.help
        );
    }

    #[test]
    fn where_escapes_move_letters_the_whole_string_is_the_place() {
        let file = r#"say = "Be b\u006fld.""#;
        assert_eq!(
            place(file, 6..file.len(), "Be bold.", &(0..7)),
            6..file.len()
        );
        let file = "say = \"\"\"Be bold.\"\"\"";
        assert_eq!(place(file, 6..file.len(), "Be bold.", &(0..7)), 9..16);
        assert_eq!(place("", 0..0, "Be bold.", &(0..7)), 0..0);
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
            let _ = forbidden(text);
        }
        assert!(forbidden(&"press neck, ".repeat(500)).len() >= 500);
    }
}
