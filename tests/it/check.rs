//! `softback check` for other programs: standard input, and every problem as JSON.

use std::fs::{self, File};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::lab::{Dir, spawning};
use crate::stage::{bare, fixture, softback};

/// Checks `files` with this on standard input.
fn check(dir: &Dir, arguments: &[&str], input: &str) -> Output {
    let environment = bare(dir);
    let input = File::open(dir.file("input", input)).expect("a file");
    let _alone = spawning();
    let mut command = Command::new(softback());
    command
        .arg("check")
        .args(arguments)
        .stdin(Stdio::from(input));
    command.env_clear().envs(environment);
    command.output().expect("it starts")
}

fn answer(output: &Output) -> Value {
    assert!(output.stderr.is_empty(), "{:?}", output.stderr);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn standard_input_is_read_like_a_file() {
    let dir = Dir::new();
    let text = fs::read_to_string(fixture("short.toml")).expect("a fixture");
    let sound = check(&dir, &["-"], &text);
    assert_eq!(
        sound.stdout,
        b"-: A short one is sound, and made of Softback's sentences\n"
    );
    for (input, says) in [
        (
            &*fs::read_to_string(fixture("broken.toml")).expect("a fixture"),
            "standard input:8:1",
        ),
        (
            &"#".repeat((1 << 20) + 1),
            "standard input cannot be read: it is larger than 1 MiB",
        ),
    ] {
        let output = check(&dir, &["-"], input);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(says), "no {says:?} in: {errors}");
    }
}

#[test]
fn every_problem_of_every_file_is_told_with_its_place() {
    let dir = Dir::new();
    let (sound, gone) = (fixture("short.toml"), "/nonexistent/mine.toml");
    let input = "title = \"\u{f6} T\"\nlanguage = \"en\"\nversion = 1\n[[section]]\ntitle = \"S\"\n\
                 [[section.movement]]\nlines = [{ id = \"1\", say = \"\u{c4} Yawn, and hum.\", source = [\"house\"] }]\n";
    let output = check(&dir, &["--json", &sound, "-", gone], input);
    assert_eq!(output.status.code(), Some(2));
    let told = answer(&output);
    assert_eq!(told[0], json!({ "file": sound, "problems": [] }));
    assert_eq!(told[1]["file"], "-");
    let problems = told[1]["problems"].as_array().expect("a list");
    let places = problems.iter().map(|problem| {
        let at = |key: &str| problem[key].as_u64().expect("a number");
        let word = problem["message"]
            .as_str()
            .expect("words")
            .split('"')
            .nth(1);
        assert!(
            problem["help"]
                .as_str()
                .expect("words")
                .contains("new_words"),
            "{problem}"
        );
        (
            word.expect("a word").to_owned(),
            [at("line"), at("column"), at("end_line"), at("end_column")],
        )
    });
    let hum = ("hum".to_owned(), [7, 41, 7, 44]);
    let yawn = ("yawn".to_owned(), [7, 31, 7, 35]);
    let places: Vec<_> = places.collect();
    assert!(
        places.contains(&hum) && places.contains(&yawn),
        "{places:?}"
    );
    let gone = &told[2]["problems"][0];
    assert!(
        gone["message"]
            .as_str()
            .expect("words")
            .contains("cannot be read")
    );
    assert_eq!(gone.get("line"), None);
}

/// A key that there is not, a value of a wrong kind and what is missing hide nothing else, nor does what is no TOML.
#[test]
fn a_file_that_cannot_be_read_as_a_whole_is_told_of_all_the_same() {
    let dir = Dir::new();
    let input = "titel = \"T\"\nlanguage = \"en\"\nversion = \"1\"\n[[section]]\ntitle\u{a0}= \"S\"\n\
                 [[section.movement]]\nlines = [\n{ id = \"1\", say = \"Yawn.\" },\n]\nrest = 2s\n";
    let told = answer(&check(&dir, &["--json", "-"], input));
    let problems = told[0]["problems"].as_array().expect("a list");
    let expected = [
        (1, 1, "did you mean \"title\"?"),
        (3, 11, "invalid type"),
        (5, 6, "a no-break space"),
        (8, 20, "\"yawn\""),
        (10, 8, ""),
    ];
    assert_eq!(problems.len(), expected.len(), "{told:#}");
    for (problem, (line, column, says)) in problems.iter().zip(expected) {
        assert_eq!(
            (&problem["line"], &problem["column"]),
            (&json!(line), &json!(column)),
            "{problem}"
        );
        assert!(
            problem["message"].as_str().expect("words").contains(says),
            "{problem}"
        );
        assert_ne!(problem["help"], "");
    }
}

/// However many there are: a person is shown the first fifty.
#[test]
fn none_of_many_problems_is_left_out() {
    let dir = Dir::new();
    let lines = (0..300).map(|line| {
        format!("{{ id = \"{line}\", say = \"Hold your breath.\", source = [\"house\"] }},\n")
    });
    let input = format!(
        "title = \"T\"\nlanguage = \"en\"\nversion = 1\n[[section]]\ntitle = \"S\"\n[[section.movement]]\nlines = [\n{}]\n",
        lines.collect::<String>()
    );
    let told = answer(&check(&dir, &["--json", "-"], &input));
    assert_eq!(told[0]["problems"].as_array().map(Vec::len), Some(300));
}

#[test]
fn what_is_sound_is_told_so() {
    let dir = Dir::new();
    let output = check(&dir, &["--json", "gentle"], "");
    assert!(output.status.success());
    assert_eq!(
        answer(&output),
        json!([{ "file": "gentle", "problems": [] }])
    );
}
