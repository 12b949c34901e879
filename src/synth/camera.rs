//! The camera behind the lens: light on the sensor into the bytes of a picture.
//!
//! Exposure and shading, a Bayer mosaic, shot and read noise, one of two ways of filling in the
//! missing colours, a tone curve, denoising, sharpening, and a smaller size as messengers make.

use image::RgbImage;
use multiversion::multiversion;
use rayon::prelude::*;
use serde::Serialize;

use super::light::{Mosaic, Rows, bayer, gauss, weigh};
use super::math;
use super::rng::Rng;

/// Everything the camera does, apart from where it looks.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Camera {
    /// Blur of lens and focus, a Gaussian's deviation in pixels.
    pub blur_px: f32,
    /// Exposure: what a reflectance of 1 becomes before the tone curve.
    pub gain: f32,
    /// Colour of the light that the white balance left standing, per channel.
    pub cast: [f32; 3],
    /// What the sensor's red and blue lack against green.
    pub white_balance: [f32; 3],
    /// Change of light across the picture's width and height.
    pub gradient: [f32; 2],
    /// Loss of light in the corners.
    pub vignette: f32,
    /// Electrons at full scale: fewer, more shot noise.
    pub full_well: f32,
    /// Read noise over full scale.
    pub read_noise: f32,
    /// Which way the missing colours are filled in.
    pub demosaic: Demosaic,
    /// Smoothing of brightness, 0 to 1.
    pub denoise: f32,
    /// Blur of colour, deviation in pixels.
    pub chroma_blur_px: f32,
    /// Strength of the unsharp mask.
    pub sharpen: f32,
    /// Its radius in pixels.
    pub sharpen_px: f32,
    /// Slope of the S-curve at the middle less 1.
    pub contrast: f32,
    /// Colourfulness, 1 for none added.
    pub saturation: f32,
    /// Size of the picture that leaves the phone over that of the sensor.
    pub resize: f32,
    /// Quality of the JPEG that the phone writes before a messenger resizes it; `None` without.
    pub first_jpeg: Option<u8>,
}

/// How a Bayer mosaic becomes a colour picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Demosaic {
    /// The mean of the nearest neighbours of the colour.
    Bilinear,
    /// Corrected by the gradient of the colour that is there (Malvar, He and Cutler).
    Gradient,
}

impl Camera {
    /// A random phone in a random hand.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Self {
        let resized = rng.chance(0.35);
        let noisy = rng.unit();
        Self {
            blur_px: if rng.chance(0.8) {
                rng.range(0.3, 0.9)
            } else {
                rng.range(0.9, 2.0)
            },
            gain: rng.log_range(0.55, 1.15),
            cast: [rng.range(0.88, 1.12), 1.0, rng.range(0.85, 1.15)],
            white_balance: [rng.range(0.45, 0.7), 1.0, rng.range(0.45, 0.75)],
            gradient: [rng.range(-0.25, 0.25), rng.range(-0.25, 0.25)],
            vignette: rng.range(0.0, 0.25),
            full_well: rng.log_range(350.0, 9000.0),
            read_noise: rng.range(0.0005, 0.006),
            demosaic: if rng.chance(0.5) {
                Demosaic::Bilinear
            } else {
                Demosaic::Gradient
            },
            denoise: (noisy * 1.3 - 0.15).clamp(0.0, 1.0),
            chroma_blur_px: rng.range(0.3, 2.2),
            sharpen: if rng.chance(0.15) {
                rng.range(0.9, 1.6)
            } else {
                rng.range(0.0, 0.9)
            },
            sharpen_px: rng.range(0.6, 1.4),
            contrast: rng.range(-0.05, 0.35),
            saturation: rng.range(0.85, 1.35),
            resize: if resized { rng.range(0.5, 0.95) } else { 1.0 },
            first_jpeg: (resized && rng.chance(0.8)).then(|| 75 + rng.below(22) as u8),
        }
    }

    /// Turns light on the sensor into a picture of its size, which is yet to shrink by `resize`.
    /// `noise` is the stream for this picture's noise; `place` is where the picture's middle lies
    /// in the whole frame and how much of it it spans, both over 0 to 1.
    #[must_use]
    pub fn develop(&self, light: &Mosaic, noise: u64, place: Place) -> RgbImage {
        let (width, height) = (light.width, light.height);
        let mut bytes = vec![0; width * height * 3];
        bytes
            .par_chunks_mut(BAND * width * 3)
            .enumerate()
            .for_each(|(band, out)| {
                Band::new(self, light, noise, place, band * BAND).develop(out);
            });
        RgbImage::from_raw(width as u32, height as u32, bytes).unwrap_or_default()
    }
}

