//! The session when the loudspeaker goes and comes back, and when the computer sleeps, under a virtual clock.

use crate::base::{Frames, Hurt, Key, Pace, Unheard, VoiceAbility};
use crate::plan::WAKE_UP;
use crate::routine::Routine;
use crate::session::keys::Phase;
use crate::session::screening::{Close, Part};
use crate::session::{Ending, Input, Note, Sound};
use proptest::prelude::*;

use crate::session::tests::virtual_room::{Room, Service};

const SHORT: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/short.toml"
));

const WOKEN: Input = Input::Woken {
    asleep: Frames::from_millis(60_000),
};

const LOST: &str = "I cannot reach the loudspeaker, so I have paused.";
const BACK: &str = "The loudspeaker is back.";

fn seconds(s: f64) -> Frames {
    Frames::from_seconds(s)
}

fn texts(room: &Room, from: usize) -> Vec<String> {
    let text = |sound: &Sound| match sound {
        Sound::Speech(utterance) => utterance.text().to_string(),
        Sound::Breath { phase, .. } => format!("<{phase:?}>"),
        Sound::YourTurn | Sound::Presence => "<your turn>".into(),
        Sound::Chime => "<chime>".into(),
    };
    room.heard[from..]
        .iter()
        .map(|heard| text(&heard.sound))
        .collect()
}

fn shown(room: &Room) -> String {
    room.session.view(room.now).sentence.to_string()
}

fn short(ability: VoiceAbility) -> Room {
    let routine =
        Routine::parse("short.toml", SHORT).unwrap_or_else(|problems| panic!("{problems}"));
    Room::new(&routine, Pace::Standard, ability)
}

/// The short routine, in the middle of its first sentence, of its counted breath, or of a rest.
fn until(mut room: Room, reached: impl Fn(&Room) -> bool) -> Room {
    while !reached(&room) {
        room.go_on(seconds(0.25));
    }
    room
}

fn in_a_breath() -> Room {
    let breathes = |room: &Room| texts(room, 0).iter().filter(|said| *said == "<In>").count() == 2;
    let mut room = until(short(VoiceAbility::Renders), breathes);
    room.pass(seconds(4.0));
    room
}

/// Loses the loudspeaker for so long, and gives it back; what is heard after that.
fn away(room: &mut Room, length: f64) -> Vec<String> {
    let before = room.heard.len();
    room.give(Input::DeviceLost(Unheard::Away));
    assert_eq!(shown(room), LOST);
    room.pass(seconds(length));
    assert_eq!(texts(room, before), [""; 0], "nothing is played to nobody");
    room.give(Input::DeviceBack);
    let since = room.now;
    room.pass(seconds(12.0));
    let first = room.heard[before].from.since(since);
    assert!(
        (WAKE_UP..WAKE_UP + seconds(0.2)).contains(&first),
        "{first}"
    );
    texts(room, before)
}

#[test]
fn why_nothing_can_be_heard_is_shown_as_long_as_it_is_so() {
    let mut room = in_a_breath();
    let unheard = |room: &Room| room.session.view(room.now).unheard;
    assert_eq!(unheard(&room), None);
    let before = room.heard.len();
    let reasons = [
        (Unheard::Muted, Some(Unheard::Muted)),
        (Unheard::Dummy, Some(Unheard::Dummy)),
        // The sentence says so.
        (Unheard::Away, None),
        (Unheard::TooSoft, Some(Unheard::TooSoft)),
    ];
    for (why, shows) in reasons {
        room.give(Input::DeviceLost(why));
        room.pass(seconds(1.0));
        assert_eq!((unheard(&room), shown(&room)), (shows, LOST.to_owned()));
    }
    assert_eq!(texts(&room, before), [""; 0], "nothing is played to nobody");
    room.give(Input::DeviceBack);
    assert_eq!(unheard(&room), None);
    room.pass(seconds(3.0));
    assert_eq!(texts(&room, before)[0], BACK);
}

