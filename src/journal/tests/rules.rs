//! The limits, one question at a time.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::base::{Hurt, Length, Pace, Posture, Refusal};
use crate::journal::at::At;
use crate::journal::clock::TRUST;
use crate::journal::entry::{End, Entry, How, LeftAt, LineVersion, Reason, Record, Start, parse};
use crate::journal::history::History;
use crate::journal::pick_up::Left;
use crate::journal::rules::Closed;

const V: LineVersion = LineVersion::One;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// Monday 23 November 2026, midnight in Greenwich.
const MONDAY: i64 = 1_795_392_000;

/// Seconds after that midnight, so many hours east.
fn at(seconds: i64, east: i8) -> At {
    At::new(
        Timestamp::from_second(MONDAY + seconds).unwrap(),
        jiff::tz::offset(east),
    )
}

fn here(seconds: i64) -> At {
    at(seconds, 0)
}

fn start(id: u64, at: At, movement: bool) -> Entry {
    Entry::Start(Start {
        v: V,
        id,
        at,
        routine: "upper-back".into(),
        movement,
        posture: Posture::Seated,
        pace: Pace::Standard,
        text_version: 1,
        length: Some(Length::Ten),
        all_asked: true,
        program: "0.1.0".into(),
    })
}

fn end(id: u64, at: At, how: How, hurt: Hurt) -> Entry {
    Entry::End(End {
        v: V,
        id,
        at,
        how,
        hurt,
        place: None,
        active_seconds: 600,
    })
}

fn history(entries: impl IntoIterator<Item = Entry>) -> History {
    History::new(entries.into_iter().map(Record::Entry).collect(), None)
}

fn broken() -> Record {
    Record::Unreadable {
        line: 1,
        reason: Reason::Damaged,
    }
}

fn session(id: u64, at: At) -> [Entry; 2] {
    [
        start(id, at, true),
        end(
            id,
            at.after(SignedDuration::from_mins(20)),
            How::Done,
            Hurt::NotAsked,
        ),
    ]
}

#[track_caller]
fn check(history: &History, now: At, why: Option<Refusal>, opens: At) {
    let expected = why.map(|why| Closed { why, opens });
    assert_eq!(history.opening(now, 1).closed, expected);
}

/// So much is left of the four hours, and nothing else closes the movements.
#[track_caller]
fn check_wait(history: &History, now: At, left: i64, opens: At) {
    assert_eq!(now.after(SignedDuration::from_secs(left)), opens);
    check(history, now, Some(Refusal::TooSoon), opens);
}

#[test]
fn a_moment_is_written_with_its_local_time_and_read_back() {
    let moment = at(15 * HOUR + 12, 1);
    assert_eq!(moment.to_string(), "2026-11-23T16:00:12+01:00");
    assert_eq!(At::try_from(moment.to_string()).ok(), Some(moment));
    assert_eq!(moment.day().to_string(), "2026-11-23");
    assert_eq!(
        At::try_from("2026-11-23T15:00:12Z".to_owned()).ok(),
        Some(here(15 * HOUR + 12))
    );
    for text in ["", "2026-11-23", "2026-11-23T15:00", "2026-13-23T15:00Z"] {
        assert!(At::try_from(text.to_owned()).is_err(), "{text}");
    }
    let odd = Offset::from_seconds(3723).unwrap();
    let whole = At::new(Timestamp::from_millisecond(1500).unwrap(), odd);
    assert_eq!(At::try_from(whole.to_string()).ok(), Some(whole));
    for end in [Timestamp::MIN, Timestamp::MAX] {
        for offset in [Offset::MIN, Offset::MAX] {
            let at = At::new(end, offset);
            let _ = at.day_after(at.day());
            let _ = here(0).day_after(at.day());
        }
    }
}

#[test]
fn the_first_session_may_start_and_asks_one_by_one() {
    let empty = History::default();
    check(&empty, here(0), None, here(0));
    let opening = empty.opening(here(0), 1);
    assert!(opening.first && opening.ask_all && !opening.ask_hurt && !opening.note_clock);
    assert_eq!(empty.next_id(), 1);
}

/// A session that began with all questions asked, and so many days later the entry that `then` makes.
fn all_asked_and(days: i64, then: impl Fn(At) -> Option<Entry>) -> History {
    let entries = session(1, here(8 * HOUR)).into_iter();
    history(entries.chain(then(here(days * DAY + 9 * HOUR))))
}

