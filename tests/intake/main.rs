//! The boundary to the outside: pictures, folders and other people's JSON.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test cannot set up or find, it has found missing"
)]

mod finding;
mod formats;
mod pictures;
mod streams;

use secondlook::case::Sha256;
use secondlook::intake::Problem;
use secondlook::intake::results::{self, Record};

/// The records and the problems in `text`, called `file.json`.
fn read_all(text: impl AsRef<[u8]>) -> (Vec<Record>, Vec<Problem>) {
    let bytes = text.as_ref();
    let mut records = Vec::new();
    let mut problems = Vec::new();
    for item in results::read(bytes, "file.json", Sha256::of(bytes)) {
        match item {
            Ok(record) => records.push(record),
            Err(problem) => problems.push(problem),
        }
    }
    (records, problems)
}

/// The only record in `text`, which has no problem.
fn read_one(text: impl AsRef<[u8]>) -> Record {
    let (mut records, problems) = read_all(text);
    assert_eq!((records.len(), problems), (1, Vec::new()));
    records.remove(0)
}

/// The only problem in `text`, which has no record, without the file's name and the way out.
fn reason(text: impl AsRef<[u8]>) -> String {
    let (records, problems) = read_all(text);
    assert_eq!(
        (records.len(), problems.len()),
        (0, 1),
        "{records:?} {problems:?}"
    );
    assert!(!problems[0].way_out.is_empty());
    problems[0].reason.clone()
}
