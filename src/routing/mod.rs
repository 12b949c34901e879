//! An assessment and a policy into a judgement, and all judgements of a case into its route.
//!
//! Pure functions: no clock, no file, no chance. What is drawn into the sample follows from the
//! document's hash, so the same document is drawn again.

mod policy;

pub use policy::{
    Band, CheckRules, KnownAnswers, Policy, PolicyError, SecondLook, SourceRules, VerdictRules,
    reason_title,
};

use crate::case::{
    Assessment, CaseRoute, Check, CheckKind, ErrorCode, JudgedCheck, Judgement, Live, Outcome,
    Probability, Route, RouteReason, Sha256, Side, Source,
};

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
