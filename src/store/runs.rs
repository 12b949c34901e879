//! Our engine's runs over a case, and the routes that follow from them.

use rusqlite::OptionalExtension as _;

use super::change::{Change, Numbered, from_json, to_json};
use super::events::{AssessmentRef, FailedToRun, PictureRef, Ran, Routed, Why, assessment_hash};
use super::sql::Worst;
use super::standing::{Standing, view_of};
use super::types::Finished;
use super::{Store, StoreError, program, sessions};
use crate::case::{
    Actor, Assessment, AssessmentId, CaseId, CaseRoute, Judgement, Sha256, Source, Status, Time,
};
use crate::config::Workspace;
use crate::routing::{self, Policy};

impl Store {
    /// The cases that wait for our engine: `new`, with pictures; oldest first, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn unfinished(&self, limit: usize) -> Result<Vec<CaseId>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            let mut found = self.conn.prepare_cached(UNFINISHED)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            found.query_map([limit], |row| row.get(0))?.collect()
        };
        read().map_err(|error| StoreError::from(error).while_doing("looking for waiting cases"))
    }

    /// Marks a case as being assessed by this session, from whatever status it had.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] if somebody else is assessing it, or this session already is;
    /// [`StoreError::NoCase`], [`StoreError::Database`].
    pub fn start(&mut self, case: CaseId, now: Time) -> Result<(), StoreError> {
        let workspace = self.workspace.clone();
        self.change("starting a run", &program(), now, |change| {
            if let Some(session) = running(change, case)?
                && (session == change.session() || !sessions::is_dead(change, &workspace, session))
            {
                return Err(StoreError::Busy(case));
            }
            set_status(change, case, Status::Processing, None)
        })
    }

    /// Stores a run and routes its case by the latest assessment of each source. A case that got
    /// another picture since its run began is `new` again, and waits for the next run.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] if another living session is assessing it, [`StoreError::NoCase`],
    /// [`StoreError::Database`].
    pub fn finish(
        &mut self,
        case: CaseId,
        assessment: &Assessment,
        policy: &Policy,
        actor: &Actor,
        now: Time,
    ) -> Result<Finished, StoreError> {
        let workspace = self.workspace.clone();
        let judged = routing::judge(assessment, policy);
        self.change("storing a run", actor, now, |change| {
            may_end(change, case, &workspace)?;
            let id = insert_run(change, case, assessment, &judged, policy)?;
            // A picture that came while the others were looked at has yet to be.
            let status = match has_seen_all(change, case, assessment)? {
                true => Status::Completed,
                false => Status::New,
            };
            set_status(change, case, status, None)?;
            let route = route_case(change, case, policy)?;
            Ok(Finished {
                assessment: id,
                judgement: judged,
                // An assessment was stored just now, so there is a route.
                route: route.ok_or(StoreError::NoCase(case))?,
            })
        })
    }

    /// Marks a case as failed: the program, not the picture, was at fault. `reason` holds no
    /// personal data. A case that somebody's result had routed stays in its view.
    ///
    /// # Errors
    ///
    /// As [`Self::finish`].
    pub fn fail(
        &mut self,
        case: CaseId,
        reason: &str,
        actor: &Actor,
        now: Time,
    ) -> Result<(), StoreError> {
        let workspace = self.workspace.clone();
        self.change("storing a failed run", actor, now, |change| {
            may_end(change, case, &workspace)?;
            set_status(change, case, Status::Failed, Some(reason))?;
            let reason = reason.to_owned();
            change.log("fail", Some(case), &FailedToRun { reason })
        })
    }

    /// Gives a started case back to those that wait, as when its job was cancelled.
    ///
    /// # Errors
    ///
    /// As [`Self::finish`].
    pub fn put_back(&mut self, case: CaseId, now: Time) -> Result<(), StoreError> {
        let workspace = self.workspace.clone();
        self.change("giving a case back", &program(), now, |change| {
            may_end(change, case, &workspace)?;
            set_status(change, case, Status::New, None)?;
            let why = "its run was stopped".to_owned();
            change.log("recover", Some(case), &Why { why })
        })
    }

    /// Routes a case anew from its stored assessments, as after a change of policy. `None` if
    /// nothing has been said of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoCase`], [`StoreError::Database`].
    pub fn reroute(
        &mut self,
        case: CaseId,
        policy: &Policy,
        actor: &Actor,
        now: Time,
    ) -> Result<Option<CaseRoute>, StoreError> {
        self.change("routing a case anew", actor, now, |change| {
            // Asked for its error alone: a case that is not there has no session either.
            running(change, case)?;
            route_case(change, case, policy)
        })
    }
}

