//! The second family of prints: dots on the device's own grid, set by error diffusion.

use super::light::{blur_plane, gauss};
use super::print::{Print, Tones};
use super::rng::Rng;
use super::surface::Surface;

/// The printed sheet over the window of `tones`.
#[must_use]
pub fn sheet(params: &Print, tones: &Tones) -> Surface {
    let [left, top, width, height] = tones.window_mm();
    let per_mm = params.per_inch / 25.4;
    let bounds = [left, top, left + width, top + height].map(f64::from);
    let mut sheet = Surface::new(bounds, per_mm, params.paper);
    let (w, h) = (sheet.light.width, sheet.light.height);
    let spread = gauss((0.32 + params.edge_mm * per_mm).min(2.0));
    for ink in if params.grey { 3..4 } else { 0..4 } {
        let mut dots = diffuse(params, tones, ink, [w, h], per_mm);
        blur_plane(&mut dots, w, h, &spread);
        for (i, dot) in dots.iter().enumerate() {
            // A dot is larger than its square of the grid and its rim runs into its neighbours.
            let covered = (dot * (1.0 + 1.6 * params.gain)).min(1.0);
            for (plane, t) in sheet.light.planes.iter_mut().zip(params.inks[ink]) {
                plane[i] *= 1.0 - covered * (1.0 - t);
            }
        }
    }
    sheet
}

/// Floyd and Steinberg, there and back, with a little noise on the threshold against worms.
fn diffuse(params: &Print, tones: &Tones, ink: usize, [w, h]: [usize; 2], per_mm: f32) -> Vec<f32> {
    let mut dots = vec![0.0; w * h];
    let mut errors = [vec![0.0f32; w + 2], vec![0.0f32; w + 2]];
    let mut rng = Rng::new(u64::from(params.seed), &[0xd1, ink as u64]);
    let [ox, oy] = params.offsets_mm[ink];
    let [left, top, ..] = tones.window_mm();
    for y in 0..h {
        let (here, below) = if y & 1 == 0 { (0, 1) } else { (1, 0) };
        errors[below].fill(0.0);
        let forward = y & 1 == 0;
        for k in 0..w {
            let x = if forward { k } else { w - 1 - k };
            let want = tones.at(
                ink,
                left + ox + x as f32 / per_mm,
                top + oy + y as f32 / per_mm,
            );
            let value = want + errors[here][x + 1];
            let dot = if value > 0.5 + rng.range(-0.12, 0.12) && want > 0.004 {
                1.0
            } else {
                0.0
            };
            dots[y * w + x] = dot;
            let error = (value - dot).clamp(-1.0, 1.0);
            let (ahead, behind) = if forward { (x + 2, x) } else { (x, x + 2) };
            errors[here][ahead] += error * 7.0 / 16.0;
            errors[below][behind] += error * 3.0 / 16.0;
            errors[below][x + 1] += error * 5.0 / 16.0;
            errors[below][ahead] += error / 16.0;
        }
    }
    dots
}
