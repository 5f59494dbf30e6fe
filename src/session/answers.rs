//! Her answers: when they count, what they lead to, and how they are said back and taken back.

use super::{AFTER_ANSWER, Close, HUSH, Note, Part, Screening, Session, Step};
use crate::base::{Frames, Hurt, Moment};
use crate::plan::{Cue, PlannedCue};
use crate::routine::{Answered, Question};

/// Silence before her answer is said back: she hears at once that it was heard.
const BEFORE_ECHO: Frames = Frames::from_millis(150);

/// Quiet after her answer was said back, in which she may undo it.
const AFTER_ECHO: Frames = Frames::from_millis(700);

/// The same, when the answer closes the session.
const BEFORE_CLOSE: Frames = Frames::from_millis(2000);

#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    /// The last answer, as long as it can be undone.
    undo: Option<Undo>,
    /// What is to be written down of her answer, as long as it can be undone.
    pub pending: Option<Note>,
    /// The question that waits has been said twice.
    pub asked_again: bool,
}

/// Where an answer was given: what has to be as it was when it is undone.
#[derive(Clone, Debug)]
struct Undo {
    screening: Screening,
    main: usize,
    mode: super::Mode,
    second: bool,
    question: Question,
    /// The answer goes on: the other one counts as long as it is said back.
    goes_on: bool,
}

impl Session {
    /// The question that waits for its answer, or is being asked.
    pub(crate) fn question(&self, now: Moment) -> Option<Question> {
        self.run.waits_at(self.run.offset(now))?.question
    }

    pub(super) fn answer(&mut self, yes: bool) {
        let at = self.at();
        // Keys that came before the question began are forgotten.
        let Some(wait) = self.run.waits_at(at) else {
            self.answer_after_all(yes);
            return;
        };
        let Some(question) = wait.question else {
            return;
        };
        let said = wait.said.is_some_and(|said| at >= said);
        if said || !question.after(Some(yes)).goes_on() {
            self.answered(question, Some(yes));
        }
    }

    /// While an answer that goes on is said back, the one that holds back still counts: it takes its place,
    /// without Backspace before it, for she corrects herself without thinking of a third key.
    fn answer_after_all(&mut self, yes: bool) {
        let in_echo = self.in_echo(self.at());
        let holds_back = |undo: &mut Undo| {
            let leads_to = undo.question.after(Some(yes));
            let is_answer = !matches!(leads_to, Answered::Nothing | Answered::Repeat);
            in_echo && undo.goes_on && is_answer && !leads_to.goes_on()
        };
        let Some(undo) = self.answers.undo.take_if(holds_back) else {
            return;
        };
        let question = undo.question;
        self.take_back(undo);
        self.answered(question, Some(yes));
    }

    /// Nobody has answered.
    pub(super) fn unanswered(&mut self) {
        let Some(question) = self.run.wait.as_ref().and_then(|wait| wait.question) else {
            return;
        };
        if self.answers.asked_again {
            self.answered(question, None);
        } else {
            self.answers.asked_again = true;
            self.go_back_to(Vec::new());
        }
    }

    fn answered(&mut self, question: Question, reply: Option<bool>) {
        let leads_to = question.after(reply);
        let asked = self.main_at(self.at());
        let undo = Undo {
            screening: self.screening.clone(),
            main: self.resume_at(),
            mode: self.mode,
            second: self.second,
            question,
            goes_on: leads_to.goes_on(),
        };
        let before = &self.plan().cues[..asked];
        // Answers are kept by the number of the question, so that none can stand for another.
        let number = before.iter().filter(|planned| planned.asks()).count();
        let Some(step) = self.screening.answer(number, reply, leads_to) else {
            if let Some(wait) = &mut self.run.wait {
                // It is asked until a key answers it.
                wait.timeout = None;
            }
            return;
        };
        self.answers.asked_again = false;
        self.answers.pending = note(undo.screening.part(), step, leads_to);
        let said = self.said_back(reply, step, leads_to);
        match step {
            Step::Part(part) => self.enter(said, part),
            Step::NextLine => {
                self.second |= leads_to == Answered::Again;
                let main = self.after_question(asked, leads_to);
                self.go_on_with(said, main);
            }
        }
        self.run.echo = reply.is_some();
        self.answers.undo = Some(undo).filter(|_| leads_to != Answered::Repeat);
    }

    /// The cue that follows a question; `asked` is any cue of the question.
    fn after_question(&self, asked: usize, leads_to: Answered) -> usize {
        let plan = self.plan();
        match (leads_to, plan.second_round.as_ref()) {
            (Answered::Repeat, _) => 0,
            (Answered::Rest, Some(second)) => second.end,
            _ => {
                let ask = plan.cues[asked..].iter().position(PlannedCue::asks);
                asked + ask.map_or(0, |ask| ask + 1)
            }
        }
    }

    /// Her answer, said back, and time to undo it.
    fn said_back(&self, reply: Option<bool>, step: Step, leads_to: Answered) -> Vec<Cue> {
        let Some(yes) = reply.filter(|_| leads_to != Answered::Repeat) else {
            return vec![Cue::Rest(AFTER_ANSWER)];
        };
        let closes = matches!(step, Step::Part(Part::Close(_)));
        let after = if closes { BEFORE_CLOSE } else { AFTER_ECHO };
        let said = self.programme.answered(yes);
        vec![Cue::Rest(BEFORE_ECHO), said, Cue::Rest(after)]
    }

    /// The last answer is taken back: while it is said back, and while the next question of the same part is asked.
    pub(super) fn undo(&mut self) {
        let in_echo = self.in_echo(self.at());
        let same_part = |undo: &mut Undo| undo.screening.part() == self.screening.part();
        let undo = &mut self.answers.undo;
        if let Some(undo) = undo.take_if(|undo| in_echo || same_part(undo)) {
            self.take_back(undo);
        }
    }

    fn take_back(&mut self, undo: Undo) {
        self.answers.asked_again = false;
        self.answers.pending = None;
        self.screening = undo.screening;
        self.mode = undo.mode;
        self.second = undo.second;
        self.go_on_with(vec![Cue::Rest(HUSH)], undo.main);
    }
}

/// What an answer leaves to be written down. It is not undone by leaving.
const fn note(part: Part, step: Step, leads_to: Answered) -> Option<Note> {
    let hurt = match (part, step, leads_to) {
        (Part::Questions | Part::LastCheck, Step::Part(Part::Close(close)), _) => {
            // Silence says nothing: it is asked again in the same form.
            return match close {
                Close::NoAnswer => None,
                _ => Some(Note::AskAll),
            };
        }
        (_, Step::Part(Part::Close(Close::Hurt)), _) => Hurt::Yes,
        (_, Step::Part(Part::Close(Close::HurtUnanswered)), _) => Hurt::Unanswered,
        (Part::HurtBefore | Part::Close(Close::Stopped), _, Answered::Fine) => Hurt::No,
        _ => return None,
    };
    Some(Note::Hurt(hurt))
}
