//! What can be asked for, each in a file of its own.

mod config;
mod doctor;
mod journal;
mod manual;
mod notice;
mod play;
mod routines;
mod show;
mod voices;

use std::fmt::Display;
use std::io::{self, BufRead, ErrorKind, Write};

use crate::base::pace::Pace;
use crate::base::posture::Posture;
use crate::cli::{Cli, Command};
use crate::error::{Error, Outcome};
use crate::routine::Routine;
use crate::settings::InForce;
use crate::settings::flags::Flags;

/// Does what was asked for.
pub(crate) fn run(cli: Cli) -> Result<Outcome, Error> {
    match cli.command {
        _ if cli.notice => notice::show(),
        None => play::play(&cli.options),
        Some(Command::Play { routine, options }) => play::play(&Flags { routine, ..options }),
        Some(Command::Show {
            routine,
            sources: true,
            ..
        }) => show::sources(&routine),
        Some(Command::Show {
            routine,
            pace,
            posture,
            ..
        }) => show::cues(&routine, posture, pace),
        Some(Command::Journal { forget: true, .. }) => journal::forget(),
        Some(Command::Journal { json, .. }) => journal::show(json),
        Some(Command::List) => routines::list(),
        Some(Command::Check { files }) => routines::check(&files),
        Some(Command::Voices) => voices::list(),
        Some(Command::Config { init: true }) => config::init(),
        Some(Command::Config { init: false }) => config::show(),
        Some(Command::Doctor {
            devices: true,
            json,
            ..
        }) => doctor::devices(json),
        Some(Command::Doctor { json, device, .. }) => doctor::examine(json, device),
        Some(Command::Completions { shell }) => manual::completions(shell),
        Some(Command::Man) => manual::page(),
    }
}

/// Prints an answer. Its reader may stop reading: that is no failure.
fn print(what: impl Display) -> Result<Outcome, Error> {
    match writeln!(io::stdout(), "{what}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::system("the answer cannot be printed")(error))
        }
        _ => Ok(Outcome::Done),
    }
}

fn read_line(mut input: impl BufRead) -> Result<String, Error> {
    let mut line = String::new();
    let read = input.read_line(&mut line);
    read.map_err(Error::system("the answer cannot be read"))?;
    Ok(line)
}

/// The posture and the pace that `routine` allows. A setting of hers that does not fit gives way; one that she asks for
/// now is an error.
fn allowed(
    routine: &Routine,
    posture: Option<&InForce<Posture>>,
    pace: &InForce<Pace>,
) -> Result<(Option<Posture>, Pace), Error> {
    let asks_to_stand = posture.and_then(InForce::asked) == Some(&Posture::Standing);
    match posture.map(|posture| posture.value) {
        Some(Posture::Standing) if !can_stand(routine) && asks_to_stand => Err(Error::ChairOnly {
            title: routine.title().to_string(),
        }),
        Some(Posture::Standing) if !can_stand(routine) => Ok((Some(Posture::Seated), pace.value)),
        Some(posture) => {
            let slowed = pace.value.within(posture);
            match pace.asked() {
                Some(&pace) if pace != slowed => Err(Error::StandardOnly { pace }),
                _ => Ok((Some(posture), slowed)),
            }
        }
        None => Ok((None, pace.value)),
    }
}

/// Whether a part of it can be done standing.
fn can_stand(routine: &Routine) -> bool {
    routine.sections().iter().any(|section| section.on_feet)
}
