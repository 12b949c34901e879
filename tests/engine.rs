//! The engine at its boundary: pictures and models in, an assessment out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "says which runtimes were tested")]

use std::io::Cursor;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use image::{ImageFormat, Rgb, RgbImage};
use secondlook::case::{
    Assessment, Calibration, Calibrations, CheckKind, ErrorCode, FindingCode, ModelRef, Outcome,
    Quad, ReadOptions, Sha256, Side, ThresholdOrigin,
};
use secondlook::engine::close_up::CloseUp;
use secondlook::engine::manifest::{Manifest, ModelEntry};
use secondlook::engine::places::Places;
use secondlook::engine::portrait::{self, PortraitParams};
use secondlook::engine::runtime::{
    Array, CheckedNetwork, Network, NetworkError, NetworkSpec, Runtime, RuntimeChoice,
};
use secondlook::engine::{Engine, EngineError, EngineOptions, Judge, Models, surroundings};
use secondlook::intake::{self, Limits, Picture};
use serde_json::json;

/// How far the two runtimes may lie apart, and either from the training code.
const TOLERANCE: f32 = 1e-3;

/// A model that answers as the test says.
struct Fake<F>(F);

impl<F: FnMut(&Array) -> Result<Array, NetworkError> + Send> Network for Fake<F> {
    fn run(&mut self, input: Array) -> Result<Vec<Array>, NetworkError> {
        Ok(vec![(self.0)(&input)?])
    }
}

fn fake(
    input_shape: &[Option<usize>],
    answer: impl FnMut(&Array) -> Result<Array, NetworkError> + Send + 'static,
) -> CheckedNetwork {
    let spec = NetworkSpec {
        input: "input".to_owned(),
        input_shape: input_shape.to_vec(),
        outputs: vec!["output".to_owned()],
    };
    CheckedNetwork::new(Box::new(Fake(answer)), spec)
}

fn model(id: &str) -> ModelRef {
    ModelRef {
        id: id.to_owned(),
        version: "1".to_owned(),
        sha256: Sha256::of(id.as_bytes()),
    }
}

/// A model of windows of 8 pixels whose output is `rows` of one logit for every check.
fn judge(answer: impl FnMut(&Array) -> Result<Array, NetworkError> + Send + 'static) -> Judge {
    let input_shape = [None, Some(3), Some(8), Some(8)];
    Judge {
        entry: entry(
            "patches",
            &json!({"checks": [
                {"check": "screenReplay", "column": 0, "scale": 0.1, "bias": -0.15,
                 "thresholds": {"SOFT": 0.3, "REGULAR": 0.5, "HARD": 0.8}},
                {"check": "printedCopy", "column": 1, "scale": 1.0, "bias": 0.0,
                 "thresholds": {"SOFT": 0.3, "REGULAR": 0.5, "HARD": 0.8}}]}),
        ),
        network: fake(&input_shape, answer),
    }
}

/// What a manifest says of a model of windows of 8 pixels, with what else the test wants of it.
fn entry(id: &str, more: &serde_json::Value) -> ModelEntry {
    let mut entry = json!({
        "id": id, "version": "1", "file": format!("{id}.onnx"), "sha256": Sha256::of(id.as_bytes()),
        "input": {"name": "input", "shape": [null, 3, 8, 8], "range": [0, 1]}, "outputs": ["output"],
    });
    let more = more.as_object().unwrap().clone();
    entry.as_object_mut().unwrap().extend(more);
    serde_json::from_value(entry).unwrap()
}

/// A model that looks at the document with its surroundings and adds half of what it says to `screenReplay`.
fn around(answer: impl FnMut(&Array) -> Result<Array, NetworkError> + Send + 'static) -> Judge {
    Judge {
        entry: entry(
            "surroundings",
            &json!({"windows": "surroundings",
                    "adds": [{"check": "screenReplay", "column": 0, "scale": 0.5}]}),
        ),
        network: fake(&[Some(1), Some(3), Some(8), Some(8)], answer),
    }
}

/// The number of the window in one column and its negative share of 24 in the other.
fn numbered(input: &Array) -> Result<Array, NetworkError> {
    let n = input.shape[0];
    let values = (0..n)
        .flat_map(|i| [i as f32, -(i as f32) / 11.5])
        .collect();
    Ok(Array {
        shape: vec![n, 2],
        values,
    })
}

/// A heat map that sees corners everywhere and a document in the cells for which `inside` holds.
fn heat(inside: impl Fn(usize, usize) -> bool) -> Array {
    let mut heat = Array::filled(&[1, 2, 128, 128], -8.0);
    heat.values[..128 * 128].fill(8.0);
    for y in 0..128 {
        for x in 0..128 {
            if inside(x, y) {
                heat.values[(128 + y) * 128 + x] = 8.0;
            }
        }
    }
    heat
}

fn locator(
    answer: impl FnMut(&Array) -> Result<Array, NetworkError> + Send + 'static,
) -> Option<(ModelRef, CheckedNetwork)> {
    Some((
        model("locator"),
        fake(&[Some(1), Some(3), Some(256), Some(256)], answer),
    ))
}

fn picture(pixels: &RgbImage, side: Side) -> Picture {
    let mut bytes = Vec::new();
    pixels
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
        .unwrap();
    intake::load(&bytes, side, &Limits::default()).unwrap()
}

/// A picture of one colour, large enough for every rule.
fn plain(colour: [u8; 3], side: Side) -> Picture {
    picture(&RgbImage::from_pixel(640, 640, Rgb(colour)), side)
}

fn engine(locator: Option<(ModelRef, CheckedNetwork)>, judges: Vec<Judge>) -> Engine {
    Engine::with_models(Models::of(locator, judges), "fake", "1")
}

fn whole_frame() -> ReadOptions {
    ReadOptions {
        whole_frame: true,
        ..ReadOptions::default()
    }
}

fn outcome(assessment: &Assessment, side: Side, kind: CheckKind) -> &Outcome {
    let mut checks = assessment.checks.iter();
    &checks
        .find(|check| (check.side, check.kind) == (side, kind))
        .unwrap()
        .outcome
}

