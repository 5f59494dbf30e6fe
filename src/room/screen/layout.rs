//! What stands where: rows for a window of any size, the least needed given up first.
//!
//! By hand, for the crates that lay out a terminal (ratatui, taffy) share out its rows by size: none gives up the
//! row that is needed least.

use std::sync::Arc;

use super::row::{Look, Row, cut};
use super::{NOTICE, OVER, one_row, told};
use crate::base::{BreathPhase, Frames, Pace};
use crate::session::keys::Phase::{self, Asking, Closing, Paused, Playing, Ready};
use crate::session::view::{BreathView, PartView, View};

/// A row, and how soon it is given up when the window is too low: 0 is never.
type Ranked = (u8, Row);

const GAP: u8 = 7;
const BAR: u8 = 6;
const TITLE: u8 = 5;
const TIMES: u8 = 4;
const LEADING: u8 = 3;
const KEYS: u8 = 2;
const WORDS: u8 = 1;
const NEEDED: u8 = 0;

/// Shown instead of a place until the routine begins.
const BEFORE: &str = "Before we begin";

/// No text is wider, or the eye loses the next line.
const WIDEST: usize = 72;
/// The sentence is narrower still, with room around it.
const SENTENCE_WIDEST: usize = 56;
/// Rows that a sentence is given, so that it begins on the same one whatever its length.
const SENTENCE_ROWS: usize = 3;
/// Rows kept for the keys, so that nothing above moves when they change.
const KEY_ROWS: usize = 2;

fn blank() -> Ranked {
    (GAP, Row::default())
}

/// Exactly `rows` rows, none wider than `columns`.
pub(super) fn layout(view: &View, columns: usize, rows: usize) -> Vec<Row> {
    let width = columns.saturating_sub(4).min(WIDEST).max(columns.min(20));
    let parts = [top(view, width), sentence(view, width), bottom(view, width)];
    let [above, middle, below] = make_room(rows, parts);
    let around = rows.saturating_sub(above.len() + below.len());
    let free = around.saturating_sub(middle.len());
    let before = free.min(around.saturating_sub(SENTENCE_ROWS) / 2);
    let gap = |count| (0..count).map(|_| blank());

    above
        .into_iter()
        .chain(gap(before))
        .chain(middle)
        .chain(gap(free - before))
        .chain(below)
        .take(rows)
        .map(|(_, row)| row.indented((columns - width) / 2).cut(columns))
        .collect()
}

/// Gives up rows until they fit, the least needed and lowest first.
fn make_room(rows: usize, mut parts: [Vec<Ranked>; 3]) -> [Vec<Ranked>; 3] {
    while parts.iter().map(Vec::len).sum::<usize>() > rows {
        let ranked = parts.iter().enumerate().flat_map(|(part, rows)| {
            let ranks = rows.iter().enumerate();
            ranks.map(move |(row, (rank, _))| (*rank, part, row))
        });
        match ranked.max() {
            None | Some((NEEDED, ..)) => break,
            Some((_, part, row)) => parts[part].remove(row),
        };
    }
    parts
}

fn top(view: &View, width: usize) -> Vec<Ranked> {
    let title = |text: &str, look| match one_row(text) {
        text if text.is_empty() => blank(),
        text => (TITLE, Row::new(look, cut(&text, width))),
    };
    let (first, second) = titles(view);
    let mut rows = notice(width);
    let (first, second) = (title(&first, Look::Strong), title(&second, Look::Plain));
    rows.extend([blank(), first, second]);
    rows
}

/// A plate. In a low window only its first sentence stays.
fn notice(width: usize) -> Vec<Ranked> {
    let mut left = NOTICE.find('.').map_or(0, |end| end + 1);
    let rank = |line: &str| {
        let rank = if left > 0 { NEEDED } else { TITLE };
        left = left.saturating_sub(line.len() + 1);
        (rank, plate(line))
    };
    // Two columns less: a space on either side makes it a plate.
    let lines = textwrap::wrap(NOTICE, width.saturating_sub(2).max(1));
    lines.iter().map(|line| &**line).map(rank).collect()
}

fn plate(text: &str) -> Row {
    Row::new(Look::Reversed, format!(" {text} "))
}

/// Where she is, in two steps.
fn titles(view: &View) -> (Arc<str>, Arc<str>) {
    match view.part {
        PartView::Before { question } => {
            let question = question.map(|(number, of)| format!("Question {number} of {of}").into());
            let place = question.unwrap_or_else(|| view.section.clone());
            (BEFORE.into(), place)
        }
        _ => (view.section.clone(), view.movement.clone()),
    }
}

/// The sentence, below what leads to it; and why it cannot be heard.
fn sentence(view: &View, width: usize) -> Vec<Ranked> {
    let wrapped = |text: &str, look, ranks: [u8; 2]| {
        let text = one_row(text);
        let lines = textwrap::wrap(&text, width.clamp(1, SENTENCE_WIDEST));
        let lines = lines.into_iter().filter(|line| !line.is_empty());
        let row = |(number, line): (usize, _)| (ranks[number.min(1)], Row::new(look, line));
        lines.enumerate().map(row).collect::<Vec<_>>()
    };
    let mut rows = wrapped(&view.leading, Look::Plain, [LEADING; 2]);
    rows.extend(wrapped(&view.sentence, Look::Strong, [NEEDED, WORDS]));
    if let Some(why) = view.unheard {
        rows.push(blank());
        rows.extend(wrapped(&told(why), Look::Plain, [WORDS; 2]));
    }
    rows
}

