//! What a recording has to know of its session: what it will say, and where in it a moment is.

use std::sync::Arc;

use super::Session;
use crate::base::{Estimate, Frames, Moment, SpeechLengths, Utterance};
use crate::plan::{Cue, Plan};

impl Session {
    /// The plans that follow one another if nobody answers anything: of a recording, all of them.
    pub(crate) fn plans(&self) -> Vec<&Plan> {
        let mut ahead = self.screening.clone();
        let mut plans = vec![self.plan_of(&ahead)];
        while let Some(part) = ahead.after() {
            ahead.enter(part);
            plans.push(self.plan_of(&ahead));
        }
        plans
    }

    /// Everything that is said in them, in its order, and how long they take by estimate.
    pub(crate) fn forecast(&self) -> (Vec<Utterance>, Frames) {
        let plans = self.plans().into_iter();
        let cues = plans
            .flat_map(|plan| &plan.cues)
            .map(|planned| &planned.cue);
        let said = cues.clone().flat_map(Cue::utterances).cloned();
        (said.collect(), cues.map(|cue| cue.length(&Estimate)).sum())
    }

    /// Under which heading that moment is: the title of the movement, or of its section where it has none.
    pub(crate) fn heading(&self, now: Moment) -> Option<Arc<str>> {
        let plan = self.plan();
        let last = plan.cues.len().checked_sub(1)?;
        let index = self.main_at(self.run.offset(now)).min(last);
        let movement = &plan.movements[plan.cues[index].movement];
        let untitled = movement.title.is_empty();
        Some(
            if untitled {
                &movement.section
            } else {
                &movement.title
            }
            .clone(),
        )
    }

    /// How long it takes to say that: as measured, once it was rendered.
    pub(crate) fn takes(&self, utterance: &Utterance) -> Frames {
        self.speech.length(utterance)
    }
}
