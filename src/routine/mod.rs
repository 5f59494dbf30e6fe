//! Routines: what is spoken, checked before anything may use it.
//!
//! A [`Routine`] has private fields and one way in, [`Routine::parse`]: an unchecked one cannot exist.

mod check;
pub(crate) mod companion;
pub(crate) mod cue;
mod file;
mod forbidden;
mod kind;
mod known;
pub(crate) mod library;
pub(crate) mod model;
mod places;
mod plain;
mod respelled;
mod review;
#[cfg(feature = "program")]
mod schema;
mod sources;
mod words;

pub(crate) use companion::{Companion, Hands, ScreeningText, WHAT_COMES};
pub(crate) use library::{UnknownRoutine, built_in, built_in_names};
#[cfg(feature = "program")]
pub(crate) use library::{built_in_text, file_schema};
pub(crate) use model::{
    Answered, Form, Line, LineKind, Movement, Question, Routine, Section, Standing,
};
pub(crate) use places::belongs;
pub(crate) use respelled::Respelled;

#[cfg(test)]
mod tests {
    mod forbidden;
}
