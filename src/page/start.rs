//! How a session starts in a page: what its storage holds, judged by the journal's rules.

use super::answer::{self, Answer, Chosen, Closed, Failure, Opening, Unfinished, Why};
use super::clips::{Wants, key, wanted as wanted_clips};
use super::request::{Clips, Kept, Start};
use super::stage::Stage;
use crate::base::{
    EmergencyNumber, Estimate, Frames, NoNumber, Posture, SpeechLengths, UNKNOWN_NUMBER,
    VoiceAbility,
};
use crate::diary::Diary;
use crate::journal::entry::{self, Entry, LineVersion, parse};
use crate::journal::{at::At, history::History, rules};
use crate::prepare::{Around, Wanted, can_stand};
use crate::routine::{Routine, ScreeningText, built_in};
use crate::session::Session;

/// What the page keeps, read.
struct Read {
    opening: rules::Opening,
    diary: Diary,
    /// To be appended at once.
    lines: Vec<Entry>,
}

impl Read {
    /// What the journal of a page allows now, if it keeps one.
    fn of(journal: Option<&str>, left: Option<&str>, now: At, text_version: u32) -> Option<Self> {
        // Nothing but the lines themselves tells when they were written.
        let history = History::new(parse(journal?.as_bytes()), None);
        let opening = history.opening(now, text_version);
        let left = left.and_then(|left| serde_json::from_str(left).ok());
        let clock = opening.note_clock.then_some(Entry::Clock {
            v: LineVersion::One,
            at: now,
        });
        Some(Self {
            opening,
            diary: Diary::new(&history, left, now, text_version),
            lines: clock.into_iter().collect(),
        })
    }
}

/// What may happen now.
pub(super) fn opening(asked: &Kept) -> Opening {
    let version = ScreeningText::built_in().version();
    let (journal, left) = (asked.journal.as_deref(), asked.left.as_deref());
    let read = Read::of(journal, left, asked.time, version);
    let none = || History::default().opening(asked.time, version);
    let opening = read.as_ref().map_or_else(none, |read| read.opening);
    let refused = opening.closed.map(|closed| Closed {
        why: Why::Refused(closed.why),
        opens: Some(closed.opens),
    });
    let unkept = read.is_none().then_some(Closed {
        why: Why::Other("no-storage"),
        opens: None,
    });
    let diary = read.as_ref().map(|read| &read.diary);
    Opening {
        closed: refused.or(unkept),
        first: opening.first,
        ask_all: opening.ask_all,
        ask_hurt: opening.ask_hurt,
        storage: read.is_some(),
        last: diary.and_then(Diary::last).map(chosen),
        unfinished: diary.and_then(Diary::unfinished).map(unfinished),
        append: read.map_or_else(Vec::new, |read| super::stage::texts(&read.lines)),
    }
}

/// The clips that a page needs, and about how long they are.
pub(super) fn clips(asked: &Clips) -> Result<answer::Clips, Failure> {
    let routine = routine(&asked.routine, asked.text.as_deref())?;
    let numbers = asked.emergencies.iter();
    let emergencies = numbers.map(|number| spoken(number.as_deref()));
    let wants = Wants {
        name: &asked.routine,
        routine: &routine,
        choose: asked.choose,
        paces: &asked.paces,
        hands: &asked.hands,
        emergencies: &emergencies.collect::<Result<Vec<_>, _>>()?,
    };
    let clips = wanted_clips(&wants)?.into_iter();
    let clips = clips.map(|said| (key(&said), Estimate.length(&said).0));
    Ok(answer::Clips {
        clips: clips.collect(),
    })
}

fn routine(name: &str, text: Option<&str>) -> Result<Routine, Failure> {
    Ok(match text {
        Some(text) => Routine::parse(name, text)?,
        None => built_in(name)?,
    })
}

/// An emergency number as it is said.
fn spoken(number: Option<&str>) -> Result<String, NoNumber> {
    let number = number.map(EmergencyNumber::checked).transpose()?;
    Ok(number.map_or_else(|| UNKNOWN_NUMBER.to_owned(), |number| number.spoken()))
}

/// A session, and what is to be done first.
pub(super) fn start(asked: Start) -> Result<(Stage, Answer), Failure> {
    let screening = ScreeningText::built_in();
    let routine = routine(&asked.routine, asked.text.as_deref())?;
    let rests = routine.only_rests() && !asked.choose;
    let (journal, left) = (asked.journal.as_deref(), asked.left.as_deref());
    let read = Read::of(journal, left, asked.time, screening.version());
    if read.is_none() && !rests {
        return Err(Failure::NoStorage);
    }
    let none = || History::default().opening(asked.time, screening.version());
    let opening = read.as_ref().map_or_else(none, |read| read.opening);
    let (mut diary, lines) = read.map(|read| (read.diary, read.lines)).unzip();
    let around = around(&asked)?;
    let wanted = wanted(&asked, routine, diary.as_mut());
    let (pace, pick_up) = (wanted.pace, wanted.pick_up);
    let programme = wanted.programme(screening, &around, &opening)?;
    let session = Session::new(programme, pace, VoiceAbility::Renders).picking_up(pick_up);
    let clips = asked.clips.into_iter();
    let clips = clips.map(|(key, length)| (key, Frames(length))).collect();
    let mut stage = Stage::new(session, diary, clips);
    let answer = stage.begin(asked.time, lines.unwrap_or_default());
    Ok((stage, answer))
}

/// The session that was cut off, if she may go on with it and it is this one; else what was chosen.
fn wanted(asked: &Start, routine: Routine, diary: Option<&mut Diary>) -> Wanted {
    let cut_off = diary.filter(|_| asked.pick_up).and_then(|diary| {
        let (start, left_at) = diary.unfinished()?;
        let (id, pace) = (start.id, start.pace);
        let same = start.routine == asked.routine;
        let wanted = same.then(|| Wanted::cut_off(start, &left_at, routine.clone(), pace))??;
        diary.offered = Some(id);
        Some(wanted)
    });
    cut_off.unwrap_or_else(|| chosen_now(asked, routine))
}

/// What was chosen on the page, as far as the routine allows it.
fn chosen_now(asked: &Start, routine: Routine) -> Wanted {
    let possible = |posture: &Posture| *posture == Posture::Seated || can_stand(&routine);
    let posture = asked.posture.filter(possible);
    let pace = posture.map_or(asked.pace, |posture| asked.pace.within(posture));
    let wanted = Wanted {
        name: asked.routine.clone(),
        routine,
        posture,
        length: asked.length,
        pace,
        choose: asked.choose,
        pick_up: None,
    };
    wanted.settled()
}

fn around(asked: &Start) -> Result<Around, Failure> {
    Ok(Around {
        sound_check: asked.sound_check,
        sides: asked.sides,
        questions: asked.questions,
        emergency: spoken(asked.emergency.as_deref())?,
        hands: asked.hands,
    })
}

fn chosen(start: entry::Start) -> Chosen {
    Chosen {
        routine: start.routine,
        posture: start.posture,
        pace: start.pace,
        length: start.length,
    }
}

fn unfinished((start, left_at): (entry::Start, entry::LeftAt)) -> Unfinished {
    Unfinished {
        routine: start.routine,
        posture: start.posture,
        pace: start.pace,
        length: start.length,
        movement: left_at.movement,
        title: left_at.title,
    }
}
