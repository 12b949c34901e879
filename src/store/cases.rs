//! Whole cases out again: for the desk and for export.

use super::types::{CaseRecord, View};
use super::{Store, StoreError};
use crate::case::{CaseId, Side};

impl Store {
    /// Everything about a case.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoCase`], [`StoreError::Unintelligible`], [`StoreError::Database`].
    pub fn case(&self, case: CaseId) -> Result<CaseRecord, StoreError> {
        unimplemented!()
    }

    /// Every case of a view, by number, read a few at a time.
    pub fn cases(&self, view: View) -> impl Iterator<Item = Result<CaseRecord, StoreError>> + '_ {
        let _ = view;
        std::iter::empty()
    }

    /// The case's thumbnail of a side, as JPEG. `None` if it has no picture of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn thumbnail(&self, case: CaseId, side: Side) -> Result<Option<Vec<u8>>, StoreError> {
        unimplemented!()
    }

    /// The original bytes of the case's latest picture of a side.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoPicture`], [`StoreError::NoOriginal`], and as [`super::Originals::read`].
    pub fn picture_bytes(&self, case: CaseId, side: Side) -> Result<Vec<u8>, StoreError> {
        unimplemented!()
    }
}
