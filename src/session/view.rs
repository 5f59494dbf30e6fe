//! What can be seen of a session at one moment: all that a screen may draw.

use std::sync::Arc;

use super::keys::Phase;
pub use crate::pace::BreathPhase;
use crate::pace::Pace;
use crate::time::Frames;

/// A counted breath in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreathView {
    /// In or out.
    pub phase: BreathPhase,
    /// Which repetition this is, from 1.
    pub repetition: u32,
    /// How many there are.
    pub of: u32,
}

/// One moment of a session, for a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What is going on.
    pub phase: Phase,
    /// The sentence now spoken, or the last one spoken.
    pub sentence: Arc<str>,
    /// Grows by one with each sentence that begins, so that a sentence said twice is two.
    pub sentences_begun: u64,
    /// The section's title.
    pub section: Arc<str>,
    /// The movement's title, or empty.
    pub movement: Arc<str>,
    /// The breath in progress, if one is counted.
    pub breath: Option<BreathView>,
    /// Place on the routine's timeline: pauses and waits add nothing to it.
    pub elapsed: Frames,
    /// What is left of the routine, waits not counted.
    pub left: Frames,
    /// The pace in force.
    pub pace: Pace,
}
