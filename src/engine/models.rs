//! The models of the manifest, ready to run, and the reasons for those that are not.

use super::manifest::{
    CheckEntry, LOCATOR, Manifest, ModelEntry, ModelError, PORTRAIT, Pool, Windows,
};
use super::patches;
use super::places::Places;
use super::portrait::{Portrait, windows};
use super::runtime::{Array, CheckedNetwork, NetworkError, Runtime};
use crate::case::{CheckKind, Evidence, ModelRef, Novelty, Outcome, Quad, Side};
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
    /// Where its windows lie.
    pub windows: Windows,
    /// How its windows' logits become one.
    pub pool: Pool,
    /// The side of a window in pixels.
    pub window_px: usize,
    /// Windows of the whole document start at multiples of this many pixels.
    pub snap_px: usize,
    /// What black and full brightness become.
    pub range: [f32; 2],
    /// Above it the mean of its second output means a picture unlike its training. `None` if it has no such
    /// output.
    pub novelty_limit: Option<f64>,
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
            // Models that judge run side by side instead.
            let n_threads = if entry.checks.is_empty() {
                n_threads
            } else {
                1
            };
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
                windows: entry.windows,
                pool: entry.pool,
                window_px: entry.input_px(),
                snap_px: entry.input.snap_px,
                range: entry.input.range,
                novelty_limit: entry.novelty_limit,
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

    /// Why no model looks for the portrait.
    pub(super) fn no_portrait(&self) -> String {
        let other = || "no model to look for the portrait".to_owned();
        self.reason(Lost::Portrait).unwrap_or_else(other)
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
    /// `None` if the check was not made.
    pub(super) evidence: Option<Evidence>,
}

/// What a model says of a document.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) checks: Vec<Answer>,
    /// `None` if the model does not measure it, or broke.
    pub(super) novelty: Option<Novelty>,
}

/// Where a document lies in its picture, and its portrait, or why there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub(super) document: &'a Quad,
    pub(super) portrait: Result<&'a Portrait, &'a str>,
}

/// What a model gave for its windows.
struct Said {
    /// A row of logits for every window that it judges, wide enough for every check.
    rows: Vec<Vec<f32>>,
    novelty: Option<Novelty>,
}

impl Judge {
    /// Whether it has something to say of a side.
    pub(super) fn applies_to(&self, side: Side) -> bool {
        self.checks.iter().any(|entry| entry.check.applies_to(side))
    }

    /// What the model says of the document, check by check, and where that comes from.
    pub(super) fn answers(&mut self, picture: &RgbImage, found: Found<'_>) -> Answers {
        let (windows, n_judged) = match self.cut(picture, found) {
            Ok(cut) => cut,
            Err(reason) => {
                return self.not_made(|| Outcome::NotPerformed {
                    reason: reason.clone(),
                });
            }
        };
        let said = match self.run(windows, n_judged) {
            Ok(said) => said,
            Err(error) => {
                let reason = format!("{} {}: {error}", self.model.id, self.model.version);
                return self.not_made(|| Outcome::Error {
                    reason: reason.clone(),
                });
            }
        };
        let answer = |entry: &CheckEntry| {
            let &CheckEntry { scale, bias, .. } = entry;
            let column = said.rows.iter().map(|row| row[entry.column]);
            let (outcome, evidence) = match patches::pooled(column.clone(), self.pool, scale, bias)
            {
                Ok(probability) => {
                    let evidence = match (self.windows, found.portrait) {
                        (Windows::Portrait, Ok(portrait)) => {
                            windows::evidence(column, scale, bias, portrait)
                        }
                        _ => patches::evidence(column, scale, bias),
                    };
                    (Outcome::Performed { probability }, Some(evidence))
                }
                Err(error) => {
                    let reason = error.to_string();
                    (Outcome::Error { reason }, None)
                }
            };
            Answer {
                kind: entry.check,
                outcome,
                evidence,
            }
        };
        Answers {
            checks: self.checks.iter().map(answer).collect(),
            novelty: said.novelty,
        }
    }

    fn not_made(&self, outcome: impl Fn() -> Outcome) -> Answers {
        let answer = |entry: &CheckEntry| Answer {
            kind: entry.check,
            outcome: outcome(),
            evidence: None,
        };
        Answers {
            checks: self.checks.iter().map(answer).collect(),
            novelty: None,
        }
    }

    /// The windows that the model takes, and of how many of them it says something; else why there are none.
    fn cut(&self, picture: &RgbImage, found: Found<'_>) -> Result<(Array, usize), String> {
        match self.windows {
            Windows::Document => {
                let centres_px = patches::centres_px(found.document);
                let side_px = self.window_px;
                let cut = patches::cut(picture, &centres_px, side_px, self.snap_px, self.range);
                Ok((cut, centres_px.len()))
            }
            Windows::Portrait => {
                let cut = windows::cut(picture, found.portrait?, self.window_px, self.range)
                    .ok_or("the document's corners are those of no quad")?;
                Ok((cut, windows::N_JUDGED))
            }
        }
    }

    fn run(&mut self, windows: Array, n_judged: usize) -> Result<Said, NetworkError> {
        let n_windows = windows.shape[0];
        let mut outputs = self.network.run(windows)?.into_iter();
        let logits = outputs.next().unwrap_or_default();
        let columns = self.checks.iter().map(|entry| entry.column + 1);
        let n_columns = columns.max().unwrap_or(1);
        let rows = match *logits.shape.as_slice() {
            [n_rows, width] if n_rows == n_judged && width >= n_columns => logits
                .values
                .chunks_exact(width)
                .map(<[f32]>::to_vec)
                .collect(),
            _ => {
                return Err(NetworkError::Misfit(format!(
                    "it gave {:?} for {n_judged} windows of {n_columns} or more columns",
                    logits.shape
                )));
            }
        };
        let novelty = self.novelty_limit.map(|limit| {
            let distances = outputs.next().unwrap_or_default();
            if distances.values.len() != n_windows {
                let words = format!(
                    "it gave {:?} for the distance from its training",
                    distances.shape
                );
                return Err(NetworkError::Misfit(words));
            }
            let sum: f64 = distances.values.iter().copied().map(f64::from).sum();
            let distance = sum / n_windows as f64;
            Ok(Novelty { distance, limit })
        });
        Ok(Said {
            rows,
            novelty: novelty.transpose()?,
        })
    }
}
