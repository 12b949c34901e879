//! How the file is opened, what it must be, and the migrations that bring it up to date.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::StoreError;

/// Marks the file as ours in its header: "2ndL".
const APPLICATION_ID: i64 = 0x326e_644c;

/// What made the file what it is. Only ever add to the end: the file counts how many it has seen.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
];

/// How long a writer waits for another before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens the file to write, makes it where there is none, and brings it up to date.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    open_with(path, MIGRATIONS)
}

/// Opens a file that is there and up to date, to read.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        let root = path.parent().unwrap_or(path);
        return Err(StoreError::NoWorkspace(root.to_owned()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(|e| at_open(path, e))?;
    prepare_connection(&conn).map_err(|e| at_open(path, e))?;
    let n_seen = inspect(&conn, path, MIGRATIONS.len())?;
    if n_seen < MIGRATIONS.len() {
        return Err(StoreError::Older(path.to_owned()));
    }
    Ok(conn)
}

pub(super) fn open_with(path: &Path, migrations: &[&str]) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(|e| at_open(path, e))?;
    prepare_connection(&conn).map_err(|e| at_open(path, e))?;
    // Nothing is written before the file is known to be ours, whole and not too new.
    inspect(&conn, path, migrations.len())?;
    prepare_file(&conn).map_err(|e| at_open(path, e))?;
    migrate(&mut conn, path, migrations)?;
    Ok(conn)
}

/// What holds for this connection alone.
fn prepare_connection(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Without it SQLite plans some queries anew for every value, to use an index of a part of a
    // table; ours need no value for that.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(64);
    // Negative: in KiB. It is most of what an import of any length needs.
    conn.pragma_update(None, "cache_size", -24 * 1024)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // Without it REPLACE would slip past the triggers that refuse DELETE.
    conn.pragma_update(None, "recursive_triggers", true)?;
    // A commit is on disk when it returns.
    conn.pragma_update(None, "synchronous", "FULL")
}

/// What holds for the file; it takes effect outside a transaction only.
fn prepare_file(conn: &Connection) -> rusqlite::Result<()> {
    // Only a new file takes it: an assessment with its judgement fits a page.
    conn.pragma_update(None, "page_size", 8192)?;
    let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |_row| Ok(()))?;
    }
    // In pages: 128 MiB between two checkpoints, so that an import writes the pages of its indexes
    // to their places a few times and not with every batch.
    conn.pragma_update(None, "wal_autocheckpoint", 16 * 1024)?;
    // What an import leaves of the log is cut back to this many bytes.
    conn.pragma_update_and_check(None, "journal_size_limit", 8 << 20, |_row| Ok(()))
}

/// Refuses what is not ours, damaged or too new; else says how many migrations the file has seen.
fn inspect(conn: &Connection, path: &Path, n_known: usize) -> Result<usize, StoreError> {
    let look = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let facts = || -> rusqlite::Result<(i64, i64, i64)> {
        let sql = "SELECT count(*) FROM sqlite_schema";
        let n_tables = conn.query_row(sql, [], |row| row.get(0))?;
        Ok((n_tables, look("application_id")?, look("user_version")?))
    };
    let (n_tables, application_id, version) = facts().map_err(|e| at_open(path, e))?;
    if n_tables == 0 && version == 0 {
        return Ok(0);
    }
    if application_id != APPLICATION_ID {
        return Err(StoreError::NotOurs(path.to_owned()));
    }
    match usize::try_from(version) {
        Ok(n_seen) if n_seen <= n_known => Ok(n_seen),
        _ => Err(StoreError::Newer {
            path: path.to_owned(),
            found: usize::try_from(version).unwrap_or(usize::MAX),
            known: n_known,
        }),
    }
}

/// Runs what the file has not seen, in one transaction that holds the write lock from its start.
fn migrate(conn: &mut Connection, path: &Path, migrations: &[&str]) -> Result<(), StoreError> {
    let tx = conn
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|e| at_open(path, e))?;
    // Another program may have been faster.
    let n_seen = inspect(&tx, path, migrations.len())?;
    let unseen = migrations.get(n_seen..).unwrap_or_default();
    if unseen.is_empty() {
        return Ok(());
    }
    let run = || -> rusqlite::Result<()> {
        for migration in unseen {
            tx.execute_batch(migration)?;
        }
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", migrations.len() as i64)
    };
    run().map_err(|source| StoreError::Database {
        doing: "bringing the workspace up to date",
        source,
    })?;
    tx.commit().map_err(|e| at_open(path, e))
}

/// An error while opening: damage is named with its file.
fn at_open(path: &Path, source: rusqlite::Error) -> StoreError {
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::Damaged {
            path: path.to_owned(),
            reason: source.to_string(),
        },
        _ => StoreError::Database {
            doing: "opening the workspace",
            source,
        },
    }
}
