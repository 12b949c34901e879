//! `check`: scores pictures and stores nothing.

use std::ops::ControlFlow;
use std::path::Path;

use serde::Serialize;

use super::Ended;
use super::args::CheckArgs;
use super::context::Context;
use super::picture_json::{ChecksJson, Named, ResultJson};
use super::progress;
use super::queue::one_line;
use super::show::judged_words;
use crate::case::Live;
use crate::intake::{self, DocumentFiles, Problem};
use crate::pipeline::{self, Checked};

pub(super) fn run(context: &mut Context, args: &CheckArgs) -> anyhow::Result<Ended> {
    let policy = context.policy()?;
    let options = args.read.how.options(&policy)?;
    let found = intake::documents(&args.read.paths, args.read.back.as_deref());
    for problem in &found.problems {
        report(context, problem)?;
    }
    if found.documents.is_empty() {
        if found.problems.is_empty() {
            super::out::note("no pictures were found");
        }
        return Ok(Ended::Whole);
    }
    let mut engines = context.engines(found.documents.len())?;
    let stop = context.stop()?;
    let n_documents = found.documents.len() as u64;
    let bar = progress::bar(Some(n_documents), "documents", context.out.json);
    let mut take = |document: &DocumentFiles, checked: Result<Checked, Problem>| {
        bar.suspend(|| match &checked {
            Ok(checked) => {
                let named = Named {
                    label: &document.label,
                    front: document.front.as_deref().map(shown),
                    back: document.back.as_deref().map(shown),
                    calibrations: options.calibrations,
                };
                print(context, document, &named, checked)
            }
            Err(problem) => report(context, problem),
        })?;
        bar.inc(1);
        Ok(stop.asked())
    };
    let documents = &found.documents;
    let ended = pipeline::check(
        &mut engines,
        documents,
        &options,
        &policy,
        |document, checked| match take(document, checked) {
            Ok(false) => ControlFlow::Continue(()),
            Ok(true) => ControlFlow::Break(Ok(Ended::Interrupted)),
            Err(error) => ControlFlow::Break(Err(error)),
        },
    );
    bar.finish_and_clear();
    ended.break_value().unwrap_or(Ok(Ended::Whole))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn print(
    context: &mut Context,
    document: &DocumentFiles,
    named: &Named<'_>,
    checked: &Checked,
) -> anyhow::Result<()> {
    let (assessment, judgement) = (&checked.assessment, &checked.judgement);
    let out = &mut context.out;
    out.object(&ResultJson::of(
        named,
        assessment,
        judgement,
        &checked.route,
    ))?;
    if out.json {
        // A program may read results while the next are made.
        return out.flush();
    }
    let path = document.front.as_deref().or(document.back.as_deref());
    let score = judgement
        .score
        .map_or_else(|| "-".to_owned(), |score| score.to_string());
    let (route, live) = (checked.route.route.name(), judgement.live.word());
    out.say(&one_line(&path.map(shown).unwrap_or_default()))?;
    out.say(&format!("  {route}, {live}, score {score}"))?;
    for reason in &checked.route.reasons {
        out.say(&format!("  {}", reason.explain()))?;
    }
    for judged in &judgement.checks {
        out.say(&format!("  {}", judged_words(judged, assessment)))?;
    }
    for finding in &assessment.findings {
        let side = finding
            .side
            .map_or(String::new(), |side| format!(" ({})", side.name()));
        out.say(&format!(
            "  {}{side}: {}",
            finding.code.code(),
            finding.message
        ))?;
    }
    Ok(())
}

/// A picture that could not be looked at, in the shape of a result: whoever reads a check's
/// probability finds `null`.
#[derive(Serialize)]
struct Unread<'a> {
    r#type: &'static str,
    path: &'a str,
    reason: &'a str,
    way_out: &'a str,
    #[serde(flatten)]
    checks: ChecksJson,
    score: Option<f64>,
    live: u8,
    route: Option<&'static str>,
}

fn report(context: &mut Context, problem: &Problem) -> anyhow::Result<()> {
    let out = &mut context.out;
    if !out.json {
        return out.problem(problem);
    }
    out.count_problem();
    out.object(&Unread {
        r#type: "problem",
        path: &problem.item,
        reason: &problem.reason,
        way_out: &problem.way_out,
        checks: ChecksJson::unknown(),
        score: None,
        live: Live::NotPerformed.number(),
        route: None,
    })?;
    out.flush()
}