fn probability(assessment: &Assessment, kind: CheckKind) -> f64 {
    match outcome(assessment, Side::Front, kind) {
        Outcome::Performed { probability } => probability.get(),
        other => panic!("{kind:?}: {other:?}"),
    }
}

fn reason(assessment: &Assessment, kind: CheckKind) -> &str {
    match outcome(assessment, Side::Front, kind) {
        Outcome::NotPerformed { reason } | Outcome::Error { reason } => reason,
        Outcome::Performed { probability } => panic!("{kind:?} was made: {probability}"),
    }
}

#[test]
fn the_windows_are_pooled_calibrated_and_held_against_the_manifests_thresholds() {
    let mut engine = engine(None, vec![judge(numbered)]);
    let front = plain([90, 90, 90], Side::Front);
    let mut options = whole_frame();
    options.calibrations = Calibrations {
        screen_replay: Calibration::Hard,
        ..Calibrations::default()
    };
    let assessment = engine.assess(Some(&front), None, &options).unwrap();

    // 0.1 × 11.5 − 0.15 = 1, and 1 / (1 + e^-1) = 0.731059.
    assert!((probability(&assessment, CheckKind::ScreenReplay) - 0.731_059).abs() < 1e-6);
    // The mean is −1: 1 / (1 + e) = 0.268941.
    assert!((probability(&assessment, CheckKind::PrintedCopy) - 0.268_941).abs() < 1e-6);
    assert_eq!(
        reason(&assessment, CheckKind::PortraitSubstitution),
        "no model yet"
    );
    assert_eq!(
        reason(&assessment, CheckKind::DigitalManipulation),
        "no model yet"
    );

    let kinds: Vec<_> = assessment.checks.iter().map(|check| check.kind).collect();
    assert_eq!(kinds, CheckKind::ALL);
    let screen = &assessment.checks[0];
    assert_eq!(screen.model.as_deref(), Some("patches 1"));
    assert_eq!(screen.calibration, Some(Calibration::Hard));
    let threshold = screen.threshold.unwrap();
    assert_eq!(
        (threshold.value.get(), threshold.origin),
        (0.8, ThresholdOrigin::Manifest)
    );
    assert_eq!(assessment.checks[1].threshold.unwrap().value.get(), 0.5);
    // 1 / (1 + e^-(0.1 × i − 0.15)) for the first window, the second and the last.
    let evidence = screen.evidence.as_ref().unwrap();
    assert_eq!(evidence.grid, [6, 4]);
    let percent = &evidence.live_percent;
    assert_eq!((percent[0], percent[1], percent[23]), (46, 49, 90));
    assert_eq!(percent.len(), 24);
    assert_eq!(assessment.checks[2].evidence, None, "nobody looked");
    let record = assessment.engine.unwrap();
    assert_eq!(
        (record.runtime.as_str(), record.runtime_version.as_str()),
        ("fake", "1")
    );
    assert_eq!(record.models, [model("patches")]);
    let steps: Vec<_> = assessment
        .timings
        .iter()
        .map(|timing| timing.step.as_str())
        .collect();
    assert_eq!(steps, ["decode", "locate", "closeUp", "patches", "quality"]);
    assert_eq!(assessment.pictures[0].sha256, front.record.sha256);
}

#[test]
fn a_back_has_no_portrait_and_both_sides_come_in_order() {
    let mut engine = engine(None, vec![judge(numbered)]);
    let (front, back) = (plain([90; 3], Side::Front), plain([91; 3], Side::Back));
    let both = engine
        .assess(Some(&front), Some(&back), &whole_frame())
        .unwrap();
    let sides: Vec<_> = both.checks.iter().map(|check| check.side).collect();
    assert_eq!(
        sides,
        [[Side::Front; 4].as_slice(), &[Side::Back; 3]].concat()
    );
    assert!(
        both.checks[4..]
            .iter()
            .all(|check| check.kind != CheckKind::PortraitSubstitution)
    );
    let nothing = engine.assess(None, None, &whole_frame());
    assert_eq!(nothing.unwrap_err(), EngineError::NoPicture);
}

#[test]
fn without_a_document_no_check_is_made_and_each_says_why() {
    let mut engine = engine(locator(|_| Ok(heat(|_, _| false))), vec![judge(numbered)]);
    let front = plain([90; 3], Side::Front);
    let assessment = engine
        .assess(Some(&front), None, &ReadOptions::default())
        .unwrap();
    assert_eq!(assessment.errors, [ErrorCode::DocumentNotFound]);
    let expected = "No document was found in the picture";
    assert_eq!(reason(&assessment, CheckKind::ScreenReplay), expected);
    assert_eq!(
        reason(&assessment, CheckKind::DigitalManipulation),
        "no model yet"
    );
    assert_eq!(assessment.pictures[0].quad, None);
    // A check that was not made keeps the threshold that it would have been held against.
    assert!(assessment.checks[0].threshold.is_some());
}

#[test]
fn a_document_is_found_where_the_heat_map_has_it_and_is_judged() {
    // Cells 20 to 107 across and 40 to 87 down, of 5 pixels each.
    let mask = |x: usize, y: usize| (20..108).contains(&x) && (40..88).contains(&y);
    let mut engine = engine(locator(move |_| Ok(heat(mask))), vec![judge(numbered)]);
    let front = plain([90; 3], Side::Front);
    let assessment = engine
        .assess(Some(&front), None, &ReadOptions::default())
        .unwrap();
    assert_eq!(assessment.errors, []);
    let quad = assessment.pictures[0].quad.unwrap();
    let expected = [
        [100.0, 200.0],
        [540.0, 200.0],
        [540.0, 440.0],
        [100.0, 440.0],
    ];
    for (found, expected) in quad.0.iter().flatten().zip(expected.iter().flatten()) {
        assert!((found - expected).abs() < 5.0, "{quad:?}");
    }
    assert!((probability(&assessment, CheckKind::ScreenReplay) - 0.731_059).abs() < 1e-6);
    let models = assessment.engine.unwrap().models;
    assert_eq!(models, [model("locator"), model("patches")]);
}

