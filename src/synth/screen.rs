//! A surface shown on a screen: a grid of coloured sub-pixels that give light of their own.
//!
//! Two families stand apart in their code. The *aperture* family looks up, for each point of the
//! plane, how much of each colour's sub-pixel lies there. The *splat* family throws the light of
//! each sub-pixel as a small soft blob onto a fine raster and reads that raster. What one does
//! wrong in common with a detector's habit the other need not.

use multiversion::multiversion;
use serde::Serialize;

use super::degrade;
use super::light::{LANES, Light, Places, Rows, Texture, bayer};
use super::math;
use super::rng::Rng;
use super::splat;
use super::surface::{Readable, Surface};

/// How the sub-pixels lie in a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Grid {
    /// Upright stripes, red first.
    RgbStripes,
    /// Upright stripes, blue first.
    BgrStripes,
    /// Level stripes: a screen held on its side.
    LevelStripes,
    /// Stripes that lean one way in one row and the other in the next.
    Chevrons,
    /// A green in each pixel, a red or a blue in turn, as on phones.
    Pentile,
}

/// Which code makes the light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    /// Looked up point by point.
    Aperture,
    /// Thrown forward as blobs.
    Splat,
}

/// Everything about a screen and how it is seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Screen {
    /// Which code makes the light.
    pub family: Family,
    /// The layout of the sub-pixels.
    pub grid: Grid,
    /// Camera pixels per screen pixel.
    pub camera_px: f32,
    /// Width and height of a sub-pixel's opening over its share.
    pub opening: [f32; 2],
    /// Brightness of white against white paper in the room's light.
    pub brightness: f32,
    /// Light of a black pixel over that of a white one.
    pub black: f32,
    /// Colour of the screen's white.
    pub white: [f32; 3],
    /// How much of each colour leaks into the others: a small gamut, and the camera's filters.
    pub leak: f32,
    /// Depth of the dark bands that a rolling shutter makes of a flickering backlight.
    pub banding: f32,
    /// Height of a band in camera pixels, and where the first one lies.
    pub band_px: [f32; 2],
    /// The room mirrored in the glass: an even part and a patch.
    pub reflection: [f32; 2],
    /// The patch's centre and radius in camera pixels.
    pub patch_px: [f32; 3],
    /// Blur of the picture shown, in screen pixels, as of a scaled photograph.
    pub source_blur_px: f32,
    /// Noise of the picture shown.
    pub source_noise: f32,
    /// JPEG quality of the picture shown; `None` for a clean one.
    pub source_jpeg: Option<u8>,
    /// What gamma the screen has over what sRGB says.
    pub gamma: f32,
}

impl Screen {
    /// A random screen; `frame_px` is the camera frame's longer side, which bands and reflections
    /// are scaled to.
    #[must_use]
    pub fn draw(rng: &mut Rng, frame_px: f32) -> Self {
        let family = if rng.chance(0.6) {
            Family::Aperture
        } else {
            Family::Splat
        };
        let grid = rng.pick(&[
            Grid::RgbStripes,
            Grid::RgbStripes,
            Grid::RgbStripes,
            Grid::BgrStripes,
            Grid::LevelStripes,
            Grid::Chevrons,
            Grid::Pentile,
            Grid::Pentile,
        ]);
        let cold = rng.range(-0.12, 0.25);
        Self {
            family,
            grid,
            camera_px: rng.log_range(0.7, 4.0),
            opening: [rng.range(0.6, 0.95), rng.range(0.6, 0.95)],
            brightness: rng.log_range(0.7, 1.7),
            black: rng.log_range(0.002, 0.03),
            white: [1.0 - 0.6 * cold, 1.0 - 0.2 * cold.abs(), 1.0 + cold],
            leak: rng.range(0.02, 0.14),
            banding: if rng.chance(0.35) {
                rng.range(0.01, 0.12)
            } else {
                0.0
            },
            band_px: [frame_px * rng.log_range(0.03, 0.5), rng.unit()],
            reflection: [
                rng.log_range(0.002, 0.05),
                if rng.chance(0.3) {
                    rng.log_range(0.02, 0.5)
                } else {
                    0.0
                },
            ],
            patch_px: [
                rng.range(-0.2, 1.2) * frame_px,
                rng.range(-0.2, 1.2) * frame_px,
                rng.range(0.1, 0.6) * frame_px,
            ],
            source_blur_px: if rng.chance(0.5) {
                rng.range(0.3, 1.3)
            } else {
                0.0
            },
            source_noise: rng.range(0.0, 0.012),
            source_jpeg: rng.chance(0.6).then(|| 50 + rng.below(46) as u8),
            gamma: rng.range(0.9, 1.15),
        }
    }

