//! The rules of the domain, by tables: what passes, what the score is, where a document goes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;

use secondlook::case::{
    Assessment, Calibration, Check, CheckKind, ErrorCode, Judgement, Live, Novelty, Outcome,
    Overall, PictureFacts, Probability, Route, RouteReason, Sha256, Side, Source, Threshold,
    ThresholdOrigin,
};
use secondlook::routing::{self, Band, CheckRules, Policy, SourceRules};

use CheckKind::{DigitalManipulation, PortraitSubstitution, PrintedCopy, ScreenReplay};

fn p(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

fn performed(kind: CheckKind, probability: f64, threshold: f64) -> Check {
    on(Side::Front, kind, probability, threshold)
}

fn on(side: Side, kind: CheckKind, probability: f64, threshold: f64) -> Check {
    let mut check = Check::new(
        side,
        kind,
        Outcome::Performed {
            probability: p(probability),
        },
    );
    check.threshold = Some(Threshold {
        value: p(threshold),
        origin: ThresholdOrigin::Record,
    });
    check
}

fn not_performed(kind: CheckKind) -> Check {
    Check::new(
        Side::Front,
        kind,
        Outcome::NotPerformed {
            reason: "no model yet".into(),
        },
    )
}

fn broken(kind: CheckKind) -> Check {
    Check::new(
        Side::Front,
        kind,
        Outcome::Error {
            reason: "the model gave NaN".into(),
        },
    )
}

fn assessment(source: Source, checks: Vec<Check>) -> Assessment {
    Assessment {
        checks,
        ..Assessment::empty(source)
    }
}

fn score_alone(score: f64) -> Assessment {
    let overall = Overall {
        score: Some(p(score)),
        ..Overall::default()
    };
    Assessment {
        overall: Some(overall),
        ..Assessment::empty(Source::LivenessApi)
    }
}

fn judge(assessment: &Assessment) -> Judgement {
    routing::judge(assessment, &Policy::default())
}

#[test]
fn a_probability_lies_between_0_and_1() {
    for good in [0.0, -0.0, 0.001, 0.5, 1.0] {
        assert_eq!(Probability::new(good).unwrap().get(), good);
    }
    assert_eq!(Probability::new(-0.0).unwrap().to_string(), "0.000");
    for bad in [
        -0.001,
        1.001,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -999_999.0,
    ] {
        assert!(Probability::new(bad).is_err(), "{bad}");
        assert!(
            serde_json::from_str::<Probability>(&bad.to_string()).is_err(),
            "{bad}"
        );
    }
}

#[test]
fn a_check_passes_at_its_threshold() {
    let table = [
        (0.499, 0.5, Live::NotLive),
        (0.5, 0.5, Live::Live),
        (0.501, 0.5, Live::Live),
        (0.79, 0.8, Live::NotLive),
        (0.8, 0.8, Live::Live),
        (0.0, 0.0, Live::Live),
        (0.999, 1.0, Live::NotLive),
        (1.0, 1.0, Live::Live),
    ];
    for (probability, threshold, expected) in table {
        let judged = judge(&assessment(
            Source::IdrndResults,
            vec![performed(ScreenReplay, probability, threshold)],
        ));
        assert_eq!(
            judged.checks[0].live, expected,
            "{probability} against {threshold}"
        );
        assert_eq!(judged.front, Some(expected));
        assert_eq!(judged.back, None);
        assert_eq!(judged.live, expected);
    }
}

#[test]
fn any_failed_check_fails_its_side_and_the_document() {
    /// What it is about, the checks, and the outcomes of front, back and document.
    type Row = (&'static str, Vec<Check>, Option<Live>, Option<Live>, Live);
    let table: [Row; 5] = [
        (
            "all pass",
            vec![
                performed(ScreenReplay, 0.9, 0.5),
                on(Side::Back, PrintedCopy, 0.8, 0.5),
            ],
            Some(Live::Live),
            Some(Live::Live),
            Live::Live,
        ),
        (
            "one front check fails",
            vec![
                performed(ScreenReplay, 0.9, 0.5),
                performed(PrintedCopy, 0.1, 0.5),
            ],
            Some(Live::NotLive),
            None,
            Live::NotLive,
        ),
        (
            "the back alone fails",
            vec![
                performed(ScreenReplay, 0.9, 0.5),
                on(Side::Back, ScreenReplay, 0.2, 0.5),
            ],
            Some(Live::Live),
            Some(Live::NotLive),
            Live::NotLive,
        ),
        (
            "not performed is neither",
            vec![
                performed(ScreenReplay, 0.9, 0.5),
                not_performed(PortraitSubstitution),
            ],
            Some(Live::Live),
            None,
            Live::Live,
        ),
        (
            "nothing performed",
            vec![not_performed(PortraitSubstitution), broken(ScreenReplay)],
            Some(Live::NotPerformed),
            None,
            Live::NotPerformed,
        ),
    ];
    for (name, checks, front, back, live) in table {
        let judged = judge(&assessment(Source::Engine, checks));
        assert_eq!(
            (judged.front, judged.back, judged.live),
            (front, back, live),
            "{name}"
        );
    }
}

#[test]
fn the_worst_check_of_any_side_is_the_score() {
    let judged = judge(&assessment(
        Source::Engine,
        vec![
            performed(ScreenReplay, 0.9, 0.5),
            performed(PrintedCopy, 0.6, 0.5),
            not_performed(DigitalManipulation),
            on(Side::Back, ScreenReplay, 0.3, 0.5),
        ],
    ));
    assert_eq!(judged.score, Some(p(0.3)));
    assert_eq!(judged.worst, Some((Side::Back, ScreenReplay)));
    assert_eq!(judged.confidence, Some(p((0.9 + 0.6 + 0.3) / 3.0)));
    assert_eq!(judged.risk_score, Some(p(0.7)));
    assert!(
        (judged.distance - 0.1).abs() < 1e-12,
        "printed copy is nearest to its threshold"
    );
}

#[test]
fn the_band_includes_both_its_edges() {
    let table = [
        (0.0, Route::Reject),
        (0.249_999, Route::Reject),
        (0.25, Route::Review),
        (0.375, Route::Review),
        (0.5, Route::Review),
        (0.500_001, Route::Accept),
        (1.0, Route::Accept),
    ];
    for (score, expected) in table {
        let by_check = judge(&assessment(
            Source::Engine,
            vec![performed(ScreenReplay, score, 0.5)],
        ));
        assert_eq!(by_check.route, expected, "check at {score}");
        assert!(matches!(by_check.reasons[..], [RouteReason::Score { .. }]));
        let alone = judge(&score_alone(score));
        assert_eq!(alone.route, expected, "score {score}");
        assert_eq!(alone.score, Some(p(score)));
        let expected_live = if score >= 0.25 {
            Live::Live
        } else {
            Live::NotLive
        };
        assert_eq!(alone.live, expected_live, "format A's threshold is 0.25");
        assert_eq!(alone.confidence, None, "no single check was performed");
    }
}

#[test]
fn a_picture_unlike_the_training_widens_the_band_and_is_never_accepted_for_it() {
    let table = [
        // score, route of a usual picture, route of one far away
        (0.05, Route::Reject, Route::Reject),
        (0.099, Route::Reject, Route::Reject),
        (0.101, Route::Reject, Route::Review),
        (0.4, Route::Review, Route::Review),
        (0.6, Route::Accept, Route::Review),
        (0.65, Route::Accept, Route::Review),
        (0.651, Route::Accept, Route::Accept),
    ];
    for (score, usual, far) in table {
        for (distance, expected) in [(3.9, usual), (4.0, usual), (4.1, far)] {
            let mut seen = assessment(Source::Engine, vec![performed(ScreenReplay, score, 0.25)]);
            seen.pictures.push(picture(Some(Novelty {
                distance,
                limit: 4.0,
            })));
            seen.pictures.push(picture(None));
            // Without contradictions the table is about the band alone.
            let policy = Policy {
                review_contradictions: false,
                ..Policy::default()
            };
            let judged = routing::judge(&seen, &policy);
            assert_eq!(
                judged.route, expected,
                "{score} at a distance of {distance}"
            );
            let said = judged
                .reasons
                .contains(&RouteReason::Unfamiliar { wider_by: 0.15 });
            assert_eq!(said, distance > 4.0);
            let alike = Policy {
                unfamiliar_margin: 0.0,
                ..policy
            };
            assert_eq!(routing::judge(&seen, &alike).route, usual);
        }
    }
    let old = Policy::default().to_json();
    let old = old.replace("  \"unfamiliar_margin\": 0.15,\n", "");
    assert!(!old.contains("unfamiliar"));
    assert_eq!(Policy::from_json(&old).unwrap(), Policy::default());
}

fn picture(novelty: Option<Novelty>) -> PictureFacts {
    PictureFacts {
        side: Side::Front,
        sha256: Sha256::of(b"picture"),
        width_px: 1000,
        height_px: 700,
        quad: None,
        portrait: None,
        novelty,
    }
}

#[test]
fn every_error_asks_for_a_retake_whatever_the_score() {
    for error in ErrorCode::KNOWN {
        let mut with_error = assessment(Source::Engine, vec![performed(ScreenReplay, 0.01, 0.5)]);
        with_error.errors.push(error.clone());
        let judged = judge(&with_error);
        assert_eq!(judged.route, Route::Retake, "{error:?}");
        assert_eq!(
            judged.reasons,
            [RouteReason::Errors {
                errors: vec![error]
            }]
        );
    }
}

#[test]
fn the_ignore_flags_let_their_errors_pass_and_no_others() {
    let mut cropped = assessment(Source::Engine, vec![performed(ScreenReplay, 0.9, 0.5)]);
    cropped.errors.push(ErrorCode::DocumentCropped);
    let mut colourless = assessment(Source::Engine, vec![performed(ScreenReplay, 0.9, 0.5)]);
    colourless.errors.push(ErrorCode::DocumentIsColorless);
    for (ignore_cropped, ignore_colourless) in [(false, false), (true, false), (false, true)] {
        let policy = Policy {
            ignore_document_cropped: ignore_cropped,
            ignore_colourless,
            ..Policy::default()
        };
        let expected = |ignored| {
            if ignored {
                Route::Accept
            } else {
                Route::Retake
            }
        };
        assert_eq!(
            routing::judge(&cropped, &policy).route,
            expected(ignore_cropped)
        );
        assert_eq!(
            routing::judge(&colourless, &policy).route,
            expected(ignore_colourless)
        );
    }
}

#[test]
fn nothing_performed_is_never_accepted() {
    let judged = judge(&assessment(
        Source::Engine,
        vec![not_performed(ScreenReplay)],
    ));
    assert_eq!(judged.route, Route::Review);
    assert_eq!(judged.reasons, [RouteReason::NothingPerformed]);
    assert_eq!(judged.score, None);
    assert_eq!(judged.risk_score, None);
    assert_eq!(
        routing::route(&[], &Policy::default(), &Sha256::of(b"")).route,
        Route::Review
    );
}

#[test]
fn a_broken_check_keeps_a_document_from_being_accepted_but_not_from_being_rejected() {
    for (probability, expected) in [
        (0.9, Route::Review),
        (0.4, Route::Review),
        (0.1, Route::Reject),
    ] {
        let checks = vec![
            performed(ScreenReplay, probability, 0.5),
            broken(PrintedCopy),
        ];
        let judged = judge(&assessment(Source::Engine, checks));
        assert_eq!(judged.route, expected, "{probability}");
    }
}

#[test]
fn a_person_looks_where_thresholds_and_band_contradict_each_other() {
    let failed_above = assessment(Source::Engine, vec![performed(ScreenReplay, 0.6, 0.8)]);
    let passed_below = assessment(Source::IdliveDoc, vec![performed(ScreenReplay, 0.2, 0.14)]);
    let literal = Policy {
        review_contradictions: false,
        ..Policy::default()
    };
    for (case, banded) in [(failed_above, Route::Accept), (passed_below, Route::Reject)] {
        let judged = judge(&case);
        assert_eq!(judged.route, Route::Review);
        assert!(
            matches!(judged.reasons[0], RouteReason::Contradiction { banded: b, .. } if b == banded)
        );
        assert_eq!(routing::judge(&case, &literal).route, banded);
    }
}

#[test]
fn bands_and_thresholds_differ_by_source_and_check() {
    let band = |from, to| {
        Some(Band {
            from: p(from),
            to: p(to),
        })
    };
    let printed = CheckRules {
        band: band(0.1, 0.2),
        thresholds: BTreeMap::from([(Calibration::Regular, p(0.15)), (Calibration::Hard, p(0.4))]),
    };
    let rules = SourceRules {
        band: band(0.6, 0.7),
        default_threshold: Some(p(0.65)),
        checks: BTreeMap::from([(PrintedCopy, printed)]),
    };
    let policy = Policy {
        sources: BTreeMap::from([(Source::IdliveDoc, rules)]),
        ..Policy::default()
    };

    let judged = |source, check: Check| {
        let judged = routing::judge(&assessment(source, vec![check]), &policy);
        (
            judged.checks[0].threshold.value.get(),
            judged.checks[0].threshold.origin,
            judged.route,
        )
    };
    let bare = |kind, probability| {
        Check::new(
            Side::Front,
            kind,
            Outcome::Performed {
                probability: p(probability),
            },
        )
    };
    use ThresholdOrigin::{Policy as Set, PolicyDefault, Record};
    assert_eq!(
        judged(Source::IdliveDoc, bare(ScreenReplay, 0.65)),
        (0.65, PolicyDefault, Route::Review)
    );
    assert_eq!(
        judged(Source::IdliveDoc, bare(PrintedCopy, 0.3)),
        (0.15, Set, Route::Accept)
    );
    let mut hard = bare(PrintedCopy, 0.15);
    hard.calibration = Some(Calibration::Hard);
    assert_eq!(judged(Source::IdliveDoc, hard), (0.4, Set, Route::Review));
    assert_eq!(
        judged(Source::Engine, bare(ScreenReplay, 0.65)),
        (0.5, PolicyDefault, Route::Accept)
    );
    assert_eq!(
        judged(Source::Engine, performed(ScreenReplay, 0.65, 0.6)),
        (0.6, Record, Route::Accept)
    );
}

#[test]
fn sources_that_disagree_go_to_review() {
    let document = Sha256::of(b"a document");
    let view = |probability| {
        judge(&assessment(
            Source::Engine,
            vec![performed(ScreenReplay, probability, 0.5)],
        ))
    };
    let (low, middle, high) = (view(0.1), view(0.4), view(0.9));
    let table = [
        (&high, &high, Route::Accept),
        (&low, &low, Route::Reject),
        (&high, &low, Route::Review),
        (&high, &middle, Route::Review),
        (&low, &middle, Route::Review),
    ];
    for (engine, vendor, expected) in table {
        let views = [(Source::Engine, engine), (Source::IdrndResults, vendor)];
        let routed = routing::route(&views, &Policy::default(), &document);
        assert_eq!(routed.route, expected);
        assert_eq!(
            matches!(routed.reasons[0], RouteReason::Disagreement { .. }),
            engine.route != vendor.route || engine.live != vendor.live
        );
        assert_eq!(routed.score, engine.score.min_by_value(vendor.score));
    }
}

trait MinByValue {
    fn min_by_value(self, other: Self) -> Self;
}

impl MinByValue for Option<Probability> {
    fn min_by_value(self, other: Self) -> Self {
        Some(self?.min(other?))
    }
}

#[test]
fn the_sample_is_drawn_by_the_document_and_repeats() {
    let accepted = judge(&assessment(
        Source::Engine,
        vec![performed(ScreenReplay, 0.9, 0.5)],
    ));
    let policy = Policy {
        sample_share: 0.1,
        ..Policy::default()
    };
    let drawn = |policy: &Policy, i: u32| {
        let document = Sha256::of(&i.to_le_bytes());
        routing::route(&[(Source::Engine, &accepted)], policy, &document).route == Route::Review
    };
    let n_drawn = (0..10_000).filter(|&i| drawn(&policy, i)).count();
    assert!(
        (900..1100).contains(&n_drawn),
        "{n_drawn} of 10,000 at a share of 0.1"
    );
    assert!((0..1000).all(|i| drawn(&policy, i) == drawn(&policy, i)));
    assert!(
        (0..1000).all(|i| !drawn(&Policy::default(), i)),
        "a share of 0 draws nobody"
    );
    let all = Policy {
        sample_share: 1.0,
        ..Policy::default()
    };
    assert!(
        (0..1000).all(|i| drawn(&all, i)),
        "a share of 1 draws everybody"
    );

    let rejected = judge(&assessment(
        Source::Engine,
        vec![performed(ScreenReplay, 0.1, 0.5)],
    ));
    let routed = routing::route(&[(Source::Engine, &rejected)], &all, &Sha256::of(b""));
    assert_eq!(
        routed.route,
        Route::Reject,
        "only accepted documents are sampled"
    );
}

#[test]
fn a_policy_is_data_with_a_hash_of_its_content() {
    let policy = Policy::default();
    let again = Policy::from_json(&policy.to_json()).unwrap();
    assert_eq!(policy, again);
    assert_eq!(policy.reference(), again.reference());
    let stricter = Policy {
        default_threshold: p(0.6),
        ..Policy::default()
    };
    assert_eq!(stricter.version, policy.version);
    assert_ne!(stricter.reference().sha256, policy.reference().sha256);
}

#[test]
fn a_policy_that_makes_no_sense_is_refused_with_its_reason() {
    let json = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut value = serde_json::to_value(Policy::default()).unwrap();
        change(&mut value);
        Policy::from_json(&value.to_string())
            .unwrap_err()
            .to_string()
    };
    let table: [(String, &str); 5] = [
        (
            json(&|v| v["unfamiliar_margin"] = (-0.1).into()),
            "`unfamiliar_margin` must lie between 0 and 1",
        ),
        (
            json(&|v| v["band"]["from"] = 0.9.into()),
            "band from 0.900 to 0.500 ends before it begins",
        ),
        (
            json(&|v| v["sample_share"] = 2.into()),
            "`sample_share` must lie between 0 and 1",
        ),
        (
            json(&|v| v["default_threshold"] = 7.into()),
            "7 is not a probability",
        ),
        (json(&|v| v["typo"] = 1.into()), "unknown field `typo`"),
    ];
    for (message, expected) in table {
        assert!(message.contains(expected), "{message}");
    }
    let cut = Policy::from_json("{\n  \"version\": ")
        .unwrap_err()
        .to_string();
    assert!(cut.contains("line 2"), "{cut}");
}
