//! The thread that writes what is kept of a session: only this waits for a disk.
//!
//! Everything is written in the order in which it comes. Each line of the journal counts; of where she is, and of how
//! loud she wants it, only the newest: what the disk has not taken yet is replaced, so that no disk is ever far behind.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::mem::{discriminant, take};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};

use crate::clock::now;
use crate::journal::{Journal, JournalError, entry::Entry, pick_up::Left};
use crate::settings::loudspeakers::Loudspeakers;

/// What is to be written.
#[derive(Debug)]
pub(crate) enum Write {
    /// A line of the journal.
    Line(Entry),
    /// Where she is; with `None`, nowhere any more.
    Left(Option<Left>),
    Loudspeakers(Loudspeakers),
}

impl Write {
    /// Writes it; of a line, what has become of it.
    pub(crate) fn carry_out(
        self,
        journal: &mut Option<Journal>,
    ) -> Option<Result<(), JournalError>> {
        match self {
            Self::Line(line) => return Some(journal.as_mut()?.append(&line)),
            // Without it this session cannot be picked up: no reason to end it.
            Self::Left(left) => _ = journal.as_ref()?.leave(left.as_ref()),
            // Should it not be kept, it is as before next time, or she is asked again.
            Self::Loudspeakers(loudspeakers) => _ = loudspeakers.write(),
        }
        None
    }
}

/// A line that was not written, and why.
pub(crate) type Failure = (Entry, JournalError);

/// The way to the thread that writes.
pub(crate) struct Writer {
    /// The thread takes all of it at once, and never holds it while it writes.
    due: Arc<Mutex<Vec<Write>>>,
    wake: Sender<()>,
    written: Receiver<Result<(), JournalError>>,
    /// The lines of which nothing has been heard yet, and since when.
    unanswered: VecDeque<(Entry, Instant)>,
    journal: PathBuf,
}

impl Writer {
    /// Starts the thread; without a journal there is none for lines.
    pub(crate) fn spawn(journal: Option<Journal>) -> io::Result<Self> {
        let (wake, wakes) = bounded(1);
        let (told, written) = unbounded();
        let writer = Self {
            due: Arc::default(),
            wake,
            written,
            unanswered: VecDeque::new(),
            journal: journal.as_ref().map(Journal::path).unwrap_or_default(),
        };
        let due = writer.due.clone();
        let serve = move || serve(journal, &due, &wakes, &told);
        thread::Builder::new().name("writer".into()).spawn(serve)?;
        Ok(writer)
    }

    /// Has these written soon, and returns at once.
    pub(crate) fn write(&mut self, writes: impl IntoIterator<Item = Write>) {
        for write in writes {
            let mut due = lock(&self.due);
            if let Write::Line(line) = &write {
                self.unanswered.push_back((line.clone(), now()));
            } else {
                due.retain(|older| discriminant(older) != discriminant(&write));
            }
            due.push(write);
        }
        // If it is full, the thread has yet to look.
        let _ = self.wake.try_send(());
    }

    /// A line that was not written, if that has turned out by now.
    pub(crate) fn failed(&mut self) -> Option<Failure> {
        while let Ok(written) = self.written.try_recv() {
            let failure = self.answered(written);
            if failure.is_some() {
                return failure;
            }
        }
        None
    }

    /// Why a line is not written after so long, if there is such a line. It may be yet.
    pub(crate) fn hangs(&self, patience: Duration) -> Option<JournalError> {
        let (_, since) = self.unanswered.front()?;
        (since.elapsed() >= patience).then(|| self.no_answer())
    }

    #[cfg(test)]
    pub(crate) fn due(&self) -> usize {
        lock(&self.due).len()
    }

    /// Waits until everything is written, or for as long as `patience`. Gives the lines that are not.
    pub(crate) fn finish(mut self, patience: Duration) -> Vec<Failure> {
        let (wake, _) = bounded(0);
        self.wake = wake;
        let deadline = now() + patience;
        let mut failures = Vec::new();
        loop {
            match self.written.recv_deadline(deadline) {
                Ok(written) => failures.extend(self.answered(written)),
                Err(RecvTimeoutError::Disconnected) => return failures,
                Err(RecvTimeoutError::Timeout) => break,
            }
        }
        for (line, _) in take(&mut self.unanswered) {
            failures.push((line, self.no_answer()));
        }
        failures
    }

    fn no_answer(&self) -> JournalError {
        let path = self.journal.clone();
        let cause = io::Error::new(ErrorKind::TimedOut, "the disk does not answer");
        JournalError::Unwritable { path, cause }
    }

    /// Lines are answered in their order.
    fn answered(&mut self, written: Result<(), JournalError>) -> Option<Failure> {
        let (line, _) = self.unanswered.pop_front()?;
        Some((line, written.err()?))
    }
}

/// Nothing in it can be half done.
fn lock(due: &Mutex<Vec<Write>>) -> MutexGuard<'_, Vec<Write>> {
    due.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes until nobody can wake it any more.
fn serve(
    mut journal: Option<Journal>,
    due: &Mutex<Vec<Write>>,
    wakes: &Receiver<()>,
    told: &Sender<Result<(), JournalError>>,
) {
    for () in wakes {
        let due = take(&mut *lock(due));
        for written in due
            .into_iter()
            .filter_map(|write| write.carry_out(&mut journal))
        {
            // Nobody listens any more when it has taken too long.
            let _ = told.send(written);
        }
    }
    // Another session may begin before anybody hears that all is written.
    drop(journal);
}
