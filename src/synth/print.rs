//! A surface as a print: ink on paper.
//!
//! Two families stand apart in their code. The *screen* family asks for each point whether a
//! halftone dot or line covers it, which is how offset presses and colour lasers print. The
//! *raster* family prints dots on the device's own grid by error diffusion, as jets and copiers do.

use multiversion::multiversion;
use serde::Serialize;

use super::light::{LANES, Places, Rows};
use super::math;
use super::raster;
use super::rng::Rng;
use super::surface::{Readable, Surface};

/// Which code lays the ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    /// Round dots on turned grids.
    Dots,
    /// Lines whose width follows the tone.
    Lines,
    /// Error diffusion on the device's grid.
    Raster,
}

/// Everything about a print and its paper.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Print {
    /// Which code lays the ink.
    pub family: Family,
    /// Whether black is the only ink.
    pub grey: bool,
    /// Lines per inch of the halftone, or dots per inch of the raster.
    pub per_inch: f32,
    /// Degrees of cyan, magenta, yellow and black grids.
    pub angles: [f32; 4],
    /// How much a dot grows at half tone.
    pub gain: f32,
    /// How far each ink is off its place, in mm.
    pub offsets_mm: [[f32; 2]; 4],
    /// Contrast of the copy over the original's.
    pub contrast: f32,
    /// Share of the colours' common part that black prints.
    pub black_share: f32,
    /// Transmittance of the inks per channel.
    pub inks: [[f32; 3]; 4],
    /// Reflectance of the bare paper.
    pub paper: [f32; 3],
    /// Depth of the paper's grain.
    pub grain: f32,
    /// Softness of a dot's edge in mm.
    pub edge_mm: f32,
    /// Shine that lies over everything.
    pub gloss: f32,
    /// Blur of what was printed, in mm, as of a scan.
    pub source_blur_mm: f32,
    /// Salt for grain and dither.
    pub seed: u32,
}

impl Print {
    /// A random print.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Self {
        let grey = rng.chance(0.45);
        let family = match rng.below(20) {
            0..=6 => Family::Dots,
            7..=9 => Family::Lines,
            _ => Family::Raster,
        };
        let per_inch = match family {
            Family::Dots => rng.range(80.0, 185.0),
            Family::Lines => rng.range(95.0, 215.0),
            Family::Raster => rng.pick(&[150.0, 200.0, 300.0, 300.0, 360.0, 600.0, 600.0]),
        };
        let off = if grey { 0.0 } else { rng.range(0.0, 0.09) };
        let turn = rng.range(-3.0, 3.0);
        let paper = rng.range(0.72, 0.93);
        let bluish = rng.range(-0.03, 0.04);
        let ink = |rng: &mut Rng, t: [f32; 3]| t.map(|v| (v * rng.range(0.85, 1.15)).min(1.0));
        Self {
            family,
            grey,
            per_inch,
            angles: [15.0 + turn, 75.0 + turn, turn, 45.0 + turn],
            gain: rng.range(0.1, 0.25),
            offsets_mm: std::array::from_fn(|_| [rng.range(-off, off), rng.range(-off, off)]),
            contrast: if grey {
                rng.range(0.9, 1.9)
            } else {
                rng.range(0.85, 1.3)
            },
            black_share: rng.range(0.3, 1.0),
            inks: [
                ink(rng, [0.07, 0.42, 0.72]),
                ink(rng, [0.62, 0.06, 0.25]),
                ink(rng, [0.88, 0.76, 0.09]),
                [rng.range(0.02, 0.09); 3],
            ],
            paper: [paper, paper, paper * (1.0 + bluish)],
            grain: rng.range(0.0, 0.07),
            edge_mm: rng.log_range(0.008, 0.05),
            gloss: rng.log_range(0.001, 0.02),
            source_blur_mm: rng.log_range(0.01, 0.12),
            seed: rng.bits() as u32,
        }
    }

    /// Samples per pixel and direction that its dots ask for, seen at `px_per_mm` camera pixels per
    /// mm: with fewer a halftone's tones are off by several hundredths.
    #[must_use]
    pub fn samples(&self, px_per_mm: f32) -> usize {
        let pitch_px = px_per_mm * 25.4 / self.per_inch;
        if self.family == Family::Raster || pitch_px >= 4.0 {
            2
        } else {
            3
        }
    }
}

