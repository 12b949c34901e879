//! The camera behind the lens: light on the sensor into the bytes of a picture.
//!
//! Exposure and shading, a Bayer mosaic, shot and read noise, one of two ways of filling in the
//! missing colours, a tone curve, denoising, sharpening, and a smaller size as messengers make.

use image::RgbImage;
use rayon::prelude::*;
use serde::Serialize;

use super::light::{Light, blur_plane, gauss};
use super::math::{self, Curve};
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

    /// Turns light on the sensor into a picture of `size_px`, which is smaller by `resize`.
    /// `noise` is the stream for this picture's noise; `place` is where the picture's middle lies
    /// in the whole frame and how much of it it spans, both over 0 to 1.
    #[must_use]
    pub fn develop(&self, mut light: Light, noise: u64, place: Place) -> RgbImage {
        self.shine(&mut light, place);
        self.mosaic(&mut light, noise);
        let colour = match self.demosaic {
            Demosaic::Bilinear => fill_in(&light, bilinear),
            Demosaic::Gradient => fill_in(&light, gradient),
        };
        self.finish(colour)
    }

    /// Exposure, cast, the gradient of the light and the vignette.
    fn shine(&self, light: &mut Light, place: Place) {
        let (width, height) = (light.width as f32, light.height as f32);
        for (c, plane) in light.planes.iter_mut().enumerate() {
            let level = self.gain * self.cast[c] * self.white_balance[c];
            plane
                .par_chunks_mut(light.width)
                .enumerate()
                .for_each(|(y, row)| {
                    let v =
                        place.centre[1] + ((y as f32 + 0.5) / height - 0.5) * place.span[1] - 0.5;
                    for (x, value) in row.iter_mut().enumerate() {
                        let u = place.centre[0] + ((x as f32 + 0.5) / width - 0.5) * place.span[0]
                            - 0.5;
                        let even = 1.0 + self.gradient[0] * u + self.gradient[1] * v;
                        *value *= level * even * (1.0 - self.vignette * 2.0 * (u * u + v * v));
                    }
                });
        }
    }

    /// Keeps one colour a pixel, in the first plane, with the noise of the sensor on it.
    fn mosaic(&self, light: &mut Light, noise: u64) {
        let width = light.width;
        let [red, green, blue] = &mut light.planes;
        let shot = 1.0 / self.full_well;
        let read = self.read_noise * self.read_noise;
        red.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
            let mut rng = Rng::new(noise, &[y as u64]);
            for (x, value) in row.iter_mut().enumerate() {
                let seen = match bayer(x, y) {
                    0 => *value,
                    1 => green[y * width + x],
                    _ => blue[y * width + x],
                };
                let deviation = (seen.max(0.0) * shot + read).sqrt();
                *value = (seen + deviation * rng.normal()).clamp(0.0, 1.0);
            }
        });
    }

    /// White balance, tone, denoising, sharpening, and eight bits.
    fn finish(&self, mut colour: Light) -> RgbImage {
        let (width, height) = (colour.width, colour.height);
        let tone = Curve::new(|x| {
            let v = math::srgb_from_linear(x);
            let s = v * v * (3.0 - 2.0 * v);
            v + (s - v) * self.contrast
        });
        for (c, plane) in colour.planes.iter_mut().enumerate() {
            let balance = 1.0 / self.white_balance[c];
            plane
                .par_iter_mut()
                .for_each(|v| *v = tone.at(*v * balance));
        }
        to_luma(&mut colour);
        if self.denoise > 0.01 {
            colour.planes[0] = smoothed(&colour.planes[0], width, height, self.denoise);
        }
        let taps = gauss(self.chroma_blur_px);
        let [luma, chroma @ ..] = &mut colour.planes;
        chroma
            .par_iter_mut()
            .for_each(|plane| blur_plane(plane, width, height, &taps));
        let mut soft = luma.clone();
        blur_plane(&mut soft, width, height, &gauss(self.sharpen_px));
        luma.iter_mut()
            .zip(&soft)
            .for_each(|(v, s)| *v += self.sharpen * (*v - s));
        to_bytes(&colour, self.saturation)
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

/// The colour of a sensor pixel: RGGB.
fn bayer(x: usize, y: usize) -> usize {
    (x & 1) + (y & 1)
}

/// Fills in all three colours; `how` gives the two missing ones beside the one that is there.
fn fill_in(raw: &Light, how: fn(&Around<'_>) -> [f32; 3]) -> Light {
    let (width, height) = (raw.width, raw.height);
    let mut out = Light::filled(width, height, [0.0; 3]);
    let [red, green, blue] = &mut out.planes;
    red.par_chunks_mut(width)
        .zip(green.par_chunks_mut(width))
        .zip(blue.par_chunks_mut(width))
        .enumerate()
        .for_each(|(y, ((r, g), b))| {
            let rows: [&[f32]; 5] = std::array::from_fn(|k| {
                let at = mirrored(y as i32 + k as i32 - 2, height);
                &raw.planes[0][at * width..][..width]
            });
            for x in 0..width {
                let [cr, cg, cb] = how(&Around { rows, x, y });
                (r[x], g[x], b[x]) = (cr.max(0.0), cg.max(0.0), cb.max(0.0));
            }
        });
    out
}

/// Mirrors about the edge pixel, which keeps the mosaic's parity.
fn mirrored(i: i32, n: usize) -> usize {
    let last = n as i32 - 1;
    let i = if i < 0 { -i } else { i };
    (if i > last { 2 * last - i } else { i }).clamp(0, last) as usize
}

/// Five rows of the mosaic around one pixel.
struct Around<'a> {
    rows: [&'a [f32]; 5],
    x: usize,
    y: usize,
}

impl Around<'_> {
    #[inline]
    fn at(&self, dx: i32, dy: i32) -> f32 {
        let row = self.rows[(dy + 2) as usize];
        let x = self.x as i32 + dx;
        if (0..row.len() as i32).contains(&x) {
            row[x as usize]
        } else {
            row[mirrored(x, row.len())]
        }
    }

    fn cross(&self) -> f32 {
        (self.at(-1, 0) + self.at(1, 0) + self.at(0, -1) + self.at(0, 1)) / 4.0
    }

    fn corners(&self) -> f32 {
        (self.at(-1, -1) + self.at(1, -1) + self.at(-1, 1) + self.at(1, 1)) / 4.0
    }

    /// The pixel and the mean of its four neighbours two away.
    fn curvature(&self) -> f32 {
        self.at(0, 0) - (self.at(-2, 0) + self.at(2, 0) + self.at(0, -2) + self.at(0, 2)) / 4.0
    }
}

fn bilinear(p: &Around<'_>) -> [f32; 3] {
    let here = p.at(0, 0);
    match (p.x & 1, p.y & 1) {
        (0, 0) => [here, p.cross(), p.corners()],
        (1, 1) => [p.corners(), p.cross(), here],
        (1, 0) => [
            (p.at(-1, 0) + p.at(1, 0)) / 2.0,
            here,
            (p.at(0, -1) + p.at(0, 1)) / 2.0,
        ],
        _ => [
            (p.at(0, -1) + p.at(0, 1)) / 2.0,
            here,
            (p.at(-1, 0) + p.at(1, 0)) / 2.0,
        ],
    }
}

fn gradient(p: &Around<'_>) -> [f32; 3] {
    let here = p.at(0, 0);
    let diagonal = p.corners();
    match (p.x & 1, p.y & 1) {
        (0, 0) => [
            here,
            p.cross() + p.curvature() / 2.0,
            diagonal + p.curvature() * 0.75,
        ],
        (1, 1) => [
            diagonal + p.curvature() * 0.75,
            p.cross() + p.curvature() / 2.0,
            here,
        ],
        odd => {
            // Five eighths of the green's curvature, less along the line than across it.
            let along = |ax: i32, ay: i32| {
                let near = (p.at(-ax, -ay) + p.at(ax, ay)) / 2.0;
                let far = p.at(-2 * ax, -2 * ay) + p.at(2 * ax, 2 * ay);
                let across = p.at(-2 * ay, -2 * ax) + p.at(2 * ay, 2 * ax);
                near + (5.0 * here - far - 4.0 * diagonal + across / 2.0) / 8.0
            };
            if odd == (1, 0) {
                [along(1, 0), here, along(0, 1)]
            } else {
                [along(0, 1), here, along(1, 0)]
            }
        }
    }
}

/// Red, green, blue into brightness and two differences from it.
fn to_luma(colour: &mut Light) {
    let [red, green, blue] = &mut colour.planes;
    red.par_iter_mut()
        .zip(green.par_iter_mut())
        .zip(blue.par_iter_mut())
        .for_each(|((r, g), b)| {
            let luma = 0.299 * *r + 0.587 * *g + 0.114 * *b;
            (*r, *g, *b) = (luma, *r - luma, *b - luma);
        });
}

fn to_bytes(colour: &Light, saturation: f32) -> RgbImage {
    let mut bytes = vec![0; colour.width * colour.height * 3];
    let [luma, red, blue] = &colour.planes;
    bytes
        .par_chunks_exact_mut(3)
        .enumerate()
        .for_each(|(i, out)| {
            let (dr, db) = (red[i] * saturation, blue[i] * saturation);
            let dg = -(0.299 * dr + 0.114 * db) / 0.587;
            out[0] = math::byte(luma[i] + dr);
            out[1] = math::byte(luma[i] + dg);
            out[2] = math::byte(luma[i] + db);
        });
    RgbImage::from_raw(colour.width as u32, colour.height as u32, bytes).unwrap_or_default()
}

/// A mean over 5 × 5 pixels in which unlike ones count little.
fn smoothed(plane: &[f32], width: usize, height: usize, strength: f32) -> Vec<f32> {
    let sharpness = 1.0 / (0.012 + 0.05 * strength);
    let mut out = vec![0.0; plane.len()];
    out.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (x, value) in row.iter_mut().enumerate() {
            let here = plane[y * width + x];
            let (mut sum, mut weights) = (0.0, 0.0);
            for ny in y.saturating_sub(2)..(y + 3).min(height) {
                for near in &plane[ny * width..][x.saturating_sub(2)..(x + 3).min(width)] {
                    let d = (near - here) * sharpness;
                    let weight = 1.0 / (1.0 + d * d * d * d);
                    sum += weight * near;
                    weights += weight;
                }
            }
            *value = here + strength * (sum / weights - here);
        }
    });
    out
}
