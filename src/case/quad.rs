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

    /// The same corners in the same order, begun so that the first edge is one of the longer pair.
    #[must_use]
    pub fn lying(&self) -> Self {
        let [top, right, bottom, left] = self.edges_px();
        let [a, b, c, d] = self.0;
        Self(if top + bottom >= left + right {
            [a, b, c, d]
        } else {
            [b, c, d, a]
        })
    }

    /// The point at `u` along the first edge and at `v` from it to the opposite one, each 0 to 1, in
    /// pixels of the picture; in straight lines between the corners.
    #[must_use]
    pub fn at(&self, u: f64, v: f64) -> [f64; 2] {
        let [a, b, c, d] = self.0;
        std::array::from_fn(|axis| {
            let near_side = a[axis] * (1.0 - u) + b[axis] * u;
            let far_side = d[axis] * (1.0 - u) + c[axis] * u;
            near_side * (1.0 - v) + far_side * v
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