#[test]
fn those_of_the_day_are_enough_for_fourteen_days() {
    let day = |seconds| {
        let history = all_asked_and(0, |_| None);
        !history.opening(here(seconds), 1).ask_all
    };
    assert!(day(14 * HOUR) && day(14 * DAY + 8 * HOUR));
    assert!(!day(14 * DAY + 8 * HOUR + 1), "too long ago");
    assert!(!day(8 * HOUR + 600), "the clock is behind");
    let history = all_asked_and(0, |_| None);
    assert!(history.opening(here(DAY), 2).ask_all, "another text");
    // A session after the questions of the day does not begin the fourteen days anew.
    let of_the_day = |at| {
        let Entry::Start(mut start) = start(2, at, true) else {
            unreachable!()
        };
        start.all_asked = false;
        Some(Entry::Start(start))
    };
    let history = all_asked_and(10, of_the_day);
    assert!(!history.opening(here(14 * DAY), 1).ask_all);
    assert!(history.opening(here(15 * DAY), 1).ask_all);
}

#[test]
fn all_questions_are_due_after_a_yes_after_pain_and_after_a_line_that_cannot_be_read() {
    let due = |then: Entry| {
        let history = all_asked_and(2, |_| Some(then.clone()));
        history.opening(here(5 * DAY), 1).ask_all
    };
    let at = here(2 * DAY + 9 * HOUR);
    assert!(due(Entry::AskAll { v: V, at }));
    for (hurt, expected) in [
        (Hurt::Yes, true),
        (Hurt::Unanswered, true),
        (Hurt::No, false),
        (Hurt::NotAsked, false),
    ] {
        assert_eq!(due(Entry::Hurt { v: V, at, hurt }), expected, "{hurt:?}");
        assert_eq!(due(end(1, at, How::Stopped, hurt)), expected, "{hurt:?}");
    }
    assert!(!due(Entry::Clock { v: V, at }));
    let behind = here(8 * HOUR);
    assert!(due(Entry::Clock { v: V, at: behind }), "it went back");
    let mut damaged = all_asked_and(2, |_| None);
    damaged.records.push(broken());
    assert!(damaged.opening(here(5 * DAY), 1).ask_all);
    // What could not be read before all of them were asked is answered by them.
    damaged.records.rotate_right(1);
    assert!(!damaged.opening(here(5 * DAY), 1).ask_all);
}

#[test]
fn four_hours_apart_to_the_second() {
    let one = history(session(1, here(8 * HOUR)));
    check_wait(&one, here(8 * HOUR), 4 * HOUR, here(12 * HOUR));
    check_wait(&one, here(12 * HOUR - 1), 1, here(12 * HOUR));
    check(&one, here(12 * HOUR), None, here(0));
    assert!(!one.opening(here(12 * HOUR), 1).first);
    assert!(one.opening(here(12 * HOUR), 2).first);
    assert_eq!(one.next_id(), 2);
}

#[test]
fn two_a_day_and_the_night_does_not_shorten_the_wait() {
    let two = history(
        session(1, here(8 * HOUR))
            .into_iter()
            .chain(session(2, here(22 * HOUR))),
    );
    check(
        &two,
        here(23 * HOUR),
        Some(Refusal::TwoToday),
        here(DAY + 2 * HOUR),
    );
    check_wait(&two, here(DAY), 2 * HOUR, here(DAY + 2 * HOUR));
    check(&two, here(DAY + 2 * HOUR), None, here(0));
    let early = history(
        session(1, here(0))
            .into_iter()
            .chain(session(2, here(8 * HOUR))),
    );
    check(&early, here(13 * HOUR), Some(Refusal::TwoToday), here(DAY));
}

#[test]
fn a_start_without_an_end_counts_and_rest_does_not() {
    let crashed = history([start(1, here(8 * HOUR), true)]);
    check_wait(&crashed, here(9 * HOUR), 3 * HOUR, here(12 * HOUR));
    let rest = history([start(1, here(8 * HOUR), false)]);
    check(&rest, here(8 * HOUR), None, here(0));
    assert!(rest.opening(here(0), 1).first, "rest passes no screening");
}

