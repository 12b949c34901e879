//! What comes in: a batch at a time, each batch in one transaction.

use super::types::{Taken, TakenIn};
use super::{Store, StoreError};
use crate::case::{Actor, CaseId, Incoming, Sha256, Time};
use crate::routing::Policy;

impl Store {
    /// Stores a batch in one transaction and says what became of each item, in order.
    ///
    /// What is stored already, by [`Incoming::content`], is not stored again. Items of one source
    /// with the same vendor's id share a case. A vendor's assessment is judged and its case routed
    /// at once; a case with pictures waits for our engine (see [`Self::unfinished`]). The originals
    /// must have been put before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses, [`StoreError::ReadOnly`]; the whole batch is then
    /// as if it had never come.
    pub fn take_in(
        &mut self,
        batch: &[Incoming],
        policy: &Policy,
        actor: &Actor,
        now: Time,
    ) -> Result<Vec<TakenIn>, StoreError> {
        unimplemented!()
    }

    /// The case that already holds this content.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn known(&self, content: &Sha256) -> Result<Option<CaseId>, StoreError> {
        unimplemented!()
    }
}
