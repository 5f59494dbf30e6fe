//! The voice that says nothing, as long as a voice would take: for tests, and for reading along.

use crossbeam_channel::Sender;

use super::{Voice, VoiceEvent, VoiceJob};
use crate::base::{Clip, Estimate, SpeechLengths};

/// No sound; every sentence as long as the estimate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Silent;

impl Voice for Silent {
    fn handle(&mut self, job: VoiceJob, events: &Sender<VoiceEvent>) {
        if let VoiceJob::Render(utterance) = job {
            let length = Estimate.length(&utterance);
            // A closed channel means that the program is ending.
            let _ = events.send(VoiceEvent::Rendered {
                utterance,
                clip: Clip::speech(Vec::new()),
                length,
            });
        }
    }
}
