//! The words that everything else is written in.

mod clip;
mod diagnostic;
mod emergency_number;
#[cfg(feature = "program")]
pub(crate) mod files;
mod hurt;
mod key;
mod length;
mod pace;
mod pause;
mod pose;
mod posture;
mod printable;
mod refusal;
mod remedy;
mod time;
mod unheard;
mod utterance;

pub(crate) use self::length::Length;
pub use self::pace::{BreathPhase, Pace, SAFETY_RATE, WordsPerMinute};
pub use self::pose::Pose;
pub use self::posture::Posture;
pub use self::time::{Frames, SAMPLE_RATE};
pub use self::utterance::Utterance;
pub(crate) use self::{
    clip::Clip, clip::ClipKind, clip::FADE, diagnostic::Place, diagnostic::Problem,
    diagnostic::Problems, diagnostic::did_you_mean, diagnostic::nearest,
    emergency_number::EmergencyNumber, emergency_number::NoNumber,
    emergency_number::UNKNOWN_NUMBER, hurt::Hurt, key::Button, key::Key, pace::BreathLengths,
    pace::OWN_BREATH, pause::PauseStep, printable::in_ascii, printable::is_shown,
    printable::only_ascii, printable::printable_on, printable::shows_nothing, refusal::Refusal,
    remedy::Remedy, time::Moment, unheard::Unheard, utterance::CUE_WORDS, utterance::Estimate,
    utterance::LIST_PAUSE, utterance::Side, utterance::SpeechLengths, utterance::VoiceAbility,
};

/// The name of whichever sound device the desktop plays through.
pub(crate) const DEFAULT_DEVICE: &str = "default";
