//! The device: opened, fed by the graph, made more patient when it starves, and brought back when it is lost.
//!
//! One source is added to the device's mixer, once. The stream stays open for the whole session, for
//! loudspeakers that sleep swallow the first word after each waking.
//!
//! Opening and closing may take for ever when the sound server hangs, so each is done by a thread of its
//! own. While no device pulls, a stand-in pulls the graph by the wall clock, and time goes on.

use std::error::Error as _;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use rodio::cpal::{BufferSize, Error as DeviceFault, ErrorKind};
use rodio::{
    ChannelCount, DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink, SampleRate, Source,
};

use super::device::{self, DeviceError};
use super::graph::{BLOCK, Graph};
use super::supervisor::{Order, Seen, Supervisor};
use crate::time::{Frames, SAMPLE_RATE};

/// Frames in a period, 13 ms. The device holds two of them, so this decides how soon a key is silence.
pub const DEFAULT_PERIOD: u32 = 640;

/// No period grows beyond this: 85 ms, and silence would come late.
const LARGEST_PERIOD: u32 = 4096;

/// After one underrun the period doubles as soon as it is quiet; after so many at once, for worse
/// is to come than the short gap that opening it anew makes.
const PRESSING: u32 = 4;

/// A stream that begins reports bursts of harmless faults for this long.
const SETTLING: u64 = SAMPLE_RATE as u64;

/// A device that does not open in this time, at the very beginning, does not answer.
const FIRST_PATIENCE: Duration = Duration::from_secs(5);

/// Usually closing takes a few milliseconds; to wait for those keeps an ordinary end tidy.
const CLOSING_PATIENCE: Duration = Duration::from_millis(200);

/// The stand-in pulls so often, and never more than so much at a time: after that it has slept itself.
const STAND_IN_PERIOD: Duration = Duration::from_millis(10);
const STAND_IN_MOST: Duration = Duration::from_millis(500);

/// A device that complains more often than this is held up, lest it do nothing else.
const FAULTS_AT_ONCE: u32 = 200;

const MONO: ChannelCount = NonZero::<u16>::MIN;
const STEREO: ChannelCount = MONO.saturating_add(1);
// 48,000 is not zero.
const RATE: SampleRate = NonZero::new(SAMPLE_RATE).unwrap();

/// The loudspeaker could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// It refuses.
    #[error(
        "no sound device can be opened: {0}\n  Connect or switch on a loudspeaker, check that other programs can play sound, then start again"
    )]
    Closed(String),
    /// The one that was asked for is not there.
    #[error(transparent)]
    NotFound(#[from] DeviceError),
}

impl From<DeviceSinkError> for OutputError {
    fn from(error: DeviceSinkError) -> Self {
        // Its own text hides the cause.
        let cause = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        Self::Closed(cause)
    }
}

/// What has become of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is lost; it is being sought.
    Lost,
    /// It is back.
    Back,
}

/// What the stream's own threads have seen.
#[derive(Debug, Default)]
struct Watch {
    pulled: AtomicU64,
    underruns: AtomicU32,
    faults: AtomicU32,
    gone: AtomicBool,
}

/// An open stream.
struct Stream {
    sink: MixerDeviceSink,
    watch: Arc<Watch>,
    /// Its number among all that pull the graph.
    puller: u64,
}

/// How an attempt, by its number, came out.
type Attempt = (u64, Result<Stream, OutputError>);

/// The device, which plays a graph as long as there is one.
pub struct Output {
    supervisor: Supervisor,
    stream: Option<Stream>,
    shared: Shared,
    /// How many have been made that pull the graph, streams and stand-ins.
    pullers: u64,
    attempts: Receiver<Attempt>,
    attempts_in: Sender<Attempt>,
    /// The stream that is being closed.
    closing: Option<JoinHandle<()>>,
    /// The name of the device; the default one without.
    device: Option<String>,
    period: u32,
    /// When the stream began, in rendered frames.
    begun: u64,
    clock: Instant,
}

/// The graph, and whose turn it is to pull it: any other gets silence while it is on its way in or out.
#[derive(Clone)]
struct Shared {
    graph: Arc<Mutex<Graph>>,
    turn: Arc<AtomicU64>,
}

impl Output {
    /// Opens the device called `device`, or the default one, with `period` frames in a period.
    pub fn open(graph: Graph, period: u32, device: Option<String>) -> Result<Self, OutputError> {
        let (attempts_in, attempts) = unbounded();
        let clock = now();
        let mut output = Self {
            supervisor: Supervisor::new(Duration::ZERO),
            stream: None,
            shared: Shared {
                graph: Arc::new(Mutex::new(graph)),
                turn: Arc::new(AtomicU64::new(0)),
            },
            pullers: 0,
            attempts,
            attempts_in,
            closing: None,
            device,
            period,
            begun: 0,
            clock,
        };
        output.attempt(0);
        let (_, opened) = output
            .attempts
            .recv_timeout(FIRST_PATIENCE)
            .map_err(|_| OutputError::Closed("the sound server does not answer".into()))?;
        output.stream = Some(opened?);
        output.supervisor = Supervisor::new(output.clock.elapsed());
        Ok(output)
    }

