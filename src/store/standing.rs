//! Where a case stands at the desk: open, put off, handed up, decided, to be looked at again; and
//! whose it is.
//!
//! A case's view follows from its standing, and from its route where it is open. The standing
//! follows from the case's verdicts first, then from what people did with it, so that taking a
//! verdict back shows again what was there before.

use rusqlite::OptionalExtension as _;

use super::change::{Change, Numbered};
use super::events::{AssignedTo, HandedUp, Nothing, Prioritised, PutOff, RemarkRef, Why};
use super::queue::holder;
use super::types::{Remark, View};
use super::{Store, StoreError, program};
use crate::case::{Actor, CaseId, Label, Look, Route, Sha256, Status, Time, VerdictId};

/// What people have made of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing yet: it is where its route sends it.
    Open,
    /// Put off until a date.
    Held,
    /// Handed up.
    Escalated,
    /// Decided.
    Decided,
    /// Decided once; another person looks too.
    SecondLook,
    /// Decided twice and differently.
    Adjudication,
}

impl Standing {
    pub(super) const ALL: [Self; 6] = [
        Self::Open,
        Self::Held,
        Self::Escalated,
        Self::Decided,
        Self::SecondLook,
        Self::Adjudication,
    ];
}

/// The view that a case belongs in.
pub(super) fn view_of(standing: Standing, status: Status, route: Option<Route>) -> View {
    match (standing, route) {
        (Standing::Held, _) => View::Held,
        (Standing::Escalated, _) => View::Escalated,
        (Standing::Decided, _) => View::Decided,
        (Standing::SecondLook, _) => View::SecondLook,
        (Standing::Adjudication, _) => View::Adjudication,
        (Standing::Open, Some(Route::Review)) => View::Inbox,
        (Standing::Open, Some(Route::Accept)) => View::Accepted,
        (Standing::Open, Some(Route::Reject)) => View::Rejected,
        (Standing::Open, Some(Route::Retake)) => View::Retake,
        (Standing::Open, None) if status == Status::Failed => View::Failed,
        (Standing::Open, None) => View::Waiting,
    }
}

impl Store {
    /// Puts a case off until a time, and makes it `actor`'s. It comes back to its list by
    /// [`Self::wake`], or when somebody puts it back or decides it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Claimed`] if another living session has it open, [`StoreError::Settled`] if it
    /// has a verdict, [`StoreError::NoCase`], [`StoreError::Database`].
    pub fn hold(
        &mut self,
        case: CaseId,
        until: Time,
        why: &str,
        actor: &Actor,
        now: Time,
    ) -> Result<(), StoreError> {
        let workspace = self.workspace.clone();
        self.change("putting a case off", actor, now, |change| {
            holder(change, &workspace, case)?;
            must_be_undecided(change, case)?;
            let remark = next_remark(change, why)?;
            let event = PutOff {
                until,
                remark: remark.clone(),
            };
            change.log("hold", Some(case), &event)?;
            insert_remark(change, case, &remark, why)?;
            change
                .prepare_cached("UPDATE cases SET held_until = ?2, assigned_to = ?3 WHERE id = ?1")?
                .execute((case, until, actor))?;
            change.end_claim(case)?;
            place(change, case)
        })
    }

    /// Hands a case up, to be seen by somebody with more experience; it is nobody's in particular
    /// then.
    ///
    /// # Errors
    ///
    /// As [`Self::hold`].
    pub fn escalate(
        &mut self,
        case: CaseId,
        why: &str,
        actor: &Actor,
        now: Time,
    ) -> Result<(), StoreError> {
        let workspace = self.workspace.clone();
        self.change("handing a case up", actor, now, |change| {
            holder(change, &workspace, case)?;
            must_be_undecided(change, case)?;
            let remark = next_remark(change, why)?;
            let event = HandedUp {
                remark: remark.clone(),
            };
            change.log("escalate", Some(case), &event)?;
            insert_remark(change, case, &remark, why)?;
            change
                .prepare_cached(
                    "UPDATE cases SET escalated = 1, held_until = NULL, assigned_to = NULL
                     WHERE id = ?1",
                )?
                .execute([case])?;
            change.end_claim(case)?;
            place(change, case)
        })
    }

