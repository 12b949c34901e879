//! Paths that a person named into documents: which file is a front, which a back, which belong
//! together. No picture is opened here.
//!
//! The pairing rule, the same for files and folders: within one folder, a name that ends in
//! `front` or `back`, set off by `_`, `-`, a space or a dot, is that side of the document whose
//! name stands before it: `x_front.jpg` and `x_back.jpg` are the document `x`. A plain `x.jpg` is
//! the front of `x` where there is no `x_front`. A file called just `front.jpg` or `back.jpg`
//! belongs to its folder's name. Case does not matter. Every other picture is a front of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Problem;
use crate::case::Side;

/// The files of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFiles {
    /// The file's name without its ending and its side.
    pub label: String,
    /// The picture of the front.
    pub front: Option<PathBuf>,
    /// The picture of the back. A document may have nothing but a back.
    pub back: Option<PathBuf>,
}

/// What the named paths hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The documents, in the order of the paths named, sorted by name within a folder.
    pub documents: Vec<DocumentFiles>,
    /// Paths that are not there and folders that cannot be read.
    pub problems: Vec<Problem>,
    /// Files in folders that do not look like pictures by their names, and hidden ones.
    pub n_skipped: usize,
}

/// Finds the documents in `paths`: files, and folders with all that lies in them. A file named
/// itself is always tried; in folders only names that end as pictures do. With `back`, `paths` is
/// one front and `back` its other side, whatever their names.
#[must_use]
pub fn documents(paths: &[PathBuf], back: Option<&Path>) -> Found {
    let mut found = Found::default();
    if let Some(back) = back {
        match paths {
            [front] if !front.is_dir() && !back.is_dir() => {
                found.documents.push(DocumentFiles {
                    label: Named::of(front).label,
                    front: Some(front.clone()),
                    back: Some(back.to_owned()),
                });
            }
            _ => found.problems.push(Problem::new(
                back.display().to_string(),
                "a back goes with exactly one picture of a front",
                "Name one front, or let the names pair them: x_front.jpg and x_back.jpg",
            )),
        }
        return found;
    }
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        for file in expand(path, &mut found) {
            // The same file named twice, or in a folder that is named as well, is one document.
            let identity = std::fs::canonicalize(&file).unwrap_or_else(|_gone| file.clone());
            if seen.insert(identity) {
                files.push(file);
            }
        }
    }
    found.documents = pair(files);
    found
}

/// The pictures in `folder` and below it, in the order of their names; none where there is no such folder.
#[must_use]
pub fn pictures(folder: &Path) -> Vec<PathBuf> {
    expand(folder, &mut Found::default())
}

/// The endings of names that are taken from folders.
const ENDINGS: [&str; 8] = ["jpg", "jpeg", "jpe", "png", "webp", "tif", "tiff", "bmp"];

/// The files at `path`: itself, or the pictures in the folder.
fn expand(path: &Path, found: &mut Found) -> Vec<PathBuf> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return vec![path.to_owned()],
        Err(error) => {
            found.problems.push(unreadable(path, &error));
            return Vec::new();
        }
    }
    let mut files = Vec::new();
    let hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
    };
    let mut walk = WalkDir::new(path)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter();
    while let Some(entry) = walk.next() {
        match entry {
            Ok(entry) if hidden(&entry) => {
                found.n_skipped += 1;
                if entry.file_type().is_dir() {
                    walk.skip_current_dir();
                }
            }
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if entry.file_type().is_file() && has_picture_name(entry.path()) => {
                files.push(entry.into_path());
            }
            Ok(_) => found.n_skipped += 1,
            // A link to a folder above: everything in it is visited anyway.
            Err(error) if error.loop_ancestor().is_some() => found.n_skipped += 1,
            Err(error) => {
                let at = error.path().unwrap_or(path).to_owned();
                let error = error
                    .into_io_error()
                    .unwrap_or_else(|| std::io::Error::other("the folder could not be listed"));
                found.problems.push(unreadable(&at, &error));
            }
        }
    }
    files
}

fn has_picture_name(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        ENDINGS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(ending))
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    use std::io::ErrorKind;
    let (reason, way_out) = match error.kind() {
        ErrorKind::NotFound => (
            "there is nothing at this path".to_owned(),
            "Check the path: it may have been moved",
        ),
        ErrorKind::PermissionDenied => (
            "there is no permission to read it".to_owned(),
            "Ask its owner for that permission",
        ),
        _ => (
            format!("it could not be read: {error}"),
            "Try again, and check the disk or the network folder that holds it",
        ),
    };
    Problem::new(path.display().to_string(), reason, way_out)
}

/// What a file's name says.
struct Named {
    /// As written, without ending and side.
    label: String,
    /// `None` if the name does not say.
    side: Option<Side>,
}

impl Named {
    fn of(path: &Path) -> Self {
        let stem = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let stem = stem.unwrap_or_default();
        // Cutting at a length counted on the lower-case form is safe: the cut-off part is ASCII.
        let lower = stem.to_ascii_lowercase();
        for side in Side::ALL {
            let Some(rest) = lower.strip_suffix(side.name()) else {
                continue;
            };
            let label = &stem[..rest.len()];
            if label.is_empty() {
                let folder = path.parent().and_then(Path::file_name);
                let label = folder.map_or(stem.clone(), |name| name.to_string_lossy().into_owned());
                return Self {
                    label,
                    side: Some(side),
                };
            }
            let trimmed = label.trim_end_matches(['_', '-', ' ', '.']);
            if trimmed.len() < label.len() && !trimmed.is_empty() {
                return Self {
                    label: trimmed.to_owned(),
                    side: Some(side),
                };
            }
        }
        Self {
            label: stem,
            side: None,
        }
    }
}

/// Puts the sides of each document together, in the order in which they first appear.
fn pair(files: Vec<PathBuf>) -> Vec<DocumentFiles> {
    /// The document's place in the list, and whether its front's name says that it is one.
    struct Slot {
        at: usize,
        front_is_named: bool,
    }
    let mut documents: Vec<DocumentFiles> = Vec::new();
    let mut slots: BTreeMap<(PathBuf, String), Slot> = BTreeMap::new();
    let alone = |label: String, side: Side, file: PathBuf| match side {
        Side::Front => DocumentFiles {
            label,
            front: Some(file),
            back: None,
        },
        Side::Back => DocumentFiles {
            label,
            front: None,
            back: Some(file),
        },
    };
    for file in files {
        let named = Named::of(&file);
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        let key = (folder, named.label.to_lowercase());
        let side = named.side.unwrap_or(Side::Front);
        let front_is_named = named.side == Some(Side::Front);
        let Some(slot) = slots.get_mut(&key) else {
            slots.insert(
                key,
                Slot {
                    at: documents.len(),
                    front_is_named,
                },
            );
            documents.push(alone(named.label, side, file));
            continue;
        };
        let document = &mut documents[slot.at];
        let place = match side {
            Side::Front => &mut document.front,
            Side::Back => &mut document.back,
        };
        match place {
            None => {
                *place = Some(file);
                slot.front_is_named |= front_is_named;
            }
            // `x.jpg` came before `x_front.jpg`: the one that says so is the front.
            Some(plain) if front_is_named && !slot.front_is_named => {
                slot.front_is_named = true;
                let plain = std::mem::replace(plain, file);
                documents.push(alone(named.label, Side::Front, plain));
            }
            // A second file for the same side is a document of its own.
            Some(_) => documents.push(alone(named.label, side, file)),
        }
    }
    documents
}
