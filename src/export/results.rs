//! Results: one row or object for each case, from our engine's latest run where there is one, else
//! from the latest record of a vendor.

use std::io::Write;

use serde::Serialize;

use super::{ExportError, ResultFormat, Table, TableFormat, TableRow, Written, vendor, write_line};
use crate::case::{CheckKind, Finding, Judgement, Probability, RouteReason, Sha256, Side, Source};
use crate::clock;
use crate::store::{CaseRecord, Run, StoreError};

/// Writes the result of each case.
///
/// # Errors
///
/// [`ExportError`] if a case cannot be read or a row not be written.
pub fn results(
    cases: impl Iterator<Item = Result<CaseRecord, StoreError>>,
    format: ResultFormat,
    out: &mut dyn Write,
) -> Result<Written, ExportError> {
    match format {
        ResultFormat::Table(format) => table(cases, format, out),
        ResultFormat::LivenessApi => lines(cases, out, vendor::liveness_api),
        ResultFormat::IdrndResults => lines(cases, out, vendor::idrnd_results),
        ResultFormat::LivenessObject => lines(cases, out, vendor::liveness_object),
    }
}

/// The run that speaks for a case: our engine's latest, else the latest of any vendor.
fn speaking(case: &CaseRecord) -> Option<&Run> {
    case.latest(Source::Engine).or_else(|| case.runs.last())
}

fn lines<T: Serialize>(
    cases: impl Iterator<Item = Result<CaseRecord, StoreError>>,
    out: &mut dyn Write,
    say: impl Fn(&CaseRecord, &Run) -> Option<T>,
) -> Result<Written, ExportError> {
    let mut written = Written::default();
    for case in cases {
        let case = case?;
        match speaking(&case).and_then(|run| say(&case, run)) {
            Some(object) => {
                write_line(out, &object)?;
                written.n_rows += 1;
            }
            None => written.n_left_out += 1,
        }
    }
    out.flush()?;
    Ok(written)
}

const HEAD: [&str; 30] = [
    "case",
    "document",
    "external_id",
    "source",
    "status",
    "view",
    "route",
    "live",
    "score",
    "worst_side",
    "worst_check",
    "confidence",
    "risk_score",
    "front_screenReplay",
    "front_printedCopy",
    "front_portraitSubstitution",
    "front_digitalManipulation",
    "back_screenReplay",
    "back_printedCopy",
    "back_digitalManipulation",
    "errors",
    "findings",
    "front_sha256",
    "back_sha256",
    "policy_version",
    "policy_sha256",
    "engine",
    "created_at",
    "completed_at",
    "verdict",
];

#[derive(Serialize)]
struct Row<'a> {
    case: i64,
    document: &'a str,
    external_id: Option<&'a str>,
    source: &'static str,
    status: &'static str,
    view: &'static str,
    route: Option<&'static str>,
    reasons: Vec<String>,
    live: Option<u8>,
    score: Option<f64>,
    worst_side: Option<&'static str>,
    worst_check: Option<&'static str>,
    confidence: Option<f64>,
    risk_score: Option<f64>,
    checks: Vec<CheckRow>,
    errors: Vec<String>,
    findings: Vec<FindingRow<'a>>,
    front_sha256: Option<Sha256>,
    back_sha256: Option<Sha256>,
    policy_version: Option<&'a str>,
    policy_sha256: Option<Sha256>,
    engine: Option<&'a crate::case::EngineRecord>,
    created_at: String,
    completed_at: Option<String>,
    verdict: Option<&'static str>,
}

#[derive(Serialize)]
struct CheckRow {
    side: &'static str,
    check: &'static str,
    threshold: f64,
    live: u8,
    probability: Option<f64>,
}

#[derive(Serialize)]
struct FindingRow<'a> {
    code: String,
    side: Option<&'static str>,
    message: &'a str,
}

fn table(
    cases: impl Iterator<Item = Result<CaseRecord, StoreError>>,
    format: TableFormat,
    out: &mut dyn Write,
) -> Result<Written, ExportError> {
    let mut written = Written::default();
    let mut table = Table::new(format, &HEAD, out)?;
    for case in cases {
        let case = case?;
        table.row(&Row::of(&case, speaking(&case)))?;
        written.n_rows += 1;
    }
    table.end()?;
    Ok(written)
}

