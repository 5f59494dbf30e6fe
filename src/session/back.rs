//! The ways back into the plan: what is said before it goes on, and from which cue.

use super::{Body, Part, Session};
use crate::plan::{Cue, Resume};

impl Session {
    /// What is said after a long pause in which the plan stood at `resume`, and where it goes on then.
    ///
    /// Where there is no move to start again, only the first sentence of resumption is said.
    pub(super) fn way_back(&self, resume: usize) -> (Vec<Cue>, usize) {
        let mut said = self.says(|companion| &companion.resumed);
        let movement = self.movement_of(resume);
        let planned = &self.plan().movements[movement];
        let stands = planned.on_feet && !planned.sits_down;
        if !stands && !self.has_breath(movement) {
            return (said, resume);
        }
        // Where nothing of it has been said there is no "again".
        if self.has_breath(movement) && resume > planned.first {
            said.extend(self.says(|companion| &companion.resumed_move));
        }
        if stands {
            said.extend(self.back_to_the_wall(movement));
        }
        let resume = self.begin_movement(movement, &mut said);
        (said, resume)
    }

    /// She may have sat down meanwhile: how to stand, in the first words of each movement in which she got up, unless
    /// the movement begins with them.
    fn back_to_the_wall(&self, movement: usize) -> Vec<Cue> {
        let movements = &self.plan().movements;
        let mut before = movements[..movement].iter();
        let seated = before.rposition(|movement| !movement.on_feet);
        let gets_up = seated.map_or(0, |seated| seated + 1)..movement;
        let gets_up = gets_up.take_while(|gets_up| !self.has_breath(*gets_up));
        let first_words = |gets_up| self.plan().cues[self.cues_of(gets_up)].iter().take(2);
        let words = gets_up.map(|gets_up| first_words(gets_up).map(|planned| planned.cue.clone()));
        let words = words.map(Vec::from_iter);
        let said_anyway = |words: &Vec<Cue>| match &movements[movement].resume {
            Resume::At(_) => false,
            Resume::After(utterance, _) => words.first().and_then(Cue::sentence) == Some(utterance),
        };
        let words = words.filter(|words| !said_anyway(words));
        words.flatten().collect()
    }

    /// Where to begin a movement anew; what must be said before that is added to `said`.
    pub(super) fn begin_movement(&self, movement: usize, said: &mut Vec<Cue>) -> usize {
        let planned = &self.plan().movements[movement];
        match &planned.resume {
            Resume::At(index) => *index,
            Resume::After(utterance, rest) => {
                said.extend([Cue::Say(utterance.clone()), Cue::Rest(*rest)]);
                planned.first
            }
        }
    }

    /// The first cue of a movement; what puts her in place for it is added to `said`.
    pub(super) fn first_of(&self, movement: usize, said: &mut Vec<Cue>) -> usize {
        let planned = &self.plan().movements[movement];
        if matches!(planned.resume, Resume::After(..)) {
            self.begin_movement(movement, said);
        }
        planned.first
    }

    /// Where a part begins: a session that is picked up, with the movement that she was in.
    pub(super) fn begin_part(&self, said: &mut Vec<Cue>) -> usize {
        let goes_on = self.part() == Part::Routine && self.screening.picked_up();
        let Some(number) = self.pick_up.filter(|_| goes_on) else {
            return 0;
        };
        let movements = &self.plan().movements;
        let last = movements.len() - 1;
        // Whatever stands in the file.
        let mut again = self.first_counted().saturating_add(number).min(last);
        if movements[again].sits_down {
            // She sits now.
            again = (again + 1).min(last);
        }
        // For the same reason what is done standing begins with getting up.
        let mut movement = again;
        while movements[movement].on_feet && movements[movement - 1].on_feet {
            movement -= 1;
        }
        let says = |words| self.programme.says(Body::Moving, words);
        said.extend(says(|companion| &companion.resumed));
        if movement == again && self.has_breath(movement) {
            said.extend(says(|companion| &companion.resumed_move));
        }
        self.first_of(movement, said)
    }
}
