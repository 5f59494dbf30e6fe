//! No key waits for a disk, a bus, a terminal or a voice: each is frozen in turn, and the keys do what they always do.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use softback::parts::Cues;

use crate::answers::{answer_until, write_an_earlier_session};
use crate::clock::{now, wait};
use crate::lab::{Dir, Environment, Process};
use crate::listen::{MS, best_match, first_sound, has_speech, silence_from};
use crate::loudspeaker::{Loudspeaker, Recorder};
use crate::pick_up::FAST;
use crate::pty::Program;
use crate::stage::{PATIENCE, fixture, in_fast_motion, softback};

/// By then a key must have brought silence: several times what it takes, for the machine may be busy.
const SOON: usize = 250 * MS;

/// In fast motion the questions and the half minute after them take half as long.
const SCREENING: Duration = Duration::from_secs(100);

/// A silence that she asked for lasts at least so long.
const HUSH: usize = 300 * MS;

/// Holds the file that it is given so that whoever opens it waits: for 45 seconds, as the kernel has it.
const HOLD: &str = "import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
fcntl.fcntl(os.open(sys.argv[1], os.O_RDWR), fcntl.F_SETLEASE, fcntl.F_WRLCK)
print(end='!', flush=True)
signal.pause()";

fn start(environment: &Environment) -> Program {
    let routine = fixture("sentences.toml");
    let arguments = ["play", &routine];
    Program::start_with_errors_apart(softback(), &arguments, Path::new("/"), environment)
}

/// Waits until she is in the middle of the long sentence, and presses the space bar: it is silent.
fn is_silenced(program: &mut Program, recorder: &Recorder, name: &str) {
    program.wait_for("If you feel light", PATIENCE);
    space_is_silence(program, recorder, name);
}

fn space_is_silence(program: &Program, recorder: &Recorder, name: &str) {
    let speaks = recorder.wait_for(recorder.now(), PATIENCE, |samples| {
        has_speech(samples).then_some(())
    });
    assert!(speaks.is_some(), "{name}: nothing is said");
    let pressed = program.press(" ");
    wait(Duration::from_millis(1500));
    let heard = recorder.heard();
    let pressed = heard.at(pressed);
    let silence = silence_from(&heard.samples, pressed, HUSH);
    let after = silence.map(|silence| (silence - pressed) / MS);
    eprintln!("{name}: silent after {after:?} ms");
    assert!(
        after.is_some_and(|ms| ms * MS < SOON),
        "{name}: silent after {after:?} ms"
    );
}

fn journal(environment: &Environment) -> PathBuf {
    let home = environment.iter().find(|(key, _)| *key == "HOME");
    let (_, home) = home.expect("a home");
    Path::new(home).join(".local/state/softback/journal.jsonl")
}

/// Her journal, and a lock on it: nobody can write a line as long as it is held.
fn locked_journal(environment: &Environment) -> (PathBuf, File) {
    let path = journal(environment);
    let journal = File::create(&path).expect("a journal");
    journal.lock_shared().expect("a lock");
    (path, journal)
}

