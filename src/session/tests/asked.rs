//! The screening under a virtual clock: what is said, what each answer leads to, and that no
//! sequence of keys starts a session that should not be.

use crate::base::{
    Button, Frames, Hurt, Key, Length, Moment, Pace, Posture, Refusal, SAFETY_RATE, SAMPLE_RATE,
    Unheard, VoiceAbility,
};
use crate::plan::{Plan, Setting};
use crate::routine::{Answered, Companion, Form, LineKind, Routine, ScreeningText, built_in};
use crate::session::keys::Phase;
use crate::session::screening::{Part, Terms};
use crate::session::{Ending, Input, Note, Sound};
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::session::tests::virtual_room::{Room, willing};

const QUESTION: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/questions.toml"
));

fn seconds(s: f64) -> Frames {
    Frames::from_seconds(s)
}

fn upper_back() -> Routine {
    built_in("upper-back").expect("built in")
}

fn room(terms: Terms) -> Room {
    Room::on_terms(&upper_back(), terms, Pace::Standard, VoiceAbility::Renders)
}

fn one_by_one() -> Room {
    room(Terms::FIRST)
}

const DAY: Terms = Terms {
    form: Form::Day,
    ..Terms::FIRST
};

fn texts(room: &Room) -> Vec<String> {
    room.said(0)
}

fn last(room: &Room) -> String {
    texts(room).pop().unwrap_or_default()
}

fn words(lines: &[crate::routine::Line]) -> Vec<String> {
    let companion = Companion::built_in();
    lines
        .iter()
        .map(|line| companion.fill_in(&line.text))
        .collect()
}

/// All questions, one by one.
fn questions() -> &'static [String] {
    static QUESTIONS: LazyLock<Vec<String>> =
        LazyLock::new(|| words(&ScreeningText::built_in().questions));
    &QUESTIONS
}

/// Those that are asked in this form.
fn asked(form: Form) -> &'static [String] {
    static OF_THE_DAY: LazyLock<Vec<String>> =
        LazyLock::new(|| words(&ScreeningText::built_in().day));
    match form {
        Form::OneByOne => questions(),
        Form::Day => &OF_THE_DAY,
        Form::Recording => unreachable!("a recording asks nothing"),
    }
}

const LAST_CHECK: &str = "If you feel well, press Enter. If not, press Tab.";

/// No session lasts as long.
const HOURS: Moment = Moment(2 * 3600 * SAMPLE_RATE as u64);

/// Passes on, answering as someone with whom nothing is wrong, until `words` begin; the moment is a little later.
fn until(room: &mut Room, words: &str) {
    while last(room) != words {
        assert!(room.now < HOURS, "\"{words}\" is never said");
        room.go_on(Frames::from_millis(50));
    }
}

/// Answers nothing until it waits for an answer.
fn until_waiting(room: &mut Room) {
    assert!(room.until_waiting());
}

/// What is said from now on when no key is pressed any more.
fn rest_of(room: &mut Room) -> Vec<String> {
    let before = texts(room).len();
    room.pass(seconds(300.0));
    texts(room).split_off(before)
}

// ---- a session that was cut off ----

/// One that may be picked up, in the movement with this title and, if there are several, this number among them.
fn cut_off(terms: Terms, title: &str, number: usize) -> Room {
    let posture = terms.posture.unwrap_or_default();
    let setting = Setting::new(Pace::Standard, posture);
    let plan = Plan::compile(&upper_back(), &Companion::built_in(), setting);
    let movements = plan.counted_movements().iter().enumerate();
    let found = movements.filter(|(_, movement)| &*movement.title == title);
    let (movement, _) = found.clone().nth(number).expect("a movement");
    room(terms).picking_up(movement)
}

const CUT_OFF: Terms = Terms {
    refused: Some(Refusal::TooSoon),
    pick_up: true,
    ..DAY
};

const PICK_UP: &str = "To go on with it, press Enter, or press Tab to leave it.";

#[test]
fn a_session_that_was_cut_off_goes_on_with_its_movement_after_the_day_check() {
    let mut room = cut_off(CUT_OFF, "Shoulder rolls, back", 0);
    until(&mut room, PICK_UP);
    let mut room = room.past_screening();
    let said = texts(&room);
    assert!(
        asked(Form::Day)
            .iter()
            .all(|question| said.contains(question))
    );
    // What leads back to it belongs there, and before no other part.
    let leads_back = "If anything hurts or feels wrong, press Escape now.";
    let checked = said.iter().rposition(|said| said == LAST_CHECK);
    let checked = checked.expect("the last check");
    assert!(!said[..checked].contains(&leads_back.to_owned()));
    room.pass(seconds(20.0));
    assert_eq!(
        texts(&room)[checked + 1..][..4],
        [
            "Yes.",
            leads_back,
            "Then we start that move again, from the beginning.",
            "Now we will roll your shoulders.",
        ]
    );
    assert_eq!(room.notes, [Note::Begun]);
    let place = room.session.place(room.now).0.expect("a place");
    assert_eq!(place.1, "Shoulder rolls, back");
    assert_eq!(room.play_out(), Ending::Done);
}

#[test]
fn a_movement_is_said_to_begin_again_only_where_there_is_something_to_begin() {
    let setting = Setting::new(Pace::Standard, Posture::Seated);
    let plan = Plan::compile(&upper_back(), &Companion::built_in(), setting);
    let first = plan.movements.len() - plan.counted_movements().len();
    let again = "Then we start that move again, from the beginning.";
    let mut both = [false; 2];
    for (number, movement) in plan.counted_movements().iter().enumerate() {
        let next = plan.movements.get(first + number + 1);
        let cues = movement.first..next.map_or(plan.cues.len(), |next| next.first);
        let breathes = plan.cues[cues].iter().any(|planned| planned.in_breath);
        let mut room = room(CUT_OFF).picking_up(number).past_screening();
        room.pass(seconds(12.0));
        assert_eq!(
            texts(&room).contains(&again.to_owned()),
            breathes,
            "{number}"
        );
        both[usize::from(breathes)] = true;
    }
    assert_eq!(both, [true; 2]);
}

/// The routine may have been longer when the place was written down, or the file is damaged.
#[test]
fn a_place_beyond_the_last_movement_is_the_last() {
    let mut room = room(CUT_OFF).picking_up(usize::MAX).past_screening();
    room.pass(seconds(1.0));
    let (number, _) = room.session.place(room.now).0.expect("a place");
    assert_eq!(number, room.session.movements() - 1);
    assert_eq!(room.play_out(), Ending::Done);
}

#[test]
fn it_is_left_by_a_no_and_by_silence_and_no_key_before_its_question_counts() {
    let mut no = cut_off(CUT_OFF, "Your breath", 0);
    no.pass(seconds(2.0));
    no.press(Key::Tab);
    let said = rest_of(&mut no);
    let too_soon = "Please give your back a few hours to settle first.";
    assert_eq!(said[..2], ["No.", too_soon]);
    let mut silent = cut_off(CUT_OFF, "Your breath", 0);
    let said = rest_of(&mut silent);
    assert_eq!(said.iter().filter(|said| *said == PICK_UP).count(), 2);
    assert!(said.contains(&words(&ScreeningText::built_in().no_answer)[0]));
    // A yes counts only once the question was said to its end.
    let mut early = cut_off(CUT_OFF, "Your breath", 0);
    until(&mut early, PICK_UP);
    early.press(Key::Enter);
    assert_eq!(early.session.part(), Part::PickUp);
    for room in [no, silent] {
        assert_eq!(room.endings, [Ending::Declined]);
        assert!(room.notes.is_empty());
    }
}

