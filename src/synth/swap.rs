//! Another person's portrait over the holder's.
//!
//! Two families stand apart in their code. The *laid over* family puts a second print on the card
//! before it is photographed: cut edge, thickness, shadow. The *pasted* family draws the portrait
//! into the finished photograph, with other sharpness, noise and colours than the rest.

use image::RgbImage;
use serde::Serialize;

use super::face::Portrait;
use super::light::{Light, blur_plane, gauss};
use super::math::{self, Curve};
use super::rng::Rng;
use super::surface::{Surface, box_distance};
use super::view::View;

/// How and where the other portrait lies.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Swap {
    /// Which code does it.
    pub family: Family,
    /// Left, top, right, bottom of the new portrait in mm, before it is turned.
    pub bounds_mm: [f32; 4],
    /// Degrees that it is turned.
    pub turn: f32,
    /// White rim of a cut print in mm.
    pub rim_mm: f32,
    /// Width of the contact shadow in mm.
    pub shadow_mm: f32,
    /// From where the light comes that throws the shadow.
    pub light_from: [f32; 2],
    /// Colour of the new portrait's paper or white balance, per channel.
    pub cast: [f32; 3],
    /// Lines per mm of the halftone it was printed with; 0 for none.
    pub dots_per_mm: f32,
    /// Blur of a pasted portrait in pixels, and its noise over full scale.
    pub soft_px: f32,
    /// Noise of a pasted portrait.
    pub noise: f32,
    /// Width over which a pasted portrait runs into the picture, in pixels.
    pub feather_px: f32,
}

/// Which code lays the portrait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    /// A print glued onto the card.
    LaidOver,
    /// Pixels put into the photograph.
    Pasted,
}

impl Swap {
    /// A random substitution over the portrait's box.
    #[must_use]
    pub fn draw(rng: &mut Rng, family: Family, portrait_mm: [f32; 4]) -> Self {
        let [l, t, r, b] = portrait_mm;
        let (w, h) = (r - l, b - t);
        let size = rng.range(0.78, 1.1);
        let (cx, cy) = (
            (l + r) / 2.0 + rng.range(-0.05, 0.05) * w,
            (t + b) / 2.0 + rng.range(-0.05, 0.05) * h,
        );
        let (hw, hh) = (w * size / 2.0, h * size * rng.range(0.95, 1.05) / 2.0);
        Self {
            family,
            bounds_mm: [cx - hw, cy - hh, cx + hw, cy + hh],
            turn: rng.range(-3.0, 3.0),
            rim_mm: if rng.chance(0.4) {
                rng.range(0.1, 0.7)
            } else {
                0.0
            },
            shadow_mm: rng.range(0.2, 1.0),
            light_from: [rng.range(-1.0, 1.0), rng.range(-1.0, 1.0)],
            cast: std::array::from_fn(|_| rng.range(0.85, 1.12)),
            dots_per_mm: if rng.chance(0.6) {
                rng.range(3.5, 8.0)
            } else {
                0.0
            },
            soft_px: rng.range(0.0, 1.6),
            noise: rng.range(0.0, 0.015),
            feather_px: rng.range(0.4, 3.0),
        }
    }

    /// A point of the card in the new portrait's own upright millimetres.
    fn upright(&self, x: f32, y: f32) -> [f32; 2] {
        let [l, t, r, b] = self.bounds_mm;
        let (cx, cy) = ((l + r) / 2.0, (t + b) / 2.0);
        let (sin, cos) = math::sin_cos_degrees(self.turn);
        let (dx, dy) = (x - cx, y - cy);
        [cx + dx * cos + dy * sin, cy + dy * cos - dx * sin]
    }

    /// The portrait's colour at a point of its upright box.
    fn colour(&self, portrait: &Portrait, x: f32, y: f32) -> [f32; 3] {
        let [l, t, r, b] = self.bounds_mm;
        let (w, h) = (r - l, b - t);
        let colour = portrait.colour((x - l) / w, (y - t) / h, h / w);
        std::array::from_fn(|c| colour[c] * self.cast[c])
    }

