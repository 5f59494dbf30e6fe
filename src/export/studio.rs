//! Makes one file: listens to the session once, and then writes it.

use std::io::Write as _;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use ebur128::Mode;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::about::About;
use super::captions::Captions;
use super::clips::{Clips, Speaker, Speaking};
use super::encoder::Recording;
use super::error::ExportError;
use super::file::Aside;
use super::format::Format;
use super::level::{LOUDNESS, Leveller, Meter, TOLERANCE, gain_from};
use super::perform::{Listener, Performance, perform};
use super::timeline::{Headings, Timeline};
use crate::base::{Clip, Frames, Key, Moment, SAMPLE_RATE, Utterance};
use crate::session::{Ending, Session};

/// Pieces of sound that may wait for whoever works on them next: the leveller, and then the encoder.
const WAITING: usize = 4;

/// Samples that go to the encoder together, at least: a second. Every piece wakes it up.
const PIECE: usize = SAMPLE_RATE as usize;

/// How much of the work is done when the session has been listened to.
const LISTENED: f64 = 0.8;

/// Told how much is done, from 0 to 1.
pub(crate) type Progress<'a> = &'a (dyn Fn(f64) + Sync);

/// A file to be made.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// At its beginning, in the form for recordings.
    pub session: Session,
    pub about: About,
    pub format: Format,
    pub path: PathBuf,
    pub captions: Option<(Captions, PathBuf)>,
    /// What is there already may be written over.
    pub force: bool,
}

/// What was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub length: Frames,
    pub chapters: usize,
}

/// What every file is made with.
#[derive(Debug)]
pub(crate) struct Studio {
    pub(super) speaker: Speaker,
    clips: Clips,
    /// Voices that make clips ahead of the session.
    helpers: usize,
    /// The signal that ends it all, or zero.
    stopped: Arc<AtomicUsize>,
}

impl Studio {
    /// A studio with so many voices at work ahead of the session: it waits for them, and speaks only what they have not
    /// thought of. The clips lie on the disk of `folder` meanwhile.
    pub(crate) fn new(
        speaker: Speaker,
        folder: &Path,
        helpers: usize,
    ) -> Result<Self, ExportError> {
        Ok(Self {
            clips: Clips::new(folder)?,
            speaker,
            helpers,
            stopped: Arc::default(),
        })
    }

    /// From now on a signal does not end the program, but what is made, so that nothing half done is left behind.
    pub(crate) fn heed_signals(&self) {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let flag = Arc::clone(&self.stopped);
            // Where it cannot be caught, all is as before.
            let _ = signal_hook::flag::register_usize(signal, flag, signal as usize);
        }
    }

    pub(super) fn check(&self) -> Result<(), ExportError> {
        match self.stopped.load(Ordering::Relaxed) {
            0 => Ok(()),
            signal => Err(ExportError::Stopped(
                i32::try_from(signal).unwrap_or(SIGTERM),
            )),
        }
    }

    fn source(&self) -> Source<'_> {
        Source {
            studio: self,
            voice: self.speaker.voice(),
        }
    }

    /// Performs it, and keeps what is heard when, and how loud it is.
    fn listen(
        &self,
        session: &Session,
        progress: Progress<'_>,
    ) -> Result<(Timeline, f64), ExportError> {
        let (script, total) = session.forecast();
        let mut session = session.clone();
        let mut listening = Listening {
            source: self.source(),
            meter: Meter::new(Mode::I),
            headings: Headings::default(),
            heard: Heard::new(total, progress, 0.0..LISTENED),
        };
        let over = AtomicBool::new(false);
        let performed = thread::scope(|scope| {
            for _ in 0..self.helpers {
                scope.spawn(|| self.prepare(&script, &over));
            }
            let performed = perform(&mut session, &mut listening);
            over.store(true, Ordering::Relaxed);
            performed
        });
        let performance = finished(performed?)?;
        let timeline = Timeline::new(&session, &performance, listening.headings);
        Ok((timeline, listening.meter.loudness()))
    }

    /// Makes clips ahead of the session.
    fn prepare(&self, script: &[Utterance], over: &AtomicBool) {
        let mut voice = self.speaker.voice();
        for utterance in script {
            let stopped = over.load(Ordering::Relaxed) || self.check().is_err();
            // Whatever fails here fails once more for the session, which tells of it.
            if stopped || self.clips.prepare(utterance, &mut voice).is_err() {
                return;
            }
        }
    }

    /// Performs it again, raised by `gain` decibels, into a file; how loud that is.
    fn write(
        &self,
        order: &Order,
        timeline: &Timeline,
        gain: f64,
        aside: &Aside,
        progress: Progress<'_>,
    ) -> Result<f64, ExportError> {
        let (sound, raw) = bounded(WAITING);
        let (levelled, incoming) = bounded(WAITING);
        thread::scope(|scope| {
            let encoding = scope.spawn(move || encode(&incoming, order, timeline, aside));
            let levelling = scope.spawn(move || level(&raw, gain, &levelled));
            let mut session = order.session.clone();
            let mut sending = Sending {
                source: self.source(),
                sound,
                heard: Heard::new(timeline.length, progress, LISTENED..1.0),
            };
            let performed = perform(&mut session, &mut sending);
            drop(sending);
            let loudness = ended(levelling);
            // If it has failed, nothing could be sent to it any more: its own error says why.
            ended(encoding)?;
            finished(performed?)?;
            Ok(loudness)
        })
    }
}

fn ended<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    let ended = thread.join();
    ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Makes a file. Until all of it is there, nothing has its name.
