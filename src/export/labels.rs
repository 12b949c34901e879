//! Verdicts as labels for training and for the books: one row for every case that is settled.

use std::io::Write;

use serde::Serialize;

use super::{ExportError, Table, TableFormat, TableRow, Written};
use crate::case::{Sha256, Side};
use crate::clock;
use crate::store::{CaseRecord, StoreError, Verdict};

const HEAD: [&str; 16] = [
    "case",
    "document",
    "verdict",
    "reason",
    "note",
    "actor",
    "decided_at",
    "verdict_id",
    "front_sha256",
    "back_sha256",
    "score",
    "route",
    "policy_version",
    "policy_sha256",
    "assessments",
    "source",
];

#[derive(Serialize)]
struct Row<'a> {
    case: i64,
    document: &'a str,
    verdict: &'static str,
    reason: Option<&'a str>,
    note: Option<&'a str>,
    actor: &'a str,
    decided_at: String,
    verdict_id: i64,
    front_sha256: Option<Sha256>,
    back_sha256: Option<Sha256>,
    score: Option<f64>,
    route: Option<&'static str>,
    policy_version: Option<&'a str>,
    policy_sha256: Option<Sha256>,
    assessments: Vec<i64>,
    source: &'static str,
}

/// Writes the verdict that settles each case, with the hashes of the pictures that it is about
/// and of what it rested on. Undone and changed verdicts are in the ledger, and a case that waits
/// for a second look is not settled.
///
/// # Errors
///
/// [`ExportError`] if a case cannot be read or a row not be written.
pub fn labels(
    cases: impl Iterator<Item = Result<CaseRecord, StoreError>>,
    format: TableFormat,
    out: &mut dyn Write,
) -> Result<Written, ExportError> {
    let mut written = Written::default();
    let mut table = Table::new(format, &HEAD, out)?;
    for case in cases {
        let case = case?;
        let Some(verdict) = case.settled() else {
            written.n_left_out += 1;
            continue;
        };
        table.row(&Row::of(&case, verdict))?;
        written.n_rows += 1;
    }
    table.end()?;
    Ok(written)
}

impl<'a> Row<'a> {
    fn of(case: &'a CaseRecord, verdict: &'a Verdict) -> Self {
        let route = case.route.as_ref();
        Self {
            case: case.id.0,
            document: &case.label,
            verdict: verdict.ruling.label.name(),
            reason: verdict.ruling.reason.as_deref(),
            note: verdict.ruling.note.as_deref(),
            actor: &verdict.actor.0,
            decided_at: clock::rfc3339(verdict.at),
            verdict_id: verdict.id.0,
            front_sha256: case.picture_of(Side::Front),
            back_sha256: case.picture_of(Side::Back),
            score: route.and_then(|route| Some(route.score?.get())),
            route: verdict.route.map(crate::case::Route::name),
            policy_version: verdict
                .policy
                .as_ref()
                .map(|policy| policy.version.as_str()),
            policy_sha256: verdict.policy.as_ref().map(|policy| policy.sha256),
            assessments: verdict.assessments.iter().map(|id| id.0).collect(),
            source: case.source.name(),
        }
    }
}

impl TableRow for Row<'_> {
    fn cells(&self) -> Vec<String> {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let hash = |hash: Option<Sha256>| hash.map(Sha256::to_hex).unwrap_or_default();
        let ids: Vec<String> = self.assessments.iter().map(i64::to_string).collect();
        vec![
            self.case.to_string(),
            self.document.to_owned(),
            self.verdict.to_owned(),
            text(self.reason),
            text(self.note),
            self.actor.to_owned(),
            self.decided_at.clone(),
            self.verdict_id.to_string(),
            hash(self.front_sha256),
            hash(self.back_sha256),
            self.score
                .map(|score| score.to_string())
                .unwrap_or_default(),
            text(self.route),
            text(self.policy_version),
            hash(self.policy_sha256),
            ids.join(" "),
            self.source.to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{a_case, a_verdict};
    use super::*;
    use crate::case::Label;
    use crate::store::View;

    fn export(cases: Vec<CaseRecord>, format: TableFormat) -> (Written, String) {
        let mut out = Vec::new();
        let written = labels(cases.into_iter().map(Ok), format, &mut out).expect("written");
        (written, String::from_utf8(out).expect("UTF-8"))
    }

    #[test]
    fn only_the_verdict_that_settles_a_case_is_a_label() {
        let mut case = a_case();
        case.verdicts = vec![
            a_verdict(1, Label::Genuine, false),
            a_verdict(2, Label::PrintedCopy, false),
            a_verdict(3, Label::Retake, true),
        ];
        case.view = View::Decided;
        let waits = CaseRecord {
            view: View::SecondLook,
            ..case.clone()
        };
        let (written, text) = export(vec![case, waits, a_case()], TableFormat::JsonLines);
        assert_eq!((written.n_rows, written.n_left_out), (1, 2));
        let row: serde_json::Value = serde_json::from_str(text.trim()).expect("one object");
        assert_eq!(row["verdict"], "printed_copy");
        assert_eq!(row["verdict_id"], 2);
        assert_eq!(row["front_sha256"], Sha256::of(b"front").to_hex());
        assert_eq!(row["back_sha256"], serde_json::Value::Null);
    }

    #[test]
    fn a_note_cannot_become_a_formula_nor_a_row() {
        let mut case = a_case();
        let mut verdict = a_verdict(1, Label::Genuine, false);
        verdict.ruling.note = Some("=cmd|' /C calc'!A0\n\"second\", line".to_owned());
        case.verdicts = vec![verdict];
        case.view = View::Decided;
        case.label = "@name".to_owned();
        let (_, text) = export(vec![case], TableFormat::Csv);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> =
            reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(&rows[0][1], "'@name");
        assert_eq!(&rows[0][4], "'=cmd|' /C calc'!A0\n\"second\", line");
    }
}
