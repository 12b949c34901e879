//! Above the list: which list, what is searched for in it, and in which order.

use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{Id, Key, RichText, TextEdit, Ui, vec2};

use super::super::actions::{Action, Command};
use super::super::searches::Kept;
use super::super::theme;
use super::parts::{command_button_ui, radio_ui, weak_ui};
use super::questions::Question;
use super::queue::Queue;
use crate::case::{CheckKind, Label, Probability, Route, Source, Time};
use crate::clock;
use crate::store::{Order, Search, View};
use crate::words::words;

/// The search field's id.
#[must_use]
pub fn find_id() -> Id {
    Id::unique("find")
}

/// Draws the lists, the search field and the menus of conditions and orders.
#[must_use]
pub fn search_ui(ui: &mut Ui, queue: &Queue<'_>) -> Vec<Action> {
    let mut actions = lists_ui(ui, queue);
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal(|ui| {
        actions.extend(conditions_menu_ui(ui, queue));
        actions.extend(order_menu_ui(ui, queue));
        actions.extend(field_ui(ui, queue));
    });
    let told = told(queue.search);
    if !told.is_empty() {
        ui.horizontal_wrapped(|ui| {
            weak_ui(ui, told.join(", "));
            if ui
                .small_button(words!("search-clear"))
                .on_hover_text(words!("search-clear.tip"))
                .clicked()
            {
                actions.push(show(queue.search.list()));
            }
            actions.extend(command_button_ui(ui, Command::KeepSearch, true));
        });
    }
    actions
}

fn show(search: Search) -> Action {
    Action::Show(Box::new(search))
}

fn lists_ui(ui: &mut Ui, queue: &Queue<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut list = |ui: &mut Ui, title: &str, n_cases: u64, search: Search| {
        let selected = queue.search.list() == search;
        let text = words!("queue-list", list = title, count = n_cases);
        if ui.selectable_label(selected, text).clicked() {
            actions.push(show(search));
        }
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for view in View::ALL {
            let n_cases = queue.counts.map_or(0, |counts| counts.of(view));
            let usual = matches!(
                view,
                View::Inbox | View::Accepted | View::Rejected | View::Retake | View::Decided
            );
            let here = queue.search.view == view && queue.search.assigned_to.is_none();
            if queue.blind && matches!(view, View::Accepted | View::Rejected) {
                // Their names say what a first look must not know.
                continue;
            }
            if usual || n_cases > 0 || here {
                list(ui, view.title(), n_cases, Search::of(view));
            }
            if view == View::Inbox {
                let mine = Search::assigned_to(queue.me);
                list(ui, words!("queue-mine"), queue.n_mine, mine);
            }
        }
    });
    actions
}

fn field_ui(ui: &mut Ui, queue: &Queue<'_>) -> Option<Action> {
    let before = queue.search.text.clone().unwrap_or_default();
    let mut text = before.clone();
    let field = ui.add(
        TextEdit::singleline(&mut text)
            .id(find_id())
            .hint_text(words!("search-field"))
            .char_limit(200)
            .desired_width(ui.available_width() - theme::GAP),
    );
    super::parts::name(ui, &field, Command::Find.label());
    let field = field.on_hover_text(Command::Find.tooltip());
    if queue.focus_find {
        field.request_focus();
    }
    // Enter gives the keys back to the verdicts.
    if field.has_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        field.surrender_focus();
    }
    (text != before).then(|| {
        show(Search {
            text: (!text.trim().is_empty()).then_some(text),
            ..queue.search.clone()
        })
    })
}

fn order_menu_ui(ui: &mut Ui, queue: &Queue<'_>) -> Option<Action> {
    let search = queue.search;
    let mut asked = None;
    let (response, _) = MenuButton::new(words!("search-order")).ui(ui, |ui| {
        let by_score = |order| {
            matches!(
                order,
                Order::LowestScore | Order::HighestScore | Order::Check
            )
        };
        for order in Order::ALL {
            if queue.blind && by_score(order) {
                continue;
            }
            if radio_ui(ui, search.order == order, order.title()).clicked() {
                asked = Some(show(Search {
                    order,
                    ..search.clone()
                }));
                ui.close();
            }
        }
    });
    response.on_hover_text(words!("search-order.tip"));
    asked
}

