//! One submission into an assessment.
//!
//! ```text
//! picture → locate → errors of its place ──────────────────────────────────────→ checks not performed
//!                  → close-up → portrait, which way is up → no portrait on a front → checks not performed
//!                             → quality warnings
//!                  → windows, surroundings → models → pooling, adding up → checks
//! ```
//!
//! [`Engine::assess_side`] is that way, to be read from top to bottom; each step is a call into the
//! module that knows how. A check that was not made says why, and is neither a zero nor a pass. A
//! model that is missing or damaged takes away its own checks and nothing else.
//!
//! The engine owns its models and belongs to one thread; it knows nothing of policies, routes and
//! files other than the models'.

mod between;
pub mod close_up;
pub mod locate;
pub mod manifest;
pub mod marks;
mod models;
pub mod patches;
pub mod places;
pub mod portrait;
pub mod quality;
pub mod runtime;
pub mod straight;
pub mod surroundings;

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::case::{
    Assessment, Check, CheckKind, EngineRecord, ErrorCode, Finding, FindingCode, Novelty, Outcome,
    PictureFacts, Quad, ReadOptions, Side, Source, Threshold, ThresholdOrigin, Timing,
};
use crate::intake::Picture;
use close_up::CloseUp;
use locate::rules::{self, PlaceParams, Placed};
use locate::{LocateParams, Located};
use manifest::ModelError;
use models::Found;
pub use models::{Judge, Models};
use places::Places;
use portrait::{Portrait, PortraitParams};
use quality::QualityParams;
use runtime::{CheckedNetwork, NetworkError, NoOnnxRuntime, Runtime, RuntimeChoice};

/// How the engine is to be made ready.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Where models and runtimes are looked for.
    pub places: Places,
    /// Which runtime is to run the models.
    pub runtime: RuntimeChoice,
    /// Threads for one picture. More than the free cores makes it slower: with several engines in a
    /// process, one each.
    pub n_threads: usize,
}

impl Default for EngineOptions {
    /// This computer's places, the best runtime there is, and up to two threads.
    fn default() -> Self {
        let n_cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            places: Places::of_this_computer(),
            runtime: RuntimeChoice::Auto,
            n_threads: n_cores.min(2),
        }
    }
}

/// Why there is no engine, or no assessment.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// The runtime that was asked for by name is not to be had.
    #[error(transparent)]
    Runtime(#[from] NoOnnxRuntime),
    /// There is nothing to look at.
    #[error("there is no picture to look at")]
    NoPicture,
}

/// Every number by which the engine reads a picture, apart from the models'.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EngineParams {
    /// How the heat map is read.
    pub locate: LocateParams,
    /// What the document's place means.
    pub place: PlaceParams,
    /// How the portrait's maps are read.
    pub portrait: PortraitParams,
    /// Which measures become warnings.
    pub quality: QualityParams,
}

/// The models, ready to run, and what is known about them.
#[derive(Debug)]
pub struct Engine {
    models: Models,
    runtime_name: String,
    runtime_version: String,
    params: EngineParams,
    /// How many of the models that judge run at the same time, each on a thread of its own: a second thread takes a
    /// quarter off one model's time, and a second model off the way of the first takes more.
    n_side_by_side: usize,
}

impl Engine {
    /// Makes the models ready. A model that cannot be used is no error here: see
    /// [`Self::problems`].
    ///
    /// # Errors
    ///
    /// [`EngineError::Runtime`] if ONNX Runtime was asked for by name and is not to be had.
    pub fn open(options: &EngineOptions) -> Result<Self, EngineError> {
        let runtime = Runtime::open(options.runtime, &options.places)?;
        let models = Models::load(&options.places, &runtime, options.n_threads);
        let engine = Self::with_models(models, runtime.name(), runtime.version());
        Ok(Self {
            n_side_by_side: options.n_threads,
            ..engine
        })
    }

    /// An engine of models that are ready, run by a runtime of that name and version.
    #[must_use]
    pub fn with_models(models: Models, runtime_name: &str, runtime_version: &str) -> Self {
        Self {
            models,
            runtime_name: runtime_name.to_owned(),
            runtime_version: runtime_version.to_owned(),
            params: EngineParams::default(),
            n_side_by_side: 1,
        }
    }

    /// Models that cannot be used, each with the file and the way out.
    #[must_use]
    pub fn problems(&self) -> &[ModelError] {
        &self.models.problems
    }

    /// What the engine is made of.
    #[must_use]
    pub fn record(&self) -> EngineRecord {
        let finders = [&self.models.locator, &self.models.portrait];
        let finders = finders
            .into_iter()
            .flatten()
            .map(|(model, _)| model.clone());
        let judges = self
            .models
            .judges
            .iter()
            .map(|judge| judge.entry.reference());
        EngineRecord {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            runtime: self.runtime_name.clone(),
            runtime_version: self.runtime_version.clone(),
            models: finders.chain(judges).collect(),
        }
    }

