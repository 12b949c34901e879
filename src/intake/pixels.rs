//! Pixels on their way to the one form that the rest works with: upright, 8-bit sRGB.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use rayon::prelude::*;

/// 8-bit RGB. Where a picture is transparent, white shows through, as it would on paper.
pub(super) fn to_rgb8(picture: DynamicImage) -> RgbImage {
    if let DynamicImage::ImageRgb8(pixels) = picture {
        return pixels;
    }
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let with_alpha = picture.into_rgba8();
    let (width, height) = with_alpha.dimensions();
    let mut pixels = RgbImage::new(width, height);
    for (to, from) in pixels.pixels_mut().zip(with_alpha.pixels()) {
        let [r, g, b, alpha] = from.0.map(u32::from);
        // Between 0 and 255 by construction.
        let on_white = |c: u32| ((c * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        to.0 = [on_white(r), on_white(g), on_white(b)];
    }
    pixels
}

/// Colours of the embedded `profile` as sRGB: phones write Display P3, whose numbers taken as sRGB
/// look pale. A profile that is damaged, or of another kind than RGB (a grey picture's; a printer's, whose
/// inks the decoder has turned into RGB), changes nothing: it is no reason to refuse a sound picture.
pub(super) fn to_srgb(pixels: &mut RgbImage, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else {
        return;
    };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let Ok(transform) = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options)
    else {
        return;
    };
    // Many a file embeds sRGB itself, in one of its many spellings.
    let levels = [0, 20, 70, 128, 200, 255];
    let probe: Vec<u8> = levels
        .iter()
        .flat_map(|&r| levels.map(|g| [r, g, 255 - r / 2]))
        .flatten()
        .collect();
    let mut probed = probe.clone();
    let is_srgb = transform.transform(&probe, &mut probed).is_ok()
        && probe.iter().zip(&probed).all(|(a, b)| a.abs_diff(*b) <= 1);
    if is_srgb {
        return;
    }
    let row_bytes = (pixels.width() as usize * 3).max(1);
    pixels
        .par_chunks_mut(row_bytes * ROWS_AT_ONCE)
        .for_each_init(Vec::new, |before, rows| {
            before.clear();
            before.extend_from_slice(rows);
            // It fails for lengths that differ alone, and these are the same.
            if transform.transform(before, rows).is_err() {
                rows.copy_from_slice(before);
            }
        });
}

/// Rows whose colours are changed at a time: enough that a thread is worth waking, few enough that the
/// copy stays in the cache.
const ROWS_AT_ONCE: usize = 16;

/// Turns the stored picture as its EXIF orientation asks.
pub(super) fn upright(mut pixels: RgbImage, orientation: Orientation) -> RgbImage {
    use image::imageops;
    match orientation {
        Orientation::NoTransforms => {}
        Orientation::Rotate180 => imageops::rotate180_in_place(&mut pixels),
        Orientation::FlipHorizontal => imageops::flip_horizontal_in_place(&mut pixels),
        Orientation::FlipVertical => imageops::flip_vertical_in_place(&mut pixels),
        Orientation::Rotate90 => {
            return transposed(
                &pixels,
                ReadFrom {
                    right: false,
                    bottom: true,
                },
            );
        }
        Orientation::Rotate270 => {
            return transposed(
                &pixels,
                ReadFrom {
                    right: true,
                    bottom: false,
                },
            );
        }
        Orientation::Rotate90FlipH => {
            return transposed(
                &pixels,
                ReadFrom {
                    right: false,
                    bottom: false,
                },
            );
        }
        Orientation::Rotate270FlipH => {
            return transposed(
                &pixels,
                ReadFrom {
                    right: true,
                    bottom: true,
                },
            );
        }
    }
    pixels
}

/// Pixels a side of the squares that are turned one at a time, so that both the rows read and the
/// rows written stay in the cache. Smaller squares lose to their edges, larger ones to the cache.
const TILE_PX: usize = 64;

/// From which end a picture's columns and rows are read; else from the left and the top.
#[derive(Clone, Copy)]
struct ReadFrom {
    right: bool,
    bottom: bool,
}

/// Rows become columns. Most photographs of phones go this way, and `image` takes five times as
/// long.
fn transposed(picture: &RgbImage, from: ReadFrom) -> RgbImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut to = RgbImage::new(picture.height(), picture.width());
    let source: &[u8] = picture;
    let target: &mut [u8] = &mut to;
    for tile_y in (0..width).step_by(TILE_PX) {
        for tile_x in (0..height).step_by(TILE_PX) {
            let tile_right = (tile_x + TILE_PX).min(height);
            for y in tile_y..(tile_y + TILE_PX).min(width) {
                let source_x = if from.right { width - 1 - y } else { y };
                let row = &mut target[(y * height + tile_x) * 3..(y * height + tile_right) * 3];
                for (i, pixel) in row.chunks_exact_mut(3).enumerate() {
                    let x = tile_x + i;
                    let source_y = if from.bottom { height - 1 - x } else { x };
                    let at = (source_y * width + source_x) * 3;
                    pixel.copy_from_slice(&source[at..at + 3]);
                }
            }
        }
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_orientation_turns_as_the_decoder_would() {
        for (width, height) in [(1, 1), (3, 2), (64, 65), (130, 71)] {
            let picture = RgbImage::from_fn(width, height, |x, y| {
                image::Rgb([
                    (x % 251) as u8,
                    (y % 241) as u8,
                    ((x * 7 + y * 3) % 239) as u8,
                ])
            });
            for exif in 1..=8 {
                let orientation = Orientation::from_exif(exif).unwrap();
                let mut expected = DynamicImage::ImageRgb8(picture.clone());
                expected.apply_orientation(orientation);
                assert_eq!(
                    upright(picture.clone(), orientation),
                    expected.into_rgb8(),
                    "EXIF orientation {exif}, {width} by {height}"
                );
            }
        }
    }

    #[test]
    fn transparency_shows_white() {
        let mut picture = image::RgbaImage::new(3, 1);
        picture.put_pixel(0, 0, image::Rgba([10, 20, 30, 255]));
        picture.put_pixel(1, 0, image::Rgba([10, 20, 30, 0]));
        picture.put_pixel(2, 0, image::Rgba([0, 0, 0, 128]));
        let flat = to_rgb8(DynamicImage::ImageRgba8(picture));
        assert_eq!(flat.into_raw(), [10, 20, 30, 255, 255, 255, 127, 127, 127]);
    }
}
