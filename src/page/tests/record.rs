//! Whole sessions, to be played again by the core in a browser: it must answer every request byte for byte as here.
//!
//! With `SOFTBACK_RECORD=FOLDER` they are written there, one request a line and its answer in the line of the same number.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;

use super::Tab;
use super::her::Dice;

const ROUTINES: [&str; 3] = ["upper-back", "gentle", "rest"];

/// Every way to do a routine, each once in quiet.
fn in_quiet(tab: &mut Tab, routine: &str) {
    let mut dice = Dice(7);
    let (mut day, mut number) = (0, 0);
    for posture in ["seated", "standing"] {
        for pace in ["standard", "slow", "very-slow", "own"] {
            for length in [5, 10, 20] {
                if posture == "standing" && (routine != "upper-back" || pace != "standard") {
                    continue;
                }
                // Every other one with the questions of the day, which the journal allows.
                number += 1;
                if number % 2 == 1 {
                    tab.journal.clear();
                }
                day += 1;
                (tab.opened, tab.now) = (day * 86_400, 0);
                tab.opening();
                let hands = if length == 10 { "touch" } else { "keys" };
                let wishes = json!({
                    "posture": posture, "pace": pace, "length": length, "hands": hands,
                });
                tab.start(routine, &wishes);
                assert_eq!(tab.play_out(&mut dice, 0), "done", "{wishes}");
            }
        }
    }
}

/// Sessions in which all sorts of things happen, one a few hours after the other.
fn in_disquiet(tab: &mut Tab, routine: &str, sessions: u64) -> Vec<String> {
    let mut dice = Dice(11);
    let mut endings = Vec::new();
    for session in 0..sessions {
        tab.opened += 3600 * (2 + dice.roll(9).cast_signed());
        let opening = tab.opening();
        let choose = routine == "upper-back" && dice.roll(3) == 0;
        let posture = [Some("seated"), Some("standing"), None][dice.roll(3) as usize];
        let length = [Some(5), Some(10), Some(20), None][dice.roll(4) as usize];
        let pace = ["standard", "slow", "very-slow", "own"][dice.roll(4) as usize];
        let hands = ["keys", "touch"][dice.roll(2) as usize];
        let emergency = [Some("999"), None][dice.roll(2) as usize];
        let wishes = json!({
            "choose": choose, "posture": posture, "length": length, "pace": pace,
            "hands": hands, "emergency": emergency,
            "sound_check": dice.roll(3) == 0,
            "sides": dice.roll(2) == 0,
            "questions": dice.roll(5) == 0,
            "pick_up": !opening["unfinished"].is_null(),
        });
        tab.start(routine, &wishes);
        let restless = [2, 5, 15, 40][session as usize % 4];
        endings.push(tab.play_out(&mut dice, restless));
    }
    endings
}

/// Nothing that a page has the clips for may be missing to a session, whatever happens in it.
fn assert_nothing_is_missing(tab: &Tab) {
    for (request, answer) in &tab.asked {
        let complete = answer.contains(r#""missing":[]"#) || !answer.contains(r#""missing""#);
        assert!(complete, "{request}\n{answer}");
    }
}

fn write(folder: &Path, name: &str, lines: impl Iterator<Item = String>) {
    let file = File::create(folder.join(name)).expect("a file");
    let mut file = BufWriter::new(file);
    for line in lines {
        writeln!(file, "{line}").expect("room");
    }
    file.flush().expect("room");
}

#[test]
fn whole_sessions_need_no_clip_that_a_page_lacks() {
    let folder = std::env::var_os("SOFTBACK_RECORD");
    let mut asked = Vec::new();
    let mut endings = Vec::new();
    for routine in ROUTINES {
        let mut tab = Tab::new(routine);
        in_quiet(&mut tab, routine);
        endings.extend(in_disquiet(&mut tab, routine, 60));
        assert_nothing_is_missing(&tab);
        asked.extend(tab.asked);
    }
    for ending in [
        "done",
        "stopped",
        "declined",
        "left-alone",
        "asleep",
        "device-lost",
    ] {
        assert!(
            endings.iter().any(|ended| ended == ending),
            "none ended as {ending}: {endings:?}"
        );
    }
    if let Some(folder) = folder {
        let folder = Path::new(&folder);
        fs::create_dir_all(folder).expect("a folder");
        write(
            folder,
            "requests.jsonl",
            asked.iter().map(|(request, _)| request.clone()),
        );
        write(
            folder,
            "answers.jsonl",
            asked.iter().map(|(_, answer)| answer.clone()),
        );
    }
}
