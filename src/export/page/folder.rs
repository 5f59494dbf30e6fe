//! A folder that comes into being as a whole: written aside, beside where it is to be, and then given its name.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::super::error::ExportError;
use super::assemble::{CLIPS, File};
use crate::base::files::folder_of;

/// Whether a folder may come to `path`; with `force` in place of what is there.
pub(super) fn check(path: &Path, force: bool) -> Result<(), ExportError> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(ExportError::NoFolder(folder.to_owned()));
    }
    let there = path.symlink_metadata().is_ok();
    if there && !force {
        return Err(ExportError::Exists(path.to_owned()));
    }
    // A slip of the hand must not cost her a folder of something else.
    if there && !is_site(path) {
        return Err(ExportError::NoSite(path.to_owned()));
    }
    Ok(())
}

/// Puts `files` into a new folder at `path`; with `force` in place of what is there.
pub(super) fn keep(path: &Path, files: &[File], force: bool) -> Result<(), ExportError> {
    check(path, force)?;
    put(path, files).map_err(ExportError::unwritable(path))
}

/// Whether a folder was made here, or holds nothing.
fn is_site(path: &Path) -> bool {
    let holds_nothing = || fs::read_dir(path).is_ok_and(|mut found| found.next().is_none());
    path.join(CLIPS).is_file() || holds_nothing()
}

fn put(path: &Path, files: &[File]) -> io::Result<()> {
    let aside = tempfile::Builder::new()
        .prefix(".softback-")
        .tempdir_in(folder_of(path))?;
    let new = aside.path().join("new");
    fs::create_dir(&new)?;
    for (name, bytes) in files {
        fs::write(new.join(name), bytes)?;
    }
    // A web server is somebody else, and reads it.
    fs::set_permissions(&new, Permissions::from_mode(0o755))?;
    if path.symlink_metadata().is_ok() {
        // What was there goes with the folder aside, whatever it was.
        fs::rename(path, aside.path().join("old"))?;
    }
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_whole_or_not_there_and_nothing_is_written_over_unasked() {
        let dir = tempfile::tempdir().expect("a folder");
        let site = dir.path().join("site");
        let files = [("index.html", b"one".to_vec()), ("clips.bin", vec![1, 2])];
        keep(&site, &files, false).expect("it is not there yet");
        assert_eq!(
            fs::read(site.join("clips.bin")).expect("it is there"),
            [1, 2]
        );
        let refused = keep(&site, &files, false);
        assert!(
            matches!(refused, Err(ExportError::Exists(_))),
            "{refused:?}"
        );
        let new = [("index.html", b"two".to_vec())];
        keep(&site, &new, true).expect("it was asked for");
        assert_eq!(
            fs::read(site.join("index.html")).expect("it is there"),
            b"two"
        );
        assert!(!site.join("clips.bin").exists(), "what was there is gone");
        let left = fs::read_dir(dir.path()).expect("a folder").count();
        assert_eq!(left, 1, "nothing is left aside");
        fs::write(dir.path().join("letter"), "dear").expect("space for it");
        let refused = keep(dir.path(), &new, true);
        assert!(
            matches!(refused, Err(ExportError::NoSite(_))),
            "{refused:?}"
        );
        assert!(dir.path().join("letter").exists());
        let nowhere = keep(&dir.path().join("a/b"), &new, false);
        assert!(
            matches!(nowhere, Err(ExportError::NoFolder(_))),
            "{nowhere:?}"
        );
    }
}
