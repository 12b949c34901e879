//! The queue and the open case, on the window's own connection to the workspace.
//!
//! Every query here is small; what takes longer belongs in a job. Nothing here draws.

mod deciding;
pub(super) mod picking;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::camera::Camera;
use super::look::{Draft, Subject, suiting_lens};
use crate::case::{Actor, CaseId, CheckKind, Evidence, Mark, Route, Sha256, Side, Source, Time};
use crate::clock;
use crate::lens::Lens;
use crate::review::{self, ReviewError, Undone};
use crate::routing::Policy;
use crate::store::{
    Agreement, CaseRecord, Counts, Cursor, Page, QueueRow, Search, Store, StoreError, View,
};

/// Rows read at a time.
const PAGE: usize = 100;
/// Rows read again at most when something changed; whoever scrolled further reads on from there.
const MAX_REREAD: usize = 1000;
/// How often the lists follow what a job changes.
const REREAD_EVERY: Duration = Duration::from_millis(300);
/// How often cases that were put off until now are looked for.
const WAKE_EVERY: Duration = Duration::from_secs(60);

/// A workspace at the desk.
pub(super) struct Desk {
    store: Store,
    actor: Actor,
    /// The rules in force.
    pub(super) policy: Policy,
    /// What is searched for in which list, and in which order.
    pub(super) search: Search,
    pub(super) counts: Counts,
    /// Cases that are this person's.
    pub(super) n_mine: u64,
    pub(super) rows: Vec<QueueRow>,
    /// Where the next page begins. `None` at the end.
    next: Option<Cursor>,
    /// A page that a job is to read, because it takes longer than a frame.
    wanted: Option<WantedPage>,
    /// A job reads a page.
    pub(super) searching: bool,
    /// The cases that the next action is for, if it is not the open one alone.
    pub(super) picked: BTreeSet<CaseId>,
    pub(super) scroll_to_open: bool,
    pub(super) open: Option<OpenCase>,
    /// The latest verdict that can be taken back, in words.
    pub(super) undo: Option<String>,
    /// What was taken back and can be given again, the latest last.
    redo: Vec<Undone>,
    /// Verdicts of this person since midnight that stand.
    n_decided_today: u64,
    /// How often they found a known answer. `None` where the policy does not show it.
    agreement: Option<Agreement>,
    /// How long each case was open before it was decided, in milliseconds; since the window opened.
    spent_ms: Vec<i64>,
    /// The pictures of the case that comes next, to be decoded ahead.
    pub(super) next_pictures: Vec<(Sha256, Side)>,
    changes: i64,
    read_at: Instant,
    /// When it was last looked for cases that were put off until now.
    woken_at: Instant,
}

/// A page to be read by a job.
#[derive(Clone)]
pub(super) struct WantedPage {
    pub(super) search: Search,
    pub(super) after: Option<Cursor>,
}

