//! What a picture is made of: strokes in layers, and arrows.

use super::geometry::{Point, SIDE, at};

/// How a stroke is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// The chair, the wall, the floor: thin and faint.
    Scenery,
    /// The arm or leg on her far side: faint.
    Far,
    /// Herself.
    Body,
    /// Her face: thin.
    Fine,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Line(Vec<Point>),
    /// Begin, control, end.
    Bow([Point; 3]),
    /// Begin, two controls, end.
    Belly([Point; 4]),
    /// Centre and radius.
    Round(Point, f64),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stroke {
    pub(super) layer: Layer,
    pub(super) shape: Shape,
}

/// Whether the words lead back, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    There,
    ThereAndBack,
}

/// An arrow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Motion {
    /// From the first point past the second, which bends it, to the third.
    Along([Point; 3], Way),
    /// Round and round, beginning below.
    Ring {
        centre: Point,
        /// Half its width and half its height.
        radii: [f64; 2],
        clockwise: bool,
    },
}

/// A ring leaves this many degrees open, so that its beginning and its end are seen.
const OPEN: f64 = 50.0;

impl Stroke {
    pub(super) const fn new(layer: Layer, shape: Shape) -> Self {
        Self { layer, shape }
    }

    pub(super) fn line(layer: Layer, points: impl Into<Vec<Point>>) -> Self {
        Self::new(layer, Shape::Line(points.into()))
    }

    pub(super) fn map(self, place: impl Fn(Point) -> Point, scale: f64) -> Self {
        let shape = match self.shape {
            Shape::Line(points) => Shape::Line(points.into_iter().map(place).collect()),
            Shape::Bow(points) => Shape::Bow(points.map(place)),
            Shape::Belly(points) => Shape::Belly(points.map(place)),
            Shape::Round(centre, radius) => Shape::Round(place(centre), radius * scale),
        };
        Self { shape, ..self }
    }
}

impl Motion {
    pub(super) const fn line(from: Point, to: Point, way: Way) -> Self {
        Self::Along([from, from.toward(to, 0.5), to], way)
    }

    /// Where it is after so much of its way: 0 is its beginning, 1 its end.
    pub(super) fn place(self, share: f64) -> Point {
        match self {
            Self::Along([from, past, to], _) => {
                let (first, second) = (from.toward(past, share), past.toward(to, share));
                first.toward(second, share)
            }
            Self::Ring {
                centre,
                radii: [width, height],
                clockwise,
            } => {
                let round = OPEN / 2.0 + (360.0 - OPEN) * share;
                let angle = if clockwise {
                    180.0 + round
                } else {
                    180.0 - round
                };
                let (sin, cos) = angle.to_radians().sin_cos();
                centre.on(width * sin, -height * cos)
            }
        }
    }

    pub(super) fn map(self, place: impl Fn(Point) -> Point, mirrors: bool, scale: f64) -> Self {
        match self {
            Self::Along(points, way) => Self::Along(points.map(place), way),
            Self::Ring {
                centre,
                radii,
                clockwise,
            } => Self::Ring {
                centre: place(centre),
                radii: radii.map(|radius| radius * scale),
                clockwise: clockwise != mirrors,
            },
        }
    }
}

/// Strokes and arrows together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Drawing {
    pub(super) strokes: Vec<Stroke>,
    pub(super) motions: Vec<Motion>,
}

impl Drawing {
    pub(super) fn new(strokes: impl IntoIterator<Item = Stroke>) -> Self {
        Self {
            strokes: strokes.into_iter().collect(),
            motions: Vec::new(),
        }
    }

    pub(super) fn with(mut self, motion: Motion) -> Self {
        self.motions.push(motion);
        self
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.strokes.extend(other.strokes);
        self.motions.extend(other.motions);
        self
    }

    /// The same for her other side.
    pub(super) fn mirrored(self) -> Self {
        self.map(|point| at(SIDE - point.x, point.y), true, 1.0)
    }

    /// Smaller or larger, with its top left corner somewhere else.
    pub(super) fn scaled(self, corner: Point, scale: f64) -> Self {
        let place = |point: Point| corner.on(point.x * scale, point.y * scale);
        self.map(place, false, scale)
    }

    fn map(self, place: impl Fn(Point) -> Point + Copy, mirrors: bool, scale: f64) -> Self {
        let strokes = self.strokes.into_iter();
        let motions = self.motions.into_iter();
        Self {
            strokes: strokes.map(|stroke| stroke.map(place, scale)).collect(),
            motions: motions
                .map(|motion| motion.map(place, mirrors, scale))
                .collect(),
        }
    }
}
