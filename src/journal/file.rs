//! The file of the journal, and its two locks.
//!
//! Nothing that was written is ever changed or lost, but by [`Journal::forget`]: lines are only appended, each in one
//! write, and are on the disk before [`Journal::append`] returns. A line that was torn or damaged stays where it is,
//! and is reported and skipped.
//!
//! `journal.lock`, beside the file, is held for the life of a [`Journal`], so that two sessions cannot run at once. The
//! file itself is locked only while a line is written or the whole is read, so that [`read`] works during a session and
//! never sees half a line.

use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use crate::base::Remedy;
use crate::base::files::{
    LONGEST_RECORD, LONGEST_TEXT, behind_links, folder_of, make_folder, open_plain, read_at_most,
    read_plain, replace_file, replace_file_soon, sync_folder,
};
use crate::journal::entry::{Entry, Record, parse};
use crate::journal::{at::At, history::History, pick_up::Left};

/// Only she may read it.
const FILE_MODE: u32 = 0o600;
const OTHERS: u32 = 0o077;

/// Why there is no journal.
#[derive(Debug, Error)]
pub(crate) enum JournalError {
    /// Another program holds it.
    #[error("another Softback session is running")]
    Busy,
    #[error("the journal {} cannot be written: {cause}", .path.display())]
    Unwritable { path: PathBuf, cause: io::Error },
    #[error("the journal {} cannot be read: {cause}", .path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
}

const END_IT: &str = "End it first: press Esc twice in its window, or close that window";

impl Remedy for JournalError {
    fn remedy(&self) -> Option<String> {
        let (lacks, cause) = match self {
            Self::Busy => return Some(END_IT.to_owned()),
            Self::Unwritable { cause, .. } => ("keep count of your sessions", cause),
            Self::Unreadable { cause, .. } => ("know about your earlier sessions", cause),
        };
        let advice = advice(cause);
        Some(format!(
            "Without it Softback cannot {lacks}, and so it starts none with movement.\n{advice}"
        ))
    }
}

/// What she can do about it.
fn advice(cause: &io::Error) -> &'static str {
    match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "The disk is full: make some room, then start again"
        }
        ErrorKind::ReadOnlyFilesystem => {
            "The disk can only be read: set XDG_STATE_HOME to a folder that can be written, then start again"
        }
        ErrorKind::PermissionDenied => {
            "Make the file and its folder yours (chown, chmod u+rwx), then start again"
        }
        ErrorKind::NotADirectory | ErrorKind::IsADirectory | ErrorKind::AlreadyExists => {
            "Something else has that name: move it away, then start again"
        }
        _ => "Check the disk, and that the folder can be written, then start again",
    }
}

pub(super) fn unwritable(path: &Path) -> impl Fn(io::Error) -> JournalError {
    move |cause| {
        let path = path.to_path_buf();
        JournalError::Unwritable { path, cause }
    }
}

/// The journal, for one session: as long as this lives, no other can begin.
#[derive(Debug)]
#[must_use = "another session can begin as soon as this is dropped"]
pub(crate) struct Journal {
    path: PathBuf,
    /// Locked until this is dropped; the system unlocks it when the program dies.
    lock: File,
}

impl Journal {
    /// Takes the journal for this session, and proves that it can be written and read.
    ///
    /// Makes the folder (mode 700) and the file (mode 600) if there are none; takes away other
    /// people's rights in the file.
    pub(crate) fn open(path: &Path) -> Result<Self, JournalError> {
        let lock = open_file(&lock_path(path)).map_err(unwritable(path))?;
        lock.try_lock().map_err(|refused| match refused {
            TryLockError::WouldBlock => JournalError::Busy,
            TryLockError::Error(cause) => unwritable(path)(cause),
        })?;
        let path = path.to_path_buf();
        open_file(&path).map_err(unwritable(&path))?;
        Ok(Self { path, lock })
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// All that is in it.
    pub(crate) fn history(&self) -> Result<History, JournalError> {
        read(&self.path)
    }

    /// Writes a line behind all others. It is on the disk when this returns without an error; with
    /// one, nothing of it is left in the file if the disk still allows it.
    ///
    /// The file is opened anew each time: it may have been replaced meanwhile by a program that
    /// keeps copies.
    pub(crate) fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        append(&self.path, entry).map_err(unwritable(&self.path))
    }

