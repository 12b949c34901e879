//! The buttons above the picture.

use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{
    Align, Button, Layout, Rect, RichText, ScrollArea, Slider, TextStyle, Ui, UiBuilder,
};

use super::super::super::actions::{Action, Command};
use super::super::super::camera::Placed;
use super::super::super::look::{Beside, Tool};
use super::super::super::references::file_name;
use super::super::super::theme::{self, palette};
use super::super::parts::{
    command_button_ui, describe_key, menu_item_ui, name, radio_ui, tooltip, weak_ui,
};
use super::{PictureView, Shown};
use crate::case::Side;
use crate::lens::Lens;
use crate::lens::levels::Levels;
use crate::words::words;

/// Draws two rows: where the eye is, and with what it looks. Gives back what is left of the first.
pub(super) fn bar_ui(ui: &mut Ui, view: &PictureView<'_>, actions: &mut Vec<Action>) -> Rect {
    let ready = matches!(view.main.shown, Shown::Ready(..));
    let found = view.main.quad.is_some();
    let rest = ui.horizontal_wrapped(|ui| {
        ui.set_min_height(ui.spacing().interact_size.y);
        side_buttons_ui(ui, view, actions);
        ui.separator();
        for (command, text) in [
            (Command::Fit, Command::Fit.label()),
            (Command::OneToOne, Command::OneToOne.label()),
            (Command::ZoomOut, "−"),
            (Command::ZoomIn, "+"),
            (Command::Rotate, Command::Rotate.label()),
        ] {
            actions.extend(small_button_ui(ui, command, text, ready));
        }
        let flip = (view.main.camera.mirrored, ready, nothing_shown());
        actions.extend(switch_ui(ui, Command::Flip, flip));
        let straight = (view.look.straight, found, nothing_found());
        actions.extend(switch_ui(ui, Command::Straighten, straight));
        ui.available_rect_before_wrap()
    });
    ui.horizontal_wrapped(|ui| {
        let look = view.look;
        lens_menu_ui(ui, view, ready, actions);
        for (command, on, possible, why_not) in [
            (
                Command::Outline,
                view.outline && found,
                found,
                nothing_found(),
            ),
            (
                Command::Evidence,
                view.main.evidence.is_some(),
                view.has_evidence,
                words!("picture-no-evidence"),
            ),
            (Command::Loupe, look.loupe, ready, nothing_shown()),
            (
                Command::Levels,
                look.levels.is_some(),
                ready,
                nothing_shown(),
            ),
            (Command::Spectrum, look.spectrum, ready, nothing_shown()),
            (
                Command::Pin,
                matches!(look.beside, Beside::Pinned(..)),
                ready || matches!(look.beside, Beside::Pinned(..)),
                nothing_shown(),
            ),
        ] {
            actions.extend(switch_ui(ui, command, (on, possible, why_not)));
        }
        reference_menu_ui(ui, view, ready, actions);
        mark_menu_ui(ui, view, ready, actions);
    });
    rest.inner
}

fn nothing_found() -> &'static str {
    words!("picture-nothing-found")
}

fn nothing_shown() -> &'static str {
    words!("picture-none")
}

/// A button that stays pressed while what it names is on: whether it is, whether it can be, and why it
/// cannot.
fn switch_ui(
    ui: &mut Ui,
    command: Command,
    (on, possible, why_not): (bool, bool, &str),
) -> Option<Action> {
    // Beside `Front` and `Back` one word says enough.
    let text = match command {
        Command::BothSides => words!("picture-both"),
        other => other.label(),
    };
    let response = ui
        .add_enabled(possible, Button::selectable(on, text))
        .on_hover_text(tooltip(ui, command))
        .on_disabled_hover_text(why_not);
    name(ui, &response, command.label());
    describe_key(ui, &response, command);
    response.clicked().then_some(Action::Do(command))
}

fn side_buttons_ui(ui: &mut Ui, view: &PictureView<'_>, actions: &mut Vec<Action>) {
    for side in Side::ALL {
        let there = view.pictures.iter().any(|picture| picture.side == side);
        let button = Button::selectable(there && side == view.side, side.title());
        let response = ui
            .add_enabled(there, button)
            .on_hover_text(Command::OtherSide.tooltip())
            .on_disabled_hover_text(words!("picture-no-side"));
        if response.clicked() && side != view.side {
            actions.push(Action::Do(Command::OtherSide));
        }
    }
    let two = view.pictures.len() > 1;
    let both = (
        two && matches!(view.look.beside, Beside::OtherSide),
        two,
        words!("picture-one-side"),
    );
    actions.extend(switch_ui(ui, Command::BothSides, both));
}

fn small_button_ui(ui: &mut Ui, command: Command, text: &str, enabled: bool) -> Option<Action> {
    if text == command.label() {
        return command_button_ui(ui, command, enabled);
    }
    let response = ui
        .add_enabled(enabled, Button::new(text))
        .on_hover_text(tooltip(ui, command));
    describe_key(ui, &response, command);
    name(ui, &response, command.label());
    response.clicked().then_some(Action::Do(command))
}

fn lens_menu_ui(ui: &mut Ui, view: &PictureView<'_>, ready: bool, actions: &mut Vec<Action>) {
    let current = view.look.lens;
    start_row_if_narrow(ui, words!("picture-lens"));
    ui.add_enabled_ui(ready, |ui| {
        let button = Button::new(words!("picture-lens")).selected(current.is_some());
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            let lenses = Lens::ALL.into_iter().map(Some);
            for lens in std::iter::once(None).chain(lenses) {
                let text = lens.map_or(words!("picture-itself"), Lens::title);
                if radio_ui(ui, current == lens, text).clicked() {
                    actions.push(Action::LookThrough(lens));
                    ui.close();
                }
            }
        });
        response
            .on_hover_text(tooltip(ui, Command::NextLens))
            .on_disabled_hover_text(nothing_shown());
    });
}

