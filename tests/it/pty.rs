//! The program in a terminal of its own: what it shows, what keys do to it, and how it leaves the terminal.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use rustix::termios::{Termios, tcgetattr};

use crate::clock::{now, wait_until};
use crate::lab::{Environment, spawning};

const ROWS: NonZero<u16> = NonZero::new(24).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(80).unwrap();

/// How often the screen's reader looks whether it should go.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 20_000_000,
};

/// What a shell does after the program: tells its exit code, and keeps the terminal as it was left.
/// When the leader of a session ends, the kernel itself gives the terminal back.
const SHELL: &str = r#""$0" "$@"; echo "left with $?"; read -r _"#;

/// A running program on a terminal of its own, the controlling one, of 24 rows and 80 columns.
pub struct Program {
    child: Child,
    terminal: Option<Arc<Pty>>,
    screen: Arc<Mutex<Shown>>,
    reader: Option<JoinHandle<()>>,
    leave: Arc<AtomicBool>,
    errors: Option<JoinHandle<String>>,
    modes_before: Termios,
}

/// What a program holds at a time.
#[derive(Clone, Copy, Debug)]
pub struct Holds {
    pub kilobytes: u64,
    pub threads: u64,
    pub files: usize,
}

/// What the terminal has been sent.
struct Shown {
    screen: vt100::Parser,
    raw: Vec<u8>,
}

impl Program {
    /// Starts `binary` in `folder` with nothing but `environment`.
    pub fn start(
        binary: &Path,
        arguments: &[&str],
        folder: &Path,
        environment: &Environment,
    ) -> Self {
        let mut command = Command::new(binary).args(arguments);
        command = surroundings(command, folder, environment);
        Self::spawn(command)
    }

    /// The same from a shell, which says "left with" its exit code on the screen, and then stays.
    pub fn start_in_shell(
        binary: &Path,
        arguments: &[&str],
        folder: &Path,
        environment: &Environment,
    ) -> Self {
        // Whoever runs the tests may have Ctrl-C ignored, and that is inherited.
        let command = Command::new("/usr/bin/env")
            .args(["--default-signal=INT", "/bin/sh", "-c", SHELL])
            .arg(binary)
            .args(arguments);
        Self::spawn(surroundings(command, folder, environment))
    }

    /// The same as [`start`](Self::start) with its standard error kept apart.
    pub fn start_with_errors_apart(
        binary: &Path,
        arguments: &[&str],
        folder: &Path,
        environment: &Environment,
    ) -> Self {
        let command = Command::new(binary).args(arguments).stderr(Stdio::piped());
        Self::spawn(surroundings(command, folder, environment))
    }

    fn spawn(command: Command) -> Self {
        let alone = spawning();
        let (terminal, inside) = pty_process::blocking::open().expect("a terminal");
        terminal
            .resize(Size::new(ROWS.get(), COLUMNS.get()))
            .expect("its size");
        let modes_before = tcgetattr(terminal.as_fd()).expect("its modes");
        let mut child = command.spawn(inside).expect("the program starts");
        drop(alone);
        let errors = child.stderr.take().map(|mut errors| {
            thread::spawn(move || {
                let mut text = Vec::new();
                // What came before an error of reading is all there is.
                let _ = errors.read_to_end(&mut text);
                String::from_utf8_lossy(&text).into_owned()
            })
        });
        let terminal = Arc::new(terminal);
        let screen = Arc::new(Mutex::new(Shown {
            screen: vt100::Parser::new(ROWS, COLUMNS, 0),
            raw: Vec::new(),
        }));
        let leave = Arc::new(AtomicBool::new(false));
        let reader = thread::spawn({
            let (terminal, screen, leave) = (terminal.clone(), screen.clone(), leave.clone());
            move || show(&terminal, &screen, &leave)
        });
        Self {
            child,
            terminal: Some(terminal),
            screen,
            reader: Some(reader),
            leave,
            errors,
            modes_before,
        }
    }

