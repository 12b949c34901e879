//! A flat thing seen straight on: reflectance over millimetres, and the strokes and fills that
//! draw on it.
//!
//! A surface may hold only the window that a camera will see, so that a patch costs as much as a
//! patch and not as much as a document; drawing outside the window is cut off.

use rayon::prelude::*;

use super::glyphs;
use super::light::{Light, Places, Rows, Span, Texture};
use super::math;

/// A window of reflectance in millimetres.
#[derive(Clone, Debug)]
pub struct Surface {
    /// Reflectance.
    pub light: Light,
    /// Where the light's top left corner lies, in mm.
    pub origin_mm: [f32; 2],
    /// The light's pixels per mm.
    pub px_per_mm: f32,
}

/// How a line of text is set.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Height of a capital in mm.
    pub height_mm: f32,
    /// Width of a letter over its natural one.
    pub stretch: f32,
    /// Stroke over height.
    pub weight: f32,
    /// Columns that a letter leans to the right over its height.
    pub slant: f32,
    /// Transmittance of the ink per channel.
    pub ink: [f32; 3],
}

impl Surface {
    /// An empty window over left, top, right, bottom in mm.
    #[must_use]
    pub fn new(bounds_mm: [f64; 4], px_per_mm: f32, colour: [f32; 3]) -> Self {
        let width = ((bounds_mm[2] - bounds_mm[0]) as f32 * px_per_mm + 2.0) as usize;
        let height = ((bounds_mm[3] - bounds_mm[1]) as f32 * px_per_mm + 2.0) as usize;
        Self {
            light: Light::filled(width.max(2), height.max(2), colour),
            origin_mm: [bounds_mm[0] as f32, bounds_mm[1] as f32],
            px_per_mm,
        }
    }

    /// The colour at a point in mm; the edge goes on outside.
    #[inline]
    #[must_use]
    pub fn sample(&self, x: f32, y: f32) -> [f32; 3] {
        self.light.sample(
            (x - self.origin_mm[0]) * self.px_per_mm,
            (y - self.origin_mm[1]) * self.px_per_mm,
        )
    }

    /// The means over the squares of a grid: `first` is the number of the square at the top left,
    /// counted from the plane's origin, `size` how many there are either way.
    #[must_use]
    pub fn means(&self, first: [i32; 2], size: [usize; 2], side_mm: f32) -> Light {
        let n = ((side_mm * self.px_per_mm + 0.7) as usize).clamp(1, 8);
        let spans = |axis: usize, length: usize| -> Vec<Span> {
            (0..size[axis])
                .map(|i| {
                    let left = (i as f32 + first[axis] as f32) * side_mm - self.origin_mm[axis];
                    let at = |k| (left + (k as f32 + 0.5) * side_mm / n as f32) * self.px_per_mm;
                    Span::of_points((0..n).map(at), length)
                })
                .collect()
        };
        let columns = spans(0, self.light.width);
        let rows = spans(1, self.light.height);
        self.light.gathered(&columns, &rows)
    }

    /// Runs `paint(x_mm, y_mm, colour)` over every pixel of a box (left, top, right, bottom, mm).
    pub fn paint(&mut self, bounds: [f32; 4], paint: impl Fn(f32, f32, &mut [f32; 3]) + Sync) {
        self.paint_rows(bounds, |xs, y, [red, green, blue]| {
            let pixels = red.iter_mut().zip(green).zip(blue);
            for (x, ((r, g), b)) in xs.iter().zip(pixels) {
                let mut colour = [*r, *g, *b];
                paint(*x, y, &mut colour);
                [*r, *g, *b] = colour;
            }
        });
    }

    /// Runs `paint(xs_mm, y_mm, row)` over every row of a box (left, top, right, bottom, mm): for
    /// what is cheaper to work out along a row than point by point.
    pub fn paint_rows(&mut self, bounds: [f32; 4], paint: impl Fn(&[f32], f32, Rows<'_>) + Sync) {
        let scale = self.px_per_mm;
        let [left, top] = self.origin_mm;
        let (w, h) = (self.light.width, self.light.height);
        let edge = |px: f32, n: usize| math::floor(px).clamp(0.0, n as f32) as usize;
        let (x0, x1) = (
            edge((bounds[0] - left) * scale, w),
            edge((bounds[2] - left) * scale + 1.0, w),
        );
        let (y0, y1) = (
            edge((bounds[1] - top) * scale, h),
            edge((bounds[3] - top) * scale + 1.0, h),
        );
        if x0 >= x1 || y0 >= y1 {
            return;
        }
        let xs: Vec<f32> = (x0..x1).map(|x| (x as f32 + 0.5) / scale + left).collect();
        let line = |y: usize, [red, green, blue]: Rows<'_>| {
            let row = [&mut red[x0..x1], &mut green[x0..x1], &mut blue[x0..x1]];
            paint(&xs, (y as f32 + 0.5) / scale + top, row);
        };
        let [red, green, blue] = &mut self.light.planes;
        let rows = y0 * w..y1 * w;
        let (red, green, blue) = (
            &mut red[rows.clone()],
            &mut green[rows.clone()],
            &mut blue[rows],
        );
        // A stroke of a letter is not worth handing to another thread.
        if (x1 - x0) * (y1 - y0) < 60_000 {
            let lines = red
                .chunks_mut(w)
                .zip(green.chunks_mut(w))
                .zip(blue.chunks_mut(w));
            lines
                .enumerate()
                .for_each(|(y, ((r, g), b))| line(y0 + y, [r, g, b]));
        } else {
            let lines = red.par_chunks_mut(w).zip(green.par_chunks_mut(w));
            let lines = lines.zip(blue.par_chunks_mut(w)).enumerate();
            lines.for_each(|(y, ((r, g), b))| line(y0 + y, [r, g, b]));
        }
    }

