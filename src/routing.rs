//! An assessment and a policy into a judgement, and all judgements of a case into its route.
//!
//! Pure functions: no clock, no file, no chance. What is drawn into the sample follows from the
//! document's hash, so the same document is drawn again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::case::{
    Assessment, Calibration, Calibrations, CaseRoute, Check, CheckKind, ErrorCode, JudgedCheck,
    Judgement, Live, Outcome, PolicyRef, Probability, Route, RouteReason, Sha256, Side, Source,
    Threshold, ThresholdOrigin,
};

/// The scores that go to review: both edges belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Below it a document is rejected. Lowering it sends more copies to people.
    pub from: Probability,
    /// Above it a document is accepted. Raising it sends more genuine documents to people.
    pub to: Probability,
}

impl Band {
    /// The band with both its ends moved outwards, as far as probabilities go.
    fn wider_by(self, margin: f64) -> Self {
        let moved = |end: Probability, by: f64| {
            Probability::new((end.get() + by).clamp(0.0, 1.0)).unwrap_or(end)
        };
        Self {
            from: moved(self.from, -margin),
            to: moved(self.to, margin),
        }
    }
}

/// What a policy says of one check of one source, where it differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckRules {
    /// The check's own band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Band>,
    /// The check's thresholds by strictness; they overrule what the record or the model says.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub thresholds: BTreeMap<Calibration, Probability>,
}

/// What a policy says of one source, where it differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceRules {
    /// The source's own band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Band>,
    /// The threshold where neither the record nor the model gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_threshold: Option<Probability>,
    /// Single checks, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<CheckKind, CheckRules>,
}

/// The rules by which documents are judged and routed, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The author's name for this state of the rules; the content hash is beside it everywhere.
    pub version: String,
    /// The band of every source that has no other.
    pub band: Band,
    /// The threshold where nobody gives one.
    pub default_threshold: Probability,
    /// The strictness that our engine is asked for, per check.
    pub calibrations: Calibrations,
    /// Treat `DOCUMENT_CROPPED` as a finding.
    pub ignore_document_cropped: bool,
    /// Treat `DOCUMENT_IS_COLORLESS` as a finding.
    pub ignore_colourless: bool,
    /// Let a person look where thresholds and band contradict each other: a failed check that the
    /// band would accept, or nothing but passed checks that it would reject.
    pub review_contradictions: bool,
    /// How much wider the band is, at either end, for a picture unlike those that the models learnt
    /// from. 0 treats all pictures alike; more sends more of them to people.
    #[serde(default = "usual_unfamiliar_margin")]
    pub unfamiliar_margin: f64,
    /// The share of accepted documents that a person looks at all the same, 0 to 1.
    pub sample_share: f64,
    /// How long a claim lasts without a sign of life from whoever holds it, in minutes.
    pub claim_minutes: u32,
    /// Sources with rules of their own, by name.
    pub sources: BTreeMap<Source, SourceRules>,
}

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is not a policy.
    #[error("the policy cannot be read: {0}")]
    Invalid(#[source] serde_json::Error),
    /// The numbers make no sense together.
    #[error("the policy's {0}")]
    Nonsense(String),
}

impl Default for Policy {
    fn default() -> Self {
        // Format A documents 0.25 as its threshold; every other source says its own or takes 0.5.
        let liveness_api = SourceRules {
            default_threshold: Some(quarter()),
            ..SourceRules::default()
        };
        Self {
            version: "1".to_owned(),
            band: Band {
                from: quarter(),
                to: Probability::HALF,
            },
            default_threshold: Probability::HALF,
            calibrations: Calibrations::default(),
            ignore_document_cropped: false,
            ignore_colourless: false,
            review_contradictions: true,
            unfamiliar_margin: usual_unfamiliar_margin(),
            sample_share: 0.0,
            claim_minutes: 30,
            sources: BTreeMap::from([(Source::LivenessApi, liveness_api)]),
        }
    }
}

