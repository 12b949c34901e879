//! The windows by which a portrait is held against the rest of its document.
//!
//! Nine lie inside the portrait and fourteen over the rest of the document, at the camera's own pixels:
//! do they share noise, sharpness and print? Twelve run along the portrait's border, turned so that the
//! outside is at the top: is there a cut edge, a shadow, a seam? The training code cuts its windows by the
//! same rules; a change here is a change there.

use image::RgbImage;

use super::Portrait;
use crate::case::Evidence;
use crate::engine::between::Levels;
use crate::engine::close_up::{Perspective, mean_sides_px};
use crate::engine::patches;
use crate::engine::runtime::Array;

/// Windows inside the portrait, each way.
const INSIDE: usize = 3;
/// Windows along each side of the portrait.
const PARTS: usize = 3;
/// Windows about which the model says something: those of the portrait and its border. The rest of the document
/// comes after them, for comparison.
pub const N_JUDGED: usize = INSIDE * INSIDE + 4 * PARTS;
/// How far a border window reaches out of the portrait, in widths of the portrait…
const OUTWARD: f64 = 0.22;
/// … and into it.
const INWARD: f64 = 0.28;
/// Columns and rows of places on the document from which the rest is taken.
const GRID: [usize; 2] = [6, 4];
/// A place in the portrait, or nearer to it than this share of the document's width or height, is no rest.
const CLEAR: f64 = 0.04;
/// Windows of the rest.
const N_REST: usize = 14;
/// Samples each way behind one pixel of a border window, at most: more looks at pixels between which nothing
/// is skipped any more.
const FINEST: usize = 4;

/// The windows in the model's order, each of `side_px`: inside, border, rest. `None` if the document's corners
/// are those of no quad.
pub(crate) fn cut(
    picture: &RgbImage,
    portrait: &Portrait,
    side_px: usize,
    range: [f32; 2],
) -> Option<Array> {
    let view = Perspective::onto(&portrait.upright)?;
    let pixels = |[u, v]: [f64; 2]| view.at(u, v);
    let native = |shares: Vec<[f64; 2]>| {
        let centres: Vec<_> = shares.into_iter().map(pixels).collect();
        patches::cut(picture, &centres, side_px, 1, range).values
    };
    let mut values = native(inside(portrait.share));
    for corners in border(portrait) {
        let window = resampled(picture, &view, corners, side_px);
        for channel in 0..3 {
            let level = |pixel: &[u8; 3]| {
                range[0] + (range[1] - range[0]) * f32::from(pixel[channel]) / 255.0
            };
            values.extend(window.iter().map(level));
        }
    }
    values.extend(native(rest(portrait.share)));
    let shape = vec![N_JUDGED + N_REST, 3, side_px, side_px];
    Some(Array { shape, values })
}

/// What each judged window says by itself, over the portrait and as much around it as the border windows see:
/// 5 × 5 fields, of which a corner, at which no window looks, has the mean of its two neighbours.
pub(crate) fn evidence(
    logits: impl IntoIterator<Item = f32>,
    scale: f64,
    bias: f64,
    portrait: &Portrait,
) -> Evidence {
    let said = patches::live_percent(logits, scale, bias);
    let side = INSIDE + 2;
    let mut live_percent = vec![50; side * side];
    for (window, &percent) in said.iter().enumerate() {
        let (column, row) = match window.checked_sub(INSIDE * INSIDE) {
            None => (1 + window % INSIDE, 1 + window / INSIDE),
            Some(border) => {
                let along = 1 + border % PARTS;
                match border / PARTS {
                    0 => (along, 0),
                    1 => (side - 1, along),
                    2 => (side - 1 - along, side - 1),
                    _ => (0, side - 1 - along),
                }
            }
        };
        live_percent[row * side + column] = percent;
    }
    let last = side - 1;
    for (x, y) in [(0, 0), (last, 0), (last, last), (0, last)] {
        let inward = |at: usize| if at == 0 { 1 } else { at - 1 };
        let beside = [
            live_percent[y * side + inward(x)],
            live_percent[inward(y) * side + x],
        ];
        live_percent[y * side + x] = u8::midpoint(beside[0], beside[1]);
    }
    let [left, top, right, bottom] = portrait.share;
    let [u, v] = reach(portrait, OUTWARD);
    let around = [left - u, top - v, right + u, bottom + v];
    Evidence {
        grid: [side, side],
        over: Perspective::onto(&portrait.upright).map(|view| view.part(around)),
        live_percent,
    }
}

