//! What lies in front of the camera: a document as itself, on a screen or as a print, on a table.

use multiversion::multiversion;
use rayon::prelude::*;

use super::expose::{Lens, expose};
use super::light::{Mosaic, Places, Rows};
use super::math;
use super::print::Printed;
use super::screen::Lit;
use super::surface::{Readable, box_distance};
use super::view::View;

/// A surface and what makes it visible.
#[derive(Debug)]
pub enum Shown {
    /// The thing itself, with the gloss of its laminate over 0 to 1.
    Itself(Box<Readable>, f32),
    /// On a screen.
    Screen(Box<Lit>),
    /// As a print.
    Print(Box<Printed>),
}

/// The thing and the table around it.
#[derive(Debug)]
pub struct Stage {
    /// What is shown.
    pub shown: Shown,
    /// Left, top, right, bottom and corner radius of the thing in mm; `None` where it fills the
    /// picture and no table is seen.
    pub edge: Option<([f32; 4], f32)>,
    /// The table, over the same millimetres.
    pub table: Option<Readable>,
    /// Samples per pixel and direction that what is shown asks for.
    pub samples: usize,
}

/// How one picture is taken, apart from the camera's own settings.
#[derive(Clone, Copy, Debug)]
pub struct Shot {
    /// Where the camera looks.
    pub view: View,
    /// Width and height on the sensor.
    pub size_px: [usize; 2],
    /// Where the picture's top left lies in the camera's frame.
    pub corner_px: [f32; 2],
    /// Camera pixels per mm at the middle.
    pub px_per_mm: f32,
    /// Blur of the lens in pixels.
    pub blur_px: f32,
}

impl Stage {
    /// The light that falls on the sensor.
    #[must_use]
    pub fn expose(&self, shot: &Shot) -> Mosaic {
        // What is drawn coarser than the picture holds nothing that asks for more than one sample.
        let lens_for = |surface: Option<&Readable>| {
            let coarse = surface.is_some_and(|s| s.px_per_mm() <= COARSE * shot.px_per_mm);
            Lens::new(shot.blur_px, if coarse { 1 } else { self.samples })
        };
        let lens = lens_for(match &self.shown {
            Shown::Itself(surface, _) => Some(&**surface),
            Shown::Print(printed) => printed.raster(),
            Shown::Screen(_) => None,
        });
        let table_lens = lens_for(self.table.as_ref());
        let reach_mm = lens.reach_px().max(table_lens.reach_px()) / f64::from(shot.px_per_mm);
        let thing = |places: &Places, out: Rows<'_>| self.shade_thing(places, out);
        let both = |places: &Places, out: Rows<'_>| self.shade(places, out);
        let table = |places: &Places, out: Rows<'_>| {
            if let Some(table) = &self.table {
                table.shade(places, out);
            }
        };
        let mut light = expose(&shot.view, shot.size_px, |part| {
            match self.lies(part.map(|mm| mm as f32), 2.0 * reach_mm as f32) {
                Lies::Thing => (&lens, &thing),
                Lies::Table => (&table_lens, &table),
                Lies::Both => (&lens, &both),
            }
        });
        let width = light.width;
        let rows = light.values.par_chunks_mut(width).enumerate();
        rows.for_each(|(y, row)| match &self.shown {
            Shown::Itself(_, gloss) => finish_laminate(row, y, *gloss, shot.corner_px),
            Shown::Screen(lit) => lit.finish(row, y, shot.corner_px),
            Shown::Print(printed) => printed.finish(row, y, shot.px_per_mm),
        });
        light
    }

    /// What a part of the plane and what lies `reach_mm` around it shows.
    fn lies(&self, [left, top, right, bottom]: [f32; 4], reach_mm: f32) -> Lies {
        let (Some((bounds, radius)), Some(_)) = (self.edge, &self.table) else {
            return Lies::Thing;
        };
        let outside = [
            bounds[0] - right,
            bounds[1] - bottom,
            left - bounds[2],
            top - bounds[3],
        ];
        let inside = [
            left - bounds[0],
            top - bounds[1],
            bounds[2] - right,
            bounds[3] - bottom,
        ];
        if outside.iter().any(|mm| *mm > SHADOW_MM + reach_mm) {
            Lies::Table
        } else if inside.iter().all(|mm| *mm > radius + reach_mm) {
            Lies::Thing
        } else {
            Lies::Both
        }
    }

    fn shade_thing(&self, places: &Places, out: Rows<'_>) {
        match &self.shown {
            Shown::Itself(surface, _) => surface.shade(places, out),
            Shown::Screen(lit) => lit.shade(places, out),
            Shown::Print(printed) => printed.shade(places, out),
        }
    }

    fn shade(&self, places: &Places, [red, green, blue]: Rows<'_>) {
        self.shade_thing(places, [&mut *red, &mut *green, &mut *blue]);
        let (Some((bounds, radius)), Some(table)) = (self.edge, &self.table) else {
            return;
        };
        for (i, (x, y)) in places.x.iter().zip(&places.y).enumerate() {
            let distance = box_distance(*x, *y, bounds, radius);
            if distance <= 0.0 {
                continue;
            }
            // The thing keeps some light from the table close by.
            let near = (1.0 - distance / SHADOW_MM).max(0.0);
            let shadow = 1.0 - 0.45 * near * near;
            let colour = table.sample(*x, *y);
            (red[i], green[i], blue[i]) =
                (colour[0] * shadow, colour[1] * shadow, colour[2] * shadow);
        }
    }
}

