//! Cases whose answer is known, planted among the others to see whether reviewers find it.
//!
//! Such a case is one like all others: it has its place in the inbox, its pictures, its runs and its
//! rows in the ledger. That its answer is known stands in a table of its own and in one row of the
//! ledger that names no case, so that no list and no history of a case tells it. It is nobody's
//! document: [`Store::cases`] leaves it out.

use rusqlite::OptionalExtension as _;

use super::change::Change;
use super::events::KnownAnswerRef;
use super::intake::{self, Rules};
use super::runs;
use super::types::{Agreement, KnownCase, View};
use super::{Store, StoreError, program};
use crate::case::{
    Actor, Assessment, CaseId, Incoming, IncomingPicture, Judgement, Label, Route, Sha256, Source,
    Status, Time,
};
use crate::routing::{self, Policy};

/// Planted cases that may wait at a time: where reviewers go by another order than the inbox's, they
/// would else pile up.
const MAX_WAITING: u64 = 20;
/// Verdicts of one person on planted cases that their agreement counts, the latest ones.
const MAX_COUNTED: i64 = 200;
/// Decided cases that are looked at for one to repeat.
const MAX_LOOKED_AT: i64 = 500;
/// Those of them that are read whole.
const MAX_TRIED: usize = 8;

impl Store {
    /// Draws, after a verdict of `reviewer`, whether one more planted case is due by the policy's
    /// share, and repeats a decided case that they have never seen. It is put where the inbox
    /// begins, as near to a threshold as what comes there. Says whether one was planted; none is
    /// where nothing can be repeated or enough of them wait.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::ReadOnly`].
    pub fn plant_next(
        &mut self,
        policy: &Policy,
        reviewer: &Actor,
        now: Time,
    ) -> Result<bool, StoreError> {
        let share = policy.known_answers.share;
        if share <= 0.0 {
            return Ok(false);
        }
        let find = || -> Result<Option<(KnownCase, Vec<Assessment>)>, StoreError> {
            // Nobody can foresee the ledger's last hash, and an auditor can draw again.
            let head: Sha256 = self.conn.query_row(HEAD, [], |row| row.get(0))?;
            if head.fraction() >= share || self.n_planted_waiting()? >= MAX_WAITING {
                return Ok(None);
            }
            for origin in self.to_repeat(policy, reviewer, &head)? {
                let (known, assessments) = self.repeat(origin, &head)?;
                // The policy may have changed since it was decided.
                if goes_to_review(&known, &assessments, policy) {
                    return Ok(Some((known, assessments)));
                }
            }
            Ok(None)
        };
        let Some((known, assessments)) = find().map_err(|error| error.while_doing(PLANTING))?
        else {
            return Ok(false);
        };
        self.plant(&known, &assessments, policy, now)
            .map(|case| case.is_some())
    }

    /// Puts a document whose truth is known among the cases, with what our engine said of it.
    /// `None` if its content is stored already. The originals must have been put before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`], [`StoreError::ReadOnly`].
    pub fn plant(
        &mut self,
        known: &KnownCase,
        assessments: &[Assessment],
        policy: &Policy,
        now: Time,
    ) -> Result<Option<CaseId>, StoreError> {
        self.change(PLANTING, &program(), now, |change| {
            if intake::known(change, &known.incoming.content)?.is_some() {
                return Ok(None);
            }
            plant(change, known, assessments, policy).map(Some)
        })
    }

