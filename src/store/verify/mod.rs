//! Whether all of it still holds together: chain, hashes, originals, the file itself.

use std::ops::ControlFlow;

mod chain;
mod database;
mod events;
mod files;

use super::{Store, StoreError};
use crate::case::{AssessmentId, CaseId, Sha256, VerdictId};

/// The most problems of one stage that are listed: more say nothing new.
const MOST_PROBLEMS: usize = 1000;

/// What is being verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyStage {
    /// The ledger's chain.
    Ledger,
    /// What the ledger says against the tables.
    Events,
    /// The originals against their hashes.
    Originals,
    /// SQLite's own checks.
    Database,
}

/// How far the verification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyProgress {
    /// What is being verified.
    pub stage: VerifyStage,
    /// How much of it is done.
    pub n_done: u64,
    /// Of how much.
    pub n_total: u64,
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A row's content does not give its hash.
    #[error("ledger row {0} was changed after it was written")]
    LedgerChanged(u64),
    /// A row does not follow from the one before it.
    #[error(
        "ledger row {0} does not follow from the row before it: rows were changed, removed or put in between"
    )]
    LedgerBroken(u64),
    /// The last rows are gone.
    #[error("the ledger ends at row {last}, but row {expected} was written")]
    LedgerCut {
        /// The last row found.
        last: u64,
        /// The last row written.
        expected: u64,
    },
    /// A row's body is not one that this program writes.
    #[error("ledger row {seq} cannot be understood: {reason}")]
    LedgerUnintelligible {
        /// The row.
        seq: u64,
        /// Why.
        reason: String,
    },
    /// An assessment is not the one that the ledger names.
    #[error("assessment {} is not the one that ledger row {seq} names: it was changed or removed", .assessment.0)]
    AssessmentChanged {
        /// The assessment.
        assessment: AssessmentId,
        /// The row that names it.
        seq: u64,
    },
    /// A verdict is not the one that the ledger names.
    #[error("verdict {} is not the one that ledger row {seq} names: it was changed or removed", .verdict.0)]
    VerdictChanged {
        /// The verdict.
        verdict: VerdictId,
        /// The row that names it.
        seq: u64,
    },
    /// A remark is not the one that the ledger names.
    #[error(
        "the remark of ledger row {seq} is not the one that it names: it was changed or removed"
    )]
    RemarkChanged {
        /// The row that names it.
        seq: u64,
    },
    /// A known answer is not the one that the ledger names.
    #[error(
        "the known answer of ledger row {seq} is not the one that it names: it was changed or removed"
    )]
    KnownAnswerChanged {
        /// The row that names it.
        seq: u64,
    },
    /// A policy's text does not give its hash.
    #[error("the text of policy {0} was changed after it was stored")]
    PolicyChanged(Sha256),
    /// A case's pictures are not those that the ledger names.
    #[error("the pictures of case {case} are not those that ledger row {seq} names")]
    PicturesChanged {
        /// The case.
        case: CaseId,
        /// The row that names them.
        seq: u64,
    },
    /// What was received is not what the ledger names.
    #[error("what was received is not what ledger row {seq} names: it was changed or removed")]
    ReceivedChanged {
        /// The row that names it.
        seq: u64,
    },
    /// A table has more or fewer rows than the ledger names.
    #[error("`{table}` has {n_there} rows, but the ledger names {n_named}")]
    NotInLedger {
        /// The table.
        table: &'static str,
        /// Its rows.
        n_there: u64,
        /// Those named.
        n_named: u64,
    },
    /// An original is gone.
    #[error("the original {0} is missing")]
    OriginalMissing(Sha256),
    /// An original's bytes do not give its hash.
    #[error("the original {0} was changed after it was stored")]
    OriginalChanged(Sha256),
    /// An original could not be read.
    #[error("the original {sha256} cannot be read: {reason}")]
    OriginalUnreadable {
        /// The original.
        sha256: Sha256,
        /// The system's words.
        reason: String,
    },
    /// A case shows something else than its ledger rows say.
    #[error("case {case} shows another {what} than its ledger rows say")]
    CaseChanged {
        /// The case.
        case: CaseId,
        /// "route" or "verdict".
        what: &'static str,
    },
    /// The counts beside the queue are wrong.
    #[error("the count of a view is {kept}, but it holds {found} cases")]
    CountWrong {
        /// The number kept.
        kept: u64,
        /// The number counted.
        found: u64,
    },
    /// SQLite found something.
    #[error("SQLite: {0}")]
    Sqlite(String),
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Ledger rows read.
    pub n_ledger_rows: u64,
    /// The last row's number and hash: whoever writes them down can prove everything before them.
    pub head: Option<(u64, Sha256)>,
    /// Assessments and verdicts compared with the ledger.
    pub n_compared: u64,
    /// Originals read.
    pub n_originals: u64,
    /// Whether it was stopped before its end.
    pub stopped: bool,
    /// Everything that does not hold, at most a thousand of each stage.
    pub problems: Vec<Problem>,
}

impl VerifyReport {
    /// Whether everything was read and holds.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty() && !self.stopped
    }
}

impl Store {
    /// Verifies the whole workspace and changes nothing. `progress` may stop it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite cannot read on; what it can read and finds wrong is in
    /// the report.
    pub fn verify(
        &self,
        progress: &mut dyn FnMut(VerifyProgress) -> ControlFlow<()>,
    ) -> Result<VerifyReport, StoreError> {
        // One moment for all tables, whatever others write meanwhile.
        let moment = self.conn.unchecked_transaction();
        let _moment = moment.map_err(|error| StoreError::from(error).while_doing("verifying"))?;
        let mut report = VerifyReport::default();
        let stages: [Stage<'_>; 4] = [
            &database::check,
            &chain::check,
            &events::check,
            &files::check,
        ];
        for stage in stages {
            let mut findings = Findings {
                report: &mut report,
                progress,
                n_found: 0,
            };
            match stage(self, &mut findings) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => {
                    report.stopped = true;
                    break;
                }
                // Damage that keeps a stage from ending is what is being looked for.
                Err(error @ StoreError::Database { .. }) => {
                    let words = error.while_doing("verifying").to_string();
                    report.problems.push(Problem::Sqlite(words));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(report)
    }

    /// Verifies the ledger's chain alone.
    ///
    /// # Errors
    ///
    /// As [`Self::verify`].
    pub fn verify_ledger(&self) -> Result<VerifyReport, StoreError> {
        let mut report = VerifyReport::default();
        let mut findings = Findings {
            report: &mut report,
            progress: &mut |_| ControlFlow::Continue(()),
            n_found: 0,
        };
        let _stopped = chain::check(self, &mut findings)
            .map_err(|error| error.while_doing("verifying the ledger"))?;
        Ok(report)
    }
}

/// A part of the verification; it breaks off if `progress` says so.
type Stage<'a> = &'a dyn Fn(&Store, &mut Findings<'_>) -> Result<ControlFlow<()>, StoreError>;

/// Where a stage puts what it finds.
struct Findings<'a> {
    report: &'a mut VerifyReport,
    progress: &'a mut dyn FnMut(VerifyProgress) -> ControlFlow<()>,
    n_found: usize,
}

impl Findings<'_> {
    fn add(&mut self, problem: Problem) {
        self.n_found += 1;
        if self.n_found <= MOST_PROBLEMS {
            self.report.problems.push(problem);
        }
    }

    fn step(&mut self, stage: VerifyStage, n_done: u64, n_total: u64) -> ControlFlow<()> {
        (self.progress)(VerifyProgress {
            stage,
            n_done,
            n_total,
        })
    }
}
