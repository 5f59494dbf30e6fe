//! A desktop that is asked for nothing: where there is no message bus, or the program was built without it.

use std::sync::Arc;

use crossbeam_channel::Sender;

use crate::room::keys::Control;
use crate::session::View;

/// Nothing that would have to be given back.
pub struct Desktop;

impl Desktop {
    #[must_use]
    pub const fn open(_: &Sender<Control>, _leave_music: bool) -> Self {
        Self
    }

    #[must_use]
    pub const fn showing(&self) -> Showing {
        Showing
    }
}

pub struct Showing;

impl Showing {
    pub const fn show(&mut self, _: &Arc<str>, _: &View) {}
}
