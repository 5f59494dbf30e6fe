//! The system voice against a fake speech service: what it says, and how it fails.
//!
//! The C library under the voice finds the service by the environment, which a program with threads
//! must not change, and which the program that speaks takes over from whoever starts it. So the voice lives in a
//! process of its own: this test program, started again to
//! run nothing but [`puppet`], which takes orders on its standard input and reports on its standard
//! error.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::iter;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use softback::parts::Utterance;
use softback::parts::WordsPerMinute;
use softback::parts::system::{self, Limits};
use softback::parts::{VoiceError, VoiceEvent, VoiceHandle, VoiceJob};

use crate::fake_speech::{Behaviour, Event, Failure, FakeSpeech};

/// For tests of a service that hangs; the others wait as long as the program does.
const SHORT: Duration = Duration::from_millis(500);

/// Longer than any sentence of these tests takes.
const A_WHILE: Duration = Duration::from_millis(400);

/// The program that makes the calls.
const SPEAKER: &str = env!("CARGO_BIN_EXE_softback-system-voice");

/// Tells the puppet that it is one.
const PUPPET: &str = "SYSTEM_VOICE_PUPPET";

/// Marks the puppet's reports among what the test harness prints.
const REPORT: &str = "puppet: ";

#[test]
fn sentences_end_once_and_in_order() {
    let stage = Stage::new("order", Behaviour::default());
    let mut puppet = stage.puppet();
    puppet.opens();
    for order in ["speak 137 Breathe in.", "speak 137 And out.", "speak 113 a"] {
        puppet.order(order);
    }
    for text in ["Breathe in.", "And out.", "a"] {
        assert_eq!(puppet.hears(), format!("ended {text}"));
    }
    puppet.hears_nothing();
    let said: Vec<Event> = stage.speech.events();
    let asked = |event: &&Event| matches!(event, Event::Rate(_) | Event::Say(_));
    assert_eq!(
        said.iter().filter(asked).collect::<Vec<_>>(),
        [
            &Event::Rate(-69),
            &Event::Say("Breathe in.".into()),
            &Event::Say("And out.".into()),
            &Event::Rate(-90),
            &Event::Say("a".into()),
        ]
    );
    puppet.leaves();
}

#[test]
fn each_sentence_is_as_loud_as_was_asked_for_before_it() {
    let stage = Stage::failing(
        "volume",
        Failure::DieAfter {
            sentences: 2,
            returns: true,
        },
    );
    let mut puppet = stage.puppet();
    puppet.opens();
    puppet.order("speak 137 One.");
    assert_eq!(puppet.hears(), "ended One.");
    for order in ["volume -6", "volume -12", "speak 137 Two."] {
        puppet.order(order);
    }
    assert_eq!(puppet.hears(), "ended Two.");
    puppet.order("speak 137 Three.");
    stage.speech.wait_for(&Event::Die);
    puppet.hears_nothing();
    // A service that was started anew has to be told again.
    puppet.order("speak 137 Four.");
    assert_eq!(puppet.hears(), "ended Four.");
    let asked = |event: &Event| matches!(event, Event::Volume(_) | Event::Say(_));
    let mut events = stage.speech.events();
    events.retain(asked);
    let say = |text: &str| Event::Say(text.into());
    let softer = Event::Volume(-49);
    assert_eq!(
        events,
        [
            say("One."),
            softer.clone(),
            say("Two."),
            say("Three."),
            softer,
            say("Four."),
        ]
    );
    puppet.leaves();
}

#[test]
fn an_end_is_told_when_it_comes() {
    let stage = Stage::new("prompt", Behaviour::default());
    let mut puppet = stage.puppet();
    puppet.opens();
    puppet.order("speak 137 Let your shoulders sink.");
    puppet.hears();
    let heard = Instant::now();
    let ended = stage
        .speech
        .wait_for(&Event::End("Let your shoulders sink.".into()));
    assert!(heard - ended < Duration::from_millis(500));
    puppet.leaves();
}

#[test]
fn what_is_hushed_never_ends() {
    let stage = Stage::new("hush", Behaviour::default());
    let mut puppet = stage.puppet();
    puppet.opens();
    let long = "Let your shoulders sink, away from your ears, as slowly as you like.";
    puppet.order(&format!("speak 137 {long}"));
    puppet.order("speak 137 This one only waits for its turn.");
    stage.speech.wait_for(&Event::Begin(long.into()));
    puppet.order("hush");
    puppet.order("speak 137 Rest.");
    assert_eq!(puppet.hears(), "ended Rest.");
    puppet.hears_nothing();
    stage.speech.wait_for(&Event::Cancel(long.into()));
    puppet.leaves();
}