    /// Presses keys; says when.
    pub fn press(&self, keys: &str) -> Instant {
        self.send(keys.as_bytes())
    }

    /// Sends what a terminal sends, of keys or by itself; says when.
    pub fn send(&self, bytes: &[u8]) -> Instant {
        let mut terminal: &Pty = self.terminal.as_ref().expect("a terminal");
        let sent = now();
        terminal.write_all(bytes).expect("the terminal takes keys");
        sent
    }

    /// Reads both pages of the health notice, and leaves the emergency number as it is.
    pub fn reads_the_notice(&mut self, patience: Duration) {
        for page in [
            "Page 1 of 2.",
            "Press Enter when you have read this",
            "where you are",
        ] {
            self.wait_for(page, patience);
            self.press("\r");
        }
    }

    /// What stands on the screen, its lines joined.
    pub fn screen(&self) -> String {
        let text = self.shown().screen.screen().contents();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Looks at the screen itself.
    pub fn with_screen(&self, look: impl FnOnce(&vt100::Screen)) {
        look(self.shown().screen.screen());
    }

    /// Everything that the terminal was sent.
    pub fn raw(&self) -> Vec<u8> {
        self.shown().raw.clone()
    }

    /// Waits until the screen shows `text`; fails after `patience`.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str, patience: Duration) -> Instant {
        let seen = self.waits_for(text, patience);
        seen.unwrap_or_else(|| panic!("no {text:?} on the screen: {}", self.screen()))
    }

    /// Waits until the screen shows `text`, for so long; fails if the program ends before.
    #[track_caller]
    pub fn waits_for(&mut self, text: &str, patience: Duration) -> Option<Instant> {
        let seen = wait_until(patience, || {
            (self.screen().contains(text))
                .then_some(Ok(now()))
                .or_else(|| {
                    let ended = self.child.try_wait().expect("its status");
                    ended.map(Err)
                })
        });
        seen.map(|seen| {
            seen.unwrap_or_else(|status| {
                panic!("ended with {status} before {text:?}: {}", self.screen())
            })
        })
    }

    /// Waits for its end, and for the last of what it shows; fails after `patience`.
    #[track_caller]
    pub fn ends(&mut self, patience: Duration) -> ExitStatus {
        let ended = wait_until(patience, || self.child.try_wait().expect("its status"));
        let status = ended.unwrap_or_else(|| panic!("it does not end: {}", self.screen()));
        if let Some(reader) = self.reader.take() {
            reader.join().expect("a calm reader");
        }
        status
    }

    /// Waits for its end without a terminal, and shows `look` the processor time used so far, again and again.
    #[track_caller]
    pub fn ends_unseen(&mut self, patience: Duration, look: impl Fn(Duration)) -> ExitStatus {
        let ended = wait_until(patience, || {
            let ended = self.child.try_wait().expect("its status");
            if ended.is_none() {
                look(self.cpu());
            }
            ended
        });
        ended.expect("it ends")
    }

    /// What it has written to standard error; waits for its end.
    pub fn errors(&mut self) -> String {
        let errors = self.errors.take().expect("asked for once");
        errors.join().expect("a calm reader")
    }

    /// The terminal's modes before the program began.
    pub const fn modes_before(&self) -> &Termios {
        &self.modes_before
    }

    /// The terminal's modes.
    pub fn modes(&self) -> Termios {
        let terminal = self.terminal.as_ref().expect("a terminal");
        tcgetattr(terminal.as_fd()).expect("its modes")
    }

    /// Gives the terminal so many columns, of which the program is told.
    pub fn resize(&self, columns: u16) {
        let terminal = self.terminal.as_ref().expect("a terminal");
        let size = Size::new(ROWS.get(), columns);
        terminal.resize(size).expect("its size");
    }

    /// Takes nothing more of what it shows, as a window that hangs.
    pub fn freeze(&mut self) {
        self.leave.store(true, Ordering::Relaxed);
        if let Some(reader) = self.reader.take() {
            reader.join().expect("a calm reader");
        }
    }

