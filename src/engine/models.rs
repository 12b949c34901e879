//! The models of the manifest, ready to run, and the reasons for those that are not.

use super::manifest::{CheckEntry, LOCATOR, Manifest, ModelEntry, ModelError, PORTRAIT};
use super::patches;
use super::places::Places;
use super::portrait::Portrait;
use super::runtime::{CheckedNetwork, NetworkError, Runtime};
use crate::case::{CheckKind, Evidence, ModelRef, Outcome, Quad};
use image::RgbImage;

/// What is ready to run and what is not.
#[derive(Debug, Default)]
pub struct Models {
    /// Finds the document. `None` if there is none that can be used.
    pub locator: Option<(ModelRef, CheckedNetwork)>,
    /// Finds the portrait, and which way is up. `None` if there is none that can be used.
    pub portrait: Option<(ModelRef, CheckedNetwork)>,
    /// Judge windows of the document.
    pub judges: Vec<Judge>,
    /// What cannot be used, and why.
    pub problems: Vec<ModelError>,
    /// The checks, or the locator, that each problem takes away: a place in `problems`.
    lost: Vec<(Lost, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    Locator,
    Portrait,
    Check(CheckKind),
}

/// A model that judges windows of a document for one or more checks.
#[derive(Debug)]
pub struct Judge {
    /// Which model.
    pub model: ModelRef,
    /// The model itself: windows in, a row of logits for each out.
    pub network: CheckedNetwork,
    /// The side of a window in pixels.
    pub window_px: usize,
    /// What black and full brightness become.
    pub range: [f32; 2],
    /// What its columns are for.
    pub checks: Vec<CheckEntry>,
}

impl Models {
    /// Models that are ready, without a manifest.
    #[must_use]
    pub fn of(locator: Option<(ModelRef, CheckedNetwork)>, judges: Vec<Judge>) -> Self {
        Self {
            locator,
            judges,
            ..Self::default()
        }
    }

    /// Makes every model of the manifest ready; one that cannot be used is a problem and does not
    /// hinder the others.
    #[must_use]
    pub fn load(places: &Places, runtime: &Runtime, n_threads: usize) -> Self {
        let mut models = Self::default();
        let manifest = match Manifest::find(places) {
            Ok(manifest) => manifest,
            Err(problem) => {
                models.lose(
                    problem,
                    CheckKind::ALL
                        .map(Lost::Check)
                        .into_iter()
                        .chain([Lost::Locator, Lost::Portrait]),
                );
                return models;
            }
        };
        for entry in &manifest.models {
            match manifest.load(entry, runtime, n_threads) {
                Ok(network) => models.take(entry, network),
                Err(problem) => {
                    let checks = entry.checks.iter().map(|check| Lost::Check(check.check));
                    let finder = match entry.id.as_str() {
                        LOCATOR => Some(Lost::Locator),
                        PORTRAIT => Some(Lost::Portrait),
                        _ => None,
                    };
                    models.lose(problem, checks.chain(finder));
                }
            }
        }
        models
    }

    fn take(&mut self, entry: &ModelEntry, network: CheckedNetwork) {
        if entry.id == LOCATOR {
            self.locator = Some((entry.reference(), network));
        } else if entry.id == PORTRAIT {
            self.portrait = Some((entry.reference(), network));
        } else {
            self.judges.push(Judge {
                model: entry.reference(),
                network,
                window_px: entry.input_px(),
                range: entry.input.range,
                checks: entry.checks.clone(),
            });
        }
    }

    fn lose(&mut self, problem: ModelError, lost: impl Iterator<Item = Lost>) {
        tracing::warn!(%problem, "a model cannot be used");
        let place = self.problems.len();
        self.problems.push(problem);
        self.lost.extend(lost.map(|what| (what, place)));
    }

    /// The model that decides a check, and how.
    pub(super) fn judge_of(&self, kind: CheckKind) -> Option<(&Judge, &CheckEntry)> {
        let deciding = |judge: &'_ Judge| judge.checks.iter().position(|check| check.check == kind);
        self.judges
            .iter()
            .find_map(|judge| Some((judge, &judge.checks[deciding(judge)?])))
    }

    /// Why no model decides a check.
    pub(super) fn no_judge(&self, kind: CheckKind) -> String {
        self.reason(Lost::Check(kind))
            .unwrap_or_else(|| "no model yet".to_owned())
    }

    /// Why no model looks for the document.
    pub(super) fn no_locator(&self) -> String {
        let other = || "no model to look for the document; --whole-frame does without".to_owned();
        self.reason(Lost::Locator).unwrap_or_else(other)
    }

    fn reason(&self, what: Lost) -> Option<String> {
        let (_, place) = self.lost.iter().find(|(lost, _)| *lost == what)?;
        Some(self.problems[*place].to_string())
    }
}

/// What a model says of one check.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) kind: CheckKind,
    pub(super) outcome: Outcome,
    /// `None` if the model broke.
    pub(super) evidence: Option<Evidence>,
}

impl Judge {
    /// What the model says of the document, check by check, and where that comes from.
    pub(super) fn answers(
        &mut self,
        picture: &RgbImage,
        document: &Quad,
        portrait: Option<&Portrait>,
    ) -> Vec<Answer> {
        let _ = portrait;
        let logits = self.logits(picture, &patches::centres_px(document));
        let answer = |check: &CheckEntry| {
            let (kind, &CheckEntry { scale, bias, .. }) = (check.check, check);
            let broke = |reason| Answer {
                kind,
                outcome: Outcome::Error { reason },
                evidence: None,
            };
            let rows = match &logits {
                Ok(rows) => rows,
                Err(error) => {
                    let Judge { model, .. } = self;
                    return broke(format!("{} {}: {error}", model.id, model.version));
                }
            };
            let column = rows.iter().map(|row| row[check.column]);
            match patches::pooled(column.clone(), scale, bias) {
                Ok(probability) => Answer {
                    kind,
                    outcome: Outcome::Performed { probability },
                    evidence: Some(patches::evidence(column, scale, bias)),
                },
                Err(error) => broke(error.to_string()),
            }
        };
        self.checks.iter().map(answer).collect()
    }

    /// A row of logits for every window, wide enough for every check.
    fn logits(
        &mut self,
        picture: &RgbImage,
        centres_px: &[[f64; 2]],
    ) -> Result<Vec<Vec<f32>>, NetworkError> {
        let windows = patches::cut(picture, centres_px, self.window_px, self.range);
        let logits = self.network.run_one(windows)?;
        let n_columns = self
            .checks
            .iter()
            .map(|check| check.column + 1)
            .max()
            .unwrap_or(1);
        match *logits.shape.as_slice() {
            [n_rows, width] if n_rows == centres_px.len() && width >= n_columns => Ok(logits
                .values
                .chunks_exact(width)
                .map(<[f32]>::to_vec)
                .collect()),
            _ => Err(NetworkError::Misfit(format!(
                "it gave {:?} for {} windows of {n_columns} or more columns",
                logits.shape,
                centres_px.len()
            ))),
        }
    }
}
