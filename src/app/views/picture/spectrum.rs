//! The spectrum of the middle of the view, in a corner, with its window framed in the picture.

use eframe::egui::{Align2, Pos2, Rect, Stroke, StrokeKind, TextStyle, Ui, Vec2, pos2, vec2};

use super::super::super::camera::Placed;
use super::super::super::textures::{PictureId, whole_uv};
use super::super::super::theme::{self, palette};
use super::{Pane, PictureView, SpectrumView, over};
use crate::lens::spectrum::{Peak, SIDE_PX};
use crate::words::words;

/// The spectrum's side in points.
const SIDE: f32 = 200.0;

/// The spectrum that belongs to what a pane shows.
pub(super) fn of<'a>(
    view: &'a PictureView<'_>,
    which: Pane,
    shown: PictureId,
) -> Option<&'a SpectrumView<'a>> {
    let without_lens = PictureId {
        lens: None,
        ..shown
    };
    let of_shown = |local: &&SpectrumView<'_>| local.picture == without_lens;
    let local = view.spectrum.as_ref().filter(of_shown);
    local.filter(|_| which == Pane::Main && !view.peeks)
}

/// Draws it.
pub(super) fn paint(ui: &Ui, placed: &Placed, local: &SpectrumView<'_>) {
    let colours = palette(ui);
    let painter = ui.painter();
    let origin = pos2(local.origin[0] as f32, local.origin[1] as f32);
    let corners = [origin, origin + Vec2::splat(SIDE_PX as f32)];
    let window = corners.map(|corner| placed.screen_from_image(corner));
    let area = ui.max_rect();
    // Under the name of a picture that has another one beside it.
    let corner = area.right_top() + vec2(-theme::GAP - SIDE, 4.0 * theme::GAP);
    let inset = Rect::from_min_size(corner, Vec2::splat(SIDE));
    for rect in [Rect::from_two_pos(window[0], window[1]), inset] {
        for (width, colour) in [(3.0, colours.outline_edge), (1.0, colours.outline)] {
            painter.rect_stroke(rect, 0.0, Stroke::new(width, colour), StrokeKind::Outside);
        }
    }
    painter.image(local.texture, inset, whole_uv(), colours.on_picture);
    for peak in local.peaks {
        let at = |[x, y]: [u32; 2]| -> Pos2 {
            let part = vec2(x as f32 + 0.5, y as f32 + 0.5) / SIDE_PX as f32;
            inset.min + part * SIDE
        };
        let opposite = peak.at.map(|at| (SIDE_PX as u32 - at) % SIDE_PX as u32);
        for place in [at(peak.at), at(opposite)] {
            painter.circle_stroke(place, 5.0, Stroke::new(1.5, colours.mark));
        }
        let text = format!("{:.1}", peak.period_px);
        let beside = at(peak.at) + vec2(0.0, 7.0);
        over::label_ui(ui, beside, Align2::CENTER_TOP, TextStyle::Small, &text);
    }
}

/// What it shows, in words.
pub(super) fn sentence(peaks: &[Peak]) -> String {
    let one = |peak: &Peak| {
        let (period, degrees) = (
            format!("{:.1}", peak.period_px),
            format!("{:.0}", peak.degrees),
        );
        words!("spectrum-peak", period = period, degrees = degrees)
    };
    let found = match peaks {
        [] => words!("spectrum-no-peak").to_owned(),
        _ => peaks.iter().map(one).collect::<Vec<_>>().join(", "),
    };
    words!("spectrum-found", found = found)
}
