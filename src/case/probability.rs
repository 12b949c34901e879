//! A number between 0 and 1, where higher always means more live.

use serde::{Deserialize, Serialize};

/// The probability that a document is live, 0 to 1 inclusive, always finite.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Probability(f64);

/// A value outside 0 to 1, or no number at all.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} is not a probability: it must lie between 0 and 1")]
pub struct NotAProbability(pub f64);

impl Probability {
    /// Certainly not live.
    pub const ZERO: Self = Self(0.0);
    /// Even odds.
    pub const HALF: Self = Self(0.5);
    /// Certainly live.
    pub const ONE: Self = Self(1.0);

    /// Takes `value` if it is finite and lies between 0 and 1 inclusive.
    ///
    /// # Errors
    ///
    /// [`NotAProbability`] otherwise, NaN and the infinities included.
    pub fn new(value: f64) -> Result<Self, NotAProbability> {
        if (0.0..=1.0).contains(&value) {
            // `-0.0` passes the range; it must not print as "-0".
            Ok(Self(value + 0.0))
        } else {
            Err(NotAProbability(value))
        }
    }

    /// The logistic function of `logit`: 0 gives 0.5. A NaN gives an error, an infinite logit a
    /// certain probability.
    ///
    /// # Errors
    ///
    /// [`NotAProbability`] if `logit` is NaN.
    pub fn from_logit(logit: f64) -> Result<Self, NotAProbability> {
        Self::new(1.0 / (1.0 + (-logit).exp()))
    }

    /// The number itself, 0 to 1.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// The lower of the two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}

impl TryFrom<f64> for Probability {
    type Error = NotAProbability;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        Self::new(value)
    }
}

impl From<Probability> for f64 {
    fn from(probability: Probability) -> Self {
        probability.0
    }
}

impl std::fmt::Display for Probability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.*}", f.precision().unwrap_or(3), self.0)
    }
}
