//! Where the camera looks: a plane-to-plane perspective in f64.

use crate::case::Quad;

use super::light::Places;
use super::math;
use super::rng::Rng;

/// Takes picture pixels to millimetres on the document's plane, as a 3×3 homography.
#[derive(Clone, Copy, Debug)]
pub struct View([f64; 9]);

impl View {
    /// From camera pixels around `centre_px` to the plane around `centre_mm`: `px_per_mm` at the
    /// centre, turned by `roll` degrees, leaning by `lean` = relative change of scale per pixel.
    #[must_use]
    pub fn new(
        centre_px: [f64; 2],
        centre_mm: [f64; 2],
        px_per_mm: f64,
        roll: f32,
        lean: [f64; 2],
    ) -> Self {
        let (sin, cos) = math::sin_cos_degrees(roll);
        let (sin, cos) = (f64::from(sin) / px_per_mm, f64::from(cos) / px_per_mm);
        let [cx, cy] = centre_px;
        let [mx, my] = centre_mm;
        // mm = (R·(p − c) + m·w) / w with w = 1 + lean·(p − c), written out over (x, y, 1).
        let w = [lean[0], lean[1], 1.0 - lean[0] * cx - lean[1] * cy];
        Self([
            cos + mx * w[0],
            sin + mx * w[1],
            -cos * cx - sin * cy + mx * w[2],
            -sin + my * w[0],
            cos + my * w[1],
            sin * cx - cos * cy + my * w[2],
            w[0],
            w[1],
            w[2],
        ])
    }

    /// A random small patch of the plane: roll up to `roll` degrees either way (or near a quarter
    /// turn), tilt up to `tilt` degrees.
    #[must_use]
    pub fn patch(
        rng: &mut Rng,
        size_px: f32,
        centre_mm: [f64; 2],
        px_per_mm: f32,
        roll: f32,
    ) -> Self {
        let lean = 0.25 / 1500.0;
        let lean = [
            f64::from(rng.range(-lean, lean)),
            f64::from(rng.range(-lean, lean)),
        ];
        let centre = f64::from(size_px) / 2.0;
        Self::new(
            [centre, centre],
            centre_mm,
            f64::from(px_per_mm),
            roll,
            lean,
        )
    }

    /// The plane's point under the picture's point, both as (x, y).
    #[inline]
    #[must_use]
    pub fn plane_from_picture(&self, x: f64, y: f64) -> [f64; 2] {
        let h = &self.0;
        let w = h[6] * x + h[7] * y + h[8];
        [
            (h[0] * x + h[1] * y + h[2]) / w,
            (h[3] * x + h[4] * y + h[5]) / w,
        ]
    }

    /// The picture's point over the plane's point.
    #[must_use]
    pub fn picture_from_plane(&self, x: f64, y: f64) -> [f64; 2] {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        // The adjugate; its scale cancels in the division.
        let u = (e * i - f * h) * x + (c * h - b * i) * y + (b * f - c * e);
        let v = (f * g - d * i) * x + (a * i - c * g) * y + (c * d - a * f);
        let w = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d);
        [u / w, v / w]
    }

    /// The upright box (left, top, width, height in mm) as it lies in the picture.
    #[must_use]
    pub fn quad(&self, [x, y, w, h]: [f64; 4]) -> Quad {
        Quad(
            [[x, y], [x + w, y], [x + w, y + h], [x, y + h]]
                .map(|[x, y]| self.picture_from_plane(x, y)),
        )
    }

    /// Plane coordinates along one picture row, starting at `x0` and going on by `step`.
    pub fn row(&self, y: f64, x0: f64, step: f64, out: &mut [[f32; 2]]) {
        let h = &self.0;
        let mut u = h[0] * x0 + h[1] * y + h[2];
        let mut v = h[3] * x0 + h[4] * y + h[5];
        let mut w = h[6] * x0 + h[7] * y + h[8];
        for place in out {
            let inverse = 1.0 / w;
            *place = [(u * inverse) as f32, (v * inverse) as f32];
            u += h[0] * step;
            v += h[3] * step;
            w += h[6] * step;
        }
    }

    /// Plane coordinates along one picture row, starting at (`x`, `y`) and going on by `step`
    /// pixels, right to a hundredth of a pixel: every 8 pixels exact, and straight between.
    pub fn samples(&self, x: f64, y: f64, step: f64, out: &mut Places) {
        let n = (8.0 / step) as usize;
        let steps: Vec<f32> = (0..n).map(|k| k as f32).collect();
        let run = n as f64 * step;
        let mut from = self.plane_from_picture(x, y);
        let runs = out.x.chunks_mut(n).zip(out.y.chunks_mut(n));
        for (i, (xs, ys)) in runs.enumerate() {
            let to = self.plane_from_picture(x + (i + 1) as f64 * run, y);
            for (axis, line) in [xs, ys].into_iter().enumerate() {
                let start = from[axis] as f32;
                let slope = ((to[axis] - from[axis]) / n as f64) as f32;
                for (value, k) in line.iter_mut().zip(&steps) {
                    *value = start + k * slope;
                }
            }
            from = to;
        }
    }

    /// The plane's bounding box of the picture's rectangle: left, top, right, bottom in mm.
    #[must_use]
    pub fn bounds_mm(&self, x: f64, y: f64, width: f64, height: f64) -> [f64; 4] {
        let corners = [
            [x, y],
            [x + width, y],
            [x + width, y + height],
            [x, y + height],
        ]
        .map(|[x, y]| self.plane_from_picture(x, y));
        corners
            .iter()
            .fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |b, [x, y]| {
                [b[0].min(*x), b[1].min(*y), b[2].max(*x), b[3].max(*y)]
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let view = View::new([400.0, 300.0], [42.8, 27.0], 9.5, 13.0, [1e-4, -5e-5]);
        let mut row = [[0.0; 2]; 3];
        view.row(20.0, 10.0, 50.0, &mut row);
        for (i, place) in row.iter().enumerate() {
            let x = 10.0 + 50.0 * i as f64;
            let [u, v] = view.plane_from_picture(x, 20.0);
            assert!(
                (u - f64::from(place[0])).abs() < 1e-3 && (v - f64::from(place[1])).abs() < 1e-3
            );
            let [px, py] = view.picture_from_plane(u, v);
            assert!(
                (px - x).abs() < 1e-6 && (py - 20.0).abs() < 1e-6,
                "{px} {py}"
            );
        }
        let mut places = Places {
            x: vec![0.0; 100],
            y: vec![0.0; 100],
        };
        view.samples(30.0, 40.0, 1.0 / 3.0, &mut places);
        for (i, place) in places.x.iter().zip(&places.y).enumerate() {
            let [u, v] = view.plane_from_picture(30.0 + i as f64 / 3.0, 40.0);
            assert!((u - f64::from(*place.0)).abs() < 1e-3);
            assert!((v - f64::from(*place.1)).abs() < 1e-3);
        }
        let middle = view.plane_from_picture(400.0, 300.0);
        assert!((middle[0] - 42.8).abs() < 1e-9 && (middle[1] - 27.0).abs() < 1e-9);
    }
}
