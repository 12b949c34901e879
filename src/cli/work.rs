//! `add`, `import` and `rerun`: the long way through the pipeline, told as it goes.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;
use serde::Serialize;

use super::Ended;
use super::args::{AddArgs, ImportArgs, RerunArgs};
use super::context::Context;
use super::out::{Out, note};
use super::progress;
use super::queue::one_line;
use crate::case::{CaseId, CaseRoute, Probability};
use crate::clock;
use crate::intake::{self, Problem};
use crate::pipeline::{Event, Pipeline, Summary, Watch};
use crate::store::{StoreError, View};

pub(super) fn add(context: &mut Context, args: &AddArgs) -> anyhow::Result<Ended> {
    let policy = context.policy()?;
    let options = args.read.how.options(&policy)?;
    let found = intake::documents(&args.read.paths, args.read.back.as_deref());
    for problem in &found.problems {
        context.out.problem(problem)?;
    }
    if found.documents.is_empty() && found.problems.is_empty() {
        note("no pictures were found");
    }
    watched(context, "documents", None, |pipeline| {
        pipeline.add(&found.documents, &options)
    })
}

pub(super) fn import(context: &mut Context, args: &ImportArgs) -> anyhow::Result<Ended> {
    let policy = context.policy()?;
    let options = args.how.options(&policy)?;
    for path in &args.files {
        let (name, reader): (String, Box<dyn Read>) = if path == Path::new("-") {
            ("standard input".to_owned(), Box::new(io::stdin()))
        } else {
            let name = path.display().to_string();
            match File::open(path) {
                Ok(file) => (name, Box::new(file)),
                Err(error) => {
                    context.out.problem(&Problem::new(
                        name,
                        format!("it cannot be read ({error})"),
                        "Check its name and whether you may read it",
                    ))?;
                    continue;
                }
            }
        };
        let ended = watched(context, "bytes", Some(&name), |pipeline| {
            pipeline.import(&name, reader, &options)
        })?;
        if ended == Ended::Interrupted {
            return Ok(ended);
        }
    }
    Ok(Ended::Whole)
}

pub(super) fn rerun(context: &mut Context, args: &RerunArgs) -> anyhow::Result<Ended> {
    let cases = if args.all {
        with_pictures(context)?
    } else {
        args.case_ids.clone()
    };
    watched(context, "cases", None, |pipeline| pipeline.rerun(&cases))
}

/// Every case that has a picture, by number.
fn with_pictures(context: &Context) -> anyhow::Result<Vec<CaseId>> {
    let store = context.store_read_only()?;
    let mut cases = Vec::new();
    for case in store.cases(View::All, None) {
        let case = case?;
        if !case.pictures.is_empty() {
            cases.push(case.id);
        }
    }
    Ok(cases)
}

/// Runs a part of the pipeline over the workspace, shows what happens and sums it up.
pub(super) fn watched(
    context: &mut Context,
    unit: &str,
    file: Option<&str>,
    work: impl FnOnce(&mut Pipeline<'_>) -> Result<Summary, StoreError>,
) -> anyhow::Result<Ended> {
    let policy = context.policy()?;
    let mut store = context.store()?;
    let mut engine = context.engine()?;
    let stop = context.stop()?;
    let bar = progress::bar(None, unit, context.out.json);
    let teller = Mutex::new(Teller {
        out: &mut context.out,
        bar: &bar,
        file,
    });
    let watch = Watch {
        now: &clock::now,
        cancelled: &|| stop.asked(),
        tell: &|event| {
            let mut teller = teller.lock().unwrap_or_else(PoisonError::into_inner);
            teller.tell(&event);
        },
    };
    let summary = work(&mut Pipeline {
        store: &mut store,
        engine: &mut engine,
        policy: &policy,
        actor: &context.actor,
        watch: &watch,
    });
    bar.finish_and_clear();
    let closed = store.close(clock::now());
    let summary = summary?;
    closed?;
    sum_up(&mut context.out, file, &summary)?;
    Ok(if summary.cancelled {
        Ended::Interrupted
    } else {
        Ended::Whole
    })
}

/// Shows events as they come.
///
/// Output that nobody reads any more does not end the work: what was asked for is the storing.
struct Teller<'a> {
    out: &'a mut Out,
    bar: &'a ProgressBar,
    file: Option<&'a str>,
}

