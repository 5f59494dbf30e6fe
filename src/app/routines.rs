//! Routines, built in or in files: found, listed, checked.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;
use serde::Serialize;

use super::own::{self, Own};
use super::{print, sign};
use crate::base::files::{LONGEST_TEXT, read_at_most, read_plain, to_text};
use crate::base::{Place, Remedy};
use crate::error::{Error, Outcome};
use crate::routine::{Routine, Standing, UnknownRoutine, built_in, built_in_names};
use crate::settings::paths;
use crate::voice;

/// What stands for standard input among files.
const INPUT: &str = "-";

/// How long a pipe may take to hand over a routine.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn list() -> Result<Outcome, Error> {
    for name in built_in_names() {
        print(format_args!("{name}  {}", built_in(name)?.title()))?;
    }
    for own in own::all()? {
        print(listed(&own))?;
    }
    Ok(Outcome::Done)
}

/// A broken one is listed, too: she looks for it here.
fn listed(own: &Own) -> String {
    let Own { name, path } = own;
    if let Some(why) = own.unreachable() {
        return format!("{}  {why}", path.display());
    }
    // A pipe would keep the list waiting.
    match parsed(path, read_plain(path, LONGEST_TEXT).and_then(to_text)) {
        Ok((routine, _)) => format!("{name}  {}, {}", routine.title(), routine.standing()),
        Err(Error::Unreadable { cause, .. }) => format!("{name}  cannot be read: {cause}"),
        Err(_) => format!("{name}  has problems: softback check {name}"),
    }
}

