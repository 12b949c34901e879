//! From a 12-megapixel JPEG to probabilities, step by step, with each runtime that there is; then a folder of
//! such pictures, one engine a core. All of it twice: with colour at half the sharpness, as telephones and
//! messengers save, and at the whole, as scanners and some converters do.

mod photograph;

use std::ops::ControlFlow;
use std::time::Instant;

use jpeg_encoder::SamplingFactor;
use photograph::{AS_PHONES, Error, photograph};
use secondlook::case::{ReadOptions, Side};
use secondlook::engine::places::Places;
use secondlook::engine::runtime::{Runtime, RuntimeChoice};
use secondlook::engine::{Engine, EngineOptions};
use secondlook::intake::{self, Limits};
use secondlook::pipeline;
use secondlook::routing::Policy;

/// Runs of which the median counts; an odd number.
const N_RUNS: usize = 15;

/// Pictures in the folder.
const N_PICTURES: usize = 24;

#[expect(clippy::print_stdout, reason = "a benchmark prints its table")]
fn main() -> Result<(), Error> {
    for (name, colour) in [("4:2:0", AS_PHONES), ("4:4:4", SamplingFactor::F_1_1)] {
        let bytes = photograph(colour)?;
        println!(
            "12 megapixels, colour {name}, {:.1} MB, median of {N_RUNS} runs (95th percentile of all), milliseconds",
            bytes.len() as f64 / 1e6
        );
        each_runtime(&bytes)?;
    }
    if let Some(peak) = peak_memory() {
        println!("peak memory of this process: {peak}");
    }
    Ok(())
}

/// The table of one picture.
#[expect(clippy::print_stdout, reason = "a benchmark prints its table")]
fn each_runtime(bytes: &[u8]) -> Result<(), Error> {
    let places = Places::of_this_computer();
    for choice in [RuntimeChoice::OnnxRuntime, RuntimeChoice::Rten] {
        let runtime = match Runtime::open(choice, &places) {
            Ok(runtime) => runtime,
            Err(missing) => {
                println!("{missing}");
                continue;
            }
        };
        println!("{} {}", runtime.name(), runtime.version());
        for n_threads in [1, 2] {
            println!(
                "  {n_threads} threads: {}",
                one_picture(bytes, choice, n_threads)?
            );
        }
        println!("  {}", folder(bytes, choice)?);
    }
    Ok(())
}

fn engine(choice: RuntimeChoice, n_threads: usize) -> Result<Engine, Error> {
    let engine = Engine::open(&EngineOptions {
        places: Places::of_this_computer(),
        runtime: choice,
        n_threads,
    })?;
    match engine.problems().first() {
        Some(problem) => Err(problem.to_string().into()),
        None => Ok(engine),
    }
}

/// Each step's median, in a line.
fn one_picture(bytes: &[u8], choice: RuntimeChoice, n_threads: usize) -> Result<String, Error> {
    let start = Instant::now();
    let mut engine = engine(choice, n_threads)?;
    let mut line = format!("open {:.0}", start.elapsed().as_secs_f64() * 1000.0);
    let mut all = Vec::new();
    let mut steps: Vec<(String, Vec<f64>)> = Vec::new();
    for _ in 0..N_RUNS {
        let start = Instant::now();
        let picture = intake::load(bytes, Side::Front, &Limits::default())?;
        let assessment = engine.assess(Some(&picture), None, &ReadOptions::default())?;
        all.push(start.elapsed().as_secs_f64() * 1000.0);
        let mut checks = assessment.checks.iter();
        if checks.all(|check| check.probability().is_none()) {
            return Err(format!("nothing was judged: {:?}", assessment.errors).into());
        }
        for timing in assessment.timings {
            match steps.iter_mut().find(|(step, _)| *step == timing.step) {
                Some((_, millis)) => millis.push(timing.millis),
                None => steps.push((timing.step, vec![timing.millis])),
            }
        }
    }
    for (step, millis) in &mut steps {
        line.push_str(&format!(", {step} {:.0}", at_share(millis, 0.5)));
    }
    let (median, late) = (at_share(&mut all, 0.5), at_share(&mut all, 0.95));
    Ok(format!("{line}; all {median:.0} ({late:.0})"))
}

/// The value that so large a share of them does not exceed.
fn at_share(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values[((values.len() as f64 * share) as usize).min(last)]
}

/// Pictures a second from a folder, as `secondlook check` looks at one.
fn folder(bytes: &[u8], choice: RuntimeChoice) -> Result<String, Error> {
    let folder = tempfile::tempdir()?;
    for number in 0..N_PICTURES {
        // Alike in all but a byte behind the picture's end, so that no two are the same document.
        let mut one = bytes.to_vec();
        one.push(u8::try_from(number)?);
        std::fs::write(folder.path().join(format!("{number}.jpg")), one)?;
    }
    let found = intake::documents(&[folder.path().to_path_buf()], None);
    let n_engines = std::thread::available_parallelism()?.get();
    let mut engines = Vec::new();
    for _ in 0..n_engines {
        engines.push(engine(choice, 1)?);
    }
    let (options, policy) = (ReadOptions::default(), Policy::default());
    let start = Instant::now();
    let mut n_done = 0;
    let ended = pipeline::check(
        &mut engines,
        &found.documents,
        &options,
        &policy,
        |_, checked| {
            n_done += usize::from(checked.is_ok());
            ControlFlow::<()>::Continue(())
        },
    );
    let seconds = start.elapsed().as_secs_f64();
    if n_done != N_PICTURES || ended.is_break() {
        return Err(format!("{n_done} of {N_PICTURES} were looked at").into());
    }
    let rate = N_PICTURES as f64 / seconds;
    Ok(format!(
        "a folder, {n_engines} engines of one thread: {rate:.1} pictures a second"
    ))
}

/// What Linux says of this process.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}
