//! The clips that a session's commands name: speech that it holds, and cues that are made once.

use std::collections::HashMap;

use crate::audio::cue::Cues;
use crate::base::{BreathPhase, Clip, Frames};
use crate::session::{Session, Sound};

/// Makes the cues that a session asks for, and keeps them.
pub(crate) struct Sounds {
    cues: Cues,
    breaths: HashMap<(BreathPhase, Frames), Clip>,
    your_turn: Clip,
    presence: Clip,
    chime: Clip,
}

impl Default for Sounds {
    fn default() -> Self {
        let cues = Cues::built_in();
        Self {
            breaths: HashMap::new(),
            your_turn: cues.your_turn(),
            presence: cues.presence(),
            chime: cues.chime(),
            cues,
        }
    }
}

impl Sounds {
    /// The clip of a sound; `None` for speech that is not at hand.
    pub(crate) fn clip(&mut self, session: &Session, sound: &Sound) -> Option<Clip> {
        let clip = match sound {
            Sound::Speech(utterance) => {
                let (side, clip) = (utterance.side(), session.clip(utterance)?.clone());
                Clip { side, ..clip }
            }
            &Sound::Breath { phase, length } => {
                let breath = self.breaths.entry((phase, length));
                let make = || self.cues.breath(phase, length);
                breath.or_insert_with(make).clone()
            }
            Sound::YourTurn => self.your_turn.clone(),
            Sound::Presence => self.presence.clone(),
            Sound::Chime => self.chime.clone(),
        };
        Some(clip)
    }
}
