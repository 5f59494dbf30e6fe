//! The voice of the desktop's own speech service, through the `tts` crate.
//!
//! Every call into that crate can block for ever: the service may accept a connection and never
//! answer, or stop answering in the middle of a sentence. So the voice never makes such a call
//! itself. It owns a line to a worker thread, and the worker alone owns the [`Tts`]. Each call
//! has a time limit; past it the worker is left behind, and the next sentence opens a new line.
//!
//! The crate has some more edges, which shape this file:
//!
//! * An empty text makes the *next* call hang, a NUL aborts the process, so a text is cleaned first.
//! * Callbacks run on a thread of the C library, under locks of the crate. A call from there
//!   deadlocks and a panic aborts, so a callback only puts a message into the worker's inbox.
//! * Dropping a [`Tts`] is never safe while an event may arrive: the crate forgets its callbacks
//!   first and aborts on an event that comes then. It also forgets them by the service's number
//!   for the client, which a restarted service gives out again: dropping the old connection would
//!   make the new one deaf. So no [`Tts`] is ever dropped. What that leaks, a socket and a
//!   sleeping thread, it leaks once per connection that broke.
//! * When the service dies no callback comes. Whoever waits for a sentence to end must not wait
//!   for ever.

use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use tts::{Tts, UtteranceId};

use super::{Voice, VoiceError, VoiceEvent, VoiceJob};
use crate::base::pace::WordsPerMinute;
use crate::base::time::Frames;
use crate::base::utterance::Utterance;

/// How long the service may take before it counts as hanging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// To take up a connection; it may have to be started for that.
    pub open: Duration,
    /// For any other request.
    pub call: Duration,
}

impl Default for Limits {
    /// Starting the service was seen to take up to 1.4 s on a busy machine, a request 5 ms.
    fn default() -> Self {
        Self {
            open: Duration::from_secs(5),
            call: Duration::from_secs(2),
        }
    }
}

/// Connects to the speech service, starting it where the desktop allows that.
///
/// For [`super::spawn`]. Without a service the error comes at once, with a hanging one after
/// [`Limits::open`].
pub fn open(events: &Sender<VoiceEvent>) -> Result<System, VoiceError> {
    open_within(Limits::default(), events)
}

/// Like [`open`], with time limits of one's own.
pub fn open_within(limits: Limits, events: &Sender<VoiceEvent>) -> Result<System, VoiceError> {
    Ok(System {
        line: Some(Connection::open(limits, events)?),
        limits,
        volume: None,
    })
}

/// Whether a speech service answers at all; takes `limit` at most.
///
/// Where none runs yet it is started, just as it would be for speaking.
#[must_use]
pub fn answers(limit: Duration) -> bool {
    let (reply, answer) = bounded(1);
    let asking = thread::Builder::new()
        .name("speech service".into())
        .spawn(move || {
            let answered = Tts::default().map(ManuallyDrop::new).is_ok();
            // Nobody listens any more if it took too long.
            let _ = reply.send(answered);
        });
    asking.is_ok() && answer.recv_timeout(limit).unwrap_or(false)
}

/// The voice that speaks through the desktop's speech service.
///
/// Of a sentence that was hushed, or lost with a broken connection, nothing is ever heard again:
/// no [`VoiceEvent::Ended`] comes for it, whatever the service says later.
pub struct System {
    limits: Limits,
    /// `None` after a failure, until the next sentence.
    line: Option<Connection>,
    /// In decibels; until somebody says, the service's own.
    volume: Option<i8>,
}

impl Voice for System {
    fn handle(&mut self, job: VoiceJob, events: &Sender<VoiceEvent>) {
        let done = match job {
            VoiceJob::Speak { ticket, utterance } => {
                let volume = self.volume;
                let said = Sentence {
                    ticket,
                    utterance,
                    volume,
                };
                self.speak(&said, events)
            }
            VoiceJob::Hush => self.hush(),
            VoiceJob::Volume(decibels) => {
                // The service takes it for the sentences that come, so it goes with the next one, whichever
                // connection that finds.
                self.volume = Some(decibels);
                Ok(())
            }
            VoiceJob::Render(utterance) => Err(VoiceError::Unspeakable {
                text: utterance.text().to_string(),
                why: "the desktop's speech service speaks by itself and makes no clips".into(),
            }),
        };
        if let Err(error) = done {
            // A closed channel means that the program is ending.
            let _ = events.send(VoiceEvent::Failed(error));
        }
    }
}