impl Policy {
    /// Reads a policy from JSON.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Invalid`] with line and column, an unknown field included;
    /// [`PolicyError::Nonsense`] for a band that ends before it begins, or a share outside 0 to 1.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = serde_json::from_str(text).map_err(PolicyError::Invalid)?;
        policy.check()?;
        Ok(policy)
    }

    /// The policy as JSON for a person to read and edit.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Every map has string keys and every number is finite, so this cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The version and the hash of the content.
    #[must_use]
    pub fn reference(&self) -> PolicyRef {
        let content = serde_json::to_vec(self).unwrap_or_default();
        PolicyRef {
            version: self.version.clone(),
            sha256: Sha256::of(&content),
        }
    }

    /// The band for a check of an assessment, wider where a picture is unfamiliar; for a score
    /// without checks, pass `None`.
    #[must_use]
    pub fn band_for(&self, assessment: &Assessment, kind: Option<CheckKind>) -> Band {
        let rules = self.sources.get(&assessment.source);
        let of_check = rules
            .zip(kind)
            .and_then(|(rules, kind)| rules.checks.get(&kind)?.band);
        let band = of_check.or_else(|| rules?.band).unwrap_or(self.band);
        band.wider_by(unfamiliar_margin(assessment, self))
    }

    /// The threshold for a check: the policy's own for it, else the record's or the model's, else
    /// the default.
    #[must_use]
    pub fn threshold_for(&self, source: Source, check: &Check) -> Threshold {
        let level = check
            .calibration
            .unwrap_or_else(|| self.calibrations.of(check.kind));
        let set = self
            .sources
            .get(&source)
            .and_then(|rules| rules.checks.get(&check.kind)?.thresholds.get(&level));
        match (set, check.threshold) {
            (Some(&value), _) => Threshold {
                value,
                origin: ThresholdOrigin::Policy,
            },
            (None, Some(told)) => told,
            (None, None) => self.default_threshold_for(source),
        }
    }

    fn default_threshold_for(&self, source: Source) -> Threshold {
        let of_source = self
            .sources
            .get(&source)
            .and_then(|rules| rules.default_threshold);
        Threshold {
            value: of_source.unwrap_or(self.default_threshold),
            origin: ThresholdOrigin::PolicyDefault,
        }
    }

    fn check(&self) -> Result<(), PolicyError> {
        if !(0.0..=1.0).contains(&self.sample_share) {
            return Err(PolicyError::Nonsense(
                "`sample_share` must lie between 0 and 1".into(),
            ));
        }
        if !(0.0..=1.0).contains(&self.unfamiliar_margin) {
            return Err(PolicyError::Nonsense(
                "`unfamiliar_margin` must lie between 0 and 1".into(),
            ));
        }
        let of_sources = self.sources.values().flat_map(|rules| {
            rules
                .band
                .into_iter()
                .chain(rules.checks.values().filter_map(|check| check.band))
        });
        for band in std::iter::once(self.band).chain(of_sources) {
            if band.from > band.to {
                let Band { from, to } = band;
                let nonsense = format!("band from {from} to {to} ends before it begins");
                return Err(PolicyError::Nonsense(nonsense));
            }
        }
        Ok(())
    }
}

/// Judges one assessment by itself.
#[must_use]
pub fn judge(assessment: &Assessment, policy: &Policy) -> Judgement {
    let source = assessment.source;
    let checks: Vec<JudgedCheck> = assessment
        .checks
        .iter()
        .map(|check| judge_check(check, source, policy))
        .collect();
    let side_live = |side| {
        let parts: Vec<Live> = checks
            .iter()
            .filter(|c| c.side == side)
            .map(|c| c.live)
            .collect();
        (!parts.is_empty()).then(|| Live::of_all(parts))
    };
    let (front, back) = (side_live(Side::Front), side_live(Side::Back));
    let whole = WholeScore::of(assessment, policy, &checks);
    let live = if checks.iter().any(|check| check.live != Live::NotPerformed) {
        Live::of_all(checks.iter().map(|check| check.live))
    } else {
        whole.live
    };
    let (route, reasons) = route_alone(assessment, policy, &checks, &whole, live);
    let performed: Vec<f64> = checks
        .iter()
        .filter_map(|c| Some(c.probability?.get()))
        .collect();
    let n_performed = performed.len();
    let confidence = (n_performed > 0)
        .then(|| Probability::new(performed.iter().sum::<f64>() / n_performed as f64).ok())
        .flatten();
    Judgement {
        policy: policy.reference(),
        front,
        back,
        live,
        score: whole.score,
        worst: whole.worst,
        confidence,
        risk_score: whole
            .score
            .and_then(|score| Probability::new(1.0 - score.get()).ok()),
        distance: whole.distance,
        route,
        reasons,
        checks,
    }
}