fn bottom(view: &View, width: usize) -> Vec<Ranked> {
    let mut rows: Vec<Ranked> = now(view, width).into();
    rows.push(blank());
    // Elsewhere nobody knows how long it takes.
    rows.extend(match view.part {
        PartView::Routine => [
            (BAR, progress(view.elapsed, view.left, width)),
            (TIMES, times(view, width)),
        ],
        _ => [blank(), blank()],
    });
    rows.push(blank());
    let all = rows.len() + KEY_ROWS;
    let keys = key_rows(view.phase, width).into_iter();
    rows.extend(keys.map(|row| (KEYS, row)));
    rows.resize(all, blank());
    rows
}

/// What is to be done now, besides the sentence: nothing, to breathe, to answer, to rest.
fn now(view: &View, width: usize) -> [Ranked; 2] {
    match (state(view), view.breath) {
        (Some(state), _) => [(NEEDED, plate(state)), blank()],
        (None, Some(breath)) => {
            let bar = breath_bar(breath, width.min(SENTENCE_WIDEST));
            [(NEEDED, breath_row(breath)), (WORDS, bar)]
        }
        (None, None) => [blank(), blank()],
    }
}

/// What the ear knows from a silence, a tone or a chime.
const fn state(view: &View) -> Option<&'static str> {
    match (view.phase, view.part) {
        (Paused, _) => Some("Paused"),
        _ if view.waits => Some("Your turn"),
        (_, PartView::Over) => Some(OVER),
        _ => None,
    }
}

fn breath_row(breath: BreathView) -> Row {
    let word = match breath.phase {
        BreathPhase::In => "Breathe in",
        BreathPhase::Out => "Breathe out",
    };
    let place = match (breath.repetition, breath.of) {
        (last, of) if last == of => format!("   {last} of {of}, the last one"),
        (one, of) => format!("   {one} of {of}"),
    };
    Row::new(Look::Strong, word).and(Look::Plain, place)
}

/// It fills while she breathes in, and empties while she breathes out.
fn breath_bar(breath: BreathView, width: usize) -> Row {
    let gone = share(breath.gone, breath.length, width);
    let full = match breath.phase {
        BreathPhase::In => gone,
        BreathPhase::Out => width - gone,
    };
    Row::new(Look::Plain, "█".repeat(full) + &"░".repeat(width - full))
}

/// How far the routine has come: in other signs, so that nobody takes it for a breath.
fn progress(elapsed: Frames, left: Frames, width: usize) -> Row {
    let gone = share(elapsed, elapsed + left, width);
    Row::new(Look::Accent, "═".repeat(gone)).and(Look::Plain, "─".repeat(width - gone))
}

/// Of `width` columns, those for `part` of `whole`.
fn share(part: Frames, whole: Frames, width: usize) -> usize {
    (u128::from(part.0) * width as u128 / u128::from(whole.0.max(1))) as usize
}

/// Time gone, the pace, time left; in a narrow window without the pace.
fn times(view: &View, width: usize) -> Row {
    let gone = format!("{} gone", minutes(view.elapsed));
    let left = format!("{} left", minutes(view.left));
    let pace = match view.pace {
        Pace::Standard => "standard pace",
        Pace::Slow => "slow pace",
        Pace::VerySlow => "very slow pace",
        Pace::Own => "own pace",
    };
    let free = width.saturating_sub(gone.len() + left.len());
    let middle = match free.checked_sub(pace.len()) {
        Some(around @ 4..) => format!("{0:1$}{pace}{0:2$}", "", around / 2, around - around / 2),
        _ => " ".repeat(free),
    };
    Row::new(Look::Plain, gone + &middle + &left)
}

/// Minutes and seconds, rounded down.
fn minutes(length: Frames) -> String {
    let seconds = length.seconds() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

const ALL: &[Phase] = &[Playing, Paused, Asking, Ready, Closing];
const UNTIL_CLOSING: &[Phase] = &[Playing, Paused, Asking, Ready];
const ON_THE_WAY: &[Phase] = &[Playing, Paused, Ready];

/// The keys worth naming, what they do, and when; the most needed first: what does not fit is left out.
const KEYS_NAMED: [(&str, &str, &[Phase]); 15] = [
    ("Enter", "yes", &[Asking]),
    ("Tab", "no", &[Asking]),
    ("Space", "pause", &[Playing]),
    ("Space", "go on", &[Paused]),
    ("Space", "ready", &[Ready]),
    ("Space", "ask again", &[Asking]),
    ("Backspace", "undo", &[Asking]),
    ("Esc", "stop", UNTIL_CLOSING),
    ("Esc", "end now, in silence", &[Closing]),
    ("?", "keys", ON_THE_WAY),
    ("← →", "movement", &[Playing]),
    ("r", "again", &[Playing, Ready]),
    ("↑ ↓", "volume", ALL),
    ("[ ]", "pace", ON_THE_WAY),
    ("t", "time", ON_THE_WAY),
];

fn key_rows(phase: Phase, width: usize) -> Vec<Row> {
    const BETWEEN: &str = "   ";
    let mut rows: Vec<Row> = Vec::new();
    let now = |(.., phases): &&(_, _, &[Phase])| phases.contains(&phase);
    for &(key, does, _) in KEYS_NAMED.iter().filter(now) {
        let entry = Row::new(Look::Strong, key).and(Look::Plain, format!(" {does}"));
        let fits = |row: &Row| row.width() + BETWEEN.len() + entry.width() <= width;
        match rows.pop_if(|row| fits(row)) {
            Some(row) => rows.push(row.and(Look::Plain, BETWEEN).join(entry)),
            None if rows.len() < KEY_ROWS => rows.push(entry),
            None => break,
        }
    }
    rows
}
