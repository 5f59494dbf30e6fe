//! Sound: cues are synthesized, clips are mixed by the graph, and the device pulls.

pub(crate) mod cue;
pub(crate) mod device;
pub(crate) mod graph;
pub(crate) mod output;
mod period;
mod pull;
mod stream;
pub(crate) mod supervisor;

pub(crate) use graph::{Graph, GraphCommand, GraphHandle};
pub(crate) use output::{Change, Output};
pub(crate) use stream::OutputError;

#[cfg(test)]
mod tests {
    mod supervisor;
}
