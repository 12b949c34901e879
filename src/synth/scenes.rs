//! Whole pictures of documents with the truth about them.

use std::sync::Arc;

use image::RgbImage;
use serde::Serialize;

use crate::case::{Label, Quad};

use super::camera::{Camera, Place};
use super::content;
use super::degrade;
use super::document::Document;
use super::edit::{self, Edit};
use super::face::Portrait;
use super::light::Light;
use super::plan::{Fault, Kind, Plan};
use super::print::{Print, Printed};
use super::rng::Rng;
use super::screen::{self, Lit, Screen};
use super::stage::{Shot, Shown, Stage};
use super::surface::{Readable, Surface, box_distance};
use super::swap::{self, Swap};
use super::view::View;

/// A picture and its truth.
#[derive(Debug)]
pub struct Made {
    /// The file.
    pub jpeg: Vec<u8>,
    /// What is true about it.
    pub truth: Truth,
}

/// What is true about a made picture; written beside it as JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Truth {
    /// The verdict that it deserves.
    pub label: Label,
    /// What was asked for.
    pub plan: Plan,
    /// The document's corners in the picture; `None` without a document.
    pub quad: Option<Quad>,
    /// The portrait's corners; `None` without one.
    pub portrait: Option<Quad>,
    /// The parts that were tampered with.
    pub edited: Vec<Quad>,
    /// Quality of the JPEG.
    pub jpeg_quality: u8,
    /// Camera pixels per mm at the picture's middle.
    pub px_per_mm: f32,
    /// The layout's family.
    pub layout: usize,
    /// The camera's settings; `None` for a screen grab.
    pub camera: Option<Camera>,
    /// The screen's.
    pub screen: Option<Screen>,
    /// The print's.
    pub print: Option<Print>,
    /// The substitution's.
    pub swap: Option<Swap>,
    /// The edits'.
    pub edits: Vec<Edit>,
}

/// What pictures are made from.
#[derive(Debug, Default)]
pub struct Props {
    /// Portraits; faces are drawn where there are none.
    pub portraits: Vec<Arc<Light>>,
    /// Table tops and scenes; tables are drawn where there are none.
    pub backgrounds: Vec<Arc<Light>>,
}

/// What a picture is made from, gathered.
struct Set<'a> {
    plan: &'a Plan,
    props: &'a Props,
    document: &'a Document,
    /// A good phone in good light: the file must be small.
    calm: bool,
}

/// Makes the picture of a plan. `most_bytes` asks for a calm picture and lowers the JPEG's quality
/// until the file fits.
#[must_use]
pub fn make(plan: &Plan, props: &Props, most_bytes: Option<usize>) -> Made {
    let mut rng = Rng::new(plan.seed, &[0xd0c]);
    let portrait = Portrait::draw(&mut rng, &props.portraits);
    let document = Document::draw(&mut rng, plan.format, portrait, plan.back);
    let mut truth = Truth {
        label: if plan.fault.is_some() {
            Label::Retake
        } else {
            plan.kind.label()
        },
        plan: *plan,
        quad: None,
        portrait: None,
        edited: Vec::new(),
        jpeg_quality: 72 + rng.below(25) as u8,
        px_per_mm: 0.0,
        layout: document.layout.family,
        camera: None,
        screen: None,
        print: None,
        swap: None,
        edits: Vec::new(),
    };
    let picture = if plan.kind == Kind::ScreenGrab {
        grab(plan, &document, &mut truth, &mut rng)
    } else {
        photograph(
            &Set {
                plan,
                props,
                document: &document,
                calm: most_bytes.is_some(),
            },
            &mut truth,
            &mut rng,
        )
    };
    let mut jpeg = degrade::jpeg_bytes(&picture, truth.jpeg_quality);
    while most_bytes.is_some_and(|most| jpeg.len() > most) && truth.jpeg_quality > 40 {
        truth.jpeg_quality -= 4;
        jpeg = degrade::jpeg_bytes(&picture, truth.jpeg_quality);
    }
    Made { jpeg, truth }
}

