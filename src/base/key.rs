//! The keys that she can press, and the buttons of a headset.

/// A key as she finds it by touch. Letters come lower-case: caps lock must not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Space,
    Escape,
    /// Enter, of either block.
    Enter,
    Tab,
    Backspace,
    Left,
    Right,
    Up,
    Down,
    /// Any other key that makes a character.
    Char(char),
    CtrlC,
    /// A media key, or a button of a headset.
    #[cfg_attr(
        not(all(feature = "media-keys", unix, not(target_os = "macos"))),
        allow(dead_code, reason = "only the desktop's message bus brings it")
    )]
    Media(Button),
    /// Anything else that she happens to hit.
    Other,
}

/// What media keys and the buttons of headsets ask of any player.
#[cfg_attr(
    not(all(feature = "media-keys", unix, not(target_os = "macos"))),
    allow(dead_code, reason = "only the desktop's message bus brings them")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Button {
    /// Pause, or go on: the large one.
    PlayPause,
    Play,
    Pause,
    Stop,
    Next,
    Previous,
}
