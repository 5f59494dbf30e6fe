//! What falls due by itself, and what follows from it: the one place where time decides.

use super::{Command, Ending, HORIZON, Mode, Note, Part, Session, Then};
use crate::base::Moment;
use crate::plan::{Cue, WAKE_UP};

impl Session {
    /// When to come back with [`Input::Tick`](super::Input::Tick), if nothing else happens before.
    pub(crate) fn deadline(&self, now: Moment) -> Option<Moment> {
        if self.mode == Mode::Over {
            return None;
        }
        let next = self.run.next_due(self.run.offset(now), HORIZON);
        let next = next.map(|due| self.run.anchor + due);
        let sits_by = self.sits().map(|(due, _)| due).filter(|due| *due > now);
        let lost_at = self.lost_at().filter(|due| *due > now);
        next.into_iter().chain(sits_by).chain(lost_at).min()
    }

    /// Does what is due, and lays out what follows.
    pub(super) fn advance(&mut self) {
        loop {
            self.speak_words();
            if !self.falls_due() {
                break;
            }
        }
        self.be_present();
        self.take_note();
    }

    /// Does the first thing that is due: it begins another run, which is laid out in the next turn. `false` when
    /// nothing is, and all that can be laid is laid.
    fn falls_due(&mut self) -> bool {
        let at = self.at();
        let speaking = self.run.speaking.as_ref();
        let timeout = self.run.wait.as_ref().and_then(|wait| wait.timeout);
        if speaking.is_some_and(|speaking| at >= speaking.timeout) {
            // The service has been silent for too long.
            self.voice_failed();
            return true;
        }
        if self.lost_at().is_some_and(|due| self.now >= due) {
            self.speech.awaited = None;
            self.voice_failed();
            return true;
        }
        if timeout.is_some_and(|due| at >= due) {
            self.unanswered();
            return true;
        }
        self.watch_her();
        if let Some(sits) = self.sits_now() {
            self.sit_down(sits);
            return true;
        }
        self.lay_ahead();
        self.miss_clip();
        let said_all = self.said_all();
        if said_all {
            match self.next_part() {
                Ok(part) => self.enter(Vec::new(), part),
                Err(ending) => self.finish(ending),
            }
        }
        said_all
    }

    fn said_all(&self) -> bool {
        let run = &self.run;
        let waits = run.holds() || run.speaking.is_some() || self.mode == Mode::Over;
        !waits && self.at() >= run.cursor && self.next_cue().is_none()
    }

    /// What follows when everything has been said: another part, or the end.
    fn next_part(&mut self) -> Result<Part, Ending> {
        if let Then::Finish(ending) = self.run.then {
            return Err(ending);
        }
        self.screening.after().ok_or(match self.part() {
            Part::Close(_) => self.ending_of_close(),
            _ => Ending::Done,
        })
    }

    fn finish(&mut self, ending: Ending) {
        self.mode = Mode::Over;
        // What she answered counts, even if she left before it was said back.
        let pending = self.answers.pending.take();
        self.commands.extend(pending.map(Command::Note));
        self.commands.push_back(Command::Finish(ending));
    }

    /// When she has stood for long enough, whatever comes next, and the movement in which she sits down.
    fn sits(&self) -> Option<(Moment, usize)> {
        let stands = matches!(self.mode, Mode::Playing | Mode::Paused);
        // What nobody would hear is said when the loudspeaker is back.
        let heard = self.part() == Part::Routine && self.lost.is_none();
        let sits_by = self.bearing.sits_by().filter(|_| stands && heard)?;
        let movements = &self.plan().movements;
        let current = self.movement_at();
        let sits = (current..movements.len()).find(|&later| movements[later].sits_down)?;
        (sits > current).then_some((sits_by, sits))
    }

    /// The movement in which she sits down, if she has stood for long enough.
    pub(super) fn sits_now(&self) -> Option<usize> {
        let (_, sits) = self.sits().filter(|(due, _)| self.now >= *due)?;
        Some(sits)
    }

    fn sit_down(&mut self, sits: usize) {
        if self.mode == Mode::Playing {
            self.go_to(sits);
            return;
        }
        // In a pause it stays a pause, and after a long one the loudspeaker has to be woken. It goes on
        // behind these words only when they have been said: see `watch_her`.
        let cues = &self.plan().cues[self.cues_of(sits)];
        let words = cues.iter().map(|planned| planned.cue.clone());
        let said = [Cue::Rest(WAKE_UP)].into_iter().chain(words).collect();
        self.run.main = self.plan().movements[sits].first;
        self.interject(said);
    }

    /// Has written down what has come to pass.
    fn take_note(&mut self) {
        let at = self.at();
        if !self.in_echo(at)
            && let Some(note) = self.answers.pending.take()
        {
            self.commands.push_back(Command::Note(note));
        }
        let routine = self.part() == Part::Routine && self.mode == Mode::Playing;
        if routine && !self.begun && self.main_at(at) >= self.plan().begun {
            self.begun = true;
            self.commands.push_back(Command::Note(Note::Begun));
        }
    }
}
