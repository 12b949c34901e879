//! Verdicts: given, changed, taken back; each with what it rested on.

use super::types::{Ruling, Verdict};
use super::{Store, StoreError};
use crate::case::{Actor, CaseId, Time, VerdictId};

impl Store {
    /// Stores a verdict with its ledger row, and ends this session's claim on the case. A case that
    /// had one already then has a changed verdict; the old one is kept.
    ///
    /// # Errors
    ///
    /// [`StoreError::Claimed`] if another living session has the case open, [`StoreError::NoCase`],
    /// [`StoreError::Database`].
    pub fn decide(
        &mut self,
        case: CaseId,
        ruling: &Ruling,
        actor: &Actor,
        now: Time,
    ) -> Result<VerdictId, StoreError> {
        unimplemented!()
    }

    /// Takes a verdict back; the one before it, if any, stands again. Says which case it was.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotStanding`] if it was taken back before or changed since,
    /// [`StoreError::Claimed`], [`StoreError::NoVerdict`], [`StoreError::Database`].
    pub fn undo(
        &mut self,
        verdict: VerdictId,
        actor: &Actor,
        now: Time,
    ) -> Result<CaseId, StoreError> {
        unimplemented!()
    }

    /// The latest verdict by `actor` that stands.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn last_verdict(&self, actor: &Actor) -> Result<Option<Verdict>, StoreError> {
        unimplemented!()
    }
}
