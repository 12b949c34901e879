//! Verdicts, results or the ledger into a file: asked for at the desk, written by a job of its own.

use std::path::{Path, PathBuf};

use super::bench::Came;
use super::report::Notice;
use super::views::dialogs::Dialog;
use super::views::questions::Question;
use super::{App, State};
use crate::case::{CaseId, Time};
use crate::clock;
use crate::config::Workspace;
use crate::export::{self, Export, ResultFormat, TableFormat};
use crate::jobs::JobContext;
use crate::store::Store;
use crate::words::words;

/// What can be written, in the order of the dialog.
pub(crate) const EXPORTS: [Export; 9] = [
    Export::Labels(TableFormat::Csv),
    Export::Labels(TableFormat::JsonLines),
    Export::Results(ResultFormat::Table(TableFormat::Csv)),
    Export::Results(ResultFormat::Table(TableFormat::JsonLines)),
    Export::Results(ResultFormat::LivenessApi),
    Export::Results(ResultFormat::IdrndResults),
    Export::Results(ResultFormat::LivenessObject),
    Export::Ledger(TableFormat::Csv),
    Export::Ledger(TableFormat::JsonLines),
];

/// What is written and how, for a person.
pub(crate) fn title(what: Export) -> &'static str {
    match what {
        Export::Labels(TableFormat::Csv) => words!("export-labels.csv"),
        Export::Labels(TableFormat::JsonLines) => words!("export-labels.jsonl"),
        Export::Results(ResultFormat::Table(TableFormat::Csv)) => words!("export-results.csv"),
        Export::Results(ResultFormat::Table(TableFormat::JsonLines)) => {
            words!("export-results.jsonl")
        }
        Export::Results(ResultFormat::LivenessApi) => words!("export-results.a"),
        Export::Results(ResultFormat::IdrndResults) => words!("export-results.b"),
        Export::Results(ResultFormat::LivenessObject) => words!("export-results.c"),
        Export::Ledger(TableFormat::Csv) => words!("export-ledger.csv"),
        Export::Ledger(TableFormat::JsonLines) => words!("export-ledger.jsonl"),
    }
}

/// The path with the ending that belongs to what is written.
pub(crate) fn with_ending(path: &str, what: Export) -> String {
    let csv = matches!(
        what,
        Export::Labels(TableFormat::Csv)
            | Export::Ledger(TableFormat::Csv)
            | Export::Results(ResultFormat::Table(TableFormat::Csv))
    );
    let ending = if csv { "csv" } else { "jsonl" };
    Path::new(path).with_extension(ending).display().to_string()
}

impl App {
    /// Asks what is to be written where; first of all the labels, into the person's own folder.
    pub(super) fn ask_for_export(&mut self, now: Time) {
        let State::Ready(desk) = &self.state else {
            return;
        };
        let day = clock::local(now);
        let name = format!("secondlook-{}", day.split(' ').next().unwrap_or_default());
        let home = directories::UserDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let what = EXPORTS[0];
        self.dialog = Some(Dialog::Question(Question::Export {
            what,
            n_picked: desk.picked.len(),
            only_picked: !desk.picked.is_empty(),
            path: with_ending(
                &home.unwrap_or_default().join(name).display().to_string(),
                what,
            ),
        }));
    }

    pub(super) fn export(&mut self, what: Export, only_picked: bool, path: &str) {
        let State::Ready(desk) = &self.state else {
            return;
        };
        // A ledger without some of its rows proves nothing.
        let picked = only_picked && !matches!(what, Export::Ledger(_));
        let cases = picked.then(|| desk.picked.iter().copied().collect::<Vec<CaseId>>());
        let workspace = self.options.workspace.clone();
        let path = PathBuf::from(path.trim());
        self.jobs.start(words!("job-export"), move |context| {
            let written = write(&workspace, what, cases.as_deref(), &path, context);
            Came {
                notice: written.unwrap_or_else(|reason| {
                    Notice::failed(words!("export-failed", reason = reason))
                }),
                report: None,
            }
        });
    }
}

/// Writes the file, on a connection of its own. An error says in words what is in the way.
fn write(
    workspace: &Workspace,
    what: Export,
    cases: Option<&[CaseId]>,
    path: &Path,
    context: &JobContext,
) -> Result<Notice, String> {
    let name = path.display().to_string();
    if path.exists() {
        return Err(words!("export-exists", path = name));
    }
    let store = Store::open_read_only(workspace).map_err(|error| error.to_string())?;
    let n_read = std::cell::Cell::new(0);
    let go_on = || {
        n_read.set(n_read.get() + 1);
        context.progress(n_read.get(), None, "");
        !context.is_cancelled()
    };
    let written = export::write_file(path, &store, what, cases, &go_on)
        .map_err(|error| words!("export-unwritten", path = &name, error = error.to_string()))?;
    Ok(match written {
        None => Notice::done(words!("export-stopped").to_owned()),
        Some(written) if written.n_left_out > 0 && !matches!(what, Export::Labels(_)) => {
            let left_out = words!("export-left-out", count = written.n_left_out);
            let rows = words!("export-done", count = written.n_rows, path = name);
            Notice::done(format!("{rows}; {left_out}"))
        }
        Some(written) => Notice::done(words!("export-done", count = written.n_rows, path = name)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_has_the_ending_of_its_format() {
        assert_eq!(with_ending("a/b.csv", EXPORTS[1]), "a/b.jsonl");
        assert_eq!(with_ending("a/b.2026", EXPORTS[2]), "a/b.csv");
        assert_eq!(with_ending("b", EXPORTS[5]), "b.jsonl");
    }
}
