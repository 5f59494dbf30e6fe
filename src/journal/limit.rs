//! May a session with movement begin? The house rules on how often, and what is written down for them.
//!
//! The rules are caution, not medicine (P-LIM in scripts/sources.toml: no trial stands behind them, and
//! nothing credits them to a doctor): at most two sessions with movement on one local day, begun at
//! least four hours apart, and none until the next local day once she has said that something hurt.
//! Rest is never limited.
//!
//! Pure: no clock and no file. What was written and what time it is are arguments.
//!
//! # The clock may be wrong
//!
//! It may be set back, set forward, or moved to another zone, by hand or by itself.
//!
//! - Whatever was written is dated at the *latest* time written up to and including it. A session
//!   begun while the clock was behind is so not older than what came before it.
//! - It is judged by the clock as it is now. What is dated in the future is therefore in force: a
//!   clock set back opens nothing.
//! - A day is over only when it is over both where it was written and where she is now: another
//!   zone opens nothing either.
//! - A clock set forward cannot be told from time that has passed. But one that was far ahead and
//!   was put right must not lock her out for years: once the clock has been seen to run for
//!   [`TRUST`] without going back, what is dated after now is known to be wrong, and is left aside.
//!   So a clock that is found behind is noted ([`Verdict::note_clock`]).
//!
//! # A line may be unreadable
//!
//! Torn by a power cut, damaged, or written by a newer version: it may have been a session begun,
//! or a "yes, it hurt". It counts as both, until the day is over and [`UNREADABLE_WAIT`] has
//! passed since it was surely there.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::base::hurt::Hurt;
use crate::base::pace::Pace;
use crate::base::posture::Posture;
use crate::base::refusal::Refusal;

/// Sessions with movement on one local day (article's cap; P-LIM).
pub(crate) const SESSIONS_A_DAY: usize = 2;
/// From the beginning of one session with movement to the beginning of the next (P-LIM).
pub(crate) const WAIT: SignedDuration = SignedDuration::from_hours(4);
/// How long an unreadable line counts, at the least: with less, a clock set back could end its day early.
pub(crate) const UNREADABLE_WAIT: SignedDuration = SignedDuration::from_hours(24);
/// How long after it was cut off a session may be picked up again.
pub(crate) const PICK_UP: SignedDuration = SignedDuration::from_mins(30);
/// However often it was, it began no longer ago than this: the slowest takes less than an hour.
pub(crate) const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(2);
/// How long a clock must run without going back before it is believed against later dates.
///
/// More than the longest that anything can be in force: a day of 25 hours, and all the zones of the world.
pub(crate) const TRUST: SignedDuration = SignedDuration::from_hours(72);

/// A moment as the computer's clock and zone show it, to the second.
///
/// Written as one text, `2026-11-22T15:03:12+01:00`: the instant, and the local time that she saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct At {
    timestamp: Timestamp,
    offset: Offset,
}

impl At {
    /// The instant, and how far local time is from UTC at it.
    #[must_use]
    pub fn new(timestamp: Timestamp, offset: Offset) -> Self {
        let whole = Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp);
        // The text has no seconds of offset, and no zone has had any for a century.
        let minutes = Offset::from_seconds(offset.seconds() / 60 * 60).unwrap_or(Offset::UTC);
        Self {
            timestamp: whole,
            offset: minutes,
        }
    }

    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        self.timestamp
    }

    /// The local date and time.
    #[must_use]
    pub fn local(self) -> DateTime {
        self.offset.to_datetime(self.timestamp)
    }

    #[must_use]
    pub fn day(self) -> Date {
        self.local().date()
    }

    /// The same instant, as the clocks show it where `other` was.
    fn where_was(self, other: Self) -> Self {
        Self {
            timestamp: self.timestamp,
            offset: other.offset,
        }
    }

    /// From `earlier` to `self`; negative if `earlier` is later.
    fn since(self, earlier: Self) -> SignedDuration {
        self.timestamp.duration_since(earlier.timestamp)
    }

    /// A while later, as the clocks go here.
    fn after(self, wait: SignedDuration) -> Self {
        Self {
            timestamp: self
                .timestamp
                .saturating_add(wait)
                .unwrap_or(Timestamp::MAX),
            offset: self.offset,
        }
    }

    /// When the next local day begins, as the clocks go here.
    fn next_day(self) -> Self {
        let next = self.day().tomorrow().unwrap_or(Date::MAX);
        let midnight = DateTime::from_parts(next, Time::midnight());
        Self {
            timestamp: self.offset.to_timestamp(midnight).unwrap_or(Timestamp::MAX),
            offset: self.offset,
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp.display_with_offset(self.offset))
    }
}