    /// Looks at a document.
    ///
    /// # Errors
    ///
    /// [`EngineError::NoPicture`] if there is neither a front nor a back.
    pub fn assess(
        &mut self,
        front: Option<&Picture>,
        back: Option<&Picture>,
        options: &ReadOptions,
    ) -> Result<Assessment, EngineError> {
        if front.is_none() && back.is_none() {
            return Err(EngineError::NoPicture);
        }
        let mut assessment = Assessment::empty(Source::Engine);
        let mut times = Times::default();
        for (side, picture) in [(Side::Front, front), (Side::Back, back)] {
            if let Some(picture) = picture {
                self.assess_side(side, picture, options, &mut assessment, &mut times);
            }
        }
        let mut engine = self.record();
        engine.models.retain(|model| match model.id.as_str() {
            manifest::LOCATOR => !options.whole_frame,
            id => times.took(id),
        });
        assessment.engine = Some(engine);
        assessment.timings = times.0;
        Ok(assessment)
    }

    /// Looks at one side and adds what it finds.
    fn assess_side(
        &mut self,
        side: Side,
        picture: &Picture,
        options: &ReadOptions,
        assessment: &mut Assessment,
        times: &mut Times,
    ) {
        times.add("decode", picture.decode_ms);
        assessment.findings.extend(marks::findings(picture, side));
        let mut place = times.measure("locate", || self.find_document(side, picture, options));
        let close_up = times.measure("closeUp", || CloseUp::of(&picture.pixels, &place.document?));
        let to_search = close_up
            .as_ref()
            .filter(|_| side == Side::Front && place.obstacle.is_none());
        let portrait = to_search.and_then(|close_up| {
            let finder = self.models.portrait.as_mut()?;
            times.measure(&finder.0.id, || {
                find_portrait(&mut finder.1, close_up, &mut place, &self.params.portrait)
            })
        });
        let params = self.params.quality.clone();
        let warnings = || {
            let jpeg_quality = picture.jpeg.as_ref().and_then(|jpeg| jpeg.quality);
            let findings = |close_up: &CloseUp| {
                let measures = quality::measure(close_up, jpeg_quality);
                quality::findings(&measures, side, &params)
            };
            close_up.as_ref().map(findings).unwrap_or_default()
        };
        let (judged, warnings) = match (place.document, &place.obstacle) {
            (Some(document), None) => {
                let no_portrait = self.models.no_portrait();
                let found = Found {
                    picture: &picture.pixels,
                    document: &document,
                    portrait: portrait.as_ref().ok_or(&no_portrait),
                };
                self.judge(side, found, options, times, warnings)
            }
            (_, obstacle) => {
                let judged = Judged {
                    checks: self.not_judged(side, obstacle.as_ref(), options),
                    ..Judged::default()
                };
                (judged, times.measure("quality", warnings))
            }
        };
        assessment.findings.extend(warnings);

        assessment.pictures.push(PictureFacts {
            side,
            sha256: picture.record.sha256,
            width_px: picture.pixels.width(),
            height_px: picture.pixels.height(),
            quad: place.document,
            portrait: portrait.map(|portrait| portrait.quad),
            novelty: judged.novelty,
        });
        for error in place.errors {
            if !assessment.errors.contains(&error) {
                assessment.errors.push(error);
            }
        }
        assessment.findings.extend(place.findings);
        assessment.findings.extend(judged.findings);
        assessment.checks.extend(judged.checks);
    }

    /// Where the document lies, and what its place means.
    fn find_document(&mut self, side: Side, picture: &Picture, options: &ReadOptions) -> Place {
        let pixels = &picture.pixels;
        let [width, height] = [pixels.width(), pixels.height()];
        if options.whole_frame {
            // The picture's edges are the document's: there is no place to judge, only a size.
            let long_px = f64::from(width.max(height));
            let small = long_px < self.params.place.min_long_side_px;
            let errors = if small {
                vec![ErrorCode::DocumentTooSmall]
            } else {
                Vec::new()
            };
            let document = Some(Quad::whole(width, height));
            return Place::of(
                document,
                Placed {
                    errors,
                    findings: Vec::new(),
                },
                side,
                options,
            );
        }
        let Some((_, locator)) = &mut self.models.locator else {
            return Place::unknown(self.models.no_locator());
        };
        let located = locate::locate(pixels, &self.params.locate, |input| {
            let side_px = locate::INPUT_PX as usize;
            let shape = vec![1, 3, side_px, side_px];
            let heat = locator.run_one(runtime::Array {
                shape,
                values: input,
            })?;
            Ok::<_, NetworkError>((heat.values, heat.shape))
        });
        match located {
            Ok(located) => {
                let placed = rules::judge(&located, side, &self.params.place);
                Place::of(main_document(&located), placed, side, options)
            }
            Err(error) => Place::broken(format!("The document could not be looked for: {error}")),
        }
    }

