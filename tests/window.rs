//! The window by what a person can read and press: views alone, and the whole of it over a real
//! workspace.
#![cfg(feature = "gui")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "window/details.rs"]
mod details;
#[path = "window/fixture.rs"]
mod fixture;
#[path = "window/picture.rs"]
mod picture;
#[path = "window/raster.rs"]
mod raster;
#[path = "window/size.rs"]
mod size;
#[path = "window/snapshots.rs"]
mod snapshots;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use eframe::egui::{Key, Modifiers, Theme, Ui, accesskit};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fixture::{Made, add_vendor_result, few, fill};
use raster::Raster;
use secondlook::app::App;
use secondlook::app::actions::{Action, Command, verdict_key};
use secondlook::app::layout::{Colours, Layout};
use secondlook::app::report::{Notice, Report};
use secondlook::app::textures::Textures;
use secondlook::app::views::checks::{Hides, checks_ui};
use secondlook::app::views::dialogs::{Dialog, Dialogs, KeyChoice, dialog_ui, notices_ui};
use secondlook::app::views::queue::{Queue, queue_ui};
use secondlook::app::views::search::bands_of;
use secondlook::app::views::verdict_bar::{VerdictBar, verdict_bar_ui};
use secondlook::app::views::welcome::{Empty, welcome_ui};
use secondlook::case::{Actor, CaseId, Label, Time};
use secondlook::clock;
use secondlook::config::Workspace;
use secondlook::intake::{Place, Problem};
use secondlook::lens::Lens;
use secondlook::routing::Policy;
use secondlook::store::{CaseRecord, Search, Store, View};
use tempfile::TempDir;

const SMALL: [u32; 2] = [480, 320];

// Views alone.

/// Draws a view and gives back what it asked for in the meantime.
fn view(draw: impl FnMut(&mut Ui) -> Vec<Action> + 'static) -> Harness<'static, Vec<Action>> {
    let mut draw = draw;
    Harness::builder()
        .with_size([900.0, 700.0])
        .with_context_setup(|ctx| Layout::default().apply(ctx))
        .build_ui_state(
            move |ui, asked: &mut Vec<Action>| asked.extend(draw(ui)),
            Vec::new(),
        )
}

fn plain_bar() -> VerdictBar<'static> {
    VerdictBar {
        standing: None,
        settles: false,
        closed: None,
        note: "",
        focus_note: false,
        undo: None,
        redo: None,
        reasons: &[],
        reason: None,
        n_picked: 0,
    }
}

#[test]
fn each_verdict_is_a_button_that_names_itself_and_its_key() {
    let mut harness = view(|ui| verdict_bar_ui(ui, &plain_bar()));
    for label in Label::ALL {
        let button = harness.get_by_label(label.title());
        let key = verdict_key(label).symbol_or_name();
        assert_eq!(
            button.accesskit_node().data().keyboard_shortcut(),
            Some(key)
        );
        button.click();
        harness.run();
        assert_eq!(harness.state().last(), Some(&Action::Decide(label)));
    }
    let undo = harness.get_by_label(Command::Undo.label());
    assert!(undo.accesskit_node().is_disabled());
}

#[test]
fn a_closed_case_says_why_and_takes_no_verdict() {
    let mut harness = view(|ui| {
        verdict_bar_ui(
            ui,
            &VerdictBar {
                closed: Some("Open with berta"),
                ..plain_bar()
            },
        )
    });
    harness.get_by_label("Open with berta");
    harness.get_by_label("Genuine").click();
    harness.run();
    assert_eq!(*harness.state(), []);
}

#[test]
fn the_first_start_says_what_to_do_and_offers_the_samples() {
    let mut harness = view(|ui| welcome_ui(ui, Empty::FirstStart { samples: true }));
    harness.get_by_label("Welcome to Second Look");
    for command in [
        Command::AddSamples,
        Command::OpenFiles,
        Command::OpenFolder,
        Command::ImportResults,
    ] {
        harness.get_by_label(command.label()).click();
        harness.run();
        assert_eq!(harness.state().last(), Some(&Action::Do(command)));
    }
    let harness = view(|ui| welcome_ui(ui, Empty::FirstStart { samples: false }));
    assert!(
        harness
            .query_by_label(Command::AddSamples.label())
            .is_none()
    );
}

#[test]
fn a_workspace_that_cannot_be_opened_says_why() {
    let harness = view(|ui| welcome_ui(ui, Empty::Broken("the file is damaged: move it away")));
    harness.get_by_label("The workspace cannot be opened");
    harness.get_by_label("the file is damaged: move it away");
}

#[test]
fn a_report_has_one_line_for_each_item_with_reason_and_way_out() {
    let mut harness = view(|ui| {
        let report = Report {
            title: "Adding".to_owned(),
            summary: "1 case added, 2 items could not be taken".to_owned(),
            problems: vec![
                Problem {
                    item: "a.jpg".to_owned(),
                    place: None,
                    reason: "the file is empty".to_owned(),
                    way_out: "Copy it again".to_owned(),
                },
                Problem {
                    item: "b.json".to_owned(),
                    place: Some(Place { line: 3, column: 7 }),
                    reason: "a number was expected".to_owned(),
                    way_out: "Correct the file".to_owned(),
                },
            ],
            n_problems: 2,
            unknown_fields: vec!["newField, in 4 records".to_owned()],
        };
        let dialogs = Dialogs {
            dialog: &Dialog::Report(0),
            reports: &[report],
            jobs: &[],
            engine: &[],
            now: Time(0),
        };
        dialog_ui(ui.ctx(), &dialogs)
    });
    for text in [
        "2 items could not be taken",
        "a.jpg",
        "the file is empty",
        "Copy it again",
        "b.json, line 3, column 7",
        "a number was expected",
        "newField, in 4 records",
    ] {
        harness.get_by_label(text);
    }
    harness.get_by_label(Command::Close.label()).click();
    harness.run();
    assert_eq!(harness.state().last(), Some(&Action::Do(Command::Close)));
}

