//! What she asks for, and what becomes of it: pauses, stops, ways through the routine, answers.

use super::keys::{Action, Phase};
use super::{Command, Ending, Mode, Session};
use crate::pace::Pace;
use crate::plan::{Cue, Place};
use crate::routine::Answered;
use crate::time::{Frames, Moment};

/// Silence after a key that asks for it, before anything is said.
const HUSH: Frames = Frames::from_millis(350);

/// Quiet between what she answered and what follows.
const AFTER_ANSWER: Frames = Frames::from_millis(500);

/// Back within this time after a movement's beginning means: to the movement before.
const BACK_TO_PREVIOUS: Frames = Frames::from_millis(3000);

impl Session {
    pub(super) fn act(&mut self, now: Moment, action: Action) {
        match action {
            Action::Pause => self.pause(now),
            Action::GoOn => self.go_on(now),
            Action::Ready => self.after_wait(now),
            Action::AskAgain => {
                self.asked_again = false;
                self.ask_again(now);
            }
            Action::Yes => self.answer(now, |question| question.yes),
            Action::No => self.answer(now, |question| question.no),
            Action::Undo => self.undo(now),
            Action::Stop => self.stop(now),
            Action::Previous => self.previous(now),
            Action::Next => self.next(now),
            Action::SayAgain => self.say_again(now),
            Action::Louder => self.commands.push_back(Command::Volume(1)),
            Action::Softer => self.commands.push_back(Command::Volume(-1)),
            Action::Slower => self.change_pace(now, self.pace.slower()),
            Action::Faster => self.change_pace(now, self.pace.faster()),
            Action::TimeLeft => {
                let said = self.programme.time_left(self.view(now).left);
                self.interject(now, said);
            }
            Action::Help => self.interject(now, self.programme.help.clone()),
            Action::Quit => self.end_with(now, Vec::new(), Ending::Interrupted),
            Action::Nothing => {}
        }
    }

    pub(super) fn pause(&mut self, now: Moment) {
        let said = hushed(&self.programme.paused);
        self.arms_down = false;
        self.end_with(now, said, Ending::LeftAlone);
        self.mode = Mode::Paused;
    }

    /// Goes on with the sentence or breath that was interrupted, from its beginning; after a long
    /// pause, in which her arms came down, from the line that puts her in place.
    fn go_on(&mut self, now: Moment) {
        let resume = self.run.main;
        let arms_down = self.arms_down(now);
        self.mode = Mode::Playing;
        if !arms_down {
            self.go_on_with(now, Vec::new(), resume);
            return;
        }
        let mut said = self.programme.resumed.clone();
        let movement = self
            .plan()
            .cues()
            .get(resume)
            .map_or(0, |planned| planned.movement);
        let resume = if self.moves(movement) {
            said.extend(self.programme.resumed_move.clone());
            self.begin_movement(movement, &mut said)
        } else {
            resume
        };
        self.go_on_with(now, said, resume);
    }

    /// Whether in this pause she was asked to let her arms rest.
    fn arms_down(&self, now: Moment) -> bool {
        self.arms_down
            || self
                .run
                .delayed
                .is_some_and(|from| self.run.offset(now) >= from)
    }

    /// Whether the movement has a breath, so that there is something to begin again.
    fn moves(&self, movement: usize) -> bool {
        self.plan()
            .cues()
            .iter()
            .any(|planned| planned.movement == movement && planned.in_breath)
    }

    /// Where to begin a movement anew; what must be said before that is added to `said`.
    fn begin_movement(&self, movement: usize, said: &mut Vec<Cue>) -> usize {
        let planned = &self.plan().movements()[movement];
        match &planned.place {
            Place::At(index) => *index,
            Place::Earlier(utterance, rest) => {
                said.extend([Cue::Say(utterance.clone()), Cue::Rest(*rest)]);
                planned.first
            }
        }
    }

    fn stop(&mut self, now: Moment) {
        if self.mode == Mode::Closing {
            self.end_with(now, Vec::new(), Ending::Stopped);
            return;
        }
        let mut said = hushed(&self.programme.stopped);
        said.extend(self.programme.ended.clone());
        self.end_with(now, said, Ending::Stopped);
    }

    fn previous(&mut self, now: Moment) {
        let index = self.main_at(self.run.offset(now));
        let movement = self.movement_of(index);
        let first = self.plan().movements()[movement].first;
        let since: Frames = self.played_before(index) - self.played_before(first);
        // The movement at the very beginning is the silence that wakes the loudspeaker.
        let back = if since > BACK_TO_PREVIOUS {
            movement
        } else {
            movement.saturating_sub(1).max(1)
        };
        self.go_to(now, back);
    }

    fn next(&mut self, now: Moment) {
        let movement = self.movement_of(self.main_at(self.run.offset(now)));
        let movements = self.plan().movements();
        if movements[movement].skip && movement + 1 < movements.len() {
            self.go_to(now, movement + 1);
        }
    }

