//! The session by the page's clock: what happens goes in, what is to be done comes out, at frames of that clock.

use std::collections::HashMap;

use super::answer::{Answer, Failure, Heard, Noted, Order, View};
use super::clips::key;
use super::request::Given;
use super::seen::view;
use crate::base::{Clip, FADE, Frames, Key, Moment, Remedy};
use crate::diary::{Diary, Kept, Unwritten};
use crate::journal::at::At;
use crate::journal::entry::Entry;
use crate::session::{Command, Ending, Input, Note, Session, Sound};

/// Whatever is later stands for "never": no text of a number is exact beyond it.
const LATEST: u64 = 1 << 53;

/// A session in a page.
pub(super) struct Stage {
    session: Session,
    diary: Option<Diary>,
    /// How long each clip is, by its key.
    clips: HashMap<String, Frames>,
    /// How many cuts there have been, and when the run after the last of them began.
    cuts: u64,
    anchor: Moment,
    /// The time of the last request.
    now: Moment,
    /// The lines that the page was given last: it may say that it could not keep them.
    handed: Vec<Entry>,
}

/// What comes of one request.
#[derive(Default)]
struct Reply {
    commands: Vec<Order>,
    kept: Vec<Kept>,
    trouble: Option<Failure>,
    /// Clips that are wanted and not there.
    missing: Vec<String>,
}

impl Stage {
    /// A session that begins at frame 0, with the clips that the page has. Without a diary nothing of it is kept.
    pub(super) fn new(
        session: Session,
        diary: Option<Diary>,
        clips: HashMap<String, Frames>,
    ) -> Self {
        Self {
            session,
            diary,
            clips,
            cuts: 0,
            anchor: Moment::START,
            now: Moment::START,
            handed: Vec::new(),
        }
    }

    /// What is to be done at its beginning, and besides it these lines kept.
    pub(super) fn begin(&mut self, time: At, lines: Vec<Entry>) -> Answer {
        let mut reply = Reply::default();
        reply.kept.extend(lines.into_iter().map(Kept::Line));
        self.settle(&mut reply, time);
        self.answer(reply)
    }

    /// Something has happened at the frame `now`; what is to be done.
    pub(super) fn handle(&mut self, now: u64, time: At, given: Given) -> Answer {
        // The clock of a page may be read anew; a session's never goes back.
        self.now = self.now.max(Moment(now));
        let mut reply = Reply::default();
        let input = self.input(given, &mut reply);
        self.session.handle(self.now, input);
        self.settle(&mut reply, time);
        self.answer(reply)
    }

    /// What is to be seen of what is heard at the frame `heard`.
    pub(super) fn look(&self, heard: u64) -> View {
        view(&self.session, Moment(heard.min(LATEST)))
    }

    fn input(&mut self, given: Given, reply: &mut Reply) -> Input {
        match given {
            Given::Tick => self.tick(),
            Given::Key(name) => Input::Key(name.into()),
            Given::FocusLost => Input::FocusLost,
            Given::DeviceLost(why) => Input::DeviceLost(why),
            Given::DeviceBack => Input::DeviceBack,
            Given::Woken(asleep) => Input::Woken {
                asleep: Frames(asleep),
            },
            Given::VoiceFailed => Input::VoiceFailed,
            Given::Unwritten => self.unwritten(reply),
        }
    }

    const fn tick(&self) -> Input {
        let (run, at) = (self.cuts, self.anchor);
        Input::Tick { run, at }
    }

    /// What becomes of the session now that the page could not keep what it was given last.
    fn unwritten(&mut self, reply: &mut Reply) -> Input {
        let mut input = self.tick();
        for line in std::mem::take(&mut self.handed) {
            match Unwritten::of(&line, &self.session) {
                Unwritten::IsSaidToTheEnd => reply.trouble = Some(Failure::Unwritten),
                Unwritten::Ends => {
                    self.diary.iter_mut().for_each(Diary::forget_that_it_began);
                    reply.trouble = Some(Failure::Unwritten);
                    input = Input::Key(Key::CtrlC);
                }
                Unwritten::GoesOn => self.diary = None,
            }
        }
        input
    }

    /// Does what the session wants, until it wants nothing more.
    fn settle(&mut self, reply: &mut Reply, time: At) {
        loop {
            while let Some(command) = self.session.poll() {
                self.obey(command, reply, time);
            }
            if !self.render(reply) {
                break;
            }
        }
        if let Some(diary) = &mut self.diary {
            let (place, active) = self.session.place(self.now);
            reply
                .kept
                .extend(diary.look(place, active.duration().as_secs(), || time));
        }
    }