#[test]
fn after_a_long_sleep_it_is_over() {
    let asleep = |minutes: f64| Input::Woken {
        asleep: seconds(60.0 * minutes),
    };
    let over = "I will end here, so open your eyes, and start again another time.";
    let mut room = in_a_breath();
    let before = room.heard.len();
    room.give(asleep(10.0));
    room.pass(seconds(30.0));
    assert_eq!(
        texts(&room, before),
        ["The computer was asleep, so I have paused.", over]
    );
    assert_eq!(room.endings, [Ending::Asleep]);
    // Also from a pause, and when nothing can be heard.
    let mut paused = in_a_breath();
    paused.press(Key::Space);
    paused.pass(seconds(30.0));
    paused.give(asleep(600.0));
    paused.pass(seconds(30.0));
    assert_eq!(paused.endings, [Ending::Asleep]);
    let mut away = in_a_breath();
    away.give(Input::DeviceLost(Unheard::Away));
    away.give(asleep(11.0));
    away.pass(seconds(30.0));
    assert_eq!(away.endings, [Ending::Asleep]);
    // A shorter one is a pause.
    let mut short = in_a_breath();
    short.give(asleep(9.9));
    short.pass(seconds(30.0));
    assert!(short.endings.is_empty());
}

#[test]
fn who_let_the_shell_stop_it_is_told_no_tale_of_sleep() {
    let stopped = |minutes: f64| {
        let mut room = in_a_breath();
        room.give(Input::Suspended);
        let before = room.heard.len();
        room.give(Input::Woken {
            asleep: seconds(60.0 * minutes),
        });
        room.pass(seconds(8.0));
        (texts(&room, before), room)
    };
    let (heard, mut room) = stopped(2.0);
    assert_eq!(
        heard[..2],
        [
            "We are still paused.",
            "Come back to the middle, and let your arms rest."
        ]
    );
    room.press(Key::Space);
    // The next time it may be true.
    let before = room.heard.len();
    room.give(WOKEN);
    room.pass(seconds(3.0));
    assert_eq!(
        texts(&room, before)[0],
        "The computer was asleep, so I have paused."
    );
    // A night is too long for the answers of the evening.
    let (heard, mut room) = stopped(600.0);
    assert_eq!(heard[0], "We are still paused.");
    assert!(heard[1].starts_with("I will end here"), "{heard:?}");
    room.pass(seconds(10.0));
    assert_eq!(room.endings, [Ending::Asleep]);
}

#[test]
fn a_sentence_is_said_again_from_its_beginning() {
    let mut room = Room::upper_back(Pace::Standard);
    room.pass(seconds(1.5));
    assert_eq!(away(&mut room, 2.0)[..2], [BACK, "Hello, and welcome."]);
}

#[test]
fn a_breath_begins_again_with_its_first_half() {
    let mut room = in_a_breath();
    assert_eq!(texts(&room, room.heard.len() - 2)[0], "<Out>");
    assert_eq!(away(&mut room, 2.0)[..3], [BACK, "<In>", "In."]);
}

#[test]
fn after_a_long_time_the_movement_begins_again() {
    let mut room = in_a_breath();
    assert_eq!(
        away(&mut room, 4.5)[..3],
        [
            BACK,
            "If anything hurts or feels wrong, press Escape now.",
            "Then we start that move again, from the beginning.",
        ]
    );
    let before = room.heard.len();
    room.pass(seconds(9.0));
    assert_eq!(
        texts(&room, before)[0],
        "Rest your hands where they feel good."
    );
}

/// Nothing of it was said to its end yet.
#[test]
fn a_movement_in_its_first_sentence_does_not_begin_again() {
    let hands = "Rest your hands where they feel good.";
    let said_last = |room: &Room| texts(room, 0).last().is_some_and(|last| last == hands);
    let mut room = until(short(VoiceAbility::Renders), said_last);
    room.press(Key::Space);
    room.pass(seconds(60.0));
    let before = room.heard.len();
    room.press(Key::Space);
    room.pass(seconds(8.0));
    let said = texts(&room, before);
    let expected = ["If anything hurts or feels wrong, press Escape now.", hands];
    assert_eq!(said[..2], expected);
}

