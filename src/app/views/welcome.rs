//! What is in the middle while no case is open: a first start, an empty list, a workspace that
//! cannot be opened.

use eframe::egui::{Label, RichText, Ui};

use super::super::actions::{Action, Command};
use super::super::theme::{self, palette};
use super::parts::{Mark, command_button_ui, mark_ui, primary_button_ui};
use crate::words::words;

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
                ui.label(words!("welcome-opening"));
            }
            Empty::Broken(reason) => {
                mark_ui(ui, Mark::Cross, palette(ui).bad);
                title_ui(ui, words!("welcome-broken"));
                ui.add(Label::new(reason).wrap());
            }
            Empty::FirstStart { samples } => first_start_ui(ui, samples, &mut actions),
            Empty::NothingHere => {
                title_ui(ui, words!("queue-empty-inbox"));
                ui.label(words!("welcome-nothing-here"));
                ui.add_space(theme::GAP);
                actions.extend(command_button_ui(ui, Command::OpenFiles, true));
            }
            Empty::NoneOpen => {
                title_ui(ui, words!("welcome-none-open"));
                ui.label(words!("welcome-none-open.hint"));
            }
        }
    });
    actions
}

fn first_start_ui(ui: &mut Ui, samples: bool, actions: &mut Vec<Action>) {
    title_ui(ui, words!("welcome-title"));
    ui.label(words!("welcome-title.hint"));
    ui.add_space(theme::GAP_LARGE);
    let step = |ui: &mut Ui, text: &str| {
        ui.label(RichText::new(text).color(palette(ui).weak));
    };
    if samples {
        actions.extend(primary_button_ui(ui, Command::AddSamples));
        step(ui, words!("welcome-samples"));
        ui.add_space(theme::GAP);
    }
    actions.extend(command_button_ui(ui, Command::OpenFiles, true));
    step(ui, words!("welcome-files"));
    ui.add_space(theme::GAP);
    actions.extend(command_button_ui(ui, Command::OpenFolder, true));
    step(ui, words!("welcome-folder"));
    ui.add_space(theme::GAP);
    actions.extend(command_button_ui(ui, Command::ImportResults, true));
    step(ui, words!("welcome-results"));
    ui.add_space(theme::GAP_LARGE);
    step(ui, words!("welcome-drop"));
}

fn title_ui(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).text_style(theme::title_style()));
    ui.add_space(theme::GAP);
}
