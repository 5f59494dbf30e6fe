use std::collections::HashSet;
use std::sync::LazyLock;

use crate::base::{
    Button, Frames, Key, Length, Moment, Pace, Posture, Refusal, Unheard, VoiceAbility,
};
use crate::routine::{Companion, Form, Routine, built_in};
use crate::session::keys::{Action, Phase, action};
use crate::session::screening::Terms;
use crate::session::tests::virtual_room::{Room, Service, programme, willing};
use crate::session::{Input, Programme, Session, Sound};

/// After a key that asks for it, nothing is said for so long.
const SILENCE: Frames = Frames::from_millis(350);

/// So long after a stop it is over, whoever does nothing more: the longest close, and a question nobody answers.
const CLOSE: Frames = Frames::from_millis(300_000);

/// More events say no more.
const MOST_EVENTS: usize = 200;

/// A session, and what happens in it: which one, then two bytes for each event, what it is and how long after the one
/// before. It does not panic, says what it may say, is silent when asked to, and ends once.
pub fn session(bytes: &[u8]) {
    let Some(([kind, how], events)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let mut watched = Watched::new(*kind, *how);
    for event in events.chunks_exact(2).take(MOST_EVENTS) {
        watched.pass(wait(event[1]));
        if watched.is_over() {
            break;
        }
        watched.happen(event[0]);
    }
    watched.ends();
}

/// Close together, in a matter of seconds, or longer than any pause.
const fn wait(byte: u8) -> Frames {
    let ms = match byte {
        0..=99 => byte as u64 * 20,
        100..=199 => (byte as u64 - 100) * 300,
        200..=255 => (byte as u64 - 200) * 12_000,
    };
    Frames::from_millis(ms)
}

/// A session with whoever watches it.
struct Watched {
    room: Room,
    /// How many of the sounds have been looked at.
    looked_at: usize,
    /// Since this moment nothing may be said.
    hushed: Option<Moment>,
    /// Nobody hears anything.
    lost: bool,
}

impl Watched {
    fn new(kind: u8, how: u8) -> Self {
        let kind = &KINDS[usize::from(kind) % KINDS.len()];
        let pace = Pace::ALL[usize::from(how) % Pace::ALL.len()];
        let pace = if kind.on_feet { Pace::Standard } else { pace };
        let ability = match how & 0x10 {
            0 => VoiceAbility::Renders,
            _ => VoiceAbility::Speaks,
        };
        let service = match how & 0x60 {
            0x60 => Service::Hangs,
            _ => Service::Sound,
        };
        let session = Session::new(kind.programme.clone(), pace, ability);
        let session = session.picking_up(kind.picks_up.then_some(usize::from(how >> 2) % 4));
        Self {
            room: Room::around(session).with_service(service),
            looked_at: 0,
            hushed: None,
            lost: false,
        }
    }

    fn is_over(&self) -> bool {
        !self.room.endings.is_empty()
    }

    fn pass(&mut self, length: Frames) {
        self.room.pass(length);
        let view = self.room.session.view(self.room.now);
        assert!(!view.section.is_empty());
        self.listen();
    }

    /// What was heard since it was last looked at was allowed.
    fn listen(&mut self) {
        for heard in &self.room.heard[self.looked_at..] {
            // If its end was settled before, its chime still comes: the loudspeaker may be back by then.
            let is_end = heard.sound == Sound::Chime;
            assert!(!self.lost || is_end, "played to nobody: {heard:?}");
            let since = self.hushed.map(|hushed| heard.from.since(hushed));
            assert!(
                since.is_none_or(|since| since >= SILENCE),
                "not silent: {heard:?}"
            );
            if let (Phase::Paused, Sound::Speech(said)) = (heard.phase, &heard.sound) {
                assert!(
                    OF_THE_COMPANION.contains(&**said.text()),
                    "{said:?} in a pause"
                );
            }
        }
        self.looked_at = self.room.heard.len();
        let speech = self.room.heard.iter();
        let mut speech = speech.filter(|heard| matches!(heard.sound, Sound::Speech(_)));
        let mut last = Moment::START;
        assert!(speech.all(|heard| heard.from >= std::mem::replace(&mut last, heard.to)));
        assert!(self.room.after_the_end.is_empty() && self.room.endings.len() <= 1);
    }

    fn happen(&mut self, event: u8) {
        let now = self.room.now;
        let phase = self.room.session.phase(now);
        let input = self.input(event);
        let wants = match input {
            Input::Key(key) => Some(action(phase, key)),
            _ => None,
        };
        match input {
            Input::DeviceLost(_) => self.lost = true,
            Input::DeviceBack => self.lost = false,
            _ => {}
        }
        self.room.give(input);
        match wants {
            Some(Action::Pause | Action::Stop) => {
                self.hushed = Some(now);
                let sounding = self.room.heard.iter().any(|heard| heard.to > now);
                assert!(!sounding, "something still sounds after {wants:?}");
            }
            Some(Action::Nothing) | None => {}
            _ => self.hushed = None,
        }
        self.listen();
    }

    fn input(&self, event: u8) -> Input {
        let key = KEYS.get(usize::from(event)).copied();
        let session = &self.room.session;
        match (key, event % 16) {
            (Some(key), _) => Input::Key(key),
            (None, 0..=5) => Input::Key(willing(session.question(self.room.now))),
            (None, 6) => Input::DeviceLost(REASONS[usize::from(event / 16) % REASONS.len()]),
            (None, 7 | 8) => Input::DeviceBack,
            (None, 9) => Input::Woken {
                asleep: wait(event),
            },
            (None, 10) => Input::Suspended,
            (None, 11) => Input::FocusLost,
            (None, 12) => Input::VoiceFailed,
            // Of a run and of a sentence that are long over.
            (None, 13) => Input::Tick {
                run: session.run().wrapping_sub(1),
                at: self.room.now,
            },
            (None, _) => Input::Ended {
                ticket: u64::from(event / 16),
                lag: Frames::ZERO,
            },
        }
    }

    /// Whatever happened, one Escape ends it.
    fn ends(mut self) {
        if !self.is_over() {
            self.lost = false;
            self.hushed = None;
            self.room.give(Input::DeviceBack);
            self.room.press(Key::Escape);
            self.pass(CLOSE);
        }
        assert_eq!(self.room.endings.len(), 1);
        self.room.press(Key::Space);
        self.room.give(Input::DeviceBack);
        self.listen();
    }
}

const KEYS: [Key; 26] = [
    Key::Space,
    Key::Escape,
    Key::Enter,
    Key::Tab,
    Key::Backspace,
    Key::Left,
    Key::Right,
    Key::Up,
    Key::Down,
    Key::CtrlC,
    Key::Other,
    Key::Char('r'),
    Key::Char('t'),
    Key::Char('?'),
    Key::Char('['),
    Key::Char(']'),
    Key::Char('y'),
    Key::Char('n'),
    Key::Char('q'),
    Key::Char('x'),
    Key::Media(Button::PlayPause),
    Key::Media(Button::Play),
    Key::Media(Button::Pause),
    Key::Media(Button::Stop),
    Key::Media(Button::Next),
    Key::Media(Button::Previous),
];

const REASONS: [Unheard; 4] = [
    Unheard::Away,
    Unheard::Muted,
    Unheard::Dummy,
    Unheard::TooSoft,
];

/// All that is said beside a routine and the screening.
static OF_THE_COMPANION: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let companion = Companion::built_in();
    let lines = companion.lines().map(|line| companion.fill_in(&line.text));
    let times = (0..120).map(|minutes| companion.time_left(minutes));
    lines.chain(times).collect()
});

