//! The ledger: every event, in order, chained by hashes. It only grows.
//!
//! A row's hash is the SHA-256 of these bytes, whole numbers being big-endian 64-bit:
//!
//! ```text
//! "secondlook ledger 1\n"
//! hash of the row before (32 bytes; zeros for the first row)
//! seq, at (milliseconds since 1970)
//! length of actor in bytes, actor (UTF-8)
//! length of kind in bytes, kind (UTF-8)
//! case (0 for none)
//! length of body in bytes, body (UTF-8, JSON as stored)
//! ```
//!
//! So no two different rows have the same bytes, and whoever writes down the last hash can later
//! prove everything before it. Bodies name pictures, assessments, policies and notes by their
//! hashes and hold no personal data: they can never be erased.

use super::{Store, StoreError};
use crate::case::{Actor, CaseId, Sha256, Time};

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// 1 for the first row, then without gaps.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// Who.
    pub actor: Actor,
    /// What: `import`, `run`, `route`, `fail`, `claim`, `release`, `recover`, `assign`, `hold`,
    /// `escalate`, `resume`, `verdict`, `undo`.
    pub kind: String,
    /// The case that it is about. `None` for the workspace.
    pub case: Option<CaseId>,
    /// The details, as JSON.
    pub body: String,
    /// The hash of the row before; zeros for the first.
    pub prev: Sha256,
    /// The hash of this row.
    pub hash: Sha256,
}

impl LedgerRow {
    /// The hash that this row must have by its content.
    #[must_use]
    pub fn expected_hash(&self) -> Sha256 {
        hash_into(self, &mut Vec::new())
    }

    /// From the columns of [`COLUMNS`].
    pub(super) fn from_sql(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get::<_, i64>(0)?.cast_unsigned(),
            at: row.get(1)?,
            actor: row.get(2)?,
            kind: row.get(3)?,
            case: row.get(4)?,
            body: row.get(5)?,
            prev: row.get(6)?,
            hash: row.get(7)?,
        })
    }
}

/// What [`LedgerRow::from_sql`] reads.
pub(super) const COLUMNS: &str = "seq, at, actor, kind, case_id, body, prev, hash";

impl Store {
    /// The ledger from a number on, read a few rows at a time.
    pub fn ledger_rows(
        &self,
        from_seq: u64,
    ) -> impl Iterator<Item = Result<LedgerRow, StoreError>> + '_ {
        Pages::new(move |after: Option<&LedgerRow>| {
            let from = after.map_or(from_seq, |row| row.seq + 1);
            self.ledger_page(from)
        })
    }

    /// A case's own rows, first to last.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn history(&self, case: CaseId) -> Result<Vec<LedgerRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM ledger WHERE case_id = ?1 ORDER BY seq");
        let read = || -> rusqlite::Result<_> {
            let mut rows = self.conn.prepare_cached(&sql)?;
            rows.query_map([case], LedgerRow::from_sql)?.collect()
        };
        read().map_err(|error| StoreError::from(error).while_doing("reading a case's history"))
    }

    fn ledger_page(&self, from_seq: u64) -> Result<Vec<LedgerRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM ledger WHERE seq >= ?1 ORDER BY seq LIMIT 1000");
        let read = || -> rusqlite::Result<_> {
            let mut rows = self.conn.prepare_cached(&sql)?;
            rows.query_map([from_seq.cast_signed()], LedgerRow::from_sql)?
                .collect()
        };
        read().map_err(|error| StoreError::from(error).while_doing("reading the ledger"))
    }
}

/// The row's hash by its content; `scratch` is a buffer to use again.
pub(super) fn hash_into(row: &LedgerRow, scratch: &mut Vec<u8>) -> Sha256 {
    hash_parts(
        &Parts {
            prev: &row.prev.0,
            seq: row.seq.cast_signed(),
            at: row.at.0,
            actor: &row.actor.0,
            kind: &row.kind,
            case: row.case.map_or(0, |case| case.0),
            body: &row.body,
        },
        scratch,
    )
}

/// What a row's hash is made of, borrowed.
pub(super) struct Parts<'a> {
    pub(super) prev: &'a [u8],
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) actor: &'a str,
    pub(super) kind: &'a str,
    pub(super) case: i64,
    pub(super) body: &'a str,
}

/// The hash of a row's parts, in the encoding at the head of this file.
pub(super) fn hash_parts(parts: &Parts<'_>, scratch: &mut Vec<u8>) -> Sha256 {
    scratch.clear();
    scratch.extend_from_slice(b"secondlook ledger 1\n");
    scratch.extend_from_slice(parts.prev);
    scratch.extend_from_slice(&parts.seq.to_be_bytes());
    scratch.extend_from_slice(&parts.at.to_be_bytes());
    for text in [parts.actor, parts.kind] {
        scratch.extend_from_slice(&(text.len() as u64).to_be_bytes());
        scratch.extend_from_slice(text.as_bytes());
    }
    scratch.extend_from_slice(&parts.case.to_be_bytes());
    scratch.extend_from_slice(&(parts.body.len() as u64).to_be_bytes());
    scratch.extend_from_slice(parts.body.as_bytes());
    Sha256::of(scratch)
}

/// Reads page after page and hands out the items one by one; stops after an error.
pub(super) struct Pages<T, F> {
    fetch: F,
    page: std::vec::IntoIter<T>,
    last: Option<T>,
    is_done: bool,
}

impl<T: Clone, F: FnMut(Option<&T>) -> Result<Vec<T>, StoreError>> Pages<T, F> {
    /// `fetch` gives the items after the last one handed out; none ends it.
    pub(super) fn new(fetch: F) -> Self {
        Self {
            fetch,
            page: Vec::new().into_iter(),
            last: None,
            is_done: false,
        }
    }
}

impl<T: Clone, F: FnMut(Option<&T>) -> Result<Vec<T>, StoreError>> Iterator for Pages<T, F> {
    type Item = Result<T, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        if let Some(item) = self.page.next() {
            if self.page.as_slice().is_empty() {
                self.last = Some(item.clone());
            }
            return Some(Ok(item));
        }
        match (self.fetch)(self.last.as_ref()) {
            Ok(page) if page.is_empty() => {
                self.is_done = true;
                None
            }
            Ok(page) => {
                self.page = page.into_iter();
                self.next()
            }
            Err(error) => {
                self.is_done = true;
                Some(Err(error))
            }
        }
    }
}