impl From<At> for String {
    fn from(at: At) -> Self {
        at.to_string()
    }
}

impl TryFrom<String> for At {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let incomplete = || format!("{text} has no date, time and offset");
        let pieces = Pieces::parse(&text).map_err(|cause| cause.to_string())?;
        let time = pieces.time().ok_or_else(incomplete)?;
        let offset = pieces.to_numeric_offset().ok_or_else(incomplete)?;
        let timestamp = offset
            .to_timestamp(DateTime::from_parts(pieces.date(), time))
            .map_err(|cause| cause.to_string())?;
        Ok(Self::new(timestamp, offset))
    }
}

/// The version of the form of every line: 1. A line of any other is not read.
///
/// A new field that may be missing needs no new version; a new meaning does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Form;

impl Form {
    /// The number that stands in the line.
    pub const NUMBER: u32 = 1;
}

impl From<Form> for u32 {
    fn from(_: Form) -> Self {
        Form::NUMBER
    }
}

impl TryFrom<u32> for Form {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        if number == Self::NUMBER {
            Ok(Self)
        } else {
            Err(format!("form {number} is not known"))
        }
    }
}

/// One line of the journal. No answer to a screening question is in any of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Entry {
    /// A session was begun.
    Start(Start),
    /// It was picked up again after it had been cut off: the same session, not another.
    PickedUp(PickedUp),
    End(End),
    /// She was asked about pain: written as soon as the answer stands, in a begun session and outside one.
    Hurt(HurtAnswer),
    /// The clock was read, because it was found behind: see [`Verdict::note_clock`].
    Clock(ClockSeen),
    /// What the rules still need of a journal that she had deleted.
    Kept(Kept),
}

impl Entry {
    /// When it was written.
    pub(crate) fn at(&self) -> At {
        match self {
            Self::Start(start) => start.at,
            Self::PickedUp(picked) => picked.at,
            Self::End(end) => end.at,
            Self::Hurt(answer) => answer.at,
            Self::Clock(seen) => seen.at,
            Self::Kept(kept) => kept.at,
        }
    }
}

/// A session was begun: with movement, the first cue of the warm-up; in rest, the first movement.
///
/// A start with movement is written only after the screening was passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Start {
    /// The version of this form.
    pub v: Form,
    /// By which its end names it: [`History::next_id`].
    pub id: u64,
    pub at: At,
    /// The routine's name or file.
    pub routine: String,
    /// Whether it moves her, or is breathing and rest only.
    pub movement: bool,
    pub posture: Posture,
    pub pace: Pace,
    /// The version of the spoken text with which the screening was passed.
    pub text_version: u32,
    /// The version of the program.
    pub program: String,
}

/// A session was picked up again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PickedUp {
    /// The version of this form.
    pub v: Form,
    pub id: u64,
    pub at: At,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    /// The version of this form.
    pub v: Form,
    pub id: u64,
    pub at: At,
    pub how: How,
    /// What she said to the pain question.
    pub hurt: Hurt,
    /// The movement she was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How much of the routine lies before the place where it ended.
    pub active_seconds: u64,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum How {
    /// Said to its end, or to where her answer to a question of the routine ended it.
    Done,
    Stopped,
    /// Paused for so long that it ended by itself.
    LeftAlone,
    /// Ctrl-C or another signal, or the computer went to sleep in the middle of it.
    Interrupted,
    VoiceLost,
    DeviceLost,
}

/// A place in a routine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The movement's number: 0 is the first of the warm-up.
    pub movement: usize,
    pub title: String,
}

