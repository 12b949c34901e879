//! One change: a transaction in which the state and the ledger are written together.

use std::ops::Deref;

use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;

use super::StoreError;
use super::ledger::{self, LedgerRow};
use crate::case::{Actor, CaseId, PolicyRef, Sha256, Time};
use crate::routing::Policy;

/// A transaction under way. It is a connection too.
pub(super) struct Change<'a> {
    conn: &'a Connection,
    session: i64,
    actor: &'a Actor,
    now: Time,
    /// The last row of the ledger.
    seq: u64,
    hash: Sha256,
    /// The last numbers given, once one was asked for.
    last_assessment: Option<i64>,
    last_verdict: Option<i64>,
    last_remark: Option<i64>,
    /// Kept from row to row, for the bytes that are hashed.
    scratch: Vec<u8>,
}

impl Deref for Change<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn
    }
}

impl<'a> Change<'a> {
    /// `conn` must be inside a transaction that holds the write lock.
    pub(super) fn begin(
        conn: &'a Connection,
        session: i64,
        actor: &'a Actor,
        now: Time,
    ) -> Result<Self, StoreError> {
        let head = conn
            .prepare_cached("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| {
                Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))
            })
            .optional()?;
        let (seq, hash) = head.unwrap_or((0, Sha256([0; 32])));
        Ok(Self {
            conn,
            session,
            actor,
            now,
            seq,
            hash,
            last_assessment: None,
            last_verdict: None,
            last_remark: None,
            scratch: Vec::new(),
        })
    }

    pub(super) fn session(&self) -> i64 {
        self.session
    }

    pub(super) fn actor(&self) -> &'a Actor {
        self.actor
    }

    pub(super) fn now(&self) -> Time {
        self.now
    }

    /// The number of the ledger's last row.
    pub(super) fn last_seq(&self) -> i64 {
        self.seq.cast_signed()
    }

    /// The number that the next row of `table` is to have, each time another one: rows are never
    /// removed from it. An event that names the row can so be logged before it; the row points back
    /// to the event.
    pub(super) fn next_id(&mut self, table: Numbered) -> Result<i64, StoreError> {
        let (last, sql) = match table {
            Numbered::Assessment => (
                &mut self.last_assessment,
                "SELECT coalesce(max(id), 0) FROM assessment",
            ),
            Numbered::Verdict => (
                &mut self.last_verdict,
                "SELECT coalesce(max(id), 0) FROM verdict",
            ),
            Numbered::Remark => (
                &mut self.last_remark,
                "SELECT coalesce(max(id), 0) FROM remark",
            ),
        };
        let id = 1 + match *last {
            Some(last) => last,
            None => self.conn.query_row(sql, [], |row| row.get(0))?,
        };
        *last = Some(id);
        Ok(id)
    }

    /// Appends an event to the ledger. Rows that belong to it are inserted after it.
    pub(super) fn log(
        &mut self,
        kind: &str,
        case: Option<CaseId>,
        body: &impl Serialize,
    ) -> Result<(), StoreError> {
        let row = LedgerRow {
            seq: self.seq + 1,
            at: self.now,
            actor: self.actor.clone(),
            kind: kind.to_owned(),
            case,
            body: to_json(body)?,
            prev: self.hash,
            hash: Sha256([0; 32]),
        };
        let hash = ledger::hash_into(&row, &mut self.scratch);
        self.conn
            .prepare_cached(
                "INSERT OR FAIL INTO ledger (seq, at, actor, kind, case_id, body, prev, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                row.seq.cast_signed(),
                row.at,
                &row.actor,
                &row.kind,
                row.case,
                &row.body,
                row.prev,
                hash,
            ))?;
        (self.seq, self.hash) = (row.seq, hash);
        Ok(())
    }

    /// The number of a policy in the file; it is stored when it is first used.
    pub(super) fn policy(&self, policy: &Policy) -> Result<(i64, PolicyRef), StoreError> {
        let reference = policy.reference();
        let known = self
            .prepare_cached("SELECT id FROM policy WHERE sha256 = ?1")?
            .query_row([reference.sha256], |row| row.get(0))
            .optional()?;
        if let Some(id) = known {
            return Ok((id, reference));
        }
        self.prepare_cached("INSERT INTO policy (sha256, version, body) VALUES (?1, ?2, ?3)")?
            .execute((reference.sha256, &reference.version, to_json(policy)?))?;
        Ok((self.last_insert_rowid(), reference))
    }

    /// Nobody has the case open any more.
    pub(super) fn end_claim(&self, case: CaseId) -> Result<(), StoreError> {
        self.prepare_cached(
            "UPDATE cases SET claim_session = NULL, claimed_by = NULL, claimed_at = NULL,
                 claimed_until = NULL
             WHERE id = ?1",
        )?
        .execute([case])?;
        Ok(())
    }
}

/// The tables whose rows events name by number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Numbered {
    Assessment,
    Verdict,
    Remark,
}

/// Our own types as JSON.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unintelligible {
        what: "what is to be stored".to_owned(),
        reason: error.to_string(),
    })
}

/// Our own types from JSON; `what` names the row.
pub(super) fn from_json<'a, T: serde::Deserialize<'a>>(
    text: &'a str,
    what: impl FnOnce() -> String,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unintelligible {
        what: what(),
        reason: error.to_string(),
    })
}
