//! What can go wrong before or during a session, and the exit code of each.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use strum::EnumMessage;

use crate::audio::OutputError;
use crate::base::{Pace, Problems, Remedy, Unheard, printable_on};
use crate::export::ExportError;
use crate::journal::JournalError;
use crate::room::terminal::TerminalError;
use crate::routine::UnknownRoutine;
use crate::session::Ending;
use crate::settings::{file::ConfigError, paths::NoHome};
use crate::voice::VoiceError;

/// Why softback could not do what it was asked to.
#[derive(Debug, thiserror::Error, EnumMessage)]
pub(crate) enum Error {
    /// There is no routine of that name.
    #[error(transparent)]
    UnknownRoutine(#[from] UnknownRoutine),
    /// No routine can have this name.
    #[error("\"{name}\" is no name of a routine{suggestion}")]
    #[strum(
        message = "A name is of small letters, digits and hyphens, such as \"desk-break\"; a file's name ends in .toml"
    )]
    NoName { name: String, suggestion: String },
    #[error("\"{name}\" is a built-in routine, which stays as it is")]
    BuiltIn { name: String },
    #[error("{} is there already", .path.display())]
    RoutineExists { name: String, path: PathBuf },
    #[error("{} cannot be written: {cause}", .path.display())]
    #[strum(message = "Check that there is space, and that you may write there")]
    UnwritableRoutine { path: PathBuf, cause: io::Error },
    /// There is no routine of hers with this name.
    #[error("there is no routine of your own called \"{name}\"{suggestion}")]
    NotBegun { name: String, suggestion: String },
    #[error("no editor is set")]
    #[strum(message = "Set EDITOR to the one that you like, such as EDITOR=nano")]
    NoEditor,
    #[error("{variable} is no command: {command}")]
    #[strum(message = "Write the editor and its arguments as in a shell, with every quote closed")]
    UnreadEditor {
        variable: &'static str,
        command: String,
    },
    #[error("the editor \"{editor}\" failed: {why}")]
    EditorFailed {
        name: String,
        editor: String,
        why: String,
    },
    /// A routine file has problems.
    #[error("{0}")]
    Problems(#[from] Problems),
    /// A routine file cannot be read.
    #[error("{} cannot be read: {cause}", .path.display())]
    #[strum(message = "Check the name, and that it is a text file that you may read")]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("{} cannot be read: {cause}", .path.display())]
    #[strum(message = "Check that it is a folder that you may read")]
    UnreadableFolder { path: PathBuf, cause: io::Error },
    /// A file or a folder of hers cannot be written.
    #[error("{} cannot be written: {cause}", .path.display())]
    #[strum(message = "Name an empty folder, or one that does not exist yet, where you may write")]
    Unwritable { path: PathBuf, cause: io::Error },
    /// A routine's review cannot be written into its file.
    #[error("{} cannot be signed: {cause}", .path.display())]
    #[strum(message = "Name a plain file that you may write, in a folder where you may write")]
    Unsigned { path: PathBuf, cause: io::Error },
    #[error("no movement of \"{title}\" has a picture")]
    #[strum(message = "Give its movements a pose, as docs/routines.md explains")]
    NoPicture { title: String },
    /// Her settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There can be no journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Nothing of hers can be found or kept.
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error("\"{title}\" is for a chair only")]
    #[strum(message = "Leave --posture standing out")]
    ChairOnly { title: String },
    #[error("standing is at the standard pace only, so that the time on your feet is short")]
    StandardOnly { pace: Pace },
    /// The voice cannot speak.
    #[error(transparent)]
    Voice(#[from] VoiceError),
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The device stopped taking sound, and did not come back.
    #[error("the loudspeaker was lost and did not come back")]
    #[strum(message = "Check the loudspeaker and its connection, then start again")]
    SoundStopped,
    /// Nobody can hear a trial.
    #[error(transparent)]
    Unheard(#[from] Unheard),
    #[error("\"{from}\" is no line of {routine} that can be heard")]
    #[strum(
        message = "Give the number of a line in the file, or a sentence's id; in a built-in routine only ids are known"
    )]
    NoLine { from: String, routine: String },
    #[error("a trial is heard in the built-in voice only")]
    #[strum(message = "Use it: --voice heart")]
    TrialSpeaks,
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// A recording could not be made.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The operating system refused something.
    #[error("{doing}: {cause}")]
    System {
        /// What was being done.
        doing: &'static str,
        cause: io::Error,
    },
}

