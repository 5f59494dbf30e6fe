//! The command line, as it is written.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;

use crate::base::{Length, Pace, Posture};
use crate::export::Format;
use crate::settings::flags::{Flags, How, Loudspeaker};
use crate::settings::{DEFAULT_ROUTINE, VoiceChoice};

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
    pub command: Option<Verb>,
    /// Print the health notice.
    #[arg(long)]
    pub notice: bool,
    /// How to play.
    #[command(flatten)]
    pub options: Flags,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Play a routine, or a routine file of your own.
    Play {
        /// A name that `list` shows, or a file that ends in .toml; without it the one in your
        /// settings, or you are asked.
        #[arg(value_parser = name())]
        routine: Option<String>,
        /// How to play.
        #[command(flatten)]
        options: Flags,
    },
    /// Make an audio file or a page of a routine, for a phone.
    ///
    /// The same session, with the safety questions read out as a list, and rests where it would wait for you. It needs
    /// no loudspeaker and no terminal.
    Export(Box<ExportFlags>),
    /// Show every cue of a routine with its time, each section, and the whole.
    Show(ShowFlags),
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
    /// Write a routine of your own to begin with: everything explained, ready to be played.
    New {
        /// Its name: small letters, digits and hyphens.
        #[arg(value_parser = name())]
        name: String,
    },
    /// Open a routine of your own in your editor, and check it afterwards.
    ///
    /// The editor is what VISUAL says, or else EDITOR.
    Edit {
        /// Its name.
        #[arg(value_parser = name())]
        name: String,
    },
    /// Hear one movement of a routine, or one line: a trial for its author.
    ///
    /// It asks nothing, counts no breath, and is over in two minutes. Any key ends it.
    Hear(HearFlags),
    /// Check routine files, and show all their problems; or sign those that have none.
    Check {
        /// Files, or names that `list` shows; - is standard input.
        #[arg(required = true, value_parser = name(), value_hint = ValueHint::AnyPath)]
        files: Vec<String>,
        /// As JSON: every problem of each with its place.
        #[arg(long, conflicts_with = "sign")]
        json: bool,
        /// Write into each file that somebody has reviewed its words as they are, and show these.
        #[arg(long, requires = "by")]
        sign: bool,
        /// Who has reviewed them: name and calling.
        #[arg(long, value_name = "NAME", requires = "sign", value_parser = NonEmptyStringValueParser::new())]
        by: Option<String>,
    },
    /// Print the JSON Schema of routine files, for your editor.
    Schema,
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
    Man {
        /// Write it into this folder instead, with a page for each command.
        #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        pages: Option<PathBuf>,
    },
}

/// What to record, and where to.
#[derive(Args, Clone, Debug)]
pub(crate) struct ExportFlags {
    /// A name that `list` shows, or a file that ends in .toml; without it the one in your settings, else upper-back.
    #[arg(value_parser = name(), conflicts_with = "all")]
    pub routine: Option<String>,
    /// The file: its name ends in .m4b, .ogg, .mp3, .wav, or .html for a page that leads the session itself.
    #[arg(short, long, value_name = "FILE", required_unless_present_any = ["all", "site"], value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// The same page as a folder to put on a web server: a phone can keep it, and use it offline.
    #[arg(
        long,
        value_name = "FOLDER",
        conflicts_with_all = ["output", "captions", "cover", "all"],
        value_hint = ValueHint::DirPath
    )]
    pub site: Option<PathBuf>,
    /// Captions beside it: a file whose name ends in .vtt, .srt or .lrc.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub captions: Option<PathBuf>,
    /// Another picture for its front: PNG or JPEG, 10 MiB at most.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub cover: Option<PathBuf>,
    #[command(flatten)]
    pub how: How,
    /// Whose voice: heart or silent.
    #[arg(long, value_enum)]
    pub voice: Option<VoiceChoice>,
    /// The folder of the built-in voice.
    #[arg(long, value_name = "FOLDER")]
    pub voice_dir: Option<PathBuf>,
    /// Write over what is there already.
    #[arg(long)]
    pub force: bool,
    /// Make a file of every built-in routine in every way, with captions; those that have not changed are left alone.
    #[arg(long, requires = "out", conflicts_with_all = ["output", "captions", "pace", "posture", "length"])]
    pub all: bool,
    /// The folder for all of them.
    #[arg(long, value_name = "FOLDER", requires = "all", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// What files to make of all of them.
    #[arg(long, value_enum, default_value_t = Format::M4b, requires = "all")]
    pub format: Format,
}

