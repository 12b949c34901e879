//! The details of the open case, over the window: metadata, the sources' own records, history.

mod history;
mod metadata;
mod original;

use eframe::egui::{Context, Label, RichText, Ui, vec2};

use super::super::actions::Action;
use super::super::details::{Details, Tab};
use super::super::theme;
use super::dialogs::modal_ui;
use super::parts::weak_ui;
use crate::case::Side;
use crate::store::CaseRecord;
use crate::words::words;

/// The widest that the details become, in points: two columns that can be read.
const MAX_WIDTH: f32 = 1120.0;

/// Draws the details of `case`, whose `side` is on screen.
#[must_use]
pub fn details_ui(ctx: &Context, case: &CaseRecord, side: Side, details: &Details) -> Vec<Action> {
    modal_ui(ctx, MAX_WIDTH, |ui, actions| {
        let title = words!(
            "details-title",
            id = case.id.to_string(),
            name = &case.label
        );
        let title = RichText::new(title).text_style(theme::title_style());
        ui.add(Label::new(title).truncate());
        ui.add_space(theme::GAP_SMALL);
        tabs_ui(ui, case, details.tab, actions);
        ui.separator();
        // The title, the tabs and the button below stay in sight.
        let height = (ui.ctx().content_rect().height() - 210.0).max(120.0);
        let size = vec2(ui.available_width(), height);
        ui.allocate_ui(size, |ui| match details.tab {
            Tab::Metadata => metadata::metadata_ui(ui, case, side, details),
            Tab::Original => original::original_ui(ui, case, details, actions),
            Tab::History => history::history_ui(ui, case, &details.history),
        });
    })
}

fn tabs_ui(ui: &mut Ui, case: &CaseRecord, shown: Tab, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        for tab in Tab::of(case) {
            let label = ui
                .selectable_label(tab == shown, tab.title())
                .on_hover_text(tab.tooltip());
            if label.clicked() {
                actions.push(Action::ShowDetails(tab));
            }
        }
    });
}

/// A name at the left and what it says beside it.
fn row_ui(ui: &mut Ui, name: &str, value: impl Into<String>) {
    const NAME_WIDTH: f32 = 132.0;
    ui.horizontal_top(|ui| {
        ui.scope(|ui| {
            ui.set_min_width(NAME_WIDTH);
            ui.set_max_width(NAME_WIDTH);
            weak_ui(ui, name);
        });
        ui.add(Label::new(value.into()).wrap());
    });
}
