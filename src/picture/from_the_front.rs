//! The pictures in which she is seen from the front, where her right is on the left, or from behind.

use super::front::Front;
use super::geometry::{Point, at};
use super::scene::Scene;
use super::scenery::{chair_from_the_front, wall_from_the_front};
use super::stroke::{Drawing, Layer, Motion, Stroke, Way};
use crate::base::Posture;

/// Where she is.
struct Stage {
    she: Front,
    scenery: Vec<Stroke>,
    seen: &'static str,
}

impl Stage {
    fn of(posture: Posture) -> Self {
        match posture {
            Posture::Seated => Self {
                she: SEATED,
                scenery: chair_from_the_front(),
                seen: "From the front. She sits on a chair, feet flat on the floor and knees apart.",
            },
            Posture::Standing => Self {
                she: STANDING,
                scenery: wall_from_the_front(),
                seen: "From the front. She stands with her back and hips on a wall, feet as wide as her shoulders, knees \
                       soft, a chair beside her.",
            },
        }
    }

    fn from_behind(posture: Posture) -> Self {
        let mut stage = Self::of(posture);
        stage.she.from_behind = true;
        stage.seen = match posture {
            Posture::Seated => "From behind. She sits on a chair.",
            Posture::Standing => "From behind. She stands.",
        };
        stage
    }

    fn scene(
        self,
        title: &'static str,
        says: &str,
        arms: impl IntoIterator<Item = Stroke>,
    ) -> Scene {
        let strokes = self.scenery.into_iter().chain(self.she.body()).chain(arms);
        let says = format!("{} {says}", self.seen);
        Scene::new(title, says, Drawing::new(strokes))
    }
}

const SEATED: Front = Front {
    hip: at(160.0, 226.0),
    knees: [at(118.0, 240.0), at(202.0, 240.0)],
    ankles: [at(114.0, 290.0), at(206.0, 290.0)],
    lean: 0.0,
    turn: 0.0,
    from_behind: false,
    eyes_open: false,
};

const STANDING: Front = Front {
    hip: at(150.0, 164.0),
    knees: [at(124.0, 228.0), at(176.0, 228.0)],
    ankles: [at(122.0, 290.0), at(178.0, 290.0)],
    eyes_open: true,
    ..SEATED
};

/// The elbows and the hands of arms at rest: on the thighs, or hanging.
fn at_rest(she: Front, posture: Posture) -> [[Point; 2]; 2] {
    let [left, right] = she.shoulders();
    match posture {
        Posture::Seated => [
            [left.on(-12.0, 44.0), she.knees[0].on(4.0, -12.0)],
            [right.on(12.0, 44.0), she.knees[1].on(-4.0, -12.0)],
        ],
        Posture::Standing => [(left, -1.0), (right, 1.0)]
            .map(|(shoulder, out)| [shoulder.on(10.0 * out, 47.0), shoulder.on(13.0 * out, 96.0)]),
    }
}

/// Arms crossed above the bump, hands on the opposite shoulders.
fn hug(she: Front) -> [[Point; 2]; 2] {
    let [left, right] = she.shoulders();
    let middle = left.toward(right, 0.5).on(she.turn / 2.0, 35.0);
    [
        [middle.on(-9.0, 0.0), right.on(-5.0, -2.0)],
        [middle.on(9.0, 0.0), left.on(5.0, -2.0)],
    ]
}

/// Her shoulder blades, left and right.
fn blades(she: Front) -> [Stroke; 2] {
    let middle = she.breastbone();
    [-1.0, 1.0].map(|out| {
        let corner = |x: f64, y: f64| middle.on(x * out, y);
        let corners = [
            corner(10.0, -12.0),
            corner(25.0, -8.0),
            corner(13.0, 18.0),
            corner(10.0, -12.0),
        ];
        Stroke::line(Layer::Fine, corners)
    })
}

/// Her hands on her thighs, her knees apart.
pub(super) fn resting(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let arms = stage.she.arms(at_rest(stage.she, posture));
    stage.scene("At rest", "", arms)
}

pub(super) fn shoulder_blades(posture: Posture) -> Scene {
    let stage = Stage::from_behind(posture);
    let she = stage.she;
    let middle = she.breastbone();
    let together = [-1.0, 1.0].map(|out| {
        let (outer, inner) = (middle.on(72.0 * out, 2.0), middle.on(30.0 * out, 2.0));
        Motion::line(outer, inner, Way::ThereAndBack)
    });
    let arms = she.arms(at_rest(she, posture));
    stage
        .scene(
            "Shoulder blades",
            "Her arms rest. Her shoulder blades come gently together, and let go.",
            arms.into_iter().chain(blades(she)),
        )
        .with(together)
}

