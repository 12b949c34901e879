//! Our engine's runs over a case, and the routes that follow from them.

use super::types::Finished;
use super::{Store, StoreError};
use crate::case::{Actor, Assessment, CaseId, CaseRoute, Time};
use crate::routing::Policy;

impl Store {
    /// The cases that wait for our engine: `new`, with pictures; oldest first, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn unfinished(&self, limit: usize) -> Result<Vec<CaseId>, StoreError> {
        unimplemented!()
    }

    /// Marks a case as being assessed by this store, from whatever status it had.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] if another living session is assessing it, [`StoreError::NoCase`],
    /// [`StoreError::Database`].
    pub fn start(&mut self, case: CaseId, now: Time) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Stores a run and routes its case by the latest assessment of each source.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] if another living session is assessing it, [`StoreError::NoCase`],
    /// [`StoreError::Database`].
    pub fn finish(
        &mut self,
        case: CaseId,
        assessment: &Assessment,
        policy: &Policy,
        actor: &Actor,
        now: Time,
    ) -> Result<Finished, StoreError> {
        unimplemented!()
    }

    /// Marks a case as failed: the program, not the picture, was at fault. `reason` holds no
    /// personal data. A case that a vendor's result had routed stays where it was.
    ///
    /// # Errors
    ///
    /// As [`Self::finish`].
    pub fn fail(
        &mut self,
        case: CaseId,
        reason: &str,
        actor: &Actor,
        now: Time,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Gives a started case back to those that wait, as when its job was cancelled.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn put_back(&mut self, case: CaseId, now: Time) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Routes a case anew from its stored assessments, as after a change of policy. `None` if
    /// nothing has been said of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoCase`], [`StoreError::Database`].
    pub fn reroute(
        &mut self,
        case: CaseId,
        policy: &Policy,
        actor: &Actor,
        now: Time,
    ) -> Result<Option<CaseRoute>, StoreError> {
        unimplemented!()
    }
}
