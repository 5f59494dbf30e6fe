//! The terminal as the session needs it, and everything given back whatever happens.
//!
//! There is one terminal and any thread may have to give it back: the player at the end, the
//! signal thread when it is told to end at once, a panic anywhere, a library that ends the program. So what there is to give back
//! lies in one place, and whoever comes first takes it.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::{env, panic};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange,
    KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::queue;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Signal, getpgrp, getsid, kill_current_process_group};
use rustix::stdio;
use rustix::termios::{
    OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetpgrp, tcgetwinsize,
    tcsetattr, ttyname,
};
use thiserror::Error;

/// Why there are no keys.
#[derive(Debug, Error)]
pub(crate) enum TerminalError {
    /// No terminal belongs to this program.
    #[error(
        "no terminal to read keys from: start softback in a terminal window, not from a service, \
         a scheduler or a desktop shortcut without one; or make a file for a phone, which needs none: \
         `softback export -o session.m4b`"
    )]
    NoTerminal(#[source] io::Error),
    /// There is one, but it refuses to be set up.
    #[error("the terminal cannot be set up for keys; try another terminal window")]
    Setup(#[source] io::Error),
}

/// What is to be given back.
#[derive(Debug)]
struct Taken {
    keyboard: OwnedFd,
    cooked: Termios,
    /// Where the terminal's own commands go, if it draws.
    output: Option<File>,
}

static TAKEN: Mutex<Option<Taken>> = Mutex::new(None);
static STDERR: Mutex<Option<OwnedFd>> = Mutex::new(None);

/// The state, also after a panic while it was held: nothing in it can be half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The terminal, made ready for single keys; given back when dropped, and by a panic.
#[derive(Debug)]
#[must_use = "the terminal is given back when this is dropped"]
pub(crate) struct Terminal {
    draws: bool,
    /// A second way to the terminal of standard output, opened so that writing never waits. A terminal that takes
    /// something may not take all of it, and writing the rest would wait for as long as it hangs. Standard output
    /// itself cannot be made so, because the shell shares it. `None` if standard output is no terminal.
    outlet: Option<File>,
    unsent: Vec<u8>,
}

impl Terminal {
    /// Takes the terminal: keys come singly and unseen. If `draws`, standard output becomes a screen
    /// of its own with no cursor, and the terminal is asked to report keys let go, the loss of the
    /// keyboard, and pastes. Otherwise it is sent nothing at all: a reader of plain lines may read
    /// out, or keep, whatever comes.
    ///
    /// What was typed before is forgotten.
    pub(crate) fn enter(draws: bool) -> Result<Self, TerminalError> {
        install_panic_hook();
        take(draws)?;
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let name = ttyname(stdio::stdout(), Vec::new());
        let outlet = name.and_then(|name| open(name, flags, Mode::empty()));
        Ok(Self {
            draws,
            outlet: outlet.ok().map(File::from),
            unsent: Vec::new(),
        })
    }

    /// Gives the terminal back and stops the whole job, as Ctrl-Z does elsewhere: `make` or a
    /// pipe beside this program must stop with it, or the shell would not come back.
    ///
    /// Returns at once: the stop comes, and SIGCONT ends it. Then call [`resume`](Self::resume).
    pub(crate) fn suspend() -> io::Result<()> {
        if !can_suspend() {
            return Ok(());
        }
        restore();
        // SIGTSTP is handled here, and so would stop all but this program.
        Ok(kill_current_process_group(Signal::STOP)?)
    }

    /// Takes the terminal again after a stop, whoever stopped the program, and whatever the shell
    /// has done to it since. In the background this stops the job again, until it is in front.
    pub(crate) fn resume(&mut self) -> Result<(), TerminalError> {
        if self.draws {
            // It was on the way to a screen that is gone, and will be drawn anew.
            self.unsent.clear();
        }
        take(self.draws)
    }

    /// Columns and rows, or 80 by 24 where nobody knows.
    pub(crate) fn size() -> (u16, u16) {
        match tcgetwinsize(stdio::stdout()) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
            _ => (80, 24),
        }
    }

    /// Whether the screen has taken all it was sent, and takes more. A terminal that hangs must not make
    /// the player wait.
    #[must_use]
    pub(crate) fn takes_output(&mut self) -> bool {
        self.send();
        self.unsent.is_empty() && takes_output(stdio::stdout(), &Timespec::default())
    }
}

/// Writing never waits: what the terminal does not take now is kept, and sent the next time that
/// [`takes_output`](Terminal::takes_output) is asked.
impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unsent.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send();
        Ok(())
    }
}

