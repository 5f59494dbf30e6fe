//! What is shown of it, and what is left of it.

use std::fs;

use super::desk::{Desk, add, mode};
use super::*;
use crate::journal::{self, Journal, JournalError};

fn a_week() -> Vec<Entry> {
    let at = |day: i64, minutes: i64| moment(EPOCH + day * DAY + minutes * 60, HOUR);
    vec![
        started(1, at(0, 540), true),
        ended(1, at(0, 560), How::Done, Hurt::NotAsked),
        started(2, at(0, 1140), false),
        ended(2, at(0, 1150), How::LeftAlone, Hurt::NotAsked),
        started(3, at(1, 600), true),
        ended(3, at(1, 612), How::Stopped, Hurt::Yes),
        started(4, at(2, 600), true),
        answered(at(2, 660), Hurt::No),
    ]
}

#[test]
fn it_is_shown_kindly() {
    let desk = Desk::new();
    let mut journal = desk.open();
    for entry in a_week() {
        journal.append(&entry).expect("written");
    }
    add(&desk.path(), b"{\"kind\":\"dream\",\"v\":1}\n");
    // When the file was written is no part of what is shown here.
    let written = fs::read(desk.path()).expect("a journal");
    let history = History::new(parse(&written), None);
    let shown = journal::render(&history, moment(EPOCH + 9 * DAY, HOUR));
    assert_eq!(
        shown,
        "\
Sunday, 22 November 2026
  10:00  upper-back, seated, 13 minutes: to the end
  20:00  rest, 13 minutes: it ended by itself after a long pause

Monday, 23 November 2026
  11:00  upper-back, seated, 13 minutes: you stopped it; something hurt or felt wrong

Tuesday, 24 November 2026
  11:00  upper-back, seated: it broke off, or is still running
  12:00  you said that nothing had hurt

Line 9 cannot be read (a newer softback wrote it). It is kept as it is, and the other lines are not affected.

A line of the journal cannot be read. It may be a session, or that something hurt, so the movements stay closed to be \
on the safe side. They are open again tomorrow at 01:00; rest (softback play rest) is open now.
"
    );
    let empty = journal::render(&History::default(), noon());
    assert_eq!(
        empty,
        "No session has been begun yet.\n\nThe movements are open now. Rest (softback play rest) always is.\n"
    );
}

#[test]
fn it_says_when_movement_is_open_again() {
    let shown = |entries: Vec<Entry>, now: At| {
        let records = entries.into_iter().map(Record::Entry).collect();
        let text = journal::render(&History::new(records, None), now);
        text.trim_end()
            .rsplit_once('\n')
            .expect("lines")
            .1
            .to_owned()
    };
    assert_eq!(
        shown(vec![started(1, noon(), true)], noon()),
        "The last session was begun less than four hours ago. They are open again today at 17:00; \
         rest (softback play rest) is open now."
    );
    let locked = shown(vec![answered(noon(), Hurt::Yes)], noon());
    assert!(locked.contains("open again tomorrow;"), "{locked}");
    let late = moment(EPOCH + 22 * HOUR, HOUR);
    let two = shown(vec![started(1, noon(), true), started(2, late, true)], late);
    assert!(two.contains("open again tomorrow at 03:00;"), "{two}");
    let behind = shown(
        vec![started(1, noon(), true)],
        moment(EPOCH - 30 * DAY, HOUR),
    );
    assert!(behind.contains("check the date and the time"), "{behind}");
    assert!(
        behind.contains("on Monday, 26 October 2026 at 01:00;"),
        "{behind}"
    );
}

#[test]
fn it_is_one_array_for_the_midwife() {
    let mut records: Vec<_> = a_week().into_iter().map(Record::Entry).collect();
    records.extend(parse(b"\n\ntorn"));
    let json = journal::to_json(&History::new(records, None));
    let lines: Vec<serde_json::Value> = serde_json::from_str(&json).expect("one array");
    assert_eq!(lines.len(), 9);
    assert_eq!(lines[0]["at"], "2026-11-22T10:00:00+01:00");
    assert_eq!(lines[1]["place"]["title"], "Shoulder rolls");
    let torn = serde_json::json!({"kind": "unreadable", "line": 3, "reason": "damaged"});
    assert_eq!(lines[8], torn);
}

#[test]
fn forgetting_deletes_all_but_what_is_in_force() {
    let desk = Desk::new();
    let mut journal = desk.open();
    for entry in a_week() {
        journal.append(&entry).expect("written");
    }
    let during = moment(EPOCH + 2 * DAY + 700 * 60, HOUR);
    let left = journal.forget(during).expect("forgotten");
    assert_eq!(left.records.len(), 1);
    let told = journal::forgotten(&left, during);
    assert!(told.contains("stays: that and when"), "{told}");
    assert!(told.contains("open again today at 15:00"), "{told}");
    assert_eq!(
        String::from_utf8(desk.bytes()).expect("text"),
        "{\"kind\":\"kept\",\"v\":1,\"at\":\"2026-11-24T11:00:00+01:00\",\"fact\":\"begun\"}\n"
    );
    assert_eq!(mode(&desk.path()), 0o600);
    journal
        .append(&answered(during, Hurt::No))
        .expect("written");
    assert_eq!(desk.read().entries().count(), 2);

    let later = moment(EPOCH + 3 * DAY, HOUR);
    let left = journal.forget(later).expect("forgotten");
    let told = journal::forgotten(&left, later);
    assert_eq!(told, "The journal is deleted.");
    assert!(!desk.path().exists());
    let busy = Journal::open(&desk.path()).expect_err("still held");
    assert!(matches!(busy, JournalError::Busy));
    journal
        .append(&started(1, later, true))
        .expect("written anew");
    assert_eq!(desk.read().entries().count(), 1);
}