/// The pictures that a case's can be compared with.
fn reference_menu_ui(ui: &mut Ui, view: &PictureView<'_>, ready: bool, actions: &mut Vec<Action>) {
    let shown = match &view.look.beside {
        Beside::Pinned(subject, _) => subject.file.as_ref(),
        Beside::Nothing | Beside::OtherSide => None,
    };
    start_row_if_narrow(ui, words!("picture-reference"));
    ui.add_enabled_ui(ready, |ui| {
        let button = Button::new(words!("picture-reference")).selected(shown.is_some());
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            ui.set_min_width(REFERENCES_SIZE[0]);
            if view.references.is_empty() {
                weak_ui(ui, words!("picture-no-references"));
            }
            let list = ScrollArea::vertical().max_height(REFERENCES_SIZE[1]);
            list.show(ui, |ui| {
                for path in view.references {
                    if radio_ui(ui, shown == Some(path), &file_name(path)).clicked() {
                        actions.push(Action::Compare(path.clone()));
                        ui.close();
                    }
                }
            });
            ui.separator();
            for command in [Command::OtherReference, Command::TypeReference] {
                actions.extend(menu_item_ui(ui, command, true));
            }
        });
        if response.clicked() {
            actions.push(Action::ListReferences);
        }
        response
            .on_hover_text(words!("picture-reference.tip"))
            .on_disabled_hover_text(nothing_shown());
    });
}

fn mark_menu_ui(ui: &mut Ui, view: &PictureView<'_>, ready: bool, actions: &mut Vec<Action>) {
    start_row_if_narrow(ui, words!("picture-mark"));
    ui.add_enabled_ui(ready, |ui| {
        let button = Button::new(words!("picture-mark")).selected(view.look.tool.is_some());
        let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
            for tool in [Tool::Box, Tool::Arrow, Tool::Text] {
                actions.extend(menu_item_ui(ui, Command::Draw(tool), true));
            }
            ui.separator();
            let any = !view.main.marks.is_empty();
            actions.extend(menu_item_ui(ui, Command::DeleteMark, any));
        });
        response
            .on_hover_text(words!("picture-mark.tip"))
            .on_disabled_hover_text(nothing_shown());
    });
}

/// The row in which brightness is spread.
pub(super) fn levels_ui(ui: &mut Ui, levels: Levels) -> Option<Action> {
    let mut wanted = levels;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().slider_width = 72.0;
        theme::plain_tracks(ui);
        let black = Slider::new(&mut wanted.black, 0..=254).text(words!("levels-black"));
        ui.add(black).on_hover_text(words!("levels-black.tip"));
        let white = Slider::new(&mut wanted.white, 1..=255).text(words!("levels-white"));
        ui.add(white).on_hover_text(words!("levels-white.tip"));
        let gamma = Slider::new(&mut wanted.gamma, 0.2..=5.0).text(words!("levels-gamma"));
        ui.add(gamma.logarithmic(true).max_decimals(2))
            .on_hover_text(words!("levels-gamma.tip"));
        let reset = ui.add_enabled(
            levels != Levels::default(),
            Button::new(words!("levels-reset")),
        );
        if reset.on_hover_text(words!("levels-reset.tip")).clicked() {
            wanted = Levels::default();
        }
    });
    // Whichever was moved pushes the other one.
    if wanted.black != levels.black {
        wanted.white = wanted.white.max(wanted.black.saturating_add(1));
    } else {
        wanted.black = wanted.black.min(wanted.white.saturating_sub(1));
    }
    (wanted != levels).then_some(Action::SetLevels(wanted))
}

/// How large the picture is and how close the eye, at the right of the first row.
pub(super) fn size_text_ui(ui: &mut Ui, rest_of_bar: Rect, placed: Option<&Placed>) {
    let Some(placed) = placed else {
        return;
    };
    let size_px = placed.size_px();
    let percent = placed.zoom() * 100.0;
    let percent = if percent < 10.0 {
        format!("{percent:.1}")
    } else {
        format!("{percent:.0}")
    };
    let text = if rest_of_bar.width() < 200.0 {
        words!("size-percent", percent = percent)
    } else {
        let (width, height) = (size_px.x.to_string(), size_px.y.to_string());
        words!(
            "picture-size",
            width = width,
            height = height,
            percent = percent
        )
    };
    if rest_of_bar.width() < 40.0 {
        return;
    }
    let builder = UiBuilder::new()
        .max_rect(rest_of_bar)
        .layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.label(RichText::new(text).small().color(palette(ui).weak));
    });
}

/// Begins a new row where a menu's button has no room: a part of its own would squeeze it instead.
fn start_row_if_narrow(ui: &mut Ui, text: &str) {
    let font = TextStyle::Button.resolve(ui.style());
    let text = ui
        .painter()
        .layout_no_wrap(text.to_owned(), font, palette(ui).text);
    let width = text.size().x + 2.0 * ui.spacing().button_padding.x;
    if ui.available_size_before_wrap().x < width {
        ui.end_row();
    }
}

/// The least width and the greatest height of the list of references, in points.
const REFERENCES_SIZE: [f32; 2] = [220.0, 320.0];
