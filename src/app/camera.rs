//! How a picture lies on the screen: which part, how large, which way up. Plain arithmetic.

use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};

/// The largest magnification, in screen pixels per picture pixel: single pixels are plain to see.
pub const MAX_ZOOM: f32 = 64.0;

/// Where the eye is. Lengths on the screen are in physical pixels, so that 1:1 means what it says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Show the whole picture, whatever the panel's size; `zoom` and `centre` are then ignored.
    pub fit: bool,
    /// Screen pixels per picture pixel.
    pub zoom: f32,
    /// The point of the picture, in its pixels, that lies in the middle of the panel.
    pub centre: Pos2,
    /// Quarter turns to the right, 0 to 3.
    pub quarter_turns: u8,
    /// Left and right are exchanged on the screen, after the turns.
    pub mirrored: bool,
    /// The quarter turns of the other one of photograph and straightened document, which lie differently.
    pub other_turns: u8,
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            fit: true,
            zoom: 1.0,
            centre: Pos2::ZERO,
            quarter_turns: 0,
            mirrored: false,
            other_turns: 0,
        }
    }
}

/// A camera over one picture in one panel: the way from picture to screen and back.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    camera: Camera,
    size_px: Vec2,
    panel: Rect,
    pixels_per_point: f32,
}

impl Camera {
    /// Places the camera over a picture of `size_px` in `panel` (in points).
    #[must_use]
    pub fn place(self, size_px: Vec2, panel: Rect, pixels_per_point: f32) -> Placed {
        let mut camera = self;
        let fitted = fit_zoom(size_px, panel, pixels_per_point, self.quarter_turns);
        if camera.fit {
            camera.zoom = fitted;
            camera.centre = (size_px / 2.0).to_pos2();
        }
        // A speck that cannot be found again helps nobody, nor does a view past the picture.
        camera.zoom = camera
            .zoom
            .clamp((fitted / 4.0).min(MAX_ZOOM), MAX_ZOOM.max(fitted));
        camera.centre = camera.centre.clamp(Pos2::ZERO, size_px.to_pos2());
        Placed {
            camera,
            size_px,
            panel,
            pixels_per_point,
        }
    }

    /// The same view a quarter turn further to the right.
    #[must_use]
    pub fn rotated(self) -> Self {
        // In a mirror what turns to the right turns to the left.
        let further = if self.mirrored { 3 } else { 1 };
        Self {
            quarter_turns: (self.quarter_turns + further) % 4,
            ..self
        }
    }

    /// The same view with left and right of the screen exchanged.
    #[must_use]
    pub fn flipped(self) -> Self {
        Self {
            mirrored: !self.mirrored,
            ..self
        }
    }

    /// This view of a picture of `from_px` as one of a picture of `to_px` that shows the same thing: the
    /// same part of it, as large on the screen.
    #[must_use]
    pub fn carried_over(self, from_px: Vec2, to_px: Vec2) -> Self {
        Self {
            zoom: self.zoom * from_px.x / to_px.x,
            centre: (self.centre.to_vec2() * to_px / from_px).to_pos2(),
            ..self
        }
    }

    /// This view of a photograph as one of the straightened document, or the other way round: the same place in
    /// the middle, as large on the screen. `there` finds a pixel of this picture in the other one.
    #[must_use]
    pub fn exchanged(self, there: impl Fn([f64; 2]) -> [f64; 2]) -> Self {
        let turned = Self {
            quarter_turns: self.other_turns,
            other_turns: self.quarter_turns,
            ..self
        };
        if self.fit {
            return turned;
        }
        let [x, y] = [self.centre.x, self.centre.y].map(f64::from);
        // How far a pixel to the right and one down go.
        let apart = |[x0, y0]: [f64; 2], [x1, y1]: [f64; 2]| [x1 - x0, y1 - y0];
        let right = apart(there([x - 0.5, y]), there([x + 0.5, y]));
        let down = apart(there([x, y - 0.5]), there([x, y + 0.5]));
        let scale = (right[0] * down[1] - right[1] * down[0]).abs().sqrt();
        let [x, y] = there([x, y]);
        Self {
            zoom: self.zoom / scale as f32,
            centre: pos2(x as f32, y as f32),
            ..turned
        }
    }

    /// From the picture's directions to the screen's.
    fn turned(self, v: Vec2) -> Vec2 {
        let v = turn(v, self.quarter_turns);
        if self.mirrored { vec2(-v.x, v.y) } else { v }
    }

    /// From the screen's directions to the picture's.
    fn turned_back(self, v: Vec2) -> Vec2 {
        let v = if self.mirrored { vec2(-v.x, v.y) } else { v };
        turn(v, (4 - self.quarter_turns) % 4)
    }
}

