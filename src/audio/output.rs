//! The device: opened once, fed by the graph, made more patient when it starves.
//!
//! One source is added to the device's mixer, once. The stream stays open for the whole session, for
//! loudspeakers that sleep swallow the first word after each waking.

use std::error::Error as _;
use std::num::NonZero;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rodio::cpal::{BufferSize, Error as DeviceFault, ErrorKind};
use rodio::{
    ChannelCount, DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink, SampleRate, Source,
};

use super::device::{self, DeviceError};
use super::graph::{BLOCK, Graph};
use crate::time::SAMPLE_RATE;

/// Frames in a period, 13 ms. The device holds two of them, so this decides how soon a key is silence.
pub const DEFAULT_PERIOD: u32 = 640;

/// No period grows beyond this: 85 ms, and silence would come late.
const LARGEST_PERIOD: u32 = 4096;

/// After one underrun the period doubles as soon as it is quiet; after so many at once, for worse
/// is to come than the short gap that opening it anew makes.
const PRESSING: u32 = 4;

/// A stream that begins reports bursts of harmless faults for this long.
const SETTLING: u64 = SAMPLE_RATE as u64;

const MONO: ChannelCount = NonZero::<u16>::MIN;
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

/// What the device has complained of.
#[derive(Debug, Default)]
struct Faults {
    underruns: AtomicU32,
    any: AtomicU32,
}

/// An open device that plays a graph.
pub struct Output {
    sink: Option<MixerDeviceSink>,
    graph: Arc<Mutex<Graph>>,
    /// The stream that may pull; an older one gets silence while it is on its way out.
    stream: Arc<AtomicU64>,
    faults: Arc<Faults>,
    /// The name of the device; the default one without.
    device: Option<String>,
    period: u32,
    /// When the stream began, in rendered frames.
    begun: u64,
}

impl Output {
    /// Opens the device called `device`, or the default one, with `period` frames in a period.
    pub fn open(graph: Graph, period: u32, device: Option<String>) -> Result<Self, OutputError> {
        let mut output = Self {
            sink: None,
            graph: Arc::new(Mutex::new(graph)),
            stream: Arc::new(AtomicU64::new(0)),
            faults: Arc::new(Faults::default()),
            device,
            period,
            begun: 0,
        };
        output.sink = Some(output.connect()?);
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
        let sink = self.sink.as_ref();
        sink.map_or(SAMPLE_RATE, |sink| sink.config().sample_rate().get())
    }

    /// Underruns since the device was last opened.
    #[must_use]
    pub fn underruns(&self) -> u32 {
        self.faults.underruns.load(Ordering::Relaxed)
    }

    /// The stream begins anew at `rendered`, as far as underruns count: the program has slept.
    pub fn settle(&mut self, rendered: u64) {
        self.begun = rendered;
        self.faults.underruns.store(0, Ordering::Relaxed);
    }

    /// Looks after the device: after an underrun its period is doubled, when it is `quiet`.
    /// `rendered` is the graph's count of frames. `true` when it was opened anew.
    pub fn tend(&mut self, rendered: u64, quiet: bool) -> Result<bool, OutputError> {
        if rendered < self.begun + SETTLING {
            self.faults.underruns.store(0, Ordering::Relaxed);
            return Ok(false);
        }
        let starves = match self.underruns() {
            0 => false,
            1..PRESSING => quiet,
            _ => true,
        };
        if !starves || self.period >= LARGEST_PERIOD {
            return Ok(false);
        }
        self.period *= 2;
        self.settle(rendered);
        leave_behind(self.sink.take());
        self.sink = Some(self.connect()?);
        Ok(true)
    }

    fn connect(&self) -> Result<MixerDeviceSink, OutputError> {
        let device = device::find(self.device.as_deref())?.ok_or(DeviceSinkError::NoDevice)?;
        let stream = self.stream.fetch_add(1, Ordering::AcqRel) + 1;
        let open = |rate: Option<SampleRate>| -> Result<MixerDeviceSink, DeviceSinkError> {
            let builder = DeviceSinkBuilder::from_device(device.clone())?
                .with_buffer_size(BufferSize::Fixed(self.period));
            let builder = match rate {
                Some(rate) => builder.with_sample_rate(rate),
                None => builder,
            };
            builder
                .with_error_callback(watch(self.faults.clone()))
                .open_stream()
        };
        // The graph's own rate first: then nothing is resampled.
        let mut sink = open(Some(RATE)).or_else(|_| open(None))?;
        sink.log_on_drop(false);
        sink.mixer().add(Pull {
            graph: self.graph.clone(),
            current: self.stream.clone(),
            stream,
            block: [0.0; BLOCK],
            next: BLOCK,
        });
        Ok(sink)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        leave_behind(self.sink.take());
    }
}

/// Closing a stream whose server hangs blocks for ever: that is left to a thread of its own.
fn leave_behind(sink: Option<MixerDeviceSink>) {
    let Some(sink) = sink else { return };
    let closing = thread::Builder::new()
        .name("close".into())
        .spawn(move || drop(sink));
    // Usually it takes a few milliseconds; to wait for those keeps an ordinary end tidy.
    if let Ok(closing) = closing {
        let mut patience = 100;
        while !closing.is_finished() && patience > 0 {
            pause(Duration::from_millis(2));
            patience -= 1;
        }
    }
}

/// Counts what goes wrong. It may be called hundreds of thousands of times a second by a dead
/// device, so it never prints or queues, and after a while it slows its caller down.
fn watch(faults: Arc<Faults>) -> impl FnMut(DeviceFault) + Send + 'static {
    move |fault| {
        if fault.kind() == ErrorKind::Xrun {
            faults.underruns.fetch_add(1, Ordering::Relaxed);
        } else if faults.any.fetch_add(1, Ordering::Relaxed) > 200 {
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

/// The one source: pulls the graph in blocks and hands the samples out one by one.
struct Pull {
    graph: Arc<Mutex<Graph>>,
    current: Arc<AtomicU64>,
    stream: u64,
    block: [f32; BLOCK],
    next: usize,
}

impl Pull {
    fn refill(&mut self) {
        self.next = 0;
        // Never waits: the graph is shared only with a stream that is being closed, which by now
        // gets silence.
        match self.graph.try_lock() {
            Ok(mut graph) if self.current.load(Ordering::Acquire) == self.stream => {
                graph.render(&mut self.block);
            }
            _ => self.block.fill(0.0),
        }
    }
}

impl Iterator for Pull {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        if self.next == BLOCK {
            self.refill();
        }
        let sample = self.block[self.next];
        self.next += 1;
        Some(sample)
    }
}

impl Source for Pull {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        MONO
    }

    fn sample_rate(&self) -> SampleRate {
        RATE
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}
