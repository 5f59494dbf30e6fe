//! Laying sounds out: each cue at its frame, well ahead of time, as soon as the voice has what it needs.

use std::collections::HashSet;

use super::run::{Begun, Run, Speaking, Then, Wait};
use super::{Command, Ending, HORIZON, Mode, Note, Session, Sound};
use crate::base::time::{Frames, Moment};
use crate::base::utterance::{Estimate, SpeechLengths, Utterance, VoiceAbility};
use crate::plan::{
    BEFORE_YOUR_TURN, CHIME, Cue, PlannedCue, Resume, WORD_CLEARANCE, WORD_DELAY, YOUR_TURN,
};
use crate::routine::Question;
use crate::session::screening::Part;

/// The head start of a sound that could not be queued ahead: more than one period of any device.
const LEAD: Frames = Frames::from_millis(45);

/// While it waits until she is ready, it lets itself be heard so often.
const PRESENCE: Frames = Frames::from_millis(20_000);

/// How many sentences ahead are asked of the voice.
const SENTENCES_AHEAD: usize = 7;

/// No more than this is asked of the voice ahead of time.
const AHEAD: Frames = Frames::from_millis(30_000);

/// Clips that are no longer needed are let go when together they last longer than this (6 MB).
const CLIPS_KEPT: Frames = Frames::from_millis(30_000);

/// At the end of a part, so many sentences of the next one are asked of the voice.
const SENTENCES_OF_NEXT: usize = 3;