    /// Frames in a period, now.
    #[must_use]
    pub const fn period(&self) -> u32 {
        self.period
    }

    /// Frames a second that the device takes; what the graph renders is resampled to it.
    #[must_use]
    pub fn rate(&self) -> u32 {
        let stream = self.stream.as_ref();
        stream.map_or(SAMPLE_RATE, |stream| {
            stream.sink.config().sample_rate().get()
        })
    }

    /// Underruns since the device was last opened.
    #[must_use]
    pub fn underruns(&self) -> u32 {
        let stream = self.stream.as_ref();
        stream.map_or(0, |stream| stream.watch.underruns.load(Ordering::Relaxed))
    }

    /// Whether the device is lost: nothing can be heard.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        self.supervisor.is_lost()
    }

    /// How soon to look after it again.
    #[must_use]
    pub const fn wait(&self) -> Duration {
        self.supervisor.wait()
    }

    /// The stream begins anew at `rendered`, as far as underruns count: the program has slept.
    pub fn settle(&mut self, rendered: u64) {
        self.begun = rendered;
        if let Some(stream) = &self.stream {
            stream.watch.underruns.store(0, Ordering::Relaxed);
        }
    }

    /// Looks after the device: brings it back when it is lost, and after an underrun doubles its period, when it
    /// is `quiet`. `rendered` is the graph's count of frames.
    pub fn look(&mut self, rendered: u64, quiet: bool) -> Option<Change> {
        let now = self.clock.elapsed();
        while let Ok((attempt, opened)) = self.attempts.try_recv() {
            match opened {
                Err(_) => self.supervisor.refused(now, attempt),
                Ok(stream) if self.supervisor.opened(now, attempt) => {
                    self.stream = Some(stream);
                    self.settle(rendered);
                }
                Ok(stream) => drop(leave_behind(stream)),
            }
        }
        self.supervisor.look(now, self.seen());
        if self.starves(rendered, quiet) {
            self.period *= 2;
            self.supervisor.renew(now);
        }
        self.obey()
    }

    fn seen(&self) -> Seen {
        let seen = |stream: &Stream| Seen {
            pulled: stream.watch.pulled.load(Ordering::Relaxed),
            faults: stream.watch.faults.load(Ordering::Relaxed),
            gone: stream.watch.gone.load(Ordering::Relaxed),
        };
        self.stream.as_ref().map(seen).unwrap_or_default()
    }

    /// Whether the stream needs longer periods, and this is the time to open it anew.
    fn starves(&mut self, rendered: u64, quiet: bool) -> bool {
        if rendered < self.begun + SETTLING {
            self.settle(self.begun);
            return false;
        }
        let watch = self.stream.as_ref().map(|stream| &stream.watch);
        let underruns = watch.map_or(0, |watch| watch.underruns.load(Ordering::Relaxed));
        let starves = match underruns {
            0 => false,
            1..PRESSING => quiet,
            _ => true,
        };
        starves && self.period < LARGEST_PERIOD && self.supervisor.plays()
    }

    fn obey(&mut self) -> Option<Change> {
        let mut change = None;
        while let Some(order) = self.supervisor.poll() {
            match order {
                Order::Close => self.closing = self.stream.take().and_then(leave_behind),
                Order::Open(attempt) => self.attempt(attempt),
                Order::Lost => {
                    self.stand_in();
                    change = Some(Change::Lost);
                }
                Order::Back => {
                    if let Some(stream) = &self.stream {
                        self.shared.turn.store(stream.puller, Ordering::Release);
                    }
                    change = Some(Change::Back);
                }
            }
        }
        change
    }

    fn next_puller(&mut self) -> u64 {
        self.pullers += 1;
        self.pullers
    }

    /// Begins to open the device.
    fn attempt(&mut self, attempt: u64) {
        let puller = self.next_puller();
        if !self.is_lost() {
            // From its first frame on: nobody stands in.
            self.shared.turn.store(puller, Ordering::Release);
        }
        let (shared, period) = (self.shared.clone(), self.period);
        let device = self.device.clone();
        let (closing, done) = (self.closing.take(), self.attempts_in.clone());
        let opening = thread::Builder::new().name("open".into()).spawn(move || {
            // Some devices can be opened only once at a time.
            if let Some(closing) = closing {
                wait_for(&closing);
            }
            let opened = connect(shared, puller, period, device.as_deref());
            // Nobody waits for it when the program has ended.
            let _ = done.send((attempt, opened));
        });
        if let Err(error) = opening {
            let _ = self
                .attempts_in
                .send((attempt, Err(OutputError::Closed(error.to_string()))));
        }
    }

    /// Pulls the graph by the wall clock, until it is another's turn.
    fn stand_in(&mut self) {
        let puller = self.next_puller();
        self.shared.turn.store(puller, Ordering::Release);
        let shared = self.shared.clone();
        // Without it time stands still until the device is back, and keys work all the same.
        let _ = thread::Builder::new()
            .name("stand in".into())
            .spawn(move || shared.pull_by_the_clock(puller));
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(closing) = self.stream.take().and_then(leave_behind) {
            wait_for(&closing);
        }
    }
}

