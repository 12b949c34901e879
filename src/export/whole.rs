//! A whole export: which cases, in which form, into a file that is never there by half.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::{ExportError, ResultFormat, TableFormat, Written, labels, ledger, results};
use crate::case::CaseId;
use crate::store::{Store, View};

/// What to write, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// The verdict of every settled case.
    Labels(TableFormat),
    /// Every event; never of some cases alone, or its chain could not be checked.
    Ledger(TableFormat),
    /// The result of every case.
    Results(ResultFormat),
}

/// Writes an export of these cases, or of all. `go_on` is asked before each row; what was written when it
/// says no is no whole export.
///
/// # Errors
///
/// [`ExportError`] if a case cannot be read or a row not be written.
pub fn write(
    store: &Store,
    what: Export,
    cases: Option<&[CaseId]>,
    go_on: &dyn Fn() -> bool,
    out: &mut dyn Write,
) -> Result<Written, ExportError> {
    let of = |view| store.cases(view, cases).take_while(|_| go_on());
    match what {
        Export::Labels(format) => labels(of(View::Decided), format, out),
        Export::Results(format) => results(of(View::All), format, out),
        Export::Ledger(format) => ledger(store.ledger_rows(1).take_while(|_| go_on()), format, out),
    }
}

/// Writes an export into a file: beside it first, and under its name when it is whole, flushed and not
/// stopped. `None` if `go_on` said no: then the file is as it was.
///
/// # Errors
///
/// As [`write`]; the file is then as it was.
pub fn write_file(
    path: &Path,
    store: &Store,
    what: Export,
    cases: Option<&[CaseId]>,
    go_on: &dyn Fn() -> bool,
) -> Result<Option<Written>, ExportError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let stopped = std::cell::Cell::new(false);
    let watched = || {
        let on = go_on();
        stopped.set(!on);
        on
    };
    let mut file = NamedTempFile::new_in(folder)?;
    let mut buffer = BufWriter::new(&mut file);
    let written = write(store, what, cases, &watched, &mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    if stopped.get() {
        return Ok(None);
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(io::Error::from)?;
    Ok(Some(written))
}
