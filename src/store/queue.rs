//! The queue: pages in order, counts, and who has which case open.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row};

use super::change::Change;
use super::events::{Claimed, Nothing};
use super::intake::side_bit;
use super::search::{Cursor, PageQuery, Search, cursor};
use super::sql::Worst;
use super::types::{Claim, Counts, Page, QueueRow, View};
use super::{Store, StoreError, sessions};
use crate::case::{Actor, CaseId, Side, Time};
use crate::config::Workspace;

/// What [`row_from_sql`] reads.
const COLUMNS: &str = "id, label, source, status, view, route, live, score, worst, distance, rank, \
     created_at, verdict, sides, claim_session, claimed_by, claimed_at, claimed_until, assigned_to, \
     CASE WHEN verdict_id IS NULL THEN held_until END";

/// How many those are.
const N_COLUMNS: usize = 20;

const COUNTS: &str = "SELECT view, n_cases FROM view_count";

impl Store {
    /// The rows that a search finds after a place, or from its beginning, in its order.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn queue_page(
        &self,
        search: &Search,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        // One more than asked for tells whether there is a next page.
        let n_rows = i64::try_from(limit)
            .unwrap_or(i64::MAX - 1)
            .saturating_add(1);
        let session = self.session_id();
        let query = PageQuery::new(COLUMNS, search, after, n_rows);
        let read = || -> rusqlite::Result<Vec<(QueueRow, Value)>> {
            let mut found = self.conn.prepare_cached(&query.sql)?;
            found
                .query(rusqlite::params_from_iter(&query.values))?
                .mapped(|row| Ok((row_from_sql(row, session)?, row.get(N_COLUMNS)?)))
                .collect()
        };
        let mut rows =
            read().map_err(|error| StoreError::from(error).while_doing("reading the queue"))?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = match rows.last() {
            Some((row, key)) if has_more => Some(cursor(row, search.order, key.clone())),
            _ => None,
        };
        let rows = rows.into_iter().map(|(row, _)| row).collect();
        Ok(Page { rows, next })
    }

    /// One case as a row of the queue.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoCase`], [`StoreError::Database`].
    pub fn queue_row(&self, case: CaseId) -> Result<QueueRow, StoreError> {
        let session = self.session_id();
        let read = || {
            self.conn
                .prepare_cached(&row_sql())?
                .query_row([case], |row| row_from_sql(row, session))
                .optional()
        };
        read()
            .map_err(|error| StoreError::from(error).while_doing("reading the queue"))?
            .ok_or(StoreError::NoCase(case))
    }

    /// How many cases each view holds; the cost does not grow with them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let read = || -> rusqlite::Result<Counts> {
            let mut counts = Counts::default();
            let mut found = self.conn.prepare_cached(COUNTS)?;
            let mut rows = found.query([])?;
            while let Some(row) = rows.next()? {
                let (view, n): (View, i64) = (row.get(0)?, row.get(1)?);
                counts.set(view, n.cast_unsigned());
            }
            Ok(counts)
        };
        read().map_err(|error| StoreError::from(error).while_doing("counting the queue"))
    }

    /// The first case of the inbox after a place, or from its beginning, that nobody else has open
    /// and that is not somebody else's.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn next_unclaimed(
        &self,
        after: Option<&Cursor>,
        actor: &Actor,
        now: Time,
    ) -> Result<Option<QueueRow>, StoreError> {
        let (rank, distance, created, after) = Cursor::urgency(after);
        let session = self.session_id();
        let read = || {
            self.conn
                .prepare_cached(&next_unclaimed_sql())?
                .query_row(
                    (
                        rank,
                        distance,
                        created,
                        after,
                        View::Inbox,
                        session,
                        now,
                        actor,
                    ),
                    |row| row_from_sql(row, session),
                )
                .optional()
        };
        read().map_err(|error| StoreError::from(error).while_doing("reading the queue"))
    }

    /// Opens a case for this session and keeps others out for `minutes`; claiming again renews it.
    /// What another session held beyond its time, or died holding, is taken over.
    ///
    /// # Errors
    ///
    /// [`StoreError::Claimed`] if another living session has it open, [`StoreError::NoCase`],
    /// [`StoreError::Database`].
    pub fn claim(
        &mut self,
        case: CaseId,
        actor: &Actor,
        minutes: u32,
        now: Time,
    ) -> Result<(), StoreError> {
        let workspace = self.workspace.clone();
        self.change("opening a case", actor, now, |change| {
            let held = holder(change, &workspace, case)?;
            change
                .prepare_cached(
                    "UPDATE cases SET claim_session = ?2, claimed_by = ?3, claimed_at = ?4,
                         claimed_until = ?5
                     WHERE id = ?1",
                )?
                .execute((
                    case,
                    change.session(),
                    actor,
                    now,
                    Time(now.0.saturating_add(i64::from(minutes) * 60_000)),
                ))?;
            if held == Holder::Us {
                return Ok(());
            }
            let taken_over = held == Holder::Gone;
            let event = Claimed {
                minutes,
                taken_over,
            };
            change.log("claim", Some(case), &event)
        })
    }

    /// Gives a case back that this session has open; says whether it had.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn release(&mut self, case: CaseId, actor: &Actor, now: Time) -> Result<bool, StoreError> {
        self.change("giving a case back", actor, now, |change| {
            let held: Option<Option<i64>> = change
                .prepare_cached("SELECT claim_session FROM cases WHERE id = ?1")?
                .query_row([case], |row| row.get(0))
                .optional()?;
            if held.flatten() != Some(change.session()) {
                return Ok(false);
            }
            change.end_claim(case)?;
            change.log("release", Some(case), &Nothing {})?;
            Ok(true)
        })
    }

    /// A number that changes when another connection has changed the workspace; asking is cheap.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn seen_changes(&self) -> Result<i64, StoreError> {
        self.conn
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(|error| StoreError::from(error).while_doing("looking for changes"))
    }
}

