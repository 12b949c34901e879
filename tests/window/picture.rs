//! The picture by what a person can see, press and draw.

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2, accesskit, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::fixture::{self, Made, add_vendor_result, few, fill};
use super::{SMALL, Window, press, press_with, standing, type_into, until, window, workspace};
use secondlook::app::actions::Command;
use secondlook::app::look::Tool;
use secondlook::case::Side;
use secondlook::clock;
use secondlook::config::Workspace;
use secondlook::intake::{self, Limits};
use secondlook::lens::Lens;
use secondlook::store::Store;

/// What stands over the picture while brightness is spread.
const LEVELS: &str = "Levels: what is darker than black and brighter than white is lost to the eye";

/// The names of the pictures on screen.
fn shown(window: &Window) -> Vec<String> {
    let images = window.query_all_by_role(accesskit::Role::Image);
    let names = images.filter_map(|node| node.accesskit_node().label());
    names.filter(|name| name.contains("document")).collect()
}

fn shows(window: &Window, start: &str) -> bool {
    shown(window).iter().any(|name| name.starts_with(start))
}

fn until_shown(window: &mut Window, start: &str) {
    until(window, start, |window| shows(window, start));
}

fn says(window: &Window, words: &str) -> bool {
    window.query_all_by_label_contains(words).next().is_some()
}

/// The middle of the picture on screen, and a little aside.
fn middle(window: &Window, aside: Vec2) -> Pos2 {
    let images = window.query_all_by_role(accesskit::Role::Image);
    let picture = images.max_by_key(|node| node.rect().width() as i32);
    picture.unwrap().rect().center() + aside
}

/// The loupe's power, and place and colour of the pixel under it.
fn under_loupe(window: &Window) -> [u32; 6] {
    let said = window.get_by_label_contains("Loupe ").value().unwrap();
    let words = said.split(|c: char| !c.is_ascii_digit());
    let numbers: Vec<u32> = words.filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().unwrap()
}

/// The left button pressed or let go.
fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    }
}

fn click(window: &mut Window, at: Pos2) {
    window.hover_at(at);
    window.event(button(at, true));
    window.event(button(at, false));
    window.run_steps(3);
}

fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    window.hover_at(from);
    window.step();
    window.event(button(from, true));
    window.step();
    for step in 1..=4_u8 {
        window.hover_at(from + (to - from) * (f32::from(step) / 4.0));
        window.step();
    }
    window.event(button(to, false));
    window.run_steps(3);
}

#[test]
fn the_document_is_straightened_and_mirrored_and_lenses_see_it_so() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    until_shown(&mut window, "Front of the document, 480 by 320 pixels");
    press(&mut window, Key::A);
    until_shown(
        &mut window,
        "Front of the straightened document, 336 by 192 pixels",
    );
    press(&mut window, Key::Y);
    assert!(shown(&window)[0].ends_with("%, mirrored"));
    window.get_by_label("Flip").click();
    window.run_steps(3);
    assert!(shown(&window)[0].ends_with('%'));
    press(&mut window, Key::L);
    until(&mut window, "the lens", |window| {
        says(window, Lens::FineTexture.words())
    });
    assert!(shows(&window, "Front of the straightened document"));
    window.get_by_label("Straighten").click();
    until_shown(&mut window, "Front of the document, 480 by 320 pixels");
}

#[test]
fn straightened_and_back_the_eye_stays_on_the_same_place() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    until_shown(&mut window, "Front of the document");
    for _ in 0..4 {
        press(&mut window, Key::Plus);
    }
    let [from, to] = [Vec2::ZERO, vec2(-90.0, 40.0)].map(|off| middle(&window, off));
    drag(&mut window, from, to);
    press(&mut window, Key::Q);
    let looked_at = |window: &mut Window| {
        let at = middle(window, Vec2::ZERO);
        window.hover_at(at);
        window.run_steps(3);
        let scale = shown(window)[0].split(", at ").nth(1).map(str::to_owned);
        (under_loupe(window), scale.unwrap())
    };
    let before = looked_at(&mut window);
    press(&mut window, Key::A);
    until_shown(&mut window, "Front of the straightened document");
    let straight = looked_at(&mut window);
    assert_eq!(straight, before);
    press(&mut window, Key::Minus);
    press(&mut window, Key::Plus);
    press(&mut window, Key::A);
    until_shown(&mut window, "Front of the document");
    assert_eq!(looked_at(&mut window), before);
}

