//! What a long routine costs, from its text to its plan, and one with as many mistakes as words to have them all found:
//! one plain line for each length.
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
    grow(
        "lines, read, checked and planned",
        longest,
        text,
        |text, _| {
            let routine = Routine::parse("long.toml", text).expect("it is sound");
            let setting = Setting::new(Pace::Slow, Posture::Seated);
            let plan = Plan::compile(&routine, &companion, setting);
            assert!(plan.cues.len() > text.matches("id = ").count());
        },
    );
    let mistaken = |text: &str, mistakes: usize| {
        let problems = Routine::parse("long.toml", text).expect_err("it is full of mistakes");
        assert!(problems.list().len() >= mistakes);
    };
    let units = "times \"5 s\" in one sentence, each a mistake";
    grow(
        units,
        longest,
        |units| sentence("", &"5 s ".repeat(units)),
        mistaken,
    );
    // More have no room in a file.
    let longest = longest.min(10_000);
    grow(
        "new words, each declared twice",
        longest,
        new_words,
        mistaken,
    );
}

/// Takes longer and longer texts, and says of each how long that took.
fn grow(what: &str, longest: usize, text: fn(usize) -> String, take: impl Fn(&str, usize)) {
    // What is built in is read once.
    take(&text(3), 3);
    let mut before: Option<Duration> = None;
    for count in [100, 1_000, 10_000, 100_000]
        .into_iter()
        .filter(|count| *count <= longest)
    {
        let text = text(count);
        let mut runs: Vec<_> = (0..5).map(|_| timed(|| take(&text, count))).collect();
        runs.sort();
        let median = runs[2];
        let ratio = before.map_or(1.0, |before| median.as_secs_f64() / before.as_secs_f64());
        println!(
            "routine: {count} {what}: {} kB in {median:.1?}, {ratio:.1} times as long",
            text.len() / 1000
        );
        before = Some(median);
    }
}

fn timed(work: impl Fn()) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a bench measures time")]
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// A routine that says one sentence.
fn sentence(new_words: &str, sentence: &str) -> String {
    format!(
        r#"title = "Long"
language = "en"
version = 1
new_words = [{new_words}]
[[section]]
title = "Quiet"
[[section.movement]]
lines = [{{ id = "1", say = "{sentence}", source = ["house"] }}]
"#
    )
}

fn new_words(words: usize) -> String {
    let letter = |number: usize| char::from(b"abcdefghij"[number % 10]);
    let word = |number: usize| {
        let letters = [1_000, 100, 10, 1].map(|digit| letter(number / digit));
        ["zq".to_owned(), String::from_iter(letters)].concat()
    };
    let words: Vec<_> = (0..words).map(word).collect();
    let declared = words.iter().map(|word| format!("\"{word}\", \"{word}\""));
    let declared = declared.collect::<Vec<_>>().join(", ");
    sentence(&declared, &words.join(" "))
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
