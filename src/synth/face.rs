//! A drawn portrait: a shaded head and shoulders, enough for a model to learn where a portrait
//! is and for a person to see that it is nobody.

use std::sync::Arc;

use serde::Serialize;

use super::light::Light;
use super::math::{self, mix, smoothstep};
use super::rng::Rng;
use super::surface::cover;

/// Where a portrait's picture comes from.
#[derive(Clone, Debug)]
pub enum Portrait {
    /// Drawn by the code below.
    Drawn(Box<Face>),
    /// A photograph, already in linear light.
    Photo(Arc<Light>),
}

/// The features of a drawn face. Lengths are in widths of the portrait, colours linear light.
#[derive(Clone, Debug, Serialize)]
pub struct Face {
    skin: [f32; 3],
    hair: [f32; 3],
    iris: [f32; 3],
    cloth: [f32; 3],
    wall: [[f32; 3]; 2],
    half_width: f32,
    half_height: f32,
    hair_reach: f32,
    hair_line: f32,
    eye_gap: f32,
    eye_size: f32,
    mouth_width: f32,
    nose: f32,
    light_from: [f32; 2],
    turn: f32,
    glasses: bool,
    seed: u32,
}

impl Portrait {
    /// The colour at (u, v): u over the width 0 to 1, v over the height 0 to 1, with the height
    /// `aspect` times the width.
    #[must_use]
    pub fn colour(&self, u: f32, v: f32, aspect: f32) -> [f32; 3] {
        match self {
            Self::Drawn(face) => face.colour(u, v * aspect / 1.28),
            Self::Photo(photo) => {
                let (w, h) = (photo.width as f32, photo.height as f32);
                let side = w.min(h / aspect);
                let (left, top) = ((w - side) / 2.0, ((h - side * aspect) / 3.0).max(0.0));
                photo.sample(left + u * side, top + v * side * aspect)
            }
        }
    }

    /// One of the photographs, or a drawn face where there is none.
    #[must_use]
    pub fn draw(rng: &mut Rng, photos: &[Arc<Light>]) -> Self {
        let face = Face::draw(rng);
        if photos.is_empty() || rng.chance(0.1) {
            return Self::Drawn(Box::new(face));
        }
        Self::Photo(Arc::clone(&photos[rng.below(photos.len())]))
    }
}

impl Face {
    /// A random face.
    #[must_use]
    pub fn draw(rng: &mut Rng) -> Self {
        let tan = rng.unit();
        let skin = [
            mix(0.66, 0.12, tan),
            mix(0.42, 0.055, tan),
            mix(0.31, 0.03, tan),
        ];
        let hair = rng.pick(&[
            [0.02, 0.014, 0.01],
            [0.07, 0.035, 0.015],
            [0.22, 0.13, 0.05],
            [0.32, 0.31, 0.3],
        ]);
        let wall = rng.range(0.35, 0.85);
        let tint = |rng: &mut Rng, level: f32| -> [f32; 3] {
            std::array::from_fn(|_| level * rng.range(0.9, 1.05))
        };
        Self {
            skin,
            hair,
            iris: rng.pick(&[[0.03, 0.015, 0.008], [0.05, 0.09, 0.16], [0.05, 0.08, 0.03]]),
            cloth: std::array::from_fn(|_| rng.log_range(0.02, 0.7)),
            wall: [tint(rng, wall), tint(rng, wall * 0.85)],
            half_width: rng.range(0.19, 0.245),
            half_height: rng.range(0.27, 0.325),
            hair_reach: rng.range(0.0, 0.6),
            hair_line: rng.range(-0.22, -0.13),
            eye_gap: rng.range(0.075, 0.1),
            eye_size: rng.range(0.024, 0.034),
            mouth_width: rng.range(0.06, 0.095),
            nose: rng.range(0.03, 0.045),
            light_from: [rng.range(-0.7, 0.7), rng.range(-0.6, 0.1)],
            turn: rng.range(-0.025, 0.025),
            glasses: rng.chance(0.2),
            seed: rng.bits() as u32,
        }
    }

    /// The colour at (u, v), the portrait being 1 wide and 1.28 high but v given over 0 to 1.
    fn colour(&self, u: f32, v: f32) -> [f32; 3] {
        let (x, y) = (u - 0.5, v * 1.28 - 0.58);
        let mut colour = std::array::from_fn(|c| mix(self.wall[0][c], self.wall[1][c], v));
        let grain = math::value_noise(u * 90.0, v * 30.0, self.seed);
        let hair = self.hair.map(|h| h * (0.5 + grain));
        let round =
            |x: f32, y: f32, rx: f32, ry: f32| (x * x / (rx * rx) + y * y / (ry * ry)).sqrt();
        let inside = |r: f32| smoothstep(1.03, 0.97, r);
        // Hair behind, shoulders, neck, then the head.
        let back = round(x, y + 0.05, self.half_width * 1.22, self.half_height * 1.1);
        let hanging = if y > 0.0 {
            smoothstep(self.hair_reach, self.hair_reach - 0.05, y)
        } else {
            1.0
        };
        let strand = smoothstep(self.half_width * 1.24, self.half_width * 1.18, x.abs());
        let behind = if y > -0.05 {
            strand * hanging
        } else {
            inside(back)
        };
        cover(&mut colour, hair, behind);
        let shoulder = round(x, y - 0.78, 0.52, 0.38);
        let fold = 0.75 + 0.35 * math::value_noise(u * 7.0, v * 9.0, self.seed ^ 5);
        cover(&mut colour, self.cloth.map(|c| c * fold), inside(shoulder));
        let neck = smoothstep(0.115, 0.105, x.abs() - (y - 0.3).max(0.0) * 0.25)
            * smoothstep(0.1, 0.15, y)
            * smoothstep(0.5, 0.48, y);
        cover(
            &mut colour,
            self.skin
                .map(|s| s * (0.55 + 0.4 * smoothstep(0.3, 0.45, y))),
            neck,
        );
        let jaw = self.half_width * (1.0 - 0.22 * smoothstep(0.05, 0.3, y));
        let head = round(x, y, jaw, self.half_height);
        cover(&mut colour, self.skin_at(x, y, head), inside(head));
        if head < 1.05 {
            self.features(&mut colour, x - self.turn, y);
            let line = self.hair_line + 0.5 * x * x + 0.02 * (grain - 0.5) + self.turn * x;
            cover(
                &mut colour,
                hair,
                smoothstep(line + 0.012, line - 0.012, y) * inside(head),
            );
        }
        colour
    }