    /// Puts a case back into its list that was put off, handed up or somebody's.
    ///
    /// # Errors
    ///
    /// [`StoreError::Claimed`] if another living session has it open, [`StoreError::NoCase`],
    /// [`StoreError::Database`].
    pub fn resume(&mut self, case: CaseId, actor: &Actor, now: Time) -> Result<(), StoreError> {
        let workspace = self.workspace.clone();
        self.change("putting a case back", actor, now, |change| {
            holder(change, &workspace, case)?;
            change
                .prepare_cached(
                    "UPDATE cases SET escalated = 0, held_until = NULL, assigned_to = NULL
                     WHERE id = ?1",
                )?
                .execute([case])?;
            change.log("resume", Some(case), &Nothing {})?;
            place(change, case)
        })
    }

    /// Makes a case somebody's, or everybody's again. It stays in its list.
    ///
    /// # Errors
    ///
    /// [`StoreError::Claimed`] if another living session has it open, [`StoreError::NoCase`],
    /// [`StoreError::Database`].
    pub fn assign(
        &mut self,
        case: CaseId,
        to: Option<&Actor>,
        actor: &Actor,
        now: Time,
    ) -> Result<(), StoreError> {
        let workspace = self.workspace.clone();
        self.change("assigning a case", actor, now, |change| {
            holder(change, &workspace, case)?;
            change
                .prepare_cached("UPDATE cases SET assigned_to = ?2 WHERE id = ?1")?
                .execute((case, to))?;
            let event = AssignedTo { to: to.cloned() };
            change.log("assign", Some(case), &event)
        })
    }

    /// Makes a case come sooner or later than others of its list: the highest priority comes first,
    /// 0 is the usual one.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoCase`], [`StoreError::Database`].
    pub fn set_priority(
        &mut self,
        case: CaseId,
        priority: i64,
        actor: &Actor,
        now: Time,
    ) -> Result<(), StoreError> {
        self.change("changing a priority", actor, now, |change| {
            let n_changed = change
                .prepare_cached("UPDATE cases SET rank = ?2 WHERE id = ?1")?
                .execute((case, -priority))?;
            if n_changed == 0 {
                return Err(StoreError::NoCase(case));
            }
            change.log("priority", Some(case), &Prioritised { priority })
        })
    }

