//! `decide` and `undo`: a verdict given at the command line, and taken back.

use serde::Serialize;

use super::Ended;
use super::args::{DecideArgs, UndoArgs};
use super::context::Context;
use crate::clock;
use crate::review::{Desk, Words};

#[derive(Serialize)]
struct Decided {
    r#type: &'static str,
    case: i64,
    verdict: &'static str,
    verdict_id: i64,
}

pub(super) fn run(context: &mut Context, args: DecideArgs) -> anyhow::Result<Ended> {
    let policy = context.policy()?;
    let mut store = context.store()?;
    let label = args.verdict;
    let words = Words {
        reason: args.reason,
        note: args.note,
        ..Words::default()
    };
    let mut desk = Desk {
        store: &mut store,
        actor: &context.actor,
        policy: &policy,
    };
    let verdict = desk.decide(args.case_id, label, words, clock::now())?;
    store.close(clock::now())?;
    let out = &mut context.out;
    out.say(&format!("case {}: {}", args.case_id, label.title()))?;
    out.object(&Decided {
        r#type: "verdict",
        case: args.case_id.0,
        verdict: label.name(),
        verdict_id: verdict.0,
    })?;
    Ok(Ended::Whole)
}

pub(super) fn undo(context: &mut Context, args: &UndoArgs) -> anyhow::Result<Ended> {
    let mut store = context.store()?;
    let case = store.case(args.case_id)?;
    let Some(verdict) = case.verdict() else {
        anyhow::bail!("case {} has no verdict to take back", args.case_id);
    };
    store.undo(verdict.id, &context.actor, clock::now())?;
    store.close(clock::now())?;
    let label = verdict.ruling.label;
    let out = &mut context.out;
    out.say(&format!(
        "case {}: {} taken back",
        args.case_id,
        label.title()
    ))?;
    out.object(&Decided {
        r#type: "undone",
        case: args.case_id.0,
        verdict: label.name(),
        verdict_id: verdict.id.0,
    })?;
    Ok(Ended::Whole)
}