#[test]
fn a_cropped_document_is_an_error_unless_the_submission_lets_it_by() {
    // Beyond two edges of the picture.
    let mask = |x: usize, y: usize| x >= 40 && y >= 80;
    let mut engine = engine(locator(move |_| Ok(heat(mask))), vec![judge(numbered)]);
    let front = plain([90; 3], Side::Front);
    let strict = engine
        .assess(Some(&front), None, &ReadOptions::default())
        .unwrap();
    assert_eq!(strict.errors, [ErrorCode::DocumentCropped]);
    let expected = "A part of the document lies outside the picture";
    assert_eq!(reason(&strict, CheckKind::PrintedCopy), expected);

    let options = ReadOptions {
        ignore_cropped: true,
        ..ReadOptions::default()
    };
    let lenient = engine.assess(Some(&front), None, &options).unwrap();
    assert_eq!(lenient.errors, []);
    let ignored = FindingCode::Ignored(ErrorCode::DocumentCropped);
    assert!(
        lenient
            .findings
            .iter()
            .any(|finding| finding.code == ignored)
    );
    probability(&lenient, CheckKind::PrintedCopy);
}

#[test]
fn a_model_that_breaks_while_it_runs_is_an_error_of_its_checks() {
    let front = plain([90; 3], Side::Front);
    let check = |judge: Judge, expected: &str| {
        let mut engine = engine(None, vec![judge]);
        let assessment = engine.assess(Some(&front), None, &whole_frame()).unwrap();
        let outcome = outcome(&assessment, Side::Front, CheckKind::ScreenReplay);
        let Outcome::Error { reason } = outcome else {
            panic!("{outcome:?}")
        };
        assert!(reason.contains(expected), "{reason}");
    };
    check(
        judge(|_| Err(NetworkError::Failed("out of memory".to_owned()))),
        "out of memory",
    );
    check(
        judge(|input| Ok(Array::filled(&[input.shape[0], 2], f32::NAN))),
        "no finite number",
    );
    check(
        judge(|_| Ok(Array::filled(&[23, 2], 0.0))),
        "[23, 2] for 24 windows",
    );
    check(
        judge(|input| Ok(Array::filled(&[input.shape[0], 1], 0.0))),
        "2 or more columns",
    );
    check(
        judge(|_| {
            Ok(Array {
                shape: vec![24, 2],
                values: vec![0.0],
            })
        }),
        "gaps",
    );

    let broken = locator(|_| Err(NetworkError::Failed("out of memory".to_owned())));
    let mut engine = engine(broken, vec![judge(numbered)]);
    let assessment = engine
        .assess(Some(&front), None, &ReadOptions::default())
        .unwrap();
    assert!(reason(&assessment, CheckKind::ScreenReplay).contains("out of memory"));
    assert_eq!(
        assessment.errors,
        [],
        "a broken program is no reason for another picture"
    );
}

