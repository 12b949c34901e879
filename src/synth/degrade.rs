//! What a picture has been through before it is shown or printed: noise, eight bits, JPEG.

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::light::Light;
use super::math::{self, Curve};
use super::rng::Rng;

/// The picture as a file would hold it: sRGB in eight bits with `noise` on it, through a JPEG of
/// the given quality where there is one.
#[must_use]
pub fn eight_bit(light: &Light, noise: f32, jpeg: Option<u8>, seed: u64) -> Light {
    let curve = Curve::srgb();
    let mut bytes = vec![0; light.width * light.height * 3];
    let mut rng = Rng::new(seed, &[0x5e]);
    for (i, out) in bytes.chunks_exact_mut(3).enumerate() {
        let shift = if noise > 0.0 {
            rng.normal() * noise
        } else {
            0.0
        };
        for (c, byte) in out.iter_mut().enumerate() {
            *byte = math::byte(curve.at(light.planes[c][i]) + shift);
        }
    }
    let picture =
        RgbImage::from_raw(light.width as u32, light.height as u32, bytes).unwrap_or_default();
    Light::from_srgb(&jpeg.map_or_else(
        || picture.clone(),
        |quality| through_jpeg(&picture, quality),
    ))
}

/// The picture as a JPEG file of the quality, 1 to 100.
#[must_use]
pub fn jpeg_bytes(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail, and an RGB picture of this size is always encodable.
    if JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(picture)
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