#[test]
fn after_pain_nothing_goes_on() {
    let terms = Terms {
        ask_hurt: true,
        ..CUT_OFF
    };
    for key in [Some(Key::Enter), None] {
        let mut room = cut_off(terms, "Your breath", 0);
        until(
            &mut room,
            "Did you stop because something hurt, or felt wrong?",
        );
        if let Some(key) = key {
            room.press(key);
        }
        let said = rest_of(&mut room);
        assert!(!said.contains(&PICK_UP.to_owned()));
        assert!(said.contains(&"Do not try that move again today.".to_owned()));
        assert_eq!(
            room.notes,
            [Note::Hurt(key.map_or(Hurt::Unanswered, |_| Hurt::Yes))]
        );
    }
    // Nothing hurts: then it is offered.
    let mut well = cut_off(terms, "Your breath", 0);
    until(&mut well, PICK_UP);
    assert_eq!(well.notes, [Note::Hurt(Hurt::No)]);
}

#[test]
fn who_stood_begins_with_getting_up_and_who_was_in_the_second_round_stays_in_it() {
    let terms = Terms {
        posture: Some(Posture::Standing),
        ..CUT_OFF
    };
    let standing = Setting::new(Pace::Standard, Posture::Standing);
    let plan = Plan::compile(&upper_back(), &Companion::built_in(), standing);
    let movements = plan.counted_movements();
    let gets_up = movements.iter().position(|movement| movement.on_feet);
    let gets_up = gets_up.expect("somebody who stands");
    let later = &movements[gets_up + 2];
    assert!(later.on_feet);
    let mut room = cut_off(terms, &later.title, 0).past_screening();
    room.pass(seconds(1.0));
    assert_eq!(room.session.place(room.now).0.expect("a place").0, gets_up);
    room.pass(seconds(12.0));
    let again = "Then we start that move again, from the beginning.";
    assert!(!texts(&room).contains(&again.to_owned()), "not that move");
    // The last movement with this title is that of the second round.
    let mut second = cut_off(CUT_OFF, "A slow circle", 1).past_screening();
    let before = texts(&second).len();
    second.pass(seconds(1.0));
    second.press(Key::Left);
    second.pass(seconds(1.0));
    let movement = second.session.view(second.now).movement;
    assert_eq!(&*movement, "A soft press, right shoulder", "no question");
    assert_eq!(second.play_out(), Ending::Done);
    let said = texts(&second).split_off(before);
    assert!(said.contains(&"Now a slow circle.".to_owned()), "{said:?}");
    assert!(
        !said.iter().any(|said| said.contains("one more round")),
        "{said:?}"
    );
}

// ---- what each answer leads to ----

#[test]
fn no_to_all_and_yes_at_the_last_check_start() {
    for (terms, count) in [(Terms::FIRST, 10), (DAY, 3)] {
        let room = room(terms).past_screening();
        let said = texts(&room);
        let asked = asked(terms.form);
        assert_eq!(asked.len(), count);
        assert!(asked.iter().all(|question| said.contains(question)));
        let answers = said.iter().filter(|said| *said == "No.").count();
        assert_eq!(answers, count);
        assert!(room.notes.is_empty(), "not begun before the warm-up");
    }
}

/// The words of the close to which a yes leads.
fn close_after_yes(question: &crate::routine::Line) -> Vec<String> {
    let text = ScreeningText::built_in();
    let LineKind::Ask(question) = question.kind else {
        panic!("a question")
    };
    words(match question.yes {
        Answered::Emergency => &text.emergency,
        Answered::Today => &text.today,
        Answered::Check => &text.check,
        other => panic!("{other:?}"),
    })
}

#[test]
fn a_yes_closes_with_the_words_that_it_calls_for_and_at_any_moment() {
    let text = ScreeningText::built_in();
    let forms = [(Terms::FIRST, &text.questions), (DAY, &text.day)];
    let forms = forms.map(|(terms, questions)| questions.iter().map(move |line| (terms, line)));
    for (terms, question) in forms.into_iter().flatten() {
        for waiting in [false, true] {
            let mut room = room(terms);
            until(&mut room, &question.text);
            if waiting {
                until_waiting(&mut room);
            }
            let (before, pressed) = (room.heard.len(), room.now);
            room.press(Key::Enter);
            assert!(
                room.heard.iter().all(|heard| heard.to <= pressed),
                "silence at once"
            );
            let said = rest_of(&mut room);
            let echo = room.heard[before].from.since(pressed);
            assert!(echo < seconds(0.3), "said back after {echo}");
            let whom_to_call = room.heard[before + 1].from.since(pressed);
            assert!(
                whom_to_call < seconds(5.0),
                "whom to call after {whom_to_call}"
            );
            let mut expected = vec!["Yes.".to_owned()];
            let mut words = close_after_yes(question);
            assert!(words[0].to_lowercase().contains("call"), "{words:?}");
            // Without an answer it is asked twice whether she wants to hear it again.
            words.extend(
                words
                    .last()
                    .filter(|last| last.starts_with("Press"))
                    .cloned(),
            );
            expected.extend(words);
            expected.push("The session is over.".into());
            assert_eq!(said, expected);
            assert_eq!(room.endings, [Ending::Declined]);
            assert_eq!(room.notes, [Note::AskAll], "and nothing else is kept of it");
        }
    }
}

/// It is a lot to take in at once for somebody in pain.
#[test]
fn what_a_close_says_is_said_again_as_often_as_she_wants() {
    let asks = |leads_to| {
        let mut questions = ScreeningText::built_in().questions.into_iter();
        let leads = |line: &crate::routine::Line| matches!(line.kind, LineKind::Ask(it) if it.yes == leads_to);
        questions.find(leads).expect("one of them").text
    };
    let mut rooms = [Answered::Emergency, Answered::Today].map(|leads_to| {
        let mut room = one_by_one();
        until(&mut room, &asks(leads_to));
        room
    });
    let mut stopped = one_by_one().past_screening();
    stopped.press(Key::Escape);
    until(&mut stopped, "Press Enter or Tab.");
    for room in rooms.iter_mut().chain([&mut stopped]) {
        let before = texts(room).len();
        room.press(Key::Enter);
        until_waiting(room);
        let said = texts(room).split_off(before);
        assert_eq!(said[0], "Yes.");
        assert_eq!(last(room), "Press Enter to hear this again.");
        for _ in 0..3 {
            let before = texts(room).len();
            room.press(Key::Enter);
            until_waiting(room);
            assert_eq!(texts(room).split_off(before), said[1..]);
        }
        room.press(Key::Tab);
        room.pass(seconds(60.0));
        assert_eq!(last(room), "The session is over.");
    }
}

#[test]
fn what_was_taken_back_and_what_was_not_answered_leave_nothing_behind() {
    let mut back = room(DAY);
    until(&mut back, &asked(Form::Day)[1]);
    back.press(Key::Enter);
    back.pass(seconds(1.0));
    back.press(Key::Backspace);
    let back = back.past_screening();
    assert!(back.notes.is_empty());
    let mut silent = room(DAY);
    until(&mut silent, &asked(Form::Day)[1]);
    rest_of(&mut silent);
    assert!(silent.notes.is_empty());
    // Gone before it was said back: it was an answer all the same.
    let mut gone = room(DAY);
    until(&mut gone, &asked(Form::Day)[1]);
    gone.press(Key::Enter);
    gone.press(Key::Escape);
    gone.pass(seconds(1.0));
    assert_eq!(gone.notes, [Note::AskAll]);
}

