//! The desktop around a session: its media keys and headset buttons, its screen saver, its other music.
//!
//! All of it goes over the desktop's message bus, and none of it is needed: where there is no bus, or
//! nobody answers there, the session does without and says nothing of it. Whatever talks to the bus
//! has a thread of its own, so that a service that hangs keeps nobody waiting.
//!
//! The bus is spoken to directly: the crates for media keys and for keeping awake panic where there is no bus or no
//! screen saver, and a panic ends the program. macOS and Windows have no such bus.

mod inhibit;
mod media_keys;
mod other_music;

use std::convert::Infallible;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use serde::Serialize;
use zbus::connection::{Builder, Connection};
use zbus::{DynamicType, Message};

use crate::room::keys::Control;
use crate::session::{View, keys::Phase};

/// A service that has not answered by then never will. Only its own thread waits that long.
const ANSWER: Duration = Duration::from_secs(25);

/// At its end the program waits no longer than this for everything to be given back.
const GIVING_BACK: Duration = Duration::from_millis(700);

/// All that a session has asked of the desktop; given back when dropped.
#[must_use = "the screen may go dark, and other music plays on, when this is dropped"]
pub(crate) struct Desktop {
    shown: Sender<NowPlaying>,
    /// Dropped when the session is over.
    going_on: Option<Sender<Infallible>>,
    /// Disconnected when the last errand has ended.
    ended: Receiver<Infallible>,
}

impl Desktop {
    /// Asks for everything, and returns at once. Presses of buttons are told to `controls`; other
    /// programs' music goes on if `leave_music`.
    pub(crate) fn open(controls: &Sender<Control>, leave_music: bool) -> Self {
        let (shown, showing) = unbounded();
        let (going_on, over) = bounded(0);
        let (running, ended) = bounded(0);
        let errand = Errand {
            over,
            _running: running,
        };
        let controls = controls.clone();
        errand.spawn("media keys", move |errand| {
            media_keys::serve(errand, &showing, &controls)
        });
        errand.spawn("screen", inhibit::screen);
        errand.spawn("awake", inhibit::system);
        if !leave_music {
            errand.spawn("music", other_music::pause);
        }
        Self {
            shown,
            going_on: Some(going_on),
            ended,
        }
    }

    /// What the desktop may show of the session is told here.
    pub(crate) fn showing(&self) -> Showing {
        Showing {
            last: None,
            shown: self.shown.clone(),
        }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.going_on.take();
        // Nothing is ever sent: either the last errand has ended, or it has taken too long.
        let _ = self.ended.recv_timeout(GIVING_BACK);
    }
}

/// Tells the desktop what goes on, when it changes.
pub(crate) struct Showing {
    last: Option<NowPlaying>,
    shown: Sender<NowPlaying>,
}

impl Showing {
    /// What goes on now, in the routine of this title.
    pub(crate) fn show(&mut self, routine: &Arc<str>, view: &View) {
        let now = NowPlaying::new(routine, view);
        if self.last.as_ref() != Some(&now) {
            self.last = Some(now.clone());
            // Without a bus nobody looks.
            let _ = self.shown.send(now);
        }
    }
}

/// What a desktop shows of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NowPlaying {
    status: &'static str,
    routine: Arc<str>,
    /// The movement's title, or the section's where it has none.
    title: Arc<str>,
}

impl NowPlaying {
    fn new(routine: &Arc<str>, view: &View) -> Self {
        let movement = Some(&view.movement).filter(|title| !title.is_empty());
        let title = movement.unwrap_or(&view.section);
        Self {
            status: status(view.phase),
            routine: routine.clone(),
            title: title.clone(),
        }
    }
}

/// A headset with one button sends "play" or "pause" by what it is told here: when she is waited
/// for, it must be "play", which means that she is ready.
const fn status(phase: Phase) -> &'static str {
    match phase {
        Phase::Playing | Phase::Asking => "Playing",
        Phase::Paused | Phase::Ready => "Paused",
        Phase::Closing => "Stopped",
    }
}

/// One of the threads that ask something of the desktop, for as long as the session lasts.
#[derive(Clone)]
struct Errand {
    /// Disconnected when the session is over.
    over: Receiver<Infallible>,
    /// Dropped when it has ended.
    _running: Sender<Infallible>,
}

impl Errand {
    /// Runs `errand` on a thread of its own.
    fn spawn(&self, name: &str, errand: impl FnOnce(&Self) -> zbus::Result<()> + Send + 'static) {
        let this = self.clone();
        let thread = thread::Builder::new().name(name.into());
        // No bus, no such service, no answer, no thread: the session does without.
        let _ = thread.spawn(move || errand(&this));
    }

    /// Waits until the session is over.
    fn wait(&self) {
        // Nothing is ever sent.
        let _ = self.over.recv();
    }
}

/// One interface of an object on a bus: the bus, the name of its program, its path, the interface.
struct Object<'a>(&'a Connection, &'a str, &'a str, &'a str);

impl Object<'_> {
    /// Calls a method, and waits for the answer.
    fn call(&self, method: &str, args: &(impl Serialize + DynamicType)) -> zbus::Result<Message> {
        let &Self(bus, name, path, interface) = self;
        zbus::block_on(bus.call_method(Some(name), path, Some(interface), method, args))
    }
}

fn join(bus: Builder<'_>) -> zbus::Result<Connection> {
    zbus::block_on(bus.method_timeout(ANSWER).build())
}
