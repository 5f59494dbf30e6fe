//! The journal in words, for her; and as JSON, for her midwife.

use crate::base::hurt::Hurt;
use crate::base::refusal::Refusal;
use crate::journal::at::At;
use crate::journal::entry::{End, Entry, Fact, How, Start, Unreadable};
use crate::journal::history::History;
use crate::journal::rules::Closed;

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
    // Maps with text as keys and numbers that are no floats: nothing in them can fail.
    serde_json::to_string_pretty(&history.records).unwrap_or_default()
}

/// What is said after the journal was deleted, and this is `left` of it.
pub(crate) fn forgotten(left: &History, now: At) -> String {
    let mut said = "The journal is deleted.".to_owned();
    if !left.records.is_empty() {
        said.push_str(
            " What the limits still need of it stays: that and when, nothing else. It stops counting by \
             itself, and deleting again after that removes it.",
        );
    }
    if let Some(closed) = closed(left, now) {
        said = format!("{said}\n{}", sentence(closed, now));
    }
    said
}

fn closed(history: &History, now: At) -> Option<Closed> {
    // The text's version has no part in it.
    history.opening(now, 0).closed
}

/// What is told of each entry; an end is told with its start.
fn happenings(history: &History) -> impl Iterator<Item = (At, String)> {
    history.entries().filter_map(|entry| {
        let words = match entry {
            Entry::Start(start) => session(start, history.end_of(start)),
            Entry::Hurt { hurt, .. } => answered(*hurt)?.to_owned(),
            Entry::Kept { fact, .. } => kept(*fact)?.to_owned(),
            Entry::End(_) | Entry::PickedUp { .. } | Entry::Clock { .. } => return None,
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

fn answered(hurt: Hurt) -> Option<&'static str> {
    match hurt {
        Hurt::Yes => Some("you said that something had hurt or felt wrong"),
        Hurt::No => Some("you said that nothing had hurt"),
        Hurt::Unanswered => Some("whether something had hurt was not answered"),
        Hurt::NotAsked => None,
    }
}

fn kept(fact: Fact) -> Option<&'static str> {
    match fact {
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
    history.unreadable().map(|Unreadable { line, reason }| {
        format!(
            "\nLine {line} cannot be read ({reason}). It is kept as it is, and the other lines are not affected."
        )
    })
}

fn next(history: &History, now: At) -> String {
    closed(history, now).map_or_else(
        || "The movements are open now. Rest (softback play rest) always is.".to_owned(),
        |closed| sentence(closed, now),
    )
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
