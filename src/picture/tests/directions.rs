//! Each arrow goes where the words say.

use super::super::geometry::{Point, at};
use super::super::scene;
use super::super::stroke::Motion;
use crate::base::{Pose, Posture};
use crate::routine::{LineKind, Movement, built_in, built_in_names};

/// Of an arrow: which one, how far along (1 is its end), and where it has got to by then.
type Goes = (usize, f64, &'static str);

const SITS: Posture = Posture::Seated;
const STANDS: Posture = Posture::Standing;

/// What is said over half a breath, the picture beside it, and where its arrows must go.
const TABLE: [(&str, Pose, Posture, &[Goes]); 33] = [
    (
        "Lift your shoulders up.",
        Pose::ShoulderRollsBack,
        SITS,
        &[(0, 0.5, "up")],
    ),
    (
        "Roll them back and down.",
        Pose::ShoulderRollsBack,
        SITS,
        &[(0, 0.75, "back"), (0, 1.0, "down")],
    ),
    (
        "Roll them up.",
        Pose::ShoulderRollsForward,
        SITS,
        &[(0, 0.5, "up")],
    ),
    (
        "Roll them forward and down.",
        Pose::ShoulderRollsForward,
        SITS,
        &[(0, 0.75, "forward"), (0, 1.0, "down")],
    ),
    (
        "Let your elbows come forward and up.",
        Pose::ElbowCirclesForward,
        SITS,
        &[(0, 0.25, "forward"), (0, 0.5, "up")],
    ),
    (
        "Let them go back and down.",
        Pose::ElbowCirclesForward,
        SITS,
        &[(0, 0.75, "back"), (0, 1.0, "down")],
    ),
    (
        "Let your elbows go back and up.",
        Pose::ElbowCirclesBack,
        SITS,
        &[(0, 0.25, "back"), (0, 0.5, "up")],
    ),
    (
        "Let them come forward and down.",
        Pose::ElbowCirclesBack,
        SITS,
        &[(0, 0.75, "forward"), (0, 1.0, "down")],
    ),
    (
        "To the right and back.",
        Pose::CircleRight,
        SITS,
        &[(0, 0.25, "right"), (0, 0.5, "back")],
    ),
    (
        "To the left and forward.",
        Pose::CircleRight,
        SITS,
        &[(0, 0.75, "left"), (0, 1.0, "forward")],
    ),
    (
        "To the left and back.",
        Pose::CircleLeft,
        SITS,
        &[(0, 0.25, "left"), (0, 0.5, "back")],
    ),
    (
        "To the right and forward.",
        Pose::CircleLeft,
        SITS,
        &[(0, 0.75, "right"), (0, 1.0, "forward")],
    ),
    (
        "To the right and up.",
        Pose::CircleRight,
        STANDS,
        &[(0, 0.25, "right"), (0, 0.5, "up")],
    ),
    (
        "To the left and down.",
        Pose::CircleRight,
        STANDS,
        &[(0, 0.75, "left"), (0, 1.0, "down")],
    ),
    (
        "To the left and up.",
        Pose::CircleLeft,
        STANDS,
        &[(0, 0.25, "left"), (0, 0.5, "up")],
    ),
    (
        "To the right and down.",
        Pose::CircleLeft,
        STANDS,
        &[(0, 0.75, "right"), (0, 1.0, "down")],
    ),
    (
        "Lift your breastbone, and lean back a little over the chair.",
        Pose::SmallLift,
        SITS,
        &[(0, 1.0, "up"), (1, 1.0, "back")],
    ),
    (
        "Lift your breastbone.",
        Pose::HandsOnBack,
        SITS,
        &[(0, 1.0, "up")],
    ),
    (
        "Let your fingers point down, and let your elbows ease back.",
        Pose::HandsOnBack,
        SITS,
        &[(1, 1.0, "back")],
    ),
    (
        "Turn to the right, only as far as is easy.",
        Pose::TurnRight,
        SITS,
        &[(0, 1.0, "right")],
    ),
    (
        "Turn to the left, only as far as is easy.",
        Pose::TurnLeft,
        SITS,
        &[(0, 1.0, "left")],
    ),
    (
        "Lift your breastbone until you sit tall.",
        Pose::RoundAndLift,
        SITS,
        &[(0, 1.0, "up")],
    ),
    (
        "Round your upper back, as if you hug a big ball.",
        Pose::RoundAndLift,
        SITS,
        &[(1, 1.0, "back")],
    ),
    (
        "Lean a little to the left.",
        Pose::LeanLeft,
        SITS,
        &[(0, 1.0, "left")],
    ),
    (
        "Float your right arm up, out to the side.",
        Pose::LeanLeft,
        SITS,
        &[(1, 1.0, "up"), (1, 0.5, "right")],
    ),
    (
        "Lean a little to the right.",
        Pose::LeanRight,
        SITS,
        &[(0, 1.0, "right")],
    ),
    (
        "Float your left arm up, out to the side.",
        Pose::LeanRight,
        SITS,
        &[(1, 1.0, "up"), (1, 0.5, "left")],
    ),
    (
        "Open your right arm out to the side, as far as is easy.",
        Pose::OpenRightArm,
        SITS,
        &[(0, 1.0, "right")],
    ),
    (
        "Open your left arm out to the side, as far as is easy.",
        Pose::OpenLeftArm,
        SITS,
        &[(0, 1.0, "left")],
    ),
    (
        "Put your hands on your hips, and let your elbows ease back, so your chest feels wide.",
        Pose::HandsOnHips,
        SITS,
        &[(0, 1.0, "back")],
    ),
    (
        "Slide your arms up the wall a little way.",
        Pose::ArmsUpTheWall,
        STANDS,
        &[(0, 1.0, "up"), (1, 1.0, "up")],
    ),
    (
        "Open your eyes, hold the chair, and sit down.",
        Pose::SitDown,
        STANDS,
        &[(0, 1.0, "down")],
    ),
    (
        "Open your eyes, hold on to something firm, and stand up slowly.",
        Pose::StandUp,
        STANDS,
        &[(0, 1.0, "up")],
    ),
];

/// Words for a way back, or past what can be drawn from here.
const COME_BACK: [&str; 10] = [
    "Come back to the middle.",
    "Come back up, and let your arm sink.",
    "Bring your palms back together.",
    "Bring your hand back to the top.",
    "Slide them down.",
    "Press lightly, and let your fingers slide back, toward your shoulder blade.",
    "Press lightly, and let your fingers slide back.",
    "Bring your shoulder blades gently together.",
    "And let them go.",
    "Let your arms come down.",
];

/// Where she sees it, on the picture.
fn direction(word: &str, pose: Pose) -> Point {
    let flat = [Pose::CircleRight, Pose::CircleLeft].contains(&pose);
    match word {
        "up" => at(0.0, -1.0),
        "down" => at(0.0, 1.0),
        "back" if flat => at(0.0, -1.0),
        "forward" if flat => at(0.0, 1.0),
        // From the front her right is on the left; from the side she looks to the right.
        "right" | "back" => at(-1.0, 0.0),
        "left" | "forward" => at(1.0, 0.0),
        other => panic!("{other}"),
    }
}

/// How far the arrow has gone by then in this direction, as a share of all that it goes there.
fn gone(motion: Motion, share: f64, direction: Point) -> f64 {
    let along = |point: Point| point.x * direction.x + point.y * direction.y;
    let origin = match motion {
        Motion::Along([from, ..], _) => from,
        Motion::Ring { centre, .. } => centre,
    };
    let way = |share| along(motion.place(share)) - along(origin);
    let most = (0..=20).map(|step| way(f64::from(step) / 20.0).abs());
    way(share) / most.fold(f64::MIN_POSITIVE, f64::max)
}

fn movements() -> Vec<(Movement, bool)> {
    let routines = built_in_names().map(|name| built_in(name).expect("built in"));
    let sections = routines.flat_map(|routine| routine.sections().to_vec());
    let movements = sections.flat_map(|section| {
        let on_feet = section.on_feet;
        section.movements.into_iter().map(move |it| (it, on_feet))
    });
    movements.collect()
}

#[test]
fn every_arrow_goes_where_the_words_say() {
    for (sentence, pose, posture, goes) in TABLE {
        let said = movements().iter().any(|(movement, on_feet)| {
            let says = movement.lines.iter().any(|line| line.text == sentence);
            says && movement.pose == Some(pose) && *on_feet == (posture == STANDS)
        });
        assert!(said, "nobody says {sentence:?} beside {pose:?}, {posture}");
        let motions = scene(pose, posture).drawing.motions;
        for &(which, share, word) in goes {
            let gone = gone(motions[which], share, direction(word, pose));
            assert!(gone > 0.6, "{sentence:?}: {word} by {gone:.2}");
        }
    }
}

#[test]
fn no_direction_is_forgotten() {
    let words = ["up", "down", "left", "right", "back", "forward"];
    for (movement, _) in movements() {
        for line in &movement.lines {
            let breathes = matches!(line.kind, LineKind::Breath(_));
            let plain = line.text.to_lowercase();
            let mut said = plain.split(|letter: char| !letter.is_alphabetic());
            let leads = breathes && said.any(|word| words.contains(&word));
            let known = TABLE
                .iter()
                .any(|(text, pose, ..)| *text == line.text && movement.pose == Some(*pose));
            assert!(
                !leads || known || COME_BACK.contains(&&*line.text),
                "{:?} beside {:?}: say in this test where its arrow goes",
                line.text,
                movement.pose
            );
        }
    }
}
