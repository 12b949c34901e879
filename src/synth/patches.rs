//! Patches for training: the same window of the same thing as itself, on a screen and as a print,
//! through the same camera.
//!
//! A *group* is the unit of work: one document or picture, from which some triples are cut. All
//! of a group's chance comes from its number, so any number of threads gives the same file.

use std::path::PathBuf;
use std::sync::Arc;

use image::RgbImage;
use serde::Serialize;

use super::camera::{Camera, Place};
use super::content::{self, Content, Pattern};
use super::degrade;
use super::document::{Document, Format};
use super::face::Portrait;
use super::light::Light;
use super::print::{Print, Printed};
use super::rng::Rng;
use super::screen::{Lit, Screen};
use super::stage::{Shot, Shown, Stage};
use super::surface::{Readable, Surface, box_distance};
use super::view::View;

/// Triples cut from one document or picture.
pub const TRIPLES_PER_GROUP: usize = 4;
/// Patches in a triple: genuine, screen, print.
pub const PATCHES_PER_TRIPLE: usize = 3;

/// What a patch shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Class {
    /// The thing itself.
    Genuine,
    /// The thing on a screen.
    Screen,
    /// A print of the thing.
    Print,
}

/// One patch and how it was made.
#[derive(Debug)]
pub struct Patch {
    /// `size × size` pixels, not yet a JPEG.
    pub pixels: RgbImage,
    /// How it was made.
    pub facts: Facts,
}

/// How a patch was made.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// What it shows.
    pub label: Class,
    /// The same for the three patches of one window.
    pub triple: u64,
    /// The same for all windows of one document or picture.
    pub group: u64,
    /// `document`, `picture` or `pattern`.
    pub content: &'static str,
    /// The given picture, by its place in the sorted list; `None` for drawn content.
    pub picture: Option<usize>,
    /// Camera pixels per mm; a given picture's own pixels count as a tenth of a mm.
    pub px_per_mm: f32,
    /// Degrees that the camera is turned.
    pub roll: f32,
    /// The camera's settings.
    pub camera: Camera,
    /// The screen's, for a screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<Screen>,
    /// The print's, for a print.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub print: Option<Print>,
}

/// What patches are made from.
#[derive(Debug)]
pub struct Maker {
    /// Decides everything.
    pub seed: u64,
    /// Side of a patch in pixels.
    pub size_px: usize,
    /// Given pictures; half of the groups show one where there are any.
    pub pictures: Vec<PathBuf>,
    /// Given portraits for the drawn documents.
    pub portraits: Vec<Arc<Light>>,
}

impl Maker {
    /// All patches of one group, triple after triple.
    #[must_use]
    pub fn group(&self, group: u64) -> Vec<Patch> {
        let mut rng = Rng::new(self.seed, &[group]);
        let (content, picture) = self.content(&mut rng);
        (0..TRIPLES_PER_GROUP as u64)
            .flat_map(|i| {
                let mut rng = Rng::new(self.seed, &[group, i + 1]);
                let triple = group * TRIPLES_PER_GROUP as u64 + i;
                self.triple(&mut rng, &content).map(|(pixels, mut facts)| {
                    (facts.group, facts.triple, facts.picture) = (group, triple, picture);
                    Patch { pixels, facts }
                })
            })
            .collect()
    }

    fn content(&self, rng: &mut Rng) -> (Content, Option<usize>) {
        if !self.pictures.is_empty() && rng.chance(0.5) {
            let at = rng.below(self.pictures.len());
            if let Some(light) = shrunk(rng, &self.pictures[at]) {
                return (Content::Picture(light), Some(at));
            }
        }
        if rng.chance(0.15) {
            return (Content::Pattern(Pattern::draw(rng)), None);
        }
        let format = if rng.chance(0.8) {
            Format::Id1
        } else {
            Format::Id3
        };
        let portrait = Portrait::draw(rng, &self.portraits);
        let back = rng.chance(0.15);
        (
            Content::Document(Box::new(Document::draw(rng, format, portrait, back))),
            None,
        )
    }