    /// Glues the portrait onto the card.
    pub fn lay_over(&self, on: &mut Surface, portrait: &Portrait) {
        let [l, t, r, b] = self.bounds_mm;
        let pad = 3.0 + self.shadow_mm;
        let curve = Curve::srgb();
        let px = 1.0 / on.px_per_mm;
        on.paint([l - pad, t - pad, r + pad, b + pad], |x, y, colour| {
            let [u, v] = self.upright(x, y);
            let distance = box_distance(u, v, self.bounds_mm, 0.0);
            // The shadow falls away from the light, and lies a little all around.
            let [su, sv] = self.upright(
                x + 0.35 * self.shadow_mm * self.light_from[0],
                y + 0.35 * self.shadow_mm * self.light_from[1],
            );
            let from_shadow = box_distance(su, sv, self.bounds_mm, 0.0).max(0.0);
            let dark = 0.55 * (1.0 - from_shadow / self.shadow_mm).clamp(0.0, 1.0);
            let under = colour.map(|c| c * (1.0 - dark * dark.max(0.3)));
            let mut print = self.colour(portrait, u, v);
            if -distance < self.rim_mm {
                print = self.cast.map(|c| 0.85 * c);
            }
            if self.dots_per_mm > 0.0 {
                print = self.dotted(print, u, v, &curve);
            }
            // The cut edge catches the light on one side.
            let edge = (1.0 - (distance / (1.5 * px)).abs()).max(0.0);
            let side = (u - (l + r) / 2.0) / (r - l) * self.light_from[0]
                + (v - (t + b) / 2.0) / (b - t) * self.light_from[1];
            let cover = (0.5 - distance / px).clamp(0.0, 1.0);
            for (c, value) in colour.iter_mut().enumerate() {
                let lit = print[c] * 0.93 + edge * (0.35 * side + 0.08);
                *value = under[c] + (lit - under[c]) * cover;
            }
        });
    }

    fn dotted(&self, tone: [f32; 3], x: f32, y: f32, curve: &Curve) -> [f32; 3] {
        std::array::from_fn(|c| {
            let (sin, cos) = math::sin_cos_degrees(15.0 + 30.0 * c as f32);
            let (u, v) = (
                (x * cos + y * sin) * self.dots_per_mm,
                (y * cos - x * sin) * self.dots_per_mm,
            );
            let dot = 0.5 + 0.25 * (math::cos_turns(u) + math::cos_turns(v));
            let dark = 1.0 - curve.at(tone[c]);
            let printed = 0.95 - 0.88 * ((dark - dot) * 3.0 + 0.5).clamp(0.0, 1.0);
            math::mix(tone[c], printed, 0.6)
        })
    }

    /// Draws the portrait into the photograph that `view` saw.
    pub fn paste(&self, picture: &mut RgbImage, view: &View, portrait: &Portrait, rng: &mut Rng) {
        let [l, t, r, b] = self.bounds_mm.map(f64::from);
        let around = view
            .quad([l - 1.0, t - 1.0, r - l + 2.0, b - t + 2.0])
            .bounds_px();
        let limit = |v: f64, n: u32| v.clamp(0.0, f64::from(n)) as usize;
        let (x0, x1) = (
            limit(around[0], picture.width()),
            limit(around[2], picture.width()),
        );
        let (y0, y1) = (
            limit(around[1], picture.height()),
            limit(around[3], picture.height()),
        );
        if x1 <= x0 || y1 <= y0 {
            return;
        }
        let (w, h) = (x1 - x0, y1 - y0);
        let curve = Curve::srgb();
        let mut layer = Light::filled(w, h, [0.0; 3]);
        let mut mask = vec![0.0; w * h];
        let mut places = vec![[0.0; 2]; w];
        let px_mm = ((r - l) / view.quad([l, t, r - l, b - t]).edges_px()[0]) as f32;
        for y in 0..h {
            view.row((y + y0) as f64 + 0.5, x0 as f64 + 0.5, 1.0, &mut places);
            for (x, place) in places.iter().enumerate() {
                let [u, v] = self.upright(place[0], place[1]);
                let distance = box_distance(u, v, self.bounds_mm, 0.0) / px_mm;
                mask[y * w + x] =
                    math::smoothstep(0.5 * self.feather_px, -0.5 * self.feather_px, distance);
                let colour = self.colour(portrait, u, v).map(|c| curve.at(c));
                let grain = rng.normal() * self.noise;
                layer.set(x, y, colour.map(|c| c + grain));
            }
        }
        if self.soft_px > 0.2 {
            let taps = gauss(self.soft_px);
            layer
                .planes
                .iter_mut()
                .for_each(|plane| blur_plane(plane, w, h, &taps));
        }
        for y in 0..h {
            for x in 0..w {
                let amount = mask[y * w + x];
                let pixel = picture.get_pixel_mut((x + x0) as u32, (y + y0) as u32);
                let over = layer.pixel(x as i32, y as i32);
                for (byte, new) in pixel.0.iter_mut().zip(over) {
                    *byte = math::byte(math::mix(f32::from(*byte) / 255.0, new, amount));
                }
            }
        }
    }
}
