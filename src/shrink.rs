//! Smaller copies of pictures: for the locator, the quality gates and the lists.
//!
//! One function for one kind of pixel: `fast_image_resize` compiles itself anew for every kind that
//! its general entry may meet, which costs minutes of every build.

use fast_image_resize as fir;
use fir::images::{TypedImage, TypedImageRef};
use fir::pixels::U8x3;
use image::RgbImage;

/// A part of a picture: upright, in pixels of that picture, which may begin and end between two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Left and top.
    pub origin_px: [f64; 2],
    /// Width and height.
    pub size_px: [f64; 2],
}

impl Part {
    /// All of `picture`.
    #[must_use]
    pub fn whole(picture: &RgbImage) -> Self {
        let size_px = [f64::from(picture.width()), f64::from(picture.height())];
        Self {
            origin_px: [0.0, 0.0],
            size_px,
        }
    }
}

/// How the pixels of the copy are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Averages every pixel once; makes steps where a picture has to grow.
    Box,
    /// A triangle over twice that width; smooth either way.
    Bilinear,
}

/// A picture that cannot be resized: it is empty, or the part lies outside it.
#[derive(Debug, thiserror::Error)]
#[error("the picture cannot be resized: {0}")]
pub struct ResizeError(String);

/// Resizes a part of `picture` to `width_px` by `height_px`, in its own 8-bit values.
///
/// # Errors
///
/// [`ResizeError`] if a side is 0 or the part lies outside the picture.
pub fn resize(
    picture: &RgbImage,
    part: Part,
    [width_px, height_px]: [u32; 2],
    filter: Filter,
) -> Result<RgbImage, ResizeError> {
    let failed = |error: &dyn std::fmt::Display| ResizeError(error.to_string());
    let from =
        TypedImageRef::<U8x3>::from_buffer(picture.width(), picture.height(), picture.as_raw())
            .map_err(|error| failed(&error))?;
    let mut small = RgbImage::new(width_px, height_px);
    let mut to = TypedImage::<U8x3>::from_buffer(width_px, height_px, &mut small)
        .map_err(|error| failed(&error))?;
    let filter = match filter {
        Filter::Box => fir::FilterType::Box,
        Filter::Bilinear => fir::FilterType::Bilinear,
    };
    let ([left, top], [width, height]) = (part.origin_px, part.size_px);
    let options = fir::ResizeOptions::new()
        .resize_alg(fir::ResizeAlg::Convolution(filter))
        .crop(left, top, width, height);
    fir::Resizer::new()
        .resize_typed(&from, &mut to, &options)
        .map_err(|error| failed(&error))?;
    Ok(small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_averages_and_a_part_is_cut_out() {
        // Two columns of 0, two of 100: halved they are 0 and 100; the right half alone is 100.
        let picture = RgbImage::from_fn(4, 2, |x, _| image::Rgb([if x < 2 { 0 } else { 100 }; 3]));
        let half = resize(&picture, Part::whole(&picture), [2, 1], Filter::Box).unwrap();
        assert_eq!(half.as_raw(), &[0, 0, 0, 100, 100, 100]);
        let one = resize(&picture, Part::whole(&picture), [1, 1], Filter::Box).unwrap();
        assert_eq!(one.as_raw(), &[50, 50, 50]);
        let right = Part {
            origin_px: [2.0, 0.0],
            size_px: [2.0, 2.0],
        };
        let right = resize(&picture, right, [1, 1], Filter::Box).unwrap();
        assert_eq!(right.as_raw(), &[100, 100, 100]);
        let outside = Part {
            origin_px: [3.0, 0.0],
            size_px: [2.0, 2.0],
        };
        assert!(resize(&picture, outside, [1, 1], Filter::Box).is_err());
    }
}
