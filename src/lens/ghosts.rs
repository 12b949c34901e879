//! JPEG ghosts: parts that were saved before at another quality than the rest.
//!
//! H. Farid, Exposing digital forgeries from JPEG ghosts (2009): a part that was once saved at some quality
//! changes least when it is saved at that quality again.

use image::{Rgb, RgbImage};
use rayon::prelude::*;

use super::saved_as_jpeg;

/// The qualities that are tried.
const QUALITIES: [u8; 9] = [55, 60, 65, 70, 75, 80, 85, 90, 95];
/// The side of the parts that are judged, in pixels.
const PART_PX: u32 = 16;
/// How much less than at the next qualities a part has to change, as a part of that.
const LEAST_DIP: f64 = 0.1;
/// A part that changes less than this, in squared levels, is flat and says nothing.
const LEAST_CHANGE: f64 = 0.4;

/// Each part as bright as the quality whose saving changes it least; black where none stands out. `None` if
/// `cancelled` said so in between.
pub(super) fn ghosts(
    picture: &RgbImage,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<RgbImage> {
    let [columns, rows] = [picture.width(), picture.height()].map(|side| side.div_ceil(PART_PX));
    let changes: Vec<Vec<f64>> = QUALITIES
        .par_iter()
        .map(|&quality| (!cancelled()).then(|| changes(picture, quality, [columns, rows])))
        .collect::<Option<_>>()?;
    let levels: Vec<u8> = (0..(columns * rows) as usize)
        .map(|part| {
            let of_part: Vec<f64> = changes.iter().map(|of_all| of_all[part]).collect();
            let ghost = dip(&of_part).unwrap_or(0);
            (255 * ghost / (QUALITIES.len() - 1)) as u8
        })
        .collect();
    let level = |x, y| levels[(y / PART_PX * columns + x / PART_PX) as usize];
    let size = picture.dimensions();
    Some(RgbImage::from_fn(size.0, size.1, |x, y| {
        Rgb([level(x, y); 3])
    }))
}

/// The quality, by its place in the list, at which the change is deepest below both of its neighbours'.
fn dip(changes: &[f64]) -> Option<usize> {
    let depths = changes.windows(3).enumerate().filter_map(|(at, three)| {
        let beside = three[0].min(three[2]);
        let depth = 1.0 - three[1] / beside.max(1e-9);
        (beside > LEAST_CHANGE && depth > LEAST_DIP).then_some((at + 1, depth))
    });
    let deepest = depths.max_by(|(_, a), (_, b)| a.total_cmp(b));
    deepest.map(|(at, _)| at)
}

/// The mean squared change of each part when the picture is saved at this quality.
fn changes(picture: &RgbImage, quality: u8, [columns, rows]: [u32; 2]) -> Vec<f64> {
    let n_parts = (columns * rows) as usize;
    let Some(saved) = saved_as_jpeg(picture, quality) else {
        return vec![0.0; n_parts];
    };
    let mut sums = vec![(0.0, 0.0); n_parts];
    for ((x, y, here), there) in picture.enumerate_pixels().zip(saved.pixels()) {
        let (sum, n) = &mut sums[(y / PART_PX * columns + x / PART_PX) as usize];
        let squares = here
            .0
            .iter()
            .zip(there.0)
            .map(|(&a, b)| u32::from(a.abs_diff(b)).pow(2));
        *sum += f64::from(squares.sum::<u32>());
        *n += 3.0;
    }
    sums.into_iter().map(|(sum, n)| sum / n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lens::tests::chance;

    #[test]
    fn a_part_saved_before_at_a_lower_quality_shows_it() {
        let grainy = |x: u32, y: u32| {
            let slow = 40.0 * (f64::from(x) / 9.0).sin() * (f64::from(y) / 7.0).cos();
            Rgb([(128.0 + slow) as u8 + chance(x, y) / 8; 3])
        };
        let plain = RgbImage::from_fn(256, 192, grainy);
        let lower = saved_as_jpeg(&plain, 65).unwrap();
        let mut pasted = saved_as_jpeg(&plain, 90).unwrap();
        for (x, y) in (64..160).flat_map(|x| (48..144).map(move |y| (x, y))) {
            pasted.put_pixel(x, y, *lower.get_pixel(x, y));
        }
        let seen = ghosts(&saved_as_jpeg(&pasted, 95).unwrap(), &|| false).unwrap();
        assert!(ghosts(&pasted, &|| true).is_none());
        let most = |inside: bool| {
            let parts = (0..12).flat_map(|row| (0..16).map(move |column| (column, row)));
            let mut levels: Vec<u8> = parts
                .filter(|&(column, row)| {
                    ((4..10).contains(&column) && (3..9).contains(&row)) == inside
                })
                .map(|(column, row)| seen.get_pixel(column * 16 + 8, row * 16 + 8).0[0])
                .collect();
            levels.sort_unstable();
            levels[levels.len() / 2]
        };
        // 65 is the third of nine. The rest was last saved at 95, which hides the 90 beside it.
        assert_eq!((most(true), most(false)), (63, 0));
    }
}