    /// Skin lit from one side, with the bumps of nose and cheeks.
    fn skin_at(&self, x: f32, y: f32, head: f32) -> [f32; 3] {
        let (nx, ny) = (x / self.half_width, y / self.half_height);
        let nz = (1.0 - (head * head).min(1.0)).sqrt();
        let towards = nx * self.light_from[0] + ny * self.light_from[1] + nz * 0.8;
        let dx = x - self.turn;
        let nose = smoothstep(0.04, 0.0, (dx - 0.012 * self.light_from[0]).abs())
            * smoothstep(-0.1, 0.03, y)
            * smoothstep(0.1, 0.06, y);
        let socket = smoothstep(
            0.075,
            0.02,
            (dx.abs() - self.eye_gap).abs() + (y + 0.045).abs(),
        );
        let cheek = smoothstep(0.1, 0.0, ((dx.abs() - 0.11).abs() + (y - 0.07).abs()) * 0.9);
        let shade = (0.42 + 0.6 * towards.max(0.0) + 0.14 * nose - 0.2 * socket).clamp(0.1, 1.15);
        let pores = 0.97 + 0.06 * math::value_noise(x * 160.0, y * 160.0, self.seed ^ 9);
        let red = [1.0 + 0.07 * cheek, 1.0 - 0.05 * cheek, 1.0 - 0.05 * cheek];
        std::array::from_fn(|c| self.skin[c] * shade * pores * red[c])
    }

    fn features(&self, colour: &mut [f32; 3], x: f32, y: f32) {
        let (ex, ey) = (x.abs() - self.eye_gap, y + 0.04);
        let lid = self.eye_size
            * 0.52
            * (1.0 - (ex / (self.eye_size * 1.5)) * (ex / (self.eye_size * 1.5))).max(0.0);
        cover(
            colour,
            [0.6, 0.56, 0.54],
            smoothstep(lid + 0.004, lid - 0.003, ey.abs()) * smoothstep(0.0, 0.004, lid),
        );
        let r = (ex * ex + ey * ey).sqrt();
        let open = smoothstep(lid + 0.003, lid - 0.003, ey.abs());
        cover(colour, self.iris, open * smoothstep(0.017, 0.014, r));
        cover(colour, [0.005; 3], open * smoothstep(0.008, 0.006, r));
        cover(
            colour,
            [0.9; 3],
            smoothstep(0.005, 0.003, (ex + 0.006).abs() + (ey + 0.006).abs()),
        );
        cover(
            colour,
            self.hair.map(|h| h * 0.8),
            0.85 * smoothstep(0.005, 0.001, (ey + lid).abs()) * smoothstep(0.0, 0.006, lid),
        );
        let brow = y + 0.092 + 1.6 * ex * ex + 0.15 * ex;
        cover(
            colour,
            self.hair,
            0.8 * smoothstep(0.011, 0.004, brow.abs()) * smoothstep(0.052, 0.042, ex.abs()),
        );
        let nostril = ((x.abs() - self.nose * 0.55) * (x.abs() - self.nose * 0.55)
            + (y - 0.088) * (y - 0.088) * 2.2)
            .sqrt();
        cover(
            colour,
            self.skin.map(|s| s * 0.25),
            0.8 * smoothstep(0.011, 0.005, nostril),
        );
        let mouth = y - 0.165 - 1.1 * x * x;
        let wide = smoothstep(self.mouth_width, self.mouth_width * 0.8, x.abs());
        let lips = [
            self.skin[0] * 0.72,
            self.skin[1] * 0.42,
            self.skin[2] * 0.45,
        ];
        cover(
            colour,
            lips,
            0.85 * wide * smoothstep(0.023, 0.012, mouth.abs()),
        );
        cover(
            colour,
            lips.map(|l| l * 0.25),
            0.9 * wide * smoothstep(0.0045, 0.001, mouth.abs()),
        );
        if self.glasses {
            let rim = (ex * ex / 0.0042 + ey * ey / 0.0026).sqrt();
            let bridge =
                smoothstep(0.004, 0.002, (y + 0.05).abs()) * smoothstep(0.035, 0.03, x.abs());
            cover(
                colour,
                [0.02; 3],
                (smoothstep(0.07, 0.04, (rim - 1.0).abs())).max(bridge),
            );
        }
    }
}
