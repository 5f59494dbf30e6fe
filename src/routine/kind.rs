//! What a movement is, and its limits: how she may be in it, how often it may be done, and what care is said before it.
//!
//! The limits are what the built-in routines do, and a test holds each to them.

use strum::{Display, EnumIter, EnumString, VariantNames};

use crate::base::Posture;

/// What a movement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, VariantNames)]
#[strum(serialize_all = "kebab-case")]
#[cfg_attr(
    feature = "program",
    derive(schemars::JsonSchema),
    schemars(rename_all = "kebab-case")
)]
pub(super) enum Kind {
    Breath,
    ShoulderRoll,
    ElbowCircle,
    BladeSqueeze,
    Press,
    RibCircle,
    Lift,
    HandsOnBack,
    Turn,
    Lean,
    OpenArm,
    WallSlide,
    Rest,
}

/// What is said before a movement.
#[derive(Clone, Copy)]
pub(super) struct Care {
    /// Sentences of which one is enough.
    pub one_of: &'static [&'static str],
    /// It is said in the movement itself, for each side anew.
    pub each_time: bool,
}

pub(super) struct Limits {
    /// The only posture that it may be done in.
    pub only: Option<Posture>,
    /// The most repetitions.
    pub most: u32,
    own_care: &'static [Care],
}

const fn once(one_of: &'static [&'static str]) -> Care {
    Care {
        one_of,
        each_time: false,
    }
}

/// Before whatever moves her; the second on other days than the first.
const PAIN_MEANS_STOP: Care = once(&[
    "A mild pull is fine, but pain means stop.",
    "Small, slow moves. Keep breathing. Pain means stop.",
]);

/// Before whatever she does on her feet.
const IF_SHE_SWAYS: Care =
    once(&["If you sway, or feel light in the head, open your eyes and sit down."]);

const OFF_THE_NECK: Care = Care {
    one_of: &["Stay off your neck and your throat."],
    each_time: true,
};

const SMALL_CIRCLES: Care =
    once(&["Draw slow circles with your elbows, only as big as feels easy."]);

const HIPS_STILL: Care = once(&[
    "Sit tall, and keep your hips still.",
    "Keep your hips on the wall all the way through.",
]);

/// So that her head does not drop back: with her hands on her knees she cannot lean back over the chair.
const HEAD_HELD: Care = once(&[
    "Keep the hug, and tuck your chin in a little.",
    "Rest your hands on your knees.",
]);

const HIPS_INSTEAD: Care = once(&["If that is not easy, rest your hands on your hips instead."]);

const BUMP_IN_FRONT: Care =
    once(&["Keep your knees and your bump facing front, and turn only from your ribs."]);

const NECK_NOT_TWISTED: Care =
    once(&["Let your nose follow your breastbone, so your neck does not twist."]);

const SEAT_HEAVY: Care = once(&["Keep your seat heavy on both sides."]);

const NOSE_IN_FRONT: Care = once(&["Keep your nose to the front."]);

impl Kind {
    pub(super) const fn limits(self) -> Limits {
        use Posture::{Seated, Standing};
        let (only, most, own_care): (_, _, &[Care]) = match self {
            Self::Breath => (None, 12, &[]),
            Self::ShoulderRoll => (Some(Seated), 7, &[]),
            Self::ElbowCircle => (Some(Seated), 7, &[SMALL_CIRCLES]),
            Self::BladeSqueeze => (Some(Seated), 6, &[]),
            Self::Press => (None, 3, &[OFF_THE_NECK]),
            Self::RibCircle => (None, 3, &[HIPS_STILL]),
            Self::Lift => (Some(Seated), 7, &[HEAD_HELD]),
            Self::HandsOnBack => (Some(Seated), 3, &[HIPS_INSTEAD]),
            Self::Turn => (Some(Seated), 2, &[BUMP_IN_FRONT, NECK_NOT_TWISTED]),
            Self::Lean => (Some(Seated), 3, &[SEAT_HEAVY]),
            Self::OpenArm => (Some(Seated), 3, &[NOSE_IN_FRONT]),
            Self::WallSlide => (Some(Standing), 4, &[]),
            Self::Rest => (None, 0, &[]),
        };
        Limits {
            only,
            most,
            own_care,
        }
    }

    /// All that is said before it, sitting or on her feet.
    pub(super) fn care(self, on_feet: bool) -> impl Iterator<Item = Care> {
        let moves = !matches!(self, Self::Breath | Self::Rest);
        let of_all = [(moves, PAIN_MEANS_STOP), (on_feet, IF_SHE_SWAYS)];
        let of_all = of_all.into_iter().filter(|(needed, _)| *needed);
        of_all
            .map(|(_, care)| care)
            .chain(self.limits().own_care.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routine::{Movement, built_in, built_in_names};
    use std::collections::BTreeSet;
    use strum::IntoEnumIterator;

    /// What the built-in routines do of each kind: whether she stands, and how often it is counted at the most.
    fn done() -> Vec<(Kind, bool, u32)> {
        let mut done = Vec::new();
        for name in built_in_names() {
            let routine = built_in(name).expect("built in");
            for section in routine.sections() {
                let movements = section.movements.iter();
                let most = |movement: &Movement| movement.repeat.into_iter().max().unwrap_or(0);
                let kinds = movements.filter_map(|it| Some((it.kind?, section.on_feet, most(it))));
                done.extend(kinds);
            }
        }
        done
    }

    #[test]
    fn the_limits_are_what_the_built_in_routines_do() {
        for kind in Kind::iter() {
            let done: Vec<_> = done().into_iter().filter(|(it, ..)| *it == kind).collect();
            let limits = kind.limits();
            let most = done.iter().map(|(.., most)| *most).max();
            assert_eq!(most, Some(limits.most), "{kind}");
            let postures: BTreeSet<_> = done.iter().map(|(_, stands, _)| *stands).collect();
            let only = limits.only.map(|only| only == Posture::Standing);
            assert!(
                only.is_none_or(|only| postures == BTreeSet::from([only])),
                "{kind}"
            );
        }
    }

    #[test]
    fn every_built_in_movement_with_a_breath_has_its_kind() {
        for name in built_in_names() {
            let routine = built_in(name).expect("built in");
            let movements = routine.sections().iter().flat_map(|it| &it.movements);
            for movement in movements.filter(|movement| movement.repeat != [0; 3]) {
                assert!(movement.kind.is_some(), "{name}: {}", movement.title);
            }
        }
    }

    #[test]
    fn the_manual_has_them_all() {
        let manual = include_str!("../../docs/routines.md");
        for kind in Kind::iter() {
            let Limits { only, most, .. } = kind.limits();
            let only = only.map_or_else(|| "both".to_owned(), |only| only.to_string());
            let row = format!("| `{kind}` | {only} | {most} |");
            assert!(manual.contains(&row), "no {row}");
            for care in kind.limits().own_care {
                let row = manual.lines().find(|line| line.starts_with(&row));
                let care = care.one_of[0];
                assert!(row.is_some_and(|row| row.contains(care)), "{care}");
            }
        }
    }
}
