//! The way of a document through the program, from files to the queue.
//!
//! ```text
//! files        → intake → store: new → engine → routing → store: completed, queue
//! result JSON  → intake → store + routing ───────────────────────────────↗
//! ```
//!
//! Read this file from top to bottom; every step is a call into the module that knows how. One bad
//! item is told and the rest goes on; what was told as stored is on disk. Who asked, and how it is
//! shown, is not known here.

mod check;
mod import;
mod plant;
mod watch;

use std::io::Read;
use std::ops::ControlFlow;

use crate::case::{
    Actor, Assessment, CaseId, Incoming, ReadOptions, Sha256, Side, Source, Status, Time,
};
use crate::engine::Engine;
use crate::intake::results;
use crate::intake::{self, DocumentFiles, Limits, Picture, Problem};
use crate::routing::Policy;
use crate::store::{Store, StoreError, Taken, TakenIn};
pub use check::{Checked, check};
use import::{Import, read_ahead};
pub use plant::Planted;
pub use watch::{Event, Summary, Watch};

/// What every step needs: where cases are kept, who looks at them, by which rules, for whom.
pub struct Pipeline<'a> {
    /// Where cases are kept.
    pub store: &'a mut Store,
    /// Looks at pictures.
    pub engine: &'a mut Engine,
    /// The rules in force.
    pub policy: &'a Policy,
    /// Who acts.
    pub actor: &'a Actor,
    /// Who watches, and may stop it.
    pub watch: &'a Watch<'a>,
}

impl Pipeline<'_> {
    /// Takes documents in, assesses and routes them. While one is assessed the next is decoded.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the workspace cannot be written; what was told is on disk.
    pub fn add(
        &mut self,
        documents: &[DocumentFiles],
        options: &ReadOptions,
    ) -> Result<Summary, StoreError> {
        let mut summary = Summary::default();
        let total = Some(documents.len() as u64);
        let mut upcoming = documents.first().map(read_files);
        for (done, document) in documents.iter().enumerate() {
            self.tell(Event::Progress {
                done: done as u64,
                total,
            });
            if self.stop(&mut summary) {
                break;
            }
            let Some(pictures) = upcoming.take() else {
                break;
            };
            let (added, next) = rayon::join(
                || self.add_one(document, pictures, options, &mut summary),
                || documents.get(done + 1).map(read_files),
            );
            added?;
            upcoming = next;
        }
        Ok(summary)
    }

    /// Imports a file of vendors' results. Its bytes are kept first; pictures in it are assessed
    /// last. `name` is what problems call it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be read or the workspace cannot be written; what was told
    /// as stored is on disk.
    pub fn import(
        &mut self,
        name: &str,
        reader: impl Read,
        options: &ReadOptions,
    ) -> Result<Summary, StoreError> {
        let (sha256, n_bytes) = self.store.originals().put_reader(reader)?;
        let records = results::read(self.store.originals().open(&sha256)?, name, sha256);
        let originals = self.store.originals().clone();
        let mut import = Import::new(n_bytes);
        // While a batch is stored the next one is read.
        let unknown_fields = read_ahead(records, name, options, &originals, |item| {
            import.take(self, item)?;
            Ok(match self.stop(&mut import.summary) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        })?;
        import.flush(self)?;
        let mut summary = import.summary;
        for (path, n_records) in unknown_fields {
            summary.n_unknown_fields += 1;
            self.tell(Event::UnknownField { path, n_records });
        }
        self.assess_waiting(&mut summary)?;
        Ok(summary)
    }

    /// Assesses cases again, by the originals that are kept; every earlier run stays.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the workspace cannot be read or written.
    pub fn rerun(&mut self, cases: &[CaseId]) -> Result<Summary, StoreError> {
        let mut summary = Summary::default();
        let total = Some(cases.len() as u64);
        for (done, &case) in cases.iter().enumerate() {
            self.tell(Event::Progress {
                done: done as u64,
                total,
            });
            if self.stop(&mut summary) {
                break;
            }
            self.assess_stored(case, &mut summary)?;
        }
        Ok(summary)
    }

    /// Assesses every case that waits: pictures from JSON, and what a crash left behind.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the workspace cannot be read or written.
    pub fn assess_waiting(&mut self, summary: &mut Summary) -> Result<(), StoreError> {
        let cases = self.store.unfinished(usize::MAX)?;
        let total = Some(cases.len() as u64);
        for (done, case) in cases.into_iter().enumerate() {
            if self.stop(summary) {
                break;
            }
            self.assess_stored(case, summary)?;
            self.tell(Event::Progress {
                done: done as u64 + 1,
                total,
            });
        }
        Ok(())
    }
}

