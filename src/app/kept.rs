//! Small files of the window in the workspace: how it was left, its keys, its searches.

use std::path::Path;
use std::{fs, io};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is kept in a file. One that is missing or damaged counts for nothing.
pub(super) fn read<T: DeserializeOwned + Default>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Keeps something in a file.
///
/// # Errors
///
/// What kept the file from being written; the one before it is then still there.
pub(super) fn write(path: &Path, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, serde_json::to_vec_pretty(value)?)?;
    fs::rename(&new, path)
}
