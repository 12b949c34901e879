//! The document straightened at the camera's own scale, for a person to look at. No check judges it:
//! drawing it anew changes the fine texture.

use image::RgbImage;
use rayon::prelude::*;

use super::between::Levels;
use super::close_up::{Perspective, mean_sides_px};
use crate::case::Quad;

/// The longest side of a straightened document in pixels.
const MAX_SIDE_PX: f64 = 8192.0;

/// How a document lies in its photograph and in the straightened picture of it: the way there and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Straight {
    perspective: Perspective,
    size_px: [u32; 2],
}

impl Straight {
    /// For a document that lies at `document`. `None` if its corners are those of no quad.
    #[must_use]
    pub fn of(document: &Quad) -> Option<Self> {
        Some(Self {
            perspective: Perspective::onto(document)?,
            size_px: mean_sides_px(document)
                .map(|side| side.round().clamp(1.0, MAX_SIDE_PX) as u32),
        })
    }

    /// Width and height of the straightened picture: of each pair of the document's edges the mean.
    #[must_use]
    pub fn size_px(&self) -> [u32; 2] {
        self.size_px
    }

    /// From pixels of the straightened picture to those of the photograph.
    #[must_use]
    pub fn photo_from_straight(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [width, height] = self.size_px.map(f64::from);
        self.perspective.at(x / width, y / height)
    }

    /// From pixels of the photograph to those of the straightened picture.
    #[must_use]
    pub fn straight_from_photo(&self, point: [f64; 2]) -> [f64; 2] {
        let [u, v] = self.perspective.back(point);
        let [width, height] = self.size_px.map(f64::from);
        [u * width, v * height]
    }

    /// The straightened picture; where the document reaches beyond the photograph, its edge goes on.
    #[must_use]
    pub fn draw(&self, photo: &RgbImage) -> RgbImage {
        let [width, height] = self.size_px;
        let mut out = RgbImage::new(width, height);
        out.par_chunks_exact_mut(3 * width as usize)
            .enumerate()
            .for_each(|(y, row)| {
                let [step, v] = [1.0 / f64::from(width), (y as f64 + 0.5) / f64::from(height)];
                let places = self
                    .perspective
                    .along([step / 2.0, v], [step, 0.0], width as usize);
                for (rgb, [x, y]) in row.as_chunks_mut().0.iter_mut().zip(places) {
                    *rgb = Levels::between(photo, x - 0.5, y - 0.5).mean(1);
                }
            });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    const TURNED: Quad = Quad([[300.0, 20.0], [310.0, 380.0], [60.0, 360.0], [80.0, 40.0]]);

    #[test]
    fn the_first_corner_is_at_the_top_left_and_the_sides_keep_their_length() {
        // Bright near the first corner, darker towards the others.
        let photo = RgbImage::from_fn(400, 400, |x, y| {
            let off = (f64::from(x) - 300.0).hypot(f64::from(y) - 20.0);
            Rgb([(255.0 - off / 2.0).max(0.0) as u8; 3])
        });
        let straight = Straight::of(&TURNED).unwrap();
        let drawn = straight.draw(&photo);
        assert_eq!(drawn.dimensions(), (340, 236));
        let level = |x, y| drawn.get_pixel(x, y).0[0];
        assert!(level(1, 1) > 250 && level(338, 1) < 90 && level(1, 233) < 160);
    }

    #[test]
    fn there_and_back_is_the_same_place() {
        let straight = Straight::of(&TURNED).unwrap();
        for point in [[10.0, 20.0], [200.5, 3.25], [330.0, 230.0]] {
            let back = straight.straight_from_photo(straight.photo_from_straight(point));
            let off = (back[0] - point[0]).hypot(back[1] - point[1]);
            assert!(off < 1e-6, "{back:?}");
        }
        let line = Quad([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]);
        assert_eq!(Straight::of(&line), None);
    }
}
