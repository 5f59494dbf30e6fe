//! A connection to the speech service, by way of a program of its own that makes the calls.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, mem, thread};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};

use super::Limits;
use super::service::{Sentence, end_lag};
use super::wire::{Order, Report, Scales, line};
use crate::voice::{VoiceError, VoiceEvent};

impl Sentence {
    fn ended(self) -> VoiceEvent {
        VoiceEvent::Ended {
            ticket: self.ticket,
            lag: end_lag(self.rate),
        }
    }

    fn broken_off(self) -> VoiceEvent {
        VoiceEvent::Failed(VoiceError::Unspeakable {
            text: self.text,
            why: "the desktop's speech service broke it off".into(),
        })
    }
}

/// Why a request was not carried out.
pub(super) enum Trouble {
    /// The service has said no.
    Refused(String),
    /// The program that makes the calls has ended; and what is known of why.
    Gone(String),
    /// It has not answered within this time.
    TimedOut(Duration),
}

impl Trouble {
    /// Of a connection that could not be opened.
    fn at_first(self) -> VoiceError {
        VoiceError::Service(match self {
            Self::Refused(why) => format!("cannot be reached: {why}"),
            Self::Gone(why) => format!("cannot be asked: {why}"),
            Self::TimedOut(limit) => format!("does not answer ({:.1} s)", limit.as_secs_f32()),
        })
    }
}

impl From<Trouble> for VoiceError {
    fn from(trouble: Trouble) -> Self {
        Self::Service(match trouble {
            Trouble::Refused(why) => format!("does not take the sentence: {why}"),
            Trouble::Gone(why) => format!("broke the session off: {why}"),
            Trouble::TimedOut(limit) => {
                format!("has stopped answering ({:.1} s)", limit.as_secs_f32())
            }
        })
    }
}

/// What comes of an order, or of the opening.
type Answer = Result<Report, Trouble>;

/// Dropping it never blocks: the program sees the end of its orders, says stop and ends. If it hangs, it ends itself.
pub(super) struct Connection {
    speaker: Speaker,
    scales: Scales,
    limit: Duration,
}

/// The program, which runs.
struct Speaker {
    orders: ChildStdin,
    answers: Receiver<Answer>,
    unfinished: Unfinished,
}

impl Connection {
    pub(super) fn open(
        program: &Path,
        limits: Limits,
        events: &Sender<VoiceEvent>,
    ) -> Result<Self, VoiceError> {
        let started = Speaker::start(program, events);
        let missing = |error| Trouble::Gone(format!("{}: {error}", program.display()));
        let speaker = started.map_err(|error| missing(error).at_first())?;
        let scales = match speaker.answer(limits.open).map_err(Trouble::at_first)? {
            Report::Ready(scales) => scales,
            other => return Err(Trouble::Refused(format!("{other:?}")).at_first()),
        };
        Ok(Self {
            speaker,
            scales,
            limit: limits.call,
        })
    }

    pub(super) fn say(&self, sentence: &Sentence) -> Result<(), Trouble> {
        self.speaker.unfinished.ask(sentence.clone());
        self.ask(&sentence.order(self.scales))
    }

    pub(super) fn hush(&self) -> Result<(), Trouble> {
        // First of all, so that nothing said before ends from now on, whatever the service does.
        if self.speaker.unfinished.clear() {
            self.ask(&Order::Hush)
        } else {
            Ok(())
        }
    }

    /// The program reads its orders whatever the service does, so writing one does not wait.
    fn ask(&self, order: &Order) -> Result<(), Trouble> {
        // Where it has ended, the answer says why.
        let _ = (&self.speaker.orders).write_all(line(order).as_bytes());
        self.speaker.answer(self.limit).map(drop)
    }
}

impl Speaker {
    fn start(program: &Path, events: &Sender<VoiceEvent>) -> io::Result<Self> {
        let mut child = launch(program)?;
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        let orders = child.stdin.take().ok_or_else(gone)?;
        let (answered, answers) = unbounded();
        let unfinished = Unfinished::new(events.clone());
        follow(child, answered, unfinished.clone())?;
        Ok(Self {
            orders,
            answers,
            unfinished,
        })
    }

    fn answer(&self, limit: Duration) -> Answer {
        match self.answers.recv_timeout(limit) {
            Ok(Ok(Report::Refused(why))) => Err(Trouble::Refused(why)),
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(Trouble::TimedOut(limit)),
            Err(RecvTimeoutError::Disconnected) => Err(Trouble::Gone("it has ended".into())),
        }
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        *self.unfinished.lock() = None;
    }
}

/// Listens to the program until it ends.
fn follow(mut child: Child, answered: Sender<Answer>, unfinished: Unfinished) -> io::Result<()> {
    let (complained, complaint) = bounded(1);
    if let Some(errors) = child.stderr.take() {
        spawn("speech service's errors", move || {
            // Nobody waits any more if it took too long.
            let _ = complained.send(last_line(errors));
        })?;
    }
    spawn("speech service", move || {
        if let Some(reports) = child.stdout.take() {
            pass_on(reports, &answered, &unfinished);
        }
        let why = ending(&mut child, &complaint);
        unfinished.break_off(&why);
        let _ = answered.send(Err(Trouble::Gone(why)));
    })
}

