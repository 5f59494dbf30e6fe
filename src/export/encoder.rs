//! What writes a kind of file.

use std::fs::File;
use std::path::PathBuf;

use super::about::About;
use super::error::ExportError;
use super::timeline::Timeline;

/// What an encoder begins with.
pub(super) struct Recording<'a> {
    /// Empty; it is written to.
    pub file: File,
    /// The name that the file gets: only for errors.
    pub path: PathBuf,
    pub about: &'a About,
    pub timeline: &'a Timeline,
}

/// Takes the samples of a recording, one after the other, and writes them as they come.
pub(super) trait Encoder {
    fn write(&mut self, samples: &[f32]) -> Result<(), ExportError>;

    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}
