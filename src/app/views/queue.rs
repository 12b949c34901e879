//! The list of cases at the left: which list, and its rows.

use eframe::egui::{
    Align, Color32, Image, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2,
    WidgetInfo, load::SizedTexture, pos2, vec2,
};

use super::super::actions::{Action, Command};
use super::super::textures::Textures;
use super::super::theme::{self, Palette, palette};
use super::parts::{
    Mark, command_button_ui, counted, grouped, paint_mark, paint_text, paint_text_right,
    route_title, weak_ui,
};
use crate::case::{CaseId, Route, Side, Status, Time};
use crate::clock;
use crate::store::{Counts, QueueRow, View};

/// What the list shows.
#[derive(Clone, Copy)]
pub struct Queue<'a> {
    /// Which list.
    pub view: View,
    /// How many cases each list holds. `None` while that is being read.
    pub counts: Option<Counts>,
    /// The rows read so far.
    pub rows: &'a [QueueRow],
    /// Whether there are more.
    pub has_more: bool,
    /// The open case.
    pub open: Option<CaseId>,
    /// Bring the open case into sight.
    pub scroll_to_open: bool,
    /// What the person at the desk has done today, in words.
    pub tally: Option<&'a str>,
    /// This moment, for ages.
    pub now: Time,
    /// Where thumbnails are.
    pub textures: &'a Textures,
}

/// What came of drawing the list.
#[derive(Debug, Default)]
pub struct QueueSeen {
    /// What was asked for.
    pub actions: Vec<Action>,
    /// The thumbnails of the rows in sight.
    pub thumbnails: Vec<(CaseId, Side)>,
}

/// Draws the list.
#[must_use]
pub fn queue_ui(ui: &mut Ui, queue: &Queue<'_>) -> QueueSeen {
    let mut seen = QueueSeen::default();
    seen.actions.extend(view_selector_ui(ui, queue));
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal(|ui| {
        let n_cases = queue.counts.map(|counts| counts.of(queue.view));
        let text = n_cases.map_or_else(|| "Reading…".to_owned(), |n| counted(n, "case", "cases"));
        ui.weak(text).on_hover_text(order_hint(queue.view));
        ui.with_layout(eframe::egui::Layout::right_to_left(Align::Center), |ui| {
            seen.actions
                .extend(command_button_ui(ui, Command::Refresh, true));
        });
    });
    if let Some(tally) = queue.tally {
        weak_ui(ui, tally).on_hover_text(
            "Your verdicts since midnight, and the median time with a case in this window",
        );
    }
    ui.add_space(theme::GAP_SMALL);
    if queue.rows.is_empty() {
        ui.add_space(theme::GAP_LARGE);
        ui.weak(empty_text(queue.view));
        return seen;
    }
    rows_ui(ui, queue, &mut seen);
    seen
}

fn view_selector_ui(ui: &mut Ui, queue: &Queue<'_>) -> Option<Action> {
    let mut asked = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for view in View::ALL {
            let n_cases = queue.counts.map_or(0, |counts| counts.of(view));
            let rare = matches!(view, View::Failed | View::Waiting);
            if rare && n_cases == 0 && view != queue.view {
                continue;
            }
            let text = format!("{} {}", view.title(), grouped(n_cases));
            let response = ui.selectable_label(view == queue.view, text);
            if response.clicked() {
                asked = Some(Action::ShowView(view));
            }
        }
    });
    asked
}

fn order_hint(view: View) -> &'static str {
    match view {
        View::Inbox => {
            "Cases for review. First those with raised priority, then those nearest to a threshold, \
             then the oldest"
        }
        View::Accepted => "Accepted by the policy, without a verdict",
        View::Rejected => "Rejected by the policy, without a verdict",
        View::Retake => "A new picture is needed, without a verdict",
        View::Decided => "Cases with a verdict",
        View::Failed => "The program could not assess these",
        View::Waiting => "Not assessed yet",
        View::All => "Every case",
    }
}

fn empty_text(view: View) -> &'static str {
    match view {
        View::Inbox => "Nothing waits for you here",
        View::Decided => "No verdict has been given yet",
        _ => "No cases in this list",
    }
}

fn rows_ui(ui: &mut Ui, queue: &Queue<'_>, seen: &mut QueueSeen) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let n_rows = queue.rows.len() + usize::from(queue.has_more);
    let row_height = theme::ROW_HEIGHT;
    let mut area = ScrollArea::vertical().auto_shrink(false);
    if queue.scroll_to_open
        && let Some(at) = queue
            .rows
            .iter()
            .position(|row| Some(row.case) == queue.open)
    {
        // Rows out of sight are not drawn, so the place is worked out and not asked of the row.
        let pitch = row_height + ui.spacing().item_spacing.y;
        let middle = at as f32 * pitch - (ui.available_height() - row_height) / 2.0;
        area = area.vertical_scroll_offset(middle.max(0.0));
    }
    area.show_rows(ui, row_height, n_rows, |ui, range| {
        for at in range {
            match queue.rows.get(at) {
                Some(row) => {
                    if row_ui(ui, queue, row) {
                        seen.actions.push(Action::OpenCase(row.case));
                    }
                    if let Some(&side) = row.sides.first() {
                        seen.thumbnails.push((row.case, side));
                    }
                }
                None => {
                    let size = vec2(ui.available_width(), row_height);
                    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                    let colour = palette(ui).weak;
                    paint_text(ui, rect, "Reading more…", TextStyle::Small, colour);
                    seen.actions.push(Action::LoadMoreRows);
                }
            }
        }
    });
}

