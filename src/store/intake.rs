//! What comes in: a batch at a time, each batch in one transaction.

use rusqlite::OptionalExtension as _;

use super::change::{Change, Numbered, to_json};
use super::events::{AssessmentRef, Import, PictureRef, Routed, assessment_hash};
use super::runs;
use super::sql::Worst;
use super::standing::{Standing, view_of};
use super::types::{Taken, TakenIn};
use super::{Store, StoreError};
use crate::case::{
    Actor, AssessmentId, CaseId, CaseRoute, Incoming, IncomingPicture, PolicyRef, ReadOptions,
    Sha256, Side, Source, Status, Time,
};
use crate::routing::{self, Policy};

/// Items that are prepared at a time.
const CHUNK: usize = 64;

impl Store {
    /// Stores a batch in one transaction and says what became of each item, in order.
    ///
    /// What is stored already, by [`Incoming::content`], is not stored again. Items of one source
    /// with the same vendor's id share a case. A vendor's assessment is judged and its case routed
    /// at once; a case with pictures waits for our engine (see [`Self::unfinished`]). The originals
    /// must have been put before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses, [`StoreError::ReadOnly`]; the whole batch is then
    /// as if it had never come.
    pub fn take_in(
        &mut self,
        batch: &[Incoming],
        policy: &Policy,
        actor: &Actor,
        now: Time,
    ) -> Result<Vec<TakenIn>, StoreError> {
        // Judging and writing JSON need no database: another core does them, some items ahead.
        std::thread::scope(|scope| {
            let (ready, prepared) = std::sync::mpsc::sync_channel(4);
            scope.spawn(move || {
                for items in batch.chunks(CHUNK) {
                    let chunk: Vec<_> = items.iter().map(|item| prepare(item, policy)).collect();
                    // Nobody waits for more once the change has failed.
                    if ready.send(chunk).is_err() {
                        break;
                    }
                }
            });
            self.change("storing what came in", actor, now, |change| {
                let rules = Rules::of(policy, change)?;
                prepared
                    .into_iter()
                    .flatten()
                    .map(|item| take_one(change, &item?, &rules))
                    .collect()
            })
        })
    }

    /// The case that already holds this content.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn known(&self, content: &Sha256) -> Result<Option<CaseId>, StoreError> {
        known(&self.conn, content).map_err(|error| error.while_doing("looking for a content"))
    }
}

/// The policy in force, and what it is called in the file.
pub(super) struct Rules<'a> {
    pub(super) policy: &'a Policy,
    policy_id: i64,
    reference: PolicyRef,
}

impl<'a> Rules<'a> {
    pub(super) fn of(policy: &'a Policy, change: &Change<'_>) -> Result<Self, StoreError> {
        let (policy_id, reference) = change.policy(policy)?;
        Ok(Self {
            policy,
            policy_id,
            reference,
        })
    }
}

/// An item with everything that can be worked out before the transaction.
pub(super) struct Prepared<'a> {
    item: &'a Incoming,
    said: Option<Said>,
    /// `None` for the default, which need not be stored.
    options: Option<String>,
}

/// What a vendor said, and where it leads by itself.
struct Said {
    body: String,
    judgement: String,
    sha256: Sha256,
    route: CaseRoute,
    reasons: String,
}

pub(super) fn prepare<'a>(item: &'a Incoming, policy: &Policy) -> Result<Prepared<'a>, StoreError> {
    let said = match &item.assessment {
        None => None,
        Some(assessment) => {
            let judgement = routing::judge(assessment, policy);
            let view = (assessment.source, &judgement);
            let route = routing::route(&[view], policy, &item.content);
            let (body, judgement) = (to_json(assessment)?, to_json(&judgement)?);
            Some(Said {
                sha256: assessment_hash(&body, &judgement),
                body,
                judgement,
                reasons: to_json(&route.reasons)?,
                route,
            })
        }
    };
    let options = match item.options == ReadOptions::default() {
        true => None,
        false => Some(to_json(&item.options)?),
    };
    Ok(Prepared {
        item,
        said,
        options,
    })
}

