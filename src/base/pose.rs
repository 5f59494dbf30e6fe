//! How her body and her arms are in a movement, and how they move: the name of a picture.

use super::Posture;
use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

/// How her body and her arms are in a movement, and how they move. Left and right are hers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
#[cfg_attr(
    feature = "program",
    derive(schemars::JsonSchema),
    schemars(rename_all = "kebab-case")
)]
pub enum Pose {
    /// At rest: on a chair with her hands on her thighs, or with her back on the wall.
    Resting,
    SitWellBack,
    Breathing,
    ShoulderRollsBack,
    ShoulderRollsForward,
    /// Fingertips on the shoulders; the elbows go forward and up.
    ElbowCirclesForward,
    /// They go back and up.
    ElbowCirclesBack,
    ShoulderBlades,
    PressLeftShoulder,
    PressRightShoulder,
    /// In a hug, to the right first; flat on a chair, upright on the wall.
    CircleRight,
    CircleLeft,
    SmallLift,
    HandsOnBack,
    TurnRight,
    TurnLeft,
    RoundAndLift,
    LeanLeft,
    LeanRight,
    OpenRightArm,
    OpenLeftArm,
    HandsOnHips,
    BreathBetweenBlades,
    FromFootToFoot,
    ArmsUpTheWall,
    FingersAndToes,
    LookRound,
    StandUp,
    SitDown,
    /// On a chair, or lying on her side.
    SitOrLie,
    WalkOrLie,
}

impl Pose {
    /// The one posture that it is meant for, if it is not meant for both.
    pub(crate) const fn only(self) -> Option<Posture> {
        match self {
            Self::SitWellBack
            | Self::ShoulderBlades
            | Self::SmallLift
            | Self::HandsOnBack
            | Self::TurnRight
            | Self::TurnLeft
            | Self::RoundAndLift
            | Self::LeanLeft
            | Self::LeanRight
            | Self::OpenRightArm
            | Self::OpenLeftArm
            | Self::BreathBetweenBlades
            | Self::SitOrLie => Some(Posture::Seated),
            Self::FromFootToFoot | Self::ArmsUpTheWall => Some(Posture::Standing),
            _ => None,
        }
    }
}
