//! What a reviewer may do at the desk: open a case, decide it, change their mind, hand it back.
//!
//! ```text
//! open → (look) → decide → the next case        undo → the cases again       leave → released
//!                 hold, escalate → out of the inbox, with a remark           resume → back again
//! ```
//!
//! Every step is on disk with its ledger row when the method returns. Who may see the desk and how
//! it looks is not known here.

use crate::case::{Actor, CaseId, Label, Mark, Time, VerdictId};
use crate::routing::Policy;
use crate::store::{CaseRecord, Cursor, QueueRow, Ruling, Store, StoreError, View};

/// Somebody at the desk of a workspace.
#[derive(Debug)]
pub struct Desk<'a> {
    /// Where cases are kept.
    pub store: &'a mut Store,
    /// Who acts.
    pub actor: &'a Actor,
    /// The rules in force.
    pub policy: &'a Policy,
}

/// Why a reviewer could not do what they asked for.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The note or the reason is longer than a person would write.
    #[error("the {what} has {n_chars} characters, and at most {max_chars} are kept: shorten it")]
    TooLong {
        /// `note`, `reason` or `remark`.
        what: &'static str,
        /// How many there are.
        n_chars: usize,
        /// How many may be.
        max_chars: usize,
    },
    /// The policy wants more than a label for this verdict.
    #[error("the policy asks for {what} with the verdict {}", .label.title())]
    Needs {
        /// The verdict.
        label: Label,
        /// "a reason" or "a note".
        what: &'static str,
    },
    /// A case that is decided gets another verdict only with a reason or a note.
    #[error("case {0} is decided: say why you change the verdict, by a reason or a note")]
    SayWhy(CaseId),
    /// Somebody puts a case off or hands it up and does not say why.
    #[error("say why in a few words: whoever comes next needs it")]
    NoRemark,
    /// A case cannot be put off into the past.
    #[error("choose a time that is still to come")]
    PastTime,
    /// There is no verdict of this person to take back.
    #[error("there is no verdict of yours to undo")]
    NothingToUndo,
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The longest note that is kept, in characters: some pages of text.
const MAX_NOTE_CHARS: usize = 10_000;
/// The longest reason code that is kept, in characters.
const MAX_REASON_CHARS: usize = 100;

