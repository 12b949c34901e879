//! Searches that somebody keeps under a name, in the workspace.

use std::fs;
use std::io;

use serde::{Deserialize, Serialize};

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
    let text = fs::read_to_string(workspace.searches()).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Keeps them.
///
/// # Errors
///
/// What kept the file from being written; the one before it is then still there.
pub fn write(workspace: &Workspace, kept: &[Kept]) -> io::Result<()> {
    let path = workspace.searches();
    let new = path.with_extension("new");
    fs::write(&new, serde_json::to_vec_pretty(kept)?)?;
    fs::rename(&new, &path)
}
