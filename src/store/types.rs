//! What the store hands out: pages of the queue, whole cases, verdicts.

use serde::{Deserialize, Serialize};

use super::search::Cursor;
use crate::case::{
    Actor, Assessment, AssessmentId, CaseId, CaseRoute, CheckKind, Incoming, Judgement, Label,
    Live, Look, Mark, OriginalRef, PictureRecord, PolicyRef, Probability, ReadOptions, Route,
    Sha256, Side, Source, Status, Time, VerdictId,
};
use crate::words::words;

/// A list of cases at the desk. Each case is in exactly one of them, and in [`View::All`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// For review, without a verdict.
    Inbox,
    /// Put off until a date.
    Held,
    /// Handed up to somebody with more experience.
    Escalated,
    /// With a verdict, and another person is to look as well.
    SecondLook,
    /// With two verdicts that differ; a third person settles it.
    Adjudication,
    /// Accepted by the policy, without a verdict.
    Accepted,
    /// Rejected by the policy, without a verdict.
    Rejected,
    /// A new picture is asked for; without a verdict.
    Retake,
    /// With a verdict.
    Decided,
    /// The program could not assess it, and nobody else has.
    Failed,
    /// Not assessed yet.
    Waiting,
    /// Every case.
    All,
}

impl View {
    /// Every view, in the order of the desk.
    pub const ALL: [Self; 12] = [
        Self::Inbox,
        Self::Escalated,
        Self::SecondLook,
        Self::Adjudication,
        Self::Held,
        Self::Accepted,
        Self::Rejected,
        Self::Retake,
        Self::Decided,
        Self::Failed,
        Self::Waiting,
        Self::All,
    ];

    /// The word on the command line and in exports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Held => "held",
            Self::Escalated => "escalated",
            Self::SecondLook => "second-look",
            Self::Adjudication => "adjudication",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Retake => "retake",
            Self::Decided => "decided",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
            Self::All => "all",
        }
    }

    /// The name for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Inbox => words!("view-inbox"),
            Self::Held => words!("view-held"),
            Self::Escalated => words!("view-escalated"),
            Self::SecondLook => words!("view-second-look"),
            Self::Adjudication => words!("view-adjudication"),
            Self::Accepted => words!("view-accepted"),
            Self::Rejected => words!("view-rejected"),
            Self::Retake => words!("view-retake"),
            Self::Decided => words!("view-decided"),
            Self::Failed => words!("view-failed"),
            Self::Waiting => words!("view-waiting"),
            Self::All => words!("view-all"),
        }
    }
}

crate::case::from_name!(View);

/// How many cases each view holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the order of [`View::ALL`], `All` left out.
    pub(super) n_cases: [u64; 11],
}

impl Counts {
    pub(super) fn set(&mut self, view: View, n: u64) {
        let place = View::ALL.iter().position(|&each| each == view);
        if let Some(count) = place.and_then(|at| self.n_cases.get_mut(at)) {
            *count = n;
        }
    }

    /// The cases in `view`.
    #[must_use]
    pub fn of(&self, view: View) -> u64 {
        View::ALL
            .iter()
            .position(|&each| each == view)
            .and_then(|at| self.n_cases.get(at).copied())
            .unwrap_or_else(|| self.n_cases.iter().sum())
    }
}

