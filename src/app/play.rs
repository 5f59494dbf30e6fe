//! A session: settings → diary → programme → session → player.

use super::{allowed, can_stand, emergency_question, notice, routines, voices};
use crate::audio::device;
use crate::base::{Length, Pace, Posture, VoiceAbility};
use crate::error::{Error, Outcome};
use crate::journal::{Journal, JournalError, entry::Start, history::History, rules::Opening};
use crate::plan::{Plan, Setting};
use crate::player;
use crate::player::diary::{self, Diary};
use crate::routine::{Companion, Form, Routine, ScreeningText, built_in, built_in_names};
use crate::session::{Ending, Programme, Repertoire, Session, screening::Terms};
use crate::settings::{DEFAULT_ROUTINE, InForce, Origin, Settings, flags::Flags, paths};

/// The routine that she may choose instead.
const GENTLE: &str = "gentle";

pub(super) fn play(flags: &Flags) -> Result<Outcome, Error> {
    let mut settings = Settings::read(flags)?;
    let mut wanted = Wanted::of(&settings, None)?;
    // It loads while the rest is read.
    let voice = voices::open(&settings)?;
    let screening = ScreeningText::built_in();
    let (mut kept, opening) = open_diary(&wanted.routine, screening.version())?;
    if let Some((diary, _)) = &mut kept {
        wanted = match Wanted::unfinished(&settings, diary) {
            Some(unfinished) => unfinished,
            None => Wanted::of(&settings, diary.last().filter(|_| !settings.choose))?,
        };
    }
    if !wanted.routine.only_rests() && wanted.pick_up.is_none() {
        if !notice::before_movement(&opening, &screening, &settings.emergency)? {
            return Ok(Outcome::Session(Ending::Declined));
        }
        if opening.first && opening.closed.is_none() {
            emergency_question::ask(&mut settings.emergency)?;
        }
    }
    let (pace, pick_up) = (wanted.pace, wanted.pick_up);
    let programme = programme(wanted, screening, &settings, &opening)?;
    let ability = settings.voice.value.ability();
    let session = Session::new(programme, pace, ability).picking_up(pick_up);
    player::play(session, settings, voice, kept)
}

