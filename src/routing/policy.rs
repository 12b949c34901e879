//! The rules by which documents are judged, routed and decided, as data with a version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::unfamiliar_margin;
use crate::case::{
    Assessment, Calibration, Calibrations, Check, CheckKind, Label, PolicyRef, Probability, Route,
    Sha256, Source, Threshold, ThresholdOrigin,
};

/// The scores that go to review: both edges belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Below it a document is rejected. Lowering it sends more copies to people.
    pub from: Probability,
    /// Above it a document is accepted. Raising it sends more genuine documents to people.
    pub to: Probability,
}

impl Band {
    /// The band with both its ends moved outwards, as far as probabilities go.
    pub(super) fn wider_by(self, margin: f64) -> Self {
        let moved = |end: Probability, by: f64| {
            Probability::new((end.get() + by).clamp(0.0, 1.0)).unwrap_or(end)
        };
        Self {
            from: moved(self.from, -margin),
            to: moved(self.to, margin),
        }
    }
}

/// What a policy says of one check of one source, where it differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckRules {
    /// The check's own band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Band>,
    /// The check's thresholds by strictness; they overrule what the record or the model says.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub thresholds: BTreeMap<Calibration, Probability>,
}

/// What a policy says of one source, where it differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceRules {
    /// The source's own band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Band>,
    /// The threshold where neither the record nor the model gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_threshold: Option<Probability>,
    /// Single checks, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<CheckKind, CheckRules>,
}

/// What a verdict needs beside its label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VerdictRules {
    /// One of the policy's reason codes.
    pub needs_reason: bool,
    /// A note in the reviewer's own words.
    pub needs_note: bool,
}

/// Which decided cases another person looks at as well, without seeing the first verdict.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecondLook {
    /// The share of all decided documents, 0 to 1; drawn by the document's hash.
    pub share: f64,
    /// Every document with one of these verdicts.
    pub verdicts: Vec<Label>,
    /// Every verdict that says the opposite of the route: genuine where the policy rejects, a copy
    /// where it accepts.
    pub against_route: bool,
}

/// Cases whose answer is known, planted among the others of the inbox to see whether it is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KnownAnswers {
    /// Their share of all that is decided, 0 to 1. 0 plants none.
    pub share: f64,
    /// Repeat only cases that two people looked at; else every decided case will do.
    pub after_second_look: bool,
    /// Show reviewers how often they found the answer.
    pub shown: bool,
}

/// The rules by which documents are judged, routed and decided, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The author's name for this state of the rules; the content hash is beside it everywhere.
    pub version: String,
    /// The band of every source that has no other.
    pub band: Band,
    /// The threshold where nobody gives one.
    pub default_threshold: Probability,
    /// The strictness that our engine is asked for, per check.
    pub calibrations: Calibrations,
    /// Treat `DOCUMENT_CROPPED` as a finding.
    pub ignore_document_cropped: bool,
    /// Treat `DOCUMENT_IS_COLORLESS` as a finding.
    pub ignore_colourless: bool,
    /// Let a person look where thresholds and band contradict each other: a failed check that the
    /// band would accept, or nothing but passed checks that it would reject.
    pub review_contradictions: bool,
    /// How much wider the band is, at either end, for a picture unlike those that the models learnt
    /// from. 0 treats all pictures alike; more sends more of them to people.
    #[serde(default = "usual_unfamiliar_margin")]
    pub unfamiliar_margin: f64,
    /// The share of accepted documents that a person looks at all the same, 0 to 1.
    pub sample_share: f64,
    /// How long a claim lasts without a sign of life from whoever holds it, in minutes.
    pub claim_minutes: u32,
    /// How long a case may wait for its verdict, in hours; the desk shows what is late. `None` for
    /// any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_hours: Option<f64>,
    /// Show the probabilities only when a first verdict has been given.
    #[serde(default)]
    pub blind_first_look: bool,
    /// Who is looked at twice.
    #[serde(default)]
    pub second_look: SecondLook,
    /// How reviewers themselves are looked at.
    #[serde(default)]
    pub known_answers: KnownAnswers,
    /// The reason codes that the desk offers, in the order of their number keys.
    #[serde(default = "usual_reasons")]
    pub reasons: Vec<String>,
    /// What single verdicts need beside their label.
    #[serde(default)]
    pub verdicts: BTreeMap<Label, VerdictRules>,
    /// Sources with rules of their own, by name.
    pub sources: BTreeMap<Source, SourceRules>,
}

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is not a policy.
    #[error("the policy cannot be read: {0}")]
    Invalid(#[source] serde_json::Error),
    /// The numbers make no sense together.
    #[error("the policy's {0}")]
    Nonsense(String),
}

impl Default for Policy {
    fn default() -> Self {
        // Format A documents 0.25 as its threshold; every other source says its own or takes 0.5.
        let liveness_api = SourceRules {
            default_threshold: Some(quarter()),
            ..SourceRules::default()
        };
        Self {
            version: "1".to_owned(),
            band: Band {
                from: quarter(),
                to: Probability::HALF,
            },
            default_threshold: Probability::HALF,
            calibrations: Calibrations::default(),
            ignore_document_cropped: false,
            ignore_colourless: false,
            review_contradictions: true,
            unfamiliar_margin: usual_unfamiliar_margin(),
            sample_share: 0.0,
            claim_minutes: 30,
            due_hours: None,
            blind_first_look: false,
            second_look: SecondLook::default(),
            known_answers: KnownAnswers::default(),
            reasons: usual_reasons(),
            verdicts: BTreeMap::new(),
            sources: BTreeMap::from([(Source::LivenessApi, liveness_api)]),
        }
    }
}

