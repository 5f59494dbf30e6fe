//! Keys and signals, each read on a thread of its own and told to the player as [`Control`]s.

mod bytes;
pub(crate) mod held;

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

use self::bytes::{Parser, Report, one_slip};
use self::held::{Held, Kind};
use crate::base::Key;
use crate::clock::now;
use crate::room::terminal;

/// What reaches the player from its terminal and from the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// One press of a key, however long it was held.
    Key(Key),
    /// Escape may have been pressed, or another key may be on its way: be silent until that is known. `false` when it
    /// was another key: be heard again.
    Hold(bool),
    /// Ctrl-Z, or SIGTSTP from outside: be silent, then [`Terminal::suspend`](terminal::Terminal::suspend).
    Suspend,
    /// SIGCONT, after any stop: [`Terminal::resume`](terminal::Terminal::resume).
    Resumed,
    /// The window has another size.
    Resized,
    /// Another window has the keyboard now: keys no longer arrive here.
    FocusLost,
    /// SIGTERM, or another signal that would end the program: end soon. The same again a second later ends the
    /// program whatever it is doing.
    Terminated(i32),
    /// The terminal has been closed: no key will ever come.
    TerminalGone,
}

/// What would end the program at once, with the terminal as the session has it.
const ENDING: [i32; 10] = [
    SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU,
];

/// How long a program that was told to end may take before being told again ends it by force.
/// Not sooner: a shell that is closed passes on the hang-up that the kernel has sent already.
const TIME_TO_END: Duration = Duration::from_secs(1);

/// An Escape that comes so long after another is a second press. What is cut in two on its way was seen to come
/// 30 to 50 ms apart, and two presses of a finger come further apart than this.
const ANOTHER_PRESS: Duration = Duration::from_millis(60);

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
        parser: Parser::default(),
        escape: None,
        presses: Presses::new(controls.clone()),
    };
    let thread = |name: &str| thread::Builder::new().name(name.into());
    thread("signals").spawn(move || watch(&mut signals, &controls))?;
    thread("keys").spawn(move || keyboard.run())?;
    Ok(Keys { _lease: lease })
}

/// Presses on their way to the player, each told once however long its key is held.
pub(crate) struct Presses {
    held: Held,
    started: Instant,
    controls: Sender<Control>,
}

impl Presses {
    pub(crate) fn new(controls: Sender<Control>) -> Self {
        Self {
            held: Held::default(),
            started: now(),
            controls,
        }
    }

    pub(crate) fn take(&mut self, key: Key, kind: Kind) -> Result<(), SendError<Control>> {
        let mut presses = self.held.event(self.started.elapsed(), key, kind);
        presses.try_for_each(|key| self.controls.send(Control::Key(key)))
    }

    /// How soon to call [`expire`](Self::expire), if nothing happens before.
    pub(crate) fn due(&self) -> Option<Duration> {
        let deadline = self.held.deadline();
        deadline.map(|at| at.saturating_sub(self.started.elapsed()))
    }

    /// Tells the press that was held back, if it is time.
    pub(crate) fn expire(&mut self) -> Result<(), SendError<Control>> {
        let due = self.held.expire(self.started.elapsed());
        due.map_or(Ok(()), |key| self.controls.send(Control::Key(key)))
    }
}

