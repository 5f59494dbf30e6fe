//! Softback: a voice in the room that leads a pregnant woman through easing her upper back.
//!
//! The way of the data is one line, and each word of it a module:
//! [`routine`] → [`plan`] → [`session`] → commands → [`voice`], [`audio`], [`screen`].
//! Routine, plan and session are pure: time is an argument, and sound is a command.
//! [`player`] drives them by the loudspeaker's clock, [`export`] by a virtual one.

pub mod app;
pub mod audio;
pub mod cli;
pub mod clip;
pub mod config;
#[cfg(all(feature = "media-keys", unix, not(target_os = "macos")))]
pub mod desktop;
#[cfg(not(all(feature = "media-keys", unix, not(target_os = "macos"))))]
#[path = "desktop/none.rs"]
pub mod desktop;
pub mod diagnostic;
pub mod diary;
pub mod doctor;
pub mod emergency;
pub mod error;
pub mod export;
pub mod journal;
pub mod keys;
pub mod limit;
pub mod loudspeakers;
pub mod pace;
pub mod paths;
pub mod plan;
pub mod player;
pub mod routine;
pub mod screen;
pub mod screening;
pub mod session;
pub mod sleep;
pub mod sounds;
pub mod terminal;
pub mod time;
pub mod utterance;
pub mod voice;
