//! The window.
//!
//! | File | Holds |
//! | --- | --- |
//! | `mod.rs` | the state, and how the window is opened |
//! | `logic.rs` | takes results in, carries actions out, starts jobs |
//! | `handling.rs` | carries out what the desk is asked to do with cases |
//! | `decoding.rs` | makes pictures ready to be looked at |
//! | `desk.rs`, `desk/` | the queue and the open case, on the window's own connection |
//! | `bench.rs` | adding, importing, running again, on the engine's thread |
//! | `ui.rs` | draws, and collects what was asked for |
//! | `views/` | the parts that are drawn; each borrows its data and returns actions |
//! | `actions.rs`, `keys.rs` | everything that can be asked for, with words and keys; other keys |
//! | `camera.rs`, `ground.rs`, `textures.rs` | where the eye is, and what it sees |
//! | `look.rs`, `panes.rs` | how pictures are looked at: lens, loupe, straightened, side by side |
//! | `references.rs` | pictures of a kind of document that others are compared with |
//! | `details.rs`, `record.rs`, `changes.rs` | what lies behind a case: metadata, the source's record, history |
//! | `spectrum.rs` | keeps up with the middle of the view |
//! | `report.rs` | what is told about work that has ended |
//! | `theme.rs`, `layout.rs` | colours, type, distances; how the window was left |
//! | `searches.rs` | searches that are kept under a name |
//!
//! One owner, the window's thread, holds all state. Jobs get copies and send results back.

pub mod actions;
mod bench;
pub mod camera;
pub mod changes;
mod decoding;
mod desk;
pub mod details;
mod exporting;
pub mod ground;
mod handling;
mod kept;
pub mod keys;
pub mod layout;
mod logic;
pub mod look;
mod panes;
pub mod record;
mod references;
pub mod report;
pub mod searches;
mod spectrum;
pub mod textures;
pub mod theme;
mod ui;
pub mod views;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::task::{Wake, Waker};

use eframe::egui;

use crate::case::{Actor, CaseId, Sha256, Side};
use crate::config::Workspace;
use crate::engine::places::Places;
use crate::intake::Problem;
use crate::jobs::{self, JobId, Jobs, Worker};
use crate::lens::spectrum::Spectrum;
use crate::store::{Page, Store, StoreError};
use actions::Action;
use bench::{Bench, Came};
use camera::Placed;
use desk::{Desk, WantedPage};
use details::{Details, Gathered};
use layout::Layout;
use look::Look;
use report::{Notice, Report};
use spectrum::{LocalSpectrum, SpectrumId};
use textures::{PictureId, Textures, TileKey};
use views::dialogs::{Dialog, PathUse};

use crate::words::words;

/// What the window is opened over.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where cases are kept.
    pub workspace: Workspace,
    /// Who sits at the desk.
    pub actor: Actor,
}

/// Opens the window and comes back when it is closed.
///
/// # Errors
///
/// In words for a person, what kept the window from opening, such as a missing display.
pub fn run(options: Options) -> anyhow::Result<()> {
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(words!("window-title"))
            .with_app_id("secondlook")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([800.0, 560.0])
            .with_icon(icon()),
        persist_window: false,
        ..eframe::NativeOptions::default()
    };
    let ended = eframe::run_native(
        words!("window-title"),
        native,
        Box::new(|creation| Ok(Box::new(App::new(&creation.egui_ctx, options)))),
    );
    ended.map_err(|error| {
        anyhow::anyhow!(
            "the window could not be opened: {error}\nA window needs a display: run this where a \
             desktop is (DISPLAY or WAYLAND_DISPLAY is set), or under `xvfb-run`. The command \
             line needs none: see `secondlook --help`"
        )
    })
}

/// The state of the window. Its only owner is the window's thread.
pub struct App {
    options: Options,
    state: State,
    engine: EngineState,
    /// Work that is shown, and can be cancelled.
    jobs: Jobs<Came>,
    /// Work that nobody needs to hear of: opening, decoding, choosing files.
    quiet: Jobs<Quiet>,
    bench: Option<Worker<Bench>>,
    decoder: Option<Worker<()>>,
    /// Straightens, looks through lenses and works out spectra; some take seconds, and no case waits for them.
    looker: Option<Worker<rayon::ThreadPool>>,
    /// Reads what takes longer than a frame.
    reader: Option<Worker<Store>>,
    /// Looks whether others change something.
    watch_job: Option<JobId>,
    /// The search under way.
    search_job: Option<JobId>,
    /// Searches that are kept under a name.
    kept: Vec<searches::Kept>,
    textures: Textures,
    decoding: BTreeMap<PictureId, JobId>,
    undecodable: BTreeMap<Sha256, String>,
    /// The pictures in the workspace's folder of references, when it was looked at last.
    references: Vec<PathBuf>,
    /// What views and keys asked for since the last frame.
    asked: Vec<Action>,
    seen: Seen,
    notices: Vec<Notice>,
    /// The notice that says what the last verdict still needs.
    asked_for: Option<String>,
    reports: Vec<Report>,
    dialog: Option<Dialog>,
    /// What lies behind the open case, while it is looked at.
    details: Option<Details>,
    /// What the window looks like, as it was left and will be left.
    layout: Layout,
    /// How pictures are looked at.
    look: Look,
    spectrum: LocalSpectrum,
    /// The case that the lens was suited to.
    suited: Option<CaseId>,
    focus_note: bool,
    focus_find: bool,
    /// The folder of made samples. `None` where there is none on this computer.
    samples: Option<PathBuf>,
}