    /// How many documents with a known truth are to be planted now, so that they are the policy's
    /// share of the inbox.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn n_to_plant(&self, policy: &Policy) -> Result<u64, StoreError> {
        let share = policy.known_answers.share;
        let n_waiting = self.n_planted_waiting()?;
        let n_others = self.counts()?.of(View::Inbox).saturating_sub(n_waiting);
        // x of x + n are the share; where it is all of them there is no such number.
        let n_due = (share / (1.0 - share).max(0.01) * n_others as f64).ceil() as u64;
        Ok(n_due.saturating_sub(n_waiting))
    }

    /// How often `actor` found the answer of planted cases, of the latest 200 that they decided.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn agreement(&self, actor: &Actor) -> Result<Agreement, StoreError> {
        let read = || -> rusqlite::Result<Agreement> {
            let mut found = self.conn.prepare_cached(AGREEMENT)?;
            let mut rows = found.query((actor, MAX_COUNTED, View::Decided))?;
            let mut agreement = Agreement::default();
            while let Some(row) = rows.next()? {
                let (said, answer): (Label, Label) = (row.get(0)?, row.get(1)?);
                agreement.n_cases += 1;
                agreement.n_agreed += u64::from(said.agrees_with(answer));
            }
            Ok(agreement)
        };
        read().map_err(|error| StoreError::from(error).while_doing("counting known answers"))
    }

    /// Everybody who decided planted cases, by name, with how often they found the answer.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn agreements(&self) -> Result<Vec<(Actor, Agreement)>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Actor>> {
            let mut found = self.conn.prepare_cached(
                "SELECT DISTINCT actor FROM known_answer
                 JOIN verdict ON verdict.case_id = known_answer.case_id
                 WHERE undone_at IS NULL ORDER BY actor",
            )?;
            found.query_map([], |row| row.get(0))?.collect()
        };
        read()
            .map_err(|error| StoreError::from(error).while_doing("counting known answers"))?
            .into_iter()
            .map(|actor| {
                let agreement = self.agreement(&actor)?;
                Ok((actor, agreement))
            })
            .collect()
    }

    /// Planted cases that nobody has decided.
    fn n_planted_waiting(&self) -> Result<u64, StoreError> {
        let n: i64 = self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM known_answer JOIN cases ON cases.id = case_id
                 WHERE verdict_id IS NULL",
            )?
            .query_row([], |row| row.get(0))?;
        Ok(n.cast_unsigned())
    }

    /// Decided cases that came for review, as near to a threshold as what the inbox begins with,
    /// that `reviewer` has not seen in any form; in drawn order.
    fn to_repeat(
        &self,
        policy: &Policy,
        reviewer: &Actor,
        draw: &Sha256,
    ) -> Result<Vec<CaseId>, StoreError> {
        let first: Option<(i64, f64)> = self
            .conn
            .prepare_cached(INBOX_BEGINS)?
            .query_row([View::Inbox], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((rank, distance)) = first else {
            return Ok(Vec::new());
        };
        let mut cases = Vec::new();
        for direction in [ONWARDS, BACK] {
            let values = rusqlite::params![
                View::Decided,
                rank,
                distance,
                MAX_LOOKED_AT,
                policy.known_answers.after_second_look,
                reviewer,
            ];
            cases = self
                .conn
                .prepare_cached(&to_repeat_sql(direction))?
                .query_map(values, |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<CaseId>>>()?;
            if !cases.is_empty() {
                break;
            }
        }
        // Another number than the one that said that one is due.
        let at = (Sha256::of(&draw.0).fraction() * cases.len() as f64) as usize;
        cases.rotate_left(at);
        cases.truncate(MAX_TRIED);
        Ok(cases)
    }

    /// A decided case as if it came in now, and what was said of it.
    fn repeat(
        &self,
        origin: CaseId,
        draw: &Sha256,
    ) -> Result<(KnownCase, Vec<Assessment>), StoreError> {
        let record = self.case(origin)?;
        let answer = record
            .settled()
            .map(|verdict| verdict.ruling.label)
            .ok_or(StoreError::NoCase(origin))?;
        let mut pictures = Vec::with_capacity(record.pictures.len());
        for picture in &record.pictures {
            pictures.push(IncomingPicture {
                record: picture.clone(),
                thumbnail: self.thumbnail(origin, picture.side)?.unwrap_or_default(),
            });
        }
        let told = record.source != Source::Engine;
        let latest = |source| record.latest(source).map(|run| run.assessment.clone());
        let known = KnownCase {
            incoming: Incoming {
                label: record.label.clone(),
                source: record.source,
                external_id: record.external_id.clone(),
                content: Sha256::of(format!("case {} again, drawn by {draw}", origin.0).as_bytes()),
                original: record.received.first().and_then(|came| came.original),
                pictures,
                options: record.options,
                assessment: latest(record.source).filter(|_| told),
            },
            answer,
            from: Some(origin),
        };
        let others = Source::ALL
            .into_iter()
            .filter(|&source| !told || source != record.source);
        Ok((known, others.filter_map(latest).collect()))
    }
}

const PLANTING: &str = "planting a case with a known answer";

const HEAD: &str = "SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1";

/// What somebody said last of each planted case, and its answer: that of the case that it repeats as it
/// is decided now. Where that one is not decided any more there is none.
const AGREEMENT: &str = "SELECT verdict.label, coalesce(origin.verdict, known_answer.answer)
     FROM known_answer JOIN verdict ON verdict.id = (
         SELECT max(id) FROM verdict
         WHERE case_id = known_answer.case_id AND actor = ?1 AND undone_at IS NULL)
     LEFT JOIN cases AS origin ON origin.id = known_answer.from_case
     WHERE known_answer.from_case IS NULL OR origin.view = ?3
     ORDER BY known_answer.case_id DESC LIMIT ?2";

const INBOX_BEGINS: &str = "SELECT rank, distance FROM cases WHERE view = ?1
     ORDER BY rank, distance, created_at, id LIMIT 1";

/// A way along the queue's index.
type Direction = (&'static str, &'static str);
const ONWARDS: Direction = (">=", "ASC");
const BACK: Direction = ("<", "DESC");

/// A bounded look along the queue's index, then what fits of it.
fn to_repeat_sql((beyond, order): Direction) -> String {
    format!(
        "SELECT id FROM (
         SELECT id, status, route, sides, verdict FROM cases
         WHERE view = ?1 AND (rank, distance) {beyond} (?2, ?3)
         ORDER BY rank {order}, distance {order}, created_at {order}, id {order} LIMIT ?4) AS near
     WHERE status = 'completed' AND route = 'review' AND sides <> 0
         AND verdict NOT IN ('retake', 'undeterminable')
         AND (NOT ?5 OR EXISTS (SELECT 1 FROM verdict WHERE case_id = near.id
                                AND undone_at IS NULL AND look <> 'first'))
         AND NOT EXISTS (SELECT 1 FROM known_answer WHERE case_id = near.id)
         AND NOT EXISTS (SELECT 1 FROM verdict WHERE case_id = near.id AND actor = ?6)
         AND NOT EXISTS (SELECT 1 FROM known_answer JOIN cases ON cases.id = case_id
                         WHERE from_case = near.id AND (verdict_id IS NULL
                             OR EXISTS (SELECT 1 FROM verdict
                                        WHERE verdict.case_id = cases.id AND actor = ?6)))"
    )
}

