//! What the window tells a person about work that has ended: a sentence at the top, and a report
//! with one line for each item that could not be taken.

use crate::intake::Problem;

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It went well.
    Done,
    /// Some of it did not.
    Partly,
    /// It did not.
    Failed,
}

/// A sentence at the top of the window, until it is taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub tone: Tone,
    /// What happened and, where it failed, what to do.
    pub text: String,
    /// The report with the single items.
    pub report: Option<usize>,
}

impl Notice {
    /// Something failed; `text` says what and the way out.
    #[must_use]
    pub fn failed(text: impl Into<String>) -> Self {
        Self {
            tone: Tone::Failed,
            text: text.into(),
            report: None,
        }
    }

    /// Something worth knowing.
    #[must_use]
    pub fn done(text: impl Into<String>) -> Self {
        Self {
            tone: Tone::Done,
            text: text.into(),
            report: None,
        }
    }
}

/// What came of adding or importing, item by item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was done, such as "Adding pictures".
    pub title: String,
    /// How much of it, in a sentence.
    pub summary: String,
    /// What could not be taken; at most [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    /// How many could not be taken in all.
    pub n_problems: usize,
    /// Fields of an import that no importer knows, and in how many records.
    pub unknown_fields: Vec<String>,
}

/// Problems kept for a report: a broken file of a million lines must not fill the memory.
pub const MAX_PROBLEMS: usize = 1000;
