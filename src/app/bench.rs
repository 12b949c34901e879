//! Adding, importing and running again: the work of the engine's thread.
//!
//! The bench has a connection of its own and owns the engine. Each function is one job: it reports
//! progress, stops when asked, and comes back with what there is to tell.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::report::{MAX_PROBLEMS, Notice, Report, Tone};
use super::{EngineWords, Opened};
use crate::app::desk::Desk;
use crate::case::{Actor, CaseId, ReadOptions};
use crate::clock;
use crate::config::Workspace;
use crate::engine::{Engine, EngineOptions};
use crate::intake::{self, Problem};
use crate::jobs::JobContext;
use crate::pipeline::{Event, Pipeline, Summary, Watch};
use crate::routing::Policy;
use crate::store::{Store, StoreError, View};
use crate::words::words;

/// What the engine's thread owns.
pub(super) struct Bench {
    store: Store,
    engine: Option<Engine>,
    policy: Policy,
    actor: Actor,
}

/// What a job that is shown comes back with.
pub(super) struct Came {
    /// A sentence for the top of the window.
    pub(super) notice: Notice,
    /// What lies behind it, item by item.
    pub(super) report: Option<Report>,
}

/// What to take in or to look at again.
pub(super) enum Task {
    /// Pictures, folders and result files.
    TakeIn(Vec<PathBuf>),
    /// These cases.
    Rerun(Vec<CaseId>),
    /// Every case.
    RerunAll,
    /// What an earlier session left unassessed.
    Waiting,
}

impl Task {
    /// The job's name.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::TakeIn(_) => words!("job-adding"),
            Self::Rerun(cases) if cases.len() > 1 => words!("job-rerun-picked"),
            Self::Rerun(_) => words!("job-rerun"),
            Self::RerunAll => words!("job-rerun-all"),
            Self::Waiting => words!("job-waiting"),
        }
    }
}

/// Opens a workspace, and reads its policy: a job's work.
pub(super) fn open(workspace: &Workspace, actor: &Actor) -> Result<Box<Opened>, String> {
    let store = Store::open(workspace, clock::now()).map_err(|error| error.to_string())?;
    let policy = read_policy(&workspace.policy())?;
    let bench = Bench {
        store: store.another().map_err(|error| error.to_string())?,
        engine: None,
        policy: policy.clone(),
        actor: actor.clone(),
    };
    let reader = store.another().map_err(|error| error.to_string())?;
    let watched = store.another().map_err(|error| error.to_string())?;
    let mut desk = Desk::new(store, actor.clone(), policy);
    desk.begin(clock::now())
        .map_err(|error| error.to_string())?;
    Ok(Box::new(Opened {
        desk,
        bench,
        reader,
        watched,
    }))
}

fn read_policy(path: &Path) -> Result<Policy, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Policy::default());
        }
        Err(error) => {
            return Err(words!(
                "policy-unreadable",
                path = path.display().to_string(),
                error = error.to_string()
            ));
        }
    };
    Policy::from_json(&text).map_err(|error| {
        words!(
            "policy-wrong",
            error = error.to_string(),
            path = path.display().to_string()
        )
    })
}

impl Bench {
    /// Makes the engine ready.
    pub(super) fn open_engine(&mut self) -> Result<EngineWords, String> {
        let engine = Engine::open(&EngineOptions::default()).map_err(|e| e.to_string())?;
        let words = engine_words(&engine);
        self.engine = Some(engine);
        Ok(words)
    }

    /// Carries out one task.
    pub(super) fn carry_out(&mut self, task: Task, context: &JobContext) -> Came {
        let title = task.title();
        let told = Told::default();
        let summary = match &mut self.engine {
            None => Err(words!("engine-not-ready").to_owned()),
            Some(engine) => {
                let now = clock::now;
                let cancelled = || context.is_cancelled();
                let tell = |event| told.hear(event, context);
                let watch = Watch {
                    now: &now,
                    cancelled: &cancelled,
                    tell: &tell,
                };
                let mut pipeline = Pipeline {
                    store: &mut self.store,
                    engine,
                    policy: &self.policy,
                    actor: &self.actor,
                    watch: &watch,
                };
                run(&mut pipeline, task, &told).map_err(|error| error.to_string())
            }
        };
        tell(title, &summary, told)
    }
}

