//! The lens: integrates what lies on the plane over each camera pixel and the blur around it.
//!
//! The plane is sampled on a grid of some points per camera pixel and direction. What shows finer
//! patterns than that grid (screens, halftones) must soften them itself by about one grid step, so
//! that the only moiré is the camera's own. Of each pixel only the colour that the sensor sees
//! there is integrated.

use multiversion::multiversion;
use rayon::prelude::*;

use super::light::{Mosaic, Places, Rows, bayer, gauss, weigh};
use super::view::View;

/// Columns and rows that are made at a time: few enough for their samples to stay in the
/// processor's cache, and for most to show one thing alone.
const TILE: [usize; 2] = [128, 64];

/// What lies at points of the plane, as three rows of light to fill in.
pub type Shade<'a> = dyn Fn(&Places, Rows<'_>) + Sync + 'a;

/// Photographs the plane in `size_px`, width and height. `part` says for left, top, right and
/// bottom in mm how finely that part of the plane must be seen, and what lies there.
#[must_use]
pub fn expose<'a>(
    view: &View,
    size_px: [usize; 2],
    part: impl Fn([f64; 4]) -> (&'a Lens, &'a Shade<'a>) + Sync,
) -> Mosaic {
    let [width, height] = size_px;
    let mut values = vec![0.0; width * height];
    let bands = values.par_chunks_mut(TILE[1] * width).enumerate();
    bands.for_each(|(band, out)| {
        let (top, n_rows) = (band * TILE[1], out.len() / width);
        for left in (0..width).step_by(TILE[0]) {
            let n_columns = TILE[0].min(width - left);
            let [x, y, w, h] = [left, top, n_columns, n_rows].map(|n| n as f64);
            let (lens, shade) = part(view.bounds_mm(x, y, w, h));
            lens.tile(
                view,
                [left, top],
                [n_columns, n_rows],
                shade,
                |row, line| {
                    out[row * width + left..][..n_columns].copy_from_slice(line);
                },
            );
        }
    });
    Mosaic {
        width,
        height,
        values,
    }
}

/// The kernel: a box of one pixel spread by a Gaussian, over samples.
#[derive(Debug)]
pub struct Lens {
    step: usize,
    pad: usize,
    taps: Vec<f32>,
}

impl Lens {
    /// `sigma_px` is the blur in camera pixels, `oversample` the samples per pixel and direction.
    #[must_use]
    pub fn new(sigma_px: f32, oversample: usize) -> Self {
        // One sample a pixel has no box to average over: the blur takes its variance.
        let pixel = if oversample == 1 { 1.0 / 12.0 } else { 0.0 };
        let sigma_px = (sigma_px * sigma_px + pixel).sqrt();
        let blur = gauss((sigma_px * oversample as f32).max(0.01));
        let pad = blur.len() / 2;
        let mut taps = vec![0.0; blur.len() + oversample - 1];
        for b in 0..oversample {
            for (tap, weight) in taps[b..].iter_mut().zip(&blur) {
                *tap += weight / oversample as f32;
            }
        }
        Self {
            step: oversample,
            pad,
            taps,
        }
    }

    /// How far beyond a pixel the lens gathers light, in pixels.
    #[must_use]
    pub fn reach_px(&self) -> f64 {
        self.pad as f64 / self.step as f64
    }

    /// Hands row after row of one tile to `put`.
    fn tile(
        &self,
        view: &View,
        [left, top]: [usize; 2],
        [width, height]: [usize; 2],
        shade: &Shade<'_>,
        mut put: impl FnMut(usize, &[f32]),
    ) {
        let (step, n_taps) = (self.step, self.taps.len());
        let n_samples = (width - 1) * step + n_taps;
        let row = || vec![0.0; n_samples];
        let mut places = Places { x: row(), y: row() };
        // The last rows of samples, as many as a pixel gathers from.
        let mut fresh: Vec<[Vec<f32>; 3]> = (0..n_taps).map(|_| [row(), row(), row()]).collect();
        let mut tall = [row(), row()];
        let mut line = vec![0.0; width];
        let at = |px: usize, sample: usize| {
            px as f64 + (sample as f64 + 0.5 - self.pad as f64) / step as f64
        };
        for sample in 0..(height - 1) * step + n_taps {
            view.samples(at(left, 0), at(top, sample), 1.0 / step as f64, &mut places);
            shade(
                &places,
                fresh[sample % n_taps].each_mut().map(|r| &mut r[..]),
            );
            let Some(first) = (sample + 1).checked_sub(n_taps) else {
                continue;
            };
            if first % step > 0 {
                continue;
            }
            // A row has red and green pixels, or green and blue ones.
            let y = top + first / step;
            for (x, tall) in tall.iter_mut().enumerate() {
                let colour = bayer(x, y);
                weigh(tall, &self.taps, |k| &fresh[(first + k) % n_taps][colour]);
            }
            gather(&tall, left, step, &self.taps, &mut line);
            put(first / step, &line);
        }
    }
}

/// The light of a row of pixels from samples that are added up down its columns, those of even
/// pixels in one row and those of odd ones in the other.
#[multiversion(targets("x86_64+avx2"))]
fn gather(tall: &[Vec<f32>; 2], left: usize, step: usize, taps: &[f32], line: &mut [f32]) {
    for (x, value) in line.iter_mut().enumerate() {
        *value = dot(&tall[(left + x) & 1][x * step..], taps);
    }
}

/// The sum of the products of two slices, as long as the second.
#[inline(always)]
fn dot(values: &[f32], weights: &[f32]) -> f32 {
    // Four running sums: the compiler may not reorder one.
    let mut sums = [0.0f32; 4];
    let (weights, values) = (
        weights.chunks_exact(4),
        values[..weights.len()].chunks_exact(4),
    );
    let rest: f32 = weights
        .remainder()
        .iter()
        .zip(values.remainder())
        .map(|(t, v)| t * v)
        .sum();
    for (t, v) in weights.zip(values) {
        for i in 0..4 {
            sums[i] += t[i] * v[i];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_plane_stays_flat_and_bands_do_not_show() {
        let view = View::new([50.0, 60.0], [5.0, 6.0], 10.0, 3.0, [0.0, 0.0]);
        for turn in 0..3 {
            // Each pixel has one colour: what the three carry takes turns.
            let ramp = |places: &Places, mut out: Rows<'_>| {
                out.rotate_left(turn);
                let [flat, u, v] = out;
                flat.fill(0.5);
                u.copy_from_slice(&places.x);
                v.copy_from_slice(&places.y);
            };
            for oversample in 1..=3 {
                let lens = Lens::new(1.1, oversample);
                let light = expose(&view, [200, 120], |_| (&lens, &ramp));
                for y in 0..120 {
                    for x in 0..200 {
                        let value = f64::from(light.values[y * 200 + x]);
                        let at = view.plane_from_picture(x as f64 + 0.5, y as f64 + 0.5);
                        let wanted = [0.5, at[0], at[1]][(bayer(x, y) + 3 - turn) % 3];
                        assert!((value - wanted).abs() < 1e-3, "{x} {y} {value} {wanted}");
                    }
                }
            }
        }
    }
}