    /// Where the camera of one triple stands, and what is around.
    fn set_up(&self, rng: &mut Rng, content: &Content, camera: &Camera) -> Work {
        let px_per_mm = match content {
            Content::Picture(_) => content::PICTURE_PX_PER_MM * rng.range(0.7, 1.25),
            _ => rng.log_range(8.0, 26.0),
        };
        let roll = match rng.below(10) {
            0 | 1 => rng.range(-20.0, 20.0),
            2 => 90.0 + rng.range(-6.0, 6.0),
            _ => rng.range(-6.0, 6.0),
        };
        // A margin keeps the filters' edges out of the patch, and a messenger's smaller size is
        // made from a larger window.
        let side = (self.size_px as f32 / camera.resize + 0.999) as usize + 2 * MARGIN;
        let reach_mm = side as f32 / px_per_mm * 0.75;
        let [left, top, right, bottom] = content.middle_mm(reach_mm);
        let middle = [
            f64::from(rng.range(left, right)),
            f64::from(rng.range(top, bottom)),
        ];
        let view = View::patch(rng, side as f32, middle, px_per_mm, roll);
        let window = view.bounds_mm(-8.0, -8.0, side as f64 + 16.0, side as f64 + 16.0);
        let frame = rng.range(1600.0, 4000.0);
        let corner_px = [
            rng.range(0.0, 0.8) * frame,
            rng.range(0.0, 0.8) * frame * 0.75,
        ];
        let shot = Shot {
            view,
            size_px: [side, side],
            corner_px,
            px_per_mm,
            blur_px: camera.blur_px,
        };
        let edge = edge_in(content, window);
        let mut table_rng = Rng::new(rng.bits(), &[]);
        let table = edge.map(|_| content::table(&mut table_rng, window, px_per_mm * 0.8));
        Work {
            edge,
            window,
            roll,
            size_px: self.size_px,
            shot,
            frame,
            table,
            salt: rng.bits(),
        }
    }

    fn triple(&self, rng: &mut Rng, content: &Content) -> [(RgbImage, Facts); 3] {
        let camera = Camera::draw(rng);
        let work = self.set_up(rng, content, &camera);
        let px_per_mm = work.shot.px_per_mm;
        let surface = content.window(work.window, (px_per_mm * 1.5).min(40.0));
        let screen = Screen::draw(rng, work.frame);
        let print = Print::draw(rng);
        let gloss = if rng.chance(0.5) {
            rng.range(0.0, 0.5)
        } else {
            0.0
        };
        let on_table = rng.chance(0.5);
        let facts = Facts {
            label: Class::Genuine,
            triple: 0,
            group: 0,
            content: content.kind(),
            picture: None,
            px_per_mm,
            roll: work.roll,
            camera,
            screen: None,
            print: None,
        };
        let lit = Lit::new(
            &screen,
            &work.shown(surface.clone(), on_table, rng),
            px_per_mm,
            work.salt,
        );
        let step_mm = 1.0 / (px_per_mm * print.samples(px_per_mm) as f32);
        let printed = Printed::new(&print, &work.shown(surface.clone(), false, rng), step_mm);
        let cut = rng.chance(0.5);
        let genuine = work.take(
            Shown::Itself(Box::new(Readable::new(&surface)), gloss),
            true,
            &facts,
        );
        let on_screen = Facts {
            label: Class::Screen,
            screen: Some(screen),
            ..facts.clone()
        };
        let on_paper = Facts {
            label: Class::Print,
            print: Some(print),
            ..facts.clone()
        };
        let second = work.take(Shown::Screen(Box::new(lit)), false, &on_screen);
        let third = work.take(Shown::Print(Box::new(printed)), cut, &on_paper);
        [(genuine, facts), (second, on_screen), (third, on_paper)]
    }
}

