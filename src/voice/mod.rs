//! Voices: text in, sound out, behind one trait, each on a thread of its own.
//!
//! A voice either *renders* (text in, a clip out: exact, mixed by us) or *speaks* (text in, an
//! "ended" event out: the desktop's own speech service, which gives no samples). The session is told
//! which and plans accordingly.

mod all;
mod heart;
mod lengths;
pub(crate) mod neural;
mod shape;
mod silent;
#[cfg(feature = "system-voice")]
pub mod system;

use std::path::Path;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::base::{Clip, Frames, Remedy, Utterance};

pub(crate) use all::say_all;
pub use heart::Heart;
pub(crate) use heart::guessed;
pub(crate) use lengths::lengths;
pub(crate) use shape::limiter::limit;
pub(crate) use silent::Silent;

/// Work for a voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoiceJob {
    /// Make a clip of it (voices that render).
    Render(Utterance),
    /// Say it now (voices that speak).
    Speak {
        /// The number under which its end is told: an end that was already on its way when she
        /// asked for silence must not pass for the end of the same sentence said again.
        ticket: u64,
        utterance: Utterance,
    },
    /// Be silent at once; nothing that was said before this ends later (voices that speak).
    Hush,
    /// Say what comes from now on as loud as this: in decibels, 0 at most (voices that speak; whatever
    /// renders is made louder or softer by the mixer).
    Volume(i8),
}

/// What a voice has to tell.
#[derive(Clone, Debug)]
pub enum VoiceEvent {
    /// It is loaded and takes jobs.
    Ready,
    /// A clip is finished.
    Rendered {
        /// What was asked for.
        utterance: Utterance,
        clip: Clip,
        /// How long it lasts; longer than the clip for a voice that makes no sound.
        length: Frames,
    },
    /// The service has said it to the end.
    Ended {
        /// The number that it was given.
        ticket: u64,
        /// How long ago its last sound was, by measurement of such services.
        lag: Frames,
    },
    /// The job, or the voice itself, has failed.
    Failed(VoiceError),
}

/// Why a voice cannot speak.
#[derive(Clone, Debug, thiserror::Error)]
pub enum VoiceError {
    /// The voice's files are not where they are looked for.
    #[error("the voice \"heart\" is not installed: looked in {looked_in}")]
    NotInstalled {
        /// Every folder that was looked at.
        looked_in: String,
        /// The desktop's voice is a way out.
        service_answers: bool,
    },
    /// Files are there but cannot be used.
    #[error("the voice \"heart\" cannot be loaded: {0}")]
    Damaged(String),
    /// Loading, or making a clip, it came to no end.
    #[error("the voice \"heart\" has made no sound for too long")]
    Hung,
    /// No speech service answers, or it stopped answering.
    #[error("the desktop's speech service {0}")]
    Service(String),
    /// The program that asks the service is not where it is looked for.
    #[error(
        "{SPEAKER}, which speaks through the desktop's speech service, is missing: looked for {looked_for}"
    )]
    NoSpeaker {
        /// Every place that was looked at.
        looked_for: String,
    },
    #[error("this softback was built without the system voice")]
    NotBuiltIn,
    /// One sentence could not be made.
    #[error("the voice could not say \"{text}\": {why}")]
    Unspeakable { text: String, why: String },
}

impl Remedy for VoiceError {
    fn remedy(&self) -> Option<String> {
        let remedy = match self {
            Self::NotInstalled {
                service_answers: true,
                ..
            } => {
                "Install it with `make setup` in the softback folder (11 MB, once, by pip),\n\
                 or use the desktop's voice: `softback --voice system`"
            }
            Self::NotInstalled { .. } => {
                "Install it with `make setup` in the softback folder (11 MB, once, by pip)"
            }
            Self::Damaged(_) | Self::Hung => {
                "Run `make setup` in the softback folder to fetch it anew"
            }
            Self::Service(_) => {
                "On Debian: `apt install speech-dispatcher speech-dispatcher-espeak-ng`, then try `spd-say hello`; or use `--voice heart`"
            }
            Self::NoSpeaker { .. } => NO_SPEAKER,
            Self::NotBuiltIn => {
                "Build it with the cargo feature `system-voice`, or use `--voice heart`"
            }
            Self::Unspeakable { .. } => return None,
        };
        Some(remedy.to_owned())
    }
}

