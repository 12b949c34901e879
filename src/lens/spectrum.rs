//! The spectrum of a small window: which regular patterns it holds, and how wide they are.

use std::f64::consts::TAU;

use image::{Rgb, RgbImage};

use super::plane::Plane;

/// The window's side in pixels, and the spectrum's.
pub const SIDE_PX: usize = 256;

/// Periods longer than this many pixels are the content's, not a pattern's.
const LONGEST_PERIOD_PX: f64 = 40.0;
/// How many times as strong as what is around it a peak is. Grain alone reaches 4.
const PEAK_RATIO: f64 = 6.0;
/// A pattern weaker than this amplitude, in levels of 255, is none.
const LEAST_AMPLITUDE: f64 = 0.4;
/// Peaks told at most.
const N_PEAKS: usize = 4;
/// Peaks nearer to a stronger one than this many bins are part of it.
const APART: i32 = 6;

/// A regular pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// From one stripe to the next, in pixels.
    pub period_px: f64,
    /// The direction across the stripes: 0 to the right, 90 downwards, below 180.
    pub degrees: f64,
    /// Where it stands in the spectrum; it stands opposite, too.
    pub at: [u32; 2],
}

/// The spectrum of one window.
#[derive(Clone, Debug)]
pub struct Spectrum {
    /// The logarithm of the magnitudes; long periods in the middle, two pixels at the edge.
    pub pixels: RgbImage,
    /// The strongest patterns, strongest first.
    pub peaks: Vec<Peak>,
}

/// The left and top of the window around (`x`, `y`) that lies in a picture of this size. `None` if the
/// picture is smaller.
#[must_use]
pub fn window_at([x, y]: [f64; 2], [width, height]: [u32; 2]) -> Option<[u32; 2]> {
    let side = SIDE_PX as u32;
    let begin = |at: f64, length: u32| {
        let last = length.checked_sub(side)?;
        Some(((at - f64::from(side) / 2.0).round().max(0.0) as u32).min(last))
    };
    Some([begin(x, width)?, begin(y, height)?])
}

impl Spectrum {
    /// The spectrum of the window of `picture` that begins at `origin`, as [`window_at`] gives it.
    #[must_use]
    pub fn of(picture: &RgbImage, [left, top]: [u32; 2]) -> Self {
        let side = SIDE_PX as u32;
        let window = image::imageops::crop_imm(picture, left, top, side, side).to_image();
        let magnitudes = Magnitudes::of(&Plane::luma(&window));
        Self {
            pixels: magnitudes.drawn(),
            peaks: magnitudes.peaks(),
        }
    }
}

/// The magnitudes of the transform, row by row, from the longest period on.
struct Magnitudes(Vec<f64>);

const N: i32 = SIDE_PX as i32;

impl Magnitudes {
    fn of(luma: &Plane) -> Self {
        let mean =
            luma.values.iter().map(|&v| f64::from(v)).sum::<f64>() / luma.values.len() as f64;
        // Von Hann's window: the picture's ends meet, and make no pattern of their own.
        let weight = |i: usize| 0.5 - 0.5 * (TAU * (i as f64 + 0.5) / SIDE_PX as f64).cos();
        let mut values: Vec<Complex> = luma
            .values
            .iter()
            .enumerate()
            .map(|(i, &v)| {
                let window = weight(i % SIDE_PX) * weight(i / SIDE_PX);
                [(f64::from(v) - mean) * window, 0.0]
            })
            .collect();
        for _ in 0..2 {
            values.chunks_exact_mut(SIDE_PX).for_each(transform);
            turn(&mut values);
        }
        Self(values.iter().map(|[re, im]| re.hypot(*im)).collect())
    }

    /// The magnitude `x` periods across the window and `y` down it; negative ones run the other way.
    fn at(&self, x: i32, y: i32) -> f64 {
        let wrapped = |at: i32| at.rem_euclid(N) as usize;
        self.0[wrapped(y) * SIDE_PX + wrapped(x)]
    }

    fn drawn(&self) -> RgbImage {
        let brightest = self.0.iter().fold(1.0_f64, |most, &m| most.max(m)).ln_1p();
        RgbImage::from_fn(SIDE_PX as u32, SIDE_PX as u32, |x, y| {
            let magnitude = self.at(x as i32 - N / 2, y as i32 - N / 2);
            Rgb([(255.0 * magnitude.ln_1p() / brightest) as u8; 3])
        })
    }

