//! Who is at work on a workspace, and what the dead leave behind.
//!
//! Every store that writes has a session: a row in the file and a lock on `sessions/<name>.lock`
//! that the system gives back when the program ends, however it ends. A session whose lock can be
//! taken is dead: what it was assessing returns to `new`, its claims are released, its half-written
//! originals are cleared away. Sessions begin and are found dead under the database's write lock, so
//! that none is taken for dead between its row and its lock.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::{Connection, TransactionBehavior};

use super::change::Change;
use super::events::Why;
use super::originals::temporary_prefix;
use super::{Store, StoreError, program};
use crate::case::{CaseId, Time};
use crate::config::Workspace;

/// A session that this program holds.
#[derive(Debug)]
pub(super) struct Session {
    id: i64,
    name: String,
    /// Held as long as the session lives.
    _lock: File,
}

impl Session {
    pub(super) fn id(&self) -> i64 {
        self.id
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Store {
    /// Gives back what dead sessions held: cases in `processing` return to `new`, claims are
    /// released. Says how many cases that were. [`Self::open`] does it too.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn recover(&mut self, now: Time) -> Result<usize, StoreError> {
        let workspace = self.workspace.clone();
        let mut dead = Vec::new();
        let n_cases = self.change("recovering", &program(), now, |change| {
            let mut n_cases = 0;
            for (id, name) in others(change)? {
                let Some(lock) = Lock::of_dead(&workspace, &name) else {
                    continue;
                };
                n_cases += give_back(change, id, "its session ended unexpectedly")?;
                change.execute("DELETE FROM session WHERE id = ?1", [id])?;
                dead.push((name, lock));
            }
            Ok(n_cases)
        })?;
        for (name, lock) in dead {
            sweep(&workspace, &name);
            lock.clear();
        }
        Ok(n_cases)
    }

    /// Ends the session in good order: its claims are released, and what it was assessing waits
    /// again. While another store of the same session is open, this one is just closed; and a store
    /// that is merely dropped leaves all this to the next one that is opened.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn close(mut self, now: Time) -> Result<(), StoreError> {
        let Some(session) = &self.session else {
            return Ok(());
        };
        if Arc::strong_count(session) > 1 {
            return Ok(());
        }
        let (id, name) = (session.id, session.name.clone());
        self.change("ending the session", &program(), now, |change| {
            give_back(change, id, "its session ended")?;
            change.execute("DELETE FROM session WHERE id = ?1", [id])?;
            Ok(())
        })?;
        sweep(&self.workspace, &name);
        remove(&lock_path(&self.workspace, &name));
        Ok(())
    }
}

/// Waits until no other program is opening the workspace; dropping it lets the next one in.
pub(super) fn lock_opening(workspace: &Workspace) -> Result<File, StoreError> {
    let path = workspace.sessions().join("opening.lock");
    let lock = || {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)?;
        file.lock()?;
        Ok(file)
    };
    lock().map_err(|source| StoreError::File {
        doing: "opening the workspace",
        path: path.clone(),
        source,
    })
}

/// Begins a session: its lock first, then its row.
pub(super) fn begin(
    conn: &mut Connection,
    workspace: &Workspace,
    now: Time,
) -> Result<Session, StoreError> {
    let folder = workspace.sessions();
    let refused = |source| StoreError::File {
        doing: "beginning a session",
        path: folder.clone(),
        source,
    };
    let mut run = || {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let file = tempfile::Builder::new()
            .prefix("")
            .suffix(".lock")
            .rand_bytes(16)
            .tempfile_in(&folder)
            .map_err(refused)?;
        match file.as_file().try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(source)) => return Err(refused(source)),
            Err(TryLockError::WouldBlock) => {
                return Err(refused(std::io::ErrorKind::ResourceBusy.into()));
            }
        }
        let name = file
            .path()
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        tx.execute(
            "INSERT INTO session (name, opened_at) VALUES (?1, ?2)",
            (&name, now),
        )?;
        let id = tx.last_insert_rowid();
        tx.commit()?;
        let (lock, _path) = file.keep().map_err(|error| refused(error.error))?;
        Ok(Session {
            id,
            name,
            _lock: lock,
        })
    };
    run().map_err(|error: StoreError| error.while_doing("beginning a session"))
}

/// Whether a session is dead, for those who meet its claim.
pub(super) fn is_dead(change: &Change<'_>, workspace: &Workspace, session: i64) -> bool {
    let sql = "SELECT name FROM session WHERE id = ?1";
    let name: rusqlite::Result<String> = change.query_row(sql, [session], |row| row.get(0));
    // A lock that is taken here is let go at once; the next recovery takes it for good.
    name.is_ok_and(|name| Lock::of_dead(workspace, &name).is_some())
}

/// Releases a session's claims and returns to `new` what it was assessing.
fn give_back(change: &mut Change<'_>, session: i64, why: &str) -> Result<usize, StoreError> {
    let why = Why {
        why: why.to_owned(),
    };
    let cases = |change: &Change<'_>, sql| -> rusqlite::Result<Vec<CaseId>> {
        let mut found = change.prepare_cached(sql)?;
        found.query_map([session], |row| row.get(0))?.collect()
    };
    let run = cases(change, "SELECT id FROM cases WHERE run_session = ?1")?;
    for &case in &run {
        change
            .prepare_cached(
                "UPDATE cases SET status = 'new', run_session = NULL, updated_at = ?2 WHERE id = ?1",
            )?
            .execute((case, change.now()))?;
        change.log("recover", Some(case), &why)?;
    }
    let claimed = cases(change, "SELECT id FROM cases WHERE claim_session = ?1")?;
    for &case in &claimed {
        change.end_claim(case)?;
        change.log("release", Some(case), &why)?;
    }
    Ok(run.len() + claimed.len())
}

/// Every session but our own.
fn others(change: &Change<'_>) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut found = change.prepare_cached("SELECT id, name FROM session WHERE id <> ?1")?;
    found
        .query_map([change.session()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The lock of a dead session, held so that nobody else clears up after it too.
struct Lock {
    path: PathBuf,
    /// `None` if the file was gone.
    _file: Option<File>,
}

impl Lock {
    /// Takes the session's lock. `None` if it lives, or if nobody can tell.
    fn of_dead(workspace: &Workspace, name: &str) -> Option<Self> {
        let path = lock_path(workspace, name);
        match File::options().write(true).open(&path) {
            Ok(file) => file.try_lock().is_ok().then_some(Self {
                path,
                _file: Some(file),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Some(Self { path, _file: None })
            }
            Err(_unreadable) => None,
        }
    }

    fn clear(self) {
        remove(&self.path);
    }
}

fn lock_path(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.sessions().join(format!("{name}.lock"))
}

/// Clears away the originals that a session had half written.
fn sweep(workspace: &Workspace, name: &str) {
    let Ok(entries) = std::fs::read_dir(workspace.originals()) else {
        return;
    };
    let prefix = temporary_prefix(name);
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            remove(&entry.path());
        }
    }
}

/// Litter that cannot be removed does no harm.
fn remove(path: &std::path::Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::debug!("left behind, because it could not be removed: {error}");
    }
}
