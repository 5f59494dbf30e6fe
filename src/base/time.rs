//! Time as the program counts it: frames of sound at 48 kHz, never a wall clock.
//!
//! The loudspeaker's own count of frames is the one clock of a session. A breath is a whole number
//! of frames, so it can be exact to the sample, and a test can stand at any moment it likes.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

/// Frames a second, in the graph, in every clip and in every file. Devices with another rate are resampled behind the graph.
pub const SAMPLE_RATE: u32 = 48_000;

/// A length of time, in frames at [`SAMPLE_RATE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frames(pub u64);

impl Frames {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `ms` milliseconds; exact, for a millisecond is 48 frames.
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms * (SAMPLE_RATE as u64 / 1000))
    }

    /// The nearest whole frame to `seconds`; nothing below zero.
    pub fn from_seconds(seconds: f64) -> Self {
        Self((seconds * f64::from(SAMPLE_RATE)).round().max(0.0) as u64)
    }

    /// In whole milliseconds, to the nearest.
    pub(crate) const fn millis(self) -> u64 {
        let a_millisecond = SAMPLE_RATE as u64 / 1000;
        (self.0 + a_millisecond / 2) / a_millisecond
    }

    pub fn seconds(self) -> f64 {
        self.0 as f64 / f64::from(SAMPLE_RATE)
    }

    /// As a standard duration, for waiting by the wall clock.
    pub fn duration(self) -> Duration {
        Duration::from_micros(self.0 * 125 / 6)
    }

    /// `self` times `percent` / 100, rounded down to a frame.
    #[must_use]
    pub const fn scaled(self, percent: u32) -> Self {
        Self(self.0 * percent as u64 / 100)
    }
}

impl From<Duration> for Frames {
    fn from(duration: Duration) -> Self {
        Self::from_seconds(duration.as_secs_f64())
    }
}

impl Add for Frames {
    type Output = Self;
    /// Saturating: some lengths stand for "for ever", and the sound must not stop for a sum.
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Frames {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Frames {
    type Output = Self;
    /// Saturating: the past never comes before the beginning.
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Frames {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Frames {
    /// `m:ss.cc`, rounded down to a hundredth of a second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.0 * 100 / u64::from(SAMPLE_RATE);
        let (minutes, seconds) = (hundredths / 6000, hundredths / 100 % 60);
        write!(f, "{minutes}:{seconds:02}.{:02}", hundredths % 100)
    }
}

/// A point in time: frames since the sound began. Never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Moment(pub u64);

impl Moment {
    pub(crate) const START: Self = Self(0);

    /// The time from `earlier` to `self`; zero if `earlier` is later.
    pub(crate) const fn since(self, earlier: Self) -> Frames {
        Frames(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Frames> for Moment {
    type Output = Self;
    /// Saturating, like a sum of lengths.
    fn add(self, length: Frames) -> Self {
        Self(self.0.saturating_add(length.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_whole_frames_and_print_as_minutes() {
        assert_eq!(Frames::from_millis(4500), Frames(216_000));
        assert_eq!(Frames::from_seconds(4.5), Frames(216_000));
        assert_eq!(Frames::from_seconds(-1.0), Frames::ZERO);
        assert_eq!(Frames(216_000).scaled(115), Frames(248_400));
        assert_eq!(Frames::from_millis(83_450).to_string(), "1:23.45");
        assert_eq!(Frames(48).duration(), Duration::from_millis(1));
    }

    #[test]
    fn a_millisecond_is_48_frames() {
        assert_eq!(
            [0, 23, 24, 48, 72, 96].map(|at| Frames(at).millis()),
            [0, 0, 1, 1, 2, 2]
        );
    }

    #[test]
    fn the_past_is_never_before_the_beginning() {
        assert_eq!(Frames(1) - Frames(2), Frames::ZERO);
        assert_eq!(Moment(1).since(Moment(2)), Frames::ZERO);
    }

    #[test]
    fn for_ever_is_no_longer_with_something_added() {
        let ever = Frames(u64::MAX);
        let mut sum = ever;
        sum += Frames(1);
        assert_eq!((ever + Frames(1), sum), (ever, ever));
        assert_eq!(Moment(1) + ever, Moment(u64::MAX));
        assert_eq!([ever, ever].into_iter().sum::<Frames>(), ever);
    }
}