/// What the last frame showed.
#[derive(Default)]
struct Seen {
    tiles: Vec<TileKey>,
    thumbnails: Vec<(CaseId, Side)>,
    placed: Option<Placed>,
    /// A menu was open.
    menu: bool,
}

/// Whether there is a workspace to work on.
enum State {
    /// A job opens it.
    Opening,
    /// It is open.
    Ready(Box<Desk>),
    /// It cannot be opened, and why.
    Broken(String),
}

/// Whether there is an engine.
enum EngineState {
    /// A job makes it ready.
    Loading,
    /// It runs; the line for the status line, and sentences for those who ask.
    Ready(EngineWords),
    /// It cannot run, and why.
    Broken(String),
}

/// What is told about the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EngineWords {
    line: String,
    sentences: Vec<String>,
    lacks_models: bool,
}

/// What a quiet job comes back with.
enum Quiet {
    /// The workspace was opened, or not.
    Opened(Result<Box<Opened>, String>),
    /// The engine was made ready, or not.
    Engine(Result<EngineWords, String>),
    /// A picture was decoded, or seen through its lens; `None` if nobody wanted it any more.
    Decoded(PictureId, Option<Result<Arc<textures::Pyramid>, String>>),
    /// The workspace is not watched any more.
    Watched,
    /// A page was read, or nobody wanted it any more.
    Found(WantedPage, Option<Result<Page, StoreError>>),
    /// Something of a case's details was read.
    Gathered(CaseId, Gathered),
    /// The spectrum of a window of a picture.
    Spectrum(SpectrumId, Option<Spectrum>),
    /// Files were chosen for this, or not; and whether no chooser seems to have been there at all.
    Chosen(PathUse, Option<Vec<PathBuf>>, bool),
    /// The pictures in the folder of references.
    References(Vec<PathBuf>),
    /// A reference was read and decoded, or not.
    Reference(PathBuf, Result<(Sha256, Arc<textures::Pyramid>), Problem>),
}

/// An opened workspace.
struct Opened {
    desk: Desk,
    bench: Bench,
    reader: Store,
    /// On this one it is seen when others change something.
    watched: Store,
}

impl App {
    /// The window's state, with the workspace being opened by a job.
    #[must_use]
    pub fn new(ctx: &egui::Context, options: Options) -> Self {
        let layout = Layout::read(&options.workspace);
        layout.apply(ctx);
        keys::Keys::read(&options.workspace).apply(ctx);
        let kept = searches::read(&options.workspace);
        let waker = Waker::from(Arc::new(Repaint(ctx.clone())));
        let mut app = Self {
            options,
            state: State::Opening,
            engine: EngineState::Loading,
            jobs: Jobs::new(waker.clone()),
            quiet: Jobs::new(waker),
            bench: None,
            decoder: Worker::new(()).ok(),
            looker: jobs::crew().ok().and_then(|crew| Worker::new(crew).ok()),
            reader: None,
            watch_job: None,
            search_job: None,
            kept,
            textures: Textures::default(),
            decoding: BTreeMap::new(),
            undecodable: BTreeMap::new(),
            references: Vec::new(),
            asked: Vec::new(),
            seen: Seen::default(),
            notices: Vec::new(),
            asked_for: None,
            reports: Vec::new(),
            dialog: None,
            details: None,
            layout,
            look: Look::default(),
            spectrum: LocalSpectrum::default(),
            suited: None,
            focus_note: false,
            focus_find: false,
            samples: Places::of_this_computer().samples(),
        };
        app.start_opening();
        app
    }

    /// Ends the session: what is open is handed back.
    pub fn close(&mut self) {
        self.jobs.cancel_all();
        self.quiet.cancel_all();
        if let State::Ready(desk) = std::mem::replace(&mut self.state, State::Opening) {
            if let Err(error) = self.layout.write(&self.options.workspace) {
                tracing::warn!("how the window was left could not be kept: {error}");
            }
            desk.close();
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.logic(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.ui(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.close();
    }
}

/// Wakes the window when a job has something to say.
struct Repaint(egui::Context);

impl Wake for Repaint {
    fn wake(self: Arc<Self>) {
        self.0.request_repaint();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.request_repaint();
    }
}

fn icon() -> egui::IconData {
    let decoded = image::load_from_memory(include_bytes!("../../assets/icon.png"));
    decoded.map_or_else(
        |_damaged| egui::IconData::default(),
        |icon| {
            let rgba = icon.into_rgba8();
            egui::IconData {
                width: rgba.width(),
                height: rgba.height(),
                rgba: rgba.into_raw(),
            }
        },
    )
}