impl ExportFlags {
    /// What the settings have to know of it.
    pub(crate) fn play_flags(&self) -> Flags {
        Flags {
            routine: self.routine.clone(),
            how: self.how.clone(),
            voice: self.voice,
            voice_dir: self.voice_dir.clone(),
            ..Flags::default()
        }
    }
}

/// What to show of a routine, and how it is done then.
#[derive(Args, Clone, Debug)]
pub(crate) struct ShowFlags {
    /// A name that `list` shows, or a file that ends in .toml.
    #[arg(default_value = DEFAULT_ROUTINE, value_parser = name())]
    pub routine: String,
    /// How slowly.
    #[arg(long, value_enum, default_value_t)]
    pub pace: Pace,
    /// Sitting or standing.
    #[arg(long, value_enum, default_value_t)]
    pub posture: Posture,
    /// How many minutes.
    #[arg(long, value_enum, default_value_t = Length::Twenty)]
    pub length: Length,
    /// Take the times from the built-in voice, which says every sentence for it.
    #[arg(long)]
    pub exact: bool,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// Show where each sentence comes from instead.
    #[arg(long, conflicts_with_all = ["exact", "json"])]
    pub sources: bool,
    /// Print its file instead, to write one of your own by.
    #[arg(long, conflicts_with_all = ["exact", "json", "sources", "pictures"])]
    pub toml: bool,
    /// Write a picture of each movement into this folder instead, as SVG.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["exact", "json", "sources"])]
    pub pictures: Option<PathBuf>,
}

/// What to hear of a routine, and how.
#[derive(Args, Clone, Debug)]
pub(crate) struct HearFlags {
    /// A name that `list` shows, or a file that ends in .toml.
    #[arg(value_name = "FILE", value_parser = name())]
    pub routine: String,
    /// This line alone, by its id or by its number in the file; at the head of a movement, the movement. Without it, the
    /// first movement.
    #[arg(long, value_name = "LINE")]
    pub from: Option<String>,
    /// How slowly.
    #[arg(long, value_enum)]
    pub pace: Option<Pace>,
    /// Whose voice: heart; or silent, which only shows each sentence for its time.
    #[arg(long, value_enum, hide_possible_values = true)]
    pub voice: Option<VoiceChoice>,
    #[command(flatten)]
    pub loudspeaker: Loudspeaker,
    /// The folder of the built-in voice.
    #[arg(long, value_name = "FOLDER")]
    pub voice_dir: Option<PathBuf>,
}

impl HearFlags {
    /// What the settings have to know of it.
    pub(crate) fn play_flags(&self) -> Flags {
        Flags {
            how: How {
                pace: self.pace,
                ..How::default()
            },
            voice: self.voice,
            loudspeaker: self.loudspeaker.clone(),
            voice_dir: self.voice_dir.clone(),
            ..Flags::default()
        }
    }
}

/// A routine's name, which the journal keeps as text.
fn name() -> impl TypedValueParser<Value = String> {
    let refused = "its name is not written in UTF-8: give the file another name";
    OsStringValueParser::new().try_map(move |name| name.into_string().map_err(|_| refused))
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
        assert_eq!(cli.options.how.pace, Some(Pace::Slow));
        let cli = Cli::try_parse_from(["softback", "play", "--volume", "-6"]).expect("valid");
        let Some(Verb::Play { routine, options }) = cli.command else {
            panic!("{cli:?}")
        };
        assert_eq!((routine, options.loudspeaker.volume), (None, Some(-6)));
    }
}
