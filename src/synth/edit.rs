//! Digital edits of a finished photograph, and screen grabs.
//!
//! Two families stand apart in their code. The *patchwork* family moves the photograph's own
//! pixels: a field copied over another, with other compression and tone. The *retype* family wipes
//! a field away and sets new letters over it, which no lens ever saw.

use image::RgbImage;
use serde::Serialize;

use crate::case::Quad;

use super::degrade;
use super::document::Document;
use super::layout::Line;
use super::light::Light;
use super::math::{self, Curve};
use super::rng::Rng;
use super::surface::{Surface, Type};
use super::view::View;

/// Which code edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    /// The photograph's own pixels, moved.
    Patchwork,
    /// New letters on a wiped field.
    Retype,
}

/// One edit that was made.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// Which code made it.
    pub family: Family,
    /// Left, top, width, height on the document in mm.
    pub box_mm: [f64; 4],
    /// Where that lies in the picture.
    pub quad: Quad,
    /// JPEG quality of the moved pixels; `None` where they were not compressed on their own.
    pub jpeg: Option<u8>,
    /// Tone of the new pixels over the old.
    pub tone: f32,
    /// Width of the transition in pixels.
    pub feather_px: f32,
}

/// Makes one or two edits in fields that tell of the holder; none on a document without such.
pub fn edit(
    picture: &mut RgbImage,
    document: &Document,
    view: &View,
    family: Family,
    rng: &mut Rng,
) -> Vec<Edit> {
    let fields: Vec<&Line> = document
        .layout
        .lines
        .iter()
        .filter(|line| line.personal)
        .collect();
    if fields.len() < 2 {
        return Vec::new();
    }
    (0..1 + rng.below(2))
        .map(|_| {
            let target = fields[rng.below(fields.len())];
            let mut made = Edit {
                family,
                box_mm: field_box(target, rng),
                quad: Quad::whole(1, 1),
                jpeg: rng.chance(0.6).then(|| 35 + rng.below(55) as u8),
                tone: rng.range(0.87, 1.13),
                feather_px: rng.range(0.5, 2.5),
            };
            made.quad = view.quad(made.box_mm);
            match family {
                Family::Patchwork => {
                    let source = fields[rng.below(fields.len())];
                    move_pixels(picture, view, source.at_mm, &made);
                }
                Family::Retype => retype(picture, view, target, &made, rng),
            }
            made
        })
        .collect()
}

/// The part of a field that is exchanged: some letters from its start or middle.
fn field_box(line: &Line, rng: &mut Rng) -> [f64; 4] {
    let advance = line.set.height_mm * line.set.stretch;
    let n_letters = line.text.chars().count().max(2);
    let first = rng.below(n_letters.div_ceil(2));
    let n = (2 + rng.below(5)).min(n_letters - first).max(1);
    let left = line.at_mm[0] + first as f32 * advance - 0.15 * advance;
    let [x, y] = [left, line.at_mm[1] - 0.25 * line.set.height_mm];
    [
        x,
        y,
        n as f32 * advance + 0.1 * advance,
        line.set.height_mm * 1.5,
    ]
    .map(f64::from)
}

/// Runs over the pixels of an edit: their place, the plane's point under them, and how much of
/// the edit they take.
fn each_pixel(
    picture: &RgbImage,
    view: &View,
    made: &Edit,
    mut each: impl FnMut(u32, u32, [f64; 2], f32),
) {
    let around = made.quad.bounds_px();
    let limit = |v: f64, n: u32| v.clamp(0.0, f64::from(n)) as u32;
    let [left, top, width, height] = made.box_mm;
    let mm_px = width / made.quad.edges_px()[0].max(1.0);
    for y in limit(around[1] - 2.0, picture.height())..limit(around[3] + 2.0, picture.height()) {
        for x in limit(around[0] - 2.0, picture.width())..limit(around[2] + 2.0, picture.width()) {
            let [u, v] = view.plane_from_picture(f64::from(x) + 0.5, f64::from(y) + 0.5);
            let inside = (u - left)
                .min(left + width - u)
                .min(v - top)
                .min(top + height - v)
                / mm_px;
            let amount = (inside as f32 / made.feather_px).clamp(0.0, 1.0);
            if amount > 0.0 {
                each(x, y, [u, v], amount);
            }
        }
    }
}

/// Copies the pixels around another field over the edit's box.
fn move_pixels(picture: &mut RgbImage, view: &View, from_mm: [f32; 2], made: &Edit) {
    let source = made
        .jpeg
        .map_or_else(|| picture.clone(), |q| degrade::through_jpeg(picture, q));
    let dx = f64::from(from_mm[0]) - made.box_mm[0];
    let dy = f64::from(from_mm[1]) - 0.25 * made.box_mm[3] / 1.5 - made.box_mm[1];
    let [w, h] = [picture.width(), picture.height()];
    let mut changes = Vec::new();
    each_pixel(picture, view, made, |x, y, [u, v], amount| {
        let [sx, sy] = view.picture_from_plane(u + dx, v + dy);
        let at = [
            sx.clamp(0.0, f64::from(w - 1)) as u32,
            sy.clamp(0.0, f64::from(h - 1)) as u32,
        ];
        changes.push((x, y, source.get_pixel(at[0], at[1]).0, amount));
    });
    apply(picture, changes, made.tone);
}