/// Routes a case by the latest judgement of each source.
///
/// Where two lead to different routes or differ about live, a person looks; a document that would
/// be accepted may be drawn into the sample by its hash `document`.
#[must_use]
pub fn route(views: &[(Source, &Judgement)], policy: &Policy, document: &Sha256) -> CaseRoute {
    let live = Live::of_all(views.iter().map(|(_, judgement)| judgement.live));
    let lowest = views
        .iter()
        .filter_map(|(_, judgement)| Some((judgement.score?, judgement.worst)))
        .min_by(|(a, _), (b, _)| a.get().total_cmp(&b.get()));
    let distance = views
        .iter()
        .map(|(_, judgement)| judgement.distance)
        .fold(1.0, f64::min);
    let (route, reasons) = match views {
        [] => (Route::Review, vec![RouteReason::NothingPerformed]),
        [(_, only)] => (only.route, only.reasons.clone()),
        [(_, first), rest @ ..] => {
            let agree = rest
                .iter()
                .all(|(_, j)| j.route == first.route && j.live == first.live);
            if agree {
                let all = views
                    .iter()
                    .flat_map(|(_, judgement)| judgement.reasons.clone());
                (first.route, all.collect())
            } else {
                let said = views
                    .iter()
                    .map(|(source, j)| (*source, j.live, j.route))
                    .collect();
                (
                    Route::Review,
                    vec![RouteReason::Disagreement { views: said }],
                )
            }
        }
    };
    let (route, reasons) = if route == Route::Accept && document.fraction() < policy.sample_share {
        (
            Route::Review,
            vec![RouteReason::Sampled {
                share: policy.sample_share,
            }],
        )
    } else {
        (route, reasons)
    };
    let (score, worst) = lowest.map_or((None, None), |(score, worst)| (Some(score), worst));
    CaseRoute {
        route,
        reasons,
        live,
        score,
        worst,
        distance,
    }
}

/// Policies written before there was the rule get it too.
fn usual_unfamiliar_margin() -> f64 {
    0.15
}

fn quarter() -> Probability {
    Probability::new(0.25).unwrap_or(Probability::HALF)
}

fn judge_check(check: &Check, source: Source, policy: &Policy) -> JudgedCheck {
    let threshold = policy.threshold_for(source, check);
    let probability = check.probability();
    JudgedCheck {
        side: check.side,
        kind: check.kind,
        probability,
        threshold,
        live: probability.map_or(Live::NotPerformed, |p| pass(p, threshold.value)),
    }
}

fn pass(probability: Probability, threshold: Probability) -> Live {
    if probability >= threshold {
        Live::Live
    } else {
        Live::NotLive
    }
}

/// The document's score and what follows from it.
struct WholeScore {
    score: Option<Probability>,
    worst: Option<(Side, CheckKind)>,
    /// The outcome by the score alone; used where there are no single checks.
    live: Live,
    distance: f64,
}

impl WholeScore {
    fn of(assessment: &Assessment, policy: &Policy, checks: &[JudgedCheck]) -> Self {
        let performed = || {
            checks
                .iter()
                .filter_map(|check| Some((check, check.probability?)))
        };
        let worst = performed().min_by(|(_, a), (_, b)| a.get().total_cmp(&b.get()));
        if let Some((check, score)) = worst {
            let distance = performed()
                .map(|(check, p)| (p.get() - check.threshold.value.get()).abs())
                .fold(1.0, f64::min);
            let worst = Some((check.side, check.kind));
            return Self {
                score: Some(score),
                worst,
                live: check.live,
                distance,
            };
        }
        let overall = assessment.overall.as_ref();
        match overall.and_then(|overall| overall.score) {
            Some(score) => {
                let told = overall.and_then(|overall| overall.threshold);
                let threshold = told
                    .unwrap_or_else(|| policy.default_threshold_for(assessment.source))
                    .value;
                let distance = (score.get() - threshold.get()).abs();
                Self {
                    score: Some(score),
                    worst: None,
                    live: pass(score, threshold),
                    distance,
                }
            }
            None => Self {
                score: None,
                worst: None,
                live: Live::NotPerformed,
                distance: 1.0,
            },
        }
    }
}