fn take_one(
    change: &mut Change<'_>,
    prepared: &Prepared<'_>,
    rules: &Rules<'_>,
) -> Result<TakenIn, StoreError> {
    let item = prepared.item;
    if let Some(case) = known(change, &item.content)? {
        return Ok(TakenIn {
            case,
            what: Taken::AlreadyKnown,
            route: None,
        });
    }
    let shared = match &item.external_id {
        Some(external_id) => case_of(change, external_id, item.source)?,
        None => None,
    };
    take(change, prepared, rules, shared)
}

/// Stores an item as a case of its own, or with the case that it shares.
pub(super) fn take(
    change: &mut Change<'_>,
    prepared: &Prepared<'_>,
    rules: &Rules<'_>,
    shared: Option<CaseId>,
) -> Result<TakenIn, StoreError> {
    let item = prepared.item;
    let (case, what) = match shared {
        Some(case) => (case, Taken::AddedTo),
        None => (insert_case(change, prepared, rules)?, Taken::New),
    };
    let named = match &prepared.said {
        None => None,
        Some(said) => Some((said, AssessmentId(change.next_id(Numbered::Assessment)?))),
    };
    let event = Import {
        content: item.content,
        source: item.source,
        original: item.original,
        pictures: pictures_of(item),
        assessment: named.map(|(said, id)| AssessmentRef {
            id,
            sha256: said.sha256,
        }),
    };
    change.log("import", Some(case), &event)?;
    insert_received(change, case, item)?;
    insert_pictures(change, case, item)?;
    if let Some((said, id)) = named {
        let new = runs::NewAssessment {
            id,
            case,
            source: assessed_by(item),
            policy_id: rules.policy_id,
            body: &said.body,
            judgement: &said.judgement,
        };
        runs::insert_assessment(change, &new)?;
    }
    if what == Taken::AddedTo {
        add_to_case(change, case, item)?;
    }
    let route = match (what, named) {
        (_, None) => None,
        (Taken::New, Some((said, id))) => {
            log_route(change, case, said, id, rules)?;
            Some(said.route.route)
        }
        _ => runs::route_case(change, case, rules.policy)?.map(|route| route.route),
    };
    Ok(TakenIn { case, what, route })
}

fn assessed_by(item: &Incoming) -> Source {
    item.assessment
        .as_ref()
        .map_or(item.source, |assessment| assessment.source)
}

fn pictures_of(item: &Incoming) -> Vec<PictureRef> {
    item.pictures
        .iter()
        .map(|picture| PictureRef {
            side: picture.record.side,
            sha256: picture.record.sha256,
        })
        .collect()
}

pub(super) fn known(
    conn: &rusqlite::Connection,
    content: &Sha256,
) -> Result<Option<CaseId>, StoreError> {
    let found = conn
        .prepare_cached("SELECT case_id FROM received WHERE content = ?1")?
        .query_row([content], |row| row.get(0))
        .optional()?;
    Ok(found)
}

