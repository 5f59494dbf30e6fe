//! May she start? The order of what is asked before a session, and the verdict on the answers.
//!
//! Pure, and the only way to a routine with movement: the session plays what [`Screening::part`]
//! says, tells it every answer, and no other code decides that the screening has been passed.
//! House rules on top of GAQP and CSEP19: any doubt holds her back, and silence never passes the last check.

use std::iter;

use strum::{EnumIter, IntoEnumIterator};

use crate::base::{Length, Posture, Refusal};
use crate::routine::{Answered, Form};

/// One part of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter)]
pub(crate) enum Part {
    /// Whether the loudspeaker can be heard, and how loud.
    SoundCheck,
    /// Whether the last session was stopped because something hurt. Asked before anything is refused: what to watch
    /// for must not wait until a limit has passed.
    HurtBefore,
    /// Whether she goes on with the session that was cut off.
    PickUp,
    /// Nobody is known to have reviewed the routine's words: whether she goes on with it.
    Unreviewed,
    Welcome,
    /// The safety questions, in the form that was decided on.
    Questions,
    /// The last check, whose answer is turned round.
    LastCheck,
    /// Which routine; before the posture, as the soft one is always seated.
    Choice,
    Posture,
    /// She has chosen to stand.
    StandingChosen,
    /// How long it is to be.
    Length,
    Routine,
    /// The close, and why.
    Close(Close),
}

impl Part {
    /// Every part, with every close and every refusal.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let closes = Close::iter().filter(|close| !matches!(close, Close::Refused(_)));
        let closes = closes.chain(Refusal::iter().map(Close::Refused));
        let parts = Self::iter().filter(|part| !matches!(part, Self::Close(_)));
        parts.chain(closes.map(Self::Close))
    }
}

/// Why a session closes before its end, and with which words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter)]
pub(crate) enum Close {
    /// Call for help now.
    #[default]
    Emergency,
    Today,
    Check,
    /// She feels unwell, or an answer was not true.
    Unwell,
    NoAnswer,
    /// A question of a routine ended it.
    Declined,
    /// A limit or the lock forbids movement.
    Refused(Refusal),
    /// She stopped: she is asked why.
    Stopped,
    /// Something hurt: the movements are closed.
    Hurt,
    /// She did not say whether something hurt.
    HurtUnanswered,
    /// She stopped, and nothing hurts.
    Fine,
}

/// The verdict on the answers to the questions, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There are more questions.
    Ask,
    /// Every question has been answered with no.
    Pass,
    /// She does not start.
    Close(Close),
}

/// How urgent a yes to a question is, the most urgent last.
const fn urgency(close: Close) -> u8 {
    match close {
        Close::Emergency => 2,
        Close::Today => 1,
        _ => 0,
    }
}

/// The verdict on `replies` so far (yes, no, or none at all), when a yes to question `n` calls for
/// `calls_for[n]`.
pub(crate) fn verdict(replies: &[Option<bool>], calls_for: &[Close]) -> Verdict {
    // A yes to a question that nobody knows holds her back as well.
    let calls_for_all = calls_for.iter().chain(iter::repeat(&Close::Check));
    let yes = replies.iter().zip(calls_for_all);
    let yes = yes.filter(|(reply, _)| **reply == Some(true));
    if let Some((_, &close)) = yes.max_by_key(|(_, close)| urgency(**close)) {
        return Verdict::Close(close);
    }
    if replies.contains(&None) {
        Verdict::Close(Close::NoAnswer)
    } else if replies.len() == calls_for.len() {
        Verdict::Pass
    } else {
        Verdict::Ask
    }
}

/// What is known before a session begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The loudspeaker has not been tried yet.
    pub sound_check: bool,
    /// In which form the questions are asked.
    pub form: Form,
    /// The pain question of the last session has not been answered.
    pub ask_hurt: bool,
    /// A limit or the lock forbids movement.
    pub refused: Option<Refusal>,
    /// What forbids it is only that a session was begun, and that one may be picked up again.
    pub pick_up: bool,
    /// The routine is still to be chosen.
    pub choose: bool,
    /// How she sits or stands; `None` while it is still to be chosen.
    pub posture: Option<Posture>,
    /// How long it is to be; `None` while it is still to be chosen.
    pub length: Option<Length>,
}

