//! Which picture belongs to a pose.

use super::scene::Scene;
use super::{from_the_front as front, from_the_side as side, twice};
use crate::base::{Pose, Posture};

/// The picture of a pose, in the posture that it is meant for.
pub(super) fn scene(pose: Pose, posture: Posture) -> Scene {
    let posture = pose.only().unwrap_or(posture);
    match pose {
        Pose::Resting => side::resting(posture),
        Pose::SitWellBack => twice::sit_well_back(),
        Pose::Breathing => side::breathing(posture),
        Pose::ShoulderRollsBack => side::shoulder_rolls(posture, true),
        Pose::ShoulderRollsForward => side::shoulder_rolls(posture, false),
        Pose::ElbowCirclesForward => side::elbow_circles(posture, true),
        Pose::ElbowCirclesBack => side::elbow_circles(posture, false),
        Pose::ShoulderBlades => front::shoulder_blades(posture),
        Pose::PressLeftShoulder => front::press(posture, false),
        Pose::PressRightShoulder => front::press(posture, true),
        Pose::CircleRight => front::circle(posture, true),
        Pose::CircleLeft => front::circle(posture, false),
        Pose::SmallLift => side::small_lift(posture),
        Pose::HandsOnBack => side::hands_on_back(posture),
        Pose::TurnRight => front::turn(posture, true),
        Pose::TurnLeft => front::turn(posture, false),
        Pose::RoundAndLift => side::round_and_lift(posture),
        Pose::LeanLeft => front::lean(posture, false),
        Pose::LeanRight => front::lean(posture, true),
        Pose::OpenRightArm => front::open_arm(posture, true),
        Pose::OpenLeftArm => front::open_arm(posture, false),
        Pose::HandsOnHips => side::hands_on_hips(posture),
        Pose::BreathBetweenBlades => front::breath_between_blades(posture),
        Pose::FromFootToFoot => front::from_foot_to_foot(posture),
        Pose::ArmsUpTheWall => front::arms_up_the_wall(posture),
        Pose::FingersAndToes => side::fingers_and_toes(posture),
        Pose::LookRound => front::look_round(posture),
        Pose::StandUp => side::stand_up(),
        Pose::SitDown => side::sit_down(),
        Pose::SitOrLie => twice::sit_or_lie(),
        Pose::WalkOrLie => twice::walk_or_lie(),
    }
}
