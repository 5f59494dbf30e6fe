//! A session: settings → diary → programme → session → player.

use super::{allowed, can_stand, emergency_question, notice, routines, voices};
use crate::base::{Pace, Posture, VoiceAbility};
use crate::error::{Error, Outcome};
use crate::journal::{JournalError, history::History, rules::Opening};
use crate::plan::{Plan, Setting};
use crate::player;
use crate::player::diary::{self, Diary};
use crate::routine::{Companion, Form, Routine, ScreeningText, built_in};
use crate::session::{Programme, Repertoire, Session, screening::Terms};
use crate::settings::{DEFAULT_ROUTINE, InForce, Settings, flags::Flags, paths};

/// The routine that she may choose instead.
const GENTLE: &str = "gentle";

pub(super) fn play(flags: &Flags) -> Result<Outcome, Error> {
    let mut settings = Settings::read(flags)?;
    let mut wanted = Wanted::of(&settings)?;
    // It loads while the rest is read.
    let voice = voices::open(&settings)?;
    let screening = ScreeningText::built_in();
    let (mut diary, opening) = open_diary(&wanted.routine, screening.version())?;
    let diary_of = diary.as_mut();
    let unfinished = diary_of.and_then(|diary| Wanted::unfinished(&settings, diary));
    wanted = unfinished.unwrap_or(wanted);
    if !wanted.routine.only_rests() && wanted.pick_up.is_none() {
        notice::before_movement(&opening, &screening, &settings.emergency)?;
        if opening.first && opening.closed.is_none() {
            emergency_question::ask(&mut settings.emergency)?;
        }
    }
    let (pace, pick_up) = (wanted.pace, wanted.pick_up);
    let programme = programme(wanted, screening, &settings, &opening)?;
    let ability = settings.voice.value.ability();
    let session = Session::new(programme, pace, ability).picking_up(pick_up);
    player::play(session, settings, voice, diary)
}

/// The journal, and what it allows. Where there can be none, only rest may start.
fn open_diary(routine: &Routine, text_version: u32) -> Result<(Option<Diary>, Opening), Error> {
    match Diary::open(&paths::journal_file()?, text_version) {
        Ok((diary, opening)) => Ok((Some(diary), opening)),
        Err(JournalError::Unwritable { .. } | JournalError::Unreadable { .. })
            if routine.only_rests() =>
        {
            Ok((None, History::default().opening(diary::now(), text_version)))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is to be played, and how.
struct Wanted {
    name: String,
    routine: Routine,
    posture: Option<Posture>,
    pace: Pace,
    /// She may still choose the soft routine.
    choose: bool,
    /// The movement from which a session that was cut off goes on.
    pick_up: Option<usize>,
}

impl Wanted {
    fn of(settings: &Settings) -> Result<Self, Error> {
        let named = settings.routine.as_ref().map(|name| name.value.as_str());
        let name = named.unwrap_or(DEFAULT_ROUTINE);
        let routine = routines::find(name)?;
        let (posture, pace) = allowed(&routine, settings.posture.as_ref(), &settings.pace)?;
        Ok(Self {
            name: name.to_owned(),
            routine,
            posture,
            pace,
            choose: named.is_none(),
            pick_up: None,
        })
    }

    /// The session that was cut off, unless she asks for another routine, posture or pace now.
    fn unfinished(settings: &Settings, diary: &mut Diary) -> Option<Self> {
        let (start, left_at) = diary.unfinished()?;
        let name = settings.routine.as_ref().and_then(InForce::asked);
        let posture = settings.posture.as_ref().and_then(InForce::asked);
        let pace = *settings.pace.asked().unwrap_or(&start.pace);
        let same = name.is_none_or(|name| *name == start.routine)
            && posture.is_none_or(|posture| *posture == start.posture)
            && pace.within(start.posture) == pace;
        let routine = routines::find(&start.routine).ok().filter(|_| same)?;
        let is_there = |form| {
            let setting = Setting {
                form,
                ..Setting::new(pace, start.posture)
            };
            let plan = Plan::compile(&routine, &Companion::built_in(), setting);
            let there = plan.counted_movements().get(left_at.movement);
            there.is_some_and(|there| *there.title == *left_at.title)
        };
        // A routine of hers may have been changed meanwhile, or count its movements otherwise in the other form.
        if ![Form::OneByOne, Form::Day].into_iter().all(is_there) {
            return None;
        }
        diary.offered = Some(start.id);
        Some(Self {
            name: start.routine,
            routine,
            posture: Some(start.posture),
            pace,
            choose: false,
            pick_up: Some(left_at.movement),
        })
    }
}

/// All that may be said.
fn programme(
    wanted: Wanted,
    screening: ScreeningText,
    settings: &Settings,
    opening: &Opening,
) -> Result<Programme, Error> {
    let Opening {
        ask_all,
        ask_hurt,
        closed,
        ..
    } = *opening;
    let seated = (!can_stand(&wanted.routine)).then_some(Posture::Seated);
    let terms = Terms {
        sound_check: settings.checks_sound(),
        form: if ask_all || settings.questions {
            Form::OneByOne
        } else {
            Form::Day
        },
        ask_hurt,
        refused: closed.map(|closed| closed.why),
        pick_up: wanted.pick_up.is_some(),
        choose: wanted.choose,
        posture: wanted.posture.or(seated),
    };
    let companion = match settings.voice.value.ability() {
        VoiceAbility::Renders => Companion::built_in(),
        // The service knows no sides.
        VoiceAbility::Speaks => Companion::built_in().without_sides(),
    };
    let gentle = wanted.choose.then(|| built_in(GENTLE)).transpose()?;
    let repertoire = Repertoire {
        routine: (wanted.name.into(), wanted.routine),
        gentle: gentle.map(|gentle| (GENTLE.into(), gentle)),
        screening,
        companion: companion.with_emergency(&settings.emergency.spoken()),
    };
    Ok(Programme::new(&repertoire, terms))
}