#[test]
fn a_notice_can_be_dismissed_and_leads_to_its_report() {
    let mut harness = view(|ui| {
        let mut partly = Notice::failed("2 items could not be taken");
        partly.report = Some(4);
        notices_ui(ui, &[Notice::done("3 cases added"), partly])
    });
    harness.get_by_label("Show report").click();
    harness.run();
    assert_eq!(*harness.state(), [Action::ShowReport(4)]);
    harness.get_by_label("Dismiss 3 cases added").click();
    harness.run();
    assert_eq!(harness.state().last(), Some(&Action::DismissNotice(0)));
}

#[test]
fn the_list_of_keys_names_every_action_that_has_one() {
    let harness = view(|ui| {
        let dialogs = Dialogs {
            dialog: &Dialog::Keys(KeyChoice::default()),
            reports: &[],
            jobs: &[],
            engine: &[],
            now: Time(0),
        };
        dialog_ui(ui.ctx(), &dialogs)
    });
    for label in Label::ALL {
        harness.get_by_label(label.title());
    }
    for command in Command::ALL {
        if command.usual_key().is_some() {
            assert!(
                harness.query_all_by_label(command.label()).next().is_some(),
                "{command:?}"
            );
        }
    }
}

// A real workspace.

fn workspace(cases: &[Made]) -> (TempDir, Workspace, Vec<CaseId>) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(folder.path());
    let ids = fill(&workspace, cases, SMALL, clock::now());
    (folder, workspace, ids)
}

fn record(workspace: &Workspace, case: CaseId) -> CaseRecord {
    Store::open_read_only(workspace)
        .unwrap()
        .case(case)
        .unwrap()
}

fn checks_of(case: CaseRecord) -> Harness<'static, Vec<Action>> {
    view(move |ui| {
        checks_ui(
            ui,
            &case,
            &Policy::default(),
            Hides::default(),
            case.created,
        )
    })
}

#[test]
fn checks_say_passed_failed_and_not_performed_with_numbers_and_reasons() {
    let (_folder, workspace, ids) = workspace(&few());
    let harness = checks_of(record(&workspace, ids[0]));
    harness.get_by_label("passport_one");
    harness.get_by_label("Score 0.450");
    harness.get_by_label(
        "Screen replay, front: 0.450, threshold 0.500, failed, review band 0.250 to 0.500",
    );
    harness.get_by_label(
        "Screen replay, back: 0.810, threshold 0.500, passed, review band 0.250 to 0.500",
    );
    // Two on the front, three on the back without the portrait: two more.
    assert_eq!(harness.query_all_by_label("not performed").count(), 4);
    assert_eq!(harness.query_all_by_label("no model yet").count(), 4);
    harness.get_by_label("The picture is out of focus (front)");
    harness.get_by_label("For review");
    harness.get_by_label("Screen replay (front) at 0.450 lies in the review band 0.250 to 0.500");
}

#[test]
fn the_bars_of_an_unfamiliar_picture_show_the_band_that_judged_it() {
    let (_folder, workspace, ids) = workspace(&[Made {
        unfamiliar: true,
        ..Made::plain("strange_one", 0.6, 0.9)
    }]);
    let harness = checks_of(record(&workspace, ids[0]));
    harness.get_by_label("Screen replay (front) at 0.600 lies in the review band 0.100 to 0.650");
    harness.get_by_label(
        "Screen replay, front: 0.600, threshold 0.500, passed, review band 0.100 to 0.650",
    );
}

#[test]
fn an_error_is_told_in_words_with_its_way_out() {
    let (_folder, workspace, ids) = workspace(&few());
    let harness = checks_of(record(&workspace, ids[4]));
    harness.get_by_label("New picture needed");
    harness.get_by_label("The way out is another picture");
    assert!(
        harness
            .query_all_by_label("No document was found in the picture")
            .next()
            .is_some()
    );
}

#[test]
fn a_result_without_single_checks_shows_its_score() {
    let (_folder, workspace, _ids) = workspace(&[]);
    let case = add_vendor_result(&workspace, "session-1", 0.4, clock::now());
    let harness = checks_of(record(&workspace, case));
    harness.get_by_label("Liveness API (format A)");
    harness
        .get_by_label("Liveness API (format A), whole document: 0.400, review band 0.250 to 0.500");
}

