//! What the page may ask.

use std::collections::HashMap;

use serde::Deserialize;

use crate::base::{Button, Key, Length, Pace, Posture, Unheard};
use crate::journal::at::At;
use crate::routine::Hands;

/// A request, by what it wants done.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(super) enum Request {
    /// Which clips does a page need?
    Clips(Clips),
    /// What may happen now?
    Opening(Kept),
    /// A session begins, at frame 0 of the page's clock.
    Start(Box<Start>),
    /// Something happens at the frame `now`.
    Handle { now: u64, time: At, input: Given },
    /// What is to be seen of what is heard at the frame `heard`?
    Look { heard: u64 },
}

/// What a page is to be able to do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clips {
    /// The name of the routine.
    pub routine: String,
    /// Its file, if it is not inside the program.
    #[serde(default)]
    pub text: Option<String>,
    /// She may choose the soft routine instead.
    #[serde(default)]
    pub choose: bool,
    pub paces: Vec<Pace>,
    pub hands: Vec<Hands>,
    /// The emergency numbers that it may be set to, in digits; `None` for "your emergency number".
    pub emergencies: Vec<Option<String>>,
}

/// What the page keeps, and the time by its clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub time: At,
    /// The lines of the journal; `None` where nothing can be kept.
    pub journal: Option<String>,
    /// Where the last session was left, as it was given to be kept.
    pub left: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    pub time: At,
    /// The lines of the journal; `None` where nothing can be kept.
    pub journal: Option<String>,
    /// Where the last session was left, as it was given to be kept.
    pub left: Option<String>,
    /// The name of the routine.
    pub routine: String,
    /// Its file, if it is not inside the program.
    #[serde(default)]
    pub text: Option<String>,
    /// She is asked which of the two she wants, this one or the soft one.
    #[serde(default)]
    pub choose: bool,
    /// Asked for if `None`, and so is the length.
    #[serde(default)]
    pub posture: Option<Posture>,
    #[serde(default)]
    pub length: Option<Length>,
    #[serde(default)]
    pub pace: Pace,
    /// All safety questions, even where those of the day would do.
    #[serde(default)]
    pub questions: bool,
    /// She has not said yet that she hears well.
    pub sound_check: bool,
    /// Left and right can be told apart.
    #[serde(default)]
    pub sides: bool,
    /// The emergency number, in digits; "your emergency number" if `None`.
    pub emergency: Option<String>,
    pub hands: Hands,
    /// She may go on with the session that was cut off.
    #[serde(default)]
    pub pick_up: bool,
    /// How long each clip is that the page has, in frames, by the clip's key.
    pub clips: HashMap<String, u64>,
}

/// What happens.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Given {
    /// Time has passed.
    Tick,
    Key(KeyName),
    FocusLost,
    DeviceLost(Unheard),
    DeviceBack,
    /// The page stood still for so many frames more than its clock knows.
    Woken(u64),
    VoiceFailed,
    /// A line of the last answer could not be kept.
    Unwritten,
}

/// A key by what she means with it; what it does now is the session's to say.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KeyName {
    Yes,
    No,
    Pause,
    Stop,
    Next,
    Back,
    Again,
    Undo,
    Louder,
    Softer,
    Slower,
    Faster,
    TimeLeft,
    Help,
    Leave,
    Other,
    MediaPlayPause,
    MediaPlay,
    MediaPause,
    MediaStop,
    MediaNext,
    MediaPrevious,
}

impl From<KeyName> for Key {
    fn from(name: KeyName) -> Self {
        match name {
            KeyName::Yes => Self::Enter,
            KeyName::No => Self::Tab,
            KeyName::Pause => Self::Space,
            KeyName::Stop => Self::Escape,
            KeyName::Next => Self::Right,
            KeyName::Back => Self::Left,
            KeyName::Again => Self::Char('r'),
            KeyName::Undo => Self::Backspace,
            KeyName::Louder => Self::Up,
            KeyName::Softer => Self::Down,
            KeyName::Slower => Self::Char('['),
            KeyName::Faster => Self::Char(']'),
            KeyName::TimeLeft => Self::Char('t'),
            KeyName::Help => Self::Char('?'),
            KeyName::Leave => Self::CtrlC,
            KeyName::Other => Self::Other,
            KeyName::MediaPlayPause => Self::Media(Button::PlayPause),
            KeyName::MediaPlay => Self::Media(Button::Play),
            KeyName::MediaPause => Self::Media(Button::Pause),
            KeyName::MediaStop => Self::Media(Button::Stop),
            KeyName::MediaNext => Self::Media(Button::Next),
            KeyName::MediaPrevious => Self::Media(Button::Previous),
        }
    }
}
