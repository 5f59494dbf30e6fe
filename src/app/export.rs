//! Audio files to listen to elsewhere: flags and settings → programme → session → file.

use std::num::NonZero;
use std::path::Path;
use std::thread;

use super::{allowed, print, routines};
use crate::base::files::{folder_of, read_plain};
use crate::base::{Length, Pace, Posture, VoiceAbility};
use crate::cli::ExportFlags;
use crate::error::{Error, Outcome};
use crate::export::{
    About, Captions, Cover, Done, ExportError, Format, Made, Order, Speaker, Studio,
};
use crate::export::{make, make_all};
use crate::picture;
use crate::prepare::{can_stand, told};
use crate::room::progress::Bar;
use crate::routine::{Companion, Form, Routine, ScreeningText, built_in, built_in_names};
use crate::session::{Programme, Repertoire, Session, screening::Terms};
use crate::settings::{DEFAULT_ROUTINE, InForce, Origin, Settings, VoiceChoice, paths};

/// The most bytes of a picture: a player may have to hold all of it.
const LARGEST_COVER: u64 = 10 << 20;

pub(super) fn export(flags: &ExportFlags) -> Result<Outcome, Error> {
    let settings = Settings::read(&flags.play_flags())?;
    let made = match (&flags.output, &flags.out) {
        (_, Some(folder)) => every_file(flags, &settings, folder),
        (Some(path), None) => one_file(flags, &settings, path),
        // The command line asks for one of them.
        (None, None) => Ok(()),
    };
    match made {
        Err(Error::Export(ExportError::Stopped(signal))) => Ok(Outcome::Signal(signal)),
        made => made.map(|()| Outcome::Done),
    }
}

