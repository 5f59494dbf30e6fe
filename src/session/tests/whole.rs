//! The session under a virtual clock: what is said when, and what no sequence of keys can do.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::base::{Button, Frames, Hurt, Key, Moment, Pace, Posture, Side, VoiceAbility};
use crate::plan::{Cue, Plan, Setting};
use crate::routine::{Companion, Form, Routine, built_in, built_in_names};
use crate::session::keys::{Action, Phase, action};
use crate::session::screening::{Part, Terms};
use crate::session::{Ending, Input, Note, Sound};
use proptest::prelude::*;

use crate::session::tests::virtual_room::{Heard, Room, Service};

const SHORT: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/short.toml"
));

fn fixture(text: &str) -> Routine {
    Routine::parse("fixture.toml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn seconds(s: f64) -> Frames {
    Frames::from_seconds(s)
}

fn text(sound: &Sound) -> String {
    match sound {
        Sound::Speech(utterance) => utterance.text().to_string(),
        Sound::Breath { phase, length } => format!("<{phase:?} {:.1}>", length.seconds()),
        Sound::YourTurn => "<your turn>".into(),
        Sound::Presence => "<presence>".into(),
        Sound::Chime => "<chime>".into(),
    }
}

fn log(heard: &[Heard]) -> String {
    heard.iter().fold(String::new(), |mut log, heard| {
        let at = heard.from.since(Moment::START).to_string();
        let _ = writeln!(log, "{at:>8}  {}", text(&heard.sound));
        log
    })
}

fn texts(heard: &[Heard]) -> Vec<String> {
    heard.iter().map(|heard| text(&heard.sound)).collect()
}

#[test]
fn a_plan_at_every_pace() {
    for name in built_in_names() {
        for pace in Pace::ALL {
            let plan = plan(name, pace, Posture::Seated);
            insta::assert_snapshot!(format!("plan_{name}_{pace}"), plan);
        }
    }
    let standing = plan("upper-back", Pace::Standard, Posture::Standing);
    insta::assert_snapshot!("plan_upper-back_standing", standing);
}

fn plan(name: &str, pace: Pace, posture: Posture) -> Plan {
    let routine = built_in(name).expect("built in");
    let setting = Setting::new(pace, posture);
    Plan::compile(&routine, &Companion::built_in(), setting)
}

#[test]
fn a_session_at_every_pace() {
    for pace in Pace::ALL {
        let mut room = Room::upper_back(pace);
        assert_eq!(room.play_out(), Ending::Done);
        insta::assert_snapshot!(format!("session_{pace}"), log(&room.heard));
    }
}

#[test]
fn every_cell_of_the_key_table() {
    use Action::*;
    let keys = [
        //                     playing   paused    asking    ready     closing
        (Key::Space, [Pause, GoOn, AskAgain, Ready, Nothing]),
        (Key::Other, [Pause, Nothing, AskAgain, Ready, Nothing]),
        (Key::Char('x'), [Pause, Nothing, AskAgain, Ready, Nothing]),
        (Key::Escape, [Stop, Stop, Stop, Stop, Stop]),
        (Key::Char('q'), [Stop, Stop, Stop, Stop, Stop]),
        (Key::Enter, [Pause, Nothing, Yes, Ready, Nothing]),
        (Key::Char('y'), [Pause, Nothing, Yes, Ready, Nothing]),
        (Key::Tab, [Pause, Nothing, No, Ready, Nothing]),
        (Key::Char('n'), [Pause, Nothing, No, Ready, Nothing]),
        (Key::Backspace, [Pause, Nothing, Undo, Ready, Nothing]),
        (Key::Left, [Previous, Nothing, AskAgain, Nothing, Nothing]),
        (Key::Right, [Next, Nothing, AskAgain, Nothing, Nothing]),
        (
            Key::Char('r'),
            [SayAgain, Nothing, AskAgain, AskAgain, Nothing],
        ),
        (Key::Up, [Louder, Louder, Louder, Louder, Louder]),
        (Key::Down, [Softer, Softer, Softer, Softer, Softer]),
        (Key::Char('['), [Slower, Slower, Slower, Slower, Nothing]),
        (Key::Char(']'), [Faster, Faster, Faster, Faster, Nothing]),
        (
            Key::Char('t'),
            [TimeLeft, TimeLeft, AskAgain, TimeLeft, Nothing],
        ),
        (Key::Char('?'), [Help, Help, AskAgain, Help, Nothing]),
        (Key::Char('h'), [Help, Help, AskAgain, Help, Nothing]),
        (
            Key::Media(Button::PlayPause),
            [Pause, GoOn, AskAgain, Ready, Nothing],
        ),
        (
            Key::Media(Button::Play),
            [Nothing, GoOn, AskAgain, Ready, Nothing],
        ),
        (
            Key::Media(Button::Pause),
            [Pause, Nothing, AskAgain, Pause, Nothing],
        ),
        (Key::Media(Button::Stop), [Stop, Stop, Stop, Stop, Stop]),
        (
            Key::Media(Button::Next),
            [Next, Nothing, AskAgain, Nothing, Nothing],
        ),
        (
            Key::Media(Button::Previous),
            [Previous, Nothing, AskAgain, Nothing, Nothing],
        ),
        (Key::CtrlC, [Quit, Quit, Quit, Quit, Quit]),
    ];
    for (key, actions) in keys {
        for (phase, expected) in Phase::ALL.into_iter().zip(actions) {
            assert_eq!(action(phase, key), expected, "{key:?} while {phase:?}");
        }
    }
}

/// In the middle of the counted breath of the short routine.
fn in_a_breath() -> Room {
    let mut room = Room::new(&fixture(SHORT), Pace::Standard, VoiceAbility::Renders);
    assert!(room.until_waiting());
    room.press(Key::Space);
    while !matches!(
        room.heard.last(),
        Some(Heard {
            sound: Sound::Breath { .. },
            ..
        })
    ) {
        room.pass(seconds(0.1));
    }
    room.pass(seconds(8.0));
    room
}

#[test]
fn a_short_pause_begins_the_breath_again() {
    let mut room = in_a_breath();
    let before = room.heard.len();
    room.press(Key::Space);
    room.pass(seconds(2.0));
    room.press(Key::Space);
    let paused_at = room.now;
    room.pass(seconds(1.0));
    assert_eq!(texts(&room.heard[before..]), ["Paused.", "<In 3.0>", "In."]);
    assert_eq!(room.heard[before + 1].from, paused_at, "at once");
}

#[test]
fn a_long_pause_begins_the_movement_again_from_where_her_hands_go() {
    let mut room = in_a_breath();
    let before = room.heard.len();
    room.press(Key::Space);
    room.pass(seconds(20.0));
    room.press(Key::Space);
    room.pass(seconds(26.5));
    assert_eq!(
        texts(&room.heard[before..]),
        [
            "Paused.",
            "Come back to the middle, and let your arms rest.",
            "Breathe as you like.",
            "Press the space bar to go on, or Escape to end.",
            "If anything hurts or feels wrong, press Escape now.",
            "Then we start that move again, from the beginning.",
            "Rest your hands where they feel good.",
            "Breathe in softly.",
            "Breathe out slowly.",
            "<In 3.0>",
            "In.",
        ]
    );
}

#[test]
fn a_wait_for_her_is_heard_now_and_then() {
    let mut room = Room::upper_back(Pace::Standard).past_screening();
    while room.session.phase(room.now) != Phase::Ready || !room.session.waits(room.now) {
        room.go_on(seconds(0.1));
    }
    let tones = |room: &Room| {
        texts(&room.heard)
            .iter()
            .filter(|said| *said == "<presence>")
            .count()
    };
    // "Your turn" is still to be heard.
    room.pass(seconds(1.0));
    let before = room.heard.len();
    room.pass(seconds(305.0));
    assert_eq!(
        room.heard.len() - before,
        tones(&room),
        "nothing else is heard"
    );
    assert_eq!(tones(&room), 15);
    // It ends with the wait.
    room.press(Key::Space);
    room.pass(seconds(25.0));
    assert_eq!(tones(&room), 15);
}

#[test]
fn a_lost_focus_pauses_and_says_so() {
    let mut room = in_a_breath();
    let before = room.heard.len();
    room.give(Input::FocusLost);
    assert_eq!(room.session.phase(room.now), Phase::Paused);
    room.pass(seconds(3.0));
    assert_eq!(
        texts(&room.heard[before..]),
        [
            "Paused.",
            "Another window has the keyboard now, so come back to mine before you press a key.",
        ]
    );
    // Once more changes nothing.
    room.give(Input::FocusLost);
    room.press(Key::Space);
    assert_eq!(room.session.phase(room.now), Phase::Playing);
}

#[test]
fn a_focus_lost_during_a_question_of_the_close_has_it_asked_again() {
    let mut room = in_a_breath();
    room.press(Key::Escape);
    assert!(room.until_waiting());
    room.pass(seconds(3.0));
    let before = room.heard.len();
    room.give(Input::FocusLost);
    assert!(room.until_waiting());
    assert_eq!(
        texts(&room.heard[before..]),
        [
            "Another window has the keyboard now, so come back to mine before you press a key.",
            "Did you stop because something hurt, or felt wrong?",
            "Press Enter or Tab.",
        ]
    );
    // It waits for her as long as ever, and ends then.
    room.pass(seconds(9.0));
    assert!(room.session.waits(room.now));
    room.pass(seconds(300.0));
    assert_eq!(room.notes, [Note::Begun, Note::Hurt(Hurt::Unanswered)]);
}

#[test]
fn another_pace_while_the_service_speaks_places_nothing_beyond_all_time() {
    let mut room = Room::new(&fixture(SHORT), Pace::Slow, VoiceAbility::Speaks);
    room.pass(seconds(0.9));
    assert!(!room.spoken.is_empty(), "it is speaking");
    for key in [Key::Char('['), Key::Char(']')] {
        room.press(key);
        room.pass(seconds(0.3));
    }
    assert_eq!(room.play_out(), Ending::Done);
}

#[test]
fn a_pause_from_outside_while_she_is_waited_for_is_silence_and_then_she_is_asked_again() {
    let mut room = Room::new(&fixture(SHORT), Pace::Standard, VoiceAbility::Renders);
    assert!(room.until_waiting());
    let before = room.heard.len();
    let mut said = texts(&room.heard).into_iter();
    let asked = said
        .rfind(|text| !text.starts_with('<'))
        .expect("a request");
    room.press(Key::Media(Button::Pause));
    room.pass(seconds(2.0));
    assert_eq!(texts(&room.heard[before..]), ["Paused."]);
    room.press(Key::Media(Button::Play));
    assert!(room.until_waiting());
    let again = texts(&room.heard[before + 1..]);
    assert!(again.contains(&asked), "{again:?}");
    room.press(Key::Media(Button::Play));
    room.pass(seconds(2.0));
    assert_eq!(room.session.phase(room.now), Phase::Playing);
}

#[test]
fn a_sentence_that_was_interrupted_is_said_again_from_its_beginning() {
    let mut room = Room::upper_back(Pace::Standard);
    room.pass(seconds(1.5));
    room.press(Key::Other);
    room.pass(seconds(1.0));
    room.press(Key::Space);
    room.pass(seconds(1.0));
    assert_eq!(
        texts(&room.heard),
        ["Hello, and welcome.", "Paused.", "Hello, and welcome."]
    );
}

#[test]
fn a_pause_that_lasts_ends_kindly() {
    let mut room = in_a_breath();
    room.press(Key::Space);
    room.pass(seconds(119.0));
    let before = room.heard.len();
    room.pass(seconds(3.0));
    assert_eq!(
        texts(&room.heard[before..]),
        ["Still paused, so take your time."]
    );
    room.pass(seconds(700.0));
    assert_eq!(room.endings, [Ending::LeftAlone]);
    assert_eq!(
        texts(&room.heard).last().map(String::as_str),
        Some("I will end here, so open your eyes, and start again another time.")
    );
}

#[test]
fn a_stop_is_silent_at_once_and_then_says_that_it_is_over() {
    let mut room = in_a_breath();
    let before = room.heard.len();
    let pressed = room.now;
    room.press(Key::Escape);
    assert!(room.heard[..before].iter().all(|heard| heard.to <= pressed));
    assert_eq!(room.play_out(), Ending::Stopped);
    let close = &room.heard[before..];
    assert!(
        close[0].from.since(pressed) >= seconds(0.3),
        "silence first"
    );
    assert_eq!(
        texts(close),
        [
            "Stopping now.",
            "Come back to the middle slowly, and let your arms come down.",
            "Open your eyes.",
            "If you need help now, call your emergency number.",
            "Breathe in your own time.",
            "Did you stop because something hurt, or felt wrong?",
            "Press Enter or Tab.",
            "No.",
            "That is fine, and you have done enough for now.",
            "Get up slowly when you are ready.",
            "<chime>",
            "The session is over.",
        ]
    );
    assert!(room.after_the_end.is_empty());
    assert_eq!(room.notes, [Note::Begun, Note::Hurt(Hurt::No)]);
}

#[test]
fn a_second_stop_ends_in_silence() {
    let mut room = in_a_breath();
    room.press(Key::Escape);
    room.pass(seconds(1.0));
    let pressed = room.now;
    room.press(Key::Char('q'));
    room.pass(seconds(0.1));
    assert_eq!(room.endings, [Ending::Stopped]);
    assert!(room.heard.iter().all(|heard| heard.to <= pressed));
}

#[test]
fn the_warm_up_cannot_be_skipped_and_other_movements_can() {
    let mut room = Room::upper_back(Pace::Standard).past_screening();
    room.pass(seconds(2.0));
    room.press(Key::Right);
    room.pass(seconds(2.0));
    let section = |room: &Room| room.session.view(room.now).section.to_string();
    while section(&room) != "Warm-up" {
        room.go_on(seconds(0.5));
    }
    let before = room.heard.len();
    room.press(Key::Right);
    room.pass(seconds(2.0));
    assert_eq!(section(&room), "Warm-up");
    assert!(
        room.heard[before - 1..].iter().all(|heard| heard.whole),
        "nothing was cut off"
    );
    while section(&room) != "Release" {
        room.go_on(seconds(0.5));
    }
    let movement = |room: &Room| room.session.view(room.now).movement.to_string();
    room.press(Key::Right);
    room.pass(seconds(1.0));
    assert_eq!(movement(&room), "A soft press, left shoulder");
    for _ in 0..3 {
        room.press(Key::Right);
        room.pass(seconds(1.0));
    }
    assert_eq!(movement(&room), "A slow circle, the other way");
    // Its hug belongs to the movement before, which she has skipped: so it is said first.
    let said = texts(&room.heard);
    assert_eq!(
        said.last().map(String::as_str),
        Some("Cross your arms above your bump, and hold your own shoulders, like a hug.")
    );
    room.press(Key::Left);
    room.pass(seconds(1.0));
    assert_eq!(movement(&room), "A slow circle");
}

#[test]
fn a_slower_pace_comes_with_the_next_breath_and_is_said() {
    let mut room = in_a_breath();
    let before = room.heard.len();
    room.press(Key::Char('['));
    room.pass(seconds(20.0));
    let after = texts(&room.heard[before..]);
    let slower = after
        .iter()
        .position(|said| said == "Slower.")
        .expect("said");
    assert!(
        after[..slower].iter().all(|said| !said.contains("6.0")),
        "{after:?}"
    );
    assert_eq!(
        after[slower + 1..slower + 4],
        ["<In 4.0>", "In.", "<Out 6.0>"]
    );
    assert!(
        room.heard.iter().all(|heard| heard.whole),
        "no breath was cut off"
    );
    room.press(Key::Char(']'));
    assert_eq!(room.session.pace(), Pace::Standard);
    room.press(Key::Char(']'));
    assert_eq!(room.session.pace(), Pace::Standard, "there is none faster");
}

#[test]
fn help_and_time_left_keep_her_place() {
    for key in [Key::Char('?'), Key::Char('t')] {
        let mut room = Room::upper_back(Pace::Standard);
        room.pass(seconds(1.0));
        room.press(key);
        room.pass(seconds(60.0));
        let said = texts(&room.heard);
        assert_eq!(said[0], "Hello, and welcome.");
        let again = said[1..]
            .iter()
            .position(|said| *said == "Hello, and welcome.")
            .expect("again");
        assert!(again >= 1, "something was said between: {said:?}");
    }
}

#[test]
fn a_sentence_is_said_again_on_request() {
    let mut room = in_a_breath();
    let before = room.heard.len();
    room.press(Key::Char('r'));
    room.pass(seconds(4.0));
    assert_eq!(
        texts(&room.heard[before..])[..2],
        ["Breathe out slowly.", "<In 3.0>"]
    );
}

// ---- the desktop's speech service ----

#[test]
fn a_service_says_everything_in_order_and_nothing_twice() {
    let routine = fixture(SHORT);
    let mut room = Room::new(&routine, Pace::Standard, VoiceAbility::Speaks);
    assert_eq!(room.play_out(), Ending::Done);
    let mut rendered = Room::new(&routine, Pace::Standard, VoiceAbility::Renders);
    rendered.play_out();
    let spoken: Vec<_> = room
        .spoken
        .iter()
        .map(|(_, said)| said.text().to_string())
        .collect();
    let expected: Vec<_> = texts(&rendered.heard)
        .into_iter()
        .filter(|said| !said.starts_with('<'))
        .collect();
    assert_eq!(spoken, expected);
}

#[test]
fn a_service_that_hangs_is_asked_once_more_and_then_the_session_ends() {
    let mut room = Room::new(&fixture(SHORT), Pace::Standard, VoiceAbility::Speaks)
        .with_service(Service::Hangs);
    room.pass(seconds(60.0));
    assert_eq!(room.endings, [Ending::VoiceLost]);
    assert_eq!(room.spoken.len(), 2);
    // Twice the service's patience, then the chime, at once.
    let chime = room.heard.last().expect("the chime");
    let waited = chime.from.since(room.spoken[1].0);
    assert!(waited < seconds(17.0), "{waited}");
    assert_eq!(room.now, chime.to);
    assert_eq!(
        room.spoken[0].1, room.spoken[1].1,
        "the same sentence twice"
    );
}

// ---- what no sequence of keys can do ----

fn any_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        4 => Just(Key::Space),
        1 => Just(Key::Enter),
        1 => Just(Key::Tab),
        1 => Just(Key::Backspace),
        1 => Just(Key::Left),
        1 => Just(Key::Right),
        1 => Just(Key::Other),
        1 => prop::char::range('!', '~').prop_map(Key::Char),
        1 => prop::sample::select(&[
            Button::PlayPause,
            Button::Play,
            Button::Pause,
            Button::Stop,
            Button::Next,
            Button::Previous,
        ][..])
        .prop_map(Key::Media),
        1 => prop::sample::select(vec!['r', 't', '?', '[', ']', 'y', 'n']).prop_map(Key::Char),
    ]
}

