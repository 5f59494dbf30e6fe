//! The file: nothing in it is lost, and nobody else reads it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::desk::{Desk, add, mode};
use super::*;
use crate::base::Remedy;
use crate::journal::{self, Journal, JournalError};

#[test]
fn nobody_else_can_read_it() {
    let desk = Desk::new();
    assert!(desk.read().records.is_empty(), "none is an empty one");
    drop(desk.open());
    let path = desk.path();
    let folder = path.parent().expect("a folder");
    assert_eq!((mode(folder), mode(&path)), (0o700, 0o600));
    assert_eq!(mode(&path.with_extension("lock")), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("mine");
    drop(desk.open());
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn two_sessions_cannot_run_at_once_and_reading_goes_on() {
    let desk = Desk::new();
    let mut first = desk.open();
    first.append(&started(1, noon(), true)).expect("written");
    let busy = Journal::open(&desk.path()).expect_err("held");
    assert!(matches!(busy, JournalError::Busy));
    assert!(
        busy.told()
            .starts_with("another Softback session is running\n  ")
    );
    assert_eq!(desk.read().entries().count(), 1);
    drop(first);
    let again = desk.open();
    assert_eq!(again.history().expect("read").next_id(), 2);
}

#[test]
fn one_that_cannot_be_written_refuses_and_says_why() {
    let desk = Desk::new();
    let in_the_way = desk.folder.path().join("file");
    fs::write(&in_the_way, "").expect("a file");
    fs::create_dir_all(desk.path()).expect("a folder");
    let places = [
        (
            in_the_way.join("journal.jsonl"),
            "Something else has that name",
        ),
        (desk.path(), "Something else has that name"),
        (PathBuf::from("/proc/softback/journal.jsonl"), "\n  "),
    ];
    for (path, advice) in places {
        let refused = Journal::open(&path).expect_err("no journal can be there");
        assert!(
            matches!(refused, JournalError::Unwritable { .. }),
            "{refused}"
        );
        let message = refused.told();
        assert!(message.contains(&path.display().to_string()), "{message}");
        assert!(message.contains(advice), "{message}");
    }
    let message = journal::read(&desk.path())
        .expect_err("a folder")
        .to_string();
    assert!(message.contains("cannot be read"), "{message}");
}

#[test]
fn a_torn_line_stays_and_the_next_stands_by_itself() {
    let desk = Desk::new();
    desk.set(b"{\"kind\":\"start\",\"v\":1,\"id\":");
    desk.open()
        .append(&started(2, noon(), true))
        .expect("written");
    let text = String::from_utf8(desk.bytes()).expect("text");
    assert!(
        text.starts_with("{\"kind\":\"start\",\"v\":1,\"id\":\n{"),
        "{text}"
    );
    let history = desk.read();
    assert!(matches!(
        history.records[0],
        Record::Unreadable { line: 1, .. }
    ));
    assert_eq!(history.entries().count(), 1);
    // A whole line that only lacks its end is read.
    let whole = serde_json::to_vec(&started(1, noon(), true)).expect("JSON");
    desk.set(&whole);
    assert_eq!(desk.read().entries().count(), 1);
    desk.open()
        .append(&started(2, noon(), true))
        .expect("written");
    assert_eq!(desk.read().entries().count(), 2);
}

#[test]
fn no_answer_is_written() {
    let line = serde_json::to_value(started(1, noon(), true)).expect("JSON");
    let fields: Vec<_> = line.as_object().expect("an object").keys().collect();
    let expected = [
        "all_asked",
        "at",
        "id",
        "kind",
        "length",
        "movement",
        "pace",
        "posture",
        "program",
        "routine",
        "text_version",
        "v",
    ];
    assert_eq!(fields, expected);
}

/// A line, or what a crash and a bad disk do.
#[derive(Clone, Debug)]
enum Doing {
    Append(u8),
    Tear(usize),
    Garbage(Vec<u8>),
    Reopen,
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn no_line_already_written_is_ever_lost(doings in proptest::collection::vec(prop_oneof![
        6 => any::<u8>().prop_map(Doing::Append),
        2 => any::<usize>().prop_map(Doing::Tear),
        1 => proptest::collection::vec(any::<u8>(), 1..40).prop_map(Doing::Garbage),
        1 => Just(Doing::Reopen),
    ], 1..16)) {
        let desk = Desk::new();
        let mut journal = desk.open();
        let mut written = Vec::new();
        for doing in doings {
            match doing {
                Doing::Append(id) => {
                    let entry = started(id.into(), noon(), true);
                    journal.append(&entry).expect("written");
                    written.push(entry);
                }
                // A line that was on its way when the power went.
                Doing::Tear(at) => {
                    let line = serde_json::to_vec(&started(0, noon(), true)).expect("JSON");
                    add(&desk.path(), &line[..at % line.len()]);
                }
                Doing::Garbage(bytes) => add(&desk.path(), &bytes),
                Doing::Reopen => {
                    drop(journal);
                    journal = desk.open();
                }
            }
        }
        let history = desk.read();
        let mut found = history.entries();
        for entry in &written {
            prop_assert!(found.any(|read| read == entry), "{entry:?}");
        }
    }

    #[test]
    fn anything_at_all_can_be_read_and_shown(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let desk = Desk::new();
        desk.set(&bytes);
        let history = desk.read();
        assert!(journal::render(&history, noon()).ends_with(".\n"));
        serde_json::from_str::<serde_json::Value>(&journal::to_json(&history)).expect("JSON");
        desk.open().append(&started(1, noon(), true)).expect("written");
        prop_assert!(desk.bytes().starts_with(&bytes));
    }
}

/// Field report: where the journal is a link, its target kept everything.
#[test]
fn forgetting_deletes_what_a_link_leads_to() {
    let desk = Desk::new();
    desk.set(b"");
    let real = desk.folder.path().join("real.jsonl");
    fs::remove_file(desk.path()).expect("a file");
    std::os::unix::fs::symlink(&real, desk.path()).expect("a link");
    fs::write(&real, b"").expect("a file");
    let mut journal = desk.open();
    for entry in [
        started(1, noon(), false),
        ended(1, noon(), How::Done, Hurt::NotAsked),
    ] {
        journal.append(&entry).expect("a line");
    }
    assert!(fs::read_to_string(&real).is_ok_and(|kept| kept.contains("rest")));
    let left = journal.forget(noon()).expect("it is forgotten");
    assert_eq!(left.entries().count(), 0);
    let kept = fs::read_to_string(&real).unwrap_or_default();
    assert!(!kept.contains("rest"), "{kept}");
}
