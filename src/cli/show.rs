//! `show`: all that is known of one case.

use serde::Serialize;

use super::Ended;
use super::args::ShowArgs;
use super::context::Context;
use super::queue::one_line;
use crate::case::{
    Assessment, Check, CheckKind, Evidence, JudgedCheck, Judgement, Label, Look, Mark, Outcome,
    PolicyRef, Probability, Quad, RouteReason, Sha256, Side,
};
use crate::clock;
use crate::export::vendors_id;
use crate::store::{CaseRecord, LedgerRow, Remark, Run, Verdict};

pub(super) fn run(context: &mut Context, args: &ShowArgs) -> anyhow::Result<Ended> {
    let store = context.store_read_only()?;
    let case = store.case(args.case_id)?;
    let history = store.history(args.case_id)?;
    let out = &mut context.out;
    if out.json {
        out.object(&Shown::of(&case, &history))?;
        return Ok(Ended::Whole);
    }
    for line in words(&case, &history) {
        out.say(&line)?;
    }
    Ok(Ended::Whole)
}

fn words(case: &CaseRecord, history: &[LedgerRow]) -> Vec<String> {
    let mut lines = vec![format!("case {}  {}", case.id, one_line(&case.label))];
    let mut field = |name: &str, value: String| lines.push(format!("  {name:12} {value}"));
    field("source", case.source.title().to_owned());
    if let Some(id) = vendors_id(case) {
        field("vendor's id", one_line(id));
    }
    field("status", case.status.name().to_owned());
    if let Some(failure) = &case.failure {
        field("failure", failure.clone());
    }
    field("created", clock::rfc3339(case.created));
    for picture in &case.pictures {
        let (side, w, h) = (picture.side.name(), picture.width_px, picture.height_px);
        field(
            side,
            format!("{} {w}×{h} {}", picture.format, picture.sha256),
        );
    }
    if let Some(route) = &case.route {
        let score = route
            .score
            .map_or_else(|| "-".to_owned(), |score| score.to_string());
        field("route", format!("{}, score {score}", route.route.name()));
        for reason in &route.reasons {
            field("", reason.explain());
        }
    }
    if let Some(policy) = &case.policy {
        field(
            "policy",
            format!("version {}, {}", policy.version, policy.sha256),
        );
    }
    for run in &case.runs {
        lines.extend(run_words(run));
    }
    for remark in &case.remarks {
        lines.push(format!(
            "remark  by {}  {}  {}",
            one_line(&remark.actor.0),
            clock::rfc3339(remark.at),
            one_line(&remark.text)
        ));
    }
    for verdict in &case.verdicts {
        lines.push(verdict_words(verdict));
    }
    lines.push("history".to_owned());
    lines.extend(history.iter().map(|row| {
        let (seq, at) = (row.seq, clock::rfc3339(row.at));
        format!(
            "  {seq:>8}  {at}  {:8}  {}",
            row.kind,
            one_line(&row.actor.0)
        )
    }));
    lines
}

fn run_words(run: &Run) -> Vec<String> {
    let (id, title) = (run.id.0, run.assessment.source.title());
    let mut lines = vec![format!(
        "assessment {id}  {title}  {}",
        clock::rfc3339(run.at)
    )];
    for judged in &run.judgement.checks {
        lines.push(format!("  {}", judged_words(judged, &run.assessment)));
    }
    if let Some(score) = run
        .assessment
        .overall
        .as_ref()
        .and_then(|overall| overall.score)
    {
        lines.push(format!("  the source's own score: {score}"));
    }
    for error in &run.assessment.errors {
        lines.push(format!("  {}: {}", error.code(), error.explain()));
    }
    for finding in &run.assessment.findings {
        let side = finding
            .side
            .map_or(String::new(), |side| format!(" ({})", side.name()));
        let (code, message) = (finding.code.code(), one_line(&finding.message));
        lines.push(format!("  {code}{side}: {message}"));
    }
    if let Some(engine) = &run.assessment.engine {
        let (ours, runtime) = (&engine.version, &engine.runtime);
        lines.push(format!(
            "  engine {ours}, {runtime} {}",
            engine.runtime_version
        ));
        for model in &engine.models {
            lines.push(format!(
                "  model {} {} {}",
                model.id, model.version, model.sha256
            ));
        }
    }
    lines
}

/// One check in words, for a person at a terminal.
pub(super) fn judged_words(judged: &JudgedCheck, assessment: &Assessment) -> String {
    let what = format!("{:5}  {:22}", judged.side.name(), judged.kind.title());
    let (threshold, word) = (judged.threshold.value, judged.live.word());
    match judged.probability {
        Some(p) => format!("{what} {p} {} {threshold}  {word}", at(p, threshold)),
        None => format!("{what} {word}: {}", why_not(judged, assessment)),
    }
}

