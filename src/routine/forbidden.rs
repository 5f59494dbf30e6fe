//! What no routine may speak: the list of `scripts/forbidden.toml`, looked for in every sentence.
//!
//! A sentence is read as plain words, and each rule is a few patterns over them; some of them reach
//! into the next sentence, and into the next line of a movement. It may be spoken
//! when it tells her *not* to do the thing, in one simple way that the list describes; whatever is
//! in doubt is refused. The list is a net under a careful author. It is no proof that a text is
//! safe, and no stand-in for a clinician who reads it.

mod list;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

pub(super) use self::list::Rule;
use self::list::{List, Negation, Part, Pattern};
use self::words::{Inside, Word, Words};
use crate::base::Problem;

/// The list, as a midwife can read it.
const LIST: &str = include_str!("../../scripts/forbidden.toml");

/// The rule for letters that the other rules could not read.
const LETTERS: &str = "letters";

/// At most this many words stand between a condition and its "not": "if it does not".
const CONDITION_REACH: usize = 3;

/// In "no jerks or bouncing" the "or" carries the negation on, over at most this many words.
const CARRIED: usize = 4;

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
        Problem::new(
            span,
            format!("\"{said}\" may not be spoken: {}", self.rule.reason),
            format!(
                "{} (rule \"{}\" of scripts/forbidden.toml; sources: {})",
                self.rule.instead,
                self.rule.id,
                self.rule.source.join(", ")
            ),
        )
    }
}

/// Everything in `text` that may not be spoken, in the order of the text.
pub(super) fn forbidden(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let words = Words::read(text, Inside::Parts);
    for range in &words.odd {
        add(&mut found, letters(), range.clone());
    }
    find_all(&mut found, &words);
    let joined = Words::read(text, Inside::Joins);
    if joined.list != words.list {
        find_all(&mut found, &joined);
    }
    found.sort_by_key(|found| found.range.start);
    found
}

/// The place of `found` in a file, where `sentence` was read from the TOML string at `span`; the
/// whole string where escapes moved its letters.
pub(super) fn place(
    file: &str,
    span: Range<usize>,
    sentence: &str,
    found: &Range<usize>,
) -> Range<usize> {
    for quotes in [3, 1] {
        let start = span.start + quotes;
        if file.get(start..start + sentence.len()) == Some(sentence)
            && start + sentence.len() + quotes == span.end
        {
            return start + found.start..start + found.end;
        }
    }
    span
}

/// The same as names of rules and places, for tests and tools.
#[cfg(test)]
pub(crate) fn forbidden_in(text: &str) -> Vec<(&'static str, Range<usize>)> {
    forbidden(text)
        .into_iter()
        .map(|found| (found.rule.id.as_str(), found.range))
        .collect()
}

/// What only several `lines` together say, one after the other: where the later of them says it, each
/// with the index of its line.
pub(super) fn forbidden_together(lines: &[&str]) -> Vec<(usize, Found)> {
    let (words, line_of) = joined(lines);
    let mut together: Vec<(usize, Found)> = Vec::new();
    for rule in &RULES.rules {
        for named in rule.find(&words) {
            let (first, last) = ends(&named);
            let line = line_of[last];
            let known =
                |(known, found): &(usize, Found)| *known == line && found.rule.id == rule.id;
            if line_of[first] == line || together.iter().any(known) {
                continue;
            }
            let begins = named.iter().find(|word| line_of[**word] == line);
            let begins = begins.map_or(last, |word| *word);
            let range = words[begins].range.start..words[last].range.end;
            together.push((line, Found { rule, range }));
        }
    }
    together
}

/// The words of all `lines` as of one text, and the line of each; no sentence goes over the end of a line.
fn joined(lines: &[&str]) -> (Vec<Word>, Vec<usize>) {
    let mut words: Vec<Word> = Vec::new();
    let mut line_of = Vec::new();
    for (line, text) in lines.iter().enumerate() {
        let (sentence, clause) = words
            .last()
            .map_or((0, 0), |last| (last.sentence + 1, last.clause + 1));
        for mut word in Words::read(text, Inside::Parts).list {
            word.sentence += sentence;
            word.clause += clause;
            words.push(word);
            line_of.push(line);
        }
    }
    (words, line_of)
}

