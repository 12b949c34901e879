//! Verdicts at the desk: given, taken back, given again.

use super::{Desk, OpenCase};
use crate::case::{CaseId, Label, Time};
use crate::clock;
use crate::review::{ReviewError, Undone, Words};
use crate::store::{Agreement, Search, StoreError, View};
use crate::words::words;

/// Acts that can be given again after they were taken back.
const MAX_REDO: usize = 50;

impl Desk {
    /// Gives the open case a verdict and opens the next one; after a blind verdict the case stays,
    /// with its probabilities.
    pub(crate) fn decide(&mut self, label: Label, now: Time) -> Result<(), ReviewError> {
        let Some(open) = &self.open else {
            return Ok(());
        };
        let (case, blind, opened_at) = (open.record.id, open.blind, open.opened_at);
        let words = words_of(open);
        self.review().decide(case, label, words, now)?;
        self.redo.clear();
        self.spent_ms.push(now.millis_since(opened_at));
        if blind {
            // The verdict has ended the claim; looking on needs another.
            let record = self.review().open(case, now)?;
            self.put_open(record, None, now);
            if let Some(row) = self.rows.iter_mut().find(|row| row.case == case) {
                *row = self.store.queue_row(case)?;
            }
        } else {
            // The verdict has ended the claim, so there is nothing to leave.
            self.open = None;
            self.move_on(case, now)?;
        }
        self.plant(now)?;
        self.counts = self.store.counts()?;
        self.read_own(now)?;
        Ok(())
    }

    /// Lets the policy put a case whose answer is known among those that come next.
    fn plant(&mut self, now: Time) -> Result<(), StoreError> {
        match self.store.plant_next(&self.policy, &self.actor, now) {
            Ok(false) => {}
            Ok(true) => {
                self.reread()?;
                self.look_ahead();
            }
            // The verdict is on disk, and this is no matter of whoever gave it.
            Err(error) => tracing::warn!("no case with a known answer was planted: {error}"),
        }
        Ok(())
    }

    /// Gives all picked cases one verdict, in one act. Says which could not be decided, and why.
    pub(crate) fn decide_picked(
        &mut self,
        label: Label,
        now: Time,
    ) -> Result<Vec<StoreError>, ReviewError> {
        let cases: Vec<CaseId> = self.picked.iter().copied().collect();
        let words = self.open.as_ref().map(words_of).unwrap_or_default();
        let words = Words {
            // What was drawn is about the open case's picture alone.
            marks: Vec::new(),
            ..words
        };
        let refused = self.review().decide_all(&cases, label, words, now)?;
        self.redo.clear();
        self.after_many(now)?;
        Ok(refused)
    }

    /// Takes the latest verdict back, with the others of its act, and opens its case.
    pub(crate) fn undo(&mut self, now: Time) -> Result<(), ReviewError> {
        let undone = self.review().undo(now)?;
        match &undone.open {
            Some(record) => {
                let record = record.clone();
                if self
                    .open
                    .as_ref()
                    .is_none_or(|open| open.record.id != record.id)
                {
                    self.leave(now)?;
                }
                if ![View::All, record.view].contains(&self.search.view) {
                    self.search = Search::of(record.view);
                }
                self.put_open(record, None, now);
                // What was written with the verdict is written still.
                if let Some(open) = &mut self.open {
                    open.note = undone.ruling.note.clone().unwrap_or_default();
                    open.reason.clone_from(&undone.ruling.reason);
                    open.marks.clone_from(&undone.ruling.marks);
                }
                self.reread()?;
                self.read_own(now)?;
                self.scroll_to_open = true;
            }
            None => {
                self.picked = undone.cases.iter().copied().collect();
                self.after_many(now)?;
            }
        }
        self.redo.push(undone);
        if self.redo.len() > MAX_REDO {
            self.redo.remove(0);
        }
        Ok(())
    }

