//! Lines as every version so far has written them, letter for letter.

use crate::journal::entry::{Reason, Record, parse};

const LINES: &str = r#"{"kind":"start","v":1,"id":1,"at":"2026-11-22T10:00:00+01:00","routine":"upper-back","movement":true,"posture":"seated","pace":"standard","text_version":3,"program":"0.1.0"}
{"kind":"end","v":1,"id":1,"at":"2026-11-22T10:12:34+01:00","how":"done","hurt":"not-asked","place":{"movement":17,"title":"Rest"},"active_seconds":754}
{"kind":"start","v":1,"id":2,"at":"2026-11-22T15:00:00+01:00","routine":"upper-back","movement":true,"posture":"standing","pace":"standard","text_version":3,"program":"0.1.0"}
{"kind":"end","v":1,"id":2,"at":"2026-11-22T15:03:00+01:00","how":"stopped","hurt":"no","place":{"movement":2,"title":"Shoulder rolls"},"active_seconds":170}
{"kind":"picked-up","v":1,"id":2,"at":"2026-11-22T15:05:00+01:00"}
{"kind":"hurt","v":1,"at":"2026-11-22T15:07:00+01:00","hurt":"yes"}
{"kind":"end","v":1,"id":2,"at":"2026-11-22T15:07:10+01:00","how":"stopped","hurt":"yes","active_seconds":0}
{"kind":"start","v":1,"id":3,"at":"2026-11-22T20:00:00Z","routine":"rest","movement":false,"posture":"seated","pace":"slow","text_version":3,"program":"0.1.0"}
{"kind":"end","v":1,"id":3,"at":"2026-11-22T20:30:00Z","how":"left-alone","hurt":"not-asked","active_seconds":60}
{"kind":"start","v":1,"id":4,"at":"2026-11-23T20:00:00-03:30","routine":"/her/own.toml","movement":true,"posture":"seated","pace":"very-slow","text_version":3,"program":"0.1.0"}
{"kind":"end","v":1,"id":4,"at":"2026-11-23T20:01:00-03:30","how":"interrupted","hurt":"not-asked","active_seconds":60}
{"kind":"start","v":1,"id":5,"at":"2026-11-24T20:00:00+01:00","routine":"gentle","movement":true,"posture":"seated","pace":"own","text_version":4,"program":"0.2.0"}
{"kind":"end","v":1,"id":5,"at":"2026-11-24T20:01:00+01:00","how":"voice-lost","hurt":"unanswered","active_seconds":60}
{"kind":"end","v":1,"id":5,"at":"2026-11-24T20:01:00+01:00","how":"device-lost","hurt":"not-asked","active_seconds":60}
{"kind":"hurt","v":1,"at":"2026-11-24T20:07:00+01:00","hurt":"no"}
{"kind":"hurt","v":1,"at":"2026-11-24T20:07:00+01:00","hurt":"unanswered"}
{"kind":"hurt","v":1,"at":"2026-11-24T20:07:00+01:00","hurt":"not-asked"}
{"kind":"clock","v":1,"at":"2026-11-22T15:03:12+01:00"}
{"kind":"kept","v":1,"at":"2026-11-24T11:00:00+01:00","fact":"begun"}
{"kind":"kept","v":1,"at":"2026-11-24T11:00:00+01:00","fact":"locked"}
{"kind":"kept","v":1,"at":"2026-11-24T11:00:00+01:00","fact":"unreadable"}
{"kind":"kept","v":1,"at":"2026-11-24T11:00:00+01:00","fact":"owed"}
{"kind":"start","v":1,"id":6,"at":"2026-11-25T20:00:00+01:00","routine":"gentle","movement":true,"posture":"seated","pace":"own","length":10,"text_version":4,"all_asked":true,"program":"0.2.0"}
{"kind":"ask-all","v":1,"at":"2026-11-25T20:07:00+01:00"}"#;

#[test]
fn old_lines_are_read_and_written_as_they_were() {
    let records = parse(LINES.as_bytes());
    assert_eq!(records.len(), LINES.lines().count());
    for (record, line) in records.iter().zip(LINES.lines()) {
        let Record::Entry(entry) = record else {
            panic!("{record:?}: {line}");
        };
        // UTC has two spellings; the other one is written.
        let line = line.replace("00Z", "00+00:00");
        assert_eq!(serde_json::to_string(entry).expect("JSON"), line);
    }
}

#[test]
fn a_posture_pace_or_length_of_a_newer_version_makes_a_newer_line() {
    for (known, newer) in [
        ("\"length\":10", "\"length\":30"),
        ("\"seated\"", "\"lying\""),
        ("\"very-slow\"", "\"slowest\""),
    ] {
        let lines = LINES.replace(known, newer);
        let changed: Vec<_> = (1..)
            .zip(LINES.lines().zip(lines.lines()))
            .filter(|(_, (before, after))| before != after)
            .map(|(line, _)| line)
            .collect();
        assert!(!changed.is_empty());
        let unreadable: Vec<_> = parse(lines.as_bytes())
            .into_iter()
            .filter_map(|record| match record {
                Record::Unreadable { line, reason } => {
                    assert_eq!(reason, Reason::Newer);
                    Some(line)
                }
                Record::Entry(_) => None,
            })
            .collect();
        assert_eq!(unreadable, changed);
    }
}
