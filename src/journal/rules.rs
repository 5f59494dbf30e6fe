//! May a session with movement begin? The house rules on how often, and what is written down for them.
//!
//! The rules are caution, not medicine (P-LIM in scripts/sources.toml: no trial stands behind them, and
//! nothing credits them to a doctor): at most two sessions with movement on one local day, begun at
//! least four hours apart, and once she has said that something hurt none until the next local day, and for eight
//! hours at the least: a yes just before midnight must not open them after it.
//! Rest is never limited.
//!
//! Pure: no clock and no file. What was written and what time it is are arguments.
//!
//! # The clock may be wrong
//!
//! It may be set back, set forward, or moved to another zone, by hand or by itself.
//!
//! - Whatever was written is dated at the *latest* time written up to and including it. So a session
//!   begun while the clock was behind is not older than what came before it.
//! - It is judged by the clock as it is now. What is dated in the future is therefore in force: a
//!   clock set back opens nothing.
//! - A day is over only when it is over both where it was written and where she is now: another
//!   zone opens nothing either.
//! - A clock set forward cannot be told from time that has passed. But one that was far ahead and
//!   was put right must not lock her out for years: once the clock has been seen to run for
//!   [`TRUST`] without going back, what is dated after now is known to be wrong, and is left aside.
//!   So a clock that is found behind is noted ([`Opening::note_clock`](super::history::Opening)).
//!
//! # A line may be unreadable
//!
//! Torn by a power cut, damaged, or written by a newer version: it may have been a session begun,
//! or a "yes, it hurt". It counts as both, until the day is over and [`UNREADABLE_WAIT`] has
//! passed since it was surely there.

use std::collections::BTreeSet;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::base::{Hurt, Refusal};
use crate::journal::entry::{End, Entry, Fact, Record};
use crate::journal::{at::At, clock::ClockRun, clock::TRUST, history::History};

/// Sessions with movement on one local day (article's cap; P-LIM).
pub(crate) const SESSIONS_A_DAY: usize = 2;
/// From the beginning of one session with movement to the beginning of the next (P-LIM).
pub(crate) const WAIT: SignedDuration = SignedDuration::from_hours(4);
/// From "yes, it hurt" to the next session with movement, at the least (a house figure: a night's sleep).
pub(crate) const LOCK: SignedDuration = SignedDuration::from_hours(8);
/// How long all questions count that were passed one by one (a house figure, for a clinician to judge: near the end of a
/// pregnancy she sees her midwife every two to three weeks, so there is news to ask for, and no trimester is missed).
pub(crate) const ALL_ASKED: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long an unreadable line counts, at the least: with less, a clock set back could end its day early.
pub(crate) const UNREADABLE_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Why no session with movement may start, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    /// What is said of it is true: the two doubtful reasons stand only where no other does.
    pub why: Refusal,
    /// When it opens, as this clock goes and in this zone.
    pub opens: At,
}

/// What may happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Opening {
    /// Why no session with movement may start, if none may. Rest always may.
    pub closed: Option<Closed>,
    /// No screening was passed with this version of the text: she is shown the notice.
    pub first: bool,
    /// All questions are asked, one by one; otherwise those of the day are enough.
    pub ask_all: bool,
    /// How the last session ended for her is not known: GS.6 is asked before anything but the sound check.
    pub ask_hurt: bool,
    /// Append [`Entry::Clock`] now, also (and above all) when the start is refused.
    ///
    /// Without it, a clock that was ahead when something was written would keep the movements
    /// closed until it gets there again.
    pub note_clock: bool,
}

impl History {
    /// What may happen `now`, with this version of the spoken text.
    pub(crate) fn opening(&self, now: At, text_version: u32) -> Opening {
        let ledger = Ledger::new(self, now);
        let screened_with = self.last_start().map(|start| start.text_version);
        Opening {
            closed: ledger.closed(now),
            first: screened_with != Some(text_version),
            ask_all: self.asks_all(now, text_version),
            ask_hurt: self.owes_answer(),
            note_clock: self.is_ahead(now) || ledger.needs_date(),
        }
    }
}