/// Where a session was left: what the journal does not know of one that was killed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    /// The version of this form.
    pub v: Form,
    pub id: u64,
    /// When she was there last.
    pub at: At,
    pub place: Place,
}

/// An answer about pain, in a begun session or outside one; [`Hurt::NotAsked`] says that it is still to be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HurtAnswer {
    /// The version of this form.
    pub v: Form,
    pub at: At,
    pub hurt: Hurt,
}

/// A reading of the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClockSeen {
    /// The version of this form.
    pub v: Form,
    pub at: At,
}

/// A bare fact: no routine, nothing about her.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The version of this form.
    pub v: Form,
    pub at: At,
    pub fact: Fact,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fact {
    /// A session with movement was begun.
    Begun,
    Locked,
    /// There was a line that could not be read.
    Unreadable,
    /// The pain question is still to be asked.
    Owed,
}

/// A line of the file, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// It could be read.
    Entry(Entry),
    /// It could not, and stays where it is.
    Unreadable(Unreadable),
}

/// A line that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Its number in the file, from 1.
    pub line: usize,
    pub reason: Reason,
}

/// Why a line could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reason {
    /// It is torn or damaged.
    Damaged,
    /// It is of a kind or a form that this version does not know.
    Newer,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Damaged => "it is torn or damaged",
            Self::Newer => "a newer softback wrote it",
        })
    }
}

/// What may happen now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Verdict {
    /// Whether a session with movement may start. Rest always may.
    pub movement: Movement,
    /// No screening was passed with this version of the text: the nine questions are asked one by one.
    pub first: bool,
    /// How the last session ended for her is not known: GS.6 is asked before anything but the sound check.
    pub ask_hurt: bool,
    /// Append [`Entry::Clock`] now, also (and above all) when the start is refused.
    ///
    /// Without it, a clock that was ahead when something was written would keep the movements
    /// closed until it gets there again.
    pub note_clock: bool,
}

/// Whether a session with movement may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Movement {
    Open,
    Closed(Closed),
}

/// Why not, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    /// Why. What is said of it is true: the two doubtful reasons stand only where no other does.
    pub why: Refusal,
    /// When it opens, as this clock goes and in this zone.
    pub opens: At,
}

/// Everything that is known of earlier sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    records: Vec<Record>,
    modified: Option<Timestamp>,
}

/// What can close the movements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Begun,
    Locked,
    Unreadable,
}

/// One thing that can close them, with both of its dates.
#[derive(Clone, Copy, Debug)]
struct Mark {
    what: What,
    read: At,
    /// The latest time written up to it.
    latest: At,
    /// The clock has gone back since.
    before_run: bool,
    /// Nothing after it says when it was there.
    undated: bool,
    /// A reading of the clock now would say it.
    datable: bool,
}

/// How the clock has gone.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Since when it has not gone back.
    since: At,
    /// The first record from then on.
    begins: usize,
    /// The latest that it ever showed.
    latest: Timestamp,
}

impl Run {
    /// The clock is behind what it once showed, and has run for so long that this was an error.
    fn trusted(self, now: At) -> bool {
        now.timestamp < self.latest && now.since(self.since) >= TRUST
    }
}

impl Mark {
    fn new(what: What, read: At) -> Self {
        Self {
            what,
            read,
            latest: read,
            before_run: false,
            undated: false,
            datable: false,
        }
    }

    /// A line that was there at this time at the latest, after one of `previous`.
    fn unreadable(there: Option<At>, previous: Option<Timestamp>, now: At) -> Self {
        let undated = there.is_none();
        Self {
            undated,
            datable: undated && previous.is_none_or(|previous| previous <= now.timestamp),
            ..Self::new(What::Unreadable, there.unwrap_or(now))
        }
    }

    /// Its date, unless it is to be left aside.
    fn date(&self, now: At, run: Run) -> Option<At> {
        if !run.trusted(now) {
            return Some(self.latest);
        }
        let wrong = self.before_run && (self.undated || self.read.timestamp > now.timestamp);
        (!wrong).then_some(self.read)
    }

