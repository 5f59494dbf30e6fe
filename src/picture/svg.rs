//! A drawing as SVG. Coordinates are whole units, so that a picture is small and the same on every machine.

use std::fmt::{self, Write};

use super::geometry::{Point, SIDE};
use super::stroke::{Drawing, Layer, Motion, Shape, Stroke, Way};

/// Readable on a light page and on a dark one.
const ARROW: &str = "#0f8a7e";

/// How long the head of an arrow is.
const HEAD: f64 = 15.0;

/// The whole picture; `title` and `description` are plain text.
pub(super) fn svg(title: &str, description: &str, drawing: &Drawing) -> String {
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\">\n\
         <title>{title}</title>\n<desc>{description}</desc>\n"
    );
    let drawn = group(&mut text, drawing);
    debug_assert!(drawn.is_ok(), "text takes whatever is written");
    text + "</svg>\n"
}

/// What is drawn, as one group.
pub(super) fn group(text: &mut impl Write, drawing: &Drawing) -> fmt::Result {
    text.write_str(
        "<g fill=\"none\" stroke=\"currentColor\" stroke-width=\"6\" stroke-linecap=\"round\" \
         stroke-linejoin=\"round\">\n",
    )?;
    for (layer, look) in [
        (Layer::Scenery, " stroke-width=\"4\" opacity=\".4\""),
        (Layer::Far, " opacity=\".4\""),
        (Layer::Body, ""),
        (Layer::Fine, " stroke-width=\"4\""),
    ] {
        let of_layer = |stroke: &&Stroke| stroke.layer == layer;
        let mut strokes = drawing.strokes.iter().filter(of_layer).peekable();
        if strokes.peek().is_some() {
            write!(text, "<path{look} d=\"")?;
            strokes.try_for_each(|stroke| shape(text, &stroke.shape))?;
            text.write_str("\"/>\n")?;
        }
    }
    if !drawing.motions.is_empty() {
        write!(
            text,
            "<g stroke=\"{ARROW}\" stroke-width=\"5\">\n<path d=\""
        )?;
        let motions = || drawing.motions.iter().copied();
        motions().try_for_each(|motion| shaft(text, motion))?;
        write!(text, "\"/>\n<path fill=\"{ARROW}\" d=\"")?;
        motions().try_for_each(|motion| heads(text, motion))?;
        text.write_str("\"/>\n</g>\n")?;
    }
    text.write_str("</g>\n")
}

fn shape(text: &mut impl Write, shape: &Shape) -> fmt::Result {
    match shape {
        Shape::Line(points) => path(text, "ML", points),
        Shape::Bow(points) => path(text, "MQ", points),
        Shape::Belly(points) => path(text, "MC", points),
        Shape::Round(centre, radius) => {
            path(text, "M", &[centre.on(-radius, 0.0)])?;
            let (radius, across) = (radius.round(), 2.0 * radius.round());
            write!(
                text,
                "a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0-{across} 0"
            )
        }
    }
}

/// Points behind the letters of the commands; the last letter holds for all that follow.
fn path(text: &mut impl Write, commands: &str, points: &[Point]) -> fmt::Result {
    let mut letters = commands.chars();
    for point in points {
        match letters.next() {
            Some(letter) => text.write_char(letter)?,
            None => text.write_char(' ')?,
        }
        write!(text, "{:.0} {:.0}", point.x, point.y)?;
    }
    Ok(())
}

fn shaft(text: &mut impl Write, motion: Motion) -> fmt::Result {
    match motion {
        Motion::Along(points, _) => path(text, "MQ", &points),
        Motion::Ring {
            radii: [width, height],
            clockwise,
            ..
        } => {
            path(text, "M", &[motion.place(0.0)])?;
            let sweep = u8::from(clockwise);
            write!(text, "A{width:.0} {height:.0} 0 1 {sweep} ")?;
            path(text, "", &[motion.place(1.0)])
        }
    }
}

/// One at its end; where it leads back, a smaller one at its beginning.
fn heads(text: &mut impl Write, motion: Motion) -> fmt::Result {
    head(text, motion.place(1.0), motion.place(0.9), HEAD)?;
    match motion {
        Motion::Along(_, Way::ThereAndBack) => {
            head(text, motion.place(0.0), motion.place(0.1), HEAD * 0.6)
        }
        _ => Ok(()),
    }
}

fn head(text: &mut impl Write, tip: Point, behind: Point, long: f64) -> fmt::Result {
    let back = tip.angle(behind);
    path(
        text,
        "ML",
        &[
            tip,
            tip.polar(back - 28.0, long),
            tip.polar(back + 28.0, long),
        ],
    )?;
    text.write_char('Z')
}
