//! What a session leaves in the journal, and what the next start makes of it.

use std::time::Duration;

use tempfile::TempDir;

use crate::base::{Frames, Key, Pace, VoiceAbility};
use crate::diary::{self, Diary};
use crate::journal::{Journal, rules::Opening};
use crate::player::diary::{now, open};
use crate::player::writer::Write;
use crate::routine::{Form, built_in};
use crate::session::screening::{Part, Terms};
use crate::session::{Ending, Note};

use crate::session::tests::virtual_room::Room;

#[expect(clippy::disallowed_methods, reason = "the journal reads the clock")]
fn wait(length: Duration) {
    std::thread::sleep(length);
}

const TEXT: u32 = 1;

/// The journal of one woman, and the room in which she is.
struct Kept {
    home: TempDir,
}

impl Kept {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().expect("a folder"),
        }
    }

    fn open(&self) -> (Hers, Opening) {
        let path = self.home.path().join("journal.jsonl");
        let (diary, journal, opening) = open(&path, TEXT).expect("a journal");
        let journal = Some(journal);
        (Hers { diary, journal }, opening)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.home.path().join("journal.jsonl")).expect("a journal")
    }
}

/// The diary of a session, and the journal that it is written into.
struct Hers {
    diary: Diary,
    journal: Option<Journal>,
}

impl Hers {
    fn write(&mut self, kept: impl IntoIterator<Item = diary::Kept>) {
        for kept in kept {
            let written = Write::from(kept).carry_out(&mut self.journal);
            written.unwrap_or(Ok(())).expect("written");
        }
    }

    fn close(self, ending: Ending) {
        let Self { diary, mut journal } = self;
        for kept in diary.close(ending, now()) {
            Write::from(kept).carry_out(&mut journal);
        }
    }
}

fn room(ask_hurt: bool) -> Room {
    let terms = Terms {
        form: Form::Day,
        ask_hurt,
        ..Terms::FIRST
    };
    let routine = built_in("upper-back").expect("built in");
    Room::on_terms(&routine, terms, Pace::Standard, VoiceAbility::Renders)
}

/// Plays until `reached`; whatever is to be written down is.
fn play(room: &mut Room, hers: &mut Hers, reached: impl Fn(&Room) -> bool) {
    let mut written = 0;
    while !reached(room) {
        room.go_on(Frames::from_millis(100));
        let place = hers.diary.look(room.session.place(room.now).0, 0, now);
        hers.write(place);
        for note in &room.notes[written..] {
            let noted = hers.diary.note(*note, &room.session, now());
            hers.write(noted);
        }
        written = room.notes.len();
    }
}

fn has_begun(room: &Room) -> bool {
    room.notes.contains(&Note::Begun)
}

/// A session that was killed in its first movement.
fn killed(kept: &Kept) {
    let (mut hers, _) = kept.open();
    play(&mut room(false), &mut hers, has_begun);
}

#[test]
fn that_nothing_hurt_before_says_nothing_of_this_session() {
    for ending in [Ending::Interrupted, Ending::DeviceLost, Ending::Stopped] {
        let kept = Kept::new();
        killed(&kept);
        let (mut hers, opening) = kept.open();
        assert!(opening.ask_hurt);
        play(&mut room(true), &mut hers, has_begun);
        hers.close(ending);
        assert!(kept.open().1.ask_hurt, "{ending:?}:\n{}", kept.text());
    }
}

#[test]
fn who_leaves_in_the_welcome_without_a_word_is_asked_once_more() {
    let kept = Kept::new();
    killed(&kept);
    let (mut hers, _) = kept.open();
    play(&mut room(true), &mut hers, |room| {
        room.session.part() == Part::Welcome && !room.notes.is_empty()
    });
    hers.close(Ending::Stopped);
    assert!(kept.open().1.ask_hurt, "{}", kept.text());
}

#[test]
fn what_is_killed_in_its_first_movement_can_be_picked_up_there() {
    let kept = Kept::new();
    killed(&kept);
    let (_, place) = kept.open().0.diary.unfinished().expect("unfinished");
    assert_eq!((place.movement, &*place.title), (0, "Your breath"));
}

#[test]
fn what_her_own_answer_ended_is_done() {
    let kept = Kept::new();
    let (mut hers, _) = kept.open();
    play(&mut room(false), &mut hers, has_begun);
    hers.close(Ending::Declined);
    let (hers, opening) = kept.open();
    assert!(!opening.ask_hurt);
    assert!(hers.diary.unfinished().is_none());
    assert!(kept.text().contains(r#""how":"done""#), "{}", kept.text());
}

#[test]
fn a_lid_that_was_closed_leaves_the_question_open_and_is_no_presence() {
    let kept = Kept::new();
    let (mut hers, _) = kept.open();
    let mut room = room(false);
    play(&mut room, &mut hers, has_begun);
    let left = || std::fs::read_to_string(kept.home.path().join("left.json")).expect("kept");
    let before = left();
    wait(Duration::from_millis(1100));
    room.press(Key::Space);
    hers.close(Ending::Asleep);
    assert_eq!(left(), before, "she was there no later than that");
    assert!(kept.open().1.ask_hurt);
}