/// The journal, and what it allows. Where there can be none, only rest may start.
fn open_diary(
    routine: &Routine,
    text_version: u32,
) -> Result<(Option<(Diary, Journal)>, Opening), Error> {
    match Diary::open(&paths::journal_file()?, text_version) {
        Ok((diary, journal, opening)) => Ok((Some((diary, journal)), opening)),
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
    length: Option<Length>,
    pace: Pace,
    /// She may still choose the soft routine.
    choose: bool,
    /// The movement from which a session that was cut off goes on.
    pick_up: Option<usize>,
}

impl Wanted {
    /// What the flags and settings say, else what was chosen last time; the rest is still to be chosen.
    fn of(settings: &Settings, last: Option<Start>) -> Result<Self, Error> {
        let named = settings.routine.as_ref().map(|name| name.value.clone());
        // A file of hers may have gone since, or have a problem now: then she is asked.
        let kept = last.as_ref().map(|last| last.routine.clone());
        let kept = kept.filter(|name| named.is_none() && routines::find(name).is_ok());
        let choose = named.is_none() && kept.is_none();
        let name = named.or(kept).unwrap_or_else(|| DEFAULT_ROUTINE.to_owned());
        let routine = routines::find(&name)?;
        let posture = last_time(
            settings.posture.as_ref(),
            last.as_ref().map(|it| it.posture),
        );
        let pace = last_time(settings.pace.as_ref(), last.as_ref().map(|it| it.pace));
        let length = last_time(settings.length.as_ref(), last.and_then(|it| it.length));
        let pace = pace.unwrap_or(InForce::new(Pace::default(), Origin::Default));
        let (posture, pace) = allowed(&routine, posture.as_ref(), &pace)?;
        // Where every length is the same there is nothing to choose.
        let none = (!routine.has_lengths()).then(Length::default);
        Ok(Self {
            name,
            posture: posture.or((!can_stand(&routine)).then_some(Posture::Seated)),
            length: length.map(|length| length.value).or(none),
            routine,
            pace,
            choose,
            pick_up: None,
        })
    }

    /// The session that was cut off, unless she asks for another one now.
    fn unfinished(settings: &Settings, diary: &mut Diary) -> Option<Self> {
        let (start, left_at) = diary.unfinished()?;
        let name = settings.routine.as_ref().and_then(InForce::asked);
        let posture = settings.posture.as_ref().and_then(InForce::asked);
        let pace = settings.pace.as_ref().and_then(InForce::asked);
        let pace = *pace.unwrap_or(&start.pace);
        let (length, asked) = (start.length?, settings.length.as_ref());
        let same = name.is_none_or(|name| *name == start.routine)
            && posture.is_none_or(|posture| *posture == start.posture)
            && asked
                .and_then(InForce::asked)
                .is_none_or(|asked| *asked == length)
            && !settings.choose
            && pace.within(start.posture) == pace;
        let routine = routines::find(&start.routine).ok().filter(|_| same)?;
        let is_there = |form| {
            let setting = Setting {
                length,
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
            length: Some(length),
            pace,
            choose: false,
            pick_up: Some(left_at.movement),
        })
    }
}

/// What is in force, else what was so last time.
fn last_time<T: Clone>(set: Option<&InForce<T>>, last: Option<T>) -> Option<InForce<T>> {
    let last = last.map(|value| InForce::new(value, Origin::LastTime));
    set.cloned().or(last)
}

/// All that may be said.
fn programme(
    wanted: Wanted,
    screening: ScreeningText,
    settings: &Settings,
    opening: &Opening,
) -> Result<Programme, Error> {
    let Opening {
        ask_hurt, closed, ..
    } = *opening;
    let terms = Terms {
        sound_check: settings.checks_sound(),
        form: form(opening, settings),
        ask_hurt,
        refused: closed.map(|closed| closed.why),
        pick_up: wanted.pick_up.is_some(),
        choose: wanted.choose,
        posture: wanted.posture,
        length: wanted.length,
    };
    let mut companion = told(Companion::built_in(), &wanted);
    if !has_sides(settings) {
        companion = companion.without_sides();
    }
    let gentle = wanted.choose.then(|| built_in(GENTLE)).transpose()?;
    let repertoire = Repertoire {
        routine: (wanted.name.into(), wanted.routine),
        gentle: gentle.map(|gentle| (GENTLE.into(), gentle)),
        screening,
        companion: companion.with_emergency(&settings.emergency.spoken()),
    };
    Ok(Programme::new(&repertoire, terms))
}

const fn form(opening: &Opening, settings: &Settings) -> Form {
    if opening.ask_all || settings.questions {
        Form::OneByOne
    } else {
        Form::Day
    }
}

/// With what comes, if nothing of it is still to be chosen.
fn told(companion: Companion, wanted: &Wanted) -> Companion {
    let (Some(posture), Some(length), false) = (wanted.posture, wanted.length, wanted.choose)
    else {
        return companion;
    };
    let own = built_in_names().any(|name| name == wanted.name);
    let own = own.then(|| (&**wanted.routine.title(), length));
    companion.with_what_comes(own, posture)
}

/// Whether a sentence can be heard from one side. The service knows none; a device is asked only when it is tried.
fn has_sides(settings: &Settings) -> bool {
    let device = settings.device.as_ref().map(|device| &*device.value);
    settings.voice.value.ability() == VoiceAbility::Renders
        && !(settings.checks_sound() && device::is_mono(device))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::entry::LineVersion;
    use crate::routine::WHAT_COMES;
    use crate::settings::{emergency::Surroundings, file::Config, loudspeakers::Loudspeakers};

    fn settings(flags: &Flags, file: &str) -> Settings {
        let nowhere = Loudspeakers::read(std::path::Path::new("/nonexistent/loudspeakers.json"));
        let file = Config::parse("config.toml", file).unwrap();
        Settings::of(flags, file, &Surroundings::default(), nowhere)
    }

    fn last(routine: &str, length: Option<Length>) -> Start {
        Start {
            v: LineVersion::One,
            id: 1,
            at: diary::now(),
            routine: routine.into(),
            movement: true,
            posture: Posture::Seated,
            pace: Pace::Slow,
            length,
            text_version: 1,
            all_asked: true,
            program: "0.1.0".into(),
        }
    }

    /// What is played, how, how long, how slowly, and whether she is asked which.
    fn wanted(
        flags: &Flags,
        file: &str,
        last: Option<Start>,
    ) -> (String, Option<Posture>, Option<Length>, Pace, bool) {
        let wanted = Wanted::of(&settings(flags, file), last).unwrap();
        let Wanted {
            name,
            posture,
            length,
            pace,
            choose,
            ..
        } = wanted;
        (name, posture, length, pace, choose)
    }

    #[test]
    fn last_time_is_kept_flags_and_settings_win_and_the_first_time_all_is_asked() {
        let (five, seated) = (Some(Length::Five), Some(Posture::Seated));
        let none = Flags::default();
        let first = ("upper-back".to_owned(), None, None, Pace::Standard, true);
        assert_eq!(wanted(&none, "", None), first);
        let kept = ("upper-back".to_owned(), seated, five, Pace::Slow, false);
        assert_eq!(wanted(&none, "", Some(last("upper-back", five))), kept);
        let of_the_file = "routine = \"upper-back\"\nposture = \"standing\"\nlength = 20";
        let twenty = Some(Length::Twenty);
        let standing = Some(Posture::Standing);
        // Slow as last time is not for standing: it gives way.
        let set = (
            "upper-back".to_owned(),
            standing,
            twenty,
            Pace::Standard,
            false,
        );
        assert_eq!(wanted(&none, of_the_file, Some(last("gentle", five))), set);
        let flags = Flags {
            routine: Some("gentle".into()),
            length: twenty,
            pace: Some(Pace::Own),
            ..Flags::default()
        };
        let asked = ("gentle".to_owned(), seated, twenty, Pace::Own, false);
        assert_eq!(wanted(&flags, "", Some(last("upper-back", five))), asked);
        // A file of hers that is gone, and a line that knows no length.
        let (name, _, length, _, choose) =
            wanted(&none, "", Some(last("/nonexistent/own.toml", None)));
        assert_eq!((&*name, length, choose), (DEFAULT_ROUTINE, None, true));
    }

    #[test]
    fn what_comes_is_told_only_where_nothing_is_still_to_be_chosen() {
        let told = |last| {
            let wanted = Wanted::of(&settings(&Flags::default(), ""), last).unwrap();
            told(Companion::built_in(), &wanted).fill_in(WHAT_COMES)
        };
        assert_eq!(
            told(Some(last("gentle", Some(Length::Five)))),
            "Soft routine, sitting, five minutes."
        );
        assert_eq!(told(Some(last("gentle", None))), "");
        assert_eq!(told(None), "");
    }

    #[test]
    fn all_questions_are_asked_where_they_are_due_or_wanted() {
        let opening = |ask_all| Opening {
            ask_all,
            ..History::default().opening(diary::now(), 1)
        };
        let flags = Flags {
            questions: true,
            ..Flags::default()
        };
        let (plain, wants) = (settings(&Flags::default(), ""), settings(&flags, ""));
        assert_eq!(form(&opening(false), &plain), Form::Day);
        assert_eq!(form(&opening(true), &plain), Form::OneByOne);
        assert_eq!(form(&opening(false), &wants), Form::OneByOne);
    }
}
