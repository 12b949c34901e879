//! The picture's tiles, and what was found in it.

use eframe::egui::{
    Align2, Color32, Mesh, Rect, Shape, Stroke, TextStyle, Ui, epaint::Vertex, vec2,
};

use super::super::super::camera::Placed;
use super::super::super::ground::Ground;
use super::super::super::textures::{Textures, Tile, whole_uv};
use super::super::super::theme::{self, palette};
use super::{PaneView, over};
use crate::case::{Evidence, Quad};
use crate::words::words;

/// The tiles that were made already.
pub(super) fn tiles(ui: &Ui, panel: Rect, placed: &Placed, tiles: &[Tile], textures: &Textures) {
    let painter = ui.painter().with_clip_rect(panel.intersect(ui.clip_rect()));
    for tile in tiles {
        let Some(texture) = textures.tile(&tile.key) else {
            continue;
        };
        let uv = whole_uv();
        let mut mesh = Mesh::with_texture(texture);
        mesh.vertices = [
            (tile.image_px.left_top(), uv.left_top()),
            (tile.image_px.right_top(), uv.right_top()),
            (tile.image_px.right_bottom(), uv.right_bottom()),
            (tile.image_px.left_bottom(), uv.left_bottom()),
        ]
        .into_iter()
        .map(|(image_px, uv)| Vertex {
            pos: placed.screen_from_image(image_px),
            uv,
            color: Color32::WHITE,
        })
        .collect();
        mesh.indices = vec![0, 1, 2, 0, 2, 3];
        painter.add(Shape::mesh(mesh));
    }
}

/// The document and its portrait, each with its name.
pub(super) fn outlines(ui: &Ui, ground: &Ground, pane: &PaneView<'_>) {
    // A straightened document is all of its picture.
    let document = pane.quad.filter(|_| ground.straight.is_none());
    for (quad, name) in [
        (document, words!("outline-document")),
        (pane.portrait, words!("outline-portrait")),
    ] {
        if let Some(quad) = quad {
            outline(ui, ground, &quad, name);
        }
    }
}

fn outline(ui: &Ui, ground: &Ground, quad: &Quad, name: &str) {
    let colours = palette(ui);
    let painter = ui.painter();
    let corners = quad.0.map(|corner| ground.screen_from_photo(corner));
    for (width, colour) in [(4.0, colours.outline_edge), (1.5, colours.outline)] {
        painter.add(Shape::closed_line(
            corners.to_vec(),
            Stroke::new(width, colour),
        ));
    }
    // Its own top left corner, so that a turned document shows.
    let first = corners[0];
    painter.circle_filled(first, 5.0, colours.outline_edge);
    painter.circle_filled(first, 3.5, colours.outline);
    // Inside, where the picture's edge does not cut it off.
    let at = Rect::from_points(&corners).left_top() + vec2(theme::GAP_SMALL, theme::GAP_SMALL);
    over::label_ui(ui, at, Align2::LEFT_TOP, TextStyle::Small, name);
}

/// Each field of the document in the colour of what its window said, stronger where it was surer, with
/// the number in it where there is room.
pub(super) fn evidence(ui: &Ui, ground: &Ground, quad: &Quad, evidence: &Evidence) {
    let colours = palette(ui);
    let painter = ui.painter();
    for (field, live_percent) in evidence.fields(quad) {
        let corners = field.0.map(|corner| ground.screen_from_photo(corner));
        let colour = match live_percent {
            0..50 => colours.bad,
            _ => colours.good,
        };
        let sure = (f32::from(live_percent) - 50.0).abs() / 50.0;
        painter.add(Shape::convex_polygon(
            corners.to_vec(),
            colour.gamma_multiply(0.45 * sure),
            Stroke::new(1.0, colours.outline_edge),
        ));
        let bounds = Rect::from_points(&corners);
        let font = TextStyle::Monospace.resolve(ui.style());
        if bounds.width() > 2.5 * font.size && bounds.height() > 1.5 * font.size {
            let text = painter.layout_no_wrap(live_percent.to_string(), font, colours.on_picture);
            let at = bounds.center() - text.size() / 2.0;
            let behind = Rect::from_min_size(at, text.size()).expand(2.0);
            painter.rect_filled(behind, 2.0, colours.outline_edge);
            painter.galley(at, text, colours.on_picture);
        }
    }
}
