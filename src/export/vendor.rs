//! A result in the words of formats A, B and C.
//!
//! Each format can say less than we know: A has one score, B has no digital manipulation, C has no
//! sides. What a format cannot say is left out and never made up.

use serde::Serialize;

use crate::case::{
    Assessment, CheckKind, JudgedCheck, Judgement, Live, Outcome, Probability, Side,
};
use crate::clock;
use crate::store::{CaseRecord, Run};

/// One check in the fields of format B.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckObject {
    /// The probability at which it passes.
    pub threshold: f64,
    /// 0 failed, 1 passed, 2 not performed.
    pub live: u8,
    /// In steps of 0.001; `None` if it was not performed.
    pub probability: Option<f64>,
}

/// One side in the fields of format B.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SideObject {
    /// Was it on a device's screen?
    pub screen_replay: CheckObject,
    /// Was it a print?
    pub printed_copy: CheckObject,
    /// Does it carry another portrait?
    pub portrait_substitution: CheckObject,
    /// 0 if any check failed, else 1 if any passed, else 2.
    pub live: u8,
}

/// A side in format B. `None` if nothing is known of that side.
#[must_use]
pub fn idrnd_side(judgement: &Judgement, side: Side) -> Option<SideObject> {
    let check = |kind: CheckKind| {
        let found = judgement
            .checks
            .iter()
            .find(|check| check.side == side && check.kind == kind);
        match found {
            Some(judged) => CheckObject {
                threshold: judged.threshold.value.get(),
                live: judged.live.number(),
                probability: judged
                    .probability
                    .map(|p| thousandths(p, judged.threshold.value)),
            },
            None => CheckObject {
                threshold: Probability::HALF.get(),
                live: Live::NotPerformed.number(),
                probability: None,
            },
        }
    };
    if !judgement.checks.iter().any(|check| check.side == side) {
        return None;
    }
    let (screen_replay, printed_copy, portrait_substitution) = (
        check(CheckKind::ScreenReplay),
        check(CheckKind::PrintedCopy),
        check(CheckKind::PortraitSubstitution),
    );
    // The side's outcome is that of the checks that the format can name.
    let named = judgement
        .checks
        .iter()
        .filter(|check| check.side == side && check.kind != CheckKind::DigitalManipulation);
    let live = Live::of_all(named.map(|check| check.live)).number();
    Some(SideObject {
        screen_replay,
        printed_copy,
        portrait_substitution,
        live,
    })
}

/// The probability in steps of 0.001, on the same side of its threshold as before: 0.4996 must not
/// become a passed 0.5.
#[must_use]
pub fn thousandths(probability: Probability, threshold: Probability) -> f64 {
    let (p, t) = (probability.get(), threshold.get());
    let nearest = (p * 1000.0).round() / 1000.0;
    if (nearest >= t) == (p >= t) {
        nearest
    } else if p >= t {
        (p * 1000.0).ceil() / 1000.0
    } else {
        (p * 1000.0).floor() / 1000.0
    }
}

/// What ties an exported record to its case: the vendor's own id, else one of ours.
pub(super) fn record_id(case: &CaseRecord) -> String {
    vendors_id(case).map_or_else(|| format!("secondlook-{}", case.id.0), str::to_owned)
}

