//! The list of models and what each is for: `models/manifest.json`.
//!
//! A model file is taken only if its bytes have the hash that the manifest gives, if its input and
//! outputs are those that the manifest gives, and if a trial run gives finite numbers. Whatever
//! does not hold is a [`ModelError`] that names the file and the way out; the other models are not
//! touched by it.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::places::Places;
use super::runtime::{Array, CheckedNetwork, NetworkError, NetworkSpec, Runtime};
use crate::case::{Calibration, CheckKind, ModelRef, Probability, Sha256};

/// The version of the manifest's format that this program reads.
const FORMAT: u32 = 1;

/// The id of the model that finds the document.
pub const LOCATOR: &str = "locator";

/// The id of the model that finds the portrait.
pub const PORTRAIT: &str = "portrait";

/// The models that were found and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The folder that the manifest and the models lie in.
    pub folder: PathBuf,
    /// The models in the manifest's order.
    pub models: Vec<ModelEntry>,
}

/// One model of the manifest.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    /// What it is called in every record.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The file's name, in the manifest's folder.
    pub file: String,
    /// The hash of the file.
    pub sha256: Sha256,
    /// What it takes.
    pub input: InputEntry,
    /// The names of what it gives.
    pub outputs: Vec<String>,
    /// Where the windows lie that it is shown.
    #[serde(default)]
    pub windows: Windows,
    /// How its windows' logits become one.
    #[serde(default)]
    pub pool: Pool,
    /// Above it the mean of its second output, one number a window, means a picture unlike those that it
    /// learnt from. `None` for a model that has no such output.
    #[serde(default)]
    pub novelty_limit: Option<f64>,
    /// The checks that its first output decides; empty for a model that decides none.
    #[serde(default)]
    pub checks: Vec<CheckEntry>,
    /// What its first output adds to checks that another model decides.
    #[serde(default)]
    pub adds: Vec<AddEntry>,
}

/// Which windows of a document a model is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Windows {
    /// A grid of them over the document.
    #[default]
    Document,
    /// The portrait, its border, and the rest of the document for comparison.
    Portrait,
    /// One: the document with what lies around it, shrunk.
    Surroundings,
}

/// A model's input: pictures as batch, channel (red, green, blue), row, column.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputEntry {
    /// Its name in the model.
    pub name: String,
    /// Its shape; `null` is a dimension of any length.
    pub shape: Vec<Option<usize>>,
    /// What black and full brightness become.
    pub range: [f32; 2],
    /// Windows start at multiples of this many pixels: 8 keeps a JPEG's blocks in their places. Only for windows
    /// of the whole document.
    #[serde(default = "anywhere")]
    pub snap_px: usize,
    /// How many windows it is shown at a time, if what it says of one does not depend on the others: what a few
    /// need stays in the processor's cache, which halves the time. `None` if it compares them, and for a single one.
    /// Only for windows of the whole document.
    #[serde(default)]
    pub at_a_time: Option<NonZeroUsize>,
}

/// Windows start at any pixel.
fn anywhere() -> usize {
    1
}

/// How the logits of a document's windows become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pool {
    /// Their mean: for what shows itself everywhere.
    #[default]
    Mean,
    /// −ln of the mean of e^−logit, which lies between their lowest and their mean: one bad window is enough.
    SoftMin,
}

/// How a column of a model's output becomes the probability of a check.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckEntry {
    /// The check.
    pub check: CheckKind,
    /// The column of the output, from 0.
    pub column: usize,
    /// What the mean logit is multiplied by; above 0, for higher must stay more live.
    pub scale: f64,
    /// What is added to it then; at a sum of 0 the odds are even.
    pub bias: f64,
    /// Where the check passes, for each strictness.
    pub thresholds: Thresholds,
}

/// How a column of a model's output joins a check that another model decides: the logits add up, as of two
/// witnesses who do not know of each other.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddEntry {
    /// The check.
    pub check: CheckKind,
    /// The column of the output, from 0.
    pub column: usize,
    /// What the pooled logit is multiplied by before it is added; above 0, for higher must stay more live.
    pub scale: f64,
}

/// A threshold for each calibration, from lenient to strict.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
pub struct Thresholds {
    soft: Probability,
    regular: Probability,
    hard: Probability,
}

impl Thresholds {
    /// The threshold for a calibration.
    #[must_use]
    pub fn get(&self, calibration: Calibration) -> Probability {
        match calibration {
            Calibration::Soft => self.soft,
            Calibration::Regular => self.regular,
            Calibration::Hard => self.hard,
        }
    }
}

