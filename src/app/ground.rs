//! From the photograph to the screen and back, whether it is shown as it was taken or straightened.
//!
//! Whatever lies over a picture (outlines, evidence, marks) is kept in pixels of the photograph.

use eframe::egui::{Pos2, pos2};

use super::camera::Placed;
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
