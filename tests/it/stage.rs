//! The program under test, and its surroundings.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::unbounded;
use softback::parts::SAFETY_RATE;
use softback::parts::Utterance;
use softback::parts::{Heart, Voice, VoiceEvent, VoiceJob};

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

/// Begins the upper-back session, for the first time: the notice has been read.
pub fn upper_back(speaker: &Loudspeaker, options: &[&str]) -> Program {
    let arguments: Vec<_> = ["play", "upper-back", "--posture", "seated"]
        .iter()
        .chain(options)
        .copied()
        .collect();
    let mut program = Program::start(
        softback(),
        &arguments,
        Path::new("/"),
        &speaker.environment(),
    );
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