fn any_pace() -> impl Strategy<Value = Pace> {
    prop::sample::select(Pace::ALL.to_vec())
}

/// Times between keys: some close together, some beyond the four seconds of a long pause.
fn any_wait() -> impl Strategy<Value = u64> {
    prop_oneof![0..3_000_u64, 0..30_000_u64, 100_000..200_000_u64].prop_map(|ms| ms * 48)
}

fn any_keys() -> impl Strategy<Value = Vec<(u64, Key)>> {
    prop::collection::vec((any_wait(), any_key()), 0..25)
}

fn any_ability() -> impl Strategy<Value = VoiceAbility> {
    prop::sample::select(vec![VoiceAbility::Renders, VoiceAbility::Speaks])
}

/// What a pause may say, and nothing else.
fn said_in_a_pause() -> HashSet<String> {
    let companion = Companion::built_in();
    let lines = [
        &companion.paused,
        &companion.help,
        &companion.slower,
        &companion.faster,
    ];
    let fixed = lines
        .into_iter()
        .flatten()
        .map(|line| companion.fill_in(&line.text));
    let times = (0..60).map(|minutes| companion.time_left(minutes));
    fixed.chain(times).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn there_is_one_finish_and_it_is_last(pace in any_pace(), ability in any_ability(), keys in any_keys()) {
        let mut room = Room::new(&fixture(SHORT), pace, ability);
        for (wait, key) in keys {
            room.pass(Frames(wait));
            room.press(key);
        }
        // Whatever she pressed, one Escape ends it, with no further key.
        room.press(Key::Escape);
        room.pass(seconds(300.0));
        prop_assert_eq!(room.endings.len(), 1);
        prop_assert!(room.after_the_end.is_empty());
        room.press(Key::Space);
        prop_assert!(room.after_the_end.is_empty());
        prop_assert_eq!(room.endings.len(), 1);
    }

    #[test]
    fn nothing_of_the_routine_begins_while_paused(pace in any_pace(), keys in any_keys()) {
        let mut room = Room::new(&fixture(SHORT), pace, VoiceAbility::Renders);
        for (wait, key) in keys {
            room.pass(Frames(wait));
            room.press(key);
        }
        let allowed = said_in_a_pause();
        for heard in room.heard.iter().filter(|heard| heard.phase == Phase::Paused) {
            prop_assert!(allowed.contains(&text(&heard.sound)), "{:?}", heard);
        }
    }

    #[test]
    fn no_two_sentences_overlap_and_none_runs_into_a_breath(pace in any_pace(), keys in any_keys()) {
        let mut room = Room::new(&fixture(SHORT), pace, VoiceAbility::Renders);
        for (wait, key) in keys {
            room.pass(Frames(wait));
            room.press(key);
        }
        let speech: Vec<_> = room.heard.iter().filter(|heard| matches!(heard.sound, Sound::Speech(_))).collect();
        for pair in speech.windows(2) {
            prop_assert!(pair[0].to <= pair[1].from, "{:?}", pair);
        }
        let breaths: Vec<_> = room.heard.iter().filter(|heard| matches!(heard.sound, Sound::Breath { .. })).collect();
        for breath in &breaths {
            // A word may sound within one breath; it may not begin before it and reach into it.
            let into = speech.iter().find(|said| said.from < breath.from && said.to > breath.from);
            prop_assert!(into.is_none(), "{:?} into {:?}", into, breath);
        }
    }

    #[test]
    fn pauses_change_neither_what_she_does_nor_the_time_it_counts(
        pace in any_pace(),
        pauses in prop::collection::vec((0..60_000_u64, 0..3_900_u64), 0..8),
    ) {
        let undisturbed = {
            let mut room = Room::new(&fixture(SHORT), pace, VoiceAbility::Renders);
            room.play_out();
            whole_of_the_routine(&room)
        };
        let mut room = Room::new(&fixture(SHORT), pace, VoiceAbility::Renders);
        for (wait, pause) in pauses {
            room.pass(Frames(wait * 48));
            if room.session.phase(room.now) != Phase::Playing || !room.endings.is_empty() {
                continue;
            }
            let before = room.session.view(room.now);
            room.press(Key::Space);
            let at_pause = room.session.view(room.now).elapsed;
            room.pass(Frames(pause * 48));
            let after = room.session.view(room.now);
            prop_assert_eq!(after.elapsed, at_pause, "paused time was counted");
            prop_assert!(at_pause <= before.elapsed);
            prop_assert_eq!(after.elapsed + after.left, before.elapsed + before.left);
            room.press(Key::Space);
        }
        prop_assert_eq!(room.play_out(), Ending::Done);
        prop_assert_eq!(whole_of_the_routine(&room), undisturbed);
    }

    #[test]
    fn the_upper_back_session_survives_any_keys(pace in any_pace(), ability in any_ability(), keys in any_keys()) {
        let mut room = Room::new(&built_in("upper-back").expect("built in"), pace, ability);
        for (wait, key) in keys {
            room.pass(Frames(wait * 5));
            room.press(key);
            let view = room.session.view(room.now);
            prop_assert!(!view.section.is_empty());
        }
        room.press(Key::Escape);
        room.pass(seconds(300.0));
        prop_assert_eq!(room.endings.len(), 1);
    }
}

