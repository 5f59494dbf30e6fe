//! Before a session: what is played, and on which terms, from what she wants and what the journal allows.
//!
//! Pure, for the program and the page.

use crate::base::{Length, Pace, Posture};
use crate::journal::entry::{LeftAt, Start};
use crate::journal::rules::Opening;
use crate::plan::{Plan, Setting};
use crate::routine::{
    Companion, Form, Hands, Routine, ScreeningText, UnknownRoutine, WHAT_COMES, built_in,
    built_in_names,
};
use crate::session::screening::Terms;
use crate::session::{Programme, Repertoire};

/// The routine that she may choose instead.
pub(crate) const GENTLE: &str = "gentle";

/// What is to be played, and how.
pub(crate) struct Wanted {
    pub name: String,
    pub routine: Routine,
    /// Still to be chosen if `None`, and so is the length.
    pub posture: Option<Posture>,
    pub length: Option<Length>,
    pub pace: Pace,
    /// She may still choose the soft routine.
    pub choose: bool,
    /// The movement from which a session that was cut off goes on.
    pub pick_up: Option<usize>,
}

/// What is round her, as far as the words depend on it.
pub(crate) struct Around {
    /// The loudspeaker has not been tried yet.
    pub sound_check: bool,
    /// A sentence can be heard from one side.
    pub sides: bool,
    /// All safety questions are asked, whatever was asked lately.
    pub questions: bool,
    /// Whom to call, as it is said.
    pub emergency: String,
    /// What she presses.
    pub hands: Hands,
}

impl Wanted {
    /// Without a choice where there is nothing to choose: a routine that is for a chair only, or of one length.
    #[must_use]
    pub(crate) fn settled(mut self) -> Self {
        let chair = (!can_stand(&self.routine)).then_some(Posture::Seated);
        self.posture = self.posture.or(chair);
        let one = (!self.routine.has_lengths()).then(Length::default);
        self.length = self.length.or(one);
        self
    }

    /// The session that was cut off there, at this pace. None, if the routine has been changed meanwhile, or counts its
    /// movements otherwise in the other form.
    pub(crate) fn cut_off(
        start: Start,
        left_at: &LeftAt,
        routine: Routine,
        pace: Pace,
    ) -> Option<Self> {
        let (posture, length) = (start.posture, start.length?);
        let is_there = |form| {
            let setting = Setting {
                length,
                form,
                ..Setting::new(pace, posture)
            };
            let plan = Plan::compile(&routine, &Companion::built_in(), setting);
            let there = plan.counted_movements().get(left_at.movement);
            there.is_some_and(|there| *there.title == *left_at.title)
        };
        let forms = [Form::OneByOne, Form::Day];
        forms.into_iter().all(is_there).then_some(Self {
            name: start.routine,
            routine,
            posture: Some(posture),
            length: Some(length),
            pace,
            choose: false,
            pick_up: Some(left_at.movement),
        })
    }

    /// All that may be said, on the terms that the journal allows.
    pub(crate) fn programme(
        self,
        screening: ScreeningText,
        around: &Around,
        opening: &Opening,
    ) -> Result<Programme, UnknownRoutine> {
        let terms = self.terms(around, opening);
        let mut companion = self.told(Companion::built_in());
        if !around.sides {
            companion = companion.without_sides();
        }
        let gentle = self.choose.then(|| built_in(GENTLE)).transpose()?;
        let repertoire = Repertoire {
            routine: (self.name.into(), self.routine),
            gentle: gentle.map(|gentle| (GENTLE.into(), gentle)),
            screening,
            companion: companion
                .with_emergency(&around.emergency)
                .of_hands(around.hands),
        };
        Ok(Programme::new(&repertoire, terms))
    }

    fn terms(&self, around: &Around, opening: &Opening) -> Terms {
        let all = opening.ask_all || around.questions;
        Terms {
            sound_check: around.sound_check,
            form: if all { Form::OneByOne } else { Form::Day },
            ask_hurt: opening.ask_hurt,
            refused: opening.closed.map(|closed| closed.why),
            pick_up: self.pick_up.is_some(),
            choose: self.choose,
            posture: self.posture,
            length: self.length,
        }
    }

    /// What comes, in a sentence; empty as long as something of it is still to be chosen.
    pub(crate) fn what_comes(&self) -> String {
        self.told(Companion::built_in()).fill_in(WHAT_COMES)
    }

    /// With what comes, if nothing of it is still to be chosen.
    fn told(&self, companion: Companion) -> Companion {
        let (Some(posture), Some(length), false) = (self.posture, self.length, self.choose) else {
            return companion;
        };
        told(companion, (&self.name, &self.routine), posture, length)
    }
}

/// With what comes: the routine of that name, in that posture and of that length.
pub(crate) fn told(
    companion: Companion,
    (name, routine): (&str, &Routine),
    posture: Posture,
    length: Length,
) -> Companion {
    let own = built_in_names().any(|built_in| built_in == name);
    let own = own.then(|| (&**routine.title(), length));
    companion.with_what_comes(own, posture)
}

/// Whether a part of it can be done standing.
pub(crate) fn can_stand(routine: &Routine) -> bool {
    routine.sections().iter().any(|section| section.on_feet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::history::History;
    use jiff::{Timestamp, tz::Offset};

    fn wanted(name: &str, length: Option<Length>) -> Wanted {
        let wanted = Wanted {
            name: name.into(),
            routine: built_in(name).expect("built in"),
            posture: None,
            length,
            pace: Pace::Standard,
            choose: false,
            pick_up: None,
        };
        wanted.settled()
    }

    #[test]
    fn what_comes_is_told_only_where_nothing_is_still_to_be_chosen() {
        let told = |name, length| wanted(name, length).what_comes();
        assert_eq!(
            told("gentle", Some(Length::Five)),
            "Soft routine, sitting, five minutes."
        );
        assert_eq!(told("gentle", None), "");
        assert_eq!(told("upper-back", Some(Length::Five)), "");
    }

    #[test]
    fn all_questions_are_asked_where_they_are_due_or_wanted() {
        let now = crate::journal::at::At::new(Timestamp::UNIX_EPOCH, Offset::UTC);
        let form = |ask_all, questions| {
            let around = Around {
                sound_check: false,
                sides: true,
                questions,
                emergency: String::new(),
                hands: Hands::Keys,
            };
            let opening = Opening {
                ask_all,
                ..History::default().opening(now, 1)
            };
            wanted("rest", None).terms(&around, &opening).form
        };
        assert_eq!(form(false, false), Form::Day);
        assert_eq!(form(true, false), Form::OneByOne);
        assert_eq!(form(false, true), Form::OneByOne);
    }
}
