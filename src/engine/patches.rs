//! Windows of a document at the camera's own pixels, and many answers into one.
//!
//! A copy shows itself in its finest texture, which shrinking destroys. So the network sees small
//! windows at native pixels, spread evenly over the document, and its answers are pooled: windows
//! together are much surer than one alone. The training code cuts its windows by the same rules; a
//! change here is a change there.
//!
//! Nothing here knows which check a number is for.

use image::RgbImage;

use super::manifest::Pool;
use super::runtime::Array;
use crate::case::{Evidence, Probability, Quad};

/// Windows along the document's long sides.
pub const N_ALONG: usize = 6;
/// Windows along its short sides.
pub const N_ACROSS: usize = 4;

/// The centres of the windows in pixels of the picture: [`N_ALONG`] by [`N_ACROSS`] of them, evenly
/// spread over the document, row by row along its long sides.
#[must_use]
pub fn centres_px(document: &Quad) -> Vec<[f64; 2]> {
    let document = document.lying();
    let share = |i: usize, n: usize| (i as f64 + 0.5) / n as f64;
    let grid = (0..N_ACROSS).flat_map(|j| (0..N_ALONG).map(move |i| (i, j)));
    grid.map(|(i, j)| document.at(share(i, N_ALONG), share(j, N_ACROSS)))
        .collect()
}

/// Cuts a square window of `side_px` around every centre: windows as batch, channel (red, green,
/// blue), row, column, with 0 and 255 at the ends of `range`. A window that would reach beyond the
/// picture is pushed into it, and starts at the multiple of `snap_px` pixels before; a picture that is
/// smaller than a window is mirrored at its right and lower edge.
#[must_use]
pub fn cut(
    picture: &RgbImage,
    centres_px: &[[f64; 2]],
    side_px: usize,
    snap_px: usize,
    range: [f32; 2],
) -> Array {
    let shape = vec![centres_px.len(), 3, side_px, side_px];
    let size = [picture.width() as usize, picture.height() as usize];
    if size.contains(&0) {
        return Array::filled(&shape, f32::midpoint(range[0], range[1]));
    }
    let levels: [f32; 256] =
        std::array::from_fn(|level| range[0] + (range[1] - range[0]) * level as f32 / 255.0);
    let (pixels, _rest) = picture.as_raw().as_chunks::<3>();
    let plane = side_px * side_px;
    let mut values = vec![0.0; centres_px.len() * 3 * plane];
    for (window, centre) in values.chunks_exact_mut(3 * plane).zip(centres_px) {
        let start = |axis: usize| {
            let start = start_px(centre[axis], side_px, size[axis]);
            start / snap_px * snap_px
        };
        let (left, top) = (start(0), start(1));
        let (red, rest) = window.split_at_mut(plane);
        let (green, blue) = rest.split_at_mut(plane);
        let columns: Vec<usize> = (left..left + side_px)
            .map(|x| mirrored(x, size[0]))
            .collect();
        for y in 0..side_px {
            let row = mirrored(top + y, size[1]) * size[0];
            let row = &pixels[row..row + size[0]];
            let to = y * side_px..(y + 1) * side_px;
            let to = (red[to.clone()].iter_mut().zip(&mut green[to.clone()])).zip(&mut blue[to]);
            for (((red, green), blue), &column) in to.zip(&columns) {
                let [r, g, b] = row[column].map(|level| levels[usize::from(level)]);
                (*red, *green, *blue) = (r, g, b);
            }
        }
    }
    Array { shape, values }
}

/// Where a window around `centre` starts, so that it lies in the picture. Halves go to the even
/// number, as in Python.
fn start_px(centre: f64, side_px: usize, length_px: usize) -> usize {
    let last = length_px.saturating_sub(side_px);
    let start = (centre - side_px as f64 / 2.0).round_ties_even();
    // The conversion keeps within 0 and the largest number, a NaN becomes 0.
    (start as usize).min(last)
}

/// The pixel that stands at `at` when a line of `length` pixels is mirrored at its end, the last
/// pixel twice, and again and again.
fn mirrored(at: usize, length: usize) -> usize {
    let at = at % (2 * length);
    if at < length { at } else { 2 * length - 1 - at }
}

/// The windows' logits as one; no number if there are none or one of them is none.
#[must_use]
pub fn pooled(logits: impl IntoIterator<Item = f32>, pool: Pool) -> f64 {
    let logits = logits.into_iter().map(f64::from);
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
        sum / n
    };
    match pool {
        Pool::Mean => mean(&mut { logits }),
        Pool::SoftMin => -mean(&mut logits.map(|logit| (-logit).exp())).ln(),
    }
}

/// What each window says by itself, by the same logistic function, in hundredths: weaker than the whole,
/// and only good to see where the whole comes from. A window whose logit is no number says neither.
pub(super) fn live_percent(
    logits: impl IntoIterator<Item = f32>,
    scale: f64,
    bias: f64,
) -> Vec<u8> {
    let percent = |logit: f32| {
        let probability = Probability::from_logit(scale * f64::from(logit) + bias);
        (probability.unwrap_or(Probability::HALF).get() * 100.0).round() as u8
    };
    logits.into_iter().map(percent).collect()
}