/// Who has a case open, seen from a session that wants to change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// Nobody.
    Nobody,
    /// This session.
    Us,
    /// A session that is dead or whose time is over.
    Gone,
}

/// Who has the case open; an error if that keeps this session out.
pub(super) fn holder(
    change: &Change<'_>,
    workspace: &Workspace,
    case: CaseId,
) -> Result<Holder, StoreError> {
    let (session, claim) = change
        .prepare_cached(
            "SELECT claim_session, claimed_by, claimed_at, claimed_until FROM cases WHERE id = ?1",
        )?
        .query_row([case], |row| {
            let session: Option<i64> = row.get(0)?;
            Ok((session, claim_from_sql(row, 0, change.session())?))
        })
        .optional()?
        .ok_or(StoreError::NoCase(case))?;
    match (session, claim) {
        (Some(_), Some(claim)) if claim.ours => Ok(Holder::Us),
        (Some(other), Some(claim)) => {
            if claim.is_live(change.now()) && !sessions::is_dead(change, workspace, other) {
                return Err(StoreError::Claimed { case, by: claim.by });
            }
            Ok(Holder::Gone)
        }
        _ => Ok(Holder::Nobody),
    }
}

/// A claim from four columns that begin at `first`; `session` is our own.
pub(super) fn claim_from_sql(
    row: &Row<'_>,
    first: usize,
    session: i64,
) -> rusqlite::Result<Option<Claim>> {
    let Some(held_by) = row.get::<_, Option<i64>>(first)? else {
        return Ok(None);
    };
    Ok(Some(Claim {
        by: row.get(first + 1)?,
        at: row.get(first + 2)?,
        until: row.get(first + 3)?,
        ours: held_by == session,
    }))
}

/// Every query of this file that reads the queue, for the test that reads their plans.
#[cfg(test)]
pub(super) fn every_sql() -> Vec<String> {
    let mut all: Vec<String> = View::ALL
        .into_iter()
        .map(|view| PageQuery::new(COLUMNS, &Search::of(view), None, 0).sql)
        .collect();
    let mine = Search::assigned_to(&Actor("ann".to_owned()));
    all.push(PageQuery::new(COLUMNS, &mine, None, 0).sql);
    all.extend([row_sql(), next_unclaimed_sql(), COUNTS.to_owned()]);
    all
}

fn row_sql() -> String {
    format!("SELECT {COLUMNS} FROM cases WHERE id = ?1")
}

fn next_unclaimed_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM cases
         WHERE view = ?5 AND (rank, distance, created_at, id) > (?1, ?2, ?3, ?4)
             AND (claim_session IS NULL OR claim_session = ?6 OR claimed_until <= ?7)
             AND (assigned_to IS NULL OR assigned_to = ?8)
         ORDER BY rank, distance, created_at, id LIMIT 1"
    )
}

fn row_from_sql(row: &Row<'_>, session: i64) -> rusqlite::Result<QueueRow> {
    let sides: i64 = row.get(13)?;
    Ok(QueueRow {
        case: row.get(0)?,
        label: row.get(1)?,
        source: row.get(2)?,
        status: row.get(3)?,
        view: row.get(4)?,
        route: row.get(5)?,
        live: row.get(6)?,
        score: row.get(7)?,
        worst: row
            .get::<_, Option<Worst>>(8)?
            .map(|Worst(side, kind)| (side, kind)),
        distance: row.get(9)?,
        priority: -row.get::<_, i64>(10)?,
        created: row.get(11)?,
        verdict: row.get(12)?,
        claim: claim_from_sql(row, 14, session)?,
        sides: Side::ALL
            .into_iter()
            .filter(|&side| sides & side_bit(side) != 0)
            .collect(),
        assigned_to: row.get(18)?,
        held_until: row.get(19)?,
    })
}
