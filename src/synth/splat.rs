//! The second family of screens: each sub-pixel throws its light as a blob onto a fine raster.

use super::light::Light;
use super::math;
use super::screen::{self, Screen, SubPixel};
use super::surface::Surface;

/// Raster points per screen pixel, at the most.
const FINE: f32 = 7.0;

/// The screen's light over the window that `shown` covers, whose first pixel is `first`.
#[must_use]
pub fn raster(params: &Screen, shown: &Light, first: [i32; 2], pitch_mm: f32) -> Surface {
    // Where the camera resolves no sub-pixels a coarser raster is as good and far cheaper.
    let fine = (params.camera_px * 4.0).clamp(4.0, FINE);
    let (width, height) = (
        (shown.width as f32 * fine) as usize,
        (shown.height as f32 * fine) as usize,
    );
    let mut light = Light::filled(width.max(2), height.max(2), [0.0; 3]);
    let blobs: Vec<Blob> = screen::sub_pixels(params)
        .iter()
        .map(|sub| Blob::new(sub, fine))
        .collect();
    for y in 0..shown.height {
        for x in 0..shown.width {
            let parity = [(x as i32 + first[0]) & 1, (y as i32 + first[1]) & 1];
            for blob in blobs.iter().filter(|b| b.pixel == parity) {
                let power = shown.planes[blob.colour][y * shown.width + x];
                if power > 1e-4 {
                    blob.throw(&mut light, [x as f32 * fine, y as f32 * fine], power);
                }
            }
        }
    }
    Surface {
        light,
        origin_mm: [first[0] as f32 * pitch_mm, first[1] as f32 * pitch_mm],
        px_per_mm: fine / pitch_mm,
    }
}

/// A sub-pixel's light as a soft box, its edges rounded off over a raster point.
struct Blob {
    colour: usize,
    pixel: [i32; 2],
    centre: [f32; 2],
    half: [f32; 2],
    lean: f32,
    level: f32,
}

impl Blob {
    fn new(sub: &SubPixel, fine: f32) -> Self {
        let half = sub.half.map(|h| h * fine);
        // Pentile has a red or a blue in every other pixel only, which then shines twice as bright.
        let pentile = sub.half[0] < 0.25 && (sub.centre[0] - 0.75).abs() < 1e-6;
        let share = if pentile { 2.0 } else { 1.0 };
        Self {
            colour: sub.colour,
            pixel: sub.pixel.map(|p| p as i32),
            centre: sub.centre.map(|c| c * fine),
            half,
            lean: sub.lean,
            level: share * fine * fine / (4.0 * half[0] * half[1]),
        }
    }

    fn throw(&self, light: &mut Light, corner: [f32; 2], power: f32) {
        let (cx, cy) = (corner[0] + self.centre[0], corner[1] + self.centre[1]);
        let reach_x = self.half[0] + 1.0 + self.lean.abs() * self.half[1];
        let bounds = |centre: f32, reach: f32, n: usize| {
            let from = math::floor(centre - reach).max(0.0) as usize;
            (
                from,
                (math::floor(centre + reach + 1.0).max(0.0) as usize).min(n),
            )
        };
        let (x0, x1) = bounds(cx, reach_x, light.width);
        let (y0, y1) = bounds(cy, self.half[1] + 1.0, light.height);
        for y in y0..y1 {
            let dy = y as f32 + 0.5 - cy;
            let ky = (self.half[1] + 0.5 - dy.abs()).clamp(0.0, 1.0);
            if ky <= 0.0 {
                continue;
            }
            let row = &mut light.planes[self.colour][y * light.width..][..light.width];
            for (x, value) in row.iter_mut().enumerate().take(x1).skip(x0) {
                let dx = x as f32 + 0.5 - cx - self.lean * dy;
                let kx = (self.half[0] + 0.5 - dx.abs()).clamp(0.0, 1.0);
                *value += power * self.level * kx * ky;
            }
        }
    }
}
