//! The ledger, row by row, with everything that its hashes were made of: whoever holds the export
//! can check the chain without this program (`docs/json.md` says how).

use std::io::Write;

use serde::Serialize;

use super::{ExportError, Table, TableFormat, TableRow, Written};
use crate::case::Sha256;
use crate::clock;
use crate::store::{LedgerRow, StoreError};

const HEAD: [&str; 9] = [
    "seq", "at", "at_ms", "actor", "kind", "case", "body", "prev", "hash",
];

#[derive(Serialize)]
struct Row<'a> {
    seq: u64,
    at: String,
    at_ms: i64,
    actor: &'a str,
    kind: &'a str,
    case: Option<i64>,
    /// The text as it was hashed, not the value it stands for.
    body: &'a str,
    prev: Sha256,
    hash: Sha256,
}

impl TableRow for Row<'_> {
    fn cells(&self) -> Vec<String> {
        vec![
            self.seq.to_string(),
            self.at.clone(),
            self.at_ms.to_string(),
            self.actor.to_owned(),
            self.kind.to_owned(),
            self.case.map(|case| case.to_string()).unwrap_or_default(),
            self.body.to_owned(),
            self.prev.to_hex(),
            self.hash.to_hex(),
        ]
    }
}

/// Writes every row of the ledger, in order.
///
/// # Errors
///
/// [`ExportError`] if a row cannot be read or not be written.
pub fn ledger(
    rows: impl Iterator<Item = Result<LedgerRow, StoreError>>,
    format: TableFormat,
    out: &mut dyn Write,
) -> Result<Written, ExportError> {
    let mut written = Written::default();
    let mut table = Table::new(format, &HEAD, out)?;
    for row in rows {
        let row = row?;
        let row = Row {
            seq: row.seq,
            at: clock::rfc3339(row.at),
            at_ms: row.at.0,
            actor: &row.actor.0,
            kind: &row.kind,
            case: row.case.map(|case| case.0),
            body: &row.body,
            prev: row.prev,
            hash: row.hash,
        };
        table.row(&row)?;
        written.n_rows += 1;
    }
    table.end()?;
    Ok(written)
}
