//! What the words before and after every subcommand mean: where, who, and how to print.

use std::fs;

use anyhow::Context as _;

use super::args::Globals;
use super::out::{Out, Usage};
use super::progress::Stop;
use crate::case::Actor;
use crate::clock;
use crate::config::{self, Workspace};
use crate::engine::{Engine, EngineOptions};
use crate::routing::Policy;
use crate::store::Store;

/// Documents that are looked at at once. Each has its picture in memory, 200 MB of it at worst.
const MAX_ENGINES: usize = 4;

/// What every subcommand is given.
pub(super) struct Context {
    pub(super) workspace: Workspace,
    /// Whether the workspace was named, on the command line or in the environment.
    pub(super) workspace_named: bool,
    pub(super) actor: Actor,
    pub(super) out: Out,
    /// Made when the first long work begins, and shared by what follows.
    stop: Option<Stop>,
}

impl Context {
    pub(super) fn new(globals: Globals) -> anyhow::Result<Self> {
        let actor = match globals.actor {
            Some(name) if name.trim().is_empty() => {
                return Err(Usage("--actor: a name is expected".to_owned()).into());
            }
            Some(name) => Actor(name),
            None => config::system_user(),
        };
        Ok(Self {
            workspace_named: globals.workspace.is_some(),
            workspace: Workspace::find(globals.workspace)?,
            actor,
            out: Out::stdout(globals.json),
            stop: None,
        })
    }

    /// The workspace, made where there is none.
    pub(super) fn store(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.workspace, clock::now())?)
    }

    /// The workspace as it is, for reading only.
    pub(super) fn store_read_only(&self) -> anyhow::Result<Store> {
        Ok(Store::open_read_only(&self.workspace)?)
    }

    /// The engine, made ready.
    pub(super) fn engine(&self) -> anyhow::Result<Engine> {
        Ok(Engine::open(&EngineOptions::default())?)
    }

    /// Engines for `n_documents` at once, one of them for each core but no more than [`MAX_ENGINES`]; a
    /// single one has the cores to itself.
    pub(super) fn engines(&self, n_documents: usize) -> anyhow::Result<Vec<Engine>> {
        let n_cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let n_engines = n_cores.min(MAX_ENGINES).min(n_documents);
        if n_engines < 2 {
            return Ok(vec![self.engine()?]);
        }
        let options = EngineOptions {
            n_threads: 1,
            ..EngineOptions::default()
        };
        let engines = (0..n_engines).map(|_| Engine::open(&options));
        Ok(engines.collect::<Result<_, _>>()?)
    }

    /// Whether Ctrl-C was pressed, from now on.
    pub(super) fn stop(&mut self) -> anyhow::Result<Stop> {
        if let Some(stop) = &self.stop {
            return Ok(stop.clone());
        }
        let stop = Stop::on_ctrl_c()?;
        self.stop = Some(stop.clone());
        Ok(stop)
    }

    /// The window comes next, which nothing has to wait for.
    pub(super) fn end_at_once(&self) {
        if let Some(stop) = &self.stop {
            stop.end_at_once();
        }
    }

    /// The policy in force: the workspace's own, else the program's.
    pub(super) fn policy(&self) -> anyhow::Result<Policy> {
        let path = self.workspace.policy();
        match fs::read_to_string(&path) {
            Ok(text) => {
                Policy::from_json(&text).with_context(|| format!("policy {}", path.display()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Policy::default()),
            Err(error) => {
                Err(error).with_context(|| format!("reading the policy {}", path.display()))
            }
        }
    }
}
