//! What the ledger says against the tables: every assessment, verdict, picture and policy is the
//! one that an event names, and each is named once.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension as _};

use super::{Findings, Problem, VerifyStage};
use crate::case::{Actor, AssessmentId, CaseId, Label, Look, Sha256, VerdictId};
use crate::store::change::from_json;
use crate::store::events::{
    AssessmentRef, Decided, HandedUp, Import, KnownAnswerRef, PictureRef, PutOff, Ran, RemarkRef,
    Undone, assessment_hash,
};
use crate::store::verdicts::text_hash;
use crate::store::{Store, StoreError};

/// Rows between two reports of progress.
const STEP: u64 = 20_000;

pub(super) fn check(
    store: &Store,
    findings: &mut Findings<'_>,
) -> Result<ControlFlow<()>, StoreError> {
    let conn = &store.conn;
    let n_total = one_number(conn, "SELECT count(*) FROM ledger")?;
    let mut comparison = Comparison {
        conn,
        findings,
        named: Named::default(),
    };
    let mut found =
        conn.prepare("SELECT seq, kind, case_id, actor, body FROM ledger ORDER BY seq")?;
    let mut rows = found.query([])?;
    let mut n_done = 0;
    while let Some(row) = rows.next()? {
        n_done += 1;
        if n_done % STEP == 0 {
            let step = comparison
                .findings
                .step(VerifyStage::Events, n_done, n_total);
            if step.is_break() {
                return Ok(step);
            }
        }
        let event = Event {
            seq: row.get::<_, i64>(0)?.cast_unsigned(),
            case: row.get(2)?,
            body: row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?,
        };
        let kind = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let checked = match kind {
            "import" => comparison.import(&event),
            "run" => comparison.run(&event),
            "verdict" => comparison.verdict(&event, row.get(3)?),
            "undo" => comparison.undo(&event, row.get(3)?),
            "hold" => comparison.hold(&event, row.get(3)?),
            "escalate" => comparison.escalate(&event, row.get(3)?),
            "known_answer" => comparison.known_answer(&event),
            _ => Ok(()),
        };
        match checked {
            Err(StoreError::Unintelligible { reason, .. }) => {
                let seq = event.seq;
                let problem = Problem::LedgerUnintelligible { seq, reason };
                comparison.findings.add(problem);
            }
            other => other?,
        }
    }
    let named = comparison.named;
    named.compare(conn, findings)?;
    policies(conn, findings)?;
    cases(conn, findings)?;
    Ok(findings.step(VerifyStage::Events, n_total, n_total))
}

/// How many rows of each table the ledger names.
#[derive(Default)]
struct Named {
    n_received: u64,
    n_pictures: u64,
    n_assessments: u64,
    n_verdicts: u64,
    n_undone: u64,
    n_remarks: u64,
    n_known_answers: u64,
}

impl Named {
    fn compare(&self, conn: &Connection, findings: &mut Findings<'_>) -> Result<(), StoreError> {
        let tables = [
            ("received", self.n_received),
            ("picture", self.n_pictures),
            ("assessment", self.n_assessments),
            ("verdict", self.n_verdicts),
            ("verdict WHERE undone_at IS NOT NULL", self.n_undone),
            ("remark", self.n_remarks),
            ("known_answer", self.n_known_answers),
        ];
        for (table, n_named) in tables {
            let n_there = one_number(conn, &format!("SELECT count(*) FROM {table}"))?;
            if n_there != n_named {
                findings.add(Problem::NotInLedger {
                    table,
                    n_there,
                    n_named,
                });
            }
        }
        Ok(())
    }
}

/// A ledger row that names other rows.
struct Event<'a> {
    seq: u64,
    case: Option<CaseId>,
    body: &'a str,
}

impl Event<'_> {
    fn understand<'b, T: serde::Deserialize<'b>>(&'b self) -> Result<T, StoreError> {
        from_json(self.body, || format!("ledger row {}", self.seq))
    }
}

/// The ledger's rows against the rows that they name.
struct Comparison<'a, 'f> {
    conn: &'a Connection,
    findings: &'a mut Findings<'f>,
    named: Named,
}

impl Comparison<'_, '_> {
    fn import(&mut self, row: &Event<'_>) -> Result<(), StoreError> {
        let event: Import = row.understand()?;
        self.named.n_received += 1;
        let original = event.original.map(|original| original.sha256);
        let found: Option<(Option<CaseId>, Option<Sha256>)> = self
            .conn
            .prepare_cached("SELECT case_id, original FROM received WHERE content = ?1")?
            .query_row([event.content], |found| Ok((found.get(0)?, found.get(1)?)))
            .optional()?;
        if found != Some((row.case, original)) {
            self.findings.add(Problem::ReceivedChanged { seq: row.seq });
        }
        self.named.n_pictures += event.pictures.len() as u64;
        self.pictures(row, &event.pictures)?;
        if let Some(assessment) = &event.assessment {
            self.named.n_assessments += 1;
            self.assessment(row, assessment)?;
        }
        Ok(())
    }

