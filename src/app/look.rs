//! How a reviewer looks at pictures: it stays from case to case until it is changed.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::camera::Camera;
use super::textures::{Corners, PictureId};
use crate::case::{CheckKind, Quad, Sha256, Side};
use crate::engine::straight::Straight;
use crate::lens::Lens;
use crate::lens::levels::Levels;

/// The least and the greatest power of the loupe, in screen pixels per picture pixel.
pub const LOUPE_POWERS: std::ops::RangeInclusive<f32> = 2.0..=16.0;

/// How pictures are looked at.
#[derive(Clone, Debug)]
pub struct Look {
    /// What they are seen through.
    pub lens: Option<Lens>,
    /// The check whose evidence lies over them.
    pub evidence: Option<CheckKind>,
    /// Documents are shown straightened where they were found.
    pub straight: bool,
    /// The loupe follows the pointer.
    pub loupe: bool,
    /// The loupe's power, in screen pixels per picture pixel.
    pub power: f32,
    /// Which brightness is shown as black and white. `None` for as it is.
    pub levels: Option<Levels>,
    /// The spectrum of the middle of the view lies over the picture.
    pub spectrum: bool,
    /// What stands beside the picture.
    pub beside: Beside,
    /// What is drawn where the pointer drags or clicks. `None` while it moves the picture.
    pub tool: Option<Tool>,
}

/// What a reviewer draws over a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    /// A box.
    Box,
    /// An arrow.
    Arrow,
    /// Words.
    Text,
}

/// What stands beside the picture on screen.
#[derive(Clone, Debug)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// The other side of the same case.
    OtherSide,
    /// A picture that stays while cases come and go, of a case or a reference, and where the eye is over it.
    Pinned(Box<Subject>, Camera),
}

/// A picture that can be looked at, and what our engine found in it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The original.
    pub sha256: Sha256,
    /// The side that it shows.
    pub side: Side,
    /// Where the document lies.
    pub quad: Option<Quad>,
    /// Where its portrait lies.
    pub portrait: Option<Quad>,
    /// What a person calls it.
    pub title: String,
    /// The file that it is read from. `None` if it is kept with its case.
    pub file: Option<PathBuf>,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            lens: None,
            evidence: None,
            straight: false,
            loupe: false,
            power: 8.0,
            levels: None,
            spectrum: false,
            beside: Beside::Nothing,
            tool: None,
        }
    }
}

impl Look {
    /// Both sides beside each other, or the one on screen alone if both are.
    pub fn show_both_sides_or_one(&mut self) {
        self.beside = match self.beside {
            Beside::OtherSide => Beside::Nothing,
            Beside::Nothing | Beside::Pinned(..) => Beside::OtherSide,
        };
    }

    /// Levels to be set, or none if there are some.
    pub fn set_levels_or_none(&mut self) {
        self.levels = match self.levels {
            None => Some(Levels::default()),
            Some(_) => None,
        };
    }

    /// The lens after the one in use; none after the last.
    pub fn next_lens(&mut self) {
        self.lens = match self.lens {
            None => Lens::ALL.first().copied(),
            Some(lens) => Lens::ALL.into_iter().find(|other| *other > lens),
        };
    }

    /// The lens before the one in use; none before the first.
    pub fn previous_lens(&mut self) {
        self.lens = match self.lens {
            None => Lens::ALL.last().copied(),
            Some(lens) => Lens::ALL.into_iter().rfind(|other| *other < lens),
        };
    }

    /// Another power of the loupe, within its limits.
    pub fn magnify(&mut self, power: f32) {
        self.power = power.clamp(*LOUPE_POWERS.start(), *LOUPE_POWERS.end());
    }
}

impl Subject {
    /// The picture through `lens`; straightened if that is wanted and a document was found.
    #[must_use]
    pub fn id(&self, straight: bool, lens: Option<Lens>) -> PictureId {
        let found = self.quad.filter(|quad| straight && quad.is_convex());
        PictureId {
            sha256: self.sha256,
            straight: found.as_ref().map(Corners::of),
            lens,
        }
    }
}

/// Words that are being written over a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Where they begin, in pixels of the photograph.
    pub at: [f64; 2],
    /// What they say so far.
    pub text: String,
}

/// The lens that shows best what a check looks for.
#[must_use]
pub fn suiting_lens(kind: CheckKind) -> Lens {
    match kind {
        CheckKind::ScreenReplay => Lens::FineTexture,
        CheckKind::PrintedCopy => Lens::Colour,
        CheckKind::PortraitSubstitution => Lens::Edges,
        CheckKind::DigitalManipulation => Lens::ErrorLevel,
    }
}

/// How the picture of this name is made of its photograph. `None` if it is the photograph.
#[must_use]
pub fn straight_of(id: PictureId) -> Option<Straight> {
    id.straight
        .and_then(|corners| Straight::of(&corners.quad()))
}
