//! The desktop around a session, as a private message bus: buttons are pressed on it as a headset
//! does, and what they do is heard from the loudspeaker; players and services on it are asked what the
//! program wanted of them.

use std::future::pending;
use std::io::Read;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use zbus::connection::{Builder, Connection};
use zbus::{OwnedFd, interface};

use crate::clock::{now, wait, wait_until};
use crate::lab::{Dir, Environment, Lab, Process, spawning};
use crate::listen::{MS, first_sound, peak_dbfs, silence_from};
use crate::loudspeaker::{Loudspeaker, Recorder};
use crate::pty::Program;
use crate::stage::{PATIENCE, bare, fixture, softback};

/// By then a button must have brought silence: several times what it takes, for the machine may be busy.
const SOON: usize = 600 * MS;

/// A silence that she asked for lasts at least so long.
const HUSH: usize = 300 * MS;

/// Longer than any question takes, said twice.
const QUESTION: Duration = Duration::from_mins(2);

/// Two presses of a button closer than this may be one that is held.
const APART: Duration = Duration::from_millis(1300);

/// A private bus, for the session and the system.
pub struct Bus {
    // In this order: the daemon ends before its directory goes.
    _daemon: Process,
    dir: Dir,
    lab: Lab,
}

impl Bus {
    /// Starts it; `None` on a system without a [`Lab`].
    pub fn start() -> Option<Self> {
        let lab = Lab::find()?;
        let dir = Dir::new();
        let socket = dir.path().join("bus");
        let rules = dir.file(
            "bus.conf",
            &format!(
                "<busconfig><type>session</type><listen>unix:path={}</listen>\
                 <policy context=\"default\"><allow send_destination=\"*\"/>\
                 <allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>",
                socket.display()
            ),
        );
        let libraries = vec![("LD_LIBRARY_PATH", lab.file("LD_LIBRARY_PATH").into())];
        let mut daemon = lab.command("DBUS_DAEMON", &libraries);
        daemon
            .arg("--nofork")
            .arg(format!("--config-file={}", rules.display()));
        let bus = Self {
            _daemon: Process::start(&mut daemon),
            dir,
            lab,
        };
        let answers = wait_until(PATIENCE, || UnixStream::connect(&socket).ok());
        assert!(answers.is_some(), "the bus does not start");
        Some(bus)
    }

    fn address(&self) -> String {
        format!("unix:path={}", self.dir.path().join("bus").display())
    }

    /// What a program needs in its environment to be on it.
    pub fn on(&self, mut environment: Environment) -> Environment {
        for bus in ["DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"] {
            environment.push((bus, self.address().into()));
        }
        environment
    }

    /// Puts something on it, which stays there as long as what is returned.
    fn put(&self, serve: impl FnOnce(Builder<'static>) -> Builder<'static>) -> Connection {
        let bus = Builder::address(self.address().as_str());
        zbus::block_on(serve(bus).build()).expect("a place on the bus")
    }

    /// Presses a button as playerctl does; says when it began to.
    fn press(&self, button: &str) -> Instant {
        let begun = now();
        assert!(self.playerctl(&[button]).is_some(), "nobody takes {button}");
        begun
    }

    /// What playerctl says; `None` when it fails.
    fn playerctl(&self, arguments: &[&str]) -> Option<String> {
        let libraries = vec![("LD_LIBRARY_PATH", self.lab.file("LD_LIBRARY_PATH").into())];
        let mut playerctl = self.lab.command("PLAYERCTL", &self.on(libraries));
        let _alone = spawning();
        let said = playerctl
            .args(["--player", "softback"])
            .args(arguments)
            .stdout(Stdio::piped())
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&said.stdout).trim().to_owned();
        said.status.success().then_some(text)
    }

    #[track_caller]
    fn wait_for(&self, arguments: &[&str], answer: &str) {
        let mut said = None;
        let seen = wait_until(PATIENCE, || {
            said = self.playerctl(arguments);
            (said.as_deref() == Some(answer)).then_some(())
        });
        assert!(seen.is_some(), "{arguments:?}: {said:?}, not {answer:?}");
    }
}

/// Plays a routine of `tests/fixtures` on the bus.
fn play(speaker: &Loudspeaker, bus: &Bus, routine: &str, options: &[&str]) -> Program {
    let routine = fixture(routine);
    let arguments: Vec<_> = ["play", &routine].iter().chain(options).copied().collect();
    let environment = bus.on(speaker.environment());
    Program::start(softback(), &arguments, Path::new("/"), &environment)
}

/// Waits until something is heard, for so long that a button can silence it.
fn until_heard(recorder: &Recorder, from: usize) -> usize {
    let loud = |samples: &[f32]| {
        let at = first_sound(samples, 0)?;
        // Past the soft beginning of a breath, and well before its end.
        (samples.len() > at + 1000 * MS).then_some(at)
    };
    let heard = recorder.wait_for(from, PATIENCE, loud);
    from + heard.expect("something to hear")
}