#[cfg(any(test, fuzzing))]
impl Terms {
    /// For someone who has never used it, has said everything on the command line, and hears well.
    pub(crate) const FIRST: Self = Self {
        sound_check: false,
        form: Form::OneByOne,
        ask_hurt: false,
        refused: None,
        pick_up: false,
        choose: false,
        posture: Some(Posture::Seated),
        length: Some(Length::Twenty),
    };
}

/// Where an answer leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the next line of the same part.
    NextLine,
    Part(Part),
}

/// The way from the first word to the routine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Screening {
    terms: Terms,
    /// The routine holds movement.
    moves: bool,
    /// Nobody is known to have reviewed its words, and she has not yet said that she goes on with it all the same. In a
    /// recording: it has not been said yet.
    unreviewed: bool,
    part: Part,
    /// What a yes to each question calls for.
    calls_for: Vec<Close>,
    replies: Vec<Option<bool>>,
    /// Every question has been answered with no. In a recording: all of them have been read out, to the end.
    questioned: bool,
    /// The last check has been passed. In a recording: it has been read out, after all the questions.
    checked: bool,
    /// She goes on with the session that was cut off: what refuses another one does not refuse it.
    picked_up: bool,
    gentle: bool,
    posture: Posture,
    length: Length,
}

impl Screening {
    /// At its beginning. `yes` says what a yes to each question leads to; `moves` whether the routine holds movement, and
    /// `unreviewed` whether nobody is known to have reviewed its words.
    pub(crate) fn new(terms: Terms, yes: &[Answered], moves: bool, unreviewed: bool) -> Self {
        let mut screening = Self {
            terms,
            moves,
            unreviewed,
            part: Part::HurtBefore,
            calls_for: yes.iter().copied().map(closes).collect(),
            replies: Vec::new(),
            questioned: false,
            checked: false,
            picked_up: false,
            gentle: false,
            posture: terms.posture.unwrap_or_default(),
            length: terms.length.unwrap_or_default(),
        };
        screening.part = screening.first();
        screening
    }

    fn first(&self) -> Part {
        // Who hears nothing but that it is closed need not try the sound.
        if self.terms.sound_check && self.closed().is_none() {
            Part::SoundCheck
        } else {
            self.after_sound()
        }
    }

    /// What is said now.
    pub(crate) const fn part(&self) -> Part {
        self.part
    }

    /// In which form the questions are asked.
    pub(crate) const fn form(&self) -> Form {
        self.terms.form
    }

    /// Whether she has chosen the soft routine.
    pub(crate) const fn gentle(&self) -> bool {
        self.gentle
    }

    /// How she does the routine: the soft one is always seated.
    pub(crate) const fn posture(&self) -> Posture {
        if self.gentle {
            Posture::Seated
        } else {
            self.posture
        }
    }

    /// How long it is to be.
    pub(crate) const fn length(&self) -> Length {
        self.length
    }

    /// Whether she goes on with the session that was cut off.
    pub(crate) const fn picked_up(&self) -> bool {
        self.picked_up
    }

    /// Nobody answers: what is asked is read out.
    const fn is_recorded(&self) -> bool {
        matches!(self.terms.form, Form::Recording)
    }

    fn refused(&self) -> Option<Refusal> {
        self.terms.refused.filter(|_| !self.picked_up)
    }

    /// What is said instead of a routine with movement, unless a session may be picked up.
    fn closed(&self) -> Option<Close> {
        let refused = self.refused()?;
        (self.moves && !self.terms.pick_up).then_some(Close::Refused(refused))
    }

    /// Goes to another part.
    pub(crate) fn enter(&mut self, part: Part) {
        // The one guard in front of every movement, whatever led here. A recording passes it as well, for it cannot ask:
        // once it has said the whole list, with whom to call for what, and that she stops it if anything on it is
        // true. From then on the answer is hers, as with a sheet of paper.
        let screened = self.questioned && self.checked && self.refused().is_none();
        let open = !self.unreviewed && (screened || !self.moves);
        self.part = match part {
            Part::Routine if !open => Part::Close(Close::NoAnswer),
            part => part,
        };
    }

