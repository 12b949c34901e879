//! The document alone: cut out of the picture, shrunk, and straightened.
//!
//! What looks at texture takes the camera's own pixels ([`super::patches`]); what looks at the document as a
//! person would (how sharp, how bright, where the portrait is) takes them from here, so that the
//! whole picture is shrunk once.

use image::RgbImage;

use super::between::Levels;
use crate::case::Quad;
use crate::shrink::{self, Filter, Part};

/// The longer side of the document in a close-up, in pixels. Larger ones are shrunk to it, smaller ones
/// stay.
pub const LONG_SIDE_PX: f64 = 1000.0;

/// A straightened copy is drawn from one in which the document's shorter side has this many times as many
/// pixels: enough that nothing is enlarged, and few enough that nothing is skipped.
const OVERSAMPLED: f64 = 1.2;

/// The document's box out of the picture, shrunk.
#[derive(Clone, Debug)]
pub struct CloseUp {
    /// What the box shows.
    pub pixels: RgbImage,
    /// The document's corners in those pixels.
    pub document: Quad,
    /// The longer side of the document in pixels of the picture.
    pub long_side_px: f64,
}

impl CloseUp {
    /// A close-up of the document at `document` in `picture`. `None` if no part of it is in the picture.
    #[must_use]
    pub fn of(picture: &RgbImage, document: &Quad) -> Option<Self> {
        Self::shrunk_to(LONG_SIDE_PX, picture, document)
    }

    fn shrunk_to(longest_px: f64, picture: &RgbImage, document: &Quad) -> Option<Self> {
        let [left, top, right, bottom] = document.bounds_px();
        let (w, h) = (f64::from(picture.width()), f64::from(picture.height()));
        let (left, top) = (left.clamp(0.0, w).floor(), top.clamp(0.0, h).floor());
        let (right, bottom) = (right.clamp(0.0, w).ceil(), bottom.clamp(0.0, h).ceil());
        let size = [right - left, bottom - top];
        if size[0] < 1.0 || size[1] < 1.0 {
            return None;
        }
        let [width, height] = mean_sides_px(document);
        let long_side_px = width.max(height);
        let scale = (longest_px / long_side_px.max(1.0)).min(1.0);
        let [width, height] = size.map(|length| ((length * scale).round() as u32).max(1));
        let part = Part {
            origin_px: [left, top],
            size_px: size,
        };
        let pixels = shrink::resize(picture, part, [width, height], Filter::Bilinear).ok()?;
        let corners = document.0.map(|[x, y]| {
            [
                (x - left) * f64::from(width) / size[0],
                (y - top) * f64::from(height) / size[1],
            ]
        });
        Some(Self {
            pixels,
            document: Quad(corners),
            long_side_px,
        })
    }

    /// The document stretched to a square of `side_px`: its first corner at the top left, clockwise.
    /// `None` if its corners are those of no quad.
    #[must_use]
    pub fn square(&self, side_px: u32) -> Option<RgbImage> {
        let sides_px = mean_sides_px(&self.document);
        let shortest_px = sides_px[0].min(sides_px[1]).max(1.0);
        let longest_px =
            OVERSAMPLED * f64::from(side_px) * sides_px[0].max(sides_px[1]) / shortest_px;
        let near = Self::shrunk_to(longest_px, &self.pixels, &self.document)?;
        let view = Perspective::onto(&near.document)?;
        Some(RgbImage::from_fn(side_px, side_px, |x, y| {
            let [u, v] = [x, y].map(|at| (f64::from(at) + 0.5) / f64::from(side_px));
            let [x, y] = view.at(u, v);
            image::Rgb(Levels::between(&near.pixels, x - 0.5, y - 0.5).mean(1))
        }))
    }
}

/// Width and height of the document: of each pair of edges the mean.
pub(super) fn mean_sides_px(document: &Quad) -> [f64; 2] {
    let [top, right, bottom, left] = document.edges_px();
    [f64::midpoint(top, bottom), f64::midpoint(left, right)]
}

/// How a flat document lies in the picture as a camera sees it: the unit square onto a quad.
///
/// The projective map of P. Heckbert, Fundamentals of Texture Mapping and Image Warping (1989), 2.2.3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Perspective {
    x: [f64; 3],
    y: [f64; 3],
    w: [f64; 2],
}

