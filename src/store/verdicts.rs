//! Verdicts: given, changed, taken back; each with what it rested on.

use rusqlite::{OptionalExtension as _, Row};

use super::change::{Change, Numbered, from_json, to_json};
use super::events::{AssessmentRef, Decided, PictureRef, Undone, Why, assessment_hash};
use super::known_answers::is_planted;
use super::queue::{Holder, holder};
use super::standing::{Standing, place};
use super::types::{Ruling, Verdict};
use super::{Store, StoreError};
use crate::case::{Actor, AssessmentId, CaseId, Look, PolicyRef, Route, Sha256, Time, VerdictId};
use crate::config::Workspace;
use crate::routing::Policy;

/// What [`Raw::read`] reads; a WHERE follows.
const SELECT: &str = "SELECT verdict.id, verdict.case_id, verdict.label, verdict.reason, \
     verdict.note, verdict.actor, verdict.at, verdict.replaces, policy.version, policy.sha256, \
     verdict.route, verdict.assessments, verdict.undone_at, verdict.undone_by, verdict.marks, \
     verdict.look, verdict.asks_second, verdict.blind, verdict.act \
     FROM verdict LEFT JOIN policy ON policy.id = verdict.policy_id";

impl Store {
    /// Stores a verdict with its ledger row, and ends this session's claim on the case. A case that
    /// had one already then has a changed verdict, or a second one; the old one is kept. The policy
    /// says whether another person is to look as well.
    ///
    /// # Errors
    ///
    /// [`StoreError::Claimed`] if another living session has the case open,
    /// [`StoreError::LookedBefore`] if a third person is to settle it, [`StoreError::NoCase`],
    /// [`StoreError::Database`].
    pub fn decide(
        &mut self,
        case: CaseId,
        ruling: &Ruling,
        policy: &Policy,
        actor: &Actor,
        now: Time,
    ) -> Result<VerdictId, StoreError> {
        let workspace = self.workspace.clone();
        self.change("storing a verdict", actor, now, |change| {
            give(change, &workspace, case, ruling, policy, None)
        })
    }

