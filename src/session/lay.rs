//! Laying sounds out: each cue at its frame, well ahead of time, as soon as the voice has what it needs.

use std::collections::HashSet;

use super::run::{Begun, Run, Speaking, Then, Wait};
use super::{Command, Ending, HORIZON, Mode, Session, Sound};
use crate::plan::{BEFORE_YOUR_TURN, CHIME, Cue, Place, WORD_CLEARANCE, WORD_DELAY, YOUR_TURN};
use crate::time::{Frames, Moment};
use crate::utterance::{Estimate, SpeechLengths, Utterance, VoiceAbility};

/// The head start of a sound that could not be queued ahead: more than one period of any device.
const LEAD: Frames = Frames::from_millis(45);

/// How many sentences ahead are asked of the voice.
const SENTENCES_AHEAD: usize = 7;

/// Clips that are no longer needed are let go when together they last longer than this (12 MB).
const CLIPS_KEPT: Frames = Frames::from_millis(60_000);

impl Session {
    /// Silence at once; then `said`, then the plan from its cue `main`.
    pub(super) fn go_on_with(&mut self, now: Moment, said: Vec<Cue>, main: usize) {
        self.cut_to(now, said, Then::Plan, main);
    }

    /// Silence at once; then `said`, then the end.
    pub(super) fn end_with(&mut self, now: Moment, said: Vec<Cue>, ending: Ending) {
        let main = self.resume_at(now);
        self.mode = Mode::Closing;
        self.cut_to(now, said, Then::Finish(ending), main);
    }

    pub(super) fn cut_to(&mut self, now: Moment, said: Vec<Cue>, then: Then, main: usize) {
        self.shown = self.shown_at(self.run.offset(now));
        self.commands.push_back(Command::Cut);
        if self.ability == VoiceAbility::Speaks {
            self.commands.extend([Command::Hush, Command::Duck(false)]);
        }
        self.runs += 1;
        self.retried = false;
        self.run = Run::new(now, said, then, main);
    }

    /// Lays out what can be laid out by now.
    pub(super) fn advance(&mut self, now: Moment) {
        // A time-out begins another run, which is laid out in the next turn of the loop.
        loop {
            let at = self.run.offset(now);
            self.speak_words(at);
            if self
                .run
                .speaking
                .as_ref()
                .is_some_and(|speaking| at >= speaking.timeout)
            {
                self.voice_failed(now);
                continue;
            }
            if self
                .run
                .wait
                .as_ref()
                .and_then(|wait| wait.timeout)
                .is_some_and(|due| at >= due)
            {
                self.unanswered(now);
                continue;
            }
            self.lay_ahead(at);
            return;
        }
    }

    fn speak_words(&mut self, at: Frames) {
        while let Some((_, word)) = self.run.words.pop_front_if(|(due, _)| *due <= at) {
            self.hand_over(word);
        }
    }

    fn lay_ahead(&mut self, at: Frames) {
        self.run.blocked = false;
        self.run.at_cursor = false;
        while self.mode != Mode::Over
            && self.run.wait.is_none()
            && self.run.speaking.is_none()
            && self.run.cursor <= at + HORIZON
        {
            let Some((cue, main)) = self.next_cue() else {
                self.finish(at);
                return;
            };
            if !self.lay(at, cue, main) {
                return;
            }
            match main {
                Some(index) => self.run.main = index + 1,
                None => _ = self.run.queue.pop_front(),
            }
        }
    }

    /// The next cue of this run; of the plan when what is said before it is out.
    fn next_cue(&self) -> Option<(Cue, Option<usize>)> {
        if let Some(cue) = self.run.queue.front() {
            return Some((cue.clone(), None));
        }
        if self.run.then != Then::Plan {
            return None;
        }
        let planned = self.plan().cues().get(self.run.main)?;
        Some((planned.cue.clone(), Some(self.run.main)))
    }

    /// Nothing is left to be said: the end, once it has sounded to its end.
    fn finish(&mut self, at: Frames) {
        self.run.at_cursor = true;
        if at < self.run.cursor {
            return;
        }
        let ending = match self.run.then {
            Then::Plan => Ending::Done,
            Then::Finish(ending) => ending,
        };
        self.mode = Mode::Over;
        self.commands.push_back(Command::Finish(ending));
    }

