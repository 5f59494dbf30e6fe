//! A recording: what it reads out before any movement, what it never says, and that it waits for nobody.

use std::collections::HashSet;
use std::sync::Arc;

use super::virtual_room::Room;
use crate::base::{Frames, Length, Moment, Pace, Posture, VoiceAbility};
use crate::plan::{Cue, Plan};
use crate::routine::model::wants_an_answer;
use crate::routine::{Companion, Form, Routine, ScreeningText, built_in, built_in_names};
use crate::session::screening::{Part, Screening, Terms};
use crate::session::{Ending, Programme, Repertoire, Session, Sound};

const RECORDED: Terms = Terms {
    form: Form::Recording,
    ..Terms::FIRST
};

/// The longest that she may stand, a rest in place of each wait included.
const LONGEST_STANDING: Frames = Frames::from_millis(6 * 60 * 1000);

type How = (Pace, Posture, Length);

fn session(name: &str, how: How) -> Session {
    session_of(name, built_in(name).expect("built in"), how)
}

fn session_of(name: &str, routine: Routine, (pace, posture, length): How) -> Session {
    let terms = Terms {
        posture: Some(posture),
        length: Some(length),
        ..RECORDED
    };
    let own = Some((&**routine.title(), length));
    let repertoire = Repertoire {
        companion: Companion::built_in().with_what_comes(own, posture),
        routine: (name.into(), routine),
        gentle: None,
        screening: ScreeningText::built_in(),
    };
    let programme = Programme::new(&repertoire, terms);
    Session::new(programme, pace, VoiceAbility::Renders)
}

/// Every session that may be recorded.
fn sessions() -> Vec<(String, Session)> {
    let mut sessions = Vec::new();
    for name in built_in_names() {
        let routine = built_in(name).expect("built in");
        let stands = routine.sections().iter().any(|section| section.on_feet);
        let postures = Posture::ALL
            .into_iter()
            .filter(|it| stands || *it == Posture::Seated);
        for posture in postures {
            for pace in Pace::ALL
                .into_iter()
                .filter(|pace| pace.within(posture) == *pace)
            {
                for length in Length::ALL {
                    let place = format!("{name}, {posture}, {pace}, {length}");
                    sessions.push((place, session(name, (pace, posture, length))));
                }
            }
        }
    }
    assert!(sessions.len() > 30, "{}", sessions.len());
    sessions
}

fn sentences(session: &Session) -> Vec<String> {
    let plans = session.plans().into_iter();
    let cues = plans.flat_map(|plan| &plan.cues);
    let said = cues.filter_map(|planned| planned.cue.sentence());
    said.map(|said| said.text().to_string()).collect()
}

/// Though it is one run from its beginning to its end.
#[test]
fn a_recording_forgets_what_it_has_said_and_knows_how_long_it_took() {
    let how = (Pace::Standard, Posture::Seated, Length::Twenty);
    let mut room = Room::with_slow_voice(session("upper-back", how), 2);
    room.play_out();
    let mut all = HashSet::new();
    for heard in &room.heard {
        if let Sound::Speech(said) = &heard.sound {
            assert_eq!(room.session.takes(said), heard.to.since(heard.from));
            all.insert(said);
        }
    }
    let (kept, all) = (room.session.speech.clips.len(), all.len());
    assert!(kept < all / 2, "{kept} of {all}");
}

#[test]
fn no_recording_asks_or_waits_or_names_a_key() {
    for (place, session) in sessions() {
        for said in sentences(&session) {
            assert!(!wants_an_answer(&said), "{place}: {said}");
            assert!(!said.contains("your turn"), "{place}: {said}");
            assert!(!said.contains("I will wait"), "{place}: {said}");
            for pressed in said.to_lowercase().split("press ").skip(1) {
                // What is pressed is her shoulder.
                assert!(
                    ["no harder", "very lightly", "lightly"]
                        .iter()
                        .any(|it| pressed.starts_with(it))
                        || pressed.starts_with("a soft"),
                    "{place}: {said}"
                );
            }
            for key in ["Escape", "Enter", "Tab ", "Tab.", "Backspace"] {
                assert!(!said.contains(key), "{place}: {said}");
            }
        }
        let cues = session.plans().into_iter().flat_map(|plan| &plan.cues);
        for planned in cues {
            let waits = matches!(planned.cue, Cue::Ready(_) | Cue::Ask(..));
            assert!(!waits && !planned.leads, "{place}: {planned:?}");
        }
        assert!(
            session
                .plans()
                .iter()
                .all(|plan| plan.second_round.is_none()),
            "{place}"
        );
    }
}

