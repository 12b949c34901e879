//! As many made cases as a benchmark asks for.

use secondlook::case::{
    Actor, Assessment, Incoming, OriginalRef, Overall, Probability, ReadOptions, Sha256, Source,
    Time,
};
use secondlook::routing::Policy;
use secondlook::store::Store;

/// When everything happens.
pub(crate) const NOW: Time = Time(1_790_000_000_000);

/// Who does everything.
pub(crate) fn actor() -> Actor {
    Actor("bench".into())
}

/// Cases with a score alone, as format A gives them.
pub(crate) fn fill(store: &mut Store, numbers: std::ops::Range<usize>) {
    let policy = Policy::default();
    let numbers: Vec<usize> = numbers.collect();
    for some in numbers.chunks(10_000) {
        let batch: Vec<Incoming> = some.iter().map(|&i| score_alone(i)).collect();
        store
            .take_in(&batch, &policy, &actor(), Time(NOW.0 + some[0] as i64))
            .expect("a batch taken in");
    }
}

/// A number between 0 and 1 that looks like chance and repeats.
pub(crate) fn chance(i: usize, salt: u32) -> Probability {
    let mixed = (i as u32 ^ salt)
        .wrapping_mul(2_654_435_761)
        .rotate_left(15)
        .wrapping_mul(2_246_822_519);
    Probability::new(f64::from(mixed >> 8) / f64::from(1_u32 << 24)).unwrap_or(Probability::HALF)
}

/// A submission with a vendor's assessment, with an id and an original of its own.
pub(crate) fn incoming(i: usize, assessment: Assessment) -> Incoming {
    Incoming {
        label: format!("session-{i:08}"),
        source: assessment.source,
        external_id: Some(format!("5f0c{i:020x}")),
        content: Sha256::of(&(i as u64).to_le_bytes()),
        original: Some(OriginalRef {
            sha256: Sha256::of(b"the file"),
            offset: i as u64 * 900,
            n_bytes: 898,
        }),
        pictures: Vec::new(),
        options: ReadOptions::default(),
        assessment: Some(assessment),
    }
}

fn score_alone(i: usize) -> Incoming {
    let overall = Overall {
        score: Some(chance(i, 0)),
        ..Overall::default()
    };
    incoming(
        i,
        Assessment {
            overall: Some(overall),
            ..Assessment::empty(Source::LivenessApi)
        },
    )
}