/// What is to be seen in a part of the plane.
enum Lies {
    Thing,
    Table,
    Both,
}

/// A surface of this many pixels for one of the picture is coarser than the picture.
const COARSE: f32 = 0.75;

/// How far the thing's shadow reaches.
const SHADOW_MM: f32 = 1.2;

/// A laminate mirrors the room softly and has a faint orange-peel surface.
#[multiversion(targets("x86_64+avx2"))]
fn finish_laminate(row: &mut [f32], y: usize, gloss: f32, corner_px: [f32; 2]) {
    if gloss <= 0.0 {
        return;
    }
    let v = y as f32 + corner_px[1];
    for (x, value) in row.iter_mut().enumerate() {
        let u = x as f32 + corner_px[0];
        let sheen = math::value_noise(u * (1.0 / 310.0), v * (1.0 / 270.0), 71);
        let peel = math::value_noise(u * (1.0 / 9.0), v * (1.0 / 9.0), 72) - 0.5;
        *value += gloss * (sheen * sheen * 0.25 + 0.02 * peel + 0.01);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::document::{Document, Format};
    use crate::synth::face::Portrait;
    use crate::synth::print::{self, Print};
    use crate::synth::rng::Rng;
    use crate::synth::screen::{Grid, Screen};

    /// The mean light of squares of 16 × 16 pixels, of every other column apart.
    fn tones(light: &Mosaic) -> Vec<f32> {
        let squares = (0..light.height / 16 * (light.width / 16)).map(|i| {
            let (x0, y0) = (i % (light.width / 16) * 16, i / (light.width / 16) * 16);
            [0, 1].map(|odd| {
                let row = |y: usize| &light.values[(y0 + y) * light.width + x0..][..16];
                let sum = |y: usize| row(y).iter().skip(odd).step_by(2).sum::<f32>();
                (0..16).map(sum).sum::<f32>() / 128.0
            })
        });
        squares.flatten().collect()
    }

    #[test]
    fn what_is_sampled_as_finely_as_it_asks_for_has_the_tones_of_eight_samples() {
        let mut rng = Rng::new(4, &[]);
        let face = Portrait::draw(&mut rng, &[]);
        let document = Document::draw(&mut rng, Format::Id1, face, false);
        for px_per_mm in [14.0, 36.0] {
            let view = View::new(
                [100.0, 80.0],
                [20.0, 25.0],
                f64::from(px_per_mm),
                3.0,
                [2e-5, 1e-5],
            );
            let surface = document.render(view.bounds_mm(-8.0, -8.0, 216.0, 176.0), px_per_mm);
            let shot = Shot {
                view,
                size_px: [200, 160],
                corner_px: [0.0, 0.0],
                px_per_mm,
                blur_px: 0.5,
            };
            let off = |shown: Shown, samples: usize| {
                let mut stage = Stage {
                    shown,
                    edge: None,
                    table: None,
                    samples,
                };
                let seen = tones(&stage.expose(&shot));
                stage.samples = 8;
                let wanted = tones(&stage.expose(&shot));
                let mean = wanted.iter().sum::<f32>() / wanted.len() as f32;
                let squares = seen.iter().zip(&wanted).map(|(a, b)| (a - b) * (a - b));
                (squares.sum::<f32>() / wanted.len() as f32).sqrt() / mean
            };
            for camera_px in [0.9, 1.3, 1.6, 2.4] {
                for grid in [Grid::RgbStripes, Grid::Pentile] {
                    let params = Screen {
                        grid,
                        camera_px,
                        ..Screen::draw(&mut Rng::new(9, &[]), 1600.0)
                    };
                    let lit = Lit::new(&params, &surface, px_per_mm, 1);
                    let off = off(Shown::Screen(Box::new(lit)), params.samples());
                    assert!(off < 0.006, "{px_per_mm} {grid:?} {camera_px}: {off}");
                }
            }
            for (family, per_inch) in [
                (print::Family::Dots, 90.0),
                (print::Family::Dots, 180.0),
                (print::Family::Lines, 150.0),
                (print::Family::Raster, 300.0),
                (print::Family::Raster, 600.0),
            ] {
                let params = Print {
                    family,
                    per_inch,
                    grey: true,
                    ..Print::draw(&mut Rng::new(11, &[]))
                };
                let samples = params.samples(px_per_mm);
                let printed = Printed::new(&params, &surface, 1.0 / (px_per_mm * samples as f32));
                let off = off(Shown::Print(Box::new(printed)), samples);
                assert!(off < 0.006, "{px_per_mm} {family:?} {per_inch}: {off}");
            }
        }
    }
}
