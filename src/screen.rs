//! What is to be seen: little, calm, and never needed. Everything on the screen is also heard.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::mem;

use crossterm::cursor::MoveTo;
use crossterm::queue;
use crossterm::style::{Attribute, Color, Print, SetAttribute, SetForegroundColor};
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use textwrap::core::display_width;

use crate::pace::{BreathPhase, Pace};
use crate::session::keys::Phase;
use crate::session::view::{BreathView, View};
use crate::time::Frames;

/// What everyone must know who sees this program, before anything else.
pub const NOTICE: &str = "Development preview: not for use. No clinician has reviewed the text.";

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A screen of its own, in place.
    Full {
        /// Whether in colours.
        colour: bool,
    },
    /// One line for each sentence.
    Plain,
}

impl Mode {
    /// The mode for standard output and the environment as they are.
    #[must_use]
    pub fn of_stdout() -> Self {
        let terminal = env::var("TERM").unwrap_or_default();
        let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match terminal.as_str() {
            "" | "dumb" => Self::Plain,
            _ if !io::stdout().is_terminal() => Self::Plain,
            _ => Self::Full { colour: !no_colour },
        }
    }

    /// Whether it draws in place, and so needs a screen of its own.
    #[must_use]
    pub const fn draws(self) -> bool {
        matches!(self, Self::Full { .. })
    }
}

/// Draws [`View`]s, and remembers what stands there already.
#[derive(Debug)]
pub struct Screen {
    mode: Mode,
    size: Option<(u16, u16)>,
    rows: Vec<Row>,
    notice_shown: bool,
    sentences_shown: u64,
}

impl Screen {
    /// A screen on which nothing stands yet.
    #[must_use]
    pub const fn new(mode: Mode) -> Self {
        Self {
            mode,
            size: None,
            rows: Vec::new(),
            notice_shown: false,
            sentences_shown: 0,
        }
    }

    /// Draws what has changed since the last time, in one write. `size` is columns and rows.
    pub fn draw(&mut self, out: &mut impl Write, view: &View, size: (u16, u16)) -> io::Result<()> {
        let changes = match self.mode {
            Mode::Full { colour } => self.full(view, size, colour)?,
            Mode::Plain => self.plain(view),
        };
        if changes.is_empty() {
            return Ok(());
        }
        out.write_all(&changes)?;
        out.flush()
    }

    /// Forgets what stands there: something else has written over it.
    pub const fn forget(&mut self) {
        self.size = None;
    }

    fn plain(&mut self, view: &View) -> Vec<u8> {
        let mut lines = String::new();
        if !mem::replace(&mut self.notice_shown, true) {
            lines += NOTICE;
            lines += "\n";
        }
        if view.sentences_begun > self.sentences_shown {
            self.sentences_shown = view.sentences_begun;
            lines += &printable(&view.sentence);
            lines += "\n";
        }
        lines.into_bytes()
    }

    fn full(&mut self, view: &View, size: (u16, u16), colour: bool) -> io::Result<Vec<u8>> {
        let (columns, rows) = size;
        let drawn = layout(view, columns.into(), rows.into());
        let mut changes = Vec::new();
        if self.size.replace(size) != Some(size) {
            self.rows.clear();
            queue!(
                changes,
                SetAttribute(Attribute::Reset),
                Clear(ClearType::All)
            )?;
        }
        for (number, row) in (0..).zip(&drawn) {
            if self.rows.get(usize::from(number)) != Some(row) {
                queue!(changes, MoveTo(0, number))?;
                row.write(&mut changes, columns.into(), colour)?;
            }
        }
        self.rows = drawn;
        if changes.is_empty() {
            return Ok(changes);
        }
        let mut update = Vec::with_capacity(changes.len() + 16);
        queue!(update, BeginSynchronizedUpdate)?;
        update.append(&mut changes);
        queue!(update, EndSynchronizedUpdate)?;
        Ok(update)
    }
}

