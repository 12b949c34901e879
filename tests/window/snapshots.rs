//! Pictures of the main views, compared with those in `tests/snapshots`.

use std::time::Duration;

use eframe::egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use egui_kittest::{SnapshotOptions, image_snapshot_options};
use image::{RgbaImage, imageops};
use secondlook::app::layout::{Colours, Layout};
use secondlook::app::theme::{self, Contrast};
use secondlook::case::Time;
use secondlook::clock;
use secondlook::config::Workspace;
use secondlook::routing::Policy;
use tempfile::TempDir;

use super::fixture::{Made, few, fill};
use super::{Window, press, press_with, type_into, until, until_label, window};

/// Small, so that pictures of it are small files.
const PICTURE: [u32; 2] = [240, 160];
/// An age that is told in days, and stays the same for half a day of testing.
const AGE: Duration = Duration::from_hours(84);
/// What fonts, decoders and floating point of another computer may change: a shade, and the odd pixel.
const SHADE: f32 = 1.0;
const N_ODD: usize = 12;

/// A workspace with cases that came in days ago, and how its window was left.
fn left(cases: &[Made], layout: &Layout) -> (TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(folder.path());
    let came_in = Time(clock::now().0 - AGE.as_millis() as i64);
    fill(&workspace, cases, PICTURE, came_in);
    layout.write(&workspace).unwrap();
    (folder, workspace)
}

fn of(colours: Colours) -> Layout {
    Layout {
        colours,
        ..Layout::default()
    }
}

/// The window, once all that it shows is there.
fn settled(workspace: &Workspace) -> Window {
    let mut window = window(workspace);
    until(&mut window, "the picture", |window| {
        window.state().picture_on_screen().is_some()
    });
    window
}

/// Compares what the window shows above its last line, which names the workspace's folder and what runs the
/// models here, with the picture of this name.
fn compare(mut window: Window, workspace: &Workspace, name: &str) {
    until(&mut window, "the other side's picture", |window| {
        let mut decoding = window.query_all_by_label_contains(" is being decoded");
        decoding.next().is_none()
    });
    // One thumbnail a frame at the least, and a few frames for panels to find their sizes.
    window.run_steps(12);
    let mut picture = window.render().unwrap();
    let scale = window.ctx.pixels_per_point();
    for rect in times(&window) {
        cover(&mut picture, rect * scale);
    }
    let folder = workspace.root.display().to_string();
    let last_line = window.get_by_label(&folder).rect().expand(theme::GAP) * scale;
    let above = [picture.width(), last_line.top() as u32];
    let picture = imageops::crop_imm(&picture, 0, 0, above[0], above[1]).to_image();
    let options = SnapshotOptions::new()
        .threshold(SHADE)
        .max_failed_pixels(N_ODD);
    image_snapshot_options(&picture, name, &options);
}

/// Where the window tells a time of today.
fn times(window: &Window) -> Vec<Rect> {
    let told = window.query_all(By::new()).filter(|node| {
        let said = node.accesskit_node();
        let text = said.label().or(said.value()).unwrap_or_default();
        let has_date = text.as_bytes().windows(4).any(|four| {
            four[0] == b'-' && four[1..3].iter().all(u8::is_ascii_digit) && four[3] == b'-'
        });
        has_date || text.contains(" today")
    });
    told.map(|node| node.rect()).collect()
}

/// Covers a part of the picture with the colour beside it.
fn cover(picture: &mut RgbaImage, part: Rect) {
    let end = |at: f32, end: u32| (at.ceil().max(0.0) as u32).min(end);
    let [right, bottom] = [
        end(part.right(), picture.width()),
        end(part.bottom(), picture.height()),
    ];
    let [left, top] = [end(part.left(), right), end(part.top(), bottom)];
    let colour = picture.get_pixel_checked(left, top).copied();
    for (y, x) in (top..bottom).flat_map(|y| (left..right).map(move |x| (y, x))) {
        picture.put_pixel(x, y, colour.unwrap());
    }
}

#[test]
fn the_first_start() {
    let (_folder, workspace) = left(&[], &of(Colours::Dark));
    let window = window(&workspace);
    compare(window, &workspace, "welcome");
}

#[test]
fn an_open_case_with_its_checks() {
    let (_folder, workspace) = left(&few(), &of(Colours::Dark));
    let window = settled(&workspace);
    compare(window, &workspace, "case");
}

#[test]
fn a_decided_case_in_light_colours() {
    let (_folder, workspace) = left(&few(), &of(Colours::Light));
    let mut window = settled(&workspace);
    press(&mut window, Key::G);
    window.get_by_label("Decided 1").click();
    until(&mut window, "the row", |window| {
        let mut rows = window.query_all_by_label_contains("Verdict genuine");
        rows.next().is_some()
    });
    compare(window, &workspace, "decided");
}

#[test]
fn a_search_with_its_conditions_open() {
    let (_folder, workspace) = left(&few(), &of(Colours::Light));
    let mut window = settled(&workspace);
    press_with(&mut window, Modifiers::COMMAND, Key::F);
    type_into(&mut window, "card");
    until_label(&mut window, "2 cases found");
    press(&mut window, Key::Enter);
    window.get_by_label("Filter").click();
    window.run_steps(4);
    compare(window, &workspace, "search");
}

#[test]
fn metadata() {
    let (_folder, workspace) = left(&few(), &of(Colours::Dark));
    let mut window = settled(&workspace);
    press(&mut window, Key::I);
    until(&mut window, "the files' own words", |window| {
        let reading = window.query_all_by_label_contains("Reading the file");
        reading.count() == 0
    });
    compare(window, &workspace, "metadata");
}

#[test]
fn a_blind_first_look_with_levels() {
    let (_folder, workspace) = left(&few(), &of(Colours::Light));
    let policy = Policy {
        blind_first_look: true,
        ..Policy::default()
    };
    std::fs::write(workspace.policy(), policy.to_json()).unwrap();
    let mut window = settled(&workspace);
    press_with(&mut window, Modifiers::SHIFT, Key::I);
    compare(window, &workspace, "blind");
}

#[test]
fn evidence_and_both_sides_in_high_contrast() {
    let layout = Layout {
        contrast: Contrast::High,
        ..of(Colours::Dark)
    };
    let (_folder, workspace) = left(&few(), &layout);
    let mut window = settled(&workspace);
    press(&mut window, Key::V);
    press(&mut window, Key::E);
    compare(window, &workspace, "contrast");
}

#[test]
fn twice_the_size() {
    let layout = Layout {
        zoom: 2.0,
        ..of(Colours::Light)
    };
    let (_folder, workspace) = left(&few(), &layout);
    let mut window = settled(&workspace);
    // Points of twice the size.
    window.set_size(vec2(640.0, 400.0));
    window.run_steps(4);
    compare(window, &workspace, "large");
}