    /// Prints a filled box with soft pixel edges and corners of `radius_mm`.
    pub fn fill(&mut self, bounds: [f32; 4], radius_mm: f32, ink: [f32; 3]) {
        let px = 1.0 / self.px_per_mm;
        self.paint(bounds, |x, y, colour| {
            let cover = (0.5 - box_distance(x, y, bounds, radius_mm) / px).clamp(0.0, 1.0);
            multiply(colour, ink, cover);
        });
    }

    /// Prints a line with round ends.
    pub fn line(&mut self, a: [f32; 2], b: [f32; 2], width_mm: f32, ink: [f32; 3]) {
        let (px, half) = (1.0 / self.px_per_mm, width_mm / 2.0);
        let pad = half + px;
        let bounds = [
            a[0].min(b[0]) - pad,
            a[1].min(b[1]) - pad,
            a[0].max(b[0]) + pad,
            a[1].max(b[1]) + pad,
        ];
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length2 = (dx * dx + dy * dy).max(1e-9);
        // A line thinner than a pixel prints a whole pixel faintly.
        let strength = (width_mm / px).min(1.0);
        let half = half.max(px / 2.0);
        self.paint(bounds, |x, y, colour| {
            let t = (((x - a[0]) * dx + (y - a[1]) * dy) / length2).clamp(0.0, 1.0);
            let (ex, ey) = (x - a[0] - t * dx, y - a[1] - t * dy);
            let distance = (ex * ex + ey * ey).sqrt();
            let cover = ((half - distance) / px + 0.5).clamp(0.0, 1.0);
            multiply(colour, ink, cover * strength);
        });
    }

    /// Prints a line of text with its top left corner at (x, y); gives the width in mm.
    pub fn text(&mut self, x: f32, y: f32, text: &str, set: &Type) -> f32 {
        let unit = set.height_mm / glyphs::CAPITAL_ROWS;
        let advance = glyphs::ADVANCE * unit * set.stretch;
        for (i, letter) in text.chars().enumerate() {
            let left = x + i as f32 * advance;
            if self.misses([
                left - advance,
                y - advance,
                left + 2.0 * advance,
                y + 2.0 * set.height_mm,
            ]) {
                continue;
            }
            for stroke in glyphs::strokes(letter) {
                let place = |p: [f32; 2]| {
                    let lean = set.slant * (glyphs::CAPITAL_ROWS - p[1]) / glyphs::CAPITAL_ROWS;
                    [left + (p[0] + lean) * unit * set.stretch, y + p[1] * unit]
                };
                for pair in stroke.windows(2) {
                    self.line(
                        place(pair[0]),
                        place(pair[1]),
                        set.weight * set.height_mm,
                        set.ink,
                    );
                }
            }
        }
        text.chars().count() as f32 * advance
    }

    /// Whether a box lies outside the window altogether.
    #[must_use]
    pub fn misses(&self, bounds: [f32; 4]) -> bool {
        let right = self.origin_mm[0] + self.light.width as f32 / self.px_per_mm;
        let bottom = self.origin_mm[1] + self.light.height as f32 / self.px_per_mm;
        bounds[0] > right
            || bounds[1] > bottom
            || bounds[2] < self.origin_mm[0]
            || bounds[3] < self.origin_mm[1]
    }
}

/// A surface laid out for the lens to read.
#[derive(Clone, Debug)]
pub struct Readable {
    texture: Texture,
    origin_mm: [f32; 2],
    px_per_mm: f32,
}

impl Readable {
    /// Lays out a surface.
    #[must_use]
    pub fn new(surface: &Surface) -> Self {
        Self {
            texture: Texture::new(&surface.light),
            origin_mm: surface.origin_mm,
            px_per_mm: surface.px_per_mm,
        }
    }

    /// The colour at a point in mm; the fourth value is unused.
    #[inline]
    #[must_use]
    pub fn sample(&self, x: f32, y: f32) -> [f32; 4] {
        self.texture.sample(
            (x - self.origin_mm[0]) * self.px_per_mm,
            (y - self.origin_mm[1]) * self.px_per_mm,
        )
    }

    /// The colours at places in mm.
    pub fn shade(&self, places: &Places, out: Rows<'_>) {
        self.texture
            .read(places, self.origin_mm, self.px_per_mm, out);
    }

    /// Pixels per mm.
    #[must_use]
    pub fn px_per_mm(&self) -> f32 {
        self.px_per_mm
    }
}

/// Lays `cover` of an ink over a colour.
#[inline]
pub fn multiply(colour: &mut [f32; 3], ink: [f32; 3], cover: f32) {
    colour
        .iter_mut()
        .zip(ink)
        .for_each(|(c, t)| *c *= 1.0 - cover * (1.0 - t));
}

/// Lays an opaque colour over another.
#[inline]
pub fn cover(colour: &mut [f32; 3], over: [f32; 3], amount: f32) {
    colour
        .iter_mut()
        .zip(over)
        .for_each(|(c, o)| *c += (o - *c) * amount);
}

/// The distance to a box with rounded corners in mm; negative inside.
#[inline]
#[must_use]
pub fn box_distance(x: f32, y: f32, [left, top, right, bottom]: [f32; 4], radius: f32) -> f32 {
    let dx = (x - (left + right) / 2.0).abs() - (right - left) / 2.0 + radius;
    let dy = (y - (top + bottom) / 2.0).abs() - (bottom - top) / 2.0 + radius;
    let (ox, oy) = (dx.max(0.0), dy.max(0.0));
    (ox * ox + oy * oy).sqrt() + dx.max(dy).min(0.0) - radius
}
