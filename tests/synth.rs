//! The simulator from outside: the same seed gives the same bytes, the shipped samples are what
//! this code makes, and the truth beside a picture is true.

use std::collections::HashMap;
use std::path::Path;

use secondlook::case::Quad;
use secondlook::synth::document::Format;
use secondlook::synth::patches::{Class, Maker};
use secondlook::synth::plan::{Kind, Plan};
use secondlook::synth::samples;
use secondlook::synth::scenes::{self, Props};

fn samples_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples")
}

/// What `samples.json` says of each sample; empty where it cannot be read, which no test passes.
fn listed() -> Vec<serde_json::Value> {
    std::fs::read(samples_folder().join("samples.json"))
        .ok()
        .and_then(|list| serde_json::from_slice(&list).ok())
        .unwrap_or_default()
}

fn maker(seed: u64) -> Maker {
    Maker {
        seed,
        size_px: 96,
        pictures: Vec::new(),
        portraits: Vec::new(),
    }
}

#[test]
fn a_seed_gives_the_same_patches_with_any_number_of_threads() {
    let bytes = |maker: &Maker| -> Vec<u8> {
        let patches = maker.group(3);
        patches
            .iter()
            .flat_map(|patch| patch.pixels.as_raw().clone())
            .collect()
    };
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let three = rayon::ThreadPoolBuilder::new()
        .num_threads(3)
        .build()
        .unwrap();
    let first = one.install(|| bytes(&maker(5)));
    assert_eq!(first, three.install(|| bytes(&maker(5))));
    assert_ne!(first, three.install(|| bytes(&maker(6))));
}

#[test]
fn a_triple_shows_one_window_in_three_guises() {
    let patches = maker(9).group(0);
    assert_eq!(patches.len(), 12);
    for triple in patches.chunks(3) {
        let labels: Vec<Class> = triple.iter().map(|patch| patch.facts.label).collect();
        assert_eq!(labels, [Class::Genuine, Class::Screen, Class::Print]);
        let camera = serde_json::to_string(&triple[0].facts.camera).unwrap();
        for patch in triple {
            assert_eq!(patch.facts.triple, triple[0].facts.triple);
            assert_eq!(serde_json::to_string(&patch.facts.camera).unwrap(), camera);
            assert_eq!(patch.pixels.dimensions(), (96, 96));
            assert_eq!(
                patch.facts.screen.is_some(),
                patch.facts.label == Class::Screen
            );
            assert_eq!(
                patch.facts.print.is_some(),
                patch.facts.label == Class::Print
            );
        }
        assert_ne!(triple[0].pixels, triple[1].pixels);
        assert_ne!(triple[0].pixels, triple[2].pixels);
    }
}

#[test]
fn the_quad_is_where_the_card_meets_the_table() {
    for name in ["01-genuine-card.jpg", "07-portrait-swapped.jpg"] {
        let entry = listed()
            .into_iter()
            .find(|entry| entry["file"] == name)
            .unwrap();
        let quad: Quad = serde_json::from_value(entry["quad"].clone()).unwrap();
        let bytes = std::fs::read(samples_folder().join(name)).unwrap();
        let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert!(quad.is_convex());
        let luma = |[x, y]: [f64; 2]| {
            let [r, g, b] = picture.get_pixel(x as u32, y as u32).0.map(f64::from);
            0.3 * r + 0.6 * g + 0.1 * b
        };
        let centre = [0, 1].map(|axis| quad.0.iter().map(|corner| corner[axis]).sum::<f64>() / 4.0);
        for i in 0..4 {
            // Three pixels to either side of an edge's middle: a light card, a dark table.
            let (a, b) = (quad.0[i], quad.0[(i + 1) % 4]);
            let middle = [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
            let length = (centre[0] - middle[0]).hypot(centre[1] - middle[1]);
            let at = |px: f64| {
                luma([0, 1].map(|axis| middle[axis] + (centre[axis] - middle[axis]) * px / length))
            };
            let step = at(4.0) - at(-4.0);
            assert!(step > 40.0, "{name}, edge {i}: {step}");
        }
    }
}

#[test]
fn edits_lie_on_the_document_and_change_the_picture_there() {
    for kind in [
        Kind::Patchwork,
        Kind::Retype,
        Kind::PortraitPasted,
        Kind::PortraitLaidOver,
    ] {
        let plan = Plan {
            seed: 8,
            kind,
            format: Format::Id1,
            back: false,
            fault: None,
            size_px: [480, 360],
        };
        let made = scenes::make(&plan, &Props::default(), None);
        assert_eq!(made.truth.label, kind.label());
        assert!(!made.truth.edited.is_empty(), "{kind:?}");
        let [left, top, right, bottom] = made.truth.quad.unwrap().bounds_px();
        for quad in &made.truth.edited {
            let [l, t, r, b] = quad.bounds_px();
            assert!(
                l > left - 9.0 && t > top - 9.0 && r < right + 9.0 && b < bottom + 9.0,
                "{kind:?}"
            );
        }
    }
}

#[test]
fn the_shipped_samples_are_what_the_code_makes() {
    let listed = listed();
    let all = samples::all();
    assert_eq!(listed.len(), all.len());
    let mut total = 0;
    for (sample, entry) in all.iter().zip(&listed) {
        assert_eq!(entry["file"], sample.file);
        let size = std::fs::metadata(samples_folder().join(sample.file))
            .unwrap()
            .len();
        assert!(size <= 300_000, "{} {size}", sample.file);
        total += size;
    }
    assert!(total <= 2_500_000, "{total}");
    // All of them take minutes in a debug build; the smallest card and the screen stand for them.
    let by_name: HashMap<&str, &samples::Sample> = all.iter().map(|s| (s.file, s)).collect();
    for name in ["04-screen-replay.jpg", "12-too-small.jpg"] {
        let shipped = std::fs::read(samples_folder().join(name)).unwrap();
        assert!(
            by_name[name].make().jpeg == shipped,
            "{name} differs from what this code makes"
        );
    }
}
