//! What she asks for with a key: pauses, stops, another volume or pace, and the ways through the routine.

use super::{
    AFTER_ANSWER, Action, Close, Command, Ending, HUSH, Lost, Mode, Part, Phase, Session, Words,
};
use crate::base::{Frames, Moment, Pace, Posture};
use crate::plan::Cue;

/// Back within this time after a movement's beginning means: to the movement before. Later it means this one
/// again, as in most players: with closed eyes that is the more frequent wish.
const BACK_TO_PREVIOUS: Frames = Frames::from_millis(3000);

impl Session {
    pub(super) fn act(&mut self, now: Moment, action: Action) {
        match action {
            Action::Pause => self.pause(now, None),
            Action::GoOn => self.go_on(now),
            Action::Ready => {
                let resume = self.resume_at(now) + 1;
                self.go_on_with(now, vec![Cue::Rest(AFTER_ANSWER)], resume);
            }
            Action::AskAgain => {
                self.answers.asked_again = false;
                self.go_back_to(now, Vec::new());
            }
            Action::Yes => self.answer(now, true),
            Action::No => self.answer(now, false),
            Action::Undo => self.undo(now),
            Action::Stop => self.stop(now),
            Action::Previous => self.previous(now),
            Action::Next => self.next(now),
            Action::SayAgain => self.say_again(now),
            Action::Louder => self.change_volume(now, 1),
            Action::Softer => self.change_volume(now, -1),
            Action::Slower => self.change_pace(now, self.pace.slower()),
            Action::Faster => self.change_pace(now, self.pace.faster()),
            Action::TimeLeft => {
                let said = self.programme.time_left(self.view(now).left);
                self.interject(now, said);
            }
            Action::Help => {
                let said = self.says(|companion| &companion.help);
                self.interject(now, said);
            }
            Action::Quit => self.leave(now, Ending::Interrupted),
            Action::Nothing => {}
        }
    }

    /// It pauses by itself, and says why.
    pub(super) fn interrupted(&mut self, now: Moment, why: Option<Words>) {
        if !self.stays_paused() && self.mode == Mode::Playing {
            self.pause(now, why);
        }
    }

    /// Her keys go to another window. A close does not pause; but what it asks is asked again.
    pub(super) fn focus_lost(&mut self, now: Moment) {
        if self.mode == Mode::Closing && self.question(now).is_some() {
            let said = hushed(&self.says(|companion| &companion.focus_lost));
            self.answers.asked_again = false;
            self.go_back_to(now, said);
        } else {
            self.interrupted(now, Some(|companion| &companion.focus_lost));
        }
    }

    fn pause(&mut self, now: Moment, why: Option<Words>) {
        let said = hushed(&self.programme.pause(self.body(), why));
        self.arms_down = false;
        self.pause_with(now, said, Ending::LeftAlone);
    }

    /// Goes on with the sentence or breath that was interrupted, from its beginning (a breath out without
    /// its breath in would ask her to find the rhythm by herself); after a long pause, in which her arms
    /// came down, from the line that puts her in place.
    fn go_on(&mut self, now: Moment) {
        let resume = self.run.main;
        let arms_down = self.arms_down(now);
        self.suspended = false;
        self.mode = Mode::Playing;
        let (said, resume) = if arms_down {
            self.way_back(resume)
        } else {
            (Vec::new(), resume)
        };
        self.go_on_with(now, said, resume);
    }

    fn stop(&mut self, now: Moment) {
        if self.mode == Mode::Closing || self.lost.is_some() {
            self.stopped |= self.lost.as_ref().is_some_and(Lost::stops);
            self.leave(now, self.ending_of_close());
        } else {
            self.stopped = true;
            self.enter(now, vec![Cue::Rest(HUSH)], Part::Close(Close::Stopped));
        }
    }

    /// Out, in silence. What it ends for already stays so, whatever key cuts its last words short: otherwise
    /// nobody would ask at the next start whether something hurt.
    fn leave(&mut self, now: Moment, ending: Ending) {
        let ending = self.decided().unwrap_or(ending);
        self.end_with(now, Vec::new(), ending);
    }

