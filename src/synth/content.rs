//! What patches show: windows of drawn documents, of given pictures, and of fine patterns.

use std::path::Path;

use image::{DynamicImage, ImageDecoder as _, ImageReader};
use multiversion::multiversion;
use serde::Serialize;

use super::document::Document;
use super::light::{Light, Rows};
use super::math;
use super::rng::Rng;
use super::surface::{self, Surface};

/// Pixels of a given picture that count as a millimetre.
pub const PICTURE_PX_PER_MM: f32 = 10.0;

/// Something flat to photograph.
#[derive(Debug)]
pub enum Content {
    /// A drawn document.
    Document(Box<Document>),
    /// A given picture.
    Picture(Light),
    /// A textile, mesh or ruled paper: genuine, and as periodic as a screen.
    Pattern(Pattern),
}

/// A fine periodic pattern.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pattern {
    form: Form,
    per_mm: [f32; 2],
    colours: [[f32; 3]; 2],
    turn: f32,
    uneven: f32,
    seed: u32,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Form {
    Stripes,
    Weave,
    Mesh,
    Dots,
}

impl Content {
    /// Its name in the index.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Document(_) => "document",
            Self::Picture(_) => "picture",
            Self::Pattern(_) => "pattern",
        }
    }

    /// Left, top, right, bottom in mm of where a patch's middle may lie.
    #[must_use]
    pub fn middle_mm(&self, reach_mm: f32) -> [f32; 4] {
        match self {
            Self::Document(document) => document.bounds_mm(),
            Self::Picture(light) => {
                let [w, h] = [light.width, light.height].map(|n| n as f32 / PICTURE_PX_PER_MM);
                let [dx, dy] = [w, h].map(|side| reach_mm.min(side / 2.0));
                [dx, dy, w - dx, h - dy]
            }
            Self::Pattern(_) => [0.0, 0.0, 400.0, 400.0],
        }
    }

    /// The window of it in mm.
    #[must_use]
    pub fn window(&self, bounds_mm: [f64; 4], px_per_mm: f32) -> Surface {
        match self {
            Self::Document(document) => document.render(bounds_mm, px_per_mm),
            Self::Pattern(pattern) => pattern.render(bounds_mm, px_per_mm),
            Self::Picture(light) => {
                let px = |mm: f64| (mm * f64::from(PICTURE_PX_PER_MM)).max(0.0) as usize;
                let x0 = px(bounds_mm[0]).min(light.width - 2);
                let y0 = px(bounds_mm[1]).min(light.height - 2);
                let x1 = (px(bounds_mm[2]) + 2).clamp(x0 + 2, light.width);
                let y1 = (px(bounds_mm[3]) + 2).clamp(y0 + 2, light.height);
                Surface {
                    light: light.crop(x0, y0, x1 - x0, y1 - y0),
                    origin_mm: [x0 as f32 / PICTURE_PX_PER_MM, y0 as f32 / PICTURE_PX_PER_MM],
                    px_per_mm: PICTURE_PX_PER_MM,
                }
            }
        }
    }
}

