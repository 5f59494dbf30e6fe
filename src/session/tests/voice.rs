//! A voice that makes no clip, under a virtual clock.

use std::collections::HashSet;

use crate::base::{
    BreathPhase, Clip, Estimate, Frames, Key, Moment, Pace, SpeechLengths, VoiceAbility,
};
use crate::plan::{CHIME, WAKE_UP, WORD_DELAY};
use crate::routine::built_in;
use crate::session::screening::{Part, Terms};
use crate::session::tests::virtual_room::{Room, Service, programme};
use crate::session::{Command, Ending, HUSH, Input, Session, Sound};

const PATIENCE: Frames = Frames::from_millis(15_000);

/// A session of rest from its first moment on, of which nothing is made yet.
fn unheard() -> Session {
    let rest = built_in("rest").expect("built in");
    let programme = programme(&rest, Terms::FIRST);
    Session::new(programme, Pace::Standard, VoiceAbility::Renders)
}

/// Time comes to `at`; what the session wants then.
fn wants_at(session: &mut Session, at: Moment) -> Vec<Command> {
    let run = session.run();
    let anchor = session.run.anchor;
    session.handle(at, Input::Tick { run, at: anchor });
    std::iter::from_fn(|| session.poll()).collect()
}

/// She may have asked for silence just before.
fn lost() -> [Command; 2] {
    let (at, sound) = (HUSH, Sound::Chime);
    [Command::Cut, Command::Play { at, sound }]
}

#[test]
fn a_voice_that_makes_no_clip_is_lost_with_a_chime() {
    let mut session = unheard();
    let due = Moment::START + WAKE_UP + PATIENCE;
    assert_eq!(session.deadline(Moment::START), Some(due));
    assert_eq!(wants_at(&mut session, Moment(due.0 - 1)), []);
    assert_eq!(wants_at(&mut session, due), lost());
    let over = wants_at(&mut session, due + HUSH + CHIME);
    assert_eq!(over, [Command::Finish(Ending::VoiceLost)]);
    assert_eq!(session.wanted(), [], "it would be asked for without end");
}

/// Nobody waits for a sentence while the one before it is said.
#[test]
fn several_sentences_are_made_ahead() {
    let session = unheard();
    let planned = session.plan().cues.iter();
    let first: Vec<_> = planned
        .flat_map(|planned| planned.cue.utterances())
        .take(4)
        .cloned()
        .collect();
    let wanted = session.wanted();
    assert!(first.iter().all(|said| wanted.contains(said)), "{wanted:?}");
    let number = wanted.len();
    assert!(
        number < session.plan().cues.len(),
        "not all of it: {number}"
    );
}

/// Whatever a voice takes for a word over a breath: the next one never begins before.
#[test]
fn the_words_of_a_slow_voice_do_not_run_into_each_other() {
    for slowness in 1..=4 {
        let rest = built_in("rest").expect("built in");
        let programme = programme(&rest, Terms::FIRST);
        let session = Session::new(programme, Pace::Standard, VoiceAbility::Renders);
        let mut room = Room::with_slow_voice(session, slowness);
        assert_eq!(room.play_out(), Ending::Done);
        let said = room.heard.iter();
        let said = said.filter(|heard| matches!(heard.sound, Sound::Speech(_)));
        let said: Vec<_> = said.collect();
        for pair in said.windows(2) {
            assert!(pair[0].to <= pair[1].from, "{slowness}: {pair:?}");
        }
    }
}

/// However long it lasts: what was said is forgotten, but for what may be said again at once.
#[test]
fn not_all_clips_of_a_session_are_kept() {
    let mut room = Room::upper_back(Pace::Standard);
    room.play_out();
    let said: HashSet<_> = room
        .heard
        .iter()
        .filter_map(|heard| match &heard.sound {
            Sound::Speech(said) => Some(said),
            _ => None,
        })
        .collect();
    let kept = room.session.speech.clips.len();
    assert!(
        kept > 5 && kept < said.len() / 2,
        "{kept} of {}",
        said.len()
    );
}

