//! Small pieces that several views are made of.

use eframe::egui::{
    Align2, Button, Color32, FontId, Frame, Label, Margin, Rect, Response, RichText, Sense, Stroke,
    TextStyle, TextWrapMode, Ui, Vec2, WidgetText, pos2, vec2,
};

use super::super::actions::{Action, Command, key_words};
use super::super::keys::Keys;
use super::super::theme::{self, palette};
use crate::case::{CheckKind, Finding, Live, Route, Side};

/// A button for a command, with its key in the tooltip.
#[must_use]
pub fn command_button_ui(ui: &mut Ui, command: Command, enabled: bool) -> Option<Action> {
    let tooltip = tooltip(ui, command);
    let response = ui
        .add_enabled(enabled, Button::new(command.label()))
        .on_hover_text(tooltip);
    describe_key(ui, &response, command);
    response.clicked().then_some(Action::Do(command))
}

/// The most likely next step, in the accent colour.
#[must_use]
pub fn primary_button_ui(ui: &mut Ui, command: Command) -> Option<Action> {
    let colours = palette(ui);
    let button = Button::new(RichText::new(command.label()).color(colours.panel))
        .fill(colours.accent)
        .stroke(Stroke::new(1.0, colours.accent));
    let response = ui.add(button).on_hover_text(tooltip(ui, command));
    describe_key(ui, &response, command);
    response.clicked().then_some(Action::Do(command))
}

/// A line in a menu, with its key at the right.
#[must_use]
pub fn menu_item_ui(ui: &mut Ui, command: Command, enabled: bool) -> Option<Action> {
    let mut button = Button::new(command.label()).wrap_mode(TextWrapMode::Extend);
    if let Some(shortcut) = Keys::of(ui.ctx()).command(command) {
        button = button.shortcut_text(key_words(ui.ctx(), &shortcut));
    }
    let response = ui
        .add_enabled(enabled, button)
        .on_hover_text(command.tooltip());
    name(ui, &response, command.label());
    describe_key(ui, &response, command);
    if response.clicked() {
        ui.close();
        return Some(Action::Do(command));
    }
    None
}

/// A box to tick, with an edge in a menu too.
pub fn checkbox_ui(ui: &mut Ui, on: &mut bool, text: &str) -> Response {
    edged_ui(ui, |ui| ui.checkbox(on, text))
}

/// One of several to choose from, with an edge in a menu too.
pub fn radio_ui(ui: &mut Ui, chosen: bool, text: &str) -> Response {
    edged_ui(ui, |ui| ui.radio(chosen, text))
}

fn edged_ui(ui: &mut Ui, control_ui: impl FnOnce(&mut Ui) -> Response) -> Response {
    let drawn = ui.scope(|ui| {
        theme::plain_edges(ui);
        control_ui(ui)
    });
    drawn.inner
}

/// Says the name of a control to a screen reader where its drawn text says more or less.
pub fn name(ui: &Ui, response: &Response, name: &str) {
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_label(name));
}

/// Says a command's key to a screen reader.
pub fn describe_key(ui: &Ui, response: &Response, command: Command) {
    if let Some(shortcut) = Keys::of(ui.ctx()).command(command) {
        let keys = key_words(ui.ctx(), &shortcut);
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_keyboard_shortcut(keys));
    }
}

/// What a command does, and its key.
#[must_use]
pub fn tooltip(ui: &Ui, command: Command) -> String {
    match Keys::of(ui.ctx()).command(command) {
        Some(shortcut) => format!("{} ({})", command.tooltip(), key_words(ui.ctx(), &shortcut)),
        None => command.tooltip().to_owned(),
    }
}

/// A heading inside a panel.
pub fn heading_ui(ui: &mut Ui, text: &str) {
    ui.add_space(theme::GAP_SMALL);
    ui.label(RichText::new(text).heading());
}

/// A sentence that matters less.
pub fn weak_ui(ui: &mut Ui, text: impl Into<String>) -> Response {
    let colour = palette(ui).weak;
    ui.add(Label::new(RichText::new(text).small().color(colour)).wrap())
}

/// A raised area for one group of things.
pub fn card(ui: &Ui) -> Frame {
    let colours = palette(ui);
    Frame::new()
        .fill(colours.surface)
        .stroke(Stroke::new(1.0, colours.line))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(12, 10))
}

/// What a mark looks like: shapes that can be told apart without their colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A tick in a circle.
    Tick,
    /// A cross in a circle.
    Cross,
    /// A dash in a circle.
    Dash,
    /// An exclamation mark in a triangle.
    Warning,
    /// An arrow that comes round again.
    Again,
}