    /// Samples per pixel and direction that its sub-pixels ask for: from one and a half camera
    /// pixels a screen pixel on, three come no nearer to the truth than two.
    #[must_use]
    pub fn samples(&self) -> usize {
        if self.camera_px < 1.5 { 3 } else { 2 }
    }
}

/// A screen that shows one surface, ready to be photographed.
#[derive(Debug)]
pub struct Lit {
    light: Glow,
    params: Screen,
    pitch_mm: f32,
}

#[derive(Debug)]
enum Glow {
    Aperture {
        shown: Texture,
        first: [i32; 2],
        cell: Vec<[f32; 4]>,
    },
    Raster(Readable),
}

/// Places per screen pixel in the table of openings; the table covers two by two pixels.
const CELL: usize = 24;

impl Lit {
    /// Puts `surface` on the screen, seen at `px_per_mm` camera pixels per mm.
    #[must_use]
    pub fn new(params: &Screen, surface: &Surface, px_per_mm: f32, seed: u64) -> Self {
        let pitch_mm = params.camera_px / px_per_mm;
        let (shown, first) = frame_buffer(params, surface, pitch_mm, seed);
        let light = match params.family {
            Family::Aperture => {
                let softness = 1.0 / (params.camera_px * params.samples() as f32);
                Glow::Aperture {
                    shown: Texture::new(&shown),
                    first,
                    cell: openings(params, softness),
                }
            }
            Family::Splat => Glow::Raster(Readable::new(&splat::raster(
                params, &shown, first, pitch_mm,
            ))),
        };
        Self {
            light,
            params: params.clone(),
            pitch_mm,
        }
    }

    /// The light at places in mm.
    pub fn shade(&self, places: &Places, [red, green, blue]: Rows<'_>) {
        match &self.light {
            Glow::Raster(raster) => raster.shade(places, [&mut *red, &mut *green, &mut *blue]),
            Glow::Aperture { shown, first, cell } => {
                let planes = [&mut *red, &mut *green, &mut *blue];
                shine(shown, *first, cell, places, 1.0 / self.pitch_mm, planes);
            }
        }
        leak(self.params.leak, [red, green, blue]);
    }

    /// What is left to do on row `y` of the sensor's pixels: black level, bands and reflections.
    /// `corner_px` is where the picture's top left lies in the camera's frame.
    pub fn finish(&self, row: &mut [f32], y: usize, corner_px: [f32; 2]) {
        let p = &self.params;
        let fy = y as f32 + corner_px[1];
        let wave = math::cos_turns(fy / p.band_px[0] + p.band_px[1]);
        let level = p.brightness * (1.0 - p.banding * (0.5 + 0.5 * wave));
        let levels = [bayer(0, y), bayer(1, y)].map(|c| level * p.white[c]);
        let dy = fy - p.patch_px[1];
        let narrow = 1.0 / (p.patch_px[2] * p.patch_px[2]);
        for (x, value) in row.iter_mut().enumerate() {
            let dx = x as f32 + corner_px[0] - p.patch_px[0];
            let r2 = (dx * dx + dy * dy) * narrow;
            let mirror = p.reflection[0] + p.reflection[1] * (1.0 - r2).max(0.0);
            let level = if x & 1 == 0 { levels[0] } else { levels[1] };
            *value = level * (p.black + (1.0 - p.black) * *value) + mirror;
        }
    }
}

