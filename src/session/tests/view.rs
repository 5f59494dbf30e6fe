//! What a screen is told of a session, under a virtual clock: that it is what is heard.

use crate::base::{BreathPhase, Frames, Key, Pace, Utterance, VoiceAbility};
use crate::routine::{Companion, Form, Routine, built_in};
use crate::session::screening::{Part, Terms};
use crate::session::view::{BreathView, PartView};
use crate::session::{Sound, View};

use crate::session::tests::virtual_room::Room;

const BREATH: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/breath.toml"
));

/// A screen is drawn so often.
const LOOK: Frames = Frames::from_millis(100);

fn view(room: &Room) -> View {
    room.session.view(room.now)
}

fn upper_back(form: Form) -> Room {
    on_terms(Terms {
        form,
        ..Terms::FIRST
    })
}

fn on_terms(terms: Terms) -> Room {
    let routine = built_in("upper-back").expect("built in");
    Room::on_terms(&routine, terms, Pace::Standard, VoiceAbility::Renders)
}

fn breath() -> Room {
    let routine = Routine::parse("breath.toml", BREATH).expect("sound");
    Room::new(&routine, Pace::Standard, VoiceAbility::Renders)
}

/// Plays on until a breath is counted.
fn until_breath(room: &mut Room) -> BreathView {
    loop {
        room.pass(LOOK);
        if let Some(breath) = view(room).breath {
            return breath;
        }
    }
}

/// The half breath that is heard now, and how much of it is over.
fn heard_breath(room: &Room) -> Option<(BreathPhase, Frames)> {
    let heard = room.heard.iter().rev();
    let mut breaths = heard.filter(|heard| heard.from <= room.now && room.now < heard.to);
    breaths.find_map(|heard| match heard.sound {
        Sound::Breath { phase, .. } => Some((phase, room.now.since(heard.from))),
        _ => None,
    })
}

#[test]
fn the_breath_that_is_shown_is_the_one_that_is_heard() {
    for ability in [VoiceAbility::Renders, VoiceAbility::Speaks] {
        let routine = Routine::parse("breath.toml", BREATH).expect("sound");
        let mut room = Room::new(&routine, Pace::Standard, ability);
        let mut seen = 0;
        while room.until_waiting_at_most(LOOK) && !room.session.waits(room.now) {
            let shown = view(&room).breath.map(|breath| (breath.phase, breath.gone));
            assert_eq!(shown, heard_breath(&room), "{:?}", room.now);
            seen += usize::from(shown.is_some());
        }
        assert!(seen > 700, "twelve breaths of 7.5 s: {seen}");
    }
}

#[test]
fn a_breath_says_how_long_it_is_and_how_many_there_are() {
    let breath = until_breath(&mut breath());
    assert_eq!((breath.repetition, breath.of, breath.breaths), (1, 12, 12));
    assert_eq!(Some(breath.lengths), Pace::Standard.breath());
    assert_eq!(breath.length, breath.lengths.inhale);

    // A turn takes two breaths.
    let mut room = upper_back(Form::Day).past_screening();
    let turn = loop {
        room.go_on(LOOK);
        let view = view(&room);
        if let Some(breath) = view.breath
            && view.movement.contains("urn")
        {
            break breath;
        }
    };
    assert_eq!(turn.breaths, 2 * turn.of, "{turn:?}");
}

#[test]
fn the_time_left_is_said_as_it_is_shown() {
    let mut room = upper_back(Form::Day).past_screening();
    for _ in 0..3 {
        room.go_on(Frames::from_millis(200_000));
        let minutes = (view(&room).left.seconds() / 60.0).round() as u64;
        let before = room.heard.len();
        room.press(Key::Char('t'));
        room.pass(Frames::from_millis(1500));
        let said = Companion::built_in().time_left(minutes);
        assert_eq!(room.said(before)[0], said);
    }
}