#[test]
fn a_rest_begins_again() {
    let rests = |room: &Room| {
        texts(room, 0)
            .iter()
            .filter(|said| *said == "<Out>")
            .count()
            == 8
    };
    let mut room = until(short(VoiceAbility::Renders), rests);
    room.pass(seconds(4.5) + seconds(1.0));
    let before = room.heard.len();
    let heard = away(&mut room, 1.0);
    assert_eq!(
        heard[..2],
        [BACK, "Rest here, and I will be quiet for a little while."]
    );
    // A second after the words, and the whole rest.
    let rest = room.heard[before + 1].from.since(room.heard[before].to);
    assert_eq!(rest, seconds(3.0));
    assert_eq!(room.play_out(), Ending::Done);
}

#[test]
fn her_pause_stays_a_pause() {
    let mut room = in_a_breath();
    room.press(Key::Space);
    room.pass(seconds(1.5));
    let before = room.heard.len();
    assert_eq!(away(&mut room, 2.0)[..2], [BACK, "We are still paused."]);
    room.pass(seconds(9.0));
    let heard = texts(&room, before);
    assert!(
        heard.contains(&"Press the space bar to go on, or Escape to end.".to_owned()),
        "{heard:?}"
    );
    assert_eq!(room.session.phase(room.now), Phase::Paused);
    room.pass(seconds(105.0));
    assert_eq!(shown(&room), "Still paused, so take your time.");
    room.pass(seconds(600.0));
    assert_eq!(room.endings, [Ending::LeftAlone]);
}

#[test]
fn a_short_pause_of_hers_is_still_a_short_one_afterwards() {
    let mut room = in_a_breath();
    room.press(Key::Space);
    room.pass(seconds(1.0));
    room.give(Input::DeviceLost(Unheard::Away));
    room.pass(seconds(1.0));
    room.give(Input::DeviceBack);
    room.pass(seconds(3.0));
    let before = room.heard.len();
    room.press(Key::Space);
    room.pass(seconds(1.0));
    assert_eq!(texts(&room, before), ["<In>", "In."]);
}

#[test]
fn her_arms_that_were_down_are_put_in_place_again() {
    for lost_first in [true, false] {
        let mut room = in_a_breath();
        room.press(Key::Space);
        let wait = if lost_first { 1.0 } else { 9.0 };
        room.pass(seconds(wait));
        room.give(Input::DeviceLost(Unheard::Away));
        room.pass(seconds(10.0 - wait));
        room.give(Input::DeviceBack);
        room.pass(seconds(2.0));
        let before = room.heard.len();
        room.press(Key::Space);
        room.pass(seconds(3.0));
        assert_eq!(
            texts(&room, before)[0],
            "If anything hurts or feels wrong, press Escape now."
        );
    }
}

#[test]
fn a_question_is_asked_again_from_the_first_line_that_leads_to_it() {
    for ability in [VoiceAbility::Renders, VoiceAbility::Speaks] {
        let mut room = in_a_breath_of(ability);
        room.press(Key::Escape);
        assert!(room.until_waiting());
        room.pass(seconds(1.0));
        let spoken = room.spoken.len();
        let before = room.heard.len();
        room.give(Input::DeviceLost(Unheard::Away));
        // Keys do not answer what she cannot hear.
        for key in [Key::Enter, Key::Tab, Key::Space, Key::Backspace, Key::Right] {
            room.press(key);
            room.pass(seconds(0.2));
        }
        room.pass(seconds(12.0));
        assert_eq!(room.notes, [Note::Begun]);
        room.give(Input::DeviceBack);
        assert!(room.until_waiting());
        let asked: Vec<String> = match ability {
            VoiceAbility::Renders => texts(&room, before),
            VoiceAbility::Speaks => {
                let spoken = room.spoken[spoken..].iter();
                spoken.map(|(_, said)| said.text().to_string()).collect()
            }
        };
        let asked: Vec<_> = asked
            .iter()
            .filter(|said| *said != LOST && *said != "<your turn>")
            .collect();
        assert_eq!(
            asked,
            [
                BACK,
                "Did you stop because something hurt, or felt wrong?",
                "Press Enter or Tab."
            ]
        );
        room.press(Key::Tab);
        room.pass(seconds(60.0));
        assert_eq!(room.notes, [Note::Begun, Note::Hurt(Hurt::No)]);
    }
}

