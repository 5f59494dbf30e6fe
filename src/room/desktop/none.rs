//! A desktop that is asked for nothing: where there is no message bus, or the program was built without it.

#![expect(clippy::unused_self, reason = "called as the desktop's own are")]

use std::sync::Arc;

use crossbeam_channel::Sender;

use crate::room::keys::Control;
use crate::session::View;

/// Nothing that would have to be given back.
pub(crate) struct Desktop;

impl Desktop {
    pub(crate) const fn open(_: &Sender<Control>, _leave_music: bool) -> Self {
        Self
    }

    pub(crate) const fn showing(&self) -> Showing {
        Showing
    }
}

pub(crate) struct Showing;

impl Showing {
    pub(crate) const fn show(&mut self, _: &Arc<str>, _: &View) {}
}
