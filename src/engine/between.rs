//! Reading a picture between its pixels: red, green and blue at once, by whole numbers.

use std::ops::AddAssign;

use image::RgbImage;

/// Bits of a lane.
const LANE: u32 = 21;
/// Parts of a pixel that a place is rounded to. OpenCV, with which the training code reads, has 32.
const PARTS: i32 = 64;

/// Levels of red, green and blue beside each other in one number, which reckons with all three at
/// once: there are three quarters of a million samples behind the border of a large portrait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Levels(u64);

impl Levels {
    /// Those between the four nearest pixels' centres, in straight lines; beyond the picture, which must have a
    /// pixel, its edge goes on. The centre of the first pixel is (0, 0).
    #[inline]
    pub(super) fn between(picture: &RgbImage, x: f64, y: f64) -> Self {
        let place = |at: f64, length: u32| {
            let last = length as i32 - 1;
            let at = (at.clamp(0.0, f64::from(last)) * f64::from(PARTS) + 0.5) as i32;
            let (before, part) = (at / PARTS, at % PARTS);
            // None of these is negative.
            (
                before as usize,
                (before + 1).min(last) as usize,
                part as u64,
            )
        };
        let (left, right, u) = place(x, picture.width());
        let (top, bottom, v) = place(y, picture.height());
        let (pixels, _rest) = picture.as_raw().as_chunks::<3>();
        let row = |y: usize| &pixels[y * picture.width() as usize..];
        let whole = PARTS as u64;
        let across =
            |row: &[[u8; 3]]| Self::of(row[left]).0 * (whole - u) + Self::of(row[right]).0 * u;
        // At most 255 × 64 × 64 and half of 64 × 64 in a lane, which has room for twice as much.
        let sum = across(row(top)) * (whole - v) + across(row(bottom)) * v;
        let rounded = sum + in_every_lane(whole * whole / 2);
        Self(rounded >> (2 * PARTS.trailing_zeros()) & in_every_lane(0xFF))
    }

    /// The levels of one pixel.
    fn of([r, g, b]: [u8; 3]) -> Self {
        Self(u64::from(r) | u64::from(g) << LANE | u64::from(b) << (2 * LANE))
    }

    /// What the sum of `n` levels is in the mean, rounded; `n` from 1 to 8,000, for which a lane has room.
    pub(super) fn mean(self, n: u64) -> [u8; 3] {
        // A mean of bytes is a byte.
        [0, 1, 2].map(|c| {
            let sum = self.0 >> (LANE * c) & ((1 << LANE) - 1);
            ((sum + n / 2) / n) as u8
        })
    }
}

impl AddAssign for Levels {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

/// The same number in every lane.
const fn in_every_lane(number: u64) -> u64 {
    number | number << LANE | number << (2 * LANE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn levels_lie_on_straight_lines_between_the_pixels() {
        let picture = RgbImage::from_fn(9, 7, |x, y| {
            Rgb([
                (x * 28) as u8,
                (y * 40) as u8,
                ((x * 11 + y * 17) % 256) as u8,
            ])
        });
        let level = |x: f64, y: f64, c: usize| {
            let [x, y] = [x.clamp(0.0, 8.0), y.clamp(0.0, 6.0)];
            let [left, top] = [x, y].map(|at| at as u32);
            let [u, v] = [x.fract(), y.fract()];
            let pixel = |x: u32, y: u32| f64::from(picture[(x.min(8), y.min(6))].0[c]);
            let row = |y: u32| pixel(left, y) * (1.0 - u) + pixel(left + 1, y) * u;
            row(top) * (1.0 - v) + row(top + 1) * v
        };
        for (x, y) in (-20..200).flat_map(|x| (-20..160).map(move |y| (x, y))) {
            let [x, y] = [x, y].map(|at| f64::from(at) / 19.0);
            let seen = Levels::between(&picture, x, y).mean(1);
            for (c, seen) in seen.into_iter().enumerate() {
                let wanted = level(x, y, c);
                // Half a level by rounding, and 1/128 of a pixel either way, of at most 40 levels.
                assert!(
                    (f64::from(seen) - wanted).abs() < 1.2,
                    "{x} {y} {c}: {seen} for {wanted}"
                );
            }
        }
        let white = RgbImage::from_pixel(2, 2, Rgb([255; 3]));
        assert_eq!(Levels::between(&white, 0.5, 0.5).mean(1), [255; 3]);
        let one = RgbImage::from_pixel(1, 1, Rgb([9, 8, 7]));
        assert_eq!(Levels::between(&one, 5.0, -5.0).mean(1), [9, 8, 7]);
    }

    #[test]
    fn a_sum_of_levels_gives_their_mean() {
        let mut sum = Levels::default();
        for i in 0..8000 {
            sum += Levels::of([255, (i % 2) as u8, 7]);
        }
        assert_eq!(sum.mean(8000), [255, 1, 7]);
    }
}
