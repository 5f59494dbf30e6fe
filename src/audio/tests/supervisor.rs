//! The device's supervisor under a virtual clock, with devices that vanish, freeze, refuse, hang and complain.

use std::time::Duration;

use crate::audio::supervisor::{MOST_ABANDONED, Order, PROOF, Seen, Supervisor};
use proptest::prelude::*;

/// A step of the virtual clock.
const STEP: u64 = 10;

/// What opening takes, mostly.
const OPENING: u64 = 40;

/// A device counts as lost after this, at the latest, however it fails: in milliseconds.
const NOTICED: u64 = 900;

/// It is back after this, at the latest, once it can be opened.
const BACK: u64 = 2000;

/// How a device is, for so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// It is not there: its stream complains for ever, and opening fails at once.
    Vanished,
    /// Its server does not answer: its stream stands still, and opening hangs until it does.
    Frozen,
    /// Its stream says that it is gone for good; it can be opened at once.
    Invalidated,
    /// A burst of complaints; it plays on.
    Burst,
    /// It starves for a moment; it plays on.
    Underrun,
    /// The program itself is stopped, and continued.
    Stopped,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    /// By which it was opened.
    attempt: u64,
    /// A server that was replaced never pulls this one again.
    server: u64,
    pulled: u64,
    faults: u32,
    gone: bool,
}

#[derive(Clone, Copy, Debug)]
struct Opening {
    attempt: u64,
    server: u64,
    /// When it comes to an end, unless the server is frozen then.
    done: u64,
}

/// A supervisor, its device, and what came of them.
struct Bench {
    supervisor: Supervisor,
    now: u64,
    looked: u64,
    fault: Fault,
    server: u64,
    stream: Option<Stream>,
    openings: Vec<Opening>,
    opening: u64,
    /// How long the session has gone on, in milliseconds: what was rendered, whoever pulled it.
    session: u64,
    /// Since when the device is in order.
    well: Option<u64>,
    /// Since when nothing could be heard.
    unheard: Option<u64>,
    lost: bool,
    losses: usize,
    longest_away: u64,
}

impl Bench {
    fn new() -> Self {
        Self {
            supervisor: Supervisor::new(Duration::ZERO),
            now: 0,
            looked: 0,
            fault: Fault::None,
            server: 0,
            stream: Some(Stream {
                attempt: 0,
                server: 0,
                pulled: 0,
                faults: 0,
                gone: false,
            }),
            openings: Vec::new(),
            opening: OPENING,
            session: 0,
            well: Some(0),
            unheard: None,
            lost: false,
            losses: 0,
            longest_away: 0,
        }
    }

    fn now(&self) -> Duration {
        Duration::from_millis(self.now)
    }

    fn pass(&mut self, fault: Fault, length: u64) {
        if fault == Fault::Stopped {
            // Nothing of the program runs: neither its stream nor whoever looks.
            self.now += length;
            self.well = self.well.map(|_| self.now);
            self.unheard = self.unheard.map(|_| self.now);
            return;
        }
        self.begin(fault);
        let until = self.now + length;
        while self.now < until {
            self.step(until);
        }
    }

    fn begin(&mut self, fault: Fault) {
        self.fault = fault;
        self.server += u64::from(fault == Fault::Vanished);
        if fault == Fault::Invalidated {
            self.well = Some(self.now);
        } else if self.is_well() {
            self.well.get_or_insert(self.now);
        } else {
            self.well = None;
            self.unheard.get_or_insert(self.now);
        }
        match (fault, &mut self.stream) {
            (Fault::Invalidated, Some(stream)) => stream.gone = true,
            (Fault::Burst, Some(stream)) => stream.faults += 900,
            _ => {}
        }
    }

    fn is_well(&self) -> bool {
        !matches!(self.fault, Fault::Vanished | Fault::Frozen)
    }

