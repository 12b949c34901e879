//! The project's own sources, for tests that read them.

use std::path::{Path, PathBuf};

/// Every source file below a folder with its path from the root.
pub(crate) fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    found.sort();
    assert!(found.len() > 10, "the sources were not found");
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let inside = path.strip_prefix(root()).expect("under the root");
            let name = inside.to_string_lossy().replace('\\', "/");
            found.push((name, std::fs::read_to_string(&path).expect("UTF-8")));
        }
    }
}

/// The folder that `Cargo.toml` lies in.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