    /// Every check of the side, by the models that there are, and what else they say of the picture; and what
    /// `warnings` gives, for which nothing here waits.
    fn judge(
        &mut self,
        side: Side,
        found: Found<'_>,
        options: &ReadOptions,
        times: &mut Times,
        warnings: impl FnOnce() -> Vec<Finding> + Send,
    ) -> (Judged, Vec<Finding>) {
        let judges = self.models.judges.iter_mut();
        let mut judges: Vec<_> = judges.filter(|judge| judge.applies_to(side)).collect();
        let mut said: Vec<_> = judges.iter().map(|_| None).collect();
        let mut warned = None;
        let looks = judges.iter_mut().zip(&mut said).map(|(judge, said)| {
            let look = move || *said = Some(timed(|| judge.look(found)));
            Box::new(look) as Box<dyn FnOnce() + Send>
        });
        // The models first, which take longest.
        let jobs = looks.chain([Box::new(|| warned = Some(timed(warnings))) as _]);
        all_done(jobs.collect(), self.n_side_by_side);
        let mut heard = Vec::new();
        for (judge, (said, millis)) in judges.into_iter().zip(said.into_iter().flatten()) {
            times.add(&judge.entry.id, millis);
            heard.push((&*judge, said));
        }
        let (warnings, millis) = warned.unwrap_or_default();
        times.add("quality", millis);
        let novelty = heard
            .iter()
            .find_map(|(_, said)| said.as_ref().ok()?.novelty);
        let answers = models::answers(&heard, found);
        let around = models::added(&heard, CheckKind::ScreenReplay).ok();
        let around = around.and_then(|logit| surroundings::finding(logit, side));
        let of = |kind| answers.iter().find(|answer| answer.kind == kind);
        let mut checks = self.checks(side, options, |kind| Some(of(kind)?.outcome.clone()));
        for check in &mut checks {
            check.evidence = of(check.kind).and_then(|answer| answer.evidence.clone());
        }
        let judged = Judged {
            checks,
            novelty,
            findings: unfamiliar(side, novelty)
                .into_iter()
                .chain(around)
                .collect(),
        };
        (judged, warnings)
    }

    /// Every check of the side, none of them made.
    fn not_judged(
        &self,
        side: Side,
        obstacle: Option<&Obstacle>,
        options: &ReadOptions,
    ) -> Vec<Check> {
        self.checks(side, options, |kind| {
            self.models.judge_of(kind)?;
            Some(match obstacle {
                Some(Obstacle::Broken(reason)) => Outcome::Error {
                    reason: reason.clone(),
                },
                Some(Obstacle::Reason(reason)) => Outcome::NotPerformed {
                    reason: reason.clone(),
                },
                None => Outcome::NotPerformed {
                    reason: "No document was found".to_owned(),
                },
            })
        })
    }

    /// The checks that apply to a side, in their order. Where `outcome` knows none, there is no
    /// model for the check.
    fn checks(
        &self,
        side: Side,
        options: &ReadOptions,
        outcome: impl Fn(CheckKind) -> Option<Outcome>,
    ) -> Vec<Check> {
        let kinds = CheckKind::ALL
            .into_iter()
            .filter(|kind| kind.applies_to(side));
        let check = |kind| {
            let outcome = outcome(kind).unwrap_or_else(|| Outcome::NotPerformed {
                reason: self.models.no_judge(kind),
            });
            let mut check = Check::new(side, kind, outcome);
            let calibration = options.calibrations.of(kind);
            check.calibration = Some(calibration);
            if let Some((judge, entry)) = self.models.judge_of(kind) {
                let mut words = judge.name();
                for adding in self.models.adding_to(kind) {
                    words += &format!(" and {}", adding.name());
                }
                check.model = Some(words);
                check.threshold = Some(Threshold {
                    value: entry.thresholds.get(calibration),
                    origin: ThresholdOrigin::Manifest,
                });
            }
            check
        };
        kinds.map(check).collect()
    }
}

