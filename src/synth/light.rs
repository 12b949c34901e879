//! Pictures in linear light: three planes of f32, 1.0 for a white that reflects everything.

use image::RgbImage;
use rayon::prelude::*;

use super::math::{self, Curve};

/// Three planes, red, green and blue, row by row. Values are linear light, usually in [0, 1].
#[derive(Clone, Debug)]
pub struct Light {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue; each `width × height`.
    pub planes: [Vec<f32>; 3],
}

impl Light {
    /// A picture of one colour.
    #[must_use]
    pub fn filled(width: usize, height: usize, colour: [f32; 3]) -> Self {
        Self {
            width,
            height,
            planes: colour.map(|c| vec![c; width * height]),
        }
    }

    /// Decodes an sRGB picture.
    #[must_use]
    pub fn from_srgb(picture: &RgbImage) -> Self {
        let table = math::srgb_table();
        let mut light = Self::filled(
            picture.width() as usize,
            picture.height() as usize,
            [0.0; 3],
        );
        for (i, pixel) in picture.pixels().enumerate() {
            for c in 0..3 {
                light.planes[c][i] = table[usize::from(pixel.0[c])];
            }
        }
        light
    }

    /// Encodes as sRGB without any dither.
    #[must_use]
    pub fn to_srgb(&self) -> RgbImage {
        let curve = Curve::srgb();
        let mut bytes = vec![0; self.width * self.height * 3];
        for (i, out) in bytes.chunks_exact_mut(3).enumerate() {
            for (c, byte) in out.iter_mut().enumerate() {
                *byte = math::byte(curve.at(self.planes[c][i]));
            }
        }
        RgbImage::from_raw(self.width as u32, self.height as u32, bytes).unwrap_or_default()
    }

    /// The colour of the pixel, the nearest one inside where (x, y) lies outside.
    #[inline]
    #[must_use]
    pub fn pixel(&self, x: i32, y: i32) -> [f32; 3] {
        let x = x.clamp(0, self.width as i32 - 1) as usize;
        let y = y.clamp(0, self.height as i32 - 1) as usize;
        let i = y * self.width + x;
        [self.planes[0][i], self.planes[1][i], self.planes[2][i]]
    }

    /// Sets a pixel that lies inside.
    #[inline]
    pub fn set(&mut self, x: usize, y: usize, colour: [f32; 3]) {
        let i = y * self.width + x;
        for (plane, value) in self.planes.iter_mut().zip(colour) {
            plane[i] = value;
        }
    }

    /// Bilinear between pixel centres at (0.5, 0.5) and so on; the edge goes on outside.
    #[inline]
    #[must_use]
    pub fn sample(&self, x: f32, y: f32) -> [f32; 3] {
        let x = (x - 0.5).clamp(0.0, self.width as f32 - 1.001);
        let y = (y - 0.5).clamp(0.0, self.height as f32 - 1.001);
        let (ix, iy) = (x as usize, y as usize);
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let i = iy * self.width + ix;
        let right = usize::from(ix + 1 < self.width);
        let below = if iy + 1 < self.height { self.width } else { 0 };
        let mut out = [0.0; 3];
        for (value, plane) in out.iter_mut().zip(&self.planes) {
            let top = plane[i] + (plane[i + right] - plane[i]) * tx;
            let low = plane[i + below];
            let bottom = low + (plane[i + below + right] - low) * tx;
            *value = top + (bottom - top) * ty;
        }
        out
    }

    /// The part from (x, y), which must lie inside.
    #[must_use]
    pub fn crop(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        let planes = std::array::from_fn(|c| {
            (y..y + height)
                .flat_map(|row| {
                    let start = row * self.width + x;
                    self.planes[c][start..start + width].iter().copied()
                })
                .collect()
        });
        Self {
            width,
            height,
            planes,
        }
    }

    /// Shrinks or grows by averaging over each new pixel's area (a box of at least one pixel).
    #[must_use]
    pub fn resized(&self, width: usize, height: usize) -> Self {
        let columns = spans(self.width, width);
        let rows = spans(self.height, height);
        let planes = std::array::from_fn(|c| {
            let narrow: Vec<f32> = self.planes[c]
                .chunks_exact(self.width)
                .flat_map(|row| columns.iter().map(|span| span.apply(row)))
                .collect();
            let mut out = vec![0.0; width * height];
            for (line, span) in out.chunks_exact_mut(width).zip(&rows) {
                for (k, weight) in span.weights.iter().enumerate() {
                    let from = &narrow[(span.start + k) * width..][..width];
                    line.iter_mut()
                        .zip(from)
                        .for_each(|(o, v)| *o += v * weight);
                }
            }
            out
        });
        Self {
            width,
            height,
            planes,
        }
    }

    /// A Gaussian blur of `sigma_px`; the edge goes on outside. 0 leaves the picture as it is.
    pub fn blur(&mut self, sigma_px: f32) {
        if sigma_px < 0.05 {
            return;
        }
        let taps = gauss(sigma_px);
        let (width, height) = (self.width, self.height);
        self.planes
            .par_iter_mut()
            .for_each(|plane| blur_plane(plane, width, height, &taps));
    }
}