/// How long after a press it is silent, in samples.
fn silent_after(recorder: &Recorder, pressed: Instant) -> usize {
    let silence = wait_until(PATIENCE, || {
        let heard = recorder.heard();
        let from = heard.at(pressed);
        silence_from(&heard.samples, from, HUSH).map(|at| at - from)
    });
    silence.expect("a silence")
}

#[test]
fn buttons_pause_go_on_and_skip() {
    let (Some(speaker), Some(bus)) = (Loudspeaker::start(), Bus::start()) else {
        return;
    };
    let recorder = speaker.record();
    let mut program = play(&speaker, &bus, "short.toml", &["--voice", "silent"]);
    program.wait_for("Find the space bar", PATIENCE);
    bus.wait_for(&["metadata", "album"], "A short one");
    // She is waited for, and "play" is what a headset sends to a player that does not play.
    bus.wait_for(&["status"], "Paused");
    bus.press("play");
    program.wait_for("Breathe in softly.", PATIENCE);
    bus.wait_for(&["status"], "Playing");
    bus.wait_for(&["metadata", "title"], "Rise and sink");

    let mut waits = Vec::new();
    for press in ["play-pause", "pause"] {
        until_heard(&recorder, recorder.now());
        let pressed = bus.press(press);
        waits.push(silent_after(&recorder, pressed) / MS);
        bus.wait_for(&["status"], "Paused");
        wait(APART);
        // Paused, it stays paused.
        bus.press("pause");
        bus.press("next");
        wait(APART);
        bus.wait_for(&["status"], "Paused");
        let quiet = &recorder.heard().samples[recorder.now() - 1000 * MS..];
        assert!(peak_dbfs(quiet) < -60.0, "{} dBFS", peak_dbfs(quiet));
        bus.press(if press == "pause" { "play" } else { press });
        bus.wait_for(&["status"], "Playing");
        // Playing, it plays on.
        wait(APART);
        bus.press("play");
    }
    println!("silent {waits:?} ms after the button");
    assert!(waits.iter().all(|&ms| ms * MS < SOON), "{waits:?}");

    // Forward as the arrow: eight breaths take a minute.
    bus.press("next");
    program.wait_for("Rest here, and I will be quiet", Duration::from_secs(10));
    bus.press("previous");
    program.wait_for("Rest your hands where they feel good.", PATIENCE);
    bus.wait_for(&["metadata", "title"], "Rise and sink");
    bus.press("stop");
    program.wait_for("Stopping now.", PATIENCE);
    bus.wait_for(&["status"], "Stopped");
    wait(APART);
    bus.press("stop");
    assert_eq!(program.ends(PATIENCE).code(), Some(3));
    assert_eq!(bus.playerctl(&["status"]), None);
}

#[test]
fn a_question_is_never_answered_by_a_button() {
    const QUESTION_ONE: &str = "Right now, do you have any of these?";
    let (Some(speaker), Some(bus)) = (Loudspeaker::start(), Bus::start()) else {
        return;
    };
    let mut environment = bus.on(speaker.environment());
    // A line for each sentence: so one that is said again is another line.
    environment.push(("TERM", "dumb".into()));
    let arguments = [
        "play",
        "upper-back",
        "--posture",
        "seated",
        "--voice",
        "silent",
    ];
    let mut program = Program::start(softback(), &arguments, Path::new("/"), &environment);
    program.reads_the_notice(PATIENCE);
    program.wait_for(QUESTION_ONE, QUESTION);
    for button in ["play-pause", "play", "pause", "next", "previous"] {
        let before = asked(&program, QUESTION_ONE);
        // Said to its end, it takes every answer.
        wait(Duration::from_secs(2));
        bus.press(button);
        let again = wait_until(PATIENCE, || {
            (asked(&program, QUESTION_ONE) > before).then_some(())
        });
        assert!(again.is_some(), "{button}: {}", program.screen());
    }
    let said = String::from_utf8_lossy(&program.raw()).into_owned();
    let answered = ["Yes.", "No."].iter().any(|echo| said.contains(echo));
    assert!(!answered, "{said}");
    bus.press("stop");
    program.wait_for("Stopping now.", PATIENCE);
    wait(APART);
    bus.press("stop");
    assert_eq!(program.ends(PATIENCE).code(), Some(3));
}

/// How often a sentence has been said.
fn asked(program: &Program, sentence: &str) -> usize {
    String::from_utf8_lossy(&program.raw())
        .matches(sentence)
        .count()
}