/// Every query of this file that runs while somebody decides, for the test that reads their plans.
#[cfg(test)]
pub(super) fn every_sql() -> Vec<String> {
    let mut all = [AGREEMENT, INBOX_BEGINS].map(str::to_owned).to_vec();
    all.extend([ONWARDS, BACK].map(to_repeat_sql));
    all
}

fn goes_to_review(known: &KnownCase, assessments: &[Assessment], policy: &Policy) -> bool {
    let said = known.incoming.assessment.iter().chain(assessments);
    let judged: Vec<(Source, Judgement)> = said
        .map(|assessment| (assessment.source, routing::judge(assessment, policy)))
        .collect();
    let views: Vec<(Source, &Judgement)> = judged
        .iter()
        .map(|(source, judgement)| (*source, judgement))
        .collect();
    routing::route(&views, policy, &known.incoming.content).route == Route::Review
}

fn plant(
    change: &mut Change<'_>,
    known: &KnownCase,
    assessments: &[Assessment],
    policy: &Policy,
) -> Result<CaseId, StoreError> {
    let prepared = intake::prepare(&known.incoming, policy)?;
    let rules = Rules::of(policy, change)?;
    // A case of its own, whatever else bears the vendor's id.
    let case = intake::take(change, &prepared, &rules, None)?.case;
    for assessment in assessments {
        let judged = routing::judge(assessment, policy);
        runs::insert_run(change, case, assessment, &judged, policy)?;
    }
    runs::set_status(change, case, Status::Completed, None)?;
    runs::route_case(change, case, policy)?;
    let event = KnownAnswerRef {
        case,
        answer: known.answer,
        from: known.from,
    };
    change.log("known_answer", None, &event)?;
    change
        .prepare_cached(
            "INSERT OR FAIL INTO known_answer (case_id, answer, from_case, ledger_seq)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((case, known.answer, known.from, change.last_seq()))?;
    Ok(case)
}

/// Whether the answer of a case is known.
pub(super) fn is_planted(change: &Change<'_>, case: CaseId) -> Result<bool, StoreError> {
    Ok(change
        .prepare_cached("SELECT 1 FROM known_answer WHERE case_id = ?1")?
        .exists([case])?)
}
