//! The journal: one text of JSON Lines, in which every session leaves a line when it begins and one when it ends.
//!
//! [`entry`] says what is in it, [`rules`] what follows from it: both pure, for whoever keeps the text. The program keeps
//! it in a file, and how is in `file`.

pub(crate) mod at;
mod clock;
pub(crate) mod entry;
#[cfg(feature = "program")]
mod file;
mod forget;
pub(crate) mod history;
pub(crate) mod pick_up;
pub(crate) mod rules;
mod show;

#[cfg(feature = "program")]
pub(crate) use file::{Journal, JournalError, read};
pub(crate) use show::{forgotten, render, to_json};

#[cfg(test)]
mod tests;
