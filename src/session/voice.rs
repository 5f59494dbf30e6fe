//! What the voice is asked for, what it has made, and what becomes of a session when it fails.

use std::collections::HashSet;

use super::{Command, Ending, HUSH, Mode, Session};
use crate::base::{Clip, Frames, Moment, SpeechLengths, Utterance};
use crate::plan::{Cue, Resume};

/// How many sentences ahead are asked of the voice.
const SENTENCES_AHEAD: usize = 7;

/// No more than this is asked of the voice ahead of time.
const AHEAD: Frames = Frames::from_millis(30_000);

/// Near the end of a part, the voice is asked for this many sentences of the next one.
const SENTENCES_OF_NEXT: usize = 3;

/// Silent for so long for want of a clip, the voice is lost. To be loaded and to make its first clip takes it less than
/// a second, on a slow machine several; one that takes longer for a sentence than to say it could not keep up.
pub(super) const CLIP_PATIENCE: Frames = Frames::from_millis(15_000);

impl Session {
    /// The clip that the voice has made of it.
    pub(crate) fn clip(&self, utterance: &Utterance) -> Option<&Clip> {
        self.speech.clips.get(utterance)
    }

    /// Utterances that the voice should have made, most urgent first. Those that are at hand are left out.
    pub(crate) fn wanted(&self) -> Vec<Utterance> {
        let mut seen = HashSet::new();
        let mut wanted = self.needed();
        wanted.retain(|utterance| self.clip(utterance).is_none() && seen.insert(utterance.clone()));
        wanted
    }

    pub(super) fn rendered(&mut self, utterance: Utterance, clip: Clip, length: Frames) {
        // Whichever it is: the voice is at work.
        self.speech.awaited = None;
        self.speech.lengths.insert(utterance.clone(), length);
        self.speech.clips.insert(utterance, clip);
        // What has been said is let go: a clip is large, and soon made anew.
        let needed: HashSet<_> = self.needed().into_iter().collect();
        let clips = &mut self.speech.clips;
        clips.retain(|utterance, _| needed.contains(utterance));
    }

    /// What a voice that renders should have at hand, most urgent first.
    fn needed(&self) -> Vec<Utterance> {
        if !self.speech.renders() || self.mode == Mode::Over {
            return Vec::new();
        }
        let cues = &self.plan().cues;
        let next = self.run.main.min(cues.len());
        let lost = self.lost.as_ref();
        let before = lost.map_or(&self.run.queue, |lost| &lost.said);
        let planned = cues[next..].iter().map(|planned| &planned.cue);
        let mut ahead = before.iter().chain(planned).flat_map(Cue::utterances);
        let mut needed: Vec<_> = ahead.by_ref().take(2).cloned().collect();
        needed.extend_from_slice(self.programme.pinned(self.body()));
        // Questions are long, so both their number and their length are bounded.
        let mut length = Frames::ZERO;
        let soon = ahead.take(SENTENCES_AHEAD).take_while(|said| {
            length += self.speech.length(said);
            length < AHEAD
        });
        needed.extend(soon.cloned());
        if next + SENTENCES_AHEAD >= cues.len() {
            needed.extend(self.first_of_next());
        }
        self.extend_with_resumption(&mut needed, next);
        needed
    }

    /// Adds what an interruption would start again: the line that puts her in place for the movement, and
    /// the sentence or breath in progress.
    fn extend_with_resumption(&self, needed: &mut Vec<Utterance>, next: usize) {
        let cues = &self.plan().cues;
        let current = self.main_at(self.at());
        match &self.plan().movements[self.movement_of(current)].resume {
            Resume::After(utterance, _) => needed.push(utterance.clone()),
            Resume::At(index) => needed.extend(cues[*index].cue.utterances().cloned()),
        }
        let restart = cues.get(current).map_or(next, |planned| planned.restart);
        let planned = cues[restart.min(next)..next].iter();
        let laid = self.run.laid.iter();
        let beside = laid.filter(|begun| begun.main.is_none() && self.lost.is_none());
        let beside = beside.map(|begun| &begun.cue);
        let said = planned.map(|planned| &planned.cue).chain(beside);
        needed.extend(said.flat_map(Cue::utterances).cloned());
    }

    /// What the next part begins with, as far as that is known.
    fn first_of_next(&self) -> Vec<Utterance> {
        let mut ahead = self.screening.clone();
        let Some(part) = ahead.after() else {
            return Vec::new();
        };
        ahead.enter(part);
        let cues = self.plan_of(&ahead).cues.iter();
        let said = cues.flat_map(|planned| planned.cue.utterances());
        said.take(SENTENCES_OF_NEXT).cloned().collect()
    }

    pub(super) fn ended(&mut self, ticket: u64, lag: Frames) {
        if ticket == self.speech.tickets {
            self.commands.push_back(Command::Duck(false));
        }
        let speaking = &mut self.run.speaking;
        let Some(speaking) = speaking.take_if(|speaking| speaking.ticket == ticket) else {
            return;
        };
        self.speech.retried = false;
        let end = (self.at() - lag).max(speaking.since);
        let length = end - speaking.since;
        self.speech.lengths.insert(speaking.utterance, length);
        self.run.said(end);
        if self.run.holds() {
            self.your_turn(end);
        }
    }

    /// When the voice counts as hung, should no clip come.
    pub(super) fn lost_at(&self) -> Option<Moment> {
        Some(self.speech.awaited? + CLIP_PATIENCE)
    }

    /// Keeps in mind from when on a clip is missed.
    pub(super) fn miss_clip(&mut self) {
        let silent = self.now.max(self.run.anchor + self.run.cursor);
        let awaited = self
            .speech
            .awaited
            .map_or(silent, |since| since.min(silent));
        self.speech.awaited = self.run.blocked.then_some(awaited);
    }

    /// The service failed, or has said nothing for too long: once more, then the end.
    pub(super) fn voice_failed(&mut self) {
        if let Some(ending) = self.decided() {
            // It ends already; a hanging service fails once more at being hushed. What it would have said is left out.
            if ending != Ending::VoiceLost {
                self.end_without_voice(ending);
            }
            return;
        }
        let at = self.at();
        let speaks = !self.speech.renders();
        if speaks && self.lost.is_some() {
            // What the service says is not heard either; it may be well again with the loudspeaker.
            if self.run.speaking.take().is_some() {
                self.run.said(at);
            }
        } else if speaks && !self.speech.retried {
            self.speech.retried = true;
            if let Some(speaking) = self.run.speaking.take() {
                self.commands.push_back(Command::Hush);
                self.speak(at, speaking.utterance);
            }
        } else {
            self.end_without_voice(Ending::VoiceLost);
        }
    }

    /// She may have asked for silence a moment ago.
    fn end_without_voice(&mut self, ending: Ending) {
        self.end_with(vec![Cue::Rest(HUSH), Cue::Chime], ending);
    }
}
