//! One press for a key held down, however the terminal repeats it.
//!
//! Few terminals say when a key is let go, and none says so for letters and the space bar without
//! garbling others. Everywhere else a key held down is a train of presses, and only its rhythm
//! tells it from a finger: a train sets off 200 to 1000 ms after the press and then comes every 20
//! to 100 ms, faster than a finger can.
//!
//! By hand, for no crate tells the two apart by time: terminal libraries hand on what the terminal says.
//!
//! The first press always counts at once. Only a second one of the same key that comes when a
//! train could set off is held back, for as long as the train's next wagon would take.

use std::collections::HashSet;
use std::time::Duration;

use crate::base::Key;

/// What a terminal says happened to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// It went down; or, in a terminal that says no more, it repeats itself.
    Press,
    /// It is held, and says so.
    Repeat,
    Release,
}

/// Two presses closer than this are no two presses of a finger: a worn switch that bounces, or a
/// train that a slow line delivered in one heap.
const BOUNCE: Duration = Duration::from_millis(25);
/// No keyboard begins to repeat sooner than this: up to here a second press is a finger's.
const TRAIN_SETS_OFF: Duration = Duration::from_millis(180);
/// No keyboard begins to repeat later than this.
const TRAIN_IS_OFF: Duration = Duration::from_millis(1100);
/// A train's next wagon comes within this, or there is no train.
const WAGON: Duration = Duration::from_millis(110);
/// A train that stutters for longer has ended.
const TRAIN_ENDS: Duration = Duration::from_millis(250);

/// More presses than this within [`BURST`] are no fingers, but text that was pasted, or a cable that chatters.
const FINGERS: usize = 8;
/// And they go on until it has been calm for as long.
const BURST: Duration = Duration::from_millis(500);

/// Turns what a terminal reports into presses as she meant them.
#[derive(Debug, Default)]
pub(crate) struct Held {
    last: Option<Last>,
    /// Until when the last press waits for its verdict.
    verdict: Option<Duration>,
    /// The keys whose holding and letting go this terminal reports: their presses need no guess.
    reported: HashSet<Key>,
    burst: Burst,
}

/// The last press of any key, whether it counted or not.
#[derive(Clone, Copy, Debug)]
struct Last {
    key: Key,
    at: Duration,
    in_train: bool,
}

/// What becomes of a press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guess {
    Meant,
    /// The key is held down.
    Train,
    /// The next [`WAGON`] will tell.
    Wait,
}

impl Held {
    /// Takes in what happened to `key` at time `at`, and gives the presses that count now, in
    /// order: one that was held back and turned out to be meant, and this one.
    pub(crate) fn event(
        &mut self,
        at: Duration,
        key: Key,
        kind: Kind,
    ) -> impl Iterator<Item = Key> + use<> {
        let before = self.expire(at);
        let (before, now) = if kind == Kind::Press {
            let before = before.or_else(|| self.overtaken_by(key));
            (before, self.press(at, key))
        } else {
            self.trust(key);
            (before, None)
        };
        let now = now.and_then(|key| self.burst.one_slip(at, key));
        before.into_iter().chain(now)
    }

    /// When to call [`expire`](Self::expire), if nothing happens before.
    pub(crate) const fn deadline(&self) -> Option<Duration> {
        self.verdict
    }

    /// The press held back, if by `at` no train has come of it.
    pub(crate) fn expire(&mut self, at: Duration) -> Option<Key> {
        self.verdict.take_if(|until| *until <= at)?;
        self.last.map(|last| last.key)
    }

    /// The press held back, if `key` is another: a train does not outlive another key's press.
    fn overtaken_by(&mut self, key: Key) -> Option<Key> {
        let waiting = self.last?.key;
        self.verdict.take_if(|_| waiting != key)?;
        Some(waiting)
    }

    fn press(&mut self, at: Duration, key: Key) -> Option<Key> {
        let verdict = self.judge(at, key);
        self.verdict = (verdict == Guess::Wait).then_some(at + WAGON);
        let in_train = verdict == Guess::Train;
        self.last = Some(Last { key, at, in_train });
        (verdict == Guess::Meant).then_some(key)
    }

    fn judge(&self, at: Duration, key: Key) -> Guess {
        let Some(last) = self.last.filter(|last| last.key == key) else {
            return Guess::Meant;
        };
        if self.reported.contains(&key) {
            return Guess::Meant;
        }
        let gap = at.saturating_sub(last.at);
        if self.verdict.is_some() || gap < BOUNCE || (last.in_train && gap <= TRAIN_ENDS) {
            return Guess::Train;
        }
        if (TRAIN_SETS_OFF..=TRAIN_IS_OFF).contains(&gap) {
            return Guess::Wait;
        }
        Guess::Meant
    }

    fn trust(&mut self, key: Key) {
        self.reported.insert(key);
    }
}

