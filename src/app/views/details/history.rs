//! Every run of a case with what changed, and every event of its ledger.

use eframe::egui::{Grid, Label, RichText, ScrollArea, Ui};

use super::super::super::changes::{Change, changes};
use super::super::super::theme;
use super::super::parts::{heading_ui, weak_ui};
use super::row_ui;
use crate::clock;
use crate::store::{CaseRecord, LedgerRow, Run};
use crate::words::words;

/// Events that are shown, the latest ones; a case has some ten.
const MAX_EVENTS: usize = 500;

pub(super) fn history_ui(ui: &mut Ui, case: &CaseRecord, history: &[LedgerRow]) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (at, run) in case.runs.iter().enumerate().rev() {
            let before = case.runs[..at]
                .iter()
                .rev()
                .find(|earlier| earlier.assessment.source == run.assessment.source);
            run_ui(ui, run, before);
        }
        heading_ui(ui, words!("history-events"));
        let n_left_out = history.len().saturating_sub(MAX_EVENTS);
        for row in history.iter().skip(n_left_out).rev() {
            event_ui(ui, row);
        }
        if n_left_out > 0 {
            weak_ui(ui, words!("history-earlier", count = n_left_out));
        }
    });
}

fn run_ui(ui: &mut Ui, run: &Run, before: Option<&Run>) {
    let (assessment, judgement) = (&run.assessment, &run.judgement);
    let source = assessment.source.title();
    heading_ui(ui, &format!("{source}, {}", clock::local(run.at)));
    let (route, id) = (judgement.route.title(), run.id.0.to_string());
    let result = match judgement.score {
        Some(score) => words!(
            "run-result.score",
            route = route,
            score = score.to_string(),
            id = id
        ),
        None => words!("run-result.no-score", route = route, id = id),
    };
    row_ui(ui, words!("run-result"), result);
    let policy = &judgement.policy;
    let policy = format!("{} ({})", policy.version, policy.sha256.short());
    row_ui(ui, words!("fact-policy"), policy);
    if let (Some(confidence), Some(risk)) = (judgement.confidence, judgement.risk_score) {
        let text = words!(
            "run-worked-out.numbers",
            confidence = confidence.to_string(),
            risk = risk.to_string()
        );
        row_ui(ui, words!("run-worked-out"), text);
    }
    if let Some(engine) = &assessment.engine {
        let (ours, runtime, version) = (&engine.version, &engine.runtime, &engine.runtime_version);
        let text = format!("{ours}, {runtime} {version}");
        row_ui(ui, words!("fact-engine"), text);
        let models = engine.models.iter().map(|model| {
            let sha256 = model.sha256.short();
            format!("{} {} ({sha256})", model.id, model.version)
        });
        row_ui(
            ui,
            words!("run-models"),
            models.collect::<Vec<_>>().join(", "),
        );
    }
    if !assessment.timings.is_empty() {
        let steps = assessment.timings.iter();
        let steps = steps.map(|timing| {
            words!(
                "run-step",
                step = &timing.step,
                millis = format!("{:.0}", timing.millis)
            )
        });
        row_ui(ui, words!("run-time"), steps.collect::<Vec<_>>().join(", "));
    }
    match before {
        None => {
            weak_ui(ui, words!("run-first"));
        }
        Some(before) => changes_ui(ui, run, &changes(before, run)),
    }
    ui.add_space(theme::GAP_SMALL);
}

fn changes_ui(ui: &mut Ui, run: &Run, changes: &[Change]) {
    if changes.is_empty() {
        weak_ui(ui, words!("run-unchanged"));
        return;
    }
    weak_ui(ui, words!("run-changed"));
    Grid::new(("changes", run.id))
        .num_columns(3)
        .striped(true)
        .show(ui, |ui| {
            // A third each, whatever is in them.
            let width = (ui.available_width() - 2.0 * theme::GAP_LARGE) / 3.0;
            for change in changes {
                for text in [&change.what, &change.before, &change.after] {
                    ui.scope(|ui| {
                        ui.set_max_width(width);
                        ui.add(Label::new(RichText::new(text)).wrap());
                    });
                }
                ui.end_row();
            }
        });
}

fn event_ui(ui: &mut Ui, row: &LedgerRow) {
    ui.horizontal_top(|ui| {
        ui.scope(|ui| {
            // Results say by what they came about, and whoever asked for them is in the exported
            // ledger: here it would tell a case that the program itself planted.
            let is_result = matches!(row.kind.as_str(), "import" | "run" | "route");
            let text = match is_result {
                true => clock::local(row.at),
                false => format!("{}\n{}", clock::local(row.at), row.actor),
            };
            ui.set_min_width(132.0);
            ui.set_max_width(132.0);
            weak_ui(ui, text);
        });
        ui.add(Label::new(row.explain(clock::local)).wrap())
            .on_hover_text(words!(
                "history-row",
                row = row.seq.to_string(),
                hash = row.hash.short()
            ));
    });
}
