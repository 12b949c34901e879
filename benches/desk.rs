//! What the window costs, without a screen: the real state is drawn into shapes and triangles, and what a
//! graphics driver does with them is left out.
//!
//! `cargo bench --bench desk` prints a table; a number after `--` sets how many cases the long queue holds, a
//! million if none is given. It needs about 3 GB in the folder for temporary files.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its table and stops at what it cannot measure"
)]

mod cases;
mod photograph;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cases::{NOW, actor, fill};
use eframe::egui::{
    Context, Event, FullOutput, Key, Modifiers, MouseWheelSource, MouseWheelUnit, RawInput, Rect,
    Shape, TouchPhase, ViewportId, pos2, vec2,
};
use photograph::{AS_PHONES, photograph};
use secondlook::app::textures::Pyramid;
use secondlook::app::{App, Options};
use secondlook::case::{
    Assessment, Check, CheckKind, Incoming, Outcome, Probability, ReadOptions, Sha256, Side, Source,
};
use secondlook::clock;
use secondlook::config::Workspace;
use secondlook::intake::{self, Limits};
use secondlook::routing::Policy;
use secondlook::store::Store;

/// Cases with pictures; one is open before the first decision.
const N_PICTURES: usize = 61;
/// How long each is looked at: fast for a person, and the time that decoding ahead has.
const LOOKING: Duration = Duration::from_secs(2);
/// Frames of scrolling.
const N_FRAMES: usize = 2_000;
/// How long the window is left alone.
const IDLE: Duration = Duration::from_secs(5);

fn main() {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let n_cases: usize = asked.unwrap_or(1_000_000);
    println!("{:<58} {:>14}", "what", "measured");
    decisions();
    long_queue(n_cases);
}

fn row(what: &str, measured: String) {
    println!("{what:<58} {measured:>14}");
}

fn percentile(times: &mut [Duration], share: usize) -> String {
    times.sort_unstable();
    let at = (times.len() - 1) * share / 100;
    format!("{:.1} ms", times[at].as_secs_f64() * 1e3)
}

/// The window, driven frame by frame.
struct Window {
    ctx: Context,
    app: App,
    start: Instant,
    /// How often somebody asked for a frame.
    n_asked: Arc<AtomicUsize>,
}

impl Window {
    fn open(workspace: &Workspace) -> Self {
        let ctx = Context::default();
        let n_asked = Arc::new(AtomicUsize::new(0));
        let asked = Arc::clone(&n_asked);
        ctx.set_request_repaint_callback(move |_info| {
            asked.fetch_add(1, Ordering::Relaxed);
        });
        let options = Options {
            workspace: workspace.clone(),
            actor: actor(),
        };
        Self {
            app: App::new(&ctx, options),
            ctx,
            start: Instant::now(),
            n_asked,
        }
    }

    /// One frame: what was asked for is carried out, everything is drawn and cut into triangles.
    fn frame(&mut self, events: Vec<Event>) -> FullOutput {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0))),
            time: Some(self.start.elapsed().as_secs_f64()),
            focused: true,
            events,
            ..RawInput::default()
        };
        let app = &mut self.app;
        let output = self.ctx.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        let triangles = self
            .ctx
            .tessellate(output.shapes.clone(), output.pixels_per_point);
        assert!(!triangles.is_empty());
        output
    }

    /// Frames as they are asked for, for so long.
    fn run_for(&mut self, time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            if self.n_asked.swap(0, Ordering::Relaxed) > 0 {
                self.frame(Vec::new());
            } else {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }

    fn until_picture(&mut self, other_than: Option<Sha256>) -> Sha256 {
        let start = Instant::now();
        loop {
            self.frame(Vec::new());
            if let Some(shown) = self.app.picture_on_screen()
                && Some(shown) != other_than
            {
                return shown;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "no picture came");
        }
    }
}

fn key(key: Key, pressed: bool) -> Event {
    Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    }
}

/// From the key that decides to the next picture, every tile of it made; and what the window does when nobody
/// does anything.
fn decisions() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let workspace = Workspace::at(folder.path());
    fill_with_pictures(&workspace);
    let mut window = Window::open(&workspace);
    let mut shown = window.until_picture(None);
    // The engine starts meanwhile.
    window.run_for(2 * LOOKING);
    let mut times = Vec::new();
    for _ in 1..N_PICTURES {
        window.run_for(LOOKING);
        let start = Instant::now();
        window.frame(vec![key(Key::G, true)]);
        if window
            .app
            .picture_on_screen()
            .is_none_or(|now| now == shown)
        {
            shown = window.until_picture(Some(shown));
        } else {
            shown = window.app.picture_on_screen().unwrap_or(shown);
        }
        times.push(start.elapsed());
        window.frame(vec![key(Key::G, false)]);
    }
    let n = times.len();
    for (share, name) in [(50, "median"), (95, "95th percentile")] {
        let what = format!("verdict key to the next 12-megapixel picture, {n}, {name}");
        row(&what, percentile(&mut times, share));
    }
    window.run_for(LOOKING);
    window.n_asked.store(0, Ordering::Relaxed);
    std::thread::sleep(IDLE);
    let n_asked = window.n_asked.load(Ordering::Relaxed);
    let later = window.frame(Vec::new()).viewport_output[&ViewportId::ROOT].repaint_delay;
    let later = match later {
        Duration::MAX => "none".to_owned(),
        later => format!("in {later:?}"),
    };
    row(
        &format!(
            "frames asked for while idle for {} s; and by a frame",
            IDLE.as_secs()
        ),
        format!("{n_asked}; {later}"),
    );
    window.app.close();
}

