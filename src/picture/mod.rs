//! Pictures of each position: a calm line figure, drawn from joint angles, with an arrow for the motion.
//!
//! Pure: a pose and a posture become the text of an SVG.

mod cover;
mod from_the_front;
mod from_the_side;
mod front;
mod geometry;
mod poses;
mod scene;
mod scenery;
mod side;
mod stroke;
mod svg;
mod twice;

use crate::base::{Pose, Posture};
pub use cover::{cover, cover_svg};
use poses::scene;
use scene::Scene;

/// The picture of a pose, as SVG of less than 2 kB with a title and a description. `posture` says how she is in this
/// movement: in the warm-up of a standing session she sits.
pub fn of(pose: Pose, posture: Posture) -> String {
    let Scene {
        title,
        description,
        drawing,
    } = scene(pose, posture);
    svg::svg(title, &description, &drawing)
}

#[cfg(test)]
mod tests;
