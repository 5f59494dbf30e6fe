//! One run: the sounds between two cuts, each at its frame after the first of them.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Ending;
use crate::base::{Frames, Moment, Utterance};
use crate::plan::Cue;
use crate::routine::Question;

/// What follows when everything that was to be said first is out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Then {
    /// The plan goes on.
    #[default]
    Plan,
    Finish(Ending),
}

/// A cue that was laid out.
#[derive(Clone, Debug)]
pub(super) struct Begun {
    pub start: Frames,
    pub end: Frames,
    pub cue: Cue,
    /// Its index in the plan; `None` for what the companion says beside it.
    pub main: Option<usize>,
}

/// A wait for her, from the beginning of the sentence that asks for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Wait {
    pub from: Frames,
    /// When the sentence has been said to its end, once that is known.
    pub said: Option<Frames>,
    /// When she has not answered.
    pub timeout: Option<Frames>,
    /// When to let her hear that she is still waited for.
    pub presence: Option<Frames>,
    /// What she is asked; `None` when it only waits until she is ready.
    pub question: Option<Question>,
    /// Only what leads to the question has been laid out.
    pub leads: bool,
}

/// A sentence in the mouth of the speech service.
#[derive(Clone, Debug)]
pub(super) struct Speaking {
    pub ticket: u64,
    pub utterance: Utterance,
    pub since: Frames,
    /// When the service counts as hung.
    pub timeout: Frames,
}

/// The sounds between two cuts. Times are frames since its beginning.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    /// When it began: an estimate, until the graph says when its cut was done.
    pub anchor: Moment,
    /// What is said first.
    pub queue: VecDeque<Cue>,
    pub then: Then,
    /// The next cue of the plan to be laid out, now or after this run.
    pub main: usize,
    pub laid: VecDeque<Begun>,
    /// Where the next cue begins.
    pub cursor: Frames,
    pub wait: Option<Wait>,
    pub speaking: Option<Speaking>,
    /// Words over breaths that the service has yet to speak.
    pub words: VecDeque<(Frames, Utterance)>,
    /// A clip is waited for.
    pub blocked: bool,
    /// The next cue can be laid only when the cursor is reached.
    pub at_cursor: bool,
    /// When the first cue with a time of its own begins: in a pause, the line that lets her arms rest.
    pub delayed: Option<Frames>,
    /// It begins by saying back what she answered: until that is out, the answer can be undone.
    pub echo: bool,
}

impl Run {
    pub(super) fn new(anchor: Moment, said: Vec<Cue>, then: Then, main: usize) -> Self {
        Self {
            anchor,
            queue: said.into(),
            then,
            main,
            ..Self::default()
        }
    }

    /// Whether a question or a request has been laid out: nothing can be laid behind it.
    pub(super) fn holds(&self) -> bool {
        self.wait.as_ref().is_some_and(|wait| !wait.leads)
    }

    /// Whether what is said first is not out yet at `at`.
    pub(super) fn still_before(&self, at: Frames) -> bool {
        let begins = self.laid.iter().find(|begun| begun.main.is_some());
        begins.is_none_or(|begun| begun.start > at)
    }

    /// The wait of the question or request that has begun by `at`.
    pub(super) fn waits_at(&self, at: Frames) -> Option<&Wait> {
        self.wait.as_ref().filter(|wait| at >= wait.from)
    }

    pub(super) fn offset(&self, now: Moment) -> Frames {
        now.since(self.anchor)
    }

    /// The cue that began last.
    pub(super) fn begun(&self, at: Frames) -> Option<&Begun> {
        self.laid.iter().rev().find(|begun| begun.start <= at)
    }

    /// When something falls due next, or the next laid cue begins; sounds are laid `horizon` ahead.
    pub(super) fn next_due(&self, at: Frames, horizon: Frames) -> Option<Frames> {
        let wait = self.wait.as_ref();
        let wait = wait.map(|wait| [wait.said, wait.timeout, wait.presence]);
        let silence = self.speaking.as_ref().map(|speaking| speaking.timeout);
        let word = self.words.front().map(|(at, _)| *at);
        // Nothing more can be laid while a clip, a key or the service is waited for.
        let can_lay = !self.blocked && !self.holds() && self.speaking.is_none();
        let ahead = Some(horizon).filter(|_| !self.at_cursor);
        let refill = can_lay.then(|| self.cursor - ahead.unwrap_or_default());
        // Laid one after the other, in a recording for hours on end: only those ahead are looked at.
        let ahead_of_now = self.laid.iter().rev().map(|begun| begun.start);
        let begins = ahead_of_now.take_while(|&start| start > at).last();
        let dues = wait.into_iter().flatten().chain([silence, word, refill]);
        let dues = dues.flatten().filter(|&due| due > at);
        dues.chain(begins).min()
    }

    /// The sentence that began last.
    pub(super) fn sentence_at(&self, at: Frames) -> Option<Arc<str>> {
        let mut begun = self.laid.iter().rev().filter(|begun| begun.start <= at);
        begun.find_map(|begun| Some(begun.cue.sentence()?.text().clone()))
    }

    /// How many sentences have begun.
    pub(super) fn sentences_by(&self, at: Frames) -> u64 {
        let begun = self.laid.iter().filter(|begun| begun.start <= at);
        begun.filter(|begun| begun.cue.sentence().is_some()).count() as u64
    }

    /// The sentence laid last has been said to its end.
    pub(super) fn said(&mut self, end: Frames) {
        self.cursor = end;
        if let Some(begun) = self.laid.back_mut() {
            begun.end = end;
        }
    }

    /// Forgets what was laid from `end` on: `said` comes there instead, then the plan from `main`.
    pub(super) fn drop_from(&mut self, end: Frames, main: usize, said: Vec<Cue>) {
        self.laid.retain(|begun| begun.start < end);
        self.words.retain(|(at, _)| *at < end);
        self.wait.take_if(|wait| wait.from >= end);
        self.cursor = end;
        self.main = main;
        self.queue = said.into();
    }

    /// What comes before the plan and has not been said to its end yet.
    pub(super) fn remaining_before(&self, at: Frames) -> Vec<Cue> {
        let laid = self.laid.iter().filter(|begun| begun.main.is_none());
        let laid = laid.filter(|begun| begun.end > at).map(|begun| &begun.cue);
        laid.chain(&self.queue).cloned().collect()
    }

    /// What has not been said to its end yet, with times as from `at`.
    pub(super) fn remaining(&self, at: Frames) -> Vec<Cue> {
        let laid = self.laid.iter().filter(|begun| begun.end > at);
        let cues = laid.map(|begun| &begun.cue).chain(&self.queue);
        let from_at = |cue: &Cue| match cue {
            Cue::NotBefore(time) => Cue::NotBefore(*time - at),
            other => other.clone(),
        };
        cues.map(from_at).collect()
    }
}
