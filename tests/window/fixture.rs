//! A workspace with a few made cases, in a folder of its own.

use secondlook::app::{App, Options};
use secondlook::case::{
    Actor, Assessment, CaseId, Check, CheckKind, ErrorCode, Evidence, Finding, FindingCode,
    Incoming, Novelty, Outcome, Overall, PictureFacts, Probability, Quad, ReadOptions, Sha256,
    Side, Source, Threshold, ThresholdOrigin, Time,
};
use secondlook::config::Workspace;
use secondlook::intake::{self, Limits, Picture};
use secondlook::routing::Policy;
use secondlook::store::Store;

/// What a made case is like.
pub(crate) struct Made {
    pub(crate) label: &'static str,
    /// Screen replay and printed copy on the front. `None` for not performed.
    pub(crate) front: [Option<f64>; 2],
    /// The same on the back; no back if `None`.
    pub(crate) back: Option<[Option<f64>; 2]>,
    pub(crate) errors: Vec<ErrorCode>,
    pub(crate) findings: Vec<Finding>,
    /// Its pictures are unlike those that the models learnt from.
    pub(crate) unfamiliar: bool,
}

impl Made {
    pub(crate) fn plain(label: &'static str, screen: f64, print: f64) -> Self {
        Self {
            label,
            front: [Some(screen), Some(print)],
            back: None,
            errors: Vec::new(),
            findings: Vec::new(),
            unfamiliar: false,
        }
    }
}

/// A drawn card on a table; no picture of anybody or anything real.
pub(crate) fn picture(seed: u32, size: [u32; 2]) -> Vec<u8> {
    let [width, height] = size;
    let drawn = image::RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let on_card = (0.15..0.85).contains(&u) && (0.2..0.8).contains(&v);
        let stripe = ((x / (8 + seed % 7)) + (y / 9)).is_multiple_of(2);
        let base: [u8; 3] = match (on_card, stripe) {
            (true, true) => [214, 222, (150 + seed * 13 % 90) as u8],
            (true, false) => [200, 212, (140 + seed * 13 % 90) as u8],
            (false, _) => [116, 96, 80],
        };
        let portrait = on_card && (0.2..0.38).contains(&u) && (0.32..0.7).contains(&v);
        image::Rgb(if portrait { [96, 104, 120] } else { base })
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 88);
    encoder.encode_image(&drawn).unwrap();
    bytes.into_inner()
}

