//! What a hand does over the picture: wheel, drag and double click.

use eframe::egui::{CursorIcon, PointerButton, Response, Ui, Vec2};

use super::super::super::actions::Action;
use super::super::super::camera::{Camera, Placed};
use super::super::super::look::Look;
use super::Pane;

/// Zoom per point scrolled: a notch of a mouse wheel is about 40 points and zooms by a quarter.
const WHEEL_ZOOM: f32 = 0.0055;

/// What came of a hand's move.
pub(super) enum Moved {
    /// The eye is elsewhere.
    Camera(Camera),
    /// The loupe has another power.
    Power(f32),
}

impl Moved {
    /// What is asked for by it.
    pub(super) fn action(self, pane: Pane) -> Action {
        match self {
            Self::Camera(camera) => Action::Look(pane, camera),
            Self::Power(power) => Action::Magnify(power),
        }
    }
}

/// Wheel, drag and double click. Under the loupe the wheel is the loupe's, and while a mark is drawn the
/// left button is the mark's.
pub(super) fn moves(
    ui: &Ui,
    look: &Look,
    draws: bool,
    response: &Response,
    placed: &Placed,
) -> Option<Moved> {
    if response.hovered() {
        let cursor = match response.dragged() && !draws {
            true => CursorIcon::Grabbing,
            false if draws || look.loupe => CursorIcon::Crosshair,
            false => CursorIcon::Grab,
        };
        ui.ctx().set_cursor_icon(cursor);
    }
    let pointer = response.hover_pos().unwrap_or(response.rect.center());
    if response.double_clicked() && !draws {
        let camera = if placed.camera().fit {
            placed.one_to_one(pointer)
        } else {
            Camera {
                fit: true,
                ..placed.camera()
            }
        };
        return Some(Moved::Camera(camera));
    }
    let dragged = response.dragged_by(PointerButton::Middle)
        || response.dragged_by(PointerButton::Primary) && !draws;
    let delta = response.drag_delta();
    if dragged && delta != Vec2::ZERO {
        return Some(Moved::Camera(placed.panned(delta)));
    }
    if response.contains_pointer() {
        let (scrolled, pinched) =
            ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let factor = pinched * (scrolled * WHEEL_ZOOM).exp();
        if (factor - 1.0).abs() > 1e-4 {
            return Some(if look.loupe {
                Moved::Power(look.power * factor)
            } else {
                Moved::Camera(placed.zoomed(factor, pointer))
            });
        }
    }
    None
}
