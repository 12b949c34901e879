//! Heat maps drawn by hand, whose documents are known.

use super::rules::{PlaceParams, judge};
use super::*;
use crate::case::{ErrorCode, FindingCode, Side};

const SIDE: usize = 128;

#[derive(Debug, thiserror::Error)]
#[error("never")]
struct Never;

/// A heat map that shows `quads`, given in pixels of the 256×256 input, with sharp rims.
fn heat_of(quads: &[[[f64; 2]; 4]]) -> Vec<f32> {
    let mut heat = vec![-8.0_f32; LAYERS * SIDE * SIDE];
    for quad in quads {
        let quad = ordered(quad.map(|[x, y]| [x / 2.0, y / 2.0]));
        for row in 0..SIDE {
            for column in 0..SIDE {
                let at = [column as f64 + 0.5, row as f64 + 0.5];
                // The depth below the nearest side, in cells.
                let depth = (0..4)
                    .map(|k| {
                        let along = minus(quad[(k + 1) % 4], quad[k]);
                        cross(along, minus(at, quad[k])) / along[0].hypot(along[1])
                    })
                    .fold(f64::INFINITY, f64::min);
                let cell = &mut heat[(MASK * SIDE + row) * SIDE + column];
                *cell = cell.max((depth * 4.0).clamp(-8.0, 8.0) as f32);
                let nearest = quad
                    .iter()
                    .map(|corner| (at[0] - corner[0]).hypot(at[1] - corner[1]))
                    .fold(f64::INFINITY, f64::min);
                let peak = &mut heat[(CORNERS * SIDE + row) * SIDE + column];
                *peak = peak.max((6.0 - 5.0 * nearest) as f32);
            }
        }
    }
    heat
}

fn read_whole(heat: &[f32], picture_px: [u32; 2]) -> Vec<Found> {
    let shape = [1, LAYERS, SIDE, SIDE];
    read::<Never>(
        heat,
        &shape,
        Window::new([0, 0], picture_px),
        &LocateParams::default(),
    )
    .unwrap()
}

fn turned(centre: [f64; 2], size: [f64; 2], degrees: f64) -> [[f64; 2]; 4] {
    let (sin, cos) = degrees.to_radians().sin_cos();
    [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]].map(|[u, v]| {
        let (x, y) = (u * size[0], v * size[1]);
        [centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos]
    })
}

#[test]
fn quads_come_back_to_a_fraction_of_a_cell() {
    // (the quad drawn, in pixels of a 256×256 picture; the greatest distance of a corner)
    let table = [
        ("upright", turned([128.0, 120.0], [160.0, 100.0], 0.0), 0.2),
        (
            "turned a little",
            turned([128.0, 120.0], [160.0, 100.0], 12.0),
            0.5,
        ),
        (
            "turned by nearly half a right angle",
            turned([128.0, 128.0], [150.0, 95.0], 44.0),
            0.5,
        ),
        (
            "standing",
            turned([100.0, 128.0], [160.0, 100.0], 91.0),
            0.5,
        ),
        (
            "upside down",
            turned([100.0, 128.0], [160.0, 100.0], 170.0),
            0.5,
        ),
        (
            "in perspective",
            [[60.0, 70.0], [190.0, 50.0], [220.0, 170.0], [40.0, 160.0]],
            0.5,
        ),
        ("small", turned([40.0, 200.0], [40.0, 26.0], 20.0), 1.0),
        (
            "a corner outside",
            turned([170.0, 128.0], [180.0, 110.0], 20.0),
            1.0,
        ),
    ];
    for (name, drawn, limit_px) in table {
        let found = read_whole(&heat_of(&[drawn]), [256, 256]);
        assert_eq!(found.len(), 1, "{name}");
        let expected = ordered(drawn);
        for (corner, wanted) in found[0].quad.0.iter().zip(expected) {
            let off = (corner[0] - wanted[0]).hypot(corner[1] - wanted[1]);
            assert!(off < limit_px, "{name}: {corner:?} is not {wanted:?}");
        }
        assert_eq!(found[0].n_cut_sides, 0, "{name}");
        assert!(
            found[0].confidence > 0.85,
            "{name}: {}",
            found[0].confidence
        );
    }
}

