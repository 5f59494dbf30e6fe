//! What each key means, by what is going on: the whole table, one match.

use crate::base::key::{Button, Key};

/// What is going on, as far as the keys care: the columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    use Button::{Next, Play, PlayPause, Previous, Stop};
    use Phase::{Asking, Closing, Paused, Playing, Ready};
    match (phase, key) {
        (_, Key::CtrlC) => Action::Quit,
        (_, Key::Escape | Key::Char('q') | Key::Media(Stop)) => Action::Stop,
        (_, Key::Up) => Action::Louder,
        (_, Key::Down) => Action::Softer,
        (Playing | Paused | Asking | Ready, Key::Char('[')) => Action::Slower,
        (Playing | Paused | Asking | Ready, Key::Char(']')) => Action::Faster,
        (Playing | Paused | Ready, Key::Char('t')) => Action::TimeLeft,
        (Playing | Paused | Ready, Key::Char('?' | 'h')) => Action::Help,

        (Playing, Key::Left | Key::Media(Previous)) => Action::Previous,
        (Playing, Key::Right | Key::Media(Next)) => Action::Next,
        (Playing, Key::Char('r')) => Action::SayAgain,
        (
            Playing,
            Key::Space
            | Key::Enter
            | Key::Tab
            | Key::Backspace
            | Key::Char(_)
            | Key::Media(PlayPause)
            | Key::Other,
        )
        | (Playing | Ready, Key::Media(Button::Pause)) => Action::Pause,

        (Paused, Key::Space | Key::Media(PlayPause | Play)) => Action::GoOn,

        (Asking, Key::Enter | Key::Char('y')) => Action::Yes,
        (Asking, Key::Tab | Key::Char('n')) => Action::No,
        (Asking, Key::Backspace) => Action::Undo,
        (
            Asking,
            Key::Space | Key::Left | Key::Right | Key::Char(_) | Key::Media(_) | Key::Other,
        )
        | (Ready, Key::Char('r')) => Action::AskAgain,

        (
            Ready,
            Key::Space
            | Key::Enter
            | Key::Tab
            | Key::Backspace
            | Key::Char(_)
            | Key::Media(PlayPause | Play)
            | Key::Other,
        ) => Action::Ready,

        (
            Paused,
            Key::Enter
            | Key::Tab
            | Key::Backspace
            | Key::Left
            | Key::Right
            | Key::Char(_)
            | Key::Media(_)
            | Key::Other,
        )
        | (Playing, Key::Media(Play))
        | (Ready, Key::Left | Key::Right | Key::Media(Next | Previous))
        | (
            Closing,
            Key::Space
            | Key::Enter
            | Key::Tab
            | Key::Backspace
            | Key::Left
            | Key::Right
            | Key::Char(_)
            | Key::Media(_)
            | Key::Other,
        ) => Action::Nothing,
    }
}
