//! What can go wrong in the store: what happened, why, and the way out. No personal data.

use std::path::PathBuf;

use crate::case::{Actor, CaseId, Sha256, Side, VerdictId};

/// Why the store could not do what was asked. What was asked then has not happened at all.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no workspace to read.
    #[error("there is no workspace at {}: add pictures or import results to make one", .0.display())]
    NoWorkspace(PathBuf),
    /// The file was made by a newer version of this program.
    #[error(
        "{} was written by a newer version of Second Look (its format is {found}, this program \
         knows up to {known}): update the program, or choose another workspace; the file was not \
         changed",
        .path.display()
    )]
    Newer {
        /// The SQLite file.
        path: PathBuf,
        /// Its format.
        found: usize,
        /// The newest format that this program knows.
        known: usize,
    },
    /// The file was made by an older version and may only be read.
    #[error(
        "{} was written by an older version of Second Look: start the program once, or add \
         something, to bring it up to date",
        .0.display()
    )]
    Older(PathBuf),
    /// The file is another program's.
    #[error(
        "{} is an SQLite file of another program: move it away, or choose another workspace; it \
         was not changed",
        .0.display()
    )]
    NotOurs(PathBuf),
    /// The file is damaged, or no SQLite file at all.
    #[error(
        "{} is damaged or is no SQLite file ({reason}): it was kept as it is; put a backup in its \
         place, or move it away and start anew",
        .path.display()
    )]
    Damaged {
        /// The SQLite file.
        path: PathBuf,
        /// SQLite's words.
        reason: String,
    },
    /// SQLite could not do it.
    #[error("{doing} failed: {}", super::sql::explain(.source))]
    Database {
        /// What was attempted, such as "storing a verdict".
        doing: &'static str,
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// A file or folder of the workspace could not be read or written.
    #[error("{doing} failed at {}: {source}", .path.display())]
    File {
        /// What was attempted, such as "storing an original".
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The bytes to be stored could not be read to their end.
    #[error("the original could not be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// An original is not where its hash says.
    #[error("the original {0} is missing from the workspace: run `secondlook verify`")]
    NoOriginal(Sha256),
    /// Something stored cannot be understood.
    #[error("{what} cannot be understood ({reason}): run `secondlook verify`")]
    Unintelligible {
        /// What, such as "assessment 12".
        what: String,
        /// Why.
        reason: String,
    },
    /// This store was opened for reading.
    #[error("this workspace was opened for reading only")]
    ReadOnly,
    /// No such case.
    #[error("there is no case {0}")]
    NoCase(CaseId),
    /// The case has no picture of that side.
    #[error("case {0} has no picture of its {side}", side = .1.name())]
    NoPicture(CaseId, Side),
    /// No such verdict.
    #[error("there is no verdict {id}", id = .0.0)]
    NoVerdict(VerdictId),
    /// Another window or program has the case open.
    #[error(
        "case {case} is open with {by} in another window or program: wait, or take another case"
    )]
    Claimed {
        /// The case.
        case: CaseId,
        /// Who has it open.
        by: Actor,
    },
    /// Another job is assessing the case.
    #[error("case {0} is being assessed by another job: wait until it is done")]
    Busy(CaseId),
    /// The case has a verdict.
    #[error("case {0} has a verdict: take it back first, or give another one")]
    Settled(CaseId),
    /// A person who has looked at the case may not settle it.
    #[error(
        "you have given case {0} a verdict before: where two people differ, a third one settles it"
    )]
    LookedBefore(CaseId),
    /// The verdict was undone before, or a later one stands.
    #[error("verdict {id} is not the one that stands: only the latest verdict of a case can be undone", id = .0.0)]
    NotStanding(VerdictId),
}

impl StoreError {
    /// Names what was attempted where a helper has not.
    pub(super) fn while_doing(self, what: &'static str) -> Self {
        match self {
            Self::Database { doing: "", source } => Self::Database {
                doing: what,
                source,
            },
            other => other,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        Self::Database { doing: "", source }
    }
}
