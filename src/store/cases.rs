//! Whole cases out again: for the desk and for export.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, Row};

use super::change::from_json;
use super::queue::claim_from_sql;
use super::sql::Worst;
use super::types::{CaseRecord, Received, Run, View};
use super::{Store, StoreError};
use crate::case::{
    CaseId, CaseRoute, OriginalRef, PictureRecord, PolicyRef, ReadOptions, Route, Sha256, Side,
};

impl Store {
    /// Everything about a case.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoCase`], [`StoreError::Unintelligible`], [`StoreError::Database`].
    pub fn case(&self, case: CaseId) -> Result<CaseRecord, StoreError> {
        let read = || -> Result<CaseRecord, StoreError> {
            let mut record = self.bare_case(case)?;
            record.received = self.received(case)?;
            record.pictures = self.pictures(case)?;
            record.runs = self.runs(case)?;
            record.verdicts = self.verdicts_of(case)?;
            record.remarks = self.remarks(case)?;
            Ok(record)
        };
        read().map_err(|error| error.while_doing("reading a case"))
    }

    /// The numbers of the documents of a view, lowest first: see [`Self::cases`].
    fn case_ids(&self, view: View, among: Option<&[CaseId]>) -> Result<Vec<CaseId>, StoreError> {
        let read = || -> rusqlite::Result<Vec<CaseId>> {
            let in_view = match view {
                View::All => "view <> ?1",
                _ => "view = ?1",
            };
            let sql = format!(
                "SELECT id FROM cases WHERE {in_view}
                     AND NOT EXISTS (SELECT 1 FROM known_answer WHERE case_id = cases.id)"
            );
            let mut found = self.conn.prepare_cached(&sql)?;
            let mut ids = found
                .query_map([view], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<CaseId>>>()?;
            if let Some(among) = among {
                let among: BTreeSet<&CaseId> = among.iter().collect();
                ids.retain(|case| among.contains(case));
            }
            ids.sort_unstable();
            Ok(ids)
        };
        read().map_err(|error| StoreError::from(error).while_doing("listing cases"))
    }

    /// Every document that a view holds now, or those `among` these cases, by number; each is read
    /// when it is asked for. Cases that
    /// were planted because their answer is known are nobody's documents and left out.
    pub fn cases(
        &self,
        view: View,
        among: Option<&[CaseId]>,
    ) -> impl Iterator<Item = Result<CaseRecord, StoreError>> + '_ {
        let (ids, error) = match self.case_ids(view, among) {
            Ok(ids) => (ids, None),
            Err(error) => (Vec::new(), Some(Err(error))),
        };
        let read = ids.into_iter().map(|case| self.case(case));
        error.into_iter().chain(read)
    }