/// Why a model, or all of them, cannot be used. Each message names the file and the way out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// There is no manifest in any of the folders.
    #[error(
        "no models were found (looked for manifest.json in {}); put the folder `models` of the \
         release beside the program, or name another with SECONDLOOK_MODELS",
        words(looked_in)
    )]
    NoManifest {
        /// Where it was looked for.
        looked_in: Vec<PathBuf>,
    },
    /// The manifest cannot be understood.
    #[error("{} cannot be used: {reason}; put back the one of the release", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be read.
    #[error(
        "the model {} cannot be read ({reason}); put the file back from the release",
        path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A file has another content than the manifest says.
    #[error(
        "the model {} is damaged: its SHA-256 begins {} where the manifest says {}; put the file \
         back from the release",
        path.display(), found.short(), expected.short()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The hash of its bytes.
        found: Sha256,
        /// The hash in the manifest.
        expected: Sha256,
    },
    /// The file is whole and is not the model that the manifest describes.
    #[error(
        "the model {} cannot be used: {source}; put back the file and the manifest of one release",
        path.display()
    )]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What the runtime says.
        source: NetworkError,
    },
}

fn words(folders: &[PathBuf]) -> String {
    folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    format: u32,
    models: Vec<ModelEntry>,
}

impl Manifest {
    /// Reads the manifest of the first folder that has one.
    ///
    /// # Errors
    ///
    /// [`ModelError::NoManifest`] and [`ModelError::Manifest`].
    pub fn find(places: &Places) -> Result<Self, ModelError> {
        let looked_in = places.model_folders();
        let found = looked_in
            .iter()
            .find(|folder| folder.join("manifest.json").is_file());
        match found {
            Some(folder) => Self::read(folder),
            None => Err(ModelError::NoManifest { looked_in }),
        }
    }

    /// Reads the manifest in `folder`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Manifest`] if it cannot be read or says something that cannot be.
    pub fn read(folder: &Path) -> Result<Self, ModelError> {
        let path = folder.join("manifest.json");
        let models = std::fs::read(&path)
            .map_err(|error| error.to_string())
            .and_then(|bytes| parse(&bytes))
            .map_err(|reason| ModelError::Manifest { path, reason })?;
        Ok(Self {
            folder: folder.to_path_buf(),
            models,
        })
    }

