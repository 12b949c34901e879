//! Ways to look at a picture that show what eyes miss: fine texture, colour alone, grain, edges.
//!
//! Pure functions from a picture to one of the same size, for a person to look at. No number here
//! enters a score.

mod clones;
mod ghosts;
pub mod levels;
mod plane;
pub mod spectrum;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use rayon::prelude::*;

use plane::Plane;

use crate::words::words;

/// One way to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lens {
    /// Brightness less its mean around, amplified about a middle grey.
    FineTexture,
    /// The two colour differences, amplified, at one brightness.
    Colour,
    /// The mean size of the finest differences around each pixel.
    Grain,
    /// How steeply the brightness changes.
    Edges,
    /// The difference to the picture saved once more as JPEG.
    ErrorLevel,
    /// For each part the JPEG quality at which saving it once more changes it least.
    Ghosts,
    /// One channel as grey.
    Red,
    /// One channel as grey.
    Green,
    /// One channel as grey.
    Blue,
    /// Parts that are there twice.
    Clones,
}

/// A picture as a lens shows it.
#[derive(Clone, Debug)]
pub struct Looked {
    /// What is seen, of the picture's size.
    pub pixels: RgbImage,
    /// What was found, in words. `None` for a lens that only shows.
    pub found: Option<String>,
}

/// The quality at which [`Lens::ErrorLevel`] saves.
const RESAVE_QUALITY: u8 = 90;
/// Pixels on each side of one whose mean [`Lens::FineTexture`] takes away: periods of up to about
/// twice that stay.
const TEXTURE_RADIUS: usize = 3;
/// Pixels on each side of one over which [`Lens::Grain`] is averaged.
const GRAIN_RADIUS: usize = 12;
/// How many times as strong as it is [`Lens::Grain`] shows it.
pub const GRAIN_AMPLIFIED: u8 = 16;

impl Lens {
    /// Every lens, in the order in which the window offers them.
    pub const ALL: [Self; 10] = [
        Self::FineTexture,
        Self::Colour,
        Self::Grain,
        Self::Edges,
        Self::ErrorLevel,
        Self::Ghosts,
        Self::Red,
        Self::Green,
        Self::Blue,
        Self::Clones,
    ];

    /// The word in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FineTexture => "fine-texture",
            Self::Colour => "colour",
            Self::Grain => "grain",
            Self::Edges => "edges",
            Self::ErrorLevel => "error-level",
            Self::Ghosts => "ghosts",
            Self::Red => "red",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Clones => "clones",
        }
    }

    /// What a person calls it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::FineTexture => words!("lens-fine-texture"),
            Self::Colour => words!("lens-colour"),
            Self::Grain => words!("lens-grain"),
            Self::Edges => words!("lens-edges"),
            Self::ErrorLevel => words!("lens-error-level"),
            Self::Ghosts => words!("lens-ghosts"),
            Self::Red => words!("lens-red"),
            Self::Green => words!("lens-green"),
            Self::Blue => words!("lens-blue"),
            Self::Clones => words!("lens-clones"),
        }
    }

    /// What a person calls it within a sentence.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::FineTexture => words!("lens-fine-texture.word"),
            Self::Colour => words!("lens-colour.word"),
            Self::Grain => words!("lens-grain.word"),
            Self::Edges => words!("lens-edges.word"),
            Self::ErrorLevel => words!("lens-error-level.word"),
            Self::Ghosts => words!("lens-ghosts.word"),
            Self::Red => words!("lens-red.word"),
            Self::Green => words!("lens-green.word"),
            Self::Blue => words!("lens-blue.word"),
            Self::Clones => words!("lens-clones.word"),
        }
    }

    /// What it can show and what it cannot, in a sentence or two.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::FineTexture => words!("lens-fine-texture.tip"),
            Self::Colour => words!("lens-colour.tip"),
            Self::Grain => words!("lens-grain.tip"),
            Self::Edges => words!("lens-edges.tip"),
            Self::ErrorLevel => words!("lens-error-level.tip"),
            Self::Ghosts => words!("lens-ghosts.tip"),
            Self::Clones => words!("lens-clones.tip"),
            Self::Red | Self::Green | Self::Blue => words!("lens-channel.tip"),
        }
    }

    /// Whether it takes seconds where others take a moment, and so is worked out for what is on screen only.
    #[must_use]
    pub fn is_slow(self) -> bool {
        matches!(self, Self::Ghosts | Self::Clones)
    }

    /// The picture through this lens. `None` if `cancelled` said so in between.
    #[must_use]
    pub fn look(self, picture: &RgbImage, cancelled: &(dyn Fn() -> bool + Sync)) -> Option<Looked> {
        let pixels = match self {
            Self::FineTexture => fine_texture(picture),
            Self::Colour => colour(picture),
            Self::Grain => grain(picture),
            Self::Edges => edges(picture),
            Self::ErrorLevel => error_level(picture),
            Self::Ghosts => ghosts::ghosts(picture, cancelled)?,
            Self::Red => mapped(picture, |[red, _, _]| [red; 3]),
            Self::Green => mapped(picture, |[_, green, _]| [green; 3]),
            Self::Blue => mapped(picture, |[_, _, blue]| [blue; 3]),
            Self::Clones => {
                let (pixels, n_pairs) = clones::clones(picture, cancelled)?;
                let found = match n_pairs {
                    0 => words!("clones-none").to_owned(),
                    n => words!("clones-found", count = n),
                };
                let found = Some(found);
                return Some(Looked { pixels, found });
            }
        };
        Some(Looked {
            pixels,
            found: None,
        })
    }
}