#[test]
fn the_list_shows_rows_and_switches_lists() {
    let (_folder, workspace, ids) = workspace(&few());
    let store = Store::open_read_only(&workspace).unwrap();
    let rows = store
        .queue_page(&Search::of(View::Inbox), None, 50)
        .unwrap()
        .rows;
    let counts = store.counts().unwrap();
    let textures = Textures::default();
    let me = Actor("anna".to_owned());
    let picked = BTreeSet::from([ids[1]]);
    let mut harness = view(move |ui| {
        let queue = Queue {
            search: &Search::of(View::Inbox),
            me: &me,
            n_mine: 0,
            reviewers: &[],
            kept: &[],
            bands: bands_of(&Policy::default()),
            picked: &picked,
            searching: false,
            focus_find: false,
            due_hours: Some(0.01),
            blind: false,
            counts: Some(counts),
            rows: &rows,
            has_more: true,
            open: None,
            scroll_to_open: false,
            tally: Some("3 decided today"),
            now: Time(rows[0].created.0 + 180_000),
            textures: &textures,
        };
        queue_ui(ui, &queue).actions
    });
    // The end of the rows is in sight, so more are asked for.
    assert!(harness.state().contains(&Action::LoadMoreRows));
    harness.get_by_label("3 cases");
    harness.get_by_label("3 decided today");
    // Three minutes are later than the policy wants.
    let name = format!(
        "Case {} passport_one, 0.450  Screen replay (front), For review, late",
        ids[0]
    );
    harness.get_by_label(&name).click();
    harness.run();
    assert_eq!(harness.state().last(), Some(&Action::LoadMoreRows));
    assert!(harness.state().contains(&Action::OpenCase(ids[0])));
    harness.get_by_label("Retake 1").click();
    harness.run();
    let retake = Action::Show(Box::new(Search::of(View::Retake)));
    assert!(harness.state().contains(&retake));
    harness.get_by_label_contains("1 picked");
    harness
        .get_by_label_contains("card_two, 0.400  Screen replay (front), For review, late, picked");
}

// The whole window.

type Window = Harness<'static, App>;

/// The window over a workspace, once it has opened it.
fn window(workspace: &Workspace) -> Window {
    let workspace = workspace.clone();
    // The harness sets the theme after the window has.
    let theme = match Layout::read(&workspace).colours {
        Colours::Light => Theme::Light,
        Colours::Dark | Colours::System => Theme::Dark,
    };
    let mut window = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_max_steps(32)
        .with_theme(theme)
        .with_render_cursor(false)
        .renderer(Raster::default())
        .build_eframe(|creation| fixture::app(&creation.egui_ctx, &workspace));
    until(&mut window, "the workspace is open", |window| {
        window.query_by_label("Opening the workspace…").is_none()
    });
    // Panels find their sizes in their first frames.
    window.run_steps(3);
    window
}

/// Frames until something holds; jobs run meanwhile.
fn until(window: &mut Window, what: &str, holds: impl Fn(&Window) -> bool) {
    let start = Instant::now();
    loop {
        window.step();
        if holds(window) {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "waited for: {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn until_label(window: &mut Window, label: &str) {
    until(window, label, |window| {
        window.query_all_by_label(label).next().is_some()
    });
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(3);
}

fn type_into(window: &mut Window, text: &str) {
    for letter in text.chars() {
        if let Some(key) = Key::from_name(&letter.to_string()) {
            window.event(eframe::egui::Event::Key {
                key,
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers: Modifiers::NONE,
            });
            window.event(eframe::egui::Event::Text(letter.to_string()));
            window.key_up(key);
        } else {
            window.event(eframe::egui::Event::Text(letter.to_string()));
        }
        window.step();
    }
    window.run_steps(2);
}

fn standing(workspace: &Workspace, case: CaseId) -> Option<(Label, Option<String>)> {
    let record = record(workspace, case);
    let verdict = record.verdict()?;
    assert_eq!(verdict.actor, Actor("anna".to_owned()));
    Some((verdict.ruling.label, verdict.ruling.note.clone()))
}

/// The check's bar in the panel of the case on screen.
fn is_open(window: &Window, screen_replay: &str) -> bool {
    let name = format!("Score {screen_replay}");
    window.query_by_label(&name).is_some()
}

#[test]
fn a_key_decides_and_the_next_case_is_on_screen_at_once() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    assert!(
        is_open(&window, "0.450"),
        "the case nearest to the threshold is open"
    );
    window.key_press(Key::S);
    window.step();
    assert!(
        is_open(&window, "0.400"),
        "the next one is open in the same frame"
    );
    assert_eq!(
        standing(&workspace, ids[0]),
        Some((Label::ScreenReplay, None))
    );
    window.run_steps(2);
    window.get_by_label("2 cases");
    window.get_by_label("Decided 1");
    press(&mut window, Key::G);
    press(&mut window, Key::P);
    assert_eq!(standing(&workspace, ids[1]), Some((Label::Genuine, None)));
    assert_eq!(
        standing(&workspace, ids[2]),
        Some((Label::PrintedCopy, None))
    );
    until_label(&mut window, "Nothing waits for you here");
}

#[test]
fn a_verdict_can_be_given_with_the_mouse() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    window.get_by_label("Undeterminable").click();
    window.run_steps(8);
    assert_eq!(
        standing(&workspace, ids[0]),
        Some((Label::Undeterminable, None))
    );
    assert!(is_open(&window, "0.400"));
    window.get_by_label_contains("1 decided today");
    window.get_by_label(Command::Undo.label()).click();
    window.run_steps(8);
    assert!(window.query_by_label_contains("decided today").is_none());
}

#[test]
fn a_key_held_down_decides_once() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    for _ in 0..20 {
        // Pressed again without having been released: the keyboard repeats it.
        window.key_down(Key::G);
        window.step();
    }
    window.key_up(Key::G);
    window.run_steps(2);
    assert_eq!(standing(&workspace, ids[0]), Some((Label::Genuine, None)));
    assert_eq!(standing(&workspace, ids[1]), None);
}

#[test]
fn a_key_does_nothing_under_an_open_menu_or_dialog() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    window.get_by_label("Case").click();
    window.run_steps(3);
    press(&mut window, Key::G);
    assert_eq!(standing(&workspace, ids[0]), None);
    press(&mut window, Key::Escape);
    press(&mut window, Key::F1);
    press(&mut window, Key::G);
    assert_eq!(standing(&workspace, ids[0]), None);
    press(&mut window, Key::Escape);
    press(&mut window, Key::G);
    assert_eq!(standing(&workspace, ids[0]), Some((Label::Genuine, None)));
}

