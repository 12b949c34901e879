//! `known`: cases whose answer is known, put among the others, and what reviewers made of them.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Ended;
use super::args::KnownAddArgs;
use super::context::Context;
use super::out::{Usage, note};
use super::progress;
use crate::case::Label;
use crate::clock;
use crate::intake::{self, DocumentFiles, Problem};
use crate::pipeline::{Event, Pipeline, Planted, Watch};

/// What must stand in the JSON beside a picture; the rest of it is nobody's business here.
#[derive(Deserialize)]
struct Truth {
    label: Label,
}

pub(super) fn add(context: &mut Context, args: &KnownAddArgs) -> anyhow::Result<Ended> {
    let policy = context.policy()?;
    if policy.known_answers.share <= 0.0 {
        return Err(Usage(
            "the policy's `known_answers.share` is 0, so no case with a known answer is wanted: set the \
             share first"
                .to_owned(),
        )
        .into());
    }
    let options = args.how.options(&policy)?;
    let found = intake::documents(&args.paths, None);
    for problem in &found.problems {
        context.out.problem(problem)?;
    }
    let mut documents = Vec::new();
    for document in found.documents {
        match truth_of(&document) {
            Ok(answer) => documents.push((document, answer)),
            Err(problem) => context.out.problem(&problem)?,
        }
    }
    if documents.is_empty() {
        note("no documents with a known truth were found");
    }
    let mut store = context.store()?;
    let mut engine = context.engine()?;
    let stop = context.stop()?;
    let bar = progress::bar(Some(documents.len() as u64), "documents", context.out.json);
    let out = Mutex::new(&mut context.out);
    let watch = Watch {
        now: &clock::now,
        cancelled: &|| stop.asked(),
        tell: &|event| match event {
            Event::Progress { done, total } => progress::moved(&bar, done, total),
            Event::Problem(problem) => {
                let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
                // Whoever does not read it any more has the count at the end.
                bar.suspend(|| out.problem(&problem)).ok();
            }
            _ => {}
        },
    };
    let planted = Pipeline {
        store: &mut store,
        engine: &mut engine,
        policy: &policy,
        actor: &context.actor,
        watch: &watch,
    }
    .plant(&documents, &options);
    bar.finish_and_clear();
    let closed = store.close(clock::now());
    let planted = planted?;
    closed?;
    sum_up(context, &planted)?;
    Ok(if planted.cancelled {
        Ended::Interrupted
    } else {
        Ended::Whole
    })
}

/// What is true of a document: the label in the JSON file beside its front, or else its back.
fn truth_of(document: &DocumentFiles) -> Result<Label, Problem> {
    let picture = document.front.as_deref().or(document.back.as_deref());
    let path = picture.unwrap_or(Path::new("")).with_extension("json");
    let read = || -> Result<Truth, String> {
        let text = std::fs::read(&path).map_err(|error| error.to_string())?;
        serde_json::from_slice(&text).map_err(|error| error.to_string())
    };
    read().map(|truth| truth.label).map_err(|reason| {
        let names: Vec<&str> = Label::ALL.iter().map(|label| label.name()).collect();
        Problem::new(
            path.display().to_string(),
            format!("it does not say what is true of the picture beside it ({reason})"),
            format!(
                "Write {{\"label\": \"{}\"}} into it, or one of {}",
                names[0],
                names[1..].join(", ")
            ),
        )
    })
}

#[derive(Serialize)]
struct PlantedJson {
    r#type: &'static str,
    planted: u64,
    elsewhere: u64,
    known: u64,
    left: u64,
    problems: u64,
    stopped: bool,
}

fn sum_up(context: &mut Context, planted: &Planted) -> anyhow::Result<()> {
    context.out.object(&PlantedJson {
        r#type: "planted",
        planted: planted.n_planted,
        elsewhere: planted.n_elsewhere,
        known: planted.n_known,
        left: planted.n_left,
        problems: planted.n_problems,
        stopped: planted.cancelled,
    })?;
    let parts: Vec<String> = [
        (planted.n_planted, "among the cases now"),
        (
            planted.n_elsewhere,
            "that the policy sends elsewhere than to review",
        ),
        (planted.n_known, "already there"),
        (
            planted.n_left,
            "left for later: the policy's share of the inbox is reached",
        ),
        (planted.n_problems, "not taken"),
    ]
    .into_iter()
    .filter(|&(n, _)| n > 0)
    .map(|(n, words)| format!("{n} {words}"))
    .collect();
    let line = if parts.is_empty() {
        "nothing to do".to_owned()
    } else {
        parts.join(", ")
    };
    context.out.say(&line)
}

#[derive(Serialize)]
struct AgreementJson<'a> {
    r#type: &'static str,
    reviewer: &'a str,
    cases: u64,
    agreed: u64,
    share: f64,
    /// Ends of the 95 % interval, after Wilson (1927).
    from: f64,
    to: f64,
}

pub(super) fn report(context: &mut Context) -> anyhow::Result<Ended> {
    let store = context.store_read_only()?;
    let agreements = store.agreements()?;
    if agreements.is_empty() {
        note("nobody has decided a case with a known answer");
    }
    for (reviewer, agreement) in &agreements {
        let (n, k) = (agreement.n_cases, agreement.n_agreed);
        let (from, to) = wilson(k, n);
        let share = k as f64 / n as f64;
        context.out.say(&format!(
            "{reviewer}: {k} of {n}, {:.0} % ({:.0} to {:.0} %)",
            100.0 * share,
            100.0 * from,
            100.0 * to
        ))?;
        context.out.object(&AgreementJson {
            r#type: "agreement",
            reviewer: &reviewer.0,
            cases: n,
            agreed: k,
            share,
            from,
            to,
        })?;
    }
    Ok(Ended::Whole)
}

/// The 95 % interval of a share of `k` in `n` (more than 0): E. B. Wilson, "Probable inference, the law
/// of succession, and statistical inference", 1927.
fn wilson(k: u64, n: u64) -> (f64, f64) {
    let (n, p, z) = (n as f64, k as f64 / n as f64, 1.959_964);
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    (
        ((middle - half) / scale).max(0.0),
        ((middle + half) / scale).min(1.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_the_tables() {
        // Newcombe (1998), method 3: 81 of 263 and 0 of 20.
        let close = |(from, to): (f64, f64), expected: (f64, f64)| {
            (from - expected.0).abs() < 5e-5 && (to - expected.1).abs() < 5e-5
        };
        assert!(close(wilson(81, 263), (0.2553, 0.3662)));
        assert!(close(wilson(0, 20), (0.0, 0.1611)));
    }
}