fn route_alone(
    assessment: &Assessment,
    policy: &Policy,
    checks: &[JudgedCheck],
    whole: &WholeScore,
    live: Live,
) -> (Route, Vec<RouteReason>) {
    let errors: Vec<ErrorCode> = assessment
        .errors
        .iter()
        .filter(|error| !is_ignored(error, policy))
        .cloned()
        .collect();
    if !errors.is_empty() {
        return (Route::Retake, vec![RouteReason::Errors { errors }]);
    }
    let Some((route, reason)) = route_by_band(assessment, policy, checks, whole) else {
        return (Route::Review, vec![RouteReason::NothingPerformed]);
    };
    let margin = unfamiliar_margin(assessment, policy);
    let unfamiliar = (margin > 0.0).then_some(RouteReason::Unfamiliar { wider_by: margin });
    let (route, mut reasons) = route_beside_band(assessment, policy, live, route, reason);
    reasons.extend(unfamiliar);
    (route, reasons)
}

/// How much wider the band is for this assessment: the policy's margin if any of its pictures is
/// unlike those that the models learnt from.
fn unfamiliar_margin(assessment: &Assessment, policy: &Policy) -> f64 {
    let mut novelties = assessment
        .pictures
        .iter()
        .filter_map(|picture| picture.novelty);
    if novelties.any(|novelty| novelty.is_far()) {
        policy.unfamiliar_margin
    } else {
        0.0
    }
}

/// The route that the band gives, unless the thresholds contradict it or a check broke.
fn route_beside_band(
    assessment: &Assessment,
    policy: &Policy,
    live: Live,
    route: Route,
    reason: RouteReason,
) -> (Route, Vec<RouteReason>) {
    let contradicts = matches!(
        (route, live),
        (Route::Accept, Live::NotLive) | (Route::Reject, Live::Live)
    );
    if contradicts && policy.review_contradictions {
        let contradiction = RouteReason::Contradiction {
            live,
            banded: route,
        };
        return (Route::Review, vec![contradiction, reason]);
    }
    match broken_check(assessment) {
        Some(broken) if route == Route::Accept => (Route::Review, vec![broken, reason]),
        _ => (route, vec![reason]),
    }
}

/// The first check that ran and broke. A check that was not asked for is none.
fn broken_check(assessment: &Assessment) -> Option<RouteReason> {
    assessment
        .checks
        .iter()
        .find_map(|check| match &check.outcome {
            Outcome::Error { reason } => {
                let check = (check.side, check.kind);
                Some(RouteReason::BrokenCheck {
                    check,
                    reason: reason.clone(),
                })
            }
            Outcome::Performed { .. } | Outcome::NotPerformed { .. } => None,
        })
}

/// The most cautious route of any check by its own band; with one band for all this is the route
/// of the score. `None` if there is no number at all.
fn route_by_band(
    assessment: &Assessment,
    policy: &Policy,
    checks: &[JudgedCheck],
    whole: &WholeScore,
) -> Option<(Route, RouteReason)> {
    let mut numbers: Vec<(Probability, Option<(Side, CheckKind)>)> = checks
        .iter()
        .filter_map(|check| Some((check.probability?, Some((check.side, check.kind)))))
        .collect();
    if numbers.is_empty() {
        numbers.extend(whole.score.map(|score| (score, None)));
    }
    // Reject before review before accept; among equals the lowest probability speaks.
    numbers.sort_by(|(a, _), (b, _)| a.get().total_cmp(&b.get()));
    let caution = |route: Route| match route {
        Route::Reject => 0,
        Route::Review => 1,
        Route::Accept | Route::Retake => 2,
    };
    numbers
        .into_iter()
        .map(|(score, check)| {
            let band = policy.band_for(assessment, check.map(|(_, kind)| kind));
            let route = if score < band.from {
                Route::Reject
            } else if score <= band.to {
                Route::Review
            } else {
                Route::Accept
            };
            let (review_from, review_to) = (band.from, band.to);
            (
                route,
                RouteReason::Score {
                    score,
                    check,
                    review_from,
                    review_to,
                },
            )
        })
        .min_by_key(|(route, _)| caution(*route))
}

fn is_ignored(error: &ErrorCode, policy: &Policy) -> bool {
    (policy.ignore_document_cropped && *error == ErrorCode::DocumentCropped)
        || (policy.ignore_colourless && *error == ErrorCode::DocumentIsColorless)
}
