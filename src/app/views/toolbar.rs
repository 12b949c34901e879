//! The menus at the top.

use eframe::egui::{MenuBar, Ui};

use super::super::actions::{Action, Command};
use super::super::layout::Colours;
use super::super::theme::Contrast;
use super::parts::{command_button_ui, menu_item_ui};

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
    ui.menu_button("File", |ui| {
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
        actions.extend(menu_item_ui(ui, Command::Quit, true));
    });
    ui.menu_button("Case", |ui| {
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
    ui.menu_button("Picture", |ui| {
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
    ui.menu_button("View", |ui| {
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
        let response = ui
            .checkbox(&mut on, always.label())
            .on_hover_text(always.tooltip());
        if response.clicked() {
            actions.push(Action::Do(always));
            ui.close();
        }
        ui.separator();
        actions.extend(menu_item_ui(ui, Command::Refresh, possible.add));
        looks_ui(ui, possible, actions);
    });
    ui.menu_button("Help", |ui| {
        for command in [Command::ShowKeys, Command::ShowEngine, Command::ShowJobs] {
            actions.extend(menu_item_ui(ui, command, true));
        }
    });
}

/// Colours, contrast and size.
fn looks_ui(ui: &mut Ui, possible: Possible, actions: &mut Vec<Action>) {
    ui.menu_button("Colours", |ui| {
        for (colours, words) in [
            (Colours::System, "As the system"),
            (Colours::Light, "Light"),
            (Colours::Dark, "Dark"),
        ] {
            if ui.radio(possible.colours == colours, words).clicked() {
                actions.push(Action::Wear(colours));
                ui.close();
            }
        }
        ui.separator();
        let mut is_high = possible.contrast == Contrast::High;
        if ui.checkbox(&mut is_high, "High contrast").clicked() {
            actions.push(Action::Contrast(match is_high {
                true => Contrast::High,
                false => Contrast::Normal,
            }));
            ui.close();
        }
    });
    ui.menu_button("Size", |ui| {
        for percent in [75.0, 100.0, 125.0, 150.0, 175.0, 200.0] {
            let chosen = (possible.zoom * 100.0 - percent).abs() < 1.0;
            if ui.radio(chosen, format!("{percent} %")).clicked() {
                actions.push(Action::Scale(percent / 100.0));
                ui.close();
            }
        }
    });
}
