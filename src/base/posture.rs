//! How she sits or stands.

use clap::ValueEnum;
use serde::Deserialize;

/// How she sits or stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Posture {
    /// On a firm chair: the default, and the safest with eyes closed.
    #[default]
    Seated,
    /// Back and hips against a wall.
    Standing,
}

impl Posture {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Seated, Self::Standing];

    /// As it is written on the command line and in the journal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seated => "seated",
            Self::Standing => "standing",
        }
    }
}