/// Which part of the frame a picture is.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The middle, over 0 to 1.
    pub centre: [f32; 2],
    /// Width and height over the frame's.
    pub span: [f32; 2],
}

impl Place {
    /// The whole frame.
    pub const WHOLE: Self = Self {
        centre: [0.5, 0.5],
        span: [1.0, 1.0],
    };
}

/// Rows that one task develops; a picture's bytes do not depend on it.
const BAND: usize = 160;

/// A band of rows on its way through the camera. The steps follow each other row by row, each as
/// far ahead as the next needs it, so that what they hand on stays in the processor's cache.
struct Band<'a> {
    camera: &'a Camera,
    light: &'a Mosaic,
    noise: u64,
    place: Place,
    top: usize,
    sharpen_taps: Vec<f32>,
    chroma_taps: Vec<f32>,
    /// Pixels that rows go on to either side of the picture.
    pad: usize,
    raw: Ring,
    /// Brightness, and how far red and blue are off it.
    tones: [Ring; 3],
    smooth: Ring,
    softened: Ring,
}

impl<'a> Band<'a> {
    fn new(camera: &'a Camera, light: &'a Mosaic, noise: u64, place: Place, top: usize) -> Self {
        let sharpen_taps = gauss(camera.sharpen_px);
        let chroma_taps = gauss(camera.chroma_blur_px);
        let reach = (sharpen_taps.len() / 2).max(chroma_taps.len() / 2).max(2);
        let pad = reach.next_multiple_of(8);
        // No step reads further back than this from the newest row.
        let n_rows = 2 * reach + 7;
        let ring = || Ring::new(n_rows, light.width.next_multiple_of(BLOCK) + 2 * pad);
        Self {
            camera,
            light,
            noise,
            place,
            top,
            sharpen_taps,
            chroma_taps,
            pad,
            raw: ring(),
            tones: [ring(), ring(), ring()],
            smooth: ring(),
            softened: ring(),
        }
    }