/// Says whether the row was clicked.
fn row_ui(ui: &mut Ui, queue: &Queue<'_>, row: &QueueRow) -> bool {
    let selected = queue.open == Some(row.case);
    let size = vec2(ui.available_width(), theme::ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let words = RowWords::of(row, queue.now);
    response.widget_info(|| {
        let name = format!(
            "Case {} {}, {}, {}",
            row.case, row.label, words.score, words.state
        );
        WidgetInfo::selected(Role::Button, true, selected, name)
    });
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    let colours = palette(ui);
    if selected {
        ui.painter().rect_filled(rect, 5.0, colours.selected);
        let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(bar, 2.0, colours.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 5.0, colours.surface);
    }
    if response.has_focus() {
        let ring = Stroke::new(1.5, colours.accent);
        ui.painter()
            .rect_stroke(rect, 5.0, ring, StrokeKind::Inside);
    }
    let inner = rect.shrink2(vec2(8.0, 6.0));
    let frame = Rect::from_min_size(
        pos2(inner.left(), inner.center().y - theme::THUMBNAIL[1] / 2.0),
        Vec2::from(theme::THUMBNAIL),
    );
    thumbnail_ui(ui, queue, row, frame);
    let text = Rect::from_min_max(pos2(frame.right() + 10.0, inner.top()), inner.max);
    row_text(ui, colours, row, &words, text);
    response.clicked()
}

fn thumbnail_ui(ui: &Ui, queue: &Queue<'_>, row: &QueueRow, frame: Rect) {
    let colours = palette(ui);
    let thumbnail = row
        .sides
        .first()
        .and_then(|&side| queue.textures.thumbnail((row.case, side)));
    let Some((texture, size)) = thumbnail else {
        ui.painter().rect_filled(frame, 3.0, colours.surface);
        let edge = Stroke::new(1.0, colours.line);
        ui.painter()
            .rect_stroke(frame, 3.0, edge, StrokeKind::Inside);
        if row.sides.is_empty() {
            // A vendor's result that came alone; the row's name says so in full.
            let words = frame.shrink2(vec2(14.0, 4.0));
            paint_text(ui, words, "result", TextStyle::Small, colours.weak);
        }
        return;
    };
    // Fill the frame and cut what is over, so that all rows line up.
    let scale = (frame.width() / size.x).max(frame.height() / size.y);
    let shown = frame.size() / (size * scale);
    let uv = Rect::from_center_size(pos2(0.5, 0.5), shown);
    Image::from_texture(SizedTexture::new(texture, frame.size()))
        .uv(uv)
        .corner_radius(3)
        .paint_at(ui, frame);
}

fn row_text(ui: &Ui, colours: &Palette, row: &QueueRow, words: &RowWords, text: Rect) {
    let line = text.height() / 3.0;
    let lines: [Rect; 3] = std::array::from_fn(|i| {
        Rect::from_min_size(
            pos2(text.left(), text.top() + i as f32 * line),
            vec2(text.width(), line),
        )
    });
    let age_width = paint_text_right(ui, lines[0], &words.age, &TextStyle::Small, colours.weak);
    let mut label = lines[0];
    label.max.x -= age_width + 8.0;
    paint_text(ui, label, &row.label, TextStyle::Body, colours.text);
    paint_text(ui, lines[1], &words.score, TextStyle::Small, colours.text);
    let square = Rect::from_min_size(lines[2].min, Vec2::splat(line));
    let mut state = lines[2];
    if let Some((mark, colour)) = words.mark(colours) {
        paint_mark(ui, square, mark, colour);
        state.min.x += line + 4.0;
        paint_text(ui, state, &words.state, TextStyle::Small, colour);
    } else {
        paint_text(ui, state, &words.state, TextStyle::Small, colours.weak);
    }
}

/// The words of a row.
struct RowWords {
    age: String,
    score: String,
    state: String,
    route: Option<Route>,
    decided: bool,
}

impl RowWords {
    fn of(row: &QueueRow, now: Time) -> Self {
        let score = match (row.score, row.worst) {
            (Some(score), Some((side, kind))) => {
                format!("{score}  {} ({})", kind.title(), side.name())
            }
            (Some(score), None) => format!("{score}  whole document"),
            (None, _) => "no score".to_owned(),
        };
        let held = row.claim.as_ref().filter(|c| !c.ours && c.is_live(now));
        let state = match (row.verdict, row.status, held, row.route) {
            (Some(verdict), ..) => format!("Verdict {}", verdict.title().to_lowercase()),
            (None, Status::Processing, ..) => "Being assessed".to_owned(),
            (None, Status::New, _, None) => "Waits to be assessed".to_owned(),
            (None, Status::Failed, _, None) => "Could not be assessed".to_owned(),
            (None, _, Some(claim), _) => format!("Open with {}", claim.by),
            (None, _, None, Some(route)) => route_title(route).to_owned(),
            (None, Status::Completed, None, None) => "No result".to_owned(),
        };
        Self {
            age: clock::age(now.millis_since(row.created)),
            score,
            state,
            route: row.route,
            decided: row.verdict.is_some(),
        }
    }

    fn mark(&self, colours: &Palette) -> Option<(Mark, Color32)> {
        if self.decided {
            return None;
        }
        let route = self.route?;
        Some((Mark::of_route(route), colours.of_route(route)))
    }
}