#[test]
fn the_first_corner_has_the_smallest_sum_and_the_rest_follow_clockwise() {
    for degrees in [0.0, 30.0, 80.0, 100.0, 179.0, 250.0, 300.0] {
        let found = read_whole(
            &heat_of(&[turned([128.0, 128.0], [140.0, 90.0], degrees)]),
            [256, 256],
        );
        let quad = found[0].quad.0;
        let sums = quad.map(|[x, y]| x + y);
        assert!(
            sums[1..].iter().all(|sum| *sum >= sums[0] - 1.0),
            "{degrees}: {quad:?}"
        );
        let turn = cross(minus(quad[1], quad[0]), minus(quad[2], quad[1]));
        assert!(turn > 0.0, "{degrees}: {quad:?} runs the other way round");
    }
}

#[test]
fn a_picture_of_another_size_gets_its_own_pixels() {
    // Half as wide as high: the input's right half is padding, and may not be read.
    let mut heat = heat_of(&[turned([64.0, 128.0], [100.0, 64.0], 0.0)]);
    for row in 0..SIDE {
        for column in 64..SIDE {
            heat[(MASK * SIDE + row) * SIDE + column] = 8.0;
        }
    }
    let found = read_whole(&heat, [1000, 2000]);
    assert_eq!(found.len(), 1);
    let scale = 2000.0 / 256.0;
    let [left, top, right, bottom] = found[0].quad.bounds_px();
    for (is, wanted) in [(left, 14.0), (top, 96.0), (right, 114.0), (bottom, 160.0)] {
        assert!(
            (is / scale - wanted).abs() < 0.2,
            "{is} is not {}",
            wanted * scale
        );
    }
}

#[test]
fn a_covered_rim_and_round_corners_still_give_straight_sides() {
    let drawn = turned([128.0, 128.0], [160.0, 100.0], 0.0);
    let mut heat = heat_of(&[drawn]);
    let mut clear = |columns: std::ops::Range<usize>, rows: std::ops::Range<usize>| {
        for row in rows {
            for column in columns.clone() {
                heat[(MASK * SIDE + row) * SIDE + column] = -8.0;
            }
        }
    };
    // A finger over the lower rim, and a corner that is cut off.
    clear(60..68, 85..95);
    clear(22..26, 38..41);
    let found = read_whole(&heat, [256, 256]);
    for (corner, wanted) in found[0].quad.0.iter().zip(drawn) {
        let off = (corner[0] - wanted[0]).hypot(corner[1] - wanted[1]);
        assert!(off < 2.0, "{corner:?} is not {wanted:?}");
    }
}

#[test]
fn dust_and_nothing_are_no_documents() {
    assert!(read_whole(&heat_of(&[]), [256, 256]).is_empty());
    assert!(
        read_whole(
            &heat_of(&[turned([60.0, 60.0], [9.0, 9.0], 0.0)]),
            [256, 256]
        )
        .is_empty()
    );
}

#[test]
fn a_heat_map_of_the_wrong_shape_is_an_error() {
    let window = Window::new([0, 0], [256, 256]);
    for shape in [
        vec![1, 5, 128, 128],
        vec![2, 128, 128],
        vec![1, 2, 128, 64],
        vec![1, 2, 64, 64],
    ] {
        let heat = vec![0.0; 2 * 128 * 128];
        let answer = read::<Never>(&heat, &shape, window, &LocateParams::default());
        assert!(matches!(answer, Err(LocateError::Shape(_))), "{shape:?}");
    }
}

#[test]
fn the_input_is_the_picture_in_planes_with_grey_padding() {
    let picture = RgbImage::from_pixel(512, 256, image::Rgb([255, 0, 51]));
    let input = prepare::<Never>(&picture, Window::whole(&picture)).unwrap();
    let at = |plane: usize, row: usize, column: usize| input[(plane * 256 + row) * 256 + column];
    for (plane, value) in [(0, 1.0), (1, 0.0), (2, 0.2)] {
        assert!((at(plane, 127, 255) - value).abs() < 1e-6);
        assert!((at(plane, 128, 0) - 0.5).abs() < 1e-6);
    }
    let empty = RgbImage::new(0, 5);
    assert!(matches!(
        prepare::<Never>(&empty, Window::whole(&empty)),
        Err(LocateError::Empty)
    ));
}