/// Every sentence and breath of the routine that was heard to its end, without repeats in a row and
/// without what the companion says.
fn whole_of_the_routine(room: &Room) -> Vec<String> {
    let companion = said_in_a_pause();
    let heard = room
        .heard
        .iter()
        .filter(|heard| heard.whole)
        .map(|heard| text(&heard.sound));
    let own = heard.filter(|said| !companion.contains(said));
    let mut sequence: Vec<String> = Vec::new();
    // An interrupted repetition begins again: its first half may have been heard whole twice.
    let mut halves = 0;
    for said in own {
        match said.as_str() {
            "In." | "Out." | "Last one." | "<your turn>" | "<presence>" => {}
            _ if said.starts_with("<In") => halves += 1,
            _ if said.starts_with("<Out") => {
                if halves > 0 {
                    sequence.push("<breath>".into());
                }
                halves = 0;
            }
            _ => sequence.push(said),
        }
    }
    sequence
}

#[test]
fn each_cue_of_the_plan_follows_the_last_to_the_frame() {
    for pace in Pace::ALL {
        let plan = plan("upper-back", pace, Posture::Seated);
        let mut room = Room::upper_back(pace);
        room.play_out();
        let breaths: Vec<_> = room
            .heard
            .iter()
            .filter(|heard| matches!(heard.sound, Sound::Breath { .. }))
            .collect();
        let second = plan.second_round.as_ref().expect("there may be one");
        let cues = plan.cues.iter().enumerate();
        let planned = cues
            .filter(|(index, _)| !second.contains(index))
            .filter(|(_, planned)| matches!(planned.cue, Cue::Breathe { .. }))
            .count();
        assert_eq!(breaths.len(), planned);
        // Within a movement a breath begins exactly where the one before it ends.
        let gaps = breaths
            .windows(2)
            .map(|pair| pair[1].from.since(pair[0].to))
            .filter(|gap| *gap < seconds(2.0));
        assert!(gaps.into_iter().all(|gap| gap == Frames::ZERO));
    }
}

