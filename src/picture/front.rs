//! She from the front, or from behind. From the front her right is on the left of the picture.

use super::geometry::Point;
use super::side::eye_of;
use super::stroke::{Layer, Shape, Stroke};

const TRUNK: f64 = 78.0;
const NAPE: f64 = 90.0;
const NECK: f64 = 28.0;
const HEAD: f64 = 18.0;
/// Half the width of her shoulders, and of her hips.
const SHOULDERS: f64 = 32.0;
const HIPS: f64 = 20.0;

/// Left and right here are those of the picture.
#[derive(Clone, Copy)]
pub(super) struct Front {
    /// The middle of her hips.
    pub(super) hip: Point,
    pub(super) knees: [Point; 2],
    pub(super) ankles: [Point; 2],
    /// How far her trunk leans to the right, in degrees.
    pub(super) lean: f64,
    /// How far her upper trunk and her head are turned to the right of the picture, in units.
    pub(super) turn: f64,
    pub(super) from_behind: bool,
    pub(super) eyes_open: bool,
}

impl Front {
    /// The left and the right shoulder.
    pub(super) fn shoulders(self) -> [Point; 2] {
        let middle = self.hip.polar(self.lean, TRUNK).on(self.turn / 4.0, 0.0);
        let half = SHOULDERS - self.turn.abs() / 2.0;
        [-90.0, 90.0].map(|side| middle.polar(self.lean + side, half))
    }

    /// The middle of her chest.
    pub(super) fn breastbone(self) -> Point {
        self.hip
            .polar(self.lean, TRUNK - 18.0)
            .on(self.turn / 2.0, 0.0)
    }

    pub(super) fn head(self) -> Point {
        self.nape().polar(self.lean / 2.0, NECK)
    }

    fn nape(self) -> Point {
        self.hip.polar(self.lean, NAPE)
    }

    /// The left and the right arm, each by its elbow and its hand.
    pub(super) fn arms(self, arms: [[Point; 2]; 2]) -> Vec<Stroke> {
        let shoulders = self.shoulders().into_iter();
        let arms = shoulders.zip(arms);
        arms.flat_map(|(shoulder, [elbow, hand])| {
            [
                Stroke::line(Layer::Body, [shoulder, elbow, hand]),
                Stroke::new(Layer::Body, Shape::Round(hand, 3.0)),
            ]
        })
        .collect()
    }

    /// Everything but her arms.
    pub(super) fn body(self) -> Vec<Stroke> {
        let [left, right] = self.shoulders();
        let hips = [-HIPS, HIPS].map(|side| self.hip.on(side, 0.0));
        let nape = self.nape();
        let mut strokes = vec![Stroke::line(
            Layer::Body,
            [
                nape,
                left,
                hips[0],
                hips[1],
                right,
                nape,
                nape.toward(self.head(), 0.4),
            ],
        )];
        for (side, toe) in [(0, -9.0), (1, 9.0)] {
            let ankle = self.ankles[side];
            let leg = [hips[side], self.knees[side], ankle, ankle.on(toe, 6.0)];
            strokes.push(Stroke::line(Layer::Body, leg));
        }
        if !self.from_behind {
            let middle = self.hip.polar(self.lean / 2.0, 24.0);
            strokes.push(Stroke::new(Layer::Body, Shape::Round(middle, 22.0)));
        }
        strokes.extend(self.head_strokes());
        strokes
    }

    fn head_strokes(self) -> Vec<Stroke> {
        let (head, upright) = (self.head(), self.lean / 2.0);
        let bun = if self.from_behind {
            Shape::Round(head.polar(upright, 4.0), 8.0)
        } else {
            Shape::Round(head.polar(upright, 25.0), 6.0)
        };
        let mut strokes = vec![
            Stroke::new(Layer::Body, Shape::Round(head, HEAD)),
            Stroke::new(Layer::Body, bun),
        ];
        if !self.from_behind {
            let middle = head.on(self.turn * 0.38, 0.0);
            let eyes = [-90.0, 90.0].map(|side| middle.polar(upright + side, 7.0));
            strokes.extend(eyes.map(|eye| eye_of(eye, upright, self.eyes_open)));
        }
        strokes
    }
}
