//! Where models and runtimes lie on this computer.
//!
//! The environment is read in one place, [`Places::of_this_computer`]; everything else is handed
//! the answer, so that a test can hand it another one.

use std::path::{Path, PathBuf};

/// The folders that the engine looks in. Each is `None` where the computer has no such folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The folder of models that a person named: `SECONDLOOK_MODELS`.
    pub models: Option<PathBuf>,
    /// The ONNX Runtime library that a person named: `ORT_DYLIB_PATH`.
    pub onnx_runtime: Option<PathBuf>,
    /// The folder that holds the program.
    pub program: Option<PathBuf>,
    /// The program's data folder: `SECONDLOOK_DATA`, else the platform's.
    pub data: Option<PathBuf>,
    /// The folder that the program was built from, so that a build runs where it was built.
    pub source: Option<PathBuf>,
}

impl Places {
    /// The places on this computer, from the environment and the platform's habits.
    #[must_use]
    pub fn of_this_computer() -> Self {
        let named = |name: &str| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let program = std::env::current_exe().ok();
        Self {
            models: named("SECONDLOOK_MODELS"),
            onnx_runtime: named("ORT_DYLIB_PATH"),
            program: program.and_then(|path| path.parent().map(Path::to_path_buf)),
            data: crate::config::data_dir().ok(),
            source: Some(PathBuf::from(env!("CARGO_MANIFEST_DIR"))),
        }
    }

    /// Where the models may be, the first that holds a manifest wins. A named folder is the only
    /// one: somebody who names a folder does not want another's models.
    #[must_use]
    pub fn model_folders(&self) -> Vec<PathBuf> {
        if let Some(named) = &self.models {
            return vec![named.clone()];
        }
        let around = [&self.program, &self.data, &self.source];
        around
            .into_iter()
            .flatten()
            .map(|folder| folder.join("models"))
            .collect()
    }

    /// The folder of made samples: beside the program, in its data folder, or where it was built.
    #[must_use]
    pub fn samples(&self) -> Option<PathBuf> {
        [&self.program, &self.data, &self.source]
            .into_iter()
            .flatten()
            .map(|folder| folder.join("assets").join("samples"))
            .find(|folder| folder.is_dir())
    }

    /// Where the program puts an ONNX Runtime of its own. `None` without a data folder. The
    /// version is in the name, which is where [`super::runtime`] reads it.
    #[must_use]
    pub fn runtime_folder(&self) -> Option<PathBuf> {
        let folder = format!("onnxruntime-{}", super::runtime::install::VERSION);
        self.data
            .as_ref()
            .map(|data| data.join("runtime").join(folder))
    }

    /// Where ONNX Runtime's library may be, in the order in which it is tried. The last entry is
    /// a bare name, which the system looks for in its own folders.
    #[must_use]
    pub fn onnx_runtime_libraries(&self) -> Vec<PathBuf> {
        let name = library_name();
        let mut libraries: Vec<PathBuf> = self.onnx_runtime.iter().cloned().collect();
        libraries.extend(self.program.as_ref().map(|folder| folder.join(name)));
        libraries.extend(self.runtime_folder().map(|folder| folder.join(name)));
        libraries.push(PathBuf::from(name));
        libraries
    }
}

/// What this platform calls ONNX Runtime's shared library.
#[must_use]
pub fn library_name() -> &'static str {
    if cfg!(target_os = "windows") {
        "onnxruntime.dll"
    } else if cfg!(target_os = "macos") {
        "libonnxruntime.dylib"
    } else {
        "libonnxruntime.so"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_folder_is_the_only_one_and_the_others_come_in_order() {
        let places = Places {
            models: None,
            onnx_runtime: Some("/named/lib.so".into()),
            program: Some("/program".into()),
            data: Some("/data".into()),
            source: Some("/source".into()),
        };
        let folders: [PathBuf; 3] = [
            "/program/models".into(),
            "/data/models".into(),
            "/source/models".into(),
        ];
        assert_eq!(places.model_folders(), folders);
        let named = Places {
            models: Some("/only".into()),
            ..places.clone()
        };
        assert_eq!(named.model_folders(), [PathBuf::from("/only")]);

        let name = library_name();
        let libraries = [
            PathBuf::from("/named/lib.so"),
            Path::new("/program").join(name),
            Path::new("/data/runtime/onnxruntime-1.31.1").join(name),
            PathBuf::from(name),
        ];
        assert_eq!(places.onnx_runtime_libraries(), libraries);
    }
}