    /// Lays one cue at the cursor; `false` when it cannot be laid yet.
    fn lay(&mut self, at: Frames, cue: Cue, main: Option<usize>) -> bool {
        if !self.voice_is_ready(at, &cue) {
            return false;
        }
        if self.run.cursor < at && cue.sounds() {
            // Too late to be queued ahead: it could not be, for it waited for her or for the voice.
            self.run.cursor = at + LEAD;
        }
        let start = self.run.cursor;
        let end = match &cue {
            Cue::Say(said) => self.say(start, said),
            Cue::Ready(said) | Cue::Ask(said, _) => {
                let end = self.say(start, said);
                self.run.wait = Some(Wait::new(&cue, start));
                end
            }
            Cue::Breathe {
                phase,
                length,
                word,
                tail,
            } => {
                let sound = Sound::Breath {
                    phase: *phase,
                    length: *length,
                };
                self.play(start, sound);
                self.breath_words(start, *length, word, tail.as_ref());
                start + *length
            }
            Cue::Rest(length) => start + *length,
            Cue::NotBefore(time) => {
                self.run.delayed.get_or_insert(start.max(*time));
                start.max(*time)
            }
            Cue::Chime => {
                self.play(start, Sound::Chime);
                start + CHIME
            }
        };
        self.run.cursor = end;
        let open_end = self.run.speaking.is_some();
        self.run.laid.push_back(Begun {
            start,
            end: if open_end { Frames(u64::MAX) } else { end },
            cue,
            main,
        });
        if self.run.wait.is_some() && !open_end {
            self.your_turn(end);
        }
        true
    }

    /// Whether everything in `cue` can be said now: a clip is at hand, or the service is free and it is time.
    fn voice_is_ready(&mut self, at: Frames, cue: &Cue) -> bool {
        match self.ability {
            VoiceAbility::Renders => {
                self.run.blocked = !cue
                    .utterances()
                    .all(|utterance| self.clips.contains(utterance));
                !self.run.blocked
            }
            VoiceAbility::Speaks => {
                self.run.at_cursor = cue.sentence().is_some() && at < self.run.cursor;
                !self.run.at_cursor
            }
        }
    }

    /// Says a sentence at `start`; its end, or `start` while only the service knows.
    fn say(&mut self, start: Frames, utterance: &Utterance) -> Frames {
        match self.ability {
            VoiceAbility::Renders => {
                self.play(start, Sound::Speech(utterance.clone()));
                start + self.length_of(utterance)
            }
            VoiceAbility::Speaks => {
                self.speak(start, utterance);
                start
            }
        }
    }

    /// Has the service say a sentence now; the run waits for its end.
    fn speak(&mut self, since: Frames, utterance: &Utterance) {
        self.hand_over(utterance.clone());
        self.run.speaking = Some(Speaking {
            ticket: self.tickets,
            utterance: utterance.clone(),
            since,
            timeout: since + patience(Estimate.length(utterance)),
        });
    }

    fn hand_over(&mut self, utterance: Utterance) {
        self.tickets += 1;
        let ticket = self.tickets;
        self.commands
            .extend([Command::Duck(true), Command::Speak { ticket, utterance }]);
    }

    fn breath_words(
        &mut self,
        start: Frames,
        length: Frames,
        word: &Utterance,
        tail: Option<&Utterance>,
    ) {
        let begins = start + WORD_DELAY;
        self.say_word(begins, word);
        let Some(tail) = tail else { return };
        let latest = start + length - WORD_CLEARANCE - self.length_of(tail);
        // Never over the first word, never into the next breath: rather not at all.
        if latest > begins + self.length_of(word) {
            self.say_word(latest, tail);
        }
    }

    fn say_word(&mut self, at: Frames, word: &Utterance) {
        match self.ability {
            VoiceAbility::Renders => self.play(at, Sound::Speech(word.clone())),
            VoiceAbility::Speaks => self.run.words.push_back((at, word.clone())),
        }
    }

    fn play(&mut self, at: Frames, sound: Sound) {
        self.commands.push_back(Command::Play { at, sound });
    }