fn probability(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

fn checks(side: Side, performed: [Option<f64>; 2]) -> Vec<Check> {
    let half = Threshold {
        value: Probability::HALF,
        origin: ThresholdOrigin::Manifest,
    };
    CheckKind::ALL
        .into_iter()
        .filter(|kind| kind.applies_to(side))
        .map(|kind| {
            let number = match kind {
                CheckKind::ScreenReplay => performed[0],
                CheckKind::PrintedCopy => performed[1],
                _ => None,
            };
            let outcome = match number {
                Some(number) => Outcome::Performed {
                    probability: probability(number),
                },
                None => Outcome::NotPerformed {
                    reason: "no model yet".to_owned(),
                },
            };
            let mut check = Check::new(side, kind, outcome);
            check.threshold = number.map(|_| half);
            // The left half as the whole says, the right half even.
            check.evidence = number.map(|number| Evidence {
                over: None,
                grid: [2, 1],
                live_percent: vec![(number * 100.0) as u8, 50],
            });
            check
        })
        .collect()
}

/// Fills the workspace with `cases`, assessed as they say, a minute apart.
pub(crate) fn fill(
    workspace: &Workspace,
    cases: &[Made],
    size: [u32; 2],
    now: Time,
) -> Vec<CaseId> {
    let mut store = Store::open(workspace, now).unwrap();
    let policy = Policy::default();
    let actor = Actor("program".to_owned());
    let mut ids = Vec::new();
    for (at, made) in cases.iter().enumerate() {
        let came_in = Time(now.0 - (at as i64 + 1) * 60_000);
        let mut pictures: Vec<Picture> = Vec::new();
        let sides = [Some(Side::Front), made.back.map(|_| Side::Back)];
        for side in sides.into_iter().flatten() {
            let bytes = picture(at as u32 * 2 + u32::from(side == Side::Back), size);
            store.originals().put(&bytes).unwrap();
            pictures.push(intake::load(&bytes, side, &Limits::default()).unwrap());
        }
        let incoming = Incoming {
            label: made.label.to_owned(),
            source: Source::Engine,
            external_id: None,
            content: Sha256::of(made.label.as_bytes()),
            original: None,
            pictures: pictures.iter().map(|p| p.incoming()).collect(),
            options: ReadOptions::default(),
            assessment: None,
        };
        let taken = store
            .take_in(&[incoming], &policy, &actor, came_in)
            .unwrap();
        let case = taken[0].case;
        store.start(case, came_in).unwrap();
        let assessment = assessment(made, &pictures);
        store
            .finish(case, &assessment, &policy, &actor, came_in)
            .unwrap();
        ids.push(case);
    }
    store.close(now).unwrap();
    ids
}

fn assessment(made: &Made, pictures: &[Picture]) -> Assessment {
    let mut assessment = Assessment::empty(Source::Engine);
    if made.errors.is_empty() {
        assessment.checks = checks(Side::Front, made.front);
        if let Some(back) = made.back {
            assessment.checks.extend(checks(Side::Back, back));
        }
    }
    assessment.errors.clone_from(&made.errors);
    assessment.findings.clone_from(&made.findings);
    assessment.pictures = pictures
        .iter()
        .map(|picture| {
            let (w, h) = (picture.record.width_px, picture.record.height_px);
            let at = |u: f64, v: f64| [u * f64::from(w), v * f64::from(h)];
            PictureFacts {
                portrait: None,
                novelty: made.unfamiliar.then_some(Novelty {
                    distance: 2.0,
                    limit: 1.0,
                }),
                side: picture.record.side,
                sha256: picture.record.sha256,
                width_px: w,
                height_px: h,
                quad: Some(Quad([
                    at(0.15, 0.2),
                    at(0.85, 0.2),
                    at(0.85, 0.8),
                    at(0.15, 0.8),
                ])),
            }
        })
        .collect();
    assessment
}

/// A vendor's result without pictures and without single checks.
pub(crate) fn add_vendor_result(
    workspace: &Workspace,
    label: &str,
    score: f64,
    now: Time,
) -> CaseId {
    let mut store = Store::open(workspace, now).unwrap();
    let mut assessment = Assessment::empty(Source::LivenessApi);
    assessment.overall = Some(Overall {
        score: Some(probability(score)),
        threshold: None,
        said_live: None,
    });
    let incoming = Incoming {
        label: label.to_owned(),
        source: Source::LivenessApi,
        external_id: Some(label.to_owned()),
        content: Sha256::of(label.as_bytes()),
        original: None,
        pictures: Vec::new(),
        options: ReadOptions::default(),
        assessment: Some(assessment),
    };
    let actor = Actor("program".to_owned());
    let taken = store
        .take_in(&[incoming], &Policy::default(), &actor, now)
        .unwrap();
    store.close(now).unwrap();
    taken[0].case
}

/// Three cases for review, one accepted, one that needs a new picture.
pub(crate) fn few() -> Vec<Made> {
    let blurry = Finding {
        code: FindingCode::ImageTooBlurry,
        side: Some(Side::Front),
        message: "The picture is out of focus".to_owned(),
    };
    vec![
        Made {
            back: Some([Some(0.81), None]),
            findings: vec![blurry],
            ..Made::plain("passport_one", 0.45, 0.9)
        },
        Made::plain("card_two", 0.4, 0.7),
        Made::plain("card_three", 0.8, 0.35),
        Made::plain("licence_four", 0.9, 0.95),
        Made {
            errors: vec![ErrorCode::DocumentNotFound],
            ..Made::plain("table_five", 0.9, 0.9)
        },
    ]
}

/// The whole window over a workspace.
pub(crate) fn app(ctx: &eframe::egui::Context, workspace: &Workspace) -> App {
    App::new(
        ctx,
        Options {
            workspace: workspace.clone(),
            actor: Actor("anna".to_owned()),
        },
    )
}