/// How a stretch of text looks. Weight carries the meaning, for colours may be off or unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Plain,
    Strong,
    Reversed,
    Accent,
}

impl Look {
    fn begin(self, out: &mut Vec<u8>, colour: bool) -> io::Result<()> {
        match self {
            Self::Strong => queue!(out, SetAttribute(Attribute::Bold)),
            Self::Reversed => queue!(out, SetAttribute(Attribute::Reverse)),
            // Legible on black and on white.
            Self::Accent if colour => queue!(out, SetForegroundColor(Color::DarkGreen)),
            Self::Accent | Self::Plain => Ok(()),
        }
    }
}

/// One row of the screen, from its first column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row(Vec<(Look, String)>);

impl Row {
    fn new(look: Look, text: impl Into<String>) -> Self {
        Self(vec![(look, text.into())])
    }

    fn and(mut self, look: Look, text: impl Into<String>) -> Self {
        self.0.push((look, text.into()));
        self
    }

    fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| display_width(text)).sum()
    }

    fn indented(mut self, by: usize) -> Self {
        if by > 0 && !self.0.is_empty() {
            self.0.insert(0, (Look::Plain, " ".repeat(by)));
        }
        self
    }

    /// As much of it as fits.
    fn cut(self, width: usize) -> Self {
        let mut left = width;
        let cut = |(look, text): (Look, String)| {
            let text = cut(&text, left);
            left -= display_width(&text);
            (look, text)
        };
        Self(self.0.into_iter().map(cut).collect())
    }

    fn write(&self, out: &mut Vec<u8>, columns: usize, colour: bool) -> io::Result<()> {
        for (look, text) in &self.0 {
            look.begin(out, colour)?;
            queue!(out, Print(text))?;
            if *look != Look::Plain {
                queue!(out, SetAttribute(Attribute::Reset))?;
            }
        }
        // With the cursor past the last column this would wipe that column.
        if self.width() < columns {
            queue!(out, Clear(ClearType::UntilNewLine))?;
        }
        Ok(())
    }
}

/// A row, and how soon it is given up when the window is too low: 0 is never.
type Ranked = (u8, Row);

const GAP: u8 = 5;
const BAR: u8 = 4;
const TITLE: u8 = 3;
const TIMES: u8 = 2;
const KEYS: u8 = 1;
const NEEDED: u8 = 0;

/// No text is wider: the eye would lose the next line.
const WIDEST: usize = 72;
/// Nor the sentence, which has room around it.
const SENTENCE_WIDEST: usize = 56;
/// Rows that a sentence is given, so that it begins on the same one whatever its length.
const SENTENCE_ROWS: usize = 3;
/// Rows kept for the keys, so that nothing above moves when they change.
const KEY_ROWS: usize = 2;

/// Exactly `rows` rows, none wider than `columns`.
fn layout(view: &View, columns: usize, rows: usize) -> Vec<Row> {
    let width = columns.saturating_sub(4).min(WIDEST).max(columns.min(20));
    let mut parts = [top(view, width), sentence(view, width), bottom(view, width)];
    make_room(rows, &mut parts);

    let [above, middle, below] = parts;
    let around = rows.saturating_sub(above.len() + below.len());
    let free = around.saturating_sub(middle.len());
    let before = free.min(around.saturating_sub(SENTENCE_ROWS) / 2);
    let blank = |count| (0..count).map(|_| (GAP, Row::default()));

    above
        .into_iter()
        .chain(blank(before))
        .chain(middle)
        .chain(blank(free - before))
        .chain(below)
        .take(rows)
        .map(|(_, row)| row.indented((columns - width) / 2).cut(columns))
        .collect()
}

