//! One submission into an assessment.

pub mod locate;
pub mod manifest;
pub mod places;
pub mod runtime;
