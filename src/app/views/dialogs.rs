//! What lies on top of the window: keys, the path field, reports, jobs, the engine; and the notices
//! at the top.

use eframe::egui::{
    Align, Button, Color32, Context, Frame, Grid, Id, Label, Layout, Margin, Modal, ProgressBar,
    RichText, ScrollArea, Stroke, TextEdit, Ui,
};

use super::super::actions::{Action, Command, key_words, verdict_tooltip};
use super::super::keys::{Keyed, Keys};
use super::super::report::{Notice, Report, Tone};
use super::super::theme::{self, palette};
use super::parts::{Mark, command_button_ui, mark_ui, name, weak_ui};
use super::questions::{Question, question_ui};
use super::status::job_text;
use crate::case::Time;
use crate::intake::Problem;
use crate::jobs::{JobState, JobView};
use crate::words::words;

/// What lies on top, if anything does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The list of keys, and whose key is being chosen.
    Keys(KeyChoice),
    /// The path field, and why it came up unasked, if it did.
    Path {
        /// What the path is for.
        use_for: PathUse,
        /// What is typed so far.
        text: String,
        /// Why it is shown instead of what was asked for.
        hint: Option<&'static str>,
    },
    /// A report, by its place in the list of reports.
    Report(usize),
    /// What runs.
    Jobs,
    /// What runs the models.
    Engine,
    /// What an action asks before it is done.
    Question(Question),
}

/// What a path is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathUse {
    /// To take in what is there.
    TakeIn,
    /// To compare with the picture that is there.
    Compare,
}

/// Whose key is being chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyChoice {
    /// The next key that is pressed becomes this action's.
    pub of: Option<Keyed>,
    /// Why the last one did not.
    pub told: Option<String>,
}

/// What the dialogs show.
#[derive(Clone, Copy)]
pub struct Dialogs<'a> {
    /// Which one.
    pub dialog: &'a Dialog,
    /// All reports so far.
    pub reports: &'a [Report],
    /// All jobs that have not ended.
    pub jobs: &'a [JobView],
    /// Sentences about the engine.
    pub engine: &'a [String],
    /// This moment, for dates.
    pub now: Time,
}

/// Draws the dialog.
#[must_use]
pub fn dialog_ui(ctx: &Context, dialogs: &Dialogs<'_>) -> Vec<Action> {
    modal_ui(ctx, 640.0, |ui, actions| match dialogs.dialog {
        Dialog::Question(question) => question_ui(ui, question, dialogs.now, actions),
        Dialog::Keys(choice) => keys_ui(ui, choice, actions),
        Dialog::Path {
            use_for,
            text,
            hint,
        } => path_ui(ui, *use_for, (text, *hint), actions),
        Dialog::Report(at) => match dialogs.reports.get(*at) {
            Some(report) => report_ui(ui, report),
            None => title_ui(ui, words!("report-none")),
        },
        Dialog::Jobs => jobs_ui(ui, dialogs.jobs, actions),
        Dialog::Engine => {
            title_ui(ui, words!("engine-title"));
            for sentence in dialogs.engine {
                ui.add(Label::new(sentence).wrap());
            }
        }
    })
}

/// Draws something on top of the window, with a button that closes it.
pub(super) fn modal_ui(
    ctx: &Context,
    max_width: f32,
    content_ui: impl FnOnce(&mut Ui, &mut Vec<Action>),
) -> Vec<Action> {
    let mut actions = Vec::new();
    let modal = Modal::new(Id::unique("dialog"))
        .frame(theme::dialog_frame(ctx))
        .show(ctx, |ui| {
            let width = (ctx.content_rect().width() - 80.0).clamp(240.0, max_width);
            ui.set_width(width);
            content_ui(ui, &mut actions);
            ui.add_space(theme::GAP);
            // A row of its own: without it the button would float in what the dialog was high before.
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    actions.extend(command_button_ui(ui, Command::Close, true));
                });
            });
        });
    if modal.should_close() {
        actions.push(Action::Do(Command::Close));
    }
    actions
}

fn title_ui(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).text_style(theme::title_style()));
    ui.add_space(theme::GAP);
}

fn keys_ui(ui: &mut Ui, choice: &KeyChoice, actions: &mut Vec<Action>) {
    title_ui(ui, words!("keys-title"));
    weak_ui(ui, words!("keys-hint"));
    match (&choice.told, choice.of) {
        (Some(told), _) => {
            ui.colored_label(palette(ui).bad, told);
        }
        (None, Some(action)) => {
            let words = words!("keys-press", action = action.label());
            ui.colored_label(palette(ui).accent, words);
        }
        (None, None) => {}
    }
    ui.add_space(theme::GAP_SMALL);
    let keys = Keys::of(ui.ctx());
    // Without a least height a scrolled list is as low as the dialog happened to be before.
    let height = (ui.ctx().content_rect().height() - 260.0).max(120.0);
    ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .show(ui, |ui| {
            Grid::new("keys")
                .num_columns(3)
                .spacing([20.0, 2.0])
                .min_row_height(20.0)
                .show(ui, |ui| {
                    for action in Keyed::all() {
                        let Some(key) = keys.key_of(action) else {
                            continue;
                        };
                        let words = RichText::new(key_words(ui.ctx(), &key)).monospace();
                        let button = Button::selectable(choice.of == Some(action), words);
                        let response = ui.add(button);
                        name(
                            ui,
                            &response,
                            &words!("keys-key-of", action = action.label()),
                        );
                        if response.clicked() {
                            actions.push(Action::ChooseKey(action));
                        }
                        ui.label(action.label());
                        weak_ui(
                            ui,
                            match action {
                                Keyed::Command(command) => command.tooltip(),
                                Keyed::Verdict(label) => verdict_tooltip(label),
                            },
                        );
                        ui.end_row();
                    }
                    ui.monospace("1 … 0");
                    ui.label(words!("keys-reason"));
                    weak_ui(ui, words!("keys-reason.tip"));
                    ui.end_row();
                });
        });
    if keys.are_chosen() {
        actions.extend(command_button_ui(ui, Command::UsualKeys, true));
    }
}

