//! A network of the voice, from its file.

use std::path::Path;
use std::sync::Arc;

use rten::{Model, NodeId, RunError, RunOptions, ThreadPool, Value, ValueOrView};

use super::{LoadError, read};

pub(super) struct Network {
    pub(super) model: Model,
    threads: Arc<ThreadPool>,
}

impl Network {
    pub(super) fn load(path: &Path, threads: Arc<ThreadPool>) -> Result<Self, LoadError> {
        let model = Model::load(read(path)?).map_err(|error| LoadError::damaged(path, &error))?;
        Ok(Self { model, threads })
    }

    /// The place of an input or an output; `path` is where the network is from.
    pub(super) fn node(&self, path: &Path, name: &str) -> Result<NodeId, LoadError> {
        let node = self.model.node_id(name);
        node.map_err(|error| LoadError::damaged(path, &error))
    }

    pub(super) fn run<const N: usize>(
        &self,
        inputs: Vec<(NodeId, ValueOrView)>,
        outputs: [NodeId; N],
    ) -> Result<[Value; N], RunError> {
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.threads)));
        self.model.run_n(inputs, outputs, Some(options))
    }
}