    fn step(&mut self, until: u64) {
        self.now += STEP;
        // A stream that starves pulls nothing for less than half a second.
        let left = until.saturating_sub(self.now);
        let starves = self.fault == Fault::Underrun && (200..600).contains(&left);
        let plays = self.is_well() && !starves;
        if let Some(stream) = &mut self.stream {
            if stream.server != self.server {
                stream.faults += 5;
            } else if plays && !stream.gone {
                let its_turn = self.supervisor.turn() == Some(stream.attempt);
                if its_turn || self.lost {
                    stream.pulled += STEP * 48;
                }
                if its_turn {
                    self.session += STEP;
                    self.unheard = None;
                }
            }
        }
        // Somebody stands in.
        self.session += if self.lost { STEP } else { 0 };
        self.end_openings();
        if self.now - self.looked < self.supervisor.wait().as_millis() as u64 {
            return;
        }
        self.looked = self.now;
        let seen = self.stream.map(|stream| Seen {
            pulled: stream.pulled,
            faults: stream.faults,
            gone: stream.gone,
        });
        self.supervisor.look(self.now(), seen.unwrap_or_default());
        self.obey();
        self.check();
    }

    fn end_openings(&mut self) {
        let (now, server, fault) = (self.now, self.server, self.fault);
        let ends = |opening: &mut Opening| {
            opening.server != server || (now >= opening.done && fault != Fault::Frozen)
        };
        let ended: Vec<_> = self.openings.extract_if(.., ends).collect();
        for opening in ended {
            let opens = opening.server == server && fault != Fault::Vanished;
            if !opens {
                self.supervisor.refused(self.now(), opening.attempt);
            } else if self.supervisor.opened(self.now(), opening.attempt) {
                assert!(self.stream.is_none(), "two streams");
                self.stream = Some(Stream {
                    attempt: opening.attempt,
                    server,
                    pulled: 0,
                    faults: 0,
                    gone: false,
                });
            }
        }
    }

    fn obey(&mut self) {
        while let Some(order) = self.supervisor.poll() {
            match order {
                Order::Close => assert!(self.stream.take().is_some(), "nothing to be closed"),
                Order::Open(attempt) => {
                    assert!(self.stream.is_none(), "opened beside a stream");
                    self.openings.push(Opening {
                        attempt,
                        server: self.server,
                        done: self.now + self.opening,
                    });
                }
                Order::Lost => {
                    assert!(!self.lost, "lost twice");
                    self.lost = true;
                    self.losses += 1;
                }
                Order::Back => {
                    assert!(self.lost, "back, and never away");
                    let stream = self.stream.expect("a stream");
                    assert!(stream.pulled >= PROOF, "back unproved");
                    self.lost = false;
                    self.unheard = None;
                }
            }
        }
    }

    fn check(&mut self) {
        assert_eq!(self.lost, self.supervisor.is_lost());
        assert_eq!(self.lost, self.supervisor.turn().is_none());
        assert!(self.supervisor.abandoned() <= MOST_ABANDONED);
        assert!(
            self.openings.len() as u32 <= MOST_ABANDONED + 1,
            "{:?}",
            self.openings
        );
        let away = self.well.map_or(0, |well| self.now - well);
        if self.lost {
            assert!(away <= BACK, "away for {away} ms in {:?}", self.fault);
            self.longest_away = self.longest_away.max(away);
        } else if let Some(unheard) = self.unheard {
            assert!(
                self.now - unheard <= NOTICED,
                "unnoticed in {:?}",
                self.fault
            );
        }
    }

    /// Everything is in order again, and the device plays.
    fn rest(&mut self) {
        self.pass(Fault::None, 4000);
        assert!(
            !self.lost && self.supervisor.plays(),
            "{:?}",
            self.supervisor
        );
    }
}

#[test]
fn each_fault_by_itself() {
    for fault in [Fault::Vanished, Fault::Frozen] {
        for length in [100, 650, 1000, 3000, 4000, 20_000, 100_000] {
            let mut bench = Bench::new();
            bench.rest();
            bench.pass(fault, length);
            bench.rest();
            let most = usize::from(length >= 1000 || fault == Fault::Vanished);
            assert_eq!(bench.losses, most, "{fault:?} for {length} ms");
        }
    }
    let mut bench = Bench::new();
    bench.pass(Fault::Invalidated, 3000);
    assert_eq!(bench.losses, 1);
    bench.rest();
}

