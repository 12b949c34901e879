//! What a document looks like: a specification drawn from a seed, printed onto a surface.
//!
//! Nobody's document: the states, names and numbers are made up, and the layouts copy no real one.

use serde::Serialize;

use super::face::Portrait;
use super::guilloche::{self, Guilloche};
use super::layout::{self, Layout};
use super::math;
use super::rng::Rng;
use super::surface::{self, Surface, Type};

/// The size class of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// A card, 85.6 × 54 mm.
    Id1,
    /// A passport's data page, 125 × 88 mm.
    Id3,
}

impl Format {
    /// Width and height in mm.
    #[must_use]
    pub fn size_mm(self) -> [f32; 2] {
        match self {
            Self::Id1 => [85.6, 54.0],
            Self::Id3 => [125.0, 88.0],
        }
    }

    /// Radius of the corners in mm.
    #[must_use]
    pub fn corner_mm(self) -> f32 {
        match self {
            Self::Id1 => 3.18,
            Self::Id3 => 1.0,
        }
    }
}

/// How the portrait is put on the card.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PortraitStyle {
    /// A photograph or a dye print: continuous tone.
    Continuous,
    /// Burnt by a laser: grey dots that grow, this many per mm.
    Engraved(f32),
    /// Jetted: scattered coloured dots, this many per mm.
    Inkjet(f32),
}

/// Everything that decides how one side of a document looks.
#[derive(Clone, Debug)]
pub struct Document {
    /// Card or page.
    pub format: Format,
    /// Where the parts lie and what they say.
    pub layout: Layout,
    /// The background.
    pub background: Guilloche,
    /// The holder's picture; `None` on a back.
    pub portrait: Option<Portrait>,
    /// How it is printed.
    pub style: PortraitStyle,
    /// Salt for the dither and paper of this document.
    pub seed: u32,
}

impl Document {
    /// A random front, or a back when `back`.
    #[must_use]
    pub fn draw(rng: &mut Rng, format: Format, portrait: Portrait, back: bool) -> Self {
        let style = match rng.below(5) {
            0 | 1 => PortraitStyle::Engraved(rng.range(11.0, 24.0)),
            2 => PortraitStyle::Inkjet(rng.range(12.0, 28.0)),
            _ => PortraitStyle::Continuous,
        };
        let background = Guilloche::draw(rng, format.size_mm());
        let layout = if back {
            layout::back(rng, format)
        } else {
            layout::front(rng, format)
        };
        let portrait = (!back).then_some(portrait);
        Self {
            format,
            layout,
            background,
            portrait,
            style,
            seed: rng.bits() as u32,
        }
    }

    /// Left, top, right, bottom of the page in mm.
    #[must_use]
    pub fn bounds_mm(&self) -> [f32; 4] {
        let [w, h] = self.format.size_mm();
        [0.0, 0.0, w, h]
    }

    /// Prints the window `bounds_mm` of the document; what lies beyond its edge stays white.
    #[must_use]
    pub fn render(&self, bounds_mm: [f64; 4], px_per_mm: f32) -> Surface {
        let mut on = Surface::new(bounds_mm, px_per_mm, [0.88, 0.88, 0.87]);
        self.background.print(&mut on);
        for bar in &self.layout.bars {
            on.fill(bar.bounds_mm, bar.radius_mm, bar.ink);
        }
        for row in &self.layout.microtext {
            on.text(row.at_mm[0], row.at_mm[1], &row.text, &row.set);
        }
        self.seal(&mut on);
        if let Some(portrait) = &self.portrait {
            if let Some(ghost) = self.layout.ghost_mm {
                self.print_portrait(&mut on, portrait, ghost, 0.45);
            }
            self.print_portrait(&mut on, portrait, self.layout.portrait_mm, 1.0);
            self.signature(&mut on);
        }
        for line in &self.layout.lines {
            on.text(line.at_mm[0], line.at_mm[1], &line.text, &line.set);
        }
        on
    }

    /// Prints `portrait` into a box, faintly where `strength` is below 1.
    pub fn print_portrait(
        &self,
        on: &mut Surface,
        portrait: &Portrait,
        bounds: [f32; 4],
        strength: f32,
    ) {
        if on.misses(bounds) {
            return;
        }
        let (w, h) = (bounds[2] - bounds[0], bounds[3] - bounds[1]);
        let curve = math::Curve::srgb();
        let fade = self.layout.portrait_fades;
        let px_per_mm = on.px_per_mm;
        on.paint(bounds, |x, y, colour| {
            let edge = surface::box_distance(x, y, bounds, self.layout.portrait_radius_mm);
            let soft = if fade { 2.5 } else { 0.06 };
            let inside = math::smoothstep(0.0, -soft, edge);
            if inside <= 0.0 {
                return;
            }
            let tone = portrait.colour((x - bounds[0]) / w, (y - bounds[1]) / h, h / w);
            let tone = self.styled(tone, [x, y], &curve, strength, px_per_mm);
            for c in 0..3 {
                let ink = math::mix(1.0, tone[c], strength);
                let over = if fade || strength < 1.0 {
                    colour[c] * ink
                } else {
                    0.9 * tone[c]
                };
                colour[c] += (over - colour[c]) * inside;
            }
        });
    }

