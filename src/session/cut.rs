//! Silence at once, then another run: how every interruption begins.

use super::{Command, Ending, Mode, Note, Part, Run, Session, Then};
use crate::base::{Frames, Posture};
use crate::plan::Cue;

/// Silence after a key that asks for it, before anything is said.
pub(super) const HUSH: Frames = Frames::from_millis(350);

/// Quiet between what she answered and what follows.
pub(super) const AFTER_ANSWER: Frames = Frames::from_millis(500);

impl Session {
    /// Silence at once; then `said`, then the plan from its cue `main`.
    pub(super) fn go_on_with(&mut self, said: Vec<Cue>, main: usize) {
        self.cut_to(said, Then::Plan, main);
    }

    /// Silence at once; then `said`, then the end.
    pub(super) fn end_with(&mut self, said: Vec<Cue>, ending: Ending) {
        let main = self.resume_at();
        self.mode = Mode::Closing;
        self.cut_to(said, Then::Finish(ending), main);
    }

    /// Silence at once; then `said`, then the end, unless she goes on before.
    pub(super) fn pause_with(&mut self, said: Vec<Cue>, ending: Ending) {
        self.end_with(said, ending);
        self.mode = Mode::Paused;
    }

    pub(super) fn cut_to(&mut self, said: Vec<Cue>, then: Then, main: usize) {
        self.shown = self.shown_at(self.at());
        self.commands.push_back(Command::Cut);
        if !self.speech.renders() {
            self.commands.extend([Command::Hush, Command::Duck(false)]);
        }
        self.runs += 1;
        self.speech.retried = false;
        self.run = Run::new(self.now, said, then, main);
    }

    /// Says something at once, then comes back to where it was.
    pub(super) fn interject(&mut self, mut said: Vec<Cue>) {
        if self.mode == Mode::Paused {
            self.arms_down = self.arms_down();
            said.extend(self.run.remaining(self.at()));
            self.cut_to(said, self.run.then, self.run.main);
        } else {
            self.go_back_to(said);
        }
    }

    /// Silence at once; then `said`, then once more the sentence, breath or question in progress.
    pub(super) fn go_back_to(&mut self, said: Vec<Cue>) {
        self.go_on_with(said, self.resume_at());
    }

    pub(super) fn go_to(&mut self, movement: usize) {
        let mut said = vec![Cue::Rest(HUSH)];
        let first = self.first_of(movement, &mut said);
        self.go_on_with(said, first);
    }

    /// Goes to a part of the session, after `said`.
    pub(super) fn enter(&mut self, mut said: Vec<Cue>, part: Part) {
        let standing = self.pace.within(Posture::Standing);
        if part == Part::StandingChosen && self.pace != standing {
            said.extend(self.says(|companion| &companion.standard_only));
        }
        if self.part() == Part::SoundCheck && !matches!(part, Part::Close(_)) {
            self.commands.push_back(Command::Note(Note::SoundRight));
        }
        self.screening.enter(part);
        self.mode = Mode::of(self.part());
        self.answers.asked_again = false;
        let main = self.begin_part(&mut said);
        let second = self.plan().second_round.as_ref();
        self.second |= second.is_some_and(|round| round.contains(&main));
        self.cut_to(said, Then::Plan, main);
    }
}