/// The vendor's id as the vendor wrote it: intake puts the source in front, because two vendors may
/// use the same.
#[must_use]
pub fn vendors_id(case: &CaseRecord) -> Option<&str> {
    let id = case.external_id.as_deref()?;
    let bare = id
        .strip_prefix(case.source.name())
        .and_then(|rest| rest.strip_prefix(':'));
    Some(bare.unwrap_or(id))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LivenessApi {
    session_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    has_error: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Format A. `None` without a score and without an error.
pub(super) fn liveness_api(case: &CaseRecord, run: &Run) -> Option<LivenessApi> {
    let session_id = record_id(case);
    if let Some(error) = run.assessment.errors.first() {
        return Some(LivenessApi {
            session_id,
            score: None,
            has_error: true,
            error: Some(error.code().to_owned()),
        });
    }
    Some(LivenessApi {
        session_id,
        score: Some(run.judgement.score?.get()),
        has_error: false,
        error: None,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IdrndResults {
    session_id: String,
    #[serde(rename = "documentLivenessIdRnD")]
    signal: IdrndSignal,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IdrndSignal {
    success: bool,
    result: bool,
    message: String,
    image_quality_findings: Vec<IdrndFinding>,
    data: IdrndData,
}

#[derive(Serialize)]
struct IdrndFinding {
    code: String,
    message: String,
}

#[derive(Serialize)]
struct IdrndData {
    front: Option<SideObject>,
    back: Option<SideObject>,
}

/// Format B. `None` for a result without single checks and without an error.
pub(super) fn idrnd_results(case: &CaseRecord, run: &Run) -> Option<IdrndResults> {
    let (assessment, judgement) = (&run.assessment, &run.judgement);
    let has_errors = !assessment.errors.is_empty();
    let (front, back) = if has_errors {
        (None, None)
    } else {
        (
            idrnd_side(judgement, Side::Front),
            idrnd_side(judgement, Side::Back),
        )
    };
    let result = front.is_some() || back.is_some();
    if !result && !has_errors {
        return None;
    }
    let errors = assessment.errors.iter().map(|error| IdrndFinding {
        code: error.code().to_owned(),
        message: error.explain(),
    });
    let findings = assessment.findings.iter().map(|finding| IdrndFinding {
        code: finding.code.code(),
        message: finding.message.clone(),
    });
    let message = match assessment.errors.first() {
        Some(error) => error.code().to_owned(),
        None => "success".to_owned(),
    };
    Some(IdrndResults {
        session_id: record_id(case),
        signal: IdrndSignal {
            success: true,
            result,
            message,
            image_quality_findings: errors.chain(findings).collect(),
            data: IdrndData { front, back },
        },
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LivenessObject {
    #[serde(rename = "_id")]
    id: String,
    client: &'static str,
    app_registration: &'static str,
    image_saved: bool,
    image_url: &'static str,
    status: &'static str,
    /// The format has no word for why a validation failed; this is ours, and only where it did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_results: Option<ValidationResults>,
    calibration_settings: CalibrationSettings,
    validation_flags: ValidationFlags,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    created_at: String,
    updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValidationResults {
    #[serde(skip_serializing_if = "Option::is_none")]
    screen_replay: Option<Validation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    printed_copy: Option<Validation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    portrait_substitution: Option<Validation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digital_manipulation: Option<Validation>,
}

#[derive(Serialize)]
struct Validation {
    passed: bool,
    score: f64,
    details: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CalibrationSettings {
    screen_replay_calibration: &'static str,
    printed_copy_calibration: &'static str,
    portrait_substitution_calibration: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValidationFlags {
    ignore_document_cropped_validation: bool,
    ignore_colour_less_validation: bool,
}

/// Format C, first shape. `None` for a result without single checks and without an error.
pub(super) fn liveness_object(case: &CaseRecord, run: &Run) -> Option<LivenessObject> {
    let (assessment, judgement) = (&run.assessment, &run.judgement);
    let has_errors = !assessment.errors.is_empty();
    let validation = |kind| worst_of(judgement, kind).map(validation);
    let results = ValidationResults {
        screen_replay: validation(CheckKind::ScreenReplay),
        printed_copy: validation(CheckKind::PrintedCopy),
        portrait_substitution: validation(CheckKind::PortraitSubstitution),
        digital_manipulation: validation(CheckKind::DigitalManipulation),
    };
    let performed = judgement
        .checks
        .iter()
        .any(|check| check.probability.is_some());
    if !performed && !has_errors {
        return None;
    }
    let calibration = |kind: CheckKind| calibration(assessment, kind, case);
    Some(LivenessObject {
        id: record_id(case),
        client: "secondlook",
        app_registration: "secondlook",
        image_saved: !case.pictures.is_empty(),
        image_url: "",
        status: if has_errors { "failed" } else { "completed" },
        errors: assessment
            .errors
            .iter()
            .map(|error| error.code().to_owned())
            .collect(),
        validation_results: (!has_errors).then_some(results),
        calibration_settings: CalibrationSettings {
            screen_replay_calibration: calibration(CheckKind::ScreenReplay),
            printed_copy_calibration: calibration(CheckKind::PrintedCopy),
            portrait_substitution_calibration: calibration(CheckKind::PortraitSubstitution),
        },
        validation_flags: ValidationFlags {
            ignore_document_cropped_validation: case.options.ignore_cropped,
            ignore_colour_less_validation: case.options.ignore_colourless,
        },
        risk_score: judgement.risk_score.map(Probability::get),
        confidence: judgement.confidence.map(Probability::get),
        created_at: clock::rfc3339(case.created),
        updated_at: clock::rfc3339(case.updated),
        completed_at: (!has_errors)
            .then_some(case.completed)
            .flatten()
            .map(clock::rfc3339),
    })
}

/// The performed check of a kind with the lowest probability on any side.
fn worst_of(judgement: &Judgement, kind: CheckKind) -> Option<&JudgedCheck> {
    judgement
        .checks
        .iter()
        .filter(|check| check.kind == kind && check.probability.is_some())
        .min_by(|a, b| {
            let get = |check: &JudgedCheck| check.probability.map_or(1.0, Probability::get);
            get(a).total_cmp(&get(b))
        })
}

fn validation(check: &JudgedCheck) -> Validation {
    let found = check.kind.word();
    let passed = check.live == Live::Live;
    Validation {
        passed,
        score: check.probability.map_or(0.0, Probability::get),
        details: if passed {
            format!("No {found} detected")
        } else {
            format!("Possible {found}")
        },
    }
}

fn calibration(assessment: &Assessment, kind: CheckKind, case: &CaseRecord) -> &'static str {
    let said = assessment
        .checks
        .iter()
        .find(|check| check.kind == kind && matches!(check.outcome, Outcome::Performed { .. }))
        .and_then(|check| check.calibration);
    said.unwrap_or_else(|| case.options.calibrations.of(kind))
        .name()
}
