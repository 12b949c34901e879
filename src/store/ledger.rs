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
    /// What: `import`, `run`, `route`, `fail`, `claim`, `release`, `recover`, `verdict`, `undo`.
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

impl Store {
    /// The ledger from a number on, read a few rows at a time.
    pub fn ledger_rows(
        &self,
        from_seq: u64,
    ) -> impl Iterator<Item = Result<LedgerRow, StoreError>> + '_ {
        let _ = from_seq;
        std::iter::empty()
    }

    /// A case's own rows, first to last.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn history(&self, case: CaseId) -> Result<Vec<LedgerRow>, StoreError> {
        unimplemented!()
    }
}