    fn previous(&mut self, now: Moment) {
        if self.part() != Part::Routine {
            // Nowhere else is there anything to go back to: no answer is given by it, and none is lost.
            self.go_back_to(now, Vec::new());
            return;
        }
        let index = self.main_at(self.run.offset(now));
        let movement = self.movement_of(index);
        let movements = self.plan().movements();
        let first = movements[movement].first;
        let mut back = movement;
        if self.played_before(index) - self.played_before(first) <= BACK_TO_PREVIOUS {
            back = movement.saturating_sub(1);
        }
        let left_out = self.left_out();
        while left_out.contains(&movements[back].first) {
            back -= 1;
        }
        // Who has sat down, or been told to, stays down.
        let sits = !movements[movement].on_feet || movements[movement].sits_down;
        let up_again = sits && movements[back].on_feet;
        // Nor does anything lead from the second round back to the question whether there is to be one.
        let second = self.plan().second_round().filter(|_| self.second);
        if up_again || second.is_some_and(|round| round.start == first) {
            back = movement;
        }
        // A routine begins with the silence that wakes the loudspeaker.
        self.go_to(now, back.max(1));
    }

    fn next(&mut self, now: Moment) {
        let movement = self.movement_at(now);
        let movements = self.plan().movements();
        if movements[movement].skip && movement + 1 < movements.len() {
            self.go_to(now, movement + 1);
        }
    }

    fn say_again(&mut self, now: Moment) {
        let index = self.resume_at(now);
        let cues = self.plan().cues();
        let until_now = &cues[..(index + 1).min(cues.len())];
        let last = until_now
            .iter()
            .rposition(|planned| planned.cue.sentence().is_some());
        let Some(last) = last else { return };
        if until_now[last..].iter().any(|planned| planned.in_breath) {
            // The breath that is being counted starts again behind it.
            let said = cues[last].cue.clone();
            self.go_on_with(now, vec![said, Cue::Rest(AFTER_ANSWER)], index);
        } else {
            self.go_on_with(now, Vec::new(), last);
        }
    }

    fn change_volume(&mut self, now: Moment, steps: i8) {
        self.commands.push_back(Command::Volume(steps));
        if self.part() == Part::SoundCheck && self.mode == Mode::Playing {
            let said = self.says(|companion| &companion.how_loud);
            self.interject(now, said);
        }
    }

    fn change_pace(&mut self, now: Moment, pace: Option<Pace>) {
        if self.screening.posture() == Posture::Standing {
            let said = self.says(|companion| &companion.standard_only);
            self.interject(now, said);
            return;
        }
        let Some(pace) = pace else { return };
        let slower = pace > self.pace;
        let said = self.says(if slower {
            |companion| &companion.slower
        } else {
            |companion| &companion.faster
        });
        let playing = self.phase(now) == Phase::Playing;
        // Counted paces share their structure: the cue after this one is the same cue in the other plan.
        match self.last_of_unit(now) {
            Some((next, end)) if playing => {
                self.run.drop_from(end, next, said);
                self.commands.push_back(Command::DropFrom(end));
            }
            _ if playing => self.go_back_to(now, said),
            _ => {
                self.pace = pace;
                self.interject(now, said);
            }
        }
        self.pace = pace;
    }

    /// The cue after the sentence or whole breath in progress, and where that one ends; `None` in a rest.
    fn last_of_unit(&self, now: Moment) -> Option<(usize, Frames)> {
        if self.run.speaking.is_some() {
            // Only the service knows where its sentence ends.
            return None;
        }
        let at = self.run.offset(now);
        let index = self.run.begun(at).filter(|begun| begun.end > at)?.main?;
        let cues = self.plan().cues();
        if matches!(cues[index].cue, Cue::Rest(_)) {
            return None;
        }
        let next = (index + 1..cues.len()).find(|&i| cues[i].restart == i)?;
        let laid = &mut self.run.laid.iter();
        let end = laid.find(|begun| begun.main == Some(next - 1))?.end;
        Some((next, end))
    }
}

/// Silence first: she asked for it.
fn hushed(said: &[Cue]) -> Vec<Cue> {
    [&[Cue::Rest(HUSH)], said].concat()
}
