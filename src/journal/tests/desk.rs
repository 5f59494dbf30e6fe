//! Where a journal lies for one test, and how its file is written.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::base::Remedy;
use crate::base::files::folder_of;
use crate::journal::file::{lock_path, unwritable, write_line};
use crate::journal::{self, Journal, history::History};

/// A journal of its own for one test.
pub(super) struct Desk {
    pub(super) folder: tempfile::TempDir,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("state/softback/journal.jsonl")
    }

    pub(super) fn open(&self) -> Journal {
        Journal::open(&self.path()).expect("a journal")
    }

    pub(super) fn read(&self) -> History {
        journal::read(&self.path()).expect("a journal")
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).expect("a file")
    }

    pub(super) fn set(&self, bytes: &[u8]) {
        drop(self.open());
        fs::write(self.path(), bytes).expect("a file");
    }
}

pub(super) fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

pub(super) fn add(path: &Path, bytes: &[u8]) {
    let mut file = fs::File::options().append(true).open(path).expect("a file");
    file.write_all(bytes).expect("room");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_says_so() {
    let mut full = File::options()
        .read(true)
        .append(true)
        .open("/dev/full")
        .unwrap();
    let cause = write_line(&mut full, b"{}").unwrap_err();
    let message = unwritable(Path::new("/her/journal.jsonl"))(cause).told();
    assert!(message.contains("/her/journal.jsonl cannot be written: "));
    assert!(message.ends_with("The disk is full: make some room, then start again"));
}

#[test]
fn a_bare_name_lies_in_the_folder_we_are_in() {
    assert_eq!(folder_of(Path::new("journal.jsonl")), Path::new("."));
    assert_eq!(folder_of(Path::new("/a/journal.jsonl")), Path::new("/a"));
    assert_eq!(
        lock_path(Path::new("/a/journal.jsonl")),
        Path::new("/a/journal.lock")
    );
}
