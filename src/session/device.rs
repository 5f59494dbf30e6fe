//! The loudspeaker goes and comes back, and the computer sleeps: the session pauses, and then goes on as she left it.

use std::collections::VecDeque;

use super::{Ending, Mode, Session, Then};
use crate::base::{Frames, Moment, PauseStep, Unheard};
use crate::plan::{Cue, WAKE_UP};

/// What there was when the loudspeaker was lost.
#[derive(Clone, Debug)]
pub(super) struct Lost {
    /// What it goes on with: a pause of hers stays one.
    mode: Mode,
    /// What had still to be said before the plan goes on.
    pub said: VecDeque<Cue>,
    /// With it an answer is said back, which can be undone.
    pub echo: bool,
    since: Moment,
    why: Unheard,
}

impl Lost {
    /// Whether Escape stops the session now, and not only what is left of a close. Nobody would hear a spoken close,
    /// so there is none.
    pub(super) fn stops(&self) -> bool {
        self.mode != Mode::Closing
    }
}

impl Session {
    /// Nothing can be heard from now on, so nothing is played; what she should know is to be read.
    pub(super) fn device_lost(&mut self, why: Unheard) {
        if let Some(lost) = &mut self.lost {
            lost.why = why;
            return;
        }
        // What ends without the plan ends all the same.
        if self.decided().is_some() {
            return;
        }
        self.arms_down = self.mode == Mode::Paused && self.arms_down();
        let lost = Lost {
            mode: self.mode,
            said: self.still_to_say(),
            echo: self.in_echo(self.at()),
            since: self.now,
            why,
        };
        let mut said = self.says(|companion| &companion.device_lost);
        if self.mode == Mode::Closing {
            let first = said.len().min(1);
            said.splice(first..first, self.words_from(self.resume_at()));
        }
        self.pause_with(said, Ending::DeviceLost);
        self.lost = Some(lost);
    }

    /// Why she hears nothing, if it is more than that the loudspeaker is away, which is said already.
    pub(super) fn unheard(&self) -> Option<Unheard> {
        let why = self.lost.as_ref().map(|lost| lost.why);
        why.filter(|why| *why != Unheard::Away)
    }

    /// The words of a close from there on: whom to call must be read when it cannot be heard.
    fn words_from(&self, index: usize) -> Vec<Cue> {
        let cues = self.plan().cues[index..].iter();
        // A question is not among them: no key answers it now.
        let words = cues
            .filter(|planned| !planned.leads)
            .map(|planned| &planned.cue);
        let words = words.filter(|cue| matches!(cue, Cue::Say(_) | Cue::Rest(_)));
        words.cloned().collect()
    }

    /// What was to be said before the plan and has not been said to its end; not that the loudspeaker is back,
    /// for that will be said in any case.
    fn still_to_say(&self) -> VecDeque<Cue> {
        let at = self.at();
        if self.mode == Mode::Paused || !self.run.still_before(at) {
            return VecDeque::new();
        }
        let back = self.says(|companion| &companion.device_back);
        let before = self.run.remaining_before(at).into_iter();
        before.filter(|cue| !back.contains(cue)).collect()
    }

    /// The sentence, breath or question in progress begins again, by itself; unless she has paused.
    pub(super) fn device_back(&mut self) {
        let Some(lost) = self.lost.take() else { return };
        if self.mode != Mode::Paused {
            // The voice is lost as well: it ends.
            return;
        }
        let resume = self.run.main;
        let arms_down = self.arms_down || self.now.since(lost.since) >= PauseStep::ArmsRest.after();
        let mut said = vec![Cue::Rest(WAKE_UP)];
        said.extend(self.says(|companion| &companion.device_back));
        self.answers.asked_again = false;
        self.mode = lost.mode;
        match lost.mode {
            Mode::Playing if let Some(sits) = self.sits_now() => {
                self.go_on_with(said, self.plan().movements[sits].first);
            }
            Mode::Paused => {
                said.extend(self.says(|companion| &companion.still_paused));
                said.extend(self.programme.rest_of_pause(self.body()));
                self.arms_down = arms_down;
                self.cut_to(said, Then::Finish(Ending::LeftAlone), resume);
            }
            Mode::Playing if arms_down => {
                let (way_back, resume) = self.way_back(resume);
                said.extend(way_back);
                self.go_on_with(said, resume);
            }
            Mode::Playing | Mode::Closing | Mode::Over => {
                said.extend(lost.said);
                self.go_on_with(said, resume);
                self.run.echo = lost.echo;
            }
        }
    }

    /// Whatever the loudspeaker does, the session does not go on by itself. `false` when it is not lost.
    pub(super) fn stays_paused(&mut self) -> bool {
        let Some(lost) = &mut self.lost else {
            return false;
        };
        if lost.mode == Mode::Playing {
            lost.mode = Mode::Paused;
        }
        true
    }

    /// Nobody knows what she has done while the computer was asleep. After as long as a pause may last at the
    /// most, it is over: she is to be asked anew.
    pub(super) fn woken(&mut self, asleep: Frames) {
        self.bearing.slept(asleep);
        // That the computer slept is not true when only the shell had stopped the program.
        let mut said = vec![Cue::Rest(WAKE_UP)];
        let shell = std::mem::take(&mut self.suspended);
        said.extend(self.says(if shell {
            |companion| &companion.still_paused
        } else {
            |companion| &companion.woken
        }));
        if asleep >= PauseStep::End.after() && self.mode != Mode::Closing {
            said.extend(self.programme.end_of_pause(self.body()));
            if self.lost.is_some() {
                said = vec![Cue::Rest(WAKE_UP)];
            }
            self.end_with(said, Ending::Asleep);
        } else if self.stays_paused() {
            self.arms_down = true;
        } else if self.mode != Mode::Closing {
            said.extend(self.programme.rest_of_pause(self.body()));
            self.pause_with(said, Ending::LeftAlone);
            self.arms_down = true;
        } else if self.decided().is_none() {
            self.go_back_to(vec![Cue::Rest(WAKE_UP)]);
        }
    }
}
