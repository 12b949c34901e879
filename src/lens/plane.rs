//! One channel of a picture, and the few things that lenses do with it.

use image::RgbImage;
use rayon::prelude::*;

/// One number from 0 to 255 for each pixel, row by row.
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<u8>,
}

impl Plane {
    /// Brightness of ITU-R BT.601, in whole numbers.
    pub(super) fn luma(picture: &RgbImage) -> Self {
        let values = picture
            .par_chunks_exact(3)
            .map(|rgb| {
                let [r, g, b] = [rgb[0], rgb[1], rgb[2]].map(u32::from);
                ((299 * r + 587 * g + 114 * b + 500) / 1000) as u8
            })
            .collect();
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            values,
        }
    }

    /// A plane drawn pixel by pixel.
    pub(super) fn drawn(
        width: usize,
        height: usize,
        value: impl Fn(usize, usize) -> u8 + Sync,
    ) -> Self {
        let mut values = vec![0; width * height];
        values
            .par_chunks_mut(width.max(1))
            .enumerate()
            .for_each(|(y, row)| {
                for (x, out) in row.iter_mut().enumerate() {
                    *out = value(x, y);
                }
            });
        Self {
            width,
            height,
            values,
        }
    }

    /// Two planes of one size into one.
    pub(super) fn with(&self, other: &Self, value: impl Fn(u8, u8) -> u8 + Sync) -> Self {
        let pairs = self.values.par_iter().zip(other.values.par_iter());
        let values = pairs.map(|(&a, &b)| value(a, b)).collect();
        Self { values, ..*self }
    }

    /// The value beside (x, y); the last row and column go on outside.
    pub(super) fn near(&self, x: usize, y: usize, dx: isize, dy: isize) -> u8 {
        let x = x.saturating_add_signed(dx).min(self.width - 1);
        let y = y.saturating_add_signed(dy).min(self.height - 1);
        self.values[y * self.width + x]
    }

    /// The mean over the square of `radius` pixels on each side, as far as it lies in the picture.
    pub(super) fn mean_around(&self, radius: usize) -> Self {
        self.mean_of_rows(radius)
            .turned()
            .mean_of_rows(radius)
            .turned()
    }

    /// The mean over the square of `side` pixels that begins at each, as far as it lies in the picture.
    pub(super) fn mean_of_squares(&self, side: usize) -> Self {
        Self::drawn(self.width, self.height, |x, y| {
            let (right, bottom) = ((x + side).min(self.width), (y + side).min(self.height));
            let n = ((right - x) * (bottom - y)) as u32;
            let rows = (y..bottom).map(|y| &self.values[y * self.width..][x..right]);
            let sum: u32 = rows.flatten().map(|&v| u32::from(v)).sum();
            ((sum + n / 2) / n) as u8
        })
    }

    /// Each value the mean of its row's, `radius` on each side.
    fn mean_of_rows(&self, radius: usize) -> Self {
        let mut values = vec![0; self.values.len()];
        let width = self.width.max(1);
        values
            .par_chunks_mut(width)
            .zip(self.values.par_chunks(width))
            .for_each(|(out, row)| {
                let mut sum: u32 = row.iter().take(radius).map(|&v| u32::from(v)).sum();
                for (x, mean) in out.iter_mut().enumerate() {
                    if let Some(&next) = row.get(x + radius) {
                        sum += u32::from(next);
                    }
                    if let Some(&gone) = x.checked_sub(radius + 1).and_then(|x| row.get(x)) {
                        sum -= u32::from(gone);
                    }
                    let first = x.saturating_sub(radius);
                    let n = ((x + radius + 1).min(row.len()) - first) as u32;
                    *mean = ((sum + n / 2) / n) as u8;
                }
            });
        Self { values, ..*self }
    }

    /// Rows become columns.
    fn turned(&self) -> Self {
        Self::drawn(self.height, self.width, |x, y| {
            self.values[x * self.width + y]
        })
    }
}
