//! The picture in the middle: zoom to single pixels, pan, turn, straighten, both sides, a picture beside
//! it, the outline of what was found.
//!
//! | File | Holds |
//! | --- | --- |
//! | `bar.rs` | the buttons above |
//! | `paint.rs` | tiles, outlines, evidence |
//! | `grain.rs` | how much grain the portrait has, and the rest |
//! | `hands.rs` | wheel, drag and double click |
//! | `marks.rs` | what a reviewer draws over the picture |
//! | `loupe.rs` | the loupe and its numbers |
//! | `spectrum.rs` | the spectrum of the middle |
//! | `over.rs` | what stands over the picture in words |

mod bar;
mod grain;
mod hands;
mod loupe;
mod marks;
mod over;
mod paint;
mod spectrum;

pub use marks::mark_id;

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{Rect, Response, Role, Sense, TextureId, Ui, UiBuilder, WidgetInfo, vec2};

use super::super::actions::Action;
use super::super::camera::{Camera, Placed};
use super::super::ground::Ground;
use super::super::look::{Draft, Look, straight_of};
use super::super::textures::{PictureId, Pyramid, Textures, TileKey};
use super::super::theme::{self, palette};
use crate::case::{CheckKind, Evidence, Mark, PictureRecord, Quad, Side};
use crate::lens::Lens;
use crate::lens::spectrum::Peak;
use crate::words::words;

/// What can be said of the picture on screen.
#[derive(Clone)]
pub enum Shown {
    /// The case has no picture at all.
    NoPicture,
    /// It is being decoded.
    Decoding,
    /// It cannot be shown, and why.
    Broken(String),
    /// Here it is.
    Ready(PictureId, Arc<Pyramid>),
}

/// Which of the pictures that stand side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The open case's, that keys move.
    Main,
    /// The one beside it.
    Beside,
}

/// One picture, and all that lies over it.
#[derive(Clone)]
pub struct PaneView<'a> {
    /// What a person calls it.
    pub title: String,
    /// Its pixels.
    pub shown: Shown,
    /// The photograph itself, for the numbers under the loupe.
    pub photo: Option<Arc<Pyramid>>,
    /// Where the document lies, by the latest run of our engine.
    pub quad: Option<Quad>,
    /// Where its portrait was found.
    pub portrait: Option<Quad>,
    /// The check whose evidence lies over the picture.
    pub evidence: Option<(CheckKind, &'a Evidence)>,
    /// The side that it shows.
    pub side: Side,
    /// What was drawn over the pictures of the case.
    pub marks: &'a [Mark],
    /// Where the eye is.
    pub camera: Camera,
}

/// The spectrum of a window of the main picture.
#[derive(Clone, Copy)]
pub struct SpectrumView<'a> {
    /// The picture, without a lens.
    pub picture: PictureId,
    /// Left and top of the window in its pixels.
    pub origin: [u32; 2],
    /// What it looks like.
    pub texture: TextureId,
    /// The patterns in it.
    pub peaks: &'a [Peak],
}

/// What the view shows.
pub struct PictureView<'a> {
    /// The sides that the case has pictures of.
    pub pictures: &'a [PictureRecord],
    /// The side on screen.
    pub side: Side,
    /// The picture of that side.
    pub main: PaneView<'a>,
    /// The picture beside it.
    pub beside: Option<PaneView<'a>>,
    /// Whether the document's outline is drawn.
    pub outline: bool,
    /// Whether some check says where its probability comes from.
    pub has_evidence: bool,
    /// How it is looked at.
    pub look: &'a Look,
    /// Words that are being written over the main picture.
    pub draft: Option<&'a Draft>,
    /// The pictures in the folder of references.
    pub references: &'a [PathBuf],
    /// The lens that suits the worst check.
    pub suiting: Option<Lens>,
    /// The spectrum of the middle of the view, once it is worked out.
    pub spectrum: Option<SpectrumView<'a>>,
    /// The picture itself is asked for, for a moment.
    pub peeks: bool,
    /// Where tiles are.
    pub textures: &'a Textures,
}

/// What came of drawing it.
#[derive(Debug, Default)]
pub struct PictureSeen {
    /// What was asked for.
    pub actions: Vec<Action>,
    /// The tiles in sight, made or not.
    pub tiles: Vec<TileKey>,
    /// The camera as it was placed, for the keys that move it.
    pub placed: Option<Placed>,
}

/// Draws the picture, the buttons above it, and what stands beside it.
#[must_use]
pub fn picture_ui(ui: &mut Ui, view: &PictureView<'_>) -> PictureSeen {
    let mut seen = PictureSeen::default();
    let rest_of_bar = bar::bar_ui(ui, view, &mut seen.actions);
    if let Some(levels) = view.look.levels {
        seen.actions.extend(bar::levels_ui(ui, levels));
    }
    ui.add_space(theme::GAP_SMALL);
    let area = ui.available_rect_before_wrap();
    let Some(mut beside) = view.beside.clone() else {
        seen.placed = pane_ui(ui, view, Pane::Main, &view.main, area, &mut seen);
        bar::size_text_ui(ui, rest_of_bar, seen.placed.as_ref());
        return seen;
    };
    let (left, right) = area.split_left_right_at_fraction(0.5);
    let [left, right] = [
        left.with_max_x(left.right() - theme::GAP_SMALL / 2.0),
        right.with_min_x(right.left() + theme::GAP_SMALL / 2.0),
    ];
    let main = pane_ui(ui, view, Pane::Main, &view.main, left, &mut seen);
    // Two straightened documents lie alike, so they move as one.
    let linked = main.filter(|_| is_straight(&view.main) && is_straight(&beside));
    if let (Some(main), Shown::Ready(_, picture)) = (linked, &beside.shown) {
        beside.camera = main.camera().carried_over(main.size_px(), size_of(picture));
        beside.camera.fit = view.main.camera.fit;
    }
    let n_before = seen.actions.len();
    let placed = pane_ui(ui, view, Pane::Beside, &beside, right, &mut seen);
    if let (Some(main), Some(placed)) = (linked, placed) {
        for action in &mut seen.actions[n_before..] {
            if let Action::Look(pane, camera) = action {
                *pane = Pane::Main;
                *camera = camera.carried_over(placed.size_px(), main.size_px());
            }
        }
    }
    seen.placed = main;
    bar::size_text_ui(ui, rest_of_bar, seen.placed.as_ref());
    seen
}

