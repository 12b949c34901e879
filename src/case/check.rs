//! One check on one side of a document: what was asked, what was answered.

use serde::{Deserialize, Serialize};

use super::names::{UnknownWord, from_name};
use super::{Probability, Quad};
use crate::words::words;

/// What a check looks for. The order is the order on screen and in exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CheckKind {
    /// Was the document on a device's screen?
    ScreenReplay,
    /// Was it a print or a photocopy of the document?
    PrintedCopy,
    /// Does the card carry another portrait than it was issued with? Front only.
    PortraitSubstitution,
    /// Was the picture itself edited or grabbed from a screen?
    DigitalManipulation,
}

impl CheckKind {
    /// Every check, in order.
    pub const ALL: [Self; 4] = [
        Self::ScreenReplay,
        Self::PrintedCopy,
        Self::PortraitSubstitution,
        Self::DigitalManipulation,
    ];

    /// The field's name for it, as formats B and C spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ScreenReplay => "screenReplay",
            Self::PrintedCopy => "printedCopy",
            Self::PortraitSubstitution => "portraitSubstitution",
            Self::DigitalManipulation => "digitalManipulation",
        }
    }

    /// The name for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ScreenReplay => words!("check-screen-replay"),
            Self::PrintedCopy => words!("check-printed-copy"),
            Self::PortraitSubstitution => words!("check-portrait-substitution"),
            Self::DigitalManipulation => words!("check-digital-manipulation"),
        }
    }

    /// The name for a person, within a sentence.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ScreenReplay => words!("check-screen-replay.word"),
            Self::PrintedCopy => words!("check-printed-copy.word"),
            Self::PortraitSubstitution => words!("check-portrait-substitution.word"),
            Self::DigitalManipulation => words!("check-digital-manipulation.word"),
        }
    }

    /// Whether the check is made on `side` at all: a back has no portrait to substitute.
    #[must_use]
    pub fn applies_to(self, side: Side) -> bool {
        !(self == Self::PortraitSubstitution && side == Side::Back)
    }
}

from_name!(CheckKind);

/// A side of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// The side with the portrait.
    Front,
    /// The other one.
    Back,
}

impl Side {
    /// Both sides, front first.
    pub const ALL: [Self; 2] = [Self::Front, Self::Back];

    /// `front` or `back`, in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Back => "back",
        }
    }

    /// The name for a person, as a heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Front => words!("side-front"),
            Self::Back => words!("side-back"),
        }
    }

    /// The name for a person, within a sentence.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Front => words!("side-front.word"),
            Self::Back => words!("side-back.word"),
        }
    }
}

/// How strict a check is: which of its model's operating points sets the threshold.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Calibration {
    /// Turns few genuine documents away and lets more attacks by.
    Soft,
    /// The middle way, and the default.
    #[default]
    Regular,
    /// Lets few attacks by and turns more genuine documents away.
    Hard,
}

impl Calibration {
    /// From lenient to strict.
    pub const ALL: [Self; 3] = [Self::Soft, Self::Regular, Self::Hard];

    /// `SOFT`, `REGULAR` or `HARD`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Soft => "SOFT",
            Self::Regular => "REGULAR",
            Self::Hard => "HARD",
        }
    }
}

from_name!(Calibration);

/// The strictness of each check; each may have its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Calibrations {
    /// For [`CheckKind::ScreenReplay`].
    pub screen_replay: Calibration,
    /// For [`CheckKind::PrintedCopy`].
    pub printed_copy: Calibration,
    /// For [`CheckKind::PortraitSubstitution`].
    pub portrait_substitution: Calibration,
    /// For [`CheckKind::DigitalManipulation`].
    pub digital_manipulation: Calibration,
}

impl Calibrations {
    /// The same strictness for every check.
    #[must_use]
    pub fn all(level: Calibration) -> Self {
        Self {
            screen_replay: level,
            printed_copy: level,
            portrait_substitution: level,
            digital_manipulation: level,
        }
    }

    /// Asks for another strictness of one check.
    pub fn set(&mut self, kind: CheckKind, level: Calibration) {
        match kind {
            CheckKind::ScreenReplay => self.screen_replay = level,
            CheckKind::PrintedCopy => self.printed_copy = level,
            CheckKind::PortraitSubstitution => self.portrait_substitution = level,
            CheckKind::DigitalManipulation => self.digital_manipulation = level,
        }
    }

    /// The strictness of one check.
    #[must_use]
    pub fn of(&self, kind: CheckKind) -> Calibration {
        match kind {
            CheckKind::ScreenReplay => self.screen_replay,
            CheckKind::PrintedCopy => self.printed_copy,
            CheckKind::PortraitSubstitution => self.portrait_substitution,
            CheckKind::DigitalManipulation => self.digital_manipulation,
        }
    }
}

/// The outcome of a check, a side or a document, numbered as the vendors number it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Live {
    /// 0: below its threshold.
    NotLive,
    /// 1: at or above its threshold.
    Live,
    /// 2: not performed, so nothing is known.
    NotPerformed,
}

