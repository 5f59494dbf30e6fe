//! The cover of a sound file.

use super::poses::scene;
use super::svg;
use crate::base::{Pose, Posture};

/// The PNG of each routine inside the program, by its title. `make pictures` draws them.
const COVERS: [(&str, &[u8]); 3] = [
    (
        "Upper-back release",
        include_bytes!("../../audio/covers/upper-back.png"),
    ),
    (
        "Soft routine",
        include_bytes!("../../audio/covers/gentle.png"),
    ),
    (
        "Breathing and rest",
        include_bytes!("../../audio/covers/rest.png"),
    ),
];

/// Of a routine of her own: with no title.
const HERS: &[u8] = include_bytes!("../../audio/covers/hers.png");

/// Width and height of a cover, in pixels.
const SIDE: u32 = 640;

/// A PNG for the sound file of the routine with this title, 640 pixels wide and high.
pub fn cover(title: &str) -> &'static [u8] {
    let known = COVERS.iter().find(|(known, _)| *known == title);
    known.map_or(HERS, |(_, png)| png)
}

/// The drawing of a cover; `title` is plain text.
pub fn cover_svg(title: &str) -> String {
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\" color=\"#24292f\">\n\
         <title>Softback: {title}</title>\n<rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"#fbfaf7\"/>\n\
         <g fill=\"#24292f\" font-family=\"DejaVu Sans\" text-anchor=\"middle\">\n\
         <text x=\"320\" y=\"92\" font-size=\"60\" font-weight=\"bold\">Softback</text>\n\
         <text x=\"320\" y=\"148\" font-size=\"36\">{title}</text>\n</g>\n\
         <g transform=\"translate(64 116) scale(1.6)\">\n"
    );
    let drawing = scene(Pose::Breathing, Posture::Seated).drawing;
    let drawn = svg::group(&mut text, &drawing);
    debug_assert!(drawn.is_ok(), "text takes whatever is written");
    text + "</g>\n</svg>\n"
}
