//! Laying sounds out: each cue at its frame, well ahead of time, as soon as the voice has what it needs.

use super::{Begun, Command, Mode, Part, Session, Sound, Speaking, Then, Wait};
use crate::base::{Estimate, Frames, SpeechLengths, Utterance};
use crate::plan::{BEFORE_YOUR_TURN, CHIME, Cue, WORD_CLEARANCE, WORD_DELAY, YOUR_TURN};
use crate::routine::Question;

/// How far ahead sounds are queued: a control thread may be this late and no breath is a frame longer.
///
/// Longer than the longest single repetition (24 s: four halves at the slowest pace), so that a whole one is always laid out.
pub(super) const HORIZON: Frames = Frames::from_millis(30_000);

/// The head start of a sound that could not be queued ahead: more than one period of any device.
const LEAD: Frames = Frames::from_millis(45);

/// While it waits until she is ready, a soft tone sounds this often: she hears that it goes on.
const PRESENCE: Frames = Frames::from_millis(20_000);

impl Session {
    /// Lays out what can be laid out by now.
    pub(super) fn lay_ahead(&mut self) {
        let at = self.at();
        self.run.blocked = false;
        self.run.at_cursor = false;
        while self.mode != Mode::Over
            && !self.run.holds()
            && self.run.speaking.is_none()
            && self.run.cursor <= at + HORIZON
        {
            let Some((cue, main)) = self.next_cue() else {
                // Once it has sounded to its end, something else comes: see `due`.
                self.run.at_cursor = true;
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
    pub(super) fn next_cue(&self) -> Option<(Cue, Option<usize>)> {
        if let Some(cue) = self.run.queue.front() {
            return Some((cue.clone(), None));
        }
        if self.run.then != Then::Plan {
            return None;
        }
        let planned = self.plan().cues.get(self.run.main)?;
        Some((planned.cue.clone(), Some(self.run.main)))
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
        let end = self.sound(start, &cue);
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

    /// Queues what is heard of a cue; when it ends.
    fn sound(&mut self, start: Frames, cue: &Cue) -> Frames {
        match cue {
            Cue::Say(said) => self.say(start, said),
            Cue::Ready(said) | Cue::Ask(said, _) => {
                let end = self.say(start, said);
                let from = self.run.wait.take().map_or(start, |leads| leads.from);
                let question = asked(cue);
                self.run.wait = Some(Wait {
                    from,
                    question,
                    ..Wait::default()
                });
                end
            }
            Cue::Breathe {
                phase,
                length,
                word,
                tail,
            } => {
                let (phase, length) = (*phase, *length);
                self.play(start, Sound::Breath { phase, length });
                self.say_words(start, start + length, word, tail.as_ref());
                start + length
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
        }
    }

    /// With the first line that leads to a question, keys begin to answer it.
    fn lead(&mut self, start: Frames, main: Option<usize>) {
        let Some(index) = main.filter(|_| self.run.wait.is_none()) else {
            return;
        };
        let cues = &self.plan().cues[index..];
        if cues.first().is_some_and(|planned| planned.leads)
            && let Some(question) = cues.iter().find_map(|planned| asked(&planned.cue))
        {
            self.run.wait = Some(Wait {
                from: start,
                question: Some(question),
                leads: true,
                ..Wait::default()
            });
        }
    }

    /// Whether everything in `cue` can be said now: a clip is at hand, or the service is free and it is time.
    fn voice_is_ready(&mut self, at: Frames, cue: &Cue) -> bool {
        if self.speech.renders() {
            let mut said = cue.utterances();
            let at_hand = said.all(|utterance| self.clip(utterance).is_some());
            // What nobody hears needs no clip.
            self.run.blocked = self.lost.is_none() && !at_hand;
            !self.run.blocked
        } else {
            self.run.at_cursor = cue.sentence().is_some() && at < self.run.cursor;
            !self.run.at_cursor
        }
    }

    /// Says a sentence at `start`; its end, or `start` while only the service knows.
    fn say(&mut self, start: Frames, utterance: &Utterance) -> Frames {
        if self.speech.renders() {
            self.play(start, Sound::Speech(utterance.clone()));
            start + self.speech.length(utterance)
        } else {
            self.speak(start, utterance.clone());
            start
        }
    }

    /// Has the service say a sentence now; the run waits for its end.
    pub(super) fn speak(&mut self, since: Frames, utterance: Utterance) {
        self.run.speaking = Some(Speaking {
            ticket: self.hand_over(utterance.clone()),
            since,
            timeout: since + patience(Estimate.length(&utterance)),
            utterance,
        });
    }

    fn hand_over(&mut self, utterance: Utterance) -> u64 {
        self.speech.tickets += 1;
        let ticket = self.speech.tickets;
        self.commands
            .extend([Command::Duck(true), Command::Speak { ticket, utterance }]);
        ticket
    }

    fn say_words(
        &mut self,
        start: Frames,
        end: Frames,
        word: &Utterance,
        tail: Option<&Utterance>,
    ) {
        let begins = start + WORD_DELAY;
        self.say_word(begins, word);
        let Some(tail) = tail else { return };
        let latest = end - WORD_CLEARANCE - self.speech.length(tail);
        // Never over the first word, never into the next breath: rather not at all.
        if latest > begins + self.speech.length(word) {
            self.say_word(latest, tail);
        }
    }

    fn say_word(&mut self, at: Frames, word: &Utterance) {
        if self.speech.renders() {
            self.play(at, Sound::Speech(word.clone()));
        } else {
            self.run.words.push_back((at, word.clone()));
        }
    }

    /// Hands the service the words over breaths whose time has come.
    pub(super) fn speak_words(&mut self) {
        let at = self.at();
        while let Some((_, word)) = self.run.words.pop_front_if(|(due, _)| *due <= at) {
            self.hand_over(word);
        }
    }

    fn play(&mut self, at: Frames, sound: Sound) {
        // Should the loudspeaker come back, nothing of what was not heard may follow.
        if self.lost.is_none() {
            self.commands.push_back(Command::Play { at, sound });
        }
    }

    /// The question or the request has been said to its end: the soft tone, and from now on she is waited for.
    pub(super) fn your_turn(&mut self, said: Frames) {
        let Some(wait) = &mut self.run.wait else {
            return;
        };
        wait.said = Some(said);
        let patience = wait.question.map(|question| question.wait);
        if patience == Some(Frames::ZERO) {
            wait.timeout = Some(said);
            return;
        }
        let tone = said + BEFORE_YOUR_TURN;
        let end = tone + YOUR_TURN;
        wait.timeout = patience.map(|patience| end + patience);
        wait.presence = patience.is_none().then(|| end + PRESENCE);
        self.run.said(end);
        self.play(tone, Sound::YourTurn);
    }

    /// A wait for her has no end: now and then it is heard that it goes on.
    pub(super) fn be_present(&mut self) {
        let at = self.at();
        let Some(wait) = &mut self.run.wait else {
            return;
        };
        if wait.presence.is_some_and(|due| due <= at) {
            wait.presence = Some(at + PRESENCE);
            self.play(at + LEAD, Sound::Presence);
        }
    }

    /// Keeps how she is, as far as the routine knows.
    pub(super) fn watch_her(&mut self) {
        if self.part() != Part::Routine || self.mode == Mode::Over {
            return;
        }
        if self.mode == Mode::Paused && self.told_to_sit() {
            self.run.main = self.cues_of(self.movement_of(self.run.main)).end;
        }
        let movement = self.movement_at();
        // As long as she is told to sit down she still stands.
        let on_feet = self.plan().movements[movement].on_feet;
        let moves = self.has_breath(movement);
        self.bearing.watch(self.now, on_feet, moves);
    }

    /// Whether in this pause she was told to sit down, to the end of the sentence.
    fn told_to_sit(&self) -> bool {
        let at = self.at();
        let Some(planned) = self.plan().cues.get(self.run.main) else {
            return false;
        };
        let said = |begun: &Begun| begun.cue == planned.cue && begun.end <= at;
        self.plan().movements[planned.movement].sits_down && self.run.laid.iter().any(said)
    }
}

/// The question that the cue asks.
const fn asked(cue: &Cue) -> Option<Question> {
    match *cue {
        Cue::Ask(_, question) => Some(question),
        _ => None,
    }
}

/// How long the service may take for a sentence before it counts as hung.
fn patience(estimate: Frames) -> Frames {
    estimate + estimate + Frames::from_millis(3000)
}