/// A printed surface, ready to be photographed.
#[derive(Debug)]
pub struct Printed {
    sheet: Sheet,
    params: Print,
}

#[derive(Debug)]
enum Sheet {
    Halftone {
        tones: Tones,
        screens: Box<[Halftone; 4]>,
        spots: Vec<f32>,
    },
    Raster(Readable),
}

impl Printed {
    /// Prints `surface`, to be sampled about `step_mm` apart.
    #[must_use]
    pub fn new(params: &Print, surface: &Surface, step_mm: f32) -> Self {
        let tones = Tones::new(params, surface);
        let sheet = if params.family == Family::Raster {
            Sheet::Raster(Readable::new(&raster::sheet(params, &tones)))
        } else {
            let screens = Box::new(std::array::from_fn(|i| Halftone::new(params, i, step_mm)));
            Sheet::Halftone {
                tones,
                screens,
                spots: spots(params.family),
            }
        };
        Self {
            sheet,
            params: params.clone(),
        }
    }

    /// The sheet itself, where it is a raster of dots.
    #[must_use]
    pub fn raster(&self) -> Option<&Readable> {
        match &self.sheet {
            Sheet::Raster(raster) => Some(raster),
            Sheet::Halftone { .. } => None,
        }
    }

    /// The light at places in mm.
    pub fn shade(&self, places: &Places, out: Rows<'_>) {
        match &self.sheet {
            Sheet::Raster(raster) => raster.shade(places, out),
            Sheet::Halftone {
                tones,
                screens,
                spots,
            } => {
                let p = &self.params;
                let [red, green, blue] = out;
                for (plane, paper) in [&mut *red, &mut *green, &mut *blue]
                    .into_iter()
                    .zip(p.paper)
                {
                    plane.fill(paper);
                }
                for ink in if p.grey { 3..4 } else { 0..4 } {
                    let planes = [&mut *red, &mut *green, &mut *blue];
                    let plate = Plate {
                        offset_mm: p.offsets_mm[ink],
                        ink: p.inks[ink],
                        tones,
                        wanted: &tones.planes[ink],
                        screen: &screens[ink],
                        spots,
                    };
                    lay(&plate, places, planes);
                }
            }
        }
    }

    /// Grain of the paper and the shine of its surface, on row `y` of the sensor's pixels of
    /// `px_per_mm`.
    pub fn finish(&self, row: &mut [f32], y: usize, px_per_mm: f32) {
        finished(&self.params, row, y, 9.0 / px_per_mm);
    }
}

/// What lays one ink on the paper.
struct Plate<'a> {
    offset_mm: [f32; 2],
    /// Transmittance of the ink per channel.
    ink: [f32; 3],
    tones: &'a Tones,
    /// Those of the ink.
    wanted: &'a [f32],
    screen: &'a Halftone,
    spots: &'a [f32],
}

/// Lays the plate's dots over the light at places.
#[multiversion(targets("x86_64+avx2"))]
fn lay(plate: &Plate<'_>, places: &Places, out: Rows<'_>) {
    let Plate {
        offset_mm,
        screen,
        spots,
        ..
    } = plate;
    let dark = plate.ink.map(|t| 1.0 - t);
    let [red, green, blue] = out.map(|row| row.chunks_mut(LANES));
    let places = places.x.chunks(LANES).zip(places.y.chunks(LANES));
    let (mut tone, mut spot, mut covered) = ([0; LANES], [0; LANES], [0.0; LANES]);
    for ((xs, ys), ((r, g), b)) in places.zip(red.zip(green).zip(blue)) {
        // Where to look first, several places at a time; then what lies there.
        for ((x, y), (tone, spot)) in xs.iter().zip(ys).zip(tone.iter_mut().zip(&mut spot)) {
            let (x, y) = (x + offset_mm[0], y + offset_mm[1]);
            (*tone, *spot) = (plate.tones.place(x, y), screen.place(x, y));
        }
        for (covered, (tone, spot)) in covered.iter_mut().zip(tone.iter().zip(&spot)) {
            *covered = screen.cover(plate.wanted[*tone as usize], spots[*spot as usize]);
        }
        let light = r.iter_mut().zip(g).zip(b);
        for (covered, ((r, g), b)) in covered.iter().zip(light) {
            *r *= 1.0 - covered * dark[0];
            *g *= 1.0 - covered * dark[1];
            *b *= 1.0 - covered * dark[2];
        }
    }
}

