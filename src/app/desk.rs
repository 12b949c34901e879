//! The queue and the open case, on the window's own connection to the workspace.
//!
//! Every query here is small; what takes longer belongs in a job. Nothing here draws.

use std::time::{Duration, Instant};

use super::camera::Camera;
use super::look::{Draft, Subject, suiting_lens};
use super::views::parts::side_title;
use crate::case::{
    Actor, CaseId, CheckKind, Evidence, Label, Mark, Route, Sha256, Side, Source, Time,
};
use crate::clock;
use crate::lens::Lens;
use crate::review::{self, ReviewError, Words};
use crate::routing::Policy;
use crate::store::{CaseRecord, Counts, QueueRow, Store, StoreError, View};

/// Rows read at a time.
const PAGE: usize = 100;
/// Rows read again at most when something changed; whoever scrolled further reads on from there.
const MAX_REREAD: usize = 1000;
/// How often the lists follow what a job changes.
const REREAD_EVERY: Duration = Duration::from_millis(300);

/// A workspace at the desk.
pub(super) struct Desk {
    store: Store,
    actor: Actor,
    /// The rules in force.
    pub(super) policy: Policy,
    /// The list on screen.
    pub(super) view: View,
    pub(super) counts: Counts,
    pub(super) rows: Vec<QueueRow>,
    pub(super) has_more: bool,
    pub(super) scroll_to_open: bool,
    pub(super) open: Option<OpenCase>,
    /// The latest verdict that can be taken back, in words.
    pub(super) undo: Option<String>,
    /// Verdicts of this person since midnight that stand.
    n_decided_today: u64,
    /// How long each case was open before it was decided, in milliseconds; since the window opened.
    spent_ms: Vec<i64>,
    /// The pictures of the case that comes next, to be decoded ahead.
    pub(super) next_pictures: Vec<(Sha256, Side)>,
    changes: i64,
    read_at: Instant,
}

/// The case on screen.
pub(super) struct OpenCase {
    pub(super) record: CaseRecord,
    pub(super) side: Side,
    pub(super) camera: Camera,
    /// Where the eye is over the other side.
    pub(super) other_camera: Camera,
    pub(super) note: String,
    /// What was drawn over the pictures, first to last.
    pub(super) marks: Vec<Mark>,
    /// Words that are being written over the picture.
    pub(super) draft: Option<Draft>,
    /// Why no verdict can be given. `None` if one can.
    pub(super) closed: Option<String>,
    opened_at: Time,
    /// When the claim was last renewed.
    claimed_at: Time,
}

impl OpenCase {
    /// The picture of a side, with what our engine found in it.
    pub(super) fn subject(&self, side: Side) -> Option<Subject> {
        let picture = self.record.pictures.iter().find(|p| p.side == side)?;
        let run = self.record.latest(Source::Engine);
        let mut facts = run.into_iter().flat_map(|run| &run.assessment.pictures);
        let facts = facts.find(|facts| facts.side == side);
        Some(Subject {
            sha256: picture.sha256,
            side,
            quad: facts.and_then(|facts| facts.quad),
            portrait: facts.and_then(|facts| facts.portrait),
            title: side_title(side).to_owned(),
        })
    }

    /// The lens that suits the worst check, if the case is not accepted and that check is of the side on
    /// screen.
    pub(super) fn suiting_lens(&self) -> Option<Lens> {
        let route = self.record.route.as_ref()?;
        let (side, kind) = route.worst.filter(|_| route.route != Route::Accept)?;
        (side == self.side).then(|| suiting_lens(kind))
    }

    /// What was drawn over the pictures and is to be kept with a verdict.
    pub(super) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The side that is not on screen, if there is a picture of it.
    pub(super) fn other_side(&self) -> Option<Side> {
        let mut sides = self.record.pictures.iter().map(|picture| picture.side);
        sides.find(|side| *side != self.side)
    }

    /// Where the probabilities of our engine's checks on a side come from, in the order of the checks.
    pub(super) fn evidence(&self, side: Side) -> impl Iterator<Item = (CheckKind, &Evidence)> {
        let run = self.record.latest(Source::Engine);
        let checks = run.into_iter().flat_map(|run| &run.assessment.checks);
        checks
            .filter(move |check| check.side == side)
            .filter_map(|check| Some((check.kind, check.evidence.as_ref()?)))
    }
}

impl Desk {
    /// A desk that has read nothing yet.
    pub(super) fn new(store: Store, actor: Actor, policy: Policy) -> Self {
        Self {
            store,
            actor,
            policy,
            view: View::Inbox,
            counts: Counts::default(),
            rows: Vec::new(),
            has_more: false,
            scroll_to_open: false,
            open: None,
            undo: None,
            n_decided_today: 0,
            spent_ms: Vec::new(),
            next_pictures: Vec::new(),
            changes: 0,
            read_at: Instant::now(),
        }
    }

    /// Whether there are cases that our engine has not looked at yet.
    pub(super) fn has_waiting(&self) -> bool {
        self.counts.of(View::Waiting) > 0
    }

