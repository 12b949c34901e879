//! Documents that are looked at and not stored: each by one thread, as many at a time as there are
//! engines.
//!
//! A document takes longer on one thread than on two, and many documents take less: most of what two
//! threads share is waiting for each other.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use super::{assess, content_of, engine_problem, read_files};
use crate::case::{Assessment, CaseRoute, Judgement, ReadOptions, Source};
use crate::engine::Engine;
use crate::intake::{DocumentFiles, Problem};
use crate::routing::{self, Policy};

/// A document that was looked at and not stored.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What our engine said.
    pub assessment: Assessment,
    /// What the policy made of it.
    pub judgement: Judgement,
    /// Where it would go.
    pub route: CaseRoute,
}

/// Looks at every document, with all `engines` at once, and hands the results to `take` one after another
/// in the documents' order; a document whose file is no picture, or on which the engine fails, is a
/// [`Problem`] to report. Ends early, with what is begun finished and not handed on, if `take` says so.
pub fn check<B>(
    engines: &mut [Engine],
    documents: &[DocumentFiles],
    options: &ReadOptions,
    policy: &Policy,
    mut take: impl FnMut(&DocumentFiles, Result<Checked, Problem>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let next = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (done, results) = mpsc::channel();
        for engine in engines {
            let (done, next, is_over) = (done.clone(), &next, &is_over);
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(document) = documents.get(at) else {
                        break;
                    };
                    let checked = check_one(engine, document, options, policy);
                    if done.send((at, checked)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        // Results that came before their turn; a few, for every engine takes the next document.
        let mut early = BTreeMap::new();
        let mut turn = 0;
        for (at, checked) in results {
            early.insert(at, checked);
            while let Some(checked) = early.remove(&turn) {
                if let ControlFlow::Break(with) = take(&documents[turn], checked) {
                    is_over.store(true, Ordering::Relaxed);
                    return ControlFlow::Break(with);
                }
                turn += 1;
            }
        }
        ControlFlow::Continue(())
    })
}

fn check_one(
    engine: &mut Engine,
    document: &DocumentFiles,
    options: &ReadOptions,
    policy: &Policy,
) -> Result<Checked, Problem> {
    let pictures = read_files(document)?;
    let assessment = assess(engine, pictures.iter().map(|(picture, _)| picture), options)
        .map_err(|reason| engine_problem(&document.label, reason))?;
    let judgement = routing::judge(&assessment, policy);
    let views = [(Source::Engine, &judgement)];
    let route = routing::route(&views, policy, &content_of(&pictures));
    Ok(Checked {
        assessment,
        judgement,
        route,
    })
}
