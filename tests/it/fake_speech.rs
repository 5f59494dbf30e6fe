//! A speech service for tests: the part of Speech Dispatcher's protocol (SSIP) that the system voice
//! uses, on a unix socket, from threads of the test's own process. It makes no sound, keeps a log,
//! and can be told to fail in the ways the real one does.
//!
//! A program finds it through its environment, so it is tested in a process of its own:
//! `Command::new(…).envs(fake.environment())`.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How the service behaves.
#[derive(Clone, Copy, Debug)]
pub struct Behaviour {
    /// How long a sentence takes.
    pub millis_per_char: u64,
    /// In which way it fails, if it does.
    pub failure: Failure,
}

impl Default for Behaviour {
    /// A quick talker in good health.
    fn default() -> Self {
        Self {
            millis_per_char: 5,
            failure: Failure::Never,
        }
    }
}

/// What a service tells of a mark that it has come to in a sentence.
const MARK: &[u8] = b"700-1\r\n700-1\r\n700-mark\r\n700 INDEX MARK\r\n";

/// Ways to fail. Sentences are counted over all connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// None.
    Never,
    /// Takes every connection and never answers on it.
    HangOnConnect,
    /// After so many sentences takes every further one and never begins it, as with a hung synthesizer.
    HangAfter(usize),
    /// After so many sentences never answers again on the connection that brings the next; well on others.
    DeafAfter(usize),
    /// After so many sentences breaks off the next one half-way and closes every connection.
    DieAfter {
        /// How many sentences it says to the end.
        sentences: usize,
        /// Whether it then works, numbering clients and sentences anew, as if restarted.
        returns: bool,
    },
    /// After so many sentences it takes the next one, and from then on tells of marks in it without an end.
    FloodAfter(usize),
    /// After so many sentences it answers the next with a number that there is not: the client library takes that as
    /// a reason to end the whole program.
    NonsenseAfter(usize),
}

/// What the service was asked to do, or did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A program has connected.
    Connect,
    /// It wants this rate, -100 to 100.
    Rate(i32),
    /// It wants this volume, -100 to 100.
    Volume(i32),
    /// It wants this text said.
    Say(String),
    /// The text begins.
    Begin(String),
    /// The text was said to its end.
    End(String),
    /// It wants silence.
    Stop,
    /// The text was broken off, or dropped before its turn.
    Cancel(String),
    /// The service has died.
    Die,
}

/// A running service; gone when dropped.
pub struct FakeSpeech {
    path: PathBuf,
    service: Arc<Service>,
}

