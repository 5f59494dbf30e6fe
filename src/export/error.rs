//! Why a file could not be made.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use strum::EnumMessage;

use crate::base::Remedy;
use crate::routine::UnknownRoutine;
use crate::voice::VoiceError;

/// Why a file could not be made. Nothing is left of it then.
#[derive(Debug, thiserror::Error, EnumMessage)]
pub(crate) enum ExportError {
    #[error(transparent)]
    Voice(#[from] VoiceError),
    #[error(transparent)]
    UnknownRoutine(#[from] UnknownRoutine),
    #[error("the desktop's speech service speaks by itself, and gives nothing to write down")]
    #[strum(message = "Use the built-in voice: --voice heart")]
    Speaks,
    #[error("{} is there already", .0.display())]
    #[strum(message = "Give the file another name, or write over it with --force")]
    Exists(PathBuf),
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    #[error("{} cannot be written: {cause}", .path.display())]
    Unwritable { path: PathBuf, cause: io::Error },
    #[error("{}: the ending of its name does not say what file to make", .path.display())]
    UnknownEnding {
        path: PathBuf,
        /// Those that are known.
        known: &'static [&'static str],
    },
    #[error("{} cannot be read: {cause}", .path.display())]
    #[strum(message = "Check the name, and that it is a picture that you may read")]
    NoCover { path: PathBuf, cause: io::Error },
    #[error("{} is neither a PNG nor a JPEG", .0.display())]
    #[strum(message = "Save the picture as one of them")]
    NoPicture(PathBuf),
    #[error("a recording hears no key and no answer, and so cannot say:{}", listed(.0))]
    #[strum(
        message = "Give each line `recorded = \"...\"`, words that need neither, such as \"stop at once\""
    )]
    NeedsAnAnswer(Vec<String>),
    #[error("this softback was built without what a page needs")]
    #[strum(
        message = "Build it with `make page`, or make an audio file: `softback export upper-back -o upper-back.m4b`"
    )]
    NoPage,
    #[error("a page counts each breath, and cannot be at your own pace")]
    #[strum(message = "Leave --pace own out")]
    OwnPace,
    #[error("{} holds something else than a page of Softback", .0.display())]
    #[strum(message = "Take another folder: all of this one would be replaced")]
    NoSite(PathBuf),
    #[error("the session ended before its end, or waited for an answer")]
    #[strum(message = "Please report it, with the routine's file")]
    Unfinished,
    /// A WAV file ends at 12 hours, an M4B at 24.
    #[error("this session is longer than such a file can be")]
    #[strum(message = "Make an Ogg or an MP3 file")]
    TooLong,
    #[error("the sound could not be encoded: {0}")]
    Encoder(String),
    /// A signal ended it; nothing is told of that.
    #[error("stopped by signal {0}")]
    Stopped(i32),
}

impl ExportError {
    /// For `map_err`: the system refused to write that file.
    pub(super) fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Unwritable {
            path: path.to_owned(),
            cause,
        }
    }

    /// That folder, if it is there.
    pub(super) fn unless_folder(folder: &Path) -> Result<(), Self> {
        if folder.is_dir() {
            Ok(())
        } else {
            Err(Self::NoFolder(folder.to_owned()))
        }
    }

    /// The ending of `path` is none that is known.
    pub(super) fn unknown_ending(path: &Path, known: &'static [&'static str]) -> Self {
        Self::UnknownEnding {
            path: path.to_owned(),
            known,
        }
    }

    /// Whether the command was wrong, and not the machine.
    pub(crate) const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Speaks
                | Self::Exists(_)
                | Self::OwnPace
                | Self::NoSite(_)
                | Self::NoFolder(_)
                | Self::UnknownEnding { .. }
                | Self::NeedsAnAnswer(_)
                | Self::NoCover { .. }
                | Self::NoPicture(_)
        )
    }
}

fn listed(lines: &[String]) -> String {
    lines
        .iter()
        .fold(String::new(), |text, line| text + "\n    " + line)
}

impl Remedy for ExportError {
    fn remedy(&self) -> Option<String> {
        match self {
            Self::Voice(error) => error.remedy(),
            Self::UnknownRoutine(error) => error.remedy(),
            Self::NoFolder(folder) => {
                Some(format!("Make it first: mkdir -p \"{}\"", folder.display()))
            }
            Self::Unwritable { cause, .. } => Some(
                match cause.kind() {
                    ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                        "Free some space, or take a folder on another disk: a session needs about 500 MB while it is made"
                    }
                    ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                        "Take a folder that you may write to"
                    }
                    _ => "Check the disk, or take a folder on another one",
                }
                .into(),
            ),
            Self::UnknownEnding { known, .. } => {
                Some(format!("Let it end in {}", or_list(known)))
            }
            _ => self.get_message().map(str::to_owned),
        }
    }
}

/// ".m4b, .ogg, .mp3 or .wav".
fn or_list(names: &[&str]) -> String {
    let dotted: Vec<_> = names.iter().map(|name| format!(".{name}")).collect();
    match dotted.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => dotted.concat(),
    }
}
