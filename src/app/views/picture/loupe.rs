//! The loupe: a square around the pointer in which single pixels are plain, with the place and the
//! colour of the one in its middle.

use eframe::egui::{Align2, Pos2, Rect, Stroke, StrokeKind, TextStyle, Ui, Vec2, pos2};

use super::super::super::camera::Camera;
use super::super::super::ground::Ground;
use super::super::super::textures::{PictureId, Pyramid, TileKey};
use super::super::super::theme::{self, palette};
use super::{PaneView, PictureView, over, paint};
use crate::words::words;

/// The loupe's side in points.
const SIDE: f32 = 208.0;

/// Draws the loupe at the pointer; gives back the tiles that it needs.
pub(super) fn loupe_ui(
    ui: &Ui,
    view: &PictureView<'_>,
    pane: &PaneView<'_>,
    ground: &Ground,
    (id, picture): (PictureId, &Pyramid),
    pointer: Pos2,
) -> Vec<TileKey> {
    let colours = palette(ui);
    let rect = Rect::from_center_size(pointer, Vec2::splat(SIDE));
    let camera = Camera {
        fit: false,
        // A view that is closer already is not made smaller.
        zoom: view.look.power.max(ground.placed.zoom()),
        centre: ground.placed.image_from_screen(pointer),
        ..ground.placed.camera()
    };
    let near = camera.place(super::size_of(picture), rect, ui.pixels_per_point());
    let tiles = picture.tiles(id, near.visible_px(), near.zoom());
    ui.painter().rect_filled(rect, 4.0, colours.canvas);
    paint::tiles(ui, rect, &near, &tiles, view.textures);
    for (width, colour) in [(3.0, colours.outline_edge), (1.0, colours.outline)] {
        let stroke = Stroke::new(width, colour);
        ui.painter()
            .rect_stroke(rect, 4.0, stroke, StrokeKind::Inside);
    }
    // The pixel of the numbers, framed.
    let pixel = camera.centre.floor();
    let corners = [pixel, pixel + Vec2::splat(1.0)].map(|corner| near.screen_from_image(corner));
    let frame = Rect::from_two_pos(corners[0], corners[1]);
    for (width, colour) in [(3.0, colours.outline_edge), (1.0, colours.outline)] {
        let stroke = Stroke::new(width, colour);
        ui.painter()
            .rect_stroke(frame, 0.0, stroke, StrokeKind::Outside);
    }
    let text = format!("{:.0}×  {}", near.zoom(), numbers(pane, ground, pointer));
    let at = pos2(rect.center().x, rect.bottom() - theme::GAP);
    over::label_ui(ui, at, Align2::CENTER_BOTTOM, TextStyle::Monospace, &text);
    let below = Rect::from_min_max(pos2(rect.left(), at.y - theme::GAP), rect.max);
    over::say(ui, below, "loupe", &words!("loupe", text = text));
    tiles.into_iter().map(|tile| tile.key).collect()
}

/// Place and colour of the photograph's own pixel under the pointer, whatever lens lies over it.
fn numbers(pane: &PaneView<'_>, ground: &Ground, pointer: Pos2) -> String {
    let [x, y] = ground.photo_from_screen(pointer).map(f64::floor);
    let pixels = pane.photo.as_deref().and_then(Pyramid::pixels);
    let inside = x >= 0.0 && y >= 0.0;
    let pixel = pixels
        .filter(|_| inside)
        .and_then(|pixels| pixels.get_pixel_checked(x as u32, y as u32));
    match pixel {
        Some(image::Rgb([r, g, b])) => format!("x {x} y {y}\nR {r} G {g} B {b}"),
        None => words!("loupe.outside").to_owned(),
    }
}