/// The case on screen.
pub(super) struct OpenCase {
    pub(super) record: CaseRecord,
    pub(super) side: Side,
    pub(super) camera: Camera,
    /// Where the eye is over the other side.
    pub(super) other_camera: Camera,
    pub(super) note: String,
    /// The reason code that goes with the next verdict.
    pub(super) reason: Option<String>,
    /// A verdict comes before the probabilities are shown.
    pub(super) blind: bool,
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
            title: side.title().to_owned(),
            file: None,
        })
    }

    /// The lens that suits the worst check, if the case is not accepted and that check is of the side on
    /// screen; none while the probabilities are not to be seen.
    pub(super) fn suiting_lens(&self) -> Option<Lens> {
        let route = self.record.route.as_ref().filter(|_| !self.blind)?;
        let (side, kind) = route.worst.filter(|_| route.route != Route::Accept)?;
        (side == self.side).then(|| suiting_lens(kind))
    }

    /// Whether probabilities or another person's verdict are not to be seen by `actor` yet.
    pub(super) fn hides_something(&self, actor: &Actor) -> bool {
        self.blind || self.record.hides_verdicts_from(actor)
    }

    /// The side that is not on screen, if there is a picture of it.
    pub(super) fn other_side(&self) -> Option<Side> {
        let mut sides = self.record.pictures.iter().map(|picture| picture.side);
        sides.find(|side| *side != self.side)
    }

    /// Where the probabilities of our engine's checks on a side come from, in the order of the checks.
    pub(super) fn evidence(&self, side: Side) -> impl Iterator<Item = (CheckKind, &Evidence)> {
        // Blind, the parts of a picture would say what its numbers must not.
        let run = self.record.latest(Source::Engine).filter(|_| !self.blind);
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
            search: Search::of(View::Inbox),
            counts: Counts::default(),
            n_mine: 0,
            rows: Vec::new(),
            next: None,
            wanted: None,
            searching: false,
            picked: BTreeSet::new(),
            scroll_to_open: false,
            open: None,
            undo: None,
            redo: Vec::new(),
            n_decided_today: 0,
            agreement: None,
            spent_ms: Vec::new(),
            next_pictures: Vec::new(),
            changes: 0,
            read_at: Instant::now(),
            woken_at: Instant::now(),
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
        self.store.wake(now)?;
        self.reread()?;
        self.changes = self.store.seen_changes()?;
        self.read_own(now)?;
        self.open_first(now)
    }

    /// Follows what others have changed, a few times a second at most. Says when to look again,
    /// if it was too soon.
    pub(super) fn follow(&mut self, now: Time) -> Result<Option<Duration>, StoreError> {
        let mut later = None;
        if self.counts.of(View::Held) > 0 {
            if self.woken_at.elapsed() >= WAKE_EVERY {
                self.refresh(now)?;
            }
            later = Some(WAKE_EVERY);
        }
        let changes = self.store.seen_changes()?;
        if changes == self.changes {
            return Ok(later);
        }
        let since = self.read_at.elapsed();
        if since < REREAD_EVERY {
            return Ok(Some(REREAD_EVERY - since));
        }
        self.changes = changes;
        self.refresh(now)?;
        Ok(later)
    }

    /// Reads the list and the open case again.
    pub(super) fn refresh(&mut self, now: Time) -> Result<(), StoreError> {
        self.store.wake(now)?;
        self.woken_at = Instant::now();
        self.reread()?;
        self.read_own(now)?;
        if let Some(open) = &mut self.open {
            open.record = self.store.case(open.record.id)?;
        } else if self.search.view == View::Inbox {
            self.open_first(now)?;
        }
        self.look_ahead();
        Ok(())
    }

    /// Shows what a search finds and opens its first case.
    pub(super) fn show(&mut self, search: Search, now: Time) -> Result<(), StoreError> {
        let same_list = self.search.list() == search.list();
        self.search = search;
        self.picked.clear();
        // Whatever is searched for just now is not wanted any more.
        self.searching = false;
        if !same_list {
            self.leave(now)?;
        }
        self.rows.clear();
        self.reread()?;
        if self.open.is_none() {
            self.open_first(now)?;
        }
        self.scroll_to_open = true;
        Ok(())
    }

    /// Who sits at the desk.
    pub(super) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether there are rows after those that are there.
    pub(super) fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// Reads the page after the rows that are there.
    pub(super) fn load_more(&mut self) -> Result<(), StoreError> {
        // If it fails it is told once, and not at every frame in which the list's end is in sight.
        let Some(after) = self.next.take() else {
            return Ok(());
        };
        if !self.search.is_quick() {
            self.wanted = Some(WantedPage {
                search: self.search.clone(),
                after: Some(after),
            });
            return Ok(());
        }
        let page = self.store.queue_page(&self.search, Some(&after), PAGE)?;
        self.next = page.next;
        self.rows.extend(page.rows);
        Ok(())
    }

    /// The page that a job is to read now.
    pub(super) fn take_wanted(&mut self) -> Option<WantedPage> {
        let wanted = self.wanted.take()?;
        self.searching = true;
        Some(wanted)
    }

    /// Takes in a page that a job has read, unless something else is wanted by now.
    pub(super) fn take_page(
        &mut self,
        wanted: &WantedPage,
        page: Page,
        now: Time,
    ) -> Result<(), StoreError> {
        if wanted.search != self.search {
            return Ok(());
        }
        self.searching = false;
        if wanted.after.is_none() {
            self.rows.clear();
        }
        self.rows.extend(page.rows);
        self.next = page.next;
        if self.open.is_none() {
            self.open_first(now)?;
        }
        self.look_ahead();
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
        if to >= self.rows.len() && self.has_more() {
            self.load_more()?;
        }
        let Some(row) = self.rows.get(to) else {
            return Ok(());
        };
        self.scroll_to_open = true;
        self.open_case(row.case, now)
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
        let blind = self.policy.blind_first_look && record.verdict().is_none();
        // What was drawn for the verdict that stands is drawn still.
        let drawn = record.verdict().map(|verdict| verdict.ruling.marks.clone());
        let marks = match record.hides_verdicts_from(&self.actor) {
            true => Vec::new(),
            false => drawn.unwrap_or_default(),
        };
        let side = record.pictures.first().map_or(Side::Front, |p| p.side);
        self.open = Some(OpenCase {
            record,
            side,
            camera: Camera::default(),
            other_camera: Camera::default(),
            note: String::new(),
            reason: None,
            blind,
            marks,
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
        if self.search.is_quick() {
            let limit = self.rows.len().clamp(PAGE, MAX_REREAD);
            let page = self.store.queue_page(&self.search, None, limit)?;
            self.next = page.next;
            self.rows = page.rows;
        } else if !self.searching {
            self.next = None;
            self.wanted = Some(WantedPage {
                search: self.search.clone(),
                after: None,
            });
        }
        self.counts = self.store.counts()?;
        self.n_mine = self.store.n_assigned(&self.actor)?;
        self.read_at = Instant::now();
        Ok(())
    }

    fn open_first(&mut self, now: Time) -> Result<(), StoreError> {
        match self.rows.iter().find(|row| self.is_free(row, now)) {
            Some(row) => self.open_case(row.case, now),
            None => Ok(()),
        }
    }

    /// Where the open case is in the list.
    fn open_row(&self) -> Option<usize> {
        let case = self.open.as_ref()?.record.id;
        self.rows.iter().position(|row| row.case == case)
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

    /// Whether a verdict of this person is what the case waits for.
    fn waits(&self, row: &QueueRow) -> bool {
        row.verdict.is_none() || row.view == self.search.view && row.view != View::Decided
    }

    /// Whether nobody else has it open or for themselves.
    fn is_free(&self, row: &QueueRow, now: Time) -> bool {
        let open = row
            .claim
            .as_ref()
            .is_none_or(|claim| claim.ours || !claim.is_live(now));
        let whose = row.assigned_to.as_ref();
        open && whose.is_none_or(|whose| *whose == self.actor)
    }
}