/// Gives up rows until they fit, the least needed and lowest first.
fn make_room(rows: usize, parts: &mut [Vec<Ranked>; 3]) {
    while parts.iter().map(Vec::len).sum::<usize>() > rows {
        let ranked = parts.iter().enumerate().flat_map(|(part, rows)| {
            let ranks = rows.iter().enumerate();
            ranks.map(move |(row, (rank, _))| (*rank, part, row))
        });
        match ranked.max() {
            None | Some((NEEDED, ..)) => return,
            Some((_, part, row)) => parts[part].remove(row),
        };
    }
}

fn top(view: &View, width: usize) -> Vec<Ranked> {
    let title = |text: &str, look| match printable(text) {
        text if text.is_empty() => (GAP, Row::default()),
        text => (TITLE, Row::new(look, cut(&text, width))),
    };
    // Two columns less: a space on either side makes it a plate.
    let notice = textwrap::wrap(NOTICE, width.saturating_sub(2).max(1));
    let notice = notice
        .iter()
        .map(|line| (NEEDED, Row::new(Look::Reversed, format!(" {line} "))));
    notice
        .chain([
            (GAP, Row::default()),
            title(&view.section, Look::Strong),
            title(&view.movement, Look::Plain),
        ])
        .collect()
}

fn sentence(view: &View, width: usize) -> Vec<Ranked> {
    let text = printable(&view.sentence);
    textwrap::wrap(&text, width.clamp(1, SENTENCE_WIDEST))
        .into_iter()
        .map(|line| (NEEDED, Row::new(Look::Strong, line)))
        .collect()
}

fn bottom(view: &View, width: usize) -> Vec<Ranked> {
    let breath = view.breath.map_or_else(
        || (GAP, Row::default()),
        |breath| (TITLE, breath_row(breath)),
    );
    let mut rows = vec![
        breath,
        (GAP, Row::default()),
        (BAR, bar(view.elapsed, view.left, width)),
        (TIMES, times(view, width)),
        (GAP, Row::default()),
    ];
    let mut keys = key_rows(view.phase, width);
    let padding = KEY_ROWS - keys.len();
    rows.extend(keys.drain(..).map(|row| (KEYS, row)));
    rows.extend((0..padding).map(|_| (GAP, Row::default())));
    rows
}

fn breath_row(breath: BreathView) -> Row {
    let word = match breath.phase {
        BreathPhase::In => "Breathe in",
        BreathPhase::Out => "Breathe out",
    };
    let place = format!("   {} of {}", breath.repetition, breath.of);
    Row::new(Look::Accent, word).and(Look::Plain, place)
}

fn bar(elapsed: Frames, left: Frames, width: usize) -> Row {
    let whole = (elapsed + left).0.max(1);
    let filled = (u128::from(elapsed.0) * width as u128 / u128::from(whole)) as usize;
    Row::new(Look::Accent, "█".repeat(filled)).and(Look::Plain, "░".repeat(width - filled))
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

/// The keys worth naming in each phase, the most needed first: what does not fit is left out.
const fn keys(phase: Phase) -> &'static [(&'static str, &'static str)] {
    match phase {
        Phase::Playing => &[
            ("Space", "pause"),
            ("Esc", "stop"),
            ("?", "keys"),
            ("← →", "movement"),
            ("r", "again"),
            ("↑ ↓", "volume"),
            ("[ ]", "pace"),
            ("t", "time"),
        ],
        Phase::Paused => &[
            ("Space", "go on"),
            ("Esc", "stop"),
            ("?", "keys"),
            ("↑ ↓", "volume"),
            ("[ ]", "pace"),
            ("t", "time"),
        ],
        Phase::Asking => &[
            ("Enter", "yes"),
            ("Tab", "no"),
            ("Space", "ask again"),
            ("Backspace", "undo"),
            ("Esc", "stop"),
            ("↑ ↓", "volume"),
        ],
        Phase::Ready => &[
            ("Space", "ready"),
            ("Esc", "stop"),
            ("?", "keys"),
            ("r", "again"),
            ("↑ ↓", "volume"),
            ("[ ]", "pace"),
            ("t", "time"),
        ],
        Phase::Closing => &[("Esc", "end now, in silence"), ("↑ ↓", "volume")],
    }
}

