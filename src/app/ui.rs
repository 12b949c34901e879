//! Draws the window and collects what was asked for. Changes nothing that is stored.

use eframe::egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui, vec2};

use super::desk::{Desk, OpenCase};
use super::panes::Panes;
use super::textures::PictureId;
use super::theme;
use super::views::checks::{Hides, checks_ui};
use super::views::details::details_ui;
use super::views::dialogs::{Dialogs, dialog_ui, notices_ui};
use super::views::picture::{PictureView, picture_ui};
use super::views::queue::{Queue, queue_ui};
use super::views::search::bands_of;
use super::views::status::{StatusLine, status_ui};
use super::views::toolbar::{Possible, toolbar_ui};
use super::views::verdict_bar::{VerdictBar, verdict_bar_ui};
use super::views::welcome::{Empty, welcome_ui};
use super::{App, EngineState, State};
use crate::case::Sha256;
use crate::clock;
use crate::jobs::JobView;
use crate::store::View;
use crate::words::words;

impl App {
    /// Draws everything.
    pub fn ui(&mut self, ui: &mut Ui) {
        self.seen.tiles.clear();
        self.seen.thumbnails.clear();
        self.seen.placed = None;
        let jobs = self.jobs.views();
        let is_narrow = ui.available_width() < theme::NARROW;
        self.edges_ui(ui, &jobs);
        if is_narrow {
            self.stacked_ui(ui);
        } else {
            self.side_by_side_ui(ui);
        }
        self.dialog_ui(ui, &jobs);
        self.focus_note = false;
        self.focus_find = false;
        self.seen.menu = ui.ctx().any_popup_open();
        if let State::Ready(desk) = &mut self.state {
            desk.scroll_to_open = false;
        }
        if !self.asked.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    /// The original that is on screen whole: decoded, and every tile of it in sight made. For benchmarks.
    #[must_use]
    pub fn picture_on_screen(&self) -> Option<Sha256> {
        let State::Ready(desk) = &self.state else {
            return None;
        };
        let open = desk.open.as_ref()?;
        let subject = open.subject(open.side)?;
        let tiles = &self.seen.tiles;
        let is_whole =
            !tiles.is_empty() && tiles.iter().all(|tile| self.textures.tile(tile).is_some());
        is_whole.then_some(subject.sha256)
    }

    /// Whether the pictures of the case that comes next are decoded. For benchmarks and tests.
    #[must_use]
    pub fn next_is_decoded(&self) -> bool {
        let State::Ready(desk) = &self.state else {
            return false;
        };
        let mut next = desk.next_pictures.iter();
        next.all(|(sha256, _)| {
            let plain = PictureId::plain(*sha256);
            self.textures.picture(&plain).is_some()
        })
    }

    /// Menus above, status below, notices under the menus.
    fn edges_ui(&mut self, ui: &mut Ui, jobs: &[JobView]) {
        let desk = match &self.state {
            State::Ready(desk) => Some(desk),
            State::Opening | State::Broken(_) => None,
        };
        let possible = Possible {
            colours: self.layout.colours,
            contrast: self.layout.contrast,
            zoom: self.layout.zoom,
            suit_lens: self.layout.suit_lens,
            add: desk.is_some(),
            case: desk.is_some_and(|desk| desk.open.is_some()),
            undo: desk.is_some_and(|desk| desk.undo.is_some()),
            redo: desk.is_some_and(|desk| desk.redo_words().is_some()),
        };
        Panel::top("menus").frame(bar(ui)).show(ui, |ui| {
            self.asked.extend(toolbar_ui(ui, possible));
        });
        Panel::bottom("status").frame(bar(ui)).show(ui, |ui| {
            let (engine, engine_warns) = engine_line(&self.engine);
            let line = StatusLine {
                workspace: &self.options.workspace.root.display().to_string(),
                actor: &self.options.actor.0,
                engine,
                engine_more: &engine_sentences(&self.engine).join("\n"),
                engine_warns,
                jobs,
            };
            self.asked.extend(status_ui(ui, &line));
        });
        if !self.notices.is_empty() {
            Panel::top("notices").frame(bar(ui)).show(ui, |ui| {
                self.asked.extend(notices_ui(ui, &self.notices));
            });
        }
    }

    /// Queue, case and checks beside each other.
    fn side_by_side_ui(&mut self, ui: &mut Ui) {
        if self.has_cases() {
            let shown = Panel::left("queue")
                .frame(panel(ui))
                .default_size(self.layout.queue_width)
                .size_range(theme::QUEUE_WIDTHS)
                .show(ui, |ui| self.queue_ui(ui));
            self.layout.queue_width = shown.response.rect.width();
        }
        if self.open_case().is_some() {
            Panel::bottom("verdicts")
                .frame(panel(ui))
                .show(ui, |ui| self.verdicts_ui(ui));
            let shown = Panel::right("checks")
                .frame(panel(ui))
                .default_size(self.layout.checks_width)
                .size_range(theme::CHECKS_WIDTHS)
                .show(ui, |ui| self.checks_ui(ui));
            self.layout.checks_width = shown.response.rect.width();
        }
        CentralPanel::default()
            .frame(panel(ui))
            .show(ui, |ui| self.case_ui(ui));
    }

    /// The same one below the other, scrolled: in a small window, or at a large size, the picture would have no
    /// room otherwise.
    fn stacked_ui(&mut self, ui: &mut Ui) {
        CentralPanel::default().frame(panel(ui)).show(ui, |ui| {
            let height = ui.available_height().max(theme::LEAST_HEIGHT);
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                let part = vec2(ui.available_width(), height);
                ui.allocate_ui(part, |ui| {
                    // The picture is drawn into what is there and asks for nothing itself.
                    ui.set_min_size(part);
                    self.case_ui(ui);
                });
                if self.open_case().is_some() {
                    ui.separator();
                    self.verdicts_ui(ui);
                    ui.separator();
                    ui.allocate_ui(part, |ui| self.checks_ui(ui));
                }
                if self.has_cases() {
                    ui.separator();
                    ui.allocate_ui(part, |ui| self.queue_ui(ui));
                }
            });
        });
    }

    fn open_case(&self) -> Option<(&Desk, &OpenCase)> {
        match &self.state {
            State::Ready(desk) => Some((desk, desk.open.as_ref()?)),
            State::Opening | State::Broken(_) => None,
        }
    }

    fn has_cases(&self) -> bool {
        matches!(&self.state, State::Ready(desk) if desk.counts.of(View::All) > 0)
    }

    fn queue_ui(&mut self, ui: &mut Ui) {
        let State::Ready(desk) = &self.state else {
            return;
        };
        let tally = desk.tally();
        let queue = Queue {
            search: &desk.search,
            me: desk.actor(),
            n_mine: desk.n_mine,
            reviewers: &desk.reviewers,
            kept: &self.kept,
            bands: bands_of(&desk.policy),
            picked: &desk.picked,
            searching: desk.searching,
            focus_find: self.focus_find,
            due_hours: desk.policy.due_hours,
            blind: desk.policy.blind_first_look,
            counts: Some(desk.counts),
            rows: &desk.rows,
            has_more: desk.has_more(),
            open: desk.open.as_ref().map(|open| open.record.id),
            scroll_to_open: desk.scroll_to_open,
            tally: tally.as_deref(),
            now: clock::now(),
            textures: &self.textures,
        };
        let seen = queue_ui(ui, &queue);
        self.asked.extend(seen.actions);
        self.seen.thumbnails = seen.thumbnails;
    }

    fn verdicts_ui(&mut self, ui: &mut Ui) {
        let Some((desk, open)) = self.open_case() else {
            return;
        };
        let hidden = open.record.hides_verdicts_from(desk.actor());
        let settles = open.record.view == View::Adjudication;
        let redo = desk.redo_words();
        let bar = VerdictBar {
            standing: open.record.verdict().filter(|_| !hidden && !settles),
            settles,
            redo: redo.as_deref(),
            reasons: &desk.policy.reasons,
            reason: open.reason.as_deref(),
            n_picked: desk.picked.len(),
            closed: open.closed.as_deref(),
            note: &open.note,
            focus_note: self.focus_note,
            undo: desk.undo.as_deref(),
        };
        let actions = verdict_bar_ui(ui, &bar);
        self.asked.extend(actions);
    }

    fn checks_ui(&mut self, ui: &mut Ui) {
        let Some((desk, open)) = self.open_case() else {
            return;
        };
        let hides = Hides {
            numbers: open.blind,
            verdicts: open.record.hides_verdicts_from(desk.actor()),
        };
        let actions = checks_ui(ui, &open.record, &desk.policy, hides, clock::now());
        self.asked.extend(actions);
    }

    fn case_ui(&mut self, ui: &mut Ui) {
        let peeks = self.peeks(ui.ctx());
        let open = match &self.state {
            State::Ready(desk) => desk.open.as_ref(),
            State::Opening | State::Broken(_) => None,
        };
        let Some(open) = open else {
            let actions = welcome_ui(ui, empty(&self.state, self.samples.is_some()));
            self.asked.extend(actions);
            return;
        };
        let panes = Panes {
            open,
            look: &self.look,
            peeks,
            textures: &self.textures,
            undecodable: &self.undecodable,
        };
        let view = PictureView {
            pictures: &open.record.pictures,
            side: open.side,
            main: panes.main(),
            beside: panes.beside(),
            outline: self.layout.outline,
            has_evidence: open.evidence(open.side).next().is_some(),
            look: &self.look,
            draft: open.draft.as_ref(),
            references: &self.references,
            suiting: open.suiting_lens(),
            spectrum: self.look.spectrum.then(|| self.spectrum.view()).flatten(),
            peeks,
            textures: &self.textures,
        };
        let seen = picture_ui(ui, &view);
        if seen
            .tiles
            .iter()
            .any(|tile| self.textures.tile(tile).is_none())
        {
            ui.ctx().request_repaint();
        }
        self.asked.extend(seen.actions);
        self.seen.tiles = seen.tiles;
        self.seen.placed = seen.placed;
    }

    fn dialog_ui(&mut self, ui: &Ui, jobs: &[JobView]) {
        let Some(dialog) = &self.dialog else {
            if let (Some(details), State::Ready(desk)) = (&self.details, &self.state)
                && let Some(open) = &desk.open
            {
                let actions = details_ui(ui.ctx(), &open.record, open.side, details);
                self.asked.extend(actions);
            }
            return;
        };
        let mut engine = engine_sentences(&self.engine);
        engine.push(self.textures.memory());
        let dialogs = Dialogs {
            dialog,
            reports: &self.reports,
            jobs,
            engine: &engine,
            now: clock::now(),
        };
        self.asked.extend(dialog_ui(ui.ctx(), &dialogs));
    }
}