/// Without a bus, and with one on which nobody answers, it plays and says nothing of it.
#[test]
fn without_a_bus_it_plays_as_ever() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let dir = Dir::new();
    let hung = dir.path().join("hung");
    // Connections to it are made, and never answered.
    let _listener = UnixListener::bind(&hung).expect("a socket");
    let addresses = [
        "unix:path=/nonexistent/bus".to_owned(),
        "nonsense".to_owned(),
        format!("unix:path={}", hung.display()),
    ];
    for address in addresses {
        let mut environment = speaker.environment();
        for bus in ["DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"] {
            environment.push((bus, (&address).into()));
        }
        let routine = fixture("sentences.toml");
        let arguments = ["play", &routine, "--voice", "silent"];
        let mut program =
            Program::start_with_errors_apart(softback(), &arguments, Path::new("/"), &environment);
        program.wait_for("If you feel light", PATIENCE);
        let left = program.press("\x03");
        assert_eq!(program.ends(PATIENCE).code(), Some(130), "{address}");
        assert!(left.elapsed() < Duration::from_secs(5), "{address}");
        assert_eq!(program.errors(), "", "{address}");
    }
}

/// A bus that is gone takes nothing of the session with it.
#[test]
fn it_plays_on_when_the_bus_ends() {
    let (Some(speaker), Some(bus)) = (Loudspeaker::start(), Bus::start()) else {
        return;
    };
    let mut program = play(&speaker, &bus, "sentences.toml", &["--voice", "silent"]);
    program.wait_for("Hello, and welcome.", PATIENCE);
    bus.wait_for(&["status"], "Playing");
    drop(bus);
    // There would be something to show now.
    program.press(" ");
    program.wait_for("Paused", PATIENCE);
    wait(Duration::from_secs(2));
    program.press(" ");
    program.wait_for("Feel how you are held up.", PATIENCE);
    program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
}

type Log = Arc<Mutex<Vec<String>>>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Another program's player.
struct Music {
    status: &'static str,
    told: Log,
}

#[interface(name = "org.mpris.MediaPlayer2.Player")]
impl Music {
    fn pause(&mut self) {
        self.status = "Paused";
        lock(&self.told).push("Pause".into());
    }

    fn play(&mut self) {
        self.status = "Playing";
        lock(&self.told).push("Play".into());
    }

    #[zbus(property)]
    fn playback_status(&self) -> &'static str {
        self.status
    }
}

/// One that has hung.
struct Hung;

#[interface(name = "org.mpris.MediaPlayer2.Player")]
impl Hung {
    #[zbus(property)]
    async fn playback_status(&self) -> String {
        pending().await
    }
}

/// A player on the bus, and what it is told.
fn player(bus: &Bus, name: &str, status: &'static str) -> (Connection, Log) {
    let told = Log::default();
    let music = Music {
        status,
        told: told.clone(),
    };
    let place = bus.put(|bus| {
        bus.serve_at("/org/mpris/MediaPlayer2", music)
            .name(format!("org.mpris.MediaPlayer2.{name}"))
    });
    (place, told)
}

/// How a session ends.
type End = (&'static str, fn(&mut Program));

const ENDS: [End; 4] = [
    ("at its end", |program| {
        program.wait_for("press it once", PATIENCE);
        program.press(" ");
    }),
    ("Escape twice", |program| {
        program.press("\x1b");
        program.wait_for("Stopping now.", PATIENCE);
        program.press("\x1b");
    }),
    ("Ctrl-C", |program| _ = program.press("\x03")),
    ("SIGTERM", |program| program.signal(Signal::TERM)),
];

#[test]
fn other_music_is_paused_and_plays_again_however_it_ends() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    thread::scope(|scope| {
        for end in ENDS {
            let speaker = &speaker;
            scope.spawn(move || borrows_music(speaker, end));
        }
    });
}

fn borrows_music(speaker: &Loudspeaker, (name, end): End) {
    let Some(bus) = Bus::start() else { return };
    let _hung = bus.put(|bus| {
        bus.serve_at("/org/mpris/MediaPlayer2", Hung)
            .name("org.mpris.MediaPlayer2.hung")
    });
    let (_music, music) = player(&bus, "music", "Playing");
    let (_paused, paused) = player(&bus, "paused", "Paused");
    let (_go_between, go_between) = player(&bus, "playerctld", "Playing");
    let (hers, started_again) = player(&bus, "hers", "Playing");
    let mut program = play(speaker, &bus, "sentences.toml", &["--voice", "silent"]);
    program.wait_for("Hello, and welcome.", PATIENCE);
    wait_for_log(name, &music, &["Pause"]);
    wait_for_log(name, &started_again, &["Pause"]);
    // She wants it to play: then it is not to be touched any more.
    let interface = hers
        .object_server()
        .interface::<_, Music>("/org/mpris/MediaPlayer2");
    let again = async { interface.await.expect("a player").get_mut().await.play() };
    zbus::block_on(again);
    program.wait_for("If you feel light", PATIENCE);
    // It does not take itself for another.
    bus.wait_for(&["status"], "Playing");

    end(&mut program);
    program.ends(PATIENCE * 3);
    wait_for_log(name, &music, &["Pause", "Play"]);
    wait_for_log(name, &started_again, &["Pause", "Play"]);
    wait_for_log(name, &paused, &[]);
    wait_for_log(name, &go_between, &[]);
}

