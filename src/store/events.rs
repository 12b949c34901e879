//! The bodies of the ledger's events: our own format, so an unknown field is an error.
//!
//! They name everything by number and hash. Labels, vendors' ids, notes and file names stay out.

use serde::{Deserialize, Serialize};

use crate::case::{
    Actor, AssessmentId, CaseId, Label, Live, Look, OriginalRef, PolicyRef, Probability, Route,
    RouteReason, Sha256, Side, Source, Time, VerdictId,
};

/// A picture by its original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PictureRef {
    pub(super) side: Side,
    pub(super) sha256: Sha256,
}

/// An assessment by its number and its content; see [`assessment_hash`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssessmentRef {
    pub(super) id: AssessmentId,
    pub(super) sha256: Sha256,
}

/// `import`: something came in, perhaps with a vendor's assessment.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    pub(super) content: Sha256,
    pub(super) source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) original: Option<OriginalRef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) pictures: Vec<PictureRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) assessment: Option<AssessmentRef>,
}

/// `run`: our engine assessed the case.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ran {
    pub(super) assessment: AssessmentRef,
    pub(super) source: Source,
    pub(super) pictures: Vec<PictureRef>,
    /// The version of this program. `None` for a vendor's record.
    pub(super) engine: Option<String>,
}

/// `route`: where the case goes, by which policy and which assessments.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Routed {
    pub(super) policy: PolicyRef,
    pub(super) assessments: Vec<AssessmentId>,
    pub(super) route: Route,
    pub(super) live: Live,
    pub(super) score: Option<Probability>,
    pub(super) reasons: Vec<RouteReason>,
}

/// `fail`: the program could not assess the case.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FailedToRun {
    pub(super) reason: String,
}

/// `claim`: somebody opened the case.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claimed {
    pub(super) minutes: u32,
    /// Whether it was taken over from a session that was dead or late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) taken_over: bool,
}

/// `verdict`: a person decided, on this.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    pub(super) verdict: VerdictId,
    pub(super) label: Label,
    pub(super) reason: Option<String>,
    /// The hash of the note, which may hold personal data and stays out.
    pub(super) note_sha256: Option<Sha256>,
    pub(super) replaces: Option<VerdictId>,
    pub(super) route: Option<Route>,
    pub(super) policy: Option<PolicyRef>,
    pub(super) assessments: Vec<AssessmentRef>,
    pub(super) pictures: Vec<PictureRef>,
    #[serde(default, skip_serializing_if = "is_first")]
    pub(super) look: Look,
    /// Another person is to look as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) asks_second: bool,
    /// Given before the probabilities were shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) blind: bool,
    /// The hash of what was drawn over the pictures, which may hold words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) marks_sha256: Option<Sha256>,
    /// What it shares with the others of one act: the row of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) act: Option<i64>,
}

fn is_first(look: &Look) -> bool {
    *look == Look::First
}

/// A remark by its number and the hash of its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemarkRef {
    pub(super) id: i64,
    pub(super) sha256: Sha256,
}

/// `hold`: a case was put off.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PutOff {
    pub(super) until: Time,
    pub(super) remark: RemarkRef,
}

/// `escalate`: a case was handed up.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandedUp {
    pub(super) remark: RemarkRef,
}

/// `assign`: a case is somebody's now, or everybody's again.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignedTo {
    pub(super) to: Option<Actor>,
}

/// `priority`: a case comes sooner or later than others.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prioritised {
    /// 0 is the usual one; the highest comes first.
    pub(super) priority: i64,
}

/// `known_answer`: a case was planted whose answer is known. The row itself names no case, so that
/// the case's own history does not tell it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownAnswerRef {
    pub(super) case: CaseId,
    pub(super) answer: Label,
    /// The decided case that it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<CaseId>,
}

/// `undo`: a verdict was taken back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Undone {
    pub(super) verdict: VerdictId,
    /// The verdict that stands again.
    pub(super) stands: Option<VerdictId>,
}

/// `release`, `recover` and `resume` by the program itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    pub(super) why: String,
}

/// `release` and `resume` by a person.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// The hash of an assessment as it is stored: the length of its JSON as a big-endian 64-bit
/// number, its JSON, the JSON of its judgement.
pub(super) fn assessment_hash(body: &str, judgement: &str) -> Sha256 {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    hasher.update((body.len() as u64).to_be_bytes());
    hasher.update(body.as_bytes());
    hasher.update(judgement.as_bytes());
    Sha256(hasher.finalize().into())
}
