//! The journal and the limits, against a simple world that knows the true time, and against kill -9.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs};

use crate::base::hurt::Hurt;
use crate::base::pace::Pace;
use crate::base::posture::Posture;
use crate::base::remedy::Remedy;
use crate::journal::at::At;
use crate::journal::entry::{End, Entry, How, LeftAt, LineVersion, Record, Start, parse};
use crate::journal::history::{History, Opening};
use crate::journal::pick_up::Left;
use crate::journal::rules::Closed;
use crate::journal::{self, Journal, JournalError};
use jiff::Timestamp;
use jiff::tz::Offset;
use proptest::prelude::*;

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

// The world.

/// Something that happens, or is tried.
#[derive(Clone, Debug)]
enum Event {
    Wait(i64),
    /// The clock is set back, or forward.
    Shift(i64),
    /// The clock is put right.
    Correct,
    Zone(i64),
    /// A session with movement, if it may begin; it takes so long, and ends so. `None`: a crash.
    Move(i64, Option<(How, Hurt)>),
    Rest(i64, Option<(How, Hurt)>),
    /// The session that was cut off is picked up again, if it may be; it goes on for so long, and ends so.
    PickUp(i64, Option<(How, Hurt)>),
    /// An answer outside a session.
    Answer(Hurt),
    /// A line becomes unreadable, from a place within it on.
    Damage(usize, usize, bool),
    /// She has the journal deleted.
    Forget,
}

/// Something that truly happened, whatever the clock said.
#[derive(Clone, Copy, Debug)]
struct Truth {
    at: i64,
    zone: i64,
    /// What the clock showed.
    shown: i64,
    /// The sum of all that the clock had jumped forward until then.
    forward: i64,
    /// Its day was over when she had the journal deleted.
    gone: bool,
}

#[derive(Debug, Default)]
struct World {
    now: i64,
    lag: i64,
    zone: i64,
    forward: i64,
    lines: Vec<Vec<u8>>,
    modified: Option<i64>,
    begun: Vec<Truth>,
    hurt: Vec<Truth>,
    next: u64,
    /// Where the last session with movement was left.
    left: Option<Left>,
    /// How many were picked up.
    picked_up: usize,
}

/// The days of two moments are the same, as the clocks go in `zone`.
fn same_day(one: i64, other: i64, zone: i64) -> bool {
    (one + zone).div_euclid(DAY) == (other + zone).div_euclid(DAY)
}

impl World {
    fn new() -> Self {
        Self {
            now: EPOCH,
            ..Self::default()
        }
    }

    fn shown(&self) -> i64 {
        self.now - self.lag
    }

    fn at(&self) -> At {
        moment(self.shown(), self.zone)
    }

    fn truth(&self) -> Truth {
        Truth {
            at: self.now,
            zone: self.zone,
            shown: self.shown(),
            forward: self.forward,
            gone: false,
        }
    }

    fn write(&mut self, entry: &Entry) {
        self.lines.push(serde_json::to_vec(entry).expect("JSON"));
        self.modified = Some(self.shown());
    }

    fn history(&self) -> History {
        let modified = self.modified.map(|at| moment(at, 0).timestamp);
        History::new(parse(&self.lines.join(&b'\n')), modified)
    }

    fn shift(&mut self, by: i64) {
        self.lag -= by;
        self.forward += by.max(0);
    }

    fn end(&mut self, id: u64, takes: i64, end: Option<(How, Hurt)>) {
        self.now += takes;
        let Some((how, hurt)) = end else { return };
        self.write(&ended(id, self.at(), how, hurt));
        if hurt == Hurt::Yes {
            self.hurt.push(self.truth());
        }
    }