    /// Gives many cases the same verdict in one act, which is taken back as one. Says which could
    /// not be decided, and why; the others are.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoCase`], [`StoreError::Database`]; then none was decided.
    pub fn decide_all(
        &mut self,
        cases: &[CaseId],
        ruling: &Ruling,
        policy: &Policy,
        actor: &Actor,
        now: Time,
    ) -> Result<Vec<StoreError>, StoreError> {
        let workspace = self.workspace.clone();
        self.change("storing verdicts", actor, now, |change| {
            let act = change.last_seq() + 1;
            let mut refused = Vec::new();
            for &case in cases {
                match give(change, &workspace, case, ruling, policy, Some(act)) {
                    Ok(_) => {}
                    Err(error @ (StoreError::Claimed { .. } | StoreError::LookedBefore(_))) => {
                        refused.push(error);
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(refused)
        })
    }

    /// Takes a verdict back, with the others of its act; the one before it, if any, stands again.
    /// Says which cases those were.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotStanding`] if it was taken back before or changed since,
    /// [`StoreError::Claimed`], [`StoreError::NoVerdict`], [`StoreError::Database`]; then none was
    /// taken back.
    pub fn undo(
        &mut self,
        verdict: VerdictId,
        actor: &Actor,
        now: Time,
    ) -> Result<Vec<CaseId>, StoreError> {
        let workspace = self.workspace.clone();
        self.change("taking a verdict back", actor, now, |change| {
            let (case, act): (CaseId, Option<i64>) = change
                .prepare_cached("SELECT case_id, act FROM verdict WHERE id = ?1")?
                .query_row([verdict], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?
                .ok_or(StoreError::NoVerdict(verdict))?;
            if act.is_none() {
                take_back(change, &workspace, case, verdict)?;
                return Ok(vec![case]);
            }
            let of_act = change
                .prepare_cached(
                    "SELECT id, case_id FROM verdict WHERE act = ?1 AND undone_at IS NULL
                     ORDER BY id",
                )?
                .query_map([act], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<Vec<(VerdictId, CaseId)>>>()?;
            for &(verdict, case) in &of_act {
                take_back(change, &workspace, case, verdict)?;
            }
            Ok(of_act.into_iter().map(|(_, case)| case).collect())
        })
    }

    /// The latest verdict by `actor` that stands.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn last_verdict(&self, actor: &Actor) -> Result<Option<Verdict>, StoreError> {
        let read = || -> Result<_, StoreError> {
            let raw = self
                .conn
                .prepare_cached(&last_sql())?
                .query_row([actor], Raw::read)
                .optional()?;
            raw.map(Raw::understand).transpose()
        };
        read().map_err(|error| error.while_doing("reading a verdict"))
    }

    /// How many verdicts that `actor` gave since `since` stand; at most 10,000 are counted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn n_decided_since(&self, actor: &Actor, since: Time) -> Result<u64, StoreError> {
        let count = || -> rusqlite::Result<i64> {
            let mut found = self.conn.prepare_cached(DECIDED_SINCE)?;
            found.query_row((actor, since), |row| row.get(0))
        };
        let n =
            count().map_err(|error| StoreError::from(error).while_doing("counting verdicts"))?;
        Ok(n.cast_unsigned())
    }

    /// Everybody by whom a verdict stands, by name; the cost grows with the people alone.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn reviewers(&self) -> Result<Vec<Actor>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Actor>> {
            let mut found = self.conn.prepare_cached(REVIEWERS)?;
            found.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|error| StoreError::from(error).while_doing("listing reviewers"))
    }

    /// Every verdict of a case, first to last.
    pub(super) fn verdicts_of(&self, case: CaseId) -> Result<Vec<Verdict>, StoreError> {
        let mut found = self.conn.prepare_cached(&format!(
            "{SELECT} WHERE verdict.case_id = ?1 ORDER BY verdict.id"
        ))?;
        let raws = found
            .query_map([case], Raw::read)?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        raws.into_iter().map(Raw::understand).collect()
    }
}

/// Verdicts are numbered as time goes, so the latest ones of an index by actor and number do.
pub(super) const DECIDED_SINCE: &str = "SELECT count(*) FROM (
         SELECT at FROM verdict WHERE actor = ?1 AND undone_at IS NULL ORDER BY id DESC LIMIT 10000)
     WHERE at >= ?2";

/// From one name to the next along the index, instead of through all verdicts.
pub(super) const REVIEWERS: &str = "WITH RECURSIVE reviewer (name) AS (
         SELECT min(actor) FROM verdict WHERE undone_at IS NULL
         UNION ALL
         SELECT (SELECT min(actor) FROM verdict WHERE undone_at IS NULL AND actor > name)
         FROM reviewer WHERE name IS NOT NULL)
     SELECT name FROM reviewer WHERE name IS NOT NULL";

/// The hash by which the ledger names a person's own words.
pub(super) fn text_hash(text: Option<&str>) -> Option<Sha256> {
    text.map(|text| Sha256::of(text.as_bytes()))
}

fn last_sql() -> String {
    format!(
        "{SELECT} WHERE verdict.actor = ?1 AND verdict.undone_at IS NULL
             AND verdict.id = (SELECT verdict_id FROM cases WHERE cases.id = verdict.case_id)
         ORDER BY verdict.id DESC LIMIT 1"
    )
}

/// A verdict's row before its JSON is understood.
struct Raw {
    verdict: Verdict,
    assessments: String,
    marks: Option<String>,
}

impl Raw {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let policy = match (row.get(8)?, row.get(9)?) {
            (Some(version), Some(sha256)) => Some(PolicyRef { version, sha256 }),
            _ => None,
        };
        let undone = match (row.get(12)?, row.get(13)?) {
            (Some(at), Some(by)) => Some((at, by)),
            _ => None,
        };
        Ok(Self {
            verdict: Verdict {
                id: row.get(0)?,
                case: row.get(1)?,
                ruling: Ruling {
                    label: row.get(2)?,
                    reason: row.get(3)?,
                    note: row.get(4)?,
                    marks: Vec::new(),
                    blind: row.get(17)?,
                },
                actor: row.get(5)?,
                at: row.get(6)?,
                replaces: row.get(7)?,
                policy,
                route: row.get(10)?,
                assessments: Vec::new(),
                undone,
                look: row.get(15)?,
                asks_second: row.get(16)?,
                act: row.get(18)?,
            },
            assessments: row.get(11)?,
            marks: row.get(14)?,
        })
    }

    fn understand(self) -> Result<Verdict, StoreError> {
        let id = self.verdict.id.0;
        let what = || format!("verdict {id}");
        let mut verdict = self.verdict;
        verdict.assessments = from_json(&self.assessments, what)?;
        if let Some(marks) = &self.marks {
            verdict.ruling.marks = from_json(marks, what)?;
        }
        Ok(verdict)
    }
}

