//! What a file or a page is to be made of, as flags and settings say.

use super::{allowed, print, routines};
use crate::base::{Length, Pace, Posture, VoiceAbility};
use crate::error::Error;
use crate::export::{About, Cover, ExportError, Speaker};
use crate::picture;
use crate::prepare::{can_stand, told};
use crate::routine::{Companion, Form, Routine, ScreeningText, built_in, built_in_names};
use crate::session::{Programme, Repertoire, Session, screening::Terms};
use crate::settings::{DEFAULT_ROUTINE, InForce, Origin, Settings, VoiceChoice, paths};

/// What is to be recorded, and how.
pub(super) struct Asked {
    pub name: String,
    pub routine: Routine,
    /// The text of its file, unless it is built in.
    pub text: Option<String>,
    pub posture: Posture,
    pub pace: Pace,
    pub length: Length,
}

impl Asked {
    /// What flags and settings say.
    pub(super) fn of(settings: &Settings) -> Result<Self, Error> {
        let name = settings.routine.as_ref();
        let name = name.map_or(DEFAULT_ROUTINE, |name| &name.value).to_owned();
        let (routine, text) = routines::find_with_text(&name)?;
        let pace = settings.pace.clone();
        let pace = pace.unwrap_or(InForce::new(Pace::default(), Origin::Default));
        let (posture, pace) = allowed(&routine, settings.posture.as_ref(), &pace)?;
        let length = settings.length.as_ref().map(|length| length.value);
        Ok(Self {
            name,
            posture: posture.unwrap_or_default(),
            pace,
            length: length.unwrap_or_default(),
            routine,
            text,
        })
    }

    /// Every routine of ours, in every way that is allowed.
    pub(super) fn all() -> Result<Vec<Self>, Error> {
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
                    text: None,
                    posture,
                    pace,
                    length,
                }));
            }
        }
        Ok(all)
    }

    /// "upper-back-seated-slow-10".
    pub(super) fn file_name(&self) -> String {
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
    pub(super) fn session(&self, settings: &Settings) -> Session {
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
    pub(super) fn about(&self, cover: Option<Cover>) -> About {
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

/// Which voice speaks.
pub(super) fn speaker(settings: &Settings) -> Result<Speaker, Error> {
    Ok(match settings.voice.value {
        VoiceChoice::Heart => Speaker::Heart(paths::voice_dir(settings.voice_dir.as_deref())?),
        VoiceChoice::Silent => Speaker::Silent,
        VoiceChoice::System => return Err(ExportError::Speaks.into()),
    })
}

/// It stands fixed in the file, wherever that goes.
pub(super) fn tell_number(settings: &Settings) -> Result<(), Error> {
    let number = settings.emergency.shown();
    print(format_args!("In an emergency it says to call {number}. It is not medical advice: read `softback --notice` first.")).map(drop)
}
