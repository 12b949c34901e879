//! The whole `check` path with the models that ship: bytes, pixels, engine, judgement.
//!
//! The first byte says how the picture asks to be read. Bytes that are no picture are taken as the
//! pixels of one, so that the engine is reached by more than mutated files.
#![no_main]

use std::io::Cursor;
use std::sync::{LazyLock, Mutex};

use image::{ImageFormat, RgbImage};
use libfuzzer_sys::fuzz_target;
use secondlook::case::{Outcome, ReadOptions, Side};
use secondlook::engine::runtime::RuntimeChoice;
use secondlook::engine::{Engine, EngineOptions};
use secondlook::intake::{self, Limits};
use secondlook::routing::{self, Policy};

static ENGINE: LazyLock<Mutex<Engine>> = LazyLock::new(|| {
    let options = EngineOptions {
        runtime: RuntimeChoice::Rten,
        n_threads: 1,
        ..EngineOptions::default()
    };
    let engine = Engine::open(&options).expect("the built-in runtime is always there");
    assert!(engine.problems().is_empty(), "{:?}", engine.problems());
    Mutex::new(engine)
});

/// A picture file of the bytes: its size from the first four, the others over and over as levels.
fn bitmap(bytes: &[u8]) -> Option<Vec<u8>> {
    let (size, levels) = bytes.split_at_checked(4)?;
    let side_px = |at: usize| 1 + u32::from(u16::from_le_bytes([size[at], size[at + 1]])) % 1500;
    let (width, height) = (side_px(0), side_px(2));
    let n_levels = (width * height * 3) as usize;
    let levels = levels.iter().copied().cycle().take(n_levels).collect();
    // `None` where there are no levels to repeat.
    let picture = RgbImage::from_raw(width, height, levels)?;
    let mut file = Vec::new();
    picture.write_to(&mut Cursor::new(&mut file), ImageFormat::Bmp).ok()?;
    Some(file)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&how, bytes)) = bytes.split_first() else {
        return;
    };
    let options = ReadOptions {
        whole_frame: how & 1 != 0,
        ignore_cropped: how & 2 != 0,
        ignore_colourless: how & 4 != 0,
        ..ReadOptions::default()
    };
    let limits = Limits {
        max_pixels: 4_000_000,
        max_bytes: 64 << 20,
    };
    let load = |bytes: &[u8]| intake::load(bytes, Side::Front, &limits);
    let Ok(picture) = load(bytes).or_else(|_| load(&bitmap(bytes).unwrap_or_default())) else {
        return;
    };
    let Ok(mut engine) = ENGINE.lock() else {
        panic!("the engine panicked before");
    };
    let assessment = engine
        .assess(Some(&picture), None, &options)
        .expect("there is a picture");
    for check in &assessment.checks {
        if let Outcome::Error { reason } = &check.outcome {
            panic!("{:?} broke: {reason}", check.kind);
        }
    }
    let judgement = routing::judge(&assessment, &Policy::default());
    assert_eq!(judgement.checks.len(), assessment.checks.len());
});
