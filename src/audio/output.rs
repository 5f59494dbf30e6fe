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
use rodio::cpal::traits::DeviceTrait;
use rodio::cpal::{BufferSize, Error as DeviceFault, ErrorKind, SupportedBufferSize};
use rodio::{
    ChannelCount, DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink, SampleRate, Source,
};

use super::device::{self, DeviceError};
use super::graph::{BLOCK, Graph};
use super::supervisor::{Order, Seen, Supervisor};
use crate::base::time::{Frames, SAMPLE_RATE};

/// No period is widened beyond this: 85 ms, and silence would come late.
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
pub(crate) enum OutputError {
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
pub(crate) enum Change {
    /// It is lost; it is being sought.
    Lost,
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

struct Stream {
    sink: MixerDeviceSink,
    watch: Arc<Watch>,
    period: u32,
    /// The longest period that its device is known to take.
    widest: u32,
}

/// How an attempt, by its number, came out.
type Attempt = (u64, Result<Stream, OutputError>);

/// The device, which plays a graph as long as there is one.
pub(crate) struct Output {
    supervisor: Supervisor,
    stream: Option<Stream>,
    shared: Shared,
    /// How often somebody has stood in.
    stand_ins: u64,
    attempts: Receiver<Attempt>,
    attempts_in: Sender<Attempt>,
    /// The stream that is being closed.
    closing: Option<JoinHandle<()>>,
    /// The name of the device; the default one without.
    device: Option<String>,
    wish: Wish,
    /// A period is not made longer than this.
    widest: u32,
    /// When the stream began, in rendered frames.
    begun: u64,
    clock: Instant,
}

/// The graph, and whose turn it is to pull it: any other gets silence while it is on its way in or out.
#[derive(Clone)]
struct Shared {
    graph: Arc<Mutex<Graph>>,
    /// The number of a stream ([`opened_by`]) or of whoever is [`standing_in`].
    turn: Arc<AtomicU64>,
}

/// Among all that pull the graph, the number of the stream that this attempt opens: even.
const fn opened_by(attempt: u64) -> u64 {
    2 * attempt
}

/// And of this stand-in: odd.
const fn standing_in(number: u64) -> u64 {
    2 * number + 1
}

/// Whether it is the turn of a stand-in.
const fn is_stood_in(turn: u64) -> bool {
    turn % 2 == 1
}

/// Frames in a period, as they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wish {
    wanted: u32,
    /// What the device has taken before, should it refuse that.
    proven: u32,
}

impl Wish {
    /// This and no other.
    const fn only(period: u32) -> Self {
        Self {
            wanted: period,
            proven: period,
        }
    }

    /// Twice as long as what is in force, within what is allowed.
    fn widened(self, widest: u32) -> Self {
        Self {
            wanted: self.proven.saturating_mul(2).min(widest),
            proven: self.proven,
        }
    }

    /// What to ask a device for, one after the other: its driver refuses any length outside its range, and
    /// may have said nothing about that range. Its own choice is the last resort.
    fn sizes(self, range: &SupportedBufferSize) -> Vec<BufferSize> {
        let mut sizes: Vec<_> = [self.wanted, self.proven]
            .map(|period| BufferSize::Fixed(within(period, range)))
            .into();
        sizes.dedup();
        sizes.push(BufferSize::Default);
        sizes
    }

    /// What is in force when a device that takes periods in `range` was opened with `size`, and the longest
    /// one that is worth a try after that.
    fn come_true(self, size: BufferSize, range: &SupportedBufferSize) -> (u32, u32) {
        match size {
            BufferSize::Fixed(period) if period < self.wanted => (period, period),
            BufferSize::Fixed(period) => (period, within(LARGEST_PERIOD, range)),
            // Nobody says how long it is.
            BufferSize::Default => (self.proven, self.proven),
        }
    }
}

/// The length in `range` that is nearest to this one.
fn within(period: u32, range: &SupportedBufferSize) -> u32 {
    match *range {
        SupportedBufferSize::Range { min, max } if min.max(1) <= max => {
            period.clamp(min.max(1), max)
        }
        _ => period,
    }
}

impl Output {
    /// Opens the device called `device`, or the default one, with `period` frames in a period.
    pub(crate) fn open(
        graph: Graph,
        period: u32,
        device: Option<String>,
    ) -> Result<Self, OutputError> {
        let (attempts_in, attempts) = unbounded();
        let clock = now();
        let mut output = Self {
            supervisor: Supervisor::new(Duration::ZERO),
            stream: None,
            shared: Shared {
                graph: Arc::new(Mutex::new(graph)),
                turn: Arc::new(AtomicU64::new(0)),
            },
            stand_ins: 0,
            attempts,
            attempts_in,
            closing: None,
            device,
            wish: Wish::only(period),
            widest: LARGEST_PERIOD,
            begun: 0,
            clock,
        };
        output.attempt(0);
        let (_, opened) = output
            .attempts
            .recv_timeout(FIRST_PATIENCE)
            .map_err(|_| OutputError::Closed("the sound server does not answer".into()))?;
        output.keep(opened?);
        output.supervisor = Supervisor::new(output.clock.elapsed());
        Ok(output)
    }

