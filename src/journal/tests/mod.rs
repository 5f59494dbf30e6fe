//! What needs the inside of the module.

#[cfg(feature = "program")]
mod desk;
#[cfg(feature = "program")]
mod file;
#[cfg(feature = "program")]
mod killed;
mod old;
mod rules;
#[cfg(feature = "program")]
mod show;
mod world;

use jiff::Timestamp;
use jiff::tz::Offset;
use proptest::prelude::*;

use crate::base::{Hurt, Length, Pace, Posture};
use crate::journal::entry::{End, Entry, How, LeftAt, LineVersion, Record, Start, parse};
use crate::journal::{at::At, history::History, pick_up::Left};

/// Sunday 22 November 2026, midnight in Greenwich.
const EPOCH: i64 = 1_795_305_600;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const TEXT: u32 = 3;
const V: LineVersion = LineVersion::One;

fn moment(seconds: i64, zone: i64) -> At {
    At::new(
        Timestamp::from_second(seconds).expect("within a thousand years"),
        Offset::from_seconds(i32::try_from(zone).expect("a zone")).expect("a zone"),
    )
}

fn started(id: u64, at: At, movement: bool) -> Entry {
    Entry::Start(Start {
        v: V,
        id,
        at,
        routine: if movement { "upper-back" } else { "rest" }.into(),
        movement,
        posture: Posture::Seated,
        pace: Pace::Standard,
        text_version: TEXT,
        length: Some(Length::Ten),
        all_asked: true,
        program: "0.1.0".into(),
    })
}

fn ended(id: u64, at: At, how: How, hurt: Hurt) -> Entry {
    Entry::End(End {
        v: V,
        id,
        at,
        how,
        hurt,
        place: Some(LeftAt {
            movement: 2,
            title: "Shoulder rolls".into(),
        }),
        active_seconds: 754,
    })
}

fn answered(at: At, hurt: Hurt) -> Entry {
    Entry::Hurt { v: V, at, hurt }
}

fn noon() -> At {
    moment(EPOCH + 12 * HOUR, HOUR)
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn every_line_is_one_line() {
    let entry = Entry::Clock {
        v: V,
        at: At::new(Timestamp::UNIX_EPOCH, jiff::tz::offset(-3)),
    };
    let line = serde_json::to_string(&entry).unwrap();
    assert_eq!(
        line,
        r#"{"kind":"clock","v":1,"at":"1969-12-31T21:00:00-03:00"}"#
    );
    assert_eq!(parse(line.as_bytes()), [Record::Entry(entry)]);
}
