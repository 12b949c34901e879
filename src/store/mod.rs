//! The workspace on disk: one SQLite file, the originals beside it, and who is at work on them.
//!
//! Every change is one transaction that writes the state and the ledger's rows together, and it is
//! on disk when the method returns. Nothing here reads the clock, judges a probability or knows who
//! asks: times and actors come in as arguments, and judgements are those of [`crate::routing`].
//! `rusqlite` appears in this module and nowhere else.
//!
//! | File | Holds |
//! | --- | --- |
//! | `schema.rs` | the tables, the migrations, how the file is opened |
//! | `originals.rs` | pictures and result files under their hashes |
//! | `sessions.rs` | who is at work, and what the dead leave behind |
//! | `intake.rs` | what comes in: cases, pictures, vendors' results |
//! | `runs.rs` | our engine's runs, and the routes that follow |
//! | `queue.rs` | pages, counts, claims |
//! | `verdicts.rs` | decide and undo |
//! | `cases.rs` | whole cases out again |
//! | `ledger.rs` | the chain of events |
//! | `verify.rs` | whether all of it still holds together |

mod cases;
mod error;
mod intake;
mod ledger;
mod originals;
mod queue;
mod runs;
mod sql;
mod types;
mod verdicts;
mod verify;

use crate::case::Time;
use crate::config::Workspace;

pub use error::StoreError;
pub use ledger::LedgerRow;
pub use originals::Originals;
pub use types::{
    CaseRecord, Claim, Counts, Cursor, Finished, Page, QueueRow, Received, Ruling, Run, Taken,
    TakenIn, Verdict, View,
};
pub use verify::{Problem, VerifyProgress, VerifyReport, VerifyStage};

/// One connection to a workspace. It may move between threads, but serves one at a time: a job that
/// works beside the window opens its own with [`Store::another`].
#[derive(Debug)]
pub struct Store {
    originals: Originals,
}

impl Store {
    /// Opens a workspace, makes it where there is none, brings it up to date, and gives back what
    /// dead sessions held.
    ///
    /// # Errors
    ///
    /// [`StoreError::Newer`], [`StoreError::NotOurs`] and [`StoreError::Damaged`] leave the file as
    /// it is; [`StoreError::File`] and [`StoreError::Database`] name what was refused.
    pub fn open(workspace: &Workspace, now: Time) -> Result<Self, StoreError> {
        unimplemented!()
    }

    /// Opens a workspace that is there and up to date, to read it only.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoWorkspace`], [`StoreError::Older`], and as [`Self::open`].
    pub fn open_read_only(workspace: &Workspace) -> Result<Self, StoreError> {
        unimplemented!()
    }

    /// A second connection in the same session, for another thread: both see each other's claims as
    /// their own.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn another(&self) -> Result<Self, StoreError> {
        unimplemented!()
    }

    /// Ends the session in good order: its claims are released, and what it was assessing waits
    /// again. A store that is merely dropped leaves that to the next one that is opened.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn close(self, now: Time) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Gives back what dead sessions held: cases in `processing` return to `new`, claims are
    /// released. Says how many cases that were. [`Self::open`] does it too.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn recover(&mut self, now: Time) -> Result<usize, StoreError> {
        unimplemented!()
    }

    /// The originals of this workspace.
    #[must_use]
    pub fn originals(&self) -> &Originals {
        &self.originals
    }
}