#[test]
fn the_same_sentence_said_again_ends_once() {
    let stage = Stage::new("again", Behaviour::default());
    let mut puppet = stage.puppet();
    puppet.opens();
    for _ in 0..40 {
        puppet.order("speak 137 Breathe.");
        // Here and there just when the sentence ends by itself.
        thread::sleep(Duration::from_millis(
            stage.speech.events().len() as u64 % 60,
        ));
        puppet.order("hush");
    }
    puppet.order("speak 137 Rest.");
    let told = iter::from_fn(|| Some(puppet.hears()).filter(|report| report != "ended Rest."));
    let told = told.count();
    let said = stage.speech.events();
    let ended = said.iter().filter(|event| matches!(event, Event::End(_)));
    assert!(told < ended.count());
    puppet.order("speak 137 Breathe.");
    assert_eq!(puppet.hears(), "ended Breathe.");
    puppet.hears_nothing();
    puppet.leaves();
}

#[test]
fn what_cannot_be_said_is_not_handed_over() {
    let stage = Stage::new("empty", Behaviour::default());
    let mut puppet = stage.puppet();
    puppet.opens();
    for text in ["", "   ", "\0", "…"] {
        puppet.order(&format!("speak 137 {text}"));
        assert_eq!(puppet.hears(), format!("ended {text}"));
    }
    puppet.order("speak 137  .Breathe\0 \u{1b}out.\t");
    assert_eq!(puppet.hears(), "ended  .Breathe\0 \u{1b}out.\t");
    let said = stage.speech.events();
    let texts = said.iter().filter(|event| matches!(event, Event::Say(_)));
    assert_eq!(
        texts.collect::<Vec<_>>(),
        [&Event::Say(".Breathe out.".into())]
    );
    puppet.leaves();
}

#[test]
fn a_service_that_hangs_at_once_is_given_up() {
    let stage = Stage::failing("hang", Failure::HangOnConnect);
    let mut puppet = stage.puppet();
    let asked = Instant::now();
    puppet.order("answers 100");
    assert_eq!(puppet.hears(), "answers false");
    puppet.order(&format!("open {}", SHORT.as_millis()));
    assert!(
        puppet
            .hears()
            .starts_with("failed service: does not answer")
    );
    assert!(asked.elapsed() < SHORT * 4);
    puppet.leaves();
}

#[test]
fn without_a_service_the_error_comes_at_once() {
    let stage = Stage::new("absent", Behaviour::default());
    let Stage { dir, speech } = stage;
    let environment = speech.environment();
    drop(speech);
    let mut puppet = Puppet::start(environment);
    let asked = Instant::now();
    puppet.order("answers 5000");
    assert_eq!(puppet.hears(), "answers false");
    puppet.order("open");
    assert!(
        puppet
            .hears()
            .starts_with("failed service: cannot be reached")
    );
    assert!(asked.elapsed() < SHORT * 4);
    puppet.leaves();
    drop(dir);
}

#[test]
fn a_service_answers() {
    let stage = Stage::new("answers", Behaviour::default());
    let mut puppet = stage.puppet();
    puppet.order("answers 5000");
    assert_eq!(puppet.hears(), "answers true");
    puppet.leaves();
}

#[test]
fn a_sentence_that_never_begins_can_be_hushed() {
    let stage = Stage::failing("stuck", Failure::HangAfter(1));
    let mut puppet = stage.puppet();
    puppet.opens();
    puppet.order("speak 137 One.");
    assert_eq!(puppet.hears(), "ended One.");
    puppet.order("speak 137 Two.");
    puppet.hears_nothing();
    puppet.order("hush");
    stage.speech.wait_for(&Event::Cancel("Two.".into()));
    puppet.hears_nothing();
    puppet.leaves();
}

#[test]
fn a_service_that_stops_answering_is_left_behind_for_a_new_connection() {
    let stage = Stage::failing("deaf", Failure::DeafAfter(1));
    let mut puppet = stage.puppet();
    puppet.order(&format!("open {}", SHORT.as_millis()));
    assert_eq!(puppet.hears(), "ready");
    puppet.order("speak 137 One.");
    assert_eq!(puppet.hears(), "ended One.");
    let asked = Instant::now();
    puppet.order("speak 137 Two.");
    assert!(
        puppet
            .hears()
            .starts_with("failed service: has stopped answering")
    );
    assert!(asked.elapsed() < SHORT * 4);
    puppet.order("hush");
    puppet.order("speak 137 Two.");
    assert_eq!(puppet.hears(), "ended Two.");
    puppet.leaves();
}

