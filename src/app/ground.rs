//! From the photograph to the screen and back, whether it is shown as it was taken or straightened.
//!
//! Whatever lies over a picture (outlines, evidence, marks) is kept in pixels of the photograph.

use eframe::egui::{Pos2, pos2};

use super::camera::{Camera, Placed};
use crate::engine::straight::Straight;

/// A picture as it lies on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    /// Where its pixels are on the screen.
    pub placed: Placed,
    /// How it was made of the photograph. `None` if it is the photograph.
    pub straight: Option<Straight>,
}

impl Ground {
    /// From pixels of the photograph to points of the screen.
    #[must_use]
    pub fn screen_from_photo(&self, point: [f64; 2]) -> Pos2 {
        let [x, y] = match &self.straight {
            Some(straight) => straight.straight_from_photo(point),
            None => point,
        };
        self.placed.screen_from_image(pos2(x as f32, y as f32))
    }

    /// From points of the screen to pixels of the photograph.
    #[must_use]
    pub fn photo_from_screen(&self, point: Pos2) -> [f64; 2] {
        let at = self.placed.image_from_screen(point);
        let point = [f64::from(at.x), f64::from(at.y)];
        match &self.straight {
            Some(straight) => straight.photo_from_straight(point),
            None => point,
        }
    }
}

/// A view of the photograph as one of the straightened document: the same place, or the nearest on the document.
#[must_use]
pub fn straightened(camera: Camera, straight: &Straight) -> Camera {
    let [x, y] = straight.straight_from_photo([camera.centre.x, camera.centre.y].map(f64::from));
    let [width, height] = straight.size_px().map(f64::from);
    // Beyond the horizon there is no number to clamp.
    let on_document = [x.max(0.0).min(width), y.max(0.0).min(height)];
    let [x, y] = straight.photo_from_straight(on_document);
    let centre = pos2(x as f32, y as f32);
    Camera { centre, ..camera }.exchanged(|point| straight.straight_from_photo(point))
}

/// A view of the straightened document as one of the photograph: the same place.
#[must_use]
pub fn photographed(camera: Camera, straight: &Straight) -> Camera {
    camera.exchanged(|point| straight.photo_from_straight(point))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Quad;

    #[test]
    fn a_straightened_view_and_back_shows_the_same_place_as_large() {
        let document = Quad([[300.0, 20.0], [310.0, 380.0], [60.0, 360.0], [80.0, 40.0]]);
        let straight = Straight::of(&document).unwrap();
        let photo = Camera {
            fit: false,
            zoom: 3.0,
            centre: pos2(200.0, 150.0),
            quarter_turns: 1,
            ..Camera::default()
        };
        let there = straightened(photo, &straight);
        let at = straight.straight_from_photo([200.0, 150.0]);
        assert!((there.centre - pos2(at[0] as f32, at[1] as f32)).length() < 0.01);
        assert_eq!(there.quarter_turns, 0, "it is upright by itself");
        let shown = |camera: Camera, from: [f64; 2], to: [f64; 2]| {
            f64::from(camera.zoom) * (to[0] - from[0]).hypot(to[1] - from[1])
        };
        // Ten pixels around the middle, both ways.
        let ends = [
            [195.0, 150.0],
            [205.0, 150.0],
            [200.0, 145.0],
            [200.0, 155.0],
        ];
        let [a, b, c, d] = ends.map(|end| straight.straight_from_photo(end));
        let area = shown(there, a, b) * shown(there, c, d);
        assert!((area / 900.0 - 1.0).abs() < 0.05, "{area}");
        let back = photographed(there, &straight);
        assert!((back.centre - photo.centre).length() < 0.01);
        assert!((back.zoom / photo.zoom - 1.0).abs() < 1e-3, "{}", back.zoom);
        assert_eq!(back.quarter_turns, 1);
    }

    #[test]
    fn a_place_beside_the_document_is_the_nearest_on_it() {
        let straight = Straight::of(&Quad::whole(100, 50)).unwrap();
        let beside = Camera {
            fit: false,
            centre: pos2(-30.0, 20.0),
            ..Camera::default()
        };
        let centre = straightened(beside, &straight).centre;
        assert!((centre - pos2(0.0, 20.0)).length() < 0.01, "{centre:?}");
    }
}
