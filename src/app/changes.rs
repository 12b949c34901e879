//! What is another thing in the later of two runs.

use std::collections::BTreeMap;

use crate::case::{CheckKind, Outcome, Side};
use crate::store::Run;

use super::views::parts::{check_name, finding_text};
use crate::words::words;

/// One thing before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is.
    pub what: String,
    /// What it was.
    pub before: String,
    /// What it is now.
    pub after: String,
}

/// What changed from one run to a later one: what the checks said, what the policy made of it, and what
/// ran.
#[must_use]
pub fn changes(before: &Run, after: &Run) -> Vec<Change> {
    let (old, new) = (facts(before), facts(after));
    // In the order of the run that has the fact.
    let names = new.iter().chain(&old).map(|(what, _)| what);
    let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
    let value = |facts: &[(String, String)], what: &str| {
        let found = facts.iter().find(|(name, _)| name == what);
        found.map_or_else(none, |(_, value)| value.clone())
    };
    names
        .filter(|what| seen.insert(what, ()).is_none())
        .map(|what| Change {
            what: what.clone(),
            before: value(&old, what),
            after: value(&new, what),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

fn none() -> String {
    words!("fact-none").to_owned()
}

/// Everything that can change, each under its name.
fn facts(run: &Run) -> Vec<(String, String)> {
    let (assessment, judgement) = (&run.assessment, &run.judgement);
    let mut facts = Vec::new();
    for check in &assessment.checks {
        let name = check_name(check.side, check.kind);
        facts.push((name.clone(), outcome(&check.outcome)));
        facts.extend(threshold(run, check.side, check.kind, &name));
    }
    let mut fact = |what: &str, value: String| facts.push((what.to_owned(), value));
    let score = |score: Option<crate::case::Probability>| {
        score.map_or_else(none, |score| score.to_string())
    };
    if let Some(overall) = &assessment.overall {
        fact(words!("fact-whole"), score(overall.score));
    }
    fact(words!("fact-score"), score(judgement.score));
    fact(words!("fact-route"), judgement.route.title().to_owned());
    let errors = assessment.errors.iter().map(|error| error.explain());
    fact(words!("fact-errors"), joined(errors));
    let findings = assessment.findings.iter().map(finding_text);
    fact(words!("fact-findings"), joined(findings));
    for picture in &assessment.pictures {
        let what = words!("fact-picture", side = picture.side.word());
        fact(&what, picture.sha256.short());
    }
    if let Some(engine) = &assessment.engine {
        fact(words!("fact-engine"), engine.version.clone());
        let runtime = format!("{} {}", engine.runtime, engine.runtime_version);
        fact(words!("fact-runtime"), runtime);
        for model in &engine.models {
            let version = format!("{} ({})", model.version, model.sha256.short());
            fact(&words!("fact-model", id = &model.id), version);
        }
    }
    let policy = &judgement.policy;
    fact(
        words!("fact-policy"),
        format!("{} ({})", policy.version, policy.sha256.short()),
    );
    facts
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Performed { probability } => probability.to_string(),
        Outcome::NotPerformed { reason } => words!("fact-not-performed", why = reason),
        Outcome::Error { reason } => words!("fact-error", why = reason),
    }
}

/// The threshold by which a check was judged, and which way it went.
fn threshold(run: &Run, side: Side, kind: CheckKind, name: &str) -> Option<(String, String)> {
    let mut judged = run.judgement.checks.iter();
    let judged = judged.find(|judged| judged.side == side && judged.kind == kind)?;
    judged.probability?;
    let value = format!("{}, {}", judged.threshold.value, judged.live.word());
    Some((words!("fact-threshold", check = name), value))
}

fn joined(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        none()
    } else {
        words.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{
        Assessment, AssessmentId, Check, EngineRecord, ErrorCode, ModelRef, Probability, Sha256,
        Source, Threshold, ThresholdOrigin, Time,
    };
    use crate::routing::{Policy, judge};

    fn run(probability: f64, model: &str, threshold: f64) -> Run {
        let of = |value| Probability::new(value).unwrap();
        let mut assessment = Assessment::empty(Source::Engine);
        assessment.checks = vec![Check {
            threshold: Some(Threshold {
                value: of(threshold),
                origin: ThresholdOrigin::Manifest,
            }),
            ..Check::new(
                Side::Front,
                CheckKind::ScreenReplay,
                Outcome::Performed {
                    probability: of(probability),
                },
            )
        }];
        assessment.engine = Some(EngineRecord {
            version: "1".to_owned(),
            runtime: "rten".to_owned(),
            runtime_version: "2".to_owned(),
            models: vec![ModelRef {
                id: "patches".to_owned(),
                version: model.to_owned(),
                sha256: Sha256::of(model.as_bytes()),
            }],
        });
        Run {
            id: AssessmentId(1),
            at: Time(0),
            judgement: judge(&assessment, &Policy::default()),
            assessment,
        }
    }

    fn told(before: &Run, after: &Run) -> Vec<String> {
        let told = changes(before, after).into_iter();
        told.map(|change| format!("{}: {} to {}", change.what, change.before, change.after))
            .collect()
    }

    #[test]
    fn the_same_run_again_changes_nothing() {
        assert_eq!(changes(&run(0.4, "1", 0.5), &run(0.4, "1", 0.5)), []);
    }

    #[test]
    fn what_a_new_model_changes_is_told() {
        let (old, new) = (run(0.4, "1", 0.5), run(0.7, "2", 0.5));
        let short = |version: &str| Sha256::of(version.as_bytes()).short();
        assert_eq!(
            told(&old, &new),
            [
                "Screen replay, front: 0.400 to 0.700".to_owned(),
                "Screen replay, front: threshold: 0.500, failed to 0.500, passed".to_owned(),
                "Score: 0.400 to 0.700".to_owned(),
                "Route: For review to Accepted".to_owned(),
                format!("Model patches: 1 ({}) to 2 ({})", short("1"), short("2")),
            ]
        );
    }

    #[test]
    fn a_check_that_is_there_in_one_run_alone_is_told() {
        let old = run(0.4, "1", 0.5);
        let mut new = old.clone();
        new.assessment.checks.clear();
        new.assessment.errors = vec![ErrorCode::DocumentNotFound];
        let told = told(&old, &new);
        let gone = "Screen replay, front: 0.400 to none";
        assert!(told.iter().any(|line| line == gone), "{told:?}");
        let error = "Errors: none to No document was found in the picture";
        assert!(told.iter().any(|line| line == error), "{told:?}");
    }
}