fn case_of(
    change: &Change<'_>,
    external_id: &str,
    source: Source,
) -> Result<Option<CaseId>, StoreError> {
    let found = change
        .prepare_cached(
            "SELECT id FROM cases WHERE external_id = ?1 AND source = ?2 ORDER BY id LIMIT 1",
        )?
        .query_row((external_id, source), |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// Bit 1 for a front, bit 2 for a back.
fn sides_of(item: &Incoming) -> i64 {
    item.pictures
        .iter()
        .fold(0, |sides, picture| sides | side_bit(picture.record.side))
}

/// The bit of a side in `cases.sides`.
pub(super) fn side_bit(side: Side) -> i64 {
    match side {
        Side::Front => 1,
        Side::Back => 2,
    }
}

/// A new case, routed already if its record says enough: one row, written once.
fn insert_case(
    change: &Change<'_>,
    prepared: &Prepared<'_>,
    rules: &Rules<'_>,
) -> Result<CaseId, StoreError> {
    let item = prepared.item;
    let route = prepared.said.as_ref().map(|said| &said.route);
    let status = match (item.pictures.is_empty(), route) {
        (true, Some(_)) => Status::Completed,
        _ => Status::New,
    };
    let now = change.now();
    change
        .prepare_cached(
            "INSERT OR FAIL INTO cases (label, source, external_id, document, options, created_at,
                 updated_at, completed_at, status, sides, view, distance, route, live, score,
                 worst, reasons, policy_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                 ?17)",
        )?
        .execute(rusqlite::params![
            item.label,
            item.source,
            item.external_id,
            item.content,
            prepared.options,
            now,
            (status == Status::Completed).then_some(now),
            status,
            sides_of(item),
            view_of(Standing::Open, status, route.map(|route| route.route)),
            route.map_or(1.0, |route| route.distance),
            route.map(|route| route.route),
            route.map(|route| route.live),
            route.and_then(|route| route.score),
            route
                .and_then(|route| route.worst)
                .map(|(side, kind)| Worst(side, kind)),
            prepared.said.as_ref().map(|said| &said.reasons),
            route.map(|_| rules.policy_id),
        ])?;
    Ok(CaseId(change.last_insert_rowid()))
}

/// More came for a case: new pictures wait for our engine, and a result for a case without any
/// completes it.
fn add_to_case(change: &Change<'_>, case: CaseId, item: &Incoming) -> Result<(), StoreError> {
    change
        .prepare_cached(
            "UPDATE cases SET updated_at = ?2, sides = sides | ?3,
                 status = CASE
                     WHEN status = 'processing' THEN status
                     WHEN ?3 <> 0 THEN 'new'
                     WHEN ?4 AND sides = 0 THEN 'completed'
                     ELSE status END,
                 completed_at = CASE WHEN ?4 AND sides | ?3 = 0 THEN ?2 ELSE completed_at END
             WHERE id = ?1",
        )?
        .execute((
            case,
            change.now(),
            sides_of(item),
            item.assessment.is_some(),
        ))?;
    Ok(())
}

fn insert_received(change: &Change<'_>, case: CaseId, item: &Incoming) -> Result<(), StoreError> {
    let original = item.original.as_ref();
    change
        .prepare_cached(
            "INSERT OR FAIL INTO received (case_id, content, source, original, original_offset,
                 original_length, at, ledger_seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            case,
            item.content,
            item.source,
            original.map(|original| original.sha256),
            original.map(|original| original.offset.cast_signed()),
            original.map(|original| original.n_bytes.cast_signed()),
            change.now(),
            change.last_seq(),
        ))?;
    Ok(())
}

fn insert_pictures(change: &Change<'_>, case: CaseId, item: &Incoming) -> Result<(), StoreError> {
    for IncomingPicture { record, thumbnail } in &item.pictures {
        change
            .prepare_cached(
                "INSERT OR FAIL INTO picture (case_id, side, sha256, n_bytes, format, width_px, height_px,
                     thumbnail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                case,
                record.side,
                record.sha256,
                record.n_bytes.cast_signed(),
                &record.format,
                record.width_px,
                record.height_px,
                thumbnail,
            ))?;
    }
    Ok(())
}

fn log_route(
    change: &mut Change<'_>,
    case: CaseId,
    said: &Said,
    id: AssessmentId,
    rules: &Rules<'_>,
) -> Result<(), StoreError> {
    let event = Routed {
        policy: rules.reference.clone(),
        assessments: vec![id],
        route: said.route.route,
        live: said.route.live,
        score: said.route.score,
        reasons: said.route.reasons.clone(),
    };
    change.log("route", Some(case), &event)
}