impl Terminal {
    /// Sends as much as is taken at once.
    fn send(&mut self) {
        while !self.unsent.is_empty() {
            let sent = match &mut self.outlet {
                Some(terminal) => terminal.write(&self.unsent),
                None => io::stdout().write(&self.unsent),
            };
            match sent {
                Ok(sent @ 1..) => _ = self.unsent.drain(..sent),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // The terminal has gone, and nobody reads the rest.
                Ok(0) | Err(_) => self.unsent.clear(),
            }
        }
        if self.outlet.is_none() {
            let _ = io::stdout().flush();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Whether somebody could wake the program after a stop: a shell that runs it as a job. As the
/// terminal's own program it would sleep for ever.
pub(crate) fn can_suspend() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Gives the terminal back, if it is taken. From any thread, any number of times; not from within
/// a signal handler.
pub(crate) fn restore() {
    let mut taken = lock(&TAKEN);
    if let Some(taken) = taken.take() {
        taken.give_back();
    }
}

/// The terminal that keys come from: standard input, or the controlling terminal.
pub(crate) fn keyboard() -> io::Result<OwnedFd> {
    let input = stdio::stdin();
    if input.is_terminal() {
        return input.try_clone_to_owned();
    }
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    Ok(terminal.into())
}

fn take(draws: bool) -> Result<(), TerminalError> {
    // What it was before the first time is what it must become again.
    restore();
    let keyboard = keyboard().map_err(TerminalError::NoTerminal)?;
    let cooked = tcgetattr(&keyboard).map_err(|error| TerminalError::Setup(error.into()))?;
    let stdout = stdio::stdout();
    let output = draws.then(|| stdout.try_clone_to_owned().ok()).flatten();
    let taken = Taken {
        keyboard,
        cooked,
        output: output.map(File::from),
    };
    let entered = lock(&TAKEN).insert(taken).enter();
    entered.map_err(|error| {
        restore();
        TerminalError::Setup(error)
    })
}

impl Taken {
    fn enter(&mut self) -> io::Result<()> {
        let mut raw = self.cooked.clone();
        raw.make_raw();
        // Lines still end as lines: raw mode is for keys, and other output may come.
        raw.output_modes = self.cooked.output_modes;
        self.set(&raw)?;

        let mut commands = Vec::new();
        queue!(commands, EnterAlternateScreen, Hide)?;
        // Unasked: a terminal that does not know this passes over it, and asking takes up to two
        // seconds. The stack of flags belongs to the screen, so this comes after the switch.
        let flags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES
            | KeyboardEnhancementFlags::REPORT_EVENT_TYPES
            | KeyboardEnhancementFlags::REPORT_ALTERNATE_KEYS;
        if knows_key_reports() {
            queue!(commands, PushKeyboardEnhancementFlags(flags))?;
        }
        queue!(commands, EnableBracketedPaste, EnableFocusChange)?;
        self.command(&commands)
    }

    fn give_back(mut self) {
        let mut commands = Vec::new();
        queue!(commands, DisableFocusChange, DisableBracketedPaste).ok();
        if knows_key_reports() {
            queue!(commands, PopKeyboardEnhancementFlags).ok();
        }
        queue!(commands, Show, LeaveAlternateScreen).ok();
        // A terminal that has gone needs nothing back.
        self.command(&commands).ok();
        if !self.in_background() {
            self.set(&self.cooked).ok();
        }
    }

    /// Whether the shell has the terminal. Its modes are the shell's then, and touching them would
    /// stop the program when it is about to end.
    fn in_background(&self) -> bool {
        tcgetpgrp(&self.keyboard).is_ok_and(|foreground| foreground != getpgrp())
    }

    fn set(&self, modes: &Termios) -> io::Result<()> {
        // What was typed for one reader is not for the next. The "flush" action of `tcsetattr` would not do: it
        // also waits until all output is shown, and a terminal may hang.
        tcflush(&self.keyboard, QueueSelector::IFlush)?;
        Ok(tcsetattr(&self.keyboard, OptionalActions::Now, modes)?)
    }

    fn command(&mut self, commands: &[u8]) -> io::Result<()> {
        match &mut self.output {
            Some(output) if takes_output(&*output, &HANGS) => output.write_all(commands),
            _ => Ok(()),
        }
    }
}

/// A terminal that takes nothing for this long hangs. Nobody waits for it any longer.
const HANGS: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 500_000_000,
};

fn takes_output(output: impl AsFd, timeout: &Timespec) -> bool {
    let mut output = [PollFd::new(&output, PollFlags::OUT)];
    let ready = poll(&mut output, Some(timeout));
    ready.is_ok() && output[0].revents().contains(PollFlags::OUT)
}

/// Older Linux consoles print half of the command instead of passing over it.
fn knows_key_reports() -> bool {
    env::var_os("TERM").is_some_and(|terminal| terminal != "linux")
}

/// From now on a panic in any thread gives everything back, prints its message where it can be
/// read, and ends the program with 101: a session that goes on with a part of it missing would
/// leave her alone with her eyes closed.
pub(crate) fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            restore();
            restore_stderr();
            print(panicked);
            // Standard error keeps nothing back; standard output might wait for a lock that the
            // panicking thread holds, and so is left alone.
            io::stderr().flush().ok();
            signal_hook::low_level::exit(101);
        }));
    });
}