impl Perspective {
    /// The map that brings (0, 0), (1, 0), (1, 1) and (0, 1) to the corners of `quad`, in this order.
    /// `None` if the quad is not convex.
    #[must_use]
    pub fn onto(quad: &Quad) -> Option<Self> {
        if !quad.is_convex() {
            return None;
        }
        let [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = quad.0;
        let (dx1, dx2, sx) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
        let (dy1, dy2, sy) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
        // Twice the area at the third corner, which a convex quad has.
        let area = dx1 * dy2 - dx2 * dy1;
        let g = (sx * dy2 - dx2 * sy) / area;
        let h = (dx1 * sy - sx * dy1) / area;
        Some(Self {
            x: [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
            y: [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
            w: [g, h],
        })
    }

    /// Where the point (`u`, `v`) of the unit square lies, in pixels of the picture.
    #[must_use]
    pub fn at(&self, u: f64, v: f64) -> [f64; 2] {
        let w = self.w[0] * u + self.w[1] * v + 1.0;
        [self.x, self.y].map(|[a, b, c]| (a * u + b * v + c) / w)
    }

    /// Where `n` points of the unit square lie in the picture, the first of them at `from` and each next one `step`
    /// further: as [`Self::at`] for each, and cheaper.
    pub fn along(
        &self,
        from: [f64; 2],
        step: [f64; 2],
        n: usize,
    ) -> impl Iterator<Item = [f64; 2]> + use<> {
        let at = |[a, b, c]: [f64; 3]| a * from[0] + b * from[1] + c;
        let further = |[a, b, _]: [f64; 3]| a * step[0] + b * step[1];
        let rows = [self.x, self.y, [self.w[0], self.w[1], 1.0]];
        let lines = rows.map(|row| (at(row), further(row)));
        (0..n).map(move |i| {
            let [x, y, w] = lines.map(|(at, further)| at + further * i as f64);
            [x / w, y / w]
        })
    }

    /// The point of the unit square that lies at `[x, y]` in the picture.
    #[must_use]
    pub fn back(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [g, h] = self.w;
        let row = |[a, b, c]: [f64; 3], at: f64| [a - g * at, b - h * at, at - c];
        let ([a, b, c], [d, e, f]) = (row(self.x, x), row(self.y, y));
        let area = a * e - b * d;
        [(c * e - b * f) / area, (a * f - c * d) / area]
    }

    /// A box of the unit square (left, top, right, bottom) as a quad of the picture.
    #[must_use]
    pub fn part(&self, [left, top, right, bottom]: [f64; 4]) -> Quad {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        Quad(corners.map(|(u, v)| self.at(u, v)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn perspective_hits_the_corners_and_keeps_lines_straight() {
        let quad = Quad([[10.0, 20.0], [210.0, 40.0], [180.0, 160.0], [30.0, 130.0]]);
        let view = Perspective::onto(&quad).unwrap();
        let near = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-9;
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        for (corner, (u, v)) in quad.0.into_iter().zip(corners) {
            assert!(near(view.at(u, v), corner), "{u} {v}");
            assert!(near(view.back(corner), [u, v]), "{u} {v}");
        }
        // The middle is where the diagonals cross.
        let [x, y] = view.at(0.5, 0.5);
        for (a, b) in [(quad.0[0], quad.0[2]), (quad.0[1], quad.0[3])] {
            let off = (x - a[0]) * (b[1] - a[1]) - (y - a[1]) * (b[0] - a[0]);
            assert!(off.abs() < 1e-6);
        }
        for (i, point) in view.along([0.1, 0.9], [0.2, -0.1], 5).enumerate() {
            let i = i as f64;
            assert!(near(point, view.at(0.1 + 0.2 * i, 0.9 - 0.1 * i)));
        }
        let half = view.part([0.5, 0.0, 1.0, 1.0]);
        assert!(near(half.0[1], quad.0[1]) && near(half.0[2], quad.0[2]));
        let crossed = Quad([[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]]);
        assert_eq!(Perspective::onto(&crossed), None);
    }

    #[test]
    fn a_document_is_straightened_with_its_first_corner_at_the_top_left() {
        // Red at the document's first corner, then green, blue and white, clockwise.
        let document = Quad([[620.0, 80.0], [700.0, 900.0], [80.0, 940.0], [120.0, 60.0]]);
        let view = Perspective::onto(&document).unwrap();
        let mut picture = RgbImage::new(800, 1000);
        for (u, v) in (0..2000).flat_map(|u| (0..2000).map(move |v| (u, v))) {
            let [u, v] = [u, v].map(|at| f64::from(at) / 2000.0);
            let colour = match (u < 0.5, v < 0.5) {
                (true, true) => [255, 0, 0],
                (false, true) => [0, 255, 0],
                (false, false) => [0, 0, 255],
                (true, false) => [255, 255, 255],
            };
            let [x, y] = view.at(u, v);
            picture.put_pixel(x as u32, y as u32, Rgb(colour));
        }
        let square = CloseUp::of(&picture, &document)
            .and_then(|close_up| close_up.square(40))
            .unwrap();
        let at = |x, y| square.get_pixel(x, y).0;
        let seen = [at(10, 10), at(30, 10), at(30, 30), at(10, 30)];
        let drawn = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255; 3]];
        assert_eq!(seen, drawn);
    }

    #[test]
    fn a_document_that_reaches_beyond_the_picture_is_seen_as_far_as_it_goes() {
        let picture = RgbImage::from_pixel(100, 100, Rgb([9; 3]));
        let half = Quad([[-60.0, 10.0], [80.0, 10.0], [80.0, 90.0], [-60.0, 90.0]]);
        let close_up = CloseUp::of(&picture, &half).unwrap();
        assert_eq!(close_up.pixels.dimensions(), (80, 80));
        let square = close_up.square(16).unwrap();
        assert!(square.pixels().all(|pixel| pixel.0 == [9; 3]));
        let outside = Quad([[200.0, 0.0], [300.0, 0.0], [300.0, 50.0], [200.0, 50.0]]);
        assert!(CloseUp::of(&picture, &outside).is_none());
    }
}