/// One row of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueRow {
    /// The case.
    pub case: CaseId,
    /// What a person calls it.
    pub label: String,
    /// Where it came from first.
    pub source: Source,
    /// How far its assessment is.
    pub status: Status,
    /// The view that it is in; never [`View::All`].
    pub view: View,
    /// Where the policy sends it. `None` while nothing has been said of it.
    pub route: Option<Route>,
    /// The document's outcome. `None` while nothing has been said of it.
    pub live: Option<Live>,
    /// The lowest score of any source.
    pub score: Option<Probability>,
    /// The check that the score came from.
    pub worst: Option<(Side, CheckKind)>,
    /// How far the nearest deciding number lies from its threshold, 0 to 1.
    pub distance: f64,
    /// 0 unless somebody raised or lowered it; the highest comes first.
    pub priority: i64,
    /// When it came in.
    pub created: Time,
    /// The verdict that stands.
    pub verdict: Option<Label>,
    /// Whoever has it open; see [`Claim::is_live`].
    pub claim: Option<Claim>,
    /// The sides that it has pictures of, and thumbnails.
    pub sides: Vec<Side>,
    /// Whose it is. `None` for everybody's.
    pub assigned_to: Option<Actor>,
    /// Until when it is put off.
    pub held_until: Option<Time>,
}

/// A stretch of the queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// In the order asked for.
    pub rows: Vec<QueueRow>,
    /// Where the next page begins. `None` at the end.
    pub next: Option<Cursor>,
}

/// That somebody has a case open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub by: Actor,
    /// Since when.
    pub at: Time,
    /// Until when, unless it is renewed.
    pub until: Time,
    /// Whether it is this store's own, or that of one opened beside it by
    /// [`super::Store::another`].
    pub ours: bool,
}

impl Claim {
    /// Whether it keeps others out at `now`.
    #[must_use]
    pub fn is_live(&self, now: Time) -> bool {
        self.until > now
    }
}

/// What became of one incoming submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It made a case.
    New,
    /// The same content is stored already; nothing was added.
    AlreadyKnown,
    /// It joined a case by the vendor's id.
    AddedTo,
}

/// What became of one incoming submission, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenIn {
    /// The case that holds it.
    pub case: CaseId,
    /// Whether anything was added.
    pub what: Taken,
    /// Where the case goes now, where it was routed by this.
    pub route: Option<Route>,
}

/// What was stored when a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The run.
    pub assessment: AssessmentId,
    /// What the policy made of it alone.
    pub judgement: Judgement,
    /// Where the case goes by all that is known of it.
    pub route: CaseRoute,
}

/// One piece of what came in for a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What makes it the same when it comes again.
    pub content: Sha256,
    /// Where it came from.
    pub source: Source,
    /// The record's bytes. `None` for pictures from files.
    pub original: Option<OriginalRef>,
    /// When.
    pub at: Time,
}

/// One assessment as it was stored, with the judgement of its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its number.
    pub id: AssessmentId,
    /// When it was made or came in.
    pub at: Time,
    /// What the source said.
    pub assessment: Assessment,
    /// What the policy of that time made of it.
    pub judgement: Judgement,
}

/// What a reviewer says about a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// What it is.
    pub label: Label,
    /// A reason code.
    pub reason: Option<String>,
    /// The reviewer's own words.
    pub note: Option<String>,
    /// What the reviewer drew over the pictures.
    pub marks: Vec<Mark>,
    /// Whether it was given before the probabilities were shown.
    pub blind: bool,
}

impl Ruling {
    /// A verdict without a reason or a note.
    #[must_use]
    pub fn plain(label: Label) -> Self {
        Self {
            label,
            reason: None,
            note: None,
            marks: Vec::new(),
            blind: false,
        }
    }
}

/// A verdict as it was stored, with what it rested on.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Its number.
    pub id: VerdictId,
    /// The case.
    pub case: CaseId,
    /// What was said.
    pub ruling: Ruling,
    /// Who said it.
    pub actor: Actor,
    /// When.
    pub at: Time,
    /// The verdict that it changed.
    pub replaces: Option<VerdictId>,
    /// The policy by which the case had been routed. `None` if it had not.
    pub policy: Option<PolicyRef>,
    /// Where the policy had sent the case.
    pub route: Option<Route>,
    /// The latest assessment of each source at that time.
    pub assessments: Vec<AssessmentId>,
    /// When and by whom it was taken back.
    pub undone: Option<(Time, Actor)>,
    /// Which look at the case it was.
    pub look: Look,
    /// Whether another person is to look as well.
    pub asks_second: bool,
    /// What it shares with the others of one bulk act. `None` if it was given alone.
    pub act: Option<i64>,
}

