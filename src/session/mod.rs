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
mod device;
pub(crate) mod keys;
mod lay;
mod programme;
mod run;
pub(crate) mod screening;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod view;

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

pub(crate) use programme::{Programme, Repertoire};
use run::{Begun, Run, Then};
pub(crate) use view::View;

use crate::base::key::Key;
use crate::base::pace::{BreathPhase, Pace};
use crate::base::posture::Posture;
use crate::base::time::{Frames, Moment};
use crate::base::utterance::{SpeechLengths, Utterance, VoiceAbility};
use crate::plan::{Cue, Plan, WAKE_UP};
use crate::routine::Question;
use crate::session::screening::{Close, Part, Screening};
use keys::{Phase, action};

/// How far ahead sounds are queued: a control thread may be this late and no breath is a frame longer.
///
/// Longer than the longest single repetition (24 s: four halves at the slowest pace), so that a whole one is always laid out.
const HORIZON: Frames = Frames::from_millis(30_000);

/// What reaches a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Tick,
    /// A key was pressed.
    Key(Key),
    /// The cut numbered `run` is done, and its run has begun at this moment.
    Anchored {
        /// How many cuts there have been.
        run: u64,
        at: Moment,
    },
    /// The voice has made a clip.
    Rendered {
        utterance: Utterance,
        /// How long it is.
        length: Frames,
    },
    /// The service has said it to the end.
    Ended {
        /// The number that it was given.
        ticket: u64,
        /// How long ago its last sound was.
        lag: Frames,
    },
    /// The voice has failed.
    VoiceFailed,
    /// The program is about to be stopped and continued by the shell.
    Suspended,
    /// The keys go to another window.
    FocusLost,
    /// The loudspeaker is lost: from now on time goes on and nothing is heard.
    DeviceLost,
    /// The loudspeaker is back.
    DeviceBack,
    /// The computer was asleep, or this program stood still.
    Woken {
        asleep: Frames,
    },
}

/// What a session wants done. Sounds are placed in frames since the beginning of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Fade out what sounds, drop what is queued: a new run begins.
    Cut,
    Play {
        /// Frames since the run began.
        at: Frames,
        sound: Sound,
    },
    /// Drop every sound of this run that begins at or after this.
    DropFrom(Frames),
    /// Speak now (voices that speak).
    Speak {
        /// The number under which its end is awaited.
        ticket: u64,
        utterance: Utterance,
    },
    /// Be silent now (voices that speak).
    Hush,
    /// Lower the cues while the service speaks, or raise them again.
    Duck(bool),
    /// A step louder (positive) or softer.
    Volume(i8),
    /// This clip will not be needed again soon.
    Forget(Utterance),
    /// This has come to pass, and is to be written down before anything else is done.
    Note(Note),
    /// It is over. The last command of all.
    Finish(Ending),
}

/// What is to be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// She hears well, and it is as loud as she wants it.
    SoundRight,
    /// The session counts as begun.
    Begun,
    /// Whether something hurt; `None` when she did not say.
    Hurt(Option<bool>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// A clip that was rendered.
    Speech(Utterance),
    Breath {
        phase: BreathPhase,
        length: Frames,
    },
    YourTurn,
    /// "I am still here".
    Presence,
    Chime,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Said to its end.
    Done,
    Stopped,
    /// Ended, or never begun, by an answer, a limit or the lock.
    Declined,
    /// Paused for so long that it ended by itself.
    LeftAlone,
    /// The computer, or only this program, stood still for so long that nobody knows what she has done.
    Asleep,
    Interrupted,
    /// The voice failed and could not be brought back.
    VoiceLost,
    /// The loudspeaker was lost and did not come back.
    DeviceLost,
}

