//! What comes in: files and folders of pictures, and the JSON of other people's liveness checks.
//!
//! Everything here turns bytes into checked [`crate::case`] types, or into a [`Problem`] that says
//! which item is at fault, why, and what to do about it. One bad item never stops the others.
//! Intake knows nothing of the store, of the engine or of the time of day.

use std::fmt;

mod exif;
pub mod find;
mod jpeg;
mod metadata;
pub mod picture;
mod pixels;
mod resaved;
pub mod results;
mod xmp;

pub use exif::Exif;
pub use find::{DocumentFiles, Found, documents};
pub use jpeg::{JpegFacts, QuantisationTable};
pub use metadata::{Compression, Metadata, Thumbnail, metadata};
pub use picture::{Limits, Picture, PictureError, load, load_file};
pub use xmp::Xmp;

/// A position in a text file, as an editor shows it: both numbers start at 1, and a column is a
/// character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The character in the line, from 1.
    pub column: u64,
}

impl Place {
    /// The start of a file.
    pub const START: Self = Self { line: 1, column: 1 };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// One item that could not be taken in: a line in the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The item's name for the person who brought it: a path, or a file's name and record number.
    pub item: String,
    /// Where in a text file it went wrong. `None` for pictures and folders.
    pub place: Option<Place>,
    /// What is wrong with it.
    pub reason: String,
    /// What the person can do about it.
    pub way_out: String,
}

impl Problem {
    /// A problem with an item as a whole.
    pub fn new(
        item: impl Into<String>,
        reason: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        Self {
            item: item.into(),
            place: None,
            reason: reason.into(),
            way_out: way_out.into(),
        }
    }

    /// The same, with the position in a text file where it went wrong.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.item)?;
        if let Some(place) = self.place {
            write!(f, ", {place}")?;
        }
        write!(f, ": {}. {}", self.reason, self.way_out)
    }
}