#[test]
fn a_recording_plays_to_its_end_alone_and_never_waits() {
    for (place, session) in sessions() {
        let moves = session.moves();
        let mut room = Room::around(session);
        assert!(!room.until_waiting(), "{place}");
        assert_eq!(room.endings, [Ending::Done], "{place}");
        assert!(room.heard.iter().all(|heard| heard.whole), "{place}");
        assert_eq!(moves, !place.starts_with("rest"), "{place}");
    }
}

/// So the voice makes each sentence once, and how far it has come is told truly.
#[test]
fn what_a_recording_will_say_is_known_before() {
    for (place, session) in sessions() {
        let (said, length) = session.forecast();
        let mut room = Room::around(session);
        room.until_waiting();
        let heard = room.heard.iter().filter_map(|heard| match &heard.sound {
            Sound::Speech(said) => Some(said),
            _ => None,
        });
        assert_eq!(
            said.iter().collect::<HashSet<_>>(),
            heard.collect(),
            "{place}"
        );
        let lasted = room.now.since(Moment::START);
        let off = lasted.max(length) - lasted.min(length);
        assert!(
            off < Frames::from_millis(5000),
            "{place}: {length} and {lasted}"
        );
    }
}

/// Of one that lasts for hours, each further plan and each further copy would take more memory than all else.
#[test]
fn a_recording_lays_its_routine_out_once_for_all_copies() {
    let how = (Pace::VerySlow, Posture::Seated, Length::Twenty);
    let session = session("upper-back", how);
    let mut room = Room::around(session.clone());
    assert!(!room.until_waiting());
    assert!(Arc::ptr_eq(&session.programme, &room.session.programme));
    assert_eq!(session.programme.laid_out(), 1);
}

#[test]
fn a_recording_of_words_that_nobody_has_reviewed_says_so_first_and_asks_nothing() {
    let gentle = include_str!("../../../scripts/en/gentle.toml");
    let other = gentle.replace("Wrap your arms round your own", "Wrap your arms round your");
    let routine = Routine::parse("hers.toml", &other).expect("sound");
    for length in Length::ALL {
        let how = (Pace::Standard, Posture::Seated, length);
        let session = session_of("hers.toml", routine.clone(), how);
        assert_eq!(&*session.plans()[0].title, "Your routine: unreviewed");
        assert!(
            sentences(&session)
                .iter()
                .all(|said| !wants_an_answer(said))
        );
        let mut room = Room::around(session);
        assert!(!room.until_waiting());
        assert_eq!(room.endings, [Ending::Done]);
        let said = room.heard.iter().find_map(|heard| match &heard.sound {
            Sound::Speech(said) => Some(said.text().to_string()),
            _ => None,
        });
        let unreviewed =
            "This routine is not one of my own, and I know of nobody who has reviewed its words.";
        assert_eq!(said.as_deref(), Some(unreviewed));
    }
}

#[test]
fn the_list_comes_before_every_movement_and_only_rest_has_none() {
    for (place, session) in sessions() {
        let titles: Vec<_> = session
            .plans()
            .iter()
            .map(|plan| plan.title.to_string())
            .collect();
        let read = titles.iter().position(|title| title == "Before you begin");
        if place.starts_with("rest") {
            assert_eq!(read, None, "{place}");
        } else {
            assert_eq!(
                titles[..3],
                ["Welcome", "Before you begin", "The last check"],
                "{place}"
            );
        }
    }
}

#[test]
fn without_its_list_to_the_end_no_recording_gets_to_a_movement() {
    let parts: Vec<_> = Part::all().collect();
    for part in parts {
        // Whatever part it comes from, but the last check after the list.
        let mut screening = Screening::new(RECORDED, &[], true, false);
        screening.enter(part);
        screening.enter(Part::Routine);
        assert_ne!(screening.part(), Part::Routine, "{part:?}");
    }
    // Nor without the sentence that nobody has reviewed its words.
    for moves in [true, false] {
        let mut unsaid = Screening::new(RECORDED, &[], moves, true);
        unsaid.enter(Part::Routine);
        assert_ne!(unsaid.part(), Part::Routine);
        let mut said = Screening::new(RECORDED, &[], moves, true);
        while let Some(next) = said.after() {
            said.enter(next);
        }
        assert_eq!(said.part(), Part::Routine);
    }
    let mut skipped = Screening::new(RECORDED, &[], true, false);
    skipped.enter(Part::LastCheck);
    let next = skipped.after().expect("something");
    skipped.enter(next);
    assert_ne!(skipped.part(), Part::Routine);

    let mut whole = Screening::new(RECORDED, &[], true, false);
    while let Some(next) = whole.after() {
        whole.enter(next);
    }
    assert_eq!(whole.part(), Part::Routine);
    // In no other form does silence pass.
    for form in [Form::OneByOne, Form::Day] {
        let mut live = Screening::new(
            Terms {
                form,
                ..Terms::FIRST
            },
            &[],
            true,
            false,
        );
        while let Some(next) = live.after() {
            live.enter(next);
        }
        assert_ne!(live.part(), Part::Routine);
    }
}

