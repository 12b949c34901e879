//! The picture in the middle: zoom to single pixels, pan, turn, both sides, the outline of what was
//! found.

use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{
    Button, Color32, CursorIcon, Mesh, PointerButton, Pos2, Rect, Response, RichText, Role, Sense,
    Shape, Stroke, TextStyle, Ui, UiBuilder, WidgetInfo, epaint::Vertex, pos2, vec2,
};

use super::super::actions::{Action, Command};
use super::super::camera::{Camera, Placed};
use super::super::textures::{PictureId, Pyramid, Textures, Tile, TileKey, whole_uv};
use super::super::theme::{self, palette};
use super::parts::{command_button_ui, side_title};
use crate::case::{CheckKind, Evidence, PictureRecord, Quad, Side};
use crate::lens::Lens;

/// What can be said of the picture on screen.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// The case has no picture at all.
    NoPicture,
    /// It is being decoded.
    Decoding,
    /// It cannot be shown, and why.
    Broken(&'a str),
    /// Here it is.
    Ready(PictureId, &'a Pyramid),
}

/// What the view shows.
#[derive(Clone, Copy)]
pub struct PictureView<'a> {
    /// The sides that the case has pictures of.
    pub pictures: &'a [PictureRecord],
    /// The side on screen.
    pub side: Side,
    /// Its pixels.
    pub shown: Shown<'a>,
    /// Where the document lies, by the latest run of our engine.
    pub quad: Option<Quad>,
    /// Where its portrait was found.
    pub portrait: Option<Quad>,
    /// Whether its outline is drawn.
    pub outline: bool,
    /// Whether some check says where its probability comes from.
    pub has_evidence: bool,
    /// The check whose evidence lies over the picture.
    pub evidence: Option<(CheckKind, &'a Evidence)>,
    /// What the picture is to be seen through.
    pub lens: Option<Lens>,
    /// The picture itself is asked for, for a moment.
    pub peeks: bool,
    /// Where the eye is.
    pub camera: Camera,
    /// Where tiles are.
    pub textures: &'a Textures,
}

/// What came of drawing it.
#[derive(Debug, Default)]
pub struct PictureSeen {
    /// What was asked for.
    pub actions: Vec<Action>,
    /// The tiles in sight, made or not.
    pub tiles: Vec<TileKey>,
    /// The camera as it was placed, for the keys that move it.
    pub placed: Option<Placed>,
}

/// Draws the picture and the buttons above it.
#[must_use]
pub fn picture_ui(ui: &mut Ui, view: &PictureView<'_>) -> PictureSeen {
    let mut seen = PictureSeen::default();
    let bar = ui.horizontal(|ui| {
        ui.set_min_height(ui.spacing().interact_size.y);
        side_buttons_ui(ui, view, &mut seen);
        ui.separator();
        let ready = matches!(view.shown, Shown::Ready(..));
        for command in [
            Command::Fit,
            Command::OneToOne,
            Command::ZoomOut,
            Command::ZoomIn,
            Command::Rotate,
        ] {
            let text = match command {
                Command::ZoomOut => "−",
                Command::ZoomIn => "+",
                other => other.label(),
            };
            seen.actions
                .extend(small_button_ui(ui, command, text, ready));
        }
        let outlined = view.outline && view.quad.is_some();
        let nothing_found = "No document was found in this picture";
        let outline = (
            Command::Outline,
            outlined,
            view.quad.is_some(),
            nothing_found,
        );
        let nothing_said = "No check of this side says where its probability comes from";
        let evidence = (
            Command::Evidence,
            view.evidence.is_some(),
            view.has_evidence,
            nothing_said,
        );
        for (command, on, possible, why_not) in [outline, evidence] {
            let button = ui
                .add_enabled(possible, Button::selectable(on, command.label()))
                .on_hover_text(command.tooltip())
                .on_disabled_hover_text(why_not);
            if button.clicked() {
                seen.actions.push(Action::Do(command));
            }
        }
        lens_menu_ui(ui, view, &mut seen);
        ui.available_rect_before_wrap()
    });
    let rest_of_bar = bar.inner;
    ui.add_space(theme::GAP_SMALL);
    let (panel, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
    ui.painter().rect_filled(panel, 4.0, palette(ui).canvas);
    match view.shown {
        Shown::NoPicture => message_ui(ui, panel, "This case came without a picture"),
        Shown::Decoding => message_ui(ui, panel, "Decoding…"),
        Shown::Broken(reason) => message_ui(ui, panel, reason),
        Shown::Ready(id, picture) => {
            let size_px = picture.size_px();
            let placed = view.camera.place(
                vec2(size_px[0] as f32, size_px[1] as f32),
                panel,
                ui.pixels_per_point(),
            );
            zoom_text_ui(ui, rest_of_bar, &placed, size_px);
            let tiles = picture.tiles(id, placed.visible_px(), placed.zoom());
            paint_tiles(ui, panel, &placed, &tiles, view.textures);
            for quad in [view.quad, view.portrait].into_iter().flatten() {
                if view.outline {
                    paint_outline(ui, panel, &placed, &quad);
                }
            }
            if let (Some(quad), Some((_, evidence))) = (view.quad, view.evidence) {
                paint_evidence(ui, panel, &placed, &quad, evidence);
            }
            let words = words_over(view, id);
            if !words.is_empty() {
                words_ui(ui, panel, words.join("\n"));
            }
            seen.tiles = tiles.into_iter().map(|tile| tile.key).collect();
            seen.actions.extend(moves(ui, &response, &placed));
            seen.placed = Some(placed);
        }
    }
    describe(view, &response, seen.placed.as_ref());
    seen
}

fn side_buttons_ui(ui: &mut Ui, view: &PictureView<'_>, seen: &mut PictureSeen) {
    for side in Side::ALL {
        let there = view.pictures.iter().any(|picture| picture.side == side);
        let button = Button::selectable(there && side == view.side, side_title(side));
        let response = ui
            .add_enabled(there, button)
            .on_hover_text(Command::OtherSide.tooltip())
            .on_disabled_hover_text("The case has no picture of this side");
        if response.clicked() && side != view.side {
            seen.actions.push(Action::Do(Command::OtherSide));
        }
    }
}

fn small_button_ui(ui: &mut Ui, command: Command, text: &str, enabled: bool) -> Option<Action> {
    if text == command.label() {
        return command_button_ui(ui, command, enabled);
    }
    let response = ui
        .add_enabled(enabled, Button::new(text))
        .on_hover_text(command.tooltip());
    super::parts::name(ui, &response, command.label());
    response.clicked().then_some(Action::Do(command))
}

fn lens_menu_ui(ui: &mut Ui, view: &PictureView<'_>, seen: &mut PictureSeen) {
    let button = Button::new("Lens").selected(view.lens.is_some());
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        let lenses = Lens::ALL.into_iter().map(Some);
        for lens in std::iter::once(None).chain(lenses) {
            let text = lens.map_or("The picture itself", Lens::title);
            let radio = ui.radio(view.lens == lens, text);
            if radio.clicked() {
                seen.actions.push(Action::LookThrough(lens));
                ui.close();
            }
        }
    });
    response.on_hover_text("See what eyes miss: fine texture, colour alone and more (L)");
}

