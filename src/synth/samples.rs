//! The shipped samples: which pictures they are. `secondlook synth samples` makes them.

use serde::Serialize;

use super::document::Format;
use super::plan::{Fault, Kind, Plan};
use super::scenes::{self, Made, Props};

/// The largest a sample may be, in bytes.
pub const MOST_BYTES: usize = 225_000;

/// One shipped sample.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sample {
    /// The file's name.
    pub file: &'static str,
    /// What it is made from.
    pub plan: Plan,
}

impl Sample {
    /// Makes the picture. Drawn portraits and tables only: nothing else may be shipped.
    #[must_use]
    pub fn make(&self) -> Made {
        scenes::make(&self.plan, &Props::default(), Some(MOST_BYTES))
    }
}

/// Every shipped sample, in the order of their names.
#[must_use]
pub fn all() -> Vec<Sample> {
    let card = |seed, kind| Plan {
        seed,
        kind,
        format: Format::Id1,
        back: false,
        fault: None,
        size_px: [1600, 1200],
    };
    let faulty = |seed, fault| Plan {
        fault: Some(fault),
        ..card(seed, Kind::Genuine)
    };
    vec![
        Sample {
            file: "01-genuine-card.jpg",
            plan: card(11, Kind::Genuine),
        },
        Sample {
            file: "02-genuine-passport.jpg",
            plan: Plan {
                format: Format::Id3,
                ..card(12, Kind::Genuine)
            },
        },
        Sample {
            file: "03-genuine-pair-front.jpg",
            plan: card(13, Kind::Genuine),
        },
        Sample {
            file: "03-genuine-pair-back.jpg",
            plan: Plan {
                back: true,
                ..card(14, Kind::Genuine)
            },
        },
        Sample {
            file: "04-screen-replay.jpg",
            plan: card(15, Kind::Screen),
        },
        Sample {
            file: "05-printed-grey.jpg",
            plan: card(16, Kind::GreyPrint),
        },
        Sample {
            file: "06-printed-colour.jpg",
            plan: card(17, Kind::ColourPrint),
        },
        Sample {
            file: "07-portrait-swapped.jpg",
            plan: card(18, Kind::PortraitLaidOver),
        },
        Sample {
            file: "08-edited.jpg",
            plan: card(19, Kind::Retype),
        },
        Sample {
            file: "09-screen-grab.jpg",
            plan: Plan {
                size_px: [1200, 1600],
                ..card(20, Kind::ScreenGrab)
            },
        },
        Sample {
            file: "10-blurred.jpg",
            plan: faulty(21, Fault::Blurred),
        },
        Sample {
            file: "11-cropped.jpg",
            plan: faulty(52, Fault::Cropped),
        },
        Sample {
            file: "12-too-small.jpg",
            plan: faulty(23, Fault::TooSmall),
        },
        Sample {
            file: "13-no-document.jpg",
            plan: card(24, Kind::Nothing),
        },
    ]
}
