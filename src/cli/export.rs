//! `export`: verdicts, the ledger or results, to standard output or into a file.

use std::cell::Cell;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;
use tempfile::NamedTempFile;

use super::Ended;
use super::args::{ExportArgs, ExportFormat, Exported};
use super::context::Context;
use super::out::{PipeClosed, Usage, note};
use super::progress;
use crate::export::{self, ExportError, ResultFormat, TableFormat, Written};
use crate::store::{Store, View};

#[derive(Serialize)]
struct Summary<'a> {
    r#type: &'static str,
    file: &'a str,
    rows: u64,
    left_out: u64,
}

pub(super) fn run(context: &mut Context, args: &ExportArgs) -> anyhow::Result<Ended> {
    let format = Meant::of(args.what, args.format)?;
    let store = context.store_read_only()?;
    let stop = context.stop()?;
    let show_bar = context.out.json || args.out.is_none();
    let bar = progress::bar(None, "read", show_bar);
    let stopped = Cell::new(false);
    let watch = || {
        bar.inc(1);
        let go_on = !stop.asked();
        stopped.set(!go_on);
        go_on
    };
    let written = match &args.out {
        None => write(&store, format, &watch, context.out.writer()),
        Some(path) => {
            let mut file = beside(path)?;
            let mut buffer = BufWriter::new(&mut file);
            let written = write(&store, format, &watch, &mut buffer)?;
            buffer.flush()?;
            drop(buffer);
            if !stopped.get() {
                file.as_file().sync_all()?;
                file.persist(path)
                    .with_context(|| format!("putting {} in place", path.display()))?;
            }
            Ok(written)
        }
    };
    bar.finish_and_clear();
    let written = match written {
        Err(ExportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            return Err(PipeClosed.into());
        }
        other => other?,
    };
    if stopped.get() {
        return Ok(Ended::Interrupted);
    }
    if written.n_left_out > 0 && matches!(format, Meant::Results(_)) {
        note(&format!(
            "{} cases without a result that this format can say were left out",
            written.n_left_out
        ));
    }
    if let Some(path) = &args.out {
        let file = path.display().to_string();
        context
            .out
            .say(&format!("{} rows in {file}", written.n_rows))?;
        context.out.object(&Summary {
            r#type: "summary",
            file: &file,
            rows: written.n_rows,
            left_out: written.n_left_out,
        })?;
    }
    Ok(Ended::Whole)
}

/// What to write and how, put together.
#[derive(Clone, Copy)]
enum Meant {
    Labels(TableFormat),
    Ledger(TableFormat),
    Results(ResultFormat),
}

impl Meant {
    fn of(what: Exported, format: ExportFormat) -> Result<Self, Usage> {
        let table = match format {
            ExportFormat::Csv => Some(TableFormat::Csv),
            ExportFormat::Jsonl => Some(TableFormat::JsonLines),
            ExportFormat::A | ExportFormat::B | ExportFormat::C => None,
        };
        let wrong =
            || Usage("the formats a, b and c are for results; take csv or jsonl".to_owned());
        match what {
            Exported::Labels => table.map(Self::Labels).ok_or_else(wrong),
            Exported::Ledger => table.map(Self::Ledger).ok_or_else(wrong),
            Exported::Results => Ok(Self::Results(match format {
                ExportFormat::Csv => ResultFormat::Table(TableFormat::Csv),
                ExportFormat::Jsonl => ResultFormat::Table(TableFormat::JsonLines),
                ExportFormat::A => ResultFormat::LivenessApi,
                ExportFormat::B => ResultFormat::IdrndResults,
                ExportFormat::C => ResultFormat::LivenessObject,
            })),
        }
    }
}

fn write(
    store: &Store,
    format: Meant,
    watch: &dyn Fn() -> bool,
    out: &mut dyn io::Write,
) -> Result<Written, ExportError> {
    match format {
        Meant::Labels(format) => {
            let cases = store.cases(View::Decided).take_while(|_| watch());
            export::labels(cases, format, out)
        }
        Meant::Ledger(format) => {
            let rows = store.ledger_rows(1).take_while(|_| watch());
            export::ledger(rows, format, out)
        }
        Meant::Results(format) => {
            let cases = store.cases(View::All).take_while(|_| watch());
            export::results(cases, format, out)
        }
    }
}

/// A temporary file in the folder of `path`, so that a name never stands for half an export.
fn beside(path: &Path) -> anyhow::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    NamedTempFile::new_in(folder).with_context(|| format!("making a file in {}", folder.display()))
}
