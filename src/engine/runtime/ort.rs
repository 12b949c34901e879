//! ONNX Runtime, opened from a shared library while the program runs.
//!
//! The only file that names `ort`. The crate allows one library and one environment in a process
//! and panics when its functions are called before a library is there, so everything goes through
//! [`Library`], which exists only when one is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::SessionBuilder;
use ort::value::{Tensor, ValueType};

use super::{Array, Network, NetworkError, NetworkSpec, Places, Rejected, check_input};

/// The library that this process opened. The process has one for as long as it runs, because
/// `ort` keeps it so; whoever asks again, with whatever places, is given the same one.
static OPENED: Mutex<Option<Library>> = Mutex::new(None);

/// An ONNX Runtime that is open.
#[derive(Clone, Debug)]
pub(super) struct Library {
    environment: Environment,
    path: PathBuf,
    version: String,
}

/// Why one candidate was passed over.
enum Refusal {
    /// It is not there, which is no news.
    Absent,
    /// It is there, or was named by a person, and cannot be used.
    Unusable(String),
    /// It was opened and then failed. `ort` keeps it, so no other one can be tried.
    Stuck(String),
}

impl Library {
    /// Opens the first library in `places` that works; else says which were there and did not.
    pub(super) fn find(places: &Places) -> Result<Self, Vec<Rejected>> {
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(library) = &*opened {
            return Ok(library.clone());
        }
        let mut rejected = Vec::new();
        for path in places.onnx_runtime_libraries() {
            let named = places.onnx_runtime.as_ref() == Some(&path);
            match Self::open(&path, named) {
                Ok(library) => {
                    *opened = Some(library.clone());
                    return Ok(library);
                }
                Err(Refusal::Absent) => {}
                Err(Refusal::Unusable(reason)) => rejected.push(Rejected { path, reason }),
                Err(Refusal::Stuck(reason)) => {
                    rejected.push(Rejected { path, reason });
                    break;
                }
            }
        }
        Err(rejected)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    fn open(path: &Path, named: bool) -> Result<Self, Refusal> {
        // A bare name is for the system to find; every other path must be a file.
        let bare = path
            .parent()
            .is_none_or(|parent| parent.as_os_str().is_empty());
        if !bare && !path.is_file() {
            let reason = "there is no such file".to_owned();
            return Err(if named {
                Refusal::Unusable(reason)
            } else {
                Refusal::Absent
            });
        }
        // A library of that name that is no ONNX Runtime can make `ort` panic.
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let builder = ort::init_from(path).map_err(|error| match error {
                ort::LoadDynamicError::Dlopen { .. } if bare && !named => Refusal::Absent,
                error => Refusal::Unusable(error.to_string()),
            })?;
            // Microsoft's builds send telemetry unless told not to.
            let environment = builder
                .with_name("secondlook")
                .with_telemetry(false)
                .build();
            let environment = environment.map_err(|error| Refusal::Stuck(error.to_string()))?;
            Ok(Self {
                environment,
                path: path.to_path_buf(),
                version: version_of(path, ort::info()),
            })
        }));
        opened.unwrap_or_else(|_panic| {
            Err(Refusal::Stuck(
                "the library does not answer as ONNX Runtime does".to_owned(),
            ))
        })
    }

    /// Makes a model ready.
    pub(super) fn load(
        &self,
        bytes: &[u8],
        spec: &NetworkSpec,
        n_threads: usize,
    ) -> Result<OrtNetwork, NetworkError> {
        let session = self.session(bytes, n_threads);
        let session = session.map_err(|error| NetworkError::Unreadable(error.to_string()))?;
        let [input] = session.inputs() else {
            let words = format!("it has {} inputs and not one", session.inputs().len());
            return Err(NetworkError::Misfit(words));
        };
        let declared = match input.dtype() {
            // A negative length stands for an open dimension.
            ValueType::Tensor { shape, .. } => Some(
                shape
                    .iter()
                    .map(|&dim| usize::try_from(dim).ok())
                    .collect::<Vec<_>>(),
            ),
            _ => None,
        };
        check_input(spec, input.name(), declared.as_deref())?;
        for name in &spec.outputs {
            if !session.outputs().iter().any(|output| output.name() == name) {
                return Err(NetworkError::Misfit(format!("it has no output `{name}`")));
            }
        }
        Ok(OrtNetwork {
            session,
            spec: spec.clone(),
        })
    }

    fn session(&self, bytes: &[u8], n_threads: usize) -> ort::Result<Session> {
        // Spinning gains a tenth and burns the core that the window draws with.
        let builder = SessionBuilder::new(&self.environment)?
            .with_intra_threads(n_threads)?
            .with_intra_op_spinning(false)?
            .with_inter_op_spinning(false)?;
        let mut builder = builder.with_log_level(ort::logging::LogLevel::Error)?;
        builder.commit_from_memory(bytes)
    }
}

