//! Routines, built in or in files: found, listed, checked.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;

use super::print;
use crate::base::files::{LONGEST_TEXT, read_at_most, read_plain, to_text};
use crate::error::{Error, Outcome};
use crate::routine::{Routine, built_in, built_in_names};

/// How long a pipe may take to hand over a routine.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn list() -> Result<Outcome, Error> {
    for name in built_in_names() {
        print(format_args!("{name}  {}", built_in(name)?.title()))?;
    }
    Ok(Outcome::Done)
}

/// Checks all files before it fails for one.
pub(super) fn check(files: &[String]) -> Result<Outcome, Error> {
    let mut failed = None;
    for file in files {
        match read(Path::new(file)) {
            Ok(routine) => {
                print(format_args!("{file}: {} is sound", routine.title()))?;
            }
            Err(error) => {
                if let Some(earlier) = failed.replace(error) {
                    earlier.tell();
                    let _ = writeln!(io::stderr());
                }
            }
        }
    }
    failed.map_or(Ok(Outcome::Done), Err)
}

/// A built-in routine by its name, or a file.
pub(super) fn find(routine: &str) -> Result<Routine, Error> {
    match file_of(routine) {
        Some(path) => read(path),
        None => Ok(built_in(routine)?),
    }
}

/// The text of a routine's file; none of a built-in one.
pub(super) fn text(routine: &str) -> Result<Option<String>, Error> {
    let read = |path: &Path| {
        read_text(path).map_err(|cause| Error::Unreadable {
            path: path.to_owned(),
            cause,
        })
    };
    file_of(routine).map(read).transpose()
}

/// The file that a routine's name stands for, if it is no name of ours.
fn file_of(routine: &str) -> Option<&Path> {
    let path = Path::new(routine);
    let toml = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    (toml || path.components().count() > 1).then_some(path)
}

fn read(path: &Path) -> Result<Routine, Error> {
    let text = read_text(path).map_err(|cause| Error::Unreadable {
        path: path.to_owned(),
        cause,
    })?;
    Ok(Routine::parse(&path.to_string_lossy(), &text)?)
}

/// Of a plain file, or of a pipe, whose writer may be another command.
fn read_text(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.file_type().is_fifo() {
        to_text(read_pipe(path)?)
    } else {
        to_text(read_plain(path, LONGEST_TEXT)?)
    }
}

/// On a thread, which is left behind if nobody ever writes: even to open such a pipe takes for ever.
fn read_pipe(path: &Path) -> io::Result<Vec<u8>> {
    let (read, result) = bounded(1);
    let path = path.to_owned();
    thread::Builder::new().spawn(move || {
        let bytes = File::open(path).and_then(|pipe| read_at_most(pipe, LONGEST_TEXT));
        // Nobody waits any more: then the program is ending.
        let _ = read.send(bytes);
    })?;
    let late = |_| {
        io::Error::new(
            ErrorKind::TimedOut,
            "it is a pipe, and nothing came out of it",
        )
    };
    result.recv_timeout(PATIENCE).map_err(late)?
}