dtor::declarative::dtor! {
    /// A library may end the program by itself: ALSA loads plug-ins, and nobody knows all of them. Here the terminal
    /// is given back then, too, and words say why it is over.
    #[dtor(unsafe)]
    fn ended_by_a_library() {
        if lock(&TAKEN).is_some() {
            restore();
            restore_stderr();
            // Where it cannot be printed, the exit code still says that something failed.
            let _ = writeln!(io::stderr(), "{BROKEN_OFF}");
        }
    }
}

const BROKEN_OFF: &str = "softback: a system library, such as a plug-in of the sound system, broke the session off\n  \
     Start it again, with another --device if there is one";

/// Keeps libraries that print to standard error from writing over the screen, until it is dropped.
#[derive(Debug)]
#[must_use = "standard error comes back when this is dropped"]
pub(crate) struct StderrGuard(());

impl StderrGuard {
    /// Sends standard error nowhere. What the program itself has to say there, it says when this is
    /// dropped.
    pub(crate) fn new() -> io::Result<Self> {
        let mut kept = lock(&STDERR);
        if kept.is_none() {
            let instead = OpenOptions::new().write(true).open("/dev/null")?;
            *kept = Some(stdio::stderr().try_clone_to_owned()?);
            stdio::dup2_stderr(instead)?;
        }
        Ok(Self(()))
    }
}

impl Drop for StderrGuard {
    fn drop(&mut self) {
        restore_stderr();
    }
}

fn restore_stderr() {
    if let Some(stderr) = lock(&STDERR).take() {
        stdio::dup2_stderr(stderr).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{fcntl_setfl, fstat};
    use std::io::Read;

    #[test]
    fn giving_back_what_was_not_taken_does_nothing() {
        let errors = || fstat(stdio::stderr()).map(|file| (file.st_dev, file.st_ino));
        let before = errors().unwrap();
        restore();
        restore();
        restore_stderr();
        assert_eq!(errors().unwrap(), before);
        assert!(lock(&TAKEN).is_none());
    }

    #[test]
    fn a_terminal_that_takes_little_is_not_waited_for_and_loses_nothing() {
        let (mut reader, writer) = io::pipe().unwrap();
        let writer = OwnedFd::from(writer);
        fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
        let mut terminal = Terminal {
            draws: false,
            outlet: Some(writer.into()),
            unsent: (0..1_000_000).map(|byte: u32| byte as u8).collect(),
        };
        let all = terminal.unsent.clone();
        terminal.send();
        assert!(!terminal.unsent.is_empty() && terminal.unsent.len() < all.len());
        let mut taken = Vec::new();
        while !terminal.unsent.is_empty() {
            let waiting = all.len() - terminal.unsent.len() - taken.len();
            let mut piece = vec![0; waiting];
            reader.read_exact(&mut piece).unwrap();
            taken.extend(piece);
            terminal.send();
        }
        drop(terminal);
        reader.read_to_end(&mut taken).unwrap();
        assert_eq!(taken, all);
    }

    #[test]
    fn a_terminal_that_has_gone_is_sent_nothing() {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut terminal = Terminal {
            draws: false,
            outlet: Some(OwnedFd::from(writer).into()),
            unsent: vec![1],
        };
        terminal.send();
        assert!(terminal.unsent.is_empty());
    }

    #[test]
    fn an_error_says_what_to_do() {
        let error = TerminalError::NoTerminal(io::Error::from_raw_os_error(6));
        assert!(
            error
                .to_string()
                .contains("start softback in a terminal window")
        );
    }
}