/// Words are laid out ahead with their breath, and a service speaks what it is given at once.
#[test]
fn a_service_is_given_each_word_when_its_breath_begins() {
    let rest = built_in("rest").expect("built in");
    let mut room = Room::new(&rest, Pace::Standard, VoiceAbility::Speaks);
    assert_eq!(room.play_out(), Ending::Done);
    for (phase, word) in [(BreathPhase::In, "In."), (BreathPhase::Out, "Out.")] {
        let begun = room.heard.iter().filter_map(|heard| match heard.sound {
            Sound::Breath { phase: it, .. } if it == phase => Some(heard.from + WORD_DELAY),
            _ => None,
        });
        let begun: Vec<_> = begun.collect();
        let given = room
            .spoken
            .iter()
            .filter(|(_, said)| &**said.text() == word);
        let given: Vec<_> = given.map(|(at, _)| *at).collect();
        assert!(given.len() > 5, "{word}: {given:?}");
        for at in given {
            assert!(begun.contains(&at), "{word} at {at:?}: {begun:?}");
        }
    }
}

/// A key is answered at once, whatever else is still to be made.
#[test]
fn what_answers_a_key_is_made_at_the_beginning() {
    let wanted = unheard().wanted();
    for word in ["In.", "Out.", "Paused.", "Yes.", "No.", "Stopping now."] {
        let is_made = wanted.iter().any(|said| &**said.text() == word);
        assert!(is_made, "{word}: {wanted:?}");
    }
}

#[test]
fn what_comes_late_of_a_sentence_that_was_cut_off_ends_no_other() {
    let mut room = Room::new(
        &built_in("rest").expect("built in"),
        Pace::Standard,
        VoiceAbility::Speaks,
    );
    let ticket_of = |room: &Room| room.session.run.speaking.as_ref().map(|said| said.ticket);
    room.pass(Frames::from_millis(1500));
    let first = ticket_of(&room).expect("it is speaking");
    room.press(Key::Space);
    room.pass(Frames::from_millis(1000));
    let second = ticket_of(&room).expect("it says that it is paused");
    assert_ne!(first, second);
    let mut ended = |ticket| -> Vec<_> {
        let lag = Frames::ZERO;
        room.session.handle(room.now, Input::Ended { ticket, lag });
        let commands = std::iter::from_fn(|| room.session.poll());
        commands
            .filter(|it| matches!(it, Command::Duck(_)))
            .collect()
    };
    assert_eq!(ended(first), [], "the tones stay quiet");
    assert_eq!(ended(second), [Command::Duck(false)]);
}

#[test]
fn a_service_tells_how_long_each_sentence_takes() {
    let rest = built_in("rest").expect("built in");
    let mut room = Room::new(&rest, Pace::Standard, VoiceAbility::Speaks).past_screening();
    room.pass(Frames::from_millis(10_000));
    let (_, said) = &room.spoken[1];
    let took = room.session.speech.lengths.get(said);
    assert_eq!(took, Some(&Estimate.length(said)));
}

/// Nobody waits for the first sentence of a part either.
#[test]
fn what_the_next_part_begins_with_is_made_before() {
    let mut room = Room::upper_back(Pace::Standard);
    let mut parts = 0;
    while room.session.part() != Part::Routine {
        let (part, waits) = (room.session.part(), room.session.waits(room.now));
        let made: HashSet<_> = room.session.speech.clips.keys().cloned().collect();
        room.go_on(Frames::from_millis(100));
        if room.session.part() == part || waits {
            continue;
        }
        parts += 1;
        let first = room.session.plan().cues.iter();
        let first = first.flat_map(|planned| planned.cue.utterances()).next();
        assert!(made.contains(first.expect("it says something")), "{part:?}");
    }
    assert!(parts > 0);
}

/// The graph tells of a cut only once it has done it, and by then there may have been another.
#[test]
fn only_the_last_cut_says_when_the_run_began() {
    let mut session = unheard();
    let mut now = session.now;
    for run in 1..=2 {
        now = now + Frames::from_millis(100);
        session.handle(now, Input::Key(Key::Space));
        assert_eq!(session.run(), run);
    }
    let late = now + Frames::from_millis(40);
    session.handle(late, Input::Tick { run: 1, at: late });
    assert_eq!(session.run.anchor, now);
    session.handle(late, Input::Tick { run: 2, at: late });
    assert_eq!(session.run.anchor, late);
}