    /// The part has been said to its end, and nobody was waited for: what comes next, `None` after a close and the routine.
    #[must_use]
    pub(crate) fn after(&mut self) -> Option<Part> {
        let next = match self.part {
            Part::SoundCheck => self.after_sound(),
            Part::HurtBefore => Part::Close(Close::HurtUnanswered),
            Part::Unreviewed if self.is_recorded() => self.agreed(),
            Part::Welcome => Part::Questions,
            Part::Questions if self.is_recorded() => {
                self.questioned = true;
                Part::LastCheck
            }
            Part::LastCheck if self.is_recorded() => {
                self.checked = self.questioned;
                match self.posture() {
                    Posture::Standing => Part::StandingChosen,
                    Posture::Seated => self.after_posture(),
                }
            }
            Part::Questions if self.questioned => Part::LastCheck,
            Part::PickUp | Part::Unreviewed | Part::Questions => Part::Close(Close::NoAnswer),
            Part::LastCheck if !self.checked => Part::Close(Close::NoAnswer),
            Part::LastCheck if self.terms.choose => Part::Choice,
            Part::LastCheck | Part::Choice => self.after_choice(),
            Part::Posture | Part::StandingChosen => self.after_posture(),
            Part::Length => Part::Routine,
            Part::Routine | Part::Close(_) => return None,
        };
        Some(next)
    }

    /// She has answered question `number` of this part (from 0): yes, no, or not at all; `leads_to` is
    /// what the text says of that. `None` is an answer that changes nothing.
    #[must_use]
    pub(crate) fn answer(
        &mut self,
        number: usize,
        reply: Option<bool>,
        leads_to: Answered,
    ) -> Option<Step> {
        let close = |close| Some(Step::Part(Part::Close(close)));
        match (self.part, leads_to) {
            (_, Answered::Nothing) => None,
            (Part::Questions, _) => Some(self.question_answered(number, reply)),
            (Part::LastCheck, Answered::GoOn) => {
                self.checked = reply == Some(true);
                Some(Step::NextLine)
            }
            (Part::PickUp, _) => Some(Step::Part(self.pick_up(reply))),
            (Part::Unreviewed, Answered::GoOn) if reply == Some(true) => {
                Some(Step::Part(self.agreed()))
            }
            (Part::HurtBefore, Answered::Fine) => Some(Step::Part(self.after_hurt())),
            (_, Answered::Hurt) if reply == Some(true) => close(Close::Hurt),
            (_, Answered::Hurt) => close(Close::HurtUnanswered),
            (_, Answered::Fine) => close(Close::Fine),
            (_, Answered::Gentle | Answered::UpperBack) => {
                self.gentle = leads_to == Answered::Gentle;
                Some(Step::Part(self.after_choice()))
            }
            (_, Answered::Standing) => {
                self.posture = Posture::Standing;
                Some(Step::Part(Part::StandingChosen))
            }
            (_, Answered::Seated) => {
                self.posture = Posture::Seated;
                Some(Step::Part(self.after_posture()))
            }
            (_, Answered::Five) => Some(self.lasts(Length::Five)),
            (_, Answered::Ten) => Some(self.lasts(Length::Ten)),
            (_, Answered::Twenty) => Some(self.lasts(Length::Twenty)),
            (_, Answered::Unwell) => close(Close::Unwell),
            (_, Answered::NoAnswer) => close(Close::NoAnswer),
            (_, Answered::End) => close(Close::Declined),
            (_, Answered::Emergency | Answered::Today | Answered::Check) => close(closes(leads_to)),
            (_, Answered::GoOn | Answered::Again | Answered::Rest | Answered::Repeat) => {
                Some(Step::NextLine)
            }
        }
    }

    /// Her answers are kept by the numbers of the questions: what was answered after one that is asked
    /// again is asked again, too.
    fn question_answered(&mut self, number: usize, reply: Option<bool>) -> Step {
        self.replies.resize(number, None);
        self.replies.push(reply);
        let verdict = verdict(&self.replies, &self.calls_for);
        self.questioned = verdict == Verdict::Pass;
        match verdict {
            Verdict::Ask | Verdict::Pass => Step::NextLine,
            Verdict::Close(close) => Step::Part(Part::Close(close)),
        }
    }

