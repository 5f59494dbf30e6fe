use jiff::Timestamp;
use jiff::tz::Offset;

use crate::journal::at::At;
use crate::journal::entry::{Record, parse};
use crate::journal::history::History;
use crate::journal::{forgotten, render, to_json};

/// The version of the spoken text.
const TEXT: u32 = 1;

/// A quarter of an hour: zones differ by no less.
const QUARTER: i32 = 900;

/// A journal, read at a time and in a zone that its first bytes say: each line is read or named, and neither a torn line
/// nor deleting it opens what was closed.
pub fn journal(bytes: &[u8]) {
    let Some((clock, text)) = bytes.split_first_chunk::<6>() else {
        return;
    };
    let now = a_time(*clock);
    let history = History::new(parse(text), None);
    let lines = text.split(|byte| *byte == b'\n');
    let written = lines.filter(|line| !line.trim_ascii().is_empty());
    assert_eq!(history.records.len(), written.count());
    can_be_shown(&history, now);
    a_torn_line_opens_nothing(text, now);
    forgetting_opens_nothing(&history, now);
}

/// From 1970 to 2106.
fn a_time([a, b, c, d, zone, side]: [u8; 6]) -> At {
    let seconds = u32::from_be_bytes([a, b, c, d]);
    let timestamp = Timestamp::from_second(seconds.into()).expect("a time of this era");
    let east = i32::from(zone % 56) * QUARTER;
    let offset = if side % 2 == 0 { east } else { -east };
    At::new(timestamp, Offset::from_seconds(offset).expect("a zone"))
}

fn can_be_shown(history: &History, now: At) {
    assert!(!render(history, now).is_empty());
    let json: serde_json::Value = serde_json::from_str(&to_json(history)).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(history.records.len()));
}

fn a_torn_line_opens_nothing(text: &[u8], now: At) {
    let torn = [text, b"\n{\"kind\":\"sta"].concat();
    let torn = History::new(parse(&torn), None).opening(now, TEXT);
    assert!(torn.closed.is_some() && torn.ask_all && torn.ask_hurt);
}

fn forgetting_opens_nothing(history: &History, now: At) {
    let before = history.opening(now, TEXT);
    let kept = history.kept(now).into_iter().map(Record::Entry).collect();
    let kept = History::new(kept, None);
    let after = kept.opening(now, TEXT);
    assert_eq!(after.closed.is_some(), before.closed.is_some(), "{kept:?}");
    assert_eq!(after.ask_hurt, before.ask_hurt, "{kept:?}");
    assert!(after.ask_all, "{kept:?}");
    assert!(!forgotten(&kept, now).is_empty());
}
