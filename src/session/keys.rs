//! What each key means, by what is going on.

use serde::Serialize;

use crate::base::{Button, Key};

/// What is going on, as far as the keys care: the columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Phase {
    Playing,
    /// She has paused it.
    Paused,
    /// A question waits for yes or no.
    Asking,
    /// It waits until she is ready.
    Ready,
    /// The spoken close after a stop.
    Closing,
}

#[cfg(test)]
impl Phase {
    pub(crate) const ALL: [Self; 5] = [
        Self::Playing,
        Self::Paused,
        Self::Asking,
        Self::Ready,
        Self::Closing,
    ];
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// Silence at once, and wait.
    Pause,
    /// Go on after a pause.
    GoOn,
    Ready,
    /// Say the question, or what is waited for, once more.
    AskAgain,
    Yes,
    No,
    /// Take the last answer back.
    Undo,
    /// Silence at once, then the spoken close; during the close: out, in silence.
    Stop,
    /// To the movement before.
    Previous,
    /// To the movement after.
    Next,
    /// The last sentence once more.
    SayAgain,
    Louder,
    Softer,
    Slower,
    Faster,
    /// Say how much time is left.
    TimeLeft,
    Help,
    Quit,
    Nothing,
}

/// What `key` asks for while `phase` is going on.
pub(crate) const fn action(phase: Phase, key: Key) -> Action {
    match key {
        Key::CtrlC => Action::Quit,
        // A stop button always stops, at a question too: stopping is no answer.
        Key::Escape | Key::Char('q') | Key::Media(Button::Stop) => Action::Stop,
        Key::Up => Action::Louder,
        Key::Down => Action::Softer,
        _ => match phase {
            Phase::Playing => playing(key),
            Phase::Paused => paused(key),
            Phase::Asking => asking(key),
            Phase::Ready => ready(key),
            Phase::Closing => Action::Nothing,
        },
    }
}

const fn playing(key: Key) -> Action {
    match key {
        Key::Left | Key::Media(Button::Previous) => Action::Previous,
        Key::Right | Key::Media(Button::Next) => Action::Next,
        Key::Media(Button::Play) => Action::Nothing,
        Key::Char('r') => Action::SayAgain,
        _ => beside(key, Action::Pause),
    }
}

const fn paused(key: Key) -> Action {
    match key {
        Key::Space | Key::Media(Button::PlayPause | Button::Play) => Action::GoOn,
        _ => beside(key, Action::Nothing),
    }
}

/// While it asks, a button of a headset only has it ask again: it never answers.
const fn asking(key: Key) -> Action {
    match key {
        Key::Enter | Key::Char('y') => Action::Yes,
        Key::Tab | Key::Char('n') => Action::No,
        Key::Backspace => Action::Undo,
        Key::Char('[') => Action::Slower,
        Key::Char(']') => Action::Faster,
        _ => Action::AskAgain,
    }
}

/// A headset with a single button is told "paused" while she is waited for, and so sends "play", which means
/// ready. An explicit "pause" comes from outside, where somebody wants silence.
const fn ready(key: Key) -> Action {
    match key {
        Key::Left | Key::Right | Key::Media(Button::Next | Button::Previous) => Action::Nothing,
        Key::Media(Button::Pause) => Action::Pause,
        Key::Char('r') => Action::AskAgain,
        _ => beside(key, Action::Ready),
    }
}

/// What is said beside the session, whatever goes on in it; `otherwise` for every other key.
const fn beside(key: Key, otherwise: Action) -> Action {
    match key {
        Key::Char('[') => Action::Slower,
        Key::Char(']') => Action::Faster,
        Key::Char('t') => Action::TimeLeft,
        Key::Char('?' | 'h') => Action::Help,
        _ => otherwise,
    }
}