    fn holds(&self, now: At, run: Run) -> bool {
        self.date(now, run)
            .is_some_and(|date| in_force(self.what, date, now))
    }

    /// It is in force by its own date, and this is not in the future: what is said of it is true.
    fn surely_holds(&self, now: At) -> bool {
        self.what != What::Unreadable
            && self.read.timestamp <= now.timestamp
            && in_force(self.what, self.read, now)
    }
}

fn in_force(what: What, date: At, now: At) -> bool {
    match what {
        What::Begun => same_day(date, now) || now.since(date) < WAIT,
        What::Locked => same_day(date, now),
        What::Unreadable => same_day(date, now) || now.since(date) < UNREADABLE_WAIT,
    }
}

/// The day of `date` is not over, by the dates as she saw them, where it was, or where she is now.
fn same_day(date: At, now: At) -> bool {
    now.day() <= date.day()
        || now.where_was(date).day() <= date.day()
        || now.day() <= date.where_was(now).day()
}

/// The three rules, over things that are in force.
fn rule(held: &[(What, At)], now: At) -> Option<Refusal> {
    let begun = || held.iter().filter(|(what, _)| *what == What::Begun);
    if held.iter().any(|(what, _)| *what == What::Locked) {
        return Some(Refusal::Locked);
    }
    if begun().filter(|(_, date)| same_day(*date, now)).count() >= SESSIONS_A_DAY {
        return Some(Refusal::TwoToday);
    }
    begun()
        .any(|(_, date)| now.since(*date) < WAIT)
        .then_some(Refusal::TooSoon)
}

/// Why the movements are closed at `now`: the surest reason first.
fn closed(marks: &[Mark], run: Run, now: At) -> Option<Refusal> {
    let held: Vec<&Mark> = marks.iter().filter(|mark| mark.holds(now, run)).collect();
    let sure: Vec<_> = held
        .iter()
        .filter(|mark| mark.surely_holds(now))
        .map(|mark| (mark.what, mark.read))
        .collect();
    let all: Vec<_> = held
        .iter()
        .filter_map(|mark| Some((mark.what, mark.date(now, run)?)))
        .collect();
    let unreadable = all.iter().any(|(what, _)| *what == What::Unreadable);
    rule(&sure, now)
        .or_else(|| unreadable.then_some(Refusal::Unreadable))
        .or_else(|| rule(&all, now).map(|_| Refusal::ClockBehind))
}

/// The first moment at which nothing closes them: one of the few at which something ends.
fn opens(marks: &[Mark], run: Run, now: At) -> At {
    let mut moments: Vec<At> = marks
        .iter()
        .flat_map(|mark| [mark.read, mark.latest])
        .flat_map(|date| ends(date, now))
        .chain([run.since.after(TRUST)])
        .map(|moment| moment.where_was(now))
        .filter(|moment| moment.timestamp >= now.timestamp)
        .collect();
    moments.sort_by_key(|moment| moment.timestamp);
    moments.dedup();
    moments
        .into_iter()
        .find(|moment| closed(marks, run, *moment).is_none())
        // None only at the end of the calendar, in 9999.
        .unwrap_or_else(|| now.after(SignedDuration::MAX))
}

/// When something of this date can end.
fn ends(date: At, now: At) -> [At; 5] {
    [
        date.after(WAIT),
        date.after(UNREADABLE_WAIT),
        date.next_day(),
        date.where_was(now).next_day(),
        day_after(date.day(), now),
    ]
}

/// When the day after `day` begins where `here` was.
fn day_after(day: Date, here: At) -> At {
    let noon = DateTime::from_parts(day, Time::constant(12, 0, 0, 0));
    At {
        timestamp: here.offset.to_timestamp(noon).unwrap_or(Timestamp::MAX),
        offset: here.offset,
    }
    .next_day()
}

impl History {
    /// What a journal holds, and when its file was last written to, if that is known.
    pub(crate) fn new(records: Vec<Record>, modified: Option<Timestamp>) -> Self {
        Self { records, modified }
    }

