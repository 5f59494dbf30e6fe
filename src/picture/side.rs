//! She from her right side, looking to the right of the picture.

use super::geometry::{Bend, Point, joint};
use super::stroke::{Layer, Shape, Stroke};

const LOIN: f64 = 40.0;
const CHEST: f64 = 50.0;
const NECK: f64 = 28.0;
const HEAD: f64 = 18.0;
const UPPER_ARM: f64 = 48.0;
const FOREARM: f64 = 52.0;
const THIGH: f64 = 68.0;
const SHIN: f64 = 66.0;

/// The angles of her trunk, and where her feet are.
#[derive(Clone, Copy)]
pub(super) struct Side {
    pub(super) hip: Point,
    /// Of the lower part of her trunk, of the upper one and of her head.
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) head: f64,
    /// The near ankle, and the far one.
    pub(super) ankles: [Point; 2],
    /// The direction of her feet.
    pub(super) toes: f64,
    pub(super) eyes_open: bool,
}

impl Side {
    fn waist(self) -> Point {
        self.hip.polar(self.low, LOIN)
    }

    fn nape(self) -> Point {
        self.waist().polar(self.high, CHEST)
    }

    pub(super) fn shoulder(self) -> Point {
        self.waist().polar(self.high, CHEST - 12.0)
    }

    /// The front of her chest, above the bump.
    pub(super) fn breastbone(self) -> Point {
        self.waist()
            .polar(self.high, CHEST - 20.0)
            .polar(self.high + 90.0, 14.0)
    }

    /// The middle of her head.
    pub(super) fn face(self) -> Point {
        self.nape().polar(self.head, NECK)
    }

    /// An arm whose hand is at a place, as far as it reaches; the elbow bends to this side.
    pub(super) fn arm(self, layer: Layer, hand: Point, bend: Bend) -> [Stroke; 2] {
        let shoulder = self.shoulder();
        let elbow = joint(shoulder, hand, [UPPER_ARM, FOREARM], bend);
        self.arm_by(layer, elbow, hand)
    }

    /// An arm whose elbow points to the front or to the viewer, and looks shorter.
    pub(super) fn arm_by(self, layer: Layer, elbow: Point, hand: Point) -> [Stroke; 2] {
        [
            Stroke::line(layer, [self.shoulder(), elbow, hand]),
            Stroke::new(layer, Shape::Round(hand, 3.0)),
        ]
    }

    /// Everything but her arms.
    pub(super) fn body(self) -> Vec<Stroke> {
        let [near, far] = self.ankles;
        let mut strokes = vec![
            self.leg(Layer::Far, far),
            self.leg(Layer::Body, near),
            Stroke::new(
                Layer::Body,
                Shape::Bow([self.hip, self.waist(), self.nape()]),
            ),
            self.bump(),
        ];
        strokes.extend(self.head_and_neck());
        strokes
    }

    fn leg(self, layer: Layer, ankle: Point) -> Stroke {
        let knee = joint(self.hip, ankle, [THIGH, SHIN], Bend::Against);
        Stroke::line(layer, [self.hip, knee, ankle, ankle.polar(self.toes, 22.0)])
    }

    fn bump(self) -> Stroke {
        let top = self.waist().toward(self.nape(), 0.55);
        let front = self.low + 90.0;
        Stroke::new(
            Layer::Body,
            Shape::Belly([
                top,
                top.polar(front, 34.0).polar(self.low + 180.0, 10.0),
                self.hip.polar(front, 60.0).polar(self.low, 12.0),
                self.hip,
            ]),
        )
    }

    fn head_and_neck(self) -> [Stroke; 5] {
        let (face, nape) = (self.face(), self.nape());
        let nose = face.polar(self.head + 92.0, HEAD);
        let eye = face.polar(self.head + 68.0, 11.0);
        [
            Stroke::line(Layer::Body, [nape, nape.toward(face, 0.4)]),
            Stroke::new(Layer::Body, Shape::Round(face, HEAD)),
            Stroke::new(
                Layer::Body,
                Shape::Round(face.polar(self.head - 30.0, 25.0), 6.0),
            ),
            Stroke::line(Layer::Fine, [nose, nose.polar(self.head + 105.0, 6.0)]),
            eye_of(eye, self.head, self.eyes_open),
        ]
    }
}

/// An eye: a dot where it is open, a lid where it is closed.
pub(super) fn eye_of(place: Point, upright: f64, open: bool) -> Stroke {
    let shape = if open {
        Shape::Round(place, 1.0)
    } else {
        let [left, right] = [-90.0, 90.0].map(|side| place.polar(upright + side, 4.0));
        Shape::Bow([left, place.polar(upright + 180.0, 5.0), right])
    };
    Stroke::new(Layer::Fine, shape)
}
