//! Errors that say what to do about them.

use std::fmt::Display;

/// An error: its [`Display`] says what went wrong.
pub(crate) trait Remedy: Display {
    /// What to do about it, in one line or more; nothing where nobody can do anything.
    fn remedy(&self) -> Option<String>;

    /// As it is printed: what went wrong, then each line of the remedy indented.
    fn told(&self) -> String {
        let remedy = self.remedy().unwrap_or_default();
        let told = self.to_string();
        remedy.lines().fold(told, |told, line| told + "\n  " + line)
    }
}