    /// Fills in the band's bytes.
    fn develop(&mut self, out: &mut [u8]) {
        let (width, pad, last) = (self.light.width, self.pad, self.light.height - 1);
        let reach = self.sharpen_taps.len() / 2;
        let ahead = (reach + 2).max(self.chroma_taps.len() / 2);
        let mut next_raw = self.top.saturating_sub(ahead + 2);
        let mut next_tone = self.top.saturating_sub(ahead);
        let mut next_smooth = self.top.saturating_sub(reach);
        let mut lines: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; width]);
        for (y, bytes) in (self.top..).zip(out.chunks_exact_mut(width * 3)) {
            while next_tone <= (y + ahead).min(last) {
                while next_raw <= (next_tone + 2).min(last) {
                    self.read_out(next_raw);
                    next_raw += 1;
                }
                self.tone(next_tone);
                next_tone += 1;
            }
            while next_smooth <= (y + reach).min(last) {
                self.denoise(next_smooth);
                next_smooth += 1;
            }
            let [luma, red, blue] = &mut lines;
            self.blurred_down(&self.softened, &self.sharpen_taps, y, luma);
            self.blurred_down(&self.tones[1], &self.chroma_taps, y, red);
            self.blurred_down(&self.tones[2], &self.chroma_taps, y, blue);
            for (v, sharp) in luma.iter_mut().zip(self.smooth.row(y, pad, width)) {
                *v = sharp + self.camera.sharpen * (sharp - *v);
            }
            to_bytes(&lines, self.camera.saturation, bytes);
        }
    }

    /// Exposure, cast, the gradient of the light and the vignette, and the noise of the sensor.
    fn read_out(&mut self, y: usize) {
        let camera = self.camera;
        let (width, height) = (self.light.width, self.light.height);
        let Place { centre, span } = self.place;
        let across = span[0] / width as f32;
        let u0 = centre[0] - span[0] / 2.0 + across / 2.0 - 0.5;
        let v = centre[1] + ((y as f32 + 0.5) / height as f32 - 0.5) * span[1] - 0.5;
        let row = self.raw.row_mut(y, self.pad, width);
        let mut rng = Rng::new(self.noise, &[y as u64]);
        row.iter_mut().for_each(|value| *value = rng.normal());
        let light = &self.light.values[y * width..][..width];
        sensed(
            camera,
            [bayer(0, y), bayer(1, y)],
            [u0, v],
            across,
            light,
            row,
        );
        self.raw.mirror(y, self.pad, width);
    }

    /// The missing colours, white balance and tone; colour apart from brightness, and blurred
    /// along the row.
    fn tone(&mut self, y: usize) {
        let camera = self.camera;
        let (width, pad) = (self.light.width, self.pad);
        let rows: [&[f32]; 5] = std::array::from_fn(|k| {
            let at = mirrored(y as i32 + k as i32 - 2, self.light.height);
            self.raw.row(at, pad - 2, width + 4)
        });
        let [first, second, third] = &mut self.tones;
        let planes = [first, second, third].map(|ring| ring.row_mut(y, pad, width));
        let [red, green, blue] = planes;
        // A row's own colour is red or blue; the other one stands in the rows next to it.
        let (own, other) = if y & 1 == 0 {
            (&mut *red, &mut *blue)
        } else {
            (&mut *blue, &mut *red)
        };
        match camera.demosaic {
            Demosaic::Bilinear => bilinear(rows, y, [own, green, other]),
            Demosaic::Gradient => gradient(rows, y, [own, green, other]),
        }
        to_tones([red, green, blue], camera.white_balance, camera.contrast);
        self.tones
            .iter_mut()
            .for_each(|ring| ring.extend(y, pad, width));
        let reach = self.chroma_taps.len() / 2;
        for ring in &mut self.tones[1..] {
            let sharp = ring.row(y, pad - reach, width + 2 * reach).to_vec();
            let row = ring.row_mut(y, pad, width);
            weigh(row, &self.chroma_taps, |k| &sharp[k..k + width]);
        }
    }

    /// Smooths brightness, and softens it along the row for the unsharp mask.
    fn denoise(&mut self, y: usize) {
        let (width, pad, last) = (self.light.width, self.pad, self.light.height - 1);
        let blocks = width.next_multiple_of(BLOCK);
        let rows: [&[f32]; 5] = std::array::from_fn(|k| {
            let at = (y + k).saturating_sub(2).min(last);
            self.tones[0].row(at, pad - 2, blocks + 4)
        });
        let row = self.smooth.row_mut(y, pad, blocks);
        if self.camera.denoise > 0.01 {
            smoothed(rows, self.camera.denoise, row);
        } else {
            row.copy_from_slice(&rows[2][2..2 + blocks]);
        }
        self.smooth.extend(y, pad, width);
        let reach = self.sharpen_taps.len() / 2;
        let sharp = self.smooth.row(y, pad - reach, width + 2 * reach);
        let row = self.softened.row_mut(y, pad, width);
        weigh(row, &self.sharpen_taps, |k| &sharp[k..k + width]);
    }

    /// What was blurred along its rows, blurred down its columns too.
    fn blurred_down(&self, ring: &Ring, taps: &[f32], y: usize, out: &mut [f32]) {
        let (reach, last) = (taps.len() / 2, self.light.height - 1);
        let rows: Vec<&[f32]> = (0..taps.len())
            .map(|k| {
                let at = (y + k).saturating_sub(reach).min(last);
                ring.row(at, self.pad, self.light.width)
            })
            .collect();
        weigh(out, taps, |k| rows[k]);
    }
}

/// The last rows of a plane.
struct Ring {
    n_rows: usize,
    length: usize,
    values: Vec<f32>,
}

impl Ring {
    fn new(n_rows: usize, length: usize) -> Self {
        Self {
            n_rows,
            length,
            values: vec![0.0; n_rows * length],
        }
    }

    /// A part of row `y` of the picture.
    fn row(&self, y: usize, from: usize, length: usize) -> &[f32] {
        &self.values[y % self.n_rows * self.length + from..][..length]
    }