fn run(pipeline: &mut Pipeline<'_>, task: Task, told: &Told) -> Result<Summary, StoreError> {
    let options = ReadOptions {
        calibrations: pipeline.policy.calibrations,
        ..ReadOptions::default()
    };
    match task {
        Task::TakeIn(paths) => take_in(pipeline, paths, &options, told),
        Task::Rerun(cases) => pipeline.rerun(&cases),
        Task::RerunAll => {
            let mut cases = Vec::new();
            for record in pipeline.store.cases(View::All, None) {
                let record = record?;
                if !record.pictures.is_empty() {
                    cases.push(record.id);
                }
            }
            pipeline.rerun(&cases)
        }
        Task::Waiting => {
            let mut summary = Summary::default();
            pipeline.assess_waiting(&mut summary)?;
            Ok(summary)
        }
    }
}

/// Takes in whatever was chosen or dropped: results by their ending, all else as pictures.
fn take_in(
    pipeline: &mut Pipeline<'_>,
    paths: Vec<PathBuf>,
    options: &ReadOptions,
    told: &Told,
) -> Result<Summary, StoreError> {
    let (results, pictures) = split(paths);
    let mut whole = Summary::default();
    if !pictures.is_empty() {
        let found = intake::documents(&pictures, None);
        whole.n_problems += found.problems.len() as u64;
        for problem in found.problems {
            told.problem(problem);
        }
        add_up(&mut whole, pipeline.add(&found.documents, options)?);
    }
    for path in results {
        if whole.cancelled {
            break;
        }
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |n| n.to_string_lossy().into(),
        );
        match File::open(&path) {
            Ok(file) => add_up(&mut whole, pipeline.import(&name, file, options)?),
            Err(error) => {
                whole.n_problems += 1;
                told.problem(Problem::new(
                    name,
                    words!("file-unopened", error = error.to_string()),
                    words!("file-unopened.way-out"),
                ));
            }
        }
    }
    Ok(whole)
}

/// Result files first, then everything else; a folder's result files count as well.
fn split(paths: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let is_results = |path: &Path| {
        path.extension().is_some_and(|ending| {
            ["json", "jsonl", "ndjson"]
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known))
        })
    };
    let mut results = Vec::new();
    let mut others = Vec::new();
    for path in paths {
        if path.is_dir() {
            results.extend(
                walkdir::WalkDir::new(&path)
                    .sort_by_file_name()
                    .into_iter()
                    .filter_map(Result::ok)
                    .map(walkdir::DirEntry::into_path)
                    .filter(|path| is_results(path)),
            );
            others.push(path);
        } else if is_results(&path) {
            results.push(path);
        } else {
            others.push(path);
        }
    }
    (results, others)
}

fn add_up(whole: &mut Summary, part: Summary) {
    whole.n_new += part.n_new;
    whole.n_joined += part.n_joined;
    whole.n_known += part.n_known;
    whole.n_assessed += part.n_assessed;
    whole.n_problems += part.n_problems;
    whole.n_unknown_fields += part.n_unknown_fields;
    whole.cancelled |= part.cancelled;
}

/// What the pipeline told, from whichever thread.
#[derive(Default)]
struct Told {
    problems: Mutex<(Vec<Problem>, usize)>,
    unknown_fields: Mutex<Vec<String>>,
}

