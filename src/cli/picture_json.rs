//! A result of `check` and `add` as one JSON object: the fields of format B and what stands
//! beside them. `docs/json.md` describes it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::show::why_not;
use crate::case::{
    Assessment, CaseRoute, CheckKind, JudgedCheck, Judgement, ModelRef, Probability, Quad,
    RouteReason, Sha256, Side,
};

/// One check by name.
#[derive(Serialize)]
pub(super) struct CheckJson {
    threshold: Option<f64>,
    live: u8,
    probability: Option<f64>,
    /// The side that it was made on.
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<&'static str>,
    /// Why it has no probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The four checks by name.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChecksJson {
    screen_replay: CheckJson,
    printed_copy: CheckJson,
    portrait_substitution: CheckJson,
    digital_manipulation: CheckJson,
}

/// One side of the document.
#[derive(Serialize)]
pub(super) struct SideJson {
    path: String,
    #[serde(flatten)]
    checks: ChecksJson,
    live: u8,
    quad: Option<Quad>,
    sha256: Option<Sha256>,
    width_px: Option<u32>,
    height_px: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct FindingJson<'a> {
    code: String,
    side: Option<&'static str>,
    message: &'a str,
}

#[derive(Serialize)]
pub(super) struct ErrorJson<'a> {
    code: &'a str,
    message: String,
}

/// A document's result.
#[derive(Serialize)]
pub(super) struct ResultJson<'a> {
    r#type: &'static str,
    /// The front's file; the back's where there is no front.
    path: String,
    document: &'a str,
    /// The checks on the side where their probability is lowest.
    #[serde(flatten)]
    checks: ChecksJson,
    front: Option<SideJson>,
    back: Option<SideJson>,
    score: Option<f64>,
    live: u8,
    route: &'static str,
    reasons: Vec<String>,
    confidence: Option<f64>,
    risk_score: Option<f64>,
    errors: Vec<ErrorJson<'a>>,
    findings: Vec<FindingJson<'a>>,
    /// The quad of the picture that `path` names.
    quad: Option<Quad>,
    timings_ms: BTreeMap<&'a str, f64>,
    models: &'a [ModelRef],
    engine: Option<&'a str>,
    runtime: Option<RuntimeJson<'a>>,
    policy: &'a crate::case::PolicyRef,
    calibration: CalibrationJson,
}

#[derive(Serialize)]
struct RuntimeJson<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CalibrationJson {
    screen_replay: &'static str,
    printed_copy: &'static str,
    portrait_substitution: &'static str,
    digital_manipulation: &'static str,
}

/// The findings of an assessment.
pub(super) fn findings(assessment: &Assessment) -> Vec<FindingJson<'_>> {
    assessment
        .findings
        .iter()
        .map(|finding| FindingJson {
            code: finding.code.code(),
            side: finding.side.map(Side::name),
            message: &finding.message,
        })
        .collect()
}

/// What a document is called and where its pictures are.
pub(super) struct Named<'a> {
    pub(super) label: &'a str,
    pub(super) front: Option<String>,
    pub(super) back: Option<String>,
    pub(super) calibrations: crate::case::Calibrations,
}

