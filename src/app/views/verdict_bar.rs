//! The verdicts below the picture, each with its key on it, the note, and the way back.

use eframe::egui::{Align, Button, Id, Key, Layout, RichText, TextEdit, Ui, vec2};

use super::super::actions::{Action, Command, REASON_KEYS, key_words, verdict_tooltip};
use super::super::keys::{Keyed, Keys};
use super::super::theme::{self, palette};
use super::parts::{command_button_ui, name, weak_ui};
use crate::case::Label;
use crate::clock;
use crate::routing::reason_title;
use crate::store::Verdict;
use crate::words::words;

/// What the bar needs to know.
#[derive(Clone, Copy)]
pub struct VerdictBar<'a> {
    /// The verdict that stands on the open case.
    pub standing: Option<&'a Verdict>,
    /// Two verdicts differ, and the next one settles the case.
    pub settles: bool,
    /// Why no verdict can be given just now. `None` if one can.
    pub closed: Option<&'a str>,
    /// The note as written so far.
    pub note: &'a str,
    /// Give the note field the focus.
    pub focus_note: bool,
    /// The latest verdict that can be taken back, in words.
    pub undo: Option<&'a str>,
    /// What was taken back and can be given again, in words.
    pub redo: Option<&'a str>,
    /// The policy's reason codes.
    pub reasons: &'a [String],
    /// The one that goes with the next verdict.
    pub reason: Option<&'a str>,
    /// How many cases the next verdict is for, where it is not the open one alone.
    pub n_picked: usize,
}

/// The note field's id, by which its focus is taken away again.
#[must_use]
pub fn note_id() -> Id {
    Id::unique("note")
}

/// Draws the bar.
#[must_use]
pub fn verdict_bar_ui(ui: &mut Ui, bar: &VerdictBar<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    if let Some(reason) = bar.closed {
        ui.colored_label(palette(ui).caution, reason);
    } else if bar.n_picked > 1 {
        ui.label(words!("verdict-bar-picked", count = bar.n_picked));
    } else if bar.settles {
        ui.label(words!("verdict-bar-settles"));
    } else if let Some(verdict) = bar.standing {
        ui.label(words!(
            "verdict-bar-standing",
            verdict = verdict.ruling.label.title(),
            who = verdict.actor.to_string(),
            when = clock::local(verdict.at)
        ));
    }
    ui.horizontal_wrapped(|ui| {
        // All seven in one row of the smallest window that the layout is made for.
        ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
        ui.spacing_mut().button_padding.x = 8.0;
        for label in Label::ALL {
            if verdict_button_ui(ui, bar, label) {
                actions.push(Action::Decide(label));
            }
        }
    });
    actions.extend(reasons_ui(ui, bar));
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(latest) = bar.redo {
                let redo = command_button_ui(ui, Command::Redo, true);
                actions.extend(redo);
                weak_ui(ui, latest);
            }
            let undo = ui
                .add_enabled_ui(bar.undo.is_some(), |ui| {
                    command_button_ui(ui, Command::Undo, true)
                })
                .inner;
            actions.extend(undo);
            if let Some(latest) = bar.undo {
                ui.add(
                    eframe::egui::Label::new(RichText::new(latest).small().color(palette(ui).weak))
                        .truncate(),
                );
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                actions.extend(note_ui(ui, bar));
            });
        });
    });
    actions
}

fn verdict_button_ui(ui: &mut Ui, bar: &VerdictBar<'_>, label: Label) -> bool {
    let keys = Keys::of(ui.ctx());
    let key = keys.key_of(Keyed::Verdict(label));
    let key = key.map_or_else(String::new, |key| key_words(ui.ctx(), &key));
    let given = bar
        .standing
        .is_some_and(|verdict| verdict.ruling.label == label);
    let button = Button::new(label.title())
        .shortcut_text(RichText::new(&key).monospace())
        .gap(8.0)
        .selected(given);
    let response = ui
        .add_enabled(bar.closed.is_none(), button)
        .on_hover_text(format!("{} ({key})", verdict_tooltip(label)));
    name(ui, &response, label.title());
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_keyboard_shortcut(key));
    response.clicked()
}

/// The reason codes, each with its number key.
fn reasons_ui(ui: &mut Ui, bar: &VerdictBar<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(3.0, 2.0);
        ui.spacing_mut().button_padding = vec2(5.0, 1.0);
        let label = ui.label(
            RichText::new(words!("verdict-bar-reason"))
                .small()
                .color(palette(ui).weak),
        );
        label.on_hover_text(words!("verdict-bar-reason.tip"));
        for (at, code) in bar.reasons.iter().enumerate() {
            let title = reason_title(code);
            let key = REASON_KEYS.get(at).map(|key| key.symbol_or_name());
            let text = match key {
                Some(key) => format!("{key} {title}"),
                None => title.clone(),
            };
            let button = Button::selectable(bar.reason == Some(code), RichText::new(text).small());
            let response = ui.add_enabled(bar.closed.is_none(), button);
            name(ui, &response, &title);
            if let Some(key) = key {
                ui.ctx()
                    .accesskit_node_builder(response.id, |node| node.set_keyboard_shortcut(key));
            }
            if response.clicked() {
                actions.push(Action::Reason(at));
            }
        }
    });
    actions
}

fn note_ui(ui: &mut Ui, bar: &VerdictBar<'_>) -> Option<Action> {
    let mut text = bar.note.to_owned();
    let label = ui.label(words!("verdict-bar-note"));
    let width = (ui.available_width() - theme::GAP).clamp(80.0, 520.0);
    let response = ui
        .add_enabled(
            bar.closed.is_none(),
            TextEdit::singleline(&mut text)
                .id(note_id())
                .hint_text(words!("verdict-bar-note.hint"))
                .char_limit(2000)
                .desired_width(width),
        )
        .labelled_by(label.id);
    if bar.focus_note {
        response.request_focus();
    }
    // Enter ends the note and gives the keys back to the verdicts.
    if response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        response.surrender_focus();
    }
    (text != bar.note).then_some(Action::EditNote(text))
}