/// Draws one picture and what lies over it; gives back where it lies.
fn pane_ui(
    ui: &mut Ui,
    view: &PictureView<'_>,
    which: Pane,
    pane: &PaneView<'_>,
    rect: Rect,
    seen: &mut PictureSeen,
) -> Option<Placed> {
    let id = ui.scope_id().with(("picture", which == Pane::Main));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let builder = UiBuilder::new().max_rect(rect);
    let mut ui = ui.new_child(builder);
    let ui = &mut ui;
    ui.set_clip_rect(rect.intersect(ui.clip_rect()));
    ui.painter().rect_filled(rect, 4.0, palette(ui).canvas);
    let placed = match &pane.shown {
        Shown::NoPicture => {
            over::message_ui(ui, rect, words!("picture-came-without"));
            None
        }
        Shown::Decoding => {
            over::message_ui(ui, rect, words!("picture-decoding"));
            None
        }
        Shown::Broken(reason) => {
            over::message_ui(ui, rect, reason);
            None
        }
        &Shown::Ready(id, ref picture) => {
            let placed = pane
                .camera
                .place(size_of(picture), rect, ui.pixels_per_point());
            let ground = Ground {
                placed,
                straight: straight_of(id),
            };
            let tiles = picture.tiles(id, placed.visible_px(), placed.zoom());
            paint::tiles(ui, rect, &placed, &tiles, view.textures);
            seen.tiles.extend(tiles.into_iter().map(|tile| tile.key));
            if let (Some(quad), Some((_, evidence))) = (pane.quad, pane.evidence) {
                paint::evidence(ui, &ground, &quad, evidence);
            }
            if view.outline {
                paint::outlines(ui, &ground, pane);
            }
            marks::marks_ui(ui, &ground, pane);
            if let Some(local) = spectrum::of(view, which, id) {
                spectrum::paint(ui, &placed, local);
            }
            seen.actions
                .extend(over::over_ui(ui, view, which, pane, id));
            if view.look.loupe
                && let Some(pointer) = response.hover_pos()
            {
                let tiles = loupe::loupe_ui(ui, view, pane, &ground, (id, picture), pointer);
                seen.tiles.extend(tiles);
            }
            let draws = view.look.tool.filter(|_| which == Pane::Main);
            let moved = hands::moves(ui, view.look, draws.is_some(), &response, &placed);
            seen.actions.extend(moved.map(|moved| moved.action(which)));
            if which == Pane::Main {
                let drawn = marks::draw_ui(ui, view, &ground, &response, id);
                seen.actions.extend(drawn);
            }
            Some(placed)
        }
    };
    describe(pane, &response, placed.as_ref());
    placed
}

fn is_straight(pane: &PaneView<'_>) -> bool {
    matches!(pane.shown, Shown::Ready(id, _) if id.straight.is_some())
}

fn size_of(picture: &Pyramid) -> eframe::egui::Vec2 {
    let [width, height] = picture.size_px();
    vec2(width as f32, height as f32)
}

fn describe(pane: &PaneView<'_>, response: &Response, placed: Option<&Placed>) {
    let title = &pane.title;
    response.widget_info(|| {
        let text = match (&pane.shown, placed) {
            (Shown::Ready(id, picture), Some(placed)) => {
                let [width, height] = picture.size_px();
                let (width, height) = (width.to_string(), height.to_string());
                let percent = format!("{:.0}", placed.zoom() * 100.0);
                let mut parts = vec![match id.straight {
                    Some(_) => words!(
                        "picture-name.straightened",
                        title = title,
                        width = width,
                        height = height,
                        percent = percent
                    ),
                    None => words!(
                        "picture-name",
                        title = title,
                        width = width,
                        height = height,
                        percent = percent
                    ),
                }];
                if pane.camera.mirrored {
                    parts.push(words!("picture-name.mirrored").to_owned());
                }
                let n_marks = pane.marks.iter().filter(|m| m.side == pane.side).count();
                if n_marks > 0 {
                    parts.push(words!("picture-name.marks", count = n_marks));
                }
                parts.join(", ")
            }
            (Shown::Broken(reason), _) => format!("{title}: {reason}"),
            (Shown::NoPicture, _) => words!("picture-name.none").to_owned(),
            (Shown::Decoding | Shown::Ready(..), _) => {
                words!("picture-name.decoding", title = title)
            }
        };
        WidgetInfo::labeled(Role::Image, true, text)
    });
}
