//! What is remembered of each loudspeaker: that she has heard it well, and how loud.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::files::{LONGEST_TEXT, read_plain, replace_file_soon};

/// Loudspeakers by their names, as they are asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loudspeakers {
    path: PathBuf,
    known: BTreeMap<String, Known>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// In decibels, 0 at most.
    volume: i8,
    /// She has said that she hears it well. A file without this was written only when she had.
    #[serde(default = "yes")]
    checked: bool,
}

const fn yes() -> bool {
    true
}

impl Loudspeakers {
    /// Those in the file at `path`. A file that is missing or cannot be read has none: she is asked once more, and
    /// nothing is lost.
    pub(crate) fn read(path: &Path) -> Self {
        let text = read_plain(path, LONGEST_TEXT).unwrap_or_default();
        Self {
            path: path.to_owned(),
            known: serde_json::from_slice(&text).unwrap_or_default(),
        }
    }

    /// How loud she wants this one, in decibels; nothing if she has never said.
    pub(crate) fn volume(&self, name: &str) -> Option<i8> {
        self.known.get(name).map(|known| known.volume)
    }

    /// Whether she has heard this one well.
    pub(crate) fn is_checked(&self, name: &str) -> bool {
        self.known.get(name).is_some_and(|known| known.checked)
    }

    /// How loud she wants it; what is to be written, if that is new.
    #[must_use]
    pub(crate) fn keep(&mut self, name: &str, volume: i8) -> Option<Self> {
        let checked = self.is_checked(name);
        self.learn(name, Known { volume, checked })
    }

    /// That she hears it well, as loud as this; what is to be written, if that is new.
    #[must_use]
    pub(crate) fn check(&mut self, name: &str, volume: i8) -> Option<Self> {
        let checked = true;
        self.learn(name, Known { volume, checked })
    }

    fn learn(&mut self, name: &str, known: Known) -> Option<Self> {
        let before = self.known.insert(name.to_owned(), known);
        (before != Some(known)).then(|| self.clone())
    }

    /// Writes the file anew.
    pub(crate) fn write(&self) -> io::Result<()> {
        replace_file_soon(&self.path, &serde_json::to_vec_pretty(&self.known)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn each_loudspeaker_is_remembered_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/loudspeakers.json");
        let mut none = Loudspeakers::read(&path);
        assert_eq!(none.volume("default"), None);
        for (name, volume) in [("default", -6), ("kitchen", 0), ("default", -9)] {
            none.keep(name, volume).unwrap().write().unwrap();
        }
        assert!(none.keep("default", -9).is_none(), "that is known");
        let known = Loudspeakers::read(&path);
        assert_eq!(known.volume("default"), Some(-9));
        assert_eq!(known.volume("kitchen"), Some(0));
        assert_eq!(known.volume("bath"), None);
    }

    #[test]
    fn how_loud_is_remembered_before_it_is_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loudspeakers.json");
        let known = |path| {
            let read = Loudspeakers::read(path);
            (read.volume("default"), read.is_checked("default"))
        };
        let mut hers = Loudspeakers::read(&path);
        assert_eq!(known(&path), (None, false));
        hers.keep("default", -6).unwrap().write().unwrap();
        assert_eq!(known(&path), (Some(-6), false), "she is still asked");
        hers.check("default", -6).unwrap().write().unwrap();
        assert_eq!(known(&path), (Some(-6), true));
        hers.keep("default", -9).unwrap().write().unwrap();
        assert_eq!(known(&path), (Some(-9), true));
    }

    #[test]
    fn what_was_written_without_a_word_about_the_check_was_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loudspeakers.json");
        fs::write(&path, r#"{"default":{"volume":-3}}"#).unwrap();
        let old = Loudspeakers::read(&path);
        assert_eq!(old.volume("default"), Some(-3));
        assert!(old.is_checked("default") && !old.is_checked("kitchen"));
    }

    #[test]
    fn a_damaged_file_tells_of_none_and_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loudspeakers.json");
        for damaged in ["", "{", "[]", r#"{"default":{"volume":1000}}"#] {
            fs::write(&path, damaged).unwrap();
            let mut none = Loudspeakers::read(&path);
            assert_eq!(none.volume("default"), None, "{damaged}");
            none.keep("default", -3).unwrap().write().unwrap();
            assert_eq!(Loudspeakers::read(&path).volume("default"), Some(-3));
        }
    }
}
