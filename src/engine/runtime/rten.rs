//! The runtime that is always there: `rten`, in Rust, part of the program.
//!
//! The only file that names `rten`. Several times slower than ONNX Runtime, and the reason that
//! the first start needs nothing else. Its quantised operators gave no numbers without an error on
//! one model, so only 32-bit models are shipped and every output is checked for finiteness.

use std::sync::Arc;

use rten::{Dimension, Model, NodeId, RunOptions, ThreadPool, Value};

use super::{Array, Network, NetworkError, NetworkSpec, check_input};

/// The version of the crate; a test holds it to `Cargo.lock`.
pub(super) const VERSION: &str = "0.27.0";

/// A model in `rten`.
pub(super) struct RtenNetwork {
    model: Model,
    input: NodeId,
    outputs: Vec<NodeId>,
    pool: Arc<ThreadPool>,
}

impl RtenNetwork {
    /// Makes a model ready.
    pub(super) fn load(
        bytes: &[u8],
        spec: &NetworkSpec,
        n_threads: usize,
    ) -> Result<Self, NetworkError> {
        let model = Model::load(bytes.to_vec());
        let model = model.map_err(|error| NetworkError::Unreadable(error.to_string()))?;
        let &[input] = model.input_ids() else {
            let words = format!("it has {} inputs and not one", model.input_ids().len());
            return Err(NetworkError::Misfit(words));
        };
        let declared = model.input_shape(0).map(|shape| {
            let length = |dim: Dimension| match dim {
                Dimension::Fixed(length) => Some(length),
                Dimension::Symbolic(_) => None,
            };
            shape.into_iter().map(length).collect::<Vec<_>>()
        });
        let name = model
            .node_info(input)
            .and_then(|info| info.name().map(str::to_owned));
        check_input(spec, name.as_deref().unwrap_or(""), declared.as_deref())?;
        let find = |name: &String| {
            let known = model.output_ids().iter().copied().find(|&id| {
                model
                    .node_info(id)
                    .is_some_and(|info| info.name() == Some(name.as_str()))
            });
            known.ok_or_else(|| NetworkError::Misfit(format!("it has no output `{name}`")))
        };
        let outputs = spec.outputs.iter().map(find).collect::<Result<_, _>>()?;
        let pool = Arc::new(ThreadPool::with_num_threads(n_threads));
        Ok(Self {
            model,
            input,
            outputs,
            pool,
        })
    }
}

impl Network for RtenNetwork {
    fn run(&mut self, input: Array) -> Result<Vec<Array>, NetworkError> {
        let input = Value::from_shape(input.shape.as_slice(), input.values);
        let input = input.map_err(|error| NetworkError::Failed(error.to_string()))?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let outputs = self.model.run(
            vec![(self.input, input.into())],
            &self.outputs,
            Some(options),
        );
        let outputs = outputs.map_err(|error| NetworkError::Failed(error.to_string()))?;
        outputs.into_iter().map(array_of).collect()
    }
}

fn array_of(value: Value) -> Result<Array, NetworkError> {
    let words = || NetworkError::Misfit("an output is no array of 32-bit numbers".to_owned());
    let tensor = value.into_tensor::<f32>().ok_or_else(words)?;
    let shape = rten_tensor::Layout::shape(&tensor).to_vec();
    Ok(Array {
        shape,
        values: tensor.into_data(),
    })
}

#[cfg(test)]
mod tests {
    use super::VERSION;

    #[test]
    fn the_version_is_the_one_that_is_built_in() {
        let lock = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"));
        let rest = lock.split("name = \"rten\"\n").nth(1).unwrap();
        assert!(
            rest.starts_with(&format!("version = \"{VERSION}\"\n")),
            "{VERSION}"
        );
    }
}
