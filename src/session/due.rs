//! What falls due by itself, and what follows from it: the one place where time decides.

use super::{Command, Ending, HORIZON, Mode, Note, Part, Session, Then};
use crate::base::Moment;
use crate::plan::{Cue, WAKE_UP};

enum Due {
    /// The service has been silent for too long.
    VoiceHangs,
    /// Nobody has answered.
    Unanswered,
    /// She has stood for long enough: she sits down, which is this movement.
    SitsDown(usize),
    /// All that was to be said has sounded to its end.
    SaidAll,
}

impl Session {
    /// When to come back with [`Input::Tick`](super::Input::Tick), if nothing else happens before.
    pub(crate) fn deadline(&self, now: Moment) -> Option<Moment> {
        if self.mode == Mode::Over {
            return None;
        }
        let run = &self.run;
        let (sits_by, _) = self.sits().unzip();
        let next = run.next_due(run.offset(now), HORIZON);
        let next = next.map(|due| run.anchor + due);
        next.into_iter()
            .chain(sits_by.filter(|due| *due > now))
            .min()
    }

    /// Does what is due, and lays out what follows.
    pub(super) fn advance(&mut self, now: Moment) {
        // What is due begins another run, which is laid out in the next turn of the loop.
        loop {
            self.speak_words(now);
            let due = self.due(now).or_else(|| {
                self.watch_her(now);
                self.sits_now(now).map(Due::SitsDown)
            });
            let due = due.or_else(|| {
                self.lay_ahead(now);
                self.said_all(now).then_some(Due::SaidAll)
            });
            let Some(due) = due else { break };
            self.fell_due(now, &due);
        }
        self.be_present(now);
        self.take_note(now);
    }

    fn due(&self, now: Moment) -> Option<Due> {
        let at = self.run.offset(now);
        let speaking = self.run.speaking.as_ref();
        let wait = self.run.wait.as_ref();
        if speaking.is_some_and(|speaking| at >= speaking.timeout) {
            return Some(Due::VoiceHangs);
        }
        let timeout = wait.and_then(|wait| wait.timeout);
        timeout
            .is_some_and(|due| at >= due)
            .then_some(Due::Unanswered)
    }

    fn said_all(&self, now: Moment) -> bool {
        let run = &self.run;
        let waits = run.holds() || run.speaking.is_some() || self.mode == Mode::Over;
        !waits && run.offset(now) >= run.cursor && self.next_cue().is_none()
    }

    fn fell_due(&mut self, now: Moment, due: &Due) {
        match due {
            Due::VoiceHangs => self.voice_failed(now),
            Due::Unanswered => self.unanswered(now),
            Due::SitsDown(sits) => self.sit_down(now, *sits),
            Due::SaidAll => match self.next_part() {
                Ok(part) => self.enter(now, Vec::new(), part),
                Err(ending) => self.finish(ending),
            },
        }
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
        let movements = self.plan().movements();
        let current = self.movement_at(self.now);
        let sits = (current..movements.len()).find(|&later| movements[later].sits_down)?;
        (sits > current).then_some((sits_by, sits))
    }

    /// The movement in which she sits down, if she has stood for long enough.
    pub(super) fn sits_now(&self, now: Moment) -> Option<usize> {
        let (_, sits) = self.sits().filter(|(due, _)| now >= *due)?;
        Some(sits)
    }

    fn sit_down(&mut self, now: Moment, sits: usize) {
        if self.mode == Mode::Playing {
            self.go_to(now, sits);
            return;
        }
        // In a pause it stays a pause, and after a long one the loudspeaker has to be woken. It goes on
        // behind these words only when they have been said: see `watch_her`.
        let cues = &self.plan().cues()[self.cues_of(sits)];
        let words = cues.iter().map(|planned| planned.cue.clone());
        let said = [Cue::Rest(WAKE_UP)].into_iter().chain(words).collect();
        self.run.main = self.plan().movements()[sits].first;
        self.interject(now, said);
    }

    /// Has written down what has come to pass.
    fn take_note(&mut self, now: Moment) {
        let at = self.run.offset(now);
        if !self.in_echo(at)
            && let Some(note) = self.answers.pending.take()
        {
            self.commands.push_back(Command::Note(note));
        }
        let routine = self.part() == Part::Routine && self.mode == Mode::Playing;
        if routine && !self.begun && self.main_at(at) >= self.plan().begun() {
            self.begun = true;
            self.commands.push_back(Command::Note(Note::Begun));
        }
    }
}