#[test]
fn writing_a_note_never_decides_and_the_note_is_kept_with_the_verdict() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    press(&mut window, Key::N);
    window.run_steps(2);
    type_into(&mut window, "gspfdru");
    let note = window.get_by_role_and_label(accesskit::Role::TextInput, "Note");
    assert_eq!(
        note.value().as_deref(),
        Some("gspfdru"),
        "and no n before it"
    );
    for id in &ids {
        assert_eq!(standing(&workspace, *id), None);
    }
    press(&mut window, Key::Enter);
    press(&mut window, Key::D);
    let kept = Some("gspfdru".to_owned());
    assert_eq!(
        standing(&workspace, ids[0]),
        Some((Label::DigitalManipulation, kept))
    );
}

#[test]
fn undo_brings_the_case_and_its_note_back() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    press(&mut window, Key::N);
    window.run_steps(2);
    type_into(&mut window, "moire");
    press(&mut window, Key::Escape);
    press(&mut window, Key::S);
    assert!(standing(&workspace, ids[0]).is_some());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(4);
    assert_eq!(standing(&workspace, ids[0]), None);
    assert!(is_open(&window, "0.450"));
    let note = window.get_by_role_and_label(accesskit::Role::TextInput, "Note");
    assert_eq!(note.value().as_deref(), Some("moire"));
    window.get_by_label("3 cases");
}

#[test]
fn arrows_move_between_cases_and_hand_back_the_one_that_is_left() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    press(&mut window, Key::ArrowDown);
    assert!(is_open(&window, "0.400"));
    assert_eq!(record(&workspace, ids[0]).claim, None);
    assert!(record(&workspace, ids[1]).claim.is_some());
    press(&mut window, Key::ArrowUp);
    assert!(is_open(&window, "0.450"));
}

#[test]
fn the_picture_shows_both_sides_and_zooms() {
    let (_folder, workspace, _ids) = workspace(&few());
    let mut window = window(&workspace);
    let shows = |window: &Window, start: &str, end: &str| {
        window
            .query_all_by_role(accesskit::Role::Image)
            .filter_map(|node| node.accesskit_node().label())
            .any(|label| label.starts_with(start) && label.ends_with(end))
    };
    until(&mut window, "the front is decoded", |window| {
        shows(window, "Front of the document, 480 by 320 pixels", "%")
    });
    press(&mut window, Key::Z);
    assert!(shows(&window, "Front", "at 100 %"));
    press(&mut window, Key::Plus);
    assert!(shows(&window, "Front", "at 125 %"));
    press(&mut window, Key::B);
    until(&mut window, "the back is decoded", |window| {
        shows(window, "Back of", "%")
    });
    assert!(!shows(&window, "Back", "at 125 %"), "it is fitted again");
}

#[test]
fn the_evidence_of_each_check_lies_over_the_picture_in_turn() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    let words = |kind: &str| format!("{kind}: how live each part looks");
    let shown = |window: &Window, kind: &str| {
        let words = words(kind);
        window.query_by_label_contains(&words).is_some()
    };
    until_label(&mut window, "Evidence");
    until(&mut window, "the picture", |window| {
        window.query_by_label_contains("by 320 pixels").is_some()
    });
    let mut seen = Vec::new();
    for _ in 0..3 {
        press(&mut window, Key::E);
        window.step();
        seen.push(["Screen replay", "Printed copy"].map(|kind| shown(&window, kind)));
    }
    assert_eq!(seen, [[true, false], [false, true], [false, false]]);
    // Of a case whose worst check is another one that one comes first.
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::ArrowDown);
    until(&mut window, "the third case", |window| {
        is_open(window, "0.350")
    });
    press(&mut window, Key::E);
    // The words lie over the picture, which may be decoded later than the case is open.
    until(&mut window, "its evidence", |window| {
        shown(window, "Printed copy")
    });
}

#[test]
fn a_lens_shows_what_it_can_show_and_goes_away_again() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    until(&mut window, "the picture", |window| {
        window.query_by_label_contains("by 320 pixels").is_some()
    });
    for lens in Lens::ALL {
        press(&mut window, Key::L);
        until(&mut window, lens.title(), |window| {
            window.query_by_label_contains(lens.words()).is_some()
        });
    }
    // The window's own menu takes it away as the key does.
    press(&mut window, Key::L);
    window.get_by_label("Lens").click();
    window.run_steps(3);
    window.get_by_label("Grain").click();
    until(&mut window, "the lens from the menu", |window| {
        window
            .query_by_label_contains(Lens::Grain.words())
            .is_some()
    });
    window.key_down(Key::Space);
    window.run_steps(2);
    assert!(
        window
            .query_by_label_contains(Lens::Grain.words())
            .is_none()
    );
    window.key_up(Key::Space);
    window.run_steps(2);
    assert!(
        window
            .query_by_label_contains(Lens::Grain.words())
            .is_some()
    );
}

#[test]
fn the_window_comes_back_as_it_was_left() {
    let (_folder, workspace, _) = workspace(&few());
    let left = Layout {
        queue_width: 350.0,
        checks_width: 300.0,
        ..Layout::default()
    };
    left.write(&workspace).unwrap();
    for _ in 0..2 {
        let mut window = window(&workspace);
        window.get_by_label("View").click();
        window.run_steps(3);
        window.get_by_label_contains("Colours").click();
        window.run_steps(3);
        window.get_by_label("Light").click();
        window.run_steps(3);
        window.state_mut().close();
    }
    let expected = Layout {
        colours: Colours::Light,
        ..left
    };
    assert_eq!(Layout::read(&workspace), expected);
}