/// A session to begin with.
struct Kind {
    programme: Programme,
    /// She may choose to stand, which is at the standard pace only.
    on_feet: bool,
    /// The last one was cut off.
    picks_up: bool,
}

/// Each way to a session, and the routines of the tests.
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let first = Terms::FIRST;
    let choosing = Terms {
        sound_check: true,
        ask_hurt: true,
        choose: true,
        posture: None,
        length: None,
        ..first
    };
    let standing = Terms {
        form: Form::Day,
        posture: Some(Posture::Standing),
        length: Some(Length::Ten),
        ..first
    };
    let cut_off = Terms {
        form: Form::Day,
        ask_hurt: true,
        refused: Some(Refusal::TooSoon),
        pick_up: true,
        ..first
    };
    let refused = Terms {
        refused: Some(Refusal::Locked),
        ..choosing
    };
    let day = Terms {
        form: Form::Day,
        ..choosing
    };
    let ways = [
        ("short", first),
        ("questions", first),
        ("rest", choosing),
        ("upper-back", choosing),
        ("upper-back", standing),
        ("upper-back", cut_off),
        ("upper-back", refused),
        ("gentle", day),
    ];
    ways.map(|(name, terms)| Kind {
        programme: programme(&named(name), terms),
        on_feet: terms.posture != Some(Posture::Seated),
        picks_up: terms.pick_up,
    })
    .into()
});

fn named(name: &str) -> Routine {
    let text = match name {
        "short" => include_str!("../../tests/fixtures/short.toml"),
        "questions" => include_str!("../../tests/fixtures/questions.toml"),
        _ => return built_in(name).expect("built in"),
    };
    Routine::parse(name, text).unwrap_or_else(|problems| panic!("{problems}"))
}
