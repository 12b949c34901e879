//! The plain data that everyone shares: what was submitted, what a check said, what was decided.
//!
//! Nothing here reads a file, a clock or a database, and nothing here decides a route: that is
//! [`crate::routing`]. The types derive serde's traits because the store keeps them whole as JSON;
//! other people's JSON never meets them, it is read in [`crate::intake`].

mod assessment;
mod check;
mod fault;
mod ids;
mod judgement;
mod marks;
mod names;
mod probability;
mod quad;
mod submission;
mod verdict;

pub use assessment::{
    Assessment, EngineRecord, ModelRef, Novelty, Overall, PictureFacts, Source, Timing,
    VendorRecord,
};
pub use check::{
    Calibration, Calibrations, Check, CheckKind, Evidence, Live, Outcome, Polarity, RawValue, Side,
    Threshold, ThresholdOrigin,
};
pub use fault::{ErrorCode, Finding, FindingCode};
pub use ids::{Actor, AssessmentId, CaseId, Sha256, Time, VerdictId};
pub use judgement::{CaseRoute, JudgedCheck, Judgement, PolicyRef, Route, RouteReason};
pub use marks::{Mark, MarkShape, MarkView};
pub use names::UnknownWord;
pub(crate) use names::from_name;
pub use probability::{NotAProbability, Probability};
pub use quad::Quad;
pub use submission::{Incoming, IncomingPicture, OriginalRef, PictureRecord, ReadOptions, Status};
pub use verdict::{Label, Look};
