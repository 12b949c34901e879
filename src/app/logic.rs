//! What happens before each frame: results are taken in, actions carried out, jobs started.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use eframe::egui::{Context, Key, ViewportCommand};

use super::actions::{Action, Command, KeyScope, pressed};
use super::bench::{self, Came, Task};
use super::camera::Camera;
use super::desk::picking::Handling;
use super::desk::{Desk, OpenCase};
use super::ground;
use super::keys::Keys;
use super::look::{Beside, Subject, straight_of};
use super::report::{Notice, Tone};
use super::views::dialogs::{Dialog, KeyChoice, PathUse};
use super::views::picture::{Pane, mark_id};
use super::views::search::find_id;
use super::views::verdict_bar::note_id;
use super::{App, EngineState, Quiet, State};
use crate::case::Time;
use crate::clock;
use crate::engine::straight::Straight;
use crate::jobs::{JobContext, Worker};
use crate::store::{Store, StoreError};
use crate::words::words;

/// Time for taking in results in one frame; the rest comes in the next.
const RESULTS_TIME: Duration = Duration::from_millis(8);
/// Time for thumbnails in one frame.
const THUMBNAIL_TIME: Duration = Duration::from_millis(4);
/// How often it is looked whether others changed something.
const WATCH_EVERY: Duration = Duration::from_millis(200);
/// A file chooser that is gone within this time was never there.
const NO_CHOOSER: Duration = Duration::from_millis(400);
/// Notices shown at a time.
const MAX_NOTICES: usize = 4;

impl App {
    /// Everything but drawing. Called before each [`App::ui`].
    pub fn logic(&mut self, ctx: &Context) {
        let now = clock::now();
        self.layout.zoom = ctx.zoom_factor();
        self.take_results(ctx, now);
        self.listen(ctx);
        let asked = std::mem::take(&mut self.asked);
        for action in asked {
            self.carry_out(ctx, action, now);
        }
        self.follow(ctx, now);
        self.start_searching();
        self.suit_lens_to_new_case();
        self.start_decoding();
        self.gather_details();
        self.follow_spectrum(ctx);
        self.make_thumbnails(ctx);
        self.textures.levels = self.look.levels.filter(|_| !self.peeks(ctx));
        if !self.textures.upload(ctx, &self.seen.tiles) {
            ctx.request_repaint();
        }
    }

    /// Starts the job that opens the workspace.
    pub(super) fn start_opening(&mut self) {
        let workspace = self.options.workspace.clone();
        let actor = self.options.actor.clone();
        self.quiet.start(words!("job-opening"), move |_context| {
            Quiet::Opened(bench::open(&workspace, &actor))
        });
    }

    /// Wakes the window when another program has changed the workspace: it draws nothing by itself.
    fn start_watching(&mut self, store: Store) {
        if let Some(job) = self.watch_job.take() {
            self.quiet.cancel(job);
        }
        let watch = move |context: &JobContext| {
            let mut seen = store.seen_changes().ok();
            let mut n_times = 0;
            while !context.is_cancelled() {
                std::thread::sleep(WATCH_EVERY);
                let now = store.seen_changes().ok();
                if now != seen {
                    n_times += 1;
                    context.progress(n_times, None, "");
                    seen = now;
                }
            }
            Quiet::Watched
        };
        self.watch_job = Some(self.quiet.start(words!("job-watching"), watch));
    }

    fn take_results(&mut self, ctx: &Context, now: Time) {
        let start = Instant::now();
        while start.elapsed() < RESULTS_TIME {
            if let Some(ended) = self.quiet.take_ended() {
                match ended.result {
                    Ok(quiet) => self.take_quiet(ctx, quiet, now),
                    Err(panicked) => self.fail(words!(
                        "desk-broke",
                        job = ended.name,
                        error = panicked.to_string()
                    )),
                }
            } else if let Some(ended) = self.jobs.take_ended() {
                match ended.result {
                    Ok(came) => self.take_came(came),
                    Err(panicked) => self.fail(words!(
                        "desk-broke",
                        job = ended.name,
                        error = panicked.to_string()
                    )),
                }
                self.with_desk(|desk| desk.refresh(now));
            } else {
                return;
            }
        }
        ctx.request_repaint();
    }