impl Teller<'_> {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::Progress { done, total } => {
                progress::moved(self.bar, *done, *total);
            }
            Event::Stored { n_records } => {
                self.out
                    .object(&StoredJson {
                        r#type: "stored",
                        file: self.file,
                        records: *n_records,
                    })
                    .ok();
                // What is acknowledged is on disk: whoever waits for it learns it now.
                self.out.flush().ok();
            }
            Event::Assessed { case, label, route } => {
                let assessed = AssessedJson::of(*case, label, route);
                let line = assessed.words();
                let out = &mut *self.out;
                self.bar.suspend(|| out.say(&line)).ok();
                out.object(&assessed).ok();
                out.flush().ok();
            }
            Event::AlreadyKnown { case, label } => {
                let line = format!("{case}  {}: already there", one_line(label));
                let out = &mut *self.out;
                self.bar.suspend(|| out.say(&line)).ok();
                out.object(&KnownJson {
                    r#type: "known",
                    case: case.0,
                    document: label,
                })
                .ok();
            }
            Event::UnknownField { path, n_records } => {
                let line = format!(
                    "unknown field {} in {n_records} records, kept in the original",
                    one_line(path)
                );
                let out = &mut *self.out;
                self.bar.suspend(|| out.say(&line)).ok();
                out.object(&UnknownFieldJson {
                    r#type: "unknown_field",
                    file: self.file,
                    path,
                    records: *n_records,
                })
                .ok();
            }
            Event::Problem(problem) => {
                let out = &mut *self.out;
                self.bar.suspend(|| out.problem(problem)).ok();
            }
        }
    }
}

#[derive(Serialize)]
struct StoredJson<'a> {
    r#type: &'static str,
    file: Option<&'a str>,
    records: u64,
}

#[derive(Serialize)]
struct UnknownFieldJson<'a> {
    r#type: &'static str,
    file: Option<&'a str>,
    path: &'a str,
    records: u64,
}

#[derive(Serialize)]
struct KnownJson<'a> {
    r#type: &'static str,
    case: i64,
    document: &'a str,
}

#[derive(Serialize)]
struct AssessedJson<'a> {
    r#type: &'static str,
    case: i64,
    document: &'a str,
    route: &'static str,
    reasons: Vec<String>,
    live: u8,
    score: Option<f64>,
    worst: Option<super::queue::Worst>,
}

impl<'a> AssessedJson<'a> {
    fn of(case: CaseId, label: &'a str, route: &CaseRoute) -> Self {
        Self {
            r#type: "assessed",
            case: case.0,
            document: label,
            route: route.route.name(),
            reasons: route
                .reasons
                .iter()
                .map(|reason| reason.explain())
                .collect(),
            live: route.live.number(),
            score: route.score.map(Probability::get),
            worst: route.worst.map(super::queue::Worst::of),
        }
    }

    fn words(&self) -> String {
        let score = self
            .score
            .map_or_else(|| "-".to_owned(), |score| format!("{score:.3}"));
        let (label, why) = (one_line(self.document), self.reasons.join("; "));
        format!(
            "#{}  {label}: {}, score {score} ({why})",
            self.case, self.route
        )
    }
}

#[derive(Serialize)]
struct SummaryJson<'a> {
    r#type: &'static str,
    file: Option<&'a str>,
    new: u64,
    joined: u64,
    known: u64,
    assessed: u64,
    problems: u64,
    unknown_fields: u64,
    stopped: bool,
}

fn sum_up(out: &mut Out, file: Option<&str>, summary: &Summary) -> anyhow::Result<()> {
    out.object(&SummaryJson {
        r#type: "summary",
        file,
        new: summary.n_new,
        joined: summary.n_joined,
        known: summary.n_known,
        assessed: summary.n_assessed,
        problems: summary.n_problems,
        unknown_fields: summary.n_unknown_fields,
        stopped: summary.cancelled,
    })?;
    let mut parts = Vec::new();
    for (n, words) in [
        (summary.n_new, "new"),
        (summary.n_joined, "added to a case that was there"),
        (summary.n_known, "already there"),
        (summary.n_assessed, "assessed"),
        (summary.n_problems, "not taken"),
    ] {
        if n > 0 {
            parts.push(format!("{n} {words}"));
        }
    }
    let mut line = if parts.is_empty() {
        "nothing to do".to_owned()
    } else {
        parts.join(", ")
    };
    if summary.n_known > 0 && summary.n_new + summary.n_joined == 0 {
        line.push_str(": nothing was added");
    }
    if summary.cancelled {
        line.push_str("; stopped before the end, what was finished is kept");
    }
    match file {
        Some(file) => out.say(&format!("{}: {line}", one_line(file))),
        None => out.say(&line),
    }?;
    out.flush()
}