impl Live {
    /// 0, 1 or 2.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::NotLive => 0,
            Self::Live => 1,
            Self::NotPerformed => 2,
        }
    }

    /// The words on screen: a check that was not performed has neither passed nor failed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NotLive => words!("live-failed"),
            Self::Live => words!("live-passed"),
            Self::NotPerformed => words!("live-not-performed"),
        }
    }

    /// The outcome of the whole from its parts: 0 if any is 0, else 1 if any is 1, else 2.
    pub fn of_all(parts: impl IntoIterator<Item = Self>) -> Self {
        parts
            .into_iter()
            .fold(Self::NotPerformed, |whole, part| match (whole, part) {
                (Self::NotLive, _) | (_, Self::NotLive) => Self::NotLive,
                (Self::Live, _) | (_, Self::Live) => Self::Live,
                (Self::NotPerformed, Self::NotPerformed) => Self::NotPerformed,
            })
    }
}

impl TryFrom<u8> for Live {
    type Error = UnknownWord;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            0 => Ok(Self::NotLive),
            1 => Ok(Self::Live),
            2 => Ok(Self::NotPerformed),
            other => Err(UnknownWord::new(&other.to_string())),
        }
    }
}

impl From<Live> for u8 {
    fn from(live: Live) -> Self {
        live.number()
    }
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Outcome {
    /// It ran and gave a probability.
    Performed {
        /// Higher is more live.
        probability: Probability,
    },
    /// It did not run. Never a zero, never a pass.
    NotPerformed {
        /// Why not, in words for a person.
        reason: String,
    },
    /// It ran and broke, or said something that is no probability.
    Error {
        /// What went wrong, in words for a person.
        reason: String,
    },
}

/// Where a threshold came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdOrigin {
    /// The vendor's record said it.
    Record,
    /// The model's manifest gives it for the calibration asked for.
    Manifest,
    /// The policy sets it for this source and check.
    Policy,
    /// Nobody set it; the policy's default for the source applies.
    PolicyDefault,
}

/// The probability at which a check passes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// A check passes at `probability >= value`.
    pub value: Probability,
    /// Who set it.
    pub origin: ThresholdOrigin,
}

/// Which way a vendor's raw number runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Higher is more live, as everywhere in this program.
    HigherIsLive,
    /// Higher is more suspicious.
    HigherIsAttack,
}

/// A vendor's number as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawValue {
    /// The characters in the record, such as `"0.0008"`.
    pub text: String,
    /// What the number counts: `probability`, `score`.
    pub scale: String,
    /// Which way it runs.
    pub polarity: Polarity,
}

/// Where on the document a probability comes from: what each window of it said by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Windows along the first edge of what they look at, and across.
    pub grid: [usize; 2],
    /// The part of the picture that they look at. `None` for the whole document, along its longer edges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Quad>,
    /// The probability of each window in hundredths, 0 to 100, higher is more live; row by row, from the first
    /// corner of `over` or of the document's [`Quad::lying`].
    pub live_percent: Vec<u8>,
}

impl Evidence {
    /// The fields of the picture that the windows stand for, each with its probability in hundredths.
    pub fn fields(&self, document: &Quad) -> impl Iterator<Item = (Quad, u8)> {
        let part = self.over.unwrap_or_else(|| document.lying());
        let [n_along, n_across] = self.grid;
        let at = move |i: usize, j: usize| {
            part.at(i as f64 / n_along as f64, j as f64 / n_across as f64)
        };
        let field = move |k: usize| {
            let (i, j) = (k % n_along, k / n_along);
            Quad([at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)])
        };
        let fields = (0..n_along * n_across).map(field);
        fields.zip(self.live_percent.iter().copied())
    }
}

/// One check on one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The side it was made on.
    pub side: Side,
    /// What it looks for.
    pub kind: CheckKind,
    /// What came of it.
    pub outcome: Outcome,
    /// The threshold that came with the result. `None` if the source gives none; the policy then
    /// does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// The strictness that the source says it used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// The model or pipeline that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The vendor's number as written. `None` for our own engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<RawValue>,
    /// The vendor's own outcome, kept as said even where ours differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_live: Option<Live>,
    /// Where on the document the probability comes from. `None` for a vendor's check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// What this source means by the check, where it is not what we mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
}

impl Check {
    /// A check with an outcome and nothing else known about it.
    #[must_use]
    pub fn new(side: Side, kind: CheckKind, outcome: Outcome) -> Self {
        Self {
            side,
            kind,
            outcome,
            threshold: None,
            calibration: None,
            model: None,
            raw: None,
            said_live: None,
            evidence: None,
            meaning: None,
        }
    }

    /// The probability, if the check was performed.
    #[must_use]
    pub fn probability(&self) -> Option<Probability> {
        match self.outcome {
            Outcome::Performed { probability } => Some(probability),
            Outcome::NotPerformed { .. } | Outcome::Error { .. } => None,
        }
    }
}
