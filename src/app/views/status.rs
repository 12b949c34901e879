//! The line at the bottom: where the cases live, who is at the desk, what runs the models, what is
//! being done.

use eframe::egui::{Align, Button, Label, Layout, ProgressBar, RichText, Ui};

use super::super::actions::{Action, Command};
use super::super::theme::{self, palette};
use super::parts::name;
use crate::jobs::{JobState, JobView};
use crate::words::words;

/// What the line says.
#[derive(Clone, Copy)]
pub struct StatusLine<'a> {
    /// The workspace's folder.
    pub workspace: &'a str,
    /// Who decides here.
    pub actor: &'a str,
    /// The runtime, in words.
    pub engine: &'a str,
    /// More of it, for whoever asks.
    pub engine_more: &'a str,
    /// Whether something is missing that the user should know of.
    pub engine_warns: bool,
    /// What runs.
    pub jobs: &'a [JobView],
}

/// Draws the line.
#[must_use]
pub fn status_ui(ui: &mut Ui, status: &StatusLine<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    let colours = palette(ui);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let engine = RichText::new(status.engine)
                .small()
                .color(if status.engine_warns {
                    colours.caution
                } else {
                    colours.weak
                });
            let engine = ui
                .add(Button::new(engine).frame(false))
                .on_hover_text(status.engine_more);
            if engine.clicked() {
                actions.push(Action::Do(Command::ShowEngine));
            }
            ui.separator();
            actions.extend(jobs_ui(ui, status.jobs));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let small = |text: &str| RichText::new(text).small().color(colours.weak);
                ui.add(Label::new(small(status.actor)))
                    .on_hover_text(words!("status-actor"));
                ui.separator();
                ui.add(Label::new(small(status.workspace)).truncate())
                    .on_hover_text(words!("status-workspace"));
            });
        });
    });
    actions
}

fn jobs_ui(ui: &mut Ui, jobs: &[JobView]) -> Option<Action> {
    let colours = palette(ui);
    let Some(job) = jobs
        .iter()
        .find(|job| job.state != JobState::Waiting)
        .or(jobs.first())
    else {
        ui.label(
            RichText::new(words!("status-no-jobs"))
                .small()
                .color(colours.weak),
        );
        return None;
    };
    let mut asked = None;
    let cancel = ui.small_button(words!("job-cancel"));
    name(ui, &cancel, &words!("job-cancel.name", job = &job.name));
    if cancel.clicked() {
        asked = Some(Action::CancelJob(job.id));
    }
    if let Some(fraction) = job.progress.fraction() {
        ui.add(
            ProgressBar::new(fraction)
                .desired_width(120.0)
                .desired_height(8.0)
                .fill(colours.accent),
        );
    }
    let mut text = job_text(job);
    if jobs.len() > 1 {
        text = words!("job-running.and-more", text = text, count = jobs.len() - 1);
    }
    let response = ui.add(Button::new(RichText::new(text).small()).frame(false));
    if response.clicked() {
        asked = Some(Action::Do(Command::ShowJobs));
    }
    ui.add_space(theme::GAP_SMALL);
    asked
}

/// `Adding pictures, 3 of 12`.
#[must_use]
pub fn job_text(job: &JobView) -> String {
    let (name, n_done) = (&job.name, job.progress.n_done);
    match (job.state, job.progress.n_total) {
        (JobState::Waiting, _) => words!("job-waits", job = name),
        (JobState::Stopping, _) => words!("job-stops", job = name),
        (JobState::Running, Some(n_total)) => {
            words!("job-running.of", job = name, done = n_done, total = n_total)
        }
        (JobState::Running, None) if n_done > 0 => {
            words!("job-running", job = name, done = n_done)
        }
        (JobState::Running, None) => name.clone(),
    }
}