    fn row_mut(&mut self, y: usize, from: usize, length: usize) -> &mut [f32] {
        &mut self.values[y % self.n_rows * self.length + from..][..length]
    }

    /// Goes on with the edge's pixel on both sides.
    fn extend(&mut self, y: usize, pad: usize, width: usize) {
        let row = self.row_mut(y, 0, width + 2 * pad);
        let (first, last) = (row[pad], row[pad + width - 1]);
        row[..pad].fill(first);
        row[pad + width..].fill(last);
    }

    /// Goes on two pixels with what mirrors them.
    fn mirror(&mut self, y: usize, pad: usize, width: usize) {
        let row = self.row_mut(y, 0, width + 2 * pad);
        for x in [-2, -1, width as i32, width as i32 + 1] {
            row[(x + pad as i32) as usize] = row[pad + mirrored(x, width)];
        }
    }
}

/// Turns a row of noise of deviation 1 into what the sensor's pixels of the two `colours` read, the
/// first of them `from` the frame's middle and the others `across` further each, over the frame.
#[multiversion(targets("x86_64+avx2"))]
fn sensed(
    camera: &Camera,
    colours: [usize; 2],
    from: [f32; 2],
    across: f32,
    light: &[f32],
    row: &mut [f32],
) {
    let levels = colours.map(|c| camera.gain * camera.cast[c] * camera.white_balance[c]);
    let [u0, v] = from;
    let even = 1.0 + camera.gradient[1] * v;
    let shot = 1.0 / camera.full_well;
    let read = camera.read_noise * camera.read_noise;
    for (x, (value, light)) in row.iter_mut().zip(light).enumerate() {
        let u = u0 + x as f32 * across;
        let level = if x & 1 == 0 { levels[0] } else { levels[1] };
        let corners = 1.0 - camera.vignette * 2.0 * (u * u + v * v);
        let seen = light * level * (even + camera.gradient[0] * u) * corners;
        let deviation = (seen.max(0.0) * shot + read).sqrt();
        *value = (seen + deviation * *value).clamp(0.0, 1.0);
    }
}

/// White balance and tone curve, then brightness, and how far red and blue are off it.
#[multiversion(targets("x86_64+avx2"))]
fn to_tones([red, green, blue]: Rows<'_>, white_balance: [f32; 3], contrast: f32) {
    let balance = white_balance.map(|b| 1.0 / b);
    let encode = |light: f32| {
        let v = math::srgb_from_linear_fast(light.clamp(0.0, 1.0));
        let s = v * v * (3.0 - 2.0 * v);
        v + (s - v) * contrast
    };
    for ((a, b), c) in red.iter_mut().zip(green).zip(blue) {
        let colour = [
            encode(*a * balance[0]),
            encode(*b * balance[1]),
            encode(*c * balance[2]),
        ];
        let luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
        (*a, *b, *c) = (luma, colour[0] - luma, colour[2] - luma);
    }
}

/// Mirrors about the edge pixel, which keeps the mosaic's parity.
fn mirrored(i: i32, n: usize) -> usize {
    let last = n as i32 - 1;
    let i = if i < 0 { -i } else { i };
    (if i > last { 2 * last - i } else { i }).clamp(0, last) as usize
}

/// Five rows of the mosaic, two pixels longer than the picture on both sides, as slices that lie
/// `dx` to the side: two up, one up, here, one down, two down.
fn shifted(rows: [&[f32]; 5], dx: usize) -> [&[f32]; 5] {
    rows.map(|row| &row[dx..dx + row.len() - 4])
}

/// Fills in the colours of row `y`: its own, green, and the one of the rows next to it. Both what
/// a green pixel takes and what another takes is worked out everywhere: choosing is cheaper than
/// taking turns.
#[multiversion(targets("x86_64+avx2"))]
fn bilinear(rows: [&[f32]; 5], y: usize, [own, green, other]: Rows<'_>) {
    let [_, nw, west, sw, _] = shifted(rows, 1);
    let [_, north, here, south, _] = shifted(rows, 2);
    let [_, ne, east, se, _] = shifted(rows, 3);
    let n = here.len();
    let (own, green, other) = (&mut own[..n], &mut green[..n], &mut other[..n]);
    for x in 0..n {
        let (across, down) = (west[x] + east[x], north[x] + south[x]);
        let corners = (nw[x] + ne[x]) + (sw[x] + se[x]);
        let is_green = (x ^ y) & 1 == 1;
        own[x] = if is_green { across / 2.0 } else { here[x] };
        green[x] = if is_green {
            here[x]
        } else {
            (across + down) / 4.0
        };
        other[x] = if is_green { down / 2.0 } else { corners / 4.0 };
    }
}

