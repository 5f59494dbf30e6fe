//! `docs/pictures.png` and the covers are of these pictures. `make pictures` draws them anew.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use sha2::{Digest, Sha256};

use super::super::cover::{cover, cover_svg};
use super::super::geometry::SIDE;
use super::super::{scene, svg};
use crate::base::{Pace, Pose, Posture};
use crate::plan::{Plan, Setting};
use crate::routine::{Companion, built_in, built_in_names};

/// Pictures in a row, and the size of the place for one, in pixels.
const ROW: usize = 6;
const PLACE: (usize, usize) = (240, 290);

/// Letters in a line below a picture.
const LETTERS: usize = 34;

/// A movement: its name, its first sentence, and its picture.
#[derive(PartialEq)]
struct Shown {
    name: String,
    sentence: String,
    pose: Pose,
    posture: Posture,
}

/// Every movement of every routine inside the program, each once.
fn shown() -> Vec<Shown> {
    let mut all = Vec::new();
    for name in built_in_names() {
        for posture in Posture::ALL {
            let routine = built_in(name).expect("built in");
            let setting = Setting::new(Pace::Standard, posture);
            let plan = Plan::compile(&routine, &Companion::built_in(), setting);
            for movement in shown_in(&plan) {
                let again = |other: &Shown| {
                    (&other.name, &other.sentence, other.pose)
                        == (&movement.name, &movement.sentence, movement.pose)
                };
                if !all.iter().any(again) {
                    all.push(movement);
                }
            }
        }
    }
    all
}

fn shown_in(plan: &Plan) -> Vec<Shown> {
    let shown = plan.movements_once().filter_map(|movement| {
        let (pose, posture) = movement.pictured()?;
        let mut cues = plan.cues[movement.first..].iter();
        let sentence = cues.find_map(|planned| planned.cue.sentence())?;
        Some(Shown {
            name: movement.name().to_owned(),
            sentence: sentence.text().to_string(),
            pose,
            posture,
        })
    });
    shown.collect()
}

fn sheet() -> String {
    let all = shown();
    let (wide, high) = (ROW * PLACE.0, all.len().div_ceil(ROW) * PLACE.1);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" color=\"#24292f\">\n\
         <rect width=\"{wide}\" height=\"{high}\" fill=\"#fbfaf7\"/>\n"
    );
    for (number, shown) in all.iter().enumerate() {
        place(&mut text, number, shown);
    }
    text + "</svg>\n"
}

fn place(text: &mut String, number: usize, shown: &Shown) {
    let (left, top) = (number % ROW * PLACE.0, number / ROW * PLACE.1);
    let middle = PLACE.0 / 2;
    let scale = 190.0 / SIDE;
    let drawing = scene(shown.pose, shown.posture).drawing;
    _ = writeln!(
        text,
        "<g transform=\"translate({left} {top})\">\n<g transform=\"translate(25 8) scale({scale:.4})\">"
    );
    _ = svg::group(text, &drawing);
    _ = writeln!(
        text,
        "</g>\n<g fill=\"#24292f\" font-family=\"DejaVu Sans\" text-anchor=\"middle\">\n\
         <text x=\"{middle}\" y=\"216\" font-size=\"12.5\" font-weight=\"bold\">{}</text>",
        shown.name
    );
    for (line, words) in textwrap::wrap(&shown.sentence, LETTERS).iter().enumerate() {
        let y = 234 + line * 15;
        _ = writeln!(
            text,
            "<text x=\"{middle}\" y=\"{y}\" font-size=\"11.5\">{words}</text>"
        );
    }
    *text += "</g>\n</g>\n";
}

/// Every PNG that is kept, by its path without the ending, and what it is drawn from.
fn drawn() -> Vec<(String, String)> {
    let mut drawn = vec![("docs/pictures".to_owned(), sheet())];
    for name in built_in_names() {
        let routine = built_in(name).expect("built in");
        drawn.push((format!("audio/covers/{name}"), cover_svg(routine.title())));
    }
    drawn.push(("audio/covers/hers".into(), cover_svg("")));
    drawn
}

#[test]
fn the_pictures_that_are_kept_are_of_today() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let anew = env::var_os("SOFTBACK_PICTURES");
    for (name, svg) in drawn() {
        if let Some(folder) = &anew {
            let path = Path::new(folder).join(name).with_extension("svg");
            fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
            fs::write(path, svg).expect("the drawing");
            continue;
        }
        // Whoever makes the PNG writes into it what it was made from.
        let mark = Sha256::digest(&svg)
            .iter()
            .fold(String::new(), |mut mark, byte| {
                _ = write!(mark, "{byte:02x}");
                mark
            });
        let png = fs::read(root.join(&name).with_extension("png")).expect("a picture");
        let marked = png
            .windows(mark.len())
            .any(|bytes| bytes == mark.as_bytes());
        assert!(marked, "{name}.png is old: `make pictures` draws it anew");
        assert!(png.len() < 600_000, "{name}.png has {} bytes", png.len());
    }
}

#[test]
fn every_routine_has_its_cover() {
    let none = cover("A routine of hers");
    assert!(none.starts_with(b"\x89PNG"));
    for name in built_in_names() {
        let title = built_in(name).expect("built in").title().clone();
        assert_ne!(cover(&title), none, "{name}");
    }
}
