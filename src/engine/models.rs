//! The models of the manifest, ready to run, and the reasons for those that are not.

use std::num::NonZeroUsize;

use super::manifest::{CheckEntry, LOCATOR, Manifest, ModelEntry, ModelError, PORTRAIT, Windows};
use super::patches;
use super::places::Places;
use super::portrait::{Portrait, windows};
use super::runtime::{Array, CheckedNetwork, NetworkError, Runtime};
use super::surroundings;
use crate::case::{CheckKind, Evidence, ModelRef, Novelty, Outcome, Probability, Quad, Side};
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
    /// The checks, or the finder, that each problem takes away: a place in `problems`.
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
    /// What the manifest says of it, less the checks that are not made because another of their models is lost.
    pub entry: ModelEntry,
    /// The model itself: windows in, a row of logits for each out.
    pub network: CheckedNetwork,
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
            let n_threads = if entry.has_a_say_in().next().is_none() {
                n_threads
            } else {
                1
            };
            match manifest.load(entry, runtime, n_threads) {
                Ok(network) => models.take(entry, network),
                Err(problem) => {
                    let checks = entry.has_a_say_in().map(Lost::Check);
                    let finder = match entry.id.as_str() {
                        LOCATOR => Some(Lost::Locator),
                        PORTRAIT => Some(Lost::Portrait),
                        _ => None,
                    };
                    models.lose(problem, checks.chain(finder));
                }
            }
        }
        // A check's calibration is that of all its models together: without one of them it is not made.
        let lost = &models.lost;
        for judge in &mut models.judges {
            judge.entry.checks.retain(|entry| {
                let this = Lost::Check(entry.check);
                lost.iter().all(|(what, _)| *what != this)
            });
        }
        models
    }

    fn take(&mut self, entry: &ModelEntry, network: CheckedNetwork) {
        if entry.id == LOCATOR {
            self.locator = Some((entry.reference(), network));
        } else if entry.id == PORTRAIT {
            self.portrait = Some((entry.reference(), network));
        } else {
            let entry = entry.clone();
            self.judges.push(Judge { entry, network });
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
        let of_all = self.judges.iter();
        let mut checks =
            of_all.flat_map(|judge| judge.entry.checks.iter().map(move |entry| (judge, entry)));
        checks.find(|(_, entry)| entry.check == kind)
    }

    /// The models that add to a check that another one decides.
    pub(super) fn adding_to(&self, kind: CheckKind) -> impl Iterator<Item = &Judge> {
        let adds = move |judge: &&Judge| judge.entry.adds.iter().any(|entry| entry.check == kind);
        self.judges.iter().filter(adds)
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

/// What the models say of one check.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) kind: CheckKind,
    pub(super) outcome: Outcome,
    /// `None` if the check was not made.
    pub(super) evidence: Option<Evidence>,
}

/// A picture, where a document lies in it, and its portrait, or why there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub(super) picture: &'a RgbImage,
    pub(super) document: &'a Quad,
    pub(super) portrait: Result<&'a Portrait, &'a str>,
}

/// What a model gave for its windows.
#[derive(Default)]
pub(super) struct Said {
    /// A row of logits for every window that it judges, wide enough for every check.
    rows: Vec<Vec<f32>>,
    /// `None` if the model does not measure it.
    pub(super) novelty: Option<Novelty>,
}

impl Said {
    /// What it gave in one column, window by window.
    fn column(&self, column: usize) -> impl Iterator<Item = f32> + Clone {
        self.rows.iter().map(move |row| row[column])
    }
}

/// What the models say of the checks that one of them decides: the deciding model's logit and what the others add to
/// it. A check that one of its models could not look at is not made, for its calibration is that of the sum.
pub(super) fn answers(heard: &[(&Judge, Result<Said, Outcome>)], found: Found<'_>) -> Vec<Answer> {
    let answer = |judge: &Judge, said: &Result<Said, Outcome>, entry: &CheckEntry| {
        let of = said.as_ref().map_err(Outcome::clone);
        let made =
            of.and_then(|said| Ok(judge.answer(entry, said, added(heard, entry.check)?, found)));
        let (outcome, evidence) = made.unwrap_or_else(|outcome| (outcome, None));
        Answer {
            kind: entry.check,
            outcome,
            evidence,
        }
    };
    let of_judge = |(judge, said): &(&Judge, _)| {
        let entries = judge.entry.checks.iter();
        entries
            .map(|entry| answer(judge, said, entry))
            .collect::<Vec<_>>()
    };
    heard.iter().flat_map(of_judge).collect()
}

