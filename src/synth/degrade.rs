//! What a picture has been through before it is shown or printed: noise, eight bits, JPEG.

use image::RgbImage;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use super::light::Light;
use super::math;
use super::rng::Rng;

/// The picture as it comes back from a file: sRGB in eight bits with `noise` on it, through a JPEG
/// of the given quality where there is one, each value `shown` as the light that it stands for.
#[must_use]
pub fn eight_bit(
    light: &Light,
    noise: f32,
    jpeg: Option<u8>,
    seed: u64,
    shown: &[f32; 256],
) -> Light {
    let mut rng = Rng::new(seed, &[0x5e]);
    let picture = light.encoded(|shift| {
        if noise > 0.0 {
            shift.iter_mut().for_each(|s| *s = rng.normal() * noise);
        }
    });
    let read = jpeg.map(|quality| through_jpeg(&picture, quality));
    Light::decoded(&read.unwrap_or(picture), shown)
}

/// The picture as a JPEG file of the quality, 1 to 100, with colour at half the sharpness, as
/// telephones, messengers and most editors save it. Empty for a picture that no JPEG can hold: one
/// without pixels, or with more than 65,535 on a side.
#[must_use]
pub fn jpeg_bytes(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let sides = u16::try_from(picture.width())
        .ok()
        .zip(u16::try_from(picture.height()).ok());
    let Some((width, height)) = sides else {
        return bytes;
    };
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    // Writing to memory cannot fail.
    if encoder
        .encode(picture.as_raw(), width, height, ColorType::Rgb)
        .is_err()
    {
        bytes.clear();
    }
    bytes
}

/// The picture after it was written as a JPEG and read back.
#[must_use]
pub fn through_jpeg(picture: &RgbImage, quality: u8) -> RgbImage {
    let bytes = jpeg_bytes(picture, quality);
    image::load_from_memory(&bytes).map_or_else(|_| picture.clone(), |read| read.to_rgb8())
}

/// The picture made smaller (or larger) by `scale` in its own encoding, as messengers do.
#[must_use]
pub fn resized(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    let mut light = Light::filled(
        picture.width() as usize,
        picture.height() as usize,
        [0.0; 3],
    );
    for (i, pixel) in picture.pixels().enumerate() {
        for c in 0..3 {
            light.planes[c][i] = f32::from(pixel.0[c]) / 255.0;
        }
    }
    let small = light.resized(width as usize, height as usize);
    let mut out = RgbImage::new(width, height);
    for (i, pixel) in out.pixels_mut().enumerate() {
        pixel.0 = std::array::from_fn(|c| math::byte(small.planes[c][i]));
    }
    out
}