    /// Every line, in the order of the file.
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    /// What can be read, in the order of the file.
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.records.iter().filter_map(|record| match record {
            Record::Entry(entry) => Some(entry),
            Record::Unreadable(_) => None,
        })
    }

    /// What may happen `now`, with this version of the spoken text.
    pub(crate) fn verdict(&self, now: At, text_version: u32) -> Verdict {
        Verdict {
            movement: self.movement(now),
            first: self.screened_with() != Some(text_version),
            ask_hurt: self.owed(),
            note_clock: self.note_clock(now),
        }
    }

    /// The last session begun, if it may be picked up again `now`, from where it was [`Left`]: it was cut off
    /// or stopped, a short while ago, the text is still the same, and nothing says or may say that something hurt.
    pub(crate) fn pick_up(&self, left: &Left, now: At, text_version: u32) -> Option<&Start> {
        let start = self.starts().next_back()?;
        let recent = |at: At, most| (SignedDuration::ZERO..=most).contains(&now.since(at));
        let counts = matches!(
            self.movement(now),
            Movement::Closed(Closed {
                why: Refusal::TwoToday | Refusal::TooSoon,
                ..
            })
        );
        let fits = start.movement
            && start.id == left.id
            && start.text_version == text_version
            && recent(start.at, LONGEST_SESSION)
            && recent(left.at, PICK_UP);
        let well = self.since(start).iter().all(|record| match record {
            Record::Unreadable(_) => false,
            Record::Entry(Entry::End(end)) => end.how != How::Done && may_be_well(end.hurt),
            Record::Entry(Entry::Hurt(answer)) => may_be_well(answer.hurt),
            Record::Entry(_) => true,
        });
        (counts && fits && well).then_some(start)
    }

    /// Every line from the beginning of a session on.
    fn since(&self, start: &Start) -> &[Record] {
        let begins = |record: &Record| matches!(record, Record::Entry(Entry::Start(begun)) if begun == start);
        let begins = self.records.iter().rposition(begins);
        &self.records[begins.unwrap_or(self.records.len())..]
    }

    /// The last end of a session, if one was written.
    pub(crate) fn end_of(&self, start: &Start) -> Option<&End> {
        self.entries().rev().find_map(|entry| match entry {
            Entry::End(end) if end.id == start.id => Some(end),
            _ => None,
        })
    }

    /// A number that no session has had.
    pub(crate) fn next_id(&self) -> u64 {
        let ids = self.entries().filter_map(|entry| match entry {
            Entry::Start(start) => Some(start.id),
            Entry::End(end) => Some(end.id),
            Entry::PickedUp(_) | Entry::Hurt(_) | Entry::Clock(_) | Entry::Kept(_) => None,
        });
        ids.max().map_or(1, |last| last.saturating_add(1))
    }

    /// What must stay when she has the journal deleted: what is in force, and nothing else of it.
    ///
    /// Else a lock could be opened by forgetting it. It is dated as it was, both ways.
    pub(crate) fn kept(&self, now: At) -> Vec<Entry> {
        let run = self.run(now);
        let seen = |at| Entry::Clock(ClockSeen { v: Form, at });
        let kept = |at, fact| Entry::Kept(Kept { v: Form, at, fact });
        let mut left = Vec::new();
        let mut latest = Timestamp::MIN;
        // So that a clock on the way to being trusted need not begin anew.
        let mut since = (now.timestamp < run.latest && !run.trusted(now)).then(|| seen(run.since));
        for mark in self.marks(now, run) {
            let Some(date) = mark.date(now, run).filter(|_| mark.holds(now, run)) else {
                continue;
            };
            // The clock had been ahead of it.
            if date.timestamp > latest.max(mark.read.timestamp) {
                left.push(seen(date));
            }
            if !mark.before_run {
                left.extend(since.take());
            }
            latest = latest.max(date.timestamp);
            left.push(kept(mark.read, mark.what.into()));
        }
        left.extend(since);
        if self.owed() {
            left.push(kept(now, Fact::Owed));
        }
        left
    }

    fn movement(&self, now: At) -> Movement {
        let run = self.run(now);
        let marks = self.marks(now, run);
        closed(&marks, run, now).map_or(Movement::Open, |why| {
            Movement::Closed(Closed {
                why,
                opens: opens(&marks, run, now),
            })
        })
    }

    fn starts(&self) -> impl DoubleEndedIterator<Item = &Start> {
        self.entries().filter_map(|entry| match entry {
            Entry::Start(start) => Some(start),
            _ => None,
        })
    }

    /// The version of the text with which the screening was last passed.
    fn screened_with(&self) -> Option<u32> {
        self.starts()
            .rfind(|start| start.movement)
            .map(|start| start.text_version)
    }

    /// Whether the pain question is to be asked: by the last line that has to do with it.
    fn owed(&self) -> bool {
        let last = self.records.iter().rev().find_map(|record| match record {
            // It may have been a start, or the answer.
            Record::Unreadable(_) => Some(true),
            Record::Entry(entry) => owed_after(entry),
        });
        last.unwrap_or(false)
    }

    /// How the clock has gone, up to `now`.
    fn run(&self, now: At) -> Run {
        let (mut since, mut begins) = (now, self.records.len());
        for (index, record) in self.records.iter().enumerate().rev() {
            let Record::Entry(entry) = record else {
                continue;
            };
            if entry.at().timestamp > since.timestamp {
                break;
            }
            (since, begins) = (entry.at(), index);
        }
        let latest = self.entries().map(|entry| entry.at().timestamp).max();
        Run {
            since,
            begins,
            latest: latest.map_or(now.timestamp, |latest| latest.max(now.timestamp)),
        }
    }

    /// Everything that can close the movements, in the order of the file.
    fn marks(&self, now: At, run: Run) -> Vec<Mark> {
        let mut marks = Vec::new();
        let mut previous: Option<Timestamp> = None;
        let mut latest: Option<Timestamp> = None;
        // The same for all unreadable lines between two that can be read.
        let mut there: Option<Option<At>> = None;
        for (index, record) in self.records.iter().enumerate() {
            let mut mark = match record {
                Record::Unreadable(_) => {
                    let there = *there.get_or_insert_with(|| self.surely_there(index, previous));
                    Mark::unreadable(there, previous, now)
                }
                Record::Entry(entry) => {
                    let read = entry.at();
                    there = None;
                    previous = Some(read.timestamp);
                    latest = latest.max(previous);
                    let Some(what) = what_of(entry) else {
                        continue;
                    };
                    Mark::new(what, read)
                }
            };
            mark.latest.timestamp = latest.map_or(mark.read.timestamp, |latest| {
                latest.max(mark.read.timestamp)
            });
            mark.before_run = index < run.begins;
            marks.push(mark);
        }
        marks
    }

    /// A time at which the unreadable line at `index` was there already: the first later one that
    /// does not show a clock set back meanwhile; else when the file was last written to.
    fn surely_there(&self, index: usize, previous: Option<Timestamp>) -> Option<At> {
        let sound = |at: &At| previous.is_none_or(|previous| at.timestamp >= previous);
        let later = self.records[index..]
            .iter()
            .filter_map(|record| match record {
                Record::Entry(entry) => Some(entry.at()),
                Record::Unreadable(_) => None,
            });
        later
            .chain(self.modified.map(|modified| At::new(modified, Offset::UTC)))
            .find(sound)
    }

    /// The clock has gone back since the last line, or an unreadable one needs a date after it.
    fn note_clock(&self, now: At) -> bool {
        let last = self.entries().next_back().map(|entry| entry.at().timestamp);
        let torn = matches!(self.records.last(), Some(Record::Unreadable(_)));
        let written = self.modified.filter(|_| torn);
        let behind = last.max(written).is_some_and(|last| now.timestamp < last);
        let marks = self.marks(now, self.run(now));
        behind || marks.iter().any(|mark| mark.datable)
    }
}