impl<'a> ResultJson<'a> {
    pub(super) fn of(
        named: &Named<'a>,
        assessment: &'a Assessment,
        judgement: &'a Judgement,
        route: &'a CaseRoute,
    ) -> Self {
        let side = |side: Side, path: &Option<String>| {
            let path = path.clone()?;
            Some(SideJson::of(side, path, assessment, judgement))
        };
        let (front, back) = (
            side(Side::Front, &named.front),
            side(Side::Back, &named.back),
        );
        let first = front.as_ref().or(back.as_ref());
        let engine = assessment.engine.as_ref();
        let levels = &named.calibrations;
        Self {
            r#type: "result",
            path: first.map_or_else(String::new, |side| side.path.clone()),
            document: named.label,
            checks: ChecksJson::of(assessment, judgement, None),
            score: judgement.score.map(Probability::get),
            live: judgement.live.number(),
            route: route.route.name(),
            reasons: route.reasons.iter().map(RouteReason::explain).collect(),
            confidence: judgement.confidence.map(Probability::get),
            risk_score: judgement.risk_score.map(Probability::get),
            errors: assessment
                .errors
                .iter()
                .map(|error| ErrorJson {
                    code: error.code(),
                    message: error.explain(),
                })
                .collect(),
            findings: findings(assessment),
            quad: first.and_then(|side| side.quad),
            timings_ms: assessment
                .timings
                .iter()
                .map(|timing| (timing.step.as_str(), (timing.millis * 10.0).round() / 10.0))
                .collect(),
            models: engine.map_or(&[], |engine| &engine.models),
            engine: engine.map(|engine| engine.version.as_str()),
            runtime: engine.map(|engine| RuntimeJson {
                name: &engine.runtime,
                version: &engine.runtime_version,
            }),
            policy: &judgement.policy,
            calibration: CalibrationJson {
                screen_replay: levels.screen_replay.name(),
                printed_copy: levels.printed_copy.name(),
                portrait_substitution: levels.portrait_substitution.name(),
                digital_manipulation: levels.digital_manipulation.name(),
            },
            front,
            back,
        }
    }
}

impl CheckJson {
    fn unknown() -> Self {
        Self {
            threshold: None,
            live: crate::case::Live::NotPerformed.number(),
            probability: None,
            side: None,
            reason: None,
        }
    }
}

impl SideJson {
    fn of(side: Side, path: String, assessment: &Assessment, judgement: &Judgement) -> Self {
        let facts = assessment.pictures.iter().find(|facts| facts.side == side);
        let live = match side {
            Side::Front => judgement.front,
            Side::Back => judgement.back,
        };
        Self {
            path,
            checks: ChecksJson::of(assessment, judgement, Some(side)),
            live: live.unwrap_or(crate::case::Live::NotPerformed).number(),
            quad: facts.and_then(|facts| facts.quad),
            sha256: facts.map(|facts| facts.sha256),
            width_px: facts.map(|facts| facts.width_px),
            height_px: facts.map(|facts| facts.height_px),
        }
    }
}

impl ChecksJson {
    /// Nothing was performed and nothing is known.
    pub(super) fn unknown() -> Self {
        Self {
            screen_replay: CheckJson::unknown(),
            printed_copy: CheckJson::unknown(),
            portrait_substitution: CheckJson::unknown(),
            digital_manipulation: CheckJson::unknown(),
        }
    }

    /// The checks of one side, or of the document: then each check where its probability is lowest.
    fn of(assessment: &Assessment, judgement: &Judgement, side: Option<Side>) -> Self {
        let check = |kind: CheckKind| {
            let of_kind = judgement.checks.iter().filter(|judged| {
                judged.kind == kind && side.is_none_or(|side| judged.side == side)
            });
            // A check without a probability comes after every one with it.
            let rank = |judged: &JudgedCheck| judged.probability.map_or(2.0, Probability::get);
            of_kind.min_by(|a, b| rank(a).total_cmp(&rank(b))).map_or(
                CheckJson::unknown(),
                |judged| CheckJson {
                    threshold: Some(judged.threshold.value.get()),
                    live: judged.live.number(),
                    probability: judged.probability.map(Probability::get),
                    side: side.is_none().then(|| judged.side.name()),
                    reason: judged
                        .probability
                        .is_none()
                        .then(|| why_not(judged, assessment)),
                },
            )
        };
        Self {
            screen_replay: check(CheckKind::ScreenReplay),
            printed_copy: check(CheckKind::PrintedCopy),
            portrait_substitution: check(CheckKind::PortraitSubstitution),
            digital_manipulation: check(CheckKind::DigitalManipulation),
        }
    }
}