    fn run(&mut self, row: &Event<'_>) -> Result<(), StoreError> {
        let event: Ran = row.understand()?;
        self.named.n_assessments += 1;
        self.assessment(row, &event.assessment)
    }

    fn assessment(&mut self, row: &Event<'_>, named: &AssessmentRef) -> Result<(), StoreError> {
        self.findings.report.n_compared += 1;
        let found: Option<(Option<CaseId>, i64, Sha256)> = self
            .conn
            .prepare_cached(
                "SELECT case_id, ledger_seq, body, judgement FROM assessment WHERE id = ?1",
            )?
            .query_row([named.id], |found| {
                let (body, judgement) = (found.get_ref(2)?.as_str()?, found.get_ref(3)?.as_str()?);
                let hash = assessment_hash(body, judgement);
                Ok((found.get(0)?, found.get(1)?, hash))
            })
            .optional()?;
        if found != Some((row.case, row.seq.cast_signed(), named.sha256)) {
            self.findings.add(Problem::AssessmentChanged {
                assessment: named.id,
                seq: row.seq,
            });
        }
        Ok(())
    }

    fn pictures(&mut self, row: &Event<'_>, named: &[PictureRef]) -> Result<(), StoreError> {
        let Some(case) = row.case else {
            return Ok(());
        };
        for picture in named {
            let is_there = self
                .conn
                .prepare_cached(
                    "SELECT 1 FROM picture WHERE case_id = ?1 AND side = ?2 AND sha256 = ?3",
                )?
                .exists((case, picture.side, picture.sha256))?;
            if !is_there {
                let seq = row.seq;
                self.findings.add(Problem::PicturesChanged { case, seq });
            }
        }
        Ok(())
    }

    fn verdict(&mut self, row: &Event<'_>, actor: Actor) -> Result<(), StoreError> {
        let event: Decided = row.understand()?;
        self.named.n_verdicts += 1;
        self.findings.report.n_compared += 1;
        let assessments = event.assessments.iter().map(|named| named.id).collect();
        let said = Said {
            case: row.case,
            actor,
            label: event.label,
            reason: event.reason,
            note_sha256: event.note_sha256,
            replaces: event.replaces,
            policy: event.policy.map(|policy| policy.sha256),
            assessments,
            look: event.look,
            asks_second: event.asks_second,
            blind: event.blind,
            marks_sha256: event.marks_sha256,
            act: event.act,
        };
        if Said::of(self.conn, event.verdict)? != Some(said) {
            self.findings.add(Problem::VerdictChanged {
                verdict: event.verdict,
                seq: row.seq,
            });
        }
        Ok(())
    }

    fn hold(&mut self, row: &Event<'_>, actor: Actor) -> Result<(), StoreError> {
        let event: PutOff = row.understand()?;
        self.remark(row, actor, &event.remark)
    }

    fn escalate(&mut self, row: &Event<'_>, actor: Actor) -> Result<(), StoreError> {
        let event: HandedUp = row.understand()?;
        self.remark(row, actor, &event.remark)
    }

    fn remark(
        &mut self,
        row: &Event<'_>,
        actor: Actor,
        named: &RemarkRef,
    ) -> Result<(), StoreError> {
        self.named.n_remarks += 1;
        let found: Option<(Option<CaseId>, Actor, String)> = self
            .conn
            .prepare_cached("SELECT case_id, actor, text FROM remark WHERE id = ?1")?
            .query_row([named.id], |found| {
                Ok((found.get(0)?, found.get(1)?, found.get(2)?))
            })
            .optional()?;
        let is_same = found.is_some_and(|(case, by, text)| {
            (case, by, Sha256::of(text.as_bytes())) == (row.case, actor, named.sha256)
        });
        if !is_same {
            self.findings.add(Problem::RemarkChanged { seq: row.seq });
        }
        Ok(())
    }

    fn known_answer(&mut self, row: &Event<'_>) -> Result<(), StoreError> {
        let event: KnownAnswerRef = row.understand()?;
        self.named.n_known_answers += 1;
        let found = self
            .conn
            .prepare_cached("SELECT answer, from_case FROM known_answer WHERE case_id = ?1")?
            .query_row([event.case], |found| {
                Ok(KnownAnswerRef {
                    case: event.case,
                    answer: found.get(0)?,
                    from: found.get(1)?,
                })
            })
            .optional()?;
        if found.as_ref() != Some(&event) {
            self.findings
                .add(Problem::KnownAnswerChanged { seq: row.seq });
        }
        Ok(())
    }

