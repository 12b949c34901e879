//! The list of cases at the left: which list, and its rows.

use std::collections::BTreeSet;

use eframe::egui::{
    Align, Color32, Image, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2,
    WidgetInfo, load::SizedTexture, pos2, vec2,
};

use super::super::actions::{Action, Command};
use super::super::searches::Kept;
use super::super::textures::Textures;
use super::super::theme::{self, Palette, palette};
use super::parts::{
    Mark, card, command_button_ui, paint_mark, paint_text, paint_text_right, weak_ui,
};
use super::search::search_ui;
use crate::case::{Actor, CaseId, Probability, Route, Side, Status, Time};
use crate::clock;
use crate::store::{Counts, QueueRow, Search, View};
use crate::words::words;

/// What the list shows.
#[derive(Clone, Copy)]
pub struct Queue<'a> {
    /// What is searched for in which list.
    pub search: &'a Search,
    /// Who sits at the desk.
    pub me: &'a Actor,
    /// How many cases are theirs.
    pub n_mine: u64,
    /// Everybody by whom a verdict stands.
    pub reviewers: &'a [Actor],
    /// Searches that are kept.
    pub kept: &'a [Kept],
    /// The scores below, in and above the policy's band.
    pub bands: [(Probability, Probability); 3],
    /// The cases that the next action is for, if it is not the open one alone.
    pub picked: &'a BTreeSet<CaseId>,
    /// A job looks for cases.
    pub searching: bool,
    /// Give the search field the focus.
    pub focus_find: bool,
    /// How long a case may wait, in hours.
    pub due_hours: Option<f64>,
    /// Scores are shown after a verdict only.
    pub blind: bool,
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
    seen.actions.extend(search_ui(ui, queue));
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal(|ui| {
        ui.weak(count_text(queue)).on_hover_text(list_hint(queue));
        ui.with_layout(eframe::egui::Layout::right_to_left(Align::Center), |ui| {
            seen.actions
                .extend(command_button_ui(ui, Command::Refresh, true));
        });
    });
    if let Some(tally) = queue.tally {
        weak_ui(ui, tally).on_hover_text(words!("queue-tally.tip"));
    }
    if !queue.picked.is_empty() {
        seen.actions.extend(picked_ui(ui, queue));
    }
    ui.add_space(theme::GAP_SMALL);
    if queue.rows.is_empty() {
        ui.add_space(theme::GAP_LARGE);
        ui.weak(empty_text(queue));
        return seen;
    }
    rows_ui(ui, queue, &mut seen);
    seen
}

fn count_text(queue: &Queue<'_>) -> String {
    if queue.searching {
        return words!("queue-searching").to_owned();
    }
    if queue.search.is_quick() {
        let n_cases = match &queue.search.assigned_to {
            Some(_) => Some(queue.n_mine),
            None => queue.counts.map(|counts| counts.of(queue.search.view)),
        };
        return match n_cases {
            Some(n) => words!("queue-cases", count = n),
            None => words!("queue-reading").to_owned(),
        };
    }
    let n_found = queue.rows.len();
    if queue.has_more {
        words!("queue-cases.found-more", count = n_found)
    } else {
        words!("queue-cases.found", count = n_found)
    }
}

/// What is done with the picked cases.
fn picked_ui(ui: &mut Ui, queue: &Queue<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    card(ui).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.strong(words!("queue-picked", count = queue.picked.len()))
                .on_hover_text(words!("queue-picked.tip"));
            let others = [Command::RerunCase, Command::PickNone];
            for command in Command::HANDLING.into_iter().chain(others) {
                actions.extend(command_button_ui(ui, command, true));
            }
        });
    });
    actions
}

fn list_hint(queue: &Queue<'_>) -> &'static str {
    if queue.search.assigned_to.is_some() {
        return words!("queue-mine.tip");
    }
    match queue.search.view {
        View::Inbox => words!("view-inbox.tip"),
        View::Held => words!("view-held.tip"),
        View::Escalated => words!("view-escalated.tip"),
        View::SecondLook => words!("view-second-look.tip"),
        View::Adjudication => words!("view-adjudication.tip"),
        View::Accepted => words!("view-accepted.tip"),
        View::Rejected => words!("view-rejected.tip"),
        View::Retake => words!("view-retake.tip"),
        View::Decided => words!("view-decided.tip"),
        View::Failed => words!("view-failed.tip"),
        View::Waiting => words!("view-waiting.tip"),
        View::All => words!("view-all.tip"),
    }
}

fn empty_text(queue: &Queue<'_>) -> &'static str {
    match queue.search.view {
        _ if queue.searching => words!("queue-searching"),
        _ if !queue.search.is_quick() => words!("queue-empty-search"),
        _ if queue.search.assigned_to.is_some() => words!("queue-empty-mine"),
        View::Inbox => words!("queue-empty-inbox"),
        View::Decided => words!("queue-empty-decided"),
        _ => words!("queue-empty"),
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
                    seen.actions.extend(row_ui(ui, queue, row));
                    if let Some(&side) = row.sides.first() {
                        seen.thumbnails.push((row.case, side));
                    }
                }
                None => {
                    let size = vec2(ui.available_width(), row_height);
                    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                    let colour = palette(ui).weak;
                    paint_text(
                        ui,
                        rect,
                        words!("queue-reading-more"),
                        TextStyle::Small,
                        colour,
                    );
                    seen.actions.push(Action::LoadMoreRows);
                }
            }
        }
    });
}

