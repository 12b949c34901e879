//! Documents whose truth is known, on their way among the cases of the inbox.

use super::{Event, Pipeline, Summary, assess, engine_problem, incoming_of, read_files};
use crate::case::{Label, ReadOptions, Route, Source};
use crate::intake::DocumentFiles;
use crate::routing;
use crate::store::{KnownCase, StoreError};

/// What came of planting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planted {
    /// Documents that are among the cases now.
    pub n_planted: u64,
    /// Documents that the policy would not send to review: nobody would ever see them.
    pub n_elsewhere: u64,
    /// Documents that were there already.
    pub n_known: u64,
    /// Documents that were not looked at, since the policy's share of the inbox is reached.
    pub n_left: u64,
    /// Documents that could not be read or assessed; each was told as a problem.
    pub n_problems: u64,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
}

impl Pipeline<'_> {
    /// Puts documents whose truth is known among the cases of the inbox, one after another, until
    /// they are the policy's share of it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the workspace cannot be written; what was planted until then is on disk.
    pub fn plant(
        &mut self,
        documents: &[(DocumentFiles, Label)],
        options: &ReadOptions,
    ) -> Result<Planted, StoreError> {
        let mut planted = Planted::default();
        let mut summary = Summary::default();
        let n_due = self.store.n_to_plant(self.policy)?;
        for (done, (document, answer)) in documents.iter().enumerate() {
            if self.stop(&mut summary) {
                break;
            }
            if planted.n_planted >= n_due {
                planted.n_left = (documents.len() - done) as u64;
                break;
            }
            self.plant_one(document, *answer, options, &mut planted, &mut summary)?;
            self.tell(Event::Progress {
                done: done as u64 + 1,
                total: Some(documents.len() as u64),
            });
        }
        planted.n_problems = summary.n_problems;
        planted.cancelled = summary.cancelled;
        Ok(planted)
    }

    fn plant_one(
        &mut self,
        document: &DocumentFiles,
        answer: Label,
        options: &ReadOptions,
        planted: &mut Planted,
        summary: &mut Summary,
    ) -> Result<(), StoreError> {
        let pictures = match read_files(document) {
            Ok(pictures) => pictures,
            Err(problem) => {
                self.problem(summary, problem);
                return Ok(());
            }
        };
        let decoded = pictures.iter().map(|(picture, _)| picture);
        let assessment = match assess(self.engine, decoded, options) {
            Ok(assessment) => assessment,
            Err(reason) => {
                self.problem(summary, engine_problem(&document.label, reason));
                return Ok(());
            }
        };
        let incoming = incoming_of(&document.label, &pictures, options);
        let judgement = routing::judge(&assessment, self.policy);
        let views = [(Source::Engine, &judgement)];
        if routing::route(&views, self.policy, &incoming.content).route != Route::Review {
            planted.n_elsewhere += 1;
            return Ok(());
        }
        for (_, bytes) in &pictures {
            self.store.originals().put(bytes)?;
        }
        let known = KnownCase {
            incoming,
            answer,
            from: None,
        };
        let now = self.now();
        match self.store.plant(&known, &[assessment], self.policy, now)? {
            Some(_) => planted.n_planted += 1,
            None => planted.n_known += 1,
        }
        Ok(())
    }
}
