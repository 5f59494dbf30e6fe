//! What may be spoken and what may not: sentences that must fail, each with its rule, and sentences that must pass.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use crate::base::BreathPhase;
use crate::routine::forbidden::{forbidden_in, phrases};
use crate::routine::known::{Known, Why};
use crate::routine::plain::plain;
use crate::routine::words::Word;
use crate::routine::{Companion, Routine, built_in_names};

const MUST_FAIL: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/forbidden/must-fail.txt"
));
const MUST_PASS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/forbidden/must-pass.txt"
));
const IN_DOUBT: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/forbidden/refused-in-doubt.txt"
));
const OURS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/forbidden/built-in.txt"
));
const SCRIPT: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/forbidden/script.txt"
));

/// The lines of a fixture that are no comment.
fn lines(fixture: &str) -> impl Iterator<Item = &str> {
    fixture
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The two halves of a line `first | second`.
fn halves(line: &str) -> (&str, &str) {
    line.split_once(" | ").expect("two halves, with | between")
}

/// The sentence with what was found in it, for the message of a failing test.
fn shown(sentence: &str) -> String {
    let found: Vec<_> = forbidden_in(sentence)
        .into_iter()
        .map(|(rule, range)| format!("{rule}: \"{}\"", &plain(sentence)[range]))
        .collect();
    format!("{sentence}\n      {}", found.join(", "))
}

fn new_words_in(sentence: &str) -> Vec<Word> {
    let sentence = plain(sentence);
    let undecided = Known::built_in().undecided(&sentence);
    let new = undecided.filter(|(_, why)| *why == Why::New);
    new.map(|(word, _)| word).collect()
}

/// The words that an own routine must list before it may speak this.
fn new_words(sentence: &str) -> Vec<String> {
    let words = new_words_in(sentence).into_iter();
    words.map(|word| word.text).collect()
}

fn is_found(rule: &str, sentence: &str) -> bool {
    match rule {
        "new-word" => !new_words(sentence).is_empty(),
        _ => forbidden_in(sentence)
            .iter()
            .any(|(found, _)| *found == rule),
    }
}

#[test]
fn what_must_fail_fails_by_its_rule() {
    let wrong: Vec<_> = lines(MUST_FAIL)
        .map(halves)
        .filter(|(rule, sentence)| !is_found(rule, sentence))
        .map(|(rule, sentence)| format!("{rule} | {}", shown(sentence)))
        .collect();
    assert!(wrong.is_empty(), "not refused:\n{}", wrong.join("\n"));
    let sentences = || lines(MUST_FAIL).map(|line| halves(line).1);
    let by_phrase = sentences().filter(|sentence| !forbidden_in(sentence).is_empty());
    let by_word = sentences().filter(|sentence| !new_words(sentence).is_empty());
    let (by_phrase, by_word) = (by_phrase.count(), by_word.count());
    let all = sentences().count();
    println!("of {all}: {by_phrase} by a phrase or a letter, {by_word} by a new word");
}

#[test]
fn what_must_pass_passes() {
    let known = |sentence: &&str| Known::built_in().says(sentence);
    let script = lines(SCRIPT).map(|line| halves(line).1);
    let sentences = lines(MUST_PASS).chain(script.filter(|sentence| !known(sentence)));
    let wrong: Vec<_> = sentences
        .filter(|sentence| !forbidden_in(sentence).is_empty())
        .map(shown)
        .collect();
    assert!(wrong.is_empty(), "refused:\n{}", wrong.join("\n"));
}

/// What is harmless and refused all the same: nothing gets there, or leaves it, unseen.
#[test]
fn what_is_in_doubt_is_refused() {
    let passed: Vec<_> = lines(IN_DOUBT)
        .filter(|sentence| forbidden_in(sentence).is_empty())
        .collect();
    assert!(passed.is_empty(), "move to must-pass.txt: {passed:#?}");
}

/// The built-in scripts are not held against the list: so each of their sentences that it meets is looked at here.
#[test]
fn these_sentences_alone_of_the_built_in_scripts_name_what_is_forbidden() {
    let met = Known::built_in().sentences();
    let met = met.filter(|sentence| !forbidden_in(sentence).is_empty());
    let met: BTreeSet<_> = met.collect();
    let looked_at: BTreeSet<_> = lines(OURS).collect();
    assert_eq!(met, looked_at);
}

/// Word for word, with its parts and without the program's own questions, each of them is sound as a routine of hers.
#[test]
fn a_copy_of_a_built_in_routine_passes() {
    for name in built_in_names() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scripts/en/{name}.toml"));
        let text = fs::read_to_string(path).expect("a script");
        let copy = Routine::parse("hers.toml", &text).unwrap_or_else(|wrong| panic!("{wrong}"));
        for line in copy.lines() {
            assert_eq!(new_words(&line.text), [""; 0], "{}", line.id);
        }
    }
}

#[test]
fn every_rule_has_a_sentence_that_meets_it_and_every_phrase_one_rule() {
    let met: HashSet<_> = lines(MUST_FAIL).map(|line| halves(line).0).collect();
    let rules: HashSet<_> = phrases().map(|(rule, _)| rule).collect();
    assert!(rules.len() >= 18);
    for rule in rules.iter().chain(&["letters"]) {
        assert!(
            met.contains(rule),
            "no sentence in must-fail.txt meets \"{rule}\""
        );
    }
    let mut seen = HashSet::new();
    for (rule, phrase) in phrases() {
        assert!(is_found(rule, phrase), "{rule}: {}", shown(phrase));
        assert!(seen.insert(phrase), "{phrase:?} stands in two places");
    }
    assert!(lines(MUST_FAIL).count() >= 200 && lines(MUST_PASS).count() >= 120);
}

