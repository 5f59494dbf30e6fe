//! Routines, built in or in files: found, listed, checked.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::print;
use crate::error::{Error, Outcome};
use crate::routine::{Routine, built_in, built_in_names};

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
    Ok(Routine::parse(&path.to_string_lossy(), &text)?)
}
