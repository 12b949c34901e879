//! `demo`: a workspace of its own with made documents and made results, then the window.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Ended;
use super::args::DemoArgs;
use super::context::Context;
use super::work::watched;
use crate::case::ReadOptions;
use crate::config::{self, Workspace};
use crate::engine::places::Places;
use crate::intake;
use crate::pipeline::Summary;

pub(super) fn run(context: &mut Context, args: &DemoArgs) -> anyhow::Result<Ended> {
    if !context.workspace_named {
        context.workspace = Workspace::at(config::data_dir()?.join("demo"));
    }
    let samples = samples()?;
    let found = intake::documents(std::slice::from_ref(&samples), None);
    let results = results(&samples)?;
    let ended = watched(context, "documents", None, |pipeline| {
        let options = ReadOptions {
            calibrations: pipeline.policy.calibrations,
            ..ReadOptions::default()
        };
        let mut sum = pipeline.add(&found.documents, &options)?;
        for (name, file) in results {
            if sum.cancelled {
                break;
            }
            sum = both(sum, pipeline.import(&name, file, &options)?);
        }
        Ok(sum)
    })?;
    let root = context.workspace.root.display().to_string();
    context.out.say(&format!("the demo is in {root}"))?;
    context.end_at_once();
    Ok(match ended {
        Ended::Whole if !args.no_window => Ended::ThenWindow,
        other => other,
    })
}

/// The folder of made samples.
fn samples() -> anyhow::Result<PathBuf> {
    Places::of_this_computer().samples().context(
        "the samples are not on this computer: put the folder `assets` of the source beside the \
         program",
    )
}

/// The made results, opened, in the order of their names.
fn results(samples: &Path) -> anyhow::Result<Vec<(String, File)>> {
    let folder = samples.join("results");
    let reading = || format!("reading {}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(&folder).with_context(reading)? {
        paths.push(entry.with_context(reading)?.path());
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let file = File::open(&path).with_context(reading)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Ok((name.into_owned(), file))
        })
        .collect()
}

fn both(a: Summary, b: Summary) -> Summary {
    Summary {
        n_new: a.n_new + b.n_new,
        n_joined: a.n_joined + b.n_joined,
        n_known: a.n_known + b.n_known,
        n_assessed: a.n_assessed + b.n_assessed,
        n_problems: a.n_problems + b.n_problems,
        n_unknown_fields: a.n_unknown_fields + b.n_unknown_fields,
        cancelled: a.cancelled || b.cancelled,
    }
}