#[test]
fn no_counts_only_when_the_question_has_been_said_to_its_end() {
    let mut room = one_by_one();
    until(&mut room, &questions()[4]);
    room.press(Key::Tab);
    room.press(Key::Char('n'));
    assert_eq!(room.session.phase(room.now), Phase::Asking);
    assert!(!room.session.waits(room.now), "it is still being said");
    until_waiting(&mut room);
    assert_eq!(last(&room), questions()[4]);
    room.press(Key::Tab);
    room.pass(seconds(1.0));
    assert_eq!(last(&room), "No.");
}

/// The journal keeps it: after fourteen days with the questions of the day alone, all are asked.
#[test]
fn it_is_known_whether_all_questions_are_asked() {
    for (form, all) in [(Form::OneByOne, true), (Form::Day, false)] {
        let terms = Terms { form, ..DAY };
        assert_eq!(room(terms).session.asks_all(), all, "{form:?}");
    }
}

#[test]
fn keys_pressed_before_a_question_begins_are_forgotten() {
    let mut room = one_by_one();
    until(&mut room, &questions()[0]);
    until_waiting(&mut room);
    room.press(Key::Tab);
    // While the answer is said back, and before the next question.
    room.pass(seconds(0.3));
    room.press(Key::Tab);
    room.pass(seconds(1.2));
    room.press(Key::Char('n'));
    until_waiting(&mut room);
    assert_eq!(last(&room), questions()[1]);
}

#[test]
fn no_answer_is_asked_once_more_and_then_ends_kindly() {
    let mut room = one_by_one();
    until(&mut room, &questions()[2]);
    let said = rest_of(&mut room);
    assert_eq!(said[0], questions()[2], "once more");
    let text = ScreeningText::built_in();
    assert_eq!(said[1..4], words(&text.no_answer));
    assert_eq!(room.endings, [Ending::Declined]);
}

#[test]
fn the_last_check_is_turned_round() {
    for terms in [Terms::FIRST, DAY] {
        // Yes before its end does not count, and silence does not go on.
        let mut early = room(terms);
        until(&mut early, LAST_CHECK);
        early.press(Key::Enter);
        let said = rest_of(&mut early);
        assert_eq!(said[0], LAST_CHECK, "asked again");
        assert!(said[1].starts_with("I did not hear"));
        assert!(early.notes.is_empty());
        // No counts at once.
        let mut no = room(terms);
        until(&mut no, LAST_CHECK);
        no.press(Key::Tab);
        let said = rest_of(&mut no);
        assert_eq!(
            said[..2],
            [
                "No.",
                "If you feel unwell, open your eyes, and call your emergency number or your maternity unit."
            ]
        );
        assert_eq!(no.endings, [Ending::Declined]);
        assert_eq!(no.notes, [Note::AskAll]);
    }
}

#[test]
fn one_key_again_and_again_starts_nothing() {
    for (terms, key) in [Terms::FIRST, DAY]
        .into_iter()
        .flat_map(|terms| [Key::Enter, Key::Tab].map(|key| (terms, key)))
    {
        let mut room = room(terms);
        while !matches!(room.session.part(), Part::Close(_)) {
            assert!(room.until_waiting());
            room.press(key);
        }
        room.pass(seconds(300.0));
        assert_eq!(room.endings, [Ending::Declined], "{key:?}");
        assert!(!room.notes.contains(&Note::Begun));
    }
}

#[test]
fn one_answer_can_be_taken_back() {
    let all = questions();
    // A no, in the next question.
    let mut room = one_by_one();
    until(&mut room, &all[1]);
    room.press(Key::Backspace);
    room.pass(seconds(1.0));
    assert_eq!(last(&room), all[0]);
    // Only one.
    room.press(Key::Backspace);
    room.pass(seconds(1.0));
    assert_eq!(last(&room), all[0]);
    // A yes, while it is said back.
    room.press(Key::Enter);
    room.pass(seconds(2.0));
    assert_eq!(last(&room), "Yes.");
    room.press(Key::Backspace);
    room.pass(seconds(1.0));
    assert_eq!(last(&room), all[0]);
    assert_eq!(room.past_screening().endings, []);
}

#[test]
fn the_answer_that_holds_back_counts_also_while_the_other_is_said_back() {
    let mut room = one_by_one();
    until(&mut room, &questions()[3]);
    until_waiting(&mut room);
    room.press(Key::Tab);
    room.pass(seconds(1.2));
    assert_eq!(last(&room), "No.");
    let mut back = room.clone();
    room.press(Key::Enter);
    let said = rest_of(&mut room);
    let text = ScreeningText::built_in();
    assert_eq!(said[..2], ["Yes.", &*words(&text.today)[0]]);
    assert_eq!(room.endings, [Ending::Declined]);
    // It can be taken back like any other, and then the question waits again.
    back.press(Key::Enter);
    back.pass(seconds(1.5));
    back.press(Key::Backspace);
    until_waiting(&mut back);
    assert_eq!(last(&back), questions()[3]);
    assert!(back.past_screening().endings.is_empty());
    // Turned round, it is the other key.
    let mut check = room_at_last_check();
    check.press(Key::Enter);
    check.pass(seconds(0.5));
    check.press(Key::Tab);
    let said = rest_of(&mut check);
    assert_eq!(said[0], "No.");
    assert_eq!(check.endings, [Ending::Declined]);
    // And what goes on never takes the place of what holds back.
    let mut yes = one_by_one();
    until(&mut yes, &questions()[3]);
    until_waiting(&mut yes);
    yes.press(Key::Enter);
    yes.pass(seconds(0.5));
    yes.press(Key::Tab);
    assert_eq!(rest_of(&mut yes)[0], words(&text.today)[0]);
    assert_eq!(yes.endings, [Ending::Declined]);
}

fn room_at_last_check() -> Room {
    let mut room = room(DAY);
    until(&mut room, LAST_CHECK);
    until_waiting(&mut room);
    room
}

#[test]
fn going_back_among_the_questions_asks_again_and_every_later_yes_counts() {
    for back in [Key::Left, Key::Media(Button::Previous)] {
        let mut room = one_by_one();
        until(&mut room, &questions()[4]);
        room.give(Input::FocusLost);
        room.pass(seconds(15.0));
        room.press(Key::Space);
        // Before the question is asked again it is said that it goes slower.
        room.press(Key::Char('['));
        room.pass(seconds(0.5));
        assert_eq!(room.session.phase(room.now), Phase::Playing);
        room.press(back);
        room.pass(seconds(1.0));
        assert_eq!(last(&room), questions()[4], "{back:?}");
        until(&mut room, &questions()[5]);
        until_waiting(&mut room);
        room.press(Key::Enter);
        let said = rest_of(&mut room);
        let text = ScreeningText::built_in();
        assert_eq!(said[..2], ["Yes.", &*words(&text.today)[0]]);
        assert_eq!(room.endings, [Ending::Declined]);
    }
}

