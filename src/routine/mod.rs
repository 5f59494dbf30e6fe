//! Routines: what is spoken, checked before anything may use it.
//!
//! A [`Routine`] has private fields and one way in, [`Routine::parse`]: an unchecked one cannot exist.

mod check;
mod file;
mod library;
mod model;

pub use library::{Companion, UnknownRoutine, built_in, built_in_names};
pub use model::{
    Answered, Line, LineKind, Movement, Posture, Question, Routine, Section, SpeechRate,
};