/// Fills the box with the colour above and below it, and sets new letters.
fn retype(picture: &mut RgbImage, view: &View, line: &Line, made: &Edit, rng: &mut Rng) {
    let [left, top, width, height] = made.box_mm;
    let bounds = [left, top, left + width, top + height];
    let px_per_mm = (made.quad.edges_px()[0] / width * 1.5) as f32;
    let mut letters = Surface::new(bounds, px_per_mm, [1.0; 3]);
    let set = Type {
        weight: line.set.weight * rng.range(0.8, 1.3),
        ..line.set
    };
    let n = (width as f32 / (set.height_mm * set.stretch) + 0.5) as usize;
    let text: String = (0..n.max(1))
        .map(|_| char::from(b'0' + rng.below(10) as u8))
        .collect();
    letters.text(
        left as f32 + 0.15 * set.height_mm,
        line.at_mm[1],
        &text,
        &set,
    );
    let curve = Curve::srgb();
    let [w, h] = [picture.width(), picture.height()];
    let colour_at = |u: f64, v: f64| {
        let [x, y] = view.picture_from_plane(u, v);
        let at = [
            x.clamp(0.0, f64::from(w - 1)) as u32,
            y.clamp(0.0, f64::from(h - 1)) as u32,
        ];
        picture.get_pixel(at[0], at[1]).0
    };
    let mut changes = Vec::new();
    each_pixel(picture, view, made, |x, y, [u, v], amount| {
        let (above, below) = (colour_at(u, top - 0.2), colour_at(u, top + height + 0.2));
        let t = ((v - top) / height) as f32;
        let ink = letters.sample(u as f32, v as f32);
        let new = std::array::from_fn(|c| {
            let ground = math::mix(f32::from(above[c]), f32::from(below[c]), t) / 255.0;
            math::byte(ground * curve.at(ink[c]))
        });
        changes.push((x, y, new, amount));
    });
    apply(picture, changes, made.tone);
}

fn apply(picture: &mut RgbImage, changes: Vec<(u32, u32, [u8; 3], f32)>, tone: f32) {
    for (x, y, new, amount) in changes {
        let pixel = picture.get_pixel_mut(x, y);
        for (byte, value) in pixel.0.iter_mut().zip(new) {
            let toned = f32::from(value) / 255.0 * tone;
            *byte = math::byte(math::mix(f32::from(*byte) / 255.0, toned, amount));
        }
    }
}

/// A phone's screen grab of a viewer that shows the flat document: no lens, no noise, a status
/// bar. Gives the picture and the document's place in it as left, top, width, height in pixels.
#[must_use]
pub fn grab(document: &Document, width: u32, height: u32, rng: &mut Rng) -> (RgbImage, [f64; 4]) {
    let dark = rng.chance(0.6);
    let (ground, ink) = if dark {
        ([0.004; 3], [0.8; 3])
    } else {
        ([0.95; 3], [0.03; 3])
    };
    let mut page = Light::filled(width as usize, height as usize, ground);
    let [dw, dh] = document.format.size_mm();
    let scale = (width as f32 * rng.range(0.86, 1.0) / dw).min(height as f32 * 0.7 / dh);
    let (w, h) = (dw * scale, dh * scale);
    let (left, top) = (
        (width as f32 - w) / 2.0,
        (height as f32 - h) * rng.range(0.35, 0.6),
    );
    let drawn = document.render([0.0, 0.0, f64::from(dw), f64::from(dh)], scale);
    for y in 0..(h as usize) {
        for x in 0..(w as usize) {
            page.set(
                x + left as usize,
                y + top as usize,
                drawn.light.pixel(x as i32, y as i32),
            );
        }
    }
    status_bar(&mut page, width as f32, ink, rng);
    (page.to_srgb(), [left, top, w, h].map(f64::from))
}

/// Time, signal and battery along the top, and a title under them.
fn status_bar(page: &mut Light, width: f32, ink: [f32; 3], rng: &mut Rng) {
    let unit = width / 60.0;
    let clock = format!("{:02}:{:02}", rng.below(24), rng.below(60));
    let mut bar = Surface::new(
        [0.0, 0.0, f64::from(width), f64::from(unit * 7.0)],
        1.0,
        [1.0; 3],
    );
    let set = Type {
        height_mm: unit * 1.3,
        stretch: 0.8,
        weight: 0.12,
        slant: 0.0,
        ink: [0.0; 3],
    };
    bar.text(unit * 2.0, unit * 0.8, &clock, &set);
    for k in 0..4 {
        let x = width - unit * (9.0 - k as f32 * 0.9);
        let tall = unit * (0.5 + 0.3 * k as f32);
        bar.fill(
            [x, unit * 2.1 - tall, x + unit * 0.6, unit * 2.1],
            0.0,
            [0.0; 3],
        );
    }
    bar.fill(
        [
            width - unit * 4.5,
            unit * 0.8,
            width - unit * 2.0,
            unit * 2.1,
        ],
        unit * 0.3,
        [0.0; 3],
    );
    bar.text(
        unit * 6.0,
        unit * 4.3,
        "IMG 2041 jpg",
        &Type {
            height_mm: unit * 1.6,
            ..set
        },
    );
    for y in 0..bar.light.height.min(page.height) {
        for x in 0..page.width {
            let cover = 1.0 - bar.light.pixel(x as i32, y as i32)[0];
            let mut colour = page.pixel(x as i32, y as i32);
            super::surface::cover(&mut colour, ink, cover);
            page.set(x, y, colour);
        }
    }
}
