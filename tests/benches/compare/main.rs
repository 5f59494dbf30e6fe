//! Softback beside other programs that do a part of what it does: all of them in one run, on one virtual loudspeaker,
//! by the same meters. `make compare` writes what comes of it to docs/PERFORMANCE.md. Only the ratios mean anything
//! elsewhere.
//!
//! `make compare ARGS="3"` plays for three minutes and not for ten. `cargo bench -- short` shows for seconds that what
//! is unpacked for it works, and writes nothing.

#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../../it/answers.rs"]
mod answers;
#[path = "../../it/clock.rs"]
mod clock;
#[path = "../cost.rs"]
mod cost;
mod encoding;
#[path = "../../it/lab.rs"]
mod lab;
#[expect(dead_code, unused_imports, reason = "the tests need more of it")]
#[path = "../../it/listen.rs"]
mod listen;
#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../../it/loudspeaker.rs"]
mod loudspeaker;
#[path = "../players.rs"]
mod players;
mod playing;
#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../../it/pty.rs"]
mod pty;
#[path = "../../it/real_speech.rs"]
mod real_speech;
mod speaking;
#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../../it/stage.rs"]
mod stage;
mod table;

use std::fs;
use std::path::Path;
use std::time::Duration;

use lab::Dir;
use loudspeaker::Loudspeaker;
use table::Report;

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    /// What is exported, and played by the others.
    session: &'static [&'static str],
    played: Duration,
    starts: usize,
    presses: usize,
    sentences: usize,
}

const FULL: Effort = Effort {
    session: &["upper-back"],
    played: Duration::from_mins(10),
    starts: 10,
    presses: 20,
    sentences: usize::MAX,
};

const SHORT: Effort = Effort {
    session: &["rest", "--length", "5"],
    played: Duration::from_secs(15),
    starts: 1,
    presses: 2,
    sentences: 3,
};

/// Where it is written.
const PATH: &str = "docs/PERFORMANCE.md";

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [speaking::CHILD, file] => speaking::child(Path::new(file)),
        ["short", ..] => _ = all(SHORT),
        ["compare"] => write(&all(FULL)),
        ["compare", minutes] => {
            let minutes: u64 = minutes.parse().expect("a number of minutes");
            let played = Duration::from_mins(minutes);
            write(&all(Effort { played, ..FULL }));
        }
        // Another bench was asked for by name.
        _ => {}
    }
}

fn write(report: &Report) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH);
    fs::write(path, report.text()).expect("it is written");
    println!("{PATH} is written anew");
}

fn all(effort: Effort) -> Report {
    let mut report = Report::default();
    let Some(speaker) = Loudspeaker::start() else {
        return report;
    };
    report.begin(speaker.lab());
    let dir = Dir::new();
    let made = encoding::compare(&mut report, speaker.lab(), &dir, effort.session);
    playing::starts(&mut report, &speaker, &made, effort.starts);
    playing::keys(&mut report, &speaker, &dir, effort.presses);
    speaking::starts(&mut report, &speaker, effort.starts);
    speaking::voices(&mut report, &dir, effort.sentences);
    playing::costs(&mut report, &speaker, &made, effort.played);
    report.end();
    report
}
