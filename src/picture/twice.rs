//! The pictures that show her twice, smaller: from two sides, or in one place or the other.

use super::geometry::at;
use super::scene::Scene;
use super::stroke::Drawing;
use super::{from_the_front, from_the_side};
use crate::base::Posture;

/// How large she is.
const SCALE: f64 = 0.58;

pub(super) fn sit_well_back() -> Scene {
    let side = from_the_side::resting(Posture::Seated).drawing;
    let front = from_the_front::resting(Posture::Seated).drawing;
    let side = side.scaled(at(-4.0, -26.0), SCALE);
    Scene::new(
        "Sitting",
        "From the side and from the front. She sits well back on a chair whose back ends below her shoulders, feet flat \
         on the floor, knees apart, hands on her thighs.",
        side.and(front.scaled(at(138.0, 134.0), SCALE)),
    )
}

/// She lies in the lower half.
fn or_lying(upper: Drawing) -> Drawing {
    let lying = from_the_side::lying().scaled(at(46.0, 90.0), 0.86);
    upper.scaled(at(4.0, -2.0), SCALE).and(lying)
}

pub(super) fn sit_or_lie() -> Scene {
    Scene::new(
        "Sitting or lying",
        "She sits well back on a chair, her hands on her thighs; or, seen from above, she lies on her side, her head on a pillow.",
        or_lying(from_the_side::resting(Posture::Seated).drawing),
    )
}

pub(super) fn walk_or_lie() -> Scene {
    Scene::new(
        "Walking, or lying",
        "She walks about; or, seen from above, she lies on her side, her head on a pillow.",
        or_lying(from_the_side::walking()),
    )
}
