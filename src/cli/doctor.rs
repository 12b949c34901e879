//! `doctor`: what is there, what is missing, and the way out.

use serde::Serialize;

use super::Ended;
use super::context::Context;
use crate::engine::manifest::Manifest;
use crate::engine::places::Places;
use crate::engine::runtime::{self, RuntimeChoice};
use crate::store::StoreError;

/// One thing that was looked at.
#[derive(Serialize)]
struct Looked<'a> {
    r#type: &'static str,
    part: &'static str,
    /// `ok`, `note` (works, could be better) or `fault`.
    state: &'static str,
    message: &'a str,
}

pub(super) fn run(context: &mut Context) -> anyhow::Result<Ended> {
    runtime(context)?;
    models(context)?;
    workspace(context)?;
    policy(context)?;
    display(context)?;
    Ok(Ended::Whole)
}

fn say(
    context: &mut Context,
    part: &'static str,
    state: &'static str,
    message: &str,
) -> anyhow::Result<()> {
    let out = &mut context.out;
    if state == "fault" {
        out.count_problem();
    }
    out.say(&format!("{part:10} {state:6} {message}"))?;
    out.object(&Looked {
        r#type: "doctor",
        part,
        state,
        message,
    })
}

fn runtime(context: &mut Context) -> anyhow::Result<()> {
    let places = Places::of_this_computer();
    let status = match runtime::status(RuntimeChoice::Auto, &places) {
        Ok(status) => status,
        Err(error) => return say(context, "runtime", "fault", &error.to_string()),
    };
    let from = status.path.map_or_else(
        || "built in".to_owned(),
        |path| format!("from {}", path.display()),
    );
    let fast = status.name == "onnxruntime";
    let state = if fast { "ok" } else { "note" };
    let message = format!(
        "{} {}, {from}. {}",
        status.name, status.version, status.other
    );
    say(context, "runtime", state, &message)?;
    for rejected in status.rejected {
        let message = format!("{}: {}", rejected.path.display(), rejected.reason);
        say(context, "runtime", "note", &message)?;
    }
    Ok(())
}

fn models(context: &mut Context) -> anyhow::Result<()> {
    let places = Places::of_this_computer();
    let manifest = match Manifest::find(&places) {
        Ok(manifest) => manifest,
        Err(error) => return say(context, "models", "fault", &error.to_string()),
    };
    for model in &manifest.models {
        let checks: Vec<&str> = model
            .checks
            .iter()
            .map(|entry| entry.check.name())
            .collect();
        let gives = if checks.is_empty() {
            String::new()
        } else {
            format!(" ({})", checks.join(", "))
        };
        let message = format!(
            "{} {}{gives}, {}",
            model.id,
            model.version,
            model.sha256.short()
        );
        say(context, "models", "ok", &message)?;
    }
    // Reading the manifest is not enough: a file may be damaged or of another shape.
    let engine = context.engine()?;
    for problem in engine.problems() {
        say(context, "models", "fault", &problem.to_string())?;
    }
    Ok(())
}

fn workspace(context: &mut Context) -> anyhow::Result<()> {
    let root = context.workspace.root.display().to_string();
    match context.store_read_only() {
        Ok(store) => {
            let n_cases = store.counts()?.of(crate::store::View::All);
            say(
                context,
                "workspace",
                "ok",
                &format!("{root}, {n_cases} cases"),
            )
        }
        Err(error) if matches!(error.downcast_ref(), Some(StoreError::NoWorkspace(_))) => {
            let message = format!("{root} is not there yet; it is made when something is added");
            say(context, "workspace", "ok", &message)
        }
        Err(error) => say(context, "workspace", "fault", &super::in_words(&error)),
    }
}

fn policy(context: &mut Context) -> anyhow::Result<()> {
    let path = context.workspace.policy();
    match context.policy() {
        Ok(policy) => {
            let reference = policy.reference();
            let whose = if path.exists() {
                "the workspace's own"
            } else {
                "the program's own"
            };
            let (version, hash) = (reference.version, reference.sha256.short());
            say(
                context,
                "policy",
                "ok",
                &format!("{whose}, version {version}, {hash}"),
            )
        }
        Err(error) => say(context, "policy", "fault", &super::in_words(&error)),
    }
}

fn display(context: &mut Context) -> anyhow::Result<()> {
    if cfg!(not(feature = "gui")) {
        let message = "this build has no window; build it with the feature `gui`";
        return say(context, "window", "note", message);
    }
    if cfg!(not(target_os = "linux")) {
        return say(
            context,
            "window",
            "ok",
            "this platform always has a display",
        );
    }
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("WAYLAND_DISPLAY") || set("DISPLAY") {
        say(context, "window", "ok", "a display is set")
    } else {
        let message = "neither DISPLAY nor WAYLAND_DISPLAY is set: the window cannot open here; \
                       the command line can do everything else";
        say(context, "window", "note", message)
    }
}