#[test]
fn no_key_makes_it_wait_longer_and_a_clip_does() {
    let due = Moment::START + WAKE_UP + PATIENCE;
    let mut session = unheard();
    for key in [Key::Space, Key::Space, Key::Char('r'), Key::Escape] {
        session.handle(session.now + Frames::from_millis(3000), Input::Key(key));
    }
    assert!(
        wants_at(&mut session, Moment(due.0 - 1))
            .iter()
            .all(|command| *command == Command::Cut)
    );
    assert_eq!(wants_at(&mut session, due), lost());

    let mut session = unheard();
    let later = Moment::START + Frames::from_millis(10_000);
    let utterance = session.wanted().pop().expect("a sentence");
    let rendered = Input::Rendered {
        length: Estimate.length(&utterance),
        clip: Clip::speech(Vec::new()),
        utterance,
    };
    session.handle(later, rendered);
    assert_eq!(session.deadline(later), Some(later + PATIENCE));
    assert_eq!(wants_at(&mut session, due), []);
    assert_eq!(wants_at(&mut session, later + PATIENCE), lost());
}

/// Before the first sentence of all, and between two.
#[test]
fn a_sentence_whose_clip_comes_late_is_said_from_its_first_word() {
    let rest = built_in("rest").expect("built in");
    let begun = Room::new(&rest, Pace::Standard, VoiceAbility::Renders);
    for mut room in [begun.clone(), begun.past_screening()] {
        room = room.with_service(Service::Hangs);
        let overdue = |room: &Room| {
            let run = &room.session.run;
            run.blocked && run.offset(room.now) > run.cursor + Frames::from_millis(1000)
        };
        while !overdue(&room) {
            room.go_on(Frames::from_millis(100));
        }
        let before = room.heard.len();
        room = room.with_service(Service::Sound);
        room.pass(Frames::from_millis(100));
        let came = room.now;
        room.pass(Frames::from_millis(10_000));
        let first = &room.heard[before];
        assert!(matches!(first.sound, Sound::Speech(_)), "{first:?}");
        assert_eq!(first.from, came + Frames::from_millis(45));
        assert!(first.whole);
    }
}

#[test]
fn what_is_at_hand_is_said_first() {
    let rest = built_in("rest").expect("built in");
    let mut room = Room::new(&rest, Pace::Standard, VoiceAbility::Renders).past_screening();
    room.pass(Frames::from_millis(5000));
    room = room.with_service(Service::Hangs);
    let before = room.heard.len();
    while room.endings.is_empty() {
        room.go_on(Frames::from_millis(100));
    }
    assert_eq!(room.endings, [Ending::VoiceLost]);
    let [.., last, chime] = &room.heard[before..] else {
        panic!("nothing more was said");
    };
    assert_eq!(chime.sound, Sound::Chime);
    assert!(last.whole, "{last:?}");
    assert!(chime.from >= last.to + PATIENCE, "{last:?} {chime:?}");
}

/// What was heard to its end does not come again, not even its rest, though nothing came after it.
#[test]
fn after_a_pause_while_a_clip_is_missed_it_goes_on_with_that() {
    let rest = built_in("rest").expect("built in");
    let mut room = Room::new(&rest, Pace::Standard, VoiceAbility::Renders).past_screening();
    room.pass(Frames::from_millis(5000));
    let mut hung = room.clone().with_service(Service::Hangs);
    while hung
        .session
        .speech
        .awaited
        .is_none_or(|since| since > hung.now)
    {
        hung.go_on(Frames::from_millis(100));
    }
    hung.pass(Frames::from_millis(2000));
    let before = hung.heard.len();
    hung.press(Key::Space);
    hung.pass(Frames::from_millis(1000));
    let mut well = hung.with_service(Service::Sound);
    well.press(Key::Space);
    let goes_on = well.now;
    assert_eq!(well.play_out(), Ending::Done);
    room.play_out();
    let paused = &well.heard[before..][..1];
    assert!(matches!(&paused[0].sound, Sound::Speech(said) if &**said.text() == "Paused."));
    let sounds = |room: &Room, from: usize| -> Vec<Sound> {
        let heard = room.heard[from..].iter();
        heard.map(|heard| heard.sound.clone()).collect()
    };
    assert_eq!(sounds(&well, before + 1), sounds(&room, before));
    let waited = well.heard[before + 1].from.since(goes_on);
    assert!(waited < Frames::from_millis(100), "{waited}");
}
