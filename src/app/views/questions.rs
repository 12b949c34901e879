//! Questions that an action asks before it is done: until when, why, to whom, really?

use eframe::egui::{DragValue, Id, Key, Label, RichText, TextEdit, Ui};

use super::super::actions::{Action, Command};
use super::super::exporting::{EXPORTS, title, with_ending};
use super::super::theme;
use super::parts::{primary_button_ui, weak_ui};
use crate::case::{Label as Verdict, Time};
use crate::clock;
use crate::export::Export;
use crate::words::words;

/// A question, and its answer so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Until when the cases are put off, and why.
    Hold {
        /// Whole days from today, at least one.
        days: u16,
        /// The reason.
        why: String,
    },
    /// Why the cases are handed up.
    Escalate {
        /// The reason.
        why: String,
    },
    /// Whose the cases are to be.
    Assign {
        /// The name.
        to: String,
    },
    /// Whether many cases are to get one verdict.
    DecideMany {
        /// The verdict.
        label: Verdict,
        /// How many cases.
        n_cases: usize,
    },
    /// From which day to which the cases came in that are shown; as `2026-11-22`, or empty.
    Days {
        /// The first day.
        from: String,
        /// The last day.
        to: String,
    },
    /// What is written into which file.
    Export {
        /// What, and how.
        what: Export,
        /// How many cases are picked.
        n_picked: usize,
        /// Only of those.
        only_picked: bool,
        /// The file.
        path: String,
    },
    /// Who sits at the desk from now on.
    SitDown {
        /// The name.
        name: String,
    },
    /// What to call a search that is kept.
    KeepSearch {
        /// The name.
        name: String,
    },
}

/// A day as long as a day is without the change of clocks; the start of a day is looked up.
const DAY_MS: i64 = 86_400_000;

impl Question {
    /// Whether the answer is whole.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        match self {
            Self::Hold { why: text, .. }
            | Self::Escalate { why: text }
            | Self::Assign { to: text }
            | Self::SitDown { name: text }
            | Self::Export { path: text, .. }
            | Self::KeepSearch { name: text } => !text.trim().is_empty(),
            Self::DecideMany { .. } => true,
            Self::Days { from, to } => Self::days(from, to).is_some(),
        }
    }

    /// When the first day begins and when the last one is over; `None` unless at least one of them is
    /// said, as a day that there is, and the last does not lie before the first.
    #[must_use]
    pub fn days(from: &str, to: &str) -> Option<(Option<Time>, Option<Time>)> {
        let begin = |text: &str| match text.trim() {
            "" => Some(None),
            day => clock::of_day(day).map(Some),
        };
        let (since, last) = (begin(from)?, begin(to)?);
        let before = last.map(|last| Self::hold_until(1, last));
        let in_order = since.is_none_or(|since| before.is_none_or(|before| since < before));
        (in_order && (since.is_some() || before.is_some())).then_some((since, before))
    }

    /// The start of the day `days` from today.
    #[must_use]
    pub fn hold_until(days: u16, now: Time) -> Time {
        // Noon of that day first, so that a change of clocks does not lead to the day before.
        let midday = clock::start_of_day(now).0 + i64::from(days) * DAY_MS + DAY_MS / 2;
        clock::start_of_day(Time(midday))
    }
}

/// Draws the question and the button that answers it.
pub fn question_ui(ui: &mut Ui, question: &Question, now: Time, actions: &mut Vec<Action>) {
    let mut edited = question.clone();
    let entered = match &mut edited {
        Question::Hold { days, why } => {
            title_ui(ui, words!("hold-title"));
            ui.horizontal(|ui| {
                let label = ui.label(words!("hold-days"));
                ui.add(DragValue::new(days).range(1..=366))
                    .labelled_by(label.id);
                let until = clock::local(Question::hold_until(*days, now));
                weak_ui(ui, words!("hold-until", until = until));
            });
            text_ui(ui, words!("question-why"), why)
        }
        Question::Escalate { why } => {
            title_ui(ui, words!("escalate-title"));
            weak_ui(ui, words!("escalate-hint"));
            text_ui(ui, words!("question-why"), why)
        }
        Question::Assign { to } => {
            title_ui(ui, words!("assign-title"));
            text_ui(ui, words!("assign-to"), to)
        }
        Question::DecideMany { label, n_cases } => {
            title_ui(ui, words!("decide-many-title"));
            let question = words!("decide-many", count = *n_cases, verdict = label.title());
            ui.add(Label::new(question).wrap());
            weak_ui(ui, words!("decide-many.hint"));
            ui.input(|input| input.key_pressed(Key::Enter))
        }
        Question::SitDown { name } => {
            title_ui(ui, words!("sit-down-title"));
            text_ui(ui, words!("sit-down-name"), name)
        }
        Question::Days { from, to } => {
            title_ui(ui, words!("days-title"));
            let label = ui.label(words!("days-from"));
            let field = ui
                .add(
                    TextEdit::singleline(from)
                        .char_limit(10)
                        .desired_width(f32::INFINITY),
                )
                .labelled_by(label.id);
            if ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
            let entered = text_ui(ui, words!("days-to"), to);
            if Question::days(from, to).is_none() {
                weak_ui(ui, words!("days-wrong"));
            }
            entered
        }
        Question::Export {
            what,
            n_picked,
            only_picked,
            path,
        } => {
            title_ui(ui, words!("export-title"));
            let before = *what;
            for each in EXPORTS {
                ui.radio_value(what, each, title(each));
            }
            if *what != before {
                *path = with_ending(path, *what);
            }
            // A ledger without some of its rows proves nothing.
            let of_cases = !matches!(what, Export::Ledger(_));
            if *n_picked > 0 {
                ui.add_enabled_ui(of_cases, |ui| {
                    let picked = words!("export-only-picked", count = *n_picked);
                    ui.checkbox(only_picked, picked);
                });
            }
            weak_ui(ui, words!("export-hint"));
            text_ui(ui, words!("export-path"), path)
        }
        Question::KeepSearch { name } => {
            title_ui(ui, words!("keep-search-title"));
            text_ui(ui, words!("keep-search-name"), name)
        }
    };
    ui.add_space(theme::GAP_SMALL);
    let ready = edited.is_answered();
    let pressed = ui
        .add_enabled_ui(ready, |ui| primary_button_ui(ui, Command::Confirm))
        .inner;
    if edited != *question {
        actions.push(Action::Answer(edited));
    }
    if ready && (entered || pressed.is_some()) {
        actions.push(Action::Do(Command::Confirm));
    }
}

fn title_ui(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).text_style(theme::title_style()));
    ui.add_space(theme::GAP);
}

/// A field with its label. Says whether Enter was pressed in it.
fn text_ui(ui: &mut Ui, words: &str, text: &mut String) -> bool {
    let label = ui.label(words);
    let field = ui
        .add(
            TextEdit::singleline(text)
                .id(Id::unique("answer"))
                .char_limit(2000)
                .desired_width(f32::INFINITY),
        )
        .labelled_by(label.id);
    // Asked before the focus is given back, or the field would seem never to have lost it.
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if !entered && ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    entered
}