fn grab(plan: &Plan, document: &Document, truth: &mut Truth, rng: &mut Rng) -> RgbImage {
    let [width, height] = plan.size_px;
    let (picture, [x, y, w, h]) = edit::grab(document, width, height, rng);
    let scale = w / f64::from(document.format.size_mm()[0]);
    truth.px_per_mm = scale as f32;
    let at = |[x0, y0, x1, y1]: [f64; 4]| Quad([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]);
    truth.quad = Some(at([x, y, x + w, y + h]));
    let [l, t, r, b] = document.layout.portrait_mm.map(|mm| f64::from(mm) * scale);
    truth.portrait = document
        .portrait
        .is_some()
        .then(|| at([x + l, y + t, x + r, y + b]));
    picture
}

fn photograph(on: &Set<'_>, truth: &mut Truth, rng: &mut Rng) -> RgbImage {
    let Set {
        plan,
        document,
        calm,
        ..
    } = *on;
    let mut camera = Camera::draw(rng);
    (camera.resize, camera.first_jpeg) = (1.0, None);
    camera.blur_px = match plan.fault {
        Some(Fault::Blurred) => rng.range(4.5, 7.0) * plan.size_px[0] as f32 / 1600.0,
        _ => rng.range(0.35, 0.8),
    };
    camera.gain = rng.range(0.72, 1.02);
    camera.full_well = camera.full_well.max(3500.0);
    camera.denoise = camera.denoise.max(0.4);
    if calm {
        camera.full_well = camera.full_well.max(8000.0);
        camera.read_noise = camera.read_noise.min(0.001);
        camera.sharpen = camera.sharpen.min(0.45);
        camera.denoise = camera.denoise.max(0.8);
    }
    let (view, px_per_mm) = look(plan, rng);
    let [width, height] = plan.size_px.map(|n| n as usize);
    let shot = Shot {
        view,
        size_px: [width, height],
        corner_px: [0.0, 0.0],
        px_per_mm,
        blur_px: camera.blur_px,
    };
    truth.px_per_mm = px_per_mm;
    let [w, h] = document.format.size_mm().map(f64::from);
    if plan.kind != Kind::Nothing {
        truth.quad = Some(view.quad([0.0, 0.0, w, h]));
    }
    if document.portrait.is_some() && plan.kind != Kind::Nothing {
        let [l, t, r, b] = document.layout.portrait_mm.map(f64::from);
        truth.portrait = Some(view.quad([l, t, r - l, b - t]));
    }
    let stage = stage(on, &shot, truth, rng);
    let light = stage.expose(&shot);
    drop(stage);
    let mut picture = camera.develop(&light, rng.bits(), Place::WHOLE);
    truth.camera = Some(camera);
    tamper(on, &mut picture, &view, truth, rng);
    picture
}

/// Where the camera stands.
fn look(plan: &Plan, rng: &mut Rng) -> (View, f32) {
    let [width, height] = plan.size_px.map(|n| n as f32);
    let [w, h] = plan.format.size_mm();
    let fill = match plan.fault {
        Some(Fault::TooSmall) => rng.range(0.16, 0.22),
        Some(Fault::Cropped) => rng.range(0.9, 1.0),
        _ => rng.range(0.68, 0.86),
    };
    let px_per_mm = (width * fill / w).min(height * fill / h);
    let tilt = rng.range(0.0, 0.16) / (1.1 * width.max(height));
    let (sin, cos) = super::math::sin_cos_degrees(rng.range(0.0, 360.0));
    let lean = [f64::from(tilt * cos), f64::from(tilt * sin)];
    // What the document leaves free of the picture, a part of which the hand is off.
    let free = [
        (width - w * px_per_mm) / 2.0,
        (height - h * px_per_mm) / 2.0,
    ];
    let off = match plan.fault {
        Some(Fault::Cropped) => [
            width * rng.range(0.16, 0.26),
            free[1] * rng.range(-0.3, 0.3),
        ],
        _ => free.map(|free| free * rng.range(-0.4, 0.4)),
    };
    let centre = [
        f64::from(width / 2.0 + off[0]),
        f64::from(height / 2.0 + off[1]),
    ];
    let roll = rng.range(-5.0, 5.0);
    (
        View::new(
            centre,
            [f64::from(w) / 2.0, f64::from(h) / 2.0],
            f64::from(px_per_mm),
            roll,
            lean,
        ),
        px_per_mm,
    )
}