#[test]
fn a_yes_locks_until_the_next_day_here() {
    let stopped = end(1, here(9 * HOUR), How::Stopped, Hurt::Yes);
    let locked = history([start(1, here(8 * HOUR), true), stopped]);
    check(&locked, here(23 * HOUR), Some(Refusal::Locked), here(DAY));
    check(&locked, here(DAY), None, here(0));
    for (hurt, why) in [
        (Hurt::Yes, Some(Refusal::Locked)),
        (Hurt::No, None),
        (Hurt::Unanswered, None),
        (Hurt::NotAsked, None),
    ] {
        let answer = Entry::Hurt {
            v: V,
            at: here(HOUR),
            hurt,
        };
        check(&history([answer]), here(HOUR), why, here(DAY));
    }
}

/// Field report: a yes at 23:58 opened the movements at 00:01.
#[test]
fn a_yes_locks_for_eight_hours_at_the_least() {
    let evening = 24 * HOUR - 120;
    let opens = here(evening + 8 * HOUR);
    for entry in [
        end(1, here(evening), How::Stopped, Hurt::Yes),
        Entry::Hurt {
            v: V,
            at: here(evening),
            hurt: Hurt::Yes,
        },
    ] {
        let locked = history([start(1, here(evening - 10 * HOUR), true), entry]);
        for now in [evening, 24 * HOUR + 60, evening + 8 * HOUR - 1] {
            check(&locked, here(now), Some(Refusal::Locked), opens);
        }
        check(&locked, opens, None, opens);
    }
}

#[test]
fn a_clock_set_back_opens_nothing_and_is_not_called_a_session_of_today() {
    let two = history(
        session(1, here(8 * HOUR))
            .into_iter()
            .chain(session(2, here(13 * HOUR))),
    );
    let back = here(-40 * DAY);
    let opens = back.after(TRUST);
    check(&two, back, Some(Refusal::ClockBehind), opens);
    assert!(two.opening(back, 1).note_clock);
    assert!(!two.opening(here(14 * HOUR), 1).note_clock);
}

#[test]
fn a_session_begun_with_the_clock_behind_is_no_older_than_what_came_before() {
    let rest = [
        start(1, here(8 * HOUR), false),
        end(1, here(9 * HOUR), How::Done, Hurt::NotAsked),
    ];
    let behind = history(rest.into_iter().chain([start(2, here(2 * HOUR), true)]));
    check(
        &behind,
        here(9 * HOUR + 600),
        Some(Refusal::ClockBehind),
        here(13 * HOUR),
    );
    check(&behind, here(13 * HOUR), None, here(0));
}

#[test]
fn a_clock_that_was_ahead_is_trusted_again_after_three_days() {
    let ahead = here(80 * 365 * DAY);
    let seen = Entry::Clock {
        v: V,
        at: here(HOUR),
    };
    let mut lines = vec![start(1, ahead, true)];
    check(
        &history(lines.clone()),
        here(HOUR),
        Some(Refusal::ClockBehind),
        here(HOUR).after(TRUST),
    );
    lines.push(seen);
    let opens = here(3 * DAY + HOUR);
    check(
        &history(lines.clone()),
        here(3 * DAY),
        Some(Refusal::ClockBehind),
        opens,
    );
    check(&history(lines.clone()), opens, None, opens);
    // From then on the limits go by the clock as it is.
    lines.extend(session(2, opens));
    let later = opens.after(SignedDuration::from_hours(1));
    check_wait(&history(lines), later, 3 * HOUR, here(3 * DAY + 5 * HOUR));
}

#[test]
fn back_and_forth_within_three_days_of_the_clock_opens_nothing() {
    let seen = Entry::Clock {
        v: V,
        at: here(-9 * 365 * DAY),
    };
    let lines = session(1, here(8 * HOUR)).into_iter().chain([seen]);
    check_wait(&history(lines), here(9 * HOUR), 3 * HOUR, here(12 * HOUR));
}

/// Her clock goes on by an hour, or back by one, and the time between two sessions does not.
#[test]
fn summer_time_that_begins_or_ends_in_a_session_opens_nothing() {
    for (before, after) in [(1, 2), (2, 1)] {
        let over = at(HOUR + HOUR / 2, after);
        let night = history([
            start(1, at(HOUR, before), true),
            end(1, over, How::Done, Hurt::NotAsked),
        ]);
        check_wait(&night, at(2 * HOUR, after), 3 * HOUR, at(5 * HOUR, after));
        check(&night, at(5 * HOUR, after), None, at(0, after));
    }
}