#[test]
fn an_answer_of_a_routine_ends_it_too() {
    let routine = Routine::parse("questions.toml", QUESTION).expect("sound");
    let mut room = Room::new(&routine, Pace::Standard, VoiceAbility::Renders).past_screening();
    until(&mut room, "Would you like to go on?");
    room.press(Key::Tab);
    let said = rest_of(&mut room);
    assert_eq!(said, ["No.", "The session is over."]);
    assert_eq!(room.endings, [Ending::Declined]);
}

#[test]
fn the_time_for_an_answer_runs_from_the_end_of_the_soft_tone() {
    let mut question = one_by_one();
    until(&mut question, &questions()[0]);
    let mut request = Room::upper_back(Pace::Standard).past_screening();
    for room in [&mut question, &mut request] {
        until_waiting(room);
        let question = room.session.question(room.now);
        let said = room.heard.len();
        room.pass(seconds(60.0));
        let [tone, next, ..] = &room.heard[said..] else {
            panic!("nothing follows the tone");
        };
        assert_eq!(tone.sound, Sound::YourTurn);
        // Without a question there is no end to it: that it goes on is heard, a moment after it is due.
        let time = question.map_or(seconds(20.045), |question| question.wait);
        assert_eq!(next.from, tone.to + time, "{next:?}");
    }
}

