//! The lens: integrates what lies on the plane over each camera pixel and the blur around it.
//!
//! The plane is sampled on a grid of `OVERSAMPLE` points per camera pixel and direction. What
//! shows finer patterns than that grid (screens, halftones) must soften them itself by about one
//! grid step, so that the only moiré is the camera's own.

use rayon::prelude::*;

use super::light::{Light, gauss};
use super::view::View;

/// Samples per camera pixel in each direction.
pub const OVERSAMPLE: usize = 3;

/// Rows that one task makes; a picture's bytes do not depend on it.
const BAND: usize = 48;

/// One row of plane points in mm, and the three rows of light to fill in for them.
pub type Shade<'a> = dyn Fn(&[[f32; 2]], &mut [Vec<f32>; 3]) + Sync + 'a;

/// Photographs the plane: `size_px` is width and height, `sigma_px` the blur in camera pixels,
/// `oversample` the samples per pixel and direction.
#[must_use]
pub fn expose(
    view: &View,
    size_px: [usize; 2],
    sigma_px: f32,
    oversample: usize,
    shade: &Shade<'_>,
) -> Light {
    let [width, height] = size_px;
    let lens = Lens::new(sigma_px, oversample);
    let mut light = Light::filled(width, height, [0.0; 3]);
    let [red, green, blue] = &mut light.planes;
    let rows = BAND * width;
    red.par_chunks_mut(rows)
        .zip(green.par_chunks_mut(rows))
        .zip(blue.par_chunks_mut(rows))
        .enumerate()
        .for_each(|(band, ((r, g), b))| lens.band(view, band * BAND, width, [r, g, b], shade));
    light
}

/// The kernel: a box of one pixel spread by a Gaussian, over sub-samples.
struct Lens {
    step: usize,
    pad: usize,
    taps: Vec<f32>,
}

impl Lens {
    fn new(sigma_px: f32, oversample: usize) -> Self {
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

    /// Fills the rows of one band, the first of which is row `top` of the picture.
    fn band(&self, view: &View, top: usize, width: usize, out: [&mut [f32]; 3], shade: &Shade<'_>) {
        let (step, pad, n_taps) = (self.step, self.pad, self.taps.len());
        let n_sub = width * step + 2 * pad;
        let n_rows = out[0].len() / width;
        let mut places = vec![[0.0; 2]; n_sub];
        let mut fresh: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; n_sub]);
        // Partial sums of the output rows that the current sub-row touches.
        let mut sums: Vec<[Vec<f32>; 3]> = (0..n_rows)
            .map(|_| std::array::from_fn(|_| Vec::new()))
            .collect();
        let mut out = out.map(|plane| plane.chunks_exact_mut(width));
        let mut next = 0;
        let scale = 1.0 / step as f64;
        for sub in 0..(n_rows - 1) * step + n_taps {
            let y = (top as f64) + (sub as f64 + 0.5 - pad as f64) * scale;
            view.row(y, (0.5 - pad as f64) * scale, scale, &mut places);
            shade(&places, &mut fresh);
            let first = (sub + 1).saturating_sub(n_taps).div_ceil(step);
            let last = (sub / step).min(n_rows - 1);
            for (row, sum) in sums.iter_mut().enumerate().take(last + 1).skip(first) {
                let tap = self.taps[sub - row * step];
                for (plane, fresh) in sum.iter_mut().zip(&fresh) {
                    if plane.is_empty() {
                        plane.resize(n_sub, 0.0);
                    }
                    plane.iter_mut().zip(fresh).for_each(|(s, v)| *s += tap * v);
                }
            }
            // Rows whose last tap has come are narrowed and their sums let go.
            while next < n_rows && sub + 1 == next * step + n_taps {
                for (lines, plane) in out.iter_mut().zip(std::mem::take(&mut sums[next])) {
                    if let Some(line) = lines.next() {
                        self.narrow(&plane, line);
                    }
                }
                next += 1;
            }
        }
    }

    /// Integrates one row of sub-samples into pixels.
    fn narrow(&self, from: &[f32], to: &mut [f32]) {
        for (x, out) in to.iter_mut().enumerate() {
            let window = &from[x * self.step..][..self.taps.len()];
            // Four running sums: the compiler may not reorder one.
            let mut sums = [0.0f32; 4];
            let (taps, windows) = (self.taps.chunks_exact(4), window.chunks_exact(4));
            let rest: f32 = taps
                .remainder()
                .iter()
                .zip(windows.remainder())
                .map(|(t, v)| t * v)
                .sum();
            for (t, v) in taps.zip(windows) {
                for i in 0..4 {
                    sums[i] += t[i] * v[i];
                }
            }
            *out = (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_plane_stays_flat_and_bands_do_not_show() {
        let view = View::new([50.0, 60.0], [5.0, 6.0], 10.0, 3.0, [0.0, 0.0]);
        let ramp = |places: &[[f32; 2]], out: &mut [Vec<f32>; 3]| {
            for (i, place) in places.iter().enumerate() {
                (out[0][i], out[1][i], out[2][i]) = (0.5, place[0], place[1]);
            }
        };
        let light = expose(&view, [100, 120], 1.1, 3, &ramp);
        for y in 0..120 {
            for x in 0..100 {
                let [flat, u, v] = light.pixel(x, y);
                let at = view.plane_from_picture(f64::from(x) + 0.5, f64::from(y) + 0.5);
                assert!((flat - 0.5).abs() < 1e-4);
                assert!((f64::from(u) - at[0]).abs() < 1e-3 && (f64::from(v) - at[1]).abs() < 1e-3);
            }
        }
    }
}
