//! What she asks for with a key: pauses, stops, another volume or pace, and the ways through the routine.

use super::{
    AFTER_ANSWER, Action, Close, Command, Ending, HUSH, Lost, Mode, Part, Phase, Session, Words,
};
use crate::base::{Frames, Pace, Posture};
use crate::plan::{Cue, PlannedCue};

/// Back within this time after a movement's beginning means: to the movement before. Later it means this one
/// again, as in most players: with closed eyes that is the more frequent wish.
const BACK_TO_PREVIOUS: Frames = Frames::from_millis(3000);

impl Session {
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Pause => self.pause(None),
            Action::GoOn => self.go_on(),
            Action::Ready => self.go_on_with(vec![Cue::Rest(AFTER_ANSWER)], self.resume_at() + 1),
            Action::AskAgain => {
                self.answers.asked_again = false;
                self.go_back_to(Vec::new());
            }
            Action::Yes => self.answer(true),
            Action::No => self.answer(false),
            Action::Undo => self.undo(),
            Action::Stop => self.stop(),
            Action::Previous => self.previous(),
            Action::Next => self.next(),
            Action::SayAgain => self.say_again(),
            Action::Louder => self.change_volume(1),
            Action::Softer => self.change_volume(-1),
            Action::Slower => self.change_pace(self.pace.slower()),
            Action::Faster => self.change_pace(self.pace.faster()),
            Action::TimeLeft => self.interject(self.programme.time_left(self.view(self.now).left)),
            Action::Help => self.interject(self.says(|companion| &companion.help)),
            Action::Quit => self.leave(Ending::Interrupted),
            Action::Nothing => {}
        }
    }

    /// It pauses by itself, and says why.
    pub(super) fn interrupted(&mut self, why: Option<Words>) {
        if !self.stays_paused() && self.mode == Mode::Playing {
            self.pause(why);
        }
    }

    /// Her keys go to another window. A close does not pause; but what it asks is asked again.
    pub(super) fn focus_lost(&mut self) {
        if self.mode == Mode::Closing && self.question(self.now).is_some() {
            let said = hushed(&self.says(|companion| &companion.focus_lost));
            self.answers.asked_again = false;
            self.go_back_to(said);
        } else {
            self.interrupted(Some(|companion| &companion.focus_lost));
        }
    }

    fn pause(&mut self, why: Option<Words>) {
        let said = hushed(&self.programme.pause(self.body(), why));
        self.arms_down = false;
        self.pause_with(said, Ending::LeftAlone);
    }

    /// Goes on with the sentence or breath that was interrupted, from its beginning (a breath out without
    /// its breath in would ask her to find the rhythm by herself); after a long pause, in which her arms
    /// came down, from the line that puts her in place.
    fn go_on(&mut self) {
        let resume = self.run.main;
        let arms_down = self.arms_down();
        self.suspended = false;
        self.mode = Mode::Playing;
        let (said, resume) = if arms_down {
            self.way_back(resume)
        } else {
            (Vec::new(), resume)
        };
        self.go_on_with(said, resume);
    }

    fn stop(&mut self) {
        if self.mode == Mode::Closing || self.lost.is_some() {
            self.stopped |= self.lost.as_ref().is_some_and(Lost::stops);
            self.leave(self.ending_of_close());
        } else {
            self.stopped = true;
            self.enter(vec![Cue::Rest(HUSH)], Part::Close(Close::Stopped));
        }
    }

    /// Out, in silence. What it ends for already stays so, whatever key cuts its last words short: otherwise
    /// nobody would ask at the next start whether something hurt.
    fn leave(&mut self, ending: Ending) {
        let ending = self.decided().unwrap_or(ending);
        self.end_with(Vec::new(), ending);
    }

    fn previous(&mut self) {
        if self.part() != Part::Routine {
            // Nowhere else is there anything to go back to: no answer is given by it, and none is lost.
            self.go_back_to(Vec::new());
            return;
        }
        let index = self.main_at(self.at());
        let movement = self.movement_of(index);
        let movements = &self.plan().movements;
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
        let second = self.plan().second_round.as_ref().filter(|_| self.second);
        if up_again || second.is_some_and(|round| round.start == first) {
            back = movement;
        }
        // A routine begins with the silence that wakes the loudspeaker.
        self.go_to(back.max(1));
    }

    fn next(&mut self) {
        let movement = self.movement_at();
        let movements = &self.plan().movements;
        if movements[movement].skip && movement + 1 < movements.len() {
            self.go_to(movement + 1);
        }
    }

    fn say_again(&mut self) {
        let index = self.resume_at();
        let cues = &self.plan().cues;
        let until_now = &cues[..(index + 1).min(cues.len())];
        let says = |planned: &PlannedCue| planned.cue.sentence().is_some();
        let Some(last) = until_now.iter().rposition(says) else {
            return;
        };
        if until_now[last..].iter().any(|planned| planned.in_breath) {
            // The breath that is being counted starts again behind it.
            let said = cues[last].cue.clone();
            self.go_on_with(vec![said, Cue::Rest(AFTER_ANSWER)], index);
        } else {
            self.go_on_with(Vec::new(), last);
        }
    }

    fn change_volume(&mut self, steps: i8) {
        self.commands.push_back(Command::Volume(steps));
        if self.part() == Part::SoundCheck && self.mode == Mode::Playing {
            self.interject(self.says(|companion| &companion.how_loud));
        }
    }

    fn change_pace(&mut self, pace: Option<Pace>) {
        if self.screening.posture() == Posture::Standing {
            self.interject(self.says(|companion| &companion.standard_only));
            return;
        }
        let Some(pace) = pace else { return };
        let slower = pace > self.pace;
        let said = self.says(if slower {
            |companion| &companion.slower
        } else {
            |companion| &companion.faster
        });
        let playing = self.phase(self.now) == Phase::Playing;
        let unit = self.last_of_unit().filter(|_| playing);
        self.pace = pace;
        if let Some((next, end)) = unit {
            // Counted paces share their structure: the cue after this one is the same cue in the other plan.
            self.run.drop_from(end, next, said);
            self.commands.push_back(Command::DropFrom(end));
        } else {
            self.interject(said);
        }
    }

    /// The cue after the sentence or whole breath in progress, and where that one ends; `None` in a rest.
    fn last_of_unit(&self) -> Option<(usize, Frames)> {
        if self.run.speaking.is_some() {
            // Only the service knows where its sentence ends.
            return None;
        }
        let at = self.at();
        let index = self.run.begun(at).filter(|begun| begun.end > at)?.main?;
        let cues = &self.plan().cues;
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