fn watch(signals: &mut Signals, controls: &Sender<Control>) {
    let mut told: Option<Instant> = None;
    for signal in signals.forever() {
        let control = match signal {
            // Nobody could wake it again: the kernel would not stop it either.
            SIGTSTP if !terminal::can_suspend() => continue,
            SIGTSTP => Control::Suspend,
            SIGCONT => Control::Resumed,
            SIGWINCH => Control::Resized,
            signal => Control::Terminated(signal),
        };
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
    parser: Parser,
    /// Since when Escape waits for what may follow, counted from the start.
    escape: Option<Duration>,
    presses: Presses,
}

impl Keyboard {
    fn run(mut self) {
        let end = loop {
            if let Err(end) = self.turn() {
                break end;
            }
        };
        if matches!(end, End::Gone) {
            self.presses.controls.send(Control::TerminalGone).ok();
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
        self.settle()?;
        Ok(self.presses.expire()?)
    }

    /// Whether there is something to read; `false` when a deadline has come.
    fn wait(&self) -> Result<bool, End> {
        // For poll, which knows no durations. A deadline is at most some seconds away.
        let timeout = self.timeout();
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

    /// Until the nearer of the two deadlines. An unfinished sequence comes first: it may be a
    /// press that the other deadline is about.
    fn timeout(&self) -> Option<Duration> {
        self.parser.patience().or(self.presses.due())
    }

    fn read(&mut self) -> Result<(), End> {
        let mut bytes = [0; 1024];
        let read = match rustix::io::read(self.terminal.as_fd(), &mut bytes) {
            Ok(read @ 1..) => read,
            Err(Errno::INTR | Errno::AGAIN) => return Ok(()),
            Ok(0) | Err(_) => return Err(End::Gone),
        };
        self.bytes(&bytes[..read], self.presses.started.elapsed())
    }

    /// Takes in what was read, so long `after` the start.
    fn bytes(&mut self, bytes: &[u8], after: Duration) -> Result<(), End> {
        let mut escape = self.escape.take();
        if bytes.starts_with(b"\x1b") && escape.take_if(|at| after >= *at + ANOTHER_PRESS).is_some()
        {
            self.settle()?;
        }
        let reports = self.parser.feed(bytes);
        let may_be = self.parser.may_be_escape();
        if may_be != escape.is_some() {
            self.presses.controls.send(Control::Hold(may_be))?;
        }
        self.escape = may_be.then_some(escape.unwrap_or(after));
        let reports = one_slip(reports);
        reports.into_iter().try_for_each(|report| self.take(report))
    }

    /// Nothing more belongs to what is unfinished: it stands for itself.
    fn settle(&mut self) -> Result<(), End> {
        self.escape = None;
        let report = self.parser.settle();
        report.map_or(Ok(()), |report| self.take(report))
    }

    fn take(&mut self, report: Report) -> Result<(), End> {
        let control = match report {
            Report::Key(key, kind) => return Ok(self.presses.take(key, kind)?),
            Report::FocusLost => Control::FocusLost,
            Report::Suspend if terminal::can_suspend() => Control::Suspend,
            Report::Suspend => Control::Key(Key::Other),
        };
        Ok(self.presses.controls.send(control)?)
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::unbounded;

    use super::*;

    /// What is told of bytes that come in pieces, each so many milliseconds after the start; then nothing follows.
    fn told(pieces: &[(u64, &str)]) -> Vec<Control> {
        let (terminal, end) = UnixStream::pair().expect("two ends");
        let (controls, told) = unbounded();
        let mut keyboard = Keyboard {
            terminal: terminal.into(),
            end,
            parser: Parser::default(),
            escape: None,
            presses: Presses::new(controls),
        };
        for (at, piece) in pieces {
            let after = Duration::from_millis(*at);
            assert!(keyboard.bytes(piece.as_bytes(), after).is_ok());
        }
        assert!(keyboard.settle().is_ok());
        drop(keyboard);
        told.iter().collect()
    }

    #[test]
    fn escape_is_silence_at_once_and_a_stop_when_nothing_follows() {
        use Control::{Hold, Key as Pressed};
        assert_eq!(told(&[(0, "\x1b")]), [Hold(true), Pressed(Key::Escape)]);
        assert_eq!(
            told(&[(0, "\x1b"), (50, "[B")]),
            [Hold(true), Hold(false), Pressed(Key::Down)]
        );
        // It comes whole, as it nearly always does: nothing is held.
        assert_eq!(told(&[(0, "\x1b[B")]), [Pressed(Key::Down)]);
        assert_eq!(told(&[(0, " ")]), [Pressed(Key::Space)]);
        assert_eq!(told(&[(0, "many thanks")]), [Pressed(Key::Other)]);
    }

    #[test]
    fn a_second_escape_is_lost_neither_to_the_first_nor_to_an_arrow_behind_it() {
        use Control::{Hold, Key as Pressed};
        let escape = [Hold(true), Pressed(Key::Escape)];
        // The second is told as one that is held down only because no time passes here: see `held`.
        assert_eq!(
            told(&[(0, "\x1b"), (80, "\x1b")])[..3],
            [escape[0], escape[1], Hold(true)]
        );
        assert_eq!(
            told(&[(0, "\x1b"), (80, "\x1b[B")]),
            [escape[0], escape[1], Pressed(Key::Down)]
        );
        // A sequence with two of them, cut in two: Alt with an arrow.
        assert_eq!(
            told(&[(0, "\x1b"), (50, "\x1b[B")]),
            [Hold(true), Hold(false), Pressed(Key::Other)]
        );
    }
}
