//! Whether the device still plays, and how it is brought back: decided here, done by [`super::output`].
//!
//! Pure: time is an argument. What a device says of its faults cannot decide: the same ones come in harmless
//! bursts at the beginning of a stream and for ever from a dead one. So it is judged by its progress, which is
//! how many frames it has pulled; only when it says that it is gone for good is it taken at its word. Opening one
//! may hang for as long as the sound server does: such an attempt is abandoned, and another begun; should it
//! succeed late, it is as good as any.
//!
//! By hand, for no crate brings a device back: rodio and cpal report a fault and leave the rest to the program.

use std::collections::VecDeque;
use std::time::Duration;

/// A stream that plays counts as dead when it has pulled nothing for this long; so does one that begins, if it
/// complains meanwhile.
const PATIENCE: Duration = Duration::from_millis(700);

/// The same for a new one that does not complain: a wireless loudspeaker has to wake up first.
const BEGIN_PATIENCE: Duration = Duration::from_secs(3);

/// A stream that has pulled this many frames, 200 ms, plays: more than any device holds. One that opens and then
/// stands still would otherwise say "The loudspeaker is back." into nothing.
pub(crate) const PROOF: u64 = 9_600;

/// An attempt to open the device is abandoned after this long.
const OPEN_PATIENCE: Duration = Duration::from_secs(1);

/// No more attempts than this may be left behind: each keeps a thread.
pub(crate) const MOST_ABANDONED: u32 = 4;

/// The wait after an attempt that failed: first this long, then twice as long, and so on.
const FIRST_DELAY: Duration = Duration::from_millis(250);
const LONGEST_DELAY: Duration = Duration::from_millis(500);

/// How often to look. A loss is noticed this much later at most.
const LOOK: Duration = Duration::from_millis(100);

/// The same while the device is away.
const AWAY_LOOK: Duration = Duration::from_millis(50);

/// After a longer gap between two looks the program itself has slept, and the device is not to blame.
const LONGEST_LOOK: Duration = Duration::from_millis(500);

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Close the stream. That may take for ever: nobody must wait for it.
    Close,
    /// Try to open the device: this is the attempt's number.
    Open(u64),
    /// The device is lost: time goes on without it.
    Lost,
    /// The device is back: the stream plays from now on.
    Back,
}

/// What there is to see of the stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Frames that it has pulled since it was opened: of the graph, or while the device is lost of silence.
    pub pulled: u64,
    /// Times that it has complained.
    pub faults: u32,
    /// It has said that it is gone for good.
    pub gone: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// There is a stream, which has yet to prove that it plays.
    #[default]
    Begins,
    Plays,
    /// An attempt to open the device is under way since then.
    Opens(Duration),
    /// The next attempt begins then.
    Waits(Duration),
}

/// Watches over one device. All times are counted from any one beginning.
#[derive(Debug, Default)]
pub(crate) struct Supervisor {
    state: State,
    lost: bool,
    seen: Seen,
    /// When the stream last made progress, or was opened; without one, when it was given up.
    progress: Duration,
    looked: Duration,
    delay: Duration,
    /// The attempt that is waited for, or was last.
    attempt: u64,
    /// The attempt that opened the stream, or the one before it: not always the last that was begun.
    kept: u64,
    abandoned: u32,
    orders: VecDeque<Order>,
}

impl Supervisor {
    /// For a stream that was opened at `now`, by the attempt 0.
    pub(crate) fn new(now: Duration) -> Self {
        Self {
            progress: now,
            looked: now,
            ..Self::default()
        }
    }

    /// The next thing to be done, in order.
    pub(crate) fn poll(&mut self) -> Option<Order> {
        self.orders.pop_front()
    }

    /// Whether the device is lost.
    pub(crate) const fn is_lost(&self) -> bool {
        self.lost
    }

    /// Whether a stream plays.
    pub(crate) const fn plays(&self) -> bool {
        matches!(self.state, State::Plays)
    }

    /// Attempts that have been left behind and have not come to an end.
    #[cfg(test)]
    pub(crate) const fn abandoned(&self) -> u32 {
        self.abandoned
    }

