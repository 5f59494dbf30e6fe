//! Routines of one's own, begun and changed; and what an editor knows of them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use signal_hook::consts::{SIGINT, SIGQUIT};

use super::{own, print, routines};
use crate::base::did_you_mean;
use crate::base::files::{folder_of, make_folder, put_new_file};
use crate::error::{Error, Outcome};
use crate::routine::file_schema;

/// A routine that can be played as it is, with everything explained.
const TEMPLATE: &str = include_str!("../../scripts/new.toml");

/// Which editor is hers: the first of these that is set.
const EDITORS: [&str; 2] = ["VISUAL", "EDITOR"];

/// Writes a routine of this name to begin with.
pub(super) fn new(name: &str) -> Result<Outcome, Error> {
    let path = own::of_her_own(name)?;
    let unwritable = |cause| Error::UnwritableRoutine {
        path: path.clone(),
        cause,
    };
    make_folder(folder_of(&path)).map_err(unwritable)?;
    match put_new_file(&path, TEMPLATE.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Error::RoutineExists {
                name: name.to_owned(),
                path,
            });
        }
        written => written.map_err(unwritable)?,
    }
    print(format_args!(
        "{} is written: everything in it is explained, and it can be played as it is.\n\
         Change it with `softback edit {name}`, then play it with `softback play {name}`.",
        path.display()
    ))
}

/// Opens the routine of this name in her editor; then checks it.
pub(super) fn edit(name: &str) -> Result<Outcome, Error> {
    let path = own::of_her_own(name)?;
    if fs::symlink_metadata(&path).is_err() {
        let near: Vec<_> = own::reachable();
        let near: Vec<_> = near.iter().map(String::as_str).collect();
        return Err(Error::NotBegun {
            name: name.to_owned(),
            suggestion: did_you_mean(name, &near),
        });
    }
    let editor = editor(|variable| env::var_os(variable))?;
    open(name, &editor, &path)?;
    routines::check(&[name.to_owned()], None)
}

/// What may stand in a routine file, for her editor.
pub(super) fn schema() -> Result<Outcome, Error> {
    let json = serde_json::to_string_pretty(&file_schema()).map_err(io::Error::from);
    print(json.map_err(Error::system("the schema cannot be written as JSON"))?)
}

/// The editor and its arguments, as the environment names them.
fn editor(set: impl Fn(&str) -> Option<OsString>) -> Result<Vec<String>, Error> {
    let named = EDITORS.into_iter().find_map(|variable| {
        let command = set(variable)?.to_string_lossy().into_owned();
        (!command.trim().is_empty()).then_some((variable, command))
    });
    let (variable, command) = named.ok_or(Error::NoEditor)?;
    let words = shlex::split(&command).filter(|words| !words.is_empty());
    words.ok_or(Error::UnreadEditor { variable, command })
}

/// Waits until the editor is closed.
fn open(name: &str, editor: &[String], path: &Path) -> Result<(), Error> {
    let failed = |why: String| Error::EditorFailed {
        name: name.to_owned(),
        editor: editor.join(" "),
        why,
    };
    // Ctrl-C is the editor's own, and must not leave it behind without this program. Where it cannot be caught, it is as
    // ever.
    for signal in [SIGINT, SIGQUIT] {
        let _ = signal_hook::flag::register(signal, Arc::default());
    }
    let (program, arguments) = editor.split_first().ok_or(Error::NoEditor)?;
    let ended = Command::new(program).args(arguments).arg(path).status();
    let ended = ended.map_err(|cause| failed(cause.to_string()))?;
    if ended.success() {
        Ok(())
    } else {
        Err(failed(ended.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routine::Routine;
    use crate::routine::library::own_sentences;

    #[test]
    fn what_one_begins_with_is_sound_and_says_only_what_is_known() {
        let routine =
            Routine::parse("new.toml", TEMPLATE).unwrap_or_else(|wrong| panic!("{wrong}"));
        let known: Vec<_> = own_sentences().collect();
        for line in routine.lines() {
            assert!(known.contains(&&*line.text), "{}", line.text);
        }
        assert!(routine.has_lengths() && routine.missed_in_a_recording().is_empty());
    }

    #[test]
    fn the_editor_is_the_first_that_is_set_and_may_have_arguments() {
        let chosen = |visual: Option<&str>, line: Option<&str>| {
            editor(|variable| match variable {
                "VISUAL" => visual.map(OsString::from),
                _ => line.map(OsString::from),
            })
        };
        assert_eq!(chosen(Some("vi"), Some("ed")).unwrap(), ["vi"]);
        assert_eq!(chosen(Some(" "), Some("ed -s")).unwrap(), ["ed", "-s"]);
        assert_eq!(
            chosen(None, Some("'/opt/my editor/e' --wait")).unwrap(),
            ["/opt/my editor/e", "--wait"]
        );
        assert!(matches!(chosen(None, None), Err(Error::NoEditor)));
        assert!(matches!(chosen(Some(""), None), Err(Error::NoEditor)));
        for unread in ["'vi", "\"\"\\"] {
            assert!(matches!(
                chosen(None, Some(unread)),
                Err(Error::UnreadEditor {
                    variable: "EDITOR",
                    ..
                })
            ));
        }
    }
}
