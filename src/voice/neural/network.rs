//! A network of the voice, from its file.

use std::path::Path;
use std::sync::Arc;

use rten::{Model, NodeId, RunError, RunOptions, ThreadPool, Value, ValueOrView};

use super::{LoadError, damaged, read};

pub(super) struct Network {
    pub(super) model: Model,
    threads: Arc<ThreadPool>,
}

impl Network {
    pub(super) fn load(path: &Path, threads: Arc<ThreadPool>) -> Result<Self, LoadError> {
        let model = Model::load(read(path)?).map_err(|error| damaged(path, &error))?;
        Ok(Self { model, threads })
    }

    /// The places of inputs or outputs; `path` is where the network is from.
    pub(super) fn nodes<const N: usize>(
        &self,
        path: &Path,
        names: [&str; N],
    ) -> Result<[NodeId; N], LoadError> {
        let mut nodes = [NodeId::from_u32(0); N];
        for (node, name) in nodes.iter_mut().zip(names) {
            *node = self
                .model
                .node_id(name)
                .map_err(|error| damaged(path, &error))?;
        }
        Ok(nodes)
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
