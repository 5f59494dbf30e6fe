//! Somebody with whom nothing is wrong: what she answers, and the session that she has had before.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{Timestamp, ToSpan};

use crate::clock::{now, wait, wait_until};
use crate::pty::Program;

/// What she presses when she sees this and it is her turn: either key in turn, for twice the same would be one
/// that is held down.
const ANSWERS: [(&str, &str); 8] = [
    // First: in a pause the question that waits is still on the screen.
    ("Space go on", " "),
    ("Space ready", " "),
    ("Press Enter or Tab.", "\tn"),
    ("Question ", "\tn"),
    ("To go on with it, press Enter", "\ry"),
    ("If you feel well, press Enter.", "\ry"),
    ("For ten minutes, press Enter", "\ry"),
    ("Press Enter for one more", "\tn"),
];

/// How long a key may take until it is seen to have counted.
const SEEN: Duration = Duration::from_millis(300);

/// Whether a key counts: something waits for her answer, or for her to go on after a pause.
fn counts(screen: &str, quick: bool) -> bool {
    let shows = |words| screen.contains(words);
    shows("Your turn") || shows("Space go on") || (quick && shows("Space ready"))
}

/// Answers what waits for an answer, if anything: with the first of its keys or the second, as `turn` says. Somebody `quick`
/// does not hear a request to be ready to its end: a key counts from its first word on.
pub fn answer(program: &Program, turn: usize, quick: bool) -> bool {
    let screen = program.screen();
    if !counts(&screen, quick) {
        return false;
    }
    let mut answers = ANSWERS.iter();
    let Some((_, keys)) = answers.find(|(seen, _)| screen.contains(seen)) else {
        return false;
    };
    let turn = turn % keys.len();
    program.press(&keys[turn..=turn]);
    true
}

/// [`answer`]s every question as soon as it is her turn, until `words` are on the screen; `false` if they never are.
pub fn answer_until(program: &Program, words: &str, patience: Duration, quick: bool) -> bool {
    let since = now();
    let mut turn = 0;
    while since.elapsed() < patience {
        if program.screen().contains(words) {
            return true;
        }
        if answer(program, turn, quick) {
            turn += 1;
            // Another key too soon would meet what comes next.
            wait_until(SEEN, || (!counts(&program.screen(), quick)).then_some(()));
        }
        wait(Duration::from_millis(10));
    }
    false
}

/// The journal of whoever has this home.
pub fn journal(home: &Path) -> PathBuf {
    home.join(".local/state/softback/journal.jsonl")
}

/// The version of the safety questions: after another one all would be asked again.
fn text_version() -> i64 {
    let text: toml::Table = include_str!("../../scripts/en/screening.toml")
        .parse()
        .expect("TOML");
    text["version"].as_integer().expect("a number")
}

/// A session of the day before yesterday, done, in which all questions were asked: so today is an ordinary day.
pub fn write_an_earlier_session(home: &Path) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the journal is kept by the calendar"
    )]
    let now = Timestamp::now();
    let at = now.checked_sub(48.hours()).expect("a date");
    let at = at.strftime("%Y-%m-%dT%H:%M:%S+00:00");
    let text_version = text_version();
    let start = format!(
        r#"{{"kind":"start","v":1,"id":1,"at":"{at}","routine":"upper-back","movement":true,"posture":"seated","pace":"standard","length":20,"text_version":{text_version},"all_asked":true,"program":"0.1.0"}}"#
    );
    let end = format!(
        r#"{{"kind":"end","v":1,"id":1,"at":"{at}","how":"done","hurt":"not-asked","active_seconds":1200}}"#
    );
    let path = journal(home);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, format!("{start}\n{end}\n")).expect("a journal");
}
