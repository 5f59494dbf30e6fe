//! Whatever the program says of itself is true where it is said.

use super::virtual_room::Room;
use crate::base::{Frames, Key, Pace, VoiceAbility};
use crate::routine::built_in;
use crate::session::Ending;
use crate::session::screening::Terms;

/// Words that are true only while she is in a movement.
const OF_A_MOVEMENT: [&str; 4] = [
    "back to the middle",
    "let your arms",
    "start that move again",
    "If anything hurts or feels wrong, press Escape now.",
];

fn seconds(s: f64) -> Frames {
    Frames::from_seconds(s)
}

fn speaks_of_a_movement(said: &[String]) -> bool {
    let of_one = |said: &String| OF_A_MOVEMENT.iter().any(|words| said.contains(words));
    said.iter().any(of_one)
}

/// What a long pause here says, and going on after it; then what a stop says.
fn pause_and_stop(room: &Room) -> [Vec<String>; 2] {
    let mut paused = room.clone();
    let before = paused.heard.len();
    paused.press(Key::Other);
    paused.pass(seconds(30.0));
    paused.press(Key::Space);
    paused.pass(seconds(3.0));
    let mut stopped = room.clone();
    stopped.press(Key::Escape);
    let from = stopped.heard.len();
    assert_eq!(stopped.play_out(), Ending::Stopped);
    [paused.said(before), stopped.said(from)]
}

#[test]
fn arms_the_middle_and_moves_are_spoken_of_only_in_a_movement() {
    for name in ["upper-back", "gentle", "rest"] {
        let routine = built_in(name).expect("built in");
        let ability = VoiceAbility::Renders;
        let mut room = Room::on_terms(&routine, Terms::FIRST, Pace::Standard, ability);
        let (mut moving, mut still) = (0, 0);
        while room.endings.is_empty() {
            let view = room.session.view(room.now);
            let breathes = view.breath.is_some();
            let waits = room.session.waits(room.now);
            let plays = room.session.phase(room.now) == crate::session::keys::Phase::Playing;
            if plays && (breathes || still < 12 || view.movement.is_empty()) {
                let [paused, stopped] = pause_and_stop(&room);
                assert_eq!(paused[0], "Paused.");
                assert!(stopped.iter().any(|said| said.contains("something hurt")));
                if breathes {
                    moving += 1;
                    assert!(paused.iter().any(|said| said.contains("your arms rest")));
                    assert!(
                        stopped
                            .iter()
                            .any(|said| said.contains("your arms come down"))
                    );
                } else if view.movement.is_empty() {
                    still += 1;
                    assert!(!speaks_of_a_movement(&paused), "{name}: {paused:?}");
                    assert!(!speaks_of_a_movement(&stopped), "{name}: {stopped:?}");
                }
            }
            let step = if breathes { 20.0 } else { 7.0 };
            if waits || !room.endings.is_empty() {
                room.go_on(seconds(0.1));
            } else {
                room.go_on(seconds(step));
            }
        }
        assert!(still >= 3 && moving >= 3, "{name}: {moving} {still}");
    }
}