#[test]
fn an_empty_workspace_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(&Workspace::at(folder.path().join("new")));
    until_label(&mut window, "Welcome to Second Look");
    window.get_by_label(Command::OpenFolder.label());
}

#[test]
fn a_damaged_workspace_is_told_and_the_window_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(folder.path());
    std::fs::write(
        workspace.database(),
        "this is no database, and longer than a header",
    )
    .unwrap();
    let mut window = window(&workspace);
    until_label(&mut window, "The workspace cannot be opened");
    press(&mut window, Key::F1);
    window
        .get_by_label("Letters do nothing while you write. Press a key's button to choose another");
    press(&mut window, Key::Escape);
    assert!(
        window
            .query_by_label(
                "Letters do nothing while you write. Press a key's button to choose another"
            )
            .is_none()
    );
}

#[test]
fn a_case_that_somebody_else_has_open_can_be_seen_and_not_decided() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut other = Store::open(&workspace, clock::now()).unwrap();
    let berta = Actor("berta".to_owned());
    other.claim(ids[0], &berta, 30, clock::now()).unwrap();
    let mut window = window(&workspace);
    assert!(is_open(&window, "0.400"), "the first that is free is open");
    press(&mut window, Key::ArrowUp);
    assert!(is_open(&window, "0.450"));
    press(&mut window, Key::G);
    assert!(record(&workspace, ids[0]).verdict().is_none());
    assert!(
        window.query_all_by_label_contains("berta").next().is_some(),
        "it says with whom"
    );
}

#[test]
fn a_path_is_taken_in_and_what_cannot_be_is_in_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    std::fs::write(pictures.join("good.jpg"), fixture::picture(1, SMALL)).unwrap();
    std::fs::write(pictures.join("empty.jpg"), b"").unwrap();
    std::fs::write(pictures.join("letter.jpg"), "Dear Sir or Madam").unwrap();
    std::fs::write(pictures.join("broken.json"), "{ \"no\": ").unwrap();
    let workspace = Workspace::at(folder.path().join("workspace"));
    let mut window = window(&workspace);
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run_steps(3);
    type_into(&mut window, pictures.to_str().unwrap());
    press(&mut window, Key::Enter);
    until_label(&mut window, "Show report");
    let counts = Store::open_read_only(&workspace).unwrap().counts().unwrap();
    assert_eq!(counts.of(View::All), 1);
    window.get_by_label("Show report").click();
    window.run_steps(3);
    window.get_by_label("3 items could not be taken");
    for name in ["empty.jpg", "letter.jpg", "broken.json"] {
        assert!(
            window.query_all_by_label_contains(name).next().is_some(),
            "{name} has a line"
        );
    }
    press(&mut window, Key::Escape);
    assert!(
        window
            .query_by_label("3 items could not be taken")
            .is_none()
    );
}

// Deciding with reasons, many at once, blind, and what else is done with a case.

/// Presses a key together with others.
fn press_with(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_steps(4);
}

fn view_of(workspace: &Workspace, case: CaseId) -> View {
    record(workspace, case).view
}

/// A workspace with a policy of its own.
fn workspace_with(policy: &Policy) -> (TempDir, Workspace, Vec<CaseId>) {
    let (folder, workspace, ids) = workspace(&few());
    std::fs::write(workspace.policy(), policy.to_json()).unwrap();
    (folder, workspace, ids)
}

#[test]
fn a_number_key_gives_the_next_verdict_its_reason_and_takes_it_away_again() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    press(&mut window, Key::Num3);
    press(&mut window, Key::P);
    let reason = |at: usize| {
        record(&workspace, ids[at])
            .verdict()
            .unwrap()
            .ruling
            .reason
            .clone()
    };
    assert_eq!(reason(0).as_deref(), Some("photocopy"));
    press(&mut window, Key::Num3);
    press(&mut window, Key::Num3);
    press(&mut window, Key::P);
    assert_eq!(reason(1), None);
    window.get_by_label("Template mismatch").click();
    window.run_steps(4);
    press(&mut window, Key::F);
    assert_eq!(reason(2).as_deref(), Some("template_mismatch"));
}

#[test]
fn a_verdict_that_needs_a_reason_says_so_and_is_not_given_without() {
    let needs = secondlook::routing::VerdictRules {
        needs_reason: true,
        needs_note: false,
    };
    let policy = Policy {
        verdicts: [(Label::ScreenReplay, needs)].into(),
        ..Policy::default()
    };
    let (_folder, workspace, ids) = workspace_with(&policy);
    let mut window = window(&workspace);
    press(&mut window, Key::S);
    assert_eq!(standing(&workspace, ids[0]), None);
    window.get_by_label("The policy asks for a reason with the verdict Screen replay");
    press(&mut window, Key::Num1);
    press(&mut window, Key::S);
    assert_eq!(
        standing(&workspace, ids[0]),
        Some((Label::ScreenReplay, None))
    );
}

