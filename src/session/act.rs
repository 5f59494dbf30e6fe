//! What she asks for, and what becomes of it: pauses, stops, ways through the routine, answers.

use std::iter;

use super::keys::{Action, Phase};
use super::programme::Said;
use super::run::Then;
use super::{Command, Ending, Mode, Note, Session, Undo};
use crate::base::pace::Pace;
use crate::base::posture::Posture;
use crate::base::time::{Frames, Moment};
use crate::plan::{Cue, PlannedCue, Resume, WAKE_UP};
use crate::routine::{Answered, Question};
use crate::session::screening::{Close, Part, Step};

/// Silence after a key that asks for it, before anything is said.
const HUSH: Frames = Frames::from_millis(350);

/// Quiet between what she answered and what follows.
const AFTER_ANSWER: Frames = Frames::from_millis(500);

/// Silence before her answer is said back: she hears at once that it was heard.
const BEFORE_ECHO: Frames = Frames::from_millis(150);

/// Quiet after her answer was said back, in which she may undo it.
const AFTER_ECHO: Frames = Frames::from_millis(700);

/// The same, when the answer closes the session.
const BEFORE_CLOSE: Frames = Frames::from_millis(2000);

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
                let said = self.programme.said(self.posture_now()).help.clone();
                self.interject(now, said);
            }
            Action::Quit => self.end_with(now, Vec::new(), Ending::Interrupted),
            Action::Nothing => {}
        }
    }

    pub(super) fn pause(&mut self, now: Moment) {
        self.pause_with(now, |said| &said.paused);
    }

    /// It pauses by itself, and says why.
    pub(super) fn interrupted(&mut self, now: Moment, words: fn(&Said) -> &Vec<Cue>) {
        if !self.stays_paused() && self.mode == Mode::Playing {
            self.pause_with(now, words);
        }
    }

    /// Her keys go to another window. A close does not pause; but what it asks is asked again.
    pub(super) fn focus_lost(&mut self, now: Moment) {
        if self.mode == Mode::Closing && self.question(now).is_some() {
            let said = hushed(&self.programme.said(self.posture_now()).other_window);
            let resume = self.resume_at(now);
            self.asked_again = false;
            self.go_on_with(now, said, resume);
        } else {
            self.interrupted(now, |said| &said.focus_lost);
        }
    }

    fn pause_with(&mut self, now: Moment, words: fn(&Said) -> &Vec<Cue>) {
        let said = hushed(words(self.programme.said(self.posture_now())));
        self.arms_down = false;
        self.end_with(now, said, Ending::LeftAlone);
        self.mode = Mode::Paused;
    }

    /// Goes on with the sentence or breath that was interrupted, from its beginning; after a long
    /// pause, in which her arms came down, from the line that puts her in place.
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

    /// What is said after a long pause in which the plan stood at `resume`, and where it goes on then.
    pub(super) fn way_back(&self, resume: usize) -> (Vec<Cue>, usize) {
        let companion = self.programme.said(self.posture_now());
        let mut said = companion.resumed.clone();
        let movement = self.movement_of(resume);
        let planned = &self.plan().movements()[movement];
        let stands = planned.on_feet && !planned.sits_down;
        if !stands && !self.has_breath(movement) {
            return (said, resume);
        }
        // Where nothing of it has been said there is no "again".
        if self.has_breath(movement) && resume > planned.first {
            said.extend(companion.resumed_move.clone());
        }
        if stands {
            said.extend(self.back_to_the_wall(movement));
        }
        let resume = self.begin_movement(movement, &mut said);
        (said, resume)
    }

    /// She may have sat down meanwhile: how to stand, in the words with which she got up, unless the
    /// movement begins with them.
    fn back_to_the_wall(&self, movement: usize) -> Vec<Cue> {
        let movements = self.plan().movements();
        let seated = movements[..movement]
            .iter()
            .rposition(|movement| !movement.on_feet);
        let gets_up = &movements[seated.map_or(0, |seated| seated + 1)];
        let cues = &self.plan().cues()[gets_up.first..];
        let words = cues.iter().take_while(|planned| !planned.in_breath).take(2);
        let words: Vec<_> = words.map(|planned| planned.cue.clone()).collect();
        let said_anyway = match &movements[movement].resume {
            Resume::At(index) => *index == gets_up.first,
            Resume::After(utterance, _) => words.first().and_then(Cue::sentence) == Some(utterance),
        };
        if said_anyway { Vec::new() } else { words }
    }

    /// Whether in this pause she was asked to let her arms rest.
    pub(super) fn arms_down(&self, now: Moment) -> bool {
        self.arms_down
            || self
                .run
                .delayed
                .is_some_and(|from| self.run.offset(now) >= from)
    }

    /// Whether the movement has a breath, so that there is something to begin again.
    fn has_breath(&self, movement: usize) -> bool {
        self.plan()
            .cues()
            .iter()
            .any(|planned| planned.movement == movement && planned.in_breath)
    }

    /// Where to begin a movement anew; what must be said before that is added to `said`.
    fn begin_movement(&self, movement: usize, said: &mut Vec<Cue>) -> usize {
        let planned = &self.plan().movements()[movement];
        match &planned.resume {
            Resume::At(index) => *index,
            Resume::After(utterance, rest) => {
                said.extend([Cue::Say(utterance.clone()), Cue::Rest(*rest)]);
                planned.first
            }
        }
    }

    fn stop(&mut self, now: Moment) {
        if self.lost.is_some() {
            self.stop_unheard(now);
            return;
        }
        if self.mode == Mode::Closing {
            self.end_with(now, Vec::new(), self.ending_of_close());
            return;
        }
        self.stopped = true;
        self.enter(now, vec![Cue::Rest(HUSH)], Part::Close(Close::Stopped));
    }

    /// How a session that closes before its end has ended.
    pub(super) const fn ending_of_close(&self) -> Ending {
        if self.stopped {
            Ending::Stopped
        } else {
            Ending::Declined
        }
    }

    /// Goes to a part of the session, after `said`.
    pub(super) fn enter(&mut self, now: Moment, mut said: Vec<Cue>, part: Part) {
        if part == Part::StandingChosen && self.pace != Pace::Standard {
            let companion = self.programme.said(self.posture_now());
            said.extend(companion.standard_only.clone());
        }
        if self.part() == Part::SoundCheck && !matches!(part, Part::Close(_)) {
            self.commands.push_back(Command::Note(Note::SoundRight));
        }
        self.screening.enter(part);
        self.mode = match self.screening.part() {
            Part::Close(_) => Mode::Closing,
            _ => Mode::Playing,
        };
        self.asked_again = false;
        let main = self.begin_part(&mut said);
        self.cut_to(now, said, Then::Plan, main);
    }

    /// Where a part begins: a session that is picked up, with the movement that she was in.
    fn begin_part(&mut self, said: &mut Vec<Cue>) -> usize {
        let goes_on = self.part() == Part::Routine && self.screening.picked_up();
        let Some(number) = self.pick_up.filter(|_| goes_on) else {
            return 0;
        };
        let plan = self.plan();
        let movements = plan.movements();
        let before = movements.len() - plan.counted_movements().len();
        let last = movements.len() - 1;
        let mut movement = (before + number).min(last);
        if movements[movement].sits_down {
            // She sits now.
            movement = (movement + 1).min(last);
        }
        let again = movement;
        // She sits now: what is done standing begins with getting up.
        while movements[movement].on_feet && movements[movement - 1].on_feet {
            movement -= 1;
        }
        let first = movements[movement].first;
        let second = plan.second_round();
        let second = second.is_some_and(|round| round.contains(&first));
        let companion = self.programme.said(Posture::Seated);
        said.extend(companion.resumed.clone());
        if movement == again && self.has_breath(movement) {
            said.extend(companion.resumed_move.clone());
        }
        if matches!(movements[movement].resume, Resume::After(..)) {
            self.begin_movement(movement, said);
        }
        self.second = second;
        first
    }

    /// She has stood for long enough: she is told to sit down, which is the movement `sits`.
    pub(super) fn sit_down(&mut self, now: Moment, sits: usize) {
        if self.mode == Mode::Playing {
            self.go_to(now, sits);
            return;
        }
        // In a pause it stays a pause, and after a long one the loudspeaker has to be woken. It goes on
        // behind these words only when they have been said: see `watch_feet`.
        let cues = &self.plan().cues()[self.cues_of(sits)];
        let words = cues.iter().map(|planned| planned.cue.clone());
        let said = iter::once(Cue::Rest(WAKE_UP)).chain(words).collect();
        self.run.main = self.plan().movements()[sits].first;
        self.interject(now, said);
    }

    fn previous(&mut self, now: Moment) {
        if self.part() != Part::Routine {
            // Nowhere else is there anything to go back to: no answer is given by it, and none is lost.
            self.ask_again(now);
            return;
        }
        let index = self.main_at(self.run.offset(now));
        let movement = self.movement_of(index);
        let first = self.plan().movements()[movement].first;
        let since: Frames = self.played_before(index) - self.played_before(first);
        let left_out = self.left_out();
        let mut back = if since > BACK_TO_PREVIOUS {
            movement
        } else {
            movement.saturating_sub(1)
        };
        let movements = self.plan().movements();
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
        let movement = self.movement_of(self.main_at(self.run.offset(now)));
        let movements = self.plan().movements();
        if movements[movement].skip && movement + 1 < movements.len() {
            self.go_to(now, movement + 1);
        }
    }

    fn go_to(&mut self, now: Moment, movement: usize) {
        let mut said = vec![Cue::Rest(HUSH)];
        let first = self.plan().movements()[movement].first;
        if matches!(self.plan().movements()[movement].resume, Resume::After(..)) {
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

    fn change_volume(&mut self, now: Moment, steps: i8) {
        self.commands.push_back(Command::Volume(steps));
        let tries = self.part() == Part::SoundCheck && self.mode == Mode::Playing;
        if tries {
            let said = self.programme.said(self.posture_now()).how_loud.clone();
            self.interject(now, said);
        }
    }

    fn change_pace(&mut self, now: Moment, pace: Option<Pace>) {
        let companion = self.programme.said(self.posture_now());
        if self.screening.standing() {
            let said = companion.standard_only.clone();
            self.interject(now, said);
            return;
        }
        let Some(pace) = pace else { return };
        let said = if pace > self.pace {
            &companion.slower
        } else {
            &companion.faster
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
        if self.run.speaking.is_some() {
            // Only the service knows where its sentence ends.
            return None;
        }
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

    fn answer(&mut self, now: Moment, yes: bool) {
        let at = self.run.offset(now);
        // Keys that came before the question began are forgotten.
        let Some(wait) = self.run.waits_at(at) else {
            self.answer_after_all(now, yes);
            return;
        };
        let Some(question) = wait.question else {
            return;
        };
        let said = wait.said.is_some_and(|said| at >= said);
        if question.after(Some(yes)).goes_on() && !said {
            return;
        }
        self.answered(now, question, Some(yes));
    }

    /// While an answer that goes on is said back, the one that holds back still counts: it takes its place.
    fn answer_after_all(&mut self, now: Moment, yes: bool) {
        let in_echo = self.in_echo(self.run.offset(now));
        let holds_back = |undo: &mut Undo| {
            let leads_to = undo.question.after(Some(yes));
            let is_answer = !matches!(leads_to, Answered::Nothing | Answered::Repeat);
            in_echo && undo.goes_on && is_answer && !leads_to.goes_on()
        };
        let Some(undo) = self.undo.take_if(holds_back) else {
            return;
        };
        let question = undo.question;
        self.take_back(now, undo);
        self.answered(now, question, Some(yes));
    }

    pub(super) fn unanswered(&mut self, now: Moment) {
        let Some(question) = self.run.wait.as_ref().and_then(|wait| wait.question) else {
            return;
        };
        if question.wait > Frames::ZERO && !self.asked_again {
            self.asked_again = true;
            self.ask_again(now);
        } else {
            self.answered(now, question, None);
        }
    }

    fn answered(&mut self, now: Moment, question: Question, reply: Option<bool>) {
        let leads_to = question.after(reply);
        let asked = self.main_at(self.run.offset(now));
        let undo = Undo {
            screening: self.screening.clone(),
            main: self.resume_at(now),
            mode: self.mode,
            second: self.second,
            question,
            goes_on: leads_to.goes_on(),
        };
        let before = &self.plan().cues()[..asked];
        let number = before.iter().filter(|planned| planned.asks()).count();
        let Some(step) = self.screening.answer(number, reply, leads_to) else {
            if let Some(wait) = &mut self.run.wait {
                // It is asked until a key answers it.
                wait.timeout = None;
            }
            return;
        };
        self.asked_again = false;
        self.pending = note(undo.screening.part(), step, leads_to);
        let said = self.said_back(reply, step, leads_to);
        match step {
            Step::Part(part) => self.enter(now, said, part),
            Step::NextLine => {
                self.second |= leads_to == Answered::Again;
                let main = self.after_question(asked, leads_to);
                self.go_on_with(now, said, main);
            }
        }
        self.run.echo = reply.is_some();
        self.undo = Some(undo).filter(|_| leads_to != Answered::Repeat);
    }

    /// The cue that follows a question; `asked` is any cue of the question.
    fn after_question(&self, asked: usize, leads_to: Answered) -> usize {
        let plan = self.plan();
        match (leads_to, plan.second_round()) {
            (Answered::Repeat, _) => 0,
            (Answered::Rest, Some(second)) => second.end,
            _ => {
                let mut cues = plan.cues()[asked..].iter();
                let ask = cues.position(PlannedCue::asks);
                asked + ask.map_or(0, |ask| ask + 1)
            }
        }
    }

    /// Her answer, said back, and time to undo it.
    fn said_back(&self, reply: Option<bool>, step: Step, leads_to: Answered) -> Vec<Cue> {
        let Some(yes) = reply.filter(|_| leads_to != Answered::Repeat) else {
            return vec![Cue::Rest(AFTER_ANSWER)];
        };
        let closes = matches!(step, Step::Part(Part::Close(_) | Part::Triage));
        let after = if closes { BEFORE_CLOSE } else { AFTER_ECHO };
        vec![
            Cue::Rest(BEFORE_ECHO),
            self.programme.answered(yes),
            Cue::Rest(after),
        ]
    }

    /// The last answer is taken back: while it is said back, and while the next question of the same part is asked.
    fn undo(&mut self, now: Moment) {
        let in_echo = self.in_echo(self.run.offset(now));
        let same_part = |undo: &mut Undo| undo.screening.part() == self.screening.part();
        let Some(undo) = self.undo.take_if(|undo| in_echo || same_part(undo)) else {
            return;
        };
        self.take_back(now, undo);
    }

    fn take_back(&mut self, now: Moment, undo: Undo) {
        self.asked_again = false;
        self.pending = None;
        self.screening = undo.screening;
        self.mode = undo.mode;
        self.second = undo.second;
        self.go_on_with(now, vec![Cue::Rest(HUSH)], undo.main);
    }
}

/// What an answer about her pain leaves to be written down.
const fn note(part: Part, step: Step, leads_to: Answered) -> Option<Note> {
    match (part, step, leads_to) {
        (_, Step::Part(Part::Close(Close::Hurt)), _) => Some(Note::Hurt(Some(true))),
        (_, Step::Part(Part::Close(Close::HurtUnanswered)), _) => Some(Note::Hurt(None)),
        (Part::HurtBefore | Part::Close(Close::Stopped), _, Answered::Fine) => {
            Some(Note::Hurt(Some(false)))
        }
        _ => None,
    }
}

/// Silence first: she asked for it.
fn hushed(said: &[Cue]) -> Vec<Cue> {
    [Cue::Rest(HUSH)]
        .into_iter()
        .chain(said.iter().cloned())
        .collect()
}
