//! The program under test, and its surroundings.

use std::fs::OpenOptions;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crossbeam_channel::unbounded;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use softback::parts::SAFETY_RATE;
use softback::parts::Utterance;
use softback::parts::{Heart, Voice, VoiceEvent, VoiceJob};

use crate::clock::wait;
use crate::lab::{Dir, Environment, knows_the_loudspeaker};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;

/// Longer than anything takes that is waited for, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// The program.
pub fn softback() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_softback"))
}

/// A routine of `tests/fixtures`.
pub fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// Surroundings with no sound, no speech service and no settings, with `dir` as her home.
pub fn bare(dir: &Dir) -> Environment {
    let home = dir.sub("home");
    knows_the_loudspeaker(&home);
    vec![
        ("HOME", home.into()),
        ("XDG_RUNTIME_DIR", dir.sub("run").into()),
        ("PATH", "/usr/bin:/bin".into()),
        ("ALSA_CONFIG_PATH", dir.file("nothing.conf", "").into()),
        (
            "DBUS_SYSTEM_BUS_ADDRESS",
            "unix:path=/nonexistent/bus".into(),
        ),
        ("SPEECHD_ADDRESS", "unix_socket:/nonexistent/speech".into()),
        ("SPEECHD_CMD", "false".into()),
    ]
}

/// Bytes of a second of sound, as the program plays it: two channels of 32 bits.
const SECOND: u64 = 48_000 * 2 * 4;

/// Surroundings in which a session goes by so many times faster than in life: a loudspeaker that takes
/// sound from a pipe, and that nobody hears. For tests that only look at the screen.
pub fn in_fast_motion(dir: &Dir, times: u64) -> Environment {
    let pipe = dir.path().join("pipe");
    let mode = Mode::RUSR | Mode::WUSR;
    mknodat(CWD, &pipe, FileType::Fifo, mode, 0).expect("a pipe");
    // Both ends, so that it stays open from one program to the next.
    let both = OpenOptions::new().read(true).write(true).open(&pipe);
    let mut sound = both.expect("the pipe");
    thread::spawn(move || {
        let step = Duration::from_millis(10);
        let mut taken = vec![0; (SECOND * times / 100) as usize];
        while sound.read(&mut taken).is_ok() {
            wait(step);
        }
    });
    let text = format!(
        "pcm.!default {{ type file slave.pcm {{ type null }} file \"{}\" format raw }}\n",
        pipe.display()
    );
    let mut environment = bare(dir);
    environment.retain(|(key, _)| *key != "ALSA_CONFIG_PATH");
    environment.push(("ALSA_CONFIG_PATH", dir.file("fast.conf", &text).into()));
    environment
}

/// Begins the upper-back session, for the first time: the notice has been read.
pub fn upper_back(environment: &Environment, options: &[&str]) -> Program {
    let arguments: Vec<_> = [
        "play",
        "upper-back",
        "--posture",
        "seated",
        "--length",
        "20",
    ]
    .iter()
    .chain(options)
    .copied()
    .collect();
    let mut program = Program::start(softback(), &arguments, Path::new("/"), environment);
    program.reads_the_notice(PATIENCE);
    program
}

/// Plays a routine of `tests/fixtures` through the loudspeaker, from a folder that holds nothing of the program's.
pub fn play(speaker: &Loudspeaker, routine: &str, options: &[&str]) -> Program {
    let routine = fixture(routine);
    let arguments: Vec<_> = ["play", &routine].iter().chain(options).copied().collect();
    Program::start(
        softback(),
        &arguments,
        Path::new("/"),
        &speaker.environment(),
    )
}

/// What the built-in voice says, at the safety rate, as it leaves the loudspeaker.
pub fn spoken(text: &str) -> Vec<f32> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    let mut heart = Heart::open(&folder).expect("the set-up has fetched the voice");
    let (events, inbox) = unbounded();
    let said = Utterance::new(text, SAFETY_RATE);
    heart.handle(VoiceJob::Render(said), &events);
    match inbox.recv() {
        Ok(VoiceEvent::Rendered { clip, .. }) => clip.samples.to_vec(),
        other => panic!("{other:?}"),
    }
}
