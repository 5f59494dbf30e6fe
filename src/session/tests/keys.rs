//! What a key changes of what is heard, and what it leaves as it is.

use std::iter;

use crate::base::{BreathPhase, Button, Frames, Key, Moment, Pace, VoiceAbility};
use crate::routine::{Form, Routine, built_in};
use crate::session::keys::{Action, Phase, action};
use crate::session::screening::{Part, Terms};
use crate::session::tests::virtual_room::Room;
use crate::session::{Command, Input, Sound};

const SHORT: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/short.toml"
));

/// How often she breathes in that.
const BREATHS: usize = 8;

fn seconds(s: f64) -> Frames {
    Frames::from_seconds(s)
}

fn room(text: &str) -> Room {
    let routine = Routine::parse("fixture.toml", text).expect("sound");
    Room::new(&routine, Pace::Standard, VoiceAbility::Renders)
}

fn short() -> Room {
    room(SHORT)
}

/// The halves of breaths that were heard to their end, with their lengths.
fn breaths(room: &Room) -> Vec<(BreathPhase, Frames)> {
    let whole = room.heard.iter().filter(|heard| heard.whole);
    let breaths = whole.filter_map(|heard| match heard.sound {
        Sound::Breath { phase, length } => Some((phase, length)),
        _ => None,
    });
    breaths.collect()
}

fn breathes(room: &Room) -> bool {
    room.session.view(room.now).breath.is_some()
}

fn until_breath(room: &mut Room) {
    while !breathes(room) {
        room.go_on(seconds(0.1));
    }
}

#[test]
fn some_keys_mean_the_same_whatever_is_going_on() {
    for phase in Phase::ALL {
        for (key, meant) in [
            (Key::CtrlC, Action::Quit),
            (Key::Escape, Action::Stop),
            (Key::Char('q'), Action::Stop),
            (Key::Media(Button::Stop), Action::Stop),
            (Key::Up, Action::Louder),
            (Key::Down, Action::Softer),
        ] {
            assert_eq!(action(phase, key), meant, "{key:?} while {phase:?}");
        }
    }
}

#[test]
fn a_key_is_one_step_louder_or_softer() {
    for (key, steps) in [(Key::Up, 1), (Key::Down, -1)] {
        let mut session = short().session;
        session.handle(Moment::START, Input::Key(key));
        let commands: Vec<_> = iter::from_fn(|| session.poll()).collect();
        assert_eq!(commands, [Command::Volume(steps)]);
    }
}

#[test]
fn what_is_waited_for_is_said_again_and_no_answer_to_that() {
    let mut room = short();
    assert!(room.until_waiting());
    let waited_for = room.said(0).pop();
    let before = room.heard.len();
    room.press(Key::Char('r'));
    assert!(room.until_waiting());
    assert_eq!(room.said(before).pop(), waited_for);
    assert_eq!(room.session.phase(room.now), Phase::Ready);
}

#[test]
fn a_sentence_that_is_being_said_is_said_again() {
    let mut room = Room::upper_back(Pace::Standard);
    room.pass(seconds(1.5));
    room.press(Key::Char('r'));
    room.pass(seconds(1.0));
    let hello = "Hello, and welcome.";
    assert_eq!(room.said(0), [hello, hello]);
    assert!(!room.heard[0].whole, "silence at once");
}

#[test]
fn before_the_first_sentence_there_is_none_to_be_said_again() {
    let mut room = Room::upper_back(Pace::Standard);
    room.press(Key::Char('r'));
    room.pass(seconds(2.0));
    assert_eq!(room.said(0), ["Hello, and welcome."]);
}

#[test]
fn in_a_rest_the_last_sentence_is_said_again() {
    let mut room = short();
    assert!(room.until_waiting());
    room.press(Key::Space);
    let hands = "Rest your hands where they feel good.";
    while room.said(0).last().is_none_or(|last| last != hands)
        || room.heard.last().is_some_and(|heard| heard.to > room.now)
    {
        room.pass(seconds(0.1));
    }
    let before = room.heard.len();
    room.press(Key::Char('r'));
    room.pass(seconds(1.0));
    assert_eq!(room.said(before), [hands]);
}