impl From<What> for Fact {
    fn from(what: What) -> Self {
        match what {
            What::Begun => Self::Begun,
            What::Locked => Self::Locked,
            What::Unreadable => Self::Unreadable,
        }
    }
}

/// What an entry can close.
fn what_of(entry: &Entry) -> Option<What> {
    let locked = |hurt| match hurt {
        Hurt::Yes => Some(What::Locked),
        Hurt::No | Hurt::Unanswered | Hurt::NotAsked => None,
    };
    match entry {
        Entry::Start(start) => start.movement.then_some(What::Begun),
        Entry::End(end) => locked(end.hurt),
        Entry::Hurt(answer) => locked(answer.hurt),
        Entry::PickedUp(_) | Entry::Clock(_) => None,
        Entry::Kept(kept) => match kept.fact {
            Fact::Begun => Some(What::Begun),
            Fact::Locked => Some(What::Locked),
            Fact::Unreadable => Some(What::Unreadable),
            Fact::Owed => None,
        },
    }
}

/// Whether the pain question is to be asked if this entry is the last; nothing if it says nothing of it.
fn owed_after(entry: &Entry) -> Option<bool> {
    match entry {
        // No end: a crash, a kill, a power cut.
        Entry::Start(_) | Entry::PickedUp(_) => Some(true),
        Entry::End(end) => Some(end.hurt == Hurt::NotAsked && leaves_it_open(end.how)),
        Entry::Hurt(answer) => Some(answer.hurt == Hurt::NotAsked),
        Entry::Clock(_) => None,
        Entry::Kept(kept) => match kept.fact {
            Fact::Owed => Some(true),
            Fact::Begun | Fact::Locked | Fact::Unreadable => None,
        },
    }
}

