//! The words that everything else is written in.

pub(crate) mod clip;
pub(crate) mod diagnostic;
pub(crate) mod files;
pub(crate) mod hurt;
pub(crate) mod key;
pub(crate) mod pace;
pub(crate) mod pause;
pub(crate) mod posture;
pub(crate) mod refusal;
pub(crate) mod remedy;
pub(crate) mod time;
pub(crate) mod utterance;

/// The name of whichever sound device the desktop plays through.
pub(crate) const DEFAULT_DEVICE: &str = "default";
