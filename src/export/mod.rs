//! Cases out again, for other programs: verdicts as training labels, the ledger, and results in
//! the vendors' own formats.
//!
//! Everything is written row by row, so that a million cases need no more memory than one. What is written in formats A, B and C can be taken in again by [`crate::intake`].

mod csv_cell;
mod labels;
mod ledger;
mod results;
mod vendor;
mod whole;

use std::io::{self, Write};

pub use labels::labels;
pub use ledger::ledger;
pub use results::results;
pub use vendor::{CheckObject, SideObject, idrnd_side, thousandths, vendors_id};
pub use whole::{Export, write, write_file};

/// Rows of commas or of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// Comma-separated values with a head line, as RFC 4180 has it.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// How to write results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultFormat {
    /// Rows of our own, with everything that a result rests on.
    Table(TableFormat),
    /// Format A: the liveness document API.
    LivenessApi,
    /// Format B: `documentLivenessIdRnD`.
    IdrndResults,
    /// Format C: the document liveness object, first shape.
    LivenessObject,
}

/// What an export wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows or objects written.
    pub n_rows: u64,
    /// Cases without anything that the format can say, such as one that waits for its result.
    pub n_left_out: u64,
}

/// Why an export ended before its end. What was written until then is not a whole export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The cases or rows could not be read.
    #[error("reading what is to be exported: {0}")]
    Source(#[source] crate::store::StoreError),
    /// The bytes could not be written.
    #[error("writing the export: {0}")]
    Write(#[from] io::Error),
}

impl From<crate::store::StoreError> for ExportError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Source(error)
    }
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        // What kind of failure it was must survive: a closed pipe is no failure.
        Self::Write(match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        })
    }
}

impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        Self::Write(error.into())
    }
}

/// A row of a table: an object as it is serialised, or cells under the table's head line.
trait TableRow: serde::Serialize {
    /// The cells as they are; the table makes each safe for a spreadsheet.
    fn cells(&self) -> Vec<String>;
}

/// Writes rows of one kind in either table format.
struct Table<'a> {
    csv: Option<csv::Writer<&'a mut dyn Write>>,
    json: Option<&'a mut dyn Write>,
}

