//! The device: opened, fed by the graph, made more patient when it starves, and brought back when it is lost.
//!
//! One source is added to the device's mixer, once. The stream stays open for the whole session, for
//! loudspeakers that sleep swallow the first word after each waking.
//!
//! A stream that plays where nobody can hear it, by the word of the sound server, is lost as well; but it stays open,
//! and goes on pulling the graph.
//!
//! Opening and closing may take for ever when the sound server hangs, so each is done by a thread of its
//! own. While no device pulls, a stand-in pulls the graph by the wall clock, and time goes on. What a frozen
//! server still held is heard when it thaws, up to two periods: that is beyond our reach.

use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::pull::{Shared, opened_by, standing_in};
use super::stream::{Opened, Stream, wait_for};
use super::{Graph, OutputError, hearing::Heard, hearing::Hearing, period::Period, server};
use super::{supervisor::Order, supervisor::Supervisor};
use crate::base::{SAMPLE_RATE, Unheard};
use crate::clock::now;

/// After one underrun the period doubles as soon as it is quiet. After this many it doubles at once: worse is to
/// come than the short gap that opening the device anew makes.
const PRESSING: u32 = 4;

/// A stream that begins reports bursts of harmless faults for this long.
const SETTLING: u64 = SAMPLE_RATE as u64;

/// A device that does not open in this time, at the very beginning, does not answer.
const FIRST_PATIENCE: Duration = Duration::from_secs(5);

/// What has become of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing can be heard from it, and why; or now for another reason.
    Lost(Unheard),
    Back,
}

/// How an attempt, by its number, came out.
type Attempt = (u64, Opened<Stream>);

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
    period: Period,
    /// When the stream began, in rendered frames.
    begun: u64,
    clock: Instant,
    /// What the sound server says of the stream.
    server: Receiver<Option<Heard>>,
    hearing: Hearing,
    /// Why nothing can be heard, as was told last.
    unheard: Option<Unheard>,
}

impl Output {
    /// Opens the device called `device`, or the default one, with `period` frames in a period.
    pub(crate) fn open(graph: Graph, period: u32, device: Option<String>) -> Opened<Self> {
        let (attempts_in, attempts) = unbounded();
        let mut output = Self {
            supervisor: Supervisor::new(Duration::ZERO),
            stream: None,
            shared: Shared::new(graph),
            stand_ins: 0,
            attempts,
            attempts_in,
            closing: None,
            device,
            period: Period::only(period),
            begun: 0,
            clock: now(),
            server: server::watch(),
            hearing: Hearing::default(),
            unheard: None,
        };
        output.attempt(0);
        let answer = output.attempts.recv_timeout(FIRST_PATIENCE);
        let hangs = |_| OutputError::Closed("the sound server does not answer".into());
        output.keep(answer.map_err(hangs)?.1?);
        output.supervisor = Supervisor::new(output.clock.elapsed());
        Ok(output)
    }

    /// Frames in a period, now.
    pub(crate) const fn period(&self) -> u32 {
        self.period.proven
    }

    /// Frames a second that the device takes; what the graph renders is resampled to it.
    pub(crate) fn rate(&self) -> u32 {
        self.stream.as_ref().map_or(SAMPLE_RATE, Stream::rate)
    }

    /// Underruns since the device was last opened.
    pub(crate) fn underruns(&self) -> u32 {
        self.stream.as_ref().map_or(0, Stream::underruns)
    }

    /// Whether the device is lost: it takes no sound.
    pub(crate) const fn is_lost(&self) -> bool {
        self.supervisor.is_lost()
    }

    /// Whether it can be heard, as far as the sound server has said so.
    pub(crate) fn heard(&mut self) -> Option<Heard> {
        for heard in self.server.try_iter().flatten() {
            self.hearing.hear(heard);
        }
        self.hearing.said()
    }

    /// How soon to look after it again.
    pub(crate) const fn wait(&self) -> Duration {
        self.supervisor.wait()
    }

    /// The stream begins anew at `rendered`, as far as underruns count: the program has slept.
    pub(crate) fn settle(&mut self, rendered: u64) {
        self.begun = rendered;
        if let Some(stream) = &self.stream {
            stream.forget_underruns();
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
                Ok(stream) => drop(stream.close()),
            }
        }
        let seen = self.stream.as_ref().map(Stream::seen);
        self.supervisor.look(now, seen.unwrap_or_default());
        if self.starves(rendered, quiet)
            && let Some(wider) = self.period.widened()
        {
            self.period = wider;
            self.supervisor.renew(now);
        }
        self.obey();
        self.judge(now)
    }

    /// Whether that nothing can be heard is new, or that it can.
    fn judge(&mut self, now: Duration) -> Option<Change> {
        self.heard();
        let unheard = self.hearing.look(now, self.unheard.is_some());
        let away = self.is_lost().then_some(Unheard::Away);
        let unheard = unheard.or(away);
        let before = std::mem::replace(&mut self.unheard, unheard);
        (before != unheard).then(|| unheard.map_or(Change::Back, Change::Lost))
    }

    /// What was wished for has come true as far as it could: no more is asked for.
    fn keep(&mut self, stream: Stream) {
        self.period = stream.period;
        self.stream = Some(stream);
    }

    /// Whether the stream needs longer periods, and this is the time to open it anew.
    fn starves(&mut self, rendered: u64, quiet: bool) -> bool {
        if rendered < self.begun + SETTLING {
            self.settle(self.begun);
            return false;
        }
        let underruns = self.underruns();
        (underruns >= PRESSING || (underruns > 0 && quiet)) && self.supervisor.plays()
    }

    fn obey(&mut self) {
        // Before any stream is opened, so that it has the turn from its first frame on; and for one that was
        // kept although another was begun after it.
        if let Some(attempt) = self.supervisor.turn() {
            self.shared.give_turn(opened_by(attempt));
        }
        while let Some(order) = self.supervisor.poll() {
            match order {
                Order::Close => self.closing = self.stream.take().and_then(Stream::close),
                Order::Open(attempt) => self.attempt(attempt),
                Order::Lost => {
                    self.stand_ins += 1;
                    self.shared.clone().stand_in(standing_in(self.stand_ins));
                }
                Order::Back => {}
            }
        }
    }

    /// Begins to open the device.
    fn attempt(&mut self, attempt: u64) {
        let (shared, wish) = (self.shared.clone(), self.period);
        let device = self.device.clone();
        let (closing, done) = (self.closing.take(), self.attempts_in.clone());
        let opening = thread::Builder::new().name("open".into()).spawn(move || {
            // Some devices can be opened only once at a time.
            if let Some(closing) = closing {
                wait_for(&closing);
            }
            let opened = Stream::open(shared, opened_by(attempt), wish, device.as_deref());
            // Nobody waits for it when the program has ended.
            let _ = done.send((attempt, opened));
        });
        if let Err(error) = opening {
            let error = OutputError::Closed(error.to_string());
            let _ = self.attempts_in.send((attempt, Err(error)));
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(closing) = self.stream.take().and_then(Stream::close) {
            wait_for(&closing);
        }
    }
}