/// A picture laid out for reading at random places: one texel, one place in memory.
#[derive(Clone, Debug)]
pub struct Texture {
    width: usize,
    height: usize,
    texels: Vec<[f32; 4]>,
}

impl Texture {
    /// Lays the planes side by side.
    #[must_use]
    pub fn new(light: &Light) -> Self {
        let [red, green, blue] = &light.planes;
        let texels = red
            .iter()
            .zip(green)
            .zip(blue)
            .map(|((r, g), b)| [*r, *g, *b, 0.0])
            .collect();
        Self {
            width: light.width,
            height: light.height,
            texels,
        }
    }

    /// Bilinear as [`Light::sample`].
    #[inline]
    #[must_use]
    pub fn sample(&self, x: f32, y: f32) -> [f32; 4] {
        let x = (x - 0.5).clamp(0.0, self.width as f32 - 1.001);
        let y = (y - 0.5).clamp(0.0, self.height as f32 - 1.001);
        let (ix, iy) = (x as usize, y as usize);
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let right = (ix + 1).min(self.width - 1);
        let (upper, lower) = (iy * self.width, (iy + 1).min(self.height - 1) * self.width);
        let (a, b) = (self.texels[upper + ix], self.texels[upper + right]);
        let (c, d) = (self.texels[lower + ix], self.texels[lower + right]);
        let mut out = [0.0; 4];
        for (i, value) in out.iter_mut().enumerate() {
            let top = a[i] + (b[i] - a[i]) * tx;
            let bottom = c[i] + (d[i] - c[i]) * tx;
            *value = top + (bottom - top) * ty;
        }
        out
    }
}

/// A normalised Gaussian of odd length, cut at three deviations.
#[must_use]
pub fn gauss(sigma: f32) -> Vec<f32> {
    let radius = (sigma * 3.0 + 0.999) as i32;
    let raw: Vec<f32> = (-radius..=radius)
        .map(|i| math::exp(-(i * i) as f32 / (2.0 * sigma * sigma).max(1e-6)))
        .collect();
    let sum: f32 = raw.iter().sum();
    raw.into_iter().map(|v| v / sum).collect()
}

/// Blurs one plane with a symmetric kernel, rows first.
pub fn blur_plane(plane: &mut [f32], width: usize, height: usize, taps: &[f32]) {
    let radius = taps.len() / 2;
    let mut padded = vec![0.0; width + 2 * radius];
    for row in plane.chunks_exact_mut(width) {
        let (first, last) = (row[0], row[width - 1]);
        padded[..radius].fill(first);
        padded[radius..radius + width].copy_from_slice(row);
        padded[radius + width..].fill(last);
        row.fill(0.0);
        for (k, tap) in taps.iter().enumerate() {
            row.iter_mut()
                .zip(&padded[k..])
                .for_each(|(o, v)| *o += v * tap);
        }
    }
    let source = plane.to_vec();
    for (y, row) in plane.chunks_exact_mut(width).enumerate() {
        row.fill(0.0);
        for (k, tap) in taps.iter().enumerate() {
            let from = (y + k).saturating_sub(radius).min(height - 1);
            let line = &source[from * width..][..width];
            row.iter_mut().zip(line).for_each(|(o, v)| *o += v * tap);
        }
    }
}

/// The old pixels under a new one, with their weights.
struct Span {
    start: usize,
    weights: Vec<f32>,
}

impl Span {
    fn apply(&self, row: &[f32]) -> f32 {
        row[self.start..]
            .iter()
            .zip(&self.weights)
            .map(|(v, w)| v * w)
            .sum()
    }
}

fn spans(from: usize, to: usize) -> Vec<Span> {
    let scale = from as f32 / to as f32;
    let reach = scale.max(1.0);
    (0..to)
        .map(|i| {
            // A triangle as wide as two new pixels: no ringing and little aliasing.
            let centre = (i as f32 + 0.5) * scale - 0.5;
            let start = math::floor(centre - reach + 1.0).max(0.0) as usize;
            let end = (math::floor(centre + reach) as usize).min(from - 1);
            let raw: Vec<f32> = (start..=end.max(start))
                .map(|k| (1.0 - (k as f32 - centre).abs() / reach).max(1e-4))
                .collect();
            let sum: f32 = raw.iter().sum();
            Span {
                start: start.min(from - 1),
                weights: raw.into_iter().map(|w| w / sum).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resizing_and_blurring_keep_a_flat_picture_flat() {
        let mut light = Light::filled(37, 23, [0.25, 0.5, 0.75]);
        light.blur(1.3);
        for (w, h) in [(11, 7), (60, 41), (37, 23), (1, 1)] {
            let out = light.resized(w, h);
            assert_eq!((out.width, out.height, out.planes[0].len()), (w, h, w * h));
            for (plane, want) in out.planes.iter().zip([0.25, 0.5, 0.75]) {
                assert!(plane.iter().all(|v| (v - want).abs() < 1e-4));
            }
        }
        assert!((light.sample(-5.0, 900.0)[1] - 0.5).abs() < 1e-4);
    }
}
