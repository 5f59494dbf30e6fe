//! More keys than any fingers press: text that was pasted without a mark, a cable that chatters, half a sequence
//! without an end.

use std::time::Duration;

use crate::clock::wait;
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, play};

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
