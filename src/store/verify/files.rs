//! The originals against their hashes.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::ops::ControlFlow;

use rayon::prelude::*;
use sha2::Digest as _;

use super::{Findings, Problem, VerifyStage};
use crate::case::Sha256;
use crate::store::{Originals, Store, StoreError};

pub(super) fn check(
    store: &Store,
    findings: &mut Findings<'_>,
) -> Result<ControlFlow<()>, StoreError> {
    let mut found = store.conn.prepare(
        "SELECT DISTINCT sha256 FROM picture
         UNION SELECT DISTINCT original FROM received WHERE original IS NOT NULL",
    )?;
    let names = found
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<BTreeSet<Sha256>>>()?;
    let names: Vec<Sha256> = names.into_iter().collect();
    let n_total = names.len() as u64;
    let originals = &store.originals;
    for some in names.chunks(4 * rayon::current_num_threads()) {
        let n_done = findings.report.n_originals;
        let step = findings.step(VerifyStage::Originals, n_done, n_total);
        if step.is_break() {
            return Ok(step);
        }
        let problems: Vec<Problem> = some
            .par_iter()
            .filter_map(|name| check_one(originals, *name))
            .collect();
        findings.report.n_originals += some.len() as u64;
        problems
            .into_iter()
            .for_each(|problem| findings.add(problem));
    }
    Ok(findings.step(VerifyStage::Originals, n_total, n_total))
}

fn check_one(originals: &Originals, sha256: Sha256) -> Option<Problem> {
    let hash = || -> Result<Sha256, StoreError> {
        let mut file = originals.open(&sha256)?;
        let mut hasher = sha2::Sha256::new();
        let mut buffer = vec![0; 1 << 18];
        loop {
            match file.read(&mut buffer).map_err(StoreError::Unreadable)? {
                0 => break,
                n => hasher.update(buffer.get(..n).unwrap_or_default()),
            }
        }
        Ok(Sha256(hasher.finalize().into()))
    };
    match hash() {
        Ok(found) if found == sha256 => None,
        Ok(_other) => Some(Problem::OriginalChanged(sha256)),
        Err(StoreError::NoOriginal(_)) => Some(Problem::OriginalMissing(sha256)),
        Err(error) => Some(Problem::OriginalUnreadable {
            sha256,
            reason: error.to_string(),
        }),
    }
}