impl Shared {
    fn pull_by_the_clock(&self, puller: u64) {
        let mut last = now();
        let mut buffer = Vec::new();
        loop {
            pause(STAND_IN_PERIOD);
            let length = last.elapsed();
            last += length;
            let frames = Frames::from(length.min(STAND_IN_MOST));
            buffer.resize(frames.0 as usize, 0.0);
            // Whoever holds it only renders, which cannot fail half-way.
            let mut graph = self.graph.lock().unwrap_or_else(PoisonError::into_inner);
            if self.turn.load(Ordering::Acquire) != puller {
                return;
            }
            graph.render(&mut buffer);
        }
    }
}

/// Opens the default device.
fn connect(
    shared: Shared,
    puller: u64,
    period: u32,
    device: Option<&str>,
) -> Result<Stream, OutputError> {
    // By its name each time: it may have been away.
    let device = device::find(device)?.ok_or(DeviceSinkError::NoDevice)?;
    let watch = Arc::new(Watch::default());
    let open = |rate: Option<SampleRate>| -> Result<MixerDeviceSink, DeviceSinkError> {
        let builder = DeviceSinkBuilder::from_device(device.clone())?
            .with_buffer_size(BufferSize::Fixed(period));
        let builder = match rate {
            Some(rate) => builder.with_sample_rate(rate),
            None => builder,
        };
        builder
            .with_error_callback(count(watch.clone()))
            .open_stream()
    };
    // The graph's own rate first: then nothing is resampled.
    let mut sink = open(Some(RATE)).or_else(|_| open(None))?;
    sink.log_on_drop(false);
    let channels = sink.config().channel_count().min(STEREO);
    sink.mixer().add(Pull {
        shared,
        puller,
        watch: watch.clone(),
        channels,
        block: [0.0; BLOCK],
        balance: [1.0; 2],
        next: BLOCK * usize::from(channels.get()),
    });
    Ok(Stream {
        sink,
        watch,
        puller,
    })
}

/// Closing a stream whose server hangs blocks for ever: that is left to a thread of its own.
fn leave_behind(stream: Stream) -> Option<JoinHandle<()>> {
    let closing = thread::Builder::new().name("close".into());
    closing.spawn(move || drop(stream.sink)).ok()
}

/// Waits until it is closed, but not for ever.
fn wait_for(closing: &JoinHandle<()>) {
    let since = now();
    while !closing.is_finished() && since.elapsed() < CLOSING_PATIENCE {
        pause(Duration::from_millis(2));
    }
}

/// Counts what goes wrong. It may be called hundreds of thousands of times a second by a dead
/// device, so it never prints or queues, and after a while it slows its caller down.
fn count(watch: Arc<Watch>) -> impl FnMut(DeviceFault) + Send + 'static {
    move |fault| {
        match fault.kind() {
            ErrorKind::Xrun => _ = watch.underruns.fetch_add(1, Ordering::Relaxed),
            ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => {
                watch.gone.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
        if watch.faults.fetch_add(1, Ordering::Relaxed) > FAULTS_AT_ONCE {
            pause(Duration::from_millis(2));
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the device is driven in real time: this module waits for it, no session does"
)]
fn pause(length: Duration) {
    thread::sleep(length);
}

#[expect(
    clippy::disallowed_methods,
    reason = "the device is driven in real time"
)]
fn now() -> Instant {
    Instant::now()
}

/// The one source: pulls the graph in blocks and hands the samples out one by one.
struct Pull {
    shared: Shared,
    puller: u64,
    watch: Arc<Watch>,
    /// Two, unless the device has but one.
    channels: ChannelCount,
    block: [f32; BLOCK],
    /// How much of the block goes to each channel.
    balance: [f32; 2],
    /// The next sample, of all channels together.
    next: usize,
}

impl Pull {
    fn refill(&mut self) {
        self.next = 0;
        self.balance = [1.0; 2];
        self.watch.pulled.fetch_add(BLOCK as u64, Ordering::Relaxed);
        // Never waits: whoever else holds the graph is about to find that it is not its turn.
        match self.shared.graph.try_lock() {
            Ok(mut graph) if self.shared.turn.load(Ordering::Acquire) == self.puller => {
                graph.render(&mut self.block);
                if self.channels != MONO {
                    self.balance = graph.balance();
                }
            }
            _ => self.block.fill(0.0),
        }
    }
}

impl Iterator for Pull {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        let channels = usize::from(self.channels.get());
        if self.next == BLOCK * channels {
            self.refill();
        }
        let sample = self.block[self.next / channels] * self.balance[self.next % channels];
        self.next += 1;
        Some(sample)
    }
}

impl Source for Pull {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        self.channels
    }

    fn sample_rate(&self) -> SampleRate {
        RATE
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}