/// A model in ONNX Runtime.
pub(super) struct OrtNetwork {
    session: Session,
    spec: NetworkSpec,
}

impl Network for OrtNetwork {
    fn run(&mut self, input: Array) -> Result<Vec<Array>, NetworkError> {
        let failed = |error: ort::Error| NetworkError::Failed(error.to_string());
        let input = Tensor::from_array((input.shape, input.values)).map_err(failed)?;
        let outputs = self
            .session
            .run(ort::inputs![self.spec.input.as_str() => input]);
        let outputs = outputs.map_err(failed)?;
        let take = |name: &String| {
            let missing = || NetworkError::Misfit(format!("it gave no output `{name}`"));
            let value = outputs.get(name.as_str()).ok_or_else(missing)?;
            let (shape, values) = value.try_extract_tensor::<f32>().map_err(failed)?;
            // A tensor that is there has no negative length.
            let shape = shape
                .iter()
                .map(|&dim| usize::try_from(dim).unwrap_or(0))
                .collect();
            Ok(Array {
                shape,
                values: values.to_vec(),
            })
        };
        self.spec.outputs.iter().map(take).collect()
    }
}

/// The version of the library at `path`: the number in the name of its file or folder, and the
/// commit that the library says it was built from. `ort` keeps the library's own answer to itself.
fn version_of(path: &Path, build_info: &str) -> String {
    let path = path
        .canonicalize()
        .unwrap_or_else(|_bare| path.to_path_buf());
    let names = path.iter().rev().take(2).filter_map(|name| name.to_str());
    let number = names
        .filter(|name| name.contains("onnxruntime"))
        .find_map(|name| {
            let is_version = |word: &&str| {
                let mut parts = word.split('.');
                parts.clone().count() == 3 && parts.all(|part| part.parse::<u32>().is_ok())
            };
            let words = name.split(|c: char| !(c.is_ascii_digit() || c == '.'));
            words.map(|word| word.trim_matches('.')).find(is_version)
        });
    let commit = build_info
        .split("git-commit-id=")
        .nth(1)
        .and_then(|rest| rest.split(',').next());
    match (number, commit) {
        (Some(number), Some(commit)) => format!("{number} (git {commit})"),
        (Some(number), None) => number.to_owned(),
        (None, Some(commit)) => format!("git {commit}"),
        (None, None) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_in_the_name_of_the_file_or_its_folder() {
        let check = |path: &str, info: &str, version: &str| {
            assert_eq!(version_of(Path::new(path), info), version, "{path}");
        };
        let info = "ORT Build Info: git-branch=HEAD, git-commit-id=6af1a93, build type=Release";
        check(
            "/none/onnxruntime-1.31.1/libonnxruntime.so",
            info,
            "1.31.1 (git 6af1a93)",
        );
        check(
            "/none/libonnxruntime.so.1.24.4",
            info,
            "1.24.4 (git 6af1a93)",
        );
        check("/none/libonnxruntime.1.31.1.dylib", "", "1.31.1");
        check("/python-3.11.2/onnxruntime.dll", info, "git 6af1a93");
        check("libonnxruntime.so", "", "unknown");
    }

    #[test]
    fn a_library_that_is_none_is_refused_and_one_that_is_not_there_is_no_news() {
        let folder = tempfile::tempdir().unwrap();
        let absent = folder.path().join("libonnxruntime.so");
        assert!(matches!(
            Library::open(&absent, false),
            Err(Refusal::Absent)
        ));
        let Err(Refusal::Unusable(reason)) = Library::open(&absent, true) else {
            panic!("a library that somebody named is missed");
        };
        assert_eq!(reason, "there is no such file");
        let text = folder.path().join("text.so");
        std::fs::write(&text, "no library").unwrap();
        // Where a test before this one has opened a real one, `ort` is stuck with that.
        let refused = Library::open(&text, false);
        assert!(matches!(
            refused,
            Err(Refusal::Unusable(_) | Refusal::Stuck(_))
        ));
    }
}