#[test]
fn another_zone_opens_nothing() {
    let answer = |at| Entry::Hurt {
        v: V,
        at,
        hurt: Hurt::Yes,
    };
    let evening = at(20 * HOUR, 0);
    let lock = history([answer(evening)]);
    // It is tomorrow in the east, but not yet at home.
    check(
        &lock,
        at(21 * HOUR, 14),
        Some(Refusal::Locked),
        at(DAY + 10 * HOUR, 14),
    );
    check(
        &lock,
        at(DAY, 14),
        Some(Refusal::Locked),
        at(DAY + 10 * HOUR, 14),
    );
    // In the west the day has hours to go.
    check(
        &lock,
        at(DAY + HOUR, -10),
        Some(Refusal::Locked),
        at(DAY + 10 * HOUR, -10),
    );
    // Two sessions in the east, on its next day; back home it is still the day before.
    let east = history(
        session(1, at(12 * HOUR, 14))
            .into_iter()
            .chain(session(2, at(16 * HOUR, 14))),
    );
    check(
        &east,
        at(20 * HOUR, 0),
        Some(Refusal::TwoToday),
        at(2 * DAY, 0),
    );
    // Two in the west, by its date on the day before; at home they were today.
    let west = history(
        session(1, at(HOUR, -12))
            .into_iter()
            .chain(session(2, at(5 * HOUR, -12))),
    );
    check(&west, at(13 * HOUR, 0), Some(Refusal::TwoToday), at(DAY, 0));
}

#[test]
fn an_unreadable_line_closes_for_a_day_and_a_night_and_then_no_more() {
    let written = Timestamp::from_second(MONDAY + 8 * HOUR).unwrap();
    let torn = History::new(vec![broken()], Some(written));
    check(
        &torn,
        here(9 * HOUR),
        Some(Refusal::Unreadable),
        here(DAY + 8 * HOUR),
    );
    check(&torn, here(DAY + 8 * HOUR), None, here(0));
    assert!(torn.opening(here(DAY + 8 * HOUR), 1).ask_hurt);
    // A later line is as good as the file's date.
    let mut records = vec![broken()];
    records.push(Record::Entry(start(1, here(8 * HOUR), false)));
    check(
        &History::new(records, None),
        here(DAY + 8 * HOUR),
        None,
        here(0),
    );
}

#[test]
fn an_unreadable_line_without_a_date_is_dated_by_a_note() {
    let undated = History::new(vec![broken()], None);
    check(&undated, here(0), Some(Refusal::Unreadable), here(DAY));
    assert!(undated.opening(here(0), 1).note_clock);
    let seen = Record::Entry(Entry::Clock { v: V, at: here(0) });
    let dated = History::new(vec![broken(), seen], None);
    assert!(!dated.opening(here(HOUR), 1).note_clock);
    check(&dated, here(DAY), None, here(0));
}

#[test]
fn what_is_surely_true_is_said_before_what_is_not() {
    let sure = session(1, here(8 * HOUR));
    check_wait(
        &history(sure.clone()),
        here(9 * HOUR),
        3 * HOUR,
        here(12 * HOUR),
    );
    let mut records: Vec<_> = sure.map(Record::Entry).into();
    records.push(broken());
    let both = History::new(records, None);
    let opens = here(DAY + 9 * HOUR);
    check(&both, here(9 * HOUR), Some(Refusal::TooSoon), opens);
}

#[test]
fn the_pain_question_is_asked_where_the_end_is_not_known() {
    let after = |how, hurt| {
        history([start(1, here(0), true), end(1, here(60), how, hurt)])
            .opening(here(99), 1)
            .ask_hurt
    };
    assert!(
        history([start(1, here(0), true)])
            .opening(here(99), 1)
            .ask_hurt
    );
    assert!(
        history([start(1, here(0), false)])
            .opening(here(99), 1)
            .ask_hurt
    );
    for how in [
        How::Stopped,
        How::Interrupted,
        How::VoiceLost,
        How::DeviceLost,
    ] {
        assert!(after(how, Hurt::NotAsked), "{how:?}");
        for hurt in [Hurt::Yes, Hurt::No, Hurt::Unanswered] {
            assert!(!after(how, hurt), "{how:?} {hurt:?}");
        }
    }
    assert!(!after(How::Done, Hurt::NotAsked) && !after(How::LeftAlone, Hurt::NotAsked));
    let answer = |hurt| Entry::Hurt {
        v: V,
        at: here(80),
        hurt,
    };
    let asked = |hurt| {
        history([start(1, here(0), true), answer(hurt)])
            .opening(here(99), 1)
            .ask_hurt
    };
    assert!(!asked(Hurt::No) && !asked(Hurt::Unanswered) && asked(Hurt::NotAsked));
}