    /// Where pictures are read from.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Reads the list and opens its first case.
    pub(super) fn begin(&mut self, now: Time) -> Result<(), StoreError> {
        self.reread()?;
        self.changes = self.store.seen_changes()?;
        self.read_own(now)?;
        self.open_first(now)
    }

    /// Follows what others have changed, a few times a second at most. Says when to look again,
    /// if it was too soon.
    pub(super) fn follow(&mut self, now: Time) -> Result<Option<Duration>, StoreError> {
        let changes = self.store.seen_changes()?;
        if changes == self.changes {
            return Ok(None);
        }
        let since = self.read_at.elapsed();
        if since < REREAD_EVERY {
            return Ok(Some(REREAD_EVERY - since));
        }
        self.changes = changes;
        self.refresh(now)?;
        Ok(None)
    }

    /// Reads the list and the open case again.
    pub(super) fn refresh(&mut self, now: Time) -> Result<(), StoreError> {
        self.reread()?;
        self.read_own(now)?;
        if let Some(open) = &mut self.open {
            open.record = self.store.case(open.record.id)?;
        } else if self.view == View::Inbox {
            self.open_first(now)?;
        }
        self.look_ahead();
        Ok(())
    }

    /// Shows another list and opens its first case.
    pub(super) fn show_view(&mut self, view: View, now: Time) -> Result<(), StoreError> {
        self.view = view;
        self.rows.clear();
        self.leave(now)?;
        self.reread()?;
        self.open_first(now)
    }

    /// Reads the page after the rows that are there.
    pub(super) fn load_more(&mut self) -> Result<(), StoreError> {
        let after = self.rows.last().map(QueueRow::cursor);
        // If it fails it is told once, and not at every frame in which the list's end is in sight.
        self.has_more = false;
        let page = self.store.queue_page(self.view, after.as_ref(), PAGE)?;
        self.has_more = page.next.is_some();
        self.rows.extend(page.rows);
        Ok(())
    }

