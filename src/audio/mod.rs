//! Sound: cues are synthesized, clips are mixed by the graph, and the device pulls.

pub(crate) mod cue;
pub(crate) mod device;
pub(crate) mod graph;
mod hearing;
pub(crate) mod output;
mod period;
mod pull;
#[cfg(all(feature = "sound-server", unix, not(target_os = "macos")))]
mod server;
#[cfg(not(all(feature = "sound-server", unix, not(target_os = "macos"))))]
#[path = "server/none.rs"]
mod server;
mod stream;
pub(crate) mod supervisor;

pub(crate) use graph::{Graph, GraphCommand, GraphHandle};
pub(crate) use output::{Change, Output};
pub(crate) use stream::OutputError;

#[cfg(test)]
mod tests {
    mod supervisor;
}
