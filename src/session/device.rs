//! The loudspeaker goes and comes back, and the computer sleeps: the session pauses, and then goes on as she left it.

use std::collections::VecDeque;

use super::run::Then;
use super::{Ending, Mode, Session};
use crate::base::time::{Frames, Moment};
use crate::plan::{Cue, WAKE_UP};

/// What there was when the loudspeaker was lost.
#[derive(Clone, Debug)]
pub(super) struct Lost {
    /// What it goes on with: a pause of hers stays one.
    mode: Mode,
    /// What had still to be said before the plan goes on.
    pub(super) said: VecDeque<Cue>,
    /// With it an answer is said back, which can be undone.
    pub(super) echo: bool,
    since: Moment,
}

impl Session {
    /// Nothing can be heard from now on, so nothing is played; what she should know is to be read.
    pub(super) fn device_lost(&mut self, now: Moment) {
        // What ends without the plan ends all the same.
        let ends = self.mode == Mode::Closing && self.run.then != Then::Plan;
        if self.lost.is_some() || ends {
            return;
        }
        self.arms_down = self.mode == Mode::Paused && self.arms_down(now);
        let lost = Lost {
            mode: self.mode,
            said: self.still_to_say(now),
            echo: self.in_echo(self.run.offset(now)),
            since: now,
        };
        let mut said = self.programme.said(self.posture_now()).device_lost.clone();
        if self.mode == Mode::Closing {
            let first = said.len().min(1);
            said.splice(first..first, self.words_from(self.resume_at(now)));
        }
        self.end_with(now, said, Ending::DeviceLost);
        self.mode = Mode::Paused;
        self.lost = Some(lost);
    }

    /// The words of a close from there on: whom to call must be read when it cannot be heard.
    fn words_from(&self, index: usize) -> Vec<Cue> {
        let cues = self.plan().cues()[index..].iter();
        // A question is not among them: no key answers it now.
        let words = cues.filter(|planned| !planned.leads);
        words
            .map(|planned| planned.cue.clone())
            .filter(|cue| matches!(cue, Cue::Say(_) | Cue::Rest(_)))
            .collect()
    }

    /// What was to be said before the plan and has not been said to its end; not that the loudspeaker is back,
    /// for that will be said in any case.
    fn still_to_say(&self, now: Moment) -> VecDeque<Cue> {
        let at = self.run.offset(now);
        if self.mode == Mode::Paused || !self.run.still_before(at) {
            return VecDeque::new();
        }
        let back = &self.programme.said(self.posture_now()).device_back;
        let before = self.run.remaining_before(at).into_iter();
        before.filter(|cue| !back.contains(cue)).collect()
    }

    /// The sentence, breath or question in progress begins again, by itself; unless she has paused.
    pub(super) fn device_back(&mut self, now: Moment) {
        let Some(lost) = self.lost.take() else { return };
        if self.mode != Mode::Paused {
            // The voice is lost as well: it ends.
            return;
        }
        let resume = self.run.main;
        let arms_down = self.arms_down || now.since(lost.since) >= self.short_pause();
        let companion = self.programme.said(self.posture_now());
        let mut said = vec![Cue::Rest(WAKE_UP)];
        said.extend(companion.device_back.clone());
        self.asked_again = false;
        self.mode = lost.mode;
        match lost.mode {
            Mode::Playing if let Some(sits) = self.sits_now(now) => {
                self.go_on_with(now, said, self.plan().movements()[sits].first);
            }
            Mode::Paused => {
                said.extend(companion.still_paused.clone());
                said.extend(self.rest_of_pause());
                self.arms_down = arms_down;
                self.cut_to(now, said, Then::Finish(Ending::LeftAlone), resume);
            }
            Mode::Playing if arms_down => {
                let (way_back, resume) = self.way_back(resume);
                said.extend(way_back);
                self.go_on_with(now, said, resume);
            }
            Mode::Playing | Mode::Closing | Mode::Over => {
                said.extend(lost.said);
                self.go_on_with(now, said, resume);
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
    pub(super) fn woken(&mut self, now: Moment, asleep: Frames) {
        if let Some(since) = &mut self.feet {
            // Her feet know that time, too.
            since.0 = since.0.saturating_sub(asleep.0);
        }
        let companion = self.programme.said(self.posture_now());
        // That the computer slept is not true when only the shell had stopped the program.
        let why = if std::mem::take(&mut self.suspended) {
            companion.still_paused.clone()
        } else {
            companion.woken.clone()
        };
        let (longest, last_words) = self.longest_pause();
        if asleep >= longest && self.mode != Mode::Closing {
            let mut said = vec![Cue::Rest(WAKE_UP)];
            if self.lost.is_none() {
                said.extend(why);
                said.extend(last_words);
            }
            self.end_with(now, said, Ending::Asleep);
            return;
        }
        if self.stays_paused() {
            self.arms_down = true;
            return;
        }
        if self.mode == Mode::Closing {
            if self.run.then == Then::Plan {
                let resume = self.resume_at(now);
                self.go_on_with(now, vec![Cue::Rest(WAKE_UP)], resume);
            }
            return;
        }
        let mut said = vec![Cue::Rest(WAKE_UP)];
        said.extend(why);
        said.extend(self.rest_of_pause());
        self.end_with(now, said, Ending::LeftAlone);
        self.mode = Mode::Paused;
        self.arms_down = true;
    }

    /// She stops while nothing can be heard: a spoken close would be for nobody.
    pub(super) fn stop_unheard(&mut self, now: Moment) {
        let closing = matches!(&self.lost, Some(lost) if lost.mode == Mode::Closing);
        self.stopped |= !closing;
        self.end_with(now, Vec::new(), self.ending_of_close());
    }

    /// What a pause says after its first word.
    fn rest_of_pause(&self) -> Vec<Cue> {
        let paused = self.programme.said(self.posture_now()).paused.iter();
        let later = paused.skip_while(|cue| !matches!(cue, Cue::NotBefore(_)));
        later.cloned().collect()
    }

    /// After how long a pause ends by itself, and its last words.
    fn longest_pause(&self) -> (Frames, Vec<Cue>) {
        let mut later = self.rest_of_pause();
        let last = later
            .iter()
            .rposition(|cue| matches!(cue, Cue::NotBefore(_)));
        let words = later.split_off(last.map_or(later.len(), |last| last + 1));
        match later.last() {
            Some(Cue::NotBefore(time)) => (*time, words),
            _ => (Frames(u64::MAX), words),
        }
    }

    /// In a shorter pause her arms stay where they are.
    fn short_pause(&self) -> Frames {
        let first = self.rest_of_pause().into_iter().next();
        match first {
            Some(Cue::NotBefore(time)) => time,
            _ => Frames::ZERO,
        }
    }
}
