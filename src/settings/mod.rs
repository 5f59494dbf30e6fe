//! What she has settled: flags, the settings file and defaults make [`Settings`]; what is kept of each loudspeaker,
//! whom to call, and where things lie.

pub(crate) mod emergency;
pub(crate) mod file;
pub(crate) mod flags;
pub(crate) mod loudspeakers;
pub(crate) mod paths;
mod show;

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Deserialize;

use crate::base::{DEFAULT_DEVICE, Length, Pace, Posture, VoiceAbility};
use emergency::{Emergency, Surroundings};
use file::{Config, ConfigError};
use flags::Flags;
use loudspeakers::Loudspeakers;

/// The routine where none is named: what `show` shows, and the first of the two that she chooses from.
pub(crate) const DEFAULT_ROUTINE: &str = "upper-back";

/// Frames in a period, 13 ms. The device holds two of them, so this decides how soon a key is silence.
pub(crate) const DEFAULT_PERIOD: u32 = 640;

/// Where a value is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
pub(crate) enum Origin {
    #[strum(to_string = "the command line")]
    Flag,
    #[strum(to_string = "config.toml line {0}")]
    Line(usize),
    /// What she chose earlier for this loudspeaker.
    #[strum(to_string = "what you chose for this device")]
    Remembered,
    #[strum(to_string = "last time")]
    LastTime,
    /// They name the same country.
    #[strum(to_string = "locale and time zone")]
    Surroundings,
    #[strum(to_string = "default")]
    Default,
}

/// A value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InForce<T> {
    pub value: T,
    pub from: Origin,
}

impl<T> InForce<T> {
    pub(crate) const fn new(value: T, from: Origin) -> Self {
        Self { value, from }
    }

    pub(crate) const fn flag(value: T) -> Self {
        Self::new(value, Origin::Flag)
    }

    /// The value, if she asks for it now.
    pub(crate) fn asked(&self) -> Option<&T> {
        (self.from == Origin::Flag).then_some(&self.value)
    }
}

/// Whose voice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::Display, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub(crate) enum VoiceChoice {
    /// The built-in natural voice.
    #[default]
    Heart,
    /// The desktop's own speech service.
    System,
    /// None: for trying things out and reading along.
    #[serde(skip)]
    Silent,
}

impl VoiceChoice {
    pub(crate) const fn ability(self) -> VoiceAbility {
        match self {
            Self::Heart | Self::Silent => VoiceAbility::Renders,
            Self::System => VoiceAbility::Speaks,
        }
    }
}

/// Every setting in force. What is `None` is asked for, or the desktop's choice.
#[derive(Debug)]
pub(crate) struct Settings {
    pub emergency: Emergency,
    pub posture: Option<InForce<Posture>>,
    pub routine: Option<InForce<String>>,
    /// As last time, else standard, if nothing says it.
    pub pace: Option<InForce<Pace>>,
    pub length: Option<InForce<Length>>,
    pub voice: InForce<VoiceChoice>,
    /// In decibels, within [`file::VOLUMES`].
    pub volume: InForce<i8>,
    /// The sound device, by its name or a part of it.
    pub device: Option<InForce<String>>,
    /// Frames in a period of the device, within [`file::PERIODS`].
    pub buffer: InForce<u32>,
    pub leave_music: InForce<bool>,
    pub skip_sound_check: InForce<bool>,
    pub plain: InForce<bool>,
    /// All safety questions are asked, whatever was asked lately.
    pub questions: bool,
    /// What she chose last time counts for nothing.
    pub choose: bool,
    pub voice_dir: Option<PathBuf>,
    pub loudspeakers: Loudspeakers,
}

impl Settings {
    /// Reads what the flags do not say: the settings file, the loudspeakers, the machine's surroundings.
    pub(crate) fn read(flags: &Flags) -> Result<Self, ConfigError> {
        let file = Config::read(&paths::config_file()?)?;
        let loudspeakers = Loudspeakers::read(&paths::loudspeakers_file()?);
        Ok(Self::of(flags, file, &Surroundings::read(), loudspeakers))
    }