impl<'a> Row<'a> {
    fn of(case: &'a CaseRecord, run: Option<&'a Run>) -> Self {
        let judgement = run.map(|run| &run.judgement);
        let assessment = run.map(|run| &run.assessment);
        let route = case.route.as_ref();
        let worst = route.and_then(|route| route.worst);
        let number = |pick: fn(&Judgement) -> Option<Probability>| {
            judgement.and_then(pick).map(Probability::get)
        };
        Self {
            case: case.id.0,
            document: &case.label,
            external_id: vendor::vendors_id(case),
            source: assessment.map_or(case.source, |said| said.source).name(),
            status: case.status.name(),
            view: case.view.name(),
            route: route.map(|route| route.route.name()),
            reasons: route.map_or_else(Vec::new, |route| {
                route.reasons.iter().map(RouteReason::explain).collect()
            }),
            live: route.map(|route| route.live.number()),
            score: route.and_then(|route| route.score).map(Probability::get),
            worst_side: worst.map(|(side, _)| side.name()),
            worst_check: worst.map(|(_, kind)| kind.name()),
            confidence: number(|judgement| judgement.confidence),
            risk_score: number(|judgement| judgement.risk_score),
            checks: judgement.map_or_else(Vec::new, check_rows),
            errors: assessment.map_or_else(Vec::new, |said| {
                said.errors
                    .iter()
                    .map(|error| error.code().to_owned())
                    .collect()
            }),
            findings: assessment.map_or_else(Vec::new, |said| {
                said.findings.iter().map(FindingRow::of).collect()
            }),
            front_sha256: case.picture_of(Side::Front),
            back_sha256: case.picture_of(Side::Back),
            policy_version: case.policy.as_ref().map(|policy| policy.version.as_str()),
            policy_sha256: case.policy.as_ref().map(|policy| policy.sha256),
            engine: assessment.and_then(|said| said.engine.as_ref()),
            created_at: clock::rfc3339(case.created),
            completed_at: case.completed.map(clock::rfc3339),
            verdict: case.settled().map(|verdict| verdict.ruling.label.name()),
        }
    }

    fn probability(&self, side: Side, kind: CheckKind) -> String {
        let check = self
            .checks
            .iter()
            .find(|check| check.side == side.name() && check.check == kind.name());
        number(check.and_then(|check| check.probability))
    }
}

impl TableRow for Row<'_> {
    fn cells(&self) -> Vec<String> {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let hash = |hash: Option<Sha256>| hash.map(Sha256::to_hex).unwrap_or_default();
        let codes: Vec<&str> = self
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        let engine = self.engine.map(|engine| {
            let models: Vec<String> = engine
                .models
                .iter()
                .map(|model| format!("{} {} {}", model.id, model.version, model.sha256.short()))
                .collect();
            let (ours, runtime) = (&engine.version, &engine.runtime);
            format!(
                "{ours}; {runtime} {}; {}",
                engine.runtime_version,
                models.join(", ")
            )
        });
        vec![
            self.case.to_string(),
            self.document.to_owned(),
            text(self.external_id),
            self.source.to_owned(),
            self.status.to_owned(),
            self.view.to_owned(),
            text(self.route),
            self.live.map(|live| live.to_string()).unwrap_or_default(),
            number(self.score),
            text(self.worst_side),
            text(self.worst_check),
            number(self.confidence),
            number(self.risk_score),
            self.probability(Side::Front, CheckKind::ScreenReplay),
            self.probability(Side::Front, CheckKind::PrintedCopy),
            self.probability(Side::Front, CheckKind::PortraitSubstitution),
            self.probability(Side::Front, CheckKind::DigitalManipulation),
            self.probability(Side::Back, CheckKind::ScreenReplay),
            self.probability(Side::Back, CheckKind::PrintedCopy),
            self.probability(Side::Back, CheckKind::DigitalManipulation),
            self.errors.join(" "),
            codes.join(" "),
            hash(self.front_sha256),
            hash(self.back_sha256),
            text(self.policy_version),
            hash(self.policy_sha256),
            engine.unwrap_or_default(),
            self.created_at.clone(),
            text(self.completed_at.as_deref()),
            text(self.verdict),
        ]
    }
}

impl<'a> FindingRow<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            code: finding.code.code(),
            side: finding.side.map(Side::name),
            message: &finding.message,
        }
    }
}

fn check_rows(judgement: &Judgement) -> Vec<CheckRow> {
    judgement
        .checks
        .iter()
        .map(|check| CheckRow {
            side: check.side.name(),
            check: check.kind.name(),
            threshold: check.threshold.value.get(),
            live: check.live.number(),
            probability: check.probability.map(Probability::get),
        })
        .collect()
}

fn number(number: Option<f64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}