#[test]
fn the_loupe_tells_place_and_colour_of_a_pixel_and_has_several_powers() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    until_shown(&mut window, "Front of the document");
    press(&mut window, Key::Q);
    let at = middle(&window, vec2(7.0, 11.0));
    window.hover_at(at);
    window.run_steps(3);
    let name = |window: &Window| {
        let label = window.get_by_label_contains("Loupe ");
        label.value().unwrap()
    };
    let [power, x, y, r, g, b] = under_loupe(&window);
    let original = image::load_from_memory(&fixture::picture(0, SMALL)).unwrap();
    let pixel = original.into_rgb8().get_pixel(x, y).0.map(u32::from);
    assert_eq!((power, pixel), (8, [r, g, b]));
    assert!(x.abs_diff(240) < 20 && y.abs_diff(160) < 20);
    press(&mut window, Key::Period);
    press(&mut window, Key::Period);
    assert!(name(&window).starts_with("Loupe 16×"));
    press(&mut window, Key::Comma);
    assert!(name(&window).starts_with("Loupe 8×"));
    press(&mut window, Key::Q);
    assert!(!says(&window, "Loupe 8×"));
}

#[test]
fn both_sides_stand_beside_each_other_and_a_pinned_picture_stays() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    until_shown(&mut window, "Front of");
    press(&mut window, Key::V);
    until_shown(&mut window, "Back of");
    assert!(shows(&window, "Front of"));
    press(&mut window, Key::K);
    until_shown(&mut window, "Pinned: passport_one, front of");
    press(&mut window, Key::ArrowDown);
    until_shown(&mut window, "Front of");
    assert!(shows(&window, "Pinned: passport_one, front of"));
    window.get_by_label("Pin").click();
    window.run_steps(3);
    assert_eq!(shown(&window).len(), 1);
}

#[test]
fn a_reference_stands_beside_the_cases_and_is_kept_with_none() {
    let (_folder, workspace, ids) = workspace(&few());
    let folder = workspace.references();
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("specimen.jpg"), fixture::picture(9, [300, 200])).unwrap();
    std::fs::write(folder.join("letter.png"), "Dear Sir or Madam").unwrap();
    let mut window = window(&workspace);
    until_shown(&mut window, "Front of");
    let choose = |window: &mut Window, name: &str| {
        window.get_by_label("Reference").click();
        super::until_label(window, name);
        window.get_by_label(name).click();
        window.run_steps(3);
    };
    choose(&mut window, "specimen.jpg");
    let reference = "Reference: specimen.jpg of the document, 300 by 200 pixels";
    until_shown(&mut window, reference);
    press(&mut window, Key::ArrowDown);
    until_shown(&mut window, "Front of");
    assert!(shows(&window, reference), "it stays");

    // Straightened documents lie alike and move as one, and all of a reference is the document.
    press(&mut window, Key::A);
    let straight = "Reference: specimen.jpg of the straightened document";
    until_shown(&mut window, straight);
    until_shown(&mut window, "Front of the straightened document");
    let scale = |window: &Window| {
        let names = shown(window);
        let reference = names.iter().find(|name| name.starts_with(straight));
        reference.and_then(|name| name.split("at ").last().map(str::to_owned))
    };
    let before = scale(&window);
    press(&mut window, Key::Plus);
    assert_ne!(scale(&window), before);

    choose(&mut window, "letter.png");
    until(&mut window, "the reason", |window| {
        says(window, "letter.png: ") && says(window, "Choose a JPEG, PNG, WebP, TIFF or BMP file")
    });
    assert!(shows(&window, "Reference: specimen.jpg"));
    window.get_by_label("Picture").click();
    window.run_steps(3);
    let by_path = window.get_all_by_label(Command::TypeReference.label());
    by_path.last().unwrap().click();
    window.run_steps(4);
    type_into(
        &mut window,
        &folder.join("nothing.jpg").display().to_string(),
    );
    press(&mut window, Key::Enter);
    until(&mut window, "the reason", |window| {
        says(window, "nothing.jpg: ")
    });

    let decoded = intake::load_file(
        &folder.join("specimen.jpg"),
        Side::Front,
        &Limits::default(),
    );
    let sha256 = decoded.unwrap().0.record.sha256;
    let kept = ids
        .iter()
        .flat_map(|id| super::record(&workspace, *id).pictures);
    assert!(kept.into_iter().all(|picture| picture.sha256 != sha256));
    let store = Store::open_read_only(&workspace).unwrap();
    assert!(store.originals().read(&sha256).is_err());
}