#[test]
fn a_service_that_dies_and_returns_is_found_again() {
    for (name, hush) in [("revive", false), ("revive-hush", true)] {
        let stage = Stage::failing(
            name,
            Failure::DieAfter {
                sentences: 1,
                returns: true,
            },
        );
        let mut puppet = stage.puppet();
        puppet.opens();
        puppet.order("speak 137 One.");
        assert_eq!(puppet.hears(), "ended One.");
        puppet.order("speak 137 Two.");
        stage.speech.wait_for(&Event::Die);
        puppet.hears_nothing();
        if hush {
            puppet.order("hush");
        }
        for text in ["Two.", "Three.", "Four."] {
            puppet.order(&format!("speak 137 {text}"));
            assert_eq!(puppet.hears(), format!("ended {text}"));
        }
        puppet.hears_nothing();
        puppet.leaves();
    }
}

#[test]
fn a_service_that_dies_for_good_is_an_error_each_time() {
    let stage = Stage::failing(
        "dead",
        Failure::DieAfter {
            sentences: 0,
            returns: false,
        },
    );
    let mut puppet = stage.puppet();
    puppet.opens();
    puppet.order("speak 137 One.");
    stage.speech.wait_for(&Event::Die);
    puppet.order("hush");
    puppet.hears_nothing();
    for _ in 0..2 {
        puppet.order("speak 137 One.");
        assert!(
            puppet
                .hears()
                .starts_with("failed service: cannot be reached")
        );
    }
    puppet.order("hush");
    puppet.hears_nothing();
    puppet.leaves();
}

#[test]
fn a_sentence_that_something_else_breaks_off_is_told() {
    let stage = Stage::new("foreign", Behaviour::default());
    let mut puppet = stage.puppet();
    puppet.opens();
    let long = "Let your shoulders sink, away from your ears, as slowly as you like.";
    puppet.order(&format!("speak 137 {long}"));
    stage.speech.wait_for(&Event::Begin(long.into()));
    stage.speech.silence();
    assert_eq!(puppet.hears(), format!("failed sentence: {long}"));
    puppet.leaves();
}

#[test]
fn leaving_in_mid_sentence_hushes_it() {
    let stage = Stage::new("leave", Behaviour::default());
    let mut puppet = stage.puppet();
    puppet.opens();
    let long = "Let your shoulders sink, away from your ears, as slowly as you like.";
    puppet.order(&format!("speak 137 {long}"));
    stage.speech.wait_for(&Event::Begin(long.into()));
    puppet.leaves();
    stage.speech.wait_for(&Event::Cancel(long.into()));
}

#[test]
fn a_program_that_is_killed_in_mid_sentence_leaves_silence() {
    let stage = Stage::new("killed", Behaviour::default());
    let mut puppet = stage.puppet();
    puppet.opens();
    let long = "Let your shoulders sink, away from your ears, as slowly as you like.";
    puppet.order(&format!("speak 137 {long}"));
    stage.speech.wait_for(&Event::Begin(long.into()));
    puppet.process.kill().expect("it runs");
    stage.speech.wait_for(&Event::Cancel(long.into()));
}

/// A service in a directory of its own.
struct Stage {
    speech: FakeSpeech,
    dir: Dir,
}

impl Stage {
    fn new(name: &str, behaviour: Behaviour) -> Self {
        let dir = Dir::new(name);
        let speech = FakeSpeech::start(&dir.0, behaviour);
        Self { speech, dir }
    }

    fn failing(name: &str, failure: Failure) -> Self {
        Self::new(
            name,
            Behaviour {
                failure,
                ..Behaviour::default()
            },
        )
    }

    fn puppet(&self) -> Puppet {
        Puppet::start(self.speech.environment())
    }
}

/// A directory that goes with the test; its path is short enough for a socket.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let name = format!("softback-voice-{}-{name}", std::process::id());
        let path = env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a directory for the test");
        Self(path)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // It is in the directory for temporary files: no harm if it stays.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A voice in a process of its own.
struct Puppet {
    process: Child,
    orders: Option<ChildStdin>,
    reports: Receiver<String>,
}

