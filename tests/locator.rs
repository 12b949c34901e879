//! The locator that ships: both runtimes against the reference that its training wrote.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use image::{Rgb, RgbImage};
use secondlook::engine::locate::{LocateParams, Window, locate, overlap, prepare};
use secondlook::engine::manifest::{LOCATOR, Manifest};
use secondlook::engine::places::Places;
use secondlook::engine::runtime::{Array, CheckedNetwork, NetworkError, Runtime, RuntimeChoice};
use secondlook::synth::document::Format;
use secondlook::synth::plan::{Kind, Plan};
use secondlook::synth::scenes::{self, Props};
use serde::Deserialize;

/// What `models/training/locator/export.py` writes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    model_sha256: String,
    picture_px: [u32; 2],
    heat_shape: Vec<usize>,
    /// Every so many rows and columns of the heat map are in `heat`.
    step: usize,
    heat: Vec<f32>,
    quad_px: [[f64; 2]; 4],
    confidence: f64,
}

fn reference() -> Reference {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/reference/locator.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A card on a table, drawn by whole numbers just as `export.py` draws it.
fn reference_picture([width, height]: [u32; 2]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as i32, y as i32);
        // The card's own axes.
        let (u, v) = (9 * (x - 52) + 2 * (y - 38), 9 * (y - 38) - 2 * (x - 52));
        let rgb = if (0..1440).contains(&u) && (0..900).contains(&v) {
            let (i, j) = (u / 9, v / 9);
            let in_face = (i - 29).pow(2) + (j - 42).pow(2) < 190 || j > 58;
            let in_text = (60..140).contains(&i) && j % 11 < 4 && j < 80;
            if (10..48).contains(&i) && (24..74).contains(&j) {
                if in_face {
                    [120 - i, 90, 80 + j]
                } else {
                    [200, 205, 215]
                }
            } else if j < 14 {
                [60, 90, 170]
            } else if in_text && (i * 7 + j / 11 * 5) % 13 < 9 {
                [40, 40, 50]
            } else {
                [225 - j / 3, 215, 190 + j / 3]
            }
        } else {
            [110 + (x * 3 + y) % 17, 80 + (x * 3 + y) % 11, 50 + y / 8]
        };
        Rgb(rgb.map(|value| u8::try_from(value).unwrap()))
    })
}

fn locator(choice: RuntimeChoice) -> (CheckedNetwork, String) {
    let manifest = Manifest::read(concat!(env!("CARGO_MANIFEST_DIR"), "/models").as_ref()).unwrap();
    let entry = manifest
        .models
        .iter()
        .find(|entry| entry.id == LOCATOR)
        .unwrap();
    let runtime = Runtime::open(choice, &Places::of_this_computer()).unwrap();
    (
        manifest.load(entry, &runtime, 1).unwrap(),
        entry.sha256.to_string(),
    )
}

fn run(
    network: &mut CheckedNetwork,
    input: Vec<f32>,
) -> Result<(Vec<f32>, Vec<usize>), NetworkError> {
    let heat = network.run_one(Array {
        shape: vec![1, 3, 256, 256],
        values: input,
    })?;
    Ok((heat.values, heat.shape))
}

/// Runs the reference picture and holds heat map, quad and confidence against the training's.
fn check(choice: RuntimeChoice) {
    let reference = reference();
    let (mut network, sha256) = locator(choice);
    assert_eq!(
        reference.model_sha256, sha256,
        "the reference belongs to another model"
    );
    let picture = reference_picture(reference.picture_px);
    let window = Window::whole(&picture);
    let input = prepare::<NetworkError>(&picture, window).unwrap();
    let (heat, shape) = run(&mut network, input).unwrap();
    assert_eq!(shape, reference.heat_shape);

    let [_, layers, rows, columns] = shape[..] else {
        panic!("{shape:?}")
    };
    let mut expected = reference.heat.iter();
    for layer in 0..layers {
        for row in (0..rows).step_by(reference.step) {
            for column in (0..columns).step_by(reference.step) {
                let (is, wanted) = (
                    heat[(layer * rows + row) * columns + column],
                    *expected.next().unwrap(),
                );
                let limit = 1e-3 * wanted.abs().max(1.0);
                assert!(
                    (is - wanted).abs() <= limit,
                    "{layer}, {row}, {column}: {is}, not {wanted}"
                );
            }
        }
    }
    assert_eq!(expected.next(), None);

    // The training's copy of all steps, second looks upside down among them.
    let found = locate(&picture, &LocateParams::default(), |input| {
        run(&mut network, input)
    })
    .unwrap()
    .documents;
    assert_eq!(found.len(), 1);
    for (corner, wanted) in found[0].quad.0.iter().zip(reference.quad_px) {
        let off = (corner[0] - wanted[0]).hypot(corner[1] - wanted[1]);
        assert!(off < 0.1, "{corner:?} is not {wanted:?}");
    }
    assert!((found[0].confidence - reference.confidence).abs() < 1e-3);
}

#[test]
fn the_embedded_runtime_gives_what_the_training_gave() {
    check(RuntimeChoice::Rten);
}

/// Where CI has put ONNX Runtime, `ORT_DYLIB_PATH` names it and this test may not pass it over.
#[test]
fn onnx_runtime_gives_what_the_training_gave() {
    let is_here = Runtime::open(RuntimeChoice::OnnxRuntime, &Places::of_this_computer()).is_ok();
    if is_here || std::env::var_os("ORT_DYLIB_PATH").is_some() {
        check(RuntimeChoice::OnnxRuntime);
    }
}

#[test]
fn a_card_is_found_in_a_large_picture_and_none_in_a_bare_one() {
    let (mut network, _) = locator(RuntimeChoice::Auto);
    let mut find = |picture: &RgbImage| {
        locate(picture, &LocateParams::default(), |input| {
            run(&mut network, input)
        })
        .unwrap()
        .documents
    };
    let plan = Plan {
        seed: 21,
        kind: Kind::Genuine,
        format: Format::Id1,
        back: false,
        fault: None,
        size_px: [1536, 1152],
    };
    let made = scenes::make(&plan, &Props::default(), None);
    let found = find(&image::load_from_memory(&made.jpeg).unwrap().to_rgb8());
    assert_eq!(found.len(), 1);
    let share = overlap(&found[0].quad, &made.truth.quad.unwrap());
    assert!(share > 0.9, "{share} of the card");
    let table = RgbImage::from_fn(900, 700, |x, y| {
        Rgb([
            110 + ((x * 3 + y) % 17) as u8,
            80 + ((x * 3 + y) % 11) as u8,
            50 + (y / 8) as u8,
        ])
    });
    assert!(find(&table).is_empty());
}