/// Samples per pixel and direction of what is drawn hardly finer than the picture.
const SAMPLES: usize = 2;

/// Documents are drawn no finer than this, 600 dots an inch: cards are made with 300 to 600, and
/// what a good camera sees more of it is their edges.
const FINEST_PX_PER_MM: f32 = 23.6;

/// Sets the stage: the table, and on it the document in the plan's guise.
fn stage(on: &Set<'_>, shot: &Shot, truth: &mut Truth, rng: &mut Rng) -> Stage {
    let Set {
        plan,
        props,
        document,
        ..
    } = *on;
    let [width, height] = shot.size_px.map(|n| n as f64);
    let all = shot
        .view
        .bounds_mm(-20.0, -20.0, width + 40.0, height + 40.0);
    let table = tabletop(props, all, shot.px_per_mm, rng);
    if plan.kind == Kind::Nothing {
        let shown = Shown::Itself(Box::new(Readable::new(&table)), 0.0);
        return Stage {
            shown,
            edge: None,
            table: None,
            samples: SAMPLES,
        };
    }
    let bounds = document.bounds_mm();
    let radius = document.format.corner_mm();
    let fine = (shot.px_per_mm * 1.3).min(FINEST_PX_PER_MM);
    let pad = 0.5;
    let card = [
        -pad,
        -pad,
        f64::from(bounds[2]) + pad,
        f64::from(bounds[3]) + pad,
    ];
    match plan.kind {
        Kind::Screen => {
            let viewer = Viewer::draw(rng, bounds);
            let mut params = Screen::draw(rng, width as f32);
            params.camera_px = rng.range(0.9, 2.6);
            params.family = screen::Family::Aperture;
            // Three times as fine as the screen's pixels: nobody will see more of it.
            let fine = fine.min(3.0 * shot.px_per_mm / params.camera_px);
            let surface = viewer.shows(document, &table, all, fine);
            let lit = Lit::new(&params, &surface, shot.px_per_mm, rng.bits());
            let samples = params.samples();
            truth.screen = Some(params);
            let edge = viewer.framed.map(|edge| (edge, 4.0));
            let table = edge.map(|_| Readable::new(&table));
            Stage {
                shown: Shown::Screen(Box::new(lit)),
                edge,
                table,
                samples,
            }
        }
        Kind::GreyPrint | Kind::ColourPrint => {
            let margin = rng.range(0.0, 14.0);
            let sheet = [-margin, -margin, bounds[2] + margin, bounds[3] + margin];
            let mut surface = Surface::new(sheet.map(f64::from), fine, [0.9; 3]);
            let drawn = document.render(card, fine);
            surface.paint(card.map(|mm| mm as f32), |x, y, colour| {
                let inside = (0.5 - box_distance(x, y, bounds, radius) * fine).clamp(0.0, 1.0);
                super::surface::cover(colour, drawn.sample(x, y), inside);
            });
            let mut params = Print::draw(rng);
            params.grey = plan.kind == Kind::GreyPrint;
            let samples = params.samples(shot.px_per_mm);
            let step_mm = 1.0 / (shot.px_per_mm * samples as f32);
            let printed = Printed::new(&params, &surface, step_mm);
            truth.print = Some(params);
            let edge = Some((sheet, 0.1));
            Stage {
                shown: Shown::Print(Box::new(printed)),
                edge,
                table: Some(Readable::new(&table)),
                samples,
            }
        }
        _ => {
            let mut surface = document.render(card, fine);
            if plan.kind == Kind::PortraitLaidOver && document.portrait.is_some() {
                let swap = Swap::draw(rng, swap::Family::LaidOver, document.layout.portrait_mm);
                swap.lay_over(&mut surface, &Portrait::draw(rng, &props.portraits));
                note_swap(truth, &shot.view, swap);
            }
            let gloss = if rng.chance(0.7) {
                rng.range(0.0, 0.5)
            } else {
                0.0
            };
            let shown = Shown::Itself(Box::new(Readable::new(&surface)), gloss);
            Stage {
                shown,
                edge: Some((bounds, radius)),
                table: Some(Readable::new(&table)),
                samples: SAMPLES,
            }
        }
    }
}

