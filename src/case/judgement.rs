//! What a policy made of an assessment: each check against its threshold, the score, the route.

use serde::{Deserialize, Serialize};

use super::names::from_name;
use super::{CheckKind, ErrorCode, Live, Probability, Sha256, Side, Threshold};
use crate::words::words;

/// Where a case goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// The document is taken as live.
    Accept,
    /// A person looks at it.
    Review,
    /// The document is taken as a copy.
    Reject,
    /// The picture could not be judged; another one is asked for.
    Retake,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 4] = [Self::Accept, Self::Review, Self::Reject, Self::Retake];

    /// `accept`, `review`, `reject` or `retake`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Review => "review",
            Self::Reject => "reject",
            Self::Retake => "retake",
        }
    }

    /// What it does with a document, within a sentence.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Accept => words!("route-accept.word"),
            Self::Review => words!("route-review.word"),
            Self::Reject => words!("route-reject.word"),
            Self::Retake => words!("route-retake.word"),
        }
    }

    /// Where a document went by it, within a sentence.
    #[must_use]
    pub fn went(self) -> &'static str {
        match self {
            Self::Accept => words!("route-accept.went"),
            Self::Review => words!("route-review.went"),
            Self::Reject => words!("route-reject.went"),
            Self::Retake => words!("route-retake.went"),
        }
    }

    /// Where a document went by it, for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Accept => words!("route-accept"),
            Self::Review => words!("route-review"),
            Self::Reject => words!("route-reject"),
            Self::Retake => words!("route-retake"),
        }
    }
}

from_name!(Route);

/// Why a case took its route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum RouteReason {
    /// The picture could not be judged.
    Errors {
        /// All of them.
        errors: Vec<ErrorCode>,
    },
    /// No check was performed and no score given.
    NothingPerformed,
    /// The score lies below, in or above the band.
    Score {
        /// The deciding probability.
        score: Probability,
        /// The deciding check; `None` for a score without single checks.
        check: Option<(Side, CheckKind)>,
        /// The band's lower edge; review begins here.
        review_from: Probability,
        /// The band's upper edge; review ends here, inclusive.
        review_to: Probability,
    },
    /// A picture is unlike those that the models learnt from, so more scores go to a person.
    Unfamiliar {
        /// How much wider the band is, at either end.
        wider_by: f64,
    },
    /// A check broke, so that what would be accepted was looked at with less than all checks.
    BrokenCheck {
        /// The check.
        check: (Side, CheckKind),
        /// What went wrong.
        reason: String,
    },
    /// The band and the thresholds contradict each other: a failed check above the band, or
    /// nothing but passed checks below it.
    Contradiction {
        /// The document's outcome by its thresholds.
        live: Live,
        /// The route that the band alone would give.
        banded: Route,
    },
    /// The program could not assess the document at all.
    NotAssessed {
        /// What went wrong, without personal data.
        reason: String,
    },
    /// Two sources lead to different routes, or differ about live.
    Disagreement {
        /// Each source's name, outcome and route.
        views: Vec<(super::Source, Live, Route)>,
    },
    /// Accepted, and drawn into the sample that a person looks at all the same.
    Sampled {
        /// The share of accepted documents that is drawn, 0 to 1.
        share: f64,
    },
}

impl RouteReason {
    /// The reason in a sentence.
    #[must_use]
    pub fn explain(&self) -> String {
        match self {
            Self::Errors { errors } => errors
                .iter()
                .map(ErrorCode::explain)
                .collect::<Vec<_>>()
                .join("; "),
            Self::NothingPerformed => words!("reason-nothing-performed").to_owned(),
            Self::Score {
                score,
                check,
                review_from,
                review_to,
            } => {
                let what = check.map_or(words!("reason-score").to_owned(), |(side, kind)| {
                    format!("{} ({})", kind.title(), side.word())
                });
                let s = score.get();
                let (score, from, to) = (
                    score.to_string(),
                    review_from.to_string(),
                    review_to.to_string(),
                );
                if s < review_from.get() {
                    words!("reason-below", what = what, score = score, from = from)
                } else if s > review_to.get() {
                    words!("reason-above", what = what, score = score, to = to)
                } else {
                    words!(
                        "reason-within",
                        what = what,
                        score = score,
                        from = from,
                        to = to
                    )
                }
            }
            Self::Unfamiliar { wider_by } => words!("reason-unfamiliar", by = wider_by.to_string()),
            Self::BrokenCheck {
                check: (side, kind),
                reason,
            } => {
                let what = format!("{} ({})", kind.title(), side.word());
                words!("reason-broken", what = what, why = reason)
            }
            Self::Contradiction { live, banded } => words!(
                "reason-contradiction",
                outcome = live.word(),
                route = banded.word()
            ),
            Self::NotAssessed { reason } => words!("reason-not-assessed", why = reason),
            Self::Disagreement { views } => {
                let views = views.iter().map(|(source, live, route)| {
                    format!("{}: {}, {}", source.title(), live.word(), route.word())
                });
                let views = views.collect::<Vec<_>>().join("; ");
                words!("reason-disagreement", views = views)
            }
            Self::Sampled { share } => {
                words!("reason-sampled", percent = (share * 100.0).to_string())
            }
        }
    }
}

/// Which policy judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRef {
    /// The version that its author gave it.
    pub version: String,
    /// The hash of its content, which the version cannot belie.
    pub sha256: Sha256,
}

/// One check against the threshold that applied.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgedCheck {
    /// The side.
    pub side: Side,
    /// The check.
    pub kind: CheckKind,
    /// `None` if it was not performed.
    pub probability: Option<Probability>,
    /// The threshold that was applied, and whose it is.
    pub threshold: Threshold,
    /// Passed, failed or not performed.
    pub live: Live,
}

/// What a policy made of an assessment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Which policy.
    pub policy: PolicyRef,
    /// The checks, in the assessment's order.
    pub checks: Vec<JudgedCheck>,
    /// The front's outcome; `None` if nothing is known of a front.
    pub front: Option<Live>,
    /// The back's outcome; `None` if nothing is known of a back.
    pub back: Option<Live>,
    /// The document's outcome.
    pub live: Live,
    /// The lowest probability performed, or the score of a result without single checks.
    pub score: Option<Probability>,
    /// The check that the score came from.
    pub worst: Option<(Side, CheckKind)>,
    /// Ours: the mean of the performed probabilities. `None` if none was performed.
    pub confidence: Option<Probability>,
    /// Ours: 1 − score. `None` without a score.
    pub risk_score: Option<Probability>,
    /// How far the nearest deciding number lies from its threshold, 0 to 1; the queue puts the
    /// nearest first. 1 if nothing was performed.
    pub distance: f64,
    /// Where this assessment alone would send the document.
    pub route: Route,
    /// Why; never empty.
    pub reasons: Vec<RouteReason>,
}

/// Where a case goes, by all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRoute {
    /// Where it goes.
    pub route: Route,
    /// Why; never empty.
    pub reasons: Vec<RouteReason>,
    /// The document's outcome: 0 if any source says 0.
    pub live: Live,
    /// The lowest score of any source.
    pub score: Option<Probability>,
    /// The check that this score came from.
    pub worst: Option<(Side, CheckKind)>,
    /// The least of the sources' distances, 0 to 1.
    pub distance: f64,
}