/// The sum of what models add to a check that another decides; else why one of them could not look.
pub(super) fn added(
    heard: &[(&Judge, Result<Said, Outcome>)],
    kind: CheckKind,
) -> Result<f64, Outcome> {
    let mut sum = 0.0;
    for (judge, said) in heard {
        let adds = judge.entry.adds.iter();
        for add in adds.filter(|add| add.check == kind) {
            let said = said.as_ref().map_err(Outcome::clone)?;
            sum += add.scale * patches::pooled(said.column(add.column), judge.entry.pool);
        }
    }
    Ok(sum)
}

impl Judge {
    /// What it is called in a record.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.entry.id, self.entry.version)
    }

    /// Whether it has something to say of a side.
    pub(super) fn applies_to(&self, side: Side) -> bool {
        let mut checks = self.entry.has_a_say_in();
        checks.any(|check| check.applies_to(side))
    }

    /// What the model gives for the document; else what its checks are then.
    pub(super) fn look(&mut self, found: Found<'_>) -> Result<Said, Outcome> {
        let mut said = Said::default();
        let mut distances = Vec::new();
        for batch in 0.. {
            let cut = self.cut(found, batch);
            let Some((windows, n_judged)) =
                cut.map_err(|reason| Outcome::NotPerformed { reason })?
            else {
                break;
            };
            let run = self.run(windows, n_judged, &mut said.rows, &mut distances);
            run.map_err(|error| Outcome::Error {
                reason: format!("{}: {error}", self.name()),
            })?;
        }
        said.novelty = self.entry.novelty_limit.map(|limit| {
            let sum: f64 = distances.iter().copied().map(f64::from).sum();
            let distance = sum / distances.len() as f64;
            Novelty { distance, limit }
        });
        Ok(said)
    }

    /// The probability of a check that this model decides, and where it comes from; `added` is what others add.
    fn answer(
        &self,
        entry: &CheckEntry,
        said: &Said,
        added: f64,
        found: Found<'_>,
    ) -> (Outcome, Option<Evidence>) {
        let (scale, bias) = (entry.scale, entry.bias + added);
        let column = said.column(entry.column);
        let pooled = patches::pooled(column.clone(), self.entry.pool);
        match Probability::from_logit(scale * pooled + bias) {
            Ok(probability) => {
                let evidence = match (self.entry.windows, found.portrait) {
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
        }
    }

    /// The windows that the model takes as its batch of that number, from 0, and of how many of them it says
    /// something: `None` after the last; else why there are none.
    fn cut(&self, found: Found<'_>, batch: usize) -> Result<Option<(Array, usize)>, String> {
        let (side_px, input) = (self.entry.input_px(), &self.entry.input);
        if self.entry.windows != Windows::Document && batch > 0 {
            return Ok(None);
        }
        Ok(Some(match self.entry.windows {
            Windows::Document => {
                let centres_px = patches::centres_px(found.document);
                let at_a_time = input.at_a_time.map_or(centres_px.len(), NonZeroUsize::get);
                let Some(centres_px) = centres_px.chunks(at_a_time).nth(batch) else {
                    return Ok(None);
                };
                let (snap_px, range) = (input.snap_px, input.range);
                let cut = patches::cut(found.picture, centres_px, side_px, snap_px, range);
                (cut, centres_px.len())
            }
            Windows::Portrait => {
                let cut = windows::cut(found.picture, found.portrait?, side_px, input.range)
                    .ok_or("the document's corners are those of no quad")?;
                (cut, windows::N_JUDGED)
            }
            Windows::Surroundings => {
                let seen = surroundings::view(found.picture, found.document, side_px, input.range)
                    .ok_or("nothing of the document is in the picture")?;
                (seen, 1)
            }
        }))
    }

    /// Adds to `rows` and `distances` what the model gives for a batch.
    fn run(
        &mut self,
        windows: Array,
        n_judged: usize,
        rows: &mut Vec<Vec<f32>>,
        distances: &mut Vec<f32>,
    ) -> Result<(), NetworkError> {
        let n_windows = windows.shape[0];
        let mut outputs = self.network.run(windows)?.into_iter();
        let logits = outputs.next().unwrap_or_default();
        let n_columns = self.entry.n_columns();
        match *logits.shape.as_slice() {
            [n_rows, width] if n_rows == n_judged && width >= n_columns => {
                rows.extend(logits.values.chunks_exact(width).map(<[f32]>::to_vec));
            }
            _ => {
                return Err(NetworkError::Misfit(format!(
                    "it gave {:?} for {n_judged} windows of {n_columns} or more columns",
                    logits.shape
                )));
            }
        }
        if self.entry.novelty_limit.is_some() {
            let given = outputs.next().unwrap_or_default();
            if given.values.len() != n_windows {
                let words = format!(
                    "it gave {:?} for the distance from its training",
                    given.shape
                );
                return Err(NetworkError::Misfit(words));
            }
            distances.extend(given.values);
        }
        Ok(())
    }
}