impl Desk<'_> {
    /// Opens a case for looking and deciding, and keeps others out for as long as the policy says.
    ///
    /// # Errors
    ///
    /// [`StoreError::Claimed`] if somebody else has it open.
    pub fn open(&mut self, case: CaseId, now: Time) -> Result<CaseRecord, ReviewError> {
        self.store
            .claim(case, self.actor, self.policy.claim_minutes, now)?;
        Ok(self.store.case(case)?)
    }

    /// Hands a case back undecided.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn leave(&mut self, case: CaseId, now: Time) -> Result<(), ReviewError> {
        self.store.release(case, self.actor, now)?;
        Ok(())
    }

    /// The next case of the inbox after a place in it, or from its beginning when nothing is left
    /// behind that place.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite refuses.
    pub fn next(&self, after: Option<&Cursor>, now: Time) -> Result<Option<QueueRow>, ReviewError> {
        if after.is_some()
            && let Some(row) = self.store.next_unclaimed(after, self.actor, now)?
        {
            return Ok(Some(row));
        }
        Ok(self.store.next_unclaimed(None, self.actor, now)?)
    }

    /// Gives a verdict. It is on disk when this returns. A case that had one has a changed verdict
    /// then, or a second one, and the old one is kept.
    ///
    /// # Errors
    ///
    /// [`ReviewError::TooLong`] for a reason or note beyond its limit; [`ReviewError::Needs`] where
    /// the policy wants more than a label; [`ReviewError::SayWhy`] for a decided case without a
    /// reason or note; [`StoreError::Claimed`] if somebody else has the case open;
    /// [`StoreError::LookedBefore`] if a third person is to settle it.
    pub fn decide(
        &mut self,
        case: CaseId,
        label: Label,
        words: Words,
        now: Time,
    ) -> Result<VerdictId, ReviewError> {
        let ruling = self.ruling(label, words)?;
        let says_why = ruling.reason.is_some() || ruling.note.is_some();
        if !says_why && self.must_say_why(case)? {
            return Err(ReviewError::SayWhy(case));
        }
        Ok(self
            .store
            .decide(case, &ruling, self.policy, self.actor, now)?)
    }

    /// Gives many cases the same verdict, to be taken back as one. Says which could not be decided,
    /// and why.
    ///
    /// # Errors
    ///
    /// As [`Self::decide`]; then none was decided.
    pub fn decide_all(
        &mut self,
        cases: &[CaseId],
        label: Label,
        words: Words,
        now: Time,
    ) -> Result<Vec<StoreError>, ReviewError> {
        let ruling = self.ruling(label, words)?;
        Ok(self
            .store
            .decide_all(cases, &ruling, self.policy, self.actor, now)?)
    }

    /// Takes this person's latest verdict back, with the others of its act. Says which cases those
    /// were, and opens the case if it was one.
    ///
    /// # Errors
    ///
    /// [`ReviewError::NothingToUndo`] if none of theirs stands; [`StoreError::Claimed`] if somebody
    /// else has the case open.
    pub fn undo(&mut self, now: Time) -> Result<Undone, ReviewError> {
        let verdict = self
            .store
            .last_verdict(self.actor)?
            .ok_or(ReviewError::NothingToUndo)?;
        let cases = self.store.undo(verdict.id, self.actor, now)?;
        let open = match cases.as_slice() {
            &[case] => Some(self.open(case, now)?),
            _ => None,
        };
        Ok(Undone {
            ruling: verdict.ruling,
            cases,
            open,
        })
    }

    /// Gives verdicts again that were taken back.
    ///
    /// # Errors
    ///
    /// As [`Self::decide`].
    pub fn redo(&mut self, undone: &Undone, now: Time) -> Result<Vec<StoreError>, ReviewError> {
        Ok(match undone.cases.as_slice() {
            &[case] => {
                self.store
                    .decide(case, &undone.ruling, self.policy, self.actor, now)?;
                Vec::new()
            }
            cases => self
                .store
                .decide_all(cases, &undone.ruling, self.policy, self.actor, now)?,
        })
    }

    /// Puts a case off until a time, with the reason.
    ///
    /// # Errors
    ///
    /// [`ReviewError::NoRemark`], [`ReviewError::TooLong`], [`ReviewError::PastTime`];
    /// [`StoreError::Claimed`], [`StoreError::Settled`].
    pub fn hold(
        &mut self,
        case: CaseId,
        until: Time,
        why: &str,
        now: Time,
    ) -> Result<(), ReviewError> {
        if until <= now {
            return Err(ReviewError::PastTime);
        }
        let why = remark(why)?;
        Ok(self.store.hold(case, until, &why, self.actor, now)?)
    }

    /// Hands a case up, with the reason.
    ///
    /// # Errors
    ///
    /// [`ReviewError::NoRemark`], [`ReviewError::TooLong`]; [`StoreError::Claimed`],
    /// [`StoreError::Settled`].
    pub fn escalate(&mut self, case: CaseId, why: &str, now: Time) -> Result<(), ReviewError> {
        let why = remark(why)?;
        Ok(self.store.escalate(case, &why, self.actor, now)?)
    }

    /// Whether the case is decided for good; a verdict that this person gave blind is not.
    fn must_say_why(&self, case: CaseId) -> Result<bool, ReviewError> {
        if self.store.queue_row(case)?.view != View::Decided {
            return Ok(false);
        }
        let record = self.store.case(case)?;
        let verdict = record.verdict();
        Ok(!verdict.is_some_and(|given| given.ruling.blind && given.actor == *self.actor))
    }

    fn ruling(&self, label: Label, words: Words) -> Result<Ruling, ReviewError> {
        let ruling = Ruling {
            label,
            reason: kept("reason", words.reason, MAX_REASON_CHARS)?,
            note: kept("note", words.note, MAX_NOTE_CHARS)?,
            marks: words.marks,
            blind: words.blind,
        };
        let rules = self.policy.rules_of(label);
        let lacks = [
            (rules.needs_reason && ruling.reason.is_none(), "a reason"),
            (rules.needs_note && ruling.note.is_none(), "a note"),
        ];
        match lacks.into_iter().find(|(lacks, _)| *lacks) {
            Some((_, what)) => Err(ReviewError::Needs { label, what }),
            None => Ok(ruling),
        }
    }
}

/// Verdicts that were taken back in one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Undone {
    /// What they said.
    pub ruling: Ruling,
    /// Of which cases.
    pub cases: Vec<CaseId>,
    /// The case, opened again, if it was one.
    pub open: Option<CaseRecord>,
}

/// What a reviewer adds to a verdict in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// A reason code.
    pub reason: Option<String>,
    /// A note in their own words.
    pub note: Option<String>,
    /// What they drew over the pictures.
    pub marks: Vec<Mark>,
    /// Whether they had not seen the probabilities yet.
    pub blind: bool,
}

fn remark(why: &str) -> Result<String, ReviewError> {
    kept("remark", Some(why.to_owned()), MAX_NOTE_CHARS)?.ok_or(ReviewError::NoRemark)
}

/// The text without white space around it, if there is any and it is not too long.
fn kept(
    what: &'static str,
    text: Option<String>,
    max_chars: usize,
) -> Result<Option<String>, ReviewError> {
    let text = text
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    let n_chars = text.as_ref().map_or(0, |text| text.chars().count());
    if n_chars > max_chars {
        return Err(ReviewError::TooLong {
            what,
            n_chars,
            max_chars,
        });
    }
    Ok(text)
}
