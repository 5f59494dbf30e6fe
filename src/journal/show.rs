//! The journal in words, for her; and as JSON, for her midwife.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::base::hurt::Hurt;
use crate::base::refusal::Refusal;
use crate::journal::limit::{
    At, Closed, End, Entry, Fact, History, How, HurtAnswer, Kept, Movement, Record, Start,
    Unreadable,
};

/// What `softback journal` shows. No streaks and no scores: what was, and what may be next.
pub(crate) fn render(history: &History, now: At) -> String {
    let mut lines = Vec::new();
    let mut day = None;
    for (at, words) in happenings(history) {
        if day != Some(at.day()) {
            if day.is_some() {
                lines.push(String::new());
            }
            lines.push(long_date(at));
            day = Some(at.day());
        }
        lines.push(format!("  {}  {words}", clock(at)));
    }
    if lines.is_empty() {
        lines.push("No session has been begun yet.".to_owned());
    }
    lines.extend(unreadable(history));
    lines.extend([String::new(), next(history, now), String::new()]);
    lines.join("\n")
}

/// Every line as one array, with those that cannot be read by number and reason.
pub(crate) fn to_json(history: &History) -> String {
    let lines: Vec<Line<'_>> = history.records().iter().map(Line).collect();
    // Maps with text as keys and numbers that are no floats: nothing in them can fail.
    serde_json::to_string_pretty(&lines).unwrap_or_default()
}

/// A line as shown to others.
struct Line<'a>(&'a Record);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Record::Entry(entry) => entry.serialize(to),
            Record::Unreadable(Unreadable { line, reason }) => {
                let mut shown = to.serialize_struct("Unreadable", 3)?;
                shown.serialize_field("kind", "unreadable")?;
                shown.serialize_field("line", line)?;
                shown.serialize_field("reason", reason)?;
                shown.end()
            }
        }
    }
}

/// What is said after the journal was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Forgotten {
    now: At,
    movement: Movement,
    /// How many bare facts stay.
    pub kept: usize,
}

impl Forgotten {
    pub(super) fn new(left: &History, now: At) -> Self {
        Self {
            now,
            movement: movement(left, now),
            kept: left.records().len(),
        }
    }
}

impl fmt::Display for Forgotten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The journal is deleted.")?;
        if self.kept > 0 {
            f.write_str(
                " What the limits still need of it stays: that and when, nothing else. It stops counting by \
                 itself, and deleting again after that removes it.",
            )?;
        }
        match self.movement {
            Movement::Open => Ok(()),
            Movement::Closed(closed) => write!(f, "\n{}", sentence(closed, self.now)),
        }
    }
}

fn movement(history: &History, now: At) -> Movement {
    // The text's version has no part in it.
    history.verdict(now, 0).movement
}

/// What is told of each entry; an end is told with its start.
fn happenings(history: &History) -> impl Iterator<Item = (At, String)> {
    history.entries().filter_map(|entry| {
        let words = match entry {
            Entry::Start(start) => session(start, history.end_of(start)),
            Entry::Hurt(answer) => answered(answer)?.to_owned(),
            Entry::Kept(kept) => kept_words(kept)?.to_owned(),
            Entry::End(_) | Entry::PickedUp(_) | Entry::Clock(_) => return None,
        };
        Some((entry.at(), words))
    })
}

fn session(start: &Start, end: Option<&End>) -> String {
    let Start {
        routine, posture, ..
    } = start;
    let what = if start.movement {
        format!("{routine}, {posture}")
    } else {
        routine.clone()
    };
    match end {
        None => format!("{what}: it broke off, or is still running"),
        Some(end) => format!(
            "{what}, {}: {}{}",
            minutes(end.active_seconds),
            how(end.how),
            hurt(end.hurt)
        ),
    }
}

fn how(how: How) -> &'static str {
    match how {
        How::Done => "to the end",
        How::Stopped => "you stopped it",
        How::LeftAlone => "it ended by itself after a long pause",
        How::Interrupted => "it was interrupted",
        How::VoiceLost => "the voice failed",
        How::DeviceLost => "the loudspeaker failed",
    }
}

fn hurt(hurt: Hurt) -> &'static str {
    match hurt {
        Hurt::Yes => "; something hurt or felt wrong",
        Hurt::No => "; nothing hurt",
        Hurt::Unanswered => "; whether something hurt was not answered",
        Hurt::NotAsked => "",
    }
}

fn answered(answer: &HurtAnswer) -> Option<&'static str> {
    match answer.hurt {
        Hurt::Yes => Some("you said that something had hurt or felt wrong"),
        Hurt::No => Some("you said that nothing had hurt"),
        Hurt::Unanswered => Some("whether something had hurt was not answered"),
        Hurt::NotAsked => None,
    }
}

fn kept_words(kept: &Kept) -> Option<&'static str> {
    match kept.fact {
        Fact::Begun => Some("a session (its details were deleted)"),
        Fact::Locked => Some("something hurt or felt wrong (the details were deleted)"),
        Fact::Unreadable => Some("a line that could not be read (deleted)"),
        Fact::Owed => None,
    }
}

fn minutes(seconds: u64) -> String {
    match (seconds + 30) / 60 {
        0 => "under a minute".to_owned(),
        1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

fn unreadable(history: &History) -> impl Iterator<Item = String> {
    history.records().iter().filter_map(|record| match record {
        Record::Unreadable(Unreadable { line, reason }) => Some(format!(
            "\nLine {line} cannot be read ({reason}). It is kept as it is, and the other lines are not affected."
        )),
        Record::Entry(_) => None,
    })
}

fn next(history: &History, now: At) -> String {
    match movement(history, now) {
        Movement::Open => {
            "The movements are open now. Rest (softback play rest) always is.".to_owned()
        }
        Movement::Closed(closed) => sentence(closed, now),
    }
}

fn sentence(closed: Closed, now: At) -> String {
    let because = match closed.why {
        Refusal::Locked => "Something hurt or felt wrong today, so the movements stay closed",
        Refusal::TwoToday => "Two sessions were begun today, and that is the most for one day",
        Refusal::TooSoon => "The last session was begun less than four hours ago",
        Refusal::Unreadable => {
            "A line of the journal cannot be read. It may be a session, or that something hurt, so the \
             movements stay closed to be on the safe side"
        }
        Refusal::ClockBehind => {
            "The journal is ahead of this computer's clock. Please check the date and the time: the \
             movements stay closed until then, or until the clock has run on for long enough"
        }
    };
    format!(
        "{because}. They are open again {}; rest (softback play rest) is open now.",
        when(closed.opens, now)
    )
}

fn when(opens: At, now: At) -> String {
    let midnight = opens.local().time() == jiff::civil::Time::midnight();
    let tomorrow = now.day().tomorrow().ok();
    let day = if opens.day() == now.day() {
        "today".to_owned()
    } else if tomorrow == Some(opens.day()) {
        "tomorrow".to_owned()
    } else {
        format!("on {}", long_date(opens))
    };
    if midnight {
        day
    } else {
        format!("{day} at {}", clock(opens))
    }
}

fn long_date(at: At) -> String {
    at.local().strftime("%A, %-d %B %Y").to_string()
}

fn clock(at: At) -> String {
    at.local().strftime("%H:%M").to_string()
}
