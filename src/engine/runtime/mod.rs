//! The model runtimes behind one small trait.
//!
//! [`Network`] takes and returns plain arrays, so that nothing above knows a runtime's types and a
//! test can answer in a runtime's place. Two runtimes implement it: ONNX Runtime, which is opened
//! from a shared library where this computer has one, and `rten`, which is part of the program.
//! [`CheckedNetwork`] stands around either and refuses wrong shapes and numbers that are none.
//!
//! A network belongs to one thread. This module knows nothing of pictures, documents and checks.

pub mod install;
mod ort;
mod rten;

use std::path::PathBuf;

use super::places::Places;

/// Numbers in rows: the last dimension runs fastest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Array {
    /// The length of every dimension.
    pub shape: Vec<usize>,
    /// The numbers; as many as the product of the shape.
    pub values: Vec<f32>,
}

impl Array {
    /// An array in which every number is `value`.
    #[must_use]
    pub fn filled(shape: &[usize], value: f32) -> Self {
        Self {
            shape: shape.to_vec(),
            values: vec![value; shape.iter().product()],
        }
    }
}

/// A model ready to run: one input, one or more outputs.
pub trait Network: Send {
    /// Runs the model once; the outputs come in the order of [`NetworkSpec::outputs`].
    ///
    /// # Errors
    ///
    /// What the runtime says when it cannot.
    fn run(&mut self, input: Array) -> Result<Vec<Array>, NetworkError>;
}

/// What a model is expected to take and give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSpec {
    /// The input's name.
    pub input: String,
    /// The input's shape; `None` for a dimension of any length, which is the batch.
    pub input_shape: Vec<Option<usize>>,
    /// The outputs' names.
    pub outputs: Vec<String>,
}

/// Why a model could not be made ready or run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// The runtime cannot read the file.
    #[error("the model cannot be read: {0}")]
    Unreadable(String),
    /// The model has other inputs or outputs than the manifest says.
    #[error("the model does not fit its manifest: {0}")]
    Misfit(String),
    /// The runtime failed while the model ran.
    #[error("the model failed while it ran: {0}")]
    Failed(String),
    /// The output holds an infinity or no number at all.
    #[error("the model's output `{output}` holds a value that is no finite number")]
    NotFinite {
        /// The output's name.
        output: String,
    },
}

/// A network whose input and outputs are checked at every run.
pub struct CheckedNetwork {
    inner: Box<dyn Network>,
    spec: NetworkSpec,
}

impl CheckedNetwork {
    /// Puts the checks of `spec` around `inner`.
    #[must_use]
    pub fn new(inner: Box<dyn Network>, spec: NetworkSpec) -> Self {
        Self { inner, spec }
    }

    /// What it takes and gives.
    #[must_use]
    pub fn spec(&self) -> &NetworkSpec {
        &self.spec
    }

    /// Runs the model; every number that comes back is finite, and there are as many outputs as
    /// the specification names.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Misfit`] for an input or output of another shape,
    /// [`NetworkError::NotFinite`], or what the runtime says.
    pub fn run(&mut self, input: Array) -> Result<Vec<Array>, NetworkError> {
        if !fits(&self.spec.input_shape, &input.shape)
            || input.values.len() != input.shape.iter().product::<usize>()
        {
            return Err(NetworkError::Misfit(format!(
                "it takes {} and was given {:?}",
                shape_words(&self.spec.input_shape),
                input.shape
            )));
        }
        let outputs = self.inner.run(input)?;
        if outputs.len() != self.spec.outputs.len() {
            return Err(NetworkError::Misfit(format!(
                "it gave {} outputs where {} were expected",
                outputs.len(),
                self.spec.outputs.len()
            )));
        }
        for (output, name) in outputs.iter().zip(&self.spec.outputs) {
            if output.values.len() != output.shape.iter().product::<usize>() {
                return Err(NetworkError::Misfit(format!("output `{name}` has gaps")));
            }
            if output.values.iter().any(|value| !value.is_finite()) {
                return Err(NetworkError::NotFinite {
                    output: name.clone(),
                });
            }
        }
        Ok(outputs)
    }

    /// Runs the model and returns its only output.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub fn run_one(&mut self, input: Array) -> Result<Array, NetworkError> {
        let mut outputs = self.run(input)?;
        outputs.truncate(1);
        outputs
            .pop()
            .ok_or_else(|| NetworkError::Misfit("it has no output".to_owned()))
    }
}

impl std::fmt::Debug for CheckedNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckedNetwork")
            .field("spec", &self.spec)
            .finish_non_exhaustive()
    }
}

/// Whether a shape of fixed and open dimensions takes `shape`.
fn fits(expected: &[Option<usize>], shape: &[usize]) -> bool {
    expected.len() == shape.len()
        && expected
            .iter()
            .zip(shape)
            .all(|(want, &have)| want.is_none_or(|want| want == have))
}

/// Checks what a model declares against what the manifest says. A dimension that either leaves
/// open fits.
fn check_input(
    spec: &NetworkSpec,
    name: &str,
    declared: Option<&[Option<usize>]>,
) -> Result<(), NetworkError> {
    if spec.input != name {
        let words = format!("its input is `{name}` and not `{}`", spec.input);
        return Err(NetworkError::Misfit(words));
    }
    let Some(declared) = declared else {
        return Ok(());
    };
    let same = declared.len() == spec.input_shape.len()
        && declared
            .iter()
            .zip(&spec.input_shape)
            .all(|(have, want)| have.is_none() || want.is_none() || have == want);
    if same {
        return Ok(());
    }
    Err(NetworkError::Misfit(format!(
        "it takes {} and not {}",
        shape_words(declared),
        shape_words(&spec.input_shape)
    )))
}

