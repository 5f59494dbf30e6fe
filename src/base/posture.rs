//! How she sits or stands.

use serde::{Deserialize, Serialize};
use strum::Display;

/// How she sits or stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
#[cfg_attr(feature = "program", derive(clap::ValueEnum, schemars::JsonSchema))]
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
}