impl System {
    fn speak(&mut self, said: &Sentence, events: &Sender<VoiceEvent>) -> Result<(), VoiceError> {
        let text = speakable(said.utterance.text());
        if text.is_empty() {
            let _ = events.send(VoiceEvent::Ended {
                ticket: said.ticket,
                lag: Frames::ZERO,
            });
            return Ok(());
        }
        if let Some(line) = &self.line {
            match line.say(&text, said) {
                Ok(()) => return Ok(()),
                // The service may have been restarted since: a new connection is worth one try.
                Err(Trouble::Refused(_)) => self.line = None,
                Err(timeout) => {
                    self.line = None;
                    return Err(timeout.into());
                }
            }
        }
        let line = Connection::open(self.limits, events)?;
        line.say(&text, said)?;
        self.line = Some(line);
        Ok(())
    }

    fn hush(&mut self) -> Result<(), VoiceError> {
        match self.line.as_ref().map(Connection::hush) {
            None | Some(Ok(())) => Ok(()),
            // A broken connection is silent, too; the next sentence opens a new one.
            Some(Err(Trouble::Refused(_))) => {
                self.line = None;
                Ok(())
            }
            Some(Err(timeout)) => {
                self.line = None;
                Err(timeout.into())
            }
        }
    }
}

impl Drop for System {
    /// A service finishes its sentence even if the program that asked for it is gone.
    fn drop(&mut self) {
        // Nobody is left to be told of a failure.
        let _ = self.hush();
    }
}

/// A sentence, the number under which the session waits for its end, and how loud it is.
#[derive(Clone)]
struct Sentence {
    ticket: u64,
    utterance: Utterance,
    volume: Option<i8>,
}

impl Sentence {
    fn ended(self) -> VoiceEvent {
        VoiceEvent::Ended {
            ticket: self.ticket,
            lag: end_lag(self.utterance.rate()),
        }
    }

    fn broken_off(self) -> VoiceEvent {
        VoiceEvent::Failed(VoiceError::Unspeakable {
            text: self.utterance.text().to_string(),
            why: "the desktop's speech service broke it off".into(),
        })
    }
}

/// Why a request was not carried out.
enum Trouble {
    /// The service, or what is left of the connection to it, has said no.
    Refused(String),
    /// It has said nothing for this long.
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

/// A connection to the service, by way of the worker that owns it. Dropping it never blocks.
struct Connection {
    inbox: Sender<Message>,
    unfinished: Arc<Unfinished>,
    limit: Duration,
}

/// What the worker finds in its inbox. Each request comes with the place for its answer.
enum Message {
    /// Say this text, which stands for this utterance.
    Say(String, Sentence, Sender<Result<(), String>>),
    Hush(Sender<Result<(), String>>),
    /// From a callback: the service has said it to the end.
    Ended(UtteranceId),
    /// From a callback: the service has broken it off.
    Stopped(UtteranceId),
    /// The line is given up.
    Quit,
}

impl Connection {
    fn open(limits: Limits, events: &Sender<VoiceEvent>) -> Result<Self, VoiceError> {
        let (inbox, messages) = unbounded();
        let (reply, answer) = bounded(1);
        let line = Self {
            inbox: inbox.clone(),
            unfinished: Arc::new(Unfinished::new(events.clone())),
            limit: limits.call,
        };
        let unfinished = Arc::clone(&line.unfinished);
        thread::Builder::new()
            .name("speech service".into())
            .spawn(move || work(inbox, &messages, &unfinished, &reply))
            .map_err(|error| VoiceError::Service(format!("cannot be asked: {error}")))?;
        match wait(&answer, limits.open) {
            Ok(()) => Ok(line),
            Err(Trouble::Refused(why)) => {
                Err(VoiceError::Service(format!("cannot be reached: {why}")))
            }
            Err(Trouble::TimedOut(limit)) => Err(VoiceError::Service(format!(
                "does not answer ({:.1} s)",
                limit.as_secs_f32()
            ))),
        }
    }

    fn say(&self, text: &str, said: &Sentence) -> Result<(), Trouble> {
        self.ask(|reply| Message::Say(text.into(), said.clone(), reply))
    }

    fn hush(&self) -> Result<(), Trouble> {
        // First of all, so that nothing said before ends from now on, whatever the service does.
        if self.unfinished.clear() {
            self.ask(Message::Hush)
        } else {
            Ok(())
        }
    }

