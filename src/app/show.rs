//! A routine to read: its cues, or where its sentences come from.

use super::{allowed, print, routines};
use crate::base::{Length, Pace, Posture};
use crate::error::{Error, Outcome};
use crate::plan::{Plan, Setting};
use crate::routine::{Companion, Routine, Standing};
use crate::settings::InForce;

/// Its cues, as they come.
pub(super) fn plan(
    routine: &str,
    posture: Posture,
    pace: Pace,
    length: Length,
) -> Result<Plan, Error> {
    let routine = routines::find(routine)?;
    let (stands, led) = (InForce::flag(posture), InForce::flag(pace));
    allowed(&routine, Some(&stands), &led)?;
    tell_standing(&routine)?;
    let setting = Setting {
        length,
        ..Setting::new(pace, posture)
    };
    Ok(Plan::compile(&routine, &Companion::built_in(), setting))
}

/// Of a routine that is not Softback's own.
fn tell_standing(routine: &Routine) -> Result<Outcome, Error> {
    match routine.standing() {
        Standing::Ours => Ok(Outcome::Done),
        standing => print(format_args!("{}: {standing}\n", routine.title())),
    }
}

/// Each sentence with its sources, then what they are, and how many sentences rest on what.
pub(super) fn sources(routine: &str) -> Result<Outcome, Error> {
    let routine = routines::find(routine)?;
    tell_standing(&routine)?;
    for line in routine.lines() {
        print(format_args!("{}  {}", line.text, line.source.join(", ")))?;
    }
    print("")?;
    for source in routine.told_sources() {
        print(source)?;
    }
    print("\nLines, each by its strongest source:")?;
    for (ground, lines) in routine.grounds() {
        print(format_args!("{lines:>4}  {ground}"))?;
    }
    Ok(Outcome::Done)
}