#[test]
fn a_small_document_is_looked_at_again() {
    let picture = RgbImage::new(1024, 1024);
    let far = turned([128.0, 128.0], [80.0, 50.0], 0.0);
    let mut n_runs = 0;
    let located = locate::<Never>(&picture, &LocateParams::default(), |input| {
        assert_eq!(input.len(), 3 * 256 * 256);
        n_runs += 1;
        // The second window is the box and a fifth of its longer side around it: 448×328 pixels.
        let near = turned([128.0, 94.0], [183.0, 114.0], 0.0);
        Ok((
            heat_of(&[if n_runs == 1 { far } else { near }]),
            vec![1, LAYERS, SIDE, SIDE],
        ))
    })
    .unwrap();
    assert_eq!(n_runs, 2);
    let [left, _, right, _] = located.documents[0].quad.bounds_px();
    assert!(
        (left - 352.0).abs() < 4.0 && (right - 672.0).abs() < 4.0,
        "{left} to {right}"
    );

    let mut n_runs = 0;
    let near = turned([128.0, 128.0], [200.0, 125.0], 0.0);
    locate::<Never>(&picture, &LocateParams::default(), |_| {
        n_runs += 1;
        Ok((heat_of(&[near]), vec![1, LAYERS, SIDE, SIDE]))
    })
    .unwrap();
    assert_eq!(n_runs, 1, "a large document needs one look");
}

#[test]
fn an_answer_that_is_not_sure_is_averaged_with_that_upside_down() {
    // 171 rows of the input are filled: an odd number, so that the last row of cells is half empty.
    let mut picture = RgbImage::new(1536, 1026);
    for y in 0..6 {
        for x in 0..6 {
            picture.put_pixel(x, y, image::Rgb([255, 0, 0]));
        }
    }
    let window = Window::whole(&picture);
    assert_eq!(window.filled_px, [256, 171]);
    let quad = turned([100.0, 80.0], [150.0, 94.0], 8.0);
    // Turned by half around the middle of 256×172 pixels of the input, whole cells.
    let upside_down = quad.map(|[x, y]| [256.0 - x, 172.0 - y]);
    let strength = |quads: &[[[f64; 2]; 4]], by: f32| -> Vec<f32> {
        heat_of(quads).into_iter().map(|logit| logit * by).collect()
    };
    let run = |first: Vec<f32>, second: Vec<f32>| {
        let mut inputs = Vec::new();
        let located = locate::<Never>(&picture, &LocateParams::default(), |input| {
            inputs.push(input);
            let heat = if inputs.len() == 1 { &first } else { &second };
            Ok((heat.clone(), vec![1, LAYERS, SIDE, SIDE]))
        })
        .unwrap();
        (located.documents, inputs)
    };
    let truth = quad.map(|corner| corner.map(|px| px * 6.0));
    let near = |found: &Found| {
        found.quad.0.iter().all(|corner| {
            truth
                .iter()
                .any(|t| (t[0] - corner[0]).hypot(t[1] - corner[1]) < 12.0)
        })
    };

    // One that is sure: one look.
    let (documents, inputs) = run(heat_of(&[quad]), Vec::new());
    assert_eq!((documents.len(), inputs.len()), (1, 1));
    assert!(near(&documents[0]));

    // Nothing at first: what the other look sees counts half.
    let (documents, inputs) = run(strength(&[], 0.1), strength(&[upside_down], 4.0));
    assert_eq!((documents.len(), inputs.len()), (1, 2));
    assert!(near(&documents[0]), "{:?}", documents[0].quad);
    // The marked pixel of the first row and column is the last of the filled part.
    let red = |input: &[f32], row: usize, column: usize| input[row * 256 + column];
    assert!((red(&inputs[0], 0, 0) - 1.0).abs() < 1e-6);
    assert!((red(&inputs[1], 171, 255) - 1.0).abs() < 1e-6);
    assert!(
        (red(&inputs[1], 0, 0) - 0.5).abs() < 1e-6,
        "the padding comes to the top"
    );

    // Doubtful at first, and nothing in the other look: nothing.
    let (documents, inputs) = run(strength(&[quad], 0.1), heat_of(&[]));
    assert_eq!((documents.len(), inputs.len()), (0, 2));
}