    /// A start of either kind, as the program does it. Gives why movement is closed.
    fn begin(&mut self, movement: bool, takes: i64, end: Option<(How, Hurt)>) -> Option<Closed> {
        let opening = self.history().opening(self.at(), TEXT);
        if opening.note_clock {
            let at = self.at();
            self.write(&Entry::Clock { v: V, at });
        }
        if !movement || opening.closed.is_none() {
            self.next += 1;
            self.write(&started(self.next, self.at(), movement));
            if movement {
                self.begun.push(self.truth());
                self.leave();
            }
            self.end(self.next, takes, end);
        }
        opening.closed
    }

    /// She gets to another movement.
    fn leave(&mut self) {
        self.left = Some(Left {
            v: V,
            id: self.next,
            at: self.at(),
            place: LeftAt {
                movement: 2,
                title: "Shoulder rolls".into(),
            },
        });
    }

    /// Goes on with the last session, as the program does it: only with the very one, and never after pain.
    fn pick_up(&mut self, takes: i64, end: Option<(How, Hurt)>) {
        let (history, now) = (self.history(), self.at());
        let Some(left) = &self.left else { return };
        let Some(start) = history.pick_up(left, now, TEXT) else {
            return;
        };
        let begun = *self.begun.last().expect("a session was begun");
        assert_eq!(start.id, left.id, "{self:?}");
        assert!(self.hurt.iter().all(|hurt| hurt.at <= begun.at), "{self:?}");
        assert!((0..=30 * 60).contains(&(self.shown() - left.at.timestamp.as_second())));
        let id = start.id;
        self.write(&Entry::PickedUp { v: V, id, at: now });
        self.picked_up += 1;
        self.leave();
        self.end(id, takes, end);
    }

    fn damage(&mut self, line: usize, from: usize, zeros: bool) {
        let count = self.lines.len();
        if count == 0 {
            return;
        }
        let line = &mut self.lines[line % count];
        let from = from % line.len();
        if zeros || from == 0 {
            line[from..].fill(0);
        } else {
            line.truncate(from);
        }
    }

    fn forget(&mut self) {
        for index in 0..self.begun.len() {
            self.begun[index].gone |= !self.day(self.begun[index]);
        }
        for index in 0..self.hurt.len() {
            self.hurt[index].gone |= !self.day(self.hurt[index]);
        }
        let kept = self.history().kept(self.at());
        self.lines.clear();
        for entry in &kept {
            self.write(entry);
        }
    }

    fn happen(&mut self, event: &Event) {
        match *event {
            Event::Wait(seconds) => self.now += seconds,
            Event::Shift(by) => self.shift(by),
            Event::Correct => self.shift(self.lag),
            Event::Zone(zone) => self.zone = zone,
            Event::Move(takes, end) => {
                self.begin(true, takes, end);
            }
            Event::Rest(takes, end) => {
                self.begin(false, takes, end);
            }
            Event::PickUp(takes, end) => self.pick_up(takes, end),
            Event::Answer(hurt) => {
                self.write(&answered(self.at(), hurt));
                if hurt == Hurt::Yes {
                    self.hurt.push(self.truth());
                }
            }
            Event::Damage(line, from, zeros) => self.damage(line, from, zeros),
            Event::Forget => self.forget(),
        }
    }

    fn is_open(&self) -> bool {
        self.history().opening(self.at(), TEXT).closed.is_none()
    }

    /// It was the same day as now, truly: where it was, or where she is.
    fn today(&self, truth: Truth) -> bool {
        [truth.zone, self.zone]
            .iter()
            .any(|zone| same_day(truth.at, self.now, *zone))
    }

    /// It was the same day as now, by what the clock showed.
    fn today_as_shown(&self, truth: Truth) -> bool {
        [truth.zone, self.zone]
            .iter()
            .any(|zone| same_day(truth.shown, self.shown(), *zone))
    }

    /// It was the same day as now. What the clock got wrong when it happened can be known to be of
    /// today only if the clock shows so, too.
    fn day(&self, truth: Truth) -> bool {
        let right = truth.at == truth.shown;
        !truth.gone && self.today(truth) && (right || self.today_as_shown(truth))
    }

