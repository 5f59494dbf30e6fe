//! What the command line says of the settings.

use std::path::PathBuf;

use clap::Args;

use crate::base::{Length, Pace, Posture};
use crate::settings::{VoiceChoice, file::PERIODS, file::VOLUMES};

/// How a routine is done.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct How {
    /// How slowly: standard, slow, very-slow, or own (your own breath, nothing counted).
    #[arg(long, value_enum)]
    pub pace: Option<Pace>,
    /// Sitting, or standing against a wall.
    #[arg(long, value_enum)]
    pub posture: Option<Posture>,
    /// How many minutes, at the standard pace.
    #[arg(long, value_enum)]
    pub length: Option<Length>,
}

/// Where it is heard.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Loudspeaker {
    /// How loud, in decibels from the full level (0) down to -30; without it, what your settings say, else what
    /// you chose for this device, else 0.
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = clap::value_parser!(i8).range(VOLUMES))]
    pub volume: Option<i8>,
    /// The sound device, by its name or a part of it; `softback doctor --devices` lists them.
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
}

/// How to play.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Flags {
    /// Named without a flag.
    #[arg(skip)]
    pub routine: Option<String>,
    #[command(flatten)]
    pub how: How,
    /// Ask anew which routine, how and how long, and not as last time.
    #[arg(long)]
    pub choose: bool,
    /// Whose voice: heart unless your settings say otherwise.
    #[arg(long, value_enum)]
    pub voice: Option<VoiceChoice>,
    #[command(flatten)]
    pub loudspeaker: Loudspeaker,
    /// Frames in a period of the sound device, 640 unless your settings say otherwise: smaller is
    /// silent sooner, larger stutters less.
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(PERIODS))]
    pub buffer: Option<u32>,
    /// Do not ask whether you can hear well, which is asked once for each sound device.
    #[arg(long)]
    pub skip_sound_check: bool,
    /// Ask all safety questions one by one, as at the first session; without this, only the three of the day where that
    /// is enough.
    #[arg(long)]
    pub questions: bool,
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
