//! A session: settings → diary → programme → session → player.

use super::{allowed, emergency_question, notice, routines, voices};
use crate::audio::device;
use crate::base::{Pace, VoiceAbility};
use crate::diary::Diary;
use crate::error::{Error, Outcome};
use crate::journal::{Journal, JournalError, entry::Start, history::History, rules::Opening};
use crate::player::{self, diary};
use crate::prepare::{Around, Wanted};
use crate::routine::{Hands, Routine, ScreeningText};
use crate::session::{Ending, Session};
use crate::settings::{DEFAULT_ROUTINE, InForce, Origin, Settings, flags::Flags, paths};

pub(super) fn play(flags: &Flags) -> Result<Outcome, Error> {
    let mut settings = Settings::read(flags)?;
    let mut wanted = wanted_now(&settings, None)?;
    // It loads while the rest is read.
    let voice = voices::open(&settings)?;
    let screening = ScreeningText::built_in();
    let (mut kept, opening) = open_diary(&wanted.routine, screening.version())?;
    if let Some((diary, _)) = &mut kept {
        wanted = match unfinished(&settings, diary) {
            Some(unfinished) => unfinished,
            None => wanted_now(&settings, diary.last().filter(|_| !settings.choose))?,
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
    let programme = wanted.programme(screening, &around(&settings), &opening)?;
    let ability = settings.voice.value.ability();
    let session = Session::new(programme, pace, ability).picking_up(pick_up);
    player::play(session, settings, voice, kept)
}

/// The journal, and what it allows. Where there can be none, only rest may start.
fn open_diary(
    routine: &Routine,
    text_version: u32,
) -> Result<(Option<(Diary, Journal)>, Opening), Error> {
    match diary::open(&paths::journal_file()?, text_version) {
        Ok((diary, journal, opening)) => Ok((Some((diary, journal)), opening)),
        Err(JournalError::Unwritable { .. } | JournalError::Unreadable { .. })
            if routine.only_rests() =>
        {
            Ok((None, History::default().opening(diary::now(), text_version)))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the flags and settings say, else what was chosen last time; the rest is still to be chosen.
fn wanted_now(settings: &Settings, last: Option<Start>) -> Result<Wanted, Error> {
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
    let wanted = Wanted {
        name,
        routine,
        posture,
        length: length.map(|length| length.value),
        pace,
        choose,
        pick_up: None,
    };
    Ok(wanted.settled())
}

/// The session that was cut off, unless she asks for another one now.
fn unfinished(settings: &Settings, diary: &mut Diary) -> Option<Wanted> {
    let (start, left_at) = diary.unfinished()?;
    let name = settings.routine.as_ref().and_then(InForce::asked);
    let posture = settings.posture.as_ref().and_then(InForce::asked);
    let length = settings.length.as_ref().and_then(InForce::asked);
    let pace = settings.pace.as_ref().and_then(InForce::asked);
    let pace = *pace.unwrap_or(&start.pace);
    let same = name.is_none_or(|name| *name == start.routine)
        && posture.is_none_or(|posture| *posture == start.posture)
        && length.is_none_or(|length| Some(*length) == start.length)
        && !settings.choose
        && pace.within(start.posture) == pace;
    let routine = routines::find(&start.routine).ok().filter(|_| same)?;
    let id = start.id;
    let wanted = Wanted::cut_off(start, &left_at, routine, pace)?;
    diary.offered = Some(id);
    Some(wanted)
}

/// What is in force, else what was so last time.
fn last_time<T: Clone>(set: Option<&InForce<T>>, last: Option<T>) -> Option<InForce<T>> {
    let last = last.map(|value| InForce::new(value, Origin::LastTime));
    set.cloned().or(last)
}

/// What is round her.
fn around(settings: &Settings) -> Around {
    Around {
        sound_check: settings.checks_sound(),
        sides: has_sides(settings),
        questions: settings.questions,
        emergency: settings.emergency.spoken(),
        hands: Hands::Keys,
    }
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
    use crate::base::{Length, Posture};
    use crate::journal::entry::LineVersion;
    use crate::settings::flags::How;
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
        let wanted = wanted_now(&settings(flags, file), last).unwrap();
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
            how: How {
                length: twenty,
                pace: Some(Pace::Own),
                posture: None,
            },
            ..Flags::default()
        };
        let asked = ("gentle".to_owned(), seated, twenty, Pace::Own, false);
        assert_eq!(wanted(&flags, "", Some(last("upper-back", five))), asked);
        // A file of hers that is gone, and a line that knows no length.
        let (name, _, length, _, choose) =
            wanted(&none, "", Some(last("/nonexistent/own.toml", None)));
        assert_eq!((&*name, length, choose), (DEFAULT_ROUTINE, None, true));
    }
}