    /// Movement may truly begin: the rules, word for word.
    fn may_truly_move(&self) -> bool {
        self.begun.iter().filter(|truth| self.day(**truth)).count() < 2
            && self
                .begun
                .iter()
                .all(|truth| self.now - truth.at >= 4 * HOUR)
            && !self.hurt.iter().any(|truth| self.day(*truth))
    }
}

fn an_end() -> impl Strategy<Value = Option<(How, Hurt)>> {
    prop_oneof![
        4 => Just(Some((How::Done, Hurt::NotAsked))),
        1 => Just(Some((How::Stopped, Hurt::No))),
        1 => Just(Some((How::Stopped, Hurt::Yes))),
        1 => Just(Some((How::Interrupted, Hurt::NotAsked))),
        2 => Just(None),
    ]
}

fn a_wait() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => (0..2 * HOUR).prop_map(Event::Wait),
        4 => (2 * HOUR..6 * HOUR).prop_map(Event::Wait),
        // Just at the edge.
        2 => (4 * HOUR - 1..=4 * HOUR).prop_map(Event::Wait),
        2 => (6 * HOUR..30 * HOUR).prop_map(Event::Wait),
        1 => (2 * DAY..5 * DAY).prop_map(Event::Wait),
    ]
}

fn a_session() -> impl Strategy<Value = Event> {
    prop_oneof![
        5 => (0..2 * HOUR, an_end()).prop_map(|(takes, end)| Event::Move(takes, end)),
        2 => (0..HOUR, an_end()).prop_map(|(takes, end)| Event::Rest(takes, end)),
        3 => (0..HOUR, an_end()).prop_map(|(takes, end)| Event::PickUp(takes, end)),
        1 => prop_oneof![Just(Hurt::Yes), Just(Hurt::No), Just(Hurt::Unanswered)].prop_map(Event::Answer),
    ]
}

fn a_zone() -> impl Strategy<Value = Event> {
    (-12_i64..=14).prop_map(|zone| Event::Zone(zone * HOUR))
}

/// How far a clock may be off: a dual boot, a wrong date, an empty battery.
fn an_error() -> impl Strategy<Value = i64> {
    prop_oneof![0..6 * HOUR, 0..3 * DAY, 0..30 * DAY, Just(20 * 365 * DAY)]
}

fn some_damage() -> impl Strategy<Value = Event> {
    // Mostly the last few lines: old ones no longer matter.
    (any::<bool>(), any::<usize>(), any::<usize>(), any::<bool>()).prop_map(
        |(last, line, from, zeros)| {
            Event::Damage(if last { usize::MAX } else { line }, from, zeros)
        },
    )
}

