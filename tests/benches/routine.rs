//! What a long routine costs, from its text to its plan: one plain line for each length.
//!
//! Each is ten times as long as the one before, so that the ratios show whether the cost grows as the routine does.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use softback::parts::{Companion, Pace, Plan, Posture, Routine, Setting};

fn main() {
    let mut words = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"));
    let longest = match words.next().as_deref() {
        None | Some("routine") => 100_000,
        Some("short") => 1_000,
        // Another bench was asked for by name.
        Some(_) => return,
    };
    let companion = Companion::built_in();
    // What is built in is read once.
    take(&text(3), &companion);
    let mut before: Option<Duration> = None;
    for lines in [100, 1_000, 10_000, 100_000]
        .into_iter()
        .filter(|lines| *lines <= longest)
    {
        let text = text(lines);
        let mut runs: Vec<_> = (0..5).map(|_| take(&text, &companion)).collect();
        runs.sort();
        let median = runs[2];
        let ratio = before.map_or(1.0, |before| median.as_secs_f64() / before.as_secs_f64());
        println!(
            "routine: {lines} lines, {} kB, read, checked and planned in {median:.1?}, {ratio:.1} times as long",
            text.len() / 1000
        );
        before = Some(median);
    }
}

fn take(text: &str, companion: &Companion) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a bench measures time")]
    let begun = Instant::now();
    let routine = Routine::parse("long.toml", text).expect("it is sound");
    let plan = Plan::compile(
        &routine,
        companion,
        Setting::new(Pace::Slow, Posture::Seated),
    );
    assert!(plan.cues.len() > text.matches("id = ").count());
    begun.elapsed()
}

/// A routine of so many lines: breaths, and quiet.
fn text(lines: usize) -> String {
    let mut text = String::from(
        "title = \"Long\"\nlanguage = \"en\"\nversion = 1\n[[section]]\ntitle = \"Quiet\"\nno_faster_than = \"slow\"\n",
    );
    for number in 0..lines / 3 {
        // A string takes whatever is written.
        let _ = write!(
            text,
            r#"[[section.movement]]
repeat = 2
rest = "2s"
lines = [
{{ id = "i{number}", in = "Breathe in softly.", source = ["house"] }},
{{ id = "o{number}", out = "Breathe out slowly.", source = ["house"] }},
]
[[section.movement]]
lines = [{{ id = "q{number}", say = "Rest.", rest = "9s", source = ["house"] }}]
"#
        );
    }
    text
}
