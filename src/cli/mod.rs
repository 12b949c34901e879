//! The command line: words in, exit code out.
//!
//! Two steps: `args.rs` holds what was typed, [`Context`] and the subcommands make out what it
//! means. Each subcommand is a file that calls the same functions as the window does and prints
//! what came back. Nothing here knows the window; where one is wanted, [`Next::Window`] says so.

mod args;
mod check;
mod context;
mod decide;
mod demo;
mod doctor;
mod export;
mod known;
mod out;
mod picture_json;
mod policy;
mod progress;
mod queue;
mod runtime;
mod show;
mod synth;
mod verify;
mod work;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::case::Actor;
use crate::config::Workspace;
use args::{Command, KnownCommand, PolicyCommand, RuntimeCommand, Typed};
use context::Context;
use out::{PipeClosed, Usage};

/// Everything asked for was done.
const DONE: u8 = 0;
/// Some items failed, and the report says which; or the whole command did.
const FAILED: u8 = 1;
/// Wrong use.
const WRONG_USE: u8 = 2;
/// Stopped by Ctrl-C; what was finished is kept.
const INTERRUPTED: u8 = 130;

/// What the program does after the words were understood.
#[derive(Debug)]
pub enum Next {
    /// Nothing more; the exit code says how it went.
    Exit(ExitCode),
    /// The window opens over this workspace.
    Window {
        /// The workspace.
        workspace: Workspace,
        /// Who sits at it.
        actor: Actor,
    },
}

/// How a command ended, short of an error that ended it.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// It ran to its end; items may have failed.
    Whole,
    /// It ran to its end, and the window is wanted next.
    ThenWindow,
    /// Ctrl-C stopped it.
    Interrupted,
}

/// Understands the words of a command line and carries them out.
#[must_use]
pub fn run(words: impl IntoIterator<Item = OsString>) -> Next {
    let typed = match Typed::try_parse_from(words) {
        Ok(typed) => typed,
        Err(error) => {
            // Help and the version come this way too; there is nobody to tell if printing fails.
            error.print().ok();
            let code = if error.use_stderr() { WRONG_USE } else { DONE };
            return Next::Exit(code.into());
        }
    };
    log();
    let mut context = match Context::new(typed.globals) {
        Ok(context) => context,
        Err(error) => return Next::Exit(report(&error)),
    };
    let ended = match typed.command {
        Some(command) => carry_out(&mut context, command).and_then(|ended| {
            context.out.flush()?;
            Ok(ended)
        }),
        None => Ok(Ended::ThenWindow),
    };
    match ended {
        Ok(Ended::ThenWindow) => Next::Window {
            workspace: context.workspace,
            actor: context.actor,
        },
        Ok(Ended::Interrupted) => Next::Exit(INTERRUPTED.into()),
        Ok(Ended::Whole) if context.out.n_problems > 0 => Next::Exit(FAILED.into()),
        Ok(Ended::Whole) => Next::Exit(DONE.into()),
        Err(error) => Next::Exit(report(&error)),
    }
}

fn carry_out(context: &mut Context, command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Check(args) => check::run(context, &args),
        Command::Add(args) => work::add(context, &args),
        Command::Import(args) => work::import(context, &args),
        Command::Rerun(args) => work::rerun(context, &args),
        Command::Demo(args) => demo::run(context, &args),
        Command::Known {
            command: KnownCommand::Add(args),
        } => known::add(context, &args),
        Command::Known {
            command: KnownCommand::Report,
        } => known::report(context),
        Command::Runtime {
            command: RuntimeCommand::Install,
        } => runtime::install(context),
        Command::Queue(args) => queue::run(context, &args),
        Command::Show(args) => show::run(context, &args),
        Command::Decide(args) => decide::run(context, args),
        Command::Undo(args) => decide::undo(context, &args),
        Command::Export(args) => export::run(context, &args),
        Command::Verify => verify::run(context),
        Command::Synth(args) => {
            synth::run(args, context.out.writer())?;
            Ok(Ended::Whole)
        }
        Command::Doctor => doctor::run(context),
        Command::Policy {
            command: PolicyCommand::Show,
        } => policy::show(context),
        Command::Policy {
            command: PolicyCommand::Check { file },
        } => policy::check(context, &file),
    }
}

/// Logs go to standard error, warnings and worse unless `SECONDLOOK_LOG` says otherwise.
fn log() {
    let filter = EnvFilter::try_from_env("SECONDLOOK_LOG").unwrap_or_else(|_| "warn".into());
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter);
    // Another subscriber may be there already, as in a test; then that one is right.
    subscriber.with_writer(std::io::stderr).try_init().ok();
}

/// Says what ended the command, and with which code it ends.
fn report(error: &anyhow::Error) -> ExitCode {
    if error.is::<PipeClosed>() {
        // Whoever read our output has seen enough.
        return DONE.into();
    }
    out::note(&format!("secondlook: {}", in_words(error)));
    if error.is::<Usage>() {
        WRONG_USE.into()
    } else {
        FAILED.into()
    }
}

/// The exit code of a window that has ended, and why it did not open where it did not.
#[must_use]
pub fn ended(window: anyhow::Result<()>) -> ExitCode {
    match window {
        Ok(()) => DONE.into(),
        Err(error) => report(&error),
    }
}

/// The error and its causes, each told once: many of ours say their cause themselves.
fn in_words(error: &anyhow::Error) -> String {
    error
        .chain()
        .skip(1)
        .fold(error.to_string(), |text, cause| {
            let cause = cause.to_string();
            if text.contains(&cause) {
                text
            } else {
                format!("{text}: {cause}")
            }
        })
}

/// Says that this build has no window.
#[must_use]
pub fn no_window() -> ExitCode {
    out::note(
        "secondlook: this build has no window; see `secondlook --help` for the command line, or \
         build it with the feature `gui`",
    );
    WRONG_USE.into()
}
