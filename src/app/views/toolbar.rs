//! The menus at the top.

use eframe::egui::{MenuBar, Ui};

use super::super::actions::{Action, Command};
use super::super::layout::Colours;
use super::super::theme::Contrast;
use super::parts::{checkbox_ui, command_button_ui, menu_item_ui, radio_ui};
use crate::words::words;

/// What can be done just now.
#[derive(Clone, Copy, Debug)]
pub struct Possible {
    /// The colours in use.
    pub colours: Colours,
    /// How far text stands out.
    pub contrast: Contrast,
    /// The size of everything; 1 is as the system says.
    pub zoom: f32,
    /// Cases open with the lens that suits them.
    pub suit_lens: bool,
    /// The workspace is open: things can be added.
    pub add: bool,
    /// A case is open.
    pub case: bool,
    /// A verdict can be taken back.
    pub undo: bool,
    /// A verdict can be given again.
    pub redo: bool,
}

/// Draws the menus and the two most used buttons.
#[must_use]
pub fn toolbar_ui(ui: &mut Ui, possible: Possible) -> Vec<Action> {
    let mut actions = Vec::new();
    MenuBar::new().ui(ui, |ui| {
        menus_ui(ui, possible, &mut actions);
        ui.separator();
        for command in [Command::OpenFiles, Command::ImportResults] {
            actions.extend(command_button_ui(ui, command, possible.add));
        }
    });
    actions
}

fn menus_ui(ui: &mut Ui, possible: Possible, actions: &mut Vec<Action>) {
    ui.menu_button(words!("menu-file"), |ui| {
        for command in [
            Command::OpenFiles,
            Command::OpenFolder,
            Command::ImportResults,
            Command::TypePath,
            Command::AddSamples,
        ] {
            actions.extend(menu_item_ui(ui, command, possible.add));
        }
        ui.separator();
        actions.extend(menu_item_ui(ui, Command::Export, possible.add));
        ui.separator();
        actions.extend(menu_item_ui(ui, Command::SitDown, possible.add));
        actions.extend(menu_item_ui(ui, Command::Quit, true));
    });
    ui.menu_button(words!("menu-case"), |ui| {
        for command in [Command::NextCase, Command::PreviousCase] {
            actions.extend(menu_item_ui(ui, command, possible.add));
        }
        ui.separator();
        actions.extend(menu_item_ui(ui, Command::WriteNote, possible.case));
        actions.extend(menu_item_ui(ui, Command::Undo, possible.undo));
        actions.extend(menu_item_ui(ui, Command::Redo, possible.redo));
        ui.separator();
        for command in Command::HANDLING {
            actions.extend(menu_item_ui(ui, command, possible.case));
        }
        ui.separator();
        actions.extend(menu_item_ui(ui, Command::Find, possible.add));
        for command in [
            Command::PickNext,
            Command::PickPrevious,
            Command::PickAll,
            Command::PickNone,
        ] {
            actions.extend(menu_item_ui(ui, command, possible.case));
        }
        ui.separator();
        actions.extend(menu_item_ui(ui, Command::RerunCase, possible.case));
        actions.extend(menu_item_ui(ui, Command::RerunAll, possible.add));
    });
    ui.menu_button(words!("menu-picture"), |ui| {
        for command in [
            Command::OtherSide,
            Command::BothSides,
            Command::Pin,
            Command::OtherReference,
            Command::TypeReference,
            Command::Straighten,
            Command::Rotate,
            Command::Flip,
            Command::Fit,
            Command::OneToOne,
            Command::ZoomIn,
            Command::ZoomOut,
        ] {
            actions.extend(menu_item_ui(ui, command, possible.case));
        }
    });
    ui.menu_button(words!("menu-view"), |ui| {
        for command in [
            Command::Outline,
            Command::Evidence,
            Command::Loupe,
            Command::Levels,
            Command::Spectrum,
            Command::NextLens,
            Command::PreviousLens,
            Command::SuitLens,
            Command::Details,
        ] {
            actions.extend(menu_item_ui(ui, command, possible.case));
        }
        let (mut on, always) = (possible.suit_lens, Command::AlwaysSuitLens);
        let response = checkbox_ui(ui, &mut on, always.label());
        if response.on_hover_text(always.tooltip()).clicked() {
            actions.push(Action::Do(always));
            ui.close();
        }
        ui.separator();
        actions.extend(menu_item_ui(ui, Command::Refresh, possible.add));
        looks_ui(ui, possible, actions);
    });
    ui.menu_button(words!("menu-help"), |ui| {
        for command in [Command::ShowKeys, Command::ShowEngine, Command::ShowJobs] {
            actions.extend(menu_item_ui(ui, command, true));
        }
    });
}

/// Colours, contrast and size.
fn looks_ui(ui: &mut Ui, possible: Possible, actions: &mut Vec<Action>) {
    ui.menu_button(words!("menu-colours"), |ui| {
        for (colours, title) in [
            (Colours::System, words!("colours-system")),
            (Colours::Light, words!("colours-light")),
            (Colours::Dark, words!("colours-dark")),
        ] {
            if radio_ui(ui, possible.colours == colours, title).clicked() {
                actions.push(Action::Wear(colours));
                ui.close();
            }
        }
        ui.separator();
        let mut is_high = possible.contrast == Contrast::High;
        if checkbox_ui(ui, &mut is_high, words!("colours-high-contrast")).clicked() {
            actions.push(Action::Contrast(match is_high {
                true => Contrast::High,
                false => Contrast::Normal,
            }));
            ui.close();
        }
    });
    ui.menu_button(words!("menu-size"), |ui| {
        for percent in [75_u8, 100, 125, 150, 175, 200] {
            let zoom = f32::from(percent) / 100.0;
            let chosen = (possible.zoom - zoom).abs() < 0.01;
            let text = words!("size-percent", percent = percent);
            if radio_ui(ui, chosen, &text).clicked() {
                actions.push(Action::Scale(zoom));
                ui.close();
            }
        }
    });
}
