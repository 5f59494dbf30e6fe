//! The wiring: one short function for each thing that can be asked for.

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::cli::{Cli, Command, DEFAULT_ROUTINE, PlayOptions, VoiceChoice};
use crate::error::{Error, Outcome};
use crate::pace::Pace;
use crate::paths;
use crate::plan::Plan;
use crate::player::{self, Stage};
use crate::routine::{Companion, Posture, Routine, built_in, built_in_names};
use crate::session::{Programme, Session};
use crate::utterance::{Estimate, VoiceAbility};
use crate::voice::{self, Heart, Silent, VoiceError, VoiceHandle};

/// Does what was asked for.
#[must_use]
pub fn run(cli: Cli) -> Outcome {
    let done = match cli.command {
        None => play(DEFAULT_ROUTINE, &cli.options),
        Some(Command::Play { routine, options }) => play(&routine, &options),
        Some(Command::Show { routine, pace }) => show(&routine, pace),
        Some(Command::List) => list(),
        Some(Command::Check { files }) => check(&files),
        Some(Command::Voices) => voices(),
    };
    done.unwrap_or_else(Outcome::Failed)
}

/// Routine → plan → session → player.
fn play(routine: &str, options: &PlayOptions) -> Result<Outcome, Error> {
    let routine = find(routine)?;
    let voice = open_voice(options)?;
    let programme = Programme::new(
        &routine,
        Companion::built_in(),
        Posture::default(),
        &Estimate,
    );
    let session = Session::new(programme, options.pace, ability(options.voice));
    let stage = Stage {
        voice,
        volume: options.volume,
        period: options.buffer,
    };
    player::play(session, stage)
}

fn show(routine: &str, pace: Pace) -> Result<Outcome, Error> {
    let routine = find(routine)?;
    let plan = Plan::compile(
        &routine,
        &Companion::built_in(),
        pace,
        Posture::default(),
        &Estimate,
    );
    print(&plan)?;
    Ok(Outcome::Done)
}

fn list() -> Result<Outcome, Error> {
    for name in built_in_names() {
        print(&format_args!("{name}  {}", built_in(name)?.title()))?;
    }
    Ok(Outcome::Done)
}

/// Checks all files before it fails for one.
fn check(files: &[PathBuf]) -> Result<Outcome, Error> {
    let mut failed = None;
    for file in files {
        match read(file) {
            Ok(routine) => print(&format_args!(
                "{}: {} is sound",
                file.display(),
                routine.title()
            ))?,
            Err(error) => {
                if let Some(earlier) = failed.replace(error) {
                    eprintln!("softback: {earlier}\n");
                }
            }
        }
    }
    failed.map_or(Ok(Outcome::Done), Err)
}

fn voices() -> Result<Outcome, Error> {
    let heart = match paths::voice_dir(None) {
        Ok(folder) => format!(
            "heart   the built-in natural voice, in {}",
            folder.display()
        ),
        Err(error) => format!("heart   {error}"),
    };
    let system = if cfg!(feature = "system-voice") {
        "the desktop's own speech service"
    } else {
        "not built in"
    };
    print(&format_args!(
        "{heart}\nsystem  {system}\nsilent  none, for trying things out"
    ))?;
    Ok(Outcome::Done)
}

/// Prints what was asked for. Whoever reads it may stop reading: that is no failure.
fn print(what: &dyn Display) -> Result<(), Error> {
    match writeln!(io::stdout(), "{what}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::system("the answer cannot be printed")(error))
        }
        _ => Ok(()),
    }
}

/// A built-in routine by its name, or a file.
fn find(routine: &str) -> Result<Routine, Error> {
    let path = Path::new(routine);
    if path.extension() == Some(OsStr::new("toml")) || path.components().count() > 1 {
        read(path)
    } else {
        Ok(built_in(routine)?)
    }
}

fn read(path: &Path) -> Result<Routine, Error> {
    let text = fs::read_to_string(path).map_err(|cause| Error::Unreadable {
        path: path.to_owned(),
        cause,
    })?;
    Ok(Routine::parse(&path.to_string_lossy(), &text)?)
}

const fn ability(voice: VoiceChoice) -> VoiceAbility {
    match voice {
        VoiceChoice::Heart | VoiceChoice::Silent => VoiceAbility::Renders,
        VoiceChoice::System => VoiceAbility::Speaks,
    }
}

/// Starts the voice on its thread. What can be known to fail at once fails here, before anything sounds.
fn open_voice(options: &PlayOptions) -> Result<VoiceHandle, Error> {
    let handle = match options.voice {
        VoiceChoice::Heart => {
            let folder =
                paths::voice_dir(options.voice_dir.as_deref()).map_err(with_alternative)?;
            voice::spawn(move |_| Heart::open(&folder))
        }
        VoiceChoice::Silent => voice::spawn(|_| Ok(Silent)),
        VoiceChoice::System => {
            let handle =
                open_system().map_err(Error::system("the voice's thread cannot be started"))?;
            handle.wait_until_ready()?;
            Ok(handle)
        }
    };
    handle.map_err(Error::system("the voice's thread cannot be started"))
}

#[cfg(feature = "system-voice")]
fn open_system() -> std::io::Result<VoiceHandle> {
    voice::spawn(voice::system::open)
}

#[cfg(not(feature = "system-voice"))]
fn open_system() -> std::io::Result<VoiceHandle> {
    voice::spawn(|_| Err::<Silent, _>(VoiceError::NotBuiltIn))
}

/// Names the system voice as a way out, where a service answers: never a silent change of voice.
fn with_alternative(mut error: VoiceError) -> VoiceError {
    if let VoiceError::NotInstalled { alternative, .. } = &mut error
        && service_answers()
    {
        *alternative = ",\n  or use the desktop's voice: `softback --voice system`".into();
    }
    error
}

#[cfg(feature = "system-voice")]
fn service_answers() -> bool {
    voice::system::answers(std::time::Duration::from_secs(2))
}

#[cfg(not(feature = "system-voice"))]
const fn service_answers() -> bool {
    false
}
