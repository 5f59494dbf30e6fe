//! What a session leaves in the journal, told at the moment at which it comes to pass. The writer writes it.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::base::Hurt;
use crate::clock::timestamp;
use crate::error::{Error, Outcome};
use crate::journal::entry::{End, Entry, How, LeftAt, LineVersion, Start};
use crate::journal::{Journal, JournalError, at::At, pick_up::Left, rules::Opening};
use crate::player::writer::Write;
use crate::session::{Ending, Note, Session, screening::Part};

const V: LineVersion = LineVersion::One;

/// Now, by this computer's clock and zone.
#[must_use]
pub(crate) fn now() -> At {
    let now = timestamp();
    At::new(now, TimeZone::system().to_offset(now))
}

/// What one session has to say to the journal.
pub(crate) struct Diary {
    text_version: u32,
    next_id: u64,
    /// The session that may be picked up again, and where it was left.
    unfinished: Option<(Start, LeftAt)>,
    /// The last session with movement.
    last: Option<Start>,
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
    pub(crate) fn open(
        path: &Path,
        text_version: u32,
    ) -> Result<(Self, Journal, Opening), JournalError> {
        let mut journal = Journal::open(path)?;
        let history = journal.history()?;
        let opening = history.opening(now(), text_version);
        if opening.note_clock {
            journal.append(&Entry::Clock { v: V, at: now() })?;
        }
        let unfinished = journal.left().and_then(|left| {
            let start = history.pick_up(&left, now(), text_version)?.clone();
            Some((start, left.place))
        });
        let diary = Self {
            text_version,
            next_id: history.next_id(),
            unfinished,
            last: history.last_start().cloned(),
            begun: None,
            offered: None,
            hurt: Hurt::NotAsked,
            place: None,
            active_seconds: 0,
        };
        Ok((diary, journal, opening))
    }

    /// The session that may be picked up again now, and where it was left.
    pub(crate) fn unfinished(&self) -> Option<(Start, LeftAt)> {
        self.unfinished.clone()
    }

    /// How she did the last session with movement.
    pub(crate) fn last(&self) -> Option<Start> {
        self.last.clone()
    }

    /// What is to be written of what has come to pass.
    pub(crate) fn note(&mut self, note: Note, session: &Session) -> Vec<Write> {
        match note {
            Note::SoundRight => Vec::new(),
            Note::Begun => self.begin(session),
            Note::AskAll => vec![Write::Line(Entry::AskAll { v: V, at: now() })],
            Note::Hurt(hurt) => {
                self.hurt = hurt;
                // At once, and by itself: should the program be killed before its end, it counts.
                let answer = self.answer();
                if !matches!(session.part(), Part::Close(_)) {
                    // That was of the session before: of this one nothing is known yet.
                    self.hurt = Hurt::NotAsked;
                }
                vec![answer]
            }
        }
    }

    /// Keeps in mind where she is, and has it written when that is new.
    pub(crate) fn look(
        &mut self,
        place: Option<(usize, String)>,
        active_seconds: u64,
    ) -> Option<Write> {
        let (movement, title) = place?;
        self.active_seconds = active_seconds;
        let place = Some(LeftAt { movement, title });
        if self.place == place {
            return None;
        }
        self.place = place;
        self.leave()
    }

    /// Where she is, should the program be killed.
    fn leave(&self) -> Option<Write> {
        let (id, place) = (self.begun?, self.place.clone()?);
        let (v, at) = (V, now());
        Some(Write::Left(Some(Left { v, id, at, place })))
    }

    fn begin(&mut self, session: &Session) -> Vec<Write> {
        let at = now();
        let (id, entry) = if let Some(id) = self.offered {
            (id, Entry::PickedUp { v: V, id, at })
        } else {
            let id = self.next_id;
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
        self.begun = Some(id);
        let begun = Write::Line(entry);
        [begun].into_iter().chain(self.leave()).collect()
    }

    /// That it began could not be written.
    pub(crate) const fn forget_that_it_began(&mut self) {
        self.begun = None;
    }

    fn answer(&self) -> Write {
        let (at, hurt) = (now(), self.hurt);
        Write::Line(Entry::Hurt { v: V, at, hurt })
    }

    /// The session has ended so.
    pub(crate) fn close(self, outcome: &Result<Outcome, Error>) -> Vec<Write> {
        let how = how(outcome);
        let Some(id) = self.begun else {
            // She stopped before it began, and has not said why: that is asked at the next start.
            let stopped = matches!(how, Some(How::Stopped | How::Interrupted));
            let owed = stopped && self.hurt == Hurt::NotAsked;
            return owed.then(|| self.answer()).into_iter().collect();
        };
        // An answer of the routine's own ended it: so it was said to where she wanted to hear it.
        let how = how.unwrap_or(How::Done);
        let left = match outcome {
            // Nothing is left to be picked up.
            _ if how == How::Done => Some(Write::Left(None)),
            // She has not been there for longer than that.
            Ok(Outcome::Session(Ending::LeftAlone | Ending::Asleep)) => None,
            _ => self.leave(),
        };
        let end = Write::Line(Entry::End(End {
            v: V,
            id,
            at: now(),
            how,
            hurt: self.hurt,
            place: self.place,
            active_seconds: self.active_seconds,
        }));
        left.into_iter().chain([end]).collect()
    }
}

/// Whether the line holds an answer of hers, after which she hears what to watch for or whom to call.
pub(crate) fn is_answer(line: &Entry) -> bool {
    match line {
        Entry::Hurt { hurt, .. } => *hurt != Hurt::NotAsked,
        Entry::AskAll { .. } => true,
        _ => false,
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