/// What a screen shows beside the document.
struct Viewer {
    /// The screen's own bounds in mm where its frame is in the picture.
    framed: Option<[f32; 4]>,
    /// The ground, where it is no photograph.
    flat: [f32; 3],
    photographed: bool,
    bezel: f32,
    bar: f32,
}

impl Viewer {
    fn draw(rng: &mut Rng, bounds: [f32; 4]) -> Self {
        let framed = rng.chance(0.6).then(|| {
            let out = |rng: &mut Rng| rng.range(5.0, 22.0);
            [
                -out(rng),
                -out(rng),
                bounds[2] + out(rng),
                bounds[3] + out(rng),
            ]
        });
        Self {
            framed,
            flat: rng.pick(&[[0.85; 3], [0.01; 3], [0.04; 3]]),
            photographed: rng.chance(0.5),
            bezel: rng.range(2.0, 6.0),
            bar: rng.range(2.5, 5.0),
        }
    }

    /// The document on a flat or photographed ground under the viewer's title bar.
    fn shows(&self, document: &Document, table: &Surface, all: [f64; 4], fine: f32) -> Surface {
        let bounds = document.bounds_mm();
        let drawn = document.render(
            [
                -0.5,
                -0.5,
                f64::from(bounds[2]) + 0.5,
                f64::from(bounds[3]) + 0.5,
            ],
            fine,
        );
        let shown = self.framed.unwrap_or_else(|| all.map(|mm| mm as f32));
        let mut surface = Surface::new(shown.map(f64::from), fine, self.flat);
        let radius = document.format.corner_mm();
        surface.paint([-1e6, -1e6, 1e6, 1e6], |x, y, colour| {
            let inside = (0.5 - box_distance(x, y, bounds, radius) * fine).clamp(0.0, 1.0);
            if self.photographed && inside < 1.0 {
                *colour = table.sample(x * 0.8, y * 0.8);
            }
            if inside > 0.0 {
                super::surface::cover(colour, drawn.sample(x, y), inside);
            }
            if self.framed.is_some() {
                if y < shown[1] + self.bezel + self.bar {
                    *colour = [0.75, 0.76, 0.78];
                }
                if box_distance(x, y, shown, 2.0) > -self.bezel {
                    *colour = [0.0; 3];
                }
            }
        });
        surface
    }
}

/// A given picture spread over the window, or a drawn table.
fn tabletop(props: &Props, all: [f64; 4], px_per_mm: f32, rng: &mut Rng) -> Surface {
    if props.backgrounds.is_empty() || rng.chance(0.2) {
        return content::table(rng, all, px_per_mm * 0.5);
    }
    let light = &props.backgrounds[rng.below(props.backgrounds.len())];
    let (w, h) = ((all[2] - all[0]) as f32, (all[3] - all[1]) as f32);
    let px_per_mm = (light.width as f32 / w).min(light.height as f32 / h);
    Surface {
        light: Light::clone(light),
        origin_mm: [all[0] as f32, all[1] as f32],
        px_per_mm,
    }
}

/// What is done to the finished picture.
fn tamper(on: &Set<'_>, picture: &mut RgbImage, view: &View, truth: &mut Truth, rng: &mut Rng) {
    let Set {
        plan,
        props,
        document,
        ..
    } = *on;
    match plan.kind {
        Kind::PortraitPasted if document.portrait.is_some() => {
            let swap = Swap::draw(rng, swap::Family::Pasted, document.layout.portrait_mm);
            let portrait = Portrait::draw(rng, &props.portraits);
            swap.paste(picture, view, &portrait, rng);
            note_swap(truth, view, swap);
        }
        Kind::Patchwork | Kind::Retype => {
            let family = if plan.kind == Kind::Retype {
                edit::Family::Retype
            } else {
                edit::Family::Patchwork
            };
            // The editor opens a JPEG and saves another.
            *picture = degrade::through_jpeg(picture, 80 + rng.below(16) as u8);
            truth.edits = edit::edit(picture, document, view, family, rng);
            truth.edited = truth.edits.iter().map(|edit| edit.quad).collect();
        }
        _ => {}
    }
}

fn note_swap(truth: &mut Truth, view: &View, swap: Swap) {
    let [l, t, r, b] = swap.bounds_mm.map(f64::from);
    truth.edited.push(view.quad([l, t, r - l, b - t]));
    truth.swap = Some(swap);
}