/// She stands no longer than this, pauses and waits included (a house rule on ACOG804: no long motionless standing).
const LONGEST_ON_FEET: Frames = Frames::from_millis(360_000);

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
            self.watch_feet(now);
            if let Some(sits) = self.sits_now(now) {
                self.sit_down(now, sits);
                continue;
            }
            self.lay_ahead(at);
            self.be_present(at);
            self.take_note(now);
            return;
        }
    }

    /// Since when she stands, as far as the routine knows.
    fn watch_feet(&mut self, now: Moment) {
        if self.screening.part() != Part::Routine || self.mode == Mode::Over {
            return;
        }
        let at = self.run.offset(now);
        if self.mode == Mode::Paused && self.told_to_sit(at) {
            self.run.main = self.cues_of(self.movement_of(self.run.main)).end;
        }
        // As long as she is told to sit down she still stands.
        if self.plan().movements()[self.movement_of(self.main_at(at))].on_feet {
            self.feet.get_or_insert(now);
        } else {
            self.feet = None;
        }
    }

    /// Whether in this pause she was told to sit down, to the end of the sentence.
    fn told_to_sit(&self, at: Frames) -> bool {
        let Some(planned) = self.plan().cues().get(self.run.main) else {
            return false;
        };
        let said = |begun: &Begun| begun.cue == planned.cue && begun.end <= at;
        self.plan().movements()[planned.movement].sits_down && self.run.laid.iter().any(said)
    }

    /// When she has stood for long enough, whatever comes next, and the movement in which she sits down.
    pub(super) fn feet_due(&self) -> Option<(Moment, usize)> {
        let stands = matches!(self.mode, Mode::Playing | Mode::Paused);
        // What nobody would hear is said when the loudspeaker is back.
        let heard = self.part() == Part::Routine && self.lost.is_none();
        let since = self.feet.filter(|_| stands && heard)?;
        let movements = self.plan().movements();
        let current = self.movement_of(self.main_at(self.run.offset(self.now)));
        let sits = (current..movements.len()).find(|&later| movements[later].sits_down)?;
        (sits > current).then_some((since + LONGEST_ON_FEET, sits))
    }

    /// The movement in which she sits down, if she has stood for long enough.
    pub(super) fn sits_now(&self, now: Moment) -> Option<usize> {
        let due = self.feet_due().filter(|(due, _)| now >= *due);
        due.map(|(_, sits)| sits)
    }

    /// What has come to pass and is to be written down.
    fn take_note(&mut self, now: Moment) {
        let at = self.run.offset(now);
        if !self.in_echo(at)
            && let Some(note) = self.pending.take()
        {
            self.commands.push_back(Command::Note(note));
        }
        let routine = self.screening.part() == Part::Routine && self.mode == Mode::Playing;
        if routine && !self.begun && self.main_at(at) >= self.plan().begun() {
            self.begun = true;
            self.commands.push_back(Command::Note(Note::Begun));
        }
    }

    /// A wait for her has no end: now and then it is heard that it goes on.
    fn be_present(&mut self, at: Frames) {
        let Some(wait) = &mut self.run.wait else {
            return;
        };
        if wait.presence.is_some_and(|due| due <= at) {
            wait.presence = Some(at + PRESENCE);
            self.play(at + LEAD, Sound::Presence);
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
            && !self.run.holds()
            && self.run.speaking.is_none()
            && self.run.cursor <= at + HORIZON
        {
            let Some((cue, main)) = self.next_cue() else {
                if self.finish(at) {
                    self.lay_ahead(Frames::ZERO);
                }
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

    /// Nothing is left to be said: once it has sounded to its end, the next part, which is `true`,
    /// or the end.
    fn finish(&mut self, at: Frames) -> bool {
        self.run.at_cursor = true;
        if at < self.run.cursor {
            return false;
        }
        let ending = match self.run.then {
            Then::Finish(ending) => ending,
            Then::Plan => {
                if let Some(part) = self.screening.after() {
                    self.enter(self.now, Vec::new(), part);
                    return true;
                }
                match self.screening.part() {
                    Part::Close(_) => self.ending_of_close(),
                    _ => Ending::Done,
                }
            }
        };
        self.mode = Mode::Over;
        // What she answered counts, even if she left before it was said back.
        self.commands.extend(self.pending.take().map(Command::Note));
        self.commands.push_back(Command::Finish(ending));
        false
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
        self.lead(start, main);
        let end = match &cue {
            Cue::Say(said) => self.say(start, said),
            Cue::Ready(said) | Cue::Ask(said, _) => {
                let end = self.say(start, said);
                let from = self.run.wait.take().map_or(start, |leads| leads.from);
                self.run.wait = Some(Wait::new(&cue, from));
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
        if self.run.holds() && !open_end {
            self.your_turn(end);
        }
        true
    }

    /// With the first line that leads to a question, keys begin to answer it.
    fn lead(&mut self, start: Frames, main: Option<usize>) {
        let Some(index) = main.filter(|_| self.run.wait.is_none()) else {
            return;
        };
        let cues = &self.plan().cues()[index..];
        if cues.first().is_some_and(|planned| planned.leads)
            && let Some(question) = cues.iter().find_map(question)
        {
            self.run.wait = Some(Wait::led(question, start));
        }
    }

    /// Whether everything in `cue` can be said now: a clip is at hand, or the service is free and it is time.
    fn voice_is_ready(&mut self, at: Frames, cue: &Cue) -> bool {
        match self.ability {
            VoiceAbility::Renders => {
                // What nobody hears needs no clip.
                let unheard = self.lost.is_some();
                self.run.blocked = !unheard
                    && !cue
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
        if self.lost.is_some() {
            // Should the loudspeaker come back, nothing of it may be heard.
            return;
        }
        self.commands.push_back(Command::Play { at, sound });
    }

    /// The question or the request has been said to its end: the soft tone, and from now on she is waited for.
    fn your_turn(&mut self, said: Frames) {
        let question = self.run.wait.as_ref().and_then(|wait| wait.question);
        if question.is_some_and(|question| question.wait == Frames::ZERO) {
            if let Some(wait) = &mut self.run.wait {
                wait.said = Some(said);
                wait.timeout = Some(said);
            }
            return;
        }
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
            wait.presence = wait.question.is_none().then(|| end + PRESENCE);
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
            .filter(|begun| begun.main.is_none() && self.lost.is_none())
            .map(|begun| &begun.cue);
        let before = self
            .lost
            .as_ref()
            .map_or(&self.run.queue, |lost| &lost.said);
        let next = self.run.main.min(cues.len());
        let ahead = cues[next..]
            .iter()
            .flat_map(|planned| planned.cue.utterances());
        let mut ahead = before
            .iter()
            .flat_map(Cue::utterances)
            .chain(ahead)
            .cloned();
        let mut needed: Vec<_> = ahead.by_ref().take(2).collect();
        needed.extend(self.programme.pinned(self.posture_now()));
        // Questions are long: so many sentences, or so long, whichever is less.
        let mut length = Frames::ZERO;
        let soon = ahead.take(SENTENCES_AHEAD).take_while(|said| {
            length += self.length_of(said);
            length < AHEAD
        });
        needed.extend(soon);
        if next + SENTENCES_AHEAD >= cues.len() {
            needed.extend(self.first_of_next());
        }
        // What an interruption would start again: the sentence or breath in progress, or the line that
        // puts her in place for the movement.
        let current = self.main_at(self.run.offset(self.now));
        match &self.plan().movements()[self.movement_of(current)].resume {
            Resume::After(utterance, _) => needed.push(utterance.clone()),
            Resume::At(index) => needed.extend(cues[*index].cue.utterances().cloned()),
        }
        let restart = cues.get(current).map_or(next, |planned| planned.restart);
        let played = cues[restart.min(next)..next].iter();
        needed.extend(played.flat_map(|planned| planned.cue.utterances()).cloned());
        needed.extend(laid.flat_map(Cue::utterances).cloned());
        needed
    }

    /// What the next part begins with, as far as that is known.
    fn first_of_next(&self) -> Vec<Utterance> {
        let mut ahead = self.screening.clone();
        let Some(part) = ahead.after() else {
            return Vec::new();
        };
        ahead.enter(part);
        let plan = self.plan_of(&ahead);
        let said = plan
            .cues()
            .iter()
            .flat_map(|planned| planned.cue.utterances());
        said.take(SENTENCES_OF_NEXT).cloned().collect()
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
        if self.run.holds() {
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
        if self.ability == VoiceAbility::Speaks && self.lost.is_some() {
            // What the service says is not heard either; it may be well again with the loudspeaker.
            let at = self.run.offset(now);
            if self.run.speaking.take().is_some() {
                self.run.said(at);
            }
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

/// The question that the cue asks.
const fn question(planned: &PlannedCue) -> Option<Question> {
    match planned.cue {
        Cue::Ask(_, question) => Some(question),
        _ => None,
    }
}

/// How long the service may take for a sentence before it counts as hung.
fn patience(estimate: Frames) -> Frames {
    estimate + estimate + Frames::from_millis(3000)
}