/// Grain and shine on row `y` of pixels that are `coarse` of the grain's units wide.
#[multiversion(targets("x86_64+avx2"))]
fn finished(p: &Print, row: &mut [f32], y: usize, coarse: f32) {
    let v = y as f32 * coarse;
    for (x, value) in row.iter_mut().enumerate() {
        let u = x as f32 * coarse;
        let fibre = math::value_noise(u * 0.35 + v * 0.2, v * 1.1 - u * 0.5, p.seed)
            + 0.6 * math::value_noise(u * 1.3, v * 0.5, p.seed ^ 1)
            - 0.8;
        *value = *value * (1.0 + p.grain * fibre) + p.gloss;
    }
}

/// How much of each ink is wanted, over the surface.
#[derive(Debug)]
pub struct Tones {
    /// Cyan, magenta, yellow, black in [0, 1], row by row.
    pub planes: [Vec<f32>; 4],
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    origin_mm: [f32; 2],
    /// Tones per mm.
    pub px_per_mm: f32,
}

impl Tones {
    fn new(params: &Print, surface: &Surface) -> Self {
        let mut light = surface.light.clone();
        light.blur(params.source_blur_mm * surface.px_per_mm);
        let n = light.width * light.height;
        let mut planes: [Vec<f32>; 4] = std::array::from_fn(|_| vec![0.0; n]);
        // A printer makes the original's white its paper's white.
        let white = math::Curve::new(|v| {
            let v = math::srgb_from_linear((v * 1.08).min(1.0));
            let v = 0.5 + (v - 0.5) * params.contrast + 0.12 * (params.contrast - 1.0);
            math::linear_from_srgb(v.clamp(0.0, 1.0))
        });
        for i in 0..n {
            let colour = light.planes.each_ref().map(|plane| white.at(plane[i]));
            let tones = separated(params, colour);
            planes
                .iter_mut()
                .zip(tones)
                .for_each(|(plane, tone)| plane[i] = tone);
        }
        Self {
            planes,
            width: light.width,
            height: light.height,
            origin_mm: surface.origin_mm,
            px_per_mm: surface.px_per_mm,
        }
    }

    /// The tone of an ink at a point in mm.
    #[inline]
    #[must_use]
    pub fn at(&self, ink: usize, x: f32, y: f32) -> f32 {
        self.planes[ink][self.place(x, y) as usize]
    }

    /// Where in the planes the tones for a point in mm stand.
    #[inline(always)]
    fn place(&self, x: f32, y: f32) -> i32 {
        let place = |mm: f32, n: usize| {
            let at = (mm * self.px_per_mm - 0.5).max(0.0).min(n as f32 - 1.0);
            math::nearest(at)
        };
        let x = place(x - self.origin_mm[0], self.width);
        let y = place(y - self.origin_mm[1], self.height);
        y * self.width as i32 + x
    }

    /// Left, top, width, height in mm.
    #[must_use]
    pub fn window_mm(&self) -> [f32; 4] {
        let [x, y] = self.origin_mm;
        [
            x,
            y,
            self.width as f32 / self.px_per_mm,
            self.height as f32 / self.px_per_mm,
        ]
    }
}

