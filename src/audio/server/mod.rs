//! The sound server, `PulseAudio` or `PipeWire`: where our stream goes there, and whether it can be heard.
//!
//! Asked on a thread of its own, for which nobody waits. Where there is no such server, where it hangs, refuses or
//! speaks nonsense, or where the device is not reached by way of it, nothing is known, and nothing is done.

mod judge;
mod link;

use std::process;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};
use pulseaudio::protocol::ProtocolError;

use super::hearing::Heard;
use crate::clock::pause;
use link::Link;

/// It is asked this often even if it tells of no change.
const EVERY: Duration = Duration::from_secs(1);

/// Changes come in heaps: they are gathered for this long before it is asked about them.
const GATHER: Duration = Duration::from_millis(40);

/// Before another attempt to reach it.
const AGAIN: Duration = Duration::from_millis(500);

/// Whether the loudspeaker that is used by default has one channel, as far as a server says so.
pub(super) fn is_mono() -> bool {
    let channels = Link::open().and_then(|mut link| link.channels());
    matches!(channels, Ok(Some(1)))
}

/// Begins to watch, until nobody listens. `None` is told where nothing is known.
pub(super) fn watch() -> Receiver<Option<Heard>> {
    let (saying, said) = unbounded();
    let thread = thread::Builder::new().name("sound server".into());
    // Without a thread nothing is known.
    let _ = thread.spawn(move || {
        while saying.send(None).is_ok() {
            // Whatever is wrong with it: it may be another one next time.
            let _ = follow(&saying);
            pause(AGAIN);
        }
    });
    said
}

/// Tells what the server says, as long as it does.
fn follow(saying: &Sender<Option<Heard>>) -> Result<(), ProtocolError> {
    let mut link = Link::open()?;
    loop {
        let heard = judge::heard(process::id(), &link.lists()?);
        if saying.send(heard).is_err() {
            return Ok(());
        }
        if link.waits_for_change(EVERY)? {
            pause(GATHER);
        }
    }
}
