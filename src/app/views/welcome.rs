//! What is in the middle while no case is open: a first start, an empty list, a workspace that
//! cannot be opened.

use eframe::egui::{Label, RichText, Ui};

use super::super::actions::{Action, Command};
use super::super::theme::{self, palette};
use super::parts::{Mark, command_button_ui, mark_ui, primary_button_ui};

/// Why no case is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty<'a> {
    /// The workspace is being opened.
    Opening,
    /// It cannot be opened, and why.
    Broken(&'a str),
    /// It holds no case at all.
    FirstStart {
        /// Whether the samples were found on this computer.
        samples: bool,
    },
    /// There are cases, but none in this list.
    NothingHere,
    /// There are cases in this list, and none is open.
    NoneOpen,
}

/// Draws it.
#[must_use]
pub fn welcome_ui(ui: &mut Ui, empty: Empty<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.vertical_centered(|ui| {
        ui.set_max_width(520.0);
        ui.add_space((ui.available_height() * 0.22).min(200.0));
        match empty {
            Empty::Opening => {
                ui.spinner();
                ui.label("Opening the workspace…");
            }
            Empty::Broken(reason) => {
                mark_ui(ui, Mark::Cross, palette(ui).bad);
                title_ui(ui, "The workspace cannot be opened");
                ui.add(Label::new(reason).wrap());
            }
            Empty::FirstStart { samples } => first_start_ui(ui, samples, &mut actions),
            Empty::NothingHere => {
                title_ui(ui, "Nothing waits for you here");
                ui.label("Choose another list at the left, or add pictures and results");
                ui.add_space(theme::GAP);
                actions.extend(command_button_ui(ui, Command::OpenFiles, true));
            }
            Empty::NoneOpen => {
                title_ui(ui, "No case is open");
                ui.label("Choose one at the left, or press the down arrow");
            }
        }
    });
    actions
}

fn first_start_ui(ui: &mut Ui, samples: bool, actions: &mut Vec<Action>) {
    title_ui(ui, "Welcome to Second Look");
    ui.label(
        "Take a second look at identity documents that a liveness check could not settle. Add \
         photographs of documents, or the results of a liveness check, and settle the borderline \
         ones one by one",
    );
    ui.add_space(theme::GAP_LARGE);
    let step = |ui: &mut Ui, text: &str| {
        ui.label(RichText::new(text).color(palette(ui).weak));
    };
    if samples {
        actions.extend(primary_button_ui(ui, Command::AddSamples));
        step(ui, "A dozen made documents and results, to try it with");
        ui.add_space(theme::GAP);
    }
    actions.extend(command_button_ui(ui, Command::OpenFiles, true));
    step(
        ui,
        "JPEG, PNG, WebP, TIFF or BMP; x_front and x_back become one case",
    );
    ui.add_space(theme::GAP);
    actions.extend(command_button_ui(ui, Command::OpenFolder, true));
    step(ui, "With everything below it");
    ui.add_space(theme::GAP);
    actions.extend(command_button_ui(ui, Command::ImportResults, true));
    step(
        ui,
        "JSON from a liveness check: one, a list, or one on each line",
    );
    ui.add_space(theme::GAP_LARGE);
    step(
        ui,
        "You can also drop files and folders anywhere on this window",
    );
}

fn title_ui(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).text_style(theme::title_style()));
    ui.add_space(theme::GAP);
}