/// Answered by an index of the waiting cases alone.
pub(super) const UNFINISHED: &str =
    "SELECT id FROM cases WHERE status = 'new' AND sides <> 0 ORDER BY id LIMIT ?1";

/// An assessment about to be stored; its ledger row is the last one.
pub(super) struct NewAssessment<'a> {
    pub(super) id: AssessmentId,
    pub(super) case: CaseId,
    pub(super) source: Source,
    pub(super) policy_id: i64,
    pub(super) body: &'a str,
    pub(super) judgement: &'a str,
}

/// Stores what a run said of a case, with its ledger row. The case is not routed by it yet.
pub(super) fn insert_run(
    change: &mut Change<'_>,
    case: CaseId,
    assessment: &Assessment,
    judged: &Judgement,
    policy: &Policy,
) -> Result<AssessmentId, StoreError> {
    let (body, judgement) = (to_json(assessment)?, to_json(judged)?);
    let (policy_id, _) = change.policy(policy)?;
    let id = AssessmentId(change.next_id(Numbered::Assessment)?);
    change.log("run", Some(case), &ran(id, assessment, &body, &judgement))?;
    let new = NewAssessment {
        id,
        case,
        source: assessment.source,
        policy_id,
        body: &body,
        judgement: &judgement,
    };
    insert_assessment(change, &new)?;
    Ok(id)
}

/// Stores an assessment; the ledger's last row must name it.
pub(super) fn insert_assessment(
    change: &Change<'_>,
    new: &NewAssessment<'_>,
) -> Result<(), StoreError> {
    change
        .prepare_cached(
            "INSERT OR FAIL INTO assessment (id, case_id, source, at, policy_id, body, judgement,
                 ledger_seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            new.id,
            new.case,
            new.source,
            change.now(),
            new.policy_id,
            new.body,
            new.judgement,
            change.last_seq(),
        ))?;
    Ok(())
}