/// Clips let a question be laid out half a minute ahead; with a speech service it is only laid out when its turn comes.
fn led_to_a_question() -> [Room; 2] {
    [VoiceAbility::Renders, VoiceAbility::Speaks].map(|ability| {
        let routine = built_in("upper-back").expect("built in");
        let mut room = Room::new(&routine, Pace::Standard, ability).past_screening();
        while room.session.phase(room.now) != Phase::Asking {
            room.go_on(seconds(0.1));
        }
        room
    })
}

#[test]
fn no_key_answers_before_the_first_line_that_leads_to_a_question() {
    for room in led_to_a_question() {
        let said = room.sentences();
        let (begun, last) = said.last().expect("something was said");
        assert!(room.now.since(*begun) < seconds(0.2));
        assert_eq!(last, "If your back feels fine, we can do one more round.");
    }
}

/// While it is led up to, no is an answer, and yes is none: she has not heard to what.
#[test]
fn before_a_question_is_said_only_no_is_an_answer() {
    for mut room in led_to_a_question() {
        let before = room.sentences().len();
        let mut yes = room.clone();
        let [no, yes] = [(&mut room, Key::Tab), (&mut yes, Key::Enter)].map(|(room, key)| {
            room.press(key);
            room.pass(seconds(20.0));
            let said = room.sentences().split_off(before);
            said.into_iter().map(|(_, said)| said).collect::<Vec<_>>()
        });
        assert_eq!(no[0], "No.");
        assert!(!no.iter().any(|said| said.contains("Press ")), "{no:?}");
        assert_eq!(yes[0], "Press Enter for one more, or Tab to rest.");
    }
}

/// Whenever she asks for another pace, in a breath or between two: she breathes as often as ever, in and out in turn,
/// and the breath in progress is the last of its length.
#[test]
fn another_pace_neither_adds_nor_loses_a_breath() {
    for tenths in (0..180).step_by(7) {
        for (key, from, to) in [
            (Key::Char('['), Pace::Standard, Pace::Slow),
            (Key::Char(']'), Pace::Slow, Pace::Standard),
        ] {
            let routine = Routine::parse("fixture.toml", SHORT).expect("sound");
            let mut room = Room::new(&routine, from, VoiceAbility::Renders);
            until_breath(&mut room);
            room.pass(seconds(f64::from(tenths) / 10.0));
            let begun = breaths(&room).len().div_ceil(2);
            room.press(key);
            room.play_out();
            let [from, to] = [from, to].map(|pace| pace.breath().expect("counted"));
            let breaths = breaths(&room);
            let expected: Vec<_> = (0..2 * BREATHS)
                .map(|half| {
                    let lengths = if half < 2 * begun { from } else { to };
                    if half % 2 == 0 {
                        (BreathPhase::In, lengths.inhale)
                    } else {
                        (BreathPhase::Out, lengths.exhale)
                    }
                })
                .collect();
            assert_eq!(breaths, expected, "{key:?} after {tenths} tenths");
            assert!(room.heard.iter().all(|heard| heard.whole), "nothing is cut");
        }
    }
}

/// The speech service is given each word when its time comes: those of the breath in progress are still to be said.
#[test]
fn another_pace_loses_no_word_of_a_breath() {
    for tenths in (0..180).step_by(7) {
        let routine = Routine::parse("fixture.toml", SHORT).expect("sound");
        let mut room = Room::new(&routine, Pace::Standard, VoiceAbility::Speaks);
        until_breath(&mut room);
        room.pass(seconds(f64::from(tenths) / 10.0));
        room.press(Key::Char('['));
        room.play_out();
        let said = ["In.", "Out."].map(|word| {
            let spoken = room.spoken.iter();
            spoken.filter(|(_, said)| &**said.text() == word).count()
        });
        assert_eq!(said, [BREATHS; 2], "after {tenths} tenths");
    }
}