fn at(probability: Probability, threshold: Probability) -> &'static str {
    if probability >= threshold { "≥" } else { "<" }
}

/// The check that was judged.
fn made<'a>(judged: &JudgedCheck, assessment: &'a Assessment) -> Option<&'a Check> {
    let is_it = |check: &&Check| check.side == judged.side && check.kind == judged.kind;
    assessment.checks.iter().find(is_it)
}

/// Why a check has no probability.
pub(super) fn why_not(judged: &JudgedCheck, assessment: &Assessment) -> String {
    match made(judged, assessment).map(|check| &check.outcome) {
        Some(Outcome::NotPerformed { reason } | Outcome::Error { reason }) => one_line(reason),
        Some(Outcome::Performed { .. }) | None => "no reason given".to_owned(),
    }
}

fn verdict_words(verdict: &Verdict) -> String {
    let ruling = &verdict.ruling;
    let mut line = format!(
        "verdict {}  {}  by {}  {}",
        verdict.id.0,
        ruling.label.title(),
        one_line(&verdict.actor.0),
        clock::rfc3339(verdict.at)
    );
    if verdict.look != Look::First {
        line.push_str(&format!("  {}", verdict.look.name()));
    }
    if ruling.blind {
        line.push_str("  before the probabilities were shown");
    }
    for (name, text) in [("reason", &ruling.reason), ("note", &ruling.note)] {
        if let Some(text) = text {
            line.push_str(&format!("  {name}: {}", one_line(text)));
        }
    }
    if let Some((at, by)) = &verdict.undone {
        line.push_str(&format!(
            "  taken back by {} {}",
            one_line(&by.0),
            clock::rfc3339(*at)
        ));
    }
    line
}

#[derive(Serialize)]
struct Shown<'a> {
    r#type: &'static str,
    case: i64,
    document: &'a str,
    source: &'static str,
    external_id: Option<&'a str>,
    status: &'static str,
    failure: Option<&'a str>,
    view: &'static str,
    created_at: String,
    updated_at: String,
    completed_at: Option<String>,
    priority: i64,
    route: Option<&'static str>,
    reasons: Vec<String>,
    live: Option<u8>,
    score: Option<f64>,
    policy: Option<&'a PolicyRef>,
    pictures: Vec<PictureJson<'a>>,
    assessments: Vec<RunJson<'a>>,
    assigned_to: Option<&'a str>,
    held_until: Option<String>,
    remarks: Vec<RemarkJson<'a>>,
    verdicts: Vec<VerdictJson<'a>>,
    history: Vec<EventJson<'a>>,
}

#[derive(Serialize)]
struct PictureJson<'a> {
    side: &'static str,
    sha256: Sha256,
    bytes: u64,
    format: &'a str,
    width_px: u32,
    height_px: u32,
}

#[derive(Serialize)]
struct RunJson<'a> {
    id: i64,
    at: String,
    source: &'static str,
    route: &'static str,
    reasons: Vec<String>,
    live: u8,
    score: Option<f64>,
    confidence: Option<f64>,
    risk_score: Option<f64>,
    policy: &'a PolicyRef,
    checks: Vec<CheckJson<'a>>,
    source_score: Option<f64>,
    errors: Vec<&'a str>,
    findings: Vec<super::picture_json::FindingJson<'a>>,
    quads: Vec<QuadJson>,
    engine: Option<&'a crate::case::EngineRecord>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    side: &'static str,
    check: &'static str,
    threshold: f64,
    live: u8,
    probability: Option<f64>,
    reason: Option<String>,
    /// Where the probability comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'a Evidence>,
}

#[derive(Serialize)]
struct QuadJson {
    side: &'static str,
    quad: Option<Quad>,
}

#[derive(Serialize)]
struct RemarkJson<'a> {
    actor: &'a str,
    at: String,
    text: &'a str,
}

#[derive(Serialize)]
struct VerdictJson<'a> {
    id: i64,
    verdict: &'static str,
    reason: Option<&'a str>,
    note: Option<&'a str>,
    marks: &'a [Mark],
    look: &'static str,
    blind: bool,
    actor: &'a str,
    at: String,
    undone_at: Option<String>,
    undone_by: Option<&'a str>,
}

#[derive(Serialize)]
struct EventJson<'a> {
    seq: u64,
    at: String,
    actor: &'a str,
    kind: &'a str,
    hash: Sha256,
}

