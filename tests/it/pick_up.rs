//! A session that was killed in the middle of a movement goes on with that movement, as she meets it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use softback::parts::BreathPhase;
use softback::parts::Frames;

use crate::answers::{answer_until, journal, write_an_earlier_session};
use crate::lab::{Dir, Environment};
use crate::listen::{Match, best_match, breath_onsets};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, in_fast_motion, softback, spoken};

/// Longer than the pain question, the day check and the last check take.
pub const LIST: Duration = Duration::from_mins(6);

/// How much faster than in life the first session goes by.
pub const FAST: u64 = 16;

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
        let there = answer_until(&program, "Shoulder rolls, back", LIST, false);
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
    let there = answer_until(&program, "Now we will roll your shoulders.", LIST, false);
    assert!(there, "{}", program.screen());
    let said = recorder.now();
    program.wait_for("Breathe in 2 of 7", PATIENCE);
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
