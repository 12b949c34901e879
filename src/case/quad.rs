//! Four corners in a picture.

use serde::{Deserialize, Serialize};

/// The corners of a document in pixels of the upright picture, clockwise on screen from the
/// document's top left: x to the right, y down, the centre of the first pixel at (0.5, 0.5).
/// Corners may lie outside the picture when the document does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quad(pub [[f64; 2]; 4]);

impl Quad {
    /// The whole picture of `width_px` by `height_px`.
    #[must_use]
    pub fn whole(width_px: u32, height_px: u32) -> Self {
        let (w, h) = (f64::from(width_px), f64::from(height_px));
        Self([[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]])
    }

    /// The enclosed area in square pixels, by the shoelace formula; 0 for a degenerate quad.
    #[must_use]
    pub fn area_px(&self) -> f64 {
        let doubled: f64 = (0..4)
            .map(|i| {
                let ([x0, y0], [x1, y1]) = (self.0[i], self.0[(i + 1) % 4]);
                x0 * y1 - x1 * y0
            })
            .sum();
        doubled.abs() / 2.0
    }

    /// The lengths of the four edges in pixels: top, right, bottom, left.
    #[must_use]
    pub fn edges_px(&self) -> [f64; 4] {
        std::array::from_fn(|i| {
            let ([x0, y0], [x1, y1]) = (self.0[i], self.0[(i + 1) % 4]);
            (x1 - x0).hypot(y1 - y0)
        })
    }

    /// The smallest upright box around the corners: left, top, right, bottom in pixels.
    #[must_use]
    pub fn bounds_px(&self) -> [f64; 4] {
        let fold = |axis: usize, pick: fn(f64, f64) -> f64| {
            self.0[1..]
                .iter()
                .fold(self.0[0][axis], |best, corner| pick(best, corner[axis]))
        };
        [
            fold(0, f64::min),
            fold(1, f64::min),
            fold(0, f64::max),
            fold(1, f64::max),
        ]
    }

    /// Whether the corners run the same way round and no three of them lie on one line.
    #[must_use]
    pub fn is_convex(&self) -> bool {
        let mut signs = (0..4).map(|i| {
            let ([x0, y0], [x1, y1], [x2, y2]) =
                (self.0[i], self.0[(i + 1) % 4], self.0[(i + 2) % 4]);
            (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1)
        });
        let first = signs.next().unwrap_or(0.0);
        first != 0.0 && signs.all(|sign| sign * first > 0.0)
    }
}