/// The program that makes the calls to the desktop's speech service.
pub(crate) const SPEAKER: &str = "softback-system-voice";

/// What to do where it is missing.
pub(crate) const NO_SPEAKER: &str =
    "Put it beside softback, with which it is built and installed; or use `--voice heart`";

/// Whether a speech service answers at all, asked by this program; takes `limit` at most.
#[cfg(feature = "system-voice")]
pub(crate) fn service_answers(program: &Path, limit: Duration) -> bool {
    system::answers(program, limit)
}

/// Whether a speech service answers: none can, for it was not built in.
#[cfg(not(feature = "system-voice"))]
pub(crate) const fn service_answers(_: &Path, _: Duration) -> bool {
    false
}

/// A voice, living on its own thread. It may take its time: nobody waits for it.
pub trait Voice {
    /// Does one job. Results go to `events`; a voice that speaks sends [`VoiceEvent::Ended`] later, from wherever it learns of it.
    fn handle(&mut self, job: VoiceJob, events: &Sender<VoiceEvent>);
}

/// The other end of a voice's thread.
pub struct VoiceHandle {
    pub jobs: Sender<VoiceJob>,
    pub events: Receiver<VoiceEvent>,
}

impl VoiceHandle {
    /// Waits until the voice is open, or has failed. A voice that opens has a time limit of its own.
    pub fn wait_until_ready(&self) -> Result<(), VoiceError> {
        match self.events.recv() {
            Ok(VoiceEvent::Failed(error)) => Err(error),
            Ok(_) => Ok(()),
            Err(_) => Err(VoiceError::Service("went away while it was opened".into())),
        }
    }
}

/// Has a voice that renders make a clip now: the clip, and how long it takes to say.
pub(crate) fn render(
    voice: &mut (impl Voice + ?Sized),
    utterance: &Utterance,
) -> Result<(Clip, Frames), VoiceError> {
    let (events_out, events) = unbounded();
    voice.handle(VoiceJob::Render(utterance.clone()), &events_out);
    let made = events.try_iter().find_map(|event| match event {
        VoiceEvent::Rendered { clip, length, .. } => Some(Ok((clip, length))),
        VoiceEvent::Failed(error) => Some(Err(error)),
        VoiceEvent::Ready | VoiceEvent::Ended { .. } => None,
    });
    made.unwrap_or_else(|| {
        Err(VoiceError::Unspeakable {
            text: utterance.text().to_string(),
            why: "this voice gives no sound out of its hands".into(),
        })
    })
}

/// Opens a voice on a thread of its own and feeds it jobs until the handle is dropped.
///
/// `open` runs on that thread too, for opening may be slow or may never return (a speech service that
/// hangs); the thread is then left behind.
pub fn spawn<V: Voice>(
    open: impl FnOnce(&Sender<VoiceEvent>) -> Result<V, VoiceError> + Send + 'static,
) -> std::io::Result<VoiceHandle> {
    let (jobs, jobs_in) = bounded::<VoiceJob>(64);
    let (events_out, events) = unbounded();
    thread::Builder::new().name("voice".into()).spawn(move || {
        match open(&events_out) {
            Ok(mut voice) => {
                // A closed channel means that the program is ending: nobody is left to be told.
                let _ = events_out.send(VoiceEvent::Ready);
                for job in jobs_in {
                    voice.handle(job, &events_out);
                }
            }
            Err(error) => drop(events_out.send(VoiceEvent::Failed(error))),
        }
    })?;
    Ok(VoiceHandle { jobs, events })
}

/// Interpolates in a table that is sorted by its first column; its ends hold beyond it.
fn between(table: &[(f32, f32)], wanted: f32) -> f32 {
    let wanted = wanted.clamp(table[0].0, table[table.len() - 1].0);
    let pair = table.windows(2).find(|pair| wanted <= pair[1].0);
    pair.map_or(table[0].1, |pair| {
        let ((from, low), (to, high)) = (pair[0], pair[1]);
        low + (high - low) * (wanted - from) / (to - from)
    })
}
