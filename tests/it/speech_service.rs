//! A session through the desktop's speech service: a fake one that can be told to fail, and once the real one.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use softback::parts::Pace;
use softback::parts::Posture;
use softback::parts::{Companion, Routine};
use softback::parts::{Plan, Setting};

use crate::clock::{wait, wait_until};
use crate::fake_speech::{Behaviour, Event, Failure, FakeSpeech};
use crate::lab::{Dir, Environment};
use crate::listen::{MS, first_sound, has_speech};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::real_speech::RealSpeech;
use crate::stage::{PATIENCE, fixture, softback};
use crate::terminal::given_back;

const LONG: &str = "If you feel light in the head, or your fingers tingle, breathe your own way.";

/// All that the fixture says, in order.
fn sentences() -> Vec<String> {
    let text = fs::read_to_string(fixture("sentences.toml")).expect("the fixture");
    let routine = Routine::parse("sentences.toml", &text).expect("a sound routine");
    let plan = Plan::compile(
        &routine,
        &Companion::built_in(),
        Setting::new(Pace::Standard, Posture::Seated),
    );
    plan.cues
        .iter()
        .filter_map(|planned| planned.cue.sentence())
        .map(|said| said.text().to_string())
        .collect()
}

/// A fake service in a directory of its own.
struct Stage {
    speech: FakeSpeech,
    _dir: Dir,
}

impl Stage {
    fn new(behaviour: Behaviour) -> Self {
        let dir = Dir::new();
        Self {
            speech: FakeSpeech::start(dir.path(), behaviour),
            _dir: dir,
        }
    }

    fn play(&self, speaker: &Loudspeaker) -> Program {
        play(speaker, self.speech.environment())
    }

    fn said(&self) -> Vec<String> {
        let said = |event| match event {
            Event::Say(text) => Some(text),
            _ => None,
        };
        self.speech.events().into_iter().filter_map(said).collect()
    }
}

fn play(speaker: &Loudspeaker, service: [(&'static str, String); 2]) -> Program {
    let mut environment: Environment = speaker.environment();
    environment.extend(service.map(|(key, value)| (key, value.into())));
    let routine = fixture("sentences.toml");
    let arguments = ["play", &routine, "--voice", "system"];
    Program::start_with_errors_apart(softback(), &arguments, Path::new("/"), &environment)
}

#[test]
fn a_session_is_said_in_order_to_its_end() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let stage = Stage::new(Behaviour::default());
    let mut program = stage.play(&speaker);
    program.wait_for("press it once", PATIENCE);
    program.press(" ");
    let code = program.ends(PATIENCE).code();
    assert_eq!((program.errors().as_str(), code), ("", Some(0)));
    let sentences = sentences();
    assert_eq!(sentences.len(), 7, "{sentences:?}");
    assert_eq!(stage.said(), sentences);
    let cancelled =
        |event: &Event| matches!(event, Event::Cancel(text) if !text.starts_with("Find"));
    assert!(
        !stage.speech.events().iter().any(cancelled),
        "{:?}",
        stage.speech.events()
    );
}

#[test]
fn a_pause_breaks_a_sentence_off_and_then_it_is_said_again_whole() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let stage = Stage::new(Behaviour {
        millis_per_char: 30,
        ..Behaviour::default()
    });
    let mut program = stage.play(&speaker);
    stage.speech.wait_for(&Event::Begin(LONG.into()));
    wait(Duration::from_millis(500));
    let pressed = program.press(" ");
    let cancelled = stage.speech.wait_for(&Event::Cancel(LONG.into()));
    assert!(
        cancelled - pressed < Duration::from_millis(250),
        "hushed after {:?}",
        cancelled - pressed
    );
    let paused = stage.speech.wait_for(&Event::Begin("Paused.".into()));
    assert!(
        paused - cancelled > Duration::from_millis(300),
        "{:?} of silence",
        paused - cancelled
    );
    stage.speech.wait_for(&Event::End("Paused.".into()));
    program.press(" ");
    stage.speech.wait_for(&Event::End(LONG.into()));
    assert_eq!(
        stage.said()[..4],
        ["Hello, and welcome.", LONG, "Paused.", LONG]
    );

    program.press("\x1b");
    stage.speech.wait_for(&Event::Begin("Stopping now.".into()));
    program.press("\x1b");
    assert_eq!(program.ends(PATIENCE).code(), Some(3));
    assert_eq!(
        stage.said().last().map(String::as_str),
        Some("Stopping now.")
    );
    // It does not go on talking when the program is gone.
    stage
        .speech
        .wait_for(&Event::Cancel("Stopping now.".into()));
}