/// Where the portrait of a front lies. It also tells which way the document is up; a front without
/// one is an error of its place.
fn find_portrait(
    finder: &mut CheckedNetwork,
    close_up: &CloseUp,
    place: &mut Place,
    params: &PortraitParams,
) -> Option<Portrait> {
    let document = place.document?;
    let found = portrait::find(close_up, &document, params, |values| {
        let side_px = portrait::INPUT_PX as usize;
        let shape = vec![portrait::N_TURNS, 3, side_px, side_px];
        let heat = finder.run_one(runtime::Array { shape, values })?;
        Ok(heat.values)
    });
    match found {
        Ok(Some(portrait)) => {
            place.document = Some(portrait.upright);
            Some(portrait)
        }
        Ok(None) => {
            place.refuse(ErrorCode::DocumentPhotoNotFound);
            None
        }
        Err(error) => {
            let reason = format!("The portrait could not be looked for: {error}");
            place.obstacle = Some(Obstacle::Broken(reason));
            None
        }
    }
}

/// Tells the reviewer that the checks are on strange ground.
fn unfamiliar(side: Side, novelty: Option<Novelty>) -> Option<Finding> {
    let Novelty { distance, limit } = novelty.filter(Novelty::is_far)?;
    Some(Finding {
        code: FindingCode::UnfamiliarPicture,
        side: Some(side),
        message: format!(
            "The picture is unlike those that the checks learnt from: its distance is {distance:.2}, \
             where usual pictures stay below {limit:.2}"
        ),
    })
}

/// The document that is meant: the largest one.
fn main_document(located: &Located) -> Option<Quad> {
    located.documents.first().map(|found| found.quad)
}

/// What the models say of a side.
#[derive(Default)]
struct Judged {
    checks: Vec<Check>,
    novelty: Option<Novelty>,
    findings: Vec<Finding>,
}

/// Where the document lies in a picture and what follows from that.
struct Place {
    document: Option<Quad>,
    errors: Vec<ErrorCode>,
    findings: Vec<Finding>,
    /// Why the checks cannot be made.
    obstacle: Option<Obstacle>,
}

/// Why a side cannot be judged.
enum Obstacle {
    /// The checks are not made.
    Reason(String),
    /// Something broke while they were being made.
    Broken(String),
}

impl Place {
    /// A place as the rules see it; errors that the submission asks to ignore become findings.
    fn of(document: Option<Quad>, placed: Placed, side: Side, options: &ReadOptions) -> Self {
        let ignored =
            |error: &ErrorCode| options.ignore_cropped && *error == ErrorCode::DocumentCropped;
        let (let_by, errors): (Vec<_>, Vec<_>) = placed.errors.into_iter().partition(ignored);
        let mut findings = placed.findings;
        findings.extend(let_by.into_iter().map(|error| Finding {
            message: format!(
                "{}; the submission asks to look at it all the same",
                error.explain()
            ),
            code: FindingCode::Ignored(error),
            side: Some(side),
        }));
        let obstacle = errors
            .first()
            .map(|error| Obstacle::Reason(error.explain()));
        Self {
            document,
            errors,
            findings,
            obstacle,
        }
    }

    /// Adds an error, which keeps the checks from being made.
    fn refuse(&mut self, error: ErrorCode) {
        self.obstacle = Some(Obstacle::Reason(error.explain()));
        self.errors.push(error);
    }

    /// Nobody looked.
    fn unknown(reason: String) -> Self {
        let obstacle = Some(Obstacle::Reason(reason));
        Self {
            document: None,
            errors: Vec::new(),
            findings: Vec::new(),
            obstacle,
        }
    }

    /// Looking failed.
    fn broken(reason: String) -> Self {
        Self {
            obstacle: Some(Obstacle::Broken(reason)),
            ..Self::unknown(String::new())
        }
    }
}

/// Does all jobs, so many at once; whichever thread is free takes the next. Threads of their own, for one of a pool
/// that waits within a job would begin another meanwhile, and both would take as long as the two.
fn all_done(jobs: Vec<Box<dyn FnOnce() + Send + '_>>, n_at_once: usize) {
    let jobs = Mutex::new(jobs.into_iter());
    let work = || {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(job) = job else { break };
            job();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..n_at_once {
            scope.spawn(work);
        }
        work();
    });
}

/// What some work gives, and how many milliseconds it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed().as_secs_f64() * 1000.0)
}

/// How long the steps took, over both sides, in the order in which they were first taken.
#[derive(Default)]
struct Times(Vec<Timing>);

impl Times {
    fn measure<T>(&mut self, step: &str, work: impl FnOnce() -> T) -> T {
        let (done, millis) = timed(work);
        self.add(step, millis);
        done
    }

    /// Whether anything was done under that name.
    fn took(&self, step: &str) -> bool {
        self.0.iter().any(|timing| timing.step == step)
    }

    fn add(&mut self, step: &str, millis: f64) {
        match self.0.iter_mut().find(|timing| timing.step == step) {
            Some(timing) => timing.millis += millis,
            None => self.0.push(Timing {
                step: step.to_owned(),
                millis,
            }),
        }
    }
}