    fn take_quiet(&mut self, ctx: &Context, quiet: Quiet, now: Time) {
        match quiet {
            Quiet::Opened(Ok(opened)) => {
                self.state = State::Ready(Box::new(opened.desk));
                self.reader = Worker::new(opened.reader).ok();
                self.start_watching(opened.watched);
                match Worker::new(opened.bench) {
                    Ok(bench) => {
                        self.quiet
                            .give(&bench, words!("job-engine"), |bench, _context| {
                                Quiet::Engine(bench.open_engine())
                            });
                        self.bench = Some(bench);
                    }
                    Err(error) => {
                        self.engine = EngineState::Broken(words!(
                            "engine-no-thread",
                            error = error.to_string()
                        ));
                    }
                }
            }
            Quiet::Opened(Err(reason)) => {
                self.engine = EngineState::Broken(words!("engine-no-workspace").to_owned());
                self.state = State::Broken(reason);
            }
            Quiet::Engine(Ok(words)) => {
                self.engine = EngineState::Ready(words);
                if matches!(&self.state, State::Ready(desk) if desk.has_waiting()) {
                    self.give(Task::Waiting);
                }
            }
            Quiet::Engine(Err(reason)) => {
                self.fail(reason.clone());
                self.engine = EngineState::Broken(reason);
            }
            Quiet::Decoded(id, decoded) => {
                self.decoding.remove(&id);
                match decoded {
                    Some(Ok(picture)) => self.textures.put_picture(id, picture),
                    Some(Err(reason)) => {
                        self.undecodable.insert(id.sha256, reason);
                    }
                    None => {}
                }
            }
            Quiet::Watched => {}
            Quiet::Found(wanted, page) => self.take_found(&wanted, page, now),
            Quiet::Gathered(case, gathered) => self.take_gathered(ctx, case, gathered),
            Quiet::Spectrum(id, spectrum) => self.spectrum.take(id, spectrum),
            Quiet::References(paths) => self.references = paths,
            Quiet::Reference(path, read) => self.take_reference(path, read),
            Quiet::Chosen(use_for, Some(paths), _) => self.take_paths(use_for, paths),
            Quiet::Chosen(use_for, None, true) => {
                self.dialog = Some(Dialog::Path {
                    use_for,
                    text: String::new(),
                    hint: Some(words!("desk-no-chooser")),
                });
            }
            Quiet::Chosen(_, None, false) => {}
        }
    }

    fn take_came(&mut self, came: Came) {
        let Came { mut notice, report } = came;
        if let Some(report) = report {
            notice.report = Some(self.reports.len());
            self.reports.push(report);
        }
        self.notify(notice);
    }

    /// Whether the picture itself is asked for, for a moment.
    pub(super) fn peeks(&self, ctx: &Context) -> bool {
        self.dialog.is_none()
            && self.details.is_none()
            && !ctx.text_edit_focused()
            && ctx.input(|input| input.key_down(Key::Space))
    }

    /// Keys and dropped files since the last frame.
    fn listen(&mut self, ctx: &Context) {
        let scope = if self.seen.menu {
            KeyScope::Menu
        } else if matches!(&self.dialog, Some(Dialog::Keys(choice)) if choice.of.is_some()) {
            KeyScope::Choosing
        } else if self.dialog.is_some() {
            KeyScope::Covered
        } else if self.details.is_some() {
            KeyScope::Details
        } else if ctx.text_edit_focused() {
            KeyScope::Typing
        } else {
            KeyScope::Everything
        };
        self.asked.extend(pressed(ctx, scope));
        let dropped: Vec<PathBuf> = ctx.input(|input| {
            let files = input.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect()
        });
        if !dropped.is_empty() {
            self.asked.push(Action::TakeIn(dropped));
        }
    }