impl Error {
    /// For `map_err`: what was being done when the system refused.
    pub(crate) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::System { doing, cause }
    }

    /// For `map_err`: the system refused to write that file or folder.
    pub(crate) fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Unwritable {
            path: path.to_owned(),
            cause,
        }
    }

    /// Prints it for her.
    pub(crate) fn tell(&self) {
        // Where it cannot be printed, the exit code still says it.
        let mut errors = io::stderr();
        let told = printable_on(&errors, &self.told());
        let _ = writeln!(errors, "softback: {told}");
    }

    /// The exit code: 2 wrong usage, or a routine or settings with problems; else 1.
    pub(crate) const fn code(&self) -> u8 {
        use ConfigError::{Exists, Problems, Unreadable};
        match self {
            Self::Config(Unreadable { .. } | Exists(_) | Problems(_))
            | Self::UnknownRoutine(_)
            | Self::NoName { .. }
            | Self::BuiltIn { .. }
            | Self::RoutineExists { .. }
            | Self::NotBegun { .. }
            | Self::Problems(_)
            | Self::Unreadable { .. }
            | Self::NoPicture { .. }
            | Self::NoLine { .. }
            | Self::TrialSpeaks
            | Self::ChairOnly { .. }
            | Self::StandardOnly { .. } => 2,
            Self::Export(error) if error.is_usage() => 2,
            _ => 1,
        }
    }
}

impl Remedy for Error {
    fn remedy(&self) -> Option<String> {
        match self {
            Self::UnknownRoutine(error) => error.remedy(),
            Self::Config(error) => error.remedy(),
            Self::Journal(error) => error.remedy(),
            Self::NoHome(error) => error.remedy(),
            Self::Voice(error) => error.remedy(),
            Self::Output(error) => error.remedy(),
            Self::Unheard(error) => error.remedy(),
            Self::Export(error) => error.remedy(),
            Self::BuiltIn { name } => Some(format!(
                "Begin one of your own with another name, such as `softback new my-{name}`"
            )),
            Self::RoutineExists { name, .. } => Some(format!(
                "Change it with `softback edit {name}`, or give the new one another name"
            )),
            Self::NotBegun { name, .. } => Some(format!("Begin it with `softback new {name}`")),
            Self::EditorFailed { name, .. } => Some(format!(
                "VISUAL or EDITOR names it. `softback check {name}` looks at the file as it is now"
            )),
            Self::StandardOnly { pace } => {
                Some(format!("Leave --pace {pace} out, or sit: --posture seated"))
            }
            _ => self.get_message().map(str::to_owned),
        }
    }
}

/// How the program ends.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Everything asked for was done.
    Done,
    Session(Ending),
    /// A signal ended it.
    Signal(i32),
    /// The doctor has found that something is missing, and said so.
    NotReady,
    /// A routine has problems, and they were told to another program.
    HasProblems,
}

impl Outcome {
    /// The exit code: 0 done, 1 failed, 2 a routine with problems, 3 stopped by her or left alone, 4 not started or ended by an answer, a limit or
    /// the lock, 130 Ctrl-C, 128 and more for another signal.
    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Done | Self::Session(Ending::Done) => 0,
            Self::Session(Ending::Stopped | Ending::LeftAlone | Ending::Asleep) => 3,
            Self::Session(Ending::Declined) => 4,
            Self::Session(Ending::Interrupted) => 130,
            Self::HasProblems => 2,
            Self::NotReady | Self::Session(Ending::VoiceLost | Ending::DeviceLost) => 1,
            // Signals are numbered below 65.
            Self::Signal(number) => 128 + *number as u8,
        }
    }
}
