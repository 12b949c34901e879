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
fn everything_is_there_one_below_the_other_and_the_picture_has_room() {
    let (_folder, workspace, _) = workspace(&few());
    let mut window = window(&workspace);
    window.set_size(vec2(LARGE[0], LARGE[1]));
    window.run_steps(4);
    until(&mut window, "the picture", |window| {
        window.query_by_label_contains("by 320 pixels").is_some()
    });
    let picture = window.get_by_label_contains("by 320 pixels").rect();
    assert!(
        picture.width() >= 400.0 && picture.height() >= 160.0,
        "{picture:?}"
    );
    for menu in ["Lens", "Mark"] {
        let rect = window.get_by_label(menu).rect();
        assert!(rect.height() < 40.0, "{menu} is written in one line");
    }
    // What follows lies below it, and nothing is wider than the window.
    let mut above = picture.bottom();
    for label in [Label::Genuine.title(), "Score 0.450", "Refresh"] {
        let rect = window.get_by_label(label).rect();
        assert!(
            rect.right() <= LARGE[0] && rect.top() >= above,
            "{label}: {rect:?} below {above}"
        );
        above = rect.bottom();
    }
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
