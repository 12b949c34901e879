//! What a reviewer can say about a case.

use serde::{Deserialize, Serialize};

use super::names::from_name;
use crate::words::words;

/// What a reviewer found a document to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The document itself was in front of the camera.
    Genuine,
    /// A screen was.
    ScreenReplay,
    /// A print or photocopy was.
    PrintedCopy,
    /// The card carries another portrait.
    PortraitSubstitution,
    /// The picture was edited or grabbed from a screen.
    DigitalManipulation,
    /// The picture is at fault; another one is needed.
    Retake,
    /// A sound picture that does not settle it.
    Undeterminable,
}

impl Label {
    /// Every verdict, in the order of the buttons.
    pub const ALL: [Self; 7] = [
        Self::Genuine,
        Self::ScreenReplay,
        Self::PrintedCopy,
        Self::PortraitSubstitution,
        Self::DigitalManipulation,
        Self::Retake,
        Self::Undeterminable,
    ];

    /// Whether it comes to the same as another: both the document itself, both something else in its
    /// place, or the very same.
    #[must_use]
    pub fn agrees_with(self, other: Self) -> bool {
        self == other || (self.is_copy() && other.is_copy())
    }

    /// Whether it says that something else than the document was shown.
    #[must_use]
    pub fn is_copy(self) -> bool {
        match self {
            Self::ScreenReplay
            | Self::PrintedCopy
            | Self::PortraitSubstitution
            | Self::DigitalManipulation => true,
            Self::Genuine | Self::Retake | Self::Undeterminable => false,
        }
    }

    /// The word in exports and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::ScreenReplay => "screen_replay",
            Self::PrintedCopy => "printed_copy",
            Self::PortraitSubstitution => "portrait_substitution",
            Self::DigitalManipulation => "digital_manipulation",
            Self::Retake => "retake",
            Self::Undeterminable => "undeterminable",
        }
    }

    /// The name for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Genuine => words!("label-genuine"),
            Self::ScreenReplay => words!("label-screen-replay"),
            Self::PrintedCopy => words!("label-printed-copy"),
            Self::PortraitSubstitution => words!("label-portrait-substitution"),
            Self::DigitalManipulation => words!("label-digital-manipulation"),
            Self::Retake => words!("label-retake"),
            Self::Undeterminable => words!("label-undeterminable"),
        }
    }

    /// The name for a person, within a sentence.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Genuine => words!("label-genuine.word"),
            Self::ScreenReplay => words!("label-screen-replay.word"),
            Self::PrintedCopy => words!("label-printed-copy.word"),
            Self::PortraitSubstitution => words!("label-portrait-substitution.word"),
            Self::DigitalManipulation => words!("label-digital-manipulation.word"),
            Self::Retake => words!("label-retake.word"),
            Self::Undeterminable => words!("label-undeterminable.word"),
        }
    }
}

/// Which look at a case a verdict came from.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// The first, or a later change of the same person's mind.
    #[default]
    First,
    /// By another person, who did not see the first verdict.
    Second,
    /// By a third person, because the two before differ; it settles the case.
    Adjudication,
}

impl Look {
    /// Every look, in order.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Adjudication];

    /// `first`, `second` or `adjudication`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Adjudication => "adjudication",
        }
    }
}

from_name!(Look);

from_name!(Label);