fn find_all(found: &mut Vec<Found>, words: &Words) {
    for rule in &RULES.rules {
        for named in rule.find(&words.list) {
            let (first, last) = ends(&named);
            let range = words.list[first].range.start..words.list[last].range.end;
            add(found, rule, range);
        }
    }
}

/// Adds what was found, once for each rule and place.
fn add(found: &mut Vec<Found>, rule: &'static Rule, range: Range<usize>) {
    let known = found.iter().any(|known| {
        known.rule.id == rule.id && known.range.start < range.end && range.start < known.range.end
    });
    if !known {
        found.push(Found { rule, range });
    }
}

fn letters() -> &'static Rule {
    // A test asks for it, so that this can never be met by her.
    let rule = RULES.rules.iter().find(|rule| rule.id == LETTERS);
    rule.expect("the list is tested")
}

impl Rule {
    /// The words that say what this rule forbids, each time.
    fn find(&self, words: &[Word]) -> Vec<Vec<usize>> {
        let negation = &RULES.negation;
        let matches: Vec<_> = self
            .patterns
            .iter()
            .flat_map(|pattern| Search::all(pattern, words))
            .collect();
        let (negated, spoken): (Vec<_>, Vec<_>) = matches
            .into_iter()
            .partition(|matched| negation.governs(words, matched));
        // What lies within a prohibition of one clause is prohibited with it: "do not lie (flat on your back)".
        let covers = |negated: &Vec<usize>, spoken: &[usize]| {
            let (first, last) = ends(negated);
            words[first].clause == words[last].clause
                && first <= ends(spoken).0
                && ends(spoken).1 <= last
        };
        spoken
            .into_iter()
            .filter(|spoken| !negated.iter().any(|negated| covers(negated, spoken)))
            .collect()
    }
}

/// The first and the last word that a match names. A pattern names at least one.
fn ends(matched: &[usize]) -> (usize, usize) {
    (matched[0], matched[matched.len() - 1])
}

/// Every way in which a pattern is met.
struct Search<'a> {
    words: &'a [Word],
    /// Whether it may reach into another sentence.
    across: bool,
    /// The words named so far.
    named: Vec<usize>,
    /// Each way, as the words that it names.
    matches: Vec<Vec<usize>>,
}

impl<'a> Search<'a> {
    fn all(pattern: &Pattern, words: &'a [Word]) -> Vec<Vec<usize>> {
        let mut search = Self {
            words,
            across: pattern.across,
            named: Vec::new(),
            matches: Vec::new(),
        };
        for (start, word) in words.iter().enumerate() {
            search.go_on(&pattern.parts, start, word.clause);
        }
        search.matches
    }

    /// Adds every way in which `pattern` is met from the word at `at` on, after a part in `clause`.
    fn go_on(&mut self, pattern: &[Part], at: usize, clause: usize) {
        let Some((part, rest)) = pattern.split_first() else {
            self.matches.push(self.named.clone());
            return;
        };
        let words = self.words;
        match part {
            Part::Word(forms) => {
                if let Some(word) = words.get(at)
                    && self.reaches(word)
                    && forms.iter().any(|form| form.is(&word.text))
                {
                    self.named.push(at);
                    self.go_on(rest, at + 1, word.clause);
                    self.named.pop();
                }
            }
            Part::Edge => {
                let next = words.get(at).map(|next| next.clause);
                let before = at.checked_sub(1).map(|before| words[before].clause);
                if next != before {
                    self.go_on(rest, at, next.unwrap_or(clause));
                }
            }
            Part::Gap { within, across } => {
                // Up to the edge is not beyond it.
                let to_edge = matches!(rest.first(), Some(Part::Edge));
                for skipped in 0..=*within {
                    let end = at + skipped;
                    let crosses = words.get(end).is_some_and(|word| word.clause != clause);
                    let too_far = crosses
                        && match across {
                            Some(across) => skipped > *across,
                            None => !to_edge || words[end - 1].clause != clause,
                        };
                    if end > words.len() || too_far {
                        break;
                    }
                    self.go_on(rest, end, clause);
                }
            }
        }
    }