#[test]
fn before_the_routine_all_of_it_is_left() {
    let mut room = upper_back(Form::Day);
    let routine = room.session.routine().total();
    let mut last = view(&room).left;
    assert!(last > routine, "and the questions");
    while room.session.part() != Part::Routine {
        let left = view(&room).left;
        assert!(left >= routine, "{left} at {:?}", room.now);
        last = left;
        room.go_on(LOOK);
    }
    let gone = last - view(&room).left;
    assert!(gone < Frames::from_millis(20_000), "{gone} at once");
}

/// What she hears when she asks how much is left, at every such interval from now to the end.
fn times_left(mut room: Room, every: Frames) -> Vec<Utterance> {
    let mut times = Vec::new();
    while room.endings.is_empty() {
        let mut asked = room.clone();
        asked.press(Key::Char('t'));
        asked.pass(Frames::from_millis(1000));
        let heard = asked.heard[room.heard.len()..].iter();
        times.extend(heard.filter_map(|heard| match &heard.sound {
            Sound::Speech(said) if said.text().ends_with(" left.") => Some(said.clone()),
            _ => None,
        }));
        room.go_on(every);
    }
    times
}

/// So it is known beforehand how each of these sentences sounds, however slow the voice.
#[test]
fn whatever_time_is_left_is_among_what_may_be_said() {
    for pace in Pace::ALL {
        let room = Room::upper_back(pace).past_screening();
        let known = room.session.programme.utterances(&[pace]);
        // A voice may take a third longer than by estimate.
        let longest = room.session.plan().whole().scaled(130);
        for cue in room.session.programme.time_left(longest) {
            assert!(cue.utterances().all(|said| known.contains(said)), "{cue:?}");
        }
        let times = times_left(room, Frames::from_millis(20_000));
        assert!(times.len() > 15, "{pace}: {times:?}");
        assert!(times.iter().all(|said| known.contains(said)), "{times:?}");
    }
}

/// What comes before such a routine may be longer than the routine.
#[test]
fn so_it_is_with_a_routine_of_less_than_a_minute() {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/questions.toml"
    ));
    let routine = Routine::parse("questions.toml", text).expect("sound");
    let room = Room::new(&routine, Pace::Standard, VoiceAbility::Renders);
    let known = room.session.programme.utterances(&[Pace::Standard]);
    let times = times_left(room, Frames::from_millis(3000));
    assert!(times.len() > 5, "{times:?}");
    assert!(times.iter().all(|said| known.contains(said)), "{times:?}");
}

#[test]
fn no_breath_is_shown_while_something_else_is_heard() {
    let mut room = breath();
    until_breath(&mut room);
    room.press(Key::Char('t'));
    for _ in 0..20 {
        room.pass(LOOK);
        assert_eq!(view(&room).breath, None, "the time left is being said");
    }
    until_breath(&mut room);
    room.press(Key::Space);
    for _ in 0..100 {
        room.pass(LOOK);
        assert_eq!(view(&room).breath, None, "it is paused");
    }
}

#[test]
fn a_breath_that_began_at_another_pace_is_drawn_to_its_own_end() {
    let mut room = breath();
    until_breath(&mut room);
    room.press(Key::Char('['));
    let breath = view(&room).breath.expect("it goes on");
    let standard = Pace::Standard.breath().expect("counted");
    assert_eq!(breath.length, standard.inhale);
    assert_eq!(Some(breath.lengths), Pace::Slow.breath());
}

#[test]
fn questions_are_numbered_and_so_are_the_answers() {
    for (form, count) in [(Form::OneByOne, 10), (Form::Day, 3)] {
        let mut room = upper_back(form);
        assert_eq!(view(&room).part, PartView::Before { question: None });
        while room.session.part() == Part::Welcome {
            room.go_on(LOOK);
        }
        for number in 1..=count {
            let question = Some((number, count));
            assert!(room.until_waiting());
            assert_eq!(view(&room).part, PartView::Before { question });
            assert!(view(&room).waits);
            room.press(Key::Tab);
            room.pass(Frames::from_millis(800));
            assert_eq!(&*view(&room).sentence, "No.");
            assert_eq!(view(&room).part, PartView::Before { question });
            assert!(!view(&room).waits);
        }
        assert!(room.until_waiting());
        assert_eq!(room.session.part(), Part::LastCheck);
        assert_eq!(view(&room).part, PartView::Before { question: None });
    }
}

