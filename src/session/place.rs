//! Where she is: in which cue of which plan, in which movement, and how much lies behind her.

use std::ops::Range;
use std::sync::Arc;

use super::{Body, Close, Ending, Mode, Part, Screening, Session, Then, Words};
use crate::base::{Frames, Length, Moment, Pace, Posture};
use crate::plan::{Cue, Plan};
use crate::routine::Form;

impl Session {
    /// Which part is going on.
    pub(crate) const fn part(&self) -> Part {
        self.screening.part()
    }

    /// The pace in force.
    pub(crate) const fn pace(&self) -> Pace {
        self.pace.within(self.screening.posture())
    }

    /// The title of the routine.
    pub(crate) fn title(&self) -> &Arc<str> {
        &self.routine().title
    }

    /// The name of the routine, and the posture: as she has chosen by now.
    pub(crate) fn chosen(&self) -> (&Arc<str>, Posture) {
        let name = &self.programme.laid(&self.screening).name;
        (name, self.screening.posture())
    }

    /// How long it is to be.
    pub(crate) const fn length(&self) -> Length {
        self.screening.length()
    }

    /// Whether all safety questions are asked, and not only those of the day.
    pub(crate) fn asks_all(&self) -> bool {
        self.screening.form() == Form::OneByOne
    }

    /// Whether the routine holds movement.
    pub(crate) fn moves(&self) -> bool {
        self.programme.laid(&self.screening).moves
    }

    /// Where in the routine she is, as the number and the title of its movement (0 is the first of the
    /// warm-up), and how much of it is behind her; no place before that.
    pub(crate) fn place(&self, now: Moment) -> (Option<(usize, String)>, Frames) {
        if self.part() != Part::Routine {
            return (None, Frames::ZERO);
        }
        let index = self.main_at(self.run.offset(now));
        let movement = self.movement_of(index);
        let title = self.plan().movements[movement].title.to_string();
        let number = movement.checked_sub(self.first_counted());
        let played = self.played_before(index.min(self.plan().cues.len()));
        (number.map(|number| (number, title)), played)
    }

    /// The sentences of the close that is going on, for whoever wants to read them: no questions.
    pub(crate) fn closing_words(&self) -> impl Iterator<Item = &str> {
        let closes = matches!(self.part(), Part::Close(close) if close != Close::Stopped);
        let cues = if closes { &self.plan().cues[..] } else { &[] };
        cues.iter().filter_map(|planned| match &planned.cue {
            Cue::Say(said) => Some(&**said.text()),
            _ => None,
        })
    }

    /// How many movements the routine has, from the warm-up's first on.
    pub(crate) fn movements(&self) -> usize {
        self.routine().counted_movements().len()
    }

    pub(super) fn plan(&self) -> &Plan {
        self.plan_of(&self.screening)
    }

    pub(super) fn plan_of(&self, screening: &Screening) -> &Plan {
        self.programme.plan(screening, self.pace(), self.body())
    }

    pub(super) fn routine(&self) -> &Plan {
        self.programme.routine(&self.screening, self.pace())
    }

    /// What the companion says, as she is now.
    pub(super) fn says(&self, words: Words) -> Vec<Cue> {
        self.programme.says(self.body(), words)
    }

    pub(super) const fn body(&self) -> Body {
        self.bearing.body()
    }

    /// The movement with which a session counts as begun.
    pub(super) fn first_counted(&self) -> usize {
        let plan = self.plan();
        plan.movements.len() - plan.counted_movements().len()
    }

    /// The time of the last input, in frames since the run began.
    pub(super) fn at(&self) -> Frames {
        self.run.offset(self.now)
    }

    /// The cue of the plan that is going on at `at`; in an interruption, the one that it will go on with.
    pub(super) fn main_at(&self, at: Frames) -> usize {
        let laid = &self.run.laid;
        let mut by_now = laid.iter().rev().filter(|begun| begun.start <= at);
        if let Some((end, main)) = by_now.find_map(|begun| Some((begun.end, begun.main?))) {
            // A cue that waits for her goes on until she answers.
            let waits = self.run.holds() && main + 1 == self.run.main;
            return if end > at || waits { main } else { main + 1 };
        }
        let next = laid.iter().find_map(|begun| begun.main);
        next.unwrap_or(self.run.main)
    }

    /// Where to begin again after an interruption now.
    pub(super) fn resume_at(&self) -> usize {
        let index = self.main_at(self.at());
        let planned = self.plan().cues.get(index);
        planned.map_or(index, |planned| planned.restart)
    }

    /// The movement that is going on.
    pub(super) fn movement_at(&self) -> usize {
        self.movement_of(self.main_at(self.at()))
    }

    /// The cues of a movement.
    pub(super) fn cues_of(&self, movement: usize) -> Range<usize> {
        let movements = &self.plan().movements;
        let next = movements.get(movement + 1);
        movements[movement].first..next.map_or(self.plan().cues.len(), |next| next.first)
    }

    pub(super) fn movement_of(&self, index: usize) -> usize {
        let cues = &self.plan().cues;
        let planned = cues.get(index).or(cues.last());
        planned.map_or(0, |planned| planned.movement)
    }

    /// Whether the movement has a breath, so that there is something to begin again.
    pub(super) fn has_breath(&self, movement: usize) -> bool {
        let cues = &self.plan().cues[self.cues_of(movement)];
        cues.iter().any(|planned| planned.in_breath)
    }

    pub(super) fn played_before(&self, index: usize) -> Frames {
        let left_out = self.left_out();
        let cues = self.plan().cues[..index].iter().enumerate();
        cues.filter(|(cue, _)| !left_out.contains(cue))
            .map(|(_, planned)| planned.cue.length(&self.speech))
            .sum()
    }

    /// The second round, unless she wants it.
    pub(super) fn left_out(&self) -> Range<usize> {
        let second = self.plan().second_round.as_ref().filter(|_| !self.second);
        second.cloned().unwrap_or_default()
    }

    /// Whether an answer is being said back, or waits to be undone.
    pub(super) fn in_echo(&self, at: Frames) -> bool {
        // While the loudspeaker is lost she cannot know what will be said back.
        let lost = self.lost.as_ref().is_some_and(|lost| lost.echo);
        lost || (self.run.echo && self.run.still_before(at))
    }

    /// Whether in this pause she was asked to let her arms rest.
    pub(super) fn arms_down(&self) -> bool {
        let asked = self.run.delayed;
        self.arms_down || asked.is_some_and(|from| self.at() >= from)
    }

    /// How it ends, once that is settled and only its last words are said. In a pause nothing is: she may go on.
    pub(super) fn decided(&self) -> Option<Ending> {
        match self.run.then {
            Then::Finish(ending) if self.mode == Mode::Closing => Some(ending),
            _ => None,
        }
    }

    /// How a session that closes before its end has ended.
    pub(super) const fn ending_of_close(&self) -> Ending {
        if self.stopped {
            Ending::Stopped
        } else {
            Ending::Declined
        }
    }

    /// Whether a question or a request has been said to its end, and she is waited for.
    pub(crate) fn waits(&self, now: Moment) -> bool {
        let said = self.run.wait.as_ref().and_then(|wait| wait.said);
        matches!(self.mode, Mode::Playing | Mode::Closing)
            && said.is_some_and(|said| self.run.offset(now) >= said)
    }
}