/// The middles of the windows inside the portrait, row by row.
fn inside([left, top, right, bottom]: [f64; 4]) -> Vec<[f64; 2]> {
    let step = |from: f64, to: f64, i: usize| from + (to - from) * (i as f64 + 0.5) / INSIDE as f64;
    let cells = (0..INSIDE).flat_map(|row| (0..INSIDE).map(move |column| (column, row)));
    cells
        .map(|(column, row)| [step(left, right, column), step(top, bottom, row)])
        .collect()
}

/// The middles of the windows over the rest: evenly through the places off the portrait, so that one comes twice
/// where there are few.
fn rest([left, top, right, bottom]: [f64; 4]) -> Vec<[f64; 2]> {
    let share = |i: usize, n: usize| (i as f64 + 0.5) / n as f64;
    let places: Vec<[f64; 2]> = (0..GRID[1])
        .flat_map(|row| {
            (0..GRID[0]).map(move |column| [share(column, GRID[0]), share(row, GRID[1])])
        })
        .collect();
    let is_off = |[u, v]: &[f64; 2]| {
        *u < left - CLEAR || *u > right + CLEAR || *v < top - CLEAR || *v > bottom + CLEAR
    };
    let off: Vec<_> = places.iter().copied().filter(is_off).collect();
    let off = if off.is_empty() { places } else { off };
    let at = |i: usize| (share(i, N_REST) * off.len() as f64) as usize;
    (0..N_REST).map(|i| off[at(i).min(off.len() - 1)]).collect()
}

/// `widths` of the portrait as shares of the document's width and of its height.
fn reach(portrait: &Portrait, widths: f64) -> [f64; 2] {
    let [width, height] = mean_sides_px(&portrait.upright);
    let reach_px = widths * (portrait.share[2] - portrait.share[0]) * width;
    [reach_px / width.max(1.0), reach_px / height.max(1.0)]
}

/// The corners in shares of the border windows, each from its own top left, which lies outside the portrait:
/// along the top from the left, down the right side, and so on clockwise.
fn border(portrait: &Portrait) -> Vec<[[f64; 2]; 4]> {
    let [x0, y0, x1, y1] = portrait.share;
    let ([out_u, out_v], [in_u, in_v]) = (reach(portrait, OUTWARD), reach(portrait, INWARD));
    let part = |side: usize, part: usize| {
        let [a, b] = [part, part + 1].map(|at| at as f64 / PARTS as f64);
        let (along, down) = (|at: f64| x0 + (x1 - x0) * at, |at: f64| y0 + (y1 - y0) * at);
        let (back, up) = (|at: f64| x1 - (x1 - x0) * at, |at: f64| y1 - (y1 - y0) * at);
        match side {
            0 => {
                let (from, to) = (along(a), along(b));
                [
                    [from, y0 - out_v],
                    [to, y0 - out_v],
                    [to, y0 + in_v],
                    [from, y0 + in_v],
                ]
            }
            1 => {
                let (from, to) = (down(a), down(b));
                [
                    [x1 + out_u, from],
                    [x1 + out_u, to],
                    [x1 - in_u, to],
                    [x1 - in_u, from],
                ]
            }
            2 => {
                let (from, to) = (back(a), back(b));
                [
                    [from, y1 + out_v],
                    [to, y1 + out_v],
                    [to, y1 - in_v],
                    [from, y1 - in_v],
                ]
            }
            _ => {
                let (from, to) = (up(a), up(b));
                [
                    [x0 - out_u, from],
                    [x0 - out_u, to],
                    [x0 + in_u, to],
                    [x0 + in_u, from],
                ]
            }
        }
    };
    (0..4)
        .flat_map(|side| (0..PARTS).map(move |i| (side, i)))
        .map(|(side, i)| part(side, i))
        .collect()
}

