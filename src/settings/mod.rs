//! What she has settled: the settings file, what is kept of each loudspeaker, whom to call, where things lie.

pub(crate) mod emergency;
pub(crate) mod file;
pub(crate) mod loudspeakers;
pub(crate) mod paths;
mod show;