    /// Makes the model of `entry` ready: hash, shapes and a trial run.
    ///
    /// # Errors
    ///
    /// [`ModelError::Missing`], [`ModelError::Damaged`] or [`ModelError::Unfit`].
    pub fn load(
        &self,
        entry: &ModelEntry,
        runtime: &Runtime,
        n_threads: usize,
    ) -> Result<CheckedNetwork, ModelError> {
        let path = self.folder.join(&entry.file);
        let bytes = std::fs::read(&path).map_err(|error| ModelError::Missing {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        let found = Sha256::of(&bytes);
        if found != entry.sha256 {
            return Err(ModelError::Damaged {
                path,
                found,
                expected: entry.sha256,
            });
        }
        let spec = NetworkSpec {
            input: entry.input.name.clone(),
            input_shape: entry.input.shape.clone(),
            outputs: entry.outputs.clone(),
        };
        // A file that is whole and no sound model can make a runtime panic.
        let tried = catch_unwind(AssertUnwindSafe(|| {
            let network = runtime.load(&bytes, spec, n_threads)?;
            try_out(network, entry)
        }));
        let tried = tried.unwrap_or_else(|_panic| {
            Err(NetworkError::Unreadable(
                "the runtime gave up on it".to_owned(),
            ))
        });
        tried.map_err(|source| ModelError::Unfit { path, source })
    }
}

impl ModelEntry {
    /// The name of this very model in a record.
    #[must_use]
    pub fn reference(&self) -> ModelRef {
        ModelRef {
            id: self.id.clone(),
            version: self.version.clone(),
            sha256: self.sha256,
        }
    }

    /// The side of the square pictures that it takes, in pixels.
    #[must_use]
    pub fn input_px(&self) -> usize {
        self.input.shape.last().copied().flatten().unwrap_or(0)
    }

    /// The checks that it decides or has a part in.
    pub(super) fn has_a_say_in(&self) -> impl Iterator<Item = CheckKind> {
        let decided = self.checks.iter().map(|entry| entry.check);
        decided.chain(self.adds.iter().map(|entry| entry.check))
    }

    /// The columns that its output must have for all of them; 0 if it has no part in any.
    pub(super) fn n_columns(&self) -> usize {
        let decided = self.checks.iter().map(|entry| entry.column + 1);
        let added = self.adds.iter().map(|entry| entry.column + 1);
        decided.chain(added).max().unwrap_or(0)
    }

    /// Says what is wrong with the entry, apart from the file.
    fn validate(&self) -> Result<(), String> {
        let say = |words: &str| Err(format!("model `{}` {words}", self.id));
        if self.id.is_empty() || self.version.is_empty() {
            return Err("a model has no id or no version".to_owned());
        }
        let plain = Path::new(&self.file)
            .file_name()
            .is_some_and(|name| *name == *self.file);
        if !plain {
            return say("names a file outside the folder");
        }
        let &[_, Some(3), Some(height), Some(width)] = self.input.shape.as_slice() else {
            return say("takes no pictures of three channels and a fixed size");
        };
        if height != width || height == 0 {
            return say("takes pictures that are not square");
        }
        let [low, high] = self.input.range;
        if !(low.is_finite() && high.is_finite() && low < high) {
            return say("has an input range that is none");
        }
        if self.input.snap_px == 0 {
            return say("has windows that start at multiples of 0 pixels");
        }
        let chosen = self.input.snap_px != anywhere() || self.input.at_a_time.is_some();
        if chosen && self.windows != Windows::Document {
            return say(
                "has `snap_px` or `at_a_time`, and windows that are not of the whole document",
            );
        }
        if self.outputs.is_empty() {
            return say("has no outputs");
        }
        if self
            .novelty_limit
            .is_some_and(|limit| !(limit.is_finite() && self.outputs.len() > 1))
        {
            return say("has a novelty limit that is no number, or no second output for it");
        }
        for add in &self.adds {
            if !(add.scale.is_finite() && add.scale > 0.0) {
                return say("adds with a scale that is not above 0");
            }
            if self.checks.iter().any(|check| check.check == add.check) {
                return say("adds to a check that it decides itself");
            }
        }
        for check in &self.checks {
            if !(check.scale.is_finite() && check.scale > 0.0 && check.bias.is_finite()) {
                return say("has a scale that is not above 0, or a bias that is no number");
            }
            let Thresholds {
                soft,
                regular,
                hard,
            } = check.thresholds;
            if !(soft <= regular && regular <= hard) {
                return say("has a stricter calibration with a lower threshold");
            }
        }
        Ok(())
    }
}

/// Reads and checks the manifest's text.
fn parse(bytes: &[u8]) -> Result<Vec<ModelEntry>, String> {
    let file: ManifestFile = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if file.format != FORMAT {
        return Err(format!(
            "its format is {} and this program reads {FORMAT}",
            file.format
        ));
    }
    for (i, model) in file.models.iter().enumerate() {
        model.validate()?;
        let earlier = &file.models[..i];
        if earlier.iter().any(|other| other.id == model.id) {
            return Err(format!("it lists `{}` twice", model.id));
        }
        let before: Vec<CheckKind> = earlier
            .iter()
            .flat_map(|other| &other.checks)
            .map(|check| check.check)
            .collect();
        if let Some(twice) = model
            .checks
            .iter()
            .find(|check| before.contains(&check.check))
        {
            return Err(format!("two models decide {}", twice.check.name()));
        }
    }
    let decided: Vec<CheckKind> = file
        .models
        .iter()
        .flat_map(|model| &model.checks)
        .map(|check| check.check)
        .collect();
    let mut adds = file.models.iter().flat_map(|model| &model.adds);
    if let Some(add) = adds.find(|add| !decided.contains(&add.check)) {
        return Err(format!(
            "no model decides {}, to which one adds",
            add.check.name()
        ));
    }
    Ok(file.models)
}

/// Runs a model once on mid grey, so that one that cannot run is known before a case needs it.
fn try_out(
    mut network: CheckedNetwork,
    entry: &ModelEntry,
) -> Result<CheckedNetwork, NetworkError> {
    let shape: Vec<usize> = entry
        .input
        .shape
        .iter()
        .map(|dim| dim.unwrap_or(1))
        .collect();
    let grey = f32::midpoint(entry.input.range[0], entry.input.range[1]);
    let outputs = network.run(Array::filled(&shape, grey))?;
    let n_columns = entry.n_columns();
    if n_columns > 0
        && let Some(first) = outputs.first()
        && !matches!(first.shape.as_slice(), &[_, have] if have >= n_columns)
    {
        let words = format!(
            "its output is {:?}, where rows of {n_columns} or more are expected",
            first.shape
        );
        return Err(NetworkError::Misfit(words));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(replace: &str, with: &str) -> Result<Vec<ModelEntry>, String> {
        let text = r#"{"format": 1, "models": [
            {"id": "patches", "version": "1", "file": "patches.onnx",
             "sha256": "0000000000000000000000000000000000000000000000000000000000000000",
             "input": {"name": "patches", "shape": [null, 3, 192, 192], "range": [0, 1]},
             "outputs": ["logits"],
             "checks": [{"check": "screenReplay", "column": 0, "scale": 1.0, "bias": 0.0,
                         "thresholds": {"SOFT": 0.3, "REGULAR": 0.5, "HARD": 0.7}}]}]}"#;
        assert!(text.contains(replace), "{replace}");
        parse(text.replace(replace, with).as_bytes())
    }

    #[test]
    fn a_sound_manifest_is_read() {
        let models = manifest("[0, 1]", "[0, 1]").unwrap();
        assert_eq!(models[0].input_px(), 192);
        let thresholds = models[0].checks[0].thresholds;
        let values = Calibration::ALL.map(|calibration| thresholds.get(calibration).get());
        assert_eq!(values, [0.3, 0.5, 0.7]);
    }

    #[test]
    fn a_model_may_add_to_what_another_decides() {
        let adding = |check: &str, scale: &str| {
            let of = |words: &str| words.replace("CHECK", check).replace("SCALE", scale);
            manifest(
                "\"models\": [",
                &of(
                    r#""models": [{"id": "around", "version": "1", "file": "around.onnx",
                 "sha256": "0000000000000000000000000000000000000000000000000000000000000000",
                 "input": {"name": "view", "shape": [null, 3, 256, 256], "range": [0, 1]},
                 "outputs": ["logits"], "windows": "surroundings",
                 "adds": [{"check": "CHECK", "column": 0, "scale": SCALE}]}, "#,
                ),
            )
        };
        let models = adding("screenReplay", "0.5").unwrap();
        assert_eq!(models[0].windows, Windows::Surroundings);
        let said: Vec<CheckKind> = models[0].has_a_say_in().collect();
        assert_eq!(said, [CheckKind::ScreenReplay]);
        let reason = adding("printedCopy", "0.5").unwrap_err();
        assert!(reason.contains("no model decides printedCopy"), "{reason}");
        let reason = adding("screenReplay", "-0.5").unwrap_err();
        assert!(reason.contains("not above 0"), "{reason}");
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_reason() {
        let check = |replace: &str, with: &str, expected: &str| {
            let reason = manifest(replace, with).unwrap_err();
            assert!(reason.contains(expected), "{with}: {reason}");
        };
        check("\"format\": 1", "\"format\": 2", "format is 2");
        check(
            "\"format\": 1",
            "\"format\": 1, \"note\": 1",
            "unknown field `note`",
        );
        check(
            "\"column\": 0",
            "\"column\": 0, \"extra\": 0",
            "unknown field `extra`",
        );
        check("patches.onnx", "../patches.onnx", "outside the folder");
        check(
            "[null, 3, 192, 192]",
            "[null, 1, 192, 192]",
            "three channels",
        );
        check("[null, 3, 192, 192]", "[null, 3, 192, 96]", "not square");
        check("[0, 1]", "[1, 0]", "range");
        check("[0, 1]", "[0, 1], \"snap_px\": 0", "multiples of 0");
        for how in ["\"snap_px\": 8", "\"at_a_time\": 2"] {
            assert!(manifest("[0, 1]", &format!("[0, 1], {how}")).is_ok());
            let other = format!("[0, 1], {how}}}, \"windows\": \"portrait\"");
            check("[0, 1]}", &other, "not of the whole document");
        }
        check("[\"logits\"]", "[]", "no outputs");
        check("\"scale\": 1.0", "\"scale\": -1.0", "scale");
        check("\"HARD\": 0.7", "\"HARD\": 0.4", "stricter");
        check("\"HARD\": 0.7", "\"HARD\": 1.7", "not a probability");
        check("screenReplay", "screenPlay", "screenPlay");
        check("\"models\": [", "\"models\": [{}, ", "missing field");
    }
}
