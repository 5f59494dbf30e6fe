//! How long a session is to be.

use serde::{Deserialize, Serialize};
use strum::Display;

/// How long a session is to be, from its first breath to its last word, at the standard pace; within a tenth of it.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    Serialize,
    Deserialize,
)]
#[serde(try_from = "u8", into = "u8")]
#[cfg_attr(
    feature = "program",
    derive(clap::ValueEnum, schemars::JsonSchema),
    schemars(extend("enum" = Length::ALL.map(Length::minutes)))
)]
pub enum Length {
    /// Five minutes.
    #[cfg_attr(feature = "program", value(name = "5"))]
    #[strum(to_string = "5")]
    Five,
    /// Ten minutes.
    #[default]
    #[cfg_attr(feature = "program", value(name = "10"))]
    #[strum(to_string = "10")]
    Ten,
    /// Twenty minutes: everything that a routine has.
    #[cfg_attr(feature = "program", value(name = "20"))]
    #[strum(to_string = "20")]
    Twenty,
}

impl Length {
    /// Every length, from the shortest on.
    pub const ALL: [Self; 3] = [Self::Five, Self::Ten, Self::Twenty];

    /// In minutes.
    pub const fn minutes(self) -> u8 {
        match self {
            Self::Five => 5,
            Self::Ten => 10,
            Self::Twenty => 20,
        }
    }
}

impl TryFrom<u8> for Length {
    type Error = &'static str;

    fn try_from(minutes: u8) -> Result<Self, Self::Error> {
        let mut all = Self::ALL.into_iter();
        all.find(|length| length.minutes() == minutes)
            .ok_or("a length is 5, 10 or 20 minutes")
    }
}

impl From<Length> for u8 {
    fn from(length: Length) -> Self {
        length.minutes()
    }
}