/// A session before which the loudspeaker is tried.
fn sound_check(form: Form) -> Room {
    let terms = Terms {
        form,
        sound_check: true,
        ..Terms::FIRST
    };
    let upper_back = built_in("upper-back").expect("built in");
    Room::on_terms(&upper_back, terms, Pace::Standard, VoiceAbility::Renders)
}

#[test]
fn the_sound_is_tried_from_both_sides_and_made_as_loud_as_she_wants() {
    let mut room = sound_check(Form::OneByOne);
    assert!(room.until_waiting());
    room.pass(seconds(1.0));
    let asks =
        "Press the up arrow for louder, or the down arrow for softer, and Enter when it is right.";
    let sides: Vec<_> = room
        .heard
        .iter()
        .filter_map(|heard| match &heard.sound {
            Sound::Speech(said) => Some((&**said.text(), said.side())),
            _ => None,
        })
        .collect();
    assert_eq!(
        sides,
        [
            ("Before you close your eyes, let us try the sound.", None),
            ("This comes from the left.", Some(Side::Left)),
            ("And this comes from the right.", Some(Side::Right)),
            (asks, None),
        ]
    );
    let before = room.heard.len();
    room.press(Key::Up);
    room.pass(seconds(12.0));
    assert_eq!(
        texts(&room.heard[before..]),
        ["I am as loud as this now.", asks, "<your turn>"]
    );
    assert!(room.notes.is_empty());
    room.press(Key::Enter);
    room.pass(seconds(4.0));
    assert_eq!(room.notes, [Note::SoundRight]);
    assert_eq!(room.session.part(), Part::Welcome);
}

#[test]
fn with_another_loudspeaker_the_keys_are_shown_again_and_a_stop_remembers_nothing() {
    let mut room = sound_check(Form::Day);
    assert!(room.until_waiting());
    room.press(Key::Enter);
    assert!(room.until_waiting());
    let finds =
        "Find the space bar, the long key at the near edge of the keyboard, and press it once.";
    assert!(texts(&room.heard).contains(&finds.to_owned()));
    room.press(Key::Space);
    room.pass(seconds(20.0));
    assert_eq!(room.notes, [Note::SoundRight]);
    let mut stopped = sound_check(Form::Day);
    stopped.pass(seconds(3.0));
    stopped.press(Key::Escape);
    stopped.pass(seconds(300.0));
    assert!(!stopped.notes.contains(&Note::SoundRight));
    assert_eq!(stopped.endings, [Ending::Stopped]);
}
