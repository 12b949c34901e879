//! A source's own record beside what was understood of it.

use eframe::egui::{ComboBox, Label, RichText, ScrollArea, TextStyle, Ui};

use super::super::super::actions::{Action, Command};
use super::super::super::details::{Details, records};
use super::super::super::record::Record;
use super::super::super::theme;
use super::super::parts::{check_name, command_button_ui, heading_ui, weak_ui};
use super::row_ui;
use crate::case::{Check, Outcome, Polarity, RawValue, ThresholdOrigin};
use crate::clock;
use crate::store::{CaseRecord, Received, Run};

/// Narrower than this the two stand one below the other.
const SIDE_BY_SIDE: f32 = 640.0;

pub(super) fn original_ui(
    ui: &mut Ui,
    case: &CaseRecord,
    details: &Details,
    actions: &mut Vec<Action>,
) {
    let Some((received, _)) = records(case).nth(details.record) else {
        return;
    };
    let record = details.records.get(&details.record);
    ui.horizontal_wrapped(|ui| {
        choice_ui(ui, case, details.record, actions);
        let is_there = matches!(record, Some(Ok(_)));
        actions.extend(command_button_ui(ui, Command::CopyRecord, is_there));
    });
    let run = case
        .runs
        .iter()
        .find(|run| run.assessment.source == received.source && run.at == received.at);
    if ui.available_width() >= SIDE_BY_SIDE {
        ui.columns(2, |columns| {
            record_ui(&mut columns[0], record);
            ScrollArea::vertical()
                .id_salt("understood")
                .auto_shrink(false)
                .show(&mut columns[1], |ui| understood_ui(ui, run));
        });
    } else {
        ui.collapsing("As it was understood", |ui| {
            let height = ui.available_height() / 2.0;
            ScrollArea::vertical()
                .id_salt("understood")
                .max_height(height)
                .show(ui, |ui| understood_ui(ui, run));
        });
        record_ui(ui, record);
    }
}

/// Which record, where there are several.
fn choice_ui(ui: &mut Ui, case: &CaseRecord, shown: usize, actions: &mut Vec<Action>) {
    let name =
        |received: &Received| format!("{}, {}", received.source.title(), clock::local(received.at));
    let all: Vec<String> = records(case).map(|(received, _)| name(received)).collect();
    let Some(selected) = all.get(shown) else {
        return;
    };
    if all.len() == 1 {
        ui.label(selected);
        return;
    }
    ComboBox::from_id_salt("record")
        .selected_text(selected)
        .show_ui(ui, |ui| {
            for (at, name) in all.iter().enumerate() {
                if ui.selectable_label(at == shown, name).clicked() {
                    actions.push(Action::ShowRecord(at));
                }
            }
        });
}

fn record_ui(ui: &mut Ui, record: Option<&Result<Record, String>>) {
    let record = match record {
        None => {
            ui.label("Reading the record…");
            return;
        }
        Some(Err(reason)) => {
            ui.add(Label::new(reason).wrap());
            return;
        }
        Some(Ok(record)) => record,
    };
    if record.is_cut {
        let n_lines = record.lines.len();
        weak_ui(ui, format!("The first {n_lines} lines of a long record"));
    }
    let row_height = ui.text_style_height(&TextStyle::Monospace);
    ScrollArea::both()
        .id_salt("record")
        .auto_shrink(false)
        .show_rows(ui, row_height, record.lines.len(), |ui, rows| {
            for line in record.lines.get(rows).unwrap_or_default() {
                ui.add(Label::new(RichText::new(line).monospace()).extend());
            }
        });
}

/// What was understood.
fn understood_ui(ui: &mut Ui, run: Option<&Run>) {
    let Some(run) = run else {
        ui.add(Label::new("A request: it asks for a check and gives no result").wrap());
        return;
    };
    let assessment = &run.assessment;
    heading_ui(ui, "As it was understood");
    if let Some(overall) = &assessment.overall {
        let score = overall.score.map(|score| score.to_string());
        row_ui(ui, "Whole document", score.as_deref().unwrap_or("No score"));
    }
    for check in &assessment.checks {
        row_ui(ui, &check_name(check.side, check.kind), understood(check));
    }
    for error in &assessment.errors {
        row_ui(
            ui,
            "Error",
            format!("{}: {}", error.code(), error.explain()),
        );
    }
    let Some(vendor) = &assessment.vendor else {
        return;
    };
    ui.add_space(theme::GAP);
    heading_ui(ui, "Kept as written");
    let [created, updated, completed] = &vendor.times;
    for (name, value) in [
        ("Id", &vendor.id),
        ("Status", &vendor.status),
        ("Risk score", &vendor.risk_score),
        ("Confidence", &vendor.confidence),
        ("Created", created),
        ("Updated", updated),
        ("Completed", completed),
    ] {
        if let Some(value) = value {
            row_ui(ui, name, value);
        }
    }
    if !vendor.unknown_fields.is_empty() {
        row_ui(ui, "Not understood", vendor.unknown_fields.join(", "));
    }
}

fn understood(check: &Check) -> String {
    let mut text = match &check.outcome {
        Outcome::Performed { probability } => probability.to_string(),
        Outcome::NotPerformed { reason } => format!("Not performed: {reason}"),
        Outcome::Error { reason } => format!("Error: {reason}"),
    };
    if let Some(raw) = &check.raw {
        text.push_str(&format!(", from {}", written(raw)));
    }
    if let Some(threshold) = check
        .threshold
        .filter(|threshold| threshold.origin == ThresholdOrigin::Record)
    {
        text.push_str(&format!("; threshold {}", threshold.value));
    }
    if let Some(said) = check.said_live {
        text.push_str(&format!("; it says {}", said.word()));
    }
    text
}

fn written(raw: &RawValue) -> String {
    let higher = match raw.polarity {
        Polarity::HigherIsLive => "higher is more live",
        Polarity::HigherIsAttack => "higher is more of an attack",
    };
    format!("{} {} ({higher})", raw.scale, raw.text)
}