/// A border window, row by row: each pixel the mean of samples between the picture's, the last of which
/// go on outside it.
fn resampled(
    picture: &RgbImage,
    view: &Perspective,
    corners: [[f64; 2]; 4],
    side_px: usize,
) -> Vec<[u8; 3]> {
    let at = corners.map(|[u, v]| view.at(u, v));
    let edge_px = |i: usize| {
        let (from, to) = (at[i], at[(i + 1) % 4]);
        (to[0] - from[0]).hypot(to[1] - from[1])
    };
    let longest_px = (0..4).map(edge_px).fold(0.0, f64::max);
    // The conversion keeps within 0 and the largest number.
    let n = ((longest_px / side_px as f64).ceil() as usize).clamp(1, FINEST);
    let size = (side_px * n) as f64;
    let [origin, right, _, down] = corners;
    // One sample further along the window, and down it.
    let [across, down] =
        [right, down].map(|to| [0, 1].map(|axis| (to[axis] - origin[axis]) / size));
    let mut sums = vec![Levels::default(); side_px * side_px];
    for line in 0..side_px * n {
        let from =
            [0, 1].map(|axis| origin[axis] + across[axis] * 0.5 + down[axis] * (line as f64 + 0.5));
        let mut samples = view.along(from, across, side_px * n);
        for sum in &mut sums[line / n * side_px..][..side_px] {
            for [x, y] in samples.by_ref().take(n) {
                *sum += Levels::between(picture, x - 0.5, y - 0.5);
            }
        }
    }
    let n_samples = (n * n) as u64;
    sums.into_iter().map(|sum| sum.mean(n_samples)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Quad;

    /// A document askew, with a portrait at its left.
    fn portrait() -> Portrait {
        let upright = Quad([[120.0, 90.0], [800.0, 130.0], [770.0, 600.0], [90.0, 540.0]]);
        let share = [0.05, 0.25, 0.35, 0.75];
        Portrait {
            upright,
            share,
            quad: Perspective::onto(&upright).unwrap().part(share),
            score: 1.0,
        }
    }

    #[test]
    fn the_windows_are_those_that_the_training_code_cuts() {
        // Red rises across, blue runs in waves.
        let picture = RgbImage::from_fn(900, 700, |x, y| {
            let wave = (f64::from(x) / 40.0 + f64::from(y) / 25.0).sin();
            let blue = (127.5 + 120.0 * wave).round_ties_even();
            image::Rgb([(x * 255 / 899) as u8, (y * 255 / 699) as u8, blue as u8])
        });
        let batch = cut(&picture, &portrait(), 64, [0.0, 255.0]).unwrap();
        assert_eq!(batch.shape, [35, 3, 64, 64]);
        let mean = |window: usize, channel: usize| {
            let plane = 64 * 64;
            let from = (window * 3 + channel) * plane;
            batch.values[from..from + plane].iter().sum::<f32>() / plane as f32
        };
        // Means of red, green and blue from models/training/portrait/windows.py on the same picture.
        let expected = [
            (0, [49.0, 88.34, 207.98]),
            (1, [67.72, 90.17, 108.01]),
            (5, [85.3, 119.34, 204.84]),
            (8, [83.89, 147.08, 47.09]),
            (9, [49.78, 77.05, 144.9]),
            (11, [87.36, 80.26, 89.56]),
            (12, [94.59, 92.55, 111.17]),
            (14, [91.75, 148.07, 89.4]),
            (15, [83.34, 158.99, 113.94]),
            (17, [45.75, 155.09, 166.47]),
            (18, [38.77, 142.73, 144.59]),
            (20, [41.61, 87.87, 170.64]),
            (21, [47.86, 54.05, 68.75]),
            (24, [208.41, 66.81, 176.84]),
            (29, [171.25, 148.89, 135.68]),
            (34, [202.17, 194.84, 208.01]),
        ];
        for (window, levels) in expected {
            for (channel, level) in levels.into_iter().enumerate() {
                let found = mean(window, channel);
                assert!(
                    (found - level).abs() < 0.6,
                    "{window} {channel}: {found} {level}"
                );
            }
        }
    }

    #[test]
    fn the_evidence_lies_where_the_windows_do() {
        // Window i says i − 10: the inside from 0, the border from 9.
        let evidence = evidence((0..21).map(|i| i as f32 - 10.0), 0.1, 0.0, &portrait());
        let said = |i: f64| (100.0 / (1.0 + (-0.1 * (i - 10.0)).exp())).round() as u8;
        assert_eq!(evidence.grid, [5, 5]);
        let at = |x: usize, y: usize| evidence.live_percent[y * 5 + x];
        assert_eq!((at(1, 1), at(3, 3)), (said(0.0), said(8.0)));
        assert_eq!(
            (at(1, 0), at(4, 1), at(3, 4), at(0, 3)),
            (said(9.0), said(12.0), said(15.0), said(18.0))
        );
        assert_eq!(at(4, 0), u8::midpoint(said(11.0), said(12.0)));
        let fields: Vec<_> = evidence.fields(&portrait().upright).collect();
        let around = |x: f64, y: f64, field: &Quad| {
            let [left, top, right, bottom] = field.bounds_px();
            (left..right).contains(&x) && (top..bottom).contains(&y)
        };
        let [x, y] = Perspective::onto(&portrait().upright).unwrap().at(0.2, 0.5);
        assert!(around(x, y, &fields[12].0), "the middle of the portrait");
    }

    #[test]
    fn a_portrait_over_everything_leaves_the_whole_grid_for_comparison() {
        assert_eq!(rest([0.0, 0.0, 1.0, 1.0]).len(), N_REST);
        let right_half = rest([0.0, 0.0, 0.5, 1.0]);
        assert!(right_half.iter().all(|[u, _]| *u > 0.54));
    }
}