/// A folder of models of 8 pixel windows, for which `files` gives the check, the file and the hash
/// of another file where it is to be wrong.
fn models_folder(files: &[(&str, &str, Option<&[u8]>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let entries: Vec<_> = files
        .iter()
        .map(|(check, file, said)| {
            let bytes = std::fs::read(Path::new("tests/data/models").join(file));
            if let Ok(bytes) = &bytes {
                std::fs::write(folder.path().join(file), bytes).unwrap();
            }
            let sha256 = Sha256::of(said.unwrap_or(&bytes.unwrap_or_default()));
            json!({
                "id": check, "version": "1", "file": file, "sha256": sha256,
                "input": {"name": "patches", "shape": [null, 3, 8, 8], "range": [0, 1]},
                "outputs": ["logits"],
                "checks": [{"check": check, "column": 1, "scale": 1.0, "bias": 0.0,
                            "thresholds": {"SOFT": 0.3, "REGULAR": 0.5, "HARD": 0.7}}]})
        })
        .collect();
    let manifest = json!({"format": 1, "models": entries});
    std::fs::write(folder.path().join("manifest.json"), manifest.to_string()).unwrap();
    folder
}

fn open(folder: &Path, runtime: RuntimeChoice) -> Engine {
    let mut places = Places::of_this_computer();
    places.models = Some(folder.to_path_buf());
    Engine::open(&EngineOptions {
        places,
        runtime,
        n_threads: 1,
    })
    .unwrap()
}

#[test]
fn a_model_that_cannot_be_used_is_named_and_the_others_run() {
    let front = plain([128, 64, 32], Side::Front);
    let check = |file: &str, said: Option<&[u8]>, expected: &str| {
        for runtime in runtimes() {
            let folder = models_folder(&[
                ("screenReplay", "means.onnx", None),
                ("printedCopy", file, said),
            ]);
            if file == "cut.onnx" {
                let whole = std::fs::read("tests/data/models/means.onnx").unwrap();
                std::fs::write(folder.path().join(file), &whole[..100]).unwrap();
            }
            let mut engine = open(folder.path(), runtime);
            let [problem] = engine.problems() else {
                panic!("{:?}", engine.problems())
            };
            let problem = problem.to_string();
            assert!(problem.contains(expected), "{runtime:?} {file}: {problem}");
            let path = folder.path().join(file);
            assert!(problem.contains(path.to_str().unwrap()), "{problem}");
            assert!(problem.contains("release"), "{problem}");
            let assessment = engine.assess(Some(&front), None, &whole_frame()).unwrap();
            assert_eq!(reason(&assessment, CheckKind::PrintedCopy), problem);
            probability(&assessment, CheckKind::ScreenReplay);
        }
    };
    check("means.onnx", Some(b"another content"), "is damaged");
    check("absent.onnx", None, "cannot be read");
    check(
        "cut.onnx",
        Some(&std::fs::read("tests/data/models/means.onnx").unwrap()[..100]),
        "cannot be read",
    );
    check(
        "sixteen.onnx",
        None,
        "it takes [any, 3, 16, 16] and not [any, 3, 8, 8]",
    );
    check(
        "one_column.onnx",
        None,
        "its output is [1, 1], where rows of 2",
    );
    check("nan.onnx", None, "no finite number");
}

#[test]
fn without_models_the_engine_opens_and_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = open(folder.path(), RuntimeChoice::Rten);
    assert_eq!(engine.problems().len(), 1);
    let front = plain([90; 3], Side::Front);
    let assessment = engine
        .assess(Some(&front), None, &ReadOptions::default())
        .unwrap();
    for kind in CheckKind::ALL {
        assert!(reason(&assessment, kind).contains("SECONDLOOK_MODELS"));
    }
    assert_eq!(
        assessment.errors,
        [],
        "nobody has looked, so nothing is wrong with the picture"
    );

    std::fs::write(folder.path().join("manifest.json"), "{\"format\": 1,\n oh").unwrap();
    let engine = open(folder.path(), RuntimeChoice::Rten);
    let problem = engine.problems()[0].to_string();
    assert!(
        problem.contains("manifest.json") && problem.contains("line 2"),
        "{problem}"
    );
}

/// The runtimes to test: always the embedded one, and ONNX Runtime where there is one. With
/// `SECONDLOOK_REQUIRE_ORT=1` it has to be there.
fn runtimes() -> Vec<RuntimeChoice> {
    match Runtime::open(RuntimeChoice::OnnxRuntime, &Places::of_this_computer()) {
        Ok(_) => vec![RuntimeChoice::Rten, RuntimeChoice::OnnxRuntime],
        Err(missing) => {
            let required = std::env::var_os("SECONDLOOK_REQUIRE_ORT").is_some_and(|set| set == "1");
            assert!(!required, "SECONDLOOK_REQUIRE_ORT is set: {missing}");
            println!("tested with rten alone: {missing}");
            vec![RuntimeChoice::Rten]
        }
    }
}

#[test]
fn both_runtimes_give_what_the_model_says() {
    for runtime in runtimes() {
        let folder = models_folder(&[("screenReplay", "means.onnx", None)]);
        let mut engine = open(folder.path(), runtime);
        assert_eq!(engine.problems(), []);
        let front = plain([51, 204, 102], Side::Front);
        let assessment = engine.assess(Some(&front), None, &whole_frame()).unwrap();
        // Column 1 is 4 × green − 2 × blue − 1 = 3.2 − 0.8 − 1 = 1.4: 1 / (1 + e^-1.4) = 0.802184.
        let found = probability(&assessment, CheckKind::ScreenReplay);
        assert!((found - 0.802_184).abs() < 1e-5, "{runtime:?}: {found}");
        let record = assessment.engine.unwrap();
        let name = if runtime == RuntimeChoice::Rten {
            "rten"
        } else {
            "onnxruntime"
        };
        assert_eq!(record.runtime, name);
        assert!(
            record.runtime_version.contains('.'),
            "{}",
            record.runtime_version
        );
        assert_eq!(
            record.models[0].sha256,
            Sha256::of(&std::fs::read("tests/data/models/means.onnx").unwrap())
        );
    }
}

/// The models that are shipped.
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

/// A reference's level of window `n`, colour `c`, row `y`, column `x`, by the formula of its training code.
type Level = fn(usize, usize, usize, usize) -> usize;

/// Texture of every kind.
fn textured(n: usize, c: usize, y: usize, x: usize) -> usize {
    let sum = x * (3 + n) + y * (7 + 2 * n) + 31 * c * n + ((x * y) >> (n % 6 + 2)) * 5;
    (sum ^ (x + 2 * y)) % 256
}

/// A ramp with noise, on which two windows hold a flat piece.
fn patched(n: usize, c: usize, y: usize, x: usize) -> usize {
    if (n == 5 || n == 17) && (64..128).contains(&x) && (80..112).contains(&y) {
        return 150;
    }
    let ramp = ((x * (2 + n % 3) + y * 3 + 40 * c) >> 3) % 64;
    let noise = (x * 73 + y * 151 + c * 37 + n * 11 + ((x * y) >> 3) * 29) ^ (x * 5 + y);
    120 + ramp + noise % 7
}

fn reference_input(shape: [usize; 4], level: Level) -> Array {
    let [n, channels, height, width] = shape;
    let planes = (0..n).flat_map(|n| (0..channels).map(move |c| (n, c)));
    let rows = planes.flat_map(|(n, c)| (0..height).map(move |y| (n, c, y)));
    let values = rows
        .flat_map(|(n, c, y)| (0..width).map(move |x| level(n, c, y, x) as f32 / 255.0))
        .collect();
    Array {
        shape: shape.to_vec(),
        values,
    }
}

fn reference_of(model: &str) -> serde_json::Value {
    let path = shipped().join("reference").join(format!("{model}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The largest difference between two lists of the same length.
fn distance(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

/// What the model of that name gives for `input`, on each runtime.
fn given(id: &str, input: &Array) -> Vec<(RuntimeChoice, Vec<Array>)> {
    let manifest = Manifest::read(&shipped()).unwrap();
    let entry = manifest.models.iter().find(|entry| entry.id == id).unwrap();
    let run = |choice| {
        let runtime = Runtime::open(choice, &Places::of_this_computer()).unwrap();
        let mut network = manifest.load(entry, &runtime, 1).unwrap();
        (choice, network.run(input.clone()).unwrap())
    };
    runtimes().into_iter().map(run).collect()
}

fn side_of(id: &str) -> usize {
    let manifest = Manifest::read(&shipped()).unwrap();
    let entry = manifest.models.iter().find(|entry| entry.id == id).unwrap();
    entry.input_px()
}

#[test]
fn the_windows_get_the_logits_that_the_training_code_gave_them_on_both_runtimes() {
    let models: [(&str, Level); 4] = [
        ("patches", textured),
        ("surroundings", textured),
        ("substitution", textured),
        ("edits", patched),
    ];
    for (id, level) in models {
        let reference = reference_of(id);
        for probe in reference["levels"].as_array().unwrap() {
            let at: [usize; 4] = serde_json::from_value(probe["at"].clone()).unwrap();
            let expected = probe["level"].as_u64().unwrap() as usize;
            assert_eq!(level(at[0], at[1], at[2], at[3]), expected, "{id}");
        }
        let n_windows = reference["count"].as_u64().unwrap() as usize;
        let logits: Vec<Vec<f32>> = serde_json::from_value(reference["logits"].clone()).unwrap();
        let side_px = side_of(id);
        let input = reference_input([n_windows, 3, side_px, side_px], level);
        for (choice, outputs) in given(id, &input) {
            let away = distance(&outputs[0].values, &logits.concat());
            println!("{id}, {choice:?}: {away} from the training code");
            assert!(away <= TOLERANCE, "{id}, {choice:?}: {away}");
            if let Some(novelty) = reference.get("novelty") {
                let expected: Vec<f32> = serde_json::from_value(novelty.clone()).unwrap();
                for (found, expected) in outputs[1].values.iter().zip(&expected) {
                    let away = (found - expected).abs() / expected.abs().max(1.0);
                    assert!(
                        away <= TOLERANCE,
                        "{id}, {choice:?}: {found} for {expected}"
                    );
                }
                assert_eq!(outputs[1].values.len(), expected.len());
            }
        }
    }
}

/// A document with a portrait, drawn by whole numbers alone: red, green and blue of a pixel.
fn portrayed(x: i32, y: i32) -> [i32; 3] {
    if (12..58).contains(&x) && (36..112).contains(&y) {
        let head = (x - 35) * (x - 35) * 9 + (y - 66) * (y - 66) * 4;
        let eyes = (60..63).contains(&y) && ((x - 35).abs() - 6).abs() < 3;
        let mouth = (76..78).contains(&y) && (x - 35).abs() < 5;
        match () {
            () if head < 2000 && (y < 54 || head > 1700) => [60, 45, 40],
            () if head < 2000 && (eyes || mouth) => [70, 40, 40],
            () if head < 2000 => [205 - x / 2, 150, 120],
            () if y > 92 && (x - 35).abs() < 8 + (y - 92) => [50, 55, 80],
            () => [170, 180, 205],
        }
    } else if y < 16 {
        [60, 90, 170]
    } else if (68..150).contains(&x)
        && y % 13 < 4
        && (30..125).contains(&y)
        && (x * 7 + y / 13 * 5) % 13 < 9
    {
        [40, 40, 50]
    } else if y >= 136 && y % 11 < 5 && (x * 5 + y / 11) % 7 < 5 {
        [30, 30, 35]
    } else {
        [225 - y / 4, 215 - (x * 3 + y) % 7, 190 + y / 5]
    }
}

#[test]
fn the_portrait_is_found_where_the_training_code_found_it_on_both_runtimes() {
    let reference = reference_of("portrait");
    for probe in reference["levels"].as_array().unwrap() {
        let [x, y]: [i32; 2] = serde_json::from_value(probe["at"].clone()).unwrap();
        let rgb: [i32; 3] = serde_json::from_value(probe["rgb"].clone()).unwrap();
        assert_eq!(portrayed(x, y), rgb, "{x} {y}");
    }
    let side = 160_i32;
    let document = RgbImage::from_fn(160, 160, |x, y| {
        Rgb(portrayed(x as i32, y as i32).map(|level| level as u8))
    });
    // A quarter clockwise brings the pixel at (x, y) to (side − 1 − y, x).
    let mut input = Array::filled(&[4, 3, 160, 160], 0.0);
    for turn in 0..4 {
        for (x, y, pixel) in document.enumerate_pixels() {
            let (mut x, mut y) = (x as i32, y as i32);
            for _ in 0..turn {
                (x, y) = (side - 1 - y, x);
            }
            for (c, &level) in pixel.0.iter().enumerate() {
                let at = (((turn * 3 + c) as i32 * side + y) * side + x) as usize;
                input.values[at] = f32::from(level) / 255.0;
            }
        }
    }
    let step = reference["step"].as_u64().unwrap() as usize;
    let expected: Vec<f32> = serde_json::from_value(reference["heat"].clone()).unwrap();
    for (choice, outputs) in given("portrait", &input) {
        let heat = &outputs[0];
        assert_eq!(heat.shape, [4, 1, 40, 40]);
        let cells = (0..4 * 1600).filter(|cell| {
            let (x, y) = (cell % 40, cell / 40 % 40);
            x % step == 0 && y % step == 0
        });
        let found: Vec<f32> = cells.map(|cell| heat.values[cell]).collect();
        let away = distance(&found, &expected);
        println!("portrait, {choice:?}: {away} from the training code");
        assert!(away <= TOLERANCE * 10.0, "{choice:?}: {away}");
        let found = reference["found"].clone();
        let close_up = CloseUp::of(&document, &Quad::whole(160, 160)).unwrap();
        let portrait = portrait::find(
            &close_up,
            &Quad::whole(160, 160),
            &PortraitParams::default(),
            |_| Ok(heat.values.clone()),
        );
        let portrait = portrait.unwrap().unwrap();
        let share: [f64; 4] = serde_json::from_value(found["box"].clone()).unwrap();
        assert_eq!(portrait.share, share);
        assert!((portrait.score - found["score"].as_f64().unwrap()).abs() < 1e-3);
        assert_eq!(found["turn"], 0);
    }
}

#[test]
fn both_runtimes_agree_on_every_shipped_model() {
    let manifest = Manifest::read(&shipped()).unwrap();
    let places = Places::of_this_computer();
    for entry in &manifest.models {
        let side_px = entry.input_px();
        let n_windows = entry.input.shape[0].unwrap_or(1);
        let input = reference_input([n_windows, 3, side_px, side_px], textured);
        let answers: Vec<Vec<Array>> = runtimes()
            .into_iter()
            .map(|choice| {
                let runtime = Runtime::open(choice, &places).unwrap();
                let mut network = manifest.load(entry, &runtime, 2).unwrap();
                network.run(input.clone()).unwrap()
            })
            .collect();
        for other in &answers[1..] {
            for (a, b) in answers[0].iter().zip(other) {
                assert_eq!(a.shape, b.shape, "{}", entry.id);
                // Logits of the heat map run to dozens: a thousandth of their own size is allowed.
                let largest = a
                    .values
                    .iter()
                    .fold(1.0_f32, |most, value| most.max(value.abs()));
                let away = distance(&a.values, &b.values) / largest;
                assert!(away <= TOLERANCE, "{}: {away}", entry.id);
            }
        }
    }
}

/// A card with guilloche-like lines, text-like bars and a camera's noise.
fn drawn_card() -> RgbImage {
    let mut state = 7_u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 28) as f32 - 7.5
    };
    RgbImage::from_fn(1200, 760, |x, y| {
        let (u, v) = (x as f32, y as f32);
        let lines = 18.0 * (u / 5.3 + 9.0 * (v / 70.0).sin()).sin();
        let bar = (40..60).contains(&(y % 90)) && x > 420 && (x / 14 * 7 + y / 90) % 5 > 1;
        let ground = if bar {
            [50.0, 50.0, 70.0]
        } else {
            [205.0, 190.0, 165.0]
        };
        Rgb(ground.map(|level| (level + lines + noise()).clamp(0.0, 255.0) as u8))
    })
}

#[test]
fn a_picture_is_judged_alike_by_the_shipped_models_on_both_runtimes() {
    // As a back: the card has no portrait.
    let back = picture(&drawn_card(), Side::Back);
    let mut said: Vec<Vec<f64>> = Vec::new();
    for choice in runtimes() {
        let mut engine = open(&shipped(), choice);
        assert_eq!(engine.problems(), []);
        let assessment = engine.assess(None, Some(&back), &whole_frame()).unwrap();
        assert_eq!(assessment.errors, []);
        let probabilities = assessment
            .checks
            .iter()
            .map(|check| check.probability().unwrap().get());
        said.push(probabilities.collect());
        let ran = assessment.engine.unwrap().models;
        let file = |id: &str| std::fs::read(shipped().join(format!("{id}.onnx"))).unwrap();
        let expected =
            ["patches", "surroundings", "edits"].map(|id| (id.to_owned(), Sha256::of(&file(id))));
        let ran: Vec<_> = ran
            .into_iter()
            .map(|model| (model.id, model.sha256))
            .collect();
        assert_eq!(
            ran, expected,
            "what looks for portraits has nothing to do on a back"
        );
    }
    println!("screen replay, printed copy and digital manipulation by each runtime: {said:?}");
    assert_eq!(said[0].len(), 3);
    for other in &said[1..] {
        for (a, b) in said[0].iter().zip(other) {
            assert!((a - b).abs() <= f64::from(TOLERANCE), "{said:?}");
        }
    }
}

#[test]
fn the_shipped_models_find_and_judge_the_shipped_samples() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples");
    for name in ["01-genuine-card.jpg", "02-genuine-passport.jpg"] {
        let path = samples.join(name);
        let (picture, _) = intake::load_file(&path, Side::Front, &Limits::default()).unwrap();
        let mut said: Vec<[f64; 4]> = Vec::new();
        for choice in runtimes() {
            let mut engine = open(&shipped(), choice);
            assert_eq!(engine.problems(), []);
            let assessment = engine
                .assess(Some(&picture), None, &ReadOptions::default())
                .unwrap();
            assert_eq!(assessment.errors, [], "{name}");
            let facts = &assessment.pictures[0];
            assert!(facts.quad.unwrap().is_convex());
            assert!(facts.portrait.unwrap().is_convex());
            assert!(facts.novelty.unwrap().distance > 0.0);
            said.push(CheckKind::ALL.map(|kind| probability(&assessment, kind)));
            let models = assessment.engine.unwrap().models;
            let ids: Vec<_> = models.iter().map(|model| model.id.as_str()).collect();
            let expected = [
                "locator",
                "portrait",
                "patches",
                "surroundings",
                "substitution",
                "edits",
            ];
            assert_eq!(ids, expected);
        }
        println!("{name}: the four checks by each runtime: {said:?}");
        for other in &said[1..] {
            for (a, b) in said[0].iter().zip(other) {
                assert!((a - b).abs() <= f64::from(TOLERANCE), "{name}: {said:?}");
            }
        }
    }
    let empty = samples.join("13-no-document.jpg");
    let (picture, _) = intake::load_file(&empty, Side::Front, &Limits::default()).unwrap();
    let mut engine = open(&shipped(), RuntimeChoice::Rten);
    let assessment = engine
        .assess(Some(&picture), None, &ReadOptions::default())
        .unwrap();
    assert_eq!(assessment.errors, [ErrorCode::DocumentNotFound]);
}

#[test]
fn the_surroundings_are_cut_out_and_shrunk_as_in_the_training_code() {
    let reference = &reference_of("surroundings")["view"];
    let [width, height]: [u32; 2] =
        serde_json::from_value(reference["picture_px"].clone()).unwrap();
    let document: [[f64; 2]; 4] = serde_json::from_value(reference["quad_px"].clone()).unwrap();
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let squares = (x / 40 + y / 30) % 2 * 90;
        let level = |c: u32| ((x * 3 / 7 + y * 5 / 11 * (c + 1) + squares) % 256) as u8;
        Rgb([level(0), level(1), level(2)])
    });
    let side_px = side_of("surroundings");
    let seen = surroundings::view(&picture, &Quad(document), side_px, [0.0, 255.0]).unwrap();
    let step = reference["step"].as_u64().unwrap() as usize;
    let expected: Vec<f32> = serde_json::from_value(reference["levels"].clone()).unwrap();
    let plane = side_px * side_px;
    let places = (0..side_px).step_by(step);
    let found: Vec<f32> = places
        .clone()
        .flat_map(|y| places.clone().map(move |x| y * side_px + x))
        .flat_map(|at| [0, 1, 2].map(|channel| seen.values[channel * plane + at]))
        .collect();
    // The two round a mean of several pixels at other points on the way.
    let away = distance(&found, &expected);
    assert!(away <= 1.0, "{away} levels");
}

