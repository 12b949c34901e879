//! `runtime install`: the pinned ONNX Runtime into the program's data folder.

use std::ops::ControlFlow;

use serde::Serialize;

use super::Ended;
use super::context::Context;
use super::progress;
use crate::engine::places::Places;
use crate::engine::runtime::install::{self, InstallError, Progress};

#[derive(Serialize)]
struct Summary<'a> {
    r#type: &'static str,
    library: &'a str,
    version: &'a str,
    was_there: bool,
}

pub(super) fn install(context: &mut Context) -> anyhow::Result<Ended> {
    let stop = context.stop()?;
    let bar = progress::bar(Some(0), "bytes", context.out.json);
    let installed = install::install(&Places::of_this_computer(), &mut |at| {
        if let Progress::Downloading {
            n_bytes,
            n_bytes_total,
        } = at
        {
            bar.set_length(n_bytes_total);
            bar.set_position(n_bytes);
        }
        if stop.asked() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    bar.finish_and_clear();
    let installed = match installed {
        Err(InstallError::Stopped) => return Ok(Ended::Interrupted),
        other => other?,
    };
    let library = installed.library.display().to_string();
    let words = if installed.was_there {
        "was there already"
    } else {
        "is in place"
    };
    let out = &mut context.out;
    out.say(&format!(
        "ONNX Runtime {} {words}: {library}",
        installed.version
    ))?;
    out.object(&Summary {
        r#type: "summary",
        library: &library,
        version: installed.version,
        was_there: installed.was_there,
    })?;
    Ok(Ended::Whole)
}