/// A chime is no part of what leads to a question.
#[test]
fn what_is_asked_again_does_not_ring_again() {
    let leads = "Then let us see.";
    let text = QUESTION.replace(
        r#"{ id = "1", ask"#,
        &format!(
            r#"{{ id = "0", say = "{leads}", leads = true, chime = true, source = ["house"] }},
  {{ id = "1", ask"#
        ),
    );
    let mut room = of_her_own(&text, Terms::FIRST);
    until(&mut room, leads);
    let ask = "Would you like to go on?";
    for times in 1..4 {
        until_waiting(&mut room);
        assert_eq!(last(&room), ask);
        let said = texts(&room);
        assert_eq!(said.iter().filter(|said| *said == leads).count(), times);
        let chimes = room.heard.iter();
        let chimes = chimes.filter(|heard| heard.sound == Sound::Chime).count();
        assert_eq!(chimes, 1, "asked {times} times");
        room.press(Key::Char('r'));
    }
}

// ---- a routine that nobody is known to have reviewed ----

const UNREVIEWED: &str =
    "This routine is not one of my own, and I know of nobody who has reviewed its words.";

const OR_LEAVE_IT: &str = "Press Enter to go on with it, or Tab to leave it.";

fn of_her_own(text: &str, terms: Terms) -> Room {
    let routine = Routine::parse("hers.toml", text).expect("sound");
    Room::on_terms(&routine, terms, Pace::Standard, VoiceAbility::Renders)
}

#[test]
fn an_unreviewed_routine_wants_a_yes_each_time_and_silence_ends_it() {
    for terms in [Terms::FIRST, DAY] {
        let mut asked = of_her_own(QUESTION, terms);
        until(&mut asked, OR_LEAVE_IT);
        assert_eq!(texts(&asked), [UNREVIEWED, OR_LEAVE_IT]);
        let view = asked.session.view(asked.now);
        assert_eq!(&*view.section, "Your routine: unreviewed");
        let mut silent = asked.clone();
        let said = rest_of(&mut silent);
        assert_eq!(said[..2], [UNREVIEWED, OR_LEAVE_IT], "once more");
        assert_eq!(said[2], words(&ScreeningText::built_in().no_answer)[0]);
        let mut no = asked.clone();
        no.press(Key::Tab);
        assert_eq!(rest_of(&mut no)[0], "No.");
        // A yes before the end of the question is none.
        let mut early = asked.clone();
        early.press(Key::Enter);
        assert_eq!(early.session.part(), Part::Unreviewed);
        rest_of(&mut early);
        for room in [silent, no, early] {
            assert_eq!(room.endings, [Ending::Declined]);
            assert!(room.notes.is_empty());
            assert!(!texts(&room).contains(&"Then let us begin.".to_owned()));
        }
        until_waiting(&mut asked);
        asked.press(Key::Enter);
        asked.pass(seconds(3.0));
        assert_eq!(asked.session.part(), Part::Welcome);
        assert_eq!(asked.play_out(), Ending::Done);
        let times = |sentence| {
            texts(&asked)
                .iter()
                .filter(|said| *said == sentence)
                .count()
        };
        assert_eq!((times(UNREVIEWED), times("Then let us begin.")), (1, 1));
    }
}

#[test]
fn a_routine_of_known_sentences_and_one_that_was_reviewed_ask_nothing_of_the_kind() {
    let gentle = include_str!("../../../scripts/en/gentle.toml");
    let other = gentle.replace("Wrap your arms round your own", "Wrap your arms round your");
    let routine = Routine::parse("hers.toml", &other).expect("sound");
    let marks: Vec<_> = routine.reviewed().map(|line| line.mark()).collect();
    let head = format!("reviewed_by = \"Jo\"\nreviewed_on = 2026-11-29\nreviewed = {marks:?}\n");
    let signed = other.replacen("title =", &format!("{head}title ="), 1);
    for (text, standing) in [
        (gentle, "made of Softback's sentences"),
        (&signed, "reviewed by Jo on 2026-11-29"),
    ] {
        let mut room = of_her_own(text, DAY);
        assert_eq!(room.session.part(), Part::Welcome);
        let view = room.session.view(room.now);
        assert_eq!(*view.section, format!("Your routine: {standing}"));
        assert_eq!(room.play_out(), Ending::Done);
        assert!(!texts(&room).contains(&UNREVIEWED.to_owned()));
    }
    let changed = signed.replace("hug a big ball", "hug a big soft ball");
    let mut changed = of_her_own(&changed, DAY);
    until(&mut changed, UNREVIEWED);
    let rest = of_her_own(include_str!("../../../scripts/en/rest.toml"), DAY);
    assert_eq!(rest.session.part(), Part::Routine);
}

// ---- choices, limits, the pain question ----

#[test]
fn what_was_not_said_on_the_command_line_is_asked() {
    let terms = Terms {
        choose: true,
        posture: None,
        ..DAY
    };
    let release = "For the upper-back release, press Enter, or press Tab for the soft routine, with no pressing.";
    let mut chosen = room(terms);
    until(&mut chosen, release);
    // The soft routine holds back: at any moment.
    chosen.press(Key::Tab);
    let gentle = chosen.past_screening();
    assert_eq!(&**gentle.session.chosen().0, "gentle");
    assert_eq!(gentle.session.chosen().1, Posture::Seated);
    assert!(
        !texts(&gentle)
            .iter()
            .any(|said| said.contains("stand against a wall"))
    );
    // No answer is the soft routine, too.
    let mut silent = room(terms);
    until(&mut silent, release);
    silent.pass(seconds(40.0));
    assert_eq!(&**silent.session.chosen().0, "gentle");
    // Standing has to be asked for, and no answer is a chair.
    let mut stands = room(terms);
    until(
        &mut stands,
        "Press Enter to sit, or Tab to stand against a wall.",
    );
    stands.press(Key::Tab);
    assert_eq!(stands.session.chosen().1, Posture::Seated, "too early");
    until_waiting(&mut stands);
    stands.press(Key::Tab);
    stands.pass(seconds(4.0));
    assert_eq!(stands.session.chosen().1, Posture::Standing);
    assert_eq!(
        last(&stands),
        "We will warm up in the chair first, and stand later."
    );
    let mut sits = room(terms);
    until(
        &mut sits,
        "Press Enter to sit, or Tab to stand against a wall.",
    );
    sits.pass(seconds(40.0));
    assert_eq!(sits.session.chosen().1, Posture::Seated);
    assert_eq!(&**sits.session.chosen().0, "routine");
    assert_eq!(sits.session.part(), Part::Routine);
}

#[test]
fn how_long_it_is_to_be_is_asked_and_silence_is_ten_minutes() {
    let terms = Terms {
        length: None,
        ..DAY
    };
    let ten = "For ten minutes, press Enter, or press Tab for another length.";
    let other = "For five minutes, press Enter, or press Tab for twenty.";
    let answered = |keys: &[Key]| {
        let mut room = room(terms);
        until(&mut room, ten);
        for key in keys {
            until_waiting(&mut room);
            room.press(*key);
            room.pass(seconds(3.0));
        }
        room.pass(seconds(40.0));
        assert_eq!(room.session.part(), Part::Routine, "{keys:?}");
        assert_eq!(
            texts(&room).contains(&other.to_owned()),
            keys.first() == Some(&Key::Tab)
        );
        room.session.length()
    };
    assert_eq!(answered(&[]), Length::Ten);
    assert_eq!(answered(&[Key::Enter]), Length::Ten);
    assert_eq!(answered(&[Key::Tab]), Length::Ten);
    assert_eq!(answered(&[Key::Tab, Key::Enter]), Length::Five);
    assert_eq!(answered(&[Key::Tab, Key::Tab]), Length::Twenty);
    // The longer one counts only when the question has been said to its end.
    let mut early = room(terms);
    until(&mut early, ten);
    until_waiting(&mut early);
    early.press(Key::Tab);
    until(&mut early, other);
    early.press(Key::Tab);
    assert_eq!(early.session.part(), Part::Length);
    early.press(Key::Enter);
    early.pass(seconds(3.0));
    assert_eq!(early.session.length(), Length::Five);
    // It lasts as long as she wanted.
    let total = |room: &Room| {
        let view = room.session.view(room.now);
        (view.elapsed + view.left).seconds()
    };
    let twenty = room(DAY).past_screening();
    assert!(total(&early) < 360.0 && total(&twenty) > 1080.0);
    assert!(
        !texts(&early)
            .iter()
            .any(|said| said.starts_with("Upper-back release,"))
    );
    assert!(texts(&twenty).contains(&"Upper-back release, sitting, twenty minutes.".to_owned()));
}

#[test]
fn limits_and_the_lock_are_spoken_and_nothing_starts() {
    let firsts = [
        (
            Refusal::TwoToday,
            "You have done two sessions today, and that is the most for one day.",
        ),
        (
            Refusal::TooSoon,
            "Please give your back a few hours to settle first.",
        ),
        (
            Refusal::Locked,
            "The movements stay closed for now, so that your back can settle.",
        ),
    ];
    for (refused, first) in firsts {
        let terms = Terms {
            refused: Some(refused),
            ..DAY
        };
        let mut refused = room(terms);
        assert_eq!(refused.play_out(), Ending::Declined);
        assert_eq!(texts(&refused)[0], first);
        assert!(refused.notes.is_empty());
        // Rest is always open.
        let rest = built_in("rest").expect("built in");
        let mut room = Room::on_terms(&rest, terms, Pace::Slow, VoiceAbility::Renders);
        assert_eq!(room.play_out(), Ending::Done);
        assert_eq!(room.notes, [Note::Begun]);
    }
}

#[test]
fn a_stop_asks_whether_something_hurt() {
    let stopped = || {
        let mut room = one_by_one().past_screening();
        until(&mut room, "Now we will roll your shoulders.");
        room.press(Key::Escape);
        until(&mut room, "Press Enter or Tab.");
        room
    };
    let locked = "The movements will stay closed until tomorrow, so that your back can settle.";
    // Yes: at any moment, and the movements are closed.
    let mut yes = stopped();
    yes.press(Key::Enter);
    let said = rest_of(&mut yes);
    assert_eq!(said[0], "Yes.");
    assert_eq!(
        said[1],
        "Sit down, open your eyes, and keep still for a moment."
    );
    assert!(said.iter().any(|said| said == locked));
    assert_eq!(yes.notes, [Note::Begun, Note::Hurt(Hurt::Yes)]);
    assert_eq!(yes.endings, [Ending::Stopped]);
    // No answer: the same words once, without the lock.
    let mut silent = stopped();
    let said = rest_of(&mut silent);
    assert!(
        said.iter()
            .any(|said| said.starts_with("Sit down, open your eyes"))
    );
    assert!(!said.iter().any(|said| said == locked));
    assert_eq!(silent.notes, [Note::Begun, Note::Hurt(Hurt::Unanswered)]);
    // Yes, and out at once: it counts.
    let mut gone = stopped();
    gone.press(Key::Enter);
    gone.press(Key::Escape);
    gone.pass(seconds(1.0));
    assert_eq!(gone.endings, [Ending::Stopped]);
    assert_eq!(gone.notes, [Note::Begun, Note::Hurt(Hurt::Yes)]);
    // Out without an answer: nothing is known, and it will be asked at the next start.
    let mut out = stopped();
    out.press(Key::Escape);
    out.pass(seconds(1.0));
    assert_eq!(out.notes, [Note::Begun]);
    // Yes, taken back.
    let mut back = stopped();
    back.press(Key::Enter);
    back.pass(seconds(0.5));
    back.press(Key::Backspace);
    until_waiting(&mut back);
    back.press(Key::Tab);
    back.pass(seconds(60.0));
    assert_eq!(back.notes, [Note::Begun, Note::Hurt(Hurt::No)]);
}

#[test]
fn what_was_not_answered_is_asked_at_the_next_start() {
    let terms = Terms {
        ask_hurt: true,
        ..DAY
    };
    let mut fine = room(terms);
    until_waiting(&mut fine);
    assert_eq!(
        texts(&fine),
        [
            "Did you stop because something hurt, or felt wrong?",
            "Press Enter or Tab."
        ]
    );
    fine.press(Key::Tab);
    let fine = fine.past_screening();
    assert_eq!(fine.notes, [Note::Hurt(Hurt::No)]);
    for (key, note) in [(Some(Key::Enter), Hurt::Yes), (None, Hurt::Unanswered)] {
        let mut hurt = room(terms);
        until_waiting(&mut hurt);
        if let Some(key) = key {
            hurt.press(key);
        }
        hurt.pass(seconds(200.0));
        assert_eq!(hurt.endings, [Ending::Declined]);
        assert_eq!(hurt.notes, [Note::Hurt(note)]);
        assert!(!texts(&hurt).iter().any(|said| said.contains("welcome")));
    }
}

#[test]
fn what_is_owed_is_asked_also_where_nothing_can_start() {
    let terms = Terms {
        ask_hurt: true,
        refused: Some(Refusal::TooSoon),
        ..DAY
    };
    let too_soon = "Please give your back a few hours to settle first.";
    for (key, note) in [
        (Some(Key::Tab), Hurt::No),
        (Some(Key::Enter), Hurt::Yes),
        (None, Hurt::Unanswered),
    ] {
        let mut room = room(terms);
        until_waiting(&mut room);
        if let Some(key) = key {
            room.press(key);
        }
        let said = rest_of(&mut room);
        assert_eq!(said.iter().any(|said| said == too_soon), note == Hurt::No);
        let watch_for = "Do not try that move again today.";
        assert_eq!(said.iter().any(|said| said == watch_for), note != Hurt::No);
        assert_eq!(room.notes, [Note::Hurt(note)]);
        assert_eq!(room.endings, [Ending::Declined]);
    }
}

// ---- the second round, and standing ----

#[test]
fn a_second_round_is_asked_for_and_is_the_last() {
    let asked = "Press Enter for one more, or Tab to rest.";
    let mut room = room(DAY).past_screening();
    until(&mut room, asked);
    let total = room.session.view(room.now);
    room.press(Key::Enter);
    assert_eq!(last(&room), asked, "too early");
    until_waiting(&mut room);
    room.press(Key::Enter);
    room.pass(seconds(5.0));
    let view = room.session.view(room.now);
    assert!(&*view.section == "Release, once more", "{}", view.section);
    assert!(view.elapsed + view.left > total.elapsed + total.left + seconds(120.0));
    // No way leads back to the question: two rounds are the most.
    let mut back = room.clone();
    for _ in 0..20 {
        back.press(Key::Left);
        back.pass(seconds(1.5));
        assert_eq!(&*back.session.view(back.now).section, "Release, once more");
    }
    assert_eq!(room.play_out(), Ending::Done);
    assert_eq!(texts(&room).iter().filter(|said| *said == asked).count(), 1);
    let safety = "Stay off your neck and your throat.";
    assert_eq!(
        texts(&room).iter().filter(|said| *said == safety).count(),
        4
    );
    let explained = "If you heard a click, that may have been a tiny gas bubble in a joint.";
    assert_eq!(
        texts(&room)
            .iter()
            .filter(|said| *said == explained)
            .count(),
        1
    );
}

#[test]
fn no_answer_to_the_second_round_is_rest() {
    let mut room = room(DAY).past_screening();
    until(&mut room, "Press Enter for one more, or Tab to rest.");
    room.pass(seconds(40.0));
    assert_eq!(&*room.session.view(room.now).section, "Closing");
    // Nor does back lead into a round that she did not want.
    room.press(Key::Left);
    room.press(Key::Left);
    room.pass(seconds(2.0));
    assert_eq!(section(&room), "Release");
}

fn standing() -> Room {
    let terms = Terms {
        posture: Some(Posture::Standing),
        ..DAY
    };
    let mut room = Room::on_terms(&upper_back(), terms, Pace::VerySlow, VoiceAbility::Renders)
        .past_screening();
    while &*room.session.view(room.now).section != "Release, standing" {
        room.go_on(seconds(0.5));
    }
    room
}

const SIT_DOWN: &str = "Open your eyes, hold the chair, and sit down.";

#[test]
fn standing_is_at_the_standard_pace_and_five_minutes_by_the_plan() {
    let setting = Setting::new(Pace::Standard, Posture::Standing);
    let plan = Plan::compile(&upper_back(), &Companion::built_in(), setting);
    assert!(
        plan.time_on_feet() > seconds(180.0),
        "{}",
        plan.time_on_feet()
    );
    assert!(
        plan.time_on_feet() <= seconds(300.0),
        "{}",
        plan.time_on_feet()
    );
    let mut room = standing();
    assert_eq!(room.session.pace(), Pace::Standard);
    room.press(Key::Char('['));
    room.pass(seconds(0.5));
    assert_eq!(last(&room), "Standing is at the standard pace.");
    assert_eq!(room.session.pace(), Pace::Standard);
}

#[test]
fn after_six_minutes_on_her_feet_she_sits_down_whatever_comes_next() {
    let stood = |room: &Room| {
        let wall = "Stand with your back and your hips against a clear wall, on a floor that does not slip.";
        let begins = |words: &str| {
            let said =
                |sound: &Sound| matches!(sound, Sound::Speech(said) if &**said.text() == words);
            let mut heard = room.heard.iter();
            heard
                .find(|heard| said(&heard.sound))
                .map(|heard| heard.from)
        };
        begins(SIT_DOWN)
            .expect("said")
            .since(begins(wall).expect("said"))
    };
    // Undisturbed it takes five minutes at most.
    let mut plain = standing();
    assert_eq!(plain.play_out(), Ending::Done);
    assert!(stood(&plain) <= seconds(300.0), "{}", stood(&plain));
    // Pauses count: it is said in the middle of one.
    let mut paused = standing();
    paused.press(Key::Space);
    paused.pass(seconds(400.0));
    assert_eq!(
        texts(&paused)
            .iter()
            .filter(|said| *said == SIT_DOWN)
            .count(),
        1
    );
    assert!(stood(&paused) < seconds(361.0), "{}", stood(&paused));
    assert_eq!(paused.session.phase(paused.now), Phase::Paused);
    paused.press(Key::Space);
    paused.pass(seconds(20.0));
    assert_eq!(section(&paused), "How often");
    // Going back again and again counts, too.
    let mut back = standing();
    for _ in 0..40 {
        back.pass(seconds(9.0));
        back.press(Key::Left);
    }
    assert!(stood(&back) < seconds(361.0), "{}", stood(&back));
}

/// On her feet, where that movement has begun.
fn standing_in(movement: &str) -> Room {
    let mut room = standing();
    while &*room.session.view(room.now).movement != movement {
        room.go_on(seconds(0.25));
    }
    room
}

fn section(room: &Room) -> String {
    room.session.view(room.now).section.to_string()
}

#[test]
fn back_leads_to_the_movement_before_and_never_from_the_chair_to_her_feet() {
    let mut stands = standing_in("A soft press, right shoulder");
    stands.press(Key::Left);
    stands.pass(seconds(2.0));
    let movement = stands.session.view(stands.now).movement;
    assert_eq!(&*movement, "A soft press, left shoulder");
    let mut sits = standing();
    while section(&sits) != "How often" {
        sits.go_on(seconds(0.25));
    }
    sits.press(Key::Left);
    sits.pass(seconds(2.0));
    assert_eq!(section(&sits), "How often");
}

fn times_told(room: &Room) -> usize {
    texts(room).iter().filter(|said| *said == SIT_DOWN).count()
}

#[test]
fn sitting_down_cannot_be_skipped_and_she_stands_as_long_as_it_is_said() {
    for next in [Key::Right, Key::Media(Button::Next)] {
        let mut room = standing_in("Arms up the wall");
        room.press(next);
        room.pass(seconds(1.0));
        assert_eq!(last(&room), SIT_DOWN);
        room.press(next);
        room.pass(seconds(3.0));
        assert_eq!(&*room.session.view(room.now).movement, "Sitting down");
        // She still stands: a stop and a pause know it.
        let mut stops = room.clone();
        stops.press(Key::Escape);
        assert!(rest_of(&mut stops).contains(&"Hold the chair, and sit down.".to_owned()));
        let mut pauses = room.clone();
        pauses.press(Key::Space);
        pauses.pass(seconds(20.0));
        assert!(texts(&pauses).contains(&"Sit down if you can.".to_owned()));
        pauses.press(Key::Space);
        pauses.pass(seconds(10.0));
        assert_eq!(times_told(&pauses), 2, "from its beginning");
        // Down is down: no way leads back to the wall.
        for _ in 0..20 {
            room.press(Key::Left);
            room.pass(seconds(4.0));
            let sits = &*room.session.view(room.now).movement == "Sitting down";
            assert!(sits || ["How often", "Closing"].contains(&&*section(&room)));
        }
    }
}

#[test]
fn who_has_stood_for_six_minutes_gets_no_more_of_them() {
    let mut room = standing();
    room.press(Key::Space);
    room.pass(seconds(200.0));
    room.press(Key::Space);
    while times_told(&room) == 0 {
        room.pass(seconds(0.5));
    }
    // In the middle of the words, and again and again.
    for _ in 0..10 {
        room.press(Key::Left);
        room.pass(seconds(2.0));
        assert_eq!(&*room.session.view(room.now).movement, "Sitting down");
    }
    // Told in a pause, and gone on with in the middle of it: told again.
    let mut paused = standing();
    paused.press(Key::Space);
    while times_told(&paused) == 0 {
        paused.pass(seconds(0.25));
    }
    paused.press(Key::Space);
    paused.pass(seconds(8.0));
    assert_eq!(times_told(&paused), 2);
    assert_eq!(&*paused.session.view(paused.now).movement, "Sitting down");
}

#[test]
fn what_nobody_heard_of_sitting_down_is_said_when_the_loudspeaker_is_back() {
    let mut room = standing();
    room.pass(seconds(200.0));
    let before = texts(&room).len();
    room.give(Input::DeviceLost(Unheard::Away));
    room.pass(seconds(200.0));
    assert_eq!(texts(&room).len(), before);
    room.give(Input::DeviceBack);
    room.pass(seconds(8.0));
    assert_eq!(
        texts(&room)[before..],
        ["The loudspeaker is back.", SIT_DOWN]
    );
    room.pass(seconds(25.0));
    assert_eq!(section(&room), "How often");
    // In a pause of hers, too; and it is not said twice.
    let mut paused = standing();
    paused.press(Key::Space);
    paused.pass(seconds(200.0));
    paused.give(Input::DeviceLost(Unheard::Away));
    paused.pass(seconds(200.0));
    paused.give(Input::DeviceBack);
    paused.pass(seconds(30.0));
    assert_eq!(times_told(&paused), 1);
    paused.press(Key::Space);
    paused.pass(seconds(8.0));
    assert_eq!(times_told(&paused), 1);
    assert_eq!(section(&paused), "How often");
    let again = "Then we start that move again, from the beginning.";
    assert!(!texts(&paused).contains(&again.to_owned()));
    // What is lost in a close goes on with its own words.
    let mut stopped = standing();
    stopped.press(Key::Escape);
    until_waiting(&mut stopped);
    stopped.give(Input::DeviceLost(Unheard::Away));
    stopped.pass(seconds(400.0));
    let before = texts(&stopped).len();
    stopped.give(Input::DeviceBack);
    until_waiting(&mut stopped);
    assert_eq!(
        texts(&stopped)[before..],
        [
            "The loudspeaker is back.",
            "Did you stop because something hurt, or felt wrong?",
            "Press Enter or Tab.",
        ]
    );
}

#[test]
fn after_a_pause_in_which_she_may_have_sat_she_is_led_to_the_wall_again() {
    let wall =
        "Stand with your back and your hips against a clear wall, on a floor that does not slip.";
    for (movement, then) in [
        (
            "A soft press, right shoulder",
            "Bring your right hand across to the soft muscle on top of your left shoulder.",
        ),
        (
            "From foot to foot",
            "Shift your weight from foot to foot for a moment.",
        ),
        (
            "Arms up the wall",
            "Let your arms open, with your elbows bent and low against the wall.",
        ),
    ] {
        let mut room = standing_in(movement);
        room.pass(seconds(1.0));
        room.press(Key::Space);
        room.pass(seconds(30.0));
        let before = texts(&room).len();
        room.press(Key::Space);
        room.pass(seconds(40.0));
        let said = texts(&room).split_off(before);
        let at = |words: &str| said.iter().position(|said| said == words);
        let (wall, then) = (at(wall), at(then));
        assert!(wall.is_some() && wall < then, "{movement}: {said:?}");
        // Nothing of what she did seated comes before it.
        let companion = Companion::built_in();
        let gets_up = "Open your eyes, hold on to something firm, and stand up slowly.";
        let mut leads = [words(&companion.resumed), words(&companion.resumed_move)].concat();
        leads.push(gets_up.to_owned());
        let first = &said[..wall.unwrap_or_default()];
        assert!(first.iter().all(|said| leads.contains(said)), "{first:?}");
        assert_eq!(
            said.iter()
                .filter(|said| said.starts_with("Stand with"))
                .count(),
            1
        );
    }
}

#[test]
fn who_was_sitting_down_when_it_was_cut_off_does_not_get_up_again() {
    let terms = Terms {
        posture: Some(Posture::Standing),
        ..CUT_OFF
    };
    let mut room = cut_off(terms, "Sitting down", 0).past_screening();
    room.pass(seconds(1.0));
    assert_eq!(section(&room), "How often");
}

#[test]
fn only_who_stands_is_told_to_sit_down_at_a_stop() {
    let sits = "Hold the chair, and sit down.";
    let mut stands = standing();
    stands.press(Key::Escape);
    assert!(rest_of(&mut stands).iter().any(|said| said == sits));
    // In the warm-up she sits, whatever comes later.
    let terms = Terms {
        posture: Some(Posture::Standing),
        ..DAY
    };
    let mut warm = room(terms).past_screening();
    until(&mut warm, "Now we will roll your shoulders.");
    warm.press(Key::Escape);
    assert!(!rest_of(&mut warm).iter().any(|said| said == sits));
}

/// From the start to the first paced breath, and to the first words that move her, when she answers as soon as a key
/// counts.
fn to_the_first_breath_and_move(routine: &str, terms: Terms) -> [Frames; 2] {
    let routine = built_in(routine).expect("built in");
    let mut room = Room::on_terms(&routine, terms, Pace::Standard, VoiceAbility::Renders);
    while last(&room) != "Lift your shoulders up." {
        assert!(room.now < HOURS, "it never comes to that");
        let phase = room.session.phase(room.now);
        // That she sits may be said at any moment of the question.
        let sits = room.session.part() == Part::Posture && phase == Phase::Asking;
        if sits || room.session.waits(room.now) || phase == Phase::Ready {
            room.press(willing(room.session.question(room.now)));
        }
        room.pass(Frames::from_millis(50));
    }
    let breath = |sound: &Sound| matches!(sound, Sound::Breath { .. });
    let breath = room.heard.iter().find(|heard| breath(&heard.sound));
    let moved = room.heard.last();
    [breath, moved].map(|heard| heard.expect("heard").from.since(Moment::START))
}

#[test]
fn an_ordinary_day_is_at_the_first_breath_within_two_minutes_and_the_first_session_within_five() {
    for (routine, posture) in [
        ("upper-back", Posture::Seated),
        ("upper-back", Posture::Standing),
        ("gentle", Posture::Seated),
    ] {
        let terms = Terms {
            posture: Some(posture),
            ..DAY
        };
        let [breath, moved] = to_the_first_breath_and_move(routine, terms);
        println!("{routine}, {posture}: breath {breath}, move {moved}");
        assert!(breath <= seconds(125.0), "{routine}, {posture}: {breath}");
        assert!(moved <= seconds(180.0), "{routine}, {posture}: {moved}");
        assert!(breath >= seconds(100.0), "{breath}: nothing was left out");
    }
    // Everything is asked, and the keys are shown.
    let first = Terms {
        choose: true,
        posture: None,
        length: None,
        ..Terms::FIRST
    };
    let [breath, moved] = to_the_first_breath_and_move("upper-back", first);
    println!("first session: breath {breath}, move {moved}");
    assert!(breath <= seconds(300.0), "{breath}");
}

#[test]
fn whatever_the_pace_the_screening_is_at_the_safety_rate() {
    let room = Room::on_terms(
        &upper_back(),
        Terms::FIRST,
        Pace::VerySlow,
        VoiceAbility::Renders,
    );
    let room = room.past_screening();
    for heard in &room.heard {
        match &heard.sound {
            Sound::Speech(said) => assert_eq!(said.rate(), SAFETY_RATE, "{}", said.text()),
            Sound::Breath { .. } => panic!("a cue under it"),
            Sound::YourTurn | Sound::Presence | Sound::Chime => {}
        }
    }
}

// ---- no sequence of keys ----

/// Keys that could do harm.
const KEYS: [Key; 9] = [
    Key::Enter,
    Key::Tab,
    Key::Space,
    Key::Backspace,
    Key::Right,
    Key::Left,
    Key::Other,
    Key::Char('r'),
    // Faster there is nothing.
    Key::Char('['),
];

/// What else may happen in a long sequence.
#[derive(Clone, Copy, Debug)]
enum Act {
    Press(Key),
    FocusLost,
    /// The loudspeaker is away for six seconds.
    Away,
    /// The computer sleeps for a minute.
    Sleeps,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => prop::sample::select(KEYS.to_vec()).prop_map(Act::Press),
        1 => Just(Act::Press(Key::Media(Button::Previous))),
        1 => prop::sample::select(vec![Act::FocusLost, Act::Away, Act::Sleeps]),
    ]
}

/// A room, and every key that was pressed in it.
#[derive(Clone)]
struct Watched {
    room: Room,
    presses: Vec<(Moment, Key)>,
    /// She has said yes to a question, and has not taken it back.
    yes_stands: bool,
}

impl Watched {
    fn new(form: Form) -> Self {
        let terms = Terms {
            form,
            ..Terms::FIRST
        };
        Self {
            room: room(terms),
            presses: Vec::new(),
            yes_stands: false,
        }
    }

    fn press(&mut self, key: Key) {
        self.presses.push((self.room.now, key));
        let asks = |room: &Room| room.session.part() == Part::Questions;
        let asked = asks(&self.room);
        let question = self.room.session.question(self.room.now);
        self.room.press(key);
        match key {
            Key::Enter | Key::Char('y') if asked && question.is_some() => self.yes_stands = true,
            Key::Backspace if !asked && asks(&self.room) => self.yes_stands = false,
            _ => {}
        }
    }

    fn act(&mut self, act: Act) {
        let sleeps = Input::Woken {
            asleep: seconds(60.0),
        };
        match act {
            Act::Press(key) => self.press(key),
            Act::FocusLost => self.room.give(Input::FocusLost),
            Act::Sleeps => self.room.give(sleeps),
            Act::Away => {
                self.room.give(Input::DeviceLost(Unheard::Away));
                self.room.pass(seconds(6.0));
                self.room.give(Input::DeviceBack);
            }
        }
    }

    /// To some moment of what is going on: now, within the sentence, or when it has been said.
    fn pass_to(&mut self, moment: usize) {
        match moment {
            0 => {}
            1 => self.room.pass(Frames::from_millis(1300)),
            _ => _ = self.room.until_waiting_at_most(seconds(12.0)),
        }
    }

    fn has_started(&self) -> bool {
        self.room.session.part() == Part::Routine
    }

    /// Whether every question was said to its end, and each answer that goes on came after it.
    fn lawful(&self, form: Form) -> bool {
        // The last time that it was asked, it was said to its end, and then answered so.
        let answered = |words: &str, keys: [Key; 2]| {
            let said =
                |sound: &Sound| matches!(sound, Sound::Speech(said) if &**said.text() == words);
            let asked = self.room.heard.iter().rfind(|heard| said(&heard.sound));
            let Some(asked) = asked.filter(|asked| asked.whole) else {
                return false;
            };
            let mut after = self.presses.iter().filter(|(at, _)| *at >= asked.to);
            after.any(|(_, key)| keys.contains(key))
        };
        asked(form)
            .iter()
            .all(|question| answered(question, [Key::Tab, Key::Char('n')]))
            && answered(LAST_CHECK, [Key::Enter, Key::Char('y')])
            && !self.yes_stands
    }

    fn check(&self, form: Form) {
        assert!(
            !self.has_started() || self.lawful(form),
            "{:?} started it: {:?}",
            self.presses,
            texts(&self.room)
        );
    }
}

/// Every moment at which something can go wrong, in the undisturbed screening: each part's lines.
fn moments(form: Form) -> Vec<Watched> {
    let mut at = Watched::new(form);
    let mut found = Vec::new();
    let mut sentences = 0;
    while !at.has_started() {
        let begun = at.room.heard.len();
        if begun != sentences {
            sentences = begun;
            found.push(at.clone());
        }
        if at.room.session.waits(at.room.now) {
            found.push(at.clone());
            let key = willing(at.room.session.question(at.room.now));
            at.press(key);
        }
        at.room.pass(Frames::from_millis(100));
    }
    at.check(form);
    found
}

/// Two keys, at one in `share` of the moments from this on.
fn no_short_sequence_starts_it_unlawfully(form: Form, from: usize, share: usize) {
    let mut tried = 0;
    for begin in moments(form).into_iter().skip(from).step_by(share) {
        for first in KEYS {
            for then in 0..3 {
                let mut between = begin.clone();
                between.press(first);
                between.pass_to(then);
                for second in KEYS {
                    let mut at = between.clone();
                    at.press(second);
                    at.check(form);
                    // Nor does it with no further key.
                    at.room.pass(seconds(250.0));
                    at.check(form);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 3_000, "{tried}");
}

#[test]
fn no_short_sequence_of_keys_at_any_moment_of_the_day_check_starts_it_unlawfully() {
    no_short_sequence_starts_it_unlawfully(Form::Day, 0, 1);
}

// Together these are every moment of the questions one by one: each core has its half.

#[test]
fn no_short_sequence_of_keys_at_any_moment_starts_it_unlawfully() {
    no_short_sequence_starts_it_unlawfully(Form::OneByOne, 0, 2);
}

#[test]
fn no_short_sequence_of_keys_at_any_other_moment_starts_it_unlawfully() {
    no_short_sequence_starts_it_unlawfully(Form::OneByOne, 1, 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_long_sequence_of_keys_starts_it_unlawfully(
        day in any::<bool>(),
        acts in prop::collection::vec((0..3_usize, act()), 10..80),
        willing_share in 0..10_usize,
    ) {
        let form = if day { Form::Day } else { Form::OneByOne };
        let mut at = Watched::new(form);
        for (number, (moment, act)) in acts.into_iter().enumerate() {
            at.pass_to(moment);
            // Mostly she answers well, so that the later questions are reached.
            let waits = at.room.session.waits(at.room.now);
            let act = if waits && number % 10 < willing_share { Act::Press(willing(at.room.session.question(at.room.now))) } else { act };
            if !at.has_started() {
                at.act(act);
                at.check(form);
            }
        }
        at.room.pass(seconds(300.0));
        at.check(form);
    }
}