#[test]
fn a_disk_that_takes_long_holds_no_key_up_and_loses_nothing() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let environment = speaker.environment();
    let (path, lock) = locked_journal(&environment);
    let mut program = start(&environment);
    is_silenced(&mut program, &recorder, "disk");
    program.press(" ");
    program.wait_for("Feel how you are held up.", PATIENCE);
    assert_eq!(fs::read_to_string(&path).expect("a journal"), "");
    program.press("\x03");
    // It waits for the disk, and no longer than it takes.
    wait(Duration::from_secs(2));
    lock.unlock().expect("a lock");
    assert_eq!(program.ends(Duration::from_secs(5)).code(), Some(130));
    let journal = fs::read_to_string(&path).expect("a journal");
    let lines: Vec<_> = journal.lines().collect();
    assert_eq!(lines.len(), 2, "{journal}");
    assert!(lines[0].contains(r#""kind":"start""#), "{journal}");
    assert!(lines[1].contains(r#""how":"interrupted""#), "{journal}");
}

#[test]
fn a_disk_that_never_answers_is_given_up_at_the_end() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let environment = speaker.environment();
    let (_, _lock) = locked_journal(&environment);
    let mut program = start(&environment);
    program.wait_for("If you feel light", PATIENCE);
    let left = program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
    let took = left.elapsed();
    assert!((9..15).contains(&took.as_secs()), "{took:?}");
}

/// A session with movement whose beginning cannot be written ends, and says so.
#[test]
fn no_movement_goes_on_without_a_journal() {
    for (name, why) in [
        ("a folder", "it is a folder"),
        ("frozen", "the disk does not answer"),
    ] {
        // In fast motion the wait at a question is short: if it was missed, once more.
        let told = (0..3).any(|_| {
            let dir = Dir::new();
            let environment = in_fast_motion(&dir, FAST);
            write_an_earlier_session(&dir.sub("home"));
            let path = journal(&environment);
            let lock = File::open(&path).expect("a journal");
            lock.lock_shared().expect("a lock");
            let arguments = ["play", "upper-back", "--voice", "silent"];
            let arguments = [&arguments[..], &["--posture", "seated"]].concat();
            let mut program = Program::start(softback(), &arguments, Path::new("/"), &environment);
            let warned = answer_until(&program, "Question 2 of 3", SCREENING, false);
            if warned && name == "a folder" {
                fs::remove_file(&path).expect("a journal");
                fs::create_dir(&path).expect("in its place");
            }
            let told = answer_until(&program, "cannot be written", SCREENING, false);
            told && program.screen().contains(why) && program.ends(PATIENCE).code() == Some(1)
        });
        assert!(told, "{name}");
    }
}

#[test]
fn a_bus_that_never_answers_holds_no_key_up() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let dir = Dir::new();
    let hung = dir.path().join("hung");
    // Connections to it are made, and never answered.
    let _listener = UnixListener::bind(&hung).expect("a socket");
    let mut environment = speaker.environment();
    environment.retain(|(key, _)| *key != "DBUS_SYSTEM_BUS_ADDRESS");
    for bus in ["DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"] {
        environment.push((bus, format!("unix:path={}", hung.display()).into()));
    }
    let mut program = start(&environment);
    is_silenced(&mut program, &recorder, "bus");
    program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
}

#[test]
fn a_terminal_that_takes_nothing_holds_no_key_up() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let mut program = start(&speaker.environment());
    program.wait_for("Hello, and welcome.", PATIENCE);
    // Nothing to be said but the bars and the clock: paused, it fills the way to the terminal.
    program.press(" ");
    program.wait_for("Paused", PATIENCE);
    program.freeze();
    // At each size everything is drawn anew, until no more of it finds room on the way.
    for columns in (80..100).cycle().take(400) {
        program.resize(columns);
        wait(Duration::from_millis(15));
    }
    program.press(" ");
    space_is_silence(&program, &recorder, "terminal");
    let pressed = program.press("\x03");
    let status = program.ends_unseen(PATIENCE, |_| {});
    assert_eq!(status.code(), Some(130));
    assert!(pressed.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_voice_that_never_answers_holds_no_key_up_and_is_lost_with_a_chime() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let dir = Dir::new();
    let _held = frozen_voice(&dir);
    let mut environment = speaker.environment();
    environment.push(("SOFTBACK_VOICE_DIR", dir.path().into()));
    let begun = now();
    let mut program = start(&environment);
    program.wait_for("Space pause", PATIENCE);
    program.press(" ");
    program.wait_for("Paused", Duration::from_secs(3));
    wait(Duration::from_millis(500));
    program.press(" ");
    let from = recorder.now();
    assert_eq!(program.ends(PATIENCE).code(), Some(1));
    let took = begun.elapsed();
    assert!((14..25).contains(&took.as_secs()), "{took:?}");
    let heard = recorder.heard().samples;
    let chime = best_match(&heard[from..], &Cues::built_in().chime().samples);
    let chime = chime.expect("room for it");
    assert!(chime.strength > 0.9, "{chime:?}");
    assert!(first_sound(&heard[from..], 0) >= Some(chime.at));
    let errors = program.errors();
    assert!(
        errors.contains("has made no sound for too long"),
        "{errors}"
    );
}

/// A voice in `dir` that cannot be loaded as long as what is returned lives.
fn frozen_voice(dir: &Dir) -> Process {
    let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    for file in ["oov.json", "oov.onnx", "vocab.json"] {
        symlink(voice.join(file), dir.path().join(file)).expect("a link");
    }
    let model = dir.path().join("hibari.onnx");
    fs::copy(voice.join("hibari.onnx"), &model).expect("a model");
    let mut hold = Command::new("python3");
    hold.args(["-c", HOLD]).arg(model).stdout(Stdio::piped());
    let mut hold = Process::start(&mut hold);
    let said = hold.0.stdout.take().map(|mut said| said.read(&mut [0]));
    assert!(matches!(said, Some(Ok(1))), "the model is not held");
    hold
}