impl Policy {
    /// Reads a policy from JSON.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Invalid`] with line and column, an unknown field included;
    /// [`PolicyError::Nonsense`] for a band that ends before it begins, or a share outside 0 to 1.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = serde_json::from_str(text).map_err(PolicyError::Invalid)?;
        policy.check()?;
        Ok(policy)
    }

    /// The policy as JSON for a person to read and edit.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Every map has string keys and every number is finite, so this cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The version and the hash of the content.
    #[must_use]
    pub fn reference(&self) -> PolicyRef {
        let content = serde_json::to_vec(self).unwrap_or_default();
        PolicyRef {
            version: self.version.clone(),
            sha256: Sha256::of(&content),
        }
    }

    /// The band for a check of an assessment, wider where a picture is unfamiliar; for a score
    /// without checks, pass `None`.
    #[must_use]
    pub fn band_for(&self, assessment: &Assessment, kind: Option<CheckKind>) -> Band {
        let rules = self.sources.get(&assessment.source);
        let of_check = rules
            .zip(kind)
            .and_then(|(rules, kind)| rules.checks.get(&kind)?.band);
        let band = of_check.or_else(|| rules?.band).unwrap_or(self.band);
        band.wider_by(unfamiliar_margin(assessment, self))
    }

    /// The threshold for a check: the policy's own for it, else the record's or the model's, else
    /// the default.
    #[must_use]
    pub fn threshold_for(&self, source: Source, check: &Check) -> Threshold {
        let level = check
            .calibration
            .unwrap_or_else(|| self.calibrations.of(check.kind));
        let set = self
            .sources
            .get(&source)
            .and_then(|rules| rules.checks.get(&check.kind)?.thresholds.get(&level));
        match (set, check.threshold) {
            (Some(&value), _) => Threshold {
                value,
                origin: ThresholdOrigin::Policy,
            },
            (None, Some(told)) => told,
            (None, None) => self.default_threshold_for(source),
        }
    }

    pub(super) fn default_threshold_for(&self, source: Source) -> Threshold {
        let of_source = self
            .sources
            .get(&source)
            .and_then(|rules| rules.default_threshold);
        Threshold {
            value: of_source.unwrap_or(self.default_threshold),
            origin: ThresholdOrigin::PolicyDefault,
        }
    }

    /// Whether another person is to look at a document that got this verdict.
    #[must_use]
    pub fn asks_second(&self, label: Label, route: Option<Route>, document: &Sha256) -> bool {
        let rules = &self.second_look;
        let opposite = match route {
            Some(Route::Reject) => label == Label::Genuine,
            Some(Route::Accept) => label.is_copy(),
            _ => false,
        };
        document.fraction() < rules.share
            || rules.verdicts.contains(&label)
            || (rules.against_route && opposite)
    }

    /// What a verdict needs beside its label.
    #[must_use]
    pub fn rules_of(&self, label: Label) -> VerdictRules {
        self.verdicts.get(&label).copied().unwrap_or_default()
    }

    fn check(&self) -> Result<(), PolicyError> {
        let parts = [
            ("second_look.share", self.second_look.share),
            ("known_answers.share", self.known_answers.share),
            ("sample_share", self.sample_share),
            ("unfamiliar_margin", self.unfamiliar_margin),
        ];
        for (name, part) in parts {
            if !(0.0..=1.0).contains(&part) {
                return Err(PolicyError::Nonsense(format!(
                    "`{name}` must lie between 0 and 1"
                )));
            }
        }
        if self
            .due_hours
            .is_some_and(|hours| hours.is_nan() || hours <= 0.0)
        {
            return Err(PolicyError::Nonsense(
                "`due_hours` must be more than 0".into(),
            ));
        }
        for (at, code) in self.reasons.iter().enumerate() {
            let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if code.is_empty() || code.len() > 40 || !code.chars().all(is_code) {
                return Err(PolicyError::Nonsense(format!(
                    "`reasons` must be codes of up to 40 small letters, digits and underscores; number {} \
                     is none",
                    at + 1
                )));
            }
            if self.reasons[..at].contains(code) {
                return Err(PolicyError::Nonsense(format!(
                    "`reasons` name `{code}` twice"
                )));
            }
        }
        let of_sources = self.sources.values().flat_map(|rules| {
            rules
                .band
                .into_iter()
                .chain(rules.checks.values().filter_map(|check| check.band))
        });
        for band in std::iter::once(self.band).chain(of_sources) {
            if band.from > band.to {
                let Band { from, to } = band;
                let nonsense = format!("band from {from} to {to} ends before it begins");
                return Err(PolicyError::Nonsense(nonsense));
            }
        }
        Ok(())
    }
}

/// Policies written before there was the rule get it too.
fn usual_unfamiliar_margin() -> f64 {
    0.15
}

/// The vendors' own outcomes, with the most frequent first; see the formats that are read.
fn usual_reasons() -> Vec<String> {
    [
        "screen_capture",
        "printout",
        "photocopy",
        "black_and_white",
        "portrait_overlaid",
        "text_altered",
        "glare",
        "blurred",
        "cropped",
        "covered",
        "template_mismatch",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// A reason code for a person: `black_and_white` is "Black and white".
#[must_use]
pub fn reason_title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

fn quarter() -> Probability {
    Probability::new(0.25).unwrap_or(Probability::HALF)
}