impl<'a> Table<'a> {
    /// Begins with the head line, where the format has one.
    fn new(
        format: TableFormat,
        head: &[&str],
        out: &'a mut dyn Write,
    ) -> Result<Self, ExportError> {
        let mut table = Self {
            csv: None,
            json: None,
        };
        match format {
            TableFormat::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(head)?;
                table.csv = Some(writer);
            }
            TableFormat::JsonLines => table.json = Some(out),
        }
        Ok(table)
    }

    /// A row, as cells or as an object.
    fn row(&mut self, row: &impl TableRow) -> Result<(), ExportError> {
        if let Some(writer) = &mut self.csv {
            for cell in row.cells() {
                writer.write_field(csv_cell::safe(&cell).as_bytes())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        if let Some(out) = &mut self.json {
            write_line(*out, row)?;
        }
        Ok(())
    }

    fn end(self) -> Result<(), ExportError> {
        if let Some(mut writer) = self.csv {
            writer.flush()?;
        }
        if let Some(out) = self.json {
            out.flush()?;
        }
        Ok(())
    }
}

/// One object and the end of its line.
fn write_line(out: &mut dyn Write, object: &impl serde::Serialize) -> Result<(), ExportError> {
    serde_json::to_writer(&mut *out, object)?;
    out.write_all(b"\n")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{
        Actor, Assessment, AssessmentId, CaseId, Check, CheckKind, ErrorCode, Label, Outcome,
        PictureRecord, Probability, ReadOptions, Sha256, Side, Source, Status, Time, VerdictId,
    };
    use crate::routing::{self, Policy};
    use crate::store::{CaseRecord, Ruling, Run, Verdict, View};

    /// A case with a front, assessed by nobody.
    pub(super) fn a_case() -> CaseRecord {
        CaseRecord {
            remarks: Vec::new(),
            assigned_to: None,
            held_until: None,
            id: CaseId(7),
            label: "passport".to_owned(),
            source: Source::Engine,
            external_id: None,
            document: Sha256::of(b"document"),
            status: Status::Completed,
            created: Time(1_700_000_000_000),
            updated: Time(1_700_000_001_000),
            completed: Some(Time(1_700_000_001_000)),
            failure: None,
            options: ReadOptions::default(),
            priority: 0,
            view: View::Inbox,
            route: None,
            policy: None,
            received: Vec::new(),
            pictures: vec![PictureRecord {
                side: Side::Front,
                sha256: Sha256::of(b"front"),
                n_bytes: 5,
                format: "jpeg".to_owned(),
                width_px: 1080,
                height_px: 1920,
            }],
            runs: Vec::new(),
            verdicts: Vec::new(),
            claim: None,
        }
    }

    pub(super) fn a_verdict(id: i64, label: Label, undone: bool) -> Verdict {
        Verdict {
            look: crate::case::Look::First,
            asks_second: false,
            act: None,
            id: VerdictId(id),
            case: CaseId(7),
            ruling: Ruling::plain(label),
            actor: Actor("ann".to_owned()),
            at: Time(1_700_000_002_000),
            replaces: None,
            policy: None,
            route: None,
            assessments: vec![AssessmentId(3)],
            undone: undone.then(|| (Time(1_700_000_003_000), Actor("ann".to_owned()))),
        }
    }

    /// The case with one run in which the front's checks gave `probabilities`.
    fn assessed(probabilities: &[(CheckKind, Option<f64>)], errors: &[ErrorCode]) -> CaseRecord {
        let mut assessment = Assessment::empty(Source::Engine);
        assessment.errors = errors.to_vec();
        assessment.checks = probabilities
            .iter()
            .map(|&(kind, p)| {
                let outcome = match p {
                    Some(p) => Outcome::Performed {
                        probability: Probability::new(p).expect("0 to 1"),
                    },
                    None => Outcome::NotPerformed {
                        reason: "no model yet".to_owned(),
                    },
                };
                Check::new(Side::Front, kind, outcome)
            })
            .collect();
        let judgement = routing::judge(&assessment, &Policy::default());
        let mut case = a_case();
        case.runs.push(Run {
            id: AssessmentId(1),
            at: case.updated,
            assessment,
            judgement,
        });
        case
    }

    fn export(case: CaseRecord, format: ResultFormat) -> Option<serde_json::Value> {
        let mut out = Vec::new();
        let written = results(std::iter::once(Ok(case)), format, &mut out).expect("written");
        assert_eq!(written.n_rows + written.n_left_out, 1);
        let text = String::from_utf8(out).expect("UTF-8");
        (written.n_rows == 1).then(|| serde_json::from_str(text.trim()).expect("one object"))
    }

    const CHECKS: [(CheckKind, Option<f64>); 3] = [
        (CheckKind::ScreenReplay, Some(0.49961)),
        (CheckKind::PrintedCopy, Some(0.9)),
        (CheckKind::PortraitSubstitution, None),
    ];

    #[test]
    fn a_result_in_each_vendors_words() {
        assert_eq!(
            export(assessed(&CHECKS, &[]), ResultFormat::LivenessApi),
            Some(serde_json::json!({
                "sessionId": "secondlook-7", "score": 0.49961, "hasError": false,
            }))
        );
        assert_eq!(
            export(assessed(&CHECKS, &[]), ResultFormat::IdrndResults),
            Some(serde_json::json!({
                "sessionId": "secondlook-7",
                "documentLivenessIdRnD": {
                    "success": true, "result": true, "message": "success",
                    "imageQualityFindings": [],
                    "data": {
                        "front": {
                            "screenReplay": {"threshold": 0.5, "live": 0, "probability": 0.499},
                            "printedCopy": {"threshold": 0.5, "live": 1, "probability": 0.9},
                            "portraitSubstitution":
                                {"threshold": 0.5, "live": 2, "probability": null},
                            "live": 0,
                        },
                        "back": null,
                    },
                },
            }))
        );
        let c = export(assessed(&CHECKS, &[]), ResultFormat::LivenessObject).expect("a result");
        assert_eq!(c["status"], "completed");
        assert_eq!(c["validationResults"]["screenReplay"]["passed"], false);
        assert_eq!(c["validationResults"]["printedCopy"]["score"], 0.9);
        assert_eq!(
            c["validationResults"].get("portraitSubstitution"),
            None,
            "what was not performed has neither passed nor failed"
        );
    }

    #[test]
    fn an_error_is_no_score() {
        let case = || assessed(&[], &[ErrorCode::DocumentNotFound]);
        assert_eq!(
            export(case(), ResultFormat::LivenessApi),
            Some(serde_json::json!({
                "sessionId": "secondlook-7", "hasError": true, "error": "DOCUMENT_NOT_FOUND",
            }))
        );
        let b = export(case(), ResultFormat::IdrndResults).expect("a result");
        let signal = &b["documentLivenessIdRnD"];
        assert_eq!(
            signal["data"],
            serde_json::json!({"front": null, "back": null})
        );
        assert_eq!(
            signal["imageQualityFindings"][0]["code"],
            "DOCUMENT_NOT_FOUND"
        );
        let c = export(case(), ResultFormat::LivenessObject).expect("a result");
        assert_eq!((&c["status"], c.get("riskScore")), (&"failed".into(), None));
    }

    #[test]
    fn a_case_without_a_result_is_left_out_and_counted() {
        for format in [
            ResultFormat::LivenessApi,
            ResultFormat::IdrndResults,
            ResultFormat::LivenessObject,
        ] {
            assert_eq!(export(a_case(), format), None, "{format:?}");
        }
        let row = export(a_case(), ResultFormat::Table(TableFormat::JsonLines));
        assert_eq!(row.expect("a row")["score"], serde_json::Value::Null);
    }

    #[test]
    fn rounding_never_crosses_the_threshold() {
        for (p, threshold, expected) in [
            (0.4996, 0.5, 0.499),
            (0.5, 0.5, 0.5),
            (0.50049, 0.5, 0.5),
            (0.3004, 0.3002, 0.301),
            (0.123_45, 0.5, 0.123),
            (1.0, 1.0, 1.0),
            (0.0, 0.0, 0.0),
        ] {
            let (p, threshold) = (Probability::new(p), Probability::new(threshold));
            let (p, threshold) = (p.expect("0 to 1"), threshold.expect("0 to 1"));
            assert_eq!(thousandths(p, threshold), expected, "{p} at {threshold}");
        }
    }
}