fn one_file(flags: &ExportFlags, settings: &Settings, path: &Path) -> Result<(), Error> {
    let format = Format::of(path)?;
    let captions = flags.captions.as_ref();
    let captions = captions.map(|path| Ok::<_, Error>((Captions::of(path)?, path.clone())));
    let asked = Asked::of(settings)?;
    let order = Order {
        session: asked.session(settings),
        about: asked.about(chosen_cover(flags)?),
        format,
        path: path.to_owned(),
        captions: captions.transpose()?,
        force: flags.force,
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    // The session itself has a voice, too.
    let studio = Studio::new(speaker(settings)?, folder_of(path), processors - 1)?;
    studio.heed_signals();
    let bar = Bar::new();
    let made = make(&order, &studio, &|done| bar.advance(done));
    bar.clear();
    tell(path, made?)?;
    tell_number(settings)
}

fn every_file(flags: &ExportFlags, settings: &Settings, folder: &Path) -> Result<(), Error> {
    let studio = Studio::new(speaker(settings)?, folder, 0)?;
    studio.heed_signals();
    let all = Asked::all()?;
    let cover = chosen_cover(flags)?;
    let orders = all.iter().map(|asked| {
        let path = folder.join(format!("{}.{}", asked.file_name(), flags.format));
        Order {
            session: asked.session(settings),
            about: asked.about(cover.clone()),
            format: flags.format,
            captions: Some((Captions::Vtt, path.with_extension("vtt"))),
            path,
            force: flags.force,
        }
    });
    let bar = Bar::new();
    let told = |path: &Path, done: &Done| {
        bar.above(|| {
            // What is made is made, whether it can be told or not.
            let _ = match done {
                Done::Made(made) => tell(path, *made),
                Done::Unchanged => print(format_args!("{}: unchanged", path.display())).map(drop),
            };
        });
    };
    let made = make_all(orders.collect(), &studio, folder, &told, &|done| {
        bar.advance(done);
    });
    bar.clear();
    made?;
    tell_number(settings)
}

fn tell(path: &Path, made: Made) -> Result<(), Error> {
    let minutes = (made.length.seconds() / 60.0).round();
    let chapters = made.chapters;
    print(format_args!(
        "{}: {minutes} minutes, {chapters} chapters",
        path.display()
    ))
    .map(drop)
}

/// It stands fixed in the file, wherever that goes.
fn tell_number(settings: &Settings) -> Result<(), Error> {
    let number = settings.emergency.shown();
    print(format_args!("In an emergency it says to call {number}. It is not medical advice: read `softback --notice` first.")).map(drop)
}

/// The picture for the front that she has chosen.
fn chosen_cover(flags: &ExportFlags) -> Result<Option<Cover>, Error> {
    let Some(path) = &flags.cover else {
        return Ok(None);
    };
    let bytes = read_plain(path, LARGEST_COVER).map_err(|cause| ExportError::NoCover {
        path: path.clone(),
        cause,
    })?;
    let cover = Cover::new(bytes).ok_or_else(|| ExportError::NoPicture(path.clone()));
    Ok(Some(cover?))
}

/// Which voice speaks.
fn speaker(settings: &Settings) -> Result<Speaker, Error> {
    Ok(match settings.voice.value {
        VoiceChoice::Heart => Speaker::Heart(paths::voice_dir(settings.voice_dir.as_deref())?),
        VoiceChoice::Silent => Speaker::Silent,
        VoiceChoice::System => return Err(ExportError::Speaks.into()),
    })
}

/// What is to be recorded, and how.
struct Asked {
    name: String,
    routine: Routine,
    posture: Posture,
    pace: Pace,
    length: Length,
}

impl Asked {
    /// What flags and settings say.
    fn of(settings: &Settings) -> Result<Self, Error> {
        let name = settings.routine.as_ref();
        let name = name.map_or(DEFAULT_ROUTINE, |name| &name.value).to_owned();
        let routine = routines::find(&name)?;
        let pace = settings.pace.clone();
        let pace = pace.unwrap_or(InForce::new(Pace::default(), Origin::Default));
        let (posture, pace) = allowed(&routine, settings.posture.as_ref(), &pace)?;
        let length = settings.length.as_ref().map(|length| length.value);
        let missed = routine.missed_in_a_recording();
        if !missed.is_empty() {
            return Err(ExportError::NeedsAnAnswer(missed).into());
        }
        Ok(Self {
            name,
            posture: posture.unwrap_or_default(),
            pace,
            length: length.unwrap_or_default(),
            routine,
        })
    }

    /// Every routine of ours, in every way that is allowed.
    fn all() -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for name in built_in_names() {
            let routine = built_in(name)?;
            let ways = Posture::ALL
                .into_iter()
                .flat_map(|posture| Pace::ALL.map(|pace| (posture, pace)));
            let ways = ways.filter(|(posture, pace)| {
                let stands = *posture == Posture::Standing;
                (!stands || can_stand(&routine)) && pace.within(*posture) == *pace
            });
            for (posture, pace) in ways {
                all.extend(Length::ALL.map(|length| Self {
                    name: name.to_owned(),
                    routine: routine.clone(),
                    posture,
                    pace,
                    length,
                }));
            }
        }
        Ok(all)
    }

    /// "upper-back-seated-slow-10".
    fn file_name(&self) -> String {
        let Self {
            name,
            posture,
            pace,
            length,
            ..
        } = self;
        format!("{name}-{posture}-{pace}-{length}")
    }

    /// The session, at its beginning.
    fn session(&self, settings: &Settings) -> Session {
        let terms = Terms {
            sound_check: false,
            form: Form::Recording,
            ask_hurt: false,
            refused: None,
            pick_up: false,
            choose: false,
            posture: Some(self.posture),
            length: Some(self.length),
        };
        let companion = told(
            Companion::built_in(),
            (&self.name, &self.routine),
            self.posture,
            self.length,
        );
        let repertoire = Repertoire {
            routine: (self.name.clone().into(), self.routine.clone()),
            gentle: None,
            screening: ScreeningText::built_in(),
            companion: companion.with_emergency(&settings.emergency.spoken()),
        };
        Session::new(
            Programme::new(&repertoire, terms),
            self.pace,
            VoiceAbility::Renders,
        )
    }

    /// Its tags, with the picture that was chosen for its front, else with that of the routine.
    fn about(&self, cover: Option<Cover>) -> About {
        let title = self.routine.title();
        let cover = cover.or_else(|| Cover::new(picture::cover(title).to_vec()));
        let length = self.routine.has_lengths().then_some(self.length);
        let posture = match self.posture {
            Posture::Seated => "seated",
            Posture::Standing => "standing",
        };
        let minutes = length
            .map(|length| format!(", {length} minutes"))
            .unwrap_or_default();
        let title = format!("{title}, {posture}, {} pace{minutes}", self.pace);
        let screening = ScreeningText::built_in();
        let about = About::new(&title, screening.date(), (self.pace, self.posture, length));
        about.with_cover(cover)
    }
}
