//! What the store costs: taking in results, a page of a long queue, a verdict, the ledger's chain.
//!
//! `cargo bench --bench store` prints a table; a number after `--` sets how many cases the queue
//! holds, a million if none is given. It needs about 3 GB in the folder for temporary files.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its table and stops at what it cannot measure"
)]

mod cases;

use std::time::{Duration, Instant};

use cases::{NOW, actor, chance, fill, incoming};
use secondlook::case::{
    Assessment, Check, CheckKind, Incoming, Live, Outcome, Polarity, Probability, RawValue, Side,
    Source, Threshold, ThresholdOrigin, VendorRecord,
};
use secondlook::config::Workspace;
use secondlook::routing::Policy;
use secondlook::store::{Cursor, Order, Ruling, Search, Store, View};

const N_RECORDS: usize = 100_000;
const BATCH: usize = 2_000;

fn main() {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let n_cases: usize = asked.unwrap_or(1_000_000);
    println!("{:<58} {:>14}", "what", "measured");
    import();
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut store = open(&folder);
    fill(&mut store, 0..n_cases / 2);
    ledger(&store);
    fill(&mut store, n_cases / 2..n_cases);
    queue(&store);
    searches(&store);
    verdicts(&mut store);
    opening(&folder);
}

fn row(what: &str, measured: String) {
    println!("{what:<58} {measured:>14}");
}

fn open(folder: &tempfile::TempDir) -> Store {
    Store::open(&Workspace::at(folder.path()), NOW).expect("a workspace")
}

/// Results as format B gives them: both sides, seven checks, the vendor's numbers as written.
fn import() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut store = open(&folder);
    let policy = Policy::default();
    let mut spent = Duration::ZERO;
    for start in (0..N_RECORDS).step_by(BATCH) {
        let batch: Vec<Incoming> = (start..start + BATCH).map(full_result).collect();
        let began = Instant::now();
        store
            .take_in(&batch, &policy, &actor(), NOW)
            .expect("a batch taken in");
        spent += began.elapsed();
    }
    let a_second = N_RECORDS as f64 / spent.as_secs_f64();
    row(
        "take in 100,000 results of seven checks, records a second",
        format!("{a_second:.0}"),
    );
    let began = Instant::now();
    for start in (0..N_RECORDS).step_by(BATCH) {
        let batch: Vec<Incoming> = (start..start + BATCH).map(full_result).collect();
        let taken = store.take_in(&batch, &policy, &actor(), NOW);
        assert_eq!(taken.expect("a batch taken in").len(), BATCH);
    }
    let a_second = N_RECORDS as f64 / began.elapsed().as_secs_f64();
    row(
        "the same again, which adds nothing, records a second",
        format!("{a_second:.0}"),
    );
    let n_bytes = std::fs::metadata(store.workspace().database()).map_or(0, |facts| facts.len());
    row(
        "size of that workspace's file",
        format!("{} MB", n_bytes / 1_000_000),
    );
}

fn ledger(store: &Store) {
    let began = Instant::now();
    let report = store.verify_ledger().expect("a ledger to verify");
    assert!(report.is_sound(), "{:?}", report.problems);
    row(
        &format!("verify the ledger's {} rows", report.n_ledger_rows),
        format!("{:.2} s", began.elapsed().as_secs_f64()),
    );
}

/// Pages from the beginning, from the middle and from far down, in turn.
fn queue(store: &Store) {
    let counts = store.counts().expect("counts");
    for view in [View::Inbox, View::All] {
        let mut places: Vec<Option<Cursor>> = vec![None];
        let mut after = None;
        // A long stride to reach places all over the view.
        let stride = (counts.of(view) as usize / 20).max(1);
        while let Some(next) = store
            .queue_page(&Search::of(view), after.as_ref(), stride)
            .expect("a page")
            .next
        {
            places.push(Some(next.clone()));
            after = Some(next);
        }
        let mut times: Vec<Duration> = (0..2_000)
            .map(|i| {
                let place = places[i % places.len()].as_ref();
                let began = Instant::now();
                let page = store
                    .queue_page(&Search::of(view), place, 100)
                    .expect("a page");
                assert!(!page.rows.is_empty());
                began.elapsed()
            })
            .collect();
        let what = format!("page of 100 among {} ({})", counts.of(view), view.name());
        percentiles(&what, &mut times);
    }
    let mut times: Vec<Duration> = (0..1_000)
        .map(|_| {
            let began = Instant::now();
            store.counts().expect("counts");
            began.elapsed()
        })
        .collect();
    percentiles("counts of every view", &mut times);
}

/// What looks at every case: a text that stands nowhere, and another order.
fn searches(store: &Store) {
    let all = Search::of(View::All);
    let nowhere = Search {
        text: Some("stands nowhere".to_owned()),
        ..all.clone()
    };
    let newest = Search {
        order: Order::Newest,
        ..all
    };
    for (what, search) in [
        ("a text that stands nowhere", nowhere),
        ("the newest 100", newest),
    ] {
        let began = Instant::now();
        store.queue_page(&search, None, 100).expect("a page");
        row(
            &format!("search every case for {what}"),
            format!("{:.2} s", began.elapsed().as_secs_f64()),
        );
    }
}

fn verdicts(store: &mut Store) {
    let ruling = Ruling::plain(secondlook::case::Label::Genuine);
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let began = Instant::now();
            let next = store
                .next_unclaimed(None, &actor(), NOW)
                .expect("the next case");
            let case = next.expect("a case in the inbox").case;
            store.claim(case, &actor(), 30, NOW).expect("a claim");
            store
                .decide(case, &ruling, &Policy::default(), &actor(), NOW)
                .expect("a verdict");
            began.elapsed()
        })
        .collect();
    percentiles("next case, claim and verdict, on disk", &mut times);
}

fn opening(folder: &tempfile::TempDir) {
    let began = Instant::now();
    let store = open(folder);
    let page = store.queue_page(&Search::of(View::Inbox), None, 100);
    assert!(page.is_ok_and(|page| !page.rows.is_empty()));
    row(
        "open the workspace and read the first page",
        format!("{:.1} ms", began.elapsed().as_secs_f64() * 1e3),
    );
}

fn percentiles(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let millis = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    row(&format!("{what}, median"), format!("{:.3} ms", millis(50)));
    row(
        &format!("{what}, 99th percentile"),
        format!("{:.3} ms", millis(99)),
    );
}

fn full_result(i: usize) -> Incoming {
    let mut checks = Vec::new();
    for side in Side::ALL {
        for kind in CheckKind::ALL {
            if !kind.applies_to(side) {
                continue;
            }
            let probability = chance(i, checks.len() as u32 + 1);
            let value = Probability::HALF;
            checks.push(Check {
                threshold: Some(Threshold {
                    value,
                    origin: ThresholdOrigin::Record,
                }),
                raw: Some(RawValue {
                    text: format!("{probability:.3}"),
                    scale: "probability".into(),
                    polarity: Polarity::HigherIsLive,
                }),
                said_live: Some(if probability >= value {
                    Live::Live
                } else {
                    Live::NotLive
                }),
                ..Check::new(side, kind, Outcome::Performed { probability })
            });
        }
    }
    let vendor = VendorRecord {
        id: Some(format!("5f0c{i:020x}")),
        status: Some("completed".into()),
        ..VendorRecord::default()
    };
    incoming(
        i,
        Assessment {
            checks,
            vendor: Some(vendor),
            ..Assessment::empty(Source::IdrndResults)
        },
    )
}
