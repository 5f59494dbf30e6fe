//! Files that hold something of hers: nobody else may read them, and none is ever half written. And files to read:
//! nothing that has no end, and nothing that has no beginning.

use std::fs::{self, DirBuilder, File, FileType, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Only she may enter a folder that is made for such files.
const FOLDER_MODE: u32 = 0o700;

/// Of a file that holds nothing of hers. The system takes away what she has told it to.
const SHARED_MODE: u32 = 0o666;

/// The most bytes of a file that is written by hand: a routine, or settings.
pub(crate) const LONGEST_TEXT: u64 = 1 << 20;

/// The most bytes of a file that the program writes. A journal of 200,000 lines has a quarter of that.
pub(crate) const LONGEST_RECORD: u64 = 1 << 28;

/// Opens the plain file at `path`. Whatever else has that name is an error at once: a pipe without a writer, a terminal
/// or a device would be waited for without an end.
pub(crate) fn open_plain(path: &Path, options: &OpenOptions) -> io::Result<File> {
    match fs::metadata(path).map(|found| found.file_type()) {
        Ok(kind) if !kind.is_file() => {
            let why = format!("it is {}, and no plain file", name_of(kind));
            Err(io::Error::new(ErrorKind::AlreadyExists, why))
        }
        _ => options.open(path),
    }
}

/// All of the plain file at `path`.
pub(crate) fn read_plain(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    read_at_most(open_plain(path, File::options().read(true))?, longest)
}

/// What `source` holds; an error if it is more than `longest` bytes.
pub(crate) fn read_at_most(source: impl Read, longest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(longest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > longest {
        return Err(wrong(format!("it is larger than {} MiB", longest >> 20)));
    }
    Ok(bytes)
}

/// What a file of this kind is called.
fn name_of(kind: FileType) -> &'static str {
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_char_device() || kind.is_block_device() {
        "a device"
    } else {
        "a plain file"
    }
}

/// `bytes` as text; else where it is none, and what it may be.
pub(crate) fn to_text(bytes: Vec<u8>) -> io::Result<String> {
    // Plain letters in UTF-16 would pass for UTF-8, each with a zero.
    if bytes.iter().take(2).any(|byte| *byte == 0) {
        return Err(other_encoding(&bytes, 0));
    }
    String::from_utf8(bytes)
        .map_err(|error| other_encoding(error.as_bytes(), error.utf8_error().valid_up_to()))
}

/// `bytes` are UTF-8 only up to `sound`.
fn other_encoding(bytes: &[u8], sound: usize) -> io::Error {
    let line = bytes[..sound].split(|byte| *byte == b'\n').count();
    let (encoding, name) = encoding(bytes);
    wrong(format!(
        "line {line} is not UTF-8, and looks like {encoding}: save it as UTF-8 in your editor, or with \
         `iconv -f {name} -t UTF-8`"
    ))
}

/// What bytes look like that are not UTF-8, and how `iconv` calls it. Without a mark at its beginning, UTF-16 shows by its
/// zeros, as most letters are of the alphabet; and Windows has letters where Latin-1 has controls.
fn encoding(bytes: &[u8]) -> (&'static str, &'static str) {
    match bytes {
        [0xff, 0xfe, ..] | [1..=0x7f, 0, ..] => ("UTF-16 LE", "UTF-16LE"),
        [0xfe, 0xff, ..] | [0, 1..=0x7f, ..] => ("UTF-16 BE", "UTF-16BE"),
        _ if bytes.iter().any(|byte| matches!(byte, 0x80..0xa0)) => {
            ("Windows-1252", "WINDOWS-1252")
        }
        _ => ("Latin-1 (ISO-8859-1)", "ISO-8859-1"),
    }
}

fn wrong(why: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

/// Puts `contents` at `path`, in place of any file there. After a crash or a power cut it is the old file or the new
/// one. The new file has mode 600, and missing folders are made with mode 700.
///
/// A symbolic link stays: the file that it names is replaced. One that names nothing is an error.
pub(crate) fn replace_file(path: &Path, contents: &[u8]) -> io::Result<()> {
    put_in_place(path, contents, None)
}

/// The same, of a file that is not hers alone: whoever may read it may still do so.
pub(crate) fn rewrite_file(path: &Path, contents: &[u8]) -> io::Result<()> {
    let permissions = fs::metadata(path)?.permissions();
    put_in_place(path, contents, Some(permissions))
}

fn put_in_place(path: &Path, contents: &[u8], mode: Option<Permissions>) -> io::Result<()> {
    let path = &behind_links(path)?;
    let beside = write_beside(path, contents)?;
    mode.map_or(Ok(()), |mode| beside.as_file().set_permissions(mode))?;
    beside.as_file().sync_all()?;
    beside.persist(path)?;
    sync_folder(folder_of(path))
}

/// The same, without waiting for the disk: for what is written while her keys are waited for. A power cut may take it.
/// A symbolic link is replaced itself: nothing of this is kept where somebody else may read it.
pub(crate) fn replace_file_soon(path: &Path, contents: &[u8]) -> io::Result<()> {
    write_beside(path, contents)?.persist(path)?;
    Ok(())
}

/// Puts `contents` at `path`, where nothing may lie yet, for everybody to read whom her system lets. It is there whole,
/// or not at all.
pub(crate) fn put_new_file(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut beside = tempfile::Builder::new()
        .prefix(".new-")
        .permissions(Permissions::from_mode(SHARED_MODE))
        .tempfile_in(folder_of(path))?;
    beside.write_all(contents)?;
    beside.persist_noclobber(path)?;
    Ok(())
}

/// The same of a file that is hers alone, in folders of hers.
pub(crate) fn put_new_file_of_hers(path: &Path, contents: &[u8]) -> io::Result<()> {
    write_beside(path, contents)?.persist_noclobber(path)?;
    Ok(())
}

fn write_beside(path: &Path, contents: &[u8]) -> io::Result<NamedTempFile> {
    make_folder(folder_of(path))?;
    let mut beside = NamedTempFile::with_prefix_in(".new-", folder_of(path))?;
    beside.write_all(contents)?;
    Ok(beside)
}

/// Where `path` leads.
pub(crate) fn behind_links(path: &Path) -> io::Result<PathBuf> {
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
    use std::os::unix::fs::symlink;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn only_what_has_an_end_is_read() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        let why = |path: &Path| read_plain(path, 1 << 20).unwrap_err().to_string();
        fs::write(&path, vec![b'a'; 1 << 20]).unwrap();
        assert_eq!(read_plain(&path, 1 << 20).unwrap().len(), 1 << 20);
        fs::write(&path, vec![b'a'; (1 << 20) + 1]).unwrap();
        assert_eq!(why(&path), "it is larger than 1 MiB");
        assert_eq!(why(root.path()), "it is a folder, and no plain file");
        assert_eq!(
            why(Path::new("/dev/zero")),
            "it is a device, and no plain file"
        );
        let pipe = root.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        assert_eq!(why(&pipe), "it is a pipe, and no plain file");
    }

    #[test]
    fn another_encoding_is_named_with_its_line() {
        let why = |bytes: &[u8]| to_text(bytes.to_vec()).unwrap_err().to_string();
        assert_eq!(to_text("sch\u{f6}n".into()).unwrap(), "sch\u{f6}n");
        for (bytes, encoding) in [
            (
                &b"a\nb\xfc"[..],
                "line 2 is not UTF-8, and looks like Latin-1 (ISO-8859-1)",
            ),
            (
                b"a\nb \x96 \xfc",
                "line 2 is not UTF-8, and looks like Windows-1252",
            ),
            (
                b"\xff\xfea\0",
                "line 1 is not UTF-8, and looks like UTF-16 LE",
            ),
            (
                b"\xfe\xff\0a",
                "line 1 is not UTF-8, and looks like UTF-16 BE",
            ),
            (
                b"a\0\xfc\0",
                "line 1 is not UTF-8, and looks like UTF-16 LE",
            ),
            (
                b"\0a\0\xfc",
                "line 1 is not UTF-8, and looks like UTF-16 BE",
            ),
        ] {
            assert!(why(bytes).starts_with(encoding), "{}", why(bytes));
            assert!(why(bytes).contains("save it as UTF-8"));
        }
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
    fn a_new_file_takes_the_place_of_nothing() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("picture.svg");
        put_new_file(&path, b"new").unwrap();
        assert_ne!(mode(&path) & 0o444, 0);
        put_new_file(&path, b"other").unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn who_may_read_a_rewritten_file_may_still_do_so() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("my.toml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o664)).unwrap();
        rewrite_file(&path, b"new").unwrap();
        assert_eq!(
            (mode(&path), &*fs::read(&path).unwrap()),
            (0o664, &b"new"[..])
        );
        rewrite_file(&root.path().join("none.toml"), b"new").unwrap_err();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
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
        fs::write(&real, "kept").unwrap();
        replace_file_soon(&link, b"new").unwrap();
        assert!(!link.is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"kept");
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
