//! What a reviewer draws over the picture: boxes, arrows, words.

use eframe::egui::{
    Align2, Id, PointerButton, Pos2, Rect, Response, Shape, Stroke, TextEdit, TextStyle, Ui, vec2,
};

use super::super::super::actions::Action;
use super::super::super::ground::Ground;
use super::super::super::look::{Draft, Tool};
use super::super::super::textures::PictureId;
use super::super::super::theme::palette;
use super::super::parts::name;
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

/// Paints the marks of this side.
pub(super) fn paint(ui: &Ui, ground: &Ground, pane: &PaneView<'_>) {
    for mark in pane.marks.iter().filter(|mark| mark.side == pane.side) {
        paint_shape(ui, ground, &mark.shape);
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

fn paint_shape(ui: &Ui, ground: &Ground, shape: &MarkShape) {
    let colours = palette(ui);
    let screen = |point| ground.screen_from_photo(point);
    let painter = ui.painter();
    for (width, colour) in [(5.0, colours.outline_edge), (2.0, colours.mark)] {
        let stroke = Stroke::new(width, colour);
        match shape {
            MarkShape::Box { corners } => {
                painter.add(Shape::closed_line(corners.0.map(screen).to_vec(), stroke));
            }
            MarkShape::Arrow { from, to } => {
                let (from, to) = (screen(*from), screen(*to));
                let back = (from - to).normalized() * HEAD;
                let aside = back.rot90() * 0.5;
                painter.line(vec![to + back + aside, to, to + back - aside], stroke);
                painter.line_segment([from, to], stroke);
            }
            MarkShape::Text { .. } => {}
        }
    }
    if let MarkShape::Text { at, text } = shape {
        let place = (screen(*at), Align2::LEFT_TOP);
        over::coloured_ui(ui, place, TextStyle::Body, text, colours.mark);
    }
}
