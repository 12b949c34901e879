//! The other end of a run: what it asks for, what it tells, and what came of it.

use crate::case::{CaseId, CaseRoute, Time};
use crate::intake::Problem;

/// The other end of a long run: it asks for the time and for leave to go on, and tells what
/// happened.
pub struct Watch<'a> {
    /// This moment.
    pub now: &'a (dyn Fn() -> Time + Sync),
    /// Whether to stop after the current item. What was finished is kept.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Hears of every step.
    pub tell: &'a (dyn Fn(Event) + Sync),
}

/// Something that happened on the way.
#[derive(Clone, Debug)]
pub enum Event {
    /// So much is done. `total` is `None` while nobody knows.
    Progress {
        /// Documents, cases or bytes, by what is being done.
        done: u64,
        /// How many there are.
        total: Option<u64>,
    },
    /// A case was assessed and routed, and is on disk.
    Assessed {
        /// The case.
        case: CaseId,
        /// What a person calls it.
        label: String,
        /// Where it goes.
        route: CaseRoute,
    },
    /// The same pictures were there already, and nothing was added.
    AlreadyKnown {
        /// The case that holds them.
        case: CaseId,
        /// What a person calls them.
        label: String,
    },
    /// Result records up to here are on disk.
    Stored {
        /// Since the import began, those that were known already included.
        n_records: u64,
    },
    /// A field that the importer does not know; it is kept in the original.
    UnknownField {
        /// Where it stands in a record.
        path: String,
        /// In how many records.
        n_records: u64,
    },
    /// An item that could not be taken; the rest goes on.
    Problem(Problem),
}

/// What came of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases that are new.
    pub n_new: u64,
    /// Items that joined a case which was there.
    pub n_joined: u64,
    /// Items that were there already.
    pub n_known: u64,
    /// Cases that our engine assessed.
    pub n_assessed: u64,
    /// Items that could not be taken; each was told as a [`Event::Problem`].
    pub n_problems: u64,
    /// Fields of the import that no importer knows; each was told as an [`Event::UnknownField`].
    pub n_unknown_fields: u64,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
}