fn key_rows(phase: Phase, width: usize) -> Vec<Row> {
    const BETWEEN: &str = "   ";
    let mut rows: Vec<Row> = Vec::new();
    for (key, does) in keys(phase) {
        let entry = Row::new(Look::Strong, *key).and(Look::Plain, format!(" {does}"));
        let fits = |row: &Row| row.width() + BETWEEN.len() + entry.width() <= width;
        match rows.pop_if(|row| fits(row)) {
            Some(row) => rows.push(Row([row.and(Look::Plain, BETWEEN).0, entry.0].concat())),
            None if rows.len() < KEY_ROWS => rows.push(entry),
            None => break,
        }
    }
    rows
}

/// Text that cannot steer the terminal: a routine may come from anywhere.
fn printable(text: &str) -> String {
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.chars().map(plain).collect()
}

/// As much of `text` as fits into `width` columns.
fn cut(text: &str, width: usize) -> String {
    let mut kept = String::new();
    for letter in text.chars() {
        kept.push(letter);
        if display_width(&kept) > width {
            kept.pop();
            break;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZero;

    fn view() -> View {
        View {
            phase: Phase::Playing,
            sentence: "Breathe in, and lift your shoulders up toward your ears, only as far as \
                       is comfortable."
                .into(),
            sentences_begun: 1,
            section: "Seated movements".into(),
            movement: "Shoulder rolls".into(),
            breath: Some(BreathView {
                phase: BreathPhase::In,
                repetition: 2,
                of: 5,
            }),
            elapsed: Frames::from_millis(83_450),
            left: Frames::from_millis(492_000),
            pace: Pace::Slow,
        }
    }

    /// A terminal with a screen in it.
    struct Bench {
        screen: Screen,
        terminal: vt100::Parser,
    }

    impl Bench {
        fn new(mode: Mode, columns: u16, rows: u16) -> Self {
            let [rows, columns] = [rows, columns].map(|length| NonZero::new(length).unwrap());
            Self {
                screen: Screen::new(mode),
                terminal: vt100::Parser::new(rows, columns, 0),
            }
        }

        /// Draws, and gives what was written for it.
        fn draw(&mut self, view: &View) -> String {
            let (rows, columns) = self.terminal.screen().size();
            let mut written = Vec::new();
            self.screen
                .draw(&mut written, view, (columns.get(), rows.get()))
                .unwrap();
            self.terminal.process(&written);
            String::from_utf8(written).unwrap()
        }

        fn rows(&self) -> Vec<String> {
            let screen = self.terminal.screen();
            let (_, columns) = screen.size();
            screen
                .rows(0, columns.get())
                .map(|row| row.trim_end().to_owned())
                .collect()
        }
    }

    const FULL: Mode = Mode::Full { colour: true };
    const CLEARS: &str = "\x1b[2J";

    #[test]
    fn eighty_columns() {
        let mut bench = Bench::new(FULL, 80, 24);
        bench.draw(&view());
        assert_eq!(
            bench.rows(),
            [
                "     Development preview: not for use. No clinician has reviewed the text.",
                "",
                "    Seated movements",
                "    Shoulder rolls",
                "",
                "",
                "",
                "",
                "",
                "    Breathe in, and lift your shoulders up toward your ears,",
                "    only as far as is comfortable.",
                "",
                "",
                "",
                "",
                "",
                "",
                "    Breathe in   2 of 5",
                "",
                "    ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
                "    1:23 gone                      slow pace                       8:12 left",
                "",
                "    Space pause   Esc stop   ? keys   ← → movement   r again   ↑ ↓ volume",
                "    [ ] pace   t time",
            ]
        );
    }

    #[test]
    fn forty_columns() {
        let mut bench = Bench::new(FULL, 40, 20);
        bench.draw(&view());
        assert_eq!(
            bench.rows(),
            [
                "   Development preview: not for use.",
                "   No clinician has reviewed the",
                "   text.",
                "",
                "  Seated movements",
                "  Shoulder rolls",
                "",
                "",
                "  Breathe in, and lift your shoulders",
                "  up toward your ears, only as far as",
                "  is comfortable.",
                "",
                "",
                "  Breathe in   2 of 5",
                "",
                "  █████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
                "  1:23 gone    slow pace     8:12 left",
                "",
                "  Space pause   Esc stop   ? keys",
                "  ← → movement   r again   ↑ ↓ volume",
            ]
        );
    }

    #[test]
    fn a_hundred_and_twenty_columns() {
        let mut bench = Bench::new(FULL, 120, 18);
        bench.draw(&view());
        let rows = bench.rows();
        let margin = " ".repeat(24);
        assert_eq!(rows[0], format!("{margin} {NOTICE}"));
        assert_eq!(rows[2], format!("{margin}Seated movements"));
        assert_eq!(
            rows[6],
            format!("{margin}Breathe in, and lift your shoulders up toward your ears,")
        );
        assert_eq!(rows[11], format!("{margin}Breathe in   2 of 5"));
        assert_eq!(rows[13].trim_start().chars().count(), 72);
        assert_eq!(
            rows[16],
            format!(
                "{margin}Space pause   Esc stop   ? keys   ← → movement   r again   ↑ ↓ volume"
            )
        );
    }

    #[test]
    fn each_phase_names_its_keys() {
        for (phase, first, second) in [
            (
                Phase::Playing,
                "Space pause   Esc stop   ? keys   ← → movement   r again   ↑ ↓ volume",
                "[ ] pace   t time",
            ),
            (
                Phase::Paused,
                "Space go on   Esc stop   ? keys   ↑ ↓ volume   [ ] pace   t time",
                "",
            ),
            (
                Phase::Asking,
                "Enter yes   Tab no   Space ask again   Backspace undo   Esc stop",
                "↑ ↓ volume",
            ),
            (
                Phase::Ready,
                "Space ready   Esc stop   ? keys   r again   ↑ ↓ volume   [ ] pace",
                "t time",
            ),
            (Phase::Closing, "Esc end now, in silence   ↑ ↓ volume", ""),
        ] {
            let mut bench = Bench::new(FULL, 80, 24);
            bench.draw(&View { phase, ..view() });
            let rows = bench.rows();
            assert_eq!(rows[22].trim(), first, "{phase:?}");
            assert_eq!(rows[23].trim(), second, "{phase:?}");
            assert!(rows[19].contains('█'), "the bar stays in its place");
        }
    }

    #[test]
    fn only_what_changed_is_written_and_nothing_for_nothing() {
        let mut bench = Bench::new(FULL, 80, 24);
        let mut view = view();
        assert!(bench.draw(&view).contains(CLEARS));
        assert_eq!(bench.draw(&view), "");

        view.elapsed += Frames::from_millis(1000);
        let second = bench.draw(&view);
        assert!(second.len() < 120, "{second:?}");
        assert!(second.starts_with("\x1b[?2026h") && second.ends_with("\x1b[?2026l"));
        assert!(second.contains("1:24 gone") && !second.contains("Seated"));

        view.sentence = "Rest.".into();
        assert!(!bench.draw(&view).contains(CLEARS));
        let rows = bench.rows();
        assert_eq!((rows[9].as_str(), rows[10].as_str()), ("    Rest.", ""));
    }

    #[test]
    fn a_breath_that_begins_and_ends_moves_nothing_else() {
        let mut bench = Bench::new(FULL, 80, 24);
        let mut view = view();
        bench.draw(&view);
        let mut rows = bench.rows();
        view.breath = None;
        bench.draw(&view);
        rows[17].clear();
        assert_eq!(bench.rows(), rows);
    }

    #[test]
    fn another_size_is_drawn_afresh_and_so_is_what_was_written_over() {
        let mut bench = Bench::new(FULL, 80, 24);
        bench.draw(&view());
        let [rows, columns] = [20, 40].map(|length| NonZero::new(length).unwrap());
        bench.terminal.screen_mut().set_size(rows, columns);
        assert!(bench.draw(&view()).contains(CLEARS));
        assert_eq!(bench.rows()[4], "  Seated movements");
        bench.screen.forget();
        assert!(bench.draw(&view()).contains(CLEARS));
    }

    #[test]
    fn every_size_holds_its_rows_and_the_notice_comes_first() {
        for columns in 1..130 {
            for rows in [1, 2, 5, 9, 12, 15, 40] {
                for row in layout(&view(), columns, rows) {
                    assert!(row.width() <= columns, "{columns} by {rows}: {row:?}");
                }
                assert_eq!(layout(&view(), columns, rows).len(), rows);
                let mut bench = Bench::new(FULL, columns as u16, rows as u16);
                bench.draw(&view());
                let first = bench.rows().remove(0);
                assert!(
                    columns < 3 || first.trim_start().starts_with('D'),
                    "{columns}: {first}"
                );
            }
        }
    }

    #[test]
    fn a_low_window_gives_up_the_least_needed_first() {
        let mut bench = Bench::new(FULL, 80, 7);
        bench.draw(&view());
        assert_eq!(
            bench.rows(),
            [
                "     Development preview: not for use. No clinician has reviewed the text.",
                "    Seated movements",
                "    Breathe in, and lift your shoulders up toward your ears,",
                "    only as far as is comfortable.",
                "    1:23 gone                      slow pace                       8:12 left",
                "    Space pause   Esc stop   ? keys   ← → movement   r again   ↑ ↓ volume",
                "    [ ] pace   t time",
            ]
        );
    }

    #[test]
    fn colours_are_few_and_can_be_done_without() {
        let colours = |mode| {
            let written = Bench::new(mode, 80, 24).draw(&view());
            written.matches("\x1b[38").count()
        };
        assert_eq!(colours(FULL), 2);
        assert_eq!(colours(Mode::Full { colour: false }), 0);
    }

    #[test]
    fn a_routine_cannot_steer_the_terminal() {
        let mut bench = Bench::new(FULL, 80, 24);
        let mut view = view();
        view.section = "Se\x1b[2Jated\n".into();
        view.sentence = "Rest\r\x07.".into();
        let written = bench.draw(&view);
        assert_eq!(written.matches(CLEARS).count(), 1);
        assert_eq!(bench.rows()[2], "    Se [2Jated");
        assert!(!written.contains('\x07'));
    }

    #[test]
    fn the_first_and_the_last_moment() {
        let mut view = view();
        view.elapsed = Frames::ZERO;
        view.left = Frames::ZERO;
        assert_eq!(bar(view.elapsed, view.left, 10).0[0].1, "");
        view.elapsed = Frames::from_millis(1);
        assert_eq!(bar(view.elapsed, view.left, 10).0[0].1, "█".repeat(10));
    }

    #[test]
    fn plain_is_the_notice_once_and_a_line_for_each_sentence() {
        let mut bench = Bench::new(Mode::Plain, 80, 24);
        let mut view = view();
        view.sentences_begun = 0;
        view.sentence = "".into();
        assert_eq!(bench.draw(&view), format!("{NOTICE}\n"));
        view.sentences_begun = 1;
        view.sentence = "Paused.".into();
        assert_eq!(bench.draw(&view), "Paused.\n");
        view.elapsed += Frames::from_millis(1000);
        assert_eq!(bench.draw(&view), "");
        view.sentences_begun = 2;
        assert_eq!(bench.draw(&view), "Paused.\n");
    }
}
