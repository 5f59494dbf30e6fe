//! The kinds of audio files, and what each is made by.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use strum::{Display, EnumString, VariantNames};

use super::about::About;
use super::encoder::Encoder;
use super::error::ExportError;
use super::timeline::Timeline;
use super::{m4b::M4b, mp3::Mp3, ogg::Ogg, wav::Wav};

/// A kind of audio file, by the ending of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, VariantNames, ValueEnum)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub(crate) enum Format {
    /// AAC-LC, for Apple's Books and most players of audiobooks.
    M4b,
    /// Opus, the smallest.
    Ogg,
    /// For any player.
    Mp3,
    /// As it is, 16 bits; large.
    Wav,
}

impl Format {
    /// The kind that the name of the file asks for.
    pub(crate) fn of(path: &Path) -> Result<Self, ExportError> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let known = ending.and_then(|ending| ending.parse().ok());
        known.ok_or_else(|| ExportError::unknown_ending(path, Self::VARIANTS))
    }

    /// What writes it into `file`; `path` is only for errors.
    pub(super) fn encoder(
        self,
        file: File,
        path: PathBuf,
        about: &About,
        timeline: &Timeline,
    ) -> Result<Box<dyn Encoder>, ExportError> {
        Ok(match self {
            Self::M4b => Box::new(M4b::new(file, path, about, timeline)?),
            Self::Ogg => Box::new(Ogg::new(file, path, about, timeline)?),
            Self::Mp3 => Box::new(Mp3::new(file, path, about, timeline)?),
            Self::Wav => Box::new(Wav::new(file, path, about, timeline)?),
        })
    }
}
