//! A desktop that is asked for nothing: where there is no message bus, or the program was built without it.

use std::sync::Arc;

use crossbeam_channel::Sender;

use crate::keys::Control;
use crate::session::View;

/// Nothing that would have to be given back.
pub struct Desktop;

impl Desktop {
    /// Asks for nothing.
    #[must_use]
    pub const fn open(_: &Sender<Control>, _leave_music: bool) -> Self {
        Self
    }

    /// Nothing is shown.
    #[must_use]
    pub const fn showing(&self) -> Showing {
        Showing
    }
}

/// Nobody looks.
pub struct Showing;

impl Showing {
    /// Shows nothing.
    pub const fn show(&mut self, _: &Arc<str>, _: &View) {}
}