/// What the windows of the grid say, over the whole document.
pub fn evidence(logits: impl IntoIterator<Item = f32>, scale: f64, bias: f64) -> Evidence {
    Evidence {
        grid: [N_ALONG, N_ACROSS],
        over: None,
        live_percent: live_percent(logits, scale, bias),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose red is the column and whose green is the row.
    fn ramps(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 7]))
    }

    #[test]
    fn the_centres_run_along_the_long_sides_of_the_document() {
        let lying = Quad([[0.0, 0.0], [120.0, 0.0], [120.0, 40.0], [0.0, 40.0]]);
        let centres = centres_px(&lying);
        assert_eq!(centres.len(), 24);
        assert_eq!(&centres[..2], &[[10.0, 5.0], [30.0, 5.0]]);
        assert_eq!(centres[23], [110.0, 35.0]);
        // Upright: six down, four across.
        let standing = Quad([[0.0, 0.0], [40.0, 0.0], [40.0, 120.0], [0.0, 120.0]]);
        let centres = centres_px(&standing);
        assert_eq!(&centres[..2], &[[35.0, 10.0], [35.0, 30.0]]);
        assert_eq!(centres[23], [5.0, 110.0]);
    }

    #[test]
    fn a_trapezium_is_filled_in_straight_lines() {
        let quad = Quad([[0.0, 0.0], [240.0, 0.0], [180.0, 80.0], [60.0, 80.0]]);
        // u = 1/12, v = 1/8: between (20, 0) and (70, 80).
        assert_eq!(centres_px(&quad)[0], [20.0 + 50.0 / 8.0, 10.0]);
    }

    #[test]
    fn a_window_is_pushed_into_the_picture() {
        let corner = |centre: [f64; 2]| {
            let cut = cut(&ramps(40, 30), &[centre], 8, 1, [0.0, 255.0]);
            assert_eq!(cut.shape, [1, 3, 8, 8]);
            [cut.values[0], cut.values[64], cut.values[128]]
        };
        assert_eq!(corner([20.0, 15.0]), [16.0, 11.0, 7.0]);
        assert_eq!(
            corner([20.5, 15.5]),
            [16.0, 12.0, 7.0],
            "halves go to the even number"
        );
        assert_eq!(corner([-50.0, 1.0]), [0.0, 0.0, 7.0]);
        assert_eq!(corner([90.0, 29.0]), [32.0, 22.0, 7.0]);
    }

    #[test]
    fn a_picture_smaller_than_a_window_is_mirrored() {
        let cut = cut(&ramps(3, 2), &[[1.0, 1.0]], 8, 1, [0.0, 255.0]);
        assert_eq!(&cut.values[..8], &[0.0, 1.0, 2.0, 2.0, 1.0, 0.0, 0.0, 1.0]);
        let green: Vec<f32> = cut.values[64..128].iter().step_by(8).copied().collect();
        assert_eq!(green, [0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
    }

    #[test]
    fn black_and_white_are_the_ends_of_the_range() {
        let picture = RgbImage::from_fn(2, 1, |x, _| image::Rgb([255 * x as u8; 3]));
        let cut = cut(&picture, &[[1.0, 0.5]], 2, 1, [-1.0, 1.0]);
        assert_eq!(&cut.values[..2], &[-1.0, 1.0]);
    }

    #[test]
    fn each_window_has_its_share_in_the_evidence() {
        let evidence = evidence([0.0, 1.0, -100.0, f32::NAN], 2.0, 0.0);
        assert_eq!(evidence.live_percent, [50, 88, 0, 50]);
        assert_eq!(evidence.grid, [N_ALONG, N_ACROSS]);
    }

    #[test]
    fn a_window_starts_at_a_multiple_where_that_is_asked_for() {
        let start = |centre: [f64; 2]| {
            let cut = cut(&ramps(60, 50), &[centre], 8, 8, [0.0, 255.0]);
            [cut.values[0], cut.values[64]]
        };
        // Would start at (16, 11), (0, 0) and (52, 42).
        assert_eq!(start([20.0, 15.0]), [16.0, 8.0]);
        assert_eq!(start([0.0, 0.0]), [0.0, 0.0]);
        assert_eq!(start([60.0, 50.0]), [48.0, 40.0]);
    }

    #[test]
    fn one_bad_window_is_enough_where_the_lowest_counts() {
        let pooled = |logits: &[f32]| pooled(logits.iter().copied(), Pool::SoftMin);
        // Alike: their own value. One of four at −10: −ln((3 e^-4 + e^10) / 4) = −10 + ln 4 nearly.
        assert!((pooled(&[2.0; 24]) - 2.0).abs() < 1e-9);
        assert!((pooled(&[4.0, 4.0, -10.0, 4.0]) + 8.613_706).abs() < 1e-5);
        assert!(pooled(&[]).is_nan());
        assert!(pooled(&[1.0, f32::NAN]).is_nan());
    }

    #[test]
    fn logits_are_pooled_by_their_mean() {
        let pooled = |logits: &[f32]| pooled(logits.iter().copied(), Pool::Mean);
        assert_eq!(pooled(&[-3.0, 1.0, 2.0]).to_bits(), 0.0_f64.to_bits());
        assert_eq!(pooled(&[1.0, 3.0]).to_bits(), 2.0_f64.to_bits());
        assert!(pooled(&[]).is_nan());
        assert!(pooled(&[1.0, f32::NAN]).is_nan());
    }
}