fn in_a_breath_of(ability: VoiceAbility) -> Room {
    let breathes = |room: &Room| texts(room, 0).contains(&"<Out>".to_owned());
    until(short(ability), breathes)
}

#[test]
fn a_wait_until_she_is_ready_begins_again() {
    let mut room = short(VoiceAbility::Renders);
    assert!(room.until_waiting());
    room.give(Input::DeviceLost(Unheard::Away));
    room.press(Key::Space);
    room.pass(seconds(1.0));
    let before = room.heard.len();
    room.give(Input::DeviceBack);
    assert!(room.until_waiting());
    let asked =
        "Find the space bar, the long key at the near edge of the keyboard, and press it once.";
    assert_eq!(texts(&room, before)[..2], [BACK, asked]);
    assert_eq!(room.session.phase(room.now), Phase::Ready);
}

#[test]
fn a_close_goes_on_to_its_end() {
    let mut room = Room::upper_back(Pace::Standard);
    assert!(room.until_waiting());
    room.press(Key::Enter);
    while !texts(&room, 0).iter().any(|said| said.starts_with("Call ")) {
        room.pass(seconds(0.5));
    }
    assert!(matches!(room.session.part(), Part::Close(Close::Emergency)));
    let call = texts(&room, room.heard.len() - 1)[0].clone();
    let mut unheard = room.clone();
    assert_eq!(away(&mut room, 8.0)[..2], [BACK.to_owned(), call.clone()]);
    assert_eq!(room.play_out(), Ending::Declined);
    // What she cannot hear she may read.
    unheard.give(Input::DeviceLost(Unheard::Away));
    unheard.pass(seconds(5.0));
    assert_eq!(shown(&unheard), call);
}

#[test]
fn her_answer_is_said_back_again_if_she_may_not_have_heard_it() {
    let mut room = Room::upper_back(Pace::Standard);
    assert!(room.until_waiting());
    room.press(Key::Tab);
    room.pass(seconds(0.5));
    let mut back = room.clone();
    assert_eq!(away(&mut room, 1.0)[..2], [BACK, "No."]);
    // And then it can be taken back like any other.
    back.give(Input::DeviceLost(Unheard::Away));
    back.pass(seconds(1.0));
    back.give(Input::DeviceBack);
    let before = back.heard.len();
    let mut back = until(back, |room| texts(room, before).len() > 1);
    assert_eq!(texts(&back, before), [BACK, "No."]);
    let asked = texts(&back, 0)
        .into_iter()
        .find(|said| said.starts_with("Right now"));
    back.press(Key::Backspace);
    back.pass(seconds(1.0));
    assert_eq!(texts(&back, back.heard.len() - 1).pop(), asked);
}

#[test]
fn what_hurt_is_not_written_down_before_it_was_said_back() {
    let mut room = in_a_breath();
    room.press(Key::Escape);
    assert!(room.until_waiting());
    room.press(Key::Enter);
    room.pass(seconds(0.5));
    room.give(Input::DeviceLost(Unheard::Away));
    room.pass(seconds(1.0));
    assert_eq!(room.notes, [Note::Begun]);
    let mut gone = room.clone();
    room.give(Input::DeviceBack);
    room.pass(seconds(3.0));
    room.press(Key::Backspace);
    assert!(room.until_waiting());
    room.press(Key::Tab);
    room.pass(seconds(60.0));
    assert_eq!(room.notes, [Note::Begun, Note::Hurt(Hurt::No)]);
    // If she leaves instead, it counts.
    gone.press(Key::Escape);
    assert_eq!(gone.notes, [Note::Begun, Note::Hurt(Hurt::Yes)]);
}

#[test]
fn a_loudspeaker_that_comes_and_goes_says_once_that_it_is_back() {
    let mut room = in_a_breath();
    for _ in 0..5 {
        room.give(Input::DeviceLost(Unheard::Away));
        room.pass(seconds(1.0));
        room.give(Input::DeviceBack);
        room.pass(seconds(1.3));
    }
    let before = room.heard.len() - 1;
    room.pass(seconds(6.0));
    assert_eq!(texts(&room, before)[..3], [BACK, "<In>", "In."]);
}