    /// Gives the verdicts again that were taken back last. Says which could not be given.
    pub(crate) fn redo(&mut self, now: Time) -> Result<Vec<StoreError>, ReviewError> {
        let Some(undone) = self.redo.last().cloned() else {
            return Ok(Vec::new());
        };
        let refused = self.review().redo(&undone, now)?;
        self.redo.pop();
        match undone.cases.as_slice() {
            &[case]
                if self
                    .open
                    .as_ref()
                    .is_some_and(|open| open.record.id == case) =>
            {
                self.open = None;
                self.move_on(case, now)?;
                self.counts = self.store.counts()?;
                self.read_own(now)?;
            }
            _ => self.after_many(now)?,
        }
        Ok(refused)
    }

    /// What can be given again, in words.
    pub(crate) fn redo_words(&self) -> Option<String> {
        let Undone { ruling, cases, .. } = self.redo.last()?;
        Some(act_words(cases, ruling.label))
    }

    /// `12 decided today, 8 s a case`: how many, and the median of this window; and how many known
    /// answers were found, where the policy shows it. `None` before the first.
    pub(crate) fn tally(&self) -> Option<String> {
        if self.n_decided_today == 0 {
            return None;
        }
        let mut parts = vec![words!("queue-tally", count = self.n_decided_today)];
        let mut spent_ms = self.spent_ms.clone();
        spent_ms.sort_unstable();
        if let Some(median) = spent_ms.get(spent_ms.len() / 2) {
            let seconds = (median + 500) / 1000;
            parts.push(words!("queue-tally.median", seconds = seconds));
        }
        if let Some(Agreement { n_cases, n_agreed }) = self.agreement.filter(|own| own.n_cases > 0)
        {
            parts.push(words!(
                "queue-tally.known-answers",
                agreed = n_agreed,
                count = n_cases
            ));
        }
        Some(parts.join(", "))
    }

    /// What this person has decided.
    pub(super) fn read_own(&mut self, now: Time) -> Result<(), StoreError> {
        let midnight = clock::start_of_day(now);
        self.n_decided_today = self.store.n_decided_since(&self.actor, midnight)?;
        if self.policy.known_answers.shown {
            self.agreement = Some(self.store.agreement(&self.actor)?);
        }
        self.reviewers = self.store.reviewers()?;
        let last = self.store.last_verdict(&self.actor)?;
        self.undo = last.map(|verdict| match verdict.act {
            Some(_) => words!("desk-act.several", verdict = verdict.ruling.label.word()),
            None => act_words(&[verdict.case], verdict.ruling.label),
        });
        Ok(())
    }

    /// Opens the case after one that was just decided.
    pub(super) fn move_on(&mut self, decided: CaseId, now: Time) -> Result<(), StoreError> {
        let at = self.rows.iter().position(|row| row.case == decided);
        let from = match at {
            // A case that stays in this list shows its verdict; one that leaves it makes room.
            Some(at) if matches!(self.search.view, View::All | View::Decided) => {
                self.rows[at] = self.store.queue_row(decided)?;
                at + 1
            }
            Some(at) => {
                self.rows.remove(at);
                at
            }
            None => 0,
        };
        if from >= self.rows.len() && self.has_more() {
            self.load_more()?;
        }
        let (before, after) = self.rows.split_at(from.min(self.rows.len()));
        let next = after
            .iter()
            .chain(before)
            .find(|row| self.waits(row) && self.is_free(row, now))
            .map(|row| row.case);
        self.scroll_to_open = true;
        match next {
            Some(case) => self.open_case(case, now),
            None => Ok(()),
        }
    }

    /// Reads everything again after an act on many cases.
    pub(super) fn after_many(&mut self, now: Time) -> Result<(), StoreError> {
        self.leave(now)?;
        self.picked.clear();
        self.reread()?;
        self.read_own(now)?;
        self.open_first(now)
    }
}

fn words_of(open: &OpenCase) -> Words {
    let note = open.note.trim();
    Words {
        reason: open.reason.clone(),
        note: (!note.is_empty()).then(|| note.to_owned()),
        marks: open.marks.clone(),
        blind: open.blind,
    }
}

fn act_words(cases: &[CaseId], label: Label) -> String {
    match cases {
        [case] => words!("desk-act", case = case.to_string(), verdict = label.word()),
        cases => words!("desk-act.many", count = cases.len(), verdict = label.word()),
    }
}