/// Where there is none slower or faster, nothing is said, and nothing is cut.
#[test]
fn there_is_no_pace_beyond_the_last() {
    for (pace, key) in [
        (Pace::Standard, Key::Char(']')),
        (Pace::VerySlow, Key::Char('[')),
    ] {
        let routine = Routine::parse("fixture.toml", SHORT).expect("sound");
        let mut room = Room::new(&routine, pace, VoiceAbility::Renders);
        until_breath(&mut room);
        room.press(key);
        assert_eq!(room.session.pace(), pace);
        room.play_out();
        assert_eq!(breaths(&room).len(), 2 * BREATHS);
        assert!(room.heard.iter().all(|heard| heard.whole), "nothing is cut");
    }
}

#[test]
fn in_a_pause_another_pace_is_said_and_the_pause_stays() {
    let mut room = short();
    until_breath(&mut room);
    room.press(Key::Space);
    room.pass(seconds(3.0));
    for (key, word) in [(Key::Char('['), "Slower."), (Key::Char(']'), "Faster.")] {
        let before = room.heard.len();
        room.press(key);
        room.pass(seconds(1.0));
        assert_eq!(room.said(before), [word]);
        assert_eq!(room.session.phase(room.now), Phase::Paused);
    }
    assert_eq!(room.session.pace(), Pace::Standard);
}

#[test]
fn only_where_the_sound_is_tried_is_it_said_how_loud_it_is() {
    let how_loud = "I am as loud as this now.".to_owned();
    for key in [Key::Up, Key::Down] {
        let mut playing = short();
        until_breath(&mut playing);
        playing.press(key);
        playing.play_out();
        assert!(!playing.said(0).contains(&how_loud), "{key:?}");
        assert!(playing.heard.iter().all(|heard| heard.whole));

        let terms = Terms {
            form: Form::Day,
            sound_check: true,
            ..Terms::FIRST
        };
        let routine = built_in("upper-back").expect("built in");
        let mut trying = Room::on_terms(&routine, terms, Pace::Standard, VoiceAbility::Renders);
        trying.pass(seconds(2.0));
        assert_eq!(trying.session.part(), Part::SoundCheck);
        let mut paused = trying.clone();
        trying.press(key);
        trying.pass(seconds(3.0));
        assert!(trying.said(0).contains(&how_loud), "{key:?}");
        paused.press(Key::Space);
        paused.pass(seconds(3.0));
        paused.press(key);
        paused.pass(seconds(3.0));
        assert!(!paused.said(0).contains(&how_loud), "{key:?}");
    }
}

/// Also a last movement that may be skipped: behind it there is none.
#[test]
fn nothing_leads_beyond_the_last_movement() {
    let mut room =
        room(&SHORT.replace("title = \"Breath\"\n", "title = \"Breath\"\nskip = true\n"));
    until_breath(&mut room);
    room.press(Key::Right);
    room.pass(seconds(1.0));
    let last = "Rest here, and I will be quiet for a little while.";
    assert_eq!(room.said(0).last().map(String::as_str), Some(last));
    let before = room.heard.len();
    room.press(Key::Right);
    room.play_out();
    assert!(room.heard[before - 1..].iter().all(|heard| heard.whole));
    assert_eq!(room.said(before).len(), 1, "and it is over");
}

/// Where she is goes on with what is heard, and all of it is as long as at first.
#[test]
fn the_place_that_is_shown_goes_on_with_the_time() {
    let mut room = short();
    assert!(room.until_waiting());
    room.press(Key::Space);
    // What answers her key is no part of it.
    room.pass(seconds(2.0));
    let view = |room: &Room| room.session.view(room.now);
    let (begun, first) = (room.now, view(&room));
    for _ in 0..300 {
        room.pass(seconds(0.1));
        let now = view(&room);
        let gone = room.now.since(begun);
        assert_eq!(now.elapsed, first.elapsed + gone, "at {:?}", room.now);
        assert_eq!(now.elapsed + now.left, first.elapsed + first.left);
    }
}

#[test]
fn her_place_is_one_of_the_movements() {
    let mut room = Room::upper_back(Pace::Standard);
    let mut numbers = Vec::new();
    while room.endings.is_empty() {
        room.go_on(seconds(1.0));
        numbers.extend(room.session.place(room.now).0.map(|(number, _)| number));
    }
    assert_eq!(numbers.first(), Some(&0));
    assert_eq!(numbers.last(), Some(&(room.session.movements() - 1)));
}