#[test]
fn levels_and_spectrum_say_what_they_show() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    until_shown(&mut window, "Front of");
    press_with(&mut window, Modifiers::SHIFT, Key::I);
    assert!(says(&window, LEVELS));
    let black = |window: &Window| {
        let sliders = window.query_all_by_role(accesskit::Role::Slider);
        let values = sliders.filter_map(|node| node.accesskit_node().numeric_value());
        values.collect::<Vec<_>>()
    };
    assert_eq!(black(&window), [0.0, 255.0, 1.0]);
    let first = window.query_all_by_role(accesskit::Role::Slider).next();
    first.unwrap().set_value_accesskit(60.0);
    window.run_steps(3);
    assert_eq!(black(&window)[0], 60.0);
    window.get_by_label("Reset").click();
    window.run_steps(3);
    assert_eq!(black(&window)[0], 0.0);
    press_with(&mut window, Modifiers::SHIFT, Key::I);
    assert!(!says(&window, LEVELS));
    press(&mut window, Key::J);
    until(&mut window, "the spectrum", |window| {
        says(window, "Of the framed window")
    });
    press(&mut window, Key::J);
    assert!(!says(&window, "Of the framed window"));
}

#[test]
fn the_suiting_lens_is_offered_and_chosen_by_itself_only_where_the_menu_asks_for_it() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    until_shown(&mut window, "Front of");
    assert!(!says(&window, Lens::FineTexture.words()));
    window.get_by_label("See with fine texture").click();
    until(&mut window, "the lens", |window| {
        says(window, Lens::FineTexture.words())
    });
    assert!(!says(&window, "See with"));
    window.get_by_label("View").click();
    window.run_steps(3);
    window.get_by_label(Command::AlwaysSuitLens.label()).click();
    window.run_steps(3);
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::ArrowDown);
    // The third case is here for its printed copy.
    until(&mut window, "its lens", |window| {
        says(window, Lens::Colour.words())
    });
}

#[test]
fn a_lens_that_takes_its_time_keeps_no_case_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(folder.path());
    let cases = ["one", "two", "three"].map(|label| Made::plain(label, 0.4, 0.7));
    fill(&workspace, &cases, [2400, 1600], clock::now());
    let mut window = window(&workspace);
    let decoded = |window: &Window| window.state().next_is_decoded();
    until(&mut window, "the second picture", decoded);
    window.get_by_label("Lens").click();
    window.run_steps(3);
    window.get_by_label(Lens::Ghosts.title()).click();
    window.run_steps(3);
    press(&mut window, Key::ArrowDown);
    assert!(shows(&window, "Front of"), "it was decoded ahead");
    until(&mut window, "the third picture", decoded);
    assert!(says(&window, "being worked out"));
}

