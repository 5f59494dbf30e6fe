//! Sound: cues are synthesized, clips are mixed by the graph, and the device pulls.

pub mod cue;
pub mod device;
pub mod graph;
pub mod output;
pub mod supervisor;

pub use graph::{Control, Graph, GraphCommand};
pub use output::{Change, Output, OutputError};
