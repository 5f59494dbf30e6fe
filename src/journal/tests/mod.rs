//! What needs the inside of the module.

mod file;
mod killed;
mod old;
mod rules;
mod show;
mod world;

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::Offset;
use proptest::prelude::*;

use crate::base::files::folder_of;
use crate::base::{Hurt, Length, Pace, Posture, Remedy};
use crate::journal;
use crate::journal::entry::{End, Entry, How, LeftAt, LineVersion, Record, Start, parse};
use crate::journal::file::{lock_path, unwritable, write_line};
use crate::journal::{Journal, JournalError, at::At, history::History, pick_up::Left};

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

/// A journal of its own for one test.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("state/softback/journal.jsonl")
    }

    fn open(&self) -> Journal {
        Journal::open(&self.path()).expect("a journal")
    }

    fn read(&self) -> History {
        journal::read(&self.path()).expect("a journal")
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).expect("a file")
    }

    fn set(&self, bytes: &[u8]) {
        drop(self.open());
        fs::write(self.path(), bytes).expect("a file");
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

fn noon() -> At {
    moment(EPOCH + 12 * HOUR, HOUR)
}

fn add(path: &Path, bytes: &[u8]) {
    let mut file = fs::File::options().append(true).open(path).expect("a file");
    file.write_all(bytes).expect("room");
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_says_so() {
    let mut full = File::options()
        .read(true)
        .append(true)
        .open("/dev/full")
        .unwrap();
    let cause = write_line(&mut full, b"{}").unwrap_err();
    let message = unwritable(Path::new("/her/journal.jsonl"))(cause).told();
    assert!(message.contains("/her/journal.jsonl cannot be written: "));
    assert!(message.ends_with("The disk is full: make some room, then start again"));
}

#[test]
fn a_bare_name_lies_in_the_folder_we_are_in() {
    assert_eq!(folder_of(Path::new("journal.jsonl")), Path::new("."));
    assert_eq!(folder_of(Path::new("/a/journal.jsonl")), Path::new("/a"));
    assert_eq!(
        lock_path(Path::new("/a/journal.jsonl")),
        Path::new("/a/journal.lock")
    );
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