impl Mark {
    /// Beside "passed", "failed", "not performed".
    #[must_use]
    pub fn of_live(live: Live) -> Self {
        match live {
            Live::Live => Self::Tick,
            Live::NotLive => Self::Cross,
            Live::NotPerformed => Self::Dash,
        }
    }

    /// Beside a route's word.
    #[must_use]
    pub fn of_route(route: Route) -> Self {
        match route {
            Route::Accept => Self::Tick,
            Route::Review => Self::Warning,
            Route::Reject => Self::Cross,
            Route::Retake => Self::Again,
        }
    }
}

/// Draws a mark as high as the text beside it.
pub fn mark_ui(ui: &mut Ui, mark: Mark, colour: Color32) {
    let side = ui.text_style_height(&TextStyle::Body);
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    paint_mark(ui, rect, mark, colour);
}

/// Draws a mark into a square.
pub fn paint_mark(ui: &Ui, rect: Rect, mark: Mark, colour: Color32) {
    let painter = ui.painter();
    let centre = rect.center();
    let r = rect.width().min(rect.height()) * 0.42;
    let stroke = Stroke::new((r * 0.22).max(1.2), colour);
    let at = |x: f32, y: f32| centre + vec2(x, y) * r;
    match mark {
        Mark::Tick => {
            painter.circle_stroke(centre, r, stroke);
            painter.line(
                vec![at(-0.45, 0.02), at(-0.1, 0.38), at(0.48, -0.34)],
                stroke,
            );
        }
        Mark::Cross => {
            painter.circle_stroke(centre, r, stroke);
            painter.line_segment([at(-0.36, -0.36), at(0.36, 0.36)], stroke);
            painter.line_segment([at(-0.36, 0.36), at(0.36, -0.36)], stroke);
        }
        Mark::Dash => {
            painter.circle_stroke(centre, r, stroke);
            painter.line_segment([at(-0.42, 0.0), at(0.42, 0.0)], stroke);
        }
        Mark::Warning => {
            let corners = [at(0.0, -1.0), at(1.0, 0.8), at(-1.0, 0.8), at(0.0, -1.0)];
            painter.line(corners.to_vec(), stroke);
            painter.line_segment([at(0.0, -0.35), at(0.0, 0.22)], stroke);
            painter.circle_filled(at(0.0, 0.52), stroke.width * 0.6, colour);
        }
        Mark::Again => {
            let arc = (0_u8..=20).map(|i| {
                let angle = (f32::from(i) * 15.0 - 60.0).to_radians();
                at(angle.cos() * 0.85, angle.sin() * 0.85)
            });
            painter.line(arc.collect(), stroke);
            painter.line(
                vec![at(-0.15, -0.95), at(0.42, -0.74), at(0.28, -0.15)],
                stroke,
            );
        }
    }
}

/// A mark and a word of the same colour.
pub fn marked_word_ui(ui: &mut Ui, mark: Mark, word: &str, colour: Color32) -> Response {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
        mark_ui(ui, mark, colour);
        ui.colored_label(colour, word)
    })
    .inner
}

/// Draws text that ends in `…` where it does not fit; gives back the width that it took.
pub fn paint_text(ui: &Ui, at: Rect, text: &str, style: TextStyle, colour: Color32) -> f32 {
    let galley = WidgetText::from(RichText::new(text).text_style(style)).into_galley(
        ui,
        Some(TextWrapMode::Truncate),
        at.width(),
        TextStyle::Body,
    );
    let width = galley.size().x;
    let top = at.center().y - galley.size().y / 2.0;
    ui.painter()
        .galley_with_override_text_color(pos2(at.left(), top), galley, colour);
    width
}

/// Draws short text that ends at the right edge of `at`; gives back the width that it took.
pub fn paint_text_right(ui: &Ui, at: Rect, text: &str, style: &TextStyle, colour: Color32) -> f32 {
    let font: FontId = style.resolve(ui.style());
    let drawn = ui
        .painter()
        .text(at.right_center(), Align2::RIGHT_CENTER, text, font, colour);
    drawn.width()
}

/// `Screen replay, front`.
#[must_use]
pub fn check_name(side: Side, kind: CheckKind) -> String {
    format!("{}, {}", kind.title(), side.word())
}

/// What was found, and on which side.
#[must_use]
pub fn finding_text(finding: &Finding) -> String {
    match finding.side {
        Some(side) => format!("{} ({})", finding.message, side.word()),
        None => finding.message.clone(),
    }
}
