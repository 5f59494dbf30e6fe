//! What a session leaves in the journal, told at the moment at which it comes to pass. Whoever keeps the journal writes it.
//!
//! Pure, for the program and the page: the time is an argument, and what is to be kept is an answer.

use crate::base::Hurt;
use crate::journal::entry::{End, Entry, How, LeftAt, LineVersion, Start};
use crate::journal::{at::At, history::History, pick_up::Left};
use crate::session::{Ending, Note, Session, screening::Part};

const V: LineVersion = LineVersion::One;

/// What is to be kept.
#[derive(Clone, Debug)]
pub(crate) enum Kept {
    /// A line of the journal.
    Line(Entry),
    /// Where she is; with `None`, nowhere any more.
    Left(Option<Left>),
}

/// What becomes of a session of which a line could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unwritten {
    /// What to watch for, or whom to call, has to be said all the same.
    IsSaidToTheEnd,
    /// Movements do not go on when nobody will know of them.
    Ends,
    /// Rest is open whatever the journal says, and so whatever becomes of it.
    GoesOn,
}

impl Unwritten {
    /// What becomes of this `session`, now that `line` could not be written.
    pub(crate) fn of(line: &Entry, session: &Session) -> Self {
        let closing = matches!(session.part(), Part::Close(_));
        match session.moves() {
            moves if is_answer(line) || (moves && closing) => Self::IsSaidToTheEnd,
            true => Self::Ends,
            false => Self::GoesOn,
        }
    }
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
    /// For a session that begins after what the journal holds, and after where the last one was `left`.
    pub(crate) fn new(history: &History, left: Option<Left>, now: At, text_version: u32) -> Self {
        let unfinished = left.and_then(|left| {
            let start = history.pick_up(&left, now, text_version)?.clone();
            Some((start, left.place))
        });
        Self {
            text_version,
            next_id: history.next_id(),
            unfinished,
            last: history.last_start().cloned(),
            begun: None,
            offered: None,
            hurt: Hurt::NotAsked,
            place: None,
            active_seconds: 0,
        }
    }

    /// The session that may be picked up again now, and where it was left.
    pub(crate) fn unfinished(&self) -> Option<(Start, LeftAt)> {
        self.unfinished.clone()
    }

    /// How she did the last session with movement.
    pub(crate) fn last(&self) -> Option<Start> {
        self.last.clone()
    }

    /// What is to be kept of what has come to pass.
    pub(crate) fn note(&mut self, note: Note, session: &Session, now: At) -> Vec<Kept> {
        match note {
            Note::SoundRight => Vec::new(),
            Note::Begun => self.begin(session, now),
            Note::AskAll => vec![Kept::Line(Entry::AskAll { v: V, at: now })],
            Note::Hurt(hurt) => {
                self.hurt = hurt;
                // At once, and by itself: should the program be killed before its end, it counts.
                let answer = self.answer(now);
                if !matches!(session.part(), Part::Close(_)) {
                    // That was of the session before: of this one nothing is known yet.
                    self.hurt = Hurt::NotAsked;
                }
                vec![answer]
            }
        }
    }

    /// Keeps in mind where she is, and has it kept when that is new.
    pub(crate) fn look(
        &mut self,
        place: Option<(usize, String)>,
        active_seconds: u64,
        now: impl FnOnce() -> At,
    ) -> Option<Kept> {
        let (movement, title) = place?;
        self.active_seconds = active_seconds;
        let place = Some(LeftAt { movement, title });
        if self.place == place {
            return None;
        }
        self.place = place;
        self.leave(now())
    }

    /// Where she is, should the program be killed.
    fn leave(&self, at: At) -> Option<Kept> {
        let (v, id, place) = (V, self.begun?, self.place.clone()?);
        Some(Kept::Left(Some(Left { v, id, at, place })))
    }

    fn begin(&mut self, session: &Session, at: At) -> Vec<Kept> {
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
        let begun = Kept::Line(entry);
        [begun].into_iter().chain(self.leave(at)).collect()
    }

    /// That it began could not be written.
    pub(crate) const fn forget_that_it_began(&mut self) {
        self.begun = None;
    }

    fn answer(&self, at: At) -> Kept {
        let hurt = self.hurt;
        Kept::Line(Entry::Hurt { v: V, at, hurt })
    }

    /// The session has ended so.
    pub(crate) fn close(self, ending: Ending, now: At) -> Vec<Kept> {
        let how = how(ending);
        let Some(id) = self.begun else {
            // She stopped before it began, and has not said why: that is asked at the next start.
            let stopped = matches!(how, Some(How::Stopped | How::Interrupted));
            let owed = stopped && self.hurt == Hurt::NotAsked;
            return owed.then(|| self.answer(now)).into_iter().collect();
        };
        // An answer of the routine's own ended it: so it was said to where she wanted to hear it.
        let how = how.unwrap_or(How::Done);
        let left = match ending {
            // Nothing is left to be picked up.
            _ if how == How::Done => Some(Kept::Left(None)),
            // She has not been there for longer than that.
            Ending::LeftAlone | Ending::Asleep => None,
            _ => self.leave(now),
        };
        let end = Kept::Line(Entry::End(End {
            v: V,
            id,
            at: now,
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
const fn how(ending: Ending) -> Option<How> {
    Some(match ending {
        Ending::Done => How::Done,
        Ending::Stopped => How::Stopped,
        Ending::Declined => return None,
        Ending::LeftAlone => How::LeftAlone,
        Ending::VoiceLost => How::VoiceLost,
        Ending::DeviceLost => How::DeviceLost,
        // A lid may be closed because something hurt.
        Ending::Interrupted | Ending::Asleep => How::Interrupted,
    })
}
