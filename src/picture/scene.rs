//! One picture: what it is called, what it shows, and its drawing.

use super::stroke::{Drawing, Motion};

pub(super) struct Scene {
    pub(super) title: &'static str,
    /// For whoever cannot see it.
    pub(super) description: String,
    pub(super) drawing: Drawing,
}

impl Scene {
    pub(super) fn new(
        title: &'static str,
        description: impl Into<String>,
        drawing: Drawing,
    ) -> Self {
        Self {
            title,
            description: description.into(),
            drawing,
        }
    }

    pub(super) fn with(mut self, motions: impl IntoIterator<Item = Motion>) -> Self {
        self.drawing.motions.extend(motions);
        self
    }

    /// The same for her other side, under its own name.
    pub(super) fn mirrored(self, title: &'static str, description: impl Into<String>) -> Self {
        Self {
            title,
            description: description.into(),
            drawing: self.drawing.mirrored(),
        }
    }
}
