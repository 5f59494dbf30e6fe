//! Routines: what is spoken, checked before anything may use it.
//!
//! A [`Routine`] has private fields and one way in, [`Routine::parse`]: an unchecked one cannot exist.

mod check;
mod file;
mod forbidden;
mod library;
mod model;
mod sources;

pub use forbidden::forbidden_in;
pub use library::{Companion, ScreeningText, UnknownRoutine, built_in, built_in_names};
pub use model::{
    Answered, Form, Line, LineKind, Movement, Posture, Question, Routine, Section, SpeechRate,
};
pub use sources::sources_of;
