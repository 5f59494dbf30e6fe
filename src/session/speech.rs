//! The voice as a session knows it: what it can do, the clips it has made, and how long each sentence takes.

use std::collections::HashMap;

use crate::base::{Clip, Estimate, Frames, Moment, SpeechLengths, Utterance, VoiceAbility};

#[derive(Clone, Debug)]
pub(super) struct Speech {
    ability: VoiceAbility,
    pub clips: HashMap<Utterance, Clip>,
    /// Every length that was ever measured.
    pub lengths: HashMap<Utterance, Frames>,
    /// The number of the last sentence handed to the service.
    pub tickets: u64,
    /// The service has failed on the sentence in progress once already.
    pub retried: bool,
    /// From when on it is silent for want of a clip. No key begins it anew: whoever hears nothing presses keys.
    pub awaited: Option<Moment>,
}

impl Speech {
    pub(super) fn new(ability: VoiceAbility) -> Self {
        Self {
            ability,
            clips: HashMap::new(),
            lengths: HashMap::new(),
            tickets: 0,
            retried: false,
            awaited: None,
        }
    }

    /// Whether the voice makes clips; otherwise a service speaks by itself.
    pub(super) fn renders(&self) -> bool {
        self.ability == VoiceAbility::Renders
    }
}

impl SpeechLengths for Speech {
    fn length(&self, utterance: &Utterance) -> Frames {
        let measured = self.lengths.get(utterance).copied();
        measured.unwrap_or_else(|| Estimate.length(utterance))
    }
}