/// Samples per pixel and direction of the thing itself.
const SAMPLES: usize = 3;

/// Pixels around a patch that are made and cut off.
const MARGIN: usize = 8;

/// What the three patches of a triple share.
struct Work {
    edge: Option<([f32; 4], f32)>,
    shot: Shot,
    frame: f32,
    table: Option<Surface>,
    window: [f64; 4],
    roll: f32,
    size_px: usize,
    salt: u64,
}

impl Work {
    /// The surface as a copy shows it: around the document its table, or one flat colour.
    fn shown(&self, mut surface: Surface, on_table: bool, rng: &mut Rng) -> Surface {
        let flat = rng.pick(&[[0.9; 3], [0.01; 3], [0.05; 3], [0.85, 0.85, 0.88]]);
        if let Some((bounds, radius)) = self.edge {
            surface.paint([-1e6, -1e6, 1e6, 1e6], |x, y, colour| {
                if box_distance(x, y, bounds, radius) > 0.0 {
                    let table = self.table.as_ref().filter(|_| on_table);
                    *colour = table.map_or(flat, |table| table.sample(x, y));
                }
            });
        }
        surface
    }

    /// Photographs one presentation; with `on_table` the real table is around the document.
    fn take(&self, shown: Shown, on_table: bool, facts: &Facts) -> RgbImage {
        let edge = if on_table { self.edge } else { None };
        let table = edge.and(self.table.as_ref()).map(Readable::new);
        let samples = match (&facts.screen, &facts.print) {
            (Some(screen), _) => screen.samples(),
            (_, Some(print)) => print.samples(self.shot.px_per_mm),
            _ => SAMPLES,
        };
        let stage = Stage {
            shown,
            edge,
            table,
            samples,
        };
        let light = stage.expose(&self.shot);
        let camera = &facts.camera;
        let side = self.shot.size_px[0];
        let span = side as f32 / self.frame;
        let centre = [
            self.shot.corner_px[0] / self.frame + span / 2.0,
            self.shot.corner_px[1] / (self.frame * 0.75) + span / 1.5,
        ];
        let place = Place {
            centre,
            span: [span, span / 0.75],
        };
        let mut picture = camera.develop(&light, self.salt ^ facts.label as u64, place);
        if camera.resize < 1.0 {
            if let Some(quality) = camera.first_jpeg {
                picture = degrade::through_jpeg(&picture, quality);
            }
            let small = (side as f32 * camera.resize + 0.5) as u32;
            picture = degrade::resized(&picture, small, small);
        }
        let size = self.size_px as u32;
        let spare = (picture.width() - size) / 2;
        image::imageops::crop_imm(&picture, spare, spare, size, size).to_image()
    }
}

/// The document's bounds and corner radius, where its edge comes near the window.
fn edge_in(content: &Content, window: [f64; 4]) -> Option<([f32; 4], f32)> {
    let Content::Document(document) = content else {
        return None;
    };
    let bounds = document.bounds_mm();
    let [l, t, r, b] = window.map(|mm| mm as f32);
    let inside =
        l > bounds[0] + 4.0 && t > bounds[1] + 4.0 && r < bounds[2] - 4.0 && b < bounds[3] - 4.0;
    (!inside).then(|| (bounds, document.format.corner_mm()))
}

/// A given picture made smaller, so that its own pixels, noise and JPEG blocks are averaged away.
fn shrunk(rng: &mut Rng, path: &std::path::Path) -> Option<Light> {
    let picture = content::open(path, 2600)?;
    let shorter = picture.width().min(picture.height()) as f32;
    let factor = rng.range(1.2, 2.4).min(shorter / 600.0);
    if shorter < 300.0 {
        return None;
    }
    let light = Light::from_srgb(&picture.to_rgb8());
    if factor <= 1.0 {
        return Some(light);
    }
    let side = |n: usize| (n as f32 / factor) as usize;
    Some(light.resized(side(light.width), side(light.height)))
}