    /// Frames in a period, now.
    pub(crate) const fn period(&self) -> u32 {
        self.wish.proven
    }

    /// Frames a second that the device takes; what the graph renders is resampled to it.
    pub(crate) fn rate(&self) -> u32 {
        let stream = self.stream.as_ref();
        stream.map_or(SAMPLE_RATE, |stream| {
            stream.sink.config().sample_rate().get()
        })
    }

    /// Underruns since the device was last opened.
    pub(crate) fn underruns(&self) -> u32 {
        let stream = self.stream.as_ref();
        stream.map_or(0, |stream| stream.watch.underruns.load(Ordering::Relaxed))
    }

    /// Whether the device is lost: nothing can be heard.
    pub(crate) const fn is_lost(&self) -> bool {
        self.supervisor.is_lost()
    }

    /// How soon to look after it again.
    pub(crate) const fn wait(&self) -> Duration {
        self.supervisor.wait()
    }

    /// The stream begins anew at `rendered`, as far as underruns count: the program has slept.
    pub(crate) fn settle(&mut self, rendered: u64) {
        self.begun = rendered;
        if let Some(stream) = &self.stream {
            stream.watch.underruns.store(0, Ordering::Relaxed);
        }
    }

    /// Looks after the device: brings it back when it is lost, and after an underrun doubles its period, when it
    /// is `quiet`. `rendered` is the graph's count of frames.
    pub(crate) fn look(&mut self, rendered: u64, quiet: bool) -> Option<Change> {
        let now = self.clock.elapsed();
        while let Ok((attempt, opened)) = self.attempts.try_recv() {
            match opened {
                Err(_) => self.supervisor.refused(now, attempt),
                Ok(stream) if self.supervisor.opened(now, attempt) => {
                    self.keep(stream);
                    self.settle(rendered);
                }
                Ok(stream) => drop(leave_behind(stream)),
            }
        }
        self.supervisor.look(now, self.seen());
        if self.starves(rendered, quiet) {
            self.wish = self.wish.widened(self.widest);
            self.supervisor.renew(now);
        }
        self.obey()
    }

    /// What was wished for has come true as far as it could: no more is asked for.
    fn keep(&mut self, stream: Stream) {
        self.wish = Wish::only(stream.period);
        self.widest = stream.widest;
        self.stream = Some(stream);
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
        starves && self.period() < self.widest && self.supervisor.plays()
    }

    fn obey(&mut self) -> Option<Change> {
        // Before any stream is opened, so that it has the turn from its first frame on; and for one that was
        // kept although another was begun after it.
        if let Some(attempt) = self.supervisor.turn() {
            self.shared
                .turn
                .store(opened_by(attempt), Ordering::Release);
        }
        let mut change = None;
        while let Some(order) = self.supervisor.poll() {
            match order {
                Order::Close => self.closing = self.stream.take().and_then(leave_behind),
                Order::Open(attempt) => self.attempt(attempt),
                Order::Lost => {
                    self.stand_in();
                    change = Some(Change::Lost);
                }
                Order::Back => change = Some(Change::Back),
            }
        }
        change
    }