    /// The attempt whose stream pulls the graph, from its first frame on; none while the device is lost, for
    /// then somebody stands in.
    pub(crate) const fn turn(&self) -> Option<u64> {
        match self.state {
            _ if self.lost => None,
            State::Begins | State::Plays => Some(self.kept),
            State::Opens(_) | State::Waits(_) => Some(self.attempt),
        }
    }

    /// How soon to look again.
    pub(crate) const fn wait(&self) -> Duration {
        if self.plays() { LOOK } else { AWAY_LOOK }
    }

    /// Looks at the stream, if there is one, and at the time.
    pub(crate) fn look(&mut self, now: Duration, seen: Seen) {
        self.forgive(now);
        match self.state {
            State::Begins | State::Plays => self.judge(now, seen),
            State::Opens(since) => {
                if !self.lost && now >= self.progress + BEGIN_PATIENCE {
                    self.lose();
                }
                if now >= since + OPEN_PATIENCE && self.abandoned < MOST_ABANDONED {
                    self.abandoned += 1;
                    self.open(now);
                }
            }
            State::Waits(until) if now >= until => self.open(now),
            State::Waits(_) => {}
        }
    }

    /// An attempt has opened the device. Whether its stream is to be kept; otherwise it is to be closed.
    #[must_use]
    pub(crate) fn opened(&mut self, now: Duration, attempt: u64) -> bool {
        let late = attempt != self.attempt || !matches!(self.state, State::Opens(_));
        if late {
            self.abandoned = self.abandoned.saturating_sub(1);
        }
        match self.state {
            State::Begins | State::Plays => return false,
            // The one that is waited for is left behind instead.
            State::Opens(_) if late => self.abandoned += 1,
            State::Opens(_) | State::Waits(_) => {}
        }
        self.state = State::Begins;
        self.kept = attempt;
        self.seen = Seen::default();
        self.progress = now;
        true
    }

    /// An attempt has failed.
    pub(crate) fn refused(&mut self, now: Duration, attempt: u64) {
        if attempt != self.attempt || !matches!(self.state, State::Opens(_)) {
            self.abandoned = self.abandoned.saturating_sub(1);
            return;
        }
        self.lose();
        self.delay = (2 * self.delay).clamp(FIRST_DELAY, LONGEST_DELAY);
        self.state = State::Waits(now + self.delay);
    }

    /// The stream is to be opened anew, with other settings: nothing is lost by that.
    pub(crate) fn renew(&mut self, now: Duration) {
        self.orders.push_back(Order::Close);
        self.progress = now;
        self.delay = Duration::ZERO;
        self.open(now);
    }

    fn open(&mut self, now: Duration) {
        self.attempt += 1;
        self.state = State::Opens(now);
        self.orders.push_back(Order::Open(self.attempt));
    }

    fn lose(&mut self) {
        if !self.lost {
            self.lost = true;
            self.orders.push_back(Order::Lost);
        }
    }

    /// Every time but the one of sleep counts.
    fn forgive(&mut self, now: Duration) {
        let gap = now.saturating_sub(self.looked);
        self.looked = now;
        if gap > LONGEST_LOOK {
            self.progress = now;
        }
    }

    fn judge(&mut self, now: Duration, seen: Seen) {
        let before = std::mem::replace(&mut self.seen, seen);
        let begins = matches!(self.state, State::Begins);
        if seen.pulled > before.pulled && !seen.gone {
            self.progress = now;
            if begins && seen.pulled >= PROOF {
                self.prove();
            }
            return;
        }
        let complains = seen.faults > before.faults;
        let wakes = begins && !complains;
        let patience = if wakes { BEGIN_PATIENCE } else { PATIENCE };
        if seen.gone || now >= self.progress + patience {
            self.orders.push_back(Order::Close);
            self.lose();
            self.progress = now;
            // One that has played is tried again at once.
            self.delay = if begins { FIRST_DELAY } else { Duration::ZERO };
            self.state = State::Waits(now + self.delay);
        }
    }

    fn prove(&mut self) {
        self.state = State::Plays;
        if self.lost {
            self.lost = false;
            self.orders.push_back(Order::Back);
        }
    }
}
