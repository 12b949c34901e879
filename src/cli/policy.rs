//! `policy show` and `policy check`: the rules by which documents are routed.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use super::Ended;
use super::context::Context;
use crate::case::Sha256;
use crate::intake::Problem;
use crate::routing::Policy;

#[derive(Serialize)]
struct Shown<'a> {
    r#type: &'static str,
    file: Option<String>,
    version: &'a str,
    sha256: Sha256,
    policy: &'a Policy,
}

pub(super) fn show(context: &mut Context) -> anyhow::Result<Ended> {
    let policy = context.policy()?;
    let path = context.workspace.policy();
    let file = path.exists().then(|| path.display().to_string());
    let reference = policy.reference();
    let out = &mut context.out;
    out.object(&Shown {
        r#type: "policy",
        file: file.clone(),
        version: &reference.version,
        sha256: reference.sha256,
        policy: &policy,
    })?;
    out.say(&serde_json::to_string_pretty(&policy)?)?;
    if !out.json {
        // Beside the policy and not in it, so that the output can be saved as a policy.
        let whose = file.map_or_else(
            || format!("the program's own; put another at {}", path.display()),
            |file| format!("from {file}"),
        );
        super::out::note(&format!("{} ({whose})", reference.sha256));
    }
    Ok(Ended::Whole)
}

pub(super) fn check(context: &mut Context, file: &Path) -> anyhow::Result<Ended> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).with_context(|| format!("reading {name}"))?;
    let out = &mut context.out;
    match Policy::from_json(&text) {
        Ok(policy) => {
            let reference = policy.reference();
            out.object(&Shown {
                r#type: "policy",
                file: Some(name.clone()),
                version: &reference.version,
                sha256: reference.sha256,
                policy: &policy,
            })?;
            out.say(&format!(
                "{name}: a policy, version {}, {}",
                reference.version, reference.sha256
            ))?;
        }
        Err(error) => out.problem(&Problem::new(
            name,
            error.to_string(),
            "`secondlook policy show` prints one that can be used",
        ))?,
    }
    Ok(Ended::Whole)
}