    fn obey(&mut self, command: Command, reply: &mut Reply, time: At) {
        let order = match command {
            Command::Cut => self.cut(),
            Command::Play { at, sound } => Order::Play {
                at: (self.anchor + at).0,
                sound: self.heard(sound),
            },
            Command::DropFrom(at) => Order::DropFrom {
                at: (self.anchor + at).0,
            },
            Command::Volume(steps) => Order::Volume { steps },
            Command::Note(note) => {
                if let Some(diary) = &mut self.diary {
                    reply.kept.extend(diary.note(note, &self.session, time));
                }
                Order::Note { note: noted(note) }
            }
            Command::Finish(ending) => {
                self.finish(ending, reply, time);
                Order::Finish { ending }
            }
            // These are for a voice that speaks by itself.
            Command::Speak { .. } | Command::Hush | Command::Duck(_) => return,
        };
        reply.commands.push(order);
    }

    /// A cut is done when what sounds has faded: then the next run begins.
    fn cut(&mut self) -> Order {
        self.cuts += 1;
        self.anchor = self.now + FADE;
        let tick = self.tick();
        self.session.handle(self.now, tick);
        Order::Cut { at: self.now.0 }
    }

    fn finish(&mut self, ending: Ending, reply: &mut Reply, time: At) {
        if let Some(diary) = self.diary.take() {
            reply.kept.extend(diary.close(ending, time));
        }
    }

    fn heard(&self, sound: Sound) -> Heard {
        let length = sound.length(|said| self.length(&key(said))).0;
        match sound {
            Sound::Speech(said) => Heard::Speech {
                clip: key(&said),
                side: said.side(),
                text: said.text().to_string(),
                length,
            },
            Sound::Breath { phase, .. } => Heard::Breath { phase, length },
            Sound::YourTurn => Heard::YourTurn { length },
            Sound::Presence => Heard::Presence { length },
            Sound::Chime => Heard::Chime { length },
        }
    }

    fn length(&self, clip: &str) -> Frames {
        self.clips.get(clip).copied().unwrap_or_default()
    }

    /// Gives the session every clip that it wants and the page has; `false` if that is none.
    fn render(&mut self, reply: &mut Reply) -> bool {
        reply.missing.clear();
        let mut any = false;
        for utterance in self.session.wanted() {
            let key = key(&utterance);
            let Some(&length) = self.clips.get(&key) else {
                reply.missing.push(key);
                continue;
            };
            let clip = Clip::speech(Vec::new());
            let rendered = Input::Rendered {
                utterance,
                clip,
                length,
            };
            self.session.handle(self.now, rendered);
            any = true;
        }
        any
    }

    fn answer(&mut self, reply: Reply) -> Answer {
        let (append, left) = self.keep(reply.kept);
        let deadline = self.session.deadline(self.now).map(|due| due.0);
        Answer {
            commands: reply.commands,
            deadline: deadline.filter(|due| *due < LATEST),
            append,
            left,
            words: self.session.closing_words().map(str::to_owned).collect(),
            error: reply.trouble.as_ref().map(ToString::to_string),
            remedy: reply.trouble.as_ref().and_then(Remedy::remedy),
            missing: reply.missing,
            view: view(&self.session, self.now),
        }
    }

    /// The lines to be appended, and what is to be kept of where she is, if that is new.
    fn keep(&mut self, kept: Vec<Kept>) -> (Vec<String>, Option<String>) {
        let mut left = None;
        self.handed.clear();
        for kept in kept {
            match kept {
                Kept::Line(line) => self.handed.push(line),
                Kept::Left(place) => left = Some(place.as_ref().map_or_else(String::new, text)),
            }
        }
        (texts(&self.handed), left)
    }
}

const fn noted(note: Note) -> Noted {
    match note {
        Note::SoundRight => Noted::SoundRight,
        Note::Begun => Noted::Begun,
        Note::Hurt(_) => Noted::Hurt,
        Note::AskAll => Noted::AskAll,
    }
}

/// The lines as they are to be appended.
pub(super) fn texts(lines: &[Entry]) -> Vec<String> {
    lines.iter().map(text).collect()
}

fn text(kept: &impl serde::Serialize) -> String {
    // As the program writes it; nothing in it can fail.
    serde_json::to_string(kept).unwrap_or_default()
}