    fn undo(&mut self, row: &Event<'_>, actor: Actor) -> Result<(), StoreError> {
        let event: Undone = row.understand()?;
        self.named.n_undone += 1;
        let found: Option<(Option<Actor>, Option<i64>)> = self
            .conn
            .prepare_cached("SELECT undone_by, undone_seq FROM verdict WHERE id = ?1")?
            .query_row([event.verdict], |found| Ok((found.get(0)?, found.get(1)?)))
            .optional()?;
        if found != Some((Some(actor), Some(row.seq.cast_signed()))) {
            self.findings.add(Problem::VerdictChanged {
                verdict: event.verdict,
                seq: row.seq,
            });
        }
        Ok(())
    }
}

/// What a verdict says, from its row or from the ledger.
#[derive(PartialEq)]
struct Said {
    case: Option<CaseId>,
    actor: Actor,
    label: Label,
    reason: Option<String>,
    note_sha256: Option<Sha256>,
    replaces: Option<VerdictId>,
    policy: Option<Sha256>,
    assessments: Vec<AssessmentId>,
    look: Look,
    asks_second: bool,
    blind: bool,
    marks_sha256: Option<Sha256>,
    act: Option<i64>,
}

impl Said {
    fn of(conn: &Connection, verdict: VerdictId) -> Result<Option<Self>, StoreError> {
        let found = conn
            .prepare_cached(
                "SELECT case_id, actor, label, reason, note, replaces, policy.sha256, assessments,
                     look, asks_second, blind, marks, act
                 FROM verdict LEFT JOIN policy ON policy.id = policy_id WHERE verdict.id = ?1",
            )?
            .query_row([verdict], |row| {
                let (note, marks): (Option<String>, Option<String>) = (row.get(4)?, row.get(11)?);
                let said = Self {
                    case: row.get(0)?,
                    actor: row.get(1)?,
                    label: row.get(2)?,
                    reason: row.get(3)?,
                    note_sha256: text_hash(note.as_deref()),
                    replaces: row.get(5)?,
                    policy: row.get(6)?,
                    assessments: Vec::new(),
                    look: row.get(8)?,
                    asks_second: row.get(9)?,
                    blind: row.get(10)?,
                    marks_sha256: text_hash(marks.as_deref()),
                    act: row.get(12)?,
                };
                Ok((said, row.get::<_, String>(7)?))
            })
            .optional()?;
        let Some((said, assessments)) = found else {
            return Ok(None);
        };
        Ok(Some(Self {
            // What cannot be read equals nothing that the ledger names.
            assessments: serde_json::from_str(&assessments).unwrap_or(vec![AssessmentId(0)]),
            ..said
        }))
    }
}

fn policies(conn: &Connection, findings: &mut Findings<'_>) -> Result<(), StoreError> {
    let mut found = conn.prepare("SELECT sha256, body FROM policy")?;
    let mut rows = found.query([])?;
    while let Some(row) = rows.next()? {
        let sha256: Sha256 = row.get(0)?;
        let body = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        if Sha256::of(body.as_bytes()) != sha256 {
            findings.add(Problem::PolicyChanged(sha256));
        }
    }
    Ok(())
}

/// What the queue shows follows from the rows that the ledger names.
fn cases(conn: &Connection, findings: &mut Findings<'_>) -> Result<(), StoreError> {
    let wrong = [
        (
            "route",
            "SELECT id FROM cases WHERE route IS NOT (
                 SELECT json_extract(body, '$.route') FROM ledger
                 WHERE ledger.case_id = cases.id AND kind = 'route' ORDER BY seq DESC LIMIT 1)",
        ),
        (
            "verdict",
            "SELECT id FROM cases WHERE (verdict_id, verdict) IS NOT (
                 SELECT verdict.id, label FROM verdict
                 WHERE verdict.case_id = cases.id AND undone_at IS NULL
                 ORDER BY verdict.id DESC LIMIT 1)",
        ),
    ];
    for (what, sql) in wrong {
        let mut found = conn.prepare(sql)?;
        let mut rows = found.query([])?;
        while let Some(row) = rows.next()? {
            let case = row.get(0)?;
            findings.add(Problem::CaseChanged { case, what });
        }
    }
    Ok(())
}

fn one_number(conn: &Connection, sql: &str) -> Result<u64, StoreError> {
    let number: i64 = conn.query_row(sql, [], |row| row.get(0))?;
    Ok(number.cast_unsigned())
}
