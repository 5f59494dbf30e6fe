//! The kinds of audio files, and what each is made by.

use std::path::Path;
use std::str::FromStr;

use clap::ValueEnum;
use strum::{Display, EnumString, VariantNames};

use super::encoder::{Encoder, Recording};
use super::error::ExportError;
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

/// The endings of all that can be made: theirs, and that of a page.
const ENDINGS: [&str; 5] = ["m4b", "ogg", "mp3", "wav", "html"];

impl Format {
    /// The kind that the name of the file asks for.
    pub(crate) fn of(path: &Path) -> Result<Self, ExportError> {
        by_ending(path).map_err(|_| ExportError::unknown_ending(path, &ENDINGS))
    }

    /// What writes it.
    pub(super) fn encoder(self, recording: Recording<'_>) -> Result<Box<dyn Encoder>, ExportError> {
        Ok(match self {
            Self::M4b => Box::new(M4b::new(recording)?),
            Self::Ogg => Box::new(Ogg::new(recording)?),
            Self::Mp3 => Box::new(Mp3::new(recording)?),
            Self::Wav => Box::new(Wav::new(recording)?),
        })
    }
}

/// What the ending of the name asks for.
pub(super) fn by_ending<T: FromStr + VariantNames>(path: &Path) -> Result<T, ExportError> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    let known = ending.and_then(|ending| ending.parse().ok());
    known.ok_or_else(|| ExportError::unknown_ending(path, T::VARIANTS))
}