fn events(each: impl Strategy<Value = Event>) -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(each, 1..40)
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(3000))]

    /// Whatever happens to a clock that is never ahead, to the zone, and to the lines.
    #[test]
    fn a_clock_set_back_another_zone_and_damaged_lines_open_nothing(
        events in events(prop_oneof![
            5 => a_session(),
            5 => a_wait(),
            1 => an_error().prop_map(|by| Event::Shift(-by)),
            1 => a_zone(),
            1 => some_damage(),
            1 => Just(Event::Forget),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            if world.is_open() {
                prop_assert!(world.may_truly_move(), "{world:?}");
            }
            world.happen(event);
        }
    }

    /// The clock may show anything meanwhile, as long as it is right when it matters.
    #[test]
    fn a_clock_that_jumps_to_and_fro_between_opens_nothing(
        events in events(prop_oneof![
            5 => a_session(),
            5 => a_wait(),
            3 => (an_error(), any::<bool>()).prop_map(|(by, back)| Event::Shift(if back { -by } else { by })),
            1 => a_zone(),
            1 => Just(Event::Forget),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            let end = match event {
                Event::Move(_, end) | Event::PickUp(_, end) => *end,
                _ => None,
            };
            // A lie while she rests or is not there is kept; it is put right before the rest of it.
            if matches!(event, Event::Move(..) | Event::PickUp(..) | Event::Answer(_) | Event::Forget)
                || matches!(event, Event::Rest(_, Some((_, Hurt::Yes))))
                || end.is_some()
            {
                world.happen(&Event::Correct);
                if world.is_open() {
                    prop_assert!(world.may_truly_move(), "{world:?}");
                }
            }
            world.happen(event);
        }
    }

    /// The oracle of [`World::pick_up`] is worth something only if sessions are picked up.
    #[test]
    fn some_sessions_are_picked_up(takes in 0..30_i64 * 60, end in an_end()) {
        let mut world = World::new();
        let well = end.is_none_or(|(how, hurt)| {
            how != How::Done && matches!(hurt, Hurt::No | Hurt::NotAsked)
        });
        world.happen(&Event::Move(takes, end));
        world.happen(&Event::PickUp(60, None));
        prop_assert_eq!(world.picked_up, usize::from(well));
        prop_assert_eq!(world.begun.len(), 1);
        world.happen(&Event::Wait(31 * 60));
        world.happen(&Event::PickUp(60, None));
        prop_assert_eq!(world.picked_up, usize::from(well), "too late");
    }

    /// A jump forward cannot be told from time that has passed: it opens as much as it jumps, and no more.
    #[test]
    fn a_clock_set_forward_opens_no_more_than_it_jumps(
        events in events(prop_oneof![
            5 => a_session(),
            5 => a_wait(),
            3 => (an_error(), any::<bool>()).prop_map(|(by, back)| Event::Shift(if back { -by } else { by })),
            1 => Just(Event::Correct),
            1 => a_zone(),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            if world.is_open() {
                for truth in &world.begun {
                    let jumped = world.forward - truth.forward;
                    prop_assert!(world.now - truth.at + jumped >= 4 * HOUR, "{world:?}");
                }
            }
            world.happen(event);
        }
    }

    /// With a right clock in one place the rules are kept, and nothing else is: rest is always open,
    /// and movement whenever the rules allow it.
    #[test]
    fn a_right_clock_closes_no_more_than_the_rules(
        events in events(prop_oneof![5 => a_session(), 5 => a_wait(), 1 => Just(Event::Forget)])
    ) {
        let mut world = World::new();
        for event in &events {
            let history = world.history();
            let Opening { closed, note_clock, .. } = history.opening(world.at(), TEXT);
            let may = world.may_truly_move();
            prop_assert_eq!(closed.is_none(), may, "{:?}", &world);
            prop_assert!(!note_clock);
            if let Some(closed) = closed {
                // It opens when it says, and not a second sooner.
                let opens = closed.opens.timestamp.as_second();
                let open_at = |at| history.opening(moment(at, 0), TEXT).closed.is_none();
                prop_assert!(open_at(opens) && !open_at(opens - 1));
            }
            world.happen(event);
        }
    }

    /// However wrong the clock was and whatever is damaged, it is over some days after.
    #[test]
    fn nothing_locks_her_out_for_ever(
        events in events(prop_oneof![
            5 => a_session(),
            3 => a_wait(),
            2 => (an_error(), any::<bool>()).prop_map(|(by, back)| Event::Shift(if back { -by } else { by })),
            1 => Just(Event::Correct),
            1 => a_zone(),
            1 => some_damage(),
            1 => Just(Event::Forget),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            world.happen(event);
        }
        world.happen(&Event::Correct);
        let days = (0..9).take_while(|_| {
            world.now += DAY;
            world.begin(true, 0, None).is_some()
        });
        prop_assert!(days.count() < 9, "{world:?}");
    }
}

// The file.

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
        "at",
        "id",
        "kind",
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

fn add(path: &Path, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(path)
        .expect("a file");
    file.write_all(bytes).expect("room");
}

// What is shown.

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

// Another program: this one, told by the environment what to be.

const PATH: &str = "SOFTBACK_TEST_JOURNAL";
const FROM: &str = "SOFTBACK_TEST_FROM";

/// The name of a test of this file, as the test program knows it.
fn name_of(test: &str) -> String {
    match module_path!().split_once("::") {
        Some((_, module)) => format!("{module}::{test}"),
        None => test.to_owned(),
    }
}

/// The child's part: appends line after line, and tells of each line that is on the disk. Nothing, for others.
#[test]
fn appends_until_it_is_killed() {
    let (Ok(path), Ok(from)) = (env::var(PATH), env::var(FROM)) else {
        return;
    };
    let mut journal = Journal::open(Path::new(&path)).expect("the one before is dead");
    let mut out = std::io::stdout().lock();
    let from: u64 = from.parse().expect("a number");
    // Nobody lives for ever, not even if the test that should kill it fails.
    for id in from..from + 20_000 {
        if let Err(refused) = journal.append(&started(id, noon(), true)) {
            writeln!(out, "\nrefused {}", refused.told()).expect("a pipe");
            return;
        }
        // The test harness may have left the beginning of a line.
        writeln!(out, "\nwrote {id}").expect("a pipe");
        out.flush().expect("a pipe");
    }
}

fn child(program: &mut Command, path: &Path, from: u64) -> Child {
    program
        .args([
            "--exact",
            &name_of("appends_until_it_is_killed"),
            "--nocapture",
        ])
        .env(PATH, path)
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program again")
}

fn wait(length: Duration) {
    let (_nobody, never) = mpsc::channel::<()>();
    assert!(never.recv_timeout(length).is_err());
}

/// Kills a child at some moment after its first few lines; gives the last line that it told of.
fn kill_somewhere(desk: &Desk, from: u64, moment: u64) -> u64 {
    let mut child = child(
        &mut Command::new(env::current_exe().expect("me")),
        &desk.path(),
        from,
    );
    let mut told = BufReader::new(child.stdout.take().expect("a pipe"))
        .lines()
        .map(|line| line.expect("text"))
        .filter_map(|line| line.strip_prefix("wrote ")?.parse::<u64>().ok());
    let lines = moment % 4;
    let mut last = from - 1;
    for _ in 0..lines {
        last = told.next().expect("it goes on until it is killed");
    }
    wait(Duration::from_micros(moment / 4 % 6000));
    child.kill().expect("it was alive");
    child.wait().expect("it was mine");
    told.last().unwrap_or(last)
}

#[test]
fn killed_at_any_moment_it_holds_every_line_that_was_told() {
    let desk = Desk::new();
    let (mut from, mut told) = (1, 0);
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..200 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let last = kill_somewhere(&desk, from, random >> 33);
        let history = desk.read();
        let ids: Vec<u64> = history
            .entries()
            .map(|entry| match entry {
                Entry::Start(start) => start.id,
                other => panic!("{other:?}"),
            })
            .collect();
        for id in from..=last {
            assert!(ids.contains(&id), "{id} was told and is lost");
            told += 1;
        }
        let counted = history.opening(noon(), TEXT).closed.is_some();
        assert_eq!(counted, !history.records.is_empty());
        from = history.next_id();
    }
    assert!(told > 100, "{told}");
    println!("{told} lines were told of, {} are there", from - 1);
}

/// A limit on the size of a file stands for a disk that is full: the last write comes half through.
#[test]
fn a_disk_that_fills_refuses_and_leaves_no_half_line() {
    let desk = Desk::new();
    let mut shell = Command::new("sh");
    // 2,048 or 4,096 bytes, by the shell's unit; the signal that comes with it is of no use here.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\""]);
    shell.arg(env::current_exe().expect("me"));
    let child = child(&mut shell, &desk.path(), 1);
    let output = child.wait_with_output().expect("it ends by itself");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("refused the journal"), "{said}");
    assert!(said.contains("The disk is full"), "{said}");
    let wrote = said.matches("wrote ").count();
    assert!(wrote > 5, "{said}");
    assert_eq!(desk.read().records.len(), wrote);
    assert!(desk.bytes().ends_with(b"\n"));
}