/// A finder of portraits that sees one in the turn `upright`, in the upper left of it.
fn finder(upright: Option<usize>) -> Option<(ModelRef, CheckedNetwork)> {
    let answer = move |_: &Array| {
        let mut heat = Array::filled(&[4, 1, 40, 40], -6.0);
        if let Some(turn) = upright {
            for (x, y) in (4..14).flat_map(|x| (8..28).map(move |y| (x, y))) {
                heat.values[(turn * 40 + y) * 40 + x] = 6.0;
            }
        }
        Ok(heat)
    };
    Some((
        model("portrait"),
        fake(&[Some(4), Some(3), Some(160), Some(160)], answer),
    ))
}

/// A model that holds the portrait against the rest: its windows say 0, 1, … 20.
fn substitution() -> Judge {
    let answer = |input: &Array| {
        assert_eq!(input.shape, [35, 3, 8, 8]);
        let values = (0..21).map(|i| i as f32).collect();
        Ok(Array {
            shape: vec![21, 1],
            values,
        })
    };
    Judge {
        entry: entry(
            "substitution",
            &json!({"windows": "portrait", "checks": [
                {"check": "portraitSubstitution", "column": 0, "scale": 0.1, "bias": 0.0,
                 "thresholds": {"SOFT": 0.3, "REGULAR": 0.5, "HARD": 0.8}}]}),
        ),
        ..judge(answer)
    }
}