#[test]
fn escape_ends_at_once_and_the_pain_question_stays_open() {
    let mut room = in_a_breath();
    room.give(Input::DeviceLost(Unheard::Away));
    room.pass(seconds(5.0));
    let heard = room.heard.len();
    room.press(Key::Escape);
    assert_eq!(room.endings, [Ending::Stopped]);
    assert_eq!(room.heard.len(), heard);
    assert_eq!(room.notes, [Note::Begun]);
    assert!(room.after_the_end.is_empty());
}

#[test]
fn escape_in_a_close_ends_it_as_what_it_is() {
    let mut room = Room::upper_back(Pace::Standard);
    assert!(room.until_waiting());
    room.press(Key::Enter);
    room.pass(seconds(6.0));
    room.give(Input::DeviceLost(Unheard::Away));
    room.press(Key::Escape);
    assert_eq!(room.endings, [Ending::Declined]);
    assert!(
        room.session.closing_words().next().is_some(),
        "she can read what to do"
    );
}

/// Were it "declined" then, it would count as done, and nobody would ask whether something hurt.
#[test]
fn what_it_ends_for_stays_so_whatever_comes_in_its_last_words() {
    let asleep = || Input::Woken {
        asleep: seconds(3600.0),
    };
    let begun = [
        (vec![asleep()], Ending::Asleep),
        (
            vec![Input::DeviceLost(Unheard::Away), asleep()],
            Ending::Asleep,
        ),
        (
            vec![Input::VoiceFailed, Input::VoiceFailed],
            Ending::VoiceLost,
        ),
    ];
    let inputs = [
        Input::Key(Key::Escape),
        Input::Key(Key::CtrlC),
        Input::Key(Key::Space),
        Input::Key(Key::Enter),
        Input::VoiceFailed,
        Input::DeviceLost(Unheard::Away),
        Input::FocusLost,
        Input::Suspended,
        asleep(),
    ];
    for ability in [VoiceAbility::Renders, VoiceAbility::Speaks] {
        for (begin, ending) in &begun {
            for (input, after) in inputs.iter().flat_map(|input| [(input, 0.0), (input, 0.3)]) {
                let mut room = in_a_breath_of(ability);
                begin.iter().cloned().for_each(|input| room.give(input));
                room.pass(seconds(after));
                assert!(room.endings.is_empty(), "there are last words");
                room.give(input.clone());
                room.pass(seconds(60.0));
                assert_eq!(room.endings, [*ending], "{input:?} after {after} s");
            }
        }
    }
}

#[test]
fn last_words_that_the_service_does_not_say_are_left_out() {
    let mut room = in_a_breath_of(VoiceAbility::Speaks).with_service(Service::Hangs);
    let asleep = seconds(3600.0);
    room.give(Input::Woken { asleep });
    room.pass(seconds(1.0));
    let given = room.spoken.len();
    room.give(Input::VoiceFailed);
    room.pass(seconds(5.0));
    assert_eq!(room.spoken.len(), given);
    let last = room.heard.last().map(|heard| &heard.sound);
    assert_eq!(last, Some(&Sound::Chime));
    assert_eq!(room.endings, [Ending::Asleep]);
}

#[test]
fn a_loudspeaker_that_stays_away_ends_it() {
    for paused in [false, true] {
        let mut room = in_a_breath();
        if paused {
            room.press(Key::Space);
        }
        room.give(Input::DeviceLost(Unheard::Away));
        room.pass(seconds(599.0));
        assert_eq!(shown(&room), LOST);
        room.pass(seconds(12.0));
        assert_eq!(room.endings, [Ending::DeviceLost]);
    }
}

