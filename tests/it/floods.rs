//! Bytes that are no finger: what a terminal says by itself, what has no end, and more keys than any fingers press, as
//! text that was pasted without a mark or from a cable that chatters.

use std::fs;
use std::time::Duration;

use crate::clock::{now, wait, wait_until};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, fixture, play};

/// Ten megabytes are read by then on a busy machine, and what comes behind them is done.
const SOON: Duration = Duration::from_secs(10);

fn plays(speaker: &Loudspeaker) -> Program {
    let mut program = play(speaker, "sentences.toml", &["--voice", "silent"]);
    program.wait_for("Hello, and welcome.", PATIENCE);
    program
}

#[test]
fn ten_megabytes_of_anything_are_over_soon() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    for (name, begin, piece) in [
        ("text", "", "many thanks for all of this\r"),
        ("arrows", "", "\x1b[A\x1b[B"),
        ("sequences", "", "\x1b["),
        ("one sequence", "\x1b[", "1;"),
    ] {
        let mut program = plays(&speaker);
        let peak = |program: &Program| program.peak_memory().expect("it runs");
        let memory = peak(&program);
        let begun = program.press(begin);
        program.press(&piece.repeat((10 << 20) / piece.len()));
        let read = begun.elapsed();
        let grown = peak(&program) - memory;
        program.press("\x03");
        eprintln!("{name}: read in {read:?}, {grown} kB");
        assert_eq!(program.ends(PATIENCE).code(), Some(130), "{name}");
        let took = begun.elapsed();
        eprintln!("{name}: out after {took:?}");
        assert!(took < SOON, "{name}: {took:?}");
        assert!(grown < 20_000, "{name}: {grown} kB");
    }
}

#[test]
fn ten_thousand_arrows_a_second_delay_no_escape() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let mut program = plays(&speaker);
    for arrow in ["\x1b[A", "\x1b[B"].iter().cycle().take(20_000) {
        program.press(arrow);
        wait(Duration::from_micros(50));
    }
    let pressed = program.press("\x1b");
    program.wait_for("Stopping now.", PATIENCE);
    let took = pressed.elapsed();
    eprintln!("stopping after {took:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// What a terminal may say that is no key.
fn answers() -> Vec<Vec<u8>> {
    let text = fs::read_to_string(fixture("answers.toml")).expect("a fixture");
    let fixture: toml::Table = text.parse().expect("TOML");
    let answers = fixture["answers"].as_array().expect("a list").iter();
    let bytes = |answer: &str| answer.chars().map(|letter| letter as u8).collect();
    answers
        .map(|answer| bytes(answer.as_str().expect("letters")))
        .collect()
}

/// What is on the screen when the terminal has said all that it may say.
fn says_everything(program: &Program) -> String {
    // That another window has the keyboard does pause it.
    for answer in answers().iter().filter(|answer| *answer != b"\x1b[O") {
        program.send(answer);
        wait(Duration::from_millis(5));
    }
    wait(Duration::from_millis(600));
    program.screen()
}

#[test]
fn what_a_terminal_says_by_itself_neither_pauses_nor_answers_drawn_or_in_plain_lines() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    for options in [
        &["--voice", "silent"][..],
        &["--voice", "silent", "--plain"],
    ] {
        let mut program = play(&speaker, "breath.toml", options);
        program.wait_for("Breathe in", PATIENCE);
        let screen = says_everything(&program);
        assert!(!screen.contains("Paused"), "{options:?}: {screen}");
        assert!(!screen.contains("Stopping"), "{options:?}: {screen}");

        program.press("\x1b");
        program.wait_for("Your turn", PATIENCE);
        let screen = says_everything(&program);
        for answer in ["Yes.", "No.", "The session is over."] {
            assert!(!screen.contains(answer), "{options:?}: {screen}");
        }
        program.press("\t");
        program.wait_for("No.", PATIENCE);
        program.press("\x03");
        assert_eq!(program.ends(PATIENCE).code(), Some(130));
    }
}

/// What never ends is over by then, and what she pressed meanwhile has been done.
const OVER: Duration = Duration::from_secs(2);

#[test]
fn what_never_ends_does_not_keep_her_keys() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let options = ["--voice", "silent", "--plain"];
    let mut program = play(&speaker, "breath.toml", &options);
    program.wait_for("Breathe in", PATIENCE);
    let paused = |program: &Program| {
        let lines = String::from_utf8_lossy(&program.raw()).into_owned();
        lines.matches("Paused.").count()
    };
    let begun = [
        "\x1b]52;c;eW",
        "\x1bP1+r54",
        "\x1b_Gi=3",
        "\x1b^qu",
        "\x1bXye",
    ];
    for (number, begun) in begun.into_iter().enumerate() {
        let sent = program.press(begun);
        // Each comes before half a second has passed since the one before it.
        let mut keys = ["x", "z"].iter().cycle();
        let seen = wait_until(PATIENCE, || {
            program.press(keys.next().expect("one of the two"));
            wait(Duration::from_millis(200));
            (paused(&program) > number).then(now)
        });
        let took = seen.expect("it is paused") - sent;
        eprintln!("{begun:?}: paused after {took:?}");
        assert!(took < OVER, "{begun:?}: {took:?}");
        wait(Duration::from_millis(500));
        program.press(" ");
        wait(Duration::from_millis(700));
    }
    program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
}