fn with_portraits(upright: Option<usize>) -> Engine {
    let mut models = Models::of(None, vec![judge(numbered), substitution()]);
    models.portrait = finder(upright);
    Engine::with_models(models, "fake", "1")
}

#[test]
fn the_portrait_tells_which_way_is_up_and_is_held_against_the_rest() {
    let front = plain([90; 3], Side::Front);
    let assessment = with_portraits(Some(1))
        .assess(Some(&front), None, &whole_frame())
        .unwrap();
    assert_eq!(assessment.errors, []);
    let facts = &assessment.pictures[0];
    // After a quarter turn clockwise the lower left corner is at the top left.
    assert_eq!(facts.quad.unwrap().0[0], [0.0, 640.0]);
    let portrait = facts.portrait.unwrap();
    // A tenth of the way up the picture and a fifth to the right.
    assert!((portrait.0[0][0] - 128.0).abs() < 1e-6 && (portrait.0[0][1] - 576.0).abs() < 1e-6);
    // The mean of 0 to 20 is 10: 1 / (1 + e^-1).
    let probability = probability(&assessment, CheckKind::PortraitSubstitution);
    assert!((probability - 0.731_059).abs() < 1e-6);
    let evidence = assessment.checks[2].evidence.as_ref().unwrap();
    assert_eq!(evidence.grid, [5, 5]);
    assert!(evidence.over.is_some());
    let models = assessment.engine.unwrap().models;
    let expected = ["portrait", "patches", "substitution"];
    assert_eq!(models, expected.map(model));
}