pub(crate) fn make(
    order: &Order,
    studio: &Studio,
    progress: Progress<'_>,
) -> Result<Made, ExportError> {
    let aside = Aside::new(&order.path, order.force)?;
    let captions = match &order.captions {
        Some((kind, path)) => Some((*kind, Aside::new(path, order.force)?)),
        None => None,
    };
    let (timeline, loudness) = studio.listen(&order.session, progress)?;
    let gain = gain_from(loudness);
    let loudness = studio.write(order, &timeline, gain, &aside, progress)?;
    if (gain_from(loudness)).abs() > TOLERANCE {
        // The limiter has taken so much away that it is heard.
        let gain = gain + (LOUDNESS - loudness);
        studio.write(order, &timeline, gain, &aside, progress)?;
    }
    if let Some((kind, aside)) = captions {
        let text = kind.text(&timeline, &order.about);
        let written = aside.handle()?.write_all(text.as_bytes());
        written.map_err(ExportError::unwritable(aside.path()))?;
        aside.keep()?;
    }
    aside.keep()?;
    Ok(Made {
        length: timeline.length,
        chapters: timeline.chapters.len(),
    })
}

/// A recording has nobody who could end it.
fn finished(performance: Performance) -> Result<Performance, ExportError> {
    match performance.ending {
        Ending::Done => Ok(performance),
        _ => Err(ExportError::Unfinished),
    }
}

/// Raises what comes in, and hands it on; how loud it is then.
fn level(raw: &Receiver<Vec<f32>>, gain: f64, out: &Sender<Vec<f32>>) -> f64 {
    let mut meter = Meter::new(Mode::I);
    let mut leveller = Leveller::new(gain);
    let mut piece = Vec::with_capacity(PIECE);
    let mut hand_on = |samples: &[f32]| {
        meter.hear(samples);
        piece.extend_from_slice(samples);
        if piece.len() < PIECE {
            return Ok(());
        }
        out.send(mem::replace(&mut piece, Vec::with_capacity(PIECE)))
    };
    let mut raised = raw
        .iter()
        .try_for_each(|samples| leveller.level(&samples, &mut hand_on));
    raised = raised.and_then(|()| leveller.finish(&mut hand_on));
    // Nobody takes it any more: the encoder has failed, and says why.
    let _ = raised.and_then(|()| out.send(piece));
    meter.loudness()
}

/// Writes what comes in.
fn encode(
    incoming: &Receiver<Vec<f32>>,
    order: &Order,
    timeline: &Timeline,
    aside: &Aside,
) -> Result<(), ExportError> {
    let mut encoder = order.format.encoder(Recording {
        file: aside.handle()?,
        path: order.path.clone(),
        about: &order.about,
        timeline,
    })?;
    for samples in incoming {
        encoder.write(&samples)?;
    }
    encoder.finish()
}

/// Where clips come from.
struct Source<'a> {
    studio: &'a Studio,
    voice: Speaking,
}

impl Source<'_> {
    fn clip(&mut self, utterance: &Utterance) -> Result<(Clip, Frames), ExportError> {
        self.studio.clips.clip(utterance, &mut self.voice)
    }

    /// Nobody is there to press a key, and so nothing may wait for one.
    fn key(&self, session: &Session, now: Moment) -> Result<Option<Key>, ExportError> {
        self.studio.check()?;
        if session.waits(now) {
            return Err(ExportError::Unfinished);
        }
        Ok(None)
    }
}

/// How much has been heard, and who is told.
struct Heard<'a> {
    frames: u64,
    total: Frames,
    progress: Progress<'a>,
    part: std::ops::Range<f64>,
}

impl<'a> Heard<'a> {
    const fn new(total: Frames, progress: Progress<'a>, part: std::ops::Range<f64>) -> Self {
        Self {
            frames: 0,
            total,
            progress,
            part,
        }
    }

    fn hear(&mut self, frames: usize) {
        self.frames += frames as u64;
        let done = self.frames as f64 / self.total.0.max(1) as f64;
        let width = self.part.end - self.part.start;
        (self.progress)(self.part.start + width * done.min(1.0));
    }
}

struct Listening<'a> {
    source: Source<'a>,
    meter: Meter,
    headings: Headings,
    heard: Heard<'a>,
}

impl Listener for Listening<'_> {
    type Error = ExportError;

    fn clip(&mut self, utterance: &Utterance) -> Result<(Clip, Frames), ExportError> {
        self.source.clip(utterance)
    }

    fn hear(&mut self, samples: &[f32]) -> Result<(), ExportError> {
        self.meter.hear(samples);
        self.heard.hear(samples.len());
        Ok(())
    }

    fn key(&mut self, session: &Session, now: Moment) -> Result<Option<Key>, ExportError> {
        if let Some(title) = session.heading(now) {
            self.headings.see(now, title);
        }
        self.source.key(session, now)
    }
}

struct Sending<'a> {
    source: Source<'a>,
    sound: Sender<Vec<f32>>,
    heard: Heard<'a>,
}

impl Listener for Sending<'_> {
    type Error = ExportError;

    fn clip(&mut self, utterance: &Utterance) -> Result<(Clip, Frames), ExportError> {
        self.source.clip(utterance)
    }

    fn hear(&mut self, samples: &[f32]) -> Result<(), ExportError> {
        self.heard.hear(samples.len());
        // Nobody takes it any more: the encoder has failed, and says why.
        let sent = self.sound.send(samples.to_vec());
        sent.map_err(|_| ExportError::Unfinished)
    }

    fn key(&mut self, session: &Session, now: Moment) -> Result<Option<Key>, ExportError> {
        self.source.key(session, now)
    }
}