/// Spelling must not matter: not capitals, not line breaks, not letters that show nothing.
#[test]
fn no_disguise_helps() {
    let disguises: [fn(&str) -> String; 7] = [
        str::to_uppercase,
        |sentence| sentence.replace(' ', "  \n "),
        |sentence| sentence.replace(' ', "\u{a0}"),
        |sentence| sentence.replace('\'', "\u{2019}"),
        |sentence| sentence.chars().flat_map(|c| [c, '\u{200b}']).collect(),
        |sentence| sentence.chars().flat_map(|c| [c, '\u{301}']).collect(),
        |sentence| {
            let wide = |c: char| char::from_u32(c as u32 + 0xfee0).unwrap_or(c);
            sentence
                .chars()
                .map(|c| if c.is_ascii_alphabetic() { wide(c) } else { c })
                .collect()
        },
    ];
    for (rule, sentence) in lines(MUST_FAIL).map(halves) {
        for disguise in disguises {
            let hidden = disguise(sentence);
            assert!(is_found(rule, &hidden), "{rule}: {}", shown(&hidden));
            assert_eq!(new_words(&hidden), new_words(sentence), "{hidden:?}");
            let found = forbidden_in(&hidden).into_iter().map(|(_, range)| range);
            let new = new_words_in(&hidden).into_iter().map(|word| word.range);
            for range in found.chain(new) {
                assert!(
                    plain(&hidden).get(range).is_some(),
                    "{hidden:?}: a place between letters"
                );
            }
        }
    }
}

/// A look-alike letter from another alphabet is refused for itself.
#[test]
fn a_letter_from_another_alphabet_is_refused() {
    for hidden in [
        "Cr\u{430}ck your back.",
        "Press on your \u{578}eck.",
        "Be b\u{3bf}ld.",
    ] {
        let found = forbidden_in(hidden);
        assert!(
            found.iter().any(|(rule, _)| *rule == "letters"),
            "{hidden}: {found:?}"
        );
    }
}

#[test]
fn what_the_program_says_of_itself_passes_too() {
    let companion = Companion::built_in();
    let phases =
        [BreathPhase::In, BreathPhase::Out].map(|phase| companion.breath_word(phase).to_owned());
    let words = [
        companion.last_word(),
        companion.again_word(),
        companion.answered(true),
        companion.answered(false),
    ];
    let times = (0..60).map(|minutes| companion.time_left(minutes));
    let said = phases
        .into_iter()
        .chain(words.map(str::to_owned))
        .chain(times);
    for sentence in said {
        assert!(forbidden_in(&sentence).is_empty(), "{}", shown(&sentence));
    }
}

#[test]
fn a_routine_with_something_forbidden_is_refused_at_its_place() {
    let text = "title = \"T\"\nlanguage = \"en\"\nversion = 1\n[[section]]\ntitle = \"S\"\n[[section.movement]]\nlines = [\n  \
                { id = \"1\", say = \"Circle until you hear a crack.\", source = [\"house\"] },\n]\n";
    let problems = Routine::parse("hers.toml", text)
        .expect_err("refused")
        .to_string();
    assert!(problems.contains("hers.toml:8:"), "{problems}");
    assert!(problems.contains("hear a crack"), "{problems}");
    assert!(problems.contains("sources: "), "{problems}");
}

/// Also with the longest of what is filled in.
#[test]
fn the_health_notice_is_one_narrow_page_and_says_that_nobody_has_reviewed_it() {
    let notice = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scripts/en/notice.txt"
    ))
    .replace("{VERSION}", "10")
    .replace("{DATE}", "2026-11-22")
    .replace("{EMERGENCY}", "your emergency number");
    assert!(notice.lines().count() <= 40);
    assert!(notice.lines().all(|line| line.chars().count() <= 76));
    assert!(notice.contains("NO CLINICIAN HAS REVIEWED"));
    assert!(!notice.contains('{'));
}

/// Field report: sentences of rest as a counted breath, standing up and sitting down, were played unscreened.
#[test]
fn only_lines_of_rest_as_they_stand_there_are_played_unscreened() {
    let routine = |section: &str, title: &str, movement: &str| {
        let text = format!(
            "title = \"{title}\"\nlanguage = \"en\"\nversion = 1\n[[section]]\ntitle = \"S\"\n{section}\n\
             [[section.movement]]\n{movement}\n"
        );
        Routine::parse("hers.toml", &text)
    };
    let says = |lines: [(&str, &str); 2]| {
        let lines = lines.map(|(kind, text)| {
            format!("{{ id = \"{text}\", {kind} = \"{text}\", source = [\"house\"] }}")
        });
        format!("lines = [{}]", lines.join(", "))
    };
    let (first, second) = ("Hello, and welcome.", "Feel how you are held up.");
    let still = routine("", "T", &says([("say", first), ("say", second)]));
    assert!(still.expect("sound").only_rests());
    let turned = routine("", "T", &says([("say", second), ("say", first)]));
    assert!(!turned.expect("sound").only_rests());
    let breath = format!(
        "kind = \"breath\"\nrepeat = 3\nrest = \"2s\"\n{}",
        says([("in", first), ("out", second)])
    );
    assert!(!routine("", "T", &breath).expect("sound").only_rests());
    let wrong = routine("", "Twist hard", &says([("say", first), ("say", second)]));
    let wrong = wrong
        .expect_err("a title that may not be shown")
        .to_string();
    assert!(wrong.contains("may not be shown"), "{wrong}");
}
