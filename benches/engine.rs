//! From a 12-megapixel JPEG to probabilities, step by step, with each runtime that there is.
//!
//! The picture is a shipped sample, enlarged and with the noise of a camera laid over it, so that
//! it holds a document and compresses like a photograph.

use std::path::Path;
use std::time::Instant;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use secondlook::case::{ReadOptions, Side};
use secondlook::engine::places::Places;
use secondlook::engine::runtime::{Runtime, RuntimeChoice};
use secondlook::engine::{Engine, EngineOptions};
use secondlook::intake::{self, Limits};

/// Runs of which the median counts; an odd number.
const N_RUNS: usize = 15;

type Error = Box<dyn std::error::Error>;

#[expect(clippy::print_stdout, reason = "a benchmark prints its table")]
fn main() -> Result<(), Error> {
    let bytes = photograph(&Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples"))?;
    let limits = Limits::default();
    let places = Places::of_this_computer();
    println!(
        "12 megapixels, {:.1} MB, median of {N_RUNS} runs, milliseconds",
        bytes.len() as f64 / 1e6
    );
    println!(
        "{:24} {:>7} {:>8} {:>7} {:>8} {:>7} {:>7} {:>7}",
        "runtime", "threads", "open", "decode", "locate", "quality", "model", "all"
    );
    for choice in [RuntimeChoice::OnnxRuntime, RuntimeChoice::Rten] {
        let runtime = match Runtime::open(choice, &places) {
            Ok(runtime) => runtime,
            Err(missing) => {
                println!("{missing}");
                continue;
            }
        };
        for n_threads in [1, 2] {
            let start = Instant::now();
            let options = EngineOptions {
                places: places.clone(),
                runtime: choice,
                n_threads,
            };
            let mut engine = Engine::open(&options)?;
            let open_ms = start.elapsed().as_secs_f64() * 1000.0;
            if let Some(problem) = engine.problems().first() {
                return Err(problem.to_string().into());
            }
            let mut runs = Vec::new();
            for _ in 0..N_RUNS {
                let start = Instant::now();
                let picture = intake::load(&bytes, Side::Front, &limits)?;
                let assessment = engine.assess(Some(&picture), None, &ReadOptions::default())?;
                let all = start.elapsed().as_secs_f64() * 1000.0;
                if assessment
                    .checks
                    .iter()
                    .all(|check| check.probability().is_none())
                {
                    return Err(format!("nothing was judged: {:?}", assessment.errors).into());
                }
                let step = |name: &str| {
                    let timing = assessment.timings.iter().find(|timing| timing.step == name);
                    timing.map_or(0.0, |timing| timing.millis)
                };
                runs.push([
                    step("decode"),
                    step("locate"),
                    step("quality"),
                    step("model"),
                    all,
                ]);
            }
            let [decode, locate, quality, model, all] = std::array::from_fn(|i| median(&runs, i));
            println!(
                "{:24} {n_threads:>7} {open_ms:>8.0} {decode:>7.0} {locate:>8.0} {quality:>7.0} \
                 {model:>7.0} {all:>7.0}",
                format!("{} {}", runtime.name(), runtime.version()),
            );
        }
    }
    Ok(())
}

fn median<const N: usize>(runs: &[[f64; N]], column: usize) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(|run| run[column]).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A JPEG of 4000 by 3000 pixels, or 3000 by 4000, that shows a genuine document.
fn photograph(samples: &Path) -> Result<Vec<u8>, Error> {
    let files = std::fs::read_dir(samples)?
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    let mut files: Vec<_> = files
        .filter(|path| path.to_string_lossy().contains("genuine"))
        .filter(|path| !path.to_string_lossy().contains("back"))
        .collect();
    files.sort();
    let sample = files.first().ok_or("there is no genuine sample")?;
    let sample = image::open(sample)?.into_rgb8();
    let upright = sample.height() > sample.width();
    let (width, height) = if upright { (3000, 4000) } else { (4000, 3000) };
    let mut picture = image::imageops::resize(&sample, width, height, FilterType::CatmullRom);
    let mut state = 1_u32;
    for level in picture.iter_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // −4 to 3 levels, from the generator's upper bits.
        *level = level.saturating_add_signed(i8::try_from(state >> 29)? - 4);
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture)?;
    Ok(bytes)
}
