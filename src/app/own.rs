//! Routines of one's own by their names: the files in one folder of hers.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::base::did_you_mean;
use crate::error::Error;
use crate::routine::built_in_names;
use crate::settings::paths;

/// How the name of a routine's file ends.
const ENDING: &str = "toml";

/// The most letters of a name.
const LONGEST_NAME: usize = 60;

/// A file in the folder of her routines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Own {
    /// By which it is played, if it can be.
    pub name: String,
    pub path: PathBuf,
}

impl Own {
    fn at(path: PathBuf) -> Self {
        let name = path.file_stem().unwrap_or_default();
        Self {
            name: name.to_string_lossy().into_owned(),
            path,
        }
    }

    /// Why no name leads to it, if none does.
    pub(super) fn unreachable(&self) -> Option<&'static str> {
        if is_built_in(&self.name) {
            Some("a built-in routine has its name: give the file another one")
        } else if is_plain(&self.name) {
            None
        } else {
            Some("name the file in small letters, digits and hyphens to play it by its name")
        }
    }
}

/// All of them, by their names.
pub(super) fn all() -> Result<Vec<Own>, Error> {
    match paths::routines_folder() {
        Ok(folder) => in_folder(&folder),
        // Without a home she has none.
        Err(_) => Ok(Vec::new()),
    }
}

fn in_folder(folder: &Path) -> Result<Vec<Own>, Error> {
    let unreadable = |cause| Error::UnreadableFolder {
        path: folder.to_owned(),
        cause,
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(unreadable)?,
    };
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == ENDING));
    paths.sort();
    Ok(paths.into_iter().map(Own::at).collect())
}

/// Where the routine of this name lies, or would.
pub(super) fn path(name: &str) -> Result<PathBuf, Error> {
    if !is_plain(name) {
        return Err(Error::NoName {
            name: name.to_owned(),
            suggestion: did_you_mean(name, &known(&reachable())),
        });
    }
    let folder = paths::routines_folder()?;
    Ok(folder.join(format!("{name}.{ENDING}")))
}

/// The same of a name that she may give.
pub(super) fn of_her_own(name: &str) -> Result<PathBuf, Error> {
    let (name, suggestion) = (name.to_owned(), String::new());
    if is_built_in(&name) {
        Err(Error::BuiltIn { name })
    } else if is_plain(&name) {
        path(&name)
    } else {
        Err(Error::NoName { name, suggestion })
    }
}

/// The names of her routines. Where the folder cannot be read, there is none to suggest.
pub(super) fn reachable() -> Vec<String> {
    let own = all().unwrap_or_default().into_iter();
    let own = own.filter(|own| own.unreachable().is_none());
    own.map(|own| own.name).collect()
}

/// Every name of a routine, with these of hers.
pub(super) fn known(own: &[String]) -> Vec<&str> {
    let own = own.iter().map(String::as_str);
    let mut known: Vec<&str> = built_in_names().collect();
    known.extend(own);
    known
}

pub(super) fn is_built_in(name: &str) -> bool {
    built_in_names().any(|known| known == name)
}

/// Letters that every file system keeps apart, and no shell takes for anything else.
fn is_plain(name: &str) -> bool {
    let plain = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let short = (1..=LONGEST_NAME).contains(&name.len());
    short && !name.starts_with('-') && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_or_none() {
        let longest = "a".repeat(LONGEST_NAME);
        for name in ["a", "desk-break", "2-minutes", &longest] {
            assert!(is_plain(name), "{name:?}");
        }
        for name in [
            "",
            "-a",
            ".",
            "..",
            "a.b",
            "a/b",
            "A",
            "a b",
            "a\0",
            "\u{e4}",
            &(longest + "a"),
        ] {
            assert!(!is_plain(name), "{name:?}");
        }
    }

    #[test]
    fn every_routine_file_of_the_folder_is_there_and_says_why_no_name_leads_to_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in [
            "b.toml",
            "a.toml",
            "gentle.toml",
            "My own.toml",
            "notes.txt",
        ] {
            fs::write(at(name), "").expect("a file");
        }
        let own = in_folder(folder.path()).expect("a folder");
        let seen: Vec<_> = own
            .iter()
            .map(|own| (&*own.name, own.unreachable().is_none()))
            .collect();
        let expected = [
            ("My own", false),
            ("a", true),
            ("b", true),
            ("gentle", false),
        ];
        assert_eq!(seen, expected);
        assert_eq!(in_folder(&at("none")).expect("no folder"), []);
        assert!(in_folder(&at("a.toml")).is_err());
    }
}
