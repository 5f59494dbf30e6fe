//! The pictures in which she is seen from the side: forward is to the right.

use super::geometry::{Bend, Point, at};
use super::scene::Scene;
use super::scenery::{bed, chair_from_the_side, table, wall_from_the_side};
use super::side::Side;
use super::stroke::{Drawing, Layer, Motion, Stroke, Way};
use crate::base::Posture;

/// Where she is.
struct Stage {
    she: Side,
    scenery: Vec<Stroke>,
    seen: &'static str,
}

impl Stage {
    fn of(posture: Posture) -> Self {
        match posture {
            Posture::Seated => Self::seated(at(122.0, 226.0)),
            Posture::Standing => Self {
                she: Side {
                    hip: at(99.0, 164.0),
                    ankles: [at(124.0, 291.0), at(116.0, 291.0)],
                    eyes_open: true,
                    ..UPRIGHT
                },
                scenery: wall_from_the_side(),
                seen: "From the side. She stands with her back and hips on a wall, feet a small step away, knees soft, a \
                       chair close enough to touch.",
            },
        }
    }

    fn seated(hip: Point) -> Self {
        Self {
            she: Side { hip, ..UPRIGHT },
            scenery: chair_from_the_side(CHAIR),
            seen: "From the side. She sits on a chair, feet flat on the floor.",
        }
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

/// Where the back of her chair is.
const CHAIR: f64 = 108.0;

const UPRIGHT: Side = Side {
    hip: at(0.0, 0.0),
    low: 0.0,
    high: 0.0,
    head: 6.0,
    ankles: [at(190.0, 291.0), at(180.0, 291.0)],
    toes: 98.0,
    eyes_open: false,
};

/// Hands on the thighs, or hanging.
fn arms_at_rest(she: Side, posture: Posture) -> [Stroke; 2] {
    she.arm(Layer::Body, hand_at_rest(she, posture), Bend::Clockwise)
}

fn hand_at_rest(she: Side, posture: Posture) -> Point {
    match posture {
        Posture::Seated => she.hip.on(46.0, -9.0),
        Posture::Standing => she.shoulder().on(14.0, 96.0),
    }
}

const fn arms_rest(posture: Posture) -> &'static str {
    match posture {
        Posture::Seated => "Her hands rest on her thighs.",
        Posture::Standing => "Her arms hang.",
    }
}

/// Arms crossed above the bump, hands on the opposite shoulders.
fn hug(she: Side) -> Vec<Stroke> {
    let (shoulder, high) = (she.shoulder(), she.high);
    let elbow = shoulder.polar(high + 125.0, 42.0);
    let near = [
        shoulder.polar(high + 90.0, 16.0),
        shoulder.polar(high + 20.0, 7.0),
    ];
    let mut strokes = she
        .arm_by(Layer::Far, elbow.on(4.0, -10.0), near[1])
        .to_vec();
    strokes.extend(she.arm_by(Layer::Body, elbow, near[0]));
    strokes
}

pub(super) fn resting(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let arms = arms_at_rest(stage.she, posture);
    stage.scene("At rest", arms_rest(posture), arms)
}

pub(super) fn breathing(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let arms = arms_at_rest(stage.she, posture);
    let face = stage.she.face();
    let breath = [
        face.on(74.0, 22.0),
        face.on(50.0, 14.0),
        face.on(32.0, 10.0),
    ];
    let says = format!("{} Her breath goes in, and out.", arms_rest(posture));
    stage
        .scene("Breathing", &says, arms)
        .with([Motion::Along(breath, Way::ThereAndBack)])
}

/// Rings begin below: against the clock they go forward, up, back and down.
pub(super) fn shoulder_rolls(posture: Posture, back: bool) -> Scene {
    let stage = Stage::of(posture);
    let arms = arms_at_rest(stage.she, posture);
    let ring = Motion::Ring {
        centre: stage.she.shoulder().on(-2.0, 4.0),
        radii: [20.0; 2],
        clockwise: !back,
    };
    let (title, way) = if back {
        ("Shoulder rolls, back", "up, back and down")
    } else {
        ("Shoulder rolls, forward", "up, forward and down")
    };
    let says = format!("{} Her shoulders roll {way}.", arms_rest(posture));
    stage.scene(title, &says, arms).with([ring])
}

pub(super) fn elbow_circles(posture: Posture, forward: bool) -> Scene {
    let stage = Stage::of(posture);
    let shoulder = stage.she.shoulder();
    let elbow = shoulder.polar(108.0, 48.0);
    let arms = stage.she.arm_by(Layer::Body, elbow, shoulder.on(3.0, -8.0));
    let ring = Motion::Ring {
        centre: elbow.on(2.0, -1.0),
        radii: [26.0; 2],
        clockwise: !forward,
    };
    let (title, way) = if forward {
        ("Elbow circles", "forward and up, then back and down")
    } else {
        (
            "Elbow circles, the other way",
            "back and up, then forward and down",
        )
    };
    let says = format!("Her fingertips are on her shoulders. Her elbows circle {way}.");
    stage.scene(title, &says, arms).with([ring])
}

pub(super) fn small_lift(posture: Posture) -> Scene {
    let mut stage = Stage::of(posture);
    // She leans over the back of the chair; her head does not go with it.
    stage.she.high = -13.0;
    stage.she.head = 2.0;
    let she = stage.she;
    let (chest, face) = (she.breastbone(), she.face());
    let lift = Motion::line(
        chest.on(50.0, 14.0),
        chest.on(50.0, -26.0),
        Way::ThereAndBack,
    );
    let lean = [
        face.on(2.0, -48.0),
        face.on(-24.0, -50.0),
        face.on(-46.0, -34.0),
    ];
    stage
        .scene(
            "A small lift",
            "Her arms hug her shoulders, her chin is in. She lifts her breastbone and leans back a little over the \
             chair, then comes back.",
            hug(she),
        )
        .with([lift, Motion::Along(lean, Way::ThereAndBack)])
}

pub(super) fn hands_on_back(posture: Posture) -> Scene {
    let mut stage = Stage::of(posture);
    if posture == Posture::Seated {
        stage = Stage::seated(at(150.0, 226.0));
        stage.she.ankles = [at(208.0, 291.0), at(198.0, 291.0)];
    }
    let she = stage.she;
    let (elbow, hand) = (she.shoulder().on(-30.0, 36.0), she.hip.on(-9.0, -34.0));
    let mut arms = she.arm_by(Layer::Body, elbow, hand).to_vec();
    arms.push(Stroke::line(Layer::Body, [hand, hand.on(0.0, 16.0)]));
    let chest = she.breastbone();
    let lift = Motion::line(chest.on(40.0, 16.0), chest.on(40.0, -26.0), Way::There);
    let ease = Motion::line(elbow.on(-12.0, -4.0), elbow.on(-36.0, -8.0), Way::There);
    stage
        .scene(
            "Hands on your back",
            "She has slid forward a little. Her hands lie low on her back, one on each side, fingers down, elbows \
             easing back. She lifts her breastbone.",
            arms,
        )
        .with([lift, ease])
}

pub(super) fn round_and_lift(posture: Posture) -> Scene {
    let mut stage = Stage::of(posture);
    stage.she.low = -8.0;
    stage.she.high = 24.0;
    stage.she.head = 18.0;
    let she = stage.she;
    let knee = she.hip.on(64.0, -4.0);
    let arms = she.arm(Layer::Body, knee, Bend::Clockwise);
    let back = she.shoulder().on(-26.0, 14.0);
    let chest = she.breastbone();
    let round = Motion::line(back, back.on(-34.0, -4.0), Way::There);
    let lift = Motion::line(chest.on(46.0, 6.0), chest.on(46.0, -36.0), Way::There);
    stage
        .scene(
            "Round and lift",
            "Her hands are on her knees. She lifts her breastbone until she sits tall, then rounds her upper back.",
            arms,
        )
        .with([lift, round])
}

pub(super) fn hands_on_hips(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let she = stage.she;
    let (elbow, hand) = (she.shoulder().on(-34.0, 34.0), she.hip.on(2.0, -18.0));
    let ease = Motion::line(elbow.on(-12.0, -4.0), elbow.on(-40.0, -10.0), Way::There);
    stage
        .scene(
            "Hands on your hips",
            "Her hands are on her hips. Her elbows ease back, and her chest is wide.",
            she.arm_by(Layer::Body, elbow, hand),
        )
        .with([ease])
}

pub(super) fn fingers_and_toes(posture: Posture) -> Scene {
    let stage = Stage::of(posture);
    let she = stage.she;
    let (hand, toes) = (hand_at_rest(she, posture), she.ankles[0]);
    let motions = [hand.on(20.0, -8.0), toes.on(40.0, 2.0)]
        .map(|low| Motion::line(low, low.on(0.0, -28.0), Way::ThereAndBack));
    let arms = arms_at_rest(she, posture);
    stage
        .scene(
            "Fingers and toes",
            "She moves her fingers and her toes.",
            arms,
        )
        .with(motions)
}

pub(super) fn stand_up() -> Scene {
    let mut stage = Stage::seated(at(140.0, 196.0));
    stage.scenery.extend(table());
    let she = Side {
        low: 22.0,
        high: 18.0,
        head: 14.0,
        eyes_open: true,
        ..stage.she
    };
    let rise = [at(84.0, 168.0), at(88.0, 130.0), at(104.0, 96.0)];
    let arms = she.arm(Layer::Body, at(230.0, 194.0), Bend::Clockwise);
    Stage {
        she,
        seen: "From the side.",
        ..stage
    }
    .scene(
        "Standing up",
        "Her eyes are open. She holds on to a firm table and stands up slowly.",
        arms,
    )
    .with([Motion::Along(rise, Way::There)])
}

pub(super) fn sit_down() -> Scene {
    let stage = Stage::seated(at(140.0, 214.0));
    let she = Side {
        low: 14.0,
        high: 12.0,
        head: 10.0,
        eyes_open: true,
        ..stage.she
    };
    let sink = Motion::line(at(64.0, 130.0), at(64.0, 196.0), Way::There);
    let arms = she.arm(Layer::Body, at(146.0, 233.0), Bend::Clockwise);
    Stage {
        she,
        seen: "From the side.",
        ..stage
    }
    .scene(
        "Sitting down",
        "Her eyes are open. She holds the chair and sits down.",
        arms,
    )
    .with([sink])
}

/// On her left side in a bed, seen from above: from there she is seen from her right side.
pub(super) fn lying() -> Drawing {
    let she = Side {
        hip: at(146.0, 152.0),
        low: 88.0,
        high: 94.0,
        head: 88.0,
        ankles: [at(46.0, 186.0), at(56.0, 200.0)],
        toes: 205.0,
        ..UPRIGHT
    };
    let mut strokes = bed();
    strokes.extend(she.body());
    strokes.extend(she.arm_by(Layer::Body, at(208.0, 194.0), at(252.0, 194.0)));
    Drawing::new(strokes)
}

/// On her feet, without a wall.
pub(super) fn walking() -> Drawing {
    let she = Side {
        hip: at(150.0, 164.0),
        ankles: [at(184.0, 286.0), at(124.0, 286.0)],
        eyes_open: true,
        ..UPRIGHT
    };
    let shoulder = she.shoulder();
    let mut strokes = she.body();
    strokes.extend(she.arm(Layer::Far, shoulder.on(40.0, 84.0), Bend::Clockwise));
    strokes.extend(she.arm(Layer::Body, shoulder.on(-34.0, 86.0), Bend::Clockwise));
    strokes.push(Stroke::line(
        Layer::Scenery,
        [at(60.0, 300.0), at(260.0, 300.0)],
    ));
    let walk = Motion::line(at(214.0, 200.0), at(266.0, 200.0), Way::There);
    Drawing::new(strokes).with(walk)
}
