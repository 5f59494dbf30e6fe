//! The state machine of a session: inputs and the time go in, commands come out. It alone decides.
//!
//! Sans-IO: it reads no clock, opens no device and waits for nothing. Every driver does the same
//! three things: [`Session::handle`] an input, drain [`Session::poll`], and come back at
//! [`Session::deadline`] with [`Input::Tick`]. Under a virtual clock the same session is the test.
//!
//! What sounds is laid out in *runs*. A run begins with a cut (whatever sounds fades out, whatever
//! is queued is dropped), and every sound in it is placed at an exact frame after its beginning, well
//! ahead of time. So an interruption is a new run, a resumption is another, and nothing in between
//! depends on how busy the computer is.

mod act;
mod answers;
mod back;
mod body;
pub(crate) mod command;
mod cut;
mod device;
mod due;
pub(crate) mod keys;
mod lay;
mod place;
mod programme;
mod recording;
mod run;
pub(crate) mod screening;
mod speech;
#[cfg(any(test, fuzzing))]
pub(crate) mod tests;
pub(crate) mod view;
mod voice;

use std::collections::VecDeque;
use std::sync::Arc;

use answers::Answers;
use body::{Bearing, Body};
pub(crate) use command::{Command, Ending, Input, Note, Sound};
use cut::{AFTER_ANSWER, HUSH};
use device::Lost;
use keys::{Action, Phase, action};
use lay::HORIZON;
use programme::Words;
pub(crate) use programme::{Programme, Repertoire};
use run::{Begun, Run, Speaking, Then, Wait};
use screening::{Close, Part, Screening, Step, Terms};
use speech::Speech;
pub(crate) use view::View;

use crate::base::{Frames, Moment, Pace, VoiceAbility};
use crate::plan::{Cue, WAKE_UP};

#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// One for every copy: it is large, and never changes.
    programme: Arc<Programme>,
    screening: Screening,
    answers: Answers,
    speech: Speech,
    bearing: Bearing,
    pace: Pace,
    mode: Mode,
    run: Run,
    /// How many cuts there have been.
    runs: u64,
    /// The time of the last input.
    now: Moment,
    /// It counts as begun.
    begun: bool,
    /// She wants a second round.
    second: bool,
    stopped: bool,
    /// The movement from which a session is picked up, counted from the warm-up's first.
    pick_up: Option<usize>,
    /// The shell has stopped the program, as she wanted.
    suspended: bool,
    /// In a pause: her arms were let down.
    arms_down: bool,
    lost: Option<Lost>,
    shown: Shown,
    commands: VecDeque<Command>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Playing,
    Paused,
    Closing,
    Over,
}

/// What stays on the screen across runs.
#[derive(Clone, Debug, Default)]
struct Shown {
    sentence: Arc<str>,
    begun: u64,
}

impl Session {
    /// A session at its beginning; the clock stands at [`Moment::START`].
    pub(crate) fn new(programme: Programme, pace: Pace, ability: VoiceAbility) -> Self {
        let screening = programme.screening();
        let said = match screening.part() {
            Part::Routine => Vec::new(),
            _ => vec![Cue::Rest(WAKE_UP)],
        };
        let mut session = Self {
            mode: Mode::of(screening.part()),
            programme: Arc::new(programme),
            screening,
            answers: Answers::default(),
            speech: Speech::new(ability),
            bearing: Bearing::default(),
            pace,
            run: Run::new(Moment::START, said, Then::Plan, 0),
            runs: 0,
            now: Moment::START,
            begun: false,
            second: false,
            stopped: false,
            pick_up: None,
            suspended: false,
            arms_down: false,
            lost: None,
            shown: Shown::default(),
            commands: VecDeque::new(),
        };
        session.advance();
        session
    }

    /// With a place to go on from, should she want to: the number of a movement, as [`place`](Self::place) gives it.
    #[must_use]
    pub(crate) const fn picking_up(mut self, movement: Option<usize>) -> Self {
        self.pick_up = movement;
        self
    }

    /// Takes one input at the time `now`, which never goes back.
    pub(crate) fn handle(&mut self, now: Moment, input: Input) {
        if self.mode == Mode::Over {
            return;
        }
        self.now = now;
        match input {
            Input::Key(key) => self.act(action(self.phase(now), key)),
            Input::Tick { run, at } => {
                if run == self.runs {
                    self.run.anchor = at;
                }
            }
            Input::Rendered {
                utterance,
                clip,
                length,
            } => self.rendered(utterance, clip, length),
            Input::Ended { ticket, lag } => self.ended(ticket, lag),
            Input::VoiceFailed => self.voice_failed(),
            Input::Suspended => {
                self.suspended = true;
                self.interrupted(None);
            }
            Input::FocusLost => self.focus_lost(),
            Input::DeviceLost(why) => self.device_lost(why),
            Input::DeviceBack => self.device_back(),
            Input::Woken { asleep } => self.woken(asleep),
        }
        self.advance();
    }

    /// The next thing to be done, in order; `None` when there is nothing left to do now.
    pub(crate) fn poll(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// Which cut is the last: what sounds until the graph has done it belongs to what was before.
    pub(crate) const fn run(&self) -> u64 {
        self.runs
    }

    /// What is going on at `now`.
    pub(crate) fn phase(&self, now: Moment) -> Phase {
        match self.mode {
            // An answer to what she cannot hear is no answer: no key does anything but end it, as in a close.
            Mode::Paused if self.lost.is_some() => Phase::Closing,
            Mode::Paused => Phase::Paused,
            Mode::Over => Phase::Closing,
            Mode::Playing | Mode::Closing => {
                let at = self.run.offset(now);
                match self.run.waits_at(at) {
                    Some(wait) if wait.question.is_some() => Phase::Asking,
                    Some(_) => Phase::Ready,
                    None if self.in_echo(at) => Phase::Asking,
                    None if self.mode == Mode::Closing => Phase::Closing,
                    None => Phase::Playing,
                }
            }
        }
    }

    fn shown_at(&self, at: Frames) -> Shown {
        let sentence = self.run.sentence_at(at);
        Shown {
            sentence: sentence.unwrap_or_else(|| self.shown.sentence.clone()),
            begun: self.shown.begun + self.run.sentences_by(at),
        }
    }
}

impl Mode {
    const fn of(part: Part) -> Self {
        match part {
            Part::Close(_) => Self::Closing,
            _ => Self::Playing,
        }
    }
}
