//! The command line, as it is written.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::base::pace::Pace;
use crate::base::posture::Posture;
use crate::settings::file::{ConfigVoice, PERIODS, VOLUMES};

/// A voice in the room that leads you through easing your upper back in pregnancy, eyes closed.
///
/// No midwife, doctor or physiotherapist has reviewed the text yet: read `softback --notice` first.
///
/// Space pauses and goes on; any key without a meaning of its own pauses, too; Escape stops.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, or a routine or settings with problems, 3 stopped by you or left alone, 4 not started or ended by an answer, a limit or the lock, 130 Ctrl-C, 128 and more another signal."
)]
pub(crate) struct Cli {
    /// What to do; without it, `play`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Print the health notice.
    #[arg(long)]
    pub notice: bool,
    /// How to play.
    #[command(flatten)]
    pub options: PlayOptions,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play a routine, or a routine file of your own.
    Play {
        /// A name that `list` shows, or a file that ends in .toml; without it the one in your
        /// settings, or you are asked.
        routine: Option<String>,
        /// How to play.
        #[command(flatten)]
        options: PlayOptions,
    },
    /// Show every cue of a routine with its time, and the whole.
    Show {
        /// A name that `list` shows, or a file that ends in .toml.
        #[arg(default_value = DEFAULT_ROUTINE)]
        routine: String,
        /// How slowly.
        #[arg(long, value_enum, default_value_t)]
        pace: Pace,
        /// Sitting or standing.
        #[arg(long, value_enum, default_value_t)]
        posture: Posture,
        /// Show where each sentence comes from instead.
        #[arg(long)]
        sources: bool,
    },
    /// Show what was done, and when the movements are open again.
    Journal {
        /// As JSON, for your midwife.
        #[arg(long, conflicts_with = "forget")]
        json: bool,
        /// Delete it, after asking.
        #[arg(long)]
        forget: bool,
    },
    /// List the routines.
    List,
    /// Check routine files, and show all their problems.
    Check {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List the voices, and where the built-in one is looked for.
    Voices,
    /// Show the settings in force, and from where each is.
    Config {
        /// Write a settings file to begin with: everything explained, nothing changed.
        #[arg(long)]
        init: bool,
    },
    /// Check all that a session needs, and say how to mend what is missing.
    ///
    /// It plays nothing that can be heard, and sends nothing anywhere.
    Doctor {
        /// As JSON.
        #[arg(long)]
        json: bool,
        /// List the sound devices instead.
        #[arg(long)]
        devices: bool,
        /// The sound device to check, unless it is the one of your settings.
        #[arg(long, value_name = "NAME", conflicts_with = "devices")]
        device: Option<String>,
    },
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page.
    Man,
}

/// Where none is named: the routine that `show` shows, and the first of the two that she chooses from.
pub(crate) const DEFAULT_ROUTINE: &str = "upper-back";

/// How to play.
#[derive(Args, Clone, Debug)]
pub(crate) struct PlayOptions {
    /// How slowly: standard, slow, very-slow, or own (your own breath, nothing counted).
    #[arg(long, value_enum)]
    pub pace: Option<Pace>,
    /// Sitting, or standing against a wall.
    #[arg(long, value_enum)]
    pub posture: Option<Posture>,
    /// Whose voice: heart unless your settings say otherwise.
    #[arg(long, value_enum)]
    pub voice: Option<VoiceChoice>,
    /// How loud, in decibels from the full level (0) down to -30; without it, what your settings say, else what
    /// you chose for this device, else 0.
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = clap::value_parser!(i8).range(VOLUMES))]
    pub volume: Option<i8>,
    /// The sound device, by its name or a part of it; `softback doctor --devices` lists them.
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Frames in a period of the sound device, 640 unless your settings say otherwise: smaller is
    /// silent sooner, larger stutters less.
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(PERIODS))]
    pub buffer: Option<u32>,
    /// Do not ask whether you can hear well, which is asked once for each sound device.
    #[arg(long)]
    pub skip_sound_check: bool,
    /// Plain lines instead of a drawn screen: for a screen reader, or to keep them.
    #[arg(long)]
    pub plain: bool,
    /// Let other programs' music play on; without this it is paused for the session.
    #[arg(long)]
    pub leave_music: bool,
    /// The folder of the built-in voice.
    #[arg(long, value_name = "FOLDER")]
    pub voice_dir: Option<PathBuf>,
}

/// Whose voice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum VoiceChoice {
    /// The built-in natural voice.
    #[default]
    Heart,
    /// The desktop's own speech service.
    System,
    /// None: for trying things out and reading along.
    Silent,
}

impl From<ConfigVoice> for VoiceChoice {
    fn from(voice: ConfigVoice) -> Self {
        match voice {
            ConfigVoice::Heart => Self::Heart,
            ConfigVoice::System => Self::System,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_there_are_still_options() {
        let cli = Cli::try_parse_from(["softback", "--pace", "slow"]).expect("valid");
        assert!(cli.command.is_none());
        assert_eq!(cli.options.pace, Some(Pace::Slow));
        let cli = Cli::try_parse_from(["softback", "play", "--volume", "-6"]).expect("valid");
        let Some(Command::Play { routine, options }) = cli.command else {
            panic!("{cli:?}")
        };
        assert_eq!((routine, options.volume), (None, Some(-6)));
    }
}