/// Whether she has not said that something hurt, nor kept silent when she was asked.
const fn may_be_well(hurt: Hurt) -> bool {
    matches!(hurt, Hurt::No | Hurt::NotAsked)
}

/// Whether something may have hurt when it ended in this way.
fn leaves_it_open(how: How) -> bool {
    match how {
        // She heard the end, or had rested for ten minutes.
        How::Done | How::LeftAlone => false,
        How::Stopped | How::Interrupted | How::VoiceLost | How::DeviceLost => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            v: Form,
            id,
            at,
            routine: "upper-back".into(),
            movement,
            posture: Posture::Seated,
            pace: Pace::Standard,
            text_version: 1,
            program: "0.1.0".into(),
        })
    }

    fn end(id: u64, at: At, how: How, hurt: Hurt) -> Entry {
        Entry::End(End {
            v: Form,
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
        Record::Unreadable(Unreadable {
            line: 1,
            reason: Reason::Damaged,
        })
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
        let expected = why.map_or(Movement::Open, |why| {
            Movement::Closed(Closed { why, opens })
        });
        assert_eq!(history.verdict(now, 1).movement, expected);
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
        assert_eq!(At::try_from(moment.to_string()), Ok(moment));
        assert_eq!(moment.day().to_string(), "2026-11-23");
        assert_eq!(
            At::try_from("2026-11-23T15:00:12Z".to_owned()),
            Ok(here(15 * HOUR + 12))
        );
        for text in ["", "2026-11-23", "2026-11-23T15:00", "2026-13-23T15:00Z"] {
            assert!(At::try_from(text.to_owned()).is_err(), "{text}");
        }
        let odd = Offset::from_seconds(3723).unwrap();
        let whole = At::new(Timestamp::from_millisecond(1500).unwrap(), odd);
        assert_eq!(At::try_from(whole.to_string()), Ok(whole));
        for end in [Timestamp::MIN, Timestamp::MAX] {
            for offset in [Offset::MIN, Offset::MAX] {
                let _ = At::new(end, offset).next_day();
                let _ = day_after(At::new(end, offset).day(), here(0));
            }
        }
    }

    #[test]
    fn the_first_session_may_start_and_asks_one_by_one() {
        let empty = History::default();
        check(&empty, here(0), None, here(0));
        let verdict = empty.verdict(here(0), 1);
        assert!(verdict.first && !verdict.ask_hurt && !verdict.note_clock);
        assert_eq!(empty.next_id(), 1);
    }

    #[test]
    fn four_hours_apart_to_the_second() {
        let one = history(session(1, here(8 * HOUR)));
        check_wait(&one, here(8 * HOUR), 4 * HOUR, here(12 * HOUR));
        check_wait(&one, here(12 * HOUR - 1), 1, here(12 * HOUR));
        check(&one, here(12 * HOUR), None, here(0));
        assert!(!one.verdict(here(12 * HOUR), 1).first);
        assert!(one.verdict(here(12 * HOUR), 2).first);
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
        assert!(rest.verdict(here(0), 1).first, "rest passes no screening");
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
            let answer = HurtAnswer {
                v: Form,
                at: here(HOUR),
                hurt,
            };
            check(&history([Entry::Hurt(answer)]), here(HOUR), why, here(DAY));
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
        assert!(two.verdict(back, 1).note_clock);
        assert!(!two.verdict(here(14 * HOUR), 1).note_clock);
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
        let seen = Entry::Clock(ClockSeen {
            v: Form,
            at: here(HOUR),
        });
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
        let seen = Entry::Clock(ClockSeen {
            v: Form,
            at: here(-9 * 365 * DAY),
        });
        let lines = session(1, here(8 * HOUR)).into_iter().chain([seen]);
        check_wait(&history(lines), here(9 * HOUR), 3 * HOUR, here(12 * HOUR));
    }

    #[test]
    fn another_zone_opens_nothing() {
        let answer = |at| {
            Entry::Hurt(HurtAnswer {
                v: Form,
                at,
                hurt: Hurt::Yes,
            })
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
        assert!(torn.verdict(here(DAY + 8 * HOUR), 1).ask_hurt);
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
        assert!(undated.verdict(here(0), 1).note_clock);
        let seen = Record::Entry(Entry::Clock(ClockSeen {
            v: Form,
            at: here(0),
        }));
        let dated = History::new(vec![broken(), seen], None);
        assert!(!dated.verdict(here(HOUR), 1).note_clock);
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
                .verdict(here(99), 1)
                .ask_hurt
        };
        assert!(
            history([start(1, here(0), true)])
                .verdict(here(99), 1)
                .ask_hurt
        );
        assert!(
            history([start(1, here(0), false)])
                .verdict(here(99), 1)
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
        let answer = |hurt| {
            Entry::Hurt(HurtAnswer {
                v: Form,
                at: here(80),
                hurt,
            })
        };
        let asked = |hurt| {
            history([start(1, here(0), true), answer(hurt)])
                .verdict(here(99), 1)
                .ask_hurt
        };
        assert!(!asked(Hurt::No) && !asked(Hurt::Unanswered) && asked(Hurt::NotAsked));
    }

    const MINUTE: i64 = 60;

    /// Whether a session begun at midnight, left after ten minutes and followed by `lines` may be picked up.
    fn can_be_picked_up(lines: &[Entry], now: At) -> bool {
        let left = Left {
            v: Form,
            id: 1,
            at: here(10 * MINUTE),
            place: Place {
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
            let answer = HurtAnswer {
                v: Form,
                at: here(15 * MINUTE),
                hurt,
            };
            can_be_picked_up(&[Entry::Hurt(answer)], soon)
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
            v: Form,
            id: 1,
            at,
            place: Place {
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
        let picked = Entry::PickedUp(PickedUp {
            v: Form,
            id: 1,
            at: here(15 * MINUTE),
        });
        let stopped = end(1, here(10 * MINUTE), How::Stopped, Hurt::No);
        let lines = [start(1, here(0), true), stopped, picked];
        let running = history(lines.clone());
        assert!(running.verdict(here(20 * MINUTE), 1).ask_hurt);
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
        assert!(!over.verdict(here(30 * MINUTE), 1).ask_hurt);
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
                before.verdict(here(hour * HOUR), 1),
                after.verdict(here(hour * HOUR), 1),
            );
            assert_eq!(
                (old.movement, old.ask_hurt),
                (new.movement, new.ask_hurt),
                "{hour}"
            );
            assert!(new.first);
        }
        assert!(history(session(1, here(0))).kept(here(DAY)).is_empty());
    }
}