pub(super) fn breath_between_blades(posture: Posture) -> Scene {
    let stage = Stage::from_behind(posture);
    let she = stage.she;
    let mut strokes = Vec::new();
    for (shoulder, out) in she.shoulders().into_iter().zip([-1.0, 1.0]) {
        strokes.push(Stroke::line(
            Layer::Body,
            [shoulder, shoulder.on(9.0 * out, 38.0)],
        ));
        // The fingers of the other hand.
        strokes.extend([-3.0, 4.0, 11.0].map(|inward| {
            let knuckle = shoulder.on(-inward * out, -9.0 - inward / 4.0);
            Stroke::line(Layer::Fine, [knuckle, knuckle.on(0.0, 19.0)])
        }));
    }
    let middle = she.breastbone().on(0.0, 16.0);
    let wide = [-1.0, 1.0].map(|out| {
        Motion::line(
            middle.on(4.0 * out, 0.0),
            middle.on(44.0 * out, 0.0),
            Way::ThereAndBack,
        )
    });
    stage
        .scene(
            "Breath between the shoulder blades",
            "Her arms are wrapped round her own shoulders. Her breath goes softly into the space between her shoulder \
             blades.",
            strokes,
        )
        .with(wide)
}

/// Her right hand on her left shoulder.
fn press_left(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let [left, right] = stage.she.shoulders();
    let hand = right.on(-7.0, -6.0);
    let elbow = left.on(30.0, 34.0);
    let [_, hanging] = at_rest(stage.she, posture);
    let (other, motion, says) = match posture {
        Posture::Seated => {
            let over = [
                hand.on(-4.0, -16.0),
                hand.on(18.0, -48.0),
                hand.on(36.0, -4.0),
            ];
            (
                [right.on(10.0, 45.0), elbow.on(4.0, 9.0)],
                Motion::Along(over, Way::ThereAndBack),
                "Her right hand lies near the end of her left shoulder, away from the neck; her left hand holds her \
                 right elbow. Her fingers press lightly and slide back, toward the shoulder blade.",
            )
        }
        Posture::Standing => (
            hanging,
            Motion::line(hand.on(2.0, -44.0), hand.on(2.0, -14.0), Way::There),
            "Her right hand rests on top of her left shoulder, away from the neck, and presses very lightly.",
        ),
    };
    let arms = stage.she.arms([[elbow, hand], other]);
    stage
        .scene("A soft press, left shoulder", says, arms)
        .with([motion])
}

pub(super) fn press(posture: Posture, right: bool) -> Scene {
    or_mirrored(press_left(posture), right, "A soft press, right shoulder")
}

/// The picture for her other side, if it is asked for, under its own name.
fn or_mirrored(scene: Scene, other: bool, title: &'static str) -> Scene {
    if !other {
        return scene;
    }
    let says = other_side(&scene.description);
    scene.mirrored(title, says)
}

/// The same words for the other side.
fn other_side(says: &str) -> String {
    let sides = says.replace("right", "\0").replace("left", "right");
    sides.replace('\0', "left")
}

/// Flat on a chair, so that its far side is behind her; upright on the wall.
fn circle_to_the_right(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let (radii, says) = match posture {
        Posture::Seated => (
            [50.0, 16.0],
            "Her arms hug her shoulders. Her breastbone draws a small, flat circle: to the right and back, to the left \
             and forward.",
        ),
        Posture::Standing => (
            [32.0, 30.0],
            "Her arms hug her shoulders. Her upper back rolls on the wall in a small circle: to the right and up, to \
             the left and down.",
        ),
    };
    let ring = Motion::Ring {
        centre: stage.she.breastbone(),
        radii,
        clockwise: true,
    };
    let arms = stage.she.arms(hug(stage.she));
    stage.scene("A slow circle", says, arms).with([ring])
}

pub(super) fn circle(posture: Posture, right: bool) -> Scene {
    let mut scene = circle_to_the_right(posture);
    if right {
        return scene;
    }
    for motion in &mut scene.drawing.motions {
        if let Motion::Ring { clockwise, .. } = motion {
            *clockwise = false;
        }
    }
    Scene {
        title: "A slow circle, the other way",
        description: other_side(&scene.description),
        ..scene
    }
}

