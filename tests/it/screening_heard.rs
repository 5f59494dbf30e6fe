//! The screening as she meets it: the built program on a terminal, pressed keys, and what leaves the loudspeaker.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use crate::answers::{answer_until, write_an_earlier_session};
use crate::clock::{wait, wait_until};
use crate::lab::{Dir, Environment};
use crate::listen::{MS, first_sound, has_speech, silence_from};
use crate::loudspeaker::Loudspeaker;
use crate::pick_up;
use crate::pty::Program;
use crate::stage::{PATIENCE, in_fast_motion, softback, upper_back};

/// Longer than any question takes, said twice.
const QUESTION: Duration = Duration::from_mins(2);

/// How much faster than in life it goes by where only the screen is looked at: what is said shortly, such as
/// "No.", still stands there for longer than from one drawing of the screen to the next.
const FAST: u64 = 3;

/// By then her answer must be said back.
const ECHO: usize = 300 * MS;

/// What the machine may add to it, and the meter: it may be busy.
const SLACK: usize = 150 * MS;

/// Longer than a whole session takes in the fastest motion.
const SESSION: Duration = Duration::from_mins(4);

const QUESTIONS: [&str; 10] = [
    "Right now, do you have any of these?",
    "Did your back pain come on all at once?",
    "Do you have any of these that are new?",
    "Strong or new pain under your ribs.",
    "Tightenings, or back pain, that come and go.",
    "Pain when you pee.",
    "have you lately had a fall",
    "have you been told of weak bones",
    "have you been told of any of these in this pregnancy?",
    "Twins or more.",
];

/// Presses no until it counts, which is when the question has been said to its end.
fn no(program: &mut Program, question: &str) {
    program.wait_for(question, QUESTION);
    press_until(program, "\t", "No.");
}

fn press_until(program: &Program, key: &str, text: &str) {
    let shown = wait_until(QUESTION, || {
        program.press(key);
        // What is said in fast motion stands there for a moment only.
        wait_until(Duration::from_millis(600), || {
            program.screen().contains(text).then_some(())
        })
    });
    assert!(shown.is_some(), "{}", program.screen());
}

#[test]
fn no_to_each_and_yes_at_the_last_check_start() {
    let dir = Dir::new();
    let home = in_fast_motion(&dir, FAST);
    let mut program = upper_back(&home, &["--voice", "silent"]);
    // Pressed too early, it does not count.
    program.wait_for(QUESTIONS[0], QUESTION);
    program.press("\t");
    wait(Duration::from_millis(1500));
    assert!(
        program.screen().contains(QUESTIONS[0]),
        "{}",
        program.screen()
    );
    for question in QUESTIONS {
        no(&mut program, question);
    }
    program.wait_for("If you feel well, press Enter.", QUESTION);
    press_until(&program, "\r", "Yes.");
    // The keys are rehearsed, and she sits down.
    program.wait_for("Find the space bar", QUESTION);
    program.press(" ");
    program.wait_for("Find a firm chair with no wheels", QUESTION);
    program.press("\x1b");
    // Two presses at once would be one key held down.
    program.wait_for("Stopping now.", PATIENCE);
    program.press("\x1b");
    assert_eq!(program.ends(PATIENCE).code(), Some(3));
}

#[test]
fn no_to_all_leads_through_an_ordinary_day_to_its_end() {
    let dir = Dir::new();
    let environment = in_fast_motion(&dir, pick_up::FAST);
    let arguments = ["play", "upper-back", "--posture", "seated"];
    let arguments = [&arguments[..], &["--voice", "silent"]].concat();
    // In fast motion the wait at a question is short: if it was missed, once more.
    for _ in 0..3 {
        write_an_earlier_session(&dir.sub("home"));
        let mut program = Program::start(softback(), &arguments, Path::new("/"), &environment);
        if answer_until(&program, "The session is over.", SESSION, false) {
            let asked = String::from_utf8_lossy(&program.raw()).contains("3 of 3");
            if program.ends(PATIENCE).code() == Some(0) {
                assert!(asked, "the questions of the day");
                return;
            }
        }
    }
    panic!("it does not come to its end");
}