/// As [`bilinear`], corrected by the gradient of the colour that is there.
#[multiversion(targets("x86_64+avx2"))]
fn gradient(rows: [&[f32]; 5], y: usize, [own, green, other]: Rows<'_>) {
    let [_, _, far_west, _, _] = shifted(rows, 0);
    let [_, nw, west, sw, _] = shifted(rows, 1);
    let [far_north, north, here, south, far_south] = shifted(rows, 2);
    let [_, ne, east, se, _] = shifted(rows, 3);
    let [_, _, far_east, _, _] = shifted(rows, 4);
    let n = here.len();
    let (own, green, other) = (&mut own[..n], &mut green[..n], &mut other[..n]);
    for x in 0..n {
        let (across, down) = (west[x] + east[x], north[x] + south[x]);
        let corners = (nw[x] + ne[x]) + (sw[x] + se[x]);
        let (far_across, far_down) = (far_west[x] + far_east[x], far_north[x] + far_south[x]);
        let curvature = here[x] - (far_across + far_down) / 4.0;
        // Five eighths of the green's curvature, less along the line than across it.
        let green_curvature = 5.0 * here[x] - corners;
        let along = (green_curvature - far_across + far_down / 2.0) / 8.0;
        let across_it = (green_curvature - far_down + far_across / 2.0) / 8.0;
        let is_green = (x ^ y) & 1 == 1;
        let own_here = if is_green {
            across / 2.0 + along
        } else {
            here[x]
        };
        let green_here = if is_green {
            here[x]
        } else {
            (across + down) / 4.0 + curvature / 2.0
        };
        let other_here = if is_green {
            down / 2.0 + across_it
        } else {
            corners / 4.0 + curvature * 0.75
        };
        own[x] = own_here.max(0.0);
        green[x] = green_here.max(0.0);
        other[x] = other_here.max(0.0);
    }
}

/// Pixels that are smoothed side by side.
const BLOCK: usize = 8;

/// A mean over 5 × 5 pixels in which unlike ones count little (Tukey's biweight, which needs no
/// division). The rows are two pixels longer on both sides, and as long as `out` they are whole
/// blocks.
#[multiversion(targets("x86_64+avx2"))]
fn smoothed(rows: [&[f32]; 5], strength: f32, out: &mut [f32]) {
    let sharpness = 0.54 / (0.012 + 0.05 * strength);
    for (i, out) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        let block = |row: &[f32], dx: usize| -> [f32; BLOCK] {
            let near = row[i * BLOCK + dx..].first_chunk();
            near.copied().unwrap_or_default()
        };
        let here = block(rows[2], 2);
        let (mut sums, mut weights) = ([0.0; BLOCK], [0.0; BLOCK]);
        for row in rows {
            for dx in 0..5 {
                let near = block(row, dx);
                for k in 0..BLOCK {
                    let d = (near[k] - here[k]) * sharpness;
                    let root = (1.0 - d * d).max(0.0);
                    let weight = root * root;
                    sums[k] += weight * near[k];
                    weights[k] += weight;
                }
            }
        }
        for k in 0..BLOCK {
            out[k] = here[k] + strength * (sums[k] / weights[k] - here[k]);
        }
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn to_bytes([luma, red, blue]: &[Vec<f32>; 3], saturation: f32, bytes: &mut [u8]) {
    let pixels = luma.iter().zip(red).zip(blue);
    for (out, ((luma, red), blue)) in bytes.chunks_exact_mut(3).zip(pixels) {
        let (dr, db) = (red * saturation, blue * saturation);
        let dg = -(0.299 * dr + 0.114 * db) / 0.587;
        out[0] = math::byte(luma + dr);
        out[1] = math::byte(luma + dg);
        out[2] = math::byte(luma + db);
    }
}