fn launch(program: &Path) -> io::Result<Child> {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Ctrl-C in a terminal would end it before it has said stop.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let thread = thread::Builder::new().name(name.into());
    thread.spawn(work).map(drop)
}

fn pass_on(reports: impl Read, answered: &Sender<Answer>, unfinished: &Unfinished) {
    for line in BufReader::new(reports).lines().map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(Report::Ended(ticket)) => unfinished.settle(ticket, Sentence::ended),
            Ok(Report::Stopped(ticket)) => unfinished.settle(ticket, Sentence::broken_off),
            Ok(answer) => {
                if matches!(answer, Report::Done) {
                    unfinished.taken();
                }
                let _ = answered.send(Ok(answer));
            }
            // A library may print what it likes.
            Err(_) => {}
        }
    }
}

/// Reads all there is, for a pipe that is full would hold the program up.
fn last_line(errors: impl Read) -> String {
    let mut last = String::new();
    for line in BufReader::new(errors).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        if !line.trim().is_empty() {
            line.trim().clone_into(&mut last);
        }
    }
    last
}

/// Why the program has ended, as far as it can be known.
fn ending(child: &mut Child, complaint: &Receiver<String>) -> String {
    /// What was said is there by now, unless a service that the program has started holds the pipe.
    const A_MOMENT: Duration = Duration::from_millis(200);
    let how = match child.wait() {
        Ok(status) => format!("the program that speaks ended by itself ({status})"),
        Err(error) => format!("the program that speaks is gone ({error})"),
    };
    let complaint = complaint.recv_timeout(A_MOMENT).unwrap_or_default();
    if complaint.is_empty() {
        how
    } else {
        format!("{how}: {complaint}")
    }
}

/// What a connection was asked to say and has not said to the end.
///
/// The lock makes hushing exact: a sentence is taken out and its end told in one step, so once it
/// is cleared out it cannot end any more. Nobody calls the service with the lock held.
///
/// `None` once the connection is given up: then a program that hangs does not keep the channel open.
#[derive(Clone)]
struct Unfinished(Arc<Mutex<Option<Entries>>>);

struct Entries {
    /// The program has not answered yet whether the service takes it.
    asked: Option<Sentence>,
    sentences: Vec<Sentence>,
    events: Sender<VoiceEvent>,
}

impl Unfinished {
    fn new(events: Sender<VoiceEvent>) -> Self {
        let entries = Entries {
            asked: None,
            sentences: Vec::new(),
            events,
        };
        Self(Arc::new(Mutex::new(Some(entries))))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Entries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, sentence: Sentence) {
        if let Some(entries) = &mut *self.lock() {
            entries.asked = Some(sentence);
        }
    }

    /// The last order was carried out.
    fn taken(&self) {
        if let Some(entries) = &mut *self.lock() {
            entries.sentences.extend(entries.asked.take());
        }
    }

    /// Takes the sentence out, if it is in, and tells what came of it.
    fn settle(&self, ticket: u64, outcome: fn(Sentence) -> VoiceEvent) {
        if let Some(Entries {
            sentences, events, ..
        }) = &mut *self.lock()
            && let Some(at) = sentences.iter().position(|known| known.ticket == ticket)
        {
            let _ = events.send(outcome(sentences.remove(at)));
        }
    }

    /// The program is gone, and with it what it was saying. What it was only asked to say, the next one is.
    fn break_off(&self, why: &str) {
        if let Some(Entries {
            sentences, events, ..
        }) = &mut *self.lock()
            && !mem::take(sentences).is_empty()
        {
            let gone = Trouble::Gone(why.to_owned());
            let _ = events.send(VoiceEvent::Failed(gone.into()));
        }
    }

    /// Takes all out without a word; whether there were any.
    fn clear(&self) -> bool {
        let mut entries = self.lock();
        entries.as_mut().is_some_and(|entries| {
            let asked = entries.asked.take().is_some();
            !mem::take(&mut entries.sentences).is_empty() || asked
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        open: Duration::from_secs(20),
        call: Duration::from_secs(20),
    };

    fn refused(program: &str, limits: Limits) -> String {
        let opened = Connection::open(Path::new(program), limits, &unbounded().0);
        opened.err().map(|error| error.to_string()).unwrap()
    }

    #[test]
    fn a_program_that_ends_at_once_is_told_with_its_last_words() {
        let said = refused("/bin/cp", LIMITS);
        let begins =
            "the desktop's speech service cannot be asked: the program that speaks ended by itself";
        assert!(said.starts_with(begins), "{said}");
        assert!(said.contains("cp --help"), "{said}");
    }

    #[test]
    fn a_program_that_is_not_there_is_told_by_its_name() {
        let said = refused("/nowhere/speaker", LIMITS);
        assert!(said.contains("/nowhere/speaker: No such file"), "{said}");
    }

    #[test]
    fn a_program_that_says_nothing_is_given_up_with_its_events() {
        let (events, heard) = unbounded();
        let call = Duration::from_millis(50);
        let limits = Limits { open: call, call };
        let opened = Connection::open(Path::new("/bin/cat"), limits, &events);
        let said = opened.err().map(|error| error.to_string()).unwrap();
        assert!(said.contains("does not answer (0.1 s)"), "{said}");
        drop(events);
        let end = heard.recv_timeout(LIMITS.call);
        assert_eq!(end.err(), Some(RecvTimeoutError::Disconnected));
    }
}
