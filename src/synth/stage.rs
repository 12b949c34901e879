//! What lies in front of the camera: a document as itself, on a screen or as a print, on a table.

use super::expose;
use super::light::Light;
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
    /// Samples per pixel and direction.
    pub oversample: usize,
}

impl Stage {
    /// The light that falls on the sensor.
    #[must_use]
    pub fn expose(&self, shot: &Shot) -> Light {
        let shade = |places: &[[f32; 2]], out: &mut [Vec<f32>; 3]| self.shade(places, out);
        let mut light = expose::expose(
            &shot.view,
            shot.size_px,
            shot.blur_px,
            shot.oversample,
            &shade,
        );
        match &self.shown {
            Shown::Itself(_, gloss) => finish_laminate(&mut light, *gloss, shot.corner_px),
            Shown::Screen(lit) => lit.finish(&mut light, shot.corner_px),
            Shown::Print(printed) => printed.finish(&mut light, shot.px_per_mm),
        }
        light
    }

    fn shade(&self, places: &[[f32; 2]], out: &mut [Vec<f32>; 3]) {
        match &self.shown {
            Shown::Itself(surface, _) => surface.shade(places, out),
            Shown::Screen(lit) => lit.shade(places, out),
            Shown::Print(printed) => printed.shade(places, out),
        }
        let (Some((bounds, radius)), Some(table)) = (self.edge, &self.table) else {
            return;
        };
        for (i, place) in places.iter().enumerate() {
            let distance = box_distance(place[0], place[1], bounds, radius);
            if distance <= 0.0 {
                continue;
            }
            // The thing keeps some light from the table close by.
            let shadow =
                1.0 - 0.45 * (1.0 - distance / 1.2).max(0.0) * (1.0 - distance / 1.2).max(0.0);
            let colour = table.sample(place[0], place[1]);
            out.iter_mut()
                .zip(colour)
                .for_each(|(plane, c)| plane[i] = c * shadow);
        }
    }
}

/// A laminate mirrors the room softly and has a faint orange-peel surface.
fn finish_laminate(light: &mut Light, gloss: f32, corner_px: [f32; 2]) {
    if gloss <= 0.0 {
        return;
    }
    for y in 0..light.height {
        for x in 0..light.width {
            let (u, v) = (x as f32 + corner_px[0], y as f32 + corner_px[1]);
            let sheen = math::value_noise(u / 310.0, v / 270.0, 71);
            let peel = math::value_noise(u / 9.0, v / 9.0, 72) - 0.5;
            let mirror = gloss * (sheen * sheen * 0.25 + 0.02 * peel + 0.01);
            let i = y * light.width + x;
            light.planes.iter_mut().for_each(|plane| plane[i] += mirror);
        }
    }
}