#[test]
fn what_is_harmless_is_no_loss() {
    let mut bench = Bench::new();
    for _ in 0..50 {
        bench.pass(Fault::Burst, 300);
        bench.pass(Fault::Underrun, 900);
        bench.pass(Fault::Stopped, 60_000);
        bench.pass(Fault::None, 1000);
    }
    assert_eq!(bench.losses, 0);
}

#[test]
fn a_stream_that_never_begins_is_lost_after_three_seconds() {
    let mut bench = Bench::new();
    bench.fault = Fault::Frozen;
    bench.well = None;
    for _ in 0..295 {
        bench.step(u64::MAX);
    }
    assert!(!bench.lost);
    for _ in 0..20 {
        bench.step(u64::MAX);
    }
    assert!(bench.lost);
}

#[test]
fn opening_anew_with_longer_periods_is_no_loss_unless_it_fails() {
    for (fault, losses) in [(Fault::None, 0), (Fault::Vanished, 1), (Fault::Frozen, 1)] {
        let mut bench = Bench::new();
        bench.rest();
        bench.supervisor.renew(bench.now());
        bench.obey();
        bench.begin(fault);
        // It has three seconds to begin.
        bench.unheard = None;
        for _ in 0..350 {
            bench.step(u64::MAX);
        }
        assert_eq!(bench.losses, losses, "{fault:?}");
        bench.rest();
    }
}

#[test]
fn a_stream_that_opens_late_plays() {
    // Given up after a second and another begun, the first one is there after all.
    for opening in [40, 900, 1200, 1900, 2500, 2900] {
        let mut bench = Bench::new();
        bench.rest();
        bench.opening = opening;
        bench.supervisor.renew(bench.now());
        bench.obey();
        bench.pass(Fault::None, opening + 200);
        let before = bench.session;
        bench.pass(Fault::None, 5000);
        assert_eq!(bench.losses, 0, "lost, opened after {opening} ms");
        assert_eq!(bench.session - before, 5000, "opened after {opening} ms");
        bench.opening = OPENING;
        bench.pass(Fault::Vanished, 3000);
        bench.rest();
        assert_eq!(bench.losses, 1);
    }
}

fn any_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::Vanished),
        4 => Just(Fault::Frozen),
        1 => Just(Fault::Invalidated),
        2 => Just(Fault::Burst),
        1 => Just(Fault::Underrun),
        1 => Just(Fault::Stopped),
        2 => Just(Fault::None),
    ]
}

/// Faults, some of a moment and some long, most of them upon one another.
fn any_faults() -> impl Strategy<Value = Vec<(Fault, u64)>> {
    let length = prop_oneof![10..400_u64, 10..3000_u64, 3000..30_000_u64];
    prop::collection::vec((any_fault(), length), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn it_always_comes_back(faults in any_faults()) {
        let mut bench = Bench::new();
        bench.rest();
        for (fault, length) in faults {
            bench.pass(fault, length);
        }
        bench.rest();
    }
}

/// The same a hundred times, from seeds that never change.
#[test]
fn a_hundred_sequences_of_faults() {
    let (mut losses, mut longest) = (0, 0);
    for seed in 1..=100_u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut next = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) % below
        };
        let mut bench = Bench::new();
        bench.rest();
        for _ in 0..40 {
            let fault = [
                Fault::Vanished,
                Fault::Frozen,
                Fault::Vanished,
                Fault::Frozen,
                Fault::None,
                Fault::Invalidated,
                Fault::Burst,
                Fault::Underrun,
                Fault::Stopped,
            ][next(9) as usize];
            let most = [300, 3000, 30_000][next(3) as usize];
            bench.pass(fault, 10 + next(most));
        }
        bench.rest();
        losses += bench.losses;
        longest = longest.max(bench.longest_away);
    }
    println!("{losses} losses, the longest way back {longest} ms");
    assert!(losses > 500, "only {losses} losses");
}