    /// May the match that was begun go on with `word`?
    fn reaches(&self, word: &Word) -> bool {
        let first = self.named.first().map(|first| &self.words[*first]);
        self.across || first.is_none_or(|first| first.sentence == word.sentence)
    }
}

impl Negation {
    /// Does the sentence tell her not to do what `matched` names?
    fn governs(&self, words: &[Word], matched: &[usize]) -> bool {
        let last = ends(matched).1;
        matched
            .iter()
            .filter_map(|named| self.negator_of(words, *named))
            .any(|negator| {
                !matched.contains(&negator) && self.is_plain(words, negator, last, matched)
            })
    }

    /// The negation that stands before the word at `named`, with small words between at most.
    fn negator_of(&self, words: &[Word], named: usize) -> Option<usize> {
        for before in (0..named).rev() {
            if words[before].sentence != words[named].sentence {
                return None;
            }
            if let Some(negator) = self.negator_at(words, before) {
                return Some(negator);
            }
            let word = &words[before];
            if words[before + 1].after_mark {
                return None;
            }
            if word.text == "or" {
                return self.carried(words, before);
            }
            if !has(&self.small, word) {
                return None;
            }
        }
        None
    }

    /// The negation before an "or" that carries it on: "no jerks or bouncing".
    fn carried(&self, words: &[Word], or: usize) -> Option<usize> {
        if words[or].after_mark {
            return None;
        }
        (or.saturating_sub(CARRIED + 1)..or)
            .rev()
            .take_while(|index| words[*index].clause + 1 == words[or].clause)
            .find_map(|index| self.negator_at(words, index))
    }

    /// The negation that ends at the word `at`, if there is one in one clause with it.
    fn negator_at(&self, words: &[Word], at: usize) -> Option<usize> {
        let word = &words[at];
        if has(&self.words, word) {
            return Some(at);
        }
        let before = at.checked_sub(1)?;
        let pair = self
            .pairs
            .iter()
            .any(|[first, second]| words[before].text == *first && word.text == *second);
        (pair && words[before].clause == word.clause).then_some(before)
    }

    /// Is it a plain prohibition? Not in a question, not twice negated, not on a condition, not
    /// weakened, and without an exception.
    fn is_plain(&self, words: &[Word], negator: usize, last: usize, matched: &[usize]) -> bool {
        let clause = words[negator].clause;
        let in_clause = |word: &Word| word.clause == clause;
        let start = words.iter().position(in_clause).unwrap_or(negator);
        let negations = (start..words.len())
            .take_while(|index| in_clause(&words[*index]))
            .filter(|index| !matched.contains(index))
            .filter(|index| self.negator_at(words, *index).is_some())
            .count();
        let turned = words[start..negator]
            .iter()
            .any(|word| has(&self.turns, word));
        let condition = words[start..negator]
            .iter()
            .rev()
            .take(CONDITION_REACH)
            .any(|word| has(&self.conditions, word));
        !words[negator].question
            && negations == 1
            && !turned
            && !condition
            && !self.is_weakened(words, negator, last, matched)
    }

    /// "not too hard", "not before …", "not …, unless …": no prohibition.
    fn is_weakened(&self, words: &[Word], negator: usize, last: usize, matched: &[usize]) -> bool {
        let reach = words[last].clause.max(words[negator].clause);
        let weak = words[negator + 1..]
            .iter()
            .enumerate()
            .take_while(|(_, word)| word.clause <= reach)
            .any(|(after, word)| {
                !matched.contains(&(negator + 1 + after)) && has(&self.weakens, word)
            });
        let next = words.iter().find(|word| word.clause > reach);
        let excepted = next.is_some_and(|word| {
            word.sentence == words[negator].sentence && has(&self.exceptions, word)
        });
        weak || excepted
    }
}

fn has(list: &[String], word: &Word) -> bool {
    list.contains(&word.text)
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
