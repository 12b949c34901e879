//! `export`: verdicts, the ledger or results, to standard output or into a file.

use std::cell::Cell;
use std::io;

use anyhow::Context as _;
use serde::Serialize;

use super::Ended;
use super::args::{ExportArgs, ExportFormat, Exported};
use super::context::Context;
use super::out::{PipeClosed, Usage, note};
use super::progress;
use crate::export::{self, Export, ExportError, ResultFormat, TableFormat};

#[derive(Serialize)]
struct Summary<'a> {
    r#type: &'static str,
    file: &'a str,
    rows: u64,
    left_out: u64,
}

pub(super) fn run(context: &mut Context, args: &ExportArgs) -> anyhow::Result<Ended> {
    let what = meant(args.what, args.format)?;
    let store = context.store_read_only()?;
    let stop = context.stop()?;
    let show_bar = context.out.json || args.out.is_none();
    let bar = progress::bar(None, "read", show_bar);
    let stopped = Cell::new(false);
    let go_on = || {
        bar.inc(1);
        let go_on = !stop.asked();
        stopped.set(!go_on);
        go_on
    };
    let written = match &args.out {
        None => export::write(&store, what, None, &go_on, context.out.writer()),
        Some(path) => {
            let written = export::write_file(path, &store, what, None, &go_on)
                .with_context(|| format!("writing {}", path.display()))?;
            Ok(written.unwrap_or_default())
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
    if written.n_left_out > 0 && matches!(what, Export::Results(_)) {
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
fn meant(what: Exported, format: ExportFormat) -> Result<Export, Usage> {
    let table = match format {
        ExportFormat::Csv => Some(TableFormat::Csv),
        ExportFormat::Jsonl => Some(TableFormat::JsonLines),
        ExportFormat::A | ExportFormat::B | ExportFormat::C => None,
    };
    let wrong = || Usage("the formats a, b and c are for results; take csv or jsonl".to_owned());
    match what {
        Exported::Labels => table.map(Export::Labels).ok_or_else(wrong),
        Exported::Ledger => table.map(Export::Ledger).ok_or_else(wrong),
        Exported::Results => Ok(Export::Results(match format {
            ExportFormat::Csv => ResultFormat::Table(TableFormat::Csv),
            ExportFormat::Jsonl => ResultFormat::Table(TableFormat::JsonLines),
            ExportFormat::A => ResultFormat::LivenessApi,
            ExportFormat::B => ResultFormat::IdrndResults,
            ExportFormat::C => ResultFormat::LivenessObject,
        })),
    }
}