    /// Opens a case, and leaves the one that was open.
    pub(super) fn open_case(&mut self, case: CaseId, now: Time) -> Result<(), StoreError> {
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.record.id == case)
        {
            return Ok(());
        }
        self.leave(now)?;
        let (record, closed) = match self.review().open(case, now) {
            Ok(record) => (record, None),
            // It can be looked at all the same.
            Err(ReviewError::Store(error @ StoreError::Claimed { .. })) => {
                (self.store.case(case)?, Some(error.to_string()))
            }
            Err(ReviewError::Store(error)) => return Err(error),
            Err(other) => (self.store.case(case)?, Some(other.to_string())),
        };
        self.put_open(record, closed, now);
        Ok(())
    }

    /// The case `by` places further down, or up for a negative number.
    pub(super) fn step(&mut self, by: isize, now: Time) -> Result<(), StoreError> {
        let at = self.open_row();
        let to = match at {
            Some(at) => at.saturating_add_signed(by),
            None => 0,
        };
        if to >= self.rows.len() && self.has_more {
            self.load_more()?;
        }
        let Some(row) = self.rows.get(to) else {
            return Ok(());
        };
        self.scroll_to_open = true;
        self.open_case(row.case, now)
    }

    /// Gives the open case a verdict and opens the next one. Says what was decided, in words.
    pub(super) fn decide(&mut self, label: Label, now: Time) -> Result<(), ReviewError> {
        let Some(open) = &self.open else {
            return Ok(());
        };
        let case = open.record.id;
        let note = open.note.trim();
        let words = Words {
            reason: None,
            note: (!note.is_empty()).then(|| note.to_owned()),
        };
        let opened_at = open.opened_at;
        self.review().decide(case, label, words, now)?;
        self.spent_ms.push(now.millis_since(opened_at));
        // The verdict has ended the claim, so there is nothing to leave.
        self.open = None;
        self.move_on(case, now)?;
        self.counts = self.store.counts()?;
        self.read_own(now)?;
        Ok(())
    }

    /// Takes the latest verdict back and opens its case.
    pub(super) fn undo(&mut self, now: Time) -> Result<(), ReviewError> {
        let record = self.review().undo(now)?;
        if self
            .open
            .as_ref()
            .is_none_or(|open| open.record.id != record.id)
        {
            self.leave(now)?;
        }
        if self.view != View::All {
            self.view = record.view;
        }
        let note = record
            .verdicts
            .last()
            .and_then(|verdict| verdict.ruling.note.clone());
        self.put_open(record, None, now);
        // What was written with the verdict is written still.
        if let (Some(open), Some(note)) = (&mut self.open, note) {
            open.note = note;
        }
        self.reread()?;
        self.read_own(now)?;
        self.scroll_to_open = true;
        Ok(())
    }

    /// Renews the claim on the open case before it ends.
    pub(super) fn renew(&mut self, now: Time) -> Result<(), StoreError> {
        let minutes = self.policy.claim_minutes;
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        let half = i64::from(minutes) * 60_000 / 2;
        if open.closed.is_some() || now.millis_since(open.claimed_at) < half {
            return Ok(());
        }
        open.claimed_at = now;
        let case = open.record.id;
        match self.store.claim(case, &self.actor, minutes, now) {
            Ok(()) => Ok(()),
            Err(error) => {
                // The verdict would be refused as well: say so before one is given.
                open.closed = Some(error.to_string());
                Ok(())
            }
        }
    }

    /// `12 decided today, 8 s a case`: how many, and the median of this window. `None` before the first.
    pub(super) fn tally(&self) -> Option<String> {
        if self.n_decided_today == 0 {
            return None;
        }
        let mut text = format!("{} decided today", self.n_decided_today);
        let mut spent_ms = self.spent_ms.clone();
        spent_ms.sort_unstable();
        if let Some(median) = spent_ms.get(spent_ms.len() / 2) {
            text.push_str(&format!(", {} s a case", (median + 500) / 1000));
        }
        Some(text)
    }

    /// Ends the session.
    pub(super) fn close(mut self) {
        let now = clock::now();
        let left = self.leave(now).and_then(|()| self.store.close(now));
        if let Err(error) = left {
            tracing::warn!("the workspace was not closed in good order: {error}");
        }
    }

    fn review(&mut self) -> review::Desk<'_> {
        review::Desk {
            store: &mut self.store,
            actor: &self.actor,
            policy: &self.policy,
        }
    }

    fn put_open(&mut self, record: CaseRecord, closed: Option<String>, now: Time) {
        let side = record.pictures.first().map_or(Side::Front, |p| p.side);
        self.open = Some(OpenCase {
            record,
            side,
            camera: Camera::default(),
            other_camera: Camera::default(),
            note: String::new(),
            marks: Vec::new(),
            draft: None,
            closed,
            opened_at: now,
            claimed_at: now,
        });
        self.look_ahead();
    }

    fn leave(&mut self, now: Time) -> Result<(), StoreError> {
        if let Some(open) = self.open.take()
            && open.closed.is_none()
        {
            self.store.release(open.record.id, &self.actor, now)?;
        }
        Ok(())
    }

    fn reread(&mut self) -> Result<(), StoreError> {
        let limit = self.rows.len().clamp(PAGE, MAX_REREAD);
        let page = self.store.queue_page(self.view, None, limit)?;
        self.has_more = page.next.is_some();
        self.rows = page.rows;
        self.counts = self.store.counts()?;
        self.read_at = Instant::now();
        Ok(())
    }

    /// What this person has decided.
    fn read_own(&mut self, now: Time) -> Result<(), StoreError> {
        let midnight = clock::start_of_day(now);
        self.n_decided_today = self.store.n_decided_since(&self.actor, midnight)?;
        self.undo = match self.store.last_verdict(&self.actor)? {
            Some(verdict) => Some(format!(
                "Case {}: {}",
                verdict.case,
                verdict.ruling.label.title().to_lowercase()
            )),
            None => None,
        };
        Ok(())
    }

    fn open_first(&mut self, now: Time) -> Result<(), StoreError> {
        match self.rows.iter().find(|row| is_free(row, now)) {
            Some(row) => self.open_case(row.case, now),
            None => Ok(()),
        }
    }

    /// Where the open case is in the list.
    fn open_row(&self) -> Option<usize> {
        let case = self.open.as_ref()?.record.id;
        self.rows.iter().position(|row| row.case == case)
    }

    /// Opens the case after one that was just decided.
    fn move_on(&mut self, decided: CaseId, now: Time) -> Result<(), StoreError> {
        let at = self.rows.iter().position(|row| row.case == decided);
        let from = match at {
            // A case that stays in this list shows its verdict; one that leaves it makes room.
            Some(at) if matches!(self.view, View::All | View::Decided) => {
                self.rows[at] = self.store.queue_row(decided)?;
                at + 1
            }
            Some(at) => {
                self.rows.remove(at);
                at
            }
            None => 0,
        };
        if from >= self.rows.len() && self.has_more {
            self.load_more()?;
        }
        let (before, after) = self.rows.split_at(from.min(self.rows.len()));
        let next = after
            .iter()
            .chain(before)
            .find(|row| row.verdict.is_none() && is_free(row, now))
            .map(|row| row.case);
        self.scroll_to_open = true;
        match next {
            Some(case) => self.open_case(case, now),
            None => Ok(()),
        }
    }

    /// Notes which pictures come next, so that they are decoded before they are asked for.
    fn look_ahead(&mut self) {
        self.next_pictures.clear();
        let next = self
            .open_row()
            .and_then(|at| self.rows.get(at + 1))
            .map(|row| row.case);
        // A case that cannot be read says so when it is opened.
        if let Some(Ok(record)) = next.map(|case| self.store.case(case)) {
            self.next_pictures = record
                .pictures
                .iter()
                .map(|picture| (picture.sha256, picture.side))
                .collect();
        }
    }
}

fn is_free(row: &QueueRow, now: Time) -> bool {
    row.claim
        .as_ref()
        .is_none_or(|claim| claim.ours || !claim.is_live(now))
}