    /// Where the last session was left, if that is known.
    pub(crate) fn left(&self) -> Option<Left> {
        let bytes = read_plain(&left_path(&self.path), LONGEST_TEXT).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps where the session is, in place of what was kept before; with `None`, nothing.
    ///
    /// Not a line of the journal: it changes with every movement, and nothing that counts depends on it.
    pub(crate) fn leave(&self, left: Option<&Left>) -> io::Result<()> {
        let path = left_path(&self.path);
        match left {
            Some(left) => replace_file_soon(&path, &serde_json::to_vec(left)?),
            None if path.exists() => fs::remove_file(path),
            None => Ok(()),
        }
    }

    /// Deletes what she did, all but the bare facts that are in force `now` ([`History::kept`]), and gives those.
    ///
    /// Whatever happens meanwhile, there is the old journal or the new one.
    pub(crate) fn forget(&mut self, now: At) -> Result<History, JournalError> {
        let kept = self.history()?.kept(now);
        self.leave(None)
            .and_then(|()| replace(&self.path, &kept))
            .map_err(unwritable(&self.path))?;
        let kept = kept.into_iter().map(Record::Entry).collect();
        Ok(History::new(kept, None))
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Closing is not enough: a program that is being started at this moment has a copy of the handle.
        let _ = self.lock.unlock();
    }
}

/// All that is in the journal at `path`, also while a session runs. None there is an empty one.
pub(crate) fn read(path: &Path) -> Result<History, JournalError> {
    match contents(path) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(History::default()),
        found => found.map_err(|cause| {
            let path = path.to_path_buf();
            JournalError::Unreadable { path, cause }
        }),
    }
}

fn contents(path: &Path) -> io::Result<History> {
    let file = open_plain(path, File::options().read(true))?;
    file.lock_shared()?;
    let bytes = read_at_most(&file, LONGEST_RECORD)?;
    let modified = file.metadata()?.modified().ok();
    let modified = modified.and_then(|time| Timestamp::try_from(time).ok());
    Ok(History::new(parse(&bytes), modified))
}

fn append(path: &Path, entry: &Entry) -> io::Result<()> {
    let line = serde_json::to_vec(entry)?;
    let mut file = open_file(path)?;
    file.lock()?;
    let before = file.metadata()?.len();
    let written = write_line(&mut file, &line).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a line would count as a session begun. If this fails too, it does: that is safe.
        let _ = file.set_len(before);
        let _ = file.sync_all();
    }
    written
}

/// In one write; on a line of its own, whatever a crash has left of the last one.
pub(super) fn write_line(file: &mut File, line: &[u8]) -> io::Result<()> {
    let mut last = *b"\n";
    if let Some(place) = file.metadata()?.len().checked_sub(1) {
        file.read_exact_at(&mut last, place)?;
    }
    let before: &[u8] = if last == *b"\n" { b"" } else { b"\n" };
    file.write_all(&[before, line, b"\n"].concat())
}

/// For appending, with everything that must hold for it.
fn open_file(path: &Path) -> io::Result<File> {
    let folder = folder_of(path);
    make_folder(folder)?;
    let is_new = !path.exists();
    let mut options = File::options();
    options.read(true).append(true).create(true).mode(FILE_MODE);
    let file = open_plain(path, &options)?;
    let found = file.metadata()?;
    if found.permissions().mode() & OTHERS != 0 {
        file.set_permissions(Permissions::from_mode(FILE_MODE))?;
    }
    if is_new {
        sync_folder(folder)?;
    }
    Ok(file)
}

/// Puts a file with these lines in the journal's place, or none.
fn replace(path: &Path, entries: &[Entry]) -> io::Result<()> {
    let old = open_file(path)?;
    old.lock()?;
    if entries.is_empty() {
        // A link alone would leave everything where it leads.
        let path = behind_links(path)?;
        fs::remove_file(&path)?;
        return sync_folder(folder_of(&path));
    }
    let mut text = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut text, entry)?;
        text.push(b'\n');
    }
    replace_file(path, &text)
}

/// `journal.jsonl` → `journal.lock`. It holds nothing, and is never deleted: a lock on a deleted file locks nobody out.
pub(super) fn lock_path(path: &Path) -> PathBuf {
    path.with_extension("lock")
}

fn left_path(path: &Path) -> PathBuf {
    path.with_file_name("left.json")
}
