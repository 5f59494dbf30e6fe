//! What she sits on or stands at.

use super::geometry::at;
use super::stroke::{Layer, Stroke};

pub(super) const FLOOR: f64 = 300.0;

/// Where the wall is, from the side.
pub(super) const WALL: f64 = 86.0;

/// The height of a seat.
pub(super) const SEAT: f64 = 238.0;

/// Its back ends below her shoulders.
const CHAIR_BACK: f64 = 168.0;

fn line(points: &[(f64, f64)]) -> Stroke {
    let points: Vec<_> = points.iter().map(|&(x, y)| at(x, y)).collect();
    Stroke::line(Layer::Scenery, points)
}

fn floor() -> Stroke {
    line(&[(30.0, FLOOR), (290.0, FLOOR)])
}

/// A chair from the side; its back is here.
pub(super) fn chair_from_the_side(back: f64) -> Vec<Stroke> {
    vec![
        floor(),
        line(&[(back - 4.0, CHAIR_BACK), (back, SEAT), (back, FLOOR)]),
        line(&[(back, SEAT), (back + 74.0, SEAT), (back + 74.0, FLOOR)]),
    ]
}

/// A chair that faces the viewer, or the wall.
pub(super) fn chair_from_the_front() -> Vec<Stroke> {
    vec![
        floor(),
        line(&[
            (122.0, SEAT),
            (122.0, CHAIR_BACK),
            (198.0, CHAIR_BACK),
            (198.0, SEAT),
        ]),
        line(&[(114.0, FLOOR), (114.0, SEAT), (206.0, SEAT), (206.0, FLOOR)]),
    ]
}

/// A wall behind her from the side, and a chair before her, close enough to touch.
pub(super) fn wall_from_the_side() -> Vec<Stroke> {
    vec![
        line(&[(WALL, 14.0), (WALL, FLOOR), (300.0, FLOOR)]),
        line(&[(206.0, FLOOR), (206.0, SEAT), (264.0, SEAT), (264.0, FLOOR)]),
        line(&[(264.0, SEAT), (268.0, CHAIR_BACK)]),
    ]
}

/// A wall behind her, and a chair beside her, close enough to touch.
pub(super) fn wall_from_the_front() -> Vec<Stroke> {
    vec![
        line(&[
            (24.0, 14.0),
            (24.0, FLOOR),
            (300.0, FLOOR),
            (300.0, 14.0),
            (24.0, 14.0),
        ]),
        line(&[
            (228.0, FLOOR),
            (228.0, CHAIR_BACK),
            (280.0, CHAIR_BACK),
            (280.0, FLOOR),
        ]),
        line(&[(228.0, SEAT), (280.0, SEAT)]),
    ]
}

/// A table before her, firm enough to hold.
pub(super) fn table() -> Vec<Stroke> {
    vec![
        line(&[(216.0, 200.0), (292.0, 200.0)]),
        line(&[(226.0, 200.0), (226.0, FLOOR)]),
        line(&[(282.0, 200.0), (282.0, FLOOR)]),
    ]
}

/// A bed from above, with a pillow.
pub(super) fn bed() -> Vec<Stroke> {
    let frame = |left, top, right, bottom| {
        line(&[
            (left, top),
            (right, top),
            (right, bottom),
            (left, bottom),
            (left, top),
        ])
    };
    vec![
        frame(12.0, 104.0, 308.0, 242.0),
        frame(240.0, 114.0, 300.0, 208.0),
    ]
}