fn path_ui(
    ui: &mut Ui,
    use_for: PathUse,
    (text, hint): (&str, Option<&str>),
    actions: &mut Vec<Action>,
) {
    let (title, field, command) = match use_for {
        PathUse::TakeIn => (
            words!("path-title"),
            words!("path-field"),
            Command::TakeInPath,
        ),
        PathUse::Compare => (
            words!("compare-title"),
            words!("compare-field"),
            Command::ComparePath,
        ),
    };
    title_ui(ui, title);
    if let Some(hint) = hint {
        ui.add(Label::new(hint).wrap());
        ui.add_space(theme::GAP_SMALL);
    }
    let label = ui.label(field);
    let mut edited = text.to_owned();
    let field = ui
        .add(
            TextEdit::singleline(&mut edited)
                .id(Id::unique("path"))
                .desired_width(f32::INFINITY),
        )
        .labelled_by(label.id);
    // Asked before the focus is given back, or the field would seem never to have lost it.
    let entered =
        field.lost_focus() && ui.input(|input| input.key_pressed(eframe::egui::Key::Enter));
    if !entered && ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    if edited != text {
        actions.push(Action::EditPath(edited));
    }
    ui.add_space(theme::GAP_SMALL);
    let ready = !text.trim().is_empty();
    let pressed = command_button_ui(ui, command, ready);
    if ready && (entered || pressed.is_some()) {
        actions.push(Action::Do(command));
    }
}

fn report_ui(ui: &mut Ui, report: &Report) {
    title_ui(ui, &report.title);
    ui.add(Label::new(&report.summary).wrap());
    ui.add_space(theme::GAP);
    let height = (ui.ctx().content_rect().height() - 280.0).max(120.0);
    ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .show(ui, |ui| {
            if report.n_problems > 0 {
                ui.strong(words!("report-problems", count = report.n_problems));
            }
            for problem in &report.problems {
                problem_ui(ui, problem);
            }
            if report.n_problems > report.problems.len() {
                let more = report.n_problems - report.problems.len();
                weak_ui(ui, words!("report-more", count = more));
            }
            if !report.unknown_fields.is_empty() {
                ui.add_space(theme::GAP);
                ui.strong(words!("report-unknown-fields"));
                weak_ui(ui, words!("report-unknown-fields.hint"));
                for field in &report.unknown_fields {
                    ui.add(Label::new(field).wrap());
                }
            }
        });
}

fn problem_ui(ui: &mut Ui, problem: &Problem) {
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal_top(|ui| {
        mark_ui(ui, Mark::Cross, palette(ui).bad);
        ui.vertical(|ui| {
            let item = match problem.place {
                Some(place) => format!("{}, {place}", problem.item),
                None => problem.item.clone(),
            };
            ui.add(Label::new(item).wrap());
            ui.add(Label::new(&problem.reason).wrap());
            weak_ui(ui, &problem.way_out);
        });
    });
}

fn jobs_ui(ui: &mut Ui, jobs: &[JobView], actions: &mut Vec<Action>) {
    title_ui(ui, words!("jobs-title"));
    if jobs.is_empty() {
        ui.label(words!("jobs-none"));
    }
    for job in jobs {
        ui.horizontal(|ui| {
            let button = Button::new(words!("job-cancel"));
            let cancel = ui.add_enabled(job.state != JobState::Stopping, button);
            let cancels = words!("job-cancel.in-list", job = &job.name);
            name(ui, &cancel, &cancels);
            if cancel.clicked() {
                actions.push(Action::CancelJob(job.id));
            }
            ui.label(job_text(job));
        });
        if let Some(fraction) = job.progress.fraction() {
            ui.add(ProgressBar::new(fraction).fill(palette(ui).accent));
        }
        if !job.progress.note.is_empty() {
            weak_ui(ui, &job.progress.note);
        }
    }
}

/// Draws the notices, newest last.
#[must_use]
pub fn notices_ui(ui: &mut Ui, notices: &[Notice]) -> Vec<Action> {
    let mut actions = Vec::new();
    for (at, notice) in notices.iter().enumerate() {
        let (mark, colour) = look(ui, notice.tone);
        let colours = palette(ui);
        Frame::new()
            .fill(colours.surface)
            .stroke(Stroke::new(1.0, colour))
            .corner_radius(5)
            .inner_margin(Margin::symmetric(10, 5))
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    mark_ui(ui, mark, colour);
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let dismiss = ui.small_button(words!("notice-dismiss"));
                        let dismisses = words!("notice-dismiss.name", notice = &notice.text);
                        name(ui, &dismiss, &dismisses);
                        if dismiss.clicked() {
                            actions.push(Action::DismissNotice(at));
                        }
                        if let Some(report) = notice.report
                            && ui.small_button(words!("notice-report")).clicked()
                        {
                            actions.push(Action::ShowReport(report));
                        }
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            ui.add(Label::new(&notice.text).wrap());
                        });
                    });
                });
            });
    }
    actions
}

fn look(ui: &Ui, tone: Tone) -> (Mark, Color32) {
    let colours = palette(ui);
    match tone {
        Tone::Done => (Mark::Tick, colours.good),
        Tone::Partly => (Mark::Warning, colours.caution),
        Tone::Failed => (Mark::Cross, colours.bad),
    }
}
