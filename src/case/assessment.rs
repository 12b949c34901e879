//! What one source said about one case: our engine in one run, or a vendor in one record.

use serde::{Deserialize, Serialize};

use super::names::from_name;
use super::{Check, ErrorCode, Finding, Live, Probability, Quad, Sha256, Side, Threshold};
use crate::words::words;

/// Who assessed. A policy may give each source its own bands and thresholds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// This program's engine.
    Engine,
    /// Format A: the liveness document API, one score for the document.
    LivenessApi,
    /// Format B: `documentLivenessIdRnD` in `/get-results`.
    IdrndResults,
    /// Format C: the document liveness object, in both of its shapes.
    LivenessObject,
    /// Format D: the IDLive Doc server.
    IdliveDoc,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 5] = [
        Self::Engine,
        Self::LivenessApi,
        Self::IdrndResults,
        Self::LivenessObject,
        Self::IdliveDoc,
    ];

    /// The name in policies, exports and the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::LivenessApi => "liveness-api",
            Self::IdrndResults => "idrnd-results",
            Self::LivenessObject => "liveness-object",
            Self::IdliveDoc => "idlive-doc",
        }
    }

    /// The name for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Engine => words!("source-engine"),
            Self::LivenessApi => words!("source-liveness-api"),
            Self::IdrndResults => words!("source-idrnd-results"),
            Self::LivenessObject => words!("source-liveness-object"),
            Self::IdliveDoc => words!("source-idlive-doc"),
        }
    }
}

from_name!(Source);

/// A judgement of the document as a whole, as a source said it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overall {
    /// The document's score, higher is more live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Probability>,
    /// The threshold the source applies to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// The source's own outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_live: Option<Live>,
}

/// A model that took part, named so that it can be found again years later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRef {
    /// The id in the manifest.
    pub id: String,
    /// The version in the manifest.
    pub version: String,
    /// The SHA-256 of the file that ran.
    pub sha256: Sha256,
}

/// What our engine was made of when it ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineRecord {
    /// The version of this program.
    pub version: String,
    /// `onnxruntime` or `rten`.
    pub runtime: String,
    /// The runtime's own version.
    pub runtime_version: String,
    /// The models that ran, in order.
    pub models: Vec<ModelRef>,
}

/// What was measured on one picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureFacts {
    /// The side it shows.
    pub side: Side,
    /// The hash of the original bytes.
    pub sha256: Sha256,
    /// Width of the upright picture.
    pub width_px: u32,
    /// Height of the upright picture.
    pub height_px: u32,
    /// Where the document lies, its corners from its own top left where the portrait told which way is
    /// up. `None` if none was found.
    pub quad: Option<Quad>,
    /// Where the holder's portrait lies. `None` on a back, if none was found, or if nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portrait: Option<Quad>,
    /// How unlike the picture is to those that the models learnt from. `None` if nobody measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub novelty: Option<Novelty>,
}

/// How unlike a picture is to those that a model learnt from. It speaks of the answers' worth and
/// never of the document: unlike is not false.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Novelty {
    /// The distance, at least 0; what it is measured in is the model's own.
    pub distance: f64,
    /// What the model's card calls far: above it.
    pub limit: f64,
}

impl Novelty {
    /// Whether the answers are to be trusted less.
    #[must_use]
    pub fn is_far(&self) -> bool {
        self.distance > self.limit
    }
}

/// How long one step took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// `decode`, `locate`, `quality`, `portrait`, then the models' ids.
    pub step: String,
    /// Milliseconds of wall time, over both sides.
    pub millis: f64,
}

/// What a vendor's record says beside its checks, kept as said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VendorRecord {
    /// The session or record id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The vendor's own status word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The vendor's own risk score, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_score: Option<String>,
    /// The vendor's own confidence, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
    /// The vendor's own times, as written: created, updated, completed.
    pub times: [Option<String>; 3],
    /// Paths of fields that the importer does not know; their values stay in the original.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_fields: Vec<String>,
}

/// What one source said about one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Who said it.
    pub source: Source,
    /// The checks, front before back, each side in the order of [`super::CheckKind::ALL`].
    pub checks: Vec<Check>,
    /// The whole document as the source said it. `None` for our engine, whose whole follows from
    /// the checks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overall: Option<Overall>,
    /// Why the document could not be judged; empty if it could.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorCode>,
    /// What is worth knowing beside the checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// The pictures that were looked at; empty for a vendor's record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<PictureFacts>,
    /// Our engine's make. `None` for a vendor's record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineRecord>,
    /// What else the vendor said. `None` for our engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<VendorRecord>,
    /// How long our engine took; empty for a vendor's record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timings: Vec<Timing>,
}

impl Assessment {
    /// An assessment by `source` in which nothing has been said yet.
    #[must_use]
    pub fn empty(source: Source) -> Self {
        Self {
            source,
            checks: Vec::new(),
            overall: None,
            errors: Vec::new(),
            findings: Vec::new(),
            pictures: Vec::new(),
            engine: None,
            vendor: None,
            timings: Vec::new(),
        }
    }
}