#[test]
fn redo_gives_the_verdict_again_that_undo_took_back() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    press(&mut window, Key::S);
    press(&mut window, Key::G);
    for _ in 0..2 {
        press_with(&mut window, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(standing(&workspace, ids[0]), None);
    for _ in 0..2 {
        press_with(&mut window, Modifiers::COMMAND, Key::Y);
    }
    assert_eq!(
        standing(&workspace, ids[0]),
        Some((Label::ScreenReplay, None))
    );
    assert_eq!(standing(&workspace, ids[1]), Some((Label::Genuine, None)));
    assert!(is_open(&window, "0.350"), "and the next one is open");
}

#[test]
fn a_case_is_put_off_or_handed_up_with_a_reason() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    press(&mut window, Key::H);
    // Letters are the answer's, and no verdicts.
    type_into(&mut window, "gs asked");
    press(&mut window, Key::Enter);
    assert_eq!(view_of(&workspace, ids[0]), View::Held);
    assert_eq!(standing(&workspace, ids[0]), None);
    assert!(is_open(&window, "0.400"), "the next one is open");
    press(&mut window, Key::X);
    press(&mut window, Key::Enter);
    assert_eq!(
        view_of(&workspace, ids[1]),
        View::Inbox,
        "not without a reason"
    );
    type_into(&mut window, "odd");
    window.get_by_label("Confirm").click();
    window.run_steps(4);
    assert_eq!(view_of(&workspace, ids[1]), View::Escalated);
    press(&mut window, Key::M);
    assert_eq!(
        record(&workspace, ids[2]).assigned_to,
        Some(Actor("anna".to_owned()))
    );
    window.get_by_label("Mine 2").click();
    window.run_steps(4);
    window.get_by_label("2 cases");
    window.get_by_label("Escalated 1").click();
    window.run_steps(4);
    window.get_by_label("odd");
    window.get_by_label("Case").click();
    window.run_steps(3);
    window.get_by_label("Put back").click();
    window.run_steps(4);
    assert_eq!(view_of(&workspace, ids[1]), View::Inbox);
}

#[test]
fn what_is_typed_to_find_narrows_the_list_and_never_decides() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    press_with(&mut window, Modifiers::COMMAND, Key::F);
    type_into(&mut window, "card_t");
    until_label(&mut window, "2 cases found");
    for id in &ids {
        assert_eq!(standing(&workspace, *id), None);
    }
    press(&mut window, Key::Enter);
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::G);
    assert!(
        ids[1..3]
            .iter()
            .any(|&id| standing(&workspace, id).is_some())
    );
    until_label(&mut window, "1 case found");
    window.get_by_label("Keep…").click();
    window.run_steps(4);
    type_into(&mut window, "t cards");
    press(&mut window, Key::Enter);
    window.get_by_label("Clear").click();
    window.run_steps(4);
    window.get_by_label("2 cases");
    window.get_by_label("Filter").click();
    window.run_steps(3);
    window.get_by_label("t cards").click();
    until_label(&mut window, "1 case found");
    assert_eq!(secondlook::app::searches::read(&workspace).len(), 1);
}

#[test]
fn picked_cases_get_one_verdict_that_is_asked_for_and_taken_back_as_one() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    press_with(&mut window, Modifiers::SHIFT, Key::ArrowDown);
    window.get_by_label("2 picked");
    press(&mut window, Key::P);
    assert_eq!(standing(&workspace, ids[0]), None, "it asks first");
    window.get_by_label("Give 2 cases the verdict Printed copy?");
    press(&mut window, Key::Enter);
    let decided = |at: usize| standing(&workspace, ids[at]).is_some();
    assert_eq!([0, 1, 2].map(decided), [true, true, false]);
    press_with(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!([0, 1, 2].map(decided), [false, false, false]);
    press_with(&mut window, Modifiers::COMMAND, Key::A);
    window.get_by_label("3 picked");
    press(&mut window, Key::Escape);
    assert!(window.query_by_label("3 picked").is_none());
    press(&mut window, Key::G);
    assert_eq!([0, 1, 2].map(decided).iter().filter(|&&d| d).count(), 1);
}

#[test]
fn a_blind_verdict_comes_before_the_numbers() {
    let policy = Policy {
        blind_first_look: true,
        ..Policy::default()
    };
    let (_folder, workspace, ids) = workspace_with(&policy);
    let mut window = window(&workspace);
    assert!(!is_open(&window, "0.450"));
    let tells = |window: &Window| window.query_all_by_label_contains("0.450").next().is_some();
    assert!(!tells(&window), "nothing says the score");
    let route = window.query_all_by_label_contains("For review").next();
    assert!(route.is_none(), "nor the route that follows from it");
    press(&mut window, Key::G);
    assert!(is_open(&window, "0.450"), "it stays, with its numbers");
    press(&mut window, Key::S);
    let verdicts = record(&workspace, ids[0]).verdicts;
    let said: Vec<_> = verdicts
        .iter()
        .map(|v| (v.ruling.label, v.ruling.blind))
        .collect();
    assert_eq!(said, [(Label::Genuine, true), (Label::ScreenReplay, false)]);
    // Nor can it be asked for by a list, a condition or an order.
    for told in ["Accepted 1", "Rejected 0"] {
        assert!(window.query_by_label(told).is_none(), "{told}");
    }
    window.get_by_label("Filter").click();
    until_label(&mut window, "Decided by");
    for told in ["Route", "Worst check", "Score"] {
        assert!(window.query_by_label(told).is_none(), "{told}");
    }
    press(&mut window, Key::Escape);
    until(&mut window, "the menu to close", |window| {
        window.query_by_label("Decided by").is_none()
    });
    // The next one keeps its blind verdict when it is left.
    press(&mut window, Key::G);
    press(&mut window, Key::ArrowDown);
    assert_eq!(record(&workspace, ids[1]).verdicts.len(), 1);
}