/// Cases for review with a picture each: the same pixels, in files that differ.
fn fill_with_pictures(workspace: &Workspace) {
    let now = clock::now();
    let mut store = Store::open(workspace, now).expect("a workspace");
    let policy = Policy::default();
    let plain = photograph(AS_PHONES).expect("a sample");
    let mut times = Vec::new();
    for i in 0..N_PICTURES {
        // A comment of eight bytes behind the first marker.
        let comment = [&[0xFF, 0xFE, 0, 10], (i as u64).to_be_bytes().as_slice()].concat();
        let bytes = [&plain[..2], &comment, &plain[2..]].concat();
        let sha256 = store.originals().put(&bytes).expect("an original");
        let limits = Limits::default();
        let start = Instant::now();
        let picture = intake::load(&bytes, Side::Front, &limits).expect("a picture");
        let loaded = start.elapsed();
        let kept = picture.incoming();
        let start = Instant::now();
        drop(Pyramid::build(picture.pixels));
        times.push(loaded + start.elapsed());
        let incoming = Incoming {
            label: format!("document-{i:03}"),
            source: Source::Engine,
            external_id: None,
            content: sha256,
            original: None,
            pictures: vec![kept],
            options: ReadOptions::default(),
            assessment: None,
        };
        let taken = store.take_in(&[incoming], &policy, &actor(), now);
        let case = taken.expect("a case")[0].case;
        store.start(case, now).expect("a case that waits");
        let probability = Probability::new(0.3 + 0.001 * i as f64).expect("a probability");
        let mut run = Assessment::empty(Source::Engine);
        run.checks = vec![Check::new(
            Side::Front,
            CheckKind::ScreenReplay,
            Outcome::Performed { probability },
        )];
        let finished = store.finish(case, &run, &policy, &actor(), now);
        finished.expect("a case for review");
    }
    store.close(now).expect("a workspace in good order");
    let what = "decoding such a picture, ahead and off the window's thread";
    row(what, percentile(&mut times, 50));
}

/// The first frame over many cases, and scrolling through them.
fn long_queue(n_cases: usize) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let workspace = Workspace::at(folder.path());
    let mut store = Store::open(&workspace, NOW).expect("a workspace");
    fill(&mut store, 0..n_cases);
    store.close(NOW).expect("a workspace in good order");

    let start = Instant::now();
    let mut window = Window::open(&workspace);
    while !shows(&window.frame(Vec::new()), "session-") {
        assert!(start.elapsed() < Duration::from_secs(60), "no queue came");
    }
    let what = format!("start to the first frame with the queue, {n_cases} cases");
    row(&what, percentile(&mut [start.elapsed()], 50));

    window.run_for(2 * LOOKING);
    let over_the_queue = Event::PointerMoved(pos2(150.0, 400.0));
    window.frame(vec![over_the_queue]);
    let mut work = Vec::new();
    let mut times: Vec<Duration> = (0..N_FRAMES)
        .map(|_| {
            let wheel = Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, -300.0),
                phase: TouchPhase::Move,
                source: MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            };
            let (start, before) = (Instant::now(), on_processor());
            window.frame(vec![wheel]);
            work.push(on_processor().saturating_sub(before));
            start.elapsed()
        })
        .collect();
    for (share, name) in [(50, "median"), (99, "99th percentile")] {
        let what = format!("a frame while scrolling them, {N_FRAMES}, {name}");
        row(&what, percentile(&mut times, share));
    }
    let what = "the same without what other programs took, 99th percentile";
    row(what, percentile(&mut work, 99));
    window.app.close();
}

/// How long this thread has had a processor; zero where the system does not say.
fn on_processor() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = said.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// Whether a text that begins so is drawn.
fn shows(output: &FullOutput, text: &str) -> bool {
    fn has(shape: &Shape, text: &str) -> bool {
        match shape {
            Shape::Text(drawn) => drawn.galley.text().starts_with(text),
            Shape::Vec(shapes) => shapes.iter().any(|shape| has(shape, text)),
            _ => false,
        }
    }
    output
        .shapes
        .iter()
        .any(|clipped| has(&clipped.shape, text))
}