#[test]
fn a_front_without_a_portrait_asks_for_another_picture_and_a_back_needs_none() {
    let (front, back) = (plain([90; 3], Side::Front), plain([91; 3], Side::Back));
    let both = with_portraits(None)
        .assess(Some(&front), Some(&back), &whole_frame())
        .unwrap();
    assert_eq!(both.errors, [ErrorCode::DocumentPhotoNotFound]);
    let expected = "No portrait was found on the document's front";
    for kind in [CheckKind::ScreenReplay, CheckKind::PortraitSubstitution] {
        assert_eq!(reason(&both, kind), expected);
    }
    let of_back = outcome(&both, Side::Back, CheckKind::ScreenReplay);
    assert!(matches!(of_back, Outcome::Performed { .. }));
    assert_eq!(both.pictures[1].portrait, None);
}

#[test]
fn without_the_portraits_model_the_other_checks_are_made() {
    let mut engine = engine(None, vec![judge(numbered), substitution()]);
    let front = plain([90; 3], Side::Front);
    let assessment = engine.assess(Some(&front), None, &whole_frame()).unwrap();
    assert_eq!(assessment.errors, []);
    probability(&assessment, CheckKind::ScreenReplay);
    let expected = "no model to look for the portrait";
    assert_eq!(
        reason(&assessment, CheckKind::PortraitSubstitution),
        expected
    );
}

#[test]
fn what_a_second_model_adds_moves_the_check_and_its_evidence() {
    let front = plain([90; 3], Side::Front);
    let look = |judges| {
        let assessment = engine(None, judges).assess(Some(&front), None, &whole_frame());
        assessment.unwrap()
    };
    let alone = look(vec![judge(numbered)]);
    let both = look(vec![
        // The view of a picture of one colour has that colour.
        around(|input| {
            assert!(
                input
                    .values
                    .iter()
                    .all(|level| (level - 90.0 / 255.0).abs() < 1e-6)
            );
            Ok(Array::filled(&[1, 1], -4.0))
        }),
        judge(numbered),
    ]);
    // The mean of 0 to 23 is 11.5: 0.1 × 11.5 − 0.15 = 1, and −4 / 2 on top of it: −1.
    let of = |assessment| probability(assessment, CheckKind::ScreenReplay);
    assert!((of(&alone) - 0.731_059).abs() < 1e-6);
    assert!((of(&both) - 0.268_941).abs() < 1e-6);
    let map = |assessment: &Assessment| {
        let evidence = assessment.checks[0].evidence.clone();
        evidence.unwrap().live_percent
    };
    let (before, after) = (map(&alone), map(&both));
    assert!(
        before
            .iter()
            .zip(&after)
            .all(|(before, after)| after < before)
    );
    // The other check of the same model is as it was.
    let other = |assessment| probability(assessment, CheckKind::PrintedCopy);
    assert!((other(&alone) - other(&both)).abs() < 1e-12);
    // And the reviewer is told why, e² to 1.
    let told = |assessment: &Assessment| {
        let mut findings = assessment.findings.iter();
        findings.any(|finding| finding.code == FindingCode::ScreenAround)
    };
    assert_eq!([told(&alone), told(&both)], [false, true]);
    let said_by = both.checks[0].model.as_deref();
    assert_eq!(said_by, Some("patches 1 and surroundings 1"));
    let models = both.engine.unwrap().models;
    assert_eq!(models, ["surroundings", "patches"].map(model));
}