impl Pattern {
    /// A random pattern.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Self {
        let bright = rng.range(0.25, 0.9);
        let dark = bright * rng.range(0.15, 0.85);
        let tint: [f32; 3] = std::array::from_fn(|_| rng.range(0.6, 1.0));
        let per_mm = rng.log_range(0.4, 7.0);
        Self {
            form: rng.pick(&[
                Form::Stripes,
                Form::Weave,
                Form::Weave,
                Form::Mesh,
                Form::Dots,
            ]),
            per_mm: [per_mm, per_mm * rng.range(0.8, 1.25)],
            colours: [
                tint.map(|t| t * bright),
                std::array::from_fn(|c| tint[c] * dark * rng.range(0.85, 1.15)),
            ],
            turn: rng.range(-45.0, 45.0),
            uneven: rng.range(0.0, 0.5),
            seed: rng.bits() as u32,
        }
    }

    fn render(&self, bounds_mm: [f64; 4], px_per_mm: f32) -> Surface {
        let mut on = Surface::new(bounds_mm, px_per_mm, self.colours[0]);
        let (sin, cos) = math::sin_cos_degrees(self.turn);
        on.paint([-1e6, -1e6, 1e6, 1e6], |x, y, colour| {
            // Threads wander, as no screen's pixels do.
            let wander = self.uneven * (math::value_noise(x * 0.9, y * 0.9, self.seed) - 0.5);
            let u = (x * cos + y * sin) * self.per_mm[0] + wander;
            let v = (y * cos - x * sin) * self.per_mm[1] + wander;
            let (a, b) = (math::cos_turns(u), math::cos_turns(v));
            let t = match self.form {
                Form::Stripes => 0.5 + 0.5 * a,
                Form::Weave => {
                    let over = (math::floor(u) as i32 + math::floor(v) as i32) & 1 == 0;
                    if over {
                        0.5 - 0.45 * b
                    } else {
                        0.35 - 0.35 * a
                    }
                }
                Form::Mesh => (0.5 + 0.5 * a).max(0.5 + 0.5 * b),
                Form::Dots => math::smoothstep(-0.2, 0.2, a * b),
            };
            let fuzz = 1.0
                + 0.25 * self.uneven * (math::value_noise(x * 13.0, y * 13.0, self.seed ^ 3) - 0.5);
            surface::cover(colour, self.colours[1], t);
            colour.iter_mut().for_each(|c| *c *= fuzz);
        });
        on
    }
}

/// A table top: wood, cloth, or one colour, over the window in mm.
#[must_use]
pub fn table(rng: &mut Rng, bounds_mm: [f64; 4], px_per_mm: f32) -> Surface {
    if rng.chance(0.2) {
        return Pattern::draw(rng).render(bounds_mm, px_per_mm);
    }
    let base: [f32; 3] = if rng.chance(0.5) {
        let level = rng.log_range(0.06, 0.5);
        [
            level * 1.15,
            level * rng.range(0.55, 0.85),
            level * rng.range(0.25, 0.55),
        ]
    } else {
        let level = rng.log_range(0.02, 0.7);
        std::array::from_fn(|_| level * rng.range(0.75, 1.1))
    };
    let (sin, cos) = math::sin_cos_degrees(rng.range(-90.0, 90.0));
    let grain = Grain {
        along: [sin, cos],
        depth: rng.range(0.0, 0.8),
        seed: rng.bits() as u32,
        squeeze: 1.0 / rng.range(4.0, 18.0),
    };
    let mut on = Surface::new(bounds_mm, px_per_mm, base);
    on.paint_rows([-1e6, -1e6, 1e6, 1e6], |xs, y, row| {
        grained(&grain, xs, y, row)
    });
    on
}

/// The grain of a table top.
struct Grain {
    /// Sine and cosine of the direction that it runs along.
    along: [f32; 2],
    depth: f32,
    seed: u32,
    /// Width over length.
    squeeze: f32,
}

/// Lays the grain on the row at `y`.
#[multiversion(targets("x86_64+avx2"))]
fn grained(grain: &Grain, xs: &[f32], y: f32, [red, green, blue]: Rows<'_>) {
    let [sin, cos] = grain.along;
    let pixels = red.iter_mut().zip(green).zip(blue);
    for (x, ((r, g), b)) in xs.iter().zip(pixels) {
        let (u, v) = (x * cos + y * sin, (y * cos - x * sin) * grain.squeeze);
        let coarse = math::value_noise(u * 0.35, v * 0.35, grain.seed) - 0.5;
        let fine = math::value_noise(u * 2.3, v * 2.3, grain.seed ^ 7) - 0.5;
        let level = 1.0 + grain.depth * (0.7 * coarse + 0.5 * fine);
        (*r, *g, *b) = (*r * level, *g * level, *b * level);
    }
}

/// Opens a picture upright, no side longer than `longest` pixels; `None` where it cannot be read.
#[must_use]
pub fn open(path: &Path, longest: u32) -> Option<DynamicImage> {
    let mut decoder = ImageReader::open(path)
        .ok()?
        .with_guessed_format()
        .ok()?
        .into_decoder()
        .ok()?;
    let turn = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(turn);
    let side = picture.width().max(picture.height());
    if side > longest {
        picture = picture.thumbnail(longest, longest);
    }
    Some(picture)
}
