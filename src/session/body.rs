//! How she is, as far as the routine knows: what may truly be said to her, and how long she has stood.

use crate::base::{Frames, Moment, Posture};

/// She stands no longer than this, pauses and waits included (a house rule on ACOG804: no long motionless standing).
const LONGEST_ON_FEET: Frames = Frames::from_millis(360_000);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Body {
    /// She sits, and nothing of her is to move.
    Still,
    /// She sits, in a movement: her arms may be up.
    Moving,
    /// She is on her feet.
    Standing,
}

impl Body {
    pub(super) const ALL: [Self; 3] = [Self::Still, Self::Moving, Self::Standing];

    pub(super) const fn posture(self) -> Posture {
        match self {
            Self::Still | Self::Moving => Posture::Seated,
            Self::Standing => Posture::Standing,
        }
    }
}

/// Where the routine last had her, kept through a close.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bearing {
    moves: bool,
    stands_since: Option<Moment>,
}

impl Bearing {
    /// The movement at `now` has her on her feet, or has her move.
    pub(super) fn watch(&mut self, now: Moment, on_feet: bool, moves: bool) {
        self.moves = moves;
        if on_feet {
            self.stands_since.get_or_insert(now);
        } else {
            self.stands_since = None;
        }
    }

    pub(super) const fn body(self) -> Body {
        match (self.stands_since, self.moves) {
            (Some(_), _) => Body::Standing,
            (None, true) => Body::Moving,
            (None, false) => Body::Still,
        }
    }

    /// Her feet know the time that the computer slept through.
    pub(super) fn slept(&mut self, asleep: Frames) {
        if let Some(since) = &mut self.stands_since {
            since.0 = since.0.saturating_sub(asleep.0);
        }
    }

    /// When she has stood for long enough, whatever comes next.
    pub(super) fn sits_by(self) -> Option<Moment> {
        self.stands_since.map(|since| since + LONGEST_ON_FEET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipping_and_sleeping_give_her_no_more_time_on_her_feet() {
        let at = |seconds: u64| Moment::START + Frames::from_millis(seconds * 1000);
        let mut bearing = Bearing::default();
        assert_eq!(bearing.body(), Body::Still);
        bearing.watch(at(10_000), true, true);
        bearing.watch(at(10_060), true, false);
        assert_eq!(bearing.sits_by(), Some(at(10_360)));
        bearing.slept(Frames::from_millis(300_000));
        assert_eq!(bearing.sits_by(), Some(at(10_060)));
        assert_eq!(bearing.body(), Body::Standing);
        bearing.watch(at(10_061), false, true);
        assert_eq!((bearing.body(), bearing.sits_by()), (Body::Moving, None));
    }
}