impl Puppet {
    fn start(environment: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let name = format!(
            "{}::puppet",
            module_path!().split_once("::").expect("a module").1
        );
        let mut process = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", &name, "--nocapture"])
            .env(PUPPET, "1")
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("this program again");
        let orders = process.stdin.take();
        let stderr = process.stderr.take().expect("its standard error");
        let (sender, reports) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                match line.strip_prefix(REPORT) {
                    Some(report) => sender.send(report.to_owned()).unwrap_or_default(),
                    None => eprintln!("{line}"),
                }
            }
        });
        Self {
            process,
            orders,
            reports,
        }
    }

    fn order(&mut self, order: &str) {
        let mut orders = self.orders.as_ref().expect("it has not left");
        writeln!(orders, "{order}").expect("it takes orders");
    }

    fn opens(&mut self) {
        self.order("open");
        assert_eq!(self.hears(), "ready");
    }

    /// The next report.
    fn hears(&self) -> String {
        let report = self.reports.recv_timeout(Duration::from_secs(10));
        report.expect("a report")
    }

    fn hears_nothing(&self) {
        let report = self.reports.recv_timeout(A_WHILE);
        assert!(report.is_err(), "{report:?}");
    }

    /// Has it drop the voice and end, which must not take long whatever the service does.
    fn leaves(&mut self) {
        self.orders = None;
        assert_eq!(self.hears(), "gone");
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(status) = self.process.try_wait().expect("its status") {
                assert!(status.success(), "{status}");
                return;
            }
            assert!(Instant::now() < deadline, "the puppet does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        // Already gone, unless the test has failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The other process. Orders: `open`, `open MILLISECONDS` for
/// other time limits than the usual ones, `answers MILLISECONDS`, `speak RATE TEXT`, `hush`,
/// `volume DECIBELS`; the end of the orders drops the voice.
#[test]
fn puppet() {
    if env::var_os(PUPPET).is_none() {
        return;
    }
    let mut voice: Option<VoiceHandle> = None;
    let mut reporter = None;
    // What was handed over under each number: an end is told by number alone.
    let texts = Arc::new(Mutex::new(Vec::new()));
    for line in io::stdin().lock().lines() {
        let line = line.expect("orders in UTF-8");
        let (order, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match order {
            "open" => {
                let limits = rest.parse().map(Duration::from_millis).map_or_else(
                    |_| Limits::default(),
                    |limit| Limits {
                        open: limit,
                        call: limit,
                    },
                );
                let open =
                    move |events: &_| system::open_within(limits, Path::new(SPEAKER), events);
                let handle = softback::parts::spawn(open).expect("a thread for the voice");
                let events = handle.events.clone();
                let texts = Arc::clone(&texts);
                reporter = Some(thread::spawn(move || {
                    events.iter().for_each(|event| report(event, &texts));
                }));
                voice = Some(handle);
            }
            "answers" => {
                let limit = Duration::from_millis(rest.parse().expect("milliseconds"));
                eprintln!(
                    "{REPORT}answers {}",
                    system::answers(Path::new(SPEAKER), limit)
                );
            }
            "speak" => {
                let (rate, text) = rest.split_once(' ').expect("a rate and a text");
                let rate = WordsPerMinute(rate.parse().expect("words a minute"));
                let mut texts = texts.lock().expect("no poison");
                let ticket = texts.len() as u64;
                texts.push(text.to_owned());
                drop(texts);
                let utterance = Utterance::new(text, rate);
                give(voice.as_ref(), VoiceJob::Speak { ticket, utterance });
            }
            "hush" => give(voice.as_ref(), VoiceJob::Hush),
            "volume" => {
                let decibels = rest.parse().expect("decibels");
                give(voice.as_ref(), VoiceJob::Volume(decibels));
            }
            _ => panic!("what is {line}?"),
        }
    }
    drop(voice);
    // The channel of events closes when the voice has hushed and gone.
    if let Some(reporter) = reporter {
        reporter.join().expect("a calm reporter");
    }
    eprintln!("{REPORT}gone");
}

fn give(voice: Option<&VoiceHandle>, job: VoiceJob) {
    let voice = voice.expect("an open voice");
    voice.jobs.send(job).expect("a voice that takes jobs");
}

fn report(event: VoiceEvent, texts: &Mutex<Vec<String>>) {
    let report = match event {
        VoiceEvent::Ready => "ready".into(),
        VoiceEvent::Ended { ticket, .. } => {
            format!(
                "ended {}",
                texts.lock().expect("no poison")[ticket as usize]
            )
        }
        VoiceEvent::Failed(VoiceError::Service(why)) => format!("failed service: {why}"),
        VoiceEvent::Failed(VoiceError::Unspeakable { text, .. }) => {
            format!("failed sentence: {text}")
        }
        other => format!("{other:?}"),
    };
    eprintln!("{REPORT}{report}");
}
