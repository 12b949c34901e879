//! `verify`: whether the workspace still holds together.

use std::ops::ControlFlow;

use serde::Serialize;

use super::Ended;
use super::context::Context;
use super::progress;
use crate::case::Sha256;
use crate::intake::Problem;
use crate::store::VerifyStage;

#[derive(Serialize)]
struct Report {
    r#type: &'static str,
    sound: bool,
    stopped: bool,
    ledger_rows: u64,
    head_seq: Option<u64>,
    head_hash: Option<Sha256>,
    compared: u64,
    originals: u64,
    problems: usize,
}

pub(super) fn run(context: &mut Context) -> anyhow::Result<Ended> {
    let store = context.store_read_only()?;
    let stop = context.stop()?;
    let bar = progress::bar(Some(0), "rows and originals", context.out.json);
    let mut stage = None;
    let report = store.verify(&mut |now| {
        if stage != Some(now.stage) {
            stage = Some(now.stage);
            bar.set_message(stage_word(now.stage));
        }
        bar.set_length(now.n_total);
        bar.set_position(now.n_done);
        if stop.asked() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    bar.finish_and_clear();
    let report = report?;
    let out = &mut context.out;
    for problem in &report.problems {
        out.problem(&Problem::new(
            "workspace",
            problem.to_string(),
            "Restore the workspace from a backup",
        ))?;
    }
    out.object(&Report {
        r#type: "summary",
        sound: report.is_sound(),
        stopped: report.stopped,
        ledger_rows: report.n_ledger_rows,
        head_seq: report.head.map(|(seq, _)| seq),
        head_hash: report.head.map(|(_, hash)| hash),
        compared: report.n_compared,
        originals: report.n_originals,
        problems: report.problems.len(),
    })?;
    out.say(&format!(
        "{} ledger rows, {} assessments and verdicts, {} originals and the database file were read",
        report.n_ledger_rows, report.n_compared, report.n_originals
    ))?;
    if let Some((seq, hash)) = report.head {
        out.say(&format!("ledger head: row {seq}, {hash}"))?;
    }
    let words = match (report.stopped, report.problems.len()) {
        (true, _) => "stopped before the end".to_owned(),
        (false, 0) => "everything holds".to_owned(),
        (false, 1) => "1 thing does not hold".to_owned(),
        (false, n) => format!("{n} things do not hold"),
    };
    out.say(&words)?;
    Ok(if report.stopped {
        Ended::Interrupted
    } else {
        Ended::Whole
    })
}

fn stage_word(stage: VerifyStage) -> &'static str {
    match stage {
        VerifyStage::Ledger => "ledger",
        VerifyStage::Events => "ledger against tables",
        VerifyStage::Originals => "originals",
        VerifyStage::Database => "database file",
    }
}
