//! A session under the virtual clock, its keys and its samples kept: the same way as to a file.

use crate::base::{Clip, Frames, Key, Moment, Utterance};
use crate::export::perform::{self, Listener};
use crate::session::tests::virtual_room::willing;
use crate::session::{Ending, Session, Sound};
use crate::voice::{self, Voice, VoiceError};

/// What became of a session under the virtual clock.
#[derive(Debug)]
pub struct Performance {
    /// Everything that would have left the loudspeaker: mono, 48 kHz.
    pub samples: Vec<f32>,
    /// Each sound that was queued, with the moment at which it was to begin.
    pub sounds: Vec<(Moment, Sound)>,
    pub ending: Ending,
}

/// Performs a session to its end. She presses `keys` at their moments, and at each wait she is [`willing`] at once.
pub fn perform(
    mut session: Session,
    voice: &mut impl Voice,
    keys: &[(Moment, Key)],
) -> Result<Performance, VoiceError> {
    let mut recorder = Recorder {
        voice,
        keys,
        samples: Vec::new(),
    };
    let performance = perform::perform(&mut session, &mut recorder)?;
    Ok(Performance {
        samples: recorder.samples,
        sounds: performance.sounds,
        ending: performance.ending,
    })
}

struct Recorder<'a, V> {
    voice: &'a mut V,
    /// Those that have not been pressed yet.
    keys: &'a [(Moment, Key)],
    samples: Vec<f32>,
}

impl<V: Voice> Listener for Recorder<'_, V> {
    type Error = VoiceError;

    fn clip(&mut self, utterance: &Utterance) -> Result<(Clip, Frames), VoiceError> {
        voice::render(self.voice, utterance)
    }

    fn hear(&mut self, samples: &[f32]) -> Result<(), VoiceError> {
        self.samples.extend_from_slice(samples);
        Ok(())
    }

    fn key(&mut self, session: &Session, now: Moment) -> Result<Option<Key>, VoiceError> {
        if let Some(((at, key), later)) = self.keys.split_first()
            && *at <= now
        {
            self.keys = later;
            return Ok(Some(*key));
        }
        Ok(session.waits(now).then(|| willing(session.question(now))))
    }

    fn next_key(&self) -> Option<Moment> {
        self.keys.first().map(|(at, _)| *at)
    }
}