    fn go_to(&mut self, now: Moment, movement: usize) {
        let mut said = vec![Cue::Rest(HUSH)];
        let first = self.plan().movements()[movement].first;
        if matches!(self.plan().movements()[movement].place, Place::Earlier(..)) {
            self.begin_movement(movement, &mut said);
        }
        self.go_on_with(now, said, first);
    }

    fn say_again(&mut self, now: Moment) {
        let index = self.resume_at(now);
        let cues = self.plan().cues();
        let last = cues[..(index + 1).min(cues.len())]
            .iter()
            .rposition(|planned| planned.cue.sentence().is_some());
        let Some(last) = last else { return };
        let between = &cues[last..(index + 1).min(cues.len())];
        if between.iter().any(|planned| planned.in_breath) {
            // The breath that is being counted starts again behind it.
            let said = cues[last].cue.clone();
            self.go_on_with(now, vec![said, Cue::Rest(AFTER_ANSWER)], index);
        } else {
            self.go_on_with(now, Vec::new(), last);
        }
    }

    fn change_pace(&mut self, now: Moment, pace: Option<Pace>) {
        let Some(pace) = pace else { return };
        let said = if pace > self.pace {
            &self.programme.slower
        } else {
            &self.programme.faster
        };
        let said = said.clone();
        if self.phase(now) != Phase::Playing {
            self.pace = pace;
            self.interject(now, said);
            return;
        }
        let at = self.run.offset(now);
        // Counted paces share their structure: the cue after this one is the same cue in the other plan.
        if let Some((next, end)) = self.last_of_unit(at) {
            self.run.drop_from(end, next, said);
            self.commands.push_back(Command::DropFrom(end));
        } else {
            let resume = self.resume_at(now);
            self.go_on_with(now, said, resume);
        }
        self.pace = pace;
    }

    /// The cue after the sentence or whole breath in progress, and where that one ends; `None` in a rest.
    fn last_of_unit(&self, at: Frames) -> Option<(usize, Frames)> {
        let current = self.run.begun(at).filter(|begun| begun.end > at)?;
        let index = current.main?;
        let cues = self.plan().cues();
        if matches!(cues[index].cue, Cue::Rest(_)) {
            return None;
        }
        let next = (index + 1..cues.len()).find(|&i| cues[i].restart == i)?;
        let end = self
            .run
            .laid
            .iter()
            .find(|begun| begun.main == Some(next - 1))?
            .end;
        Some((next, end))
    }

    /// Says something at once, then comes back to where it was.
    fn interject(&mut self, now: Moment, mut said: Vec<Cue>) {
        if self.mode == Mode::Paused {
            self.arms_down = self.arms_down(now);
            said.extend(self.run.remaining(self.run.offset(now)));
            self.cut_to(now, said, self.run.then, self.run.main);
        } else {
            let resume = self.resume_at(now);
            self.go_on_with(now, said, resume);
        }
    }

    fn after_wait(&mut self, now: Moment) {
        let resume = self.resume_at(now) + 1;
        self.go_on_with(now, vec![Cue::Rest(AFTER_ANSWER)], resume);
    }

    fn ask_again(&mut self, now: Moment) {
        let resume = self.resume_at(now);
        self.go_on_with(now, Vec::new(), resume);
    }

    fn answer(&mut self, now: Moment, outcome: fn(crate::routine::Question) -> Answered) {
        let Some(wait) = &self.run.wait else { return };
        let Some(question) = wait.question else {
            return;
        };
        let said = wait.said.is_some_and(|said| self.run.offset(now) >= said);
        match outcome(question) {
            // It counts only once the question has been said to its end.
            Answered::GoOn if !said => {}
            Answered::GoOn => {
                self.answered.push(self.resume_at(now));
                self.asked_again = false;
                self.after_wait(now);
            }
            Answered::End => self.decline(now),
        }
    }

    fn undo(&mut self, now: Moment) {
        let Some(question) = self.answered.pop() else {
            return;
        };
        self.asked_again = false;
        self.go_on_with(now, vec![Cue::Rest(HUSH)], question);
    }

    fn decline(&mut self, now: Moment) {
        self.end_with(now, hushed(&self.programme.ended), Ending::Declined);
    }

    /// Nobody has answered.
    pub(super) fn unanswered(&mut self, now: Moment) {
        let Some(question) = self.run.wait.as_ref().and_then(|wait| wait.question) else {
            return;
        };
        if !self.asked_again {
            self.asked_again = true;
            self.ask_again(now);
        } else if question.silence == Answered::GoOn {
            self.asked_again = false;
            self.after_wait(now);
        } else {
            self.decline(now);
        }
    }
}

/// Silence first: she asked for it.
fn hushed(said: &[Cue]) -> Vec<Cue> {
    [Cue::Rest(HUSH)]
        .into_iter()
        .chain(said.iter().cloned())
        .collect()
}
