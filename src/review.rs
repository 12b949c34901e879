//! What a reviewer may do at the desk: open a case, decide it, change their mind, hand it back.
//!
//! ```text
//! open → (look) → decide → the next case        undo → the case again        leave → released
//! ```
//!
//! Every step is on disk with its ledger row when the method returns. Who may see the desk and how
//! it looks is not known here.

use crate::case::{Actor, CaseId, Label, Time, VerdictId};
use crate::routing::Policy;
use crate::store::{CaseRecord, Cursor, QueueRow, Ruling, Store, StoreError};

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
        /// `note` or `reason`.
        what: &'static str,
        /// How many there are.
        n_chars: usize,
        /// How many may be.
        max_chars: usize,
    },
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
            && let Some(row) = self.store.next_unclaimed(after, now)?
        {
            return Ok(Some(row));
        }
        Ok(self.store.next_unclaimed(None, now)?)
    }

    /// Gives a verdict. It is on disk when this returns. A case that had one has a changed verdict
    /// then, and the old one is kept.
    ///
    /// # Errors
    ///
    /// [`ReviewError::TooLong`] for a reason or note beyond its limit; [`StoreError::Claimed`] if
    /// somebody else has the case open.
    pub fn decide(
        &mut self,
        case: CaseId,
        label: Label,
        words: Words,
        now: Time,
    ) -> Result<VerdictId, ReviewError> {
        let ruling = Ruling {
            label,
            reason: kept("reason", words.reason, MAX_REASON_CHARS)?,
            note: kept("note", words.note, MAX_NOTE_CHARS)?,
        };
        Ok(self.store.decide(case, &ruling, self.actor, now)?)
    }

    /// Takes this person's latest verdict back and opens its case again.
    ///
    /// # Errors
    ///
    /// [`ReviewError::NothingToUndo`] if none of theirs stands; [`StoreError::Claimed`] if somebody
    /// else has the case open.
    pub fn undo(&mut self, now: Time) -> Result<CaseRecord, ReviewError> {
        let verdict = self
            .store
            .last_verdict(self.actor)?
            .ok_or(ReviewError::NothingToUndo)?;
        let case = self.store.undo(verdict.id, self.actor, now)?;
        self.open(case, now)
    }
}

/// What a reviewer adds to a verdict in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// A reason code.
    pub reason: Option<String>,
    /// A note in their own words.
    pub note: Option<String>,
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