/// What it shows, the documents in a picture of 1080×1920, the errors.
type Row = (&'static str, Vec<[[f64; 2]; 4]>, Vec<ErrorCode>);

/// A card's quad by its centre and width in pixels.
fn card(x: f64, y: f64, width: f64) -> [[f64; 2]; 4] {
    turned([x, y], [width, width / 1.586], 0.0)
}

fn hold(table: impl IntoIterator<Item = Row>) {
    for (name, quads, errors) in table {
        let documents = quads
            .into_iter()
            .map(|quad| Found {
                quad: Quad(quad),
                confidence: 0.9,
                n_edge_sides: 0,
                n_cut_sides: 0,
            })
            .collect();
        let located = Located {
            documents,
            picture_px: [1080, 1920],
        };
        let placed = judge(&located, Side::Front, &PlaceParams::default());
        assert_eq!(placed.errors, errors, "{name}");
        let low = placed
            .findings
            .iter()
            .any(|f| f.code == FindingCode::RelativeDocumentSizeLow);
        assert_eq!(low, name == "small and usable", "{name}");
    }
}

#[test]
fn how_many_and_how_large_and_what_the_rules_say_of_it() {
    use ErrorCode as E;
    let table: [Row; 7] = [
        ("none", vec![], vec![E::DocumentNotFound]),
        ("in the middle", vec![card(540.0, 900.0, 800.0)], vec![]),
        ("small and usable", vec![card(540.0, 900.0, 420.0)], vec![]),
        (
            "too small",
            vec![card(540.0, 900.0, 280.0)],
            vec![E::DocumentTooSmall],
        ),
        (
            "two alike",
            vec![card(540.0, 500.0, 800.0), card(540.0, 1300.0, 800.0)],
            vec![E::TooManyDocuments],
        ),
        (
            "a stamp beside it",
            vec![card(540.0, 500.0, 800.0), card(540.0, 1300.0, 300.0)],
            vec![],
        ),
        (
            "two small ones",
            vec![card(300.0, 500.0, 200.0), card(700.0, 1300.0, 200.0)],
            vec![E::TooManyDocuments, E::DocumentTooSmall],
        ),
    ];
    hold(table);
}

#[test]
fn how_near_to_the_edges_and_what_the_rules_say_of_it() {
    use ErrorCode as E;
    let table: [Row; 9] = [
        (
            "touching two edges",
            vec![card(540.0, 900.0, 1080.0)],
            vec![],
        ),
        ("a rim outside", vec![card(420.0, 900.0, 900.0)], vec![]),
        (
            "a fifth outside",
            vec![card(270.0, 900.0, 900.0)],
            vec![E::DocumentCropped],
        ),
        (
            "in a picture's corner and as wide",
            vec![turned([540.0, 350.0], [1080.0, 700.0], 0.0)],
            vec![E::DocumentTooCloseToBorder],
        ),
        (
            "filling the picture",
            vec![turned([540.0, 960.0], [1076.0, 1916.0], 0.0)],
            vec![E::DocumentTooCloseToCamera],
        ),
        (
            "nearing three edges",
            vec![turned([540.0, 340.0], [1010.0, 610.0], 0.0)],
            vec![E::DocumentTooCloseToBorder],
        ),
        (
            "near three edges, with little room to the fourth",
            vec![[
                [0.0, 85.0],
                [1070.0, 200.0],
                [1070.0, 1915.0],
                [10.0, 1750.0],
            ]],
            vec![E::DocumentTooCloseToCamera],
        ),
        (
            "near three edges, with more room to the fourth",
            vec![[
                [0.0, 110.0],
                [1070.0, 225.0],
                [1070.0, 1915.0],
                [10.0, 1750.0],
            ]],
            vec![E::DocumentTooCloseToBorder],
        ),
        (
            "near all four edges, with ground beside its corners",
            vec![[
                [20.0, 12.0],
                [1076.0, 220.0],
                [1050.0, 1890.0],
                [8.0, 1700.0],
            ]],
            vec![E::DocumentTooCloseToCamera],
        ),
    ];
    hold(table);
}

#[test]
fn a_side_on_the_edge_is_cut_and_the_shape_left_tells_whether_much_is_missing() {
    // How far the card of 200×126 pixels reaches over the left edge or the top, and whether that is too much.
    for (centre, beyond, cropped) in [
        ([94.0, 128.0], "6 px, left", false),
        ([30.0, 128.0], "70 px, left", true),
        ([128.0, 58.0], "5 px, top", false),
        ([128.0, 33.0], "30 px, top", true),
    ] {
        let drawn = turned(centre, [200.0, 126.0], 0.0);
        let documents = read_whole(&heat_of(&[drawn]), [256, 256]);
        assert_eq!(documents[0].n_cut_sides, 1, "{beyond}");
        let located = Located {
            documents,
            picture_px: [256, 256],
        };
        let params = PlaceParams {
            min_long_side_px: 0.0,
            ..PlaceParams::default()
        };
        let placed = judge(&located, Side::Back, &params);
        assert_eq!(
            placed.errors.contains(&ErrorCode::DocumentCropped),
            cropped,
            "{beyond}"
        );
    }
}

#[test]
fn a_side_that_only_touches_the_edge_is_not_cut() {
    use ErrorCode as E;
    // What it shows, the document in a picture of 256×256, its sides on the edge and those that are cut,
    // the errors.
    let table = [
        (
            "touching three edges",
            turned([128.0, 80.0], [256.0, 160.0], 0.0),
            (3, 0),
            vec![E::DocumentTooCloseToBorder],
        ),
        (
            "meeting three edges, corners missing, in a card's shape",
            turned([128.0, 60.0], [320.0, 200.0], 0.0),
            (3, 3),
            vec![E::DocumentTooCloseToBorder],
        ),
        (
            "going on beyond three edges, in no document's shape",
            turned([128.0, 30.0], [320.0, 200.0], 0.0),
            (3, 3),
            vec![E::DocumentCropped],
        ),
        (
            "going on beyond two edges",
            turned([90.0, 55.0], [200.0, 126.0], 0.0),
            (2, 2),
            vec![E::DocumentCropped],
        ),
        (
            "going on beyond all four",
            turned([128.0, 128.0], [300.0, 300.0], 0.0),
            (4, 4),
            vec![E::DocumentTooCloseToCamera],
        ),
    ];
    for (name, drawn, n_sides, errors) in table {
        let documents = read_whole(&heat_of(&[drawn]), [256, 256]);
        assert_eq!(documents.len(), 1, "{name}");
        let Found {
            n_edge_sides,
            n_cut_sides,
            ..
        } = documents[0];
        assert_eq!((n_edge_sides, n_cut_sides), n_sides, "{name}");
        assert!(
            documents[0].confidence > 0.85,
            "{name}: {}",
            documents[0].confidence
        );
        let located = Located {
            documents,
            picture_px: [256, 256],
        };
        let params = PlaceParams {
            min_long_side_px: 0.0,
            ..PlaceParams::default()
        };
        let placed = judge(&located, Side::Front, &params);
        assert_eq!(placed.errors, errors, "{name}");
    }
}

#[test]
fn a_doubtful_second_document_is_no_reason_to_refuse() {
    let found = |y: f64, confidence: f64| Found {
        quad: Quad(turned([540.0, y], [800.0, 500.0], 0.0)),
        confidence,
        n_edge_sides: 0,
        n_cut_sides: 0,
    };
    let located = Located {
        documents: vec![found(500.0, 0.9), found(1300.0, 0.6)],
        picture_px: [1080, 1920],
    };
    assert!(
        judge(&located, Side::Front, &PlaceParams::default())
            .errors
            .is_empty()
    );
}

#[test]
fn the_trainings_copy_of_the_rules_has_their_numbers() {
    let copy = include_str!("../../../models/training/locator/rules.py");
    let p = PlaceParams::default();
    for (name, number) in [
        ("MAX_OUTSIDE_SHARE", p.max_outside_share),
        ("MIN_CUT_ASPECT", p.min_cut_aspect),
        ("MAX_CUT_ASPECT", p.max_cut_aspect),
        ("MIN_BORDER_SHARE", p.min_border_share),
        ("MIN_NEAR_EDGES", p.min_near_edges as f64),
        ("MIN_LAST_BORDER_SHARE", p.min_last_border_share),
        ("MAX_PICTURE_SHARE", p.max_picture_share),
        ("MIN_PICTURE_SHARE", p.min_picture_share),
        ("MIN_LONG_SIDE_PX", p.min_long_side_px),
        ("MIN_OTHER_SHARE", p.min_other_share),
        ("MIN_OTHER_CONFIDENCE", p.min_other_confidence),
    ] {
        let line = format!("{name} = ");
        let said = copy.lines().find_map(|l| l.strip_prefix(&line));
        assert_eq!(said.and_then(|v| v.parse().ok()), Some(number), "{name}");
    }
}
