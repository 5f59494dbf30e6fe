//! What the keys and the system tell.

use crate::base::Key;

/// What reaches the player from its terminal and from the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// One press of a key, however long it was held.
    Key(Key),
    /// Escape may have been pressed, or another key may be on its way: be silent until that is known. `false` when it
    /// was another key: be heard again.
    Hold(bool),
    /// Ctrl-Z, or SIGTSTP from outside: be silent, then [`Terminal::suspend`](crate::room::terminal::Terminal::suspend).
    Suspend,
    /// SIGCONT, after any stop: [`Terminal::resume`](crate::room::terminal::Terminal::resume).
    Resumed,
    /// The window has another size.
    Resized,
    /// Another window has the keyboard now: keys no longer arrive here.
    FocusLost,
    /// SIGTERM, or another signal that would end the program: end soon. The same again a second later ends the
    /// program whatever it is doing.
    Terminated(i32),
    /// The terminal has been closed: no key will ever come.
    TerminalGone,
}
