//! How many frames a device is asked for at a time.
//!
//! It holds two periods, so their length decides how soon a key is silence: 31 ms with 640 frames, 53 ms with
//! 1280, the fade included. A long period stutters less: with two of two cores busy for ten minutes there were
//! three gaps of at most 17 ms with 640, none with 1280. It begins short, for most machines are not busy while
//! somebody rests in front of them; one that is interrupts her once before its period doubles.

use rodio::cpal::{BufferSize, SupportedBufferSize};

/// No period is widened beyond this: 85 ms, and silence would come late.
const LARGEST_PERIOD: u32 = 4096;

/// Frames in a period, as they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    wanted: u32,
    /// What the device has taken before, should it refuse that.
    pub(super) proven: u32,
    /// The longest that is worth a try.
    widest: u32,
}

impl Period {
    /// This and no other, until it is widened.
    pub(super) const fn only(frames: u32) -> Self {
        Self {
            wanted: frames,
            proven: frames,
            widest: LARGEST_PERIOD,
        }
    }

    /// Twice as long as what is in force, within what is allowed; `None` when that is no longer.
    pub(super) fn widened(self) -> Option<Self> {
        let wanted = self.proven.saturating_mul(2).min(self.widest);
        (wanted > self.proven).then_some(Self { wanted, ..self })
    }

    /// What to ask a device for, one after the other: its driver refuses any length outside its range, and
    /// may have said nothing about that range. Its own choice is the last resort.
    pub(super) fn sizes(self, range: &SupportedBufferSize) -> Vec<BufferSize> {
        let fixed = |period| BufferSize::Fixed(within(period, range));
        let mut sizes = vec![fixed(self.wanted), fixed(self.proven)];
        sizes.dedup();
        sizes.push(BufferSize::Default);
        sizes
    }

    /// What is in force when a device that takes periods in `range` was opened with `size`.
    pub(super) fn come_true(self, size: BufferSize, range: &SupportedBufferSize) -> Self {
        let (proven, widest) = match size {
            BufferSize::Fixed(period) if period < self.wanted => (period, period),
            BufferSize::Fixed(period) => (period, within(LARGEST_PERIOD, range)),
            // Nobody says how long it is.
            BufferSize::Default => (self.proven, self.proven),
        };
        Self {
            wanted: proven,
            proven,
            widest,
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

#[cfg(test)]
mod tests {
    use super::*;
    use SupportedBufferSize::{Range, Unknown};

    fn sizes(wanted: u32, proven: u32, range: &SupportedBufferSize) -> Vec<BufferSize> {
        let period = Period {
            wanted,
            ..Period::only(proven)
        };
        period.sizes(range)
    }

    /// The period in force, and the longest that is worth a try after it.
    fn in_force(period: Period, size: BufferSize, range: &SupportedBufferSize) -> (u32, u32) {
        let came = period.come_true(size, range);
        assert_eq!(came.wanted, came.proven);
        (came.proven, came.widest)
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
        let wish = Period::only(640).widened().unwrap();
        assert_eq!((wish.wanted, wish.proven), (1280, 640));
        let came = |size, range: &SupportedBufferSize| in_force(wish, size, range);
        assert_eq!(came(BufferSize::Fixed(1280), &any), (1280, LARGEST_PERIOD));
        assert_eq!(came(BufferSize::Fixed(640), &any), (640, 640), "refused");
        assert_eq!(came(BufferSize::Default, &Unknown), (640, 640));
        let short = Range { min: 16, max: 1500 };
        assert_eq!(came(BufferSize::Fixed(1280), &short), (1280, 1500));
        let only = Range {
            min: 1024,
            max: 1024,
        };
        let came = in_force(Period::only(640), BufferSize::Fixed(1024), &only);
        assert_eq!(came, (1024, 1024), "there is nothing to be widened");
    }

    #[test]
    fn no_period_is_widened_beyond_the_largest() {
        let widened = |period, widest| {
            let period = Period {
                widest,
                ..Period::only(period)
            };
            period.widened().unwrap().wanted
        };
        assert_eq!(widened(2048, LARGEST_PERIOD), 4096);
        assert_eq!(widened(3000, LARGEST_PERIOD), 4096);
        assert_eq!(widened(640, 1000), 1000);
        assert_eq!(Period::only(LARGEST_PERIOD).widened(), None);
    }
}