impl<'a> Shown<'a> {
    fn of(case: &'a CaseRecord, history: &'a [LedgerRow]) -> Self {
        let route = case.route.as_ref();
        Self {
            r#type: "case",
            case: case.id.0,
            document: &case.label,
            source: case.source.name(),
            external_id: vendors_id(case),
            status: case.status.name(),
            failure: case.failure.as_deref(),
            view: case.view.name(),
            created_at: clock::rfc3339(case.created),
            updated_at: clock::rfc3339(case.updated),
            completed_at: case.completed.map(clock::rfc3339),
            priority: case.priority,
            route: route.map(|route| route.route.name()),
            reasons: route.map_or_else(Vec::new, |route| explained(&route.reasons)),
            live: route.map(|route| route.live.number()),
            score: route.and_then(|route| route.score).map(Probability::get),
            policy: case.policy.as_ref(),
            pictures: case.pictures.iter().map(PictureJson::of).collect(),
            assessments: case.runs.iter().map(RunJson::of).collect(),
            assigned_to: case.assigned_to.as_ref().map(|whose| whose.0.as_str()),
            held_until: case.held_until.map(clock::rfc3339),
            remarks: case.remarks.iter().map(RemarkJson::of).collect(),
            verdicts: case.verdicts.iter().map(VerdictJson::of).collect(),
            history: history.iter().map(EventJson::of).collect(),
        }
    }
}

impl<'a> PictureJson<'a> {
    fn of(picture: &'a crate::case::PictureRecord) -> Self {
        Self {
            side: picture.side.name(),
            sha256: picture.sha256,
            bytes: picture.n_bytes,
            format: &picture.format,
            width_px: picture.width_px,
            height_px: picture.height_px,
        }
    }
}

impl<'a> RunJson<'a> {
    fn of(run: &'a Run) -> Self {
        let (assessment, judgement) = (&run.assessment, &run.judgement);
        let overall = assessment.overall.as_ref();
        Self {
            id: run.id.0,
            at: clock::rfc3339(run.at),
            source: assessment.source.name(),
            route: judgement.route.name(),
            reasons: explained(&judgement.reasons),
            live: judgement.live.number(),
            score: judgement.score.map(Probability::get),
            confidence: judgement.confidence.map(Probability::get),
            risk_score: judgement.risk_score.map(Probability::get),
            policy: &judgement.policy,
            checks: check_rows(judgement, assessment),
            source_score: overall
                .and_then(|overall| overall.score)
                .map(Probability::get),
            errors: assessment.errors.iter().map(|error| error.code()).collect(),
            findings: super::picture_json::findings(assessment),
            quads: assessment
                .pictures
                .iter()
                .map(|picture| QuadJson {
                    side: Side::name(picture.side),
                    quad: picture.quad,
                })
                .collect(),
            engine: assessment.engine.as_ref(),
        }
    }
}

fn check_rows<'a>(judgement: &Judgement, assessment: &'a Assessment) -> Vec<CheckJson<'a>> {
    judgement
        .checks
        .iter()
        .map(|judged| CheckJson {
            side: judged.side.name(),
            check: CheckKind::name(judged.kind),
            threshold: judged.threshold.value.get(),
            live: judged.live.number(),
            probability: judged.probability.map(Probability::get),
            reason: judged
                .probability
                .is_none()
                .then(|| why_not(judged, assessment)),
            evidence: made(judged, assessment).and_then(|check| check.evidence.as_ref()),
        })
        .collect()
}

fn explained(reasons: &[RouteReason]) -> Vec<String> {
    reasons.iter().map(RouteReason::explain).collect()
}

impl<'a> RemarkJson<'a> {
    fn of(remark: &'a Remark) -> Self {
        Self {
            actor: &remark.actor.0,
            at: clock::rfc3339(remark.at),
            text: &remark.text,
        }
    }
}

impl<'a> VerdictJson<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        Self {
            id: verdict.id.0,
            verdict: Label::name(verdict.ruling.label),
            reason: verdict.ruling.reason.as_deref(),
            note: verdict.ruling.note.as_deref(),
            marks: &verdict.ruling.marks,
            look: verdict.look.name(),
            blind: verdict.ruling.blind,
            actor: &verdict.actor.0,
            at: clock::rfc3339(verdict.at),
            undone_at: verdict.undone.as_ref().map(|(at, _)| clock::rfc3339(*at)),
            undone_by: verdict.undone.as_ref().map(|(_, by)| by.0.as_str()),
        }
    }
}

impl<'a> EventJson<'a> {
    fn of(row: &'a LedgerRow) -> Self {
        Self {
            seq: row.seq,
            at: clock::rfc3339(row.at),
            actor: &row.actor.0,
            kind: &row.kind,
            hash: row.hash,
        }
    }
}