impl Placed {
    /// The camera, with what fitting and its limits made of it.
    #[must_use]
    pub fn camera(&self) -> Camera {
        self.camera
    }

    /// The picture's width and height in its pixels.
    #[must_use]
    pub fn size_px(&self) -> Vec2 {
        self.size_px
    }

    /// Screen pixels per picture pixel.
    #[must_use]
    pub fn zoom(&self) -> f32 {
        self.camera.zoom
    }

    /// From picture pixels to points of the screen.
    #[must_use]
    pub fn screen_from_image(&self, point: Pos2) -> Pos2 {
        let offset = self.camera.turned(point - self.camera.centre);
        self.panel_centre() + offset * self.points_per_image_px()
    }

    /// From points of the screen to picture pixels.
    #[must_use]
    pub fn image_from_screen(&self, point: Pos2) -> Pos2 {
        let offset = (point - self.panel_centre()) / self.points_per_image_px();
        self.camera.centre + self.camera.turned_back(offset)
    }

    /// The part of the picture that the panel shows, in picture pixels.
    #[must_use]
    pub fn visible_px(&self) -> Rect {
        let corners = [self.panel.left_top(), self.panel.right_bottom()]
            .map(|corner| self.image_from_screen(corner));
        Rect::from_two_pos(corners[0], corners[1])
            .intersect(Rect::from_min_size(Pos2::ZERO, self.size_px))
    }

    /// Closer or further by `factor`, with the point under `pointer` staying where it is.
    #[must_use]
    pub fn zoomed(&self, factor: f32, pointer: Pos2) -> Camera {
        let held = self.image_from_screen(pointer);
        let wanted = Camera {
            fit: false,
            zoom: self.camera.zoom * factor,
            ..self.camera
        };
        let zoom = wanted
            .place(self.size_px, self.panel, self.pixels_per_point)
            .zoom();
        let kept = (self.camera.centre - held) * (self.camera.zoom / zoom);
        Camera {
            zoom,
            centre: held + kept,
            ..wanted
        }
    }

    /// One picture pixel on one screen pixel, with the point under `pointer` staying where it is.
    #[must_use]
    pub fn one_to_one(&self, pointer: Pos2) -> Camera {
        self.zoomed(1.0 / self.camera.zoom, pointer)
    }

    /// The picture dragged by `delta` points.
    #[must_use]
    pub fn panned(&self, delta: Vec2) -> Camera {
        let moved = self.camera.turned_back(delta / self.points_per_image_px());
        Camera {
            fit: false,
            centre: self.camera.centre - moved,
            ..self.camera
        }
    }

    /// Where the middle of the picture area is.
    #[must_use]
    pub fn panel_centre(&self) -> Pos2 {
        // On whole screen pixels, so that 1:1 is not blurred by half a pixel.
        let snap = |v: f32| (v * self.pixels_per_point).round() / self.pixels_per_point;
        let centre = self.panel.center();
        pos2(snap(centre.x), snap(centre.y))
    }

    fn points_per_image_px(&self) -> f32 {
        self.camera.zoom / self.pixels_per_point
    }
}

fn fit_zoom(size_px: Vec2, panel: Rect, pixels_per_point: f32, quarter_turns: u8) -> f32 {
    let turned = if quarter_turns.is_multiple_of(2) {
        size_px
    } else {
        vec2(size_px.y, size_px.x)
    };
    let room = panel.size() * pixels_per_point;
    let zoom = (room.x / turned.x.max(1.0)).min(room.y / turned.y.max(1.0));
    // A small picture is not blown up unasked beyond what still looks like a picture.
    zoom.clamp(1e-4, 4.0)
}

