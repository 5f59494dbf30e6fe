//! The plan as it is shown: each cue with its time, under its section and movement, and the total.

use std::fmt;
use std::sync::Arc;

use crate::base::{BreathPhase, Frames};
use crate::routine::cue::Cue;

use super::{Plan, PlannedCue, PlannedMovement};

/// A cue, when it begins, and how long it lasts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed<'a> {
    pub begins: Frames,
    pub lasts: Frames,
    pub planned: &'a PlannedCue,
    pub in_second_round: bool,
}

impl Plan {
    /// Every cue with its time. What comes after a second round comes at the same time without it.
    pub(crate) fn timed(&self) -> impl Iterator<Item = Timed<'_>> {
        let second = self.second_round.clone().unwrap_or_default();
        let (mut at, mut before_second) = (Frames::ZERO, Frames::ZERO);
        let cues = self.cues.iter().zip(&self.lengths).enumerate();
        cues.map(move |(index, (planned, &lasts))| {
            if index == second.start {
                before_second = at;
            } else if index == second.end {
                at = before_second;
            }
            let begins = at;
            at += lasts;
            Timed {
                begins,
                lasts,
                planned,
                in_second_round: second.contains(&index),
            }
        })
    }

    /// Each section, or what comes between two, with when it begins and how long it lasts; waits for her not counted.
    pub(crate) fn sections(&self) -> Vec<(Arc<str>, Frames, Frames)> {
        let mut sections: Vec<(Arc<str>, Frames, Frames)> = Vec::new();
        for cue in self.timed() {
            let title = &self.movements[cue.planned.movement].section;
            match sections.last_mut() {
                Some((last, _, lasts)) if last == title => *lasts += cue.lasts,
                _ => sections.push((title.clone(), cue.begins, cue.lasts)),
            }
        }
        sections
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, {} pace, {}", self.title, self.pace, self.posture)?;
        let second = self.second_round.clone().unwrap_or_default();
        let mut last: Option<&PlannedMovement> = None;
        for Timed {
            begins, planned, ..
        } in self.timed()
        {
            let movement = &self.movements[planned.movement];
            if last.is_none_or(|last| last.section != movement.section) {
                writeln!(f, "\n{}", movement.section)?;
            }
            if !movement.title.is_empty() && last.is_none_or(|last| last.title != movement.title) {
                writeln!(f, "  {}", movement.title)?;
            }
            last = Some(movement);
            writeln!(f, "    {:>8}  {}", begins.to_string(), planned)?;
        }
        let longer = self.lengths[second].iter().copied().sum();
        row(f, self.total(), "the end, waits for you not counted")?;
        row(f, longer, "more with a second round")?;
        row(f, self.time_on_feet(), "on her feet")
    }
}

/// What takes no time is left out.
fn row(f: &mut fmt::Formatter<'_>, time: Frames, what: &str) -> fmt::Result {
    if time == Frames::ZERO {
        return Ok(());
    }
    write!(f, "\n    {:>8}  {what}", time.to_string())
}

impl fmt::Display for PlannedCue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cue {
            Cue::Say(said) => write!(f, "say    {}", said.text()),
            Cue::Ready(said) => write!(f, "ready  {}", said.text()),
            Cue::Ask(said, question) => {
                let wait = question.wait.seconds();
                write!(f, "ask    {} ({wait:.1} s)", said.text())
            }
            Cue::Rest(length) => write!(f, "rest   {:.2} s", length.seconds()),
            Cue::NotBefore(time) => write!(f, "until  {:.2} s", time.seconds()),
            Cue::Chime => f.write_str("chime"),
            Cue::Breathe {
                phase,
                length,
                word,
                tail,
            } => {
                let phase = match phase {
                    BreathPhase::In => "in ",
                    BreathPhase::Out => "out",
                };
                write!(f, "{phase}    {:.2} s", length.seconds())?;
                if let Some((repetition, of)) = self.repetition {
                    write!(f, "  {repetition} of {of}")?;
                }
                write!(f, "  \"{}\"", word.text())?;
                tail.iter()
                    .try_for_each(|tail| write!(f, ", \"{}\"", tail.text()))
            }
        }
    }
}