impl History {
    /// Whether all questions are due. Only a session that began after all of them were passed, with this text and not
    /// too long ago, leaves those of the day; and only if since then nothing hurt, no answer held her back, every line
    /// can be read, and the clock has not been seen to go back.
    fn asks_all(&self, now: At, text_version: u32) -> bool {
        let Some(since) = self.since_all_were_passed(text_version) else {
            return true;
        };
        let mut times = Vec::new();
        for record in since {
            match record.entry() {
                Some(entry) if !entry.asks_all() => times.push(entry.at()),
                _ => return true,
            }
        }
        let age = times.first().map(|passed| now.since(*passed));
        times.push(now);
        !times.is_sorted_by_key(|at| at.timestamp) || age.is_none_or(|age| age > ALL_ASKED)
    }

    /// The last session that began after all questions were passed with this text, and what came after it.
    fn since_all_were_passed(&self, text_version: u32) -> Option<&[Record]> {
        let passed = |record: &Record| match record.entry() {
            Some(Entry::Start(start)) => {
                start.movement && start.all_asked && start.text_version == text_version
            }
            _ => false,
        };
        let last = self.records.iter().rposition(passed)?;
        Some(&self.records[last..])
    }
}

impl Entry {
    /// Whether all questions are due after it.
    const fn asks_all(&self) -> bool {
        match self {
            Self::End(End { hurt, .. }) | Self::Hurt { hurt, .. } => {
                matches!(hurt, Hurt::Yes | Hurt::Unanswered)
            }
            Self::AskAll { .. } | Self::Kept { .. } => true,
            Self::Start(_) | Self::PickedUp { .. } | Self::Clock { .. } => false,
        }
    }

    /// What it says that can close the movements.
    fn closes(&self) -> Option<Fact> {
        match self {
            Self::Start(start) => start.movement.then_some(Fact::Begun),
            Self::End(End { hurt, .. }) | Self::Hurt { hurt, .. } => {
                (*hurt == Hurt::Yes).then_some(Fact::Locked)
            }
            Self::Kept { fact, .. } => Some(*fact).filter(|fact| *fact != Fact::Owed),
            Self::PickedUp { .. } | Self::AskAll { .. } | Self::Clock { .. } => None,
        }
    }
}

impl Fact {
    /// How long it counts at the least; each counts until its day is over.
    const fn counts_for(self) -> SignedDuration {
        match self {
            Self::Begun => WAIT,
            Self::Unreadable => UNREADABLE_WAIT,
            Self::Locked => LOCK,
            Self::Owed => SignedDuration::ZERO,
        }
    }
}

/// One thing that can close the movements, with both of its dates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub fact: Fact,
    pub read: At,
    /// The latest time written up to it.
    latest: At,
    /// The clock has gone back since.
    pub before_run: bool,
    /// Nothing after it says when it was there.
    undated: bool,
    /// A reading of the clock now would say it.
    datable: bool,
}

impl Mark {
    /// Its date, unless it is to be left aside.
    fn date(&self, now: At, run: ClockRun) -> Option<At> {
        if !run.is_trusted(now) {
            return Some(self.latest);
        }
        let wrong = self.before_run && (self.undated || self.read.timestamp > now.timestamp);
        (!wrong).then_some(self.read)
    }

    /// Its date, if it counts `now`.
    pub(super) fn in_force(&self, now: At, run: ClockRun) -> Option<At> {
        self.date(now, run)
            .filter(|date| same_day(*date, now) || now.since(*date) < self.fact.counts_for())
    }

    /// When it can end.
    fn ends(&self, now: At) -> impl Iterator<Item = At> {
        let wait = self.fact.counts_for();
        [self.read, self.latest].into_iter().flat_map(move |date| {
            [
                date.after(wait),
                date.day_after(date.day()),
                now.day_after(now.at(date.timestamp).day()),
                now.day_after(date.day()),
            ]
        })
    }
}

/// The day of `date` is not over, by the dates as she saw them, where it was, or where she is now.
fn same_day(date: At, now: At) -> bool {
    now.day() <= date.day()
        || date.at(now.timestamp).day() <= date.day()
        || now.day() <= now.at(date.timestamp).day()
}

/// Everything that can close the movements.
#[derive(Debug)]
pub(super) struct Ledger {
    pub run: ClockRun,
    /// In the order of the file.
    pub marks: Vec<Mark>,
}

