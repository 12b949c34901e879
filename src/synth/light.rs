//! Pictures in linear light: three planes of f32, 1.0 for a white that reflects everything.

use image::RgbImage;
use multiversion::multiversion;
use rayon::prelude::*;

use super::math;

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
        Self::decoded(picture, &math::srgb_table())
    }

    /// Decodes a picture by a table of the light that each of the 256 values stands for.
    #[must_use]
    pub fn decoded(picture: &RgbImage, table: &[f32; 256]) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let plane = |c: usize| {
            let pixels = picture.as_raw().chunks_exact(3);
            pixels.map(|pixel| table[usize::from(pixel[c])]).collect()
        };
        Self {
            width,
            height,
            planes: [plane(0), plane(1), plane(2)],
        }
    }

    /// Encodes as sRGB without any dither.
    #[must_use]
    pub fn to_srgb(&self) -> RgbImage {
        self.encoded(|shift| shift.fill(0.0))
    }

    /// Encodes as sRGB with noise: `noise` fills in a row of what is added to the encoded values,
    /// of which white is 1.
    #[must_use]
    pub fn encoded(&self, mut noise: impl FnMut(&mut [f32])) -> RgbImage {
        let mut bytes = vec![0; self.width * self.height * 3];
        let mut shift = vec![0.0; self.width];
        let rows = bytes.chunks_exact_mut(self.width.max(1) * 3);
        for (y, out) in rows.enumerate() {
            noise(&mut shift);
            let planes = self.planes.each_ref();
            encode(planes.map(|plane| &plane[y * self.width..]), &shift, out);
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
        // Written out: a clamp would mind NaN.
        let x = (x - 0.5).max(0.0).min(self.width as f32 - 1.01);
        let y = (y - 0.5).max(0.0).min(self.height as f32 - 1.01);
        let (fx, fy) = (math::floor(x), math::floor(y));
        let (tx, ty) = (x - fx, y - fy);
        let (ix, iy) = (math::nearest(fx) as usize, math::nearest(fy) as usize);
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
        self.gathered(&spans(self.width, width), &spans(self.height, height))
    }

    /// The picture whose pixels are what `columns` and `rows` gather from this one.
    #[must_use]
    pub fn gathered(&self, columns: &[Span], rows: &[Span]) -> Self {
        let planes = self.planes.each_ref().map(|plane| {
            // Down first: whole rows are added up several values at a time.
            let mut tall = vec![0.0; self.width];
            let mut out = vec![0.0; columns.len() * rows.len()];
            for (line, row) in out.chunks_exact_mut(columns.len()).zip(rows) {
                weigh(&mut tall, &row.weights, |k| {
                    &plane[(row.start + k) * self.width..][..self.width]
                });
                for (value, column) in line.iter_mut().zip(columns) {
                    *value = column.apply(&tall);
                }
            }
            out
        });
        Self {
            width: columns.len(),
            height: rows.len(),
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

/// Encodes a row of light as sRGB and adds `shift` to each pixel's values.
#[multiversion(targets("x86_64+avx2"))]
fn encode([red, green, blue]: [&[f32]; 3], shift: &[f32], out: &mut [u8]) {
    let byte = |light: f32, shift: f32| {
        math::byte(math::srgb_from_linear_fast(light.clamp(0.0, 1.0)) + shift)
    };
    let light = red.iter().zip(green).zip(blue);
    let pixels = out.as_chunks_mut::<3>().0.iter_mut();
    for (((r, g), b), (shift, out)) in light.zip(shift.iter().zip(pixels)) {
        *out = [byte(*r, *shift), byte(*g, *shift), byte(*b, *shift)];
    }
}

/// Points of a plane, in mm.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// To the right.
    pub x: Vec<f32>,
    /// Down.
    pub y: Vec<f32>,
}

/// A row of red, of green and of blue light to fill in.
pub type Rows<'a> = [&'a mut [f32]; 3];

/// A picture laid out for reading at random places: one texel, one place in memory. It must have
/// two columns and two rows.
#[derive(Clone, Debug)]
pub struct Texture {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
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

    /// Red, green, blue and nothing of texel `i`, counted row by row.
    #[inline]
    #[must_use]
    pub fn texel(&self, i: usize) -> [f32; 4] {
        self.texels[i]
    }

    /// Bilinear as [`Light::sample`]; the fourth value is unused.
    #[inline]
    #[must_use]
    pub fn sample(&self, x: f32, y: f32) -> [f32; 4] {
        // Written out: a clamp would mind NaN.
        let x = (x - 0.5).max(0.0).min(self.width as f32 - 1.01);
        let y = (y - 0.5).max(0.0).min(self.height as f32 - 1.01);
        // Rounded down, or up where x is all but whole: both give the same light.
        let (ix, iy) = (math::nearest(x - 0.5), math::nearest(y - 0.5));
        let (tx, ty) = (x - ix as f32, y - iy as f32);
        let upper = iy as usize * self.width + ix as usize;
        let lower = upper + self.width;
        let (above, below) = (
            &self.texels[upper..upper + 2],
            &self.texels[lower..lower + 2],
        );
        let mut seen = [0.0; 4];
        for (i, value) in seen.iter_mut().enumerate() {
            let top = above[0][i] + (above[1][i] - above[0][i]) * tx;
            let low = below[0][i] + (below[1][i] - below[0][i]) * tx;
            *value = top + (low - top) * ty;
        }
        seen
    }

    /// The light at each of the places less `origin` times `scale`.
    pub fn read(&self, places: &Places, origin: [f32; 2], scale: f32, out: Rows<'_>) {
        read(self, places, origin, scale, out);
    }
}

/// [`Texture::read`], a function of its own as what is compiled for several processors must be.
#[multiversion(targets("x86_64+avx2"))]
fn read(texture: &Texture, places: &Places, origin: [f32; 2], scale: f32, out: Rows<'_>) {
    let [red, green, blue] = out.map(|row| row.chunks_mut(LANES));
    let places = places.x.chunks(LANES).zip(places.y.chunks(LANES));
    let mut seen = [[0.0; 4]; LANES];
    for ((xs, ys), ((r, g), b)) in places.zip(red.zip(green).zip(blue)) {
        for ((x, y), seen) in xs.iter().zip(ys).zip(&mut seen) {
            *seen = texture.sample((x - origin[0]) * scale, (y - origin[1]) * scale);
        }
        for (i, seen) in seen.iter().enumerate().take(xs.len()) {
            (r[i], g[i], b[i]) = (seen[0], seen[1], seen[2]);
        }
    }
}

/// What a sensor under a Bayer mosaic sees: one colour a pixel, row by row.
#[derive(Clone, Debug)]
pub struct Mosaic {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Light, usually in [0, 1]; its colour is that of [`bayer`].
    pub values: Vec<f32>,
}

/// The colour of a sensor pixel, 0 red to 2 blue: RGGB.
#[inline]
#[must_use]
pub fn bayer(x: usize, y: usize) -> usize {
    (x & 1) + (y & 1)
}

/// Values that one step of a filter's loop works on side by side.
pub const LANES: usize = 16;

/// Adds up slices, each with its weight: the heart of every separable filter. The slices must be
/// as long as `out`.
#[multiversion(targets("x86_64+avx2"))]
pub fn weigh<'a>(out: &mut [f32], weights: &[f32], slice: impl Fn(usize) -> &'a [f32]) {
    // A block stays in the processor's registers until all slices have come.
    let mut blocks = out.chunks_exact_mut(LANES);
    let mut start = 0;
    for block in &mut blocks {
        let mut sums = [0.0; LANES];
        for (k, weight) in weights.iter().enumerate() {
            let from = &slice(k)[start..start + LANES];
            for (sum, value) in sums.iter_mut().zip(from) {
                *sum += weight * value;
            }
        }
        block.copy_from_slice(&sums);
        start += LANES;
    }
    for (i, out) in blocks.into_remainder().iter_mut().enumerate() {
        let terms = weights.iter().enumerate();
        *out = terms.map(|(k, weight)| weight * slice(k)[start + i]).sum();
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
        weigh(row, taps, |k| &padded[k..k + width]);
    }
    let source = plane.to_vec();
    for (y, row) in plane.chunks_exact_mut(width).enumerate() {
        weigh(row, taps, |k| {
            let from = (y + k).saturating_sub(radius).min(height - 1);
            &source[from * width..][..width]
        });
    }
}

/// The old pixels under a new one, with their weights.
#[derive(Clone, Debug)]
pub struct Span {
    start: usize,
    weights: Vec<f32>,
}

impl Span {
    /// The mean of the light at some points along a line of `length` pixels, each between the two
    /// pixels next to it.
    #[must_use]
    pub fn of_points(points: impl Iterator<Item = f32> + Clone, length: usize) -> Self {
        let places = points.map(|at| (at - 0.5).clamp(0.0, length as f32 - 1.01));
        let (low, high) = places.clone().fold((f32::MAX, 0.0f32), |(low, high), at| {
            (low.min(math::floor(at)), high.max(math::floor(at)))
        });
        let start = low as usize;
        let mut weights = vec![0.0; high as usize - start + 2];
        let mut n = 0.0;
        for at in places {
            let t = math::fract(at);
            let i = math::floor(at) as usize - start;
            weights[i] += 1.0 - t;
            weights[i + 1] += t;
            n += 1.0;
        }
        weights.iter_mut().for_each(|weight| *weight /= n);
        Self { start, weights }
    }

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