/// `[1, 3, 256, 256]`, with `any` for an open dimension.
fn shape_words(shape: &[Option<usize>]) -> String {
    let words = shape
        .iter()
        .map(|dim| dim.map_or("any".to_owned(), |length| length.to_string()));
    format!("[{}]", words.collect::<Vec<_>>().join(", "))
}

/// Which runtime a person asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RuntimeChoice {
    /// ONNX Runtime where there is one, else `rten`.
    #[default]
    Auto,
    /// ONNX Runtime or nothing.
    OnnxRuntime,
    /// The runtime that is part of the program.
    Rten,
}

/// The runtime that runs the models of this process.
#[derive(Clone, Debug)]
pub struct Runtime {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    OnnxRuntime(ort::Library),
    Rten,
}

/// A library that was looked for and could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Where it was looked for.
    pub path: PathBuf,
    /// Why it could not be used, in words for a person.
    pub reason: String,
}

/// No ONNX Runtime was found, and nothing else would do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no ONNX Runtime was found on this computer; `secondlook runtime install` puts version \
     {version} in place{}",
    self.tried.iter().map(|no| format!("\n  {}: {}", no.path.display(), no.reason))
        .collect::<String>(),
    version = install::VERSION
)]
pub struct NoOnnxRuntime {
    /// The libraries that were there and could not be used.
    pub tried: Vec<Rejected>,
}

impl Runtime {
    /// Opens the runtime that `choice` asks for.
    ///
    /// # Errors
    ///
    /// [`NoOnnxRuntime`] if it was asked for by name and is not to be had.
    pub fn open(choice: RuntimeChoice, places: &Places) -> Result<Self, NoOnnxRuntime> {
        if choice == RuntimeChoice::Rten {
            return Ok(Self { kind: Kind::Rten });
        }
        match (ort::Library::find(places), choice) {
            (Ok(library), _) => Ok(Self {
                kind: Kind::OnnxRuntime(library),
            }),
            (Err(tried), RuntimeChoice::OnnxRuntime) => Err(NoOnnxRuntime { tried }),
            (Err(tried), RuntimeChoice::Auto | RuntimeChoice::Rten) => {
                for rejected in tried {
                    tracing::warn!(reason = rejected.reason, "an ONNX Runtime was passed over");
                }
                Ok(Self { kind: Kind::Rten })
            }
        }
    }

    /// `onnxruntime` or `rten`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::OnnxRuntime(_) => "onnxruntime",
            Kind::Rten => "rten",
        }
    }

    /// The runtime's own version.
    #[must_use]
    pub fn version(&self) -> &str {
        match &self.kind {
            Kind::OnnxRuntime(library) => library.version(),
            Kind::Rten => rten::VERSION,
        }
    }

    /// The library that was opened. `None` for the runtime that is part of the program.
    #[must_use]
    pub fn path(&self) -> Option<&std::path::Path> {
        match &self.kind {
            Kind::OnnxRuntime(library) => Some(library.path()),
            Kind::Rten => None,
        }
    }

    /// Makes the model in `bytes`, a whole `.onnx` file, ready to run on `n_threads`.
    ///
    /// # Errors
    ///
    /// [`NetworkError::Unreadable`] and [`NetworkError::Misfit`].
    pub fn load(
        &self,
        bytes: &[u8],
        spec: NetworkSpec,
        n_threads: usize,
    ) -> Result<CheckedNetwork, NetworkError> {
        let n_threads = n_threads.max(1);
        let inner: Box<dyn Network> = match &self.kind {
            Kind::OnnxRuntime(library) => Box::new(library.load(bytes, &spec, n_threads)?),
            Kind::Rten => Box::new(rten::RtenNetwork::load(bytes, &spec, n_threads)?),
        };
        Ok(CheckedNetwork::new(inner, spec))
    }
}

/// Which runtime runs here, and what the other one would give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeStatus {
    /// `onnxruntime` or `rten`.
    pub name: &'static str,
    /// Its version.
    pub version: String,
    /// The library that was opened; `None` for the runtime that is part of the program.
    pub path: Option<PathBuf>,
    /// Libraries that were there and could not be used.
    pub rejected: Vec<Rejected>,
    /// What the other runtime would give, and how to have it, in a sentence.
    pub other: String,
}

/// Looks which runtime would run with `choice`.
///
/// # Errors
///
/// [`NoOnnxRuntime`] if it was asked for by name and is not to be had.
pub fn status(choice: RuntimeChoice, places: &Places) -> Result<RuntimeStatus, NoOnnxRuntime> {
    let runtime = Runtime::open(choice, places)?;
    let (rejected, other) = match runtime.kind {
        Kind::OnnxRuntime(_) => (
            Vec::new(),
            format!(
                "Without this library the embedded runtime, rten {}, would give the same \
                 probabilities to a thousandth, about as fast",
                rten::VERSION
            ),
        ),
        Kind::Rten => {
            let found = ort::Library::find(places);
            let there = found.is_ok();
            let words = if there {
                "ONNX Runtime is there too and would give the same probabilities to a thousandth, \
                 about as fast"
                    .to_owned()
            } else {
                format!(
                    "ONNX Runtime {} would give the same probabilities to a thousandth, about as \
                     fast; `secondlook runtime install` puts it in place",
                    install::VERSION
                )
            };
            (found.err().unwrap_or_default(), words)
        }
    };
    Ok(RuntimeStatus {
        name: runtime.name(),
        version: runtime.version().to_owned(),
        path: runtime.path().map(std::path::Path::to_path_buf),
        rejected,
        other,
    })
}
