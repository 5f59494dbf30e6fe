//! Sound: cues are synthesized, clips are mixed by the graph, and the device pulls.

pub(crate) mod cue;
#[cfg(feature = "program")]
pub(crate) mod device;
#[cfg(feature = "program")]
pub(crate) mod graph;
#[cfg(feature = "program")]
mod hearing;
#[cfg(feature = "program")]
pub(crate) mod output;
#[cfg(feature = "program")]
mod period;
#[cfg(feature = "program")]
mod pull;
#[cfg(all(feature = "sound-server", unix, not(target_os = "macos")))]
mod server;
#[cfg(all(
    feature = "program",
    not(all(feature = "sound-server", unix, not(target_os = "macos")))
))]
#[path = "server/none.rs"]
mod server;
#[cfg(feature = "program")]
mod stream;
#[cfg(feature = "program")]
pub(crate) mod supervisor;

#[cfg(feature = "program")]
pub(crate) use graph::{Graph, GraphCommand, GraphHandle};
#[cfg(feature = "program")]
pub(crate) use output::{Change, Output};
#[cfg(feature = "program")]
pub(crate) use stream::OutputError;

#[cfg(all(test, feature = "program"))]
mod tests {
    mod supervisor;
}