    /// Puts back what was put off until now. Says how many cases that were; asking costs nothing
    /// where there are none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn wake(&mut self, now: Time) -> Result<usize, StoreError> {
        let due = |conn: &rusqlite::Connection| -> rusqlite::Result<Vec<CaseId>> {
            let mut found = conn.prepare_cached(DUE)?;
            found.query_map([now], |row| row.get(0))?.collect()
        };
        let read = due(&self.conn).map_err(|error| StoreError::from(error).while_doing(WAKING))?;
        if read.is_empty() || self.session.is_none() {
            return Ok(0);
        }
        self.change(WAKING, &program(), now, |change| {
            let mut n_back = 0;
            for case in due(change)? {
                let was_held: bool = change
                    .prepare_cached(
                        "UPDATE cases SET held_until = NULL WHERE id = ?1 RETURNING standing = ?2",
                    )?
                    .query_row((case, Standing::Held), |row| row.get(0))?;
                // One that was decided meanwhile has nothing to come back to.
                if was_held {
                    let why = "its time has come".to_owned();
                    change.log("resume", Some(case), &Why { why })?;
                    place(change, case)?;
                    n_back += 1;
                }
            }
            Ok(n_back)
        })
    }

    /// How many cases without a verdict are `actor`'s; at most 10,000 are counted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn n_assigned(&self, actor: &Actor) -> Result<u64, StoreError> {
        let count = || -> rusqlite::Result<i64> {
            let mut found = self.conn.prepare_cached(ASSIGNED)?;
            found.query_row([actor], |row| row.get(0))
        };
        let n = count().map_err(|error| StoreError::from(error).while_doing("counting cases"))?;
        Ok(n.cast_unsigned())
    }

    /// What people said of a case when they put it off or handed it up, first to last.
    pub(super) fn remarks(&self, case: CaseId) -> Result<Vec<Remark>, StoreError> {
        let mut found = self
            .conn
            .prepare_cached("SELECT actor, at, text FROM remark WHERE case_id = ?1 ORDER BY id")?;
        let rows = found.query_map([case], |row| {
            Ok(Remark {
                actor: row.get(0)?,
                at: row.get(1)?,
                text: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

const WAKING: &str = "putting back what was put off";

pub(super) const DUE: &str = "SELECT id FROM cases WHERE held_until <= ?1 ORDER BY held_until";

pub(super) const ASSIGNED: &str =
    "SELECT count(*) FROM (SELECT 1 FROM cases WHERE assigned_to = ?1 LIMIT 10000)";

/// The verdict that stands on a case, by what its place follows from.
struct Last {
    id: VerdictId,
    label: Label,
    look: Look,
    asks_second: bool,
    replaces: Option<VerdictId>,
}

/// Works out a case's standing and moves it to its view.
pub(super) fn place(change: &Change<'_>, case: CaseId) -> Result<(), StoreError> {
    let (status, route, escalated, held): (Status, Option<Route>, bool, bool) = change
        .prepare_cached(
            "SELECT status, route, escalated, held_until IS NOT NULL FROM cases WHERE id = ?1",
        )?
        .query_row([case], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?
        .ok_or(StoreError::NoCase(case))?;
    let last = last_verdict(change, case)?;
    let standing = match &last {
        Some(last) => decided(change, last)?,
        None if held => Standing::Held,
        None if escalated => Standing::Escalated,
        None => Standing::Open,
    };
    change
        .prepare_cached(
            "UPDATE cases SET standing = ?2, view = ?3, verdict_id = ?4, verdict = ?5,
                 updated_at = ?6
             WHERE id = ?1",
        )?
        .execute((
            case,
            standing,
            view_of(standing, status, route),
            last.as_ref().map(|last| last.id),
            last.as_ref().map(|last| last.label),
            change.now(),
        ))?;
    Ok(())
}

/// The latest verdict of the case that was not taken back.
fn last_verdict(change: &Change<'_>, case: CaseId) -> Result<Option<Last>, StoreError> {
    let found = change
        .prepare_cached(
            "SELECT id, label, look, asks_second, replaces FROM verdict
             WHERE case_id = ?1 AND undone_at IS NULL ORDER BY id DESC LIMIT 1",
        )?
        .query_row([case], |row| {
            Ok(Last {
                id: row.get(0)?,
                label: row.get(1)?,
                look: row.get(2)?,
                asks_second: row.get(3)?,
                replaces: row.get(4)?,
            })
        })
        .optional()?;
    Ok(found)
}

fn decided(change: &Change<'_>, last: &Last) -> Result<Standing, StoreError> {
    Ok(match last.look {
        Look::First if last.asks_second => Standing::SecondLook,
        Look::First | Look::Adjudication => Standing::Decided,
        Look::Second => {
            let first: Option<Label> = change
                .prepare_cached("SELECT label FROM verdict WHERE id = ?1")?
                .query_row([last.replaces], |row| row.get(0))
                .optional()?;
            if first == Some(last.label) {
                Standing::Decided
            } else {
                Standing::Adjudication
            }
        }
    })
}

fn must_be_undecided(change: &Change<'_>, case: CaseId) -> Result<(), StoreError> {
    let verdict: Option<VerdictId> = change
        .prepare_cached("SELECT verdict_id FROM cases WHERE id = ?1")?
        .query_row([case], |row| row.get(0))?;
    match verdict {
        None => Ok(()),
        Some(_) => Err(StoreError::Settled(case)),
    }
}

fn next_remark(change: &mut Change<'_>, text: &str) -> Result<RemarkRef, StoreError> {
    Ok(RemarkRef {
        id: change.next_id(Numbered::Remark)?,
        sha256: Sha256::of(text.as_bytes()),
    })
}

fn insert_remark(
    change: &Change<'_>,
    case: CaseId,
    remark: &RemarkRef,
    text: &str,
) -> Result<(), StoreError> {
    change
        .prepare_cached(
            "INSERT OR FAIL INTO remark (id, case_id, actor, at, text, ledger_seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            remark.id,
            case,
            change.actor(),
            change.now(),
            text,
            change.last_seq(),
        ))?;
    Ok(())
}