const MINUTE: i64 = 60;

/// Whether a session begun at midnight, left after ten minutes and followed by `lines` may be picked up.
fn can_be_picked_up(lines: &[Entry], now: At) -> bool {
    let left = Left {
        v: V,
        id: 1,
        at: here(10 * MINUTE),
        place: LeftAt {
            movement: 3,
            title: "Shoulder rolls, back".to_owned(),
        },
    };
    let first = start(1, here(0), true);
    let history = history([first].into_iter().chain(lines.iter().cloned()));
    history.pick_up(&left, now, 1).is_some()
}

#[test]
fn what_was_cut_off_can_be_picked_up() {
    let soon = here(20 * MINUTE);
    assert!(can_be_picked_up(&[], soon), "a crash");
    let ended = |how, hurt| can_be_picked_up(&[end(1, here(10 * MINUTE), how, hurt)], soon);
    for how in [
        How::Stopped,
        How::Interrupted,
        How::VoiceLost,
        How::DeviceLost,
        How::LeftAlone,
    ] {
        assert!(ended(how, Hurt::No), "{how:?}");
        assert!(ended(how, Hurt::NotAsked), "{how:?}");
        assert!(!ended(how, Hurt::Yes), "{how:?}");
        assert!(!ended(how, Hurt::Unanswered), "{how:?}");
    }
    assert!(!ended(How::Done, Hurt::NotAsked));
    // What she says at the next start counts as well.
    let says = |hurt| {
        let answer = Entry::Hurt {
            v: V,
            at: here(15 * MINUTE),
            hurt,
        };
        can_be_picked_up(&[answer], soon)
    };
    assert!(says(Hurt::No) && says(Hurt::NotAsked));
    assert!(!says(Hurt::Yes) && !says(Hurt::Unanswered));
}

#[test]
fn it_can_be_picked_up_for_half_an_hour_by_a_clock_that_goes_on() {
    assert!(can_be_picked_up(&[], here(10 * MINUTE)));
    assert!(can_be_picked_up(&[], here(40 * MINUTE)));
    assert!(!can_be_picked_up(&[], here(40 * MINUTE + 1)));
    assert!(!can_be_picked_up(&[], here(10 * MINUTE - 1)));
    // Another session has been begun, or rest: then it is that one, or none.
    assert!(!can_be_picked_up(
        &[start(2, here(15 * MINUTE), false)],
        here(20 * MINUTE)
    ));
    // However often: two hours after its beginning it is over.
    let left = |at| Left {
        v: V,
        id: 1,
        at,
        place: LeftAt {
            movement: 0,
            title: String::new(),
        },
    };
    let begun = history([start(1, here(0), true)]);
    let late = here(2 * HOUR);
    assert!(begun.pick_up(&left(late), late, 1).is_some());
    assert!(
        begun.pick_up(&left(late), late, 2).is_none(),
        "another text"
    );
    let later = here(2 * HOUR + 1);
    assert!(begun.pick_up(&left(late), later, 1).is_none());
    // Rest is simply begun again, and what cannot be read may have been a yes.
    let rest = history([start(1, here(0), false)]);
    assert!(rest.pick_up(&left(late), late, 1).is_none());
    let torn = vec![Record::Entry(start(1, here(0), true)), broken()];
    let torn = History::new(torn, None);
    assert!(torn.pick_up(&left(late), late, 1).is_none());
}

#[test]
fn a_session_picked_up_counts_once_and_asks_again_how_it_ended() {
    let picked = Entry::PickedUp {
        v: V,
        id: 1,
        at: here(15 * MINUTE),
    };
    let stopped = end(1, here(10 * MINUTE), How::Stopped, Hurt::No);
    let lines = [start(1, here(0), true), stopped, picked];
    let running = history(lines.clone());
    assert!(running.opening(here(20 * MINUTE), 1).ask_hurt);
    check_wait(
        &running,
        here(20 * MINUTE),
        4 * HOUR - 20 * MINUTE,
        here(4 * HOUR),
    );
    let [Entry::Start(begun), ..] = &lines else {
        unreachable!()
    };
    let done = end(1, here(25 * MINUTE), How::Done, Hurt::NotAsked);
    let over = history(lines.clone().into_iter().chain([done]));
    assert_eq!(over.end_of(begun).map(|end| end.how), Some(How::Done));
    assert!(!over.opening(here(30 * MINUTE), 1).ask_hurt);
}