#[test]
fn the_service_may_fail_while_the_loudspeaker_is_away() {
    let mut room = in_a_breath_of(VoiceAbility::Speaks).with_service(Service::Hangs);
    room.give(Input::DeviceLost(Unheard::Away));
    for _ in 0..5 {
        room.give(Input::VoiceFailed);
        room.pass(seconds(20.0));
    }
    assert!(room.endings.is_empty());
    room = room.with_service(Service::Sound);
    room.give(Input::DeviceBack);
    assert_eq!(room.play_out(), Ending::Done);
}

#[test]
fn after_sleep_it_is_paused_and_says_so() {
    let mut room = in_a_breath();
    let before = room.heard.len();
    room.give(WOKEN);
    room.pass(seconds(20.0));
    let heard = texts(&room, before);
    assert_eq!(heard[0], "The computer was asleep, so I have paused.");
    assert!(heard.contains(&"Press the space bar to go on, or Escape to end.".to_owned()));
    assert_eq!(room.session.phase(room.now), Phase::Paused);
    let before = room.heard.len();
    room.press(Key::Space);
    room.pass(seconds(3.0));
    assert_eq!(
        texts(&room, before)[0],
        "If anything hurts or feels wrong, press Escape now."
    );
}

#[test]
fn sleep_and_loss_in_any_order_are_one_pause() {
    for inputs in [
        [WOKEN, Input::DeviceLost(Unheard::Away)],
        [Input::DeviceLost(Unheard::Away), WOKEN],
    ] {
        let mut room = in_a_breath();
        for input in inputs {
            room.give(input);
            room.pass(seconds(0.5));
        }
        assert_eq!(shown(&room), LOST);
        let before = room.heard.len();
        room.give(Input::DeviceBack);
        room.pass(seconds(5.0));
        assert_eq!(texts(&room, before), [BACK, "We are still paused."]);
        assert_eq!(room.session.phase(room.now), Phase::Paused);
        let before = room.heard.len();
        room.press(Key::Space);
        room.pass(seconds(1.0));
        assert_eq!(
            texts(&room, before)[0],
            "If anything hurts or feels wrong, press Escape now."
        );
        assert_eq!(room.play_out(), Ending::Done);
    }
}

#[test]
fn a_close_goes_on_after_sleep() {
    let mut room = in_a_breath();
    room.press(Key::Escape);
    room.pass(seconds(1.0));
    let before = room.heard.len();
    room.give(WOKEN);
    assert!(room.until_waiting());
    assert_eq!(texts(&room, before)[0], "Stopping now.");
}

/// Anything that may happen to a session.
fn any_event() -> impl Strategy<Value = Input> {
    let keys = vec![
        Key::Space,
        Key::Enter,
        Key::Tab,
        Key::Right,
        Key::Left,
        Key::Char('r'),
        Key::Char('?'),
    ];
    prop_oneof![
        3 => Just(Input::DeviceLost(Unheard::Away)),
        3 => Just(Input::DeviceBack),
        1 => Just(WOKEN),
        1 => Just(Input::Suspended),
        4 => prop::sample::select(keys).prop_map(Input::Key),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_to_the_loudspeaker_it_goes_on_or_ends(
        speaks in any::<bool>(),
        events in prop::collection::vec((0..20_000_u64, any_event()), 0..25),
    ) {
        let ability = if speaks { VoiceAbility::Speaks } else { VoiceAbility::Renders };
        let mut room = short(ability);
        let mut lost = false;
        for (wait, input) in events {
            let before = room.heard.len();
            room.pass(Frames(wait * 48));
            prop_assert!(!lost || room.heard.len() == before, "something is played to nobody");
            if !room.endings.is_empty() {
                break;
            }
            match input {
                Input::DeviceLost(_) => lost = true,
                Input::DeviceBack => lost = false,
                _ => {}
            }
            room.give(input);
        }
        room.give(Input::DeviceBack);
        // Wherever it stands, she can have it go on to its end.
        for _ in 0..1000 {
            if !room.endings.is_empty() {
                break;
            }
            if room.session.phase(room.now) == Phase::Paused {
                room.press(Key::Space);
            }
            room.go_on(seconds(1.0));
        }
        prop_assert_eq!(room.endings.len(), 1);
        prop_assert!(room.after_the_end.is_empty());
    }
}
