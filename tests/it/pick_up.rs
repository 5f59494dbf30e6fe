//! A session that was killed in the middle of a movement goes on with that movement, as she meets it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use rustix::process::Signal;
use serde_json::Value;
use softback::parts::BreathPhase;
use softback::parts::Frames;

use crate::clock::{now, wait};
use crate::lab::{Dir, Environment};
use crate::listen::{Match, best_match, breath_onsets};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, in_fast_motion, softback, spoken};

/// Longer than the pain question, the day check and the last check take.
const LIST: Duration = Duration::from_mins(6);

/// How much faster than in life the first session goes by.
pub const FAST: u64 = 16;

/// What she presses when she sees this, with nothing wrong with her: either key in turn, for twice the same
/// would be one that is held down, and both at once a slip.
const ANSWERS: [(&str, &str); 6] = [
    ("Space go on", " "),
    ("Space ready", " "),
    ("Press Enter or Tab.", "\tn"),
    ("question ", "\tn"),
    ("To go on with it, press Enter", "\ry"),
    ("If you feel well, press Enter.", "\ry"),
];

fn journal(home: &Path) -> PathBuf {
    home.join(".local/state/softback/journal.jsonl")
}

/// A session of the day before yesterday, done: so only the questions of the day are asked.
pub fn write_an_earlier_session(home: &Path) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the journal is kept by the calendar"
    )]
    let now = Timestamp::now();
    let at = now.checked_sub(48.hours()).expect("a date");
    let at = at.strftime("%Y-%m-%dT%H:%M:%S+00:00");
    let start = format!(
        r#"{{"kind":"start","v":1,"id":1,"at":"{at}","routine":"upper-back","movement":true,"posture":"seated","pace":"standard","text_version":2,"all_asked":true,"program":"0.1.0"}}"#
    );
    let end = format!(
        r#"{{"kind":"end","v":1,"id":1,"at":"{at}","how":"done","hurt":"not-asked","active_seconds":1200}}"#
    );
    let path = journal(home);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, format!("{start}\n{end}\n")).expect("a journal");
}

fn kinds(home: &Path) -> Vec<String> {
    let text = fs::read_to_string(journal(home)).expect("a journal");
    let lines = text.lines().map(|line| {
        let entry: Value = serde_json::from_str(line).expect("a line of JSON");
        entry["kind"].as_str().expect("a kind").to_owned()
    });
    lines.collect()
}

fn begin(environment: &Environment, voice: &str) -> Program {
    let arguments = ["--posture", "seated", "--voice", voice];
    Program::start(softback(), &arguments, Path::new("/"), environment)
}

/// Answers every question until `words` are on the screen; `false` if they never are.
pub fn answer_until(program: &Program, words: &str, patience: Duration) -> bool {
    let since = now();
    let mut turn = 0;
    while since.elapsed() < patience {
        let screen = program.screen();
        if screen.contains(words) {
            return true;
        }
        if let Some((_, keys)) = ANSWERS.iter().find(|(seen, _)| screen.contains(seen)) {
            turn = (turn + 1) % keys.len();
            program.press(&keys[turn..=turn]);
        }
        wait(Duration::from_millis(10));
    }
    false
}

/// Plays into the shoulder rolls, in fast motion, and kills it there. The posture is in the flags, the
/// routine in her settings.
fn kill_in_the_shoulder_rolls(dir: &Dir, home: &Path) {
    let environment = in_fast_motion(dir, FAST);
    fs::create_dir_all(home.join(".config/softback")).expect("a folder");
    fs::write(
        home.join(".config/softback/config.toml"),
        "routine = \"upper-back\"\n",
    )
    .expect("settings");
    // In fast motion the wait at a question is short: if it was missed, once more.
    for _ in 0..3 {
        write_an_earlier_session(home);
        let mut program = begin(&environment, "silent");
        let there = answer_until(&program, "Shoulder rolls, back", LIST);
        program.signal(Signal::KILL);
        program.ends(PATIENCE);
        if there && program.screen().contains("Shoulder rolls, back") {
            return;
        }
    }
    panic!("it does not get into the warm-up");
}

#[test]
fn a_killed_session_goes_on_with_the_movement_it_was_in() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let dir = Dir::new();
    let home = dir.sub("home");
    kill_in_the_shoulder_rolls(&dir, &home);
    assert_eq!(kinds(&home), ["start", "end", "start"], "killed: no end");

    let recorder = speaker.record();
    let mut environment = speaker.environment();
    environment.retain(|(key, _)| *key != "HOME");
    environment.push(("HOME", home.clone().into()));
    let mut program = begin(&environment, "heart");
    program.wait_for("Did you stop because something hurt", PATIENCE);
    let there = answer_until(&program, "Now we will roll your shoulders.", LIST);
    assert!(there, "{}", program.screen());
    let said = recorder.now();
    program.wait_for("Breathe in 2 of 5", PATIENCE);
    let heard = recorder.heard();
    // The movement, from its first sentence on, and then its breaths.
    let around = &heard.samples[said.saturating_sub(48_000)..];
    let Match { at, strength } =
        best_match(around, &spoken("Now we will roll your shoulders.")).expect("samples");
    println!("its first sentence fits by {strength:.3}");
    assert!(strength > 0.9, "{strength}");
    let breaths = breath_onsets(&around[at..], BreathPhase::In, Frames::from_millis(3000));
    assert!(!breaths.is_empty(), "its breaths");

    program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
    let kinds = kinds(&home);
    assert_eq!(kinds, ["start", "end", "start", "hurt", "picked-up", "end"]);
}