fn turn_to_the_right(posture: Posture) -> Scene {
    let mut stage = Stage::of(posture);
    stage.she.turn = -20.0;
    let she = stage.she;
    let chest = she.breastbone();
    let round = [
        chest.on(60.0, -8.0),
        chest.on(6.0, 36.0),
        chest.on(-56.0, -8.0),
    ];
    stage
        .scene(
            "A gentle turn to the right",
            "Her arms hug her shoulders. Her knees and her bump face the front; from the ribs up she turns a little to \
             her right, her nose above her breastbone, and comes back.",
            she.arms(hug(she)),
        )
        .with([Motion::Along(round, Way::ThereAndBack)])
}

pub(super) fn turn(posture: Posture, right: bool) -> Scene {
    or_mirrored(
        turn_to_the_right(posture),
        !right,
        "A gentle turn to the left",
    )
}

fn lean_to_the_left(posture: Posture) -> Scene {
    let mut stage = Stage::of(posture);
    stage.she.lean = 11.0;
    let she = stage.she;
    let ([left, right], head) = (she.shoulders(), she.head());
    let elbow = left.polar(-48.0, 46.0);
    let lifted = [elbow, elbow.polar(-24.0, 48.0)];
    let hanging = [right.on(9.0, 46.0), right.on(10.0, 94.0)];
    let lean = [
        head.on(4.0, -54.0),
        head.on(40.0, -50.0),
        head.on(62.0, -22.0),
    ];
    let float = [
        left.on(-62.0, 60.0),
        left.on(-88.0, 20.0),
        left.on(-84.0, -26.0),
    ];
    stage
        .scene(
            "A lean to the left",
            "Her left arm hangs by her side. Her right arm is up, out to the side; she leans a little to the left, her \
             seat heavy on both sides, and comes back.",
            she.arms([lifted, hanging]),
        )
        .with([lean, float].map(|way| Motion::Along(way, Way::ThereAndBack)))
}

pub(super) fn lean(posture: Posture, right: bool) -> Scene {
    or_mirrored(lean_to_the_left(posture), right, "A lean to the right")
}

fn open_the_right_arm(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let [left, right] = stage.she.shoulders();
    let open = [left.on(-46.0, 8.0), left.on(-94.0, 6.0)];
    // It points to the viewer.
    let ahead = [right.on(-8.0, 20.0), right.on(-30.0, 22.0)];
    let way = [
        ahead[1].on(-16.0, 14.0),
        left.on(-30.0, 56.0),
        open[1].on(4.0, 18.0),
    ];
    let arms = stage.she.arms([open, ahead]);
    stage
        .scene(
            "Open the right arm",
            "Both arms are out in front, palms together. Her right arm opens out to the side and comes back; her nose \
             stays to the front.",
            arms,
        )
        .with([Motion::Along(way, Way::ThereAndBack)])
}

pub(super) fn open_arm(posture: Posture, right: bool) -> Scene {
    or_mirrored(open_the_right_arm(posture), !right, "Open the left arm")
}

pub(super) fn from_foot_to_foot(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let arms = stage.she.arms(at_rest(stage.she, posture));
    let hip = stage.she.hip;
    let (left, right) = (at(hip.x - 44.0, 310.0), at(hip.x + 44.0, 310.0));
    stage
        .scene(
            "From foot to foot",
            "Her weight shifts from foot to foot.",
            arms,
        )
        .with([Motion::line(left, right, Way::ThereAndBack)])
}

pub(super) fn arms_up_the_wall(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let shoulders = stage.she.shoulders().into_iter().zip([-1.0, 1.0]);
    let arms = shoulders.map(|(shoulder, out)| {
        let elbow = shoulder.on(34.0 * out, 28.0);
        ([elbow, elbow.on(8.0 * out, -48.0)], out)
    });
    let arms: Vec<_> = arms.collect();
    let motions = arms.iter().map(|&([elbow, _], out)| {
        let (low, high) = (elbow.on(28.0 * out, -2.0), elbow.on(28.0 * out, -50.0));
        Motion::line(low, high, Way::ThereAndBack)
    });
    let motions: Vec<_> = motions.collect();
    let strokes = stage.she.arms([arms[0].0, arms[1].0]);
    stage
        .scene(
            "Arms up the wall",
            "Her arms are open, elbows bent and low against the wall. They slide up a little way, and down.",
            strokes,
        )
        .with(motions)
}

pub(super) fn look_round(posture: Posture) -> Scene {
    let mut stage = Stage::of(posture);
    stage.she.eyes_open = true;
    let arms = stage.she.arms(at_rest(stage.she, posture));
    let head = stage.she.head();
    let round = [
        head.on(-44.0, -20.0),
        head.on(0.0, -56.0),
        head.on(44.0, -20.0),
    ];
    stage
        .scene(
            "Looking round",
            "Her eyes are open, and look round the room.",
            arms,
        )
        .with([Motion::Along(round, Way::ThereAndBack)])
}