fn fine_texture(picture: &RgbImage) -> RgbImage {
    let luma = Plane::luma(picture);
    let around = luma.mean_around(TEXTURE_RADIUS);
    grey(&luma.with(&around, |here, mean| {
        let difference = i32::from(here) - i32::from(mean);
        (128 + 6 * difference).clamp(0, 255) as u8
    }))
}

/// Colour differences of ITU-R BT.601, as JPEG has them.
fn colour(picture: &RgbImage) -> RgbImage {
    mapped(picture, |rgb| {
        let [r, g, b] = rgb.map(f32::from);
        let cb = 4.0 * (-0.168_736 * r - 0.331_264 * g + 0.5 * b);
        let cr = 4.0 * (0.5 * r - 0.418_688 * g - 0.081_312 * b);
        let back = [1.402 * cr, -0.344_136 * cb - 0.714_136 * cr, 1.772 * cb];
        back.map(|difference| (128.0 + difference).clamp(0.0, 255.0) as u8)
    })
}

fn grain(picture: &RgbImage) -> RgbImage {
    let luma = Plane::luma(picture);
    let finest = luma.with(&luma.mean_around(1), |here, mean| {
        here.abs_diff(mean).saturating_mul(GRAIN_AMPLIFIED)
    });
    grey(&finest.mean_around(GRAIN_RADIUS))
}

/// The Sobel operator's two slopes, their lengths added.
fn edges(picture: &RgbImage) -> RgbImage {
    let luma = Plane::luma(picture);
    grey(&Plane::drawn(luma.width, luma.height, |x, y| {
        let at = |dx: isize, dy: isize| i32::from(luma.near(x, y, dx, dy));
        let across = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
        let down = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
        ((across.abs() + down.abs()) / 4).min(255) as u8
    }))
}

fn error_level(picture: &RgbImage) -> RgbImage {
    let Some(again) = saved_as_jpeg(picture, RESAVE_QUALITY) else {
        return RgbImage::new(picture.width(), picture.height());
    };
    let mut out = picture.clone();
    out.par_iter_mut()
        .zip(again.par_iter())
        .for_each(|(here, saved)| {
            *here = here.abs_diff(*saved).saturating_mul(12);
        });
    out
}

/// The picture saved as JPEG and read again. `None` for one wider than the 65535 pixels that JPEG has.
fn saved_as_jpeg(picture: &RgbImage, quality: u8) -> Option<RgbImage> {
    let mut saved = Vec::new();
    JpegEncoder::new_with_quality(&mut saved, quality)
        .encode_image(picture)
        .ok()?;
    let again = image::load_from_memory_with_format(&saved, image::ImageFormat::Jpeg);
    Some(again.ok()?.into_rgb8())
}

fn mapped(picture: &RgbImage, pixel: impl Fn([u8; 3]) -> [u8; 3] + Sync) -> RgbImage {
    let mut out = picture.clone();
    out.par_chunks_exact_mut(3).for_each(|rgb| {
        if let Ok(rgb) = <&mut [u8; 3]>::try_from(rgb) {
            *rgb = pixel(*rgb);
        }
    });
    out
}

