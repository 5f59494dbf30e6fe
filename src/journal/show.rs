//! The journal in words, for her; and as JSON, for her midwife.

use jiff::civil::Time;
use strum::EnumMessage;

use crate::base::{Hurt, Refusal};
use crate::journal::entry::{End, Entry, Start};
use crate::journal::{at::At, history::History, rules::Closed};

/// What `softback journal` shows. No streaks and no scores: what was, and what may be next.
pub(crate) fn render(history: &History, now: At) -> String {
    let mut lines = Vec::new();
    let mut day = None;
    for entry in history.entries() {
        let (at, Some(words)) = (entry.at(), told(entry, history)) else {
            continue;
        };
        if day.replace(at.day()) != Some(at.day()) {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(long_date(at));
        }
        lines.push(format!("  {}  {words}", clock(at)));
    }
    if lines.is_empty() {
        lines.push("No session has been begun yet.".to_owned());
    }
    lines.extend(history.unreadable().map(|(line, reason)| {
        format!(
            "\nLine {line} cannot be read ({reason}). It is kept as it is, and the other lines are not affected."
        )
    }));
    let next = closed(history, now).map_or_else(
        || "The movements are open now. Rest (softback play rest) always is.".to_owned(),
        |closed| sentence(closed, now),
    );
    lines.extend([String::new(), next, String::new()]);
    lines.join("\n")
}

/// Every line as one array, with those that cannot be read by number and reason.
pub(crate) fn to_json(history: &History) -> String {
    // Maps with text as keys and numbers that are no floats: nothing in them can fail.
    serde_json::to_string_pretty(&history.records).unwrap_or_default()
}

/// What is said after the journal was deleted, and this is `left` of it.
pub(crate) fn forgotten(left: &History, now: At) -> String {
    let stays = if left.records.is_empty() {
        ""
    } else {
        " What the limits still need of it stays: that and when, nothing else. It stops counting by \
         itself, and deleting again after that removes it."
    };
    let closed = closed(left, now).map(|closed| format!("\n{}", sentence(closed, now)));
    let closed = closed.unwrap_or_default();
    format!("The journal is deleted.{stays}{closed}")
}

fn closed(history: &History, now: At) -> Option<Closed> {
    // The text's version has no part in it.
    history.opening(now, 0).closed
}

/// An entry in words; an end is told with its start.
fn told(entry: &Entry, history: &History) -> Option<String> {
    match entry {
        Entry::Start(start) => Some(session(start, history.end_of(start))),
        Entry::Hurt { hurt, .. } => answered(*hurt).map(str::to_owned),
        Entry::Kept { fact, .. } => fact.get_message().map(str::to_owned),
        Entry::End(_) | Entry::PickedUp { .. } | Entry::AskAll { .. } | Entry::Clock { .. } => None,
    }
}

fn session(start: &Start, end: Option<&End>) -> String {
    let mut what = start.routine.clone();
    if start.movement {
        what = format!("{what}, {}", start.posture);
    }
    let Some(end) = end else {
        return format!("{what}: it broke off, or is still running");
    };
    let (took, hurt) = (minutes(end.active_seconds), hurt(end.hurt));
    format!("{what}, {took}: {}{hurt}", end.how)
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

fn minutes(seconds: u64) -> String {
    match (seconds + 30) / 60 {
        0 => "under a minute".to_owned(),
        1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

fn sentence(closed: Closed, now: At) -> String {
    let because = match closed.why {
        Refusal::Locked => "Something hurt or felt wrong, so the movements stay closed",
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
    let opens = when(closed.opens, now);
    format!("{because}. They are open again {opens}; rest (softback play rest) is open now.")
}

fn when(opens: At, now: At) -> String {
    let day = if opens.day() == now.day() {
        "today".to_owned()
    } else if now.day().tomorrow().ok() == Some(opens.day()) {
        "tomorrow".to_owned()
    } else {
        format!("on {}", long_date(opens))
    };
    if opens.local().time() == Time::midnight() {
        return day;
    }
    format!("{day} at {}", clock(opens))
}

fn long_date(at: At) -> String {
    at.local().strftime("%A, %-d %B %Y").to_string()
}

fn clock(at: At) -> String {
    at.local().strftime("%H:%M").to_string()
}