#[test]
fn a_check_is_not_made_where_one_of_its_models_breaks() {
    let broken = |_: &Array| Err(NetworkError::Misfit("no".to_owned()));
    let front = plain([90; 3], Side::Front);
    let mut engine = engine(None, vec![judge(numbered), around(broken)]);
    let assessment = engine.assess(Some(&front), None, &whole_frame()).unwrap();
    let outcome = outcome(&assessment, Side::Front, CheckKind::ScreenReplay);
    let Outcome::Error { reason } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(reason.starts_with("surroundings 1: "), "{reason}");
    probability(&assessment, CheckKind::PrintedCopy);
}

#[test]
fn a_check_is_not_made_where_one_of_its_models_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(shipped()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    std::fs::write(folder.path().join("surroundings.onnx"), b"another").unwrap();
    let mut engine = open(folder.path(), RuntimeChoice::Rten);
    assert_eq!(engine.problems().len(), 1);
    let back = plain([90; 3], Side::Back);
    let assessment = engine.assess(None, Some(&back), &whole_frame()).unwrap();
    let reason = match outcome(&assessment, Side::Back, CheckKind::ScreenReplay) {
        Outcome::NotPerformed { reason } => reason,
        other => panic!("{other:?}"),
    };
    assert!(reason.contains("surroundings.onnx"), "{reason}");
    // What the model says of texture alone is nobody's answer.
    let checks = &assessment.checks;
    let screen = checks
        .iter()
        .find(|check| check.kind == CheckKind::ScreenReplay);
    assert_eq!(screen.unwrap().evidence, None);
    let other = outcome(&assessment, Side::Back, CheckKind::PrintedCopy);
    assert!(matches!(other, Outcome::Performed { .. }), "{other:?}");
}

#[test]
fn windows_shown_a_few_at_a_time_are_judged_as_all_together() {
    /// Says of every window what its first pixel is, by itself, and of how many it was asked at a time.
    struct EachAlone(mpsc::Sender<usize>);
    impl Network for EachAlone {
        fn run(&mut self, input: Array) -> Result<Vec<Array>, NetworkError> {
            let n = input.shape[0];
            self.0.send(n).unwrap();
            let firsts: Vec<f32> = input.values.chunks(3 * 8 * 8).map(|one| one[0]).collect();
            let logits = firsts.iter().flat_map(|first| [*first, -first]).collect();
            let outputs = [(vec![n, 2], logits), (vec![n], firsts)];
            Ok(outputs
                .map(|(shape, values)| Array { shape, values })
                .into())
        }
    }
    let mut told = Vec::new();
    for (at_a_time, expected) in [(None, vec![24]), (Some(5), vec![5, 5, 5, 5, 4])] {
        let (asked, lengths) = mpsc::channel();
        let spec = NetworkSpec {
            input: "input".to_owned(),
            input_shape: vec![None, Some(3), Some(8), Some(8)],
            outputs: vec!["logits".to_owned(), "novelty".to_owned()],
        };
        let mut judge = judge(numbered);
        judge.network = CheckedNetwork::new(Box::new(EachAlone(asked)), spec);
        judge.entry.novelty_limit = Some(1.0);
        judge.entry.input.at_a_time = at_a_time.and_then(NonZeroUsize::new);
        let ramp = RgbImage::from_fn(480, 320, |x, y| Rgb([(x / 2) as u8, (y / 2) as u8, 7]));
        let front = picture(&ramp, Side::Front);
        let mut engine = engine(None, vec![judge]);
        let assessment = engine.assess(Some(&front), None, &whole_frame()).unwrap();
        drop(engine);
        assert_eq!(lengths.iter().collect::<Vec<_>>(), expected);
        told.push((assessment.checks, assessment.pictures[0].novelty));
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0].1.unwrap().distance > 0.0);
}

#[test]
fn a_picture_far_from_the_training_is_a_finding_with_its_distance() {
    // Windows at the distances 0, 1, … 23 from the training: 11.5 in the mean.
    struct WithNovelty;
    impl Network for WithNovelty {
        fn run(&mut self, input: Array) -> Result<Vec<Array>, NetworkError> {
            let n = input.shape[0];
            let distances = Array {
                shape: vec![n],
                values: (0..n).map(|i| i as f32).collect(),
            };
            Ok(vec![Array::filled(&[n, 2], 1.0), distances])
        }
    }
    for (limit, is_far) in [(11.4, true), (11.5, false)] {
        let spec = NetworkSpec {
            input: "input".to_owned(),
            input_shape: vec![None, Some(3), Some(8), Some(8)],
            outputs: vec!["logits".to_owned(), "novelty".to_owned()],
        };
        let mut judge = judge(numbered);
        judge.network = CheckedNetwork::new(Box::new(WithNovelty), spec);
        judge.entry.novelty_limit = Some(limit);
        let front = plain([90; 3], Side::Front);
        let assessment = engine(None, vec![judge])
            .assess(Some(&front), None, &whole_frame())
            .unwrap();
        let novelty = assessment.pictures[0].novelty.unwrap();
        assert_eq!(
            (novelty.distance, novelty.limit, novelty.is_far()),
            (11.5, limit, is_far)
        );
        let mut findings = assessment.findings.iter();
        let told = findings.any(|finding| finding.code == FindingCode::UnfamiliarPicture);
        assert_eq!(told, is_far);
    }
}