fn zoom_text_ui(ui: &mut Ui, rest_of_bar: Rect, placed: &Placed, size_px: [u32; 2]) {
    let percent = placed.zoom() * 100.0;
    let zoom = if percent < 10.0 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    };
    let mut text = format!("{} × {} px at {zoom}", size_px[0], size_px[1]);
    if rest_of_bar.width() < 200.0 {
        text = zoom;
    }
    if rest_of_bar.width() < 40.0 {
        return;
    }
    let builder =
        UiBuilder::new()
            .max_rect(rest_of_bar)
            .layout(eframe::egui::Layout::right_to_left(
                eframe::egui::Align::Center,
            ));
    ui.scope_builder(builder, |ui| {
        ui.label(RichText::new(text).small().color(palette(ui).weak));
    });
}

fn message_ui(ui: &mut Ui, panel: Rect, text: &str) {
    let inner = panel.shrink(theme::GAP_LARGE);
    let builder = UiBuilder::new().max_rect(inner);
    ui.scope_builder(builder, |ui| {
        ui.centered_and_justified(|ui| ui.label(text));
    });
}

fn paint_tiles(ui: &Ui, panel: Rect, placed: &Placed, tiles: &[Tile], textures: &Textures) {
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

fn paint_outline(ui: &Ui, panel: Rect, placed: &Placed, quad: &Quad) {
    let colours = palette(ui);
    let painter = ui.painter().with_clip_rect(panel.intersect(ui.clip_rect()));
    let corners: Vec<Pos2> = quad
        .0
        .iter()
        .map(|&[x, y]| placed.screen_from_image(pos2(x as f32, y as f32)))
        .collect();
    for (width, colour) in [(4.0, colours.outline_edge), (1.5, colours.outline)] {
        painter.add(Shape::closed_line(
            corners.clone(),
            Stroke::new(width, colour),
        ));
    }
    // Its own top left corner, so that a turned document shows.
    if let Some(&first) = corners.first() {
        painter.circle_filled(first, 5.0, colours.outline_edge);
        painter.circle_filled(first, 3.5, colours.outline);
    }
}

/// Each field of the document in the colour of what its window said, stronger where it was surer, with
/// the number in it where there is room.
fn paint_evidence(ui: &Ui, panel: Rect, placed: &Placed, quad: &Quad, evidence: &Evidence) {
    let colours = palette(ui);
    let painter = ui.painter().with_clip_rect(panel.intersect(ui.clip_rect()));
    for (field, live_percent) in evidence.fields(quad) {
        let corners = field
            .0
            .map(|[x, y]| placed.screen_from_image(pos2(x as f32, y as f32)));
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

/// What the lens shows and what the numbers over the picture mean.
fn words_over(view: &PictureView<'_>, shown: PictureId) -> Vec<String> {
    let mut words = Vec::new();
    match view.lens {
        _ if view.peeks => {}
        Some(lens) if shown.lens == Some(lens) => {
            words.push(format!("{}: {}", lens.title(), lens.words()));
        }
        Some(lens) => words.push(format!("{}: being worked out…", lens.title())),
        None => {}
    }
    if let Some((kind, _)) = view.evidence {
        words.push(format!(
            "{}: how live each part looks by itself, 0 to 100. Each number comes from a small window in \
             the middle of its field; one alone proves little",
            kind.title()
        ));
    }
    words
}

/// Words over the picture's lower edge.
fn words_ui(ui: &mut Ui, panel: Rect, text: String) {
    let colours = palette(ui);
    let font = TextStyle::Small.resolve(ui.style());
    let width = panel.width() - 2.0 * theme::GAP;
    let text = ui.painter().layout(text, font, colours.on_picture, width);
    let size = text.size();
    let at = panel.left_bottom() + vec2(theme::GAP, -theme::GAP - size.y);
    let words = Rect::from_min_size(at, size);
    ui.painter()
        .rect_filled(words.expand(theme::GAP_SMALL), 3.0, colours.outline_edge);
    ui.painter().galley(at, text.clone(), colours.on_picture);
    // Painted text has no name of its own for those who have it read out.
    let label = ui.interact(
        words,
        ui.scope_id().with("words over the picture"),
        Sense::hover(),
    );
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.text()));
}

/// Wheel, drag and double click.
fn moves(ui: &Ui, response: &Response, placed: &Placed) -> Option<Action> {
    if response.hovered() {
        ui.ctx().set_cursor_icon(if response.dragged() {
            CursorIcon::Grabbing
        } else {
            CursorIcon::Grab
        });
    }
    let pointer = response.hover_pos().unwrap_or(response.rect.center());
    if response.double_clicked() {
        let camera = if placed.camera().fit {
            placed.one_to_one(pointer)
        } else {
            Camera {
                fit: true,
                ..placed.camera()
            }
        };
        return Some(Action::Look(camera));
    }
    let dragged =
        response.dragged_by(PointerButton::Primary) || response.dragged_by(PointerButton::Middle);
    let delta = response.drag_delta();
    if dragged && delta != eframe::egui::Vec2::ZERO {
        return Some(Action::Look(placed.panned(delta)));
    }
    if response.contains_pointer() {
        let (scrolled, pinched) =
            ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let factor = pinched * (scrolled * WHEEL_ZOOM).exp();
        if (factor - 1.0).abs() > 1e-4 {
            return Some(Action::Look(placed.zoomed(factor, pointer)));
        }
    }
    None
}

/// Zoom per point scrolled: a notch of a mouse wheel is about 40 points and zooms by a quarter.
const WHEEL_ZOOM: f32 = 0.0055;

fn describe(view: &PictureView<'_>, response: &Response, placed: Option<&Placed>) {
    let side = side_title(view.side);
    response.widget_info(|| {
        let text = match (view.shown, placed) {
            (Shown::Ready(_, picture), Some(placed)) => {
                let [width, height] = picture.size_px();
                format!(
                    "{side} of the document, {width} by {height} pixels, at {:.0} %",
                    placed.zoom() * 100.0
                )
            }
            (Shown::Broken(reason), _) => format!("{side}: {reason}"),
            (Shown::NoPicture, _) => "No picture".to_owned(),
            (Shown::Decoding | Shown::Ready(..), _) => format!("{side} is being decoded"),
        };
        WidgetInfo::labeled(Role::Image, true, text)
    });
}