    /// The question or the request has been said to its end: the soft tone, and from now on she is waited for.
    fn your_turn(&mut self, said: Frames) {
        let tone = said + BEFORE_YOUR_TURN;
        self.play(tone, Sound::YourTurn);
        let end = tone + YOUR_TURN;
        self.run.cursor = end;
        if let Some(begun) = self.run.laid.back_mut() {
            begun.end = end;
        }
        if let Some(wait) = &mut self.run.wait {
            wait.said = Some(said);
            wait.timeout = wait.question.map(|question| end + question.wait);
        }
    }

    pub(super) fn rendered(&mut self, utterance: Utterance, length: Frames) {
        self.lengths.insert(utterance.clone(), length);
        self.clips.insert(utterance);
        let kept: Frames = self.clips.iter().map(|clip| self.length_of(clip)).sum();
        if kept > CLIPS_KEPT {
            let needed: HashSet<_> = self.needed().into_iter().collect();
            let (keep, forget) = self.clips.drain().partition(|clip| needed.contains(clip));
            self.clips = keep;
            self.commands
                .extend(HashSet::into_iter(forget).map(Command::Forget));
        }
    }

    /// What a voice that renders should have at hand, most urgent first.
    pub(super) fn needed(&self) -> Vec<Utterance> {
        if self.ability == VoiceAbility::Speaks {
            return Vec::new();
        }
        let cues = self.plan().cues();
        let laid = self
            .run
            .laid
            .iter()
            .filter(|begun| begun.main.is_none())
            .map(|begun| &begun.cue);
        let next = self.run.main.min(cues.len());
        let ahead = cues[next..]
            .iter()
            .flat_map(|planned| planned.cue.utterances());
        let mut ahead = self
            .run
            .queue
            .iter()
            .flat_map(Cue::utterances)
            .chain(ahead)
            .cloned();
        let mut needed: Vec<_> = ahead.by_ref().take(2).collect();
        needed.extend(self.programme.pinned());
        needed.extend(ahead.take(SENTENCES_AHEAD));
        // What an interruption would start again: the movement in progress.
        let movement = self.movement_of(self.main_at(self.run.offset(self.now)));
        let planned = &self.plan().movements()[movement];
        if let Place::Earlier(utterance, _) = &planned.place {
            needed.push(utterance.clone());
        }
        let played = cues[planned.first.min(next)..next].iter();
        needed.extend(played.flat_map(|planned| planned.cue.utterances()).cloned());
        needed.extend(laid.flat_map(Cue::utterances).cloned());
        needed
    }

    pub(super) fn ended(&mut self, now: Moment, ticket: u64, lag: Frames) {
        if ticket == self.tickets {
            self.commands.push_back(Command::Duck(false));
        }
        let Some(speaking) = self
            .run
            .speaking
            .take_if(|speaking| speaking.ticket == ticket)
        else {
            return;
        };
        self.retried = false;
        let end = (self.run.offset(now) - lag).max(speaking.since);
        self.lengths
            .insert(speaking.utterance, end - speaking.since);
        self.run.said(end);
        if self.run.wait.is_some() {
            self.your_turn(end);
        }
    }

    /// The service failed, or has said nothing for too long: once more, then the end.
    pub(super) fn voice_failed(&mut self, now: Moment) {
        let lost = Then::Finish(Ending::VoiceLost);
        if self.run.then == lost {
            // It ends for that already; a hanging service fails once more at being hushed.
            return;
        }
        if self.ability == VoiceAbility::Speaks && !self.retried {
            self.retried = true;
            if let Some(speaking) = self.run.speaking.take() {
                self.commands.push_back(Command::Hush);
                self.speak(self.run.offset(now), &speaking.utterance);
            }
            return;
        }
        self.end_with(now, vec![Cue::Chime], Ending::VoiceLost);
    }

    pub(super) fn length_of(&self, utterance: &Utterance) -> Frames {
        self.lengths
            .get(utterance)
            .copied()
            .unwrap_or_else(|| Estimate.length(utterance))
    }
}

/// How long the service may take for a sentence before it counts as hung.
fn patience(estimate: Frames) -> Frames {
    estimate + estimate + Frames::from_millis(3000)
}
