//! The screen in a terminal that is only text.

use std::num::NonZero;

use proptest::prelude::*;

use super::*;
use crate::base::{BreathPhase, Frames, Pace};
use crate::session::keys::Phase;
use crate::session::view::{BreathView, PartView};

fn view() -> View {
    View {
        part: PartView::Routine,
        phase: Phase::Playing,
        waits: false,
        leading: String::new(),
        sentence: "Breathe in, and lift your shoulders up toward your ears, only as far as \
                   is comfortable."
            .into(),
        sentences_begun: 1,
        unheard: None,
        section: "Seated movements".into(),
        movement: "Shoulder rolls".into(),
        breath: Some(BreathView {
            phase: BreathPhase::In,
            repetition: 2,
            of: 5,
            gone: Frames::from_millis(1000),
            length: Frames::from_millis(4000),
            lengths: Pace::Slow.breath().unwrap(),
            breaths: 5,
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
    fn new(style: Style, columns: u16, rows: u16) -> Self {
        let [rows, columns] = [rows, columns].map(|length| NonZero::new(length).unwrap());
        Self {
            screen: Screen::of(style, false),
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

const FULL: Style = Style::Full { colour: true };
const CLEARS: &str = "\x1b[2J";

const QUARTER: &str = "██████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░";

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
            "    Breathe in, and lift your shoulders up toward your ears,",
            "    only as far as is comfortable.",
            "",
            "",
            "",
            "",
            "",
            "",
            "    Breathe in   2 of 5",
            &format!("    {QUARTER}"),
            "",
            "    ══════════──────────────────────────────────────────────────────────────",
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
            "  Breathe in, and lift your shoulders",
            "  up toward your ears, only as far as",
            "  is comfortable.",
            "",
            "",
            "  Breathe in   2 of 5",
            "  █████████░░░░░░░░░░░░░░░░░░░░░░░░░░░",
            "",
            "  ═════───────────────────────────────",
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
        rows[5],
        format!("{margin}Breathe in, and lift your shoulders up toward your ears,")
    );
    assert_eq!(rows[10], format!("{margin}Breathe in   2 of 5"));
    assert_eq!(rows[11], format!("{margin}{QUARTER}"));
    assert_eq!(rows[13].trim_start().chars().count(), 72);
    assert_eq!(
        rows[16],
        format!("{margin}Space pause   Esc stop   ? keys   ← → movement   r again   ↑ ↓ volume")
    );
}

/// The rows that tell what is to be done now, at 80 by 24.
fn now(view: &View) -> [String; 2] {
    let mut bench = Bench::new(FULL, 80, 24);
    bench.draw(view);
    let rows = bench.rows();
    [16, 17].map(|row| rows[row].trim().to_owned())
}

#[test]
fn the_bar_fills_while_she_breathes_in_and_empties_while_she_breathes_out() {
    for phase in [BreathPhase::In, BreathPhase::Out] {
        let mut full = (0..=40).map(|tenth| {
            let mut view = view();
            let breath = view.breath.as_mut().unwrap();
            breath.phase = phase;
            breath.gone = Frames::from_millis(tenth * 100);
            let [_, bar] = now(&view);
            assert_eq!(bar.chars().count(), 56);
            bar.matches('█').count()
        });
        let full: Vec<_> = match phase {
            BreathPhase::In => full.collect(),
            BreathPhase::Out => full.by_ref().map(|cells| 56 - cells).collect(),
        };
        assert_eq!((full[0], full[40]), (0, 56), "{phase:?}");
        let steps = full.windows(2).map(|pair| pair[1].checked_sub(pair[0]));
        for step in steps {
            assert!(matches!(step, Some(1 | 2)), "{phase:?}: {full:?}");
        }
    }
}

#[test]
fn the_last_breath_is_called_so() {
    let mut view = view();
    view.breath.as_mut().unwrap().repetition = 5;
    assert_eq!(now(&view)[0], "Breathe in   5 of 5, the last one");
}

#[test]
fn a_silence_a_tone_and_the_chime_are_plain_to_see() {
    let mut view = View {
        breath: None,
        ..view()
    };
    assert_eq!(now(&view)[0], "");
    view.phase = Phase::Asking;
    assert_eq!(now(&view)[0], "", "it is still being asked");
    view.waits = true;
    assert_eq!(now(&view)[0], "Your turn");
    view.phase = Phase::Ready;
    assert_eq!(now(&view)[0], "Your turn");
    view.waits = false;
    view.phase = Phase::Paused;
    assert_eq!(now(&view)[0], "Paused");
    view.phase = Phase::Playing;
    view.part = PartView::Over;
    assert_eq!(now(&view)[0], OVER);
    view.phase = Phase::Paused;
    assert_eq!(now(&view)[0], "Paused", "whatever it is that was paused");

    let mut bench = Bench::new(Style::Full { colour: false }, 80, 24);
    bench.draw(&view);
    let cell = bench.terminal.screen().cell(16, 5).unwrap();
    assert!(
        cell.inverse() && cell.contents() == "P",
        "seen without colours"
    );
}

#[test]
fn a_question_stands_there_with_what_leads_to_it() {
    let mut bench = Bench::new(FULL, 80, 24);
    let view = View {
        phase: Phase::Asking,
        leading: "Did you stop because something hurt, or felt wrong?".into(),
        sentence: "Press Enter or Tab.".into(),
        breath: None,
        ..view()
    };
    bench.draw(&view);
    let rows = bench.rows();
    assert_eq!(rows[8].trim(), view.leading);
    assert_eq!(rows[9].trim(), &*view.sentence);
    let weight = |row| bench.terminal.screen().cell(row, 5).unwrap().bold();
    assert!(!weight(8) && weight(9), "what is said now stands out");
}

#[test]
fn before_the_routine_there_is_a_question_and_no_clock() {
    let mut bench = Bench::new(FULL, 80, 24);
    let mut view = View {
        part: PartView::Before {
            question: Some((5, 9)),
        },
        section: "Safety questions".into(),
        movement: "".into(),
        breath: None,
        ..view()
    };
    bench.draw(&view);
    let rows = bench.rows();
    assert_eq!(rows[2..4], ["    Before we begin", "    Question 5 of 9"]);
    assert_eq!(rows[18..22].concat(), "");
    view.part = PartView::Before { question: None };
    bench.draw(&view);
    assert_eq!(bench.rows()[3], "    Safety questions");
    view.part = PartView::Close;
    bench.draw(&view);
    let rows = bench.rows();
    assert_eq!(rows[2..4], ["    Safety questions", ""]);
    assert_eq!(rows[18..22].concat(), "");
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
        assert!(rows[19].contains('═'), "the bar stays in its place");
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
    assert_eq!((rows[8].as_str(), rows[9].as_str()), ("    Rest.", ""));
}

#[test]
fn a_breath_that_begins_and_ends_moves_nothing_else() {
    let mut bench = Bench::new(FULL, 80, 24);
    let mut view = view();
    bench.draw(&view);
    let mut rows = bench.rows();
    view.breath = None;
    bench.draw(&view);
    rows[16].clear();
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

/// Every state that a screen may show.
fn states() -> Vec<View> {
    let breath = view();
    let other = View {
        breath: None,
        ..view()
    };
    vec![
        View {
            phase: Phase::Paused,
            ..other.clone()
        },
        View {
            phase: Phase::Asking,
            waits: true,
            part: PartView::Before {
                question: Some((9, 9)),
            },
            ..other.clone()
        },
        View {
            part: PartView::Over,
            phase: Phase::Closing,
            ..other.clone()
        },
        other.clone(),
        breath,
        View {
            phase: Phase::Closing,
            unheard: Some(Unheard::TooSoft),
            ..other
        },
    ]
}

#[test]
fn every_size_holds_its_rows_and_the_notice_comes_first() {
    for view in states() {
        for columns in 1..=200 {
            for rows in [1, 2, 5, 9, 12, 15, 40] {
                let drawn = layout(&view, columns, rows);
                assert_eq!(drawn.len(), rows);
                for row in drawn {
                    assert!(row.width() <= columns, "{columns} by {rows}: {row:?}");
                }
                let mut bench = Bench::new(FULL, columns as u16, rows as u16);
                bench.draw(&view);
                let first = bench.rows().remove(0);
                assert!(
                    columns < 3 || first.trim_start().starts_with('D'),
                    "{columns}: {first}"
                );
            }
        }
    }
}

#[test]
fn five_rows_of_twenty_columns_still_tell_what_counts() {
    let needed = [
        "Paused",
        "Your turn",
        "over",
        "Breathe in,",
        "Breathe in 2 of 5",
    ];
    for (view, needed) in states().into_iter().zip(needed) {
        for columns in 20..=200 {
            for rows in 5..=9 {
                let mut bench = Bench::new(FULL, columns, rows);
                bench.draw(&view);
                let rows = bench.rows().join(" ");
                let rows = rows.split_whitespace().collect::<Vec<_>>().join(" ");
                for text in [
                    "Development preview:",
                    "for use.",
                    "Breathe in, and",
                    needed,
                ] {
                    assert!(
                        rows.contains(text),
                        "no {text:?} in {columns} columns: {rows}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_low_window_gives_up_the_least_needed_first() {
    let mut bench = Bench::new(FULL, 80, 8);
    bench.draw(&view());
    assert_eq!(
        bench.rows(),
        [
            "     Development preview: not for use. No clinician has reviewed the text.",
            "    Breathe in, and lift your shoulders up toward your ears,",
            "    only as far as is comfortable.",
            "    Breathe in   2 of 5",
            &format!("    {QUARTER}"),
            "    1:23 gone                      slow pace                       8:12 left",
            "    Space pause   Esc stop   ? keys   ← → movement   r again   ↑ ↓ volume",
            "    [ ] pace   t time",
        ]
    );
    let mut bench = Bench::new(FULL, 40, 5);
    bench.draw(&view());
    assert_eq!(
        bench.rows(),
        [
            "   Development preview: not for use.",
            "  Breathe in, and lift your shoulders",
            "  up toward your ears, only as far as",
            "  is comfortable.",
            "  Breathe in   2 of 5",
        ]
    );
}

#[test]
fn colours_are_few_and_can_be_done_without() {
    let colours = |style| {
        let written = Bench::new(style, 80, 24).draw(&view());
        written.matches("\x1b[38").count()
    };
    assert_eq!(colours(FULL), 1);
    assert_eq!(colours(Style::Full { colour: false }), 0);
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

/// What a terminal was sent besides text: each command's last letter, after its parameters.
fn commands(written: &str) -> Vec<(String, char)> {
    let commands = written.split('\x1b').skip(1).map(|command| {
        let command = command.strip_prefix('[').expect("no other kind is sent");
        let end = command.find(|letter: char| letter.is_ascii_alphabetic());
        let (parameters, rest) = command.split_at(end.expect("an end"));
        (parameters.to_owned(), rest.chars().next().unwrap())
    });
    commands.collect()
}

proptest! {
    #[test]
    fn no_text_of_a_routine_steers_the_terminal(
        texts in prop::array::uniform4("[\\PC\u{0}-\u{9f}\u{200e}-\u{202e}]{0,80}"),
        columns in 1_u16..120,
    ) {
        let [section, movement, leading, sentence] = texts;
        let view = View {
            section: section.into(),
            movement: movement.into(),
            leading,
            sentence: sentence.into(),
            ..view()
        };
        let written = Bench::new(FULL, columns, 24).draw(&view);
        for (parameters, last) in commands(&written) {
            let known = match last {
                'm' | 'H' => parameters.chars().all(|letter| matches!(letter, '0'..='9' | ';')),
                'K' => parameters.is_empty(),
                'J' => parameters == "2",
                'h' | 'l' => parameters == "?2026",
                _ => false,
            };
            prop_assert!(known, "{parameters}{last}");
        }
        prop_assert_eq!(written.matches(CLEARS).count(), 1);
        prop_assert!(written.replace('\x1b', "").chars().all(harmless));

        let lines = Bench::new(Style::Plain, columns, 24).draw(&view);
        prop_assert_eq!(lines.lines().count(), 3, "{}", lines);
        prop_assert!(lines.replace('\n', "").chars().all(harmless));
    }
}

/// Neither a command, nor one that turns the letters after it round.
fn harmless(letter: char) -> bool {
    !letter.is_control()
        && !('\u{200e}'..='\u{200f}').contains(&letter)
        && !('\u{2028}'..='\u{202e}').contains(&letter)
}

#[test]
fn the_first_and_the_last_moment() {
    let bar = |view: &View| {
        let mut bench = Bench::new(FULL, 80, 24);
        bench.draw(view);
        bench.rows()[19].matches('═').count()
    };
    let mut view = view();
    view.elapsed = Frames::ZERO;
    view.left = Frames::ZERO;
    assert_eq!(bar(&view), 0);
    view.elapsed = Frames::from_millis(1);
    assert_eq!(bar(&view), 72);
}

fn quiet() -> View {
    View {
        breath: None,
        sentences_begun: 0,
        sentence: "".into(),
        ..view()
    }
}

#[test]
fn plain_is_the_notice_once_and_a_line_for_each_sentence() {
    let mut bench = Bench::new(Style::Plain, 80, 24);
    let mut view = quiet();
    assert_eq!(bench.draw(&view), format!("{NOTICE}\n"));
    view.sentences_begun = 1;
    view.sentence = "Paused.".into();
    assert_eq!(bench.draw(&view), "Paused.\n");
    view.elapsed += Frames::from_millis(1000);
    assert_eq!(bench.draw(&view), "");
    view.sentences_begun = 2;
    assert_eq!(bench.draw(&view), "Paused.\n");
}

#[test]
fn why_nothing_can_be_heard_stands_below_the_sentence_and_in_one_plain_line() {
    let told = "Softback alone is muted on this computer. Unmute \"softback\" in the volume control, while it runs.";
    let mut view = View {
        unheard: Some(Unheard::Muted),
        sentence: "I cannot reach the loudspeaker, so I have paused.".into(),
        ..quiet()
    };
    let mut full = Bench::new(FULL, 80, 24);
    full.draw(&view);
    let rows = full.rows().join(" ");
    let words: Vec<_> = rows.split_whitespace().collect();
    let expected = format!("{} {told}", view.sentence);
    assert!(words.join(" ").contains(&expected), "{words:?}");
    let mut plain = Bench::new(Style::Plain, 80, 24);
    plain.draw(&quiet());
    assert_eq!(plain.draw(&view), format!("{told}\n"));
    assert_eq!(plain.draw(&view), "");
    view.unheard = None;
    assert_eq!(plain.draw(&view), "");
    view.unheard = Some(Unheard::Dummy);
    assert!(
        plain
            .draw(&view)
            .starts_with("There is no real loudspeaker")
    );
}

#[test]
fn plain_tells_the_breath_once_in_a_movement() {
    let mut bench = Bench::new(Style::Plain, 80, 24);
    bench.draw(&quiet());
    let mut view = View {
        breath: view().breath,
        ..quiet()
    };
    let tell = |bench: &mut Bench, view: &mut View, change: fn(&mut BreathView)| {
        change(view.breath.as_mut().unwrap());
        bench.draw(view)
    };
    let told = tell(&mut bench, &mut view, |breath| breath.repetition = 1);
    assert_eq!(told, "Breathe in for 4 seconds, out for 6, 5 times.\n");
    let again = tell(&mut bench, &mut view, |breath| breath.repetition = 2);
    assert_eq!(again, "");
    let slower = tell(&mut bench, &mut view, |breath| {
        breath.lengths = Pace::Standard.breath().unwrap();
    });
    assert_eq!(slower, "Breathe in for 3 seconds, out for 4.5.\n");
    view.movement = "The other shoulder".into();
    let other = tell(&mut bench, &mut view, |breath| {
        breath.phase = BreathPhase::Out;
        breath.repetition = 1;
        breath.breaths = 10;
    });
    assert_eq!(other, "Breathe out for 4.5 seconds, in for 3, 10 times.\n");
}

#[test]
fn plain_names_the_keys_when_it_is_her_turn() {
    let mut bench = Bench::new(Style::Plain, 80, 24);
    let mut view = View {
        phase: Phase::Asking,
        ..quiet()
    };
    bench.draw(&view);
    for _ in 0..2 {
        view.waits = true;
        assert_eq!(
            bench.draw(&view),
            "Your turn: Enter is yes, Tab is no, Space asks again.\n"
        );
        assert_eq!(bench.draw(&view), "");
        view.waits = false;
        assert_eq!(bench.draw(&view), "");
    }
    view.phase = Phase::Ready;
    view.waits = true;
    assert_eq!(bench.draw(&view), "Your turn: Space, when you are ready.\n");
}

#[test]
fn that_it_is_over_stays_to_be_read() {
    let full = Bench::new(FULL, 80, 24).screen;
    assert_eq!(full.end(&[]), "The session is over.\n");
    let words = ["Call for help.".to_owned(), OVER.to_owned()];
    assert_eq!(full.end(&words), "Call for help.\nThe session is over.\n");

    let mut plain = Bench::new(Style::Plain, 80, 24);
    let mut view = quiet();
    plain.draw(&view);
    assert_eq!(plain.screen.end(&[]), "The session is over.\n");
    let all = "Call for help.\nThe session is over.\n";
    assert_eq!(plain.screen.end(&words), all);
    view.sentences_begun = 1;
    view.sentence = "The session is over. Well done, and take good care.".into();
    plain.draw(&view);
    assert_eq!(plain.screen.end(&[]), "", "it stands there already");
}

#[test]
fn plain_writes_what_was_not_said_of_a_close_that_was_cut_short() {
    let words = [
        "I will not begin now.",
        "Call 999, or have somebody call.",
        OVER,
    ];
    let words = words.map(str::to_owned);
    let mut plain = Bench::new(Style::Plain, 80, 24);
    let mut view = quiet();
    let mut say = |plain: &mut Bench, part: PartView, sentence: &str| {
        view.part = part;
        view.sentences_begun += 1;
        view.sentence = sentence.into();
        plain.draw(&view);
    };
    // What was said before it is not of the close.
    say(&mut plain, PartView::Routine, &words[1]);
    say(&mut plain, PartView::Close, &words[0]);
    let rest = format!("{}\n{OVER}\n", words[1]);
    assert_eq!(plain.screen.end(&words), rest);
    say(&mut plain, PartView::Close, "Paused.");
    assert_eq!(plain.screen.end(&words), rest);
    say(&mut plain, PartView::Close, &words[1]);
    assert_eq!(plain.screen.end(&words), format!("{OVER}\n"));
    say(&mut plain, PartView::Over, OVER);
    assert_eq!(plain.screen.end(&words), "", "all of it stands there");
}
