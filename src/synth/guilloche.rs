//! The security background: rainbow tints and fine wavy lines.
//!
//! These are the hard negatives for a screen check: periodic, fine and genuine.

use multiversion::multiversion;
use serde::Serialize;

use super::math;
use super::rng::Rng;
use super::surface::Surface;

/// One family of lines.
#[derive(Clone, Debug, Serialize)]
pub struct Lines {
    /// Waves along x, waves along y, rings around a centre, or a net of straight lines.
    pub form: Form,
    /// Lines per mm.
    pub per_mm: f32,
    /// Line width in mm.
    pub width_mm: f32,
    /// Two waves: amplitude in mm, cycles per mm (or per turn), phase.
    pub waves: [[f32; 3]; 2],
    /// The centre of rings in mm, and the radius they reach.
    pub centre_mm: [f32; 2],
    /// Radius of the rings, or half the height of the band of waves, in mm.
    pub reach_mm: f32,
    /// Transmittance per channel.
    pub ink: [f32; 3],
}

/// The shape of a family of lines.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Form {
    /// Waves that run to the right.
    Across,
    /// Waves that run down.
    Down,
    /// Rosettes.
    Rings,
    /// Straight lines at a slant.
    Net,
}

/// A background: four tints blended over the page and some families of lines.
#[derive(Clone, Debug, Serialize)]
pub struct Guilloche {
    /// Reflectance at the left, the middle, the right and the bottom.
    pub tints: [[f32; 3]; 4],
    /// Width of the page in mm, over which the tints run.
    pub width_mm: f32,
    /// The lines.
    pub lines: Vec<Lines>,
}

impl Guilloche {
    /// A random background for a page of the size in mm.
    #[must_use]
    pub fn draw(rng: &mut Rng, [width, height]: [f32; 2]) -> Self {
        let strength = rng.range(0.03, 0.28);
        let tints = std::array::from_fn(|_| pastel(rng, strength));
        let n_lines = 1 + rng.below(4);
        let lines = (0..n_lines)
            .map(|_| Lines::draw(rng, [width, height]))
            .collect();
        Self {
            tints,
            width_mm: width,
            lines,
        }
    }

    /// Prints it over the whole window.
    pub fn print(&self, on: &mut Surface) {
        let px = 1.0 / on.px_per_mm;
        on.paint_rows([-1e6, -1e6, 1e6, 1e6], |xs, y, row| {
            let low = 0.5 * math::smoothstep(0.2, 0.8, y / self.width_mm);
            let mut row = row;
            for (c, plane) in row.iter_mut().enumerate() {
                tint(
                    plane,
                    xs,
                    self.tints.map(|tint| tint[c]),
                    self.width_mm,
                    low,
                );
            }
            let mut covered = vec![0.0; xs.len()];
            for lines in &self.lines {
                if !lines.cover(xs, y, px, &mut covered) {
                    continue;
                }
                for (plane, t) in row.iter_mut().zip(lines.ink) {
                    lay(plane, &covered, t);
                }
            }
        });
    }
}

impl Lines {
    /// A random family for a page of the size in mm.
    #[must_use]
    pub fn draw(rng: &mut Rng, [width, height]: [f32; 2]) -> Self {
        let form = rng.pick(&[
            Form::Across,
            Form::Across,
            Form::Down,
            Form::Rings,
            Form::Rings,
            Form::Net,
        ]);
        let per_mm = rng.log_range(0.8, 4.0);
        let around = |rng: &mut Rng| match form {
            Form::Rings => (6 + rng.below(30)) as f32,
            _ => rng.log_range(0.03, 0.5),
        };
        let waves = std::array::from_fn(|_| {
            let cycles = around(rng);
            let slope = if form == Form::Rings {
                rng.range(0.2, 2.5)
            } else {
                rng.range(0.05, 0.4) / cycles
            };
            [slope.min(4.0), cycles, rng.unit()]
        });
        let strength = rng.range(0.15, 0.6);
        Self {
            form,
            per_mm,
            width_mm: rng.range(0.12, 0.45) / per_mm,
            waves,
            centre_mm: [rng.range(0.0, width), rng.range(0.0, height)],
            reach_mm: if form == Form::Rings {
                rng.range(6.0, 30.0)
            } else {
                rng.range(5.0, 80.0)
            },
            ink: pastel(rng, strength),
        }
    }