    /// Closes the terminal, as when its window is closed.
    pub fn hang_up(&mut self) {
        self.freeze();
        let terminal = self.terminal.take().and_then(Arc::into_inner);
        assert!(terminal.is_some(), "somebody else holds the terminal");
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it runs");
    }

    /// From now on every write to a file fails, as on a full disk.
    pub fn lets_no_file_grow(&self) {
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        prlimit(Some(self.pid()), Resource::Fsize, none).expect("it runs");
    }

    /// Processor time that it has used so far.
    pub fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        // The name, in brackets, may hold anything; after it come the fields from the third on.
        let (_, fields) = stat.rsplit_once(')').expect("a name");
        let ticks = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u64>().expect("ticks"));
        // A hundred a second on every Linux that there is.
        Duration::from_millis(ticks.sum::<u64>() * 10)
    }

    /// The most memory that it has had so far, in kilobytes; `None` once it is over.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = self.proc("status");
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes = peak.trim().trim_end_matches(" kB");
        Some(kilobytes.parse().expect("kilobytes"))
    }

    /// What it holds now; `None` once it is over.
    pub fn holds(&self) -> Option<Holds> {
        let status = self.proc("status");
        let number = |name: &str| {
            let mut lines = status.lines();
            let line = lines.find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let files = format!("/proc/{}/fd", self.pid().as_raw_nonzero());
        Some(Holds {
            kilobytes: number("VmRSS:")?,
            threads: number("Threads:")?,
            files: fs::read_dir(files).ok()?.count(),
        })
    }

    /// Its threads of this name.
    pub fn threads(&self, name: &str) -> Vec<u32> {
        let tasks = format!("/proc/{}/task", self.pid().as_raw_nonzero());
        let tasks = fs::read_dir(tasks).expect("it runs").flatten();
        let number = |task: fs::DirEntry| {
            let named = fs::read_to_string(task.path().join("comm")).ok()?;
            let number = task.file_name().to_str()?.parse().ok()?;
            (named.trim() == name).then_some(number)
        };
        let mut found: Vec<_> = tasks.filter_map(number).collect();
        found.sort_unstable();
        found
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.pid().as_raw_nonzero()))
            .expect("it runs")
    }

    /// The program's own process, which in a shell is not the first.
    fn pid(&self) -> Pid {
        let first = self.child.id();
        let children =
            fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap_or_default();
        let child = children
            .split_whitespace()
            .next()
            .and_then(|pid| pid.parse().ok());
        child
            .and_then(Pid::from_raw)
            .unwrap_or_else(|| Pid::from_child(&self.child))
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // In a shell, the program under it first.
            let _ = kill_process(self.pid(), Signal::KILL);
        }
        // Already gone, unless the test has failed or needs no more of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.leave.store(true, Ordering::Relaxed);
    }
}

fn surroundings(command: Command, folder: &Path, environment: &Environment) -> Command {
    let environment = environment.iter().map(|(key, value)| (key, value));
    command
        .current_dir(folder)
        .env_clear()
        .env("TERM", "xterm-256color")
        .envs(environment)
}

/// Shows on the screen what the terminal is sent, until it is told to leave.
fn show(terminal: &Pty, screen: &Mutex<Shown>, leave: &AtomicBool) {
    let mut buffer = [0; 4096];
    while !leave.load(Ordering::Relaxed) {
        let mut waiting = [PollFd::new(terminal, PollFlags::IN)];
        let Ok(1..) = poll(&mut waiting, Some(&LOOK)) else {
            continue;
        };
        let mut reading = terminal;
        // An error means that the program has ended and nobody holds the other end.
        let Ok(length @ 1..) = reading.read(&mut buffer) else {
            return;
        };
        let mut shown = screen.lock().unwrap_or_else(PoisonError::into_inner);
        shown.screen.process(&buffer[..length]);
        shown.raw.extend_from_slice(&buffer[..length]);
    }
}
