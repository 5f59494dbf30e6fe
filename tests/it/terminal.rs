//! The terminal is as it was before, however the program ends; and without a terminal it does not linger.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use rustix::termios::{LocalModes, Termios};

use crate::clock::{now, wait};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, fixture, play, softback};

/// A way to end, and the exit code that it brings.
struct Way {
    name: &'static str,
    code: u8,
    end: fn(&mut Program),
}

const WAYS: [Way; 9] = [
    Way {
        name: "at its end",
        code: 0,
        end: |program| {
            program.wait_for("press it once", PATIENCE);
            program.press(" ");
        },
    },
    Way {
        name: "Escape twice",
        code: 3,
        end: |program| {
            program.press("\x1b");
            program.wait_for("Stopping now.", PATIENCE);
            program.press("\x1b");
        },
    },
    Way {
        name: "Ctrl-C",
        code: 130,
        end: |program| _ = program.press("\x03"),
    },
    Way {
        name: "SIGTERM",
        code: 128 + 15,
        end: |program| program.signal(Signal::TERM),
    },
    Way {
        name: "SIGHUP",
        code: 128 + 1,
        end: |program| program.signal(Signal::HUP),
    },
    Way {
        name: "SIGQUIT",
        code: 128 + 3,
        end: |program| program.signal(Signal::QUIT),
    },
    Way {
        name: "SIGUSR1",
        code: 128 + 10,
        end: |program| program.signal(Signal::USR1),
    },
    Way {
        name: "SIGUSR2",
        code: 128 + 12,
        end: |program| program.signal(Signal::USR2),
    },
    Way {
        name: "SIGALRM",
        code: 128 + 14,
        end: |program| program.signal(Signal::ALARM),
    },
];

#[test]
fn the_terminal_is_given_back_however_it_ends() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    thread::scope(|scope| {
        for way in &WAYS {
            let speaker = &speaker;
            scope.spawn(move || gives_back(speaker, way));
        }
    });
}

fn gives_back(speaker: &Loudspeaker, way: &Way) {
    let name = way.name;
    let routine = fixture("sentences.toml");
    let arguments = ["play", &routine, "--voice", "silent"];
    let mut program = Program::start_in_shell(
        softback(),
        &arguments,
        Path::new("/"),
        &speaker.environment(),
    );
    program.wait_for("Hello, and welcome.", PATIENCE);
    let cooked = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
    let before = program.modes_before().clone();
    assert!(before.local_modes.contains(cooked));
    assert!(
        !program.modes().local_modes.intersects(cooked),
        "{name}: not raw while it plays"
    );

    (way.end)(&mut program);
    let left = format!("left with {}", way.code);
    // Some 20 s of session are left, by the loudspeaker's clock, which a busy machine holds up.
    program.wait_for("left with", PATIENCE * 3);
    let screen = program.screen();
    assert!(screen.contains(&left), "{name}: {screen}");
    assert!(!screen.starts_with("left"), "{name}: no line at its end");
    given_back(&program, name);
}

/// The terminal is as it was before the program began.
pub fn given_back(program: &Program, name: &str) {
    let before = program.modes_before();
    assert_eq!(modes(&program.modes()), modes(before), "{name}");
    program.with_screen(|screen| {
        assert!(
            !screen.alternate_screen(),
            "{name}: still on a screen of its own"
        );
        assert!(!screen.hide_cursor(), "{name}: no cursor");
        assert!(!screen.bracketed_paste(), "{name}: pastes are still marked");
    });
    // What a terminal was asked for besides: reports of focus, and of keys let go.
    let raw = program.raw();
    let last = |what: &[u8]| raw.windows(what.len()).rposition(|part| part == what);
    for (on, off) in [("\x1b[?1004h", "\x1b[?1004l"), ("\x1b[>", "\x1b[<1u")] {
        assert!(
            last(on.as_bytes()).is_some(),
            "{name}: {on:?} was never sent"
        );
        assert!(
            last(on.as_bytes()) < last(off.as_bytes()),
            "{name}: no {off:?}"
        );
    }
}

fn modes(modes: &Termios) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        modes.input_modes,
        modes.output_modes,
        modes.control_modes,
        modes.local_modes,
    )
}

/// A short routine without a voice, from its first words on.
fn plays(speaker: &Loudspeaker) -> Program {
    let mut program = play(speaker, "sentences.toml", &["--voice", "silent"]);
    program.wait_for("Hello, and welcome.", PATIENCE);
    program
}

#[test]
fn when_another_window_takes_the_keyboard_it_pauses_and_says_so() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let mut program = plays(&speaker);
    program.wait_for("If you feel light", PATIENCE);
    // As a terminal tells it, where it was asked to.
    assert!(String::from_utf8_lossy(&program.raw()).contains("\x1b[?1004h"));
    program.press("\x1b[O");
    program.wait_for("Another window has the keyboard now", PATIENCE);
    // It comes back, and she goes on.
    program.press("\x1b[I");
    program.press(" ");
    program.wait_for("If you feel light", PATIENCE);
    program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
}

#[test]
fn when_it_stood_still_it_is_paused_and_goes_on_only_when_she_wants() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let mut program = plays(&speaker);
    program.signal(Signal::STOP);
    wait(Duration::from_secs(3));
    program.signal(Signal::CONT);
    program.wait_for("The computer was asleep, so I have paused.", PATIENCE);
    program.press(" ");
    program.wait_for("If you feel light", PATIENCE);
    program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
}

/// The system's way to say it would end the program before any words.
#[test]
fn a_file_that_may_not_grow_ends_nothing_but_what_needs_it() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let mut program = plays(&speaker);
    program.lets_no_file_grow();
    program.wait_for("press it once", PATIENCE);
    program.press(" ");
    assert_eq!(program.ends(PATIENCE * 3).code(), Some(0));
}

#[test]
fn a_window_that_hangs_holds_no_key_up() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let mut program = plays(&speaker);
    program.freeze();
    // At each size everything is drawn anew, until no more of it finds room on the way.
    for columns in (80..100).cycle().take(400) {
        program.resize(columns);
        wait(Duration::from_millis(15));
    }
    program.press("\x1b");
    wait(Duration::from_millis(1500));
    let pressed = program.press("\x1b");
    let status = program.ends_unseen(PATIENCE, |_| {});
    assert_eq!(status.code(), Some(3));
    eprintln!("ended {:?} after the key", pressed.elapsed());
}

/// As over a serial line, or before a window has said how large it is.
#[test]
fn a_window_of_no_columns_is_drawn_as_one_of_eighty() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let mut program = plays(&speaker);
    program.resize(1);
    program.resize(0);
    program.press(" ");
    program.wait_for("Press the space bar to go on", PATIENCE);
    program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
}

#[test]
fn when_the_window_is_closed_it_ends() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    for long_before in [Duration::ZERO, Duration::from_secs(3)] {
        let mut program = plays(&speaker);
        wait(long_before);
        let cpu = program.cpu();
        let closed = now();
        program.hang_up();
        let status = program.ends_unseen(Duration::from_secs(3), |used| {
            assert!(
                used.saturating_sub(cpu) < Duration::from_millis(800),
                "it spins: {:?}",
                used.saturating_sub(cpu)
            );
        });
        eprintln!(
            "ended with {status} {:?} after the window was closed",
            closed.elapsed()
        );
    }
}