/// How much of each ink makes the colour.
fn separated(params: &Print, colour: [f32; 3]) -> [f32; 4] {
    if params.grey {
        let luma = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2];
        return [0.0, 0.0, 0.0, less_gain(1.0 - luma, params.gain)];
    }
    let wanted = colour.map(|c| (1.0 - c) / 0.93);
    let common = wanted[0].min(wanted[1]).min(wanted[2]).clamp(0.0, 1.0);
    let black = (common * common * params.black_share).clamp(0.0, 1.0);
    let rest = |want: f32| ((want - black) / (1.0 - black).max(0.05)).clamp(0.0, 1.0);
    let [cyan, magenta, yellow] = wanted.map(|want| less_gain(rest(want), params.gain));
    [cyan, magenta, yellow, black]
}

/// A driver's curve takes out part of the gain that the paper will add.
fn less_gain(tone: f32, gain: f32) -> f32 {
    let tone = tone.clamp(0.0, 1.0);
    (tone - 3.0 * gain * tone * (1.0 - tone)).clamp(0.0, 1.0)
}

/// One ink's halftone grid.
#[derive(Debug)]
struct Halftone {
    across: [f32; 2],
    gain: f32,
    sharpness: f32,
}

/// Places of a cell's table either way: a power of two.
const SPOT: usize = 64;

impl Halftone {
    fn new(params: &Print, ink: usize, step_mm: f32) -> Self {
        let per_mm = params.per_inch / 25.4;
        let (sin, cos) = math::sin_cos_degrees(params.angles[ink]);
        // A dot's edge is as soft as ink on paper, and never sharper than the sampling.
        let soft = (params.edge_mm + step_mm) * per_mm * 2.0;
        Self {
            across: [cos * per_mm, sin * per_mm],
            gain: params.gain,
            sharpness: 1.0 / soft.clamp(0.02, 0.9),
        }
    }

    /// Where in the table of spots a point in mm lies.
    #[inline(always)]
    fn place(&self, x: f32, y: f32) -> i32 {
        let [a, b] = self.across;
        let (u, v) = (math::fract(x * a + y * b), math::fract(y * a - x * b));
        let place = |t: f32| math::nearest(t * SPOT as f32 - 0.5) & (SPOT as i32 - 1);
        place(v) * SPOT as i32 + place(u)
    }

    /// How much of a spot, 0 to 1 in the order that a cell fills in, ink covers at a tone.
    #[inline(always)]
    fn cover(&self, want: f32, spot: f32) -> f32 {
        let grown = want + 4.0 * self.gain * want * (1.0 - want);
        let covered = ((grown - spot) * self.sharpness + 0.5).clamp(0.0, 1.0);
        if want > 0.01 { covered } else { 0.0 }
    }
}

/// The order in which a cell fills with ink, each value as frequent, over `SPOT` × `SPOT` places.
fn spots(family: Family) -> Vec<f32> {
    let mut order: Vec<(f32, usize)> = (0..SPOT * SPOT)
        .map(|i| {
            let (u, v) = (
                (i % SPOT) as f32 / SPOT as f32,
                (i / SPOT) as f32 / SPOT as f32,
            );
            let high = match family {
                Family::Lines => math::cos_turns(v) + 0.05 * math::cos_turns(u),
                _ => math::cos_turns(u) + math::cos_turns(v),
            };
            (-high, i)
        })
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut table = vec![0.0; SPOT * SPOT];
    for (rank, (_, i)) in order.into_iter().enumerate() {
        table[i] = (rank as f32 + 0.5) / (SPOT * SPOT) as f32;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_halftone_covers_as_much_as_is_wanted() {
        let params = Print {
            gain: 0.0,
            edge_mm: 0.008,
            per_inch: 100.0,
            ..Print::draw(&mut Rng::new(5, &[]))
        };
        for family in [Family::Dots, Family::Lines] {
            let screen = Halftone::new(&params, 1, 0.005);
            let spots = spots(family);
            for want in [0.1, 0.3, 0.5, 0.8] {
                let n = 200;
                let sum: f32 = (0..n * n)
                    .map(|i| {
                        let at = screen.place((i % n) as f32 * 0.017, (i / n) as f32 * 0.019);
                        screen.cover(want, spots[at as usize])
                    })
                    .sum();
                assert!(
                    (sum / (n * n) as f32 - want).abs() < 0.03,
                    "{family:?} {want}"
                );
            }
        }
    }
}