    fn peaks(&self) -> Vec<Peak> {
        let nearest = (f64::from(N) / LONGEST_PERIOD_PX).ceil();
        let mut found: Vec<(f64, i32, i32)> = Vec::new();
        // One half; the other mirrors it.
        for (x, y) in (0..N / 2).flat_map(|y| (-N / 2 + 1..N / 2).map(move |x| (x, y))) {
            let here = self.at(x, y);
            if (y == 0 && x < 0) || f64::from(x).hypot(f64::from(y)) < nearest {
                continue;
            }
            let strength = here / self.around(x, y);
            if strength >= PEAK_RATIO && self.is_highest(x, y) {
                found.push((strength, x, y));
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut peaks: Vec<(i32, i32)> = Vec::new();
        for (_, x, y) in found {
            let near = |&(other_x, other_y): &(i32, i32)| {
                (x - other_x).abs().max((y - other_y).abs()) < APART
            };
            if peaks.len() < N_PEAKS && !peaks.iter().any(near) {
                peaks.push((x, y));
            }
        }
        peaks.into_iter().map(|(x, y)| self.peak(x, y)).collect()
    }

    /// What is usual around a place: the mean of a square without its middle, and along its row and column,
    /// so that the streak of an edge has no peaks.
    fn around(&self, x: i32, y: i32) -> f64 {
        let ring = (-8..=8).flat_map(|dy| (-8..=8).map(move |dx: i32| (dx, dy)));
        let ring = ring.filter(|(dx, dy): &(i32, i32)| dx.abs().max(dy.abs()) > 2);
        let aside = (-8..=8).filter(|d: &i32| d.abs() > 2);
        let mean = |places: &mut dyn Iterator<Item = (i32, i32)>| {
            let (sum, n) = places.fold((0.0, 0.0), |(sum, n), (dx, dy)| {
                (sum + self.at(x + dx, y + dy), n + 1.0)
            });
            sum / n
        };
        // A sine of amplitude a under the window has the magnitude a N² / 8.
        let least = LEAST_AMPLITUDE * f64::from(N * N) / 8.0 / PEAK_RATIO;
        mean(&mut ring.clone())
            .max(mean(&mut aside.clone().map(|d| (d, 0))))
            .max(mean(&mut aside.map(|d| (0, d))))
            .max(least)
    }

    fn is_highest(&self, x: i32, y: i32) -> bool {
        let here = self.at(x, y);
        (-2..=2)
            .flat_map(|dy| (-2..=2).map(move |dx| (dx, dy)))
            .all(|(dx, dy)| self.at(x + dx, y + dy) <= here)
    }

    /// The peak between the bins, by a parabola through the logarithms.
    fn peak(&self, x: i32, y: i32) -> Peak {
        let top = |before: f64, here: f64, after: f64| {
            let [a, b, c] = [before, here, after].map(|m| m.max(1e-9).ln());
            let bend = a - 2.0 * b + c;
            if bend < 0.0 {
                (0.5 * (a - c) / bend).clamp(-0.5, 0.5)
            } else {
                0.0
            }
        };
        let here = self.at(x, y);
        let across = f64::from(x) + top(self.at(x - 1, y), here, self.at(x + 1, y));
        let down = f64::from(y) + top(self.at(x, y - 1), here, self.at(x, y + 1));
        Peak {
            period_px: f64::from(N) / across.hypot(down),
            degrees: (down.atan2(across).to_degrees() + 180.0) % 180.0,
            at: [x + N / 2, y + N / 2].map(|at| at.clamp(0, N - 1) as u32),
        }
    }
}

/// A real and an imaginary part.
type Complex = [f64; 2];

/// The fast Fourier transform of a row of [`SIDE_PX`] numbers, in place: Cooley and Tukey (1965).
fn transform(row: &mut [Complex]) {
    let n = row.len();
    let bits = n.trailing_zeros();
    for i in 0..n {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            row.swap(i, j);
        }
    }
    let mut half = 1;
    while half < n {
        let step = -TAU / (2 * half) as f64;
        for k in 0..half {
            let (sin, cos) = (step * k as f64).sin_cos();
            for begin in (k..n).step_by(2 * half) {
                let ([a, b], [c, d]) = (row[begin], row[begin + half]);
                let [re, im] = [c * cos - d * sin, c * sin + d * cos];
                row[begin] = [a + re, b + im];
                row[begin + half] = [a - re, b - im];
            }
        }
        half *= 2;
    }
}

/// Rows become columns.
fn turn(values: &mut [Complex]) {
    for y in 0..SIDE_PX {
        for x in 0..y {
            values.swap(y * SIDE_PX + x, x * SIDE_PX + y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peaks(level: impl Fn(f64, f64) -> f64) -> Vec<Peak> {
        let picture = RgbImage::from_fn(300, 280, |x, y| {
            Rgb([level(f64::from(x), f64::from(y)).round() as u8; 3])
        });
        Spectrum::of(&picture, [10, 20]).peaks
    }

    fn chance(x: f64, y: f64) -> f64 {
        let seed = (x as u64) << 32 | y as u64;
        let mixed = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 48) as f64 / 65536.0
    }

    #[test]
    fn a_sine_has_one_peak_at_its_period_and_direction() {
        for (period_px, degrees) in [(8.0, 0.0), (3.3, 90.0), (5.7, 30.0), (12.5, 135.0)] {
            let found = peaks(|x, y| {
                let (sin, cos) = f64::to_radians(degrees).sin_cos();
                128.0 + 20.0 * (TAU * (x * cos + y * sin) / period_px).sin()
            });
            assert_eq!(found.len(), 1, "{period_px} {found:?}");
            assert!(
                (found[0].period_px - period_px).abs() < 0.02 * period_px,
                "{found:?}"
            );
            assert!((found[0].degrees - degrees).abs() < 1.0, "{found:?}");
        }
    }

    #[test]
    fn a_weak_pattern_stands_out_of_grain_and_grain_alone_has_none() {
        let grain = |x, y| 110.0 + 16.0 * chance(x, y);
        assert_eq!(peaks(grain), []);
        let found = peaks(|x, y| grain(x, y) + 2.0 * (TAU * x / 8.0).sin());
        assert_eq!(found.len(), 1);
        assert!((found[0].period_px - 8.0).abs() < 0.1, "{found:?}");
    }

    #[test]
    fn an_edge_is_no_pattern() {
        assert_eq!(peaks(|x, _| if x < 150.0 { 60.0 } else { 180.0 }), []);
        // A slanting one is soft: stairs of whole pixels would be a pattern.
        let slanting = |x: f64, y: f64| (120.0 + 15.0 * (x + 0.4 * y - 200.0)).clamp(60.0, 180.0);
        assert_eq!(peaks(slanting), []);
    }

    #[test]
    fn the_window_stays_in_the_picture() {
        assert_eq!(window_at([0.0, 500.0], [1000, 600]), Some([0, 344]));
        assert_eq!(window_at([500.0, 300.0], [1000, 600]), Some([372, 172]));
        assert_eq!(window_at([100.0, 100.0], [255, 600]), None);
    }
}