fn row_ui(ui: &mut Ui, queue: &Queue<'_>, row: &QueueRow) -> Option<Action> {
    let opened = queue.open == Some(row.case);
    let picked = queue.picked.contains(&row.case);
    let selected = opened || picked;
    let size = vec2(ui.available_width(), theme::ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let clicked = response.clicked().then(|| {
        let held = ui.input(|input| input.modifiers);
        match (held.command, held.shift) {
            (true, _) => Action::Pick(row.case),
            (_, true) => Action::PickTo(row.case),
            _ => Action::OpenCase(row.case),
        }
    });
    let words = RowWords::of(row, queue);
    response.widget_info(|| {
        let case = words!("row-name", id = row.case.to_string(), name = &row.label);
        let mut parts = vec![case.as_str(), &words.score, &words.state];
        parts.extend(words.late.then_some(words!("row-name.late")));
        parts.extend(picked.then_some(words!("row-name.picked")));
        let name = parts.join(", ");
        WidgetInfo::selected(Role::Button, true, selected, name)
    });
    if !ui.is_rect_visible(rect) {
        return clicked;
    }
    let colours = palette(ui);
    if selected {
        ui.painter().rect_filled(rect, 5.0, colours.selected);
        if opened {
            let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
            ui.painter().rect_filled(bar, 2.0, colours.accent);
        }
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
    if picked {
        let corner = Rect::from_min_size(frame.min, Vec2::splat(14.0));
        ui.painter().rect_filled(corner, 2.0, colours.accent);
        paint_mark(ui, corner, Mark::Tick, colours.panel);
    }
    clicked
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
            paint_text(
                ui,
                words,
                words!("row-result"),
                TextStyle::Small,
                colours.weak,
            );
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
    let age_colour = if words.late {
        colours.bad
    } else {
        colours.weak
    };
    let age_width = paint_text_right(ui, lines[0], &words.age, &TextStyle::Small, age_colour);
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
    /// The mark of the route, while that is what the case waits by.
    route: Option<Route>,
    late: bool,
}

impl RowWords {
    fn of(row: &QueueRow, queue: &Queue<'_>) -> Self {
        let now = queue.now;
        let waits = row.verdict.is_none();
        let score = match (row.score, row.worst) {
            _ if queue.blind && waits => words!("row-score-hidden").to_owned(),
            (Some(score), Some((side, kind))) => {
                format!("{score}  {} ({})", kind.title(), side.word())
            }
            (Some(score), None) => words!("row-score-whole", score = score.to_string()),
            (None, _) => words!("row-no-score").to_owned(),
        };
        let age = clock::age(now.millis_since(row.created));
        let hours = now.millis_since(row.created) as f64 / 3_600_000.0;
        let late = waits && queue.due_hours.is_some_and(|due| hours > due);
        Self {
            age: if late {
                words!("row-late", age = age)
            } else {
                age
            },
            score,
            state: state(row, queue),
            // Blind, the route would say what the score must not.
            route: row
                .route
                .filter(|_| waits && !queue.blind && row.held_until.is_none()),
            late,
        }
    }

    fn mark(&self, colours: &Palette) -> Option<(Mark, Color32)> {
        let route = self.route?;
        Some((Mark::of_route(route), colours.of_route(route)))
    }
}

/// Where the case stands, in a few words.
fn state(row: &QueueRow, queue: &Queue<'_>) -> String {
    match row.view {
        // The first verdict is not to be seen by whoever gives the second.
        View::SecondLook => return words!("view-second-look").to_owned(),
        View::Adjudication => return words!("state-differ").to_owned(),
        _ => {}
    }
    let held = row.claim.as_ref();
    let held = held.filter(|claim| !claim.ours && claim.is_live(queue.now));
    let others = row.assigned_to.as_ref().filter(|whose| *whose != queue.me);
    match (row.verdict, row.status, row.route) {
        (Some(verdict), ..) => words!("state-verdict", verdict = verdict.word()),
        (None, Status::Processing, _) => words!("state-processing").to_owned(),
        (None, Status::New, None) => words!("state-new").to_owned(),
        (None, Status::Failed, None) => words!("state-failed").to_owned(),
        (None, Status::Completed, None) => words!("state-no-result").to_owned(),
        (None, _, Some(route)) => match (held, row.held_until, others) {
            (Some(claim), ..) => words!("state-open", who = claim.by.to_string()),
            (_, Some(until), _) => words!("state-held", until = clock::local(until)),
            (.., Some(whose)) => words!("state-assigned", whose = whose.to_string()),
            _ if row.view == View::Escalated => words!("view-escalated").to_owned(),
            _ if queue.blind => words!("state-waits").to_owned(),
            _ => route.title().to_owned(),
        },
    }
}
