//! A connection to the speech service, by way of the worker that owns it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, thread};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use tts::UtteranceId;

use super::Limits;
use super::service::{Sentence, Service, end_lag};
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
    /// The service, or what is left of the connection to it, has said no.
    Refused(String),
    /// It has not answered within this time.
    TimedOut(Duration),
}

impl From<Trouble> for VoiceError {
    fn from(trouble: Trouble) -> Self {
        Self::Service(match trouble {
            Trouble::Refused(why) => format!("does not take the sentence: {why}"),
            Trouble::TimedOut(limit) => {
                format!("has stopped answering ({:.1} s)", limit.as_secs_f32())
            }
        })
    }
}

/// What came of a request: an error says why the service refused.
type Answer = Result<(), String>;

/// Dropping it never blocks.
pub(super) struct Connection {
    inbox: Sender<Message>,
    unfinished: Unfinished,
    limit: Duration,
}

/// What the worker finds in its inbox. Each request comes with the place for its answer.
enum Message {
    Say(Sentence, Sender<Answer>),
    Hush(Sender<Answer>),
    /// From a callback: the service has said it to the end.
    Ended(UtteranceId),
    /// From a callback: the service has broken it off.
    Stopped(UtteranceId),
    /// The connection is given up.
    Quit,
}

impl Connection {
    pub(super) fn open(limits: Limits, events: &Sender<VoiceEvent>) -> Result<Self, VoiceError> {
        let (inbox, messages) = unbounded();
        let (reply, answer) = bounded(1);
        let connection = Self {
            inbox: inbox.clone(),
            unfinished: Unfinished::new(events.clone()),
            limit: limits.call,
        };
        let unfinished = connection.unfinished.clone();
        let thread = thread::Builder::new().name("speech service".into());
        let spawned = thread.spawn(move || work(inbox, &messages, &unfinished, &reply));
        spawned.map_err(|error| VoiceError::Service(format!("cannot be asked: {error}")))?;
        let opened = wait(&answer, limits.open).map_err(|trouble| match trouble {
            Trouble::Refused(why) => format!("cannot be reached: {why}"),
            Trouble::TimedOut(limit) => format!("does not answer ({:.1} s)", limit.as_secs_f32()),
        });
        opened.map_err(VoiceError::Service).map(|()| connection)
    }

    pub(super) fn say(&self, sentence: &Sentence) -> Result<(), Trouble> {
        self.ask(|reply| Message::Say(sentence.clone(), reply))
    }

    pub(super) fn hush(&self) -> Result<(), Trouble> {
        // First of all, so that nothing said before ends from now on, whatever the service does.
        if self.unfinished.clear() {
            self.ask(Message::Hush)
        } else {
            Ok(())
        }
    }

    fn ask(&self, request: impl FnOnce(Sender<Answer>) -> Message) -> Result<(), Trouble> {
        let (reply, answer) = bounded(1);
        // If the worker is gone, so is the other end of `answer`.
        let _ = self.inbox.send(request(reply));
        wait(&answer, self.limit)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        *self.unfinished.lock() = None;
        // Read now, or whenever the call that the worker hangs in returns; or never.
        let _ = self.inbox.send(Message::Quit);
    }
}

fn wait(answer: &Receiver<Answer>, limit: Duration) -> Result<(), Trouble> {
    match answer.recv_timeout(limit) {
        Ok(done) => done.map_err(Trouble::Refused),
        Err(RecvTimeoutError::Timeout) => Err(Trouble::TimedOut(limit)),
        Err(RecvTimeoutError::Disconnected) => Err(Trouble::Refused("it broke off".into())),
    }
}

/// What a connection was asked to say and has not said to the end.
///
/// The lock makes hushing exact: an utterance is taken out and its end told in one step, so once it
/// is cleared out it cannot end any more. Nobody calls the service with the lock held.
///
/// `None` once the connection is given up: then a worker that hangs does not keep the channel open.
#[derive(Clone)]
struct Unfinished(Arc<Mutex<Option<Entries>>>);

struct Entries {
    /// By what `{:?}` prints for the service's number: the type itself has no equality on some systems.
    sentences: Vec<(String, Sentence)>,
    events: Sender<VoiceEvent>,
}

impl Unfinished {
    fn new(events: Sender<VoiceEvent>) -> Self {
        let sentences = Vec::new();
        Self(Arc::new(Mutex::new(Some(Entries { sentences, events }))))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Entries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, id: UtteranceId, sentence: Sentence) {
        if let Some(entries) = &mut *self.lock() {
            entries.sentences.push((format!("{id:?}"), sentence));
        }
    }

    /// Takes the sentence out, if it is in, and tells what came of it.
    fn settle(&self, id: UtteranceId, outcome: fn(Sentence) -> VoiceEvent) {
        let id = format!("{id:?}");
        if let Some(Entries { sentences, events }) = &mut *self.lock()
            && let Some(at) = sentences.iter().position(|(known, _)| *known == id)
        {
            let _ = events.send(outcome(sentences.remove(at).1));
        }
    }

    /// Takes all out without a word; whether there were any.
    fn clear(&self) -> bool {
        let mut entries = self.lock();
        let some = |entries: &mut Entries| !mem::take(&mut entries.sentences).is_empty();
        entries.as_mut().is_some_and(some)
    }
}

/// The worker: owns the connection, carries out one message after the other.
///
/// As a sentence is noted down under its number before the next message is read, its end cannot
/// come too early, although the service may announce it before the call that gives the number has
/// returned.
fn work(
    inbox: Sender<Message>,
    messages: &Receiver<Message>,
    unfinished: &Unfinished,
    opened: &Sender<Answer>,
) {
    let ended = inbox.clone();
    let service = Service::open(
        move |id| drop(ended.try_send(Message::Ended(id))),
        move |id| drop(inbox.try_send(Message::Stopped(id))),
    );
    let _ = opened.send(service.as_ref().map(drop).map_err(Clone::clone));
    let Ok(mut service) = service else { return };
    for message in messages {
        // Where a reply finds no receiver the connection has been given up, and `Quit` is on its way.
        match message {
            Message::Say(sentence, reply) => {
                let number = service.say(&sentence);
                let _ = reply.send(number.map(|id| unfinished.add(id, sentence)));
            }
            Message::Hush(reply) => drop(reply.send(service.hush())),
            Message::Ended(id) => unfinished.settle(id, Sentence::ended),
            Message::Stopped(id) => unfinished.settle(id, Sentence::broken_off),
            Message::Quit => {
                // A sentence may have got through although it took too long.
                let _ = service.hush();
                return;
            }
        }
    }
}