fn conditions_menu_ui(ui: &mut Ui, queue: &Queue<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    let search = queue.search;
    let (response, _) = MenuButton::new(words!("search-filter")).ui(ui, |ui| {
        let mut next = search.clone();
        let title = words!("filter-source");
        choice_ui(ui, title, &mut next.source, Source::ALL, Source::title);
        // What the engine says is not to be known before a blind verdict, nor to be searched for.
        if !queue.blind {
            let title = words!("filter-route");
            choice_ui(ui, title, &mut next.route, Route::ALL, Route::title);
            let (title, checks) = (words!("filter-check"), CheckKind::ALL);
            choice_ui(ui, title, &mut next.check, checks, CheckKind::title);
            let bands = queue.bands;
            let title = words!("filter-score");
            choice_ui(ui, title, &mut next.score, bands, |(from, to)| {
                let (from, to) = (from.to_string(), to.to_string());
                words!("filter-score.range", from = from, to = to)
            });
        }
        let title = words!("filter-verdict");
        choice_ui(ui, title, &mut next.verdict, Label::ALL, Label::title);
        let (title, reviewers) = (words!("filter-reviewer"), queue.reviewers.iter().cloned());
        choice_ui(ui, title, &mut next.reviewer, reviewers, |who| who.0);
        let today = clock::start_of_day(queue.now);
        let days = [0, 6, 29].map(|days: i64| Time(today.0 - days * 86_400_000));
        let title = words!("filter-since");
        choice_ui(ui, title, &mut next.since, days, |since| {
            match (today.0 - since.0) / 86_400_000 {
                0 => words!("filter-since.today").to_owned(),
                days => words!("filter-since.days", count = days + 1),
            }
        });
        if next.since != search.since {
            next.before = None;
        }
        if ui.button(words!("filter-days")).clicked() {
            actions.push(Action::Ask(Question::Days {
                from: search.since.map(clock::day).unwrap_or_default(),
                to: String::new(),
            }));
            ui.close();
        }
        if next != *search {
            actions.push(show(next));
        }
        if !queue.kept.is_empty() {
            ui.separator();
            kept_ui(ui, queue.kept, &mut actions);
        }
    });
    response.on_hover_text(words!("search-filter.tip"));
    actions
}

fn kept_ui(ui: &mut Ui, kept: &[Kept], actions: &mut Vec<Action>) {
    for (at, Kept { name, search }) in kept.iter().enumerate() {
        ui.horizontal(|ui| {
            if ui.button(name).clicked() {
                actions.push(show(search.clone()));
                ui.close();
            }
            let forget = ui
                .small_button(words!("search-forget"))
                .on_hover_text(words!("search-forget.tip"));
            let forgets = words!("search-forget.name", search = name);
            super::parts::name(ui, &forget, &forgets);
            if forget.clicked() {
                actions.push(Action::ForgetSearch(at));
                ui.close();
            }
        });
    }
}

/// A submenu with one condition: any, or one of these.
fn choice_ui<T: Clone + PartialEq, W: Into<String>>(
    ui: &mut Ui,
    title: &str,
    chosen: &mut Option<T>,
    all: impl IntoIterator<Item = T>,
    word: impl Fn(T) -> W,
) {
    let text = match chosen {
        Some(value) => {
            let value: String = word(value.clone()).into();
            let text = words!("filter-set", condition = title, value = value);
            RichText::new(text).strong()
        }
        None => RichText::new(title),
    };
    ui.menu_button(text, |ui| {
        let any = std::iter::once(None);
        for value in any.chain(all.into_iter().map(Some)) {
            let text = match &value {
                Some(value) => word(value.clone()).into(),
                None => words!("search-any").to_owned(),
            };
            if radio_ui(ui, *chosen == value, &text).clicked() {
                *chosen = value;
                ui.close();
            }
        }
    });
}

/// The conditions and the order that are not the usual ones, in words.
fn told(search: &Search) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(text) = &search.text {
        told.push(words!("told-text", text = text));
    }
    told.extend(search.source.map(|source| source.title().to_owned()));
    told.extend(search.route.map(|route| route.went().to_owned()));
    told.extend(
        search
            .check
            .map(|kind| words!("told-check", check = kind.word())),
    );
    if let Some((from, to)) = search.score {
        let (from, to) = (from.to_string(), to.to_string());
        told.push(words!("told-score", from = from, to = to));
    }
    told.extend(
        search
            .verdict
            .map(|label| words!("told-verdict", verdict = label.word())),
    );
    let reviewer = search.reviewer.as_ref();
    told.extend(reviewer.map(|who| words!("told-reviewer", who = who.to_string())));
    told.extend(
        search
            .since
            .map(|since| words!("told-since", when = clock::local(since))),
    );
    let before = search.before;
    told.extend(before.map(|before| words!("told-before", when = clock::local(before))));
    if search.order != Order::Urgency {
        told.push(search.order.word().to_owned());
    }
    told
}

/// The scores below the review band, in it and above it.
#[must_use]
pub fn bands_of(policy: &crate::routing::Policy) -> [(Probability, Probability); 3] {
    let band = policy.band;
    let end = |value: f64, or: Probability| Probability::new(value).unwrap_or(or);
    let (nothing, all) = (end(0.0, band.from), end(1.0, band.to));
    // The store includes both ends of a range; the band's own ends belong to it.
    let just = 1e-9;
    [
        (nothing, end(band.from.get() - just, band.from)),
        (band.from, band.to),
        (end(band.to.get() + just, band.to), all),
    ]
}
