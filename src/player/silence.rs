//! How everything ends: in silence that has left the loudspeaker.

use std::time::Duration;

use crossbeam_channel::never;

use crate::audio::{GraphHandle, Output};
use crate::base::Frames;
use crate::clock::now;

/// How soon to look again while a cut is under way: its end is the beginning of what follows.
pub(super) const CUT_LOOK: Duration = Duration::from_millis(3);

/// Nobody waits longer for silence: the device may be dead.
pub(super) const LEAVE_PATIENCE: Duration = Duration::from_millis(300);

/// Waits until the cuts up to this run are done and heard.
pub(super) fn fall_silent(graph: &GraphHandle, output: &Output, run: u64) {
    if output.is_lost() {
        return;
    }
    let since = now();
    let ring = Frames(2 * u64::from(output.period())).duration();
    let pause = never::<()>();
    while graph.run().0 < run && since.elapsed() < LEAVE_PATIENCE {
        let _ = pause.recv_timeout(CUT_LOOK);
    }
    let _ = pause.recv_timeout(ring + ring);
}