fn engine_line(engine: &EngineState) -> (&str, bool) {
    match engine {
        EngineState::Loading => (words!("engine-starting"), false),
        EngineState::Ready(words) => (&words.line, words.lacks_models),
        EngineState::Broken(_) => (words!("engine-missing"), true),
    }
}

fn engine_sentences(engine: &EngineState) -> Vec<String> {
    match engine {
        EngineState::Loading => vec![words!("engine-starting.more").to_owned()],
        EngineState::Ready(words) => words.sentences.clone(),
        EngineState::Broken(reason) => vec![reason.clone()],
    }
}

fn empty(state: &State, samples: bool) -> Empty<'_> {
    match state {
        State::Opening => Empty::Opening,
        State::Broken(reason) => Empty::Broken(reason),
        State::Ready(desk) if desk.counts.of(View::All) == 0 => Empty::FirstStart { samples },
        State::Ready(desk) if desk.rows.is_empty() => Empty::NothingHere,
        State::Ready(_) => Empty::NoneOpen,
    }
}

fn panel(ui: &Ui) -> Frame {
    Frame::new()
        .fill(theme::palette(ui).panel)
        .inner_margin(Margin::same(theme::PANEL_MARGIN))
}

fn bar(ui: &Ui) -> Frame {
    Frame::new()
        .fill(theme::palette(ui).panel)
        .inner_margin(Margin::symmetric(theme::PANEL_MARGIN, 5))
}
