//! The queue: pages in order, counts, and who has which case open.

use super::types::{Counts, Cursor, Page, QueueRow, View};
use super::{Store, StoreError};
use crate::case::{Actor, CaseId, Time};

impl Store {
    /// The rows of a view after a place, or from its beginning: highest priority first, then
    /// nearest to the threshold, then oldest.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn queue_page(
        &self,
        view: View,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        unimplemented!()
    }

    /// One case as a row of the queue.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoCase`], [`StoreError::Database`].
    pub fn queue_row(&self, case: CaseId) -> Result<QueueRow, StoreError> {
        unimplemented!()
    }

    /// How many cases each view holds; the cost does not grow with them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        unimplemented!()
    }

    /// The first case of the inbox after a place, or from its beginning, that nobody else has open.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn next_unclaimed(
        &self,
        after: Option<&Cursor>,
        now: Time,
    ) -> Result<Option<QueueRow>, StoreError> {
        unimplemented!()
    }

    /// Opens a case for this session and keeps others out for `minutes`; claiming again renews it.
    /// What another session held beyond its time, or died holding, is taken over.
    ///
    /// # Errors
    ///
    /// [`StoreError::Claimed`] if another living session has it open, [`StoreError::NoCase`],
    /// [`StoreError::Database`].
    pub fn claim(
        &mut self,
        case: CaseId,
        actor: &Actor,
        minutes: u32,
        now: Time,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Gives a case back that this session has open; says whether it had.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn release(&mut self, case: CaseId, actor: &Actor, now: Time) -> Result<bool, StoreError> {
        unimplemented!()
    }

    /// A number that changes when another connection has changed the workspace; asking is cheap.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn seen_changes(&self) -> Result<i64, StoreError> {
        unimplemented!()
    }
}