    fn ask(
        &self,
        request: impl FnOnce(Sender<Result<(), String>>) -> Message,
    ) -> Result<(), Trouble> {
        let (reply, answer) = bounded(1);
        // If the worker is gone, so is the other end of `answer`.
        let _ = self.inbox.send(request(reply));
        wait(&answer, self.limit)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.unfinished.close();
        // Read now, or whenever the call that the worker hangs in returns; or never.
        let _ = self.inbox.send(Message::Quit);
    }
}

fn wait(answer: &Receiver<Result<(), String>>, limit: Duration) -> Result<(), Trouble> {
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
struct Unfinished(Mutex<Entries>);

struct Entries {
    /// By what `{:?}` prints for the service's number: the type itself has no equality on some systems.
    utterances: Vec<(String, Sentence)>,
    /// `None` once the line is given up: then a worker that hangs does not keep the channel open.
    events: Option<Sender<VoiceEvent>>,
}

impl Unfinished {
    fn new(events: Sender<VoiceEvent>) -> Self {
        Self(Mutex::new(Entries {
            utterances: Vec::new(),
            events: Some(events),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, id: UtteranceId, said: Sentence) {
        let mut entries = self.lock();
        if entries.events.is_some() {
            entries.utterances.push((format!("{id:?}"), said));
        }
    }

    /// Takes the utterance out, if it is in, and tells what came of it.
    fn settle(&self, id: UtteranceId, outcome: fn(Sentence) -> VoiceEvent) {
        let id = format!("{id:?}");
        let mut entries = self.lock();
        if let Some(at) = entries
            .utterances
            .iter()
            .position(|(known, _)| *known == id)
        {
            let (_, said) = entries.utterances.remove(at);
            if let Some(events) = &entries.events {
                let _ = events.send(outcome(said));
            }
        }
    }

    /// Takes all out without a word; whether there were any.
    fn clear(&self) -> bool {
        !std::mem::take(&mut self.lock().utterances).is_empty()
    }

    fn close(&self) {
        let mut entries = self.lock();
        entries.utterances.clear();
        entries.events = None;
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
    opened: &Sender<Result<(), String>>,
) {
    let mut service = match Service::open(inbox) {
        Ok(service) => service,
        Err(why) => {
            let _ = opened.send(Err(why));
            return;
        }
    };
    let _ = opened.send(Ok(()));
    for message in messages {
        // Where a reply finds no receiver the line has been given up, and `Quit` is on its way.
        match message {
            Message::Say(text, said, reply) => {
                let number = service.say(&text, &said);
                let _ = reply.send(number.map(|id| unfinished.add(id, said)));
            }
            Message::Hush(reply) => {
                let _ = reply.send(service.hush());
            }
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

/// The service, as the worker sees it.
struct Service {
    /// Never dropped: see the head of this file.
    tts: ManuallyDrop<Tts>,
    /// The rate it is set to.
    rate: Option<f32>,
    /// The volume it is set to, in decibels.
    volume: Option<i8>,
}

impl Service {
    fn open(inbox: Sender<Message>) -> Result<Self, String> {
        let tts = ManuallyDrop::new(Tts::default().map_err(|error| error.to_string())?);
        let ended = inbox.clone();
        tts.on_utterance_end(Some(Box::new(move |id| {
            let _ = ended.try_send(Message::Ended(id));
        })))
        .map_err(|_| "it does not tell when a sentence has ended")?;
        // Not every service tells this; it only spares some waiting.
        let _ = tts.on_utterance_stop(Some(Box::new(move |id| {
            let _ = inbox.try_send(Message::Stopped(id));
        })));
        Ok(Self {
            tts,
            rate: None,
            volume: None,
        })
    }

    fn say(&mut self, text: &str, said: &Sentence) -> Result<UtteranceId, String> {
        self.set_volume(said.volume);
        let rate = self.rate_for(said.utterance.rate());
        if self.rate != Some(rate) {
            match self.tts.set_rate(rate) {
                // One that knows only one rate still speaks.
                Ok(_) | Err(tts::Error::UnsupportedFeature) => self.rate = Some(rate),
                Err(error) => return Err(error.to_string()),
            }
        }
        match self.tts.speak(text, false) {
            Ok(Some(id)) => Ok(id),
            Ok(None) => Err("it does not number its sentences".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn hush(&mut self) -> Result<(), String> {
        self.tts.stop().map(drop).map_err(|error| error.to_string())
    }

    /// A service that knows only one volume, or does not take this one, still speaks.
    fn set_volume(&mut self, decibels: Option<i8>) {
        if let Some(wanted) = decibels.filter(|_| self.volume != decibels) {
            let (min, full) = (self.tts.min_volume(), self.tts.normal_volume());
            let _ = self.tts.set_volume(volume_for(wanted, min, full));
            self.volume = decibels;
        }
    }

    fn rate_for(&self, rate: WordsPerMinute) -> f32 {
        let (min, normal, max) = (
            self.tts.min_rate(),
            self.tts.normal_rate(),
            self.tts.max_rate(),
        );
        let rate = if min < 0.0 {
            speech_dispatcher_rate(rate)
        } else {
            // The scales of the other systems are proportional to speed.
            normal * f32::from(rate.0) / f32::from(NORMAL_RATE.0)
        };
        rate.clamp(min, max)
    }
}

/// The volume on a scale from silence to the full level, which services make proportional to what is heard.
fn volume_for(decibels: i8, silent: f32, full: f32) -> f32 {
    let factor = 10_f32.powf(f32::from(decibels) / 20.0);
    (silent + (full - silent) * factor).clamp(silent, full)
}

/// What services are said to speak at unless told otherwise.
const NORMAL_RATE: WordsPerMinute = WordsPerMinute(175);

/// The rate on Speech Dispatcher's scale, -100 to 100, at which a sentence takes as long as `rate` says.
fn speech_dispatcher_rate(rate: WordsPerMinute) -> f32 {
    /// Measured with espeak-ng 1.51: five sentences of a session, from the first sound of each to
    /// its last. More than the nominal 170 words a minute at rate 0, for these words are short.
    const MEASURED: [(f32, f32); 9] = [
        (102.0, -100.0),
        (123.0, -80.0),
        (148.0, -60.0),
        (169.0, -40.0),
        (193.0, -20.0),
        (218.0, 0.0),
        (291.0, 25.0),
        (378.0, 50.0),
        (582.0, 100.0),
    ];
    between(&MEASURED, f32::from(rate.0)).round()
}

/// How long after its last sound the end of a sentence is told, at this rate.
fn end_lag(rate: WordsPerMinute) -> Frames {
    /// In milliseconds, by words a minute; from the same recording as the rates, medians.
    const MEASURED: [(f32, f32); 7] = [
        (102.0, 967.0),
        (123.0, 767.0),
        (148.0, 594.0),
        (169.0, 479.0),
        (193.0, 395.0),
        (218.0, 325.0),
        (291.0, 190.0),
    ];
    Frames::from_millis(between(&MEASURED, f32::from(rate.0)) as u64)
}

/// Interpolates in a table that is sorted by its first column; its ends hold beyond it.
fn between(table: &[(f32, f32)], wanted: f32) -> f32 {
    let wanted = wanted.clamp(table[0].0, table[table.len() - 1].0);
    table
        .windows(2)
        .find(|pair| wanted <= pair[1].0)
        .map_or(table[0].1, |pair| {
            let ((from, low), (to, high)) = (pair[0], pair[1]);
            low + (high - low) * (wanted - from) / (to - from)
        })
}

/// What of a text can be handed to the service: trimmed, on one line, without control characters;
/// empty if there is nothing in it to be said.
fn speakable(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control())
        .collect();
    if line.contains(char::is_alphanumeric) {
        line.trim().into()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_the_service_is_not_handed_to_it() {
        assert_eq!(speakable("  Breathe\n in. "), "Breathe  in.");
        assert_eq!(speakable("Breathe\0 \u{1b}in."), "Breathe in.");
        for nothing in ["", " \t\r\n", "\0", "...", "\u{200b}"] {
            assert_eq!(speakable(nothing), "");
        }
    }

    #[test]
    fn decibels_become_a_share_of_the_full_level() {
        let speech_dispatcher = |decibels| volume_for(decibels, -100.0, 100.0) as i32;
        assert_eq!([0, -6, -30].map(speech_dispatcher), [100, 0, -93]);
        assert!((volume_for(-6, 0.0, 1.0) - 0.501).abs() < 0.001);
        assert!((volume_for(3, 0.0, 1.0) - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn rates_follow_the_measurement() {
        let rate = |words| speech_dispatcher_rate(WordsPerMinute(words));
        assert_eq!(
            [0, 102, 113, 120, 137, 218, u16::MAX].map(|words| rate(words) as i32),
            [-100, -100, -90, -83, -69, 0, 100]
        );
        assert!(end_lag(WordsPerMinute(113)) > end_lag(WordsPerMinute(137)));
        assert_eq!(end_lag(WordsPerMinute(102)), Frames::from_millis(967));
    }
}