/// Judges the latest assessment of each source by `policy`, routes the case by all of them, and
/// writes both to the case and to the ledger. `None` if there is no assessment.
pub(super) fn route_case(
    change: &mut Change<'_>,
    case: CaseId,
    policy: &Policy,
) -> Result<Option<CaseRoute>, StoreError> {
    let latest = latest_assessments(change, case)?;
    if latest.is_empty() {
        return Ok(None);
    }
    let (document, standing): (Sha256, Standing) = change
        .prepare_cached("SELECT document, standing FROM cases WHERE id = ?1")?
        .query_row([case], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let judged: Vec<(Source, Judgement)> = latest
        .iter()
        .map(|(_, assessment)| (assessment.source, routing::judge(assessment, policy)))
        .collect();
    let views: Vec<(Source, &Judgement)> = judged
        .iter()
        .map(|(source, judgement)| (*source, judgement))
        .collect();
    let route = routing::route(&views, policy, &document);
    let (policy_id, reference) = change.policy(policy)?;
    change
        .prepare_cached(
            "UPDATE cases SET view = ?2, route = ?3, live = ?4, score = ?5, worst = ?6,
                 distance = ?7, reasons = ?8, policy_id = ?9, updated_at = ?10
             WHERE id = ?1",
        )?
        .execute((
            case,
            view_of(standing, Status::Completed, Some(route.route)),
            route.route,
            route.live,
            route.score,
            route.worst.map(|(side, kind)| Worst(side, kind)),
            route.distance,
            to_json(&route.reasons)?,
            policy_id,
            change.now(),
        ))?;
    let event = Routed {
        policy: reference,
        assessments: latest.iter().map(|(id, _)| *id).collect(),
        route: route.route,
        live: route.live,
        score: route.score,
        reasons: route.reasons.clone(),
    };
    change.log("route", Some(case), &event)?;
    Ok(Some(route))
}

/// The latest assessment of each source, in the order of [`Source::ALL`].
fn latest_assessments(
    change: &Change<'_>,
    case: CaseId,
) -> Result<Vec<(AssessmentId, Assessment)>, StoreError> {
    let mut found = change.prepare_cached(
        "SELECT id, body FROM assessment
         WHERE id IN (SELECT max(id) FROM assessment WHERE case_id = ?1 GROUP BY source)",
    )?;
    let mut rows = found.query([case])?;
    let mut latest = Vec::new();
    while let Some(row) = rows.next()? {
        let id: AssessmentId = row.get(0)?;
        let body = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        latest.push((id, from_json(body, || format!("assessment {}", id.0))?));
    }
    latest.sort_by_key(|(_, assessment): &(_, Assessment)| assessment.source);
    Ok(latest)
}

fn ran(id: AssessmentId, assessment: &Assessment, body: &str, judgement: &str) -> Ran {
    let pictures = assessment.pictures.iter().map(|picture| PictureRef {
        side: picture.side,
        sha256: picture.sha256,
    });
    Ran {
        assessment: AssessmentRef {
            id,
            sha256: assessment_hash(body, judgement),
        },
        source: assessment.source,
        pictures: pictures.collect(),
        engine: assessment
            .engine
            .as_ref()
            .map(|engine| engine.version.clone()),
    }
}

/// Whether the case has no picture that the engine's run did not look at.
fn has_seen_all(
    change: &Change<'_>,
    case: CaseId,
    assessment: &Assessment,
) -> Result<bool, StoreError> {
    let mut found = change.prepare_cached(
        "SELECT sha256 FROM picture
         WHERE id IN (SELECT max(id) FROM picture WHERE case_id = ?1 GROUP BY side)",
    )?;
    let mut rows = found.query([case])?;
    while let Some(row) = rows.next()? {
        let sha256: Sha256 = row.get(0)?;
        if assessment.pictures.iter().all(|seen| seen.sha256 != sha256) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The session that is assessing the case.
fn running(change: &Change<'_>, case: CaseId) -> Result<Option<i64>, StoreError> {
    change
        .prepare_cached("SELECT run_session FROM cases WHERE id = ?1")?
        .query_row([case], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NoCase(case))
}

/// Whether this session may say how a run ended: nobody else alive is at it.
fn may_end(change: &Change<'_>, case: CaseId, workspace: &Workspace) -> Result<(), StoreError> {
    match running(change, case)? {
        Some(other)
            if other != change.session() && !sessions::is_dead(change, workspace, other) =>
        {
            Err(StoreError::Busy(case))
        }
        _ => Ok(()),
    }
}

/// Sets the status, the time it implies, and the view of a case that has no route.
pub(super) fn set_status(
    change: &Change<'_>,
    case: CaseId,
    status: Status,
    failure: Option<&str>,
) -> Result<(), StoreError> {
    let has_result = matches!(status, Status::Completed | Status::Failed);
    let n_changed = change
        .prepare_cached(
            "UPDATE cases SET status = ?2, updated_at = ?3,
                 completed_at = coalesce(?4, completed_at), run_session = ?5, failure = ?6,
                 view = CASE WHEN route IS NULL AND standing = ?8 THEN ?7 ELSE view END
             WHERE id = ?1",
        )?
        .execute((
            case,
            status,
            change.now(),
            has_result.then_some(change.now()),
            (status == Status::Processing).then_some(change.session()),
            failure,
            view_of(Standing::Open, status, None),
            Standing::Open,
        ))?;
    match n_changed {
        0 => Err(StoreError::NoCase(case)),
        _ => Ok(()),
    }
}