fn grey(plane: &Plane) -> RgbImage {
    let mut out = RgbImage::new(plane.width as u32, plane.height as u32);
    out.par_chunks_exact_mut(3)
        .zip(plane.values.par_iter())
        .for_each(|(rgb, &value)| rgb.fill(value));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn drawn(pixel: impl Fn(u32, u32) -> [u8; 3]) -> RgbImage {
        RgbImage::from_fn(96, 64, |x, y| Rgb(pixel(x, y)))
    }

    fn through(lens: Lens, picture: &RgbImage) -> RgbImage {
        lens.look(picture, &|| false).unwrap().pixels
    }

    /// A repeatable number from 0 to 255 that looks like chance.
    pub(super) fn chance(x: u32, y: u32) -> u8 {
        (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519))
            .wrapping_mul(3_266_489_917)
            .to_be_bytes()[0]
    }

    fn mean(picture: &RgbImage, columns: std::ops::Range<u32>) -> f64 {
        let pixels = picture.enumerate_pixels();
        let inside = pixels.filter(|(x, _, _)| columns.contains(x));
        let (sum, n) = inside.fold((0.0, 0.0), |(sum, n), (_, _, pixel)| {
            (sum + f64::from(pixel.0[1]), n + 1.0)
        });
        sum / n
    }

    #[test]
    fn every_lens_keeps_the_size_down_to_one_pixel() {
        for size in [[1, 1], [1, 50], [50, 1], [7, 5]] {
            let picture = RgbImage::from_pixel(size[0], size[1], Rgb([200, 100, 50]));
            for lens in Lens::ALL {
                assert_eq!(
                    through(lens, &picture).dimensions(),
                    picture.dimensions(),
                    "{lens:?}"
                );
            }
        }
    }

    #[test]
    fn a_slow_ramp_has_no_texture_and_fine_stripes_have() {
        let ramp = through(Lens::FineTexture, &drawn(|x, _| [x as u8 + 40; 3]));
        assert_eq!(ramp.get_pixel(48, 32).0, [128; 3]);
        let stripes = through(
            Lens::FineTexture,
            &drawn(|x, _| [100 + 8 * (x % 2) as u8; 3]),
        );
        let (dark, bright) = (
            stripes.get_pixel(48, 32).0[0],
            stripes.get_pixel(49, 32).0[0],
        );
        assert!(dark < 110 && bright > 140, "{dark} {bright}");
    }

    #[test]
    fn grey_has_no_colour_and_a_tint_has() {
        let grey = through(Lens::Colour, &drawn(|x, _| [x as u8; 3]));
        assert!(grey.iter().all(|&value| (127..=128).contains(&value)));
        let tinted = through(Lens::Colour, &drawn(|_, _| [130, 120, 120]));
        let [red, green, _] = tinted.get_pixel(0, 0).0;
        assert!(red > 145 && green < 128, "{red} {green}");
    }

    #[test]
    fn a_grainy_half_is_brighter_than_a_smooth_one() {
        let half = drawn(|x, y| {
            if x < 48 {
                [120; 3]
            } else {
                [112 + chance(x, y) / 16; 3]
            }
        });
        let grain = through(Lens::Grain, &half);
        assert!(mean(&grain, 0..30) < 2.0);
        assert!(mean(&grain, 66..96) > 20.0, "{}", mean(&grain, 66..96));
    }

    #[test]
    fn an_edge_is_bright_where_it_is() {
        let edges = through(
            Lens::Edges,
            &drawn(|x, _| [if x < 48 { 60 } else { 160 }; 3]),
        );
        assert_eq!(edges.get_pixel(20, 30).0, [0; 3]);
        assert_eq!(edges.get_pixel(47, 30).0, [100; 3]);
    }

    #[test]
    fn a_part_that_was_never_saved_stands_out_of_one_that_was() {
        let grainy = drawn(|x, y| [90 + chance(x, y) / 4; 3]);
        let mut edited = saved_as_jpeg(&grainy, RESAVE_QUALITY).unwrap();
        for (x, y, pixel) in edited.enumerate_pixels_mut() {
            if x >= 64 {
                *pixel = Rgb([90 + chance(x + 1000, y) / 4; 3]);
            }
        }
        let level = through(Lens::ErrorLevel, &edited);
        let (kept, pasted) = (mean(&level, 0..56), mean(&level, 64..96));
        assert!(pasted > 1.5 * kept, "{kept} {pasted}");
    }

    #[test]
    fn a_channel_is_its_own_numbers() {
        let picture = drawn(|_, _| [10, 20, 30]);
        for (lens, value) in [(Lens::Red, 10), (Lens::Green, 20), (Lens::Blue, 30)] {
            assert_eq!(through(lens, &picture).get_pixel(5, 5).0, [value; 3]);
        }
    }
}
