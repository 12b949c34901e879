//! The document with what lies around it, as a person sees it from afar.
//!
//! Texture tells a screen only where its grid is seen. What is always there is a rim, a program's bars, a black that
//! glows and a picture without a shadow of its own: for that the network sees the document and half as much again on
//! each side, shrunk and stretched to a square. The training code cuts its views by the same rules; a change here is a
//! change there.

use image::RgbImage;

use super::runtime::Array;
use crate::case::{Finding, FindingCode, Quad, Side};
use crate::shrink::{self, Filter, Part};

/// What is seen on every side of the box around the document, in parts of that box, as far as the picture goes.
pub const AROUND: f64 = 0.5;

/// From these odds on that speak for a screen, to one against it, a reviewer is told that the surroundings do.
pub const TELLING_ODDS: f64 = 3.0;

/// What a reviewer is told where the surroundings add `logit` to the logit of no screen. The map of evidence cannot
/// tell: it shows where texture speaks, and all of it is darker.
#[must_use]
pub fn finding(logit: f64, side: Side) -> Option<Finding> {
    let odds = (-logit).exp();
    (odds >= TELLING_ODDS).then(|| Finding {
        code: FindingCode::ScreenAround,
        side: Some(side),
        message: format!(
            "What lies around the document looks like a screen: a rim, bars, or light of its own ({odds:.0} to 1, \
             before its texture is looked at)"
        ),
    })
}

/// The view of the document at `document`: one picture as batch, channel (red, green, blue), row, column, `side_px` a
/// side, with 0 and 255 at the ends of `range`. `None` if nothing of the document is in the picture.
#[must_use]
pub fn view(picture: &RgbImage, document: &Quad, side_px: usize, range: [f32; 2]) -> Option<Array> {
    let part = window(picture, document)?;
    let side = u32::try_from(side_px).ok()?;
    let small = shrink::resize(picture, part, [side, side], Filter::Box).ok()?;
    let plane = side_px * side_px;
    let mut values = vec![0.0; 3 * plane];
    for (at, pixel) in small.pixels().enumerate() {
        for (channel, &level) in pixel.0.iter().enumerate() {
            values[channel * plane + at] =
                range[0] + (range[1] - range[0]) * f32::from(level) / 255.0;
        }
    }
    let shape = vec![1, 3, side_px, side_px];
    Some(Array { shape, values })
}

/// The part of the picture that is seen, in whole pixels.
fn window(picture: &RgbImage, document: &Quad) -> Option<Part> {
    let [left, top, right, bottom] = document.bounds_px();
    let size_px = [f64::from(picture.width()), f64::from(picture.height())];
    let along = |low: f64, high: f64, length: f64| {
        let more = AROUND * (high - low);
        let (low, high) = (
            (low - more).floor().max(0.0),
            (high + more).ceil().min(length),
        );
        (high - low >= 1.0).then_some((low, high - low))
    };
    let (x, width) = along(left, right, size_px[0])?;
    let (y, height) = along(top, bottom, size_px[1])?;
    Some(Part {
        origin_px: [x, y],
        size_px: [width, height],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(document: [[f64; 2]; 4]) -> Option<([f64; 2], [f64; 2])> {
        let picture = RgbImage::new(200, 100);
        let part = window(&picture, &Quad(document))?;
        Some((part.origin_px, part.size_px))
    }

    #[test]
    fn half_as_much_is_seen_on_each_side_as_far_as_the_picture_goes() {
        let quad =
            |x: f64, y: f64, w: f64, h: f64| [[x, y], [x + w, y], [x + w, y + h], [x, y + h]];
        let cases = [
            (
                quad(80.0, 40.0, 40.0, 20.0),
                Some(([60.0, 30.0], [80.0, 40.0])),
            ),
            // The picture ends at the right and above.
            (
                quad(150.0, 10.0, 60.0, 30.0),
                Some(([120.0, 0.0], [80.0, 55.0])),
            ),
            (
                quad(0.0, 0.0, 200.0, 100.0),
                Some(([0.0, 0.0], [200.0, 100.0])),
            ),
            (quad(400.0, 0.0, 20.0, 100.0), None),
        ];
        for (document, expected) in cases {
            assert_eq!(part(document), expected, "{document:?}");
        }
    }

    #[test]
    fn a_reviewer_is_told_of_a_screen_from_three_to_one_on() {
        let said = |logit: f64| finding(logit, Side::Back).map(|finding| finding.message);
        assert_eq!(said(2.0), None);
        assert_eq!(said(-1.09), None);
        assert!(said(-1.1).unwrap().contains("(3 to 1,"));
        assert!(said(-2.9957).unwrap().contains("(20 to 1,"));
        assert_eq!(said(f64::NAN), None);
    }

    #[test]
    fn a_view_is_that_part_stretched_to_a_square() {
        // Red to the left of the middle, blue to the right of it.
        let colour = |x| if x < 100 { [255, 0, 0] } else { [0, 0, 255] };
        let picture = RgbImage::from_fn(200, 100, |x, _| image::Rgb(colour(x)));
        let seen = view(&picture, &Quad::whole(200, 100), 4, [-1.0, 1.0]).unwrap();
        assert_eq!(seen.shape, [1, 3, 4, 4]);
        let (red, blue) = (&seen.values[..16], &seen.values[32..]);
        for row in 0..4 {
            let [first, last] = [row * 4, row * 4 + 3];
            assert_eq!(
                [red[first], red[last]].map(f32::to_bits),
                [1.0f32, -1.0].map(f32::to_bits)
            );
            assert_eq!(
                [blue[first], blue[last]].map(f32::to_bits),
                [-1.0f32, 1.0].map(f32::to_bits)
            );
        }
    }
}
