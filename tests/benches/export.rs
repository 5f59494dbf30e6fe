//! What it costs to make audio files, by the program itself: one plain line for each figure. The longest session, with
//! the built-in voice; and routines of some hours, with none, of which only the length of the text may cost memory.

#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../it/clock.rs"]
mod clock;
mod cost;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use cost::{Cost, cost};
use tempfile::TempDir;

/// In the folder of the one who measures, nothing is left behind.
struct Bench(TempDir);

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let (longest, minutes) = match words.first().map(String::as_str) {
        None | Some("export") => (
            vec!["upper-back", "--pace", "very-slow", "--length", "20"],
            [60, 240, 600],
        ),
        Some("short") => (vec!["rest", "--pace", "own", "--length", "5"], [1, 2, 4]),
        // Another bench was asked for by name.
        Some(_) => return,
    };
    let bench = Bench(tempfile::tempdir().expect("a folder"));
    let cost = bench.export(&longest, "heart", "m4b");
    println!("export: {} to M4B {cost}", longest.join(" "));
    for format in ["m4b", "ogg", "mp3"] {
        let costs = minutes.map(|minutes| {
            let path = bench.0.path().join("long.toml");
            fs::write(&path, routine(minutes)).expect("space for it");
            let path = path.to_str().expect("a path in UTF-8");
            let cost = bench.export(&[path], "silent", format);
            println!("export: {minutes} minutes without a voice to {format} {cost}");
            cost
        });
        let [first, .., last] = costs;
        println!(
            "export: {} times as long to {format}: {:.1} times the work, {:.2} times the memory",
            minutes[2] / minutes[0],
            last.work / first.work,
            last.memory as f64 / first.memory as f64
        );
    }
}

impl Bench {
    /// Makes a file.
    fn export(&self, routine: &[&str], voice: &str, format: &str) -> Cost {
        let path = self.0.path().join("a").with_extension(format);
        let heart = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
        let mut command = Command::new(env!("CARGO_BIN_EXE_softback"));
        command
            .arg("export")
            .args(routine)
            .args(["--force", "--voice", voice, "-o"])
            .arg(path);
        command
            .env_clear()
            .env("HOME", self.0.path())
            .env("SOFTBACK_VOICE_DIR", heart);
        cost(&mut command)
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            seconds,
            work,
            memory,
        } = self;
        write!(
            f,
            "in {seconds:.1} s, {work:.1} s of work, {} MB of memory",
            memory / 1000
        )
    }
}

/// A routine of breathing and quiet, about so many minutes at its own pace.
fn routine(minutes: u32) -> String {
    let mut text = "title = \"A long rest\"\nlanguage = \"en\"\nversion = 1\n\n\
                    [[section]]\ntitle = \"Breath and quiet\"\nno_faster_than = \"slow\"\n"
        .to_owned();
    // Twelve breaths of ten seconds, the sentence, and the quiet behind it.
    for number in 1..=(minutes * 60).div_ceil(2 * 60 + 52) {
        let _ = write!(
            text,
            r#"
[[section.movement]]
title = "Your breath"
repeat = 12
rest = "2s"
lines = [
  {{ id = "B{number}-in", in = "Breathe in softly.", source = ["knowledge"] }},
  {{ id = "B{number}-out", out = "Breathe out slowly.", source = ["knowledge"] }},
]
[[section.movement]]
title = "Quiet"
lines = [
  {{ id = "Q{number}", say = "Rest here, and I will be quiet for a little while.", rest = "45s", source = ["PMR"] }},
]
"#
        );
    }
    text
}