/// The light of the pixels `shown`, whose first one is `first`, through the openings `cell`, at
/// places of which one mm is `scale` screen pixels.
#[multiversion(targets("x86_64+avx2"))]
fn shine(
    shown: &Texture,
    first: [i32; 2],
    cell: &[[f32; 4]],
    places: &Places,
    scale: f32,
    out: Rows<'_>,
) {
    let side = CELL as i32;
    let (right, bottom) = (shown.width as i32 - 1, shown.height as i32 - 1);
    // Whole numbers first, several at a time; then what they point at.
    let find = |x: f32, y: f32| {
        let (u, v) = (x * scale, y * scale);
        let (fu, fv) = (math::floor(u), math::floor(v));
        let (iu, iv) = (math::nearest(fu), math::nearest(fv));
        let within = |t: f32| math::nearest(t * CELL as f32 - 0.5).clamp(0, side - 1);
        let cu = within(u - fu) + side * (iu & 1);
        let cv = within(v - fv) + side * (iv & 1);
        let at = (iv - first[1]).clamp(0, bottom) * (right + 1) + (iu - first[0]).clamp(0, right);
        (cv * 2 * side + cu, at)
    };
    let [red, green, blue] = out.map(|row| row.chunks_mut(LANES));
    let places = places.x.chunks(LANES).zip(places.y.chunks(LANES));
    let (mut openings, mut pixels) = ([0; LANES], [0; LANES]);
    for ((xs, ys), ((r, g), b)) in places.zip(red.zip(green).zip(blue)) {
        let found = openings.iter_mut().zip(&mut pixels);
        for ((x, y), (opening, pixel)) in xs.iter().zip(ys).zip(found) {
            (*opening, *pixel) = find(*x, *y);
        }
        for i in 0..xs.len() {
            let through = cell[openings[i] as usize];
            let pixel = shown.texel(pixels[i] as usize);
            (r[i], g[i], b[i]) = (
                pixel[0] * through[0],
                pixel[1] * through[1],
                pixel[2] * through[2],
            );
        }
    }
}

/// Lets a share of each colour into the others: here and not on the sensor, which sees but one of
/// them.
#[multiversion(targets("x86_64+avx2"))]
fn leak(share: f32, [red, green, blue]: Rows<'_>) {
    for ((r, g), b) in red.iter_mut().zip(green).zip(blue) {
        let sum = share * (*r + *g + *b);
        *r += sum - 3.0 * share * *r;
        *g += sum - 3.0 * share * *g;
        *b += sum - 3.0 * share * *b;
    }
}

/// What the graphics card holds: the surface at the screen's pixels, eight bits deep.
fn frame_buffer(params: &Screen, surface: &Surface, pitch_mm: f32, seed: u64) -> (Light, [i32; 2]) {
    let extent = |n: usize| n as f32 / surface.px_per_mm;
    let [left, top] = surface.origin_mm;
    let first = [
        math::floor(left / pitch_mm) as i32,
        math::floor(top / pitch_mm) as i32,
    ];
    let width = (extent(surface.light.width) / pitch_mm + 2.0) as usize;
    let height = (extent(surface.light.height) / pitch_mm + 2.0) as usize;
    let mut shown = surface.means(first, [width, height], pitch_mm);
    shown.blur(params.source_blur_px);
    let light = math::srgb_table().map(|v| math::pow(v, params.gamma));
    let shown = degrade::eight_bit(
        &shown,
        params.source_noise,
        params.source_jpeg,
        seed,
        &light,
    );
    (shown, first)
}

/// How the opening of each colour lies in a cell of two by two pixels, as centres, half widths
/// and half heights in pixels, and the lean of the stripe.
#[must_use]
pub fn sub_pixels(params: &Screen) -> Vec<SubPixel> {
    let [ow, oh] = params.opening;
    let mut all = Vec::new();
    for py in 0..2 {
        for px in 0..2 {
            let mut put = |colour, x: f32, y: f32, half: [f32; 2], lean: f32| {
                all.push(SubPixel {
                    colour,
                    pixel: [px, py],
                    centre: [x, y],
                    half,
                    lean,
                });
            };
            let lean = if py == 0 { 0.3 } else { -0.3 };
            for k in 0..3 {
                let third = (k as f32 + 0.5) / 3.0;
                match params.grid {
                    Grid::RgbStripes => put(k, third, 0.5, [ow / 6.0, oh / 2.0], 0.0),
                    Grid::BgrStripes => put(2 - k, third, 0.5, [ow / 6.0, oh / 2.0], 0.0),
                    Grid::LevelStripes => put(k, 0.5, third, [ow / 2.0, oh / 6.0], 0.0),
                    Grid::Chevrons => put(k, third, 0.5, [ow / 6.0, oh / 2.0], lean),
                    Grid::Pentile if k == 0 => put(1, 0.25, 0.5, [ow / 6.0, oh / 4.0], 0.0),
                    Grid::Pentile if k == 1 => {
                        let colour = if (px + py) & 1 == 0 { 0 } else { 2 };
                        put(colour, 0.75, 0.5, [ow / 4.5, oh / 3.2], 0.0);
                    }
                    Grid::Pentile => {}
                }
            }
        }
    }
    all
}