impl Ledger {
    pub(super) fn new(history: &History, now: At) -> Self {
        let run = ClockRun::new(&history.records, now);
        let mut marks = Vec::new();
        let (mut previous, mut latest) = (Timestamp::MIN, Timestamp::MIN);
        // The same for all unreadable lines between two that can be read.
        let mut there: Option<Option<At>> = None;
        for (index, record) in history.records.iter().enumerate() {
            let (fact, read) = match record {
                Record::Unreadable { .. } => {
                    let there = there.get_or_insert_with(|| surely_there(history, index, previous));
                    (Some(Fact::Unreadable), *there)
                }
                Record::Entry(entry) => {
                    there = None;
                    previous = entry.at().timestamp;
                    latest = latest.max(previous);
                    (entry.closes(), Some(entry.at()))
                }
            };
            let Some(fact) = fact else {
                continue;
            };
            let undated = read.is_none();
            let read = read.unwrap_or(now);
            marks.push(Mark {
                fact,
                read,
                latest: read.at(latest.max(read.timestamp)),
                before_run: index < run.begins,
                undated,
                datable: undated && previous <= now.timestamp,
            });
        }
        Self { run, marks }
    }

    /// Why the movements are closed at `now`, and until when.
    pub(super) fn closed(&self, now: At) -> Option<Closed> {
        let (why, opens) = (self.refusal(now)?, self.opens(now));
        Some(Closed { why, opens })
    }

    /// An unreadable line needs a date, and a reading of the clock now would be one.
    pub(super) fn needs_date(&self) -> bool {
        self.marks.iter().any(|mark| mark.datable)
    }

    /// The surest reason first: by its own date, and not in the future, it is true.
    fn refusal(&self, now: At) -> Option<Refusal> {
        let sure = |mark: &Mark| Some(mark.read).filter(|at| at.timestamp <= now.timestamp);
        let doubtful = |mark: &Mark| mark.in_force(now, self.run);
        let mut marks = self.marks.iter();
        let unreadable = |mark: &Mark| mark.fact == Fact::Unreadable && doubtful(mark).is_some();
        self.rule(now, sure)
            .or_else(|| marks.any(unreadable).then_some(Refusal::Unreadable))
            .or_else(|| self.rule(now, doubtful).and(Some(Refusal::ClockBehind)))
    }

    /// The three rules, over what has a date.
    fn rule(&self, now: At, date: impl Fn(&Mark) -> Option<At>) -> Option<Refusal> {
        let dates = |fact| {
            let marks = self.marks.iter().filter(move |mark| mark.fact == fact);
            marks.filter_map(&date)
        };
        let today = |fact| dates(fact).filter(|date| same_day(*date, now)).count();
        let waits = |fact: Fact| dates(fact).any(|date| now.since(date) < fact.counts_for());
        if today(Fact::Locked) > 0 || waits(Fact::Locked) {
            Some(Refusal::Locked)
        } else if today(Fact::Begun) >= SESSIONS_A_DAY {
            Some(Refusal::TwoToday)
        } else {
            waits(Fact::Begun).then_some(Refusal::TooSoon)
        }
    }

    /// The first moment at which nothing closes them: one of the few at which something ends.
    fn opens(&self, now: At) -> At {
        let ends = self.marks.iter().flat_map(|mark| mark.ends(now));
        let ends = ends.chain([self.run.since.after(TRUST)]);
        let moments: BTreeSet<_> = ends.map(|end| end.timestamp.max(now.timestamp)).collect();
        let mut moments = moments.into_iter().map(|moment| now.at(moment));
        let open = moments.find(|moment| self.refusal(*moment).is_none());
        // None only at the end of the calendar, in 9999.
        open.unwrap_or_else(|| now.at(Timestamp::MAX))
    }
}

/// A time at which the unreadable line at `index` was there already: the first later one that
/// does not show a clock set back meanwhile; else when the file was last written to.
fn surely_there(history: &History, index: usize, previous: Timestamp) -> Option<At> {
    let written = history.modified.map(|time| At::new(time, Offset::UTC));
    let later = history.records[index..].iter().filter_map(Record::entry);
    let mut there = later.map(Entry::at).chain(written);
    there.find(|at| at.timestamp >= previous)
}
