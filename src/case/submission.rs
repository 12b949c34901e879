//! What came in: a document's pictures, a vendor's record of it, or both.

use serde::{Deserialize, Serialize};

use super::names::from_name;
use super::{Assessment, Calibrations, Sha256, Side, Source};

/// How far a submission has come, in the words of the vendors' formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Stored, not yet looked at.
    New,
    /// A process is looking at it. Returned to `New` when that process is gone.
    Processing,
    /// It has a result, be it an error about the picture.
    Completed,
    /// It has no result: the program, not the picture, was at fault.
    Failed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::New, Self::Processing, Self::Completed, Self::Failed];

    /// The vendors' word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

from_name!(Status);

/// A picture that belongs to a submission. Its pixels stay in the original, under its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureRecord {
    /// The side it shows.
    pub side: Side,
    /// The hash of the original bytes, and their name in the store.
    pub sha256: Sha256,
    /// Length of the original.
    pub n_bytes: u64,
    /// `jpeg`, `png`, `webp`, `tiff` or `bmp`.
    pub format: String,
    /// Width of the upright picture.
    pub width_px: u32,
    /// Height of the upright picture.
    pub height_px: u32,
}

/// A picture on its way into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingPicture {
    /// What is kept of it beside the original.
    pub record: PictureRecord,
    /// A JPEG of at most 192 pixels a side, for lists.
    pub thumbnail: Vec<u8>,
}

/// Where a record's bytes stand in a stored original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalRef {
    /// The hash of the whole file, and its name in the store.
    pub sha256: Sha256,
    /// The record's first byte.
    pub offset: u64,
    /// The record's length in bytes.
    pub n_bytes: u64,
}

/// How a submission asks to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadOptions {
    /// The picture is already cropped to the document: its edges are the document's.
    pub whole_frame: bool,
    /// Treat `DOCUMENT_CROPPED` as a finding.
    pub ignore_cropped: bool,
    /// Treat `DOCUMENT_IS_COLORLESS` as a finding.
    pub ignore_colourless: bool,
    /// The strictness asked for, per check.
    pub calibrations: Calibrations,
}

/// A checked submission on its way from intake to the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// What a person calls it: a file's name without its side, or a session id.
    pub label: String,
    /// Where it came from: [`Source::Engine`] for pictures, else the format of the record.
    pub source: Source,
    /// The vendor's id for the document, which ties a request and its result into one case.
    pub external_id: Option<String>,
    /// What makes it the same when it comes again: the hash of the record, or of the pictures'
    /// hashes.
    pub content: Sha256,
    /// The record's bytes. `None` for pictures from files, which are their own originals.
    pub original: Option<OriginalRef>,
    /// Front, back or both; empty for a result without pictures.
    pub pictures: Vec<IncomingPicture>,
    /// How the pictures ask to be read.
    pub options: ReadOptions,
    /// What the vendor said. `None` for pictures and for requests.
    pub assessment: Option<Assessment>,
}
