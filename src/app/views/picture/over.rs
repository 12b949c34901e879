//! What stands over the picture in words.

use eframe::egui::{
    Align2, Color32, Pos2, Rect, RichText, Role, Sense, TextStyle, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::super::super::actions::{Action, Command};
use super::super::super::textures::PictureId;
use super::super::super::theme::{self, palette};
use super::super::parts::{describe_key, tooltip};
use super::{Pane, PaneView, PictureView, Shown, grain, spectrum};
use crate::lens::Lens;
use crate::words::words;

/// Words in the middle, where there is no picture.
pub(super) fn message_ui(ui: &mut Ui, panel: Rect, text: &str) {
    let inner = panel.shrink(theme::GAP_LARGE);
    let builder = UiBuilder::new().max_rect(inner);
    ui.scope_builder(builder, |ui| {
        ui.centered_and_justified(|ui| ui.label(text));
    });
}

/// Draws the name of each of two pictures, what lens and evidence mean, and the offer of the lens that
/// suits the case.
pub(super) fn over_ui(
    ui: &mut Ui,
    view: &PictureView<'_>,
    which: Pane,
    pane: &PaneView<'_>,
    shown: PictureId,
) -> Option<Action> {
    let rect = ui.max_rect();
    if view.beside.is_some() {
        let at = rect.right_top() + vec2(-theme::GAP, theme::GAP);
        label_ui(ui, at, Align2::RIGHT_TOP, TextStyle::Small, &pane.title);
    }
    if which == Pane::Beside {
        return None;
    }
    let words = lines(view, pane, shown);
    if !words.is_empty() {
        lower_edge_ui(ui, rect, words.join("\n"));
    }
    let suiting = view
        .suiting
        .filter(|lens| view.look.lens != Some(*lens) && !view.peeks)?;
    let builder = UiBuilder::new().max_rect(rect.shrink(theme::GAP));
    let offer = ui.scope_builder(builder, |ui| {
        let text = words!("picture-see-with", lens = suiting.word());
        let response = ui
            .button(RichText::new(text).small())
            .on_hover_text(tooltip(ui, Command::SuitLens));
        describe_key(ui, &response, Command::SuitLens);
        response.clicked()
    });
    offer.inner.then_some(Action::Do(Command::SuitLens))
}

/// What lens, levels and spectrum show, and what the numbers over the picture mean.
fn lines(view: &PictureView<'_>, pane: &PaneView<'_>, shown: PictureId) -> Vec<String> {
    let mut words = Vec::new();
    match view.look.lens {
        _ if view.peeks => return words,
        Some(lens) if shown.lens == Some(lens) => {
            words.push(format!("{}: {}", lens.title(), lens.words()));
            words.extend(found(lens, pane));
        }
        Some(lens) => words.push(words!("lens-coming", lens = lens.title())),
        None => {}
    }
    if view.look.levels.is_some() {
        words.push(words!("levels-explained").to_owned());
    }
    if view.look.spectrum {
        words.push(match spectrum::of(view, Pane::Main, shown) {
            Some(local) => spectrum::sentence(local.peaks),
            None => words!("spectrum-coming").to_owned(),
        });
    }
    if let Some((kind, _)) = &pane.evidence {
        words.push(words!("evidence-explained", check = kind.title()));
    }
    words
}

/// What the lens found in this picture.
fn found(lens: Lens, pane: &PaneView<'_>) -> Option<String> {
    let Shown::Ready(id, picture) = &pane.shown else {
        return None;
    };
    if lens != Lens::Grain {
        return picture.found.clone();
    }
    let [inside, around] = grain::in_and_around(pane, *id, picture)?;
    Some(words!(
        "grain-found",
        inside = format!("{inside:.2}"),
        around = format!("{around:.2}")
    ))
}

/// Words over the picture's lower edge.
fn lower_edge_ui(ui: &Ui, panel: Rect, text: String) {
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
    say(ui, words, "lines-over-picture", text.text());
}

/// Painted text has no name of its own for those who have it read out.
pub(super) fn say(ui: &Ui, rect: Rect, what: &str, text: &str) {
    let label = ui.interact(rect, ui.scope_id().with(what), Sense::hover());
    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}

/// A few words on a dark ground, at a place of the picture.
pub(super) fn label_ui(ui: &Ui, at: Pos2, align: Align2, style: TextStyle, text: &str) {
    coloured_ui(ui, (at, align), style, text, palette(ui).on_picture);
}

/// The same in a colour of its own; gives back the room that it takes.
pub(super) fn coloured_ui(
    ui: &Ui,
    (at, align): (Pos2, Align2),
    style: TextStyle,
    text: &str,
    colour: Color32,
) -> Rect {
    let font = style.resolve(ui.style());
    let laid = ui.painter().layout_no_wrap(text.to_owned(), font, colour);
    let rect = align.anchor_size(at, laid.size());
    let behind = rect.expand2(vec2(3.0, 1.0));
    ui.painter()
        .rect_filled(behind, 2.0, palette(ui).outline_edge);
    ui.painter().galley(rect.min, laid, colour);
    behind
}