/// One opening in a cell of two by two pixels.
#[derive(Clone, Copy, Debug)]
pub struct SubPixel {
    /// 0 red, 1 green, 2 blue.
    pub colour: usize,
    /// Which of the cell's pixels it belongs to.
    pub pixel: [usize; 2],
    /// Its centre in that pixel.
    pub centre: [f32; 2],
    /// Half its width and height.
    pub half: [f32; 2],
    /// How far it leans to the right over a pixel's height.
    pub lean: f32,
}

/// The openings as a table with mean 1 per colour, softened by a box of `softness` pixels; the
/// fourth value is unused.
fn openings(params: &Screen, softness: f32) -> Vec<[f32; 4]> {
    let side = 2 * CELL;
    let mut table = vec![[0.0f32; 3]; side * side];
    let subs = sub_pixels(params);
    for (i, cell) in table.iter_mut().enumerate() {
        let x = (i % side) as f32 / CELL as f32 + 0.5 / CELL as f32;
        let y = (i / side) as f32 / CELL as f32 + 0.5 / CELL as f32;
        for sub in &subs {
            let lean = sub.lean * (y - sub.pixel[1] as f32 - 0.5);
            let dx = x - sub.pixel[0] as f32 - sub.centre[0] - lean;
            let dy = y - sub.pixel[1] as f32 - sub.centre[1];
            // The cell repeats, so that a leaning stripe comes in again on the other side.
            let dx = dx - 2.0 * math::floor(dx / 2.0 + 0.5);
            if dx.abs() < sub.half[0] && dy.abs() < sub.half[1] {
                cell[sub.colour] = 1.0;
            }
        }
    }
    let reach = ((softness * CELL as f32 + 0.5) as usize).clamp(1, CELL);
    let soft = box_wrapped(&box_wrapped(&table, side, reach, 1), side, reach, side);
    let mut sums = [0.0f32; 3];
    soft.iter()
        .for_each(|cell| sums.iter_mut().zip(cell).for_each(|(s, v)| *s += v));
    let mean = sums.map(|s| (side * side) as f32 / s.max(1.0));
    soft.into_iter()
        .map(|[r, g, b]| [r * mean[0], g * mean[1], b * mean[2], 0.0])
        .collect()
}

/// A running mean of `reach` places along one axis (`stride` 1 or `side`), wrapping around.
fn box_wrapped(table: &[[f32; 3]], side: usize, reach: usize, stride: usize) -> Vec<[f32; 3]> {
    (0..table.len())
        .map(|i| {
            let along = i / stride % side;
            let base = i - along * stride;
            let mut sum = [0.0; 3];
            for k in 0..reach {
                let at = base + (along + side + k - reach / 2) % side * stride;
                sum.iter_mut().zip(table[at]).for_each(|(s, v)| *s += v);
            }
            sum.map(|s| s / reach as f32)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings_give_each_colour_the_same_light() {
        for grid in [
            Grid::RgbStripes,
            Grid::BgrStripes,
            Grid::LevelStripes,
            Grid::Chevrons,
            Grid::Pentile,
        ] {
            let params = Screen {
                grid,
                ..Screen::draw(&mut Rng::new(3, &[]), 1500.0)
            };
            let table = openings(&params, 0.2);
            for c in 0..3 {
                let mean = table.iter().map(|cell| cell[c]).sum::<f32>() / table.len() as f32;
                assert!((mean - 1.0).abs() < 1e-3, "{grid:?} {c} {mean}");
            }
        }
    }
}
