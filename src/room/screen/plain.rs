//! Plain lines, for a screen reader, a log, or a terminal that can do no more. A line comes when
//! something begins, and nothing is ever taken back. Few lines: a reader speaks into the voice.

use std::mem;

use super::{NOTICE, OVER, one_row, told};
use crate::base::{BreathLengths, BreathPhase, Unheard};
use crate::session::keys::Phase;
use crate::session::view::{BreathView, PartView, View};

/// What has been written already.
#[derive(Debug, Default)]
pub(super) struct Plain {
    notice: bool,
    sentences: u64,
    sentence: String,
    /// The sentences of the close, as far as they have begun.
    close: Vec<String>,
    waits: bool,
    unheard: Option<Unheard>,
    /// The movement whose breath was told, and what was told of it.
    breath: Option<(String, BreathLengths, u32)>,
}

impl Plain {
    /// The lines that are new in `view`.
    pub(super) fn lines(&mut self, view: &View) -> String {
        let notice = !mem::replace(&mut self.notice, true);
        let mut lines = if notice { line(NOTICE) } else { String::new() };
        if view.sentences_begun > self.sentences {
            self.sentences = view.sentences_begun;
            self.sentence = one_row(&view.sentence);
            lines += &line(&self.sentence);
            match view.part {
                PartView::Close | PartView::Over => self.close.push(self.sentence.clone()),
                PartView::Before { .. } | PartView::Routine => self.close.clear(),
            }
        }
        let before = mem::replace(&mut self.unheard, view.unheard);
        if let Some(why) = view.unheard.filter(|why| before != Some(*why)) {
            lines += &line(&told(why));
        }
        if let Some(breath) = view.breath {
            lines += &self.breath(view, breath);
        }
        if view.waits && !self.waits {
            lines += your_turn(view.phase);
        }
        self.waits = view.waits;
        lines
    }

    /// Those of the close's `words` that she cut short, because whom to call may be among them; and that the
    /// session is over, unless that is written already.
    pub(super) fn end(&self, words: &[String]) -> String {
        let words = words.iter().map(|word| one_row(word));
        let mut missing: Vec<_> = words.filter(|word| !self.close.contains(word)).collect();
        let last = missing.last().unwrap_or(&self.sentence);
        if !last.starts_with(OVER) {
            missing.push(OVER.to_owned());
        }
        missing.iter().map(|word| line(word)).collect()
    }

    /// The breath, once in a movement, and again when it becomes slower or faster.
    fn breath(&mut self, view: &View, breath: BreathView) -> String {
        let movement = format!("{} {}", view.section, view.movement);
        let told = Some((movement, breath.lengths, breath.breaths));
        if self.breath == told {
            return String::new();
        }
        self.breath = told;
        line(&counted(breath))
    }
}

fn line(text: &str) -> String {
    format!("{text}\n")
}

/// "Breathe in for 4 seconds, out for 6, 5 times."
fn counted(breath: BreathView) -> String {
    let BreathLengths { inhale, exhale } = breath.lengths;
    let (inhale, exhale) = (inhale.seconds(), exhale.seconds());
    let breathe = match breath.phase {
        BreathPhase::In => format!("Breathe in for {inhale} seconds, out for {exhale}"),
        BreathPhase::Out => format!("Breathe out for {exhale} seconds, in for {inhale}"),
    };
    // Told again after a change of pace, fewer are left.
    if breath.repetition == 1 {
        format!("{breathe}, {} times.", breath.breaths)
    } else {
        breathe + "."
    }
}

/// What the tone says, and the keys.
const fn your_turn(phase: Phase) -> &'static str {
    match phase {
        Phase::Asking => "Your turn: Enter is yes, Tab is no, Space asks again.\n",
        _ => "Your turn: Space, when you are ready.\n",
    }
}
