//! `softback show`: the times of a routine, for people and for other programs.

use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::lab::{Dir, spawning};
use crate::listen::MS;
use crate::stage::{bare, fixture, softback, spoken};

fn show(arguments: &[&str]) -> Output {
    let dir = Dir::new();
    let environment = bare(&dir);
    let _alone = spawning();
    let mut command = Command::new(softback());
    command.arg("show").args(arguments).stdin(Stdio::null());
    command.env_clear().envs(environment);
    command.output().expect("it starts")
}

#[track_caller]
fn shown(arguments: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = show(arguments);
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).expect("UTF-8")
}

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&shown(&[arguments, &["--json"]].concat())).expect("JSON")
}

fn number(value: &Value, key: &str) -> u64 {
    value[key]
        .as_u64()
        .unwrap_or_else(|| panic!("no {key} in {value}"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().expect("a list")
}

#[test]
fn each_cue_begins_where_the_one_before_it_ends() {
    let plan = json(&["upper-back"]);
    assert_eq!(
        (&plan["exact"], number(&plan, "length")),
        (&false.into(), 20)
    );
    let cues = list(&plan, "cues");
    assert!(cues.len() > 100);
    let first: Vec<_> = cues
        .iter()
        .filter(|cue| cue["second_round"] == false)
        .collect();
    assert!(first.len() < cues.len(), "a second round is marked");
    for pair in first.windows(2) {
        let end = number(pair[0], "start_ms") + number(pair[0], "length_ms");
        assert!(
            number(pair[1], "start_ms").abs_diff(end) <= 1,
            "{} {}",
            pair[0],
            pair[1]
        );
    }
    let last = first[first.len() - 1];
    let end = number(last, "start_ms") + number(last, "length_ms");
    assert!(number(&plan, "total_ms").abs_diff(end) <= 1);
    let sections = list(&plan, "sections").iter();
    let whole: u64 = sections.map(|section| number(section, "length_ms")).sum();
    let both = number(&plan, "total_ms") + number(&plan, "second_round_ms");
    assert!(whole.abs_diff(both) <= 20, "{whole} {both}");
    let breath = cues
        .iter()
        .find(|cue| cue["kind"] == "out")
        .expect("a breath");
    assert_eq!(
        (&breath["text"], number(breath, "length_ms")),
        (&"Out.".into(), 4500)
    );
    let mut tails = cues.iter().filter(|cue| !cue["tail"].is_null());
    let tail = tails.next().expect("what is said before the last breath");
    assert_eq!(
        (&tail["kind"], &tail["tail"]),
        (&"out".into(), &"Last one.".into())
    );
}

#[test]
fn people_see_each_section_and_what_is_estimated() {
    let text = shown(&["gentle", "--length", "5"]);
    let (_, sections) = text.split_once("\nEach section\n").expect("sections");
    for title in ["Sitting", "Warm-up", "Closing"] {
        assert!(sections.contains(&format!("  {title}\n")), "{sections}");
    }
    assert!(sections.contains("estimated; --exact"), "{sections}");
    let said_over_breaths = shown(&["gentle"]);
    for said in [
        "in     3.00 s  1 of 5  \"In.\"\n",
        "out    4.50 s  4 of 5  \"Out.\", \"Last one.\"\n",
        "  \"Lean.\"\n",
    ] {
        assert!(said_over_breaths.contains(said), "{said_over_breaths}");
    }
}

#[test]
fn exact_is_as_long_as_the_clip_and_needs_the_voice() {
    let short = fixture("short.toml");
    let plan = json(&[&short, "--exact"]);
    assert_eq!(plan["exact"], true);
    let said = "Rest your hands where they feel good.";
    let cue = list(&plan, "cues").iter().find(|cue| cue["text"] == said);
    let clip = spoken(said).len().div_ceil(MS) as u64;
    let measured = number(cue.expect("it is said"), "length_ms");
    assert!(measured.abs_diff(clip) <= 1, "{measured} and {clip}");
    assert!(shown(&[&short, "--exact"]).contains("exact for the built-in voice"));
    let output = show(&["gentle", "--exact", "--sources"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_file_of_a_routine_is_printed_as_it_is_written() {
    let file = |name: &str| format!("{}/scripts/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let own = file("examples/evening");
    for (name, file) in [("gentle", file("en/gentle")), (&own, own.clone())] {
        let written = fs::read_to_string(&file).expect("it is there");
        assert_eq!(shown(&[name, "--toml"]), written, "{file}");
    }
}
