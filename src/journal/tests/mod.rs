//! What needs the inside of the module.

mod file;
mod old;
mod rules;

use super::*;
use crate::journal::entry::LineVersion;

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_says_so() {
    let mut full = OpenOptions::new()
        .read(true)
        .append(true)
        .open("/dev/full")
        .unwrap();
    let cause = write_line(&mut full, b"{}").unwrap_err();
    let message = unwritable(Path::new("/her/journal.jsonl"))(cause).to_string();
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
        v: LineVersion::One,
        at: At::new(Timestamp::UNIX_EPOCH, jiff::tz::offset(-3)),
    };
    let line = serde_json::to_string(&entry).unwrap();
    assert_eq!(
        line,
        r#"{"kind":"clock","v":1,"at":"1969-12-31T21:00:00-03:00"}"#
    );
    assert_eq!(parse(line.as_bytes()), [Record::Entry(entry)]);
}
