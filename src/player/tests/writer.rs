//! What is written, however long the disk takes, and what is told of what is not.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use jiff::{Timestamp, tz::Offset};

use crate::base::Hurt;
use crate::journal::entry::{Entry, LineVersion};
use crate::journal::{Journal, at::At};
use crate::player::writer::{Write, Writer};
use crate::settings::loudspeakers::Loudspeakers;

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(20);

fn line(hurt: Hurt) -> Write {
    let at = At::new(Timestamp::UNIX_EPOCH, Offset::UTC);
    let v = LineVersion::One;
    Write::Line(Entry::Hurt { v, at, hurt })
}

fn writer(journal: &Path) -> Writer {
    Writer::spawn(Some(Journal::open(journal).expect("a journal"))).expect("a thread")
}

/// The journal in a folder, and a lock on it: no line can be written as long as it is held.
fn locked(folder: &Path) -> (Writer, File) {
    let path = folder.join("journal.jsonl");
    let writer = writer(&path);
    let lock = File::open(path).expect("a journal");
    lock.lock_shared().expect("a lock");
    (writer, lock)
}

#[test]
fn while_the_disk_takes_long_lines_wait_in_order_and_of_the_rest_the_newest() {
    let folder = tempfile::tempdir().expect("a folder");
    let volumes = folder.path().join("loudspeakers.json");
    let (mut writer, lock) = locked(folder.path());
    let mut known = Loudspeakers::read(&volumes);
    writer.write([line(Hurt::No)]);
    for step in (0..20).cycle().take(30_000) {
        let new = known.keep("default", -step);
        writer.write(new.map(Write::Loudspeakers));
        writer.write([Write::Left(None)]);
    }
    writer.write([line(Hurt::Yes)]);
    assert!(writer.due() <= 4, "{}", writer.due());
    assert!(!volumes.exists());
    lock.unlock().expect("a lock");
    assert!(writer.finish(PATIENCE).is_empty());
    assert_eq!(Loudspeakers::read(&volumes).volume("default"), Some(-19));
    let path = folder.path().join("journal.jsonl");
    let text = fs::read_to_string(&path).expect("a journal");
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines[0].contains("no") && lines[1].contains("yes"),
        "{text}"
    );
    // Another session may begin.
    drop(Journal::open(&path).expect("let go"));
}

#[test]
fn what_is_not_written_is_told_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.jsonl");
    let mut writer = writer(&path);
    fs::remove_file(&path).expect("a journal");
    fs::create_dir(&path).expect("in its place");
    writer.write([line(Hurt::Yes)]);
    let failed = writer.finish(PATIENCE);
    let [
        (
            Entry::Hurt {
                hurt: Hurt::Yes, ..
            },
            error,
        ),
    ] = &failed[..]
    else {
        panic!("{failed:?}");
    };
    assert!(
        error
            .to_string()
            .ends_with("it is a folder, and no plain file")
    );
}

#[test]
fn a_disk_that_never_answers_is_waited_for_no_longer_than_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut writer, _lock) = locked(folder.path());
    writer.write([line(Hurt::No), line(Hurt::Yes)]);
    assert!(writer.failed().is_none() && writer.hangs(PATIENCE).is_none());
    assert!(writer.hangs(Duration::ZERO).is_some());
    let failed = writer.finish(Duration::from_millis(30));
    assert_eq!(failed.len(), 2);
    let error = failed[1].1.to_string();
    assert!(error.ends_with("the disk does not answer"), "{error}");
}