fn turn(v: Vec2, quarter_turns: u8) -> Vec2 {
    match quarter_turns % 4 {
        0 => v,
        1 => vec2(-v.y, v.x),
        2 => -v,
        _ => vec2(v.y, -v.x),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Pos2, b: Pos2) -> bool {
        (a - b).length() < 0.01
    }

    const PANEL: Rect = Rect {
        min: pos2(100.0, 50.0),
        max: pos2(900.0, 650.0),
    };

    #[test]
    fn fitting_shows_all_of_it_whichever_way_up() {
        for quarter_turns in 0..4 {
            let camera = Camera {
                quarter_turns,
                ..Camera::default()
            };
            let placed = camera.place(vec2(4000.0, 3000.0), PANEL, 1.0);
            let visible = placed.visible_px();
            assert!(near(visible.min, Pos2::ZERO), "{visible:?}");
            assert!(near(visible.max, pos2(4000.0, 3000.0)), "{visible:?}");
        }
    }

    #[test]
    fn screen_and_image_are_inverse() {
        for (quarter_turns, mirrored) in (0..4).flat_map(|turns| [(turns, false), (turns, true)]) {
            let camera = Camera {
                fit: false,
                zoom: 2.5,
                centre: pos2(700.0, 900.0),
                quarter_turns,
                mirrored,
                ..Camera::default()
            };
            let placed = camera.place(vec2(4000.0, 3000.0), PANEL, 1.5);
            let point = pos2(1234.0, 567.0);
            let back = placed.image_from_screen(placed.screen_from_image(point));
            assert!(near(back, point), "{back:?}");
        }
    }

    #[test]
    fn a_quarter_turn_to_the_right_takes_the_top_to_the_right() {
        for camera in [Camera::default(), Camera::default().flipped()] {
            let placed = camera.rotated().place(vec2(100.0, 100.0), PANEL, 1.0);
            let top = placed.screen_from_image(pos2(50.0, 0.0));
            assert!(top.x > PANEL.center().x && (top.y - PANEL.center().y).abs() < 0.01);
        }
    }

    #[test]
    fn a_mirror_exchanges_left_and_right_of_the_screen_whichever_way_up() {
        for quarter_turns in 0..4 {
            let camera = Camera {
                quarter_turns,
                ..Camera::default()
            };
            let place = |camera: Camera| camera.place(vec2(100.0, 80.0), PANEL, 1.0);
            let plain = place(camera).screen_from_image(pos2(10.0, 20.0));
            let mirrored = place(camera.flipped()).screen_from_image(pos2(10.0, 20.0));
            let expected = pos2(2.0 * PANEL.center().x - plain.x, plain.y);
            assert!(near(mirrored, expected), "{mirrored:?}");
        }
    }

    #[test]
    fn a_view_carried_over_shows_the_same_part_as_large() {
        let (from_px, to_px) = (vec2(1000.0, 600.0), vec2(500.0, 300.0));
        let camera = Camera {
            fit: false,
            zoom: 2.0,
            centre: pos2(100.0, 90.0),
            ..Camera::default()
        };
        let over = camera.carried_over(from_px, to_px);
        let [here, there] = [
            camera.place(from_px, PANEL, 1.0),
            over.place(to_px, PANEL, 1.0),
        ];
        let corner = here.screen_from_image(pos2(150.0, 30.0));
        assert!(near(there.screen_from_image(pos2(75.0, 15.0)), corner));
    }

    #[test]
    fn the_point_under_the_pointer_stays_when_zooming() {
        let size_px = vec2(4000.0, 3000.0);
        let pointer = pos2(300.0, 200.0);
        for quarter_turns in 0..4 {
            let camera = Camera {
                quarter_turns,
                ..Camera::default()
            };
            let placed = camera.place(size_px, PANEL, 2.0);
            let held = placed.image_from_screen(pointer);
            let closer = placed.zoomed(8.0, pointer).place(size_px, PANEL, 2.0);
            assert!(near(closer.image_from_screen(pointer), held));
            let pixels = placed.one_to_one(pointer).place(size_px, PANEL, 2.0);
            assert!((pixels.zoom() - 1.0).abs() < 1e-5);
            assert!(near(pixels.image_from_screen(pointer), held));
        }
    }

    #[test]
    fn zoom_ends_at_single_pixels_and_before_a_speck() {
        let size_px = vec2(4000.0, 3000.0);
        let placed = Camera::default().place(size_px, PANEL, 1.0);
        let close = placed
            .zoomed(1e6, PANEL.center())
            .place(size_px, PANEL, 1.0);
        assert!((close.zoom() - MAX_ZOOM).abs() < 1e-3);
        let far = placed
            .zoomed(1e-6, PANEL.center())
            .place(size_px, PANEL, 1.0);
        assert!((far.zoom() - placed.zoom() / 4.0).abs() < 1e-6);
    }

    #[test]
    fn dragging_moves_the_picture_with_the_hand() {
        let size_px = vec2(4000.0, 3000.0);
        let camera = Camera {
            fit: false,
            zoom: 1.0,
            centre: pos2(2000.0, 1500.0),
            quarter_turns: 1,
            mirrored: true,
            ..Camera::default()
        };
        let placed = camera.place(size_px, PANEL, 1.0);
        let grabbed = placed.image_from_screen(PANEL.center());
        let moved = placed.panned(vec2(30.0, -20.0)).place(size_px, PANEL, 1.0);
        let now = moved.screen_from_image(grabbed);
        assert!(near(now, PANEL.center() + vec2(30.0, -20.0)), "{now:?}");
    }
}
