//! Whether a JPEG was saved at least twice.
//!
//! Saving rounds every wave of every block to whole steps. Saved again with finer steps, the wave's values
//! still come in clumps of the first: some counts are too high and the next too low, in a period. What is
//! measured here is how strong the strongest period is in the counts of the nine lowest waves. Saved again with
//! coarser steps, little of it is left, and the answer is mostly no.
//!
//! On 110 real pictures with one save none was called saved twice; with a second save at a quality at least 4
//! higher 46 of 46, at least 4 lower 5 of 43: counted once, with the functions of
//! `models/training/edits/marks.py`, which has the same steps and counts anew.

use std::f64::consts::{PI, TAU};

use image::RgbImage;
use rayon::prelude::*;

/// Pixels along each side of a JPEG's block.
const SIDE: usize = 8;
/// The lowest waves (down, right) of a block after its mean.
const WAVES: [[usize; 2]; 9] = [
    [0, 1],
    [1, 0],
    [2, 0],
    [1, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [2, 1],
    [3, 0],
];
/// Blocks that are looked at, spread evenly over the picture; more say the same.
const MAX_BLOCKS: usize = 24_000;
/// Fewer blocks, waves or counts than these say nothing.
const MIN_BLOCKS: usize = 400;
const MIN_WAVES: usize = 3;
const MIN_COUNTED: u32 = 200;
const MIN_MULTIPLES: usize = 6;
/// Blocks with a pixel darker or brighter than this are clipped: their waves are not what was saved.
const UNCLIPPED: std::ops::RangeInclusive<f32> = 2.0..=253.0;
/// Counted multiples of a step: 0 to 42, of which 1 to 40 are judged.
const N_COUNTED: usize = 43;
const LONGEST: usize = 40;
/// A smoothed count must exceed this for its deviation to mean something.
const MIN_SMOOTH: f64 = 8.0;
/// From this score on a file was saved twice: above the highest of the 110 pictures saved once, which had 22.8.
const SAVED_TWICE: f64 = 25.0;

/// Whether the picture was saved more than once. `pixels` are as stored, neither turned nor changed in colour;
/// `steps` is the file's table for brightness, row by row.
pub(super) fn is_resaved(pixels: &RgbImage, steps: &[u16; 64]) -> bool {
    score(pixels, steps).is_some_and(|score| score > SAVED_TWICE)
}

/// The median over the waves of how strong the strongest period is. `None` if there is too little to see.
fn score(pixels: &RgbImage, steps: &[u16; 64]) -> Option<f64> {
    let counts = counts(pixels, steps)?;
    let mut scores: Vec<f64> = counts.iter().filter_map(periodicity).collect();
    if scores.len() < MIN_WAVES {
        return None;
    }
    scores.sort_by(f64::total_cmp);
    let middle = scores.len() / 2;
    Some(if scores.len() % 2 == 1 {
        scores[middle]
    } else {
        f64::midpoint(scores[middle - 1], scores[middle])
    })
}

/// How often each wave had each multiple of its step.
fn counts(pixels: &RgbImage, steps: &[u16; 64]) -> Option<Counts> {
    let (across, down) = (
        pixels.width() as usize / SIDE,
        pixels.height() as usize / SIDE,
    );
    let n_blocks = across * down;
    let waves = WAVES.map(|[down, right]| wave(down, right));
    let count = |(mut counts, mut n_used): (Counts, usize), i: usize| {
        let at = if n_blocks > MAX_BLOCKS {
            i * n_blocks / MAX_BLOCKS
        } else {
            i
        };
        let Some(block) = block(pixels, at % across, at / across) else {
            return (counts, n_used);
        };
        n_used += 1;
        for ((wave, counts), [down, right]) in waves.iter().zip(&mut counts).zip(WAVES) {
            let coefficient = product(wave, &block);
            let step = f32::from(steps[down * SIDE + right].max(1));
            let multiple = (coefficient / step).round_ties_even().abs() as usize;
            if let Some(count) = counts.get_mut(multiple) {
                *count += 1;
            }
        }
        (counts, n_used)
    };
    let nothing = || ([[0; N_COUNTED]; WAVES.len()], 0);
    let (counts, n_used) = (0..n_blocks.min(MAX_BLOCKS))
        .into_par_iter()
        .with_min_len(1000)
        .fold(nothing, count)
        .reduce(nothing, |(mut all, n), (some, m)| {
            let pairs = all.iter_mut().flatten().zip(some.iter().flatten());
            pairs.for_each(|(sum, count)| *sum += count);
            (all, n + m)
        });
    (n_used >= MIN_BLOCKS).then_some(counts)
}

/// Of each wave how often it had each multiple of its step.
type Counts = [[u32; N_COUNTED]; WAVES.len()];

/// How much of a wave there is in a block. Column by column first, which the processor adds at once.
fn product(wave: &[f32; SIDE * SIDE], block: &[f32; SIDE * SIDE]) -> f32 {
    let mut columns = [0.0; SIDE];
    for (wave, line) in wave.chunks_exact(SIDE).zip(block.chunks_exact(SIDE)) {
        for ((sum, w), level) in columns.iter_mut().zip(wave).zip(line) {
            *sum += w * level;
        }
    }
    columns.iter().sum()
}

/// The brightness of a block, less 128. `None` if a pixel of it is clipped.
fn block(pixels: &RgbImage, column: usize, row: usize) -> Option<[f32; SIDE * SIDE]> {
    let width = pixels.width() as usize;
    let mut block = [0.0; SIDE * SIDE];
    let mut is_clipped = false;
    for (y, line) in block.chunks_exact_mut(SIDE).enumerate() {
        let from = ((row * SIDE + y) * width + column * SIDE) * 3;
        let (levels, _rest) = pixels.as_raw()[from..from + SIDE * 3].as_chunks::<3>();
        for (to, &[r, g, b]) in line.iter_mut().zip(levels) {
            let [r, g, b] = [r, g, b].map(f32::from);
            let level = 0.299 * r + 0.587 * g + 0.114 * b;
            is_clipped |= !UNCLIPPED.contains(&level);
            *to = level - 128.0;
        }
    }
    (!is_clipped).then_some(block)
}

/// A wave of the orthonormal DCT-II of a block.
fn wave(down: usize, right: usize) -> [f32; SIDE * SIDE] {
    let along = |wave: usize, at: usize| {
        let scale = if wave == 0 { 1.0 / 8.0_f64 } else { 1.0 / 4.0 }.sqrt();
        scale * ((2 * at + 1) as f64 * wave as f64 * PI / 16.0).cos()
    };
    std::array::from_fn(|i| (along(down, i / SIDE) * along(right, i % SIDE)) as f32)
}

/// The strongest period of 2 to 8 multiples in the counts' deviation from a smooth fall.
fn periodicity(counts: &[u32; N_COUNTED]) -> Option<f64> {
    let counts = &counts[1..];
    if counts[..LONGEST].iter().sum::<u32>() < MIN_COUNTED {
        return None;
    }
    // A geometric mean of neighbours, for counts fall off exponentially; the ends go on.
    let weights = [1.0, 4.0, 6.0, 4.0, 1.0].map(|weight| weight / 16.0);
    let smooth = |k: usize| {
        let near = weights.iter().enumerate().map(|(j, weight)| {
            let at = (k + j).saturating_sub(2).min(counts.len() - 1);
            weight * (f64::from(counts[at]) + 1.0).ln()
        });
        near.sum::<f64>().exp() - 1.0
    };
    // From the second multiple on: the first is in the flank of zero.
    let deviations: Vec<(f64, f64)> = (1..LONGEST)
        .map(|k| (k, smooth(k)))
        .filter(|(_, smooth)| *smooth > MIN_SMOOTH)
        .map(|(k, smooth)| {
            (
                (k + 1) as f64,
                (f64::from(counts[k]) - smooth) / (smooth + 1.0).sqrt(),
            )
        })
        .collect();
    if deviations.len() < MIN_MULTIPLES {
        return None;
    }
    let power = |frequency: f64| {
        let (sine, cosine) = deviations
            .iter()
            .fold((0.0, 0.0), |(sine, cosine), (k, z)| {
                let angle = TAU * frequency * k;
                (sine + z * angle.sin(), cosine + z * angle.cos())
            });
        (sine * sine + cosine * cosine) / deviations.len() as f64
    };
    (12..=50)
        .map(|hundredths| power(f64::from(hundredths) / 100.0))
        .max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::super::jpeg;
    use super::*;

    /// A picture with edges, ramps and noise, large enough for blocks of every kind.
    fn picture() -> RgbImage {
        let mut state = 1_u32;
        RgbImage::from_fn(480, 360, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 27) as f64 - 15.5;
            let wave = 50.0 * (f64::from(x) / 9.0).sin() * (f64::from(y) / 13.0).cos();
            let edge = if (x / 37 + y / 29) % 2 == 0 {
                40.0
            } else {
                -30.0
            };
            image::Rgb([120.0 + wave + edge + noise; 3].map(|level| level.clamp(5.0, 250.0) as u8))
        })
    }

    fn saved(picture: &RgbImage, quality: u8) -> (RgbImage, [u16; 64]) {
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode_image(picture)
            .unwrap();
        let steps = *jpeg::walk(&bytes).steps().unwrap();
        (image::load_from_memory(&bytes).unwrap().into_rgb8(), steps)
    }

    #[test]
    fn a_second_save_at_a_better_quality_is_seen_and_a_single_one_is_not() {
        let picture = picture();
        for quality in [60, 75, 90, 95] {
            let (once, steps) = saved(&picture, quality);
            assert!(
                !is_resaved(&once, &steps),
                "{quality}: {:?}",
                score(&once, &steps)
            );
        }
        for (first, last) in [(60, 80), (70, 90), (75, 95)] {
            let (twice, steps) = saved(&saved(&picture, first).0, last);
            assert!(
                is_resaved(&twice, &steps),
                "{first}, {last}: {:?}",
                score(&twice, &steps)
            );
        }
    }

    #[test]
    fn a_picture_with_too_little_in_it_says_nothing() {
        let flat = RgbImage::from_pixel(400, 400, image::Rgb([120; 3]));
        assert_eq!(score(&flat, &[16; 64]), None);
        assert_eq!(score(&RgbImage::new(5, 5), &[16; 64]), None);
    }
}
