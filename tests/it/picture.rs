//! The picture in the README: a screen of a real session. `make picture` draws it anew.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Duration;

use vt100::{Cell, Color, Screen};

use crate::answers::{answer_until, write_an_earlier_session};
use crate::clock::wait_until;
use crate::lab::{Dir, Lab};
use crate::pick_up::FAST;
use crate::pty::Program;
use crate::stage::{in_fast_motion, softback};

/// A movement with a counted breath, and her hands on her back.
const MOVEMENT: &str = "A soft press, left shoulder";

/// How long it takes to get there in fast motion, at the most.
const WAY: Duration = Duration::from_mins(6);

/// Longer than its breaths take.
const BREATHS: Duration = Duration::from_mins(1);

/// Width and height of a letter, and the margin, in pixels.
const CELL: (usize, usize) = (9, 20);
const MARGIN: usize = 16;

/// Readable on a light page and on a dark one.
const STYLE: &str = "\
text{font:15px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}
.page{fill:#fbfaf7;stroke:#d0d7de}
.plain,.bold,.plate{fill:#24292f}
.bold{font-weight:bold}
.accent{fill:#1a7f37}
.reversed{fill:#fbfaf7}
@media(prefers-color-scheme:dark){
.page{fill:#0f1419;stroke:#3d444d}
.plain,.bold,.plate{fill:#d8dee4}
.accent{fill:#56d364}
.reversed{fill:#0f1419}
}";

/// A screen in the middle of a breath out, as the sentence on it says.
fn a_counted_breath() -> Option<Screen> {
    Lab::find()?;
    let dir = Dir::new();
    let home = dir.sub("home");
    let environment = in_fast_motion(&dir, FAST);
    // In fast motion the wait at a question is short: if it was missed, once more.
    for _ in 0..3 {
        write_an_earlier_session(&home);
        let arguments = [
            "play",
            "upper-back",
            "--posture",
            "seated",
            "--voice",
            "silent",
        ];
        let program = Program::start(softback(), &arguments, Path::new("/"), &environment);
        if answer_until(&program, MOVEMENT, WAY, false) {
            let half = wait_until(BREATHS, || half_breathed_out(&program));
            return Some(half.expect("a breath"));
        }
    }
    panic!("it does not get to the main part");
}

fn half_breathed_out(program: &Program) -> Option<Screen> {
    let mut seen = None;
    program.with_screen(|screen| seen = Some(screen.clone()));
    let text = seen.as_ref()?.contents();
    let breath = text.contains(MOVEMENT) && text.contains("Breathe out ");
    seen.filter(|_| breath && (20..45).contains(&text.matches('█').count()))
}

/// The words on it, without what is only drawn.
fn words(screen: &Screen) -> String {
    let contents = screen.contents();
    let lines = contents.lines().map(str::trim);
    let words = lines.filter(|line| line.contains(char::is_alphanumeric));
    words.collect::<Vec<_>>().join("\n")
}

/// How a cell looks, as classes of [`STYLE`].
fn look(cell: &Cell) -> &'static str {
    match (cell.inverse(), cell.bold(), cell.fgcolor()) {
        (true, ..) => "reversed",
        (_, true, _) => "bold",
        (_, _, Color::Idx(_)) => "accent",
        _ => "plain",
    }
}

/// Stretches of a row that look alike: the first column, the look, the text.
fn stretches(screen: &Screen, row: u16, columns: u16) -> Vec<(usize, &'static str, String)> {
    let mut found: Vec<(usize, &'static str, String)> = Vec::new();
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column) else {
            continue;
        };
        let letter = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        match found.last_mut() {
            Some((_, last, text)) if *last == look(cell) => text.push_str(letter),
            _ => found.push((column.into(), look(cell), letter.to_owned())),
        }
    }
    found
}

fn svg(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let width = usize::from(columns) * CELL.0 + 2 * MARGIN;
    let height = usize::from(rows) * CELL.1 + 2 * MARGIN;
    let mut drawn = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" xml:space=\"preserve\" role=\"img\" aria-labelledby=\"title words\">\n\
         <title id=\"title\">The screen of a session, half through a breath out</title>\n\
         <desc id=\"words\">{}</desc>\n<style>\n{STYLE}\n</style>\n\
         <rect class=\"page\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n",
        escaped(&words(screen)),
        width - 1,
        height - 1,
    );
    for row in 0..rows {
        let top = MARGIN + usize::from(row) * CELL.1;
        for (column, look, text) in stretches(screen, row, columns) {
            stretch(&mut drawn, top, column, look, &text);
        }
    }
    drawn + "</svg>\n"
}

/// Draws a stretch. Its width is told, as fonts differ.
fn stretch(drawn: &mut String, top: usize, column: usize, look: &str, text: &str) {
    let place = |column: usize| MARGIN + column * CELL.0;
    let long = |text: &str| text.chars().count() * CELL.0;
    let line = CELL.1;
    if look == "reversed" {
        let (x, width) = (place(column), long(text));
        let shape = format!("x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{line}\" rx=\"3\"");
        _ = writeln!(drawn, "<rect class=\"plate\" {shape}/>");
    }
    let words = text.trim();
    if words.is_empty() {
        return;
    }
    let indent = text.chars().take_while(|letter| *letter == ' ').count();
    let (x, width) = (place(column + indent), long(words));
    let (y, words) = (top + line * 3 / 4, escaped(words));
    let size = format!("textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\"");
    _ = writeln!(
        drawn,
        "<text class=\"{look}\" x=\"{x}\" y=\"{y}\" {size}>{words}</text>"
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The words of a picture, without the numbers that move.
fn still(picture: &str) -> String {
    let (_, words) = picture.split_once("<desc id=\"words\">").expect("words");
    let (words, _) = words.split_once("</desc>").expect("their end");
    words.replace(|letter: char| letter.is_ascii_digit(), "0")
}

#[test]
fn the_picture_is_what_she_sees() {
    let Some(screen) = a_counted_breath() else {
        return;
    };
    let drawn = svg(&screen);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/session.svg");
    if env::var_os("SOFTBACK_PICTURE").is_some() {
        fs::write(&path, &drawn).expect("the picture");
    }
    let kept = fs::read_to_string(&path).expect("the picture: `make picture` draws it");
    assert_eq!(still(&kept), still(&drawn), "`make picture` draws it anew");
}