#[test]
fn what_leads_to_a_question_stays_with_it() {
    let mut room = on_terms(Terms {
        posture: None,
        ..Terms::FIRST
    });
    let mut led = Vec::new();
    while room.session.part() != Part::Routine {
        let view = view(&room);
        if !view.leading.is_empty() {
            led.push((view.leading, view.sentence.to_string()));
        }
        room.go_on(LOOK);
    }
    led.dedup();
    let safest = "Sitting is safest if you want to close your eyes.";
    let sit = "Press Enter to sit, or Tab to stand against a wall.";
    assert_eq!(led, [(safest.to_owned(), sit.to_owned())]);
}

#[test]
fn of_two_that_lead_to_a_question_the_first_stays_with_the_second() {
    let [hands, rest, ask] = [
        "Rest your hands where they feel good.",
        "Rest here, and I will be quiet for a little while.",
        "Would you like to go on?",
    ];
    let asks = format!(
        r#"{{ id = "Q1", say = "{hands}", leads = true, source = ["house"] }},
  {{ id = "Q2", say = "{rest}", leads = true, source = ["house"] }},
  {{ id = "Q3", ask = "{ask}", silence = "end", source = ["house"] }},
  {{ id = "B1","#
    );
    let text = BREATH
        .replace("opening = true\n", "")
        .replace(r#"{ id = "B1","#, &asks);
    let routine = Routine::parse("breath.toml", &text).expect("sound");
    let room = Room::new(&routine, Pace::Standard, VoiceAbility::Renders);
    let mut room = room.past_screening();
    let mut led = Vec::new();
    while room.endings.is_empty() {
        let view = view(&room);
        if !view.leading.is_empty() {
            led.push((view.leading, view.sentence.to_string()));
        }
        room.go_on(LOOK);
    }
    led.dedup();
    let both = format!("{hands} {rest}");
    assert_eq!(
        led,
        [(hands.to_owned(), rest.to_owned()), (both, ask.to_owned())]
    );
}

#[test]
fn over_is_from_the_chime_on_and_never_before() {
    for (stop, part) in [(false, PartView::Routine), (true, PartView::Close)] {
        let mut room = breath();
        until_breath(&mut room);
        if stop {
            room.press(Key::Escape);
        }
        let chimed = |room: &Room| room.heard.iter().any(|heard| heard.sound == Sound::Chime);
        while room.endings.is_empty() {
            room.go_on(LOOK);
            let expected = if chimed(&room) { PartView::Over } else { part };
            assert_eq!(view(&room).part, expected, "{:?}", room.now);
        }
        assert!(chimed(&room));
    }
}

#[test]
fn a_chime_in_between_ends_nothing() {
    let text = BREATH.replace(
        r#"{ id = "B1","#,
        r#"{ id = "B0", say = "Rest your hands where they feel good.", chime = true, source = ["house"] },
  { id = "B1","#,
    );
    let routine = Routine::parse("breath.toml", &text).expect("sound");
    let mut room = Room::new(&routine, Pace::Standard, VoiceAbility::Renders);
    until_breath(&mut room);
    assert!(room.heard.iter().any(|heard| heard.sound == Sound::Chime));
    assert_eq!(view(&room).part, PartView::Routine);
}

/// A screen of lines writes each sentence when it begins, also one that is said again.
#[test]
fn each_sentence_that_begins_is_counted() {
    let mut room = breath();
    let mut keys = [Key::Space, Key::Space, Key::Char('r'), Key::Char('[')]
        .iter()
        .cycle();
    let is_word = |text: &str| ["In.", "Out."].contains(&text);
    for look in 1..900 {
        if look % 60 == 0 {
            room.press(*keys.next().expect("for ever"));
        }
        if room.session.waits(room.now) {
            room.press(Key::Space);
        }
        room.pass(LOOK);
        let begun = room
            .heard
            .iter()
            .filter(|heard| matches!(&heard.sound, Sound::Speech(said) if !is_word(said.text())));
        assert_eq!(view(&room).sentences_begun, begun.count() as u64, "{look}");
    }
}