#[test]
fn forgetting_keeps_only_what_is_in_force() {
    let mut lines: Vec<_> = session(1, here(-3 * DAY)).into();
    lines.extend(session(2, here(8 * HOUR)));
    lines.push(start(3, here(13 * HOUR), true));
    let before = history(lines);
    let now = here(14 * HOUR);
    let kept = before.kept(now);
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(
        text,
        r#"[{"kind":"kept","v":1,"at":"2026-11-23T08:00:00+00:00","fact":"begun"},{"kind":"kept","v":1,"at":"2026-11-23T13:00:00+00:00","fact":"begun"},{"kind":"kept","v":1,"at":"2026-11-23T14:00:00+00:00","fact":"owed"}]"#
    );
    let after = history(kept);
    for hour in 14..50 {
        let (old, new) = (
            before.opening(here(hour * HOUR), 1),
            after.opening(here(hour * HOUR), 1),
        );
        assert_eq!(
            (old.closed, old.ask_hurt),
            (new.closed, new.ask_hurt),
            "{hour}"
        );
        assert!(new.first);
    }
    assert!(history(session(1, here(0))).kept(here(DAY)).is_empty());
    let rest = [
        start(1, here(9 * HOUR), false),
        end(1, here(9 * HOUR), How::Done, Hurt::NotAsked),
    ];
    assert!(history(rest).kept(here(7 * HOUR)).is_empty());
    // What is kept of one that ended well asks nothing.
    let kept = history(session(1, here(0))).kept(here(HOUR));
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(!history(kept).opening(here(HOUR), 1).ask_hurt);
}

/// An empty battery, a "yes, it hurt", the clock put right, and set back by another system: what goes shows that it went
/// back once, and without it her clock would seem to have run since 2006.
#[test]
fn forgetting_makes_no_clock_believed_sooner() {
    let hurt = Entry::Hurt {
        v: V,
        at: here(-20 * 365 * DAY),
        hurt: Hurt::Yes,
    };
    let (back, now) = (here(7 * HOUR - 2 * DAY), here(7 * HOUR));
    for last in [hurt.clone(), start(2, back, true)] {
        let lines = session(1, here(8 * HOUR)).into_iter();
        let put_right = start(3, here(9 * HOUR), false);
        let lines = lines.chain([
            hurt.clone(),
            last,
            put_right,
            Entry::Clock { v: V, at: back },
        ]);
        let before = history(lines);
        let after = history(before.kept(now));
        for hour in 7..5 * 24 {
            let closed = |history: &History| history.opening(here(hour * HOUR), 1).closed;
            assert_eq!(closed(&after), closed(&before), "{hour}");
        }
        check(&after, now, Some(Refusal::ClockBehind), here(DAY));
    }
}

#[test]
fn an_end_is_that_of_its_own_session() {
    let begun = |id| match start(id, here(0), true) {
        Entry::Start(start) => start,
        other => unreachable!("{other:?}"),
    };
    let mut lines: Vec<_> = session(1, here(0)).into();
    lines.push(start(2, here(5 * HOUR), true));
    let cut_off = history(lines.clone());
    assert!(cut_off.end_of(&begun(1)).is_some());
    assert!(cut_off.end_of(&begun(2)).is_none(), "it has none yet");
    lines.push(end(2, here(6 * HOUR), How::Stopped, Hurt::No));
    let stopped = history(lines);
    let how = |id| stopped.end_of(&begun(id)).map(|end| end.how);
    assert_eq!((how(1), how(2)), (Some(How::Done), Some(How::Stopped)));
}

#[test]
fn what_cannot_be_read_is_named_by_its_line() {
    let lines = [b"{}\n".as_slice(), b"{\"kind\":\"dream\",\"v\":1}\n"].concat();
    let broken = History::new(parse(&lines), None);
    let numbers: Vec<_> = broken.unreadable().map(|(line, _)| line).collect();
    assert_eq!(numbers, [1, 2]);
}
