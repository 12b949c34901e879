//! Searches that somebody keeps under a name, in the workspace.

use std::io;

use serde::{Deserialize, Serialize};

use super::kept;
use crate::config::Workspace;
use crate::store::Search;

/// A search and its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is called.
    pub name: String,
    /// The search.
    pub search: Search,
}

/// The kept searches, oldest first. A file that is missing or damaged counts for nothing.
#[must_use]
pub fn read(workspace: &Workspace) -> Vec<Kept> {
    kept::read(&workspace.searches())
}

/// Keeps them.
///
/// # Errors
///
/// What kept the file from being written; the one before it is then still there.
pub fn write(workspace: &Workspace, searches: &[Kept]) -> io::Result<()> {
    kept::write(&workspace.searches(), searches)
}
