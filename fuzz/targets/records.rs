//! Any bytes as a file of vendors' results: the stream, the JSON reader, each format, Base64.
#![no_main]

use libfuzzer_sys::fuzz_target;
use secondlook::case::Sha256;
use secondlook::intake::results;
use secondlook::routing::{self, Policy};

fuzz_target!(|bytes: &[u8]| {
    let policy = Policy::default();
    let mut records = results::read(bytes, "fuzz.json", Sha256::of(bytes));
    for record in records.by_ref() {
        match record {
            // What was let in can be judged.
            Ok(record) => {
                for assessment in &record.incoming.assessment {
                    let judgement = routing::judge(assessment, &policy);
                    assert!((0.0..=1.0).contains(&judgement.distance));
                }
            }
            Err(problem) => assert!(!problem.reason.is_empty() && !problem.way_out.is_empty()),
        }
    }
    assert!(records.n_bytes() <= bytes.len() as u64);
});
