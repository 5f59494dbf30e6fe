//! Which clips a page needs: everything that any session of a routine can want.

use std::collections::HashSet;

use jiff::{Timestamp, tz::Offset};

use crate::base::{Length, Pace, Posture, SAFETY_RATE, Utterance};
use crate::journal::{at::At, history::History, rules::Opening};
use crate::prepare::{Around, GENTLE, Wanted};
use crate::routine::{Hands, Routine, ScreeningText, UnknownRoutine, built_in};

/// For what the clips are to do.
pub(crate) struct Wants<'a> {
    /// The routine, by its name.
    pub name: &'a str,
    pub routine: &'a Routine,
    /// She may choose the soft routine instead.
    pub choose: bool,
    pub paces: &'a [Pace],
    pub hands: &'a [Hands],
    /// Whom to call, as it is said: each that the page may be set to.
    pub emergencies: &'a [String],
}

/// The name of a clip: two utterances with the same name are the same sound.
pub(crate) fn key(utterance: &Utterance) -> String {
    let (rate, text) = (utterance.rate().0, utterance.text());
    let list = if utterance.is_listed() { " list" } else { "" };
    format!("{rate}{list} {text}")
}

/// Every utterance that a session can want, each once and in a fixed order; from both sides, for a side is no part of
/// a clip.
pub(crate) fn wanted(wants: &Wants<'_>) -> Result<Vec<Utterance>, UnknownRoutine> {
    let mut all = what_comes(wants.name, wants.routine);
    if wants.choose {
        // What she chose is played again the next time, without a question.
        all.extend(what_comes(GENTLE, &built_in(GENTLE)?));
    }
    for around in surroundings(wants) {
        for ask_all in [true, false] {
            let asked = way(wants.name, wants.routine, None, wants.choose);
            let programme = asked.programme(ScreeningText::built_in(), &around, &opening(ask_all));
            all.extend(programme?.utterances(wants.paces));
        }
    }
    let mut seen = HashSet::new();
    let once = all.into_iter().map(|said| said.from(None));
    Ok(once.filter(|said| seen.insert(said.clone())).collect())
}

/// What a session says of itself where nothing of it is still to be chosen.
fn what_comes(name: &str, routine: &Routine) -> Vec<Utterance> {
    let ways = Posture::ALL
        .into_iter()
        .flat_map(|posture| Length::ALL.map(|length| Some((posture, length))));
    let ways = ways.map(|chosen| way(name, routine, chosen, false));
    let said = ways.map(|way| Utterance::new(&way.what_comes(), SAFETY_RATE));
    said.collect()
}

/// Each way in which a page may be set up.
fn surroundings(wants: &Wants<'_>) -> impl Iterator<Item = Around> {
    let hands = wants.hands.iter();
    hands.flat_map(|hands| {
        wants.emergencies.iter().map(|emergency| Around {
            sound_check: true,
            sides: true,
            questions: false,
            emergency: emergency.clone(),
            hands: *hands,
        })
    })
}

/// A way in which a session may be begun.
fn way(name: &str, routine: &Routine, chosen: Option<(Posture, Length)>, choose: bool) -> Wanted {
    let (posture, length) = chosen.unzip();
    let wanted = Wanted {
        name: name.to_owned(),
        routine: routine.clone(),
        posture,
        length,
        pace: Pace::default(),
        choose,
        pick_up: None,
    };
    wanted.settled()
}

/// What the journal allows makes no difference to what may be said, but for the form of the questions.
fn opening(ask_all: bool) -> Opening {
    let never = At::new(Timestamp::UNIX_EPOCH, Offset::UTC);
    Opening {
        ask_all,
        ..History::default().opening(never, 0)
    }
}
