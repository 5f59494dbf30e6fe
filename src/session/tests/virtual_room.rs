//! A room for the session alone: no sound, no clock, no thread. Every command is carried out at
//! once and written down with its moment, so a session of half an hour takes a millisecond.

use std::iter;

use crate::base::{
    Clip, Estimate, FADE, Frames, Key, Moment, Pace, SAMPLE_RATE, SpeechLengths, Utterance,
    VoiceAbility,
};
use crate::routine::{Answered, Companion, Question, Routine, ScreeningText, built_in};
use crate::session::keys::Phase;
use crate::session::screening::{Part, Terms};
use crate::session::{Command, Ending, Input, Note, Programme, Repertoire, Session, Sound};

/// The key of someone with whom nothing is wrong, who wants what was asked for, and one round of it.
pub fn willing(question: Option<Question>) -> Key {
    let yes = question.map(|question| question.yes);
    match yes {
        None | Some(Answered::GoOn | Answered::UpperBack | Answered::Seated | Answered::Ten) => {
            Key::Enter
        }
        Some(_) => Key::Tab,
    }
}

/// One sound that was heard, from and to; shorter than it is when it was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub from: Moment,
    pub to: Moment,
    pub sound: Sound,
    /// It was heard to its end.
    pub whole: bool,
    /// What was going on when it began.
    pub phase: Phase,
}

/// How the voice behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Sound,
    /// It never tells the end of anything, and makes no clip.
    Hangs,
}

/// All that may be said around a routine.
pub fn programme(routine: &Routine, terms: Terms) -> Programme {
    let gentle = built_in("gentle").expect("built in");
    let companion = match (terms.posture, terms.length, terms.choose) {
        (Some(posture), Some(length), false) => {
            let own = Some((&**routine.title(), length));
            Companion::built_in().with_what_comes(own, posture)
        }
        _ => Companion::built_in(),
    };
    let repertoire = Repertoire {
        routine: ("routine".into(), routine.clone()),
        gentle: terms.choose.then_some(("gentle".into(), gentle)),
        screening: ScreeningText::built_in(),
        companion,
    };
    Programme::new(&repertoire, terms)
}

/// A session, and what came of it.
#[derive(Clone)]
pub struct Room {
    pub session: Session,
    pub now: Moment,
    pub heard: Vec<Heard>,
    pub endings: Vec<Ending>,
    pub notes: Vec<Note>,
    /// Commands after the end: there must be none.
    pub after_the_end: Vec<Command>,
    queued: Vec<(Moment, Sound)>,
    anchor: Moment,
    runs: u64,
    speaking: Option<(u64, Moment, Utterance)>,
    pub spoken: Vec<(Moment, Utterance)>,
    pub hushes: usize,
    service: Service,
    /// How many times as long as estimated each clip is.
    slowness: usize,
}

/// No session in which she answers what she is asked lasts as long.
const LONGEST: Moment = Moment(3 * 3600 * SAMPLE_RATE as u64);

/// How late the service tells of an end.
const LAG: Frames = Frames::from_millis(500);

impl Room {
    pub fn new(routine: &Routine, pace: Pace, ability: VoiceAbility) -> Self {
        Self::on_terms(routine, Terms::FIRST, pace, ability)
    }

    pub fn on_terms(routine: &Routine, terms: Terms, pace: Pace, ability: VoiceAbility) -> Self {
        Self::around(Session::new(programme(routine, terms), pace, ability))
    }

    /// The room in which that session begins.
    pub fn around(session: Session) -> Self {
        Self::with_slow_voice(session, 1)
    }

    /// Before anything was done in it.
    fn silent(session: Session) -> Self {
        Self {
            session,
            now: Moment::START,
            heard: Vec::new(),
            endings: Vec::new(),
            notes: Vec::new(),
            after_the_end: Vec::new(),
            queued: Vec::new(),
            anchor: Moment::START,
            runs: 0,
            speaking: None,
            spoken: Vec::new(),
            hushes: 0,
            service: Service::Sound,
            slowness: 1,
        }
    }

    pub fn upper_back(pace: Pace) -> Self {
        Self::new(
            &built_in("upper-back").expect("built in"),
            pace,
            VoiceAbility::Renders,
        )
    }

    /// A session that was cut off in this movement, counted from the warm-up's first, may be picked up.
    pub fn picking_up(mut self, movement: usize) -> Self {
        self.session = self.session.picking_up(Some(movement));
        self
    }

    pub fn with_service(mut self, service: Service) -> Self {
        self.service = service;
        self
    }

    /// With a voice that takes so many times as long, before it has said anything.
    pub fn with_slow_voice(session: Session, slowness: usize) -> Self {
        let mut room = Self::silent(session);
        room.slowness = slowness;
        room.settle();
        room
    }

    fn length(&self, said: &Utterance) -> Frames {
        iter::repeat_n(Estimate.length(said), self.slowness).sum()
    }

    pub fn press(&mut self, key: Key) {
        self.give(Input::Key(key));
    }

    pub fn give(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.settle();
    }

    /// Lets time pass; stops early when the session is over.
    pub fn pass(&mut self, length: Frames) {
        let until = self.now + length;
        while self.now < until && self.endings.is_empty() {
            self.step(until);
        }
    }

    /// Plays on until she is waited for, or the end; `false` at the end.
    pub fn until_waiting(&mut self) -> bool {
        while self.endings.is_empty() && !self.session.waits(self.now) {
            self.step(Moment(u64::MAX));
        }
        self.endings.is_empty()
    }

