//! Files that hold something of hers: nobody else may read them, and none is ever half written.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Only she may enter a folder that is made for such files.
const FOLDER_MODE: u32 = 0o700;

/// Puts `contents` at `path`, in place of any file there. After a crash or a power cut it is the old file or the new
/// one. The new file has mode 600, and missing folders are made with mode 700.
///
/// A symbolic link stays: the file that it names is replaced. One that names nothing is an error.
pub(crate) fn replace_file(path: &Path, contents: &[u8]) -> io::Result<()> {
    let path = &behind_links(path)?;
    let beside = write_beside(path, contents)?;
    beside.as_file().sync_all()?;
    beside.persist(path)?;
    sync_folder(folder_of(path))
}

/// The same, without waiting for the disk: for what is written while her keys are waited for. A power cut may take it.
pub(crate) fn replace_file_soon(path: &Path, contents: &[u8]) -> io::Result<()> {
    let path = &behind_links(path)?;
    write_beside(path, contents)?.persist(path)?;
    Ok(())
}

fn write_beside(path: &Path, contents: &[u8]) -> io::Result<NamedTempFile> {
    make_folder(folder_of(path))?;
    let mut beside = NamedTempFile::with_prefix_in(".new-", folder_of(path))?;
    beside.write_all(contents)?;
    Ok(beside)
}

fn behind_links(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => {
            Ok(path.to_owned())
        }
        found => found,
    }
}

/// Makes a folder and those above it, each on the disk before the next.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = folder_of(path);
    make_folder(above)?;
    match DirBuilder::new().mode(FOLDER_MODE).create(path) {
        // Another program made it first.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder(above),
    }
}

/// Without this a new name may be gone after a power cut.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The folder that `path` lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_replaced_whole_and_is_hers_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("state/softback/left.json");
        replace_file(&path, b"a long first text").unwrap();
        assert_eq!((mode(folder_of(&path)), mode(&path)), (0o700, 0o600));
        replace_file(&path, b"short").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"short");
        assert_eq!(fs::read_dir(folder_of(&path)).unwrap().count(), 1);
    }

    #[test]
    fn a_link_stays_a_link() {
        let root = tempfile::tempdir().unwrap();
        let (real, link) = (root.path().join("real.json"), root.path().join("link.json"));
        fs::write(&real, "old").unwrap();
        symlink("real.json", &link).unwrap();
        replace_file(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        fs::remove_file(&real).unwrap();
        replace_file(&link, b"new").unwrap_err();
        assert!(link.is_symlink());
    }

    #[test]
    fn what_cannot_be_replaced_is_left_as_it_is() {
        let root = tempfile::tempdir().unwrap();
        replace_file(root.path(), b"x").unwrap_err();
        let file = root.path().join("file");
        fs::write(&file, "old").unwrap();
        replace_file(&file.join("below"), b"x").unwrap_err();
        assert_eq!(fs::read(&file).unwrap(), b"old");
    }
}