impl Told {
    fn hear(&self, event: Event, context: &JobContext) {
        match event {
            Event::Progress { done, total } => context.progress(done, total, ""),
            Event::Stored { n_records } => {
                context.progress(n_records, None, words!("import-records"));
            }
            Event::Problem(problem) => self.problem(problem),
            Event::UnknownField { path, n_records } => self.unknown_field(&path, n_records),
            Event::Assessed { .. } | Event::AlreadyKnown { .. } => {}
        }
    }

    fn unknown_field(&self, path: &str, n_records: u64) {
        self.unknown_fields
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(words!(
                "import-unknown-field",
                path = path,
                count = n_records
            ));
    }

    fn problem(&self, problem: Problem) {
        // A panic elsewhere leaves the list as good as it was.
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.1 += 1;
        if problems.0.len() < MAX_PROBLEMS {
            problems.0.push(problem);
        }
    }
}

/// What came of a job, in words.
fn tell(title: &'static str, summary: &Result<Summary, String>, told: Told) -> Came {
    let Told {
        problems,
        unknown_fields,
    } = told;
    let (problems, n_problems) = problems
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let unknown_fields = unknown_fields
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let (text, tone) = match summary {
        Err(error) => (
            words!("job-ended-early", job = title, error = error),
            Tone::Failed,
        ),
        Ok(summary) => {
            let nothing = summary.n_new + summary.n_joined + summary.n_known + summary.n_assessed;
            let tone = match (n_problems, nothing) {
                (0, _) => Tone::Done,
                (_, 0) => Tone::Failed,
                _ => Tone::Partly,
            };
            (sentence(summary, n_problems), tone)
        }
    };
    let has_more_to_say = n_problems > 0 || !unknown_fields.is_empty();
    let report = has_more_to_say.then(|| Report {
        title: title.to_owned(),
        summary: text.clone(),
        problems,
        n_problems,
        unknown_fields,
    });
    Came {
        notice: Notice {
            tone,
            text,
            report: None,
        },
        report,
    }
}

/// `3 cases added, 1 was there already, 2 items could not be taken`.
fn sentence(summary: &Summary, n_problems: usize) -> String {
    let mut parts = Vec::new();
    if summary.n_new > 0 {
        parts.push(words!("came-new", count = summary.n_new));
    }
    if summary.n_joined > 0 {
        parts.push(words!("came-joined", count = summary.n_joined));
    }
    if summary.n_known > 0 {
        parts.push(words!("came-known", count = summary.n_known));
    }
    if summary.n_assessed > summary.n_new {
        parts.push(words!("came-assessed", count = summary.n_assessed));
    }
    if n_problems > 0 {
        parts.push(words!("report-problems", count = n_problems));
    }
    if summary.n_unknown_fields > 0 {
        let n_fields = summary.n_unknown_fields;
        parts.push(words!("came-unknown-fields", count = n_fields));
    }
    if summary.cancelled {
        parts.push(words!("came-stopped").to_owned());
    }
    if parts.is_empty() {
        return words!("came-nothing").to_owned();
    }
    parts.join(", ")
}

/// What is told about the engine that runs.
fn engine_words(engine: &Engine) -> EngineWords {
    let record = engine.record();
    let problems = engine.problems();
    let embedded = record.runtime == "rten";
    let version = &record.runtime_version;
    let runtime = if embedded {
        words!("engine-runtime.embedded", version = version)
    } else {
        words!("engine-runtime", version = version)
    };
    let mut sentences = vec![words!(
        "engine-runs",
        version = &record.version,
        runtime = &runtime
    )];
    if embedded {
        sentences.push(words!("engine-install").to_owned());
    }
    for model in &record.models {
        sentences.push(words!(
            "engine-model",
            id = &model.id,
            version = &model.version,
            hash = model.sha256.short()
        ));
    }
    sentences.extend(problems.iter().map(ToString::to_string));
    let line = if problems.is_empty() {
        runtime
    } else {
        words!("engine-lacks-models", runtime = runtime)
    };
    EngineWords {
        line,
        sentences,
        lacks_models: !problems.is_empty(),
    }
}
