//! What can be seen of a session at one moment: all that a screen may draw.

use std::sync::Arc;

use super::{Begun, Mode, Part, Phase, Session};
pub(crate) use crate::base::BreathPhase;
use crate::base::{BreathLengths, Frames, Moment, Pace, Unheard};
use crate::plan::{Cue, PlannedCue};

/// A counted breath in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BreathView {
    pub phase: BreathPhase,
    /// Which repetition this is, from 1.
    pub repetition: u32,
    /// How many there are.
    pub of: u32,
    /// How much of this half is over.
    pub gone: Frames,
    /// How long this half is.
    pub length: Frames,
    /// How long each half is at the pace in force: this one may have begun at another.
    pub lengths: BreathLengths,
    /// Breaths in the whole movement: a repetition may take more than one.
    pub breaths: u32,
}

/// Which part of a session is going on, as far as a screen cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartView {
    /// Nothing has begun: the welcome, the questions, her choices.
    Before {
        /// While the safety questions are asked: which one, from 1, and how many there are.
        question: Option<(usize, usize)>,
    },
    /// The routine, the only part whose length means something.
    Routine,
    /// A close: she stopped, or it does not start.
    Close,
    /// The chime has sounded: the last words.
    Over,
}

/// One moment of a session, for a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct View {
    /// Which part of the session this is.
    pub part: PartView,
    /// What is going on.
    pub phase: Phase,
    /// It is her turn: she has been asked, to the end of the sentence, and is waited for.
    pub waits: bool,
    /// What was said just before the sentence, if it belongs to the same question.
    pub leading: String,
    /// The sentence now spoken, or the last one spoken.
    pub sentence: Arc<str>,
    /// Grows by one with each sentence that begins, so that a sentence said twice is two.
    pub sentences_begun: u64,
    /// Why nothing can be heard, while it cannot and there is more to say of it than the sentence does.
    pub unheard: Option<Unheard>,
    pub section: Arc<str>,
    /// The movement's title, or empty.
    pub movement: Arc<str>,
    /// The breath in progress, if one is counted.
    pub breath: Option<BreathView>,
    /// Place on the routine's timeline: pauses and waits add nothing to it.
    pub elapsed: Frames,
    /// What is left of the routine, waits not counted.
    pub left: Frames,
    /// The pace in force.
    pub pace: Pace,
}

impl Session {
    /// A picture of this moment.
    pub(crate) fn view(&self, now: Moment) -> View {
        let at = self.run.offset(now);
        let plan = self.plan();
        let index = self.main_at(at).min(plan.cues.len().saturating_sub(1));
        let planned = &plan.cues[index];
        let movement = &plan.movements[planned.movement];
        let current = self.run.begun(at).filter(|begun| begun.main == Some(index));
        let within = current.map_or(Frames::ZERO, |begun| at - begun.start);
        let within = within.min(planned.cue.length(&self.speech));
        let elapsed = self.played_before(index) + within;
        // A breath that is over or yet to come again is none.
        let breath = current.and_then(|begun| self.breath_view(at, begun));
        let shown = self.shown_at(at);
        let whole = self.played_before(plan.cues.len());
        let routine = match self.part() {
            Part::Routine | Part::Close(_) => Frames::ZERO,
            _ => self.routine().total(),
        };
        View {
            part: self.part_view(at, index),
            phase: self.phase(now),
            waits: self.waits(now),
            leading: current.map_or_else(String::new, |_| self.leading(index)),
            sentence: shown.sentence,
            sentences_begun: shown.begun,
            unheard: self.unheard(),
            section: movement.section.clone(),
            movement: movement.title.clone(),
            breath,
            elapsed,
            left: whole - elapsed + routine,
            pace: self.pace(),
        }
    }

    /// Which part is going on at `at`, with the plan's cue `index`.
    pub(super) fn part_view(&self, at: Frames, index: usize) -> PartView {
        let cues = &self.plan().cues;
        let end = cues.iter().rposition(|planned| planned.cue == Cue::Chime);
        // A routine of her own may chime in between, too.
        if end.is_some_and(|end| index >= end && sentences(&cues[end..]) <= 1) {
            return PartView::Over;
        }
        match self.part() {
            Part::Routine => PartView::Routine,
            Part::Close(_) => PartView::Close,
            Part::Questions => PartView::Before {
                question: self.question_number(at),
            },
            _ => PartView::Before { question: None },
        }
    }

    /// The safety question that is asked, or whose answer is said back; of how many.
    fn question_number(&self, at: Frames) -> Option<(usize, usize)> {
        let cues = &self.plan().cues;
        // An answer is said back before the next question, which is the cue to go on with.
        let asked = self.main_at(at) + usize::from(!self.in_echo(at));
        let number = sentences(&cues[..asked.min(cues.len())]);
        (number > 0).then(|| (number, sentences(cues)))
    }

    /// The lines before the last that lead to the same question; `index` is the plan's cue.
    pub(super) fn leading(&self, index: usize) -> String {
        let cues = &self.plan().cues[..=index];
        let planned = &cues[index];
        if !planned.leads && !planned.asks() {
            return String::new();
        }
        let said = cues[planned.restart..].iter();
        let mut said: Vec<_> = said.filter_map(|planned| planned.cue.sentence()).collect();
        said.pop();
        let texts: Vec<_> = said.iter().map(|said| &**said.text()).collect();
        texts.join(" ")
    }

    /// The breath in `begun`, if it is a counted one of the plan.
    pub(super) fn breath_view(&self, at: Frames, begun: &Begun) -> Option<BreathView> {
        let cues = &self.plan().cues;
        let planned = &cues[begun.main?];
        let (Mode::Playing, Cue::Breathe { phase, length, .. }) = (self.mode, &begun.cue) else {
            return None;
        };
        let (repetition, of) = planned.repetition?;
        let unit = cues[planned.restart..].iter();
        let unit = unit.take_while(|half| half.restart == planned.restart);
        let halves: Vec<_> = unit.filter_map(half).collect();
        let length_of = |phase| {
            let found = halves.iter().find(|(half, _)| *half == phase);
            // A breath goes both ways: the checks of a routine see to that.
            found.map_or(*length, |(_, length)| *length)
        };
        Some(BreathView {
            phase: *phase,
            repetition,
            of,
            gone: (at - begun.start).min(*length),
            length: *length,
            lengths: BreathLengths {
                inhale: length_of(BreathPhase::In),
                exhale: length_of(BreathPhase::Out),
            },
            breaths: of * halves.len() as u32 / 2,
        })
    }
}

const fn half(planned: &PlannedCue) -> Option<(BreathPhase, Frames)> {
    match &planned.cue {
        Cue::Breathe { phase, length, .. } => Some((*phase, *length)),
        _ => None,
    }
}

fn sentences(cues: &[PlannedCue]) -> usize {
    let said = cues.iter().filter_map(|planned| planned.cue.sentence());
    said.count()
}
