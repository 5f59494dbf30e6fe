//! Files that come into being as a whole: written aside, in the same folder, and then given their name.

use std::fs::{File, Permissions};
use std::io::Seek;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::error::ExportError;
use crate::base::files::folder_of;

/// A file that has no name yet. Dropped, it is gone.
#[derive(Debug)]
pub(super) struct Aside {
    file: NamedTempFile,
    path: PathBuf,
    /// Whether it may take the place of another.
    force: bool,
}

impl Aside {
    /// Begins a file that is to be `path`.
    pub(super) fn new(path: &Path, force: bool) -> Result<Self, ExportError> {
        let folder = folder_of(path);
        ExportError::unless_folder(folder)?;
        if !force && path.symlink_metadata().is_ok() {
            return Err(ExportError::Exists(path.to_owned()));
        }
        // It goes to a phone, or to a web page: as readable as any file of hers.
        let mut aside = Builder::new();
        aside
            .prefix(".softback-")
            .permissions(Permissions::from_mode(0o666));
        Ok(Self {
            file: aside
                .tempfile_in(folder)
                .map_err(ExportError::unwritable(path))?,
            path: path.to_owned(),
            force,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A handle to write with, from the beginning: what was written before is gone.
    pub(super) fn handle(&self) -> Result<File, ExportError> {
        let handle = self.file.as_file().try_clone();
        let emptied = handle.and_then(|mut handle| {
            handle.set_len(0)?;
            handle.rewind()?;
            Ok(handle)
        });
        emptied.map_err(ExportError::unwritable(&self.path))
    }

    /// Gives it its name, once all of it is on the disk.
    pub(super) fn keep(self) -> Result<(), ExportError> {
        let Self { file, path, force } = self;
        let synced = file.as_file().sync_all();
        synced.map_err(ExportError::unwritable(&path))?;
        let kept = if force {
            file.persist(&path)
        } else {
            file.persist_noclobber(&path)
        };
        match kept {
            Ok(_) => Ok(()),
            // Another program was faster.
            Err(_) if !force && path.symlink_metadata().is_ok() => Err(ExportError::Exists(path)),
            Err(error) => Err(ExportError::unwritable(&path)(error.error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    fn write(path: &Path, force: bool) -> Result<(), ExportError> {
        let aside = Aside::new(path, force)?;
        aside.handle()?.write_all(b"new").expect("space for it");
        aside.keep()
    }

    #[test]
    fn nothing_is_written_over_unless_it_is_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("session.m4b");
        write(&path, false).expect("it is not there yet");
        let refused = write(&path, false);
        assert!(
            matches!(refused, Err(ExportError::Exists(_))),
            "{refused:?}"
        );
        fs::write(&path, "old").expect("space for it");
        write(&path, true).expect("it was asked for");
        assert_eq!(fs::read(&path).expect("it is there"), b"new");
        // Neither does one that came into being meanwhile.
        let late = folder.path().join("late.m4b");
        let aside = Aside::new(&late, false).expect("it is not there yet");
        fs::write(&late, "theirs").expect("space for it");
        assert!(matches!(aside.keep(), Err(ExportError::Exists(_))));
        assert_eq!(fs::read(&late).expect("it is there"), b"theirs");
        let left = fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 2, "what was not kept is gone");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let refused = Aside::new(Path::new("/nonexistent/a/session.m4b"), false);
        let Err(ExportError::NoFolder(folder)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(folder, Path::new("/nonexistent/a"));
    }
}
