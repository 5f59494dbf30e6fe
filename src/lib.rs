//! Softback: a voice in the room that leads a pregnant woman through easing her upper back.
//!
//! The way of the data is one line, and each word of it a folder:
//! `settings` → `routine` → `plan` → `session` → `player` → `voice`, `audio`, `room`, `journal`.
//! Routine, plan and session are pure: time is an argument, and sound is a command.

#![cfg_attr(not(test), warn(unreachable_pub))]

use std::process::ExitCode;

use clap::Parser;

mod app;
mod audio;
mod base;
mod cli;
mod clock;
mod doctor;
mod error;
mod journal;
mod picture;
mod plan;
mod player;
mod room;
mod routine;
mod session;
mod settings;
mod voice;

/// What the tests of the built program, the benches and the fuzzer compare it with.
pub mod parts {
    pub use crate::audio::cue::Cues;
    pub use crate::base::{
        BreathPhase, Frames, Pace, Pose, Posture, SAFETY_RATE, SAMPLE_RATE, Utterance,
        WordsPerMinute,
    };
    pub use crate::picture::{cover, cover_svg, of as picture};
    pub use crate::plan::{Plan, Setting};
    pub use crate::room::keys::acts;
    pub use crate::routine::companion::Companion;
    pub use crate::routine::library::built_in;
    pub use crate::routine::model::Routine;
    #[cfg(feature = "system-voice")]
    pub use crate::voice::system;
    pub use crate::voice::{Heart, Voice, VoiceError, VoiceEvent, VoiceHandle, VoiceJob, spawn};
}

/// Does what the command line asks for.
pub fn run() -> ExitCode {
    app::full_disks_are_errors();
    let code = match app::run(cli::Cli::parse()) {
        Ok(outcome) => outcome.code(),
        Err(error) => {
            error.tell();
            error.code()
        }
    };
    code.into()
}

/// Sees every allocation in a piece of code that must make none.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;
