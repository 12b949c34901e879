//! The window at 200 %: 1280 by 800 pixels are 640 by 400 points then.

use eframe::egui::{Key, Rect, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use secondlook::app::actions::Command;
use secondlook::case::Label;

use super::{Window, fixture::few, press, until, window, workspace};

const LARGE: [f32; 2] = [640.0, 400.0];

fn is_in_sight(window: &Window, label: &str) -> bool {
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(LARGE[0], LARGE[1]));
    let mut nodes = window.query_all_by_label(label);
    nodes.any(|node| screen.contains_rect(node.rect()))
}

#[test]
fn everything_that_decides_is_in_sight_and_the_picture_has_room() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    window.set_size(vec2(LARGE[0], LARGE[1]));
    window.run_steps(4);
    for label in Label::ALL {
        assert!(is_in_sight(&window, label.title()), "{label:?}");
    }
    assert!(is_in_sight(&window, Command::Undo.label()));
    until(&mut window, "the picture", |window| {
        window.query_by_label_contains("by 320 pixels").is_some()
    });
    let picture = window.get_by_label_contains("by 320 pixels").rect();
    assert!(
        picture.width() >= 240.0 && picture.height() >= 120.0,
        "{picture:?}"
    );
}

#[test]
fn dialogs_keep_their_button_in_sight() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    window.set_size(vec2(LARGE[0], LARGE[1]));
    window.run_steps(4);
    for key in [Key::F1, Key::I] {
        press(&mut window, key);
        window.run_steps(4);
        assert!(is_in_sight(&window, Command::Close.label()), "{key:?}");
        press(&mut window, Key::Escape);
    }
}
