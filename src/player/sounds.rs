//! The clips that a session's commands name: speech that a voice has made, and cues that are made once.

use std::collections::HashMap;

use crate::audio::cue::Cues;
use crate::base::clip::Clip;
use crate::base::pace::BreathPhase;
use crate::base::time::Frames;
use crate::base::utterance::Utterance;
use crate::session::Sound;

/// Makes and keeps the sounds that a session asks for.
pub(super) struct Sounds {
    cues: Cues,
    breaths: HashMap<(BreathPhase, Frames), Clip>,
    speech: HashMap<Utterance, Clip>,
    your_turn: Clip,
    presence: Clip,
    chime: Clip,
}

impl Default for Sounds {
    fn default() -> Self {
        let cues = Cues::built_in();
        Self {
            breaths: HashMap::new(),
            speech: HashMap::new(),
            your_turn: cues.your_turn(),
            presence: cues.presence(),
            chime: cues.chime(),
            cues,
        }
    }
}

impl Sounds {
    /// Keeps a clip that the voice has made.
    pub(super) fn keep(&mut self, utterance: Utterance, mut clip: Clip) {
        clip.side = utterance.side();
        self.speech.insert(utterance, clip);
    }

    pub(super) fn forget(&mut self, utterance: &Utterance) {
        self.speech.remove(utterance);
    }

    /// The clip of a sound; `None` for speech that was never kept.
    pub(super) fn clip(&mut self, sound: &Sound) -> Option<Clip> {
        match sound {
            Sound::Speech(utterance) => self.speech.get(utterance).cloned(),
            Sound::Breath { phase, length } => {
                let make = || self.cues.breath(*phase, *length);
                Some(
                    self.breaths
                        .entry((*phase, *length))
                        .or_insert_with(make)
                        .clone(),
                )
            }
            Sound::YourTurn => Some(self.your_turn.clone()),
            Sound::Presence => Some(self.presence.clone()),
            Sound::Chime => Some(self.chime.clone()),
        }
    }
}