#[test]
fn a_yes_silences_its_question_and_sends_her_to_the_maternity_unit() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let mut program = upper_back(&speaker.environment(), &[]);
    for question in &QUESTIONS[..4] {
        no(&mut program, question);
    }
    program.wait_for(QUESTIONS[4], QUESTION);
    wait(Duration::from_secs(2));
    let yes = program.press("\r");
    program.wait_for("Yes.", Duration::from_secs(2));
    wait(Duration::from_secs(2));
    let heard = recorder.heard();
    let yes = heard.at(yes);
    // Silence at once, longer than any between two words, and then her answer is said back.
    let silence = silence_from(&heard.samples, yes, 120 * MS).expect("a silence");
    println!("silent after {} ms", (silence - yes) / MS);
    assert!(
        silence - yes <= SLACK,
        "silent after {} ms",
        (silence - yes) / MS
    );
    let echo = first_sound(&heard.samples, silence).expect("an answer");
    println!("said back after {} ms", (echo - yes) / MS);
    assert!(
        echo - yes <= ECHO + SLACK,
        "said back after {} ms",
        (echo - yes) / MS
    );
    assert!(has_speech(&heard.samples[echo..]));
    program.wait_for("Call your midwife or your maternity unit now", PATIENCE);
    program.wait_for("The session is over.", QUESTION);
    assert_eq!(program.ends(PATIENCE).code(), Some(4));
    // What she is to do stays on the screen.
    assert!(
        program.screen().contains("maternity unit now"),
        "{}",
        program.screen()
    );
}

#[test]
fn no_answer_ends_kindly_and_starts_nothing() {
    let dir = Dir::new();
    let home = in_fast_motion(&dir, FAST);
    let mut program = upper_back(&home, &["--voice", "silent"]);
    program.wait_for(QUESTIONS[0], QUESTION);
    program.wait_for("I did not hear an answer", QUESTION);
    program.wait_for("The session is over.", PATIENCE);
    assert_eq!(program.ends(PATIENCE).code(), Some(4));
}

/// Plays a built-in routine with no voice.
fn begin(environment: &Environment, routine: &str) -> Program {
    let arguments = ["play", routine, "--voice", "silent"];
    Program::start(softback(), &arguments, Path::new("/"), environment)
}

#[test]
fn a_journal_that_can_no_longer_be_written_silences_no_sign_of_danger() {
    let dir = Dir::new();
    let home = in_fast_motion(&dir, FAST);
    let mut program = begin(&home, "rest");
    program.wait_for("Hello, and welcome.", PATIENCE);
    let (_, path) = home.iter().find(|(key, _)| *key == "HOME").expect("a home");
    let journal = Path::new(path).join(".local/state/softback/journal.jsonl");
    // Nothing can be written into a directory.
    fs::remove_file(&journal).expect("a journal");
    fs::create_dir(&journal).expect("in its place");

    program.press("\x1b");
    program.wait_for("Did you stop because something hurt", QUESTION);
    program.press("\r");
    program.wait_for(
        "Call your emergency number now if you have any of these.",
        QUESTION,
    );
    program.press("\x1b");
    assert_eq!(program.ends(PATIENCE).code(), Some(1));
    assert!(
        program.screen().contains("cannot be written"),
        "{}",
        program.screen()
    );
}

#[test]
fn what_was_killed_is_asked_about_and_a_yes_closes_the_movements_but_not_rest() {
    let dir = Dir::new();
    let home = in_fast_motion(&dir, FAST);
    let mut killed = begin(&home, "rest");
    killed.wait_for("Find the space bar", QUESTION);
    killed.press(" ");
    killed.wait_for("Sit well back, or lie on your side.", QUESTION);
    // Another one cannot begin meanwhile.
    let mut second = begin(&home, "rest");
    assert_eq!(second.ends(PATIENCE).code(), Some(1));
    assert!(
        second
            .screen()
            .contains("another Softback session is running")
    );
    killed.signal(Signal::KILL);
    killed.ends(PATIENCE);

    let mut asked = begin(&home, "rest");
    asked.wait_for("Did you stop because something hurt", PATIENCE);
    asked.press("\r");
    asked.wait_for("Sit down, open your eyes", PATIENCE);
    asked.press("\x1b");
    assert_eq!(asked.ends(PATIENCE).code(), Some(4));

    let mut closed = begin(&home, "upper-back");
    closed.wait_for("The movements stay closed for now", PATIENCE);
    assert_eq!(closed.ends(PATIENCE).code(), Some(4));
    assert!(!closed.screen().contains("welcome"));

    let mut rest = begin(&home, "rest");
    rest.wait_for("Hello, and welcome.", PATIENCE);
    rest.press("\x03");
    assert_eq!(rest.ends(PATIENCE).code(), Some(130));
}