#[test]
fn whoever_looks_second_does_not_see_the_first_verdict() {
    let policy = Policy {
        second_look: secondlook::routing::SecondLook {
            share: 1.0,
            ..Default::default()
        },
        ..Policy::default()
    };
    let (_folder, workspace, ids) = workspace_with(&policy);
    let mut other = Store::open(&workspace, clock::now()).unwrap();
    let ruling = secondlook::store::Ruling {
        note: Some("a dark secret".to_owned()),
        ..secondlook::store::Ruling::plain(Label::Undeterminable)
    };
    let berta = Actor("berta".to_owned());
    other
        .decide(ids[0], &ruling, &policy, &berta, clock::now())
        .unwrap();
    other.close(clock::now()).unwrap();
    let mut window = window(&workspace);
    window.get_by_label("Second look 1").click();
    window.run_steps(4);
    assert!(is_open(&window, "0.450"));
    for hidden in ["a dark secret", "berta", "Verdict undeterminable"] {
        let told = window.query_all_by_label_contains(hidden).next();
        assert!(told.is_none(), "{hidden}");
    }
    press(&mut window, Key::G);
    assert_eq!(view_of(&workspace, ids[0]), View::Adjudication);
    window.get_by_label("Adjudication 1").click();
    window.run_steps(4);
    assert!(
        window
            .query_all_by_label_contains("a dark secret")
            .next()
            .is_some(),
        "both are shown where they differ"
    );
    window.get_by_label("Two verdicts differ; yours settles the case");
    let told = window.query_all_by_label_contains("changed later").next();
    assert!(told.is_none(), "nobody changed their mind");
}

#[test]
fn a_case_with_a_known_answer_looks_like_any_other_and_counts_for_its_reviewer() {
    let policy = Policy {
        known_answers: secondlook::routing::KnownAnswers {
            share: 1.0,
            shown: true,
            ..Default::default()
        },
        ..Policy::default()
    };
    let (_folder, workspace, ids) = workspace_with(&policy);
    let mut other = Store::open(&workspace, clock::now()).unwrap();
    let ruling = secondlook::store::Ruling::plain(Label::PrintedCopy);
    other
        .decide(
            ids[1],
            &ruling,
            &policy,
            &Actor("berta".to_owned()),
            clock::now(),
        )
        .unwrap();
    other.close(clock::now()).unwrap();
    let mut window = window(&workspace);
    press(&mut window, Key::G);
    window.get_by_label_contains("1 decided today");
    assert!(
        window
            .query_all_by_label_contains("known answer")
            .next()
            .is_none()
    );
    // The decided card is among the cases again, under another number.
    window.get_by_label("Inbox 2");
    let store = Store::open_read_only(&workspace).unwrap();
    let page = store.queue_page(&Search::of(View::Inbox), None, 10);
    let rows = page.unwrap().rows;
    let again = rows.iter().find(|row| row.label == "card_two").unwrap();
    assert_ne!(again.case, ids[1]);
    drop(store);
    // Nor does its history tell it: it came in, and nobody is named for that.
    let row = format!("Case #{} card_two", again.case.0);
    window.get_by_label_contains(&row).click();
    let opened = format!("Case #{}, came in", again.case.0);
    until(&mut window, "the case", |window| {
        window.query_all_by_label_contains(&opened).count() > 0
    });
    press(&mut window, Key::I);
    press(&mut window, Key::I);
    until(&mut window, "its history", |window| {
        window.query_all_by_label_contains("Came in: ").count() > 0
    });
    for tells in ["program", "known"] {
        let told = window.query_all_by_label_contains(tells).count();
        assert_eq!(told, 0, "{tells}");
    }
    press(&mut window, Key::Escape);
    until(&mut window, "the desk", |window| {
        window.query_all_by_label_contains("Came in: ").count() == 0
    });
    window.run_steps(3);
    press(&mut window, Key::P);
    let said = standing(&workspace, again.case).map(|(label, _)| label);
    assert_eq!(said, Some(Label::PrintedCopy));
    window.get_by_label_contains("1 of 1 known answers");
}

#[test]
fn another_key_can_be_chosen_and_is_kept() {
    let (_folder, workspace, ids) = workspace(&few());
    {
        let mut window = window(&workspace);
        press(&mut window, Key::F1);
        let choose = |window: &mut Window| {
            window.get_by_label("Key of Genuine").click();
            until_label(window, "Press the new key of “Genuine”, or Escape");
        };
        choose(&mut window);
        press(&mut window, Key::S);
        until_label(
            &mut window,
            "That is the key of “Screen replay”: give that another one first",
        );
        choose(&mut window);
        press_with(&mut window, Modifiers::COMMAND, Key::G);
        press(&mut window, Key::Escape);
        press(&mut window, Key::G);
        assert_eq!(standing(&workspace, ids[0]), None, "its old key is free");
        window.state_mut().close();
    }
    let mut window = window(&workspace);
    press_with(&mut window, Modifiers::COMMAND, Key::G);
    assert_eq!(standing(&workspace, ids[0]), Some((Label::Genuine, None)));
}

#[test]
fn a_case_comes_sooner_and_later() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    let first = |window: &mut Window| {
        press(window, Key::Escape);
        let page = Store::open_read_only(&workspace)
            .unwrap()
            .queue_page(&Search::of(View::Inbox), None, 10)
            .unwrap();
        page.rows[0].case
    };
    assert_eq!(first(&mut window), ids[0]);
    press(&mut window, Key::ArrowDown);
    window.get_by_label("Case").click();
    until_label(&mut window, "Sooner");
    window.get_by_label("Sooner").click();
    window.run_steps(6);
    assert_eq!(first(&mut window), ids[1]);
    window.get_by_label("Case").click();
    until_label(&mut window, "Later");
    window.get_by_label("Later").click();
    window.run_steps(6);
    assert_eq!(first(&mut window), ids[0]);
}

