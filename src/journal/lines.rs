//! Bytes → lines that could be read, and lines that could not.

use serde::Deserialize;
use serde_json::Value;

use crate::base::pace::Pace;
use crate::base::posture::Posture;
use crate::journal::limit::{Entry, Form, Reason, Record, Unreadable};

/// Every kind of line that this version knows.
const KINDS: [&str; 6] = ["start", "picked-up", "end", "hurt", "clock", "kept"];

/// What every version's lines will have, and the words that a newer one may add to.
#[derive(Deserialize)]
struct Head {
    v: u32,
    kind: String,
    posture: Option<Value>,
    pace: Option<Value>,
}

impl Head {
    fn is_newer(&self) -> bool {
        self.v > Form::NUMBER
            || !KINDS.contains(&self.kind.as_str())
            || !is_known::<Posture>(self.posture.as_ref())
            || !is_known::<Pace>(self.pace.as_ref())
    }
}

fn is_known<'a, T: Deserialize<'a>>(word: Option<&'a Value>) -> bool {
    word.is_none_or(|word| T::deserialize(word).is_ok())
}

/// Every line of the file, in its order. Never fails; an empty line is none.
pub(crate) fn parse(bytes: &[u8]) -> Vec<Record> {
    bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(index, line)| record(index + 1, line))
        .collect()
}

fn record(number: usize, line: &[u8]) -> Record {
    serde_json::from_slice::<Entry>(line).map_or_else(
        |_| {
            Record::Unreadable(Unreadable {
                line: number,
                reason: reason(line),
            })
        },
        Record::Entry,
    )
}

fn reason(line: &[u8]) -> Reason {
    match serde_json::from_slice::<Head>(line) {
        Ok(head) if head.is_newer() => Reason::Newer,
        Ok(_) | Err(_) => Reason::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(text: &[u8]) -> Vec<(usize, Reason)> {
        parse(text)
            .into_iter()
            .filter_map(|record| match record {
                Record::Unreadable(Unreadable { line, reason }) => Some((line, reason)),
                Record::Entry(_) => None,
            })
            .collect()
    }

    const GOOD: &str = r#"{"kind":"clock","v":1,"at":"2026-11-22T15:03:12+01:00"}"#;

    #[test]
    fn what_cannot_be_read_is_skipped_and_numbered() {
        let text = format!("{GOOD}\n{{\"kind\":\"sta\n\n{GOOD}\r\n\0\0\0\n{GOOD}");
        assert_eq!(parse(text.as_bytes()).len(), 5);
        assert_eq!(
            reasons(text.as_bytes()),
            [(2, Reason::Damaged), (5, Reason::Damaged)]
        );
        assert_eq!(reasons(b"\xff\xfe\n"), [(1, Reason::Damaged)]);
    }

    #[test]
    fn a_newer_form_or_kind_is_named_as_such() {
        let newer = GOOD.replace("\"v\":1", "\"v\":2");
        let unknown = GOOD.replace("clock", "dream");
        let extended = GOOD.replace("\"v\":1", "\"v\":1,\"mood\":\"calm\"");
        let wrong = GOOD.replace("T15", "T45");
        let text = [newer, unknown, extended, wrong].join("\n");
        assert_eq!(
            reasons(text.as_bytes()),
            [(1, Reason::Newer), (2, Reason::Newer), (4, Reason::Damaged)]
        );
    }
}