    /// Plays on until she is waited for, but not for longer than so; `false` at the end.
    pub fn until_waiting_at_most(&mut self, length: Frames) -> bool {
        let until = self.now + length;
        while self.endings.is_empty() && self.now < until && !self.session.waits(self.now) {
            self.step(until);
        }
        self.endings.is_empty()
    }

    /// Plays to the end; she is always ready at once, and nothing is wrong with her.
    pub fn play_out(&mut self) -> Ending {
        // Far more than any session asks.
        for _ in 0..1000 {
            if !self.until_waiting() {
                return self.endings[0];
            }
            self.press(willing(self.session.question(self.now)));
        }
        panic!("it would ask for ever");
    }

    /// Lets time pass; she is ready when she is waited for.
    pub fn go_on(&mut self, length: Frames) {
        assert!(self.endings.is_empty(), "it is over");
        assert!(self.now < LONGEST, "it would go on for ever");
        if self.session.waits(self.now) {
            self.press(willing(self.session.question(self.now)));
        }
        self.pass(length);
    }

    /// Up to the first moment of the routine.
    pub fn past_screening(mut self) -> Self {
        while self.session.part() != Part::Routine {
            self.go_on(Frames::from_millis(100));
        }
        self
    }

    /// The sentences and words that have begun, from the sound with this number on.
    pub fn said(&self, from: usize) -> Vec<String> {
        let said = self.heard[from..]
            .iter()
            .filter_map(|heard| match &heard.sound {
                Sound::Speech(utterance) => Some(utterance.text().to_string()),
                _ => None,
            });
        said.collect()
    }

    /// The sentences that have begun and when, whether a clip or a service says them.
    pub fn sentences(&self) -> Vec<(Moment, String)> {
        let clips = self.heard.iter().filter_map(|heard| match &heard.sound {
            Sound::Speech(utterance) => Some((heard.from, utterance)),
            _ => None,
        });
        let spoken = self.spoken.iter().map(|(at, utterance)| (*at, utterance));
        let said = clips.chain(spoken);
        said.map(|(at, said)| (at, said.text().to_string()))
            .collect()
    }

    fn step(&mut self, until: Moment) {
        let ended = self
            .speaking
            .as_ref()
            .map(|(_, at, _)| *at)
            .filter(|_| self.service == Service::Sound);
        let due = self
            .session
            .deadline(self.now)
            .into_iter()
            .chain(ended)
            .min();
        let next = due.unwrap_or(until).min(until);
        assert!(next > self.now, "time stands still at {:?}", self.now);
        assert!(
            next.0 < u64::MAX,
            "nothing will ever happen again after {:?}",
            self.now
        );
        self.now = next;
        match self
            .speaking
            .take_if(|(_, at, _)| ended.is_some() && *at <= next)
        {
            Some((ticket, _, _)) => self.give(Input::Ended { ticket, lag: LAG }),
            None => self.give(Input::Tick {
                run: self.runs,
                at: self.anchor,
            }),
        }
    }

    /// Does what the session wants, until it wants nothing more.
    fn settle(&mut self) {
        loop {
            while let Some(command) = self.session.poll() {
                self.obey(command);
            }
            let wanted = self.session.wanted().into_iter().next();
            let Some(utterance) = wanted.filter(|_| self.service == Service::Sound) else {
                break;
            };
            let length = self.length(&utterance);
            self.session.handle(
                self.now,
                Input::Rendered {
                    utterance,
                    clip: Clip::speech(Vec::new()),
                    length,
                },
            );
        }
        self.begin_sounds();
    }

    fn obey(&mut self, command: Command) {
        if !self.endings.is_empty() {
            self.after_the_end.push(command);
            return;
        }
        match command {
            Command::Cut => {
                self.begin_sounds();
                self.cut_off();
                self.queued.clear();
                self.runs += 1;
                let sounding = self.heard.iter().any(|heard| heard.to > self.now);
                self.anchor = if sounding { self.now + FADE } else { self.now };
                let (run, at) = (self.runs, self.anchor);
                self.session.handle(self.now, Input::Tick { run, at });
            }
            Command::Play { at, sound } => {
                let from = self.anchor + at;
                // A service tells of an end when it is over, and what follows counts from the end.
                let late = if self.spoken.is_empty() {
                    Frames::ZERO
                } else {
                    LAG
                };
                assert!(from + late >= self.now, "{sound:?} comes too late");
                self.queued.push((from, sound));
            }
            Command::DropFrom(at) => self.queued.retain(|(from, _)| *from < self.anchor + at),
            Command::Speak { ticket, utterance } => {
                let ends = self.now + Estimate.length(&utterance) + LAG;
                self.spoken.push((self.now, utterance.clone()));
                self.speaking = Some((ticket, ends, utterance));
            }
            Command::Hush => {
                self.hushes += 1;
                self.speaking = None;
            }
            Command::Finish(ending) => {
                self.endings.push(ending);
                self.cut_off();
            }
            Command::Note(note) => self.notes.push(note),
            Command::Duck(_) | Command::Volume(_) => {}
        }
    }

    /// What is heard now is heard no longer.
    fn cut_off(&mut self) {
        for heard in &mut self.heard {
            if heard.to > self.now {
                heard.to = self.now;
                heard.whole = false;
            }
        }
    }

    fn begin_sounds(&mut self) {
        let now = self.now;
        let mut begun: Vec<_> = self
            .queued
            .extract_if(.., |(from, _)| *from <= now)
            .collect();
        begun.sort_by_key(|(from, _)| *from);
        for (from, sound) in begun {
            let phase = self.session.phase(from);
            let to = from + sound.length(|said| self.length(said));
            self.heard.push(Heard {
                from,
                to,
                sound,
                whole: true,
                phase,
            });
        }
    }
}