    const fn lasts(&mut self, length: Length) -> Step {
        self.length = length;
        Step::Part(Part::Routine)
    }

    fn after_sound(&self) -> Part {
        if self.terms.ask_hurt {
            Part::HurtBefore
        } else {
            self.after_hurt()
        }
    }

    /// She has said whether she goes on with what was cut off; without an answer she does not.
    fn pick_up(&mut self, reply: Option<bool>) -> Part {
        self.picked_up = reply == Some(true);
        match reply {
            Some(true) => self.begins(),
            Some(false) => {
                let refused = self.terms.refused.map(Close::Refused);
                Part::Close(refused.unwrap_or(Close::Declined))
            }
            None => Part::Close(Close::NoAnswer),
        }
    }

    fn after_hurt(&self) -> Part {
        match self.closed() {
            Some(closed) => Part::Close(closed),
            None if self.terms.pick_up && self.moves => Part::PickUp,
            None => self.begins(),
        }
    }

    /// How a session begins that nothing refuses.
    const fn begins(&self) -> Part {
        if self.unreviewed {
            Part::Unreviewed
        } else if self.moves {
            Part::Welcome
        } else {
            Part::Routine
        }
    }

    /// She goes on with words that nobody is known to have reviewed.
    const fn agreed(&mut self) -> Part {
        self.unreviewed = false;
        self.begins()
    }

    const fn after_choice(&self) -> Part {
        if self.terms.posture.is_none() && !self.gentle {
            Part::Posture
        } else {
            self.after_posture()
        }
    }

    const fn after_posture(&self) -> Part {
        if self.terms.length.is_none() {
            Part::Length
        } else {
            Part::Routine
        }
    }
}