#[test]
fn marks_are_drawn_taken_away_and_gone_with_their_case() {
    let (_folder, workspace, ids) = workspace(&few());
    let mut window = window(&workspace);
    until_shown(&mut window, "Front of");
    let marks = |window: &Window| {
        let name = shown(window).remove(0);
        let marks = name.split("%, ").nth(1).map(str::to_owned);
        marks.unwrap_or_default()
    };
    window.key_press_modifiers(Modifiers::SHIFT, Key::B);
    window.run_steps(3);
    let [from, to] = [vec2(-60.0, -40.0), vec2(40.0, 30.0)].map(|off| middle(&window, off));
    drag(&mut window, from, to);
    assert_eq!(marks(&window), "1 mark");
    window.get_by_label("Mark").click();
    window.run_steps(3);
    window
        .get_by_label(Command::Draw(Tool::Arrow).label())
        .click();
    window.run_steps(3);
    drag(&mut window, to, from);
    assert_eq!(marks(&window), "2 marks");
    window.key_press_modifiers(Modifiers::SHIFT, Key::T);
    window.run_steps(3);
    click(&mut window, from);
    type_into(&mut window, "gsp");
    press(&mut window, Key::Enter);
    assert_eq!(marks(&window), "3 marks");
    assert_eq!(standing(&workspace, ids[0]), None);
    // Words that are not finished can be left, and then the tool.
    click(&mut window, to);
    type_into(&mut window, "no");
    press(&mut window, Key::Escape);
    press(&mut window, Key::Escape);
    drag(&mut window, from, to);
    assert_eq!(marks(&window), "3 marks");
    press(&mut window, Key::Backspace);
    assert_eq!(marks(&window), "2 marks");
    press(&mut window, Key::ArrowDown);
    until_shown(&mut window, "Front of");
    assert_eq!(marks(&window), "");
}

#[test]
fn each_mark_has_a_name_and_the_keyboard_takes_it_away() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    until_shown(&mut window, "Front of");
    press_with(&mut window, Modifiers::SHIFT, Key::B);
    let [from, to] = [vec2(-60.0, -40.0), vec2(40.0, 30.0)].map(|off| middle(&window, off));
    drag(&mut window, from, to);
    press_with(&mut window, Modifiers::SHIFT, Key::T);
    click(&mut window, from);
    type_into(&mut window, "gsp");
    press(&mut window, Key::Enter);
    let named = |window: &Window, words: &str| window.query_by_label_contains(words).is_some();
    assert!(named(&window, "Box from 1") && named(&window, "“gsp” at 1"));
    let has_focus = |window: &Window| {
        let node = window.get_by_label_contains("Box from 1");
        node.accesskit_node().is_focused()
    };
    for _ in 0..200 {
        if has_focus(&window) {
            break;
        }
        press(&mut window, Key::Tab);
    }
    assert!(has_focus(&window));
    press(&mut window, Key::Backspace);
    assert!(!named(&window, "Box from"));
    assert!(named(&window, "“gsp” at 1"), "it was drawn last, and stays");
    press(&mut window, Key::Backspace);
    press(&mut window, Key::Backspace);
    assert!(!named(&window, "“gsp”"));
}

#[test]
fn a_case_without_a_picture_has_no_menus_for_one() {
    let (_folder, workspace, _) = workspace(&[]);
    add_vendor_result(&workspace, "session-1", 0.4, clock::now());
    let mut window = window(&workspace);
    until(&mut window, "the case", |window| {
        says(window, "came without a picture")
    });
    for label in ["Lens", "Mark"] {
        let button = window.get_by_label(label);
        assert!(button.accesskit_node().is_disabled(), "{label}");
        button.click();
        window.run_steps(3);
    }
    assert!(!says(&window, Lens::Grain.title()));
    for key in [Key::A, Key::Q, Key::V, Key::K, Key::J, Key::C, Key::L] {
        press(&mut window, key);
    }
    assert!(says(&window, "came without a picture"));
}
