//! The voice as a session knows it: what it can do, the clips it has made, and how long each sentence takes.

use std::collections::{HashMap, HashSet};

use crate::base::{Clip, Estimate, Frames, SpeechLengths, Utterance, VoiceAbility};

/// Clips that are no longer needed are let go when together they last longer than this (6 MB).
const CLIPS_KEPT: Frames = Frames::from_millis(30_000);

#[derive(Clone, Debug)]
pub(super) struct Speech {
    ability: VoiceAbility,
    clips: HashMap<Utterance, Clip>,
    /// Every length that was ever measured.
    lengths: HashMap<Utterance, Frames>,
    /// The number of the last sentence handed to the service.
    tickets: u64,
    /// The service has failed on the sentence in progress once already.
    pub retried: bool,
}

impl Speech {
    pub(super) fn new(ability: VoiceAbility) -> Self {
        Self {
            ability,
            clips: HashMap::new(),
            lengths: HashMap::new(),
            tickets: 0,
            retried: false,
        }
    }

    /// Whether the voice makes clips; otherwise a service speaks by itself.
    pub(super) fn renders(&self) -> bool {
        self.ability == VoiceAbility::Renders
    }

    pub(super) fn clip(&self, utterance: &Utterance) -> Option<&Clip> {
        self.clips.get(utterance)
    }

    pub(super) fn keep(&mut self, utterance: Utterance, clip: Clip, length: Frames) {
        self.lengths.insert(utterance.clone(), length);
        self.clips.insert(utterance, clip);
    }

    /// Whether the clips at hand are more than need be kept.
    pub(super) fn is_full(&self) -> bool {
        let kept: Frames = self.clips.keys().map(|clip| self.length(clip)).sum();
        kept > CLIPS_KEPT
    }

    pub(super) fn keep_only(&mut self, needed: &HashSet<Utterance>) {
        self.clips.retain(|utterance, _| needed.contains(utterance));
    }

    pub(super) fn measured(&mut self, utterance: Utterance, length: Frames) {
        self.lengths.insert(utterance, length);
    }

    pub(super) fn next_ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    pub(super) fn is_last(&self, ticket: u64) -> bool {
        ticket == self.tickets
    }
}

impl SpeechLengths for Speech {
    fn length(&self, utterance: &Utterance) -> Frames {
        let measured = self.lengths.get(utterance).copied();
        measured.unwrap_or_else(|| Estimate.length(utterance))
    }
}