/// What a yes to a question calls for: what is not one of the three texts holds her back as well.
const fn closes(answered: Answered) -> Close {
    match answered {
        Answered::Emergency => Close::Emergency,
        Answered::Today => Close::Today,
        _ => Close::Check,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLS_FOR: [Close; 5] = [
        Close::Emergency,
        Close::Emergency,
        Close::Today,
        Close::Check,
        Close::Check,
    ];

    const DAY: Terms = Terms {
        form: Form::Day,
        ..Terms::FIRST
    };

    /// What a yes to each question of the day leads to.
    const YES: [Answered; 3] = [Answered::Emergency, Answered::Today, Answered::Check];

    /// Every combination of yes, no and no answer, in full.
    fn every_combination() -> impl Iterator<Item = Vec<Option<bool>>> {
        (0..3_usize.pow(CALLS_FOR.len() as u32)).map(|mut number| {
            let mut replies = Vec::new();
            for _ in CALLS_FOR {
                replies.push([None, Some(true), Some(false)][number % 3]);
                number /= 3;
            }
            replies
        })
    }

    /// Answers every question of the day with no.
    fn no_to_all(screening: &mut Screening) {
        screening.enter(Part::Questions);
        for number in 0..YES.len() {
            let no = screening.answer(number, Some(false), Answered::GoOn);
            assert_eq!(no, Some(Step::NextLine));
        }
    }

    #[test]
    fn the_verdict_on_every_combination_of_answers() {
        let mut passed = 0;
        for replies in every_combination() {
            let first_yes = replies.iter().position(|reply| *reply == Some(true));
            let expected = match first_yes {
                Some(first) => Verdict::Close(CALLS_FOR[first]),
                None if replies.contains(&None) => Verdict::Close(Close::NoAnswer),
                None => Verdict::Pass,
            };
            let found = verdict(&replies, &CALLS_FOR);
            assert_eq!(found, expected, "{replies:?}");
            passed += usize::from(found == Verdict::Pass);
        }
        assert_eq!(passed, 1, "only no to each");
    }

    #[test]
    fn fewer_answers_never_pass() {
        for count in 0..CALLS_FOR.len() {
            let replies = vec![Some(false); count];
            assert_eq!(verdict(&replies, &CALLS_FOR), Verdict::Ask);
        }
    }

    #[test]
    fn a_yes_that_is_one_answer_too_many_counts_and_no_other_passes() {
        let mut replies = vec![Some(false); CALLS_FOR.len() + 1];
        assert_ne!(verdict(&replies, &CALLS_FOR), Verdict::Pass);
        replies[CALLS_FOR.len()] = Some(true);
        assert_eq!(verdict(&replies, &CALLS_FOR), Verdict::Close(Close::Check));
    }

    #[test]
    fn what_comes_after_a_question_that_is_asked_again_is_asked_again_too() {
        let mut screening = Screening::new(Terms::FIRST, &[Answered::Emergency; 9], true, false);
        screening.enter(Part::Questions);
        let no = |screening: &mut Screening, number| {
            screening.answer(number, Some(false), Answered::GoOn)
        };
        for number in (0..8).chain(0..8) {
            assert_eq!(no(&mut screening, number), Some(Step::NextLine));
        }
        assert_eq!(
            screening.after(),
            Some(Part::Close(Close::NoAnswer)),
            "the last is missing"
        );
        let mut skipped = screening.clone();
        assert!(no(&mut screening, 8).is_some());
        assert_eq!(screening.after(), Some(Part::LastCheck));
        // Back once more: what had been passed is not.
        assert!(no(&mut screening, 2).is_some());
        assert_eq!(screening.after(), Some(Part::Close(Close::NoAnswer)));
        // A question that was left out is no answer.
        assert!(no(&mut skipped, 2).is_some());
        let left_out = no(&mut skipped, 8);
        assert_eq!(left_out, Some(Step::Part(Part::Close(Close::NoAnswer))));
    }

    #[test]
    fn what_is_owed_is_asked_before_it_is_said_that_it_is_closed() {
        let terms = Terms {
            ask_hurt: true,
            sound_check: true,
            refused: Some(Refusal::TooSoon),
            ..DAY
        };
        let mut screening = Screening::new(terms, &YES, true, false);
        assert_eq!(screening.part(), Part::HurtBefore);
        let fine = screening.answer(0, Some(false), Answered::Fine);
        assert_eq!(
            fine,
            Some(Step::Part(Part::Close(Close::Refused(Refusal::TooSoon))))
        );
    }

    #[test]
    fn no_way_leads_to_the_movements_past_the_guard() {
        for form in [Form::OneByOne, Form::Day] {
            let terms = Terms {
                form,
                ..Terms::FIRST
            };
            let mut screening = Screening::new(terms, &YES, true, false);
            screening.enter(Part::Routine);
            assert_eq!(screening.part(), Part::Close(Close::NoAnswer));
            // The last check alone is not enough, either.
            screening.enter(Part::LastCheck);
            assert!(screening.answer(0, Some(true), Answered::GoOn).is_some());
            screening.enter(Part::Routine);
            assert_eq!(screening.part(), Part::Close(Close::NoAnswer));
        }
        let refused = Terms {
            refused: Some(Refusal::TwoToday),
            ..Terms::FIRST
        };
        let mut screening = Screening::new(refused, &YES, true, false);
        assert_eq!(
            screening.part(),
            Part::Close(Close::Refused(Refusal::TwoToday))
        );
        assert_eq!(screening.after(), None);
        screening.enter(Part::Routine);
        assert_eq!(screening.part(), Part::Close(Close::NoAnswer));
    }

    #[test]
    fn silence_at_the_last_check_opens_nothing_whatever_the_text_says() {
        let mut screening = Screening::new(DAY, &YES, true, false);
        no_to_all(&mut screening);
        assert_eq!(screening.after(), Some(Part::LastCheck));
        screening.enter(Part::LastCheck);
        assert!(screening.answer(0, None, Answered::GoOn).is_some());
        assert_eq!(screening.after(), Some(Part::Close(Close::NoAnswer)));
        screening.enter(Part::Routine);
        assert_eq!(screening.part(), Part::Close(Close::NoAnswer));
        // Only a yes does.
        screening.enter(Part::LastCheck);
        assert!(screening.answer(0, Some(true), Answered::GoOn).is_some());
        assert_eq!(screening.after(), Some(Part::Routine));
    }

    #[test]
    fn only_who_goes_on_with_it_comes_past_the_limit_and_only_by_the_questions() {
        let terms = Terms {
            refused: Some(Refusal::TooSoon),
            pick_up: true,
            ..DAY
        };
        let begun = Screening::new(terms, &YES, true, false);
        assert_eq!(begun.part(), Part::PickUp);
        let after = |reply, leads_to| {
            let mut screening = begun.clone();
            let step = screening.answer(0, reply, leads_to);
            (screening, step)
        };
        let (_, no) = after(Some(false), Answered::End);
        assert_eq!(
            no,
            Some(Step::Part(Part::Close(Close::Refused(Refusal::TooSoon))))
        );
        let (_, silent) = after(None, Answered::NoAnswer);
        assert_eq!(silent, Some(Step::Part(Part::Close(Close::NoAnswer))));
        let (mut yes, step) = after(Some(true), Answered::GoOn);
        assert_eq!(step, Some(Step::Part(Part::Welcome)));
        assert!(yes.picked_up() && !begun.picked_up());
        yes.enter(Part::Routine);
        assert_eq!(
            yes.part(),
            Part::Close(Close::NoAnswer),
            "no questions, no movement"
        );
        yes.enter(Part::Welcome);
        assert_eq!(yes.after(), Some(Part::Questions));
        no_to_all(&mut yes);
        assert_eq!(yes.after(), Some(Part::LastCheck));
        yes.enter(Part::LastCheck);
        assert!(yes.answer(0, Some(true), Answered::GoOn).is_some());
        assert_eq!(yes.after(), Some(Part::Routine));
        yes.enter(Part::Routine);
        assert_eq!(yes.part(), Part::Routine);
        // Without her yes the limit holds, whatever else she answers.
        let mut other = begun.clone();
        no_to_all(&mut other);
        other.enter(Part::LastCheck);
        assert!(other.answer(0, Some(true), Answered::GoOn).is_some());
        other.enter(Part::Routine);
        assert_eq!(other.part(), Part::Close(Close::NoAnswer));
    }

    #[test]
    fn nothing_but_rest_is_never_screened_or_refused() {
        let terms = Terms {
            refused: Some(Refusal::Locked),
            ..Terms::FIRST
        };
        let screening = Screening::new(terms, &YES, false, false);
        assert_eq!(screening.part(), Part::Routine);
    }

    #[test]
    fn only_a_yes_leads_on_to_words_that_nobody_has_reviewed() {
        for moves in [true, false] {
            let asked = Screening::new(DAY, &YES, moves, true);
            assert_eq!(asked.part(), Part::Unreviewed);
            let after = |reply, leads_to| {
                let mut screening = asked.clone();
                (screening.answer(0, reply, leads_to), screening)
            };
            let (no, _) = after(Some(false), Answered::End);
            assert_eq!(no, Some(Step::Part(Part::Close(Close::Declined))));
            let (silent, _) = after(None, Answered::NoAnswer);
            assert_eq!(silent, Some(Step::Part(Part::Close(Close::NoAnswer))));
            // Whatever the text says of silence.
            let (step, mut silent) = after(None, Answered::GoOn);
            assert_eq!(step, Some(Step::NextLine));
            assert_eq!(silent.after(), Some(Part::Close(Close::NoAnswer)));
            let (yes, _) = after(Some(true), Answered::GoOn);
            let next = if moves { Part::Welcome } else { Part::Routine };
            assert_eq!(yes, Some(Step::Part(next)));
            // Nothing else leads past it.
            let mut other = asked.clone();
            no_to_all(&mut other);
            other.enter(Part::LastCheck);
            assert!(other.answer(0, Some(true), Answered::GoOn).is_some());
            other.enter(Part::Routine);
            assert_eq!(other.part(), Part::Close(Close::NoAnswer));
        }
        // It comes after what is owed, and after the offer to go on with what was cut off.
        let terms = Terms {
            refused: Some(Refusal::TooSoon),
            pick_up: true,
            ..DAY
        };
        let mut cut_off = Screening::new(terms, &YES, true, true);
        assert_eq!(cut_off.part(), Part::PickUp);
        let yes = cut_off.answer(0, Some(true), Answered::GoOn);
        assert_eq!(yes, Some(Step::Part(Part::Unreviewed)));
        let closed = Terms {
            pick_up: false,
            ..terms
        };
        let closed = Screening::new(closed, &YES, true, true);
        assert_eq!(closed.part(), Part::Close(Close::Refused(Refusal::TooSoon)));
    }
}
