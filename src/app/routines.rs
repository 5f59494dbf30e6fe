//! Routines, built in or in files: found, listed, checked.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::print;
use crate::base::diagnostic::{Problem, Problems};
use crate::base::pace::Pace;
use crate::base::posture::Posture;
use crate::base::time::Frames;
use crate::base::utterance::Estimate;
use crate::error::{Error, Outcome};
use crate::plan::{Plan, Setting};
use crate::routine::{Companion, Routine, built_in, built_in_names};

/// She stands no longer than this by the plan (ACOG804: no long motionless standing; the figure is a house rule).
const LONGEST_ON_FEET: Frames = Frames::from_millis(300_000);

pub(super) fn list() -> Result<Outcome, Error> {
    for name in built_in_names() {
        print(format_args!("{name}  {}", built_in(name)?.title()))?;
    }
    Ok(Outcome::Done)
}

/// Checks all files before it fails for one.
pub(super) fn check(files: &[PathBuf]) -> Result<Outcome, Error> {
    let mut failed = None;
    for file in files {
        match read(file) {
            Ok(routine) => {
                let (file, title) = (file.display(), routine.title());
                print(format_args!("{file}: {title} is sound"))?;
            }
            Err(error) => {
                if let Some(earlier) = failed.replace(error) {
                    earlier.tell();
                    eprintln!();
                }
            }
        }
    }
    failed.map_or(Ok(Outcome::Done), Err)
}

/// A built-in routine by its name, or a file.
pub(super) fn find(routine: &str) -> Result<Routine, Error> {
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
    let name = path.to_string_lossy();
    let routine = Routine::parse(&name, &text)?;
    let setting = Setting::new(Pace::Standard, Posture::Standing);
    let plan = Plan::compile(&routine, &Companion::built_in(), setting, &Estimate);
    let too_long = plan.standing().into_iter();
    let problems: Vec<_> = too_long
        .filter(|(_, time)| *time > LONGEST_ON_FEET)
        .map(|(section, time)| {
            Problem::new(
                routine.on_feet_at(&section),
                format!("she would stand for {time}, and 5 minutes are the most"),
                "leave movements out, count fewer breaths, or let her sit down sooner: long standing \
                 makes light in the head [ACOG804, SWAY]",
            )
        })
        .collect();
    if problems.is_empty() {
        Ok(routine)
    } else {
        Err(Problems::new(&name, &text, problems).into())
    }
}
