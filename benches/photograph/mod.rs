//! A shipped sample, enlarged to 12 megapixels and with the noise of a camera laid over it, so that it holds a
//! document and compresses like a photograph.

use std::path::Path;

use image::imageops::FilterType;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// What keeps a benchmark from going on.
pub(crate) type Error = Box<dyn std::error::Error>;

/// Colour at half the sharpness of brightness, as telephones and messengers save it: 4:2:0.
pub(crate) const AS_PHONES: SamplingFactor = SamplingFactor::F_2_2;

/// A JPEG of 4000 by 3000 pixels, or 3000 by 4000, of quality 90, that shows a genuine document.
pub(crate) fn photograph(colour: SamplingFactor) -> Result<Vec<u8>, Error> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples");
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
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(colour);
    let [width, height] = [u16::try_from(width)?, u16::try_from(height)?];
    encoder.encode(&picture, width, height, ColorType::Rgb)?;
    Ok(bytes)
}
