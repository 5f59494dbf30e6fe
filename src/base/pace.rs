//! The paces: how slowly breath, speech and rests go, and within which safe bounds.

use serde::{Deserialize, Serialize};
use strum::Display;

use crate::base::{posture::Posture, time::Frames};

/// Words a minute, as measured on the finished clip of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WordsPerMinute(pub u16);

/// The rate of everything that keeps her safe, in every pace: never slowed, for attention drifts below about 110.
pub const SAFETY_RATE: WordsPerMinute = WordsPerMinute(137);

/// Quiet after the cue word of one repetition when nothing is counted.
pub(crate) const OWN_BREATH: Frames = Frames::from_millis(12_000);

/// How slowly the session goes. Breath, speech and rests slow together; safety text never does.
#[derive(Display, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "program", derive(clap::ValueEnum, schemars::JsonSchema))]
pub enum Pace {
    /// Breathe in 3 s and out 4.5 s; 137 words a minute.
    #[default]
    Standard,
    /// Breathe in 4 s and out 6 s; 120 words a minute.
    Slow,
    /// Breathe in 5 s and out 7 s; 113 words a minute.
    VerySlow,
    /// In her own breath: nothing is counted. Speech and rests as at slow.
    Own,
}

/// The two halves of a breath, each exactly as long as the pace says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BreathLengths {
    /// Breathing in.
    pub inhale: Frames,
    /// Breathing out: never shorter than in, by the sources on slow breathing (Van Diest 2014).
    pub exhale: Frames,
}

/// Which half of a breath.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreathPhase {
    /// Breathing in.
    In,
    /// Breathing out.
    Out,
}

impl BreathLengths {
    /// The length of one half.
    pub const fn of(self, phase: BreathPhase) -> Frames {
        match phase {
            BreathPhase::In => self.inhale,
            BreathPhase::Out => self.exhale,
        }
    }
}

impl Pace {
    /// Every pace, from fast to slow, then her own.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Slow, Self::VerySlow, Self::Own];

    /// Those whose breaths are counted, from the fastest on.
    const COUNTED: [Self; 3] = [Self::Standard, Self::Slow, Self::VerySlow];

    /// The counted breath, or `None` when she breathes in her own time.
    ///
    /// Never below five breaths a minute: the slowest that was studied without a clinician beside
    /// (Russo 2017 gives 4 to 10 as the range; 5 is the house's limit).
    pub const fn breath(self) -> Option<BreathLengths> {
        let (inhale, exhale) = match self {
            Self::Standard => (3000, 4500),
            Self::Slow => (4000, 6000),
            Self::VerySlow => (5000, 7000),
            Self::Own => return None,
        };
        Some(BreathLengths {
            inhale: Frames::from_millis(inhale),
            exhale: Frames::from_millis(exhale),
        })
    }

    /// The rate of sentences that are not safety text.
    pub const fn words_per_minute(self) -> WordsPerMinute {
        match self {
            Self::Standard => SAFETY_RATE,
            Self::Slow | Self::Own => WordsPerMinute(120),
            Self::VerySlow => WordsPerMinute(113),
        }
    }

    /// `rest`, written for the standard pace, at this one.
    pub const fn rest(self, rest: Frames) -> Frames {
        rest.scaled(match self {
            Self::Standard => 100,
            Self::Slow | Self::Own => 115,
            Self::VerySlow => 130,
        })
    }

    /// This pace as far as `posture` allows it: standing is at the standard pace only, so that the time on her feet
    /// is short.
    #[must_use]
    pub const fn within(self, posture: Posture) -> Self {
        match posture {
            Posture::Seated => self,
            Posture::Standing => Self::Standard,
        }
    }

    /// The slower of the two; her own pace is never overridden.
    #[must_use]
    pub fn no_faster_than(self, limit: Self) -> Self {
        self.max(limit)
    }

    /// The next slower counted pace, if there is one.
    pub fn slower(self) -> Option<Self> {
        Self::COUNTED.into_iter().find(|pace| *pace > self)
    }

    /// The next faster counted pace, if there is one. In her own breath nothing is counted, so it has none.
    pub fn faster(self) -> Option<Self> {
        let mut faster = Self::COUNTED.into_iter().rev();
        faster.find(|pace| *pace < self && self != Self::Own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counted_breath_is_safe() {
        for lengths in Pace::ALL.into_iter().filter_map(Pace::breath) {
            assert!(lengths.exhale >= lengths.inhale);
            assert!(lengths.inhale + lengths.exhale <= Frames::from_millis(12_000));
        }
    }

    #[test]
    fn closing_words_slow_down_but_never_speed_up() {
        assert_eq!(Pace::Standard.no_faster_than(Pace::Slow), Pace::Slow);
        assert_eq!(Pace::VerySlow.no_faster_than(Pace::Slow), Pace::VerySlow);
        assert_eq!(Pace::Own.no_faster_than(Pace::Slow), Pace::Own);
    }

    #[test]
    fn slower_and_faster_are_each_others_way_back() {
        let slower = Pace::ALL.map(Pace::slower);
        assert_eq!(slower, [Some(Pace::Slow), Some(Pace::VerySlow), None, None]);
        let faster = Pace::ALL.map(Pace::faster);
        assert_eq!(faster, [None, Some(Pace::Standard), Some(Pace::Slow), None]);
    }
}
