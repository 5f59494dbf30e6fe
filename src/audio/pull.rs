//! Who pulls the graph: a device's stream, or while there is none a stand-in, by the wall clock.
//!
//! Only one does at a time. Every stream and stand-in has a number, and any other than the one whose turn it is
//! gets silence, while it is on its way in or out.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rodio::{ChannelCount, SampleRate, Source};

use super::graph::{BLOCK, Graph};
use crate::base::{Frames, SAMPLE_RATE};
use crate::clock::{now, pause};

/// How often the stand-in pulls, and how much at most at a time: if more is due, it has slept itself.
const STAND_IN_PERIOD: Duration = Duration::from_millis(10);
const STAND_IN_MOST: Duration = Duration::from_millis(500);

const MONO: ChannelCount = NonZero::<u16>::MIN;
const STEREO: ChannelCount = MONO.saturating_add(1);
// 48,000 is not zero.
pub(super) const RATE: SampleRate = NonZero::new(SAMPLE_RATE).unwrap();

/// What a stream's own threads have seen.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) pulled: AtomicU64,
    pub(super) underruns: AtomicU32,
    pub(super) faults: AtomicU32,
    pub(super) gone: AtomicBool,
}

/// The graph, and whose turn it is to pull it.
#[derive(Clone)]
pub(super) struct Shared {
    graph: Arc<Mutex<Graph>>,
    /// The number of a stream ([`opened_by`]) or of whoever is [`standing_in`].
    turn: Arc<AtomicU64>,
}

/// Among all that pull the graph, the number of the stream that this attempt opens: even.
pub(super) const fn opened_by(attempt: u64) -> u64 {
    2 * attempt
}

/// And of this stand-in: odd.
pub(super) const fn standing_in(number: u64) -> u64 {
    2 * number + 1
}

/// Whether it is the turn of a stand-in.
const fn is_stood_in(turn: u64) -> bool {
    turn % 2 == 1
}

impl Shared {
    /// It is the first stream's turn.
    pub(super) fn new(graph: Graph) -> Self {
        Self {
            graph: Arc::new(Mutex::new(graph)),
            turn: Arc::new(AtomicU64::new(opened_by(0))),
        }
    }

    pub(super) fn give_turn(&self, puller: u64) {
        self.turn.store(puller, Ordering::Release);
    }

    /// What a stream plays.
    pub(super) fn source(self, puller: u64, watch: Arc<Watch>, channels: ChannelCount) -> Pull {
        let channels = channels.min(STEREO);
        Pull {
            shared: self,
            puller,
            watch,
            channels,
            block: [0.0; BLOCK],
            balance: [1.0; 2],
            next: BLOCK * usize::from(channels.get()),
        }
    }

    /// Pulls the graph by the wall clock, until it is another's turn.
    pub(super) fn stand_in(self, puller: u64) {
        self.give_turn(puller);
        // Without it time stands still until the device is back, and keys work all the same.
        let thread = thread::Builder::new().name("stand in".into());
        let _ = thread.spawn(move || self.pull_by_the_clock(puller));
    }

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

/// The one source: pulls the graph in blocks and hands the samples out one by one.
pub(super) struct Pull {
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
        // Never waits: another puller that holds the graph is about to find that it is not its turn.
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

    /// What a puller that has this number sees when it is this one's turn: whether it moved on.
    fn counts(puller: u64, turn: u64) -> (u64, u64) {
        let (graph, control) = Graph::new();
        let shared = Shared::new(graph);
        shared.give_turn(turn);
        let watch = Arc::new(Watch::default());
        shared.source(puller, watch.clone(), MONO).next();
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
