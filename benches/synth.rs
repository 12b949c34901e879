//! What the simulator costs: whole pictures of 12 megapixels of each kind, and patches for training.
//!
//! `cargo bench --bench synth` prints how many it makes in a second on all cores, and the seconds
//! of one core that one takes, which other work on the computer changes less.

use std::time::Instant;

use rayon::prelude::*;

use secondlook::synth::document::Format;
use secondlook::synth::patches::Maker;
use secondlook::synth::plan::{Kind, Plan};
use secondlook::synth::scenes::{self, Props};

/// Pictures of each kind.
const N_PICTURES: u64 = 2;

/// Groups of twelve patches.
const N_GROUPS: u64 = 24;

fn main() {
    for kind in Kind::DOCUMENTS {
        let plan = |seed| Plan {
            seed,
            kind,
            format: Format::Id1,
            back: false,
            fault: None,
            size_px: [4000, 3000],
        };
        measure(&format!("{kind:?}"), || {
            (0..N_PICTURES)
                .into_par_iter()
                .map(|seed| scenes::make(&plan(seed), &Props::default(), None).jpeg)
                .filter(|jpeg| !jpeg.is_empty())
                .count()
        });
    }
    let maker = Maker {
        seed: 1,
        size_px: 224,
        pictures: Vec::new(),
        portraits: Vec::new(),
    };
    measure("patches of 224 px", || {
        let groups = (0..N_GROUPS).into_par_iter();
        groups.map(|group| maker.group(group).len()).sum()
    });
}

/// Prints what `make` costs, which gives the number of what it made.
#[expect(clippy::print_stdout, reason = "a benchmark prints its table")]
fn measure(what: &str, make: impl FnOnce() -> usize) {
    let (start, busy) = (Instant::now(), busy_secs());
    let n = make() as f64;
    let per_sec = n / start.elapsed().as_secs_f64();
    let each = busy
        .zip(busy_secs())
        .map(|(before, after)| format!(", {:.3} s of one core each", (after - before) / n));
    println!("{what}: {per_sec:.2} a second{}", each.unwrap_or_default());
}

/// Seconds that cores have worked for this process; `None` where the system does not say.
fn busy_secs() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold spaces. Times are in hundredths of a second.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}
