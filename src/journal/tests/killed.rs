//! Against kill -9 and a full disk: another program, which is this one, told by the environment what to be.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::desk::Desk;
use super::*;
use crate::base::Remedy;
use crate::journal::Journal;

const PATH: &str = "SOFTBACK_TEST_JOURNAL";
const FROM: &str = "SOFTBACK_TEST_FROM";

/// The name of a test of this file, as the test program knows it.
fn name_of(test: &str) -> String {
    match module_path!().split_once("::") {
        Some((_, module)) => format!("{module}::{test}"),
        None => test.to_owned(),
    }
}

/// The child's part: appends line after line, and tells of each line that is on the disk. Nothing, for others.
#[test]
fn appends_until_it_is_killed() {
    let (Ok(path), Ok(from)) = (env::var(PATH), env::var(FROM)) else {
        return;
    };
    let mut journal = Journal::open(Path::new(&path)).expect("the one before is dead");
    let mut out = std::io::stdout().lock();
    let from: u64 = from.parse().expect("a number");
    // Nobody lives for ever, not even if the test that should kill it fails.
    for id in from..from + 20_000 {
        if let Err(refused) = journal.append(&started(id, noon(), true)) {
            writeln!(out, "\nrefused {}", refused.told()).expect("a pipe");
            return;
        }
        // The test harness may have left the beginning of a line.
        writeln!(out, "\nwrote {id}").expect("a pipe");
        out.flush().expect("a pipe");
    }
}

fn child(program: &mut Command, path: &Path, from: u64) -> Child {
    program
        .args([
            "--exact",
            &name_of("appends_until_it_is_killed"),
            "--nocapture",
        ])
        .env(PATH, path)
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program again")
}

fn wait(length: Duration) {
    let (_nobody, never) = mpsc::channel::<()>();
    assert!(never.recv_timeout(length).is_err());
}

/// Kills a child at some moment after its first few lines; gives the last line that it told of.
fn kill_somewhere(desk: &Desk, from: u64, moment: u64) -> u64 {
    let mut child = child(
        &mut Command::new(env::current_exe().expect("me")),
        &desk.path(),
        from,
    );
    let mut told = BufReader::new(child.stdout.take().expect("a pipe"))
        .lines()
        .map(|line| line.expect("text"))
        .filter_map(|line| line.strip_prefix("wrote ")?.parse::<u64>().ok());
    let lines = moment % 4;
    let mut last = from - 1;
    for _ in 0..lines {
        last = told.next().expect("it goes on until it is killed");
    }
    wait(Duration::from_micros(moment / 4 % 6000));
    child.kill().expect("it was alive");
    child.wait().expect("it was mine");
    told.last().unwrap_or(last)
}

#[test]
fn killed_at_any_moment_it_holds_every_line_that_was_told() {
    let desk = Desk::new();
    let (mut from, mut told) = (1, 0);
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..200 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let last = kill_somewhere(&desk, from, random >> 33);
        let history = desk.read();
        let ids: Vec<u64> = history
            .entries()
            .map(|entry| match entry {
                Entry::Start(start) => start.id,
                other => panic!("{other:?}"),
            })
            .collect();
        for id in from..=last {
            assert!(ids.contains(&id), "{id} was told and is lost");
            told += 1;
        }
        let counted = history.opening(noon(), TEXT).closed.is_some();
        assert_eq!(counted, !history.records.is_empty());
        from = history.next_id();
    }
    assert!(told > 100, "{told}");
    println!("{told} lines were told of, {} are there", from - 1);
}

/// A limit on the size of a file stands for a disk that is full: the last write comes half through.
#[test]
fn a_disk_that_fills_refuses_and_leaves_no_half_line() {
    let desk = Desk::new();
    let mut shell = Command::new("sh");
    // 2,048 or 4,096 bytes, by the shell's unit; the signal that comes with it is of no use here.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\""]);
    shell.arg(env::current_exe().expect("me"));
    let child = child(&mut shell, &desk.path(), 1);
    let output = child.wait_with_output().expect("it ends by itself");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("refused the journal"), "{said}");
    assert!(said.contains("The disk is full"), "{said}");
    let wrote = said.matches("wrote ").count();
    assert!(wrote > 5, "{said}");
    assert_eq!(desk.read().records.len(), wrote);
    assert!(desk.bytes().ends_with(b"\n"));
}