/// The smaller steps, in the order in which the way above takes them.
impl Pipeline<'_> {
    fn add_one(
        &mut self,
        document: &DocumentFiles,
        pictures: Result<Vec<Original>, Problem>,
        options: &ReadOptions,
        summary: &mut Summary,
    ) -> Result<(), StoreError> {
        let pictures = match pictures {
            Ok(pictures) => pictures,
            Err(problem) => {
                self.problem(summary, problem);
                return Ok(());
            }
        };
        for (_, bytes) in &pictures {
            self.store.originals().put(bytes)?;
        }
        let incoming = incoming_of(&document.label, &pictures, options);
        let taken = self.take_in(&[incoming], summary)?;
        let Some(&TakenIn { case, what, .. }) = taken.first() else {
            return Ok(());
        };
        // What a crash left half done is finished when the same pictures come again.
        if what == Taken::AlreadyKnown && self.store.queue_row(case)?.status != Status::New {
            self.tell(Event::AlreadyKnown {
                case,
                label: document.label.clone(),
            });
            return Ok(());
        }
        let pictures = pictures.iter().map(|(picture, _)| picture);
        self.assess_and_finish(case, &document.label, pictures, options, summary)
    }

    /// Assesses a case by its kept originals.
    fn assess_stored(&mut self, case: CaseId, summary: &mut Summary) -> Result<(), StoreError> {
        let record = self.store.case(case)?;
        let label = &record.label;
        if record.pictures.is_empty() {
            let problem = Problem::new(
                format!("{case} {label}"),
                "the case has no pictures, only a vendor's result",
                "Add the document's pictures to have it assessed here",
            );
            self.problem(summary, problem);
            return Ok(());
        }
        let mut pictures = Vec::with_capacity(record.pictures.len());
        for picture in &record.pictures {
            let loaded = match self.store.originals().read(&picture.sha256) {
                Ok(bytes) => intake::load(&bytes, picture.side, &Limits::default())
                    .map_err(|error| (error.to_string(), error.way_out().to_owned())),
                Err(error) => Err((error.to_string(), "Run `secondlook verify`".to_owned())),
            };
            match loaded {
                Ok(picture) => pictures.push(picture),
                Err((reason, way_out)) => {
                    let item = format!("{case} {label} ({})", picture.side.name());
                    self.store.fail(case, &reason, self.actor, self.now())?;
                    self.problem(summary, Problem::new(item, reason, way_out));
                    return Ok(());
                }
            }
        }
        self.assess_and_finish(case, label, pictures.iter(), &record.options, summary)
    }

    fn assess_and_finish<'p>(
        &mut self,
        case: CaseId,
        label: &str,
        pictures: impl Iterator<Item = &'p Picture>,
        options: &ReadOptions,
        summary: &mut Summary,
    ) -> Result<(), StoreError> {
        match self.store.start(case, self.now()) {
            Ok(()) => {}
            // Another program on this workspace is at it: it will finish it.
            Err(busy @ StoreError::Busy { .. }) => {
                let problem = Problem::new(
                    format!("{case} {label}"),
                    busy.to_string(),
                    "Wait for the other one to finish it",
                );
                self.problem(summary, problem);
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        match assess(self.engine, pictures, options) {
            Ok(assessment) => {
                let finished =
                    self.store
                        .finish(case, &assessment, self.policy, self.actor, self.now())?;
                summary.n_assessed += 1;
                let label = label.to_owned();
                self.tell(Event::Assessed {
                    case,
                    label,
                    route: finished.route,
                });
            }
            Err(reason) => {
                self.store.fail(case, &reason, self.actor, self.now())?;
                self.problem(summary, engine_problem(&format!("{case} {label}"), reason));
            }
        }
        Ok(())
    }

    fn take_in(
        &mut self,
        batch: &[Incoming],
        summary: &mut Summary,
    ) -> Result<Vec<TakenIn>, StoreError> {
        let taken = self
            .store
            .take_in(batch, self.policy, self.actor, self.now())?;
        for item in &taken {
            match item.what {
                Taken::New => summary.n_new += 1,
                Taken::AddedTo => summary.n_joined += 1,
                Taken::AlreadyKnown => summary.n_known += 1,
            }
        }
        Ok(taken)
    }

    /// Whether to stop here; the summary then says so.
    fn stop(&self, summary: &mut Summary) -> bool {
        summary.cancelled |= (self.watch.cancelled)();
        summary.cancelled
    }

    fn problem(&self, summary: &mut Summary, problem: Problem) {
        summary.n_problems += 1;
        self.tell(Event::Problem(problem));
    }

    fn tell(&self, event: Event) {
        (self.watch.tell)(event);
    }

    fn now(&self) -> Time {
        (self.watch.now)()
    }
}

/// A decoded picture and the bytes that it was decoded from.
type Original = (Picture, Vec<u8>);

/// Reads all files of a document. A document of which one side cannot be read is not taken at all:
/// half of it would be another document when the other half comes.
fn read_files(document: &DocumentFiles) -> Result<Vec<Original>, Problem> {
    let sides = [(Side::Front, &document.front), (Side::Back, &document.back)];
    sides
        .into_iter()
        .filter_map(|(side, path)| Some((side, path.as_ref()?)))
        .map(|(side, path)| {
            intake::load_file(path, side, &Limits::default()).map_err(|error| {
                Problem::new(
                    path.display().to_string(),
                    error.to_string(),
                    error.way_out(),
                )
            })
        })
        .collect()
}

fn assess<'p>(
    engine: &mut Engine,
    pictures: impl Iterator<Item = &'p Picture>,
    options: &ReadOptions,
) -> Result<Assessment, String> {
    let (mut front, mut back) = (None, None);
    for picture in pictures {
        match picture.record.side {
            Side::Front => front = Some(picture),
            Side::Back => back = Some(picture),
        }
    }
    engine
        .assess(front, back, options)
        .map_err(|error| error.to_string())
}

fn engine_problem(item: &str, reason: String) -> Problem {
    Problem::new(
        item,
        reason,
        "Run `secondlook doctor`, then assess it again",
    )
}

/// Pictures from files as the store takes them.
fn incoming_of(label: &str, pictures: &[Original], options: &ReadOptions) -> Incoming {
    Incoming {
        label: label.to_owned(),
        source: Source::Engine,
        external_id: None,
        content: content_of(pictures),
        original: None,
        pictures: pictures
            .iter()
            .map(|(picture, _)| picture.incoming())
            .collect(),
        options: *options,
        assessment: None,
    }
}

/// What makes a document the same when it comes again: its sides and their pictures' hashes.
fn content_of(pictures: &[Original]) -> Sha256 {
    let mut names = String::from("pictures");
    for (picture, _) in pictures {
        names.push_str(&format!(
            " {}={}",
            picture.record.side.name(),
            picture.record.sha256
        ));
    }
    Sha256::of(names.as_bytes())
}
