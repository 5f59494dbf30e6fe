//! What can be asked for, each in a file of its own.

mod asked;
mod author;
mod config;
mod doctor;
mod emergency_question;
mod export;
mod hear;
mod journal;
mod manual;
mod notice;
mod own;
mod page;
mod pictures;
mod play;
mod routines;
mod show;
mod sign;
mod voices;

use std::fmt::Display;
use std::io::{self, BufRead, ErrorKind, Write};
use std::sync::Arc;

use crate::base::{Pace, Posture, printable_on};
use crate::cli::{Cli, Verb};
use crate::error::{Error, Outcome};
use crate::prepare::can_stand;
use crate::routine::Routine;
use crate::settings::{InForce, flags::Flags};

/// A file that may not grow any further is an error like a full disk, with words: the system's signal would end the
/// program before they are said.
pub(crate) fn full_disks_are_errors() {
    // That it has come is of no use to anybody. Where it cannot be caught, all is as before.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Does what was asked for.
pub(crate) fn run(cli: Cli) -> Result<Outcome, Error> {
    match cli.command {
        _ if cli.notice => notice::show(),
        None => play::play(&cli.options),
        Some(Verb::Play { routine, options }) => play::play(&Flags { routine, ..options }),
        Some(Verb::Export(flags)) => export::export(&flags),
        Some(Verb::Show(flags)) => show::show(&flags),
        Some(Verb::Journal { forget: true, .. }) => journal::forget(),
        Some(Verb::Journal { json, .. }) => journal::show(json),
        Some(Verb::List) => routines::list(),
        Some(Verb::New { name }) => author::new(&name),
        Some(Verb::Edit { name }) => author::edit(&name),
        Some(Verb::Hear(flags)) => hear::hear(&flags),
        Some(Verb::Check {
            files, json: true, ..
        }) => routines::check_for_programs(&files),
        Some(Verb::Check { files, by, .. }) => routines::check(&files, by.as_deref()),
        Some(Verb::Schema) => author::schema(),
        Some(Verb::Voices) => voices::list(),
        Some(Verb::Config { init: true }) => config::init(),
        Some(Verb::Config { init: false }) => config::show(),
        Some(Verb::Doctor {
            devices: true,
            json,
            ..
        }) => doctor::devices(json),
        Some(Verb::Doctor { json, device, .. }) => doctor::examine(json, device),
        Some(Verb::Completions { shell }) => manual::completions(shell),
        Some(Verb::Man { pages: None }) => manual::page(),
        Some(Verb::Man {
            pages: Some(folder),
        }) => manual::pages(&folder),
    }
}

/// Prints an answer. Its reader may stop reading: that is no failure.
fn print(what: impl Display) -> Result<Outcome, Error> {
    let mut output = io::stdout();
    let shown = printable_on(&output, &what.to_string());
    match writeln!(output, "{shown}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::system("the answer cannot be printed")(error))
        }
        _ => Ok(Outcome::Done),
    }
}

/// A line that ends with Enter; `None` where the input ends. What is no text stays recognisable as no answer.
fn read_line(mut input: impl BufRead) -> Result<Option<String>, Error> {
    let mut line = Vec::new();
    let read = input.read_until(b'\n', &mut line);
    read.map_err(Error::system("the answer cannot be read"))?;
    let whole = line.ends_with(b"\n");
    Ok(whole.then(|| String::from_utf8_lossy(&line).into_owned()))
}

/// The posture and the pace that `routine` allows. A setting of hers that does not fit gives way; one that she asks for
/// now is an error.
fn allowed(
    routine: &Routine,
    posture: Option<&InForce<Posture>>,
    pace: &InForce<Pace>,
) -> Result<(Option<Posture>, Pace), Error> {
    let Some(posture) = posture else {
        return Ok((None, pace.value));
    };
    if posture.value == Posture::Standing && !can_stand(routine) {
        return match posture.asked() {
            Some(_) => Err(Error::ChairOnly {
                title: routine.title().to_string(),
            }),
            None => Ok((Some(Posture::Seated), pace.value)),
        };
    }
    let led = pace.value.within(posture.value);
    match pace.asked() {
        Some(&pace) if pace != led => Err(Error::StandardOnly { pace }),
        _ => Ok((Some(posture.value), led)),
    }
}

#[cfg(test)]
mod tests {
    use super::Pace::{Slow, Standard};
    use super::Posture::{Seated, Standing};
    use super::*;
    use crate::routine::built_in;
    use crate::settings::Origin;

    #[test]
    fn standing_is_at_the_standard_pace_and_only_where_she_can_stand() {
        let (stands, chair) = (built_in("upper-back").unwrap(), built_in("gentle").unwrap());
        let asked = |posture, pace| (Some(InForce::flag(posture)), InForce::flag(pace));
        let set = |posture, pace| {
            let from = Origin::Line(1);
            (Some(InForce::new(posture, from)), InForce::new(pace, from))
        };
        let on =
            |routine, (posture, pace): (Option<_>, _)| allowed(routine, posture.as_ref(), &pace);
        let refused = on(&stands, asked(Standing, Slow));
        assert!(matches!(refused, Err(Error::StandardOnly { pace: Slow })));
        let refused = on(&chair, asked(Standing, Standard));
        assert!(matches!(refused, Err(Error::ChairOnly { .. })));
        let both = (set(Standing, Slow).0, asked(Standing, Slow).1);
        let refused = on(&stands, both);
        assert!(matches!(refused, Err(Error::StandardOnly { pace: Slow })));

        for (routine, wanted, led) in [
            (
                &stands,
                asked(Standing, Standard),
                (Some(Standing), Standard),
            ),
            (&stands, set(Standing, Slow), (Some(Standing), Standard)),
            (&chair, set(Standing, Slow), (Some(Seated), Slow)),
            (&stands, asked(Seated, Slow), (Some(Seated), Slow)),
            (&stands, (None, InForce::flag(Slow)), (None, Slow)),
        ] {
            assert_eq!(on(routine, wanted).unwrap(), led);
        }
    }
}