    /// How much of each pixel of `px` mm in the row at `y` the lines cover; false where they do
    /// not come near it.
    fn cover(&self, xs: &[f32], y: f32, px: f32, covered: &mut [f32]) -> bool {
        let [a, b] = self.waves;
        let wave = |t: f32| {
            a[0] * math::sin_turns(t * a[1] + a[2]) + b[0] * math::sin_turns(t * b[1] + b[2])
        };
        let dy = y - self.centre_mm[1];
        let banded = matches!(self.form, Form::Across | Form::Rings);
        if banded && dy.abs() > self.reach_mm + 0.3 * (a[0] + b[0]).abs() {
            return false;
        }
        // Each form has a loop of its own, which works on several pixels at a time.
        match self.form {
            Form::Across => cover_row(self, xs, px, covered, |x, _| {
                (dy + wave(x), dy.abs() - 0.3 * wave(x * 0.5))
            }),
            Form::Down => {
                let off = wave(y);
                cover_row(self, xs, px, covered, |_, dx| (dx + off, dx.abs()));
            }
            Form::Net => {
                let slant = (1.0 - a[2] * a[2]).max(0.0).sqrt();
                cover_row(self, xs, px, covered, |_, dx| (dx * a[2] + dy * slant, 0.0));
            }
            Form::Rings => cover_row(self, xs, px, covered, |_, dx| {
                let r = (dx * dx + dy * dy).sqrt();
                let swing = (r / self.reach_mm).min(1.0);
                (r + wave(math::angle_turns(dx, dy)) * swing, r)
            }),
        }
        true
    }
}

/// `place` gives for x, and x from the centre, where across the lines the point lies and how far
/// out.
#[multiversion(targets("x86_64+avx2"))]
fn cover_row(
    lines: &Lines,
    xs: &[f32],
    px: f32,
    covered: &mut [f32],
    place: impl Fn(f32, f32) -> (f32, f32),
) {
    let faint = (lines.width_mm / px).min(1.0);
    let (spacing, per_px) = (1.0 / lines.per_mm, 1.0 / px);
    for (covered, x) in covered.iter_mut().zip(xs) {
        let (place, reach) = place(*x, x - lines.centre_mm[0]);
        let from_middle = (math::fract(place * lines.per_mm) - 0.5).abs() * spacing;
        let cover = ((lines.width_mm / 2.0 - from_middle) * per_px + 0.5).clamp(0.0, 1.0);
        *covered = if reach > lines.reach_mm {
            0.0
        } else {
            cover * faint
        };
    }
}

/// Lays an ink over one colour of a row, as much of it as is `covered`.
#[multiversion(targets("x86_64+avx2"))]
fn lay(plane: &mut [f32], covered: &[f32], ink: f32) {
    for (value, covered) in plane.iter_mut().zip(covered) {
        *value *= 1.0 - covered * (1.0 - ink);
    }
}

/// Tints one colour of a row: left, middle and right over `width_mm`, and towards `bottom` by `low`.
#[multiversion(targets("x86_64+avx2"))]
fn tint(
    plane: &mut [f32],
    xs: &[f32],
    [left, middle, right, bottom]: [f32; 4],
    width_mm: f32,
    low: f32,
) {
    for (value, x) in plane.iter_mut().zip(xs) {
        let t = (x / width_mm).clamp(0.0, 1.0);
        let across = middle
            + (left - middle) * math::smoothstep(0.6, 0.0, t)
            + (right - middle) * math::smoothstep(0.4, 1.0, t);
        *value *= math::mix(across, bottom, low);
    }
}

/// A light colour: white less `strength` of a random hue.
#[must_use]
pub fn pastel(rng: &mut Rng, strength: f32) -> [f32; 3] {
    let hue = rng.unit();
    let dark = 1.0 - strength * rng.range(0.1, 0.5);
    std::array::from_fn(|c| {
        let wave = 0.5 + 0.5 * math::cos_turns(hue + c as f32 / 3.0);
        dark * (1.0 - strength * wave)
    })
}