/// Why somebody put a case off or handed it up, in their own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Time,
    /// The words.
    pub text: String,
}

/// A document whose truth is known, to be put among the cases.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownCase {
    /// What comes in.
    pub incoming: Incoming,
    /// The truth.
    pub answer: Label,
    /// The decided case that it repeats. `None` for a document that was no case yet.
    pub from: Option<CaseId>,
}

/// How often somebody found the answer of cases whose answer is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Cases decided.
    pub n_cases: u64,
    /// Those of them with a verdict that comes to the same as the answer; see
    /// [`Label::agrees_with`].
    pub n_agreed: u64,
}

/// Everything about one case, without pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRecord {
    /// Its number.
    pub id: CaseId,
    /// What a person calls it.
    pub label: String,
    /// Where it came from first.
    pub source: Source,
    /// The vendor's id for the document.
    pub external_id: Option<String>,
    /// The content that came first; the sample is drawn by it.
    pub document: Sha256,
    /// How far its assessment is.
    pub status: Status,
    /// When it came in.
    pub created: Time,
    /// When it last changed.
    pub updated: Time,
    /// When its latest result was there.
    pub completed: Option<Time>,
    /// Why the program could not assess it, if it last failed.
    pub failure: Option<String>,
    /// How its pictures ask to be read.
    pub options: ReadOptions,
    /// 0 unless somebody raised or lowered it.
    pub priority: i64,
    /// The view that it is in; never [`View::All`].
    pub view: View,
    /// Where it goes. `None` while nothing has been said of it.
    pub route: Option<CaseRoute>,
    /// The policy that the route follows from.
    pub policy: Option<PolicyRef>,
    /// Everything that came in for it, first to last.
    pub received: Vec<Received>,
    /// The latest picture of each side, front first, without thumbnails.
    pub pictures: Vec<PictureRecord>,
    /// Every assessment, first to last.
    pub runs: Vec<Run>,
    /// Every verdict, first to last, the undone and the changed ones too.
    pub verdicts: Vec<Verdict>,
    /// Why it was put off or handed up, first to last.
    pub remarks: Vec<Remark>,
    /// Whose it is. `None` for everybody's.
    pub assigned_to: Option<Actor>,
    /// Until when it is put off.
    pub held_until: Option<Time>,
    /// Whoever has it open.
    pub claim: Option<Claim>,
}

impl CaseRecord {
    /// Whether somebody's verdict must not be seen by `actor`, who is to give a second one.
    #[must_use]
    pub fn hides_verdicts_from(&self, actor: &Actor) -> bool {
        self.view == View::SecondLook
            && self
                .verdict()
                .is_some_and(|verdict| verdict.actor != *actor)
    }

    /// The verdict that stands.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdicts
            .iter()
            .rev()
            .find(|verdict| verdict.undone.is_none())
    }

    /// The verdict that settles the case: the one that stands, unless another person is still to
    /// look.
    #[must_use]
    pub fn settled(&self) -> Option<&Verdict> {
        self.verdict().filter(|_| self.view == View::Decided)
    }

    /// The hash of the picture of a side.
    #[must_use]
    pub fn picture_of(&self, side: Side) -> Option<Sha256> {
        let picture = self.pictures.iter().find(|picture| picture.side == side)?;
        Some(picture.sha256)
    }

    /// The latest assessment by `source`.
    #[must_use]
    pub fn latest(&self, source: Source) -> Option<&Run> {
        self.runs
            .iter()
            .rev()
            .find(|run| run.assessment.source == source)
    }

    /// The latest assessment of each source, in the order of [`Source::ALL`].
    pub fn latest_runs(&self) -> impl Iterator<Item = &Run> {
        Source::ALL
            .into_iter()
            .filter_map(|source| self.latest(source))
    }
}
