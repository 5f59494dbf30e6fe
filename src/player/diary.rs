//! What a session leaves in the journal, written at the moment at which it comes to pass.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::base::Hurt;
use crate::clock::timestamp;
use crate::error::{Error, Outcome};
use crate::journal::entry::{End, Entry, How, LeftAt, LineVersion, Start};
use crate::journal::{Journal, JournalError, at::At, pick_up::Left, rules::Opening};
use crate::session::{Ending, Note, Session, screening::Part};

const V: LineVersion = LineVersion::One;

/// Now, by this computer's clock and zone.
#[must_use]
pub(crate) fn now() -> At {
    let now = timestamp();
    At::new(now, TimeZone::system().to_offset(now))
}

/// One session's hand on the journal. As long as it lives no other session can begin.
pub(crate) struct Diary {
    journal: Journal,
    text_version: u32,
    /// The number of the session, once it has begun.
    begun: Option<u64>,
    /// The session that she was offered to go on with: should this one begin, it is that one.
    pub offered: Option<u64>,
    hurt: Hurt,
    /// Where in the routine she was last, and how much of it was behind her.
    place: Option<LeftAt>,
    active_seconds: u64,
}

impl Diary {
    /// Takes the journal, and says what it allows to someone who hears this version of the text.
    pub(crate) fn open(path: &Path, text_version: u32) -> Result<(Self, Opening), JournalError> {
        let mut journal = Journal::open(path)?;
        let opening = journal.history()?.opening(now(), text_version);
        if opening.note_clock {
            journal.append(&Entry::Clock { v: V, at: now() })?;
        }
        let diary = Self {
            journal,
            text_version,
            begun: None,
            offered: None,
            hurt: Hurt::NotAsked,
            place: None,
            active_seconds: 0,
        };
        Ok((diary, opening))
    }

    /// The session that may be picked up again now, and where it was left.
    pub(crate) fn unfinished(&self) -> Option<(Start, LeftAt)> {
        let history = self.journal.history().ok()?;
        let left = self.journal.left()?;
        let start = history.pick_up(&left, now(), self.text_version)?.clone();
        Some((start, left.place))
    }

    /// How she did the last session with movement.
    pub(crate) fn last(&self) -> Option<Start> {
        let history = self.journal.history().ok()?;
        let mut starts = history.entries().rev();
        starts.find_map(|entry| match entry {
            Entry::Start(start) if start.movement => Some(start.clone()),
            _ => None,
        })
    }

    /// Writes down what the session wants written down.
    pub(crate) fn note(&mut self, note: Note, session: &Session) -> Result<(), JournalError> {
        match note {
            Note::SoundRight => Ok(()),
            Note::Begun => self.begin(session),
            Note::AskAll => self.journal.append(&Entry::AskAll { v: V, at: now() }),
            Note::Hurt(hurt) => {
                self.hurt = hurt;
                // At once, and by itself: should the program be killed before its end, it counts.
                let written = self.answer();
                if !matches!(session.part(), Part::Close(_)) {
                    // That was of the session before: of this one nothing is known yet.
                    self.hurt = Hurt::NotAsked;
                }
                written
            }
        }
    }

    /// Keeps in mind where she is.
    pub(crate) fn look(&mut self, place: Option<(usize, String)>, active_seconds: u64) {
        let Some((movement, title)) = place else {
            return;
        };
        self.active_seconds = active_seconds;
        let place = Some(LeftAt { movement, title });
        if self.place != place {
            self.place = place;
            self.leave();
        }
    }

    /// Keeps where she is, should the program be killed.
    fn leave(&self) {
        if let (Some(id), Some(place)) = (self.begun, self.place.clone()) {
            let (v, at) = (V, now());
            // Without it this session cannot be picked up: no reason to end it.
            let _ = self.journal.leave(Some(&Left { v, id, at, place }));
        }
    }

    fn begin(&mut self, session: &Session) -> Result<(), JournalError> {
        let at = now();
        let (id, entry) = if let Some(id) = self.offered {
            (id, Entry::PickedUp { v: V, id, at })
        } else {
            let id = self.journal.history()?.next_id();
            let (routine, posture) = session.chosen();
            let start = Start {
                v: V,
                id,
                at,
                routine: routine.to_string(),
                movement: session.moves(),
                posture,
                pace: session.pace(),
                length: Some(session.length()),
                text_version: self.text_version,
                all_asked: session.asks_all(),
                program: env!("CARGO_PKG_VERSION").to_owned(),
            };
            (id, Entry::Start(start))
        };
        self.journal.append(&entry)?;
        self.begun = Some(id);
        self.leave();
        Ok(())
    }

    fn answer(&mut self) -> Result<(), JournalError> {
        let (at, hurt) = (now(), self.hurt);
        self.journal.append(&Entry::Hurt { v: V, at, hurt })
    }

    /// The session has ended so.
    pub(crate) fn close(mut self, outcome: &Result<Outcome, Error>) -> Result<(), JournalError> {
        let how = how(outcome);
        let Some(id) = self.begun else {
            // She stopped before it began, and has not said why: that is asked at the next start.
            let stopped = matches!(how, Some(How::Stopped | How::Interrupted));
            let owed = stopped && self.hurt == Hurt::NotAsked;
            return if owed { self.answer() } else { Ok(()) };
        };
        // An answer of the routine's own ended it: so it was said to where she wanted to hear it.
        let how = how.unwrap_or(How::Done);
        match outcome {
            _ if how == How::Done => {
                // Nothing is left to be picked up.
                let _ = self.journal.leave(None);
            }
            // She has not been there for longer than that.
            Ok(Outcome::Session(Ending::LeftAlone | Ending::Asleep)) => {}
            _ => self.leave(),
        }
        self.journal.append(&Entry::End(End {
            v: V,
            id,
            at: now(),
            how,
            hurt: self.hurt,
            place: self.place,
            active_seconds: self.active_seconds,
        }))
    }
}

/// How a session has ended; `None` if an answer, a limit or the lock forbade it.
const fn how(outcome: &Result<Outcome, Error>) -> Option<How> {
    use Outcome::{Done, NotReady, Session, Signal};
    Some(match outcome {
        Ok(Session(Ending::Done)) => How::Done,
        Ok(Session(Ending::Stopped)) => How::Stopped,
        Ok(Session(Ending::Declined)) => return None,
        Ok(Session(Ending::LeftAlone)) => How::LeftAlone,
        Ok(Session(Ending::VoiceLost)) | Err(Error::Voice(_)) => How::VoiceLost,
        Ok(Session(Ending::DeviceLost)) | Err(Error::Output(_) | Error::SoundStopped) => {
            How::DeviceLost
        }
        // A lid may be closed because something hurt.
        Ok(Session(Ending::Interrupted | Ending::Asleep) | Done | NotReady | Signal(_))
        | Err(_) => How::Interrupted,
    })
}
