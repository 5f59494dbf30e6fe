//! What may be spoken and what may not: sentences that must fail, each with its rule, and sentences that must pass.

use std::collections::HashSet;

use crate::base::BreathPhase;
use crate::routine::forbidden::forbidden_in;
use crate::routine::{Companion, Routine};

const MUST_FAIL: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/forbidden/must-fail.txt"
));
const MUST_PASS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/forbidden/must-pass.txt"
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
        .map(|(rule, range)| format!("{rule}: \"{}\"", &sentence[range]))
        .collect();
    format!("{sentence}\n      {}", found.join(", "))
}

#[test]
fn what_must_fail_fails_by_its_rule() {
    let wrong: Vec<_> = lines(MUST_FAIL)
        .map(halves)
        .filter(|(rule, sentence)| {
            !forbidden_in(sentence)
                .iter()
                .any(|(found, _)| found == rule)
        })
        .map(|(rule, sentence)| format!("{rule} | {}", shown(sentence)))
        .collect();
    assert!(wrong.is_empty(), "not refused:\n{}", wrong.join("\n"));
}

#[test]
fn what_must_pass_passes() {
    let sentences = lines(MUST_PASS).chain(lines(SCRIPT).map(|line| halves(line).1));
    let wrong: Vec<_> = sentences
        .filter(|sentence| !forbidden_in(sentence).is_empty())
        .map(shown)
        .collect();
    assert!(wrong.is_empty(), "refused:\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_sentence_that_meets_it() {
    let rules: HashSet<_> = lines(MUST_FAIL).map(|line| halves(line).0).collect();
    let list = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scripts/forbidden.toml"
    ));
    for id in list
        .lines()
        .filter_map(|line| Some(line.strip_prefix("id = \"")?.trim_end_matches('"')))
    {
        assert!(
            rules.contains(id),
            "no sentence in must-fail.txt meets \"{id}\""
        );
    }
    assert!(lines(MUST_FAIL).count() >= 60 && lines(MUST_PASS).count() >= 60);
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
            let found = forbidden_in(&hidden);
            assert!(
                found.iter().any(|(found, _)| *found == rule),
                "{rule}: {hidden:?} gives {found:?}"
            );
            for (_, range) in found {
                assert!(
                    hidden.get(range).is_some(),
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
