//! The voice of the desktop's own speech service, by way of a program of its own: `src/system_voice.rs`.
//!
//! Every call to the service can block for ever: it may accept a connection and never
//! answer, or stop answering in the middle of a sentence. Its library may be missing, and ends the program that it is
//! in when it does not understand the service. So another program makes the calls, behind a [`Connection`]. Each
//! has a time limit; past it the program is left behind, and the next sentence opens a new connection.

mod connection;
mod service;
pub mod wire;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crossbeam_channel::{Sender, unbounded};

use self::connection::{Connection, Trouble};
use self::service::Sentence;
use super::{Voice, VoiceError, VoiceEvent, VoiceJob};
use crate::base::Frames;

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

/// Connects to the speech service by way of this program, starting the service where the desktop allows that.
///
/// For [`super::spawn`]. Without a service the error comes at once, with a hanging one after
/// [`Limits::open`].
pub fn open(program: &Path, events: &Sender<VoiceEvent>) -> Result<System, VoiceError> {
    open_within(Limits::default(), program, events)
}

/// Like [`open`], with time limits of one's own.
pub fn open_within(
    limits: Limits,
    program: &Path,
    events: &Sender<VoiceEvent>,
) -> Result<System, VoiceError> {
    Ok(System {
        connection: Some(Connection::open(program, limits, events)?),
        program: program.to_owned(),
        limits,
        volume: None,
    })
}

/// Whether a speech service answers at all; takes `limit` at most.
///
/// Where none runs yet it is started, just as it would be for speaking.
pub fn answers(program: &Path, limit: Duration) -> bool {
    let (open, call) = (limit, limit);
    Connection::open(program, Limits { open, call }, &unbounded().0).is_ok()
}

/// The voice that speaks through the desktop's speech service.
///
/// Of a sentence that was hushed, or lost with a broken connection, nothing is ever heard again:
/// no [`VoiceEvent::Ended`] comes for it, whatever the service says later.
pub struct System {
    /// Makes the calls.
    program: PathBuf,
    limits: Limits,
    /// `None` after a failure, until the next sentence.
    connection: Option<Connection>,
    /// In decibels; until somebody says, the service's own.
    volume: Option<i8>,
}

impl Voice for System {
    fn handle(&mut self, job: VoiceJob, events: &Sender<VoiceEvent>) {
        let done = match job {
            VoiceJob::Speak { ticket, utterance } => {
                let sentence = Sentence {
                    ticket,
                    text: speakable(utterance.spoken()),
                    rate: utterance.rate(),
                    volume: self.volume,
                };
                self.speak(&sentence, events)
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

type Done = Result<(), VoiceError>;

impl System {
    fn speak(&mut self, sentence: &Sentence, events: &Sender<VoiceEvent>) -> Done {
        if sentence.text.is_empty() {
            let (ticket, lag) = (sentence.ticket, Frames::ZERO);
            let _ = events.send(VoiceEvent::Ended { ticket, lag });
            return Ok(());
        }
        // The service may have been restarted since: a new connection is worth one try.
        if self.ask(|connection| connection.say(sentence))? {
            return Ok(());
        }
        let connection = Connection::open(&self.program, self.limits, events)?;
        connection.say(sentence)?;
        self.connection = Some(connection);
        Ok(())
    }

    /// A broken connection is silent, too; the next sentence opens a new one.
    fn hush(&mut self) -> Done {
        self.ask(Connection::hush).map(drop)
    }

    /// Whether there was a connection that did what it was asked; one that did not is given up.
    fn ask(
        &mut self,
        request: impl FnOnce(&Connection) -> Result<(), Trouble>,
    ) -> Result<bool, VoiceError> {
        let Some(connection) = self.connection.take() else {
            return Ok(false);
        };
        match request(&connection) {
            Ok(()) => {
                self.connection = Some(connection);
                Ok(true)
            }
            Err(Trouble::Refused(_) | Trouble::Gone(_)) => Ok(false),
            Err(timeout) => Err(timeout.into()),
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

/// What of a text can be handed to the service: trimmed, on one line, without control characters;
/// empty if there is nothing in it to be said.
fn speakable(text: &str) -> String {
    if !text.contains(char::is_alphanumeric) {
        return String::new();
    }
    let blank = |c: char| if c.is_whitespace() { ' ' } else { c };
    let line: String = text
        .chars()
        .map(blank)
        .filter(|c| !c.is_control())
        .collect();
    line.trim().into()
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
}