#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each has come to pass or not by itself"
)]
pub(crate) struct Session {
    programme: Programme,
    screening: Screening,
    ability: VoiceAbility,
    pace: Pace,
    mode: Mode,
    run: Run,
    runs: u64,
    /// The number of the last sentence handed to the service.
    tickets: u64,
    /// The time of the last input.
    now: Moment,
    /// Clips that are at hand.
    clips: HashSet<Utterance>,
    /// Every length that was ever measured.
    lengths: HashMap<Utterance, Frames>,
    /// The last answer, as long as it can be undone.
    undo: Option<Undo>,
    /// What she answered of her pain, as long as it can be undone.
    pending: Option<Note>,
    /// It counts as begun.
    begun: bool,
    /// She wants a second round.
    second: bool,
    stopped: bool,
    /// The movement from which a session is picked up, counted from the warm-up's first.
    pick_up: Option<usize>,
    /// Since when she stands.
    feet: Option<Moment>,
    /// The question that waits has been said twice.
    asked_again: bool,
    /// The service has failed on the sentence in progress once already.
    retried: bool,
    /// The shell has stopped the program, as she wanted.
    suspended: bool,
    /// In a pause: her arms were let down.
    arms_down: bool,
    /// The loudspeaker is lost.
    lost: Option<device::Lost>,
    shown: Shown,
    commands: VecDeque<Command>,
}

