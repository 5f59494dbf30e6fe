//! Softback: a voice in the room that leads a pregnant woman through easing her upper back.
//!
//! The way of the data is one line, and each word of it a folder:
//! `settings` → `routine` → `plan` → `session` → `player` → `voice`, `audio`, `room`, `journal`.
//! Routine, plan and session are pure: time is an argument, and sound is a command. Without the feature `program` there
//! is nothing else, and `page` is the way to it.

#![cfg_attr(
    all(not(any(test, fuzzing)), feature = "program"),
    warn(unreachable_pub)
)]
#![cfg_attr(
    not(feature = "program"),
    allow(
        dead_code,
        unused_imports,
        reason = "the core alone is used by a page, which needs less of it"
    )
)]

#[cfg(feature = "program")]
use std::process::ExitCode;

#[cfg(feature = "program")]
use clap::Parser;

mod audio;
mod base;
mod diary;
mod journal;
pub mod page;
mod picture;
mod plan;
mod prepare;
mod routine;
mod session;

#[cfg(feature = "program")]
mod app;
#[cfg(feature = "program")]
mod cli;
#[cfg(feature = "program")]
mod clock;
#[cfg(feature = "program")]
mod doctor;
#[cfg(feature = "program")]
mod error;
#[cfg(feature = "program")]
mod export;
#[cfg(all(feature = "program", any(test, fuzzing)))]
pub mod fuzz;
#[cfg(feature = "program")]
mod player;
#[cfg(feature = "program")]
mod room;
#[cfg(feature = "program")]
mod settings;
#[cfg(feature = "program")]
mod sounds;
#[cfg(feature = "program")]
mod voice;

/// What the tests of the built program, the benches and the fuzzer compare it with.
#[cfg(feature = "program")]
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
#[cfg(feature = "program")]
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
