//! What a reviewer draws over the picture: boxes, arrows, words.

use eframe::egui::{
    Align2, Id, PointerButton, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind,
    TextEdit, TextStyle, Ui, WidgetInfo, vec2,
};

use super::super::super::actions::{Action, Command};
use super::super::super::ground::Ground;
use super::super::super::look::{Draft, Tool};
use super::super::super::textures::PictureId;
use super::super::super::theme::palette;
use super::super::parts::{describe_key, name};
use super::{PaneView, PictureView, over};
use crate::case::{Mark, MarkShape, MarkView, Quad};
use crate::lens::Lens;
use crate::words::words;

/// A drag shorter than this, in points, was none.
const LEAST_DRAG: f32 = 4.0;
/// The length of an arrow's head in points.
const HEAD: f32 = 12.0;
/// The width of the field for words, in points.
const FIELD_WIDTH: f32 = 180.0;

/// The id of the mark that was drawn at this place of their order.
#[must_use]
pub fn mark_id(at: usize) -> Id {
    Id::unique(("mark", at))
}

/// Draws the marks of this side. Each has a name and can be gone to with the Tab key, and lets the pointer through.
pub(super) fn marks_ui(ui: &Ui, ground: &Ground, pane: &PaneView<'_>) {
    let marks = pane.marks.iter().enumerate();
    for (at, mark) in marks.filter(|(_, mark)| mark.side == pane.side) {
        let bounds = paint_shape(ui, ground, &mark.shape);
        // One out of sight waits at the edge.
        let [min, max] = [bounds.min, bounds.max].map(|corner| ui.clip_rect().clamp(corner));
        let reached = Rect::from_min_max(min, max);
        let response = ui.interact(reached, mark_id(at), Sense::focusable_noninteractive());
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsSymbol, true, said(&mark.shape)));
        describe_key(ui, &response, Command::DeleteMark);
        if response.has_focus() {
            let colours = palette(ui);
            for (width, colour) in [(5.0, colours.outline_edge), (2.0, colours.accent)] {
                let stroke = Stroke::new(width, colour);
                ui.painter()
                    .rect_stroke(reached, 4.0, stroke, StrokeKind::Inside);
            }
        }
    }
}

/// What a mark is and where it lies, in whole pixels of the photograph.
fn said(shape: &MarkShape) -> String {
    let place = |[x, y]: [f64; 2]| format!("{x:.0}, {y:.0}");
    match shape {
        MarkShape::Box { corners } => {
            let [left, top, right, bottom] = corners.bounds_px();
            let [from, to] = [[left, top], [right, bottom]].map(place);
            words!("mark-box", from = from, to = to)
        }
        MarkShape::Arrow { from, to } => {
            words!("mark-arrow", from = place(*from), to = place(*to))
        }
        MarkShape::Text { at, text } => {
            words!("mark-text", text = text.as_str(), at = place(*at))
        }
    }
}

/// Draws the mark that is in hand, and asks for it to be kept once it is done.
pub(super) fn draw_ui(
    ui: &mut Ui,
    view: &PictureView<'_>,
    ground: &Ground,
    response: &Response,
    shown: PictureId,
) -> Option<Action> {
    if let Some(draft) = view.draft {
        return write_ui(ui, view, ground, draft, shown);
    }
    match view.look.tool? {
        Tool::Text => {
            let at = response
                .interact_pointer_pos()
                .filter(|_| response.clicked())?;
            Some(Action::EditDraft(Some(Draft {
                at: ground.photo_from_screen(at),
                text: String::new(),
            })))
        }
        tool @ (Tool::Box | Tool::Arrow) => {
            let from = ui.input(|input| input.pointer.press_origin());
            let to = response.interact_pointer_pos();
            let ends = response.drag_stopped_by(PointerButton::Primary);
            if !ends && !response.dragged_by(PointerButton::Primary) {
                return None;
            }
            // The press is forgotten in the frame in which the button is let go.
            let kept = ui.scope_id().with("mark-begins");
            let from = from.or_else(|| ui.data(|data| data.get_temp(kept)))?;
            ui.data_mut(|data| data.insert_temp(kept, from));
            let to = to.filter(|to| (*to - from).length() > LEAST_DRAG)?;
            let shape = shape(tool, ground, from, to);
            if ends {
                return Some(Action::KeepMark(mark(view, ground, shown, shape)));
            }
            paint_shape(ui, ground, &shape);
            None
        }
    }
}

fn shape(tool: Tool, ground: &Ground, from: Pos2, to: Pos2) -> MarkShape {
    let photo = |point| ground.photo_from_screen(point);
    if tool == Tool::Arrow {
        return MarkShape::Arrow {
            from: photo(from),
            to: photo(to),
        };
    }
    let rect = Rect::from_two_pos(from, to);
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
    ];
    MarkShape::Box {
        corners: Quad(corners.map(photo)),
    }
}

fn mark(view: &PictureView<'_>, ground: &Ground, shown: PictureId, shape: MarkShape) -> Mark {
    Mark {
        side: view.main.side,
        shape,
        view: MarkView {
            lens: shown.lens.map(|lens| Lens::name(lens).to_owned()),
            straightened: shown.straight.is_some(),
            zoom: f64::from(ground.placed.zoom()),
            centre: ground.photo_from_screen(ground.placed.panel_centre()),
        },
    }
}

/// The field in which words are written; Enter keeps them, and so does a click elsewhere.
fn write_ui(
    ui: &mut Ui,
    view: &PictureView<'_>,
    ground: &Ground,
    draft: &Draft,
    shown: PictureId,
) -> Option<Action> {
    let at = ground.screen_from_photo(draft.at);
    let rect = Rect::from_min_size(at, vec2(FIELD_WIDTH, ui.spacing().interact_size.y));
    let mut text = draft.text.clone();
    let id = Id::unique("words-over-picture");
    let field = TextEdit::singleline(&mut text).id(id).char_limit(200);
    let response = ui.put(rect, field);
    name(ui, &response, words!("picture-words"));
    if response.lost_focus() {
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Some(Action::EditDraft(None));
        }
        let shape = MarkShape::Text { at: draft.at, text };
        return Some(Action::KeepMark(mark(view, ground, shown, shape)));
    }
    if !response.has_focus() {
        response.request_focus();
    }
    let draft = Draft { at: draft.at, text };
    response.changed().then_some(Action::EditDraft(Some(draft)))
}

/// Paints a mark; gives back the room that it takes.
fn paint_shape(ui: &Ui, ground: &Ground, shape: &MarkShape) -> Rect {
    let colours = palette(ui);
    let screen = |point| ground.screen_from_photo(point);
    let painter = ui.painter();
    let points = match shape {
        MarkShape::Box { corners } => corners.0.map(screen).to_vec(),
        MarkShape::Arrow { from, to } => vec![screen(*from), screen(*to)],
        MarkShape::Text { at, text } => {
            let place = (screen(*at), Align2::LEFT_TOP);
            return over::coloured_ui(ui, place, TextStyle::Body, text, colours.mark);
        }
    };
    for (width, colour) in [(5.0, colours.outline_edge), (2.0, colours.mark)] {
        let stroke = Stroke::new(width, colour);
        if let [from, to] = points[..] {
            let back = (from - to).normalized() * HEAD;
            let aside = back.rot90() * 0.5;
            painter.line(vec![to + back + aside, to, to + back - aside], stroke);
            painter.line_segment([from, to], stroke);
        } else {
            painter.add(Shape::closed_line(points.clone(), stroke));
        }
    }
    Rect::from_points(&points).expand(HEAD / 2.0)
}