impl FakeSpeech {
    /// Starts one on a socket in `dir`: one service for each directory, whose path may have 90 bytes.
    pub fn start(dir: &Path, behaviour: Behaviour) -> Self {
        let path = dir.join("speech.sock");
        let listener = UnixListener::bind(&path).expect("a socket for the fake speech service");
        // Polled, so that its thread sees when it is time to go.
        listener.set_nonblocking(true).expect("a polled socket");
        let service = Arc::new(Service {
            behaviour,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        thread::spawn({
            let service = Arc::clone(&service);
            move || accept(&service, &listener)
        });
        thread::spawn({
            let service = Arc::clone(&service);
            move || service.speak()
        });
        Self { path, service }
    }

    /// The value for `SPEECHD_ADDRESS`.
    pub fn address(&self) -> String {
        format!("unix_socket:{}", self.path.display())
    }

    /// What a program must find in its environment to speak to this service and to no other: the
    /// client library would start the real one in place of a dead one.
    pub fn environment(&self) -> [(&'static str, String); 2] {
        [
            ("SPEECHD_ADDRESS", self.address()),
            ("SPEECHD_CMD", "false".into()),
        ]
    }

    /// All that has happened so far.
    pub fn log(&self) -> Vec<(Instant, Event)> {
        self.service.lock().log.clone()
    }

    /// The same without the times.
    pub fn events(&self) -> Vec<Event> {
        self.log().into_iter().map(|(_, event)| event).collect()
    }

    /// Waits until `event` has happened, and says when it did first; panics after 10 s.
    pub fn wait_for(&self, event: &Event) -> Instant {
        let (state, waited) = self
            .service
            .changed
            .wait_timeout_while(self.service.lock(), Duration::from_secs(10), |state| {
                !state.log.iter().any(|(_, logged)| logged == event)
            })
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "no {event:?} in {:?}", state.log);
        let found = state.log.iter().find(|(_, logged)| logged == event);
        found.expect("what was waited for").0
    }

    /// Breaks off whatever is said, as when another program has all speech cancelled.
    pub fn silence(&self) {
        self.service.cancel(None);
    }
}

impl Drop for FakeSpeech {
    fn drop(&mut self) {
        self.service.lock().close();
        self.service.changed.notify_all();
        // Whatever is left is removed with the test's directory.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// What the threads share: one that accepts, one that speaks, one for each client.
struct Service {
    behaviour: Behaviour,
    state: Mutex<State>,
    /// Notified whenever the state has changed.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    log: Vec<(Instant, Event)>,
    clients: BTreeMap<usize, UnixStream>,
    /// What is being said (the first) and what waits.
    queue: VecDeque<Sentence>,
    /// Sentences that were taken in this life, which is how they are numbered.
    taken: usize,
    /// Sentences that were said to the end.
    ended: usize,
    /// The failure that comes once has come.
    failed: bool,
    closed: bool,
}

#[derive(Clone, PartialEq, Eq)]
struct Sentence {
    client: usize,
    number: usize,
    text: String,
}

impl State {
    fn note(&mut self, event: Event) {
        self.log.push((Instant::now(), event));
    }

    /// Tells a client what has become of its sentence.
    fn tell(&mut self, sentence: &Sentence, code: u16, what: &str) {
        let Sentence { client, number, .. } = sentence;
        if let Some(mut stream) = self.clients.get(client) {
            let news = format!("{code}-{number}\r\n{code}-{client}\r\n{code} {what}\r\n");
            // A client that has hung up does not want to know.
            let _ = stream.write_all(news.as_bytes());
        }
    }

    /// Hangs up on everybody.
    fn die(&mut self) {
        for stream in std::mem::take(&mut self.clients).values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.queue.clear();
        self.taken = 0;
        self.failed = true;
        self.note(Event::Die);
    }

    fn close(&mut self) {
        self.die();
        self.closed = true;
    }
}

impl Service {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, event: Event) {
        self.lock().note(event);
        self.changed.notify_all();
    }

    /// Says one sentence after the other, whichever client it is from.
    fn speak(&self) {
        let mut state = self.lock();
        while !state.closed {
            let hangs = matches!(
                self.behaviour.failure,
                Failure::HangAfter(n) | Failure::FloodAfter(n) if state.ended >= n
            );
            let Some(sentence) = state.queue.front().filter(|_| !hangs).cloned() else {
                state = self.wait(state, Duration::MAX);
                continue;
            };
            state.tell(&sentence, 701, "BEGIN");
            state.note(Event::Begin(sentence.text.clone()));
            self.changed.notify_all();

            let death = match self.behaviour.failure {
                Failure::DieAfter { sentences, returns }
                    if state.ended == sentences && !state.failed =>
                {
                    Some(returns)
                }
                _ => None,
            };
            let chars = sentence.text.chars().count() as u64;
            let millis = self.behaviour.millis_per_char * chars;
            let length = if death.is_some() { millis / 2 } else { millis };
            let end = Instant::now() + Duration::from_millis(length);
            loop {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() || state.queue.front() != Some(&sentence) {
                    break;
                }
                state = self.wait(state, left);
            }
            if state.queue.front() != Some(&sentence) {
                continue;
            }
            match death {
                Some(true) => state.die(),
                Some(false) => state.close(),
                None => {
                    state.queue.pop_front();
                    state.ended += 1;
                    state.tell(&sentence, 702, "END");
                    state.note(Event::End(sentence.text));
                }
            }
            self.changed.notify_all();
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, limit: Duration) -> MutexGuard<'a, State> {
        let woken = self.changed.wait_timeout(state, limit);
        woken.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Cancels what a client, or everybody, has waiting.
    fn cancel(&self, client: Option<usize>) {
        let mut state = self.lock();
        let queue = std::mem::take(&mut state.queue);
        let (cancelled, kept): (Vec<_>, Vec<_>) = queue
            .into_iter()
            .partition(|sentence| client.is_none_or(|client| sentence.client == client));
        state.queue = kept.into();
        for sentence in cancelled {
            state.tell(&sentence, 703, "CANCELED");
            state.note(Event::Cancel(sentence.text));
        }
        self.changed.notify_all();
    }

    /// Answers one client until it hangs up.
    fn serve(&self, client: usize, mut stream: UnixStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let mut deaf = self.behaviour.failure == Failure::HangOnConnect;
        while let Some(line) = lines.next().transpose()? {
            let line = line.to_ascii_uppercase();
            let words: Vec<&str> = line.split_whitespace().collect();
            if let (Failure::DeafAfter(n), ["SPEAK"]) = (self.behaviour.failure, &*words) {
                let mut state = self.lock();
                deaf |= state.ended >= n && !std::mem::replace(&mut state.failed, true);
            }
            if deaf {
                continue;
            }
            let answer = match *words {
                ["SPEAK"]
                    if self.behaviour.failure == Failure::NonsenseAfter(self.lock().ended) =>
                {
                    "099 NONSENSE\r\n".into()
                }
                ["SPEAK"] => {
                    stream.write_all(b"230 OK RECEIVING DATA\r\n")?;
                    let mut text = Vec::new();
                    while let Some(line) = lines.next().transpose()?.filter(|line| line != ".") {
                        // A dot at the beginning of a line is doubled on the way.
                        text.push(line.strip_prefix('.').unwrap_or(&line).to_owned());
                    }
                    self.take(client, text.join("\n"))
                }
                ["CANCEL" | "STOP", _] => {
                    self.note(Event::Stop);
                    self.cancel(Some(client));
                    "210 OK STOPPED\r\n".into()
                }
                ["HISTORY", "GET", "CLIENT_ID"] => {
                    format!("245-{client}\r\n245 OK CLIENT ID SENT\r\n")
                }
                ["SET", "SELF", "RATE", rate] => {
                    self.note(Event::Rate(rate.parse().expect("a rate")));
                    "203 OK RATE SET\r\n".into()
                }
                ["SET", "SELF", "VOLUME", volume] => {
                    self.note(Event::Volume(volume.parse().expect("a volume")));
                    "218 OK VOLUME SET\r\n".into()
                }
                _ => "208 OK\r\n".into(),
            };
            stream.write_all(answer.as_bytes())?;
            let floods = Failure::FloodAfter(self.lock().ended) == self.behaviour.failure;
            if floods && words == ["SPEAK"] {
                loop {
                    stream.write_all(MARK)?;
                }
            }
        }
        Ok(())
    }

    /// Queues a sentence; the answer says under which number.
    fn take(&self, client: usize, text: String) -> String {
        let mut state = self.lock();
        state.taken += 1;
        let number = state.taken;
        state.note(Event::Say(text.clone()));
        state.queue.push_back(Sentence {
            client,
            number,
            text,
        });
        self.changed.notify_all();
        format!("225-{number}\r\n225 OK MESSAGE QUEUED\r\n")
    }
}

fn accept(service: &Arc<Service>, listener: &UnixListener) {
    loop {
        let accepted = listener.accept();
        let mut state = service.lock();
        if state.closed {
            return;
        }
        let Ok((stream, _)) = accepted else {
            drop(state);
            thread::sleep(Duration::from_millis(2));
            continue;
        };
        // On some systems it has inherited the polling.
        stream.set_nonblocking(false).expect("a waiting socket");
        let client = state.clients.len() + 1;
        let own = stream.try_clone().expect("a second handle");
        state.clients.insert(client, own);
        state.note(Event::Connect);
        drop(state);
        service.changed.notify_all();
        let service = Arc::clone(service);
        // However the connection ends, the client's thread ends with it.
        thread::spawn(move || service.serve(client, stream));
    }
}
