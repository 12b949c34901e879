//! The ledger's chain: every row's hash, and every row after the one before it.
//!
//! A row carries the hash of the one before it, so a stretch of rows can be verified by itself; the
//! stretches are spread over the cores, each with a connection of its own. Rows are never changed,
//! so the connections need not see the same moment.

use std::ops::ControlFlow;
use std::path::Path;

use rayon::prelude::*;
use rusqlite::OptionalExtension as _;

use super::{Findings, Problem, VerifyStage};
use crate::case::Sha256;
use crate::store::ledger::{Parts, hash_parts};
use crate::store::{Store, StoreError, schema};

/// Rows in a stretch: long enough that opening a connection does not count.
const STRETCH: i64 = 50_000;

pub(super) fn check(
    store: &Store,
    findings: &mut Findings<'_>,
) -> Result<ControlFlow<()>, StoreError> {
    let conn = &store.conn;
    let last: Option<(i64, Sha256)> = conn
        .query_row(
            "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let n_rows = last.map_or(0, |(seq, _)| seq);
    let written: Option<i64> = conn
        .query_row(
            "SELECT seq FROM sqlite_sequence WHERE name = 'ledger'",
            [],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(written) = written.filter(|&written| written != n_rows) {
        findings.add(Problem::LedgerCut {
            last: n_rows.cast_unsigned(),
            expected: written.cast_unsigned(),
        });
    }
    let path = store.workspace.database();
    let starts: Vec<i64> = (0..n_rows).step_by(STRETCH as usize).collect();
    for round in starts.chunks(2 * rayon::current_num_threads()) {
        let checked = round
            .par_iter()
            .map(|&start| check_stretch(&path, start, (start + STRETCH).min(n_rows)))
            .collect::<Result<Vec<_>, _>>()?;
        for stretch in checked {
            findings.report.n_ledger_rows += stretch.n_rows;
            stretch
                .problems
                .into_iter()
                .for_each(|problem| findings.add(problem));
        }
        let n_done = findings.report.n_ledger_rows;
        let step = findings.step(VerifyStage::Ledger, n_done, n_rows.cast_unsigned());
        if step.is_break() {
            return Ok(step);
        }
    }
    findings.report.head = last.map(|(seq, hash)| (seq.cast_unsigned(), hash));
    Ok(ControlFlow::Continue(()))
}

#[derive(Default)]
struct Stretch {
    n_rows: u64,
    problems: Vec<Problem>,
}

/// Verifies the rows after `start` up to `end`. The row at `start` itself is read for its hash.
fn check_stretch(path: &Path, start: i64, end: i64) -> Result<Stretch, StoreError> {
    let conn = schema::open_read_only(path)?;
    let mut found = conn.prepare(
        "SELECT seq, at, actor, kind, case_id, body, prev, hash FROM ledger
         WHERE seq >= ?1 AND seq <= ?2 ORDER BY seq",
    )?;
    let mut rows = found.query([start, end])?;
    let mut stretch = Stretch::default();
    let (mut before, mut scratch) = ((start, Vec::new()), Vec::new());
    if start == 0 {
        before.1 = vec![0; 32];
    }
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let hash = blob(row, 7)?;
        if seq == start && start > 0 {
            before.1.extend_from_slice(hash);
            continue;
        }
        stretch.n_rows += 1;
        let prev = blob(row, 6)?;
        let parts = Parts {
            prev,
            seq,
            at: row.get(1)?,
            actor: text(row, 2)?,
            kind: text(row, 3)?,
            case: row.get::<_, Option<i64>>(4)?.unwrap_or(0),
            body: text(row, 5)?,
        };
        if hash_parts(&parts, &mut scratch).0 != hash {
            let problem = Problem::LedgerChanged(seq.cast_unsigned());
            stretch.problems.push(problem);
        }
        if seq != before.0 + 1 || prev != before.1 {
            let problem = Problem::LedgerBroken(seq.cast_unsigned());
            stretch.problems.push(problem);
        }
        before.0 = seq;
        before.1.clear();
        before.1.extend_from_slice(hash);
    }
    // Rows that are missing at the end of a stretch have no successor in it to tell.
    if before.0 != end {
        let problem = Problem::LedgerBroken((before.0 + 1).cast_unsigned());
        stretch.problems.push(problem);
    }
    Ok(stretch)
}

fn text<'a>(row: &'a rusqlite::Row<'_>, column: usize) -> rusqlite::Result<&'a str> {
    Ok(row.get_ref(column)?.as_str()?)
}

fn blob<'a>(row: &'a rusqlite::Row<'_>, column: usize) -> rusqlite::Result<&'a [u8]> {
    Ok(row.get_ref(column)?.as_blob()?)
}