/// More presses than there are fingers for: together one key that means nothing.
#[derive(Debug, Default)]
struct Burst {
    /// When it pressed, of late.
    presses: Vec<Duration>,
}

impl Burst {
    /// What a press counts as. What she ends it with always counts.
    fn one_slip(&mut self, at: Duration, key: Key) -> Option<Key> {
        if matches!(key, Key::Escape | Key::CtrlC) {
            return Some(key);
        }
        if self.presses.last().is_none_or(|last| at >= *last + BURST) {
            self.presses.clear();
        } else if self.presses.len() <= FINGERS {
            self.presses.retain(|press| at < *press + BURST);
        }
        if self.presses.len() > FINGERS {
            self.presses[FINGERS] = at;
            return None;
        }
        self.presses.push(at);
        Some(if self.presses.len() > FINGERS {
            Key::Other
        } else {
            key
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Presses of `key` at these milliseconds; gives the milliseconds at which a press counted.
    fn counted(key: Key, presses: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut held = Held::default();
        let mut counted = Vec::new();
        for at in presses.into_iter().map(Duration::from_millis) {
            if let Some(due) = held.deadline().filter(|due| *due < at) {
                counted.extend(held.expire(due).map(|_| due));
            }
            counted.extend(held.event(at, key, Kind::Press).map(|_| at));
        }
        if let Some(due) = held.deadline() {
            counted.extend(held.expire(due).map(|_| due));
        }
        assert_eq!(held.deadline(), None);
        counted
            .into_iter()
            .map(|at| at.as_millis() as u64)
            .collect()
    }

    /// A key that goes down at `down` and stays so for `length`.
    fn hold(down: u64, (delay, interval): (u64, u64), length: u64) -> Vec<u64> {
        let repeats = (delay..length).step_by(interval as usize);
        std::iter::once(0)
            .chain(repeats)
            .map(|at| down + at)
            .collect()
    }

    const KEYBOARDS: [(&str, (u64, u64)); 10] = [
        ("X11", (660, 40)),
        ("GNOME", (500, 30)),
        ("KDE", (600, 40)),
        ("Linux console", (250, 92)),
        ("macOS, shortest", (225, 30)),
        ("macOS, as it comes", (500, 83)),
        ("Windows", (500, 33)),
        ("Windows, longest", (1000, 33)),
        ("xset r rate 200 50", (200, 20)),
        ("slow", (1000, 100)),
    ];

    #[test]
    fn a_key_held_is_one_press_at_once() {
        for (name, keyboard) in KEYBOARDS {
            for length in [50, 150, 2500, 20_000] {
                let counted = counted(Key::Escape, hold(0, keyboard, length));
                assert_eq!(counted, [0], "{name}, held for {length} ms");
            }
        }
    }

    #[test]
    fn two_deliberate_presses_are_two() {
        for (gap, second) in [
            (80, 80),
            (100, 100),
            (150, 150),
            (300, 410),
            (500, 610),
            (900, 1010),
            (1500, 1500),
        ] {
            assert_eq!(
                counted(Key::Escape, [0, gap]),
                [0, second],
                "{gap} ms apart"
            );
        }
    }

    #[test]
    fn five_deliberate_presses_are_five() {
        for gap in [100, 150, 300, 500, 900, 1500] {
            let presses = (0..5).map(|n| n * gap);
            assert_eq!(counted(Key::Space, presses).len(), 5, "{gap} ms apart");
        }
    }

    #[test]
    fn a_press_after_a_hold_counts() {
        for (name, keyboard) in KEYBOARDS {
            let held = hold(0, keyboard, 3000);
            for pause in [300, 600, 1500] {
                let again = held.last().unwrap() + pause;
                let presses = held.iter().copied().chain([again]);
                assert_eq!(
                    counted(Key::Escape, presses).len(),
                    2,
                    "{name}, {pause} ms after"
                );
            }
        }
    }

    #[test]
    fn a_second_press_held_down_is_the_second_of_two() {
        for (name, keyboard) in KEYBOARDS {
            for gap in [100, 150] {
                let presses = std::iter::once(0).chain(hold(gap, keyboard, 3000));
                assert_eq!(
                    counted(Key::Escape, presses),
                    [0, gap],
                    "{name}, {gap} ms apart"
                );
            }
        }
    }

    #[test]
    fn a_train_that_a_slow_line_stops_for_a_while_is_still_one_press() {
        let stalled = hold(0, (500, 30), 3000).into_iter().map(|at| {
            if (700..1500).contains(&at) {
                1500 + at / 100
            } else {
                at
            }
        });
        assert_eq!(counted(Key::Escape, stalled), [0]);
        let heaped = hold(0, (500, 30), 3000).into_iter().map(|at| at.max(900));
        assert_eq!(counted(Key::Escape, heaped), [900]);
    }

    #[test]
    fn a_switch_that_bounces_is_one_press() {
        assert_eq!(counted(Key::Space, [0, 8]), [0]);
        assert_eq!(counted(Key::Space, [0, 8, 1500]), [0, 1500]);
    }

    #[test]
    fn another_key_tells_at_once_that_the_one_before_was_meant() {
        let mut held = Held::default();
        let mut press = |at, key| -> Vec<Key> {
            let at = Duration::from_millis(at);
            held.event(at, key, Kind::Press).collect()
        };
        assert_eq!(press(0, Key::Up), [Key::Up]);
        assert_eq!(press(400, Key::Up), []);
        assert_eq!(press(450, Key::Escape), [Key::Up, Key::Escape]);
        assert_eq!(press(850, Key::Up), [Key::Up]);
        assert_eq!(press(1250, Key::Up), []);
        // Read late: the wait is over before the next press is looked at.
        assert_eq!(press(1370, Key::Up), [Key::Up, Key::Up]);
        assert_eq!(held.deadline(), None);
    }

    #[test]
    fn more_presses_than_there_are_fingers_for_are_one_slip() {
        let mut held = Held::default();
        let mut press = |at, key| held.event(at, key, Kind::Press).collect::<Vec<_>>();
        let flood = |n: u64| {
            (
                Duration::from_micros(n * 100),
                [Key::Up, Key::Down][n as usize % 2],
            )
        };
        for n in 0..8 {
            let (at, key) = flood(n);
            assert_eq!(press(at, key), [key]);
        }
        let (at, key) = flood(8);
        assert_eq!(press(at, key), [Key::Other]);
        for n in 9..100_000 {
            let (at, key) = flood(n);
            assert_eq!(press(at, key), []);
        }
        // What she ends it with counts at once, all else when it is calm again.
        let after = |ms| Duration::from_millis(10_000 + ms);
        assert_eq!(press(after(0), Key::Escape), [Key::Escape]);
        assert_eq!(press(after(10), Key::CtrlC), [Key::CtrlC]);
        assert_eq!(press(after(490), Key::Space), []);
        assert_eq!(press(after(900), Key::Backspace), []);
        assert_eq!(press(after(1600), Key::Enter), [Key::Enter]);
        // Two hands on the arrows, as fast as they can.
        for n in 0..200 {
            let (_, key) = flood(n);
            assert_eq!(press(after(5000 + n * 65), key), [key]);
        }
    }

    #[test]
    fn where_the_terminal_says_so_nothing_is_guessed() {
        let mut held = Held::default();
        let mut event = |at, kind| {
            let at = Duration::from_millis(at);
            held.event(at, Key::Escape, kind).count()
        };
        assert_eq!(event(0, Kind::Press), 1);
        for at in (500..2000).step_by(30) {
            assert_eq!(event(at, Kind::Repeat), 0);
        }
        assert_eq!(event(2000, Kind::Release), 0);
        for at in (2010..4000).step_by(400) {
            assert_eq!(event(at, Kind::Press), 1);
            assert_eq!(event(at + 60, Kind::Release), 0);
        }
        assert_eq!(held.deadline(), None);
    }

    proptest! {
        #[test]
        fn any_keyboard_held_for_any_time_is_one_press(
            delay in 200_u64..=1000,
            intervals in prop::collection::vec(25_u64..=105, 2..60),
        ) {
            let repeats = intervals.iter().scan(delay, |at, step| {
                *at += step;
                Some(*at)
            });
            let presses: Vec<u64> = [0, delay].into_iter().chain(repeats).collect();
            prop_assert_eq!(counted(Key::Escape, presses), [0]);
        }

        #[test]
        fn any_two_presses_of_a_finger_are_two_and_never_late(gap in 60_u64..3000) {
            let counted = counted(Key::Escape, [0, gap]);
            prop_assert_eq!(counted.len(), 2);
            prop_assert!(counted[1] - gap <= 110);
        }

        #[test]
        fn keys_in_turn_are_never_held_back(gaps in prop::collection::vec(0_u64..2000, 1..30)) {
            let mut held = Held::default();
            let mut at = Duration::ZERO;
            for (n, gap) in gaps.into_iter().enumerate() {
                at += Duration::from_millis(gap);
                let key = if n % 2 == 0 { Key::Space } else { Key::Escape };
                prop_assert_eq!(held.event(at, key, Kind::Press).collect::<Vec<_>>(), [key]);
            }
        }

        #[test]
        fn presses_are_never_made_up(gaps in prop::collection::vec(0_u64..2000, 1..60)) {
            let presses: Vec<u64> = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect();
            let counted = counted(Key::Space, presses.iter().copied());
            prop_assert!(counted.len() <= presses.len());
            prop_assert_eq!(counted[0], presses[0]);
        }
    }
}
