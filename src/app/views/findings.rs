//! Errors and findings about a picture, in words.

use eframe::egui::{Label, RichText, Ui};

use super::super::theme::{self, palette};
use super::parts::{Mark, finding_text, mark_ui, weak_ui};
use crate::case::{ErrorCode, Finding};
use crate::words::words;

/// Why the document could not be judged; nothing where it could.
pub fn errors_ui(ui: &mut Ui, errors: &[ErrorCode]) {
    let colour = palette(ui).bad;
    for error in errors {
        line_ui(ui, Mark::Cross, colour, &error.explain(), error.code());
    }
    if !errors.is_empty() {
        weak_ui(ui, words!("findings-way-out"));
    }
}

/// What is worth knowing beside the checks.
pub fn findings_ui(ui: &mut Ui, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    ui.add_space(theme::GAP_SMALL);
    ui.strong(words!("fact-findings"));
    let colour = palette(ui).caution;
    for finding in findings {
        let (text, code) = (finding_text(finding), finding.code.code());
        line_ui(ui, Mark::Warning, colour, &text, &code);
    }
}

fn line_ui(ui: &mut Ui, mark: Mark, colour: eframe::egui::Color32, text: &str, code: &str) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        mark_ui(ui, mark, colour);
        ui.add(Label::new(RichText::new(text)).wrap())
            .on_hover_text(code);
    });
}
