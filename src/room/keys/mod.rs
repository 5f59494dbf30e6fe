//! Keys and signals, each read on a thread of its own and told to the player as [`Control`]s.

mod bytes;
mod control;
pub(crate) mod held;
mod reader;
mod unended;

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{SendError, Sender};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use signal_hook::consts::{
    SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2,
    SIGVTALRM, SIGWINCH, SIGXCPU,
};
use signal_hook::iterator::Signals;

use self::reader::Reader;
use crate::base::Key;
use crate::clock::now;
use crate::room::terminal;
pub(crate) use control::Control;

/// What would end the program at once, with the terminal as the session has it.
const ENDING: [i32; 10] = [
    SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU,
];

/// How long a program that was told to end may take before being told again ends it by force.
/// Not sooner: a shell that is closed passes on the hang-up that the kernel has sent already.
const TIME_TO_END: Duration = Duration::from_secs(1);

/// The key thread's lease: keys are read until it is dropped.
#[derive(Debug)]
#[must_use = "keys are read only as long as this lives"]
pub(crate) struct Keys {
    _lease: UnixStream,
}

/// Starts reading keys, from the terminal that a [`Terminal`](terminal::Terminal) has made ready,
/// and signals. Signals are watched for as long as the program runs.
///
/// `controls` should be unbounded: neither thread may be kept waiting.
pub(crate) fn spawn(controls: Sender<Control>) -> io::Result<Keys> {
    let mut signals = Signals::new([SIGTSTP, SIGCONT, SIGWINCH].iter().chain(&ENDING))?;
    let (lease, end) = UnixStream::pair()?;
    let keyboard = Keyboard {
        terminal: terminal::keyboard()?,
        end,
        reader: Reader::default(),
        started: now(),
        controls: controls.clone(),
    };
    let thread = |name: &str| thread::Builder::new().name(name.into());
    thread("signals").spawn(move || watch(&mut signals, &controls))?;
    thread("keys").spawn(move || keyboard.run())?;
    Ok(Keys { _lease: lease })
}

/// What acts of so many reads, each at so many milliseconds: for the fuzzer, which knows what she pressed.
pub fn acts(reads: &[(u64, &[u8])]) -> Vec<String> {
    let told = reader::told(reads);
    told.iter().map(|control| format!("{control:?}")).collect()
}

fn watch(signals: &mut Signals, controls: &Sender<Control>) {
    let mut told: Option<Instant> = None;
    for control in signals.forever().filter_map(control) {
        let heard = controls.send(control).is_ok();
        if let Control::Terminated(signal) = control {
            let told_again = told.get_or_insert_with(now).elapsed() >= TIME_TO_END;
            if told_again || !heard {
                terminal::restore();
                signal_hook::low_level::exit(128 + signal);
            }
        }
    }
}

/// What a signal asks for.
fn control(signal: c_int) -> Option<Control> {
    Some(match signal {
        // Nobody could wake it again: the kernel would not stop it either.
        SIGTSTP if !terminal::can_suspend() => return None,
        SIGTSTP => Control::Suspend,
        SIGCONT => Control::Resumed,
        SIGWINCH => Control::Resized,
        signal => Control::Terminated(signal),
    })
}

/// Why the key thread ends.
enum End {
    /// There is no terminal any more.
    Gone,
    /// Nobody wants its keys any more.
    Unwanted,
}

impl From<SendError<Control>> for End {
    fn from(_: SendError<Control>) -> Self {
        Self::Unwanted
    }
}

struct Keyboard {
    terminal: OwnedFd,
    /// Readable as soon as the lease is dropped.
    end: UnixStream,
    reader: Reader,
    started: Instant,
    controls: Sender<Control>,
}

impl Keyboard {
    fn run(mut self) {
        let end = loop {
            if let Err(end) = self.turn() {
                break end;
            }
        };
        if matches!(end, End::Gone) {
            self.controls.send(Control::TerminalGone).ok();
        }
    }

    /// Waits for keys or a deadline, and serves it.
    ///
    /// Reads only what is there to be read, so that it neither blocks nor takes a line from the
    /// shell while the program is stopped.
    fn turn(&mut self) -> Result<(), End> {
        if self.wait()? {
            return self.read();
        }
        let told = self.reader.expire(self.started.elapsed());
        self.tell(told)
    }

    /// Whether there is something to read; `false` when a deadline has come.
    fn wait(&self) -> Result<bool, End> {
        // For poll, which knows no durations. A deadline is at most some seconds away.
        let timeout = self.reader.patience(self.started.elapsed());
        let timeout = timeout.map(|wait| Timespec::try_from(wait).unwrap_or_default());
        let mut waiting = [
            PollFd::new(&self.terminal, PollFlags::IN),
            PollFd::new(&self.end, PollFlags::IN),
        ];
        match poll(&mut waiting, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return Err(End::Gone),
        }
        let [terminal, end] = waiting.map(|waiting| waiting.revents());
        if !end.is_empty() {
            return Err(End::Unwanted);
        }
        // A terminal that is gone stays "ready" for ever: reading on would be a busy loop.
        if terminal.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            return Err(End::Gone);
        }
        Ok(terminal.contains(PollFlags::IN))
    }

    fn read(&mut self) -> Result<(), End> {
        let mut bytes = [0; 1024];
        let read = match rustix::io::read(self.terminal.as_fd(), &mut bytes) {
            Ok(read @ 1..) => read,
            Err(Errno::INTR | Errno::AGAIN) => return Ok(()),
            Ok(0) | Err(_) => return Err(End::Gone),
        };
        let told = self.reader.bytes(self.started.elapsed(), &bytes[..read]);
        self.tell(told)
    }

    fn tell(&self, told: Vec<Control>) -> Result<(), End> {
        for control in told {
            self.controls.send(match control {
                Control::Suspend if !terminal::can_suspend() => Control::Key(Key::Other),
                control => control,
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