/// What a verdict rests on.
struct Grounds {
    standing: Standing,
    document: Sha256,
    replaces: Option<VerdictId>,
    policy_id: Option<i64>,
    policy: Option<PolicyRef>,
    route: Option<Route>,
    assessments: Vec<AssessmentRef>,
    pictures: Vec<PictureRef>,
}

fn grounds(change: &Change<'_>, case: CaseId) -> Result<Grounds, StoreError> {
    let mut grounds = change
        .prepare_cached(
            "SELECT verdict_id, policy_id, policy.version, policy.sha256, route, standing, document
             FROM cases LEFT JOIN policy ON policy.id = policy_id WHERE cases.id = ?1",
        )?
        .query_row([case], |row| {
            let policy = match (row.get(2)?, row.get(3)?) {
                (Some(version), Some(sha256)) => Some(PolicyRef { version, sha256 }),
                _ => None,
            };
            Ok(Grounds {
                standing: row.get(5)?,
                document: row.get(6)?,
                replaces: row.get(0)?,
                policy_id: row.get(1)?,
                policy,
                route: row.get(4)?,
                assessments: Vec::new(),
                pictures: Vec::new(),
            })
        })?;
    grounds.assessments = change
        .prepare_cached(
            "SELECT id, body, judgement FROM assessment
             WHERE id IN (SELECT max(id) FROM assessment WHERE case_id = ?1 GROUP BY source)
             ORDER BY id",
        )?
        .query_map([case], |row| {
            Ok(AssessmentRef {
                id: row.get(0)?,
                sha256: assessment_hash(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    grounds.pictures = change
        .prepare_cached(
            "SELECT side, sha256 FROM picture
             WHERE id IN (SELECT max(id) FROM picture WHERE case_id = ?1 GROUP BY side)
             ORDER BY side DESC",
        )?
        .query_map([case], |row| {
            Ok(PictureRef {
                side: row.get(0)?,
                sha256: row.get(1)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(grounds)
}

/// Gives one case a verdict.
fn give(
    change: &mut Change<'_>,
    workspace: &Workspace,
    case: CaseId,
    ruling: &Ruling,
    policy: &Policy,
    act: Option<i64>,
) -> Result<VerdictId, StoreError> {
    // Whoever may not is told before anything is written.
    holder(change, workspace, case)?;
    let grounds = grounds(change, case)?;
    let look = look(change, case, &grounds)?;
    end_claim(change, workspace, case)?;
    let verdict = VerdictId(change.next_id(Numbered::Verdict)?);
    let marks = match ruling.marks.as_slice() {
        [] => None,
        marks => Some(to_json(&marks)?),
    };
    let event = Decided {
        verdict,
        label: ruling.label,
        reason: ruling.reason.clone(),
        note_sha256: text_hash(ruling.note.as_deref()),
        replaces: grounds.replaces,
        route: grounds.route,
        policy: grounds.policy.clone(),
        assessments: grounds.assessments.clone(),
        pictures: grounds.pictures.clone(),
        look,
        // A planted case is nobody's document: one look at it is enough.
        asks_second: look == Look::First
            && !is_planted(change, case)?
            && policy.asks_second(ruling.label, grounds.route, &grounds.document),
        blind: ruling.blind,
        marks_sha256: text_hash(marks.as_deref()),
        act,
    };
    change.log("verdict", Some(case), &event)?;
    insert_verdict(change, case, ruling, marks, &grounds, &event)?;
    change
        .prepare_cached(
            "UPDATE cases SET assigned_to = NULL WHERE id = ?1 AND assigned_to IS NOT NULL",
        )?
        .execute([case])?;
    place(change, case)?;
    Ok(verdict)
}

/// Which look at the case this person's verdict is.
fn look(change: &Change<'_>, case: CaseId, grounds: &Grounds) -> Result<Look, StoreError> {
    if !matches!(
        grounds.standing,
        Standing::SecondLook | Standing::Adjudication
    ) {
        return Ok(Look::First);
    }
    // The verdict that stands, and at an adjudication the one that it differs from.
    let n_before = if grounds.standing == Standing::SecondLook {
        1
    } else {
        2
    };
    let looked_before = change
        .prepare_cached(
            "SELECT ?2 IN (SELECT actor FROM verdict WHERE case_id = ?1 AND undone_at IS NULL
                           ORDER BY id DESC LIMIT ?3)",
        )?
        .query_row((case, change.actor(), n_before), |row| row.get(0))?;
    match (grounds.standing, looked_before) {
        // A change of mind before anybody else has looked.
        (Standing::SecondLook, true) => Ok(Look::First),
        (Standing::SecondLook, false) => Ok(Look::Second),
        (_, true) => Err(StoreError::LookedBefore(case)),
        (_, false) => Ok(Look::Adjudication),
    }
}

/// Takes back the verdict that stands on a case.
fn take_back(
    change: &mut Change<'_>,
    workspace: &Workspace,
    case: CaseId,
    verdict: VerdictId,
) -> Result<(), StoreError> {
    if standing(change, case, None)? != Some(verdict) {
        return Err(StoreError::NotStanding(verdict));
    }
    // Whoever takes it back may have the case open; nobody else may.
    holder(change, workspace, case)?;
    let event = Undone {
        verdict,
        stands: standing(change, case, Some(verdict))?,
    };
    change.log("undo", Some(case), &event)?;
    change
        .prepare_cached(
            "UPDATE verdict SET undone_at = ?2, undone_by = ?3, undone_seq = ?4 WHERE id = ?1",
        )?
        .execute((verdict, change.now(), change.actor(), change.last_seq()))?;
    place(change, case)
}

/// Ends whatever claim is on the case, unless it keeps this session out.
fn end_claim(
    change: &mut Change<'_>,
    workspace: &Workspace,
    case: CaseId,
) -> Result<(), StoreError> {
    let held = holder(change, workspace, case)?;
    if held == Holder::Nobody {
        return Ok(());
    }
    change.end_claim(case)?;
    let why = match held {
        Holder::Gone => "its time was over, or its session ended unexpectedly",
        Holder::Us | Holder::Nobody => "decided",
    };
    let why = why.to_owned();
    change.log("release", Some(case), &Why { why })
}

fn insert_verdict(
    change: &Change<'_>,
    case: CaseId,
    ruling: &Ruling,
    marks: Option<String>,
    grounds: &Grounds,
    event: &Decided,
) -> Result<(), StoreError> {
    let assessments: Vec<AssessmentId> = grounds.assessments.iter().map(|named| named.id).collect();
    change
        .prepare_cached(
            "INSERT OR FAIL INTO verdict (id, case_id, label, reason, note, actor, at, replaces, policy_id,
                 route, assessments, ledger_seq, look, asks_second, blind, marks, act)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?
        .execute(rusqlite::params![
            event.verdict,
            case,
            ruling.label,
            &ruling.reason,
            &ruling.note,
            change.actor(),
            change.now(),
            grounds.replaces,
            grounds.policy_id,
            grounds.route,
            to_json(&assessments)?,
            change.last_seq(),
            event.look,
            event.asks_second,
            ruling.blind,
            marks,
            event.act,
        ])?;
    Ok(())
}

/// The latest verdict of the case that was not taken back, one left out.
fn standing(
    change: &Change<'_>,
    case: CaseId,
    but: Option<VerdictId>,
) -> Result<Option<VerdictId>, StoreError> {
    let found = change
        .prepare_cached(
            "SELECT id FROM verdict WHERE case_id = ?1 AND undone_at IS NULL AND id IS NOT ?2
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row((case, but), |row| row.get(0))
        .optional()?;
    Ok(found)
}
