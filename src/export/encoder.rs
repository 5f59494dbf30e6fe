//! What writes a kind of file.

use super::error::ExportError;

/// Takes the samples of a recording, one after the other, and writes them as they come.
pub(super) trait Encoder {
    fn write(&mut self, samples: &[f32]) -> Result<(), ExportError>;

    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}
