//! What is done with one case or with many picked ones besides deciding them.

use super::Desk;
use crate::case::{Actor, CaseId, Time};
use crate::review::ReviewError;
use crate::store::StoreError;

/// What is done with each of the cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Handling {
    /// Put it off, and why.
    Hold {
        /// Until then.
        until: Time,
        /// In the reviewer's own words.
        why: String,
    },
    /// Hand it up, and why.
    Escalate {
        /// In the reviewer's own words.
        why: String,
    },
    /// Make it somebody's.
    Assign(Actor),
    /// Back to its list: not on hold, not handed up, nobody's.
    Resume,
    /// So many steps of priority up, or down for a negative number.
    Prioritise(i64),
}

impl Desk {
    /// The cases that an action is for: those picked, else the open one.
    pub(crate) fn subjects(&self) -> Vec<CaseId> {
        if self.picked.is_empty() {
            self.open.iter().map(|open| open.record.id).collect()
        } else {
            self.picked.iter().copied().collect()
        }
    }

    /// Does the same with every subject. Says with which it could not be done, and why.
    pub(crate) fn handle(
        &mut self,
        handling: &Handling,
        now: Time,
    ) -> Result<Vec<StoreError>, ReviewError> {
        let cases = self.subjects();
        let mut refused = Vec::new();
        for &case in &cases {
            let done = match handling {
                Handling::Hold { until, why } => self.review().hold(case, *until, why, now),
                Handling::Escalate { why } => self.review().escalate(case, why, now),
                Handling::Assign(to) => {
                    let actor = self.actor.clone();
                    let assigned = self.store.assign(case, Some(to), &actor, now);
                    assigned.map_err(ReviewError::from)
                }
                Handling::Resume => {
                    let actor = self.actor.clone();
                    let resumed = self.store.resume(case, &actor, now);
                    resumed.map_err(ReviewError::from)
                }
                Handling::Prioritise(by) => {
                    let actor = self.actor.clone();
                    let priority = self.store.queue_row(case)?.priority + by;
                    let changed = self.store.set_priority(case, priority, &actor, now);
                    changed.map_err(ReviewError::from)
                }
            };
            match done {
                Ok(()) => {}
                Err(ReviewError::Store(
                    error @ (StoreError::Claimed { .. } | StoreError::Settled(_)),
                )) => refused.push(error),
                Err(error) => return Err(error),
            }
        }
        self.picked.clear();
        let leaves = matches!(handling, Handling::Hold { .. } | Handling::Escalate { .. });
        match cases.as_slice() {
            // Putting off and handing up have ended the claim.
            &[case] if leaves && refused.is_empty() => {
                self.open = None;
                self.move_on(case, now)?;
                self.reread()?;
            }
            _ => self.refresh(now)?,
        }
        Ok(refused)
    }

    /// Picks a case or lets it go.
    pub(crate) fn pick(&mut self, case: CaseId) {
        if self.picked.is_empty() {
            // Who begins to pick means the open case too.
            self.picked
                .extend(self.open.iter().map(|open| open.record.id));
            self.picked.insert(case);
        } else if !self.picked.remove(&case) {
            self.picked.insert(case);
        }
    }

    /// Picks every row from the open case to this one.
    pub(crate) fn pick_to(&mut self, case: CaseId) {
        let at = |case| self.rows.iter().position(|row| row.case == case);
        let from = self.open.as_ref().and_then(|open| at(open.record.id));
        let (Some(from), Some(to)) = (from, at(case)) else {
            return;
        };
        let rows = &self.rows[from.min(to)..=from.max(to)];
        self.picked.extend(rows.iter().map(|row| row.case));
    }

    /// Opens the next or the previous row and picks both.
    pub(crate) fn pick_step(&mut self, by: isize, now: Time) -> Result<(), StoreError> {
        let open = |desk: &Self| desk.open.as_ref().map(|open| open.record.id);
        self.picked.extend(open(self));
        self.step(by, now)?;
        self.picked.extend(open(self));
        Ok(())
    }

    /// Picks all rows that have been read.
    pub(crate) fn pick_all(&mut self) {
        self.picked = self.rows.iter().map(|row| row.case).collect();
    }
}