/// Words in plain letters.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[test]
fn the_list_leaves_out_nothing_that_is_asked() {
    let screening = ScreeningText::built_in();
    let text = |lines: &[crate::routine::Line]| -> String {
        let texts: Vec<_> = lines.iter().map(|line| &*line.text).collect();
        texts.join(" ")
    };
    let list = text(&screening.recording);
    let said: HashSet<_> = words(&list).into_iter().collect();
    for question in screening.questions.iter().chain(&screening.day) {
        for item in question.text.split(['.', '?']) {
            // The words that make a question of it.
            let asking = [
                "right", "now", "do", "did", "does", "it", "any", "of", "these", "this", "that",
                "and", "today", "unless", "or", "your", "are", "new", "come", "to", "a", "the",
                "with", "in", "is", "an", "has", "since", "i", "last", "asked", "all", "ten",
                "newly", "spread", "spreads", "sudden", "tearing", "tear", "rip", "swollen",
                "never", "eases", "news", "from", "between", "one", "so",
            ];
            for word in words(item) {
                let there = said.contains(&word) || asking.contains(&&*word);
                let plural =
                    said.contains(&format!("{word}s")) || said.contains(word.trim_end_matches('s'));
                assert!(there || plural, "{}: {word:?} of {item:?}", question.id);
            }
        }
    }
    // What is asked as a list is read out word for word.
    let lists = screening
        .questions
        .iter()
        .filter(|line| line.text.contains(". "));
    let items = lists
        .flat_map(|line| line.text.split(['.', '?']).skip(1))
        .map(str::trim);
    let items: Vec<_> = items.filter(|item| !item.is_empty()).collect();
    assert!(items.len() > 25);
    for item in items {
        assert!(list.contains(&format!("{item}.")), "{item}");
    }
    // With whom to call for what, and when to stop.
    for words in [
        "Call {EMERGENCY} now, or ask someone near you to call",
        "say that you are pregnant, and how many weeks",
        "Do not drive yourself",
        "Call your midwife or your maternity unit now, and do not wait for your next visit",
        "If you cannot get through, or you feel worse, call {EMERGENCY}.",
        "Please ask your midwife or doctor before you use this session",
        "If you have had a fall, a crash or a knock, call your maternity unit today.",
        "If you are not sure, do not do it",
        "Stop at once if anything hurts or feels wrong",
        "Do not try that move again today.",
    ] {
        assert!(list.contains(words), "{words}");
    }
}

#[test]
fn stop_rules_and_words_of_care_are_in_every_recording() {
    for (place, session) in sessions() {
        let all = sentences(&session).join("\n");
        assert!(all.contains("call your maternity unit"), "{place}");
        if place.starts_with("rest") {
            continue;
        }
        for words in [
            "Stop at once if anything hurts or feels wrong",
            "If anything hurts, or you feel dizzy, stop at once.",
            "pain means stop",
            "Once a day is plenty, and twice is the most.",
            "Keep breathing, and never hold your breath.",
        ] {
            assert!(all.contains(words), "{place}: {words}");
        }
    }
}

#[test]
fn she_stands_no_longer_than_before_the_program() {
    for (place, session) in sessions() {
        let longest = session.plans().into_iter().map(Plan::time_on_feet).max();
        assert!(longest <= Some(LONGEST_STANDING), "{place}: {longest:?}");
        // So her session never has to sit her down in the middle of something.
        let sits = sentences(&session)
            .iter()
            .filter(|said| said.contains("and sit down."))
            .count();
        assert_eq!(sits > 0, place.contains("standing"), "{place}");
    }
}

/// Each heading is a chapter of the recording.
#[test]
fn every_moment_stands_under_its_movement_or_its_section() {
    let (_, session) = sessions().swap_remove(0);
    let plans = session.plans();
    let movements = plans.iter().flat_map(|plan| &plan.movements);
    let headings = movements.map(|movement| match &*movement.title {
        "" => &movement.section,
        _ => &movement.title,
    });
    let mut expected: Vec<_> = headings.cloned().collect();
    expected.dedup();
    let mut room = Room::around(session);
    let mut seen = Vec::new();
    while room.endings.is_empty() {
        seen.extend(room.session.heading(room.now));
        room.pass(Frames::from_millis(100));
    }
    seen.dedup();
    assert_eq!(seen, expected);
}
