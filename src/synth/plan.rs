//! What to make: the kind of picture, its fault, its size and its seed.

use serde::{Deserialize, Serialize};

use crate::case::Label;

use super::document::Format;

/// What is in front of the camera, or was done to the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// The document itself.
    Genuine,
    /// The document on a screen.
    Screen,
    /// A copy without colour.
    GreyPrint,
    /// A copy in colour.
    ColourPrint,
    /// Another portrait glued on.
    PortraitLaidOver,
    /// Another portrait drawn into the picture.
    PortraitPasted,
    /// Fields moved about in the picture.
    Patchwork,
    /// Fields wiped and set anew in the picture.
    Retype,
    /// No photograph at all.
    ScreenGrab,
    /// A table without a document.
    Nothing,
}

impl Kind {
    /// Every kind that shows a document, genuine first.
    pub const DOCUMENTS: [Self; 9] = [
        Self::Genuine,
        Self::Screen,
        Self::GreyPrint,
        Self::ColourPrint,
        Self::PortraitLaidOver,
        Self::PortraitPasted,
        Self::Patchwork,
        Self::Retype,
        Self::ScreenGrab,
    ];

    /// The verdict that the truth asks for, the picture being readable.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::Genuine => Label::Genuine,
            Self::Screen => Label::ScreenReplay,
            Self::GreyPrint | Self::ColourPrint => Label::PrintedCopy,
            Self::PortraitLaidOver | Self::PortraitPasted => Label::PortraitSubstitution,
            Self::Patchwork | Self::Retype | Self::ScreenGrab => Label::DigitalManipulation,
            Self::Nothing => Label::Retake,
        }
    }
}

/// What is wrong with the picture, apart from what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Fault {
    /// Far out of focus.
    Blurred,
    /// A part of the document lies outside the picture.
    Cropped,
    /// The document is a small part of the picture.
    TooSmall,
}

/// What to make; the seed decides the rest.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Decides everything that the plan leaves open.
    pub seed: u64,
    /// What is shown.
    pub kind: Kind,
    /// Card or page.
    pub format: Format,
    /// Whether the back is shown.
    pub back: bool,
    /// What is wrong with the picture; `None` for a good one.
    pub fault: Option<Fault>,
    /// Columns and rows of the picture.
    pub size_px: [u32; 2],
}