    /// Flags win over the file, the file over what is known of the loudspeaker and the surroundings, that over defaults.
    pub(crate) fn of(
        flags: &Flags,
        file: Config,
        around: &Surroundings,
        loudspeakers: Loudspeakers,
    ) -> Self {
        let device = either(flags.loudspeaker.device.clone(), file.device);
        let remembered = loudspeakers.volume(loudspeaker(device.as_ref()));
        let remembered = remembered.map(|value| InForce::new(value, Origin::Remembered));
        let yes = |flag: bool, file| or_default(flag.then_some(true), file, false);
        Self {
            emergency: around.emergency(file.emergency_number),
            posture: either(flags.how.posture, file.posture),
            routine: either(flags.routine.clone(), file.routine),
            pace: either(flags.how.pace, file.pace),
            length: either(flags.how.length, file.length),
            voice: or_default(flags.voice, file.voice, VoiceChoice::default()),
            volume: or_default(flags.loudspeaker.volume, file.volume.or(remembered), 0),
            buffer: or_default(flags.buffer, file.buffer, DEFAULT_PERIOD),
            leave_music: yes(flags.leave_music, file.leave_music),
            skip_sound_check: yes(flags.skip_sound_check, file.skip_sound_check),
            plain: yes(flags.plain, file.plain),
            questions: flags.questions,
            choose: flags.choose,
            voice_dir: flags.voice_dir.clone(),
            device,
            loudspeakers,
        }
    }

    /// The name under which the loudspeaker is remembered.
    pub(crate) fn loudspeaker(&self) -> &str {
        loudspeaker(self.device.as_ref())
    }

    /// Whether she is asked if she hears well.
    pub(crate) fn checks_sound(&self) -> bool {
        !self.loudspeakers.is_checked(self.loudspeaker()) && !self.skip_sound_check.value
    }
}

fn loudspeaker(device: Option<&InForce<String>>) -> &str {
    device.map_or(DEFAULT_DEVICE, |device| &device.value)
}

fn either<T>(flag: Option<T>, file: Option<InForce<T>>) -> Option<InForce<T>> {
    flag.map(InForce::flag).or(file)
}

fn or_default<T>(flag: Option<T>, file: Option<InForce<T>>, value: T) -> InForce<T> {
    either(flag, file).unwrap_or(InForce::new(value, Origin::Default))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flags::{How, Loudspeaker};

    fn settings(flags: &Flags, file: &str, loudspeakers: Loudspeakers) -> Settings {
        let file = Config::parse("config.toml", file).unwrap();
        Settings::of(flags, file, &Surroundings::default(), loudspeakers)
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_what_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let loudspeakers = || {
            let mut hers = Loudspeakers::read(&folder.path().join("loudspeakers.json"));
            hers.check("Kitchen", -9).unwrap();
            hers
        };
        let flags = Flags {
            loudspeaker: Loudspeaker {
                volume: Some(-3),
                device: None,
            },
            how: How {
                pace: Some(Pace::Slow),
                ..How::default()
            },
            plain: true,
            ..Flags::default()
        };
        let file = "device = \"Kitchen\"\nvolume = -6\npace = \"own\"\nplain = false";
        let all = settings(&flags, file, loudspeakers());
        assert_eq!(all.volume, InForce::flag(-3));
        assert_eq!(all.pace, Some(InForce::flag(Pace::Slow)));
        assert_eq!(all.plain, InForce::flag(true));
        assert!(!all.checks_sound());

        let all = settings(&Flags::default(), file, loudspeakers());
        assert_eq!((all.volume.value, all.volume.from), (-6, Origin::Line(2)));
        assert_eq!(all.pace, Some(InForce::new(Pace::Own, Origin::Line(3))));

        let all = settings(&Flags::default(), "device = \"Kitchen\"", loudspeakers());
        assert_eq!(
            (all.volume.value, all.volume.from),
            (-9, Origin::Remembered)
        );

        let all = settings(&Flags::default(), "", loudspeakers());
        assert_eq!((all.volume.value, all.volume.from), (0, Origin::Default));
        assert_eq!(all.loudspeaker(), DEFAULT_DEVICE);
        assert!(all.checks_sound());
    }
}
