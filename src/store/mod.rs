//! The workspace on disk: one SQLite file, the originals beside it, and who is at work on them.
//!
//! Every change is one transaction that writes the state and the ledger's rows together, and it is
//! on disk when the method returns. Nothing here reads the clock, judges a probability or knows who
//! asks: times and actors come in as arguments, and judgements are those of [`crate::routing`].
//! `rusqlite` appears in this module and nowhere else.
//!
//! | File | Holds |
//! | --- | --- |
//! | `change.rs` | a transaction that writes state and ledger together |
//! | `schema.rs` | the tables, the migrations, how the file is opened |
//! | `originals.rs` | pictures and result files under their hashes |
//! | `sessions.rs` | who is at work, and what the dead leave behind |
//! | `intake.rs` | what comes in: cases, pictures, vendors' results |
//! | `runs.rs` | our engine's runs, and the routes that follow |
//! | `queue.rs`, `search.rs` | pages, counts, claims; which cases in which order |
//! | `standing.rs` | whose a case is, on hold, handed up, looked at again |
//! | `verdicts.rs` | decide and undo |
//! | `known_answers.rs` | cases whose answer is known, among the others |
//! | `cases.rs` | whole cases out again |
//! | `ledger.rs`, `events.rs`, `explain.rs` | the chain of events, what each of them says, and in words |
//! | `verify/` | whether all of it still holds together |

mod cases;
mod change;
mod error;
mod events;
mod explain;
mod intake;
mod known_answers;
mod ledger;
mod originals;
mod queue;
mod runs;
mod schema;
mod search;
mod sessions;
mod sql;
mod standing;
#[cfg(test)]
mod tests;
mod types;
mod verdicts;
mod verify;

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, TransactionBehavior};

use crate::case::{Actor, Time};
use crate::config::Workspace;
use change::Change;
use sessions::Session;

pub use error::StoreError;
pub use ledger::LedgerRow;
pub use originals::Originals;
pub use search::{Cursor, Order, Search};
pub use types::{
    Agreement, CaseRecord, Claim, Counts, Finished, KnownCase, Page, QueueRow, Received, Remark,
    Ruling, Run, Taken, TakenIn, Verdict, View,
};
pub use verify::{Problem, VerifyProgress, VerifyReport, VerifyStage};

/// One connection to a workspace. It may move between threads, but serves one at a time: a job that
/// works beside the window opens its own with [`Store::another`].
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    workspace: Workspace,
    originals: Originals,
    /// `None` for reading only.
    session: Option<Arc<Session>>,
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
        for folder in [
            &workspace.root,
            &workspace.originals(),
            &workspace.sessions(),
        ] {
            make_folder(folder).map_err(|source| StoreError::File {
                doing: "making the workspace",
                path: folder.clone(),
                source,
            })?;
        }
        // Two programs that start at once must not both turn a new file into a workspace.
        let _opening = sessions::lock_opening(workspace)?;
        let mut conn = schema::open(&workspace.database())?;
        let session = sessions::begin(&mut conn, workspace, now)?;
        let originals = Originals::new(workspace.originals(), Some(session.name().to_owned()));
        let mut store = Self {
            conn,
            workspace: workspace.clone(),
            originals,
            session: Some(Arc::new(session)),
        };
        store.recover(now)?;
        Ok(store)
    }

    /// Opens a workspace that is there and up to date, to read it only.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoWorkspace`], [`StoreError::Older`], and as [`Self::open`].
    pub fn open_read_only(workspace: &Workspace) -> Result<Self, StoreError> {
        Ok(Self {
            conn: schema::open_read_only(&workspace.database())?,
            workspace: workspace.clone(),
            originals: Originals::new(workspace.originals(), None),
            session: None,
        })
    }

    /// A second connection in the same session, for another thread: both see each other's claims as
    /// their own.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn another(&self) -> Result<Self, StoreError> {
        let path = self.workspace.database();
        let conn = match self.session {
            Some(_) => schema::open(&path)?,
            None => schema::open_read_only(&path)?,
        };
        Ok(Self {
            conn,
            workspace: self.workspace.clone(),
            originals: self.originals.clone(),
            session: self.session.clone(),
        })
    }

    /// The originals of this workspace.
    #[must_use]
    pub fn originals(&self) -> &Originals {
        &self.originals
    }

    /// The workspace that this store is of.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Carries out a change as one transaction that holds the write lock from its start; state and
    /// ledger are on disk together when this returns, or neither is.
    fn change<T>(
        &mut self,
        doing: &'static str,
        actor: &Actor,
        now: Time,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let session = self.session.as_ref().ok_or(StoreError::ReadOnly)?;
        let run = || {
            let tx = self
                .conn
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut change = Change::begin(&tx, session.id(), actor, now)?;
            let done = work(&mut change)?;
            tx.commit()?;
            Ok(done)
        };
        run().map_err(|error: StoreError| error.while_doing(doing))
    }

    /// This session's number in the file; 0 is nobody's.
    fn session_id(&self) -> i64 {
        self.session.as_ref().map_or(0, |session| session.id())
    }
}

/// The program's own part, where no person did it.
fn program() -> Actor {
    Actor("program".to_owned())
}

/// Makes a folder that only this user can read: it will hold identity documents.
fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