/// Checks all files before it fails for one.
pub(super) fn check(files: &[String], sign_by: Option<&str>) -> Result<Outcome, Error> {
    let mut failed = None;
    for file in files {
        let checked = match sign_by {
            Some(by) => file_to_sign(file).and_then(|path| sign::sign(&path, by)),
            None => named_or_file(file),
        };
        match checked.and_then(|routine| tell(file, &routine)) {
            Ok(_) => {}
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

/// That it is sound, and its standing; of an unreviewed one, why.
fn tell(file: &str, routine: &Routine) -> Result<Outcome, Error> {
    let standing = routine.standing();
    print(format_args!(
        "{file}: {} is sound, and {standing}",
        routine.title()
    ))?;
    if let Standing::Unreviewed(doubts) = standing {
        for doubt in doubts {
            print(format_args!("  {doubt}"))?;
        }
        print(format_args!(
            "  Who has read every line of it can sign it: softback check --sign --by \"NAME, CALLING\" {file}"
        ))?;
    }
    tell_of_unknown_words(&routine.new_words())
}

/// How the built-in voice says words that its dictionary lacks.
fn tell_of_unknown_words(words: &BTreeSet<String>) -> Result<Outcome, Error> {
    if words.is_empty() {
        return Ok(Outcome::Done);
    }
    let said = paths::voice_dir(None).and_then(|folder| voice::guessed(&folder, words));
    let said = match said {
        Ok(said) => said,
        // The routine is sound all the same.
        Err(error) => {
            return print(format_args!(
                "  How the built-in voice says the new words cannot be told: {}",
                error.told()
            ));
        }
    };
    for (word, sounds) in said {
        print(format_args!(
            "  \"{word}\" is in no dictionary of the built-in voice, which says /{sounds}/: listen, and respell it in \
             [words] if that is wrong"
        ))?;
    }
    Ok(Outcome::Done)
}

/// A file that was checked.
#[derive(Serialize)]
struct Checked<'a> {
    file: &'a str,
    problems: Vec<Told>,
}

/// A problem, as another program is told of it.
#[derive(Serialize)]
struct Told {
    /// Missing for a file that cannot be read.
    #[serde(flatten)]
    place: Option<Place>,
    message: String,
    help: String,
}

/// The same for other programs: all that is wrong with each, as JSON.
pub(super) fn check_for_programs(files: &[String]) -> Result<Outcome, Error> {
    let checked = files.iter().map(|file| Checked {
        file,
        problems: named_or_file(file).map_or_else(|error| told(&error), |_| Vec::new()),
    });
    let checked: Vec<_> = checked.collect();
    let json = serde_json::to_string_pretty(&checked).map_err(io::Error::from);
    print(json.map_err(Error::system("the answer cannot be written as JSON"))?)?;
    let sound = checked.iter().all(|checked| checked.problems.is_empty());
    Ok(if sound {
        Outcome::Done
    } else {
        Outcome::HasProblems
    })
}

fn told(error: &Error) -> Vec<Told> {
    let Error::Problems(problems) = error else {
        return vec![Told {
            place: None,
            message: error.to_string(),
            help: error.remedy().unwrap_or_default(),
        }];
    };
    let placed = problems.placed().map(|(place, problem)| Told {
        place: Some(place),
        message: problem.message.clone(),
        help: problem.help.clone(),
    });
    placed.collect()
}

/// A routine by its name, or a file by whatever name.
fn named_or_file(name: &str) -> Result<Routine, Error> {
    if name == INPUT {
        let text = read_at_most(io::stdin().lock(), LONGEST_TEXT).and_then(to_text);
        return parsed(Path::new("standard input"), text).map(|(routine, _)| routine);
    }
    match file_of_any_name(name)? {
        Some(path) => Ok(read(&path)?.0),
        None => Ok(built_in(name)?),
    }
}

fn file_to_sign(name: &str) -> Result<PathBuf, Error> {
    if name == INPUT {
        return Err(Error::Unsigned {
            path: "standard input".into(),
            cause: io::Error::other("it is no file"),
        });
    }
    let built_in = || Error::BuiltIn {
        name: name.to_owned(),
    };
    file_of_any_name(name)?.ok_or_else(built_in)
}

/// The file that a name stands for, whatever it is called; none for a built-in routine.
fn file_of_any_name(name: &str) -> Result<Option<PathBuf>, Error> {
    match file_of(name) {
        Err(Error::UnknownRoutine(_) | Error::NoName { .. }) if Path::new(name).exists() => {
            Ok(Some(name.into()))
        }
        found => found,
    }
}

/// A built-in routine or one of her own by its name, or a file.
pub(super) fn find(routine: &str) -> Result<Routine, Error> {
    find_with_text(routine).map(|(routine, _)| routine)
}

/// The same with the text of its file, unless it is built in.
pub(super) fn find_with_text(routine: &str) -> Result<(Routine, Option<String>), Error> {
    match file_of(routine)? {
        Some(path) => read(&path),
        None => Ok((built_in(routine)?, None)),
    }
}

/// The file that a name stands for, or none for a built-in routine.
fn file_of(routine: &str) -> Result<Option<PathBuf>, Error> {
    if is_file(routine) {
        return Ok(Some(routine.into()));
    }
    if own::is_built_in(routine) {
        return Ok(None);
    }
    let path = own::path(routine)?;
    // A link that leads nowhere is told of like a file that cannot be read.
    if fs::symlink_metadata(&path).is_ok() {
        return Ok(Some(path));
    }
    let own = own::reachable();
    Err(UnknownRoutine::among(routine, &own::known(&own)).into())
}

/// Whether a file is meant, and no name: it has the ending, or stands in a folder.
fn is_file(routine: &str) -> bool {
    let ending = Path::new(routine).extension();
    let toml = ending.is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    toml || routine.contains('/')
}

fn read(path: &Path) -> Result<(Routine, Option<String>), Error> {
    parsed(path, read_text(path))
}

fn parsed(path: &Path, text: io::Result<String>) -> Result<(Routine, Option<String>), Error> {
    let text = text.map_err(|cause| Error::Unreadable {
        path: path.to_owned(),
        cause,
    })?;
    let routine = Routine::parse(&path.to_string_lossy(), &text)?;
    Ok((routine, Some(text)))
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