    /// Begins to open the device.
    fn attempt(&mut self, attempt: u64) {
        let (shared, wish) = (self.shared.clone(), self.wish);
        let device = self.device.clone();
        let (closing, done) = (self.closing.take(), self.attempts_in.clone());
        let opening = thread::Builder::new().name("open".into()).spawn(move || {
            // Some devices can be opened only once at a time.
            if let Some(closing) = closing {
                wait_for(&closing);
            }
            let opened = connect(shared, opened_by(attempt), wish, device.as_deref());
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
        self.stand_ins += 1;
        let puller = standing_in(self.stand_ins);
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

/// Opens the device called so, or the default one, with the period that comes nearest to the wish.
fn connect(
    shared: Shared,
    puller: u64,
    wish: Wish,
    device: Option<&str>,
) -> Result<Stream, OutputError> {
    // By its name each time: it may have been away.
    let device = device::find(device)?.ok_or(DeviceSinkError::NoDevice)?;
    let watch = Arc::new(Watch::default());
    let usual = device
        .default_output_config()
        .map_err(DeviceSinkError::DefaultSinkConfigError)?;
    let open = |size: BufferSize, rate: Option<SampleRate>| {
        let builder = DeviceSinkBuilder::default()
            .with_device(device.clone())
            .with_supported_config(&usual)
            .with_buffer_size(size);
        let builder = match rate {
            Some(rate) => builder.with_sample_rate(rate),
            None => builder,
        };
        builder
            .with_error_callback(count(watch.clone()))
            .open_stream()
    };
    let mut opened = Err(DeviceSinkError::NoDevice);
    for size in wish.sizes(usual.buffer_size()) {
        // The graph's own rate first: then nothing is resampled.
        opened = open(size, Some(RATE)).or_else(|_| open(size, None));
        if opened.is_ok() {
            break;
        }
    }
    let mut sink = opened?;
    sink.log_on_drop(false);
    let (period, widest) = wish.come_true(*sink.config().buffer_size(), usual.buffer_size());
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
        period,
        widest,
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
        // Never waits: whoever else holds the graph is about to find that it is not its turn.
        let graph = self.shared.graph.try_lock();
        let turn = self.shared.turn.load(Ordering::Acquire);
        match graph {
            Ok(mut graph) if turn == self.puller => {
                graph.render(&mut self.block);
                if self.channels != MONO {
                    self.balance = graph.balance();
                }
            }
            _ => self.block.fill(0.0),
        }
        // While somebody stands in, a stream proves by silence that it plays. At any other time only what
        // was rendered is progress: silence that nobody asked for would pass for a session.
        if turn == self.puller || is_stood_in(turn) {
            self.watch.pulled.fetch_add(BLOCK as u64, Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use super::*;
    use SupportedBufferSize::{Range, Unknown};

    fn sizes(wanted: u32, proven: u32, range: &SupportedBufferSize) -> Vec<BufferSize> {
        Wish { wanted, proven }.sizes(range)
    }

    #[test]
    fn a_device_is_asked_for_a_period_that_it_takes() {
        let fixed = BufferSize::Fixed;
        let any = Range {
            min: 1,
            max: 65_536,
        };
        assert_eq!(
            sizes(640, 640, &any),
            [fixed(640), BufferSize::Default],
            "what she wants"
        );
        let mixer = Range {
            min: 1024,
            max: 1024,
        };
        assert_eq!(
            sizes(640, 640, &mixer),
            [fixed(1024), BufferSize::Default],
            "the only one there is"
        );
        let short = Range { min: 16, max: 1000 };
        assert_eq!(
            sizes(1280, 640, &short),
            [fixed(1000), fixed(640), BufferSize::Default]
        );
        assert_eq!(
            sizes(1280, 640, &Unknown),
            [fixed(1280), fixed(640), BufferSize::Default]
        );
        for odd in [Range { min: 9, max: 2 }, Range { min: 0, max: 0 }] {
            assert_eq!(sizes(640, 640, &odd)[0], fixed(640), "{odd:?}");
        }
    }

    #[test]
    fn a_period_that_was_refused_is_not_tried_again() {
        let any = Range {
            min: 1,
            max: 65_536,
        };
        let wish = Wish::only(640).widened(LARGEST_PERIOD);
        assert_eq!((wish.wanted, wish.proven), (1280, 640));
        let came = |size, range: &SupportedBufferSize| wish.come_true(size, range);
        assert_eq!(came(BufferSize::Fixed(1280), &any), (1280, LARGEST_PERIOD));
        assert_eq!(came(BufferSize::Fixed(640), &any), (640, 640), "refused");
        assert_eq!(came(BufferSize::Default, &Unknown), (640, 640));
        let short = Range { min: 16, max: 1500 };
        assert_eq!(came(BufferSize::Fixed(1280), &short), (1280, 1500));
        let only = Range {
            min: 1024,
            max: 1024,
        };
        let came = Wish::only(640).come_true(BufferSize::Fixed(1024), &only);
        assert_eq!(came, (1024, 1024), "there is nothing to be widened");
    }

    #[test]
    fn no_period_is_widened_beyond_the_largest() {
        let widened = |period, widest| Wish::only(period).widened(widest).wanted;
        assert_eq!(widened(2048, LARGEST_PERIOD), 4096);
        assert_eq!(widened(3000, LARGEST_PERIOD), 4096);
        assert_eq!(widened(640, 1000), 1000);
    }

    /// What a puller that has this number sees when it is this one's turn: whether it moved on.
    fn counts(puller: u64, turn: u64) -> (u64, u64) {
        let (graph, control) = Graph::new();
        let shared = Shared {
            graph: Arc::new(Mutex::new(graph)),
            turn: Arc::new(AtomicU64::new(turn)),
        };
        let watch = Arc::new(Watch::default());
        let mut pull = Pull {
            shared,
            puller,
            watch: watch.clone(),
            channels: MONO,
            block: [0.0; BLOCK],
            balance: [1.0; 2],
            next: BLOCK,
        };
        pull.next();
        (watch.pulled.load(Ordering::Relaxed), control.now().0)
    }

    #[test]
    fn silence_is_progress_only_while_somebody_stands_in() {
        let block = BLOCK as u64;
        assert_eq!(counts(opened_by(3), opened_by(3)), (block, block));
        assert_eq!(counts(opened_by(3), standing_in(1)), (block, 0));
        assert_eq!(counts(opened_by(3), opened_by(4)), (0, 0), "another's turn");
    }
}