    fn carry_out(&mut self, ctx: &Context, action: Action, now: Time) {
        match action {
            Action::Do(command) => self.command(ctx, command, now),
            Action::Decide(label) => self.decide(label, now),
            Action::Show(search) => self.with_desk(|desk| desk.show(*search, now)),
            Action::Reason(at) => self.reason(at),
            Action::Pick(case) => self.with_desk(|desk| {
                desk.pick(case);
                Ok(())
            }),
            Action::PickTo(case) => self.with_desk(|desk| {
                desk.pick_to(case);
                Ok(())
            }),
            Action::Ask(question) => self.ask(question),
            Action::Answer(question) => self.dialog = Some(Dialog::Question(question)),
            Action::ChooseKey(action) => {
                self.dialog = Some(Dialog::Keys(KeyChoice {
                    of: Some(action),
                    told: None,
                }));
            }
            Action::Press(key) => self.press(ctx, key),
            Action::ForgetSearch(at) => self.forget_search(at),
            Action::OpenCase(case) => self.with_desk(|desk| desk.open_case(case, now)),
            Action::LoadMoreRows => self.with_desk(Desk::load_more),
            Action::Look(pane, camera) => self.move_eye(pane, camera),
            Action::KeepMark(mark) => self.with_open(|open| {
                open.marks.push(mark);
                open.draft = None;
            }),
            Action::EditDraft(draft) => self.with_open(|open| open.draft = draft),
            Action::SetLevels(levels) => self.look.levels = Some(levels),
            Action::Magnify(power) => self.look.magnify(power),
            Action::EditNote(text) => self.with_open(|open| open.note = text),
            Action::EditPath(typed) => {
                if let Some(Dialog::Path { text, .. }) = &mut self.dialog {
                    *text = typed;
                }
            }
            Action::TakeIn(paths) => self.take_in(paths),
            Action::ListReferences => self.list_references(),
            Action::Compare(path) => self.compare(path),
            Action::CancelJob(id) => self.jobs.cancel(id),
            Action::DismissNotice(at) => {
                if at < self.notices.len() {
                    self.notices.remove(at);
                }
            }
            Action::ShowDetails(tab) => {
                if let Some(details) = &mut self.details {
                    details.tab = tab;
                }
            }
            Action::ShowRecord(at) => {
                if let Some(details) = &mut self.details {
                    details.record = at;
                }
            }
            Action::ShowReport(at) => self.dialog = Some(Dialog::Report(at)),
            Action::LookThrough(lens) => self.look.lens = lens,
            Action::Wear(colours) => {
                self.layout.colours = colours;
                self.layout.apply(ctx);
            }
            Action::Contrast(contrast) => {
                self.layout.contrast = contrast;
                self.layout.apply(ctx);
            }
            Action::Scale(zoom) => {
                self.layout.zoom = zoom;
                self.layout.apply(ctx);
            }
        }
    }