    /// The tone as the portrait's technique prints it, on a surface of `px_per_mm`, which holds
    /// no dots finer than its own pixels.
    fn styled(
        &self,
        tone: [f32; 3],
        [x, y]: [f32; 2],
        curve: &math::Curve,
        strength: f32,
        px_per_mm: f32,
    ) -> [f32; 3] {
        let luma = 0.2126 * tone[0] + 0.7152 * tone[1] + 0.0722 * tone[2];
        let resolved = |per_mm: f32| math::smoothstep(1.6, 4.0, px_per_mm / per_mm);
        match self.style {
            PortraitStyle::Continuous if strength < 1.0 => [luma; 3],
            PortraitStyle::Continuous => tone,
            PortraitStyle::Engraved(per_mm) => {
                let dot = 0.5 + 0.25 * (math::cos_turns(x * per_mm) + math::cos_turns(y * per_mm));
                let dark = 1.0 - curve.at(luma);
                let burnt = ((dark - dot) * 2.2 + 0.5).clamp(0.0, 1.0);
                [1.0 - 0.93 * math::mix(dark, burnt, resolved(per_mm)); 3]
            }
            PortraitStyle::Inkjet(per_mm) => std::array::from_fn(|c| {
                let (ix, iy) = ((x * per_mm) as i32, (y * per_mm) as i32);
                let threshold = math::lattice(ix, iy, self.seed.wrapping_add(c as u32));
                let want = 0.15 + 0.85 * tone[c];
                let dot = if want > threshold { 1.0 } else { 0.08 };
                math::mix(tone[c], dot, 0.45 * resolved(per_mm))
            }),
        }
    }

    fn seal(&self, on: &mut Surface) {
        let seal = &self.layout.seal;
        let [cx, cy] = seal.centre_mm;
        let r = seal.radius_mm;
        if r <= 0.0 || on.misses([cx - r, cy - r, cx + r, cy + r]) {
            return;
        }
        let point = |radius: f32, turns: f32| {
            [
                cx + radius * math::cos_turns(turns),
                cy + radius * math::sin_turns(turns),
            ]
        };
        for i in 0..72 {
            let (a, b) = (i as f32 / 72.0, (i + 1) as f32 / 72.0);
            on.line(point(r, a), point(r, b), 0.25, seal.ink);
            on.line(point(r * 0.86, a), point(r * 0.86, b), 0.12, seal.ink);
        }
        for i in 0..seal.points {
            let turn = i as f32 / seal.points as f32;
            let half = 0.5 / seal.points as f32;
            on.line(
                point(r * 0.75, turn),
                point(r * 0.32, turn + half),
                0.3,
                seal.ink,
            );
            on.line(
                point(r * 0.32, turn + half),
                point(r * 0.75, turn + 2.0 * half),
                0.3,
                seal.ink,
            );
        }
    }

    fn signature(&self, on: &mut Surface) {
        let [x, y, right, bottom] = self.layout.signature_mm;
        let mut rng = Rng::new(u64::from(self.seed), &[77]);
        let mut last = [x, (y + bottom) / 2.0];
        let n = 14;
        for i in 1..=n {
            let next = [
                x + (right - x) * i as f32 / n as f32 + rng.range(-0.8, 0.8),
                rng.range(y, bottom),
            ];
            let middle = [
                (last[0] + next[0]) / 2.0 + rng.range(-0.4, 0.4),
                (last[1] + next[1]) / 2.0,
            ];
            on.line(last, middle, 0.28, [0.05, 0.05, 0.12]);
            on.line(middle, next, 0.22, [0.05, 0.05, 0.12]);
            last = next;
        }
    }
}

/// Text as it is set in most of a document.
#[must_use]
pub fn plain_type(height_mm: f32, ink: [f32; 3]) -> Type {
    Type {
        height_mm,
        stretch: 0.82,
        weight: 0.13,
        slant: 0.0,
        ink,
    }
}

/// A dark ink of a random hue.
#[must_use]
pub fn dark_ink(rng: &mut Rng) -> [f32; 3] {
    guilloche::pastel(rng, 0.75).map(|c| c * 0.35)
}