#[track_caller]
fn wait_for_log(name: &str, log: &Log, entries: &[&str]) {
    let told = || lock(log).clone();
    let seen = wait_until(PATIENCE, || (told() == entries).then_some(()));
    assert!(seen.is_some(), "{name}: {:?}, not {entries:?}", told());
}

#[test]
fn music_is_left_alone_if_she_wants_and_given_back_if_nothing_begins() {
    let (Some(speaker), Some(bus)) = (Loudspeaker::start(), Bus::start()) else {
        return;
    };
    let (_music, told) = player(&bus, "music", "Playing");
    let options = ["--voice", "silent", "--leave-music"];
    let mut program = play(&speaker, &bus, "sentences.toml", &options);
    program.wait_for("If you feel light", PATIENCE);
    program.press("\x03");
    program.ends(PATIENCE);
    wait_for_log("left alone", &told, &[]);

    let dir = Dir::new();
    let routine = fixture("sentences.toml");
    let arguments = ["play", &routine, "--voice", "silent"];
    let silent = bus.on(bare(&dir));
    let mut program = Program::start(softback(), &arguments, Path::new("/"), &silent);
    assert_eq!(program.ends(PATIENCE).code(), Some(1));
    let told = lock(&told).clone();
    assert!(told.is_empty() || told == ["Pause", "Play"], "{told:?}");
}

const LIT: &str = "lit for Softback: A session is being played";

const AWAKE: &str = "block idle for Softback: A session is being played";

/// What a desktop keeps awake, and for whom.
struct ScreenSaver(Log);

#[interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn inhibit(&self, who: &str, why: &str) -> u32 {
        lock(&self.0).push(format!("lit for {who}: {why}"));
        4711
    }

    fn un_inhibit(&self, cookie: u32) {
        lock(&self.0).push(format!("dark again {cookie}"));
    }
}

/// The system's side of it: awake as long as what it hands out is open.
struct Login {
    asked: Log,
    handed_out: Mutex<Option<UnixStream>>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::fdo::Result<OwnedFd> {
        lock(&self.asked).push(format!("{mode} {what} for {who}: {why}"));
        let end = lock(&self.handed_out).take();
        let end = end.ok_or_else(|| zbus::fdo::Error::Failed("asked twice".into()))?;
        Ok(std::os::fd::OwnedFd::from(end).into())
    }
}

#[test]
fn it_stays_awake_and_lit_to_the_end_pauses_included() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    thread::scope(|scope| {
        for end in ENDS {
            let speaker = &speaker;
            scope.spawn(move || stays_awake(speaker, end));
        }
    });
}

fn stays_awake(speaker: &Loudspeaker, (name, end): End) {
    let Some(bus) = Bus::start() else { return };
    let (lit, awake) = (Log::default(), Log::default());
    let (mut kept, handed_out) = UnixStream::pair().expect("a pair");
    kept.set_nonblocking(true).expect("it can");
    let mut held = || !matches!(kept.read(&mut [0]), Ok(0));
    let login = Login {
        asked: awake.clone(),
        handed_out: Mutex::new(Some(handed_out)),
    };
    let screen_saver = ScreenSaver(lit.clone());
    let _desktop = bus.put(|bus| {
        bus.serve_at("/org/freedesktop/ScreenSaver", screen_saver)
            .name("org.freedesktop.ScreenSaver")
            .serve_at("/org/freedesktop/login1", login)
            .name("org.freedesktop.login1")
    });
    let mut program = play(speaker, &bus, "sentences.toml", &["--voice", "silent"]);
    program.wait_for("Hello, and welcome.", PATIENCE);
    wait_for_log(name, &lit, &[LIT]);
    wait_for_log(name, &awake, &[AWAKE]);
    program.press(" ");
    program.wait_for("Paused", PATIENCE);
    wait(Duration::from_secs(2));
    program.press(" ");
    program.wait_for("If you feel light", PATIENCE);
    wait_for_log(name, &lit, &[LIT]);
    assert!(held(), "{name}: not kept awake");

    end(&mut program);
    program.ends(PATIENCE * 3);
    wait_for_log(name, &lit, &[LIT, "dark again 4711"]);
    let let_go = wait_until(PATIENCE, || (!held()).then_some(()));
    assert!(let_go.is_some(), "{name}: still kept awake");
}