    fn command(&mut self, ctx: &Context, command: Command, now: Time) {
        match command {
            Command::OpenFiles
            | Command::OpenFolder
            | Command::ImportResults
            | Command::OtherReference => self.choose(command),
            Command::TypePath => self.ask_path(PathUse::TakeIn),
            Command::TypeReference => self.ask_path(PathUse::Compare),
            Command::TakeInPath | Command::ComparePath => self.take_path(),
            Command::AddSamples => match self.samples.clone() {
                Some(folder) => self.take_in(vec![folder]),
                None => self.fail(words!("desk-no-samples")),
            },
            Command::RerunCase => self.rerun_case(),
            Command::RerunAll => self.give(Task::RerunAll),
            Command::Undo => self.undo(now),
            Command::Redo => self.redo(now),
            Command::Sooner => self.handle(&Handling::Prioritise(1), now),
            Command::Later => self.handle(&Handling::Prioritise(-1), now),
            Command::Export => self.ask_for_export(now),
            Command::Hold
            | Command::Escalate
            | Command::Assign
            | Command::KeepSearch
            | Command::SitDown => {
                if let Some(question) = command.question() {
                    self.ask(question);
                }
            }
            Command::TakeOver => self.take_over(now),
            Command::Resume => self.handle(&Handling::Resume, now),
            Command::Confirm => self.confirm(now),
            Command::Find => self.focus_find = true,
            Command::PickNext => self.with_desk(|desk| desk.pick_step(1, now)),
            Command::PickPrevious => self.with_desk(|desk| desk.pick_step(-1, now)),
            Command::PickAll => self.with_desk(|desk| {
                desk.pick_all();
                Ok(())
            }),
            Command::PickNone => self.with_desk(|desk| {
                desk.picked.clear();
                Ok(())
            }),
            Command::NextCase => self.with_desk(|desk| desk.step(1, now)),
            Command::PreviousCase => self.with_desk(|desk| desk.step(-1, now)),
            Command::Fit
            | Command::OneToOne
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::Rotate
            | Command::Flip => self.move_camera(command),
            Command::OtherSide => self.other_side(),
            Command::Straighten => self.straighten(),
            Command::BothSides => self.look.show_both_sides_or_one(),
            Command::Pin => self.pin(),
            Command::Loupe => self.look.loupe = !self.look.loupe,
            Command::SuitLens => self.suit_lens(),
            Command::AlwaysSuitLens => self.layout.suit_lens = !self.layout.suit_lens,
            Command::Draw(tool) => {
                self.look.tool = (self.look.tool != Some(tool)).then_some(tool);
            }
            Command::DeleteMark => self.delete_mark(ctx),
            Command::Levels => self.look.set_levels_or_none(),
            Command::Spectrum => self.look.spectrum = !self.look.spectrum,
            Command::LoupeStronger => self.look.magnify(self.look.power * 2.0),
            Command::LoupeWeaker => self.look.magnify(self.look.power / 2.0),
            Command::Outline => self.layout.outline = !self.layout.outline,
            Command::Evidence => self.next_evidence(),
            Command::NextLens => self.look.next_lens(),
            Command::PreviousLens => self.look.previous_lens(),
            // Drawing asks whether its key is held.
            Command::Peek => ctx.request_repaint(),
            Command::Details => self.next_details(),
            Command::CopyRecord => self.copy_record(ctx),
            Command::WriteNote => self.focus_note = true,
            Command::Refresh => self.with_desk(|desk| desk.refresh(now)),
            Command::ShowJobs => self.dialog = Some(Dialog::Jobs),
            Command::ShowKeys => self.dialog = Some(Dialog::Keys(KeyChoice::default())),
            Command::UsualKeys => self.wear_keys(ctx, Keys::default()),
            Command::ShowEngine => self.dialog = Some(Dialog::Engine),
            Command::Close => self.close_top(ctx),
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    /// Takes the mark away that has the focus; the last one if none has.
    fn delete_mark(&mut self, ctx: &Context) {
        let focused = ctx.memory(|memory| memory.focused());
        self.with_open(|open| {
            let n_marks = open.marks.len();
            let at = (0..n_marks).find(|&at| focused == Some(mark_id(at)));
            if let Some(at) = at.or(n_marks.checked_sub(1)) {
                open.marks.remove(at);
            }
        });
    }

    fn suit_lens(&mut self) {
        if let State::Ready(desk) = &self.state
            && let Some(lens) = desk.open.as_ref().and_then(OpenCase::suiting_lens)
        {
            self.look.lens = Some(lens);
        }
    }

    /// The evidence of the next check that has some, the worst check's first; after the last one none.
    fn next_evidence(&mut self) {
        let State::Ready(desk) = &self.state else {
            return;
        };
        let Some(open) = &desk.open else {
            return;
        };
        let worst = open.record.route.as_ref().and_then(|route| route.worst);
        let mut kinds: Vec<_> = open.evidence(open.side).map(|(kind, _)| kind).collect();
        kinds.sort_by_key(|&kind| worst != Some((open.side, kind)));
        let shown = kinds
            .iter()
            .position(|&kind| self.look.evidence == Some(kind));
        let next = shown.map_or(0, |at| at + 1);
        self.look.evidence = kinds.get(next).copied();
    }

    fn move_eye(&mut self, pane: Pane, camera: Camera) {
        let State::Ready(desk) = &mut self.state else {
            return;
        };
        match (pane, &mut self.look.beside, &mut desk.open) {
            (Pane::Beside, Beside::Pinned(_, pinned), _) => *pinned = camera,
            (Pane::Beside, _, Some(open)) => open.other_camera = camera,
            (Pane::Main, _, Some(open)) => open.camera = camera,
            (_, _, None) => {}
        }
    }

    /// The document alone or the photograph; the eye stays where it is on the document.
    fn straighten(&mut self) {
        self.look.straight = !self.look.straight;
        let onto: fn(Camera, &Straight) -> Camera = match self.look.straight {
            true => ground::straightened,
            false => ground::photographed,
        };
        let carry = |subject: Option<&Subject>, camera: &mut Camera| {
            if let Some(straight) = subject.and_then(|subject| straight_of(subject.id(true, None)))
            {
                *camera = onto(*camera, &straight);
            }
        };
        if let State::Ready(desk) = &mut self.state
            && let Some(open) = &mut desk.open
        {
            let other = open.other_side().and_then(|side| open.subject(side));
            carry(open.subject(open.side).as_ref(), &mut open.camera);
            carry(other.as_ref(), &mut open.other_camera);
        }
        if let Beside::Pinned(subject, camera) = &mut self.look.beside {
            carry(Some(subject), camera);
        }
    }

    /// Where the View menu asks for it, a case opens with the lens that suits what it is here for.
    fn suit_lens_to_new_case(&mut self) {
        let State::Ready(desk) = &self.state else {
            return;
        };
        let case = desk.open.as_ref().map(|open| open.record.id);
        if case != self.suited && self.layout.suit_lens {
            self.look.lens = desk.open.as_ref().and_then(OpenCase::suiting_lens);
        }
        self.suited = case;
    }

    fn pin(&mut self) {
        if matches!(self.look.beside, Beside::Pinned(..)) {
            self.look.beside = Beside::Nothing;
            return;
        }
        let State::Ready(desk) = &self.state else {
            return;
        };
        let open = desk.open.as_ref();
        if let Some((open, subject)) = open.and_then(|open| Some((open, open.subject(open.side)?)))
        {
            let title = words!(
                "picture-pinned",
                name = &open.record.label,
                side = open.side.word()
            );
            self.look.beside = Beside::Pinned(Box::new(Subject { title, ..subject }), open.camera);
        }
    }

    fn move_camera(&mut self, command: Command) {
        let Some(placed) = self.seen.placed else {
            return;
        };
        let middle = placed.panel_centre();
        let camera = match command {
            Command::OneToOne => placed.one_to_one(middle),
            Command::ZoomIn => placed.zoomed(KEY_ZOOM, middle),
            Command::ZoomOut => placed.zoomed(1.0 / KEY_ZOOM, middle),
            Command::Rotate => placed.camera().rotated(),
            Command::Flip => placed.camera().flipped(),
            _ => Camera {
                fit: true,
                ..placed.camera()
            },
        };
        self.move_eye(Pane::Main, camera);
    }

    fn other_side(&mut self) {
        if let State::Ready(desk) = &mut self.state
            && let Some(open) = &mut desk.open
            && let Some(other) = open.other_side()
        {
            open.side = other;
            std::mem::swap(&mut open.camera, &mut open.other_camera);
        }
    }

    fn close_top(&mut self, ctx: &Context) {
        if self.dialog.take().is_some() || self.details.take().is_some() {
            return;
        }
        let writes = matches!(&self.state, State::Ready(desk)
            if desk.open.as_ref().is_some_and(|open| open.draft.is_some()));
        let fields = [note_id(), find_id()];
        let focused = ctx.memory(|memory| memory.focused());
        if writes {
            self.with_open(|open| open.draft = None);
        } else if let Some(field) = focused.filter(|id| fields.contains(id)) {
            ctx.memory_mut(|memory| memory.surrender_focus(field));
        } else if self.look.tool.take().is_none() {
            self.with_desk(|desk| {
                desk.picked.clear();
                Ok(())
            });
        }
    }

    fn ask_path(&mut self, use_for: PathUse) {
        self.dialog = Some(Dialog::Path {
            use_for,
            text: String::new(),
            hint: None,
        });
    }

    fn take_path(&mut self) {
        let Some(Dialog::Path { use_for, text, .. }) = self.dialog.take() else {
            return;
        };
        // What is copied from a file manager or a terminal is often quoted.
        let plain = text.trim().trim_matches(['"', '\'']);
        let plain = plain.strip_prefix("file://").unwrap_or(plain);
        if !plain.is_empty() {
            self.take_paths(use_for, vec![PathBuf::from(plain)]);
        }
    }

    fn take_paths(&mut self, use_for: PathUse, paths: Vec<PathBuf>) {
        match use_for {
            PathUse::TakeIn => self.take_in(paths),
            // One stands beside the case.
            PathUse::Compare => {
                if let Some(path) = paths.into_iter().next() {
                    self.compare(path);
                }
            }
        }
    }

    fn take_in(&mut self, paths: Vec<PathBuf>) {
        self.give(Task::TakeIn(paths));
    }

    fn rerun_case(&mut self) {
        let State::Ready(desk) = &self.state else {
            return;
        };
        let cases = desk.subjects();
        match (&desk.open, cases.as_slice()) {
            (_, []) => {}
            (Some(open), &[case]) if open.record.id == case && open.record.pictures.is_empty() => {
                self.fail(words!("desk-no-picture", case = case.to_string()));
            }
            _ => self.give(Task::Rerun(cases)),
        }
    }

    fn give(&mut self, task: Task) {
        let Some(bench) = &self.bench else {
            self.fail(words!("desk-no-workspace"));
            return;
        };
        let title = task.title();
        self.jobs.give(bench, title, move |bench, context| {
            bench.carry_out(task, context)
        });
    }

    /// Shows the system's file chooser, from a job: the window goes on meanwhile.
    fn choose(&mut self, command: Command) {
        let use_for = match command {
            Command::OtherReference => PathUse::Compare,
            _ => PathUse::TakeIn,
        };
        let dialog = rfd::AsyncFileDialog::new().set_title(command.label().trim_end_matches('…'));
        type Chosen = std::pin::Pin<Box<dyn Future<Output = Option<Vec<PathBuf>>> + Send>>;
        fn paths(files: Vec<rfd::FileHandle>) -> Vec<PathBuf> {
            files.iter().map(|file| file.path().to_owned()).collect()
        }
        let chosen: Chosen = match command {
            Command::OpenFolder => {
                let folder = dialog.pick_folder();
                Box::pin(async move { folder.await.map(|folder| paths(vec![folder])) })
            }
            Command::ImportResults => {
                let dialog =
                    dialog.add_filter(words!("files-results"), &["json", "jsonl", "ndjson"]);
                let files = dialog.pick_files();
                Box::pin(async move { files.await.map(paths) })
            }
            Command::OtherReference => {
                let file = dialog
                    .add_filter(words!("files-pictures"), &PICTURES)
                    .pick_file();
                Box::pin(async move { file.await.map(|file| paths(vec![file])) })
            }
            _ => {
                let files = dialog
                    .add_filter(words!("files-pictures"), &PICTURES)
                    .pick_files();
                Box::pin(async move { files.await.map(paths) })
            }
        };
        self.quiet
            .start_unawaited(words!("job-choosing"), move |_context| {
                let start = Instant::now();
                let chosen = wait_for(chosen);
                Quiet::Chosen(use_for, chosen, start.elapsed() < NO_CHOOSER)
            });
    }

    fn follow(&mut self, ctx: &Context, now: Time) {
        let State::Ready(desk) = &mut self.state else {
            return;
        };
        let followed = desk.follow(now).and_then(|later| {
            if let Some(later) = later {
                ctx.request_repaint_after(later);
            }
            desk.renew(now)
        });
        if let Err(error) = followed {
            self.fail(error.to_string());
        }
    }

    fn make_thumbnails(&mut self, ctx: &Context) {
        let State::Ready(desk) = &self.state else {
            return;
        };
        let start = Instant::now();
        for of in &self.seen.thumbnails {
            if self.textures.use_thumbnail(*of) {
                continue;
            }
            if start.elapsed() > THUMBNAIL_TIME {
                ctx.request_repaint();
                return;
            }
            // A thumbnail that cannot be read leaves an empty frame; opening the case says why.
            let bytes = desk.store().thumbnail(of.0, of.1).ok().flatten();
            let pixels = bytes
                .and_then(|bytes| image::load_from_memory(&bytes).ok())
                .map(image::DynamicImage::into_rgb8);
            self.textures.put_thumbnail(ctx, *of, pixels.as_ref());
            ctx.request_repaint();
        }
    }

    fn with_desk(&mut self, work: impl FnOnce(&mut Desk) -> Result<(), StoreError>) {
        if let State::Ready(desk) = &mut self.state
            && let Err(error) = work(desk)
        {
            self.fail(error.to_string());
        }
    }

    fn with_open(&mut self, change: impl FnOnce(&mut OpenCase)) {
        if let State::Ready(desk) = &mut self.state
            && let Some(open) = &mut desk.open
        {
            change(open);
        }
    }

    pub(super) fn fail(&mut self, text: impl Into<String>) {
        self.notify(Notice::failed(text));
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        // The same trouble again is the same line; good news makes way for later news.
        self.notices
            .retain(|other| other.text != notice.text && other.tone != Tone::Done);
        self.notices.push(notice);
        if self.notices.len() > MAX_NOTICES {
            self.notices.remove(0);
        }
    }
}

/// The endings of pictures' names.
const PICTURES: [&str; 7] = ["jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp"];
/// Zoom of one key press.
const KEY_ZOOM: f32 = 1.25;

/// Waits on this thread for what a future comes to.
fn wait_for<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = TaskContext::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}