#[test]
fn picked_cases_are_exported_into_a_file_that_is_not_there_yet() {
    let (folder, workspace, _ids) = workspace(&few());
    let mut window = window(&workspace);
    press_with(&mut window, Modifiers::SHIFT, Key::ArrowDown);
    press_with(&mut window, Modifiers::COMMAND, Key::E);
    until_label(&mut window, "Results, JSON Lines");
    window.get_by_label("Results, JSON Lines").click();
    window.run_steps(6);
    window.get_by_label("Only the 2 picked cases");
    let path = folder.path().join("out.jsonl");
    let write_there = |window: &mut Window| {
        window.get_by_label("Write to").focus();
        window.run_steps(4);
        press_with(window, Modifiers::COMMAND, Key::A);
        let field = window.get_by_label("Write to");
        field.type_text(path.to_str().unwrap());
        window.run_steps(4);
        press(window, Key::Enter);
    };
    write_there(&mut window);
    until_label(
        &mut window,
        &format!("2 rows written to {}", path.display()),
    );
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written.lines().count(), 2, "{written}");

    // The same again does not overwrite it.
    press_with(&mut window, Modifiers::COMMAND, Key::E);
    until_label(&mut window, "Results, JSON Lines");
    write_there(&mut window);
    until(&mut window, "the refusal", |window| {
        window
            .query_all_by_label_contains("is there already")
            .next()
            .is_some()
    });
    assert_eq!(std::fs::read_to_string(&path).unwrap(), written);
}

#[test]
fn what_a_verdict_still_needed_is_not_asked_for_any_more_when_it_was_given() {
    let policy = Policy {
        verdicts: [(
            Label::PrintedCopy,
            secondlook::routing::VerdictRules {
                needs_reason: true,
                needs_note: false,
            },
        )]
        .into(),
        ..Policy::default()
    };
    let (_folder, workspace, ids) = workspace_with(&policy);
    let mut window = window(&workspace);
    press(&mut window, Key::P);
    let asks = |window: &Window| {
        let told = window.query_all_by_label_contains("asks for a reason");
        told.count() > 0
    };
    assert!(asks(&window));
    assert_eq!(standing(&workspace, ids[0]), None);
    press(&mut window, Key::Num2);
    press(&mut window, Key::P);
    assert!(standing(&workspace, ids[0]).is_some());
    assert!(!asks(&window));
}

#[test]
fn a_list_is_cut_to_days_and_to_whoever_decided() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    press(&mut window, Key::G);
    window.get_by_label("All 5").click();
    window.run_steps(4);
    window.get_by_label("Filter").click();
    until_label(&mut window, "Decided by");
    window.get_by_label("Decided by").click();
    let of_menu = |window: &Window| {
        let named = window.query_all_by_role_and_label(accesskit::Role::RadioButton, "anna");
        named.count() > 0
    };
    until(&mut window, "the reviewers", of_menu);
    window
        .get_by_role_and_label(accesskit::Role::RadioButton, "anna")
        .click();
    until_label(&mut window, "by anna");
    until_label(&mut window, "1 case found");
    window.get_by_label("Clear").click();
    until_label(&mut window, "5 cases");

    window.get_by_label("Filter").click();
    until_label(&mut window, "Other days…");
    window.get_by_label("Other days…").click();
    let to = "To, that day included (empty for today)";
    until_label(&mut window, to);
    window.get_by_label_contains("Write days as");
    window.get_by_label(to).focus();
    window.run_steps(3);
    window.get_by_label(to).type_text("2001-01-01");
    window.run_steps(3);
    press(&mut window, Key::Enter);
    until(&mut window, "nothing from so long ago", |window| {
        let told = window.query_all_by_label_contains("before 2001-01-02");
        told.count() > 0
    });
    until_label(&mut window, "0 cases found");
    assert!(standing(&workspace, ids[0]).is_some());
}

#[test]
fn a_window_that_rests_wakes_when_somebody_else_opens_a_case() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    // What was still to be drawn is drawn.
    until(&mut window, "rest", |window| {
        !window.ctx.has_requested_repaint()
    });
    let mut other = Store::open(&workspace, clock::now()).unwrap();
    let berta = Actor("berta".to_owned());
    other.claim(ids[1], &berta, 30, clock::now()).unwrap();
    let start = Instant::now();
    while !window.ctx.has_requested_repaint() {
        assert!(start.elapsed() < Duration::from_secs(20), "it sleeps on");
        std::thread::sleep(Duration::from_millis(5));
    }
    until(&mut window, "who has it open", |window| {
        let told = window.query_all_by_label_contains("berta");
        told.count() > 0
    });
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::G);
    assert_eq!(standing(&workspace, ids[1]), None, "it is berta's");
}

#[test]
fn somebody_else_sits_down_and_the_acts_bear_their_name() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    window.get_by_label("File").click();
    until_label(&mut window, "Who sits here…");
    window.get_by_label("Who sits here…").click();
    let name = "Name, as every act is to bear it";
    until_label(&mut window, name);
    window.get_by_label(name).type_text("cleo");
    window.run_steps(3);
    press(&mut window, Key::Enter);
    until(&mut window, "the desk again", |window| {
        is_open(window, "0.450")
    });
    press(&mut window, Key::G);
    let verdicts = record(&workspace, ids[0]).verdicts;
    assert_eq!(verdicts[0].actor, Actor("cleo".to_owned()));
}