    /// The case's thumbnail of a side, as JPEG. `None` if it has no picture of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn thumbnail(&self, case: CaseId, side: Side) -> Result<Option<Vec<u8>>, StoreError> {
        self.latest_picture(case, side, "thumbnail")
            .map_err(|error| StoreError::from(error).while_doing("reading a thumbnail"))
    }

    /// The original bytes of the case's latest picture of a side.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoPicture`], [`StoreError::NoOriginal`], and as [`super::Originals::read`].
    pub fn picture_bytes(&self, case: CaseId, side: Side) -> Result<Vec<u8>, StoreError> {
        let sha256: Option<Sha256> = self
            .latest_picture(case, side, "sha256")
            .map_err(|error| StoreError::from(error).while_doing("looking for a picture"))?;
        let sha256 = sha256.ok_or(StoreError::NoPicture(case, side))?;
        self.originals.read(&sha256)
    }

    fn latest_picture<T: rusqlite::types::FromSql>(
        &self,
        case: CaseId,
        side: Side,
        column: &'static str,
    ) -> rusqlite::Result<Option<T>> {
        self.conn
            .prepare_cached(&format!(
                "SELECT {column} FROM picture WHERE case_id = ?1 AND side = ?2
                 ORDER BY id DESC LIMIT 1"
            ))?
            .query_row((case, side), |row| row.get(0))
            .optional()
    }

    /// The case's own row.
    fn bare_case(&self, case: CaseId) -> Result<CaseRecord, StoreError> {
        let session = self.session_id();
        let (record, options, route) = self
            .conn
            .prepare_cached(
                "SELECT cases.id, label, source, external_id, document, status, created_at,
                     updated_at, completed_at, failure, options, rank, view, policy.version,
                     policy.sha256, claim_session, claimed_by, claimed_at, claimed_until, route,
                     live, score, worst, reasons, distance, assigned_to,
                     CASE WHEN verdict_id IS NULL THEN held_until END
                 FROM cases LEFT JOIN policy ON policy.id = policy_id WHERE cases.id = ?1",
            )?
            .query_row([case], |row| {
                let options: Option<String> = row.get(10)?;
                Ok((bare(row, session)?, options, RawRoute::read(row, 19)?))
            })
            .optional()?
            .ok_or(StoreError::NoCase(case))?;
        let what = || format!("case {case}");
        let options = match options {
            None => ReadOptions::default(),
            Some(text) => from_json(&text, what)?,
        };
        let route = match route {
            None => None,
            Some(raw) => Some(CaseRoute {
                reasons: from_json(&raw.reasons, what)?,
                ..raw.route
            }),
        };
        Ok(CaseRecord {
            options,
            route,
            ..record
        })
    }

    fn received(&self, case: CaseId) -> Result<Vec<Received>, StoreError> {
        let mut found = self.conn.prepare_cached(
            "SELECT content, source, original, original_offset, original_length, at
             FROM received WHERE case_id = ?1 ORDER BY id",
        )?;
        let rows = found.query_map([case], |row| {
            let original = match row.get(2)? {
                None => None,
                Some(sha256) => Some(OriginalRef {
                    sha256,
                    offset: row.get::<_, i64>(3)?.cast_unsigned(),
                    n_bytes: row.get::<_, i64>(4)?.cast_unsigned(),
                }),
            };
            Ok(Received {
                content: row.get(0)?,
                source: row.get(1)?,
                original,
                at: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The latest picture of each side, front first.
    fn pictures(&self, case: CaseId) -> Result<Vec<PictureRecord>, StoreError> {
        let mut found = self.conn.prepare_cached(
            "SELECT side, sha256, n_bytes, format, width_px, height_px FROM picture
             WHERE id IN (SELECT max(id) FROM picture WHERE case_id = ?1 GROUP BY side)
             ORDER BY side DESC",
        )?;
        let rows = found.query_map([case], |row| {
            Ok(PictureRecord {
                side: row.get(0)?,
                sha256: row.get(1)?,
                n_bytes: row.get::<_, i64>(2)?.cast_unsigned(),
                format: row.get(3)?,
                width_px: row.get(4)?,
                height_px: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn runs(&self, case: CaseId) -> Result<Vec<Run>, StoreError> {
        let mut found = self.conn.prepare_cached(
            "SELECT id, at, body, judgement FROM assessment WHERE case_id = ?1 ORDER BY id",
        )?;
        let mut rows = found.query([case])?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            let id: crate::case::AssessmentId = row.get(0)?;
            let what = || format!("assessment {}", id.0);
            let text = |column| -> Result<&str, StoreError> {
                let value = row.get_ref(column)?;
                Ok(value.as_str().map_err(rusqlite::Error::from)?)
            };
            runs.push(Run {
                id,
                at: row.get(1)?,
                assessment: from_json(text(2)?, what)?,
                judgement: from_json(text(3)?, what)?,
            });
        }
        Ok(runs)
    }
}

/// The case's row without what its JSON says.
fn bare(row: &Row<'_>, session: i64) -> rusqlite::Result<CaseRecord> {
    let policy = match (row.get(13)?, row.get(14)?) {
        (Some(version), Some(sha256)) => Some(PolicyRef { version, sha256 }),
        _ => None,
    };
    Ok(CaseRecord {
        id: row.get(0)?,
        label: row.get(1)?,
        source: row.get(2)?,
        external_id: row.get(3)?,
        document: row.get(4)?,
        status: row.get(5)?,
        created: row.get(6)?,
        updated: row.get(7)?,
        completed: row.get(8)?,
        failure: row.get(9)?,
        options: ReadOptions::default(),
        priority: -row.get::<_, i64>(11)?,
        view: row.get(12)?,
        route: None,
        policy,
        received: Vec::new(),
        pictures: Vec::new(),
        runs: Vec::new(),
        verdicts: Vec::new(),
        remarks: Vec::new(),
        assigned_to: row.get(25)?,
        held_until: row.get(26)?,
        claim: claim_from_sql(row, 15, session)?,
    })
}

/// A route before its reasons are understood.
struct RawRoute {
    route: CaseRoute,
    reasons: String,
}

impl RawRoute {
    /// From six columns that begin at `first`.
    fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Self>> {
        let Some(route) = row.get::<_, Option<Route>>(first)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            route: CaseRoute {
                route,
                reasons: Vec::new(),
                live: row.get(first + 1)?,
                score: row.get(first + 2)?,
                worst: row
                    .get::<_, Option<Worst>>(first + 3)?
                    .map(|Worst(side, kind)| (side, kind)),
                distance: row.get(first + 5)?,
            },
            reasons: row.get(first + 4)?,
        }))
    }
}
