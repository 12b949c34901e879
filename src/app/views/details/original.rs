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
use crate::words::words;

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
        ui.collapsing(words!("original-understood"), |ui| {
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
            ui.label(words!("original-reading"));
            return;
        }
        Some(Err(reason)) => {
            ui.add(Label::new(reason).wrap());
            return;
        }
        Some(Ok(record)) => record,
    };
    if record.is_cut {
        weak_ui(
            ui,
            words!("original-cut", lines = record.lines.len().to_string()),
        );
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
        ui.add(Label::new(words!("original-request")).wrap());
        return;
    };
    let assessment = &run.assessment;
    heading_ui(ui, words!("original-understood"));
    if let Some(overall) = &assessment.overall {
        let score = overall.score.map(|score| score.to_string());
        let score = score.as_deref().unwrap_or(words!("no-score"));
        row_ui(ui, words!("fact-whole"), score);
    }
    for check in &assessment.checks {
        row_ui(ui, &check_name(check.side, check.kind), understood(check));
    }
    for error in &assessment.errors {
        row_ui(
            ui,
            words!("original-error"),
            format!("{}: {}", error.code(), error.explain()),
        );
    }
    let Some(vendor) = &assessment.vendor else {
        return;
    };
    ui.add_space(theme::GAP);
    heading_ui(ui, words!("original-kept"));
    let [created, updated, completed] = &vendor.times;
    for (name, value) in [
        (words!("vendor-id"), &vendor.id),
        (words!("vendor-status"), &vendor.status),
        (words!("vendor-risk-score"), &vendor.risk_score),
        (words!("vendor-confidence"), &vendor.confidence),
        (words!("vendor-created"), created),
        (words!("vendor-updated"), updated),
        (words!("vendor-completed"), completed),
    ] {
        if let Some(value) = value {
            row_ui(ui, name, value);
        }
    }
    if !vendor.unknown_fields.is_empty() {
        let fields = vendor.unknown_fields.join(", ");
        row_ui(ui, words!("vendor-unknown"), fields);
    }
}

fn understood(check: &Check) -> String {
    let mut text = match &check.outcome {
        Outcome::Performed { probability } => probability.to_string(),
        Outcome::NotPerformed { reason } => words!("understood-not-performed", why = reason),
        Outcome::Error { reason } => words!("understood-error", why = reason),
    };
    if let Some(raw) = &check.raw {
        text.push_str(", ");
        text.push_str(&written(raw));
    }
    if let Some(threshold) = check
        .threshold
        .filter(|threshold| threshold.origin == ThresholdOrigin::Record)
    {
        let value = threshold.value.to_string();
        text.push_str("; ");
        text.push_str(&words!("understood-threshold", value = value));
    }
    if let Some(said) = check.said_live {
        text.push_str("; ");
        text.push_str(&words!("understood-said", outcome = said.word()));
    }
    text
}

fn written(raw: &RawValue) -> String {
    let (scale, number) = (&raw.scale, &raw.text);
    match raw.polarity {
        Polarity::HigherIsLive => {
            words!("understood-raw.live", scale = scale, number = number)
        }
        Polarity::HigherIsAttack => {
            words!("understood-raw.attack", scale = scale, number = number)
        }
    }
}
