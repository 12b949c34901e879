//! Second Look: a second look at identity documents that an automatic liveness check could not
//! settle.
//!
//! The way of the data, and where to read it:
//!
//! ```text
//! file / JSON → intake → engine → routing → store + queue      (pipeline.rs)
//!             → review → verdict → ledger → export             (review.rs, export/)
//! ```
//!
//! `ARCHITECTURE.md` says what each module holds and what it must not know.

#[cfg(feature = "gui")]
pub mod app;
pub mod case;
pub mod cli;
pub mod clock;
pub mod config;
pub mod engine;
pub mod export;
pub mod intake;
pub mod jobs;
pub mod lens;
pub mod pipeline;
pub mod review;
pub mod routing;
pub mod shrink;
pub mod store;
pub mod synth;
mod words;
