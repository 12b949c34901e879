//! The file itself: SQLite's own checks, and the counts beside the queue.

use std::ops::ControlFlow;

use super::{Findings, Problem, VerifyStage};
use crate::store::{Store, StoreError};

/// What is done here, for the progress.
const N_CHECKS: u64 = 3;

pub(super) fn check(
    store: &Store,
    findings: &mut Findings<'_>,
) -> Result<ControlFlow<()>, StoreError> {
    let conn = &store.conn;
    let checks: [fn(&rusqlite::Connection, &mut Findings<'_>) -> rusqlite::Result<()>; 3] =
        [integrity, foreign_keys, counts];
    for (n_done, check) in (0..).zip(checks) {
        let step = findings.step(VerifyStage::Database, n_done, N_CHECKS);
        if step.is_break() {
            return Ok(step);
        }
        check(conn, findings)?;
    }
    Ok(findings.step(VerifyStage::Database, N_CHECKS, N_CHECKS))
}

fn integrity(conn: &rusqlite::Connection, findings: &mut Findings<'_>) -> rusqlite::Result<()> {
    let mut found = conn.prepare("PRAGMA integrity_check")?;
    let mut rows = found.query([])?;
    while let Some(row) = rows.next()? {
        let words: String = row.get(0)?;
        if words != "ok" {
            findings.add(Problem::Sqlite(words));
        }
    }
    Ok(())
}

fn foreign_keys(conn: &rusqlite::Connection, findings: &mut Findings<'_>) -> rusqlite::Result<()> {
    let mut found = conn.prepare("PRAGMA foreign_key_check")?;
    let mut rows = found.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        let id: Option<i64> = row.get(1)?;
        let words = format!(
            "row {} of {table} points to a row of {parent} that is not there",
            id.unwrap_or_default()
        );
        findings.add(Problem::Sqlite(words));
    }
    Ok(())
}

fn counts(conn: &rusqlite::Connection, findings: &mut Findings<'_>) -> rusqlite::Result<()> {
    let mut found = conn.prepare(
        "SELECT n_cases, (SELECT count(*) FROM cases WHERE cases.view = view_count.view)
         FROM view_count",
    )?;
    let mut rows = found.query([])?;
    while let Some(row) = rows.next()? {
        let (kept, found): (i64, i64) = (row.get(0)?, row.get(1)?);
        if kept != found {
            findings.add(Problem::CountWrong {
                kept: kept.cast_unsigned(),
                found: found.cast_unsigned(),
            });
        }
    }
    Ok(())
}