#[test]
fn the_arrows_make_the_service_softer() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let stage = Stage::new(Behaviour {
        millis_per_char: 15,
        ..Behaviour::default()
    });
    let program = stage.play(&speaker);
    stage.speech.wait_for(&Event::Begin(LONG.into()));
    program.press("\x1b[B");
    // From the next sentence on.
    stage.speech.wait_for(&Event::Volume(41));
    let events = stage.speech.events();
    let at = |wanted: &Event| events.iter().position(|event| event == wanted);
    assert!(at(&Event::Volume(100)) < at(&Event::Say("Hello, and welcome.".into())));
    assert!(at(&Event::End(LONG.into())) < at(&Event::Volume(41)));
}

#[test]
fn a_service_that_fails_ends_the_session_with_a_word_about_it() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    // The sentence on which it fails is a short one: the longer it is, the longer it is waited for.
    let failures = [
        Failure::HangOnConnect,
        Failure::HangAfter(2),
        Failure::FloodAfter(2),
        Failure::DieAfter {
            sentences: 2,
            returns: false,
        },
    ];
    thread::scope(|scope| {
        for failure in failures {
            let speaker = &speaker;
            scope.spawn(move || {
                let stage = Stage::new(Behaviour {
                    failure,
                    ..Behaviour::default()
                });
                fails(stage.play(speaker), &format!("{failure:?}"));
            });
        }
        let nobody = [
            ("SPEECHD_ADDRESS", "unix_socket:/nonexistent/speech".into()),
            ("SPEECHD_CMD", "false".into()),
        ];
        fails(play(&speaker, nobody), "nobody there");
    });
}

fn fails(mut program: Program, how: &str) {
    let code = program.ends(PATIENCE).code();
    let errors = program.errors();
    assert_eq!(code, Some(1), "{how}: {errors}");
    assert_eq!(
        errors.matches("the desktop's speech service").count(),
        1,
        "{how}: {errors:?}"
    );
}

/// Its client library calls `exit` in the middle of the session.
#[test]
fn a_service_that_ends_the_program_leaves_the_terminal_as_it_was() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let stage = Stage::new(Behaviour {
        failure: Failure::NonsenseAfter(1),
        ..Behaviour::default()
    });
    let mut environment = speaker.environment();
    let service = stage.speech.environment();
    environment.extend(service.map(|(key, value)| (key, value.into())));
    let arguments = ["play", &fixture("sentences.toml"), "--voice", "system"];
    let mut program = Program::start_in_shell(softback(), &arguments, Path::new("/"), &environment);
    program.wait_for("left with 1", PATIENCE);
    let screen = program.screen();
    assert!(screen.contains("broke the session off"), "{screen}");
    given_back(&program, "exit");
}

#[test]
fn the_real_service_is_heard() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let service = RealSpeech::start(&speaker);
    let begun = recorder.now();
    let mut program = play(&speaker, service.environment());
    program.wait_for("If you feel light", PATIENCE);
    let heard = wait_until(PATIENCE, || {
        let samples = recorder.heard().samples;
        let sound = first_sound(&samples, begun)?;
        // "Hello, and welcome.", and some of the next sentence.
        (samples.len() > sound + 2500 * MS).then(|| samples[sound..].to_vec())
    });
    assert!(has_speech(&heard.expect("a sound")), "{}", service.log());
    program.press("\x1b");
    // Two presses at once would be one key held down.
    program.wait_for("Stopping now.", PATIENCE);
    program.press("\x1b");
    assert_eq!(program.ends(PATIENCE).code(), Some(3));
}