/// Where an answer was given: what has to be as it was when it is undone.
#[derive(Clone, Debug)]
struct Undo {
    screening: Screening,
    main: usize,
    mode: Mode,
    second: bool,
    question: Question,
    /// The answer goes on: the other one counts as long as it is said back.
    goes_on: bool,
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
        let (said, mode) = match screening.part() {
            Part::Routine => (Vec::new(), Mode::Playing),
            Part::Close(_) => (vec![Cue::Rest(WAKE_UP)], Mode::Closing),
            _ => (vec![Cue::Rest(WAKE_UP)], Mode::Playing),
        };
        let mut session = Self {
            programme,
            screening,
            ability,
            pace,
            mode,
            run: Run::new(Moment::START, said, Then::Plan, 0),
            now: Moment::START,
            runs: 0,
            tickets: 0,
            clips: HashSet::new(),
            lengths: HashMap::new(),
            undo: None,
            pending: None,
            begun: false,
            second: false,
            stopped: false,
            pick_up: None,
            feet: None,
            asked_again: false,
            retried: false,
            suspended: false,
            arms_down: false,
            lost: None,
            shown: Shown::default(),
            commands: VecDeque::new(),
        };
        session.advance(Moment::START);
        session
    }

    /// Takes one input at the time `now`, which never goes back.
    pub(crate) fn handle(&mut self, now: Moment, input: Input) {
        if self.mode == Mode::Over {
            return;
        }
        self.now = now;
        match input {
            Input::Tick => {}
            Input::Key(key) => self.act(now, action(self.phase(now), key)),
            Input::Anchored { run, at } => {
                if run == self.runs {
                    self.run.anchor = at;
                }
            }
            Input::Rendered { utterance, length } => self.rendered(utterance, length),
            Input::Ended { ticket, lag } => self.ended(now, ticket, lag),
            Input::VoiceFailed => self.voice_failed(now),
            Input::Suspended => {
                self.suspended = true;
                self.interrupted(now, |said| &said.paused);
            }
            Input::FocusLost => self.focus_lost(now),
            Input::DeviceLost => self.device_lost(now),
            Input::DeviceBack => self.device_back(now),
            Input::Woken { asleep } => self.woken(now, asleep),
        }
        self.advance(now);
    }

    /// The next thing to be done, in order; `None` when there is nothing left to do now.
    pub(crate) fn poll(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When to come back with [`Input::Tick`], if nothing else happens before.
    pub(crate) fn deadline(&self, now: Moment) -> Option<Moment> {
        if self.mode == Mode::Over {
            return None;
        }
        let run = &self.run;
        let at = run.offset(now);
        let said = run.wait.as_ref().and_then(|wait| wait.said);
        let timeout = run.wait.as_ref().and_then(|wait| wait.timeout);
        let presence = run.wait.as_ref().and_then(|wait| wait.presence);
        let silence = run.speaking.as_ref().map(|speaking| speaking.timeout);
        let word = run.words.front().map(|(at, _)| *at);
        // Nothing more can be laid while a clip, a key or the service is waited for.
        let refill = (!run.blocked && !run.holds() && run.speaking.is_none()).then(|| {
            if run.at_cursor {
                run.cursor
            } else {
                run.cursor - HORIZON
            }
        });
        let next = run.next_begin(at);
        [said, timeout, presence, silence, word, refill, next]
            .into_iter()
            .flatten()
            .filter(|&due| due > at)
            .min()
            .map(|due| run.anchor + due)
            .into_iter()
            .chain(self.feet_due().map(|(due, _)| due).filter(|&due| due > now))
            .min()
    }

    /// What is going on at `now`.
    pub(crate) fn phase(&self, now: Moment) -> Phase {
        match self.mode {
            // No key does anything but end it, as in a close.
            Mode::Paused if self.lost.is_some() => Phase::Closing,
            Mode::Paused => Phase::Paused,
            Mode::Over => Phase::Closing,
            Mode::Playing | Mode::Closing => {
                let at = self.run.offset(now);
                match self.run.waits_at(at) {
                    Some(wait) => wait.phase,
                    None if self.in_echo(at) => Phase::Asking,
                    None if self.mode == Mode::Closing => Phase::Closing,
                    None => Phase::Playing,
                }
            }
        }
    }

    /// The question that waits for its answer, or is being asked.
    pub(crate) fn question(&self, now: Moment) -> Option<Question> {
        self.run.waits_at(self.run.offset(now))?.question
    }

    /// Which part is going on.
    pub(crate) const fn part(&self) -> Part {
        self.screening.part()
    }

    /// The sentences of the close that is going on, for whoever wants to read them: no questions.
    pub(crate) fn closing_words(&self) -> impl Iterator<Item = &str> {
        let closes = matches!(self.part(), Part::Close(close) if close != Close::Stopped);
        let cues = if closes { self.plan().cues() } else { &[] };
        cues.iter().filter_map(|planned| match &planned.cue {
            Cue::Say(said) => Some(&**said.text()),
            _ => None,
        })
    }

    /// The title of the routine.
    pub(crate) fn title(&self) -> &Arc<str> {
        self.routine().title()
    }

    /// The name of the routine, and the posture: as she has chosen by now.
    pub(crate) fn chosen(&self) -> (&Arc<str>, Posture) {
        (self.programme.name(&self.screening), self.posture())
    }

    /// Where in the routine she is, as the number and the title of its movement (0 is the first of the
    /// warm-up), and how much of it is behind her; no place before that.
    pub(crate) fn place(&self, now: Moment) -> (Option<(usize, String)>, Frames) {
        if self.part() != Part::Routine {
            return (None, Frames::ZERO);
        }
        let index = self.main_at(self.run.offset(now));
        let movement = self.movement_of(index);
        let title = self.plan().movements()[movement].title.to_string();
        let movements = self.plan().movements().len();
        let number = movement.checked_sub(movements - self.plan().counted_movements().len());
        let index = index.min(self.plan().cues().len());
        (
            number.map(|number| (number, title)),
            self.played_before(index),
        )
    }

    /// With a place to go on from, should she want to: the number of a movement, as [`place`](Self::place) gives it.
    #[must_use]
    pub(crate) const fn picking_up(mut self, movement: Option<usize>) -> Self {
        self.pick_up = movement;
        self
    }

    /// Whether the routine holds movement.
    pub(crate) fn moves(&self) -> bool {
        self.programme.moves(&self.screening)
    }

    /// Whether a question or a request has been said to its end, and she is waited for.
    pub(crate) fn waits(&self, now: Moment) -> bool {
        let said = self.run.wait.as_ref().and_then(|wait| wait.said);
        matches!(self.mode, Mode::Playing | Mode::Closing)
            && said.is_some_and(|said| self.run.offset(now) >= said)
    }

    /// The pace in force.
    pub(crate) const fn pace(&self) -> Pace {
        match self.posture() {
            Posture::Seated => self.pace,
            // Standing is at the standard pace only.
            Posture::Standing => Pace::Standard,
        }
    }

    const fn posture(&self) -> Posture {
        if self.screening.standing() {
            Posture::Standing
        } else {
            Posture::Seated
        }
    }

    /// How she is now: on her feet only for a part of the routine.
    const fn posture_now(&self) -> Posture {
        if self.feet.is_some() {
            Posture::Standing
        } else {
            Posture::Seated
        }
    }

    /// Whether an answer is being said back, or waits to be undone.
    fn in_echo(&self, at: Frames) -> bool {
        // While the loudspeaker is lost she cannot know what will be said back.
        let lost = self.lost.as_ref().is_some_and(|lost| lost.echo);
        lost || (self.run.echo && self.run.still_before(at))
    }

    /// Utterances that the voice should have made, most urgent first. Those that are at hand are left out.
    pub(crate) fn wanted(&self) -> Vec<Utterance> {
        let needed = self.needed();
        let mut seen = HashSet::new();
        needed
            .into_iter()
            .filter(|utterance| !self.clips.contains(utterance) && seen.insert(utterance.clone()))
            .collect()
    }

    /// A picture of this moment.
    pub(crate) fn view(&self, now: Moment) -> View {
        let at = self.run.offset(now);
        let plan = self.plan();
        let index = self.main_at(at).min(plan.cues().len().saturating_sub(1));
        let planned = &plan.cues()[index];
        let movement = &plan.movements()[planned.movement];
        let current = self.run.begun(at).filter(|begun| begun.main == Some(index));
        let within = current.map_or(Frames::ZERO, |begun| {
            (at - begun.start).min(planned.cue.length(self))
        });
        let elapsed = self.played_before(index) + within;
        // A breath that is over or yet to come again is none.
        let breath = current.and_then(|begun| self.breath_view(at, begun));
        let shown = self.shown_at(at);
        let left = self.total().saturating_sub(elapsed);
        let routine = match self.screening.part() {
            Part::Routine | Part::Close(_) => Frames::ZERO,
            _ => self.routine().total(),
        };
        View {
            part: self.part_view(at, index),
            phase: self.phase(now),
            waits: self.waits(now),
            leading: current.map_or_else(String::new, |_| self.leading(index)),
            sentence: shown.sentence,
            sentences_begun: shown.begun,
            section: movement.section.clone(),
            movement: movement.title.clone(),
            breath,
            elapsed,
            left: left + routine,
            pace: self.pace(),
        }
    }

    fn plan(&self) -> &Plan {
        self.plan_of(&self.screening)
    }

    fn plan_of(&self, screening: &Screening) -> &Plan {
        let (pace, posture) = (self.pace(), self.posture());
        self.programme
            .plan(screening, pace, posture, self.posture_now())
    }

    fn routine(&self) -> &Plan {
        let (pace, posture) = (self.pace(), self.posture());
        self.programme.routine(&self.screening, pace, posture)
    }

    /// The cue of the plan that is going on at `at`; in an interruption, the one that it will go on with.
    fn main_at(&self, at: Frames) -> usize {
        match self
            .run
            .laid
            .iter()
            .rev()
            .find(|begun| begun.main.is_some() && begun.start <= at)
        {
            // A cue that waits for her goes on until she answers.
            Some(Begun {
                end,
                main: Some(main),
                ..
            }) => {
                let waits = self.run.holds() && main + 1 == self.run.main;
                if *end > at || waits { *main } else { main + 1 }
            }
            _ => self
                .run
                .laid
                .iter()
                .find_map(|begun| begun.main)
                .unwrap_or(self.run.main),
        }
    }

    /// Where to begin again after an interruption now.
    fn resume_at(&self, now: Moment) -> usize {
        let index = self.main_at(self.run.offset(now));
        self.plan()
            .cues()
            .get(index)
            .map_or(index, |planned| planned.restart)
    }

    /// The cues of a movement.
    fn cues_of(&self, movement: usize) -> Range<usize> {
        let movements = self.plan().movements();
        let next = movements.get(movement + 1);
        movements[movement].first..next.map_or(self.plan().cues().len(), |next| next.first)
    }

    fn movement_of(&self, index: usize) -> usize {
        let cues = self.plan().cues();
        cues.get(index)
            .or(cues.last())
            .map_or(0, |planned| planned.movement)
    }

    fn played_before(&self, index: usize) -> Frames {
        let left_out = self.left_out();
        let cues = self.plan().cues()[..index].iter().enumerate();
        cues.filter(|(cue, _)| !left_out.contains(cue))
            .map(|(_, planned)| planned.cue.length(self))
            .sum()
    }

    /// The second round, unless she wants it.
    fn left_out(&self) -> Range<usize> {
        let second = self.plan().second_round().filter(|_| !self.second);
        second.cloned().unwrap_or_default()
    }

    fn total(&self) -> Frames {
        self.played_before(self.plan().cues().len())
    }

    fn shown_at(&self, at: Frames) -> Shown {
        Shown {
            sentence: self
                .run
                .sentence_at(at)
                .unwrap_or_else(|| self.shown.sentence.clone()),
            begun: self.shown.begun + self.run.sentences_by(at),
        }
    }
}

impl SpeechLengths for Session {
    fn length(&self, utterance: &Utterance) -> Frames {
        self.length_of(utterance)
    }
}
