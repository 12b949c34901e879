//! Parts of the picture that are there twice, found by comparing blocks with each other.
//!
//! A. Fridrich, D. Soukal, J. Lukáš, Detection of copy-move forgery in digital images (2003): equal blocks
//! come together when all are sorted, and those of a copied part lie the same distance apart.

use std::collections::{BTreeMap, BTreeSet};

use image::{Rgb, RgbImage};
use rayon::prelude::*;

use super::plane::Plane;

/// Pictures are searched in a copy of at most this many pixels a side.
const SEARCHED_PX: usize = 1400;
/// A block's side in pixels of that copy: four cells of four.
const BLOCK: usize = 16;
const CELL: usize = 4;
/// Cells of one block.
const N_CELLS: usize = (BLOCK / CELL) * (BLOCK / CELL);
/// A block whose cells differ less, on average in levels, looks like any other.
const LEAST_TEXTURE: i32 = 6;
/// Two blocks are alike up to this mean difference of their cells, in levels.
const MOST_DIFFERENCE: i32 = 2;
/// Blocks are compared with this many that come after them.
const N_COMPARED: usize = 5;
/// Blocks that lie nearer than this are alike because they overlap.
const LEAST_SHIFT: i32 = 24;
/// A shift is looked at if this many blocks agree on it.
const LEAST_VOTES: u32 = 60;
/// Shifts looked at, the most agreed on first.
const N_SHIFTS: usize = 24;
/// The side of the squares in which a copied part is drawn, in pixels of the copy.
const SQUARE: usize = 8;
/// A copied part has at least this many squares.
const LEAST_SQUARES: usize = 12;
/// Pairs drawn at most, each in a colour of its own.
const COLOURS: [[u8; 3]; 6] = [
    [255, 96, 80],
    [80, 200, 255],
    [255, 210, 60],
    [140, 230, 120],
    [220, 130, 255],
    [255, 150, 200],
];

/// A part and its copy.
struct Pair {
    /// The squares of the part, by column and row.
    squares: Vec<[usize; 2]>,
    /// Where the copy lies from it, in pixels of the searched copy.
    shift: [i32; 2],
}

/// The picture in grey with each pair in a colour and a line between the two, and how many there are. `None` if
/// `cancelled` said so in between.
pub(super) fn clones(
    picture: &RgbImage,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<(RgbImage, usize)> {
    let luma = Plane::luma(picture);
    let shrunk = luma.width.max(luma.height).div_ceil(SEARCHED_PX).max(1);
    let searched = smaller(&luma, shrunk);
    let pairs = pairs(&searched, cancelled)?;
    let mut seen = RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let level = luma.values[y as usize * luma.width + x as usize];
        Rgb([40 + level / 2; 3])
    });
    for (pair, colour) in pairs.iter().zip(COLOURS) {
        draw(&mut seen, pair, colour, shrunk as i32);
    }
    Some((seen, pairs.len()))
}

/// Each pixel the mean of a square of `by` a side.
fn smaller(luma: &Plane, by: usize) -> Plane {
    let n = (by * by) as u32;
    Plane::drawn(luma.width / by, luma.height / by, |x, y| {
        let inside = (0..by * by).map(|i| (x * by + i % by, y * by + i / by));
        let sum: u32 = inside
            .map(|(x, y)| u32::from(luma.values[y * luma.width + x]))
            .sum();
        ((sum + n / 2) / n) as u8
    })
}

fn pairs(luma: &Plane, cancelled: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Pair>> {
    let mut blocks = blocks(luma);
    let mut votes: BTreeMap<[i32; 2], u32> = BTreeMap::new();
    // What is torn apart by a border between two steps in one order is together in the other.
    for offset in [0, ORDER_STEP / 2] {
        if cancelled() {
            return None;
        }
        blocks.par_sort_unstable_by_key(|block| (block.order(offset), block.at));
        vote(&blocks, &mut votes);
    }
    let mut shifts: Vec<([i32; 2], u32)> = votes
        .into_iter()
        .filter(|(_, n)| *n >= LEAST_VOTES)
        .collect();
    shifts.sort_by_key(|&(shift, n)| (std::cmp::Reverse(n), shift));
    let mut all: Vec<Pair> = Vec::new();
    for (shift, _) in shifts.into_iter().take(N_SHIFTS) {
        if cancelled() {
            return None;
        }
        let near = |pair: &Pair| {
            let [dx, dy] = [0, 1].map(|axis| (pair.shift[axis] - shift[axis]).abs());
            dx.max(dy) <= 4
        };
        if !all.iter().any(near) {
            let squares = largest_part(luma, shift);
            all.push(Pair { squares, shift });
        }
    }
    let (regular, mut pairs): (Vec<Pair>, Vec<Pair>) =
        all.into_iter().partition(Pair::overlaps_itself);
    // What lies in a pattern that goes on is alike at each of its steps.
    let regular: BTreeSet<[usize; 2]> = regular.into_iter().flat_map(|pair| pair.squares).collect();
    pairs.retain(|pair| {
        let n_regular = pair
            .squares
            .iter()
            .filter(|at| regular.contains(*at))
            .count();
        pair.squares.len() >= LEAST_SQUARES && 2 * n_regular < pair.squares.len()
    });
    pairs.truncate(COLOURS.len());
    Some(pairs)
}

/// A block by what it looks like.
#[derive(Clone, Copy)]
struct Block {
    /// The cells' means less the block's.
    cells: [i8; N_CELLS],
    at: [u16; 2],
}

/// Cells' means are put in order by steps of this many levels, so that noise seldom tears equals apart.
const ORDER_STEP: i32 = 16;

impl Block {
    fn order(&self, offset: i32) -> [i8; N_CELLS] {
        self.cells
            .map(|cell| (i32::from(cell) + offset).div_euclid(ORDER_STEP) as i8)
    }

    fn is_like(&self, other: &Self) -> bool {
        let differences = self.cells.iter().zip(other.cells);
        let sum: i32 = differences.map(|(&a, b)| i32::from(a.abs_diff(b))).sum();
        sum <= MOST_DIFFERENCE * N_CELLS as i32
    }
}

fn blocks(luma: &Plane) -> Vec<Block> {
    if luma.width < BLOCK || luma.height < BLOCK {
        return Vec::new();
    }
    let cells = luma.mean_of_squares(CELL);
    let (columns, rows) = (luma.width - BLOCK + 1, luma.height - BLOCK + 1);
    (0..columns * rows)
        .into_par_iter()
        .filter_map(|i| {
            let (x, y) = (i % columns, i / columns);
            let means: [i32; N_CELLS] = std::array::from_fn(|cell| {
                let (dx, dy) = (cell % (BLOCK / CELL) * CELL, cell / (BLOCK / CELL) * CELL);
                i32::from(cells.values[(y + dy) * luma.width + x + dx])
            });
            let mean = means.iter().sum::<i32>() / N_CELLS as i32;
            let off = means.map(|cell| cell - mean);
            let texture = off.iter().map(|cell| cell.abs()).sum::<i32>() / N_CELLS as i32;
            (texture >= LEAST_TEXTURE).then(|| Block {
                cells: off.map(|cell| cell.clamp(-127, 127) as i8),
                at: [x as u16, y as u16],
            })
        })
        .collect()
}

/// Counts how far apart blocks lie that are alike.
fn vote(blocks: &[Block], votes: &mut BTreeMap<[i32; 2], u32>) {
    for (i, block) in blocks.iter().enumerate() {
        for other in blocks[i + 1..].iter().take(N_COMPARED) {
            let shift = [0, 1].map(|axis| i32::from(other.at[axis]) - i32::from(block.at[axis]));
            let [dx, dy] = shift.map(i32::abs);
            if dx.max(dy) >= LEAST_SHIFT && block.is_like(other) {
                let downwards = (shift[1], shift[0]) > (0, 0);
                *votes
                    .entry(if downwards { shift } else { shift.map(|d| -d) })
                    .or_default() += 1;
            }
        }
    }
}

/// The largest connected part whose squares look alike that far away.
fn largest_part(luma: &Plane, [dx, dy]: [i32; 2]) -> Vec<[usize; 2]> {
    let (columns, rows) = (luma.width / SQUARE, luma.height / SQUARE);
    let mut alike: Vec<bool> = (0..columns * rows)
        .into_par_iter()
        .map(|i| is_copied(luma, [i % columns * SQUARE, i / columns * SQUARE], [dx, dy]))
        .collect();
    let mut largest = Vec::new();
    for first in 0..alike.len() {
        let mut part = Vec::new();
        let mut open = vec![first];
        while let Some(i) = open.pop() {
            if !std::mem::take(&mut alike[i]) {
                continue;
            }
            let (column, row) = (i % columns, i / columns);
            part.push([column, row]);
            open.extend((column > 0).then(|| i - 1));
            open.extend((column + 1 < columns).then_some(i + 1));
            open.extend((row > 0).then(|| i - columns));
            open.extend((row + 1 < rows).then_some(i + columns));
        }
        if part.len() > largest.len() {
            largest = part;
        }
    }
    largest
}

/// Whether the square that begins at (`x`, `y`), with half a square around it, is there again, and is not
/// smooth.
fn is_copied(luma: &Plane, [x, y]: [usize; 2], [dx, dy]: [i32; 2]) -> bool {
    let half = SQUARE as i32 / 2;
    let (x, y) = (x as i32, y as i32);
    let inside = |x: i32, y: i32| {
        let span = |at: i32, length: usize| at - half >= 0 && at + 3 * half <= length as i32;
        span(x, luma.width) && span(y, luma.height)
    };
    if !inside(x, y) || !inside(x + dx, y + dy) {
        return false;
    }
    let at = |x: i32, y: i32| i32::from(luma.values[y as usize * luma.width + x as usize]);
    let (mut difference, mut texture, mut n) = (0, 0, 0);
    for (x, y) in
        (y - half..y + 3 * half).flat_map(|y| (x - half..x + 3 * half).map(move |x| (x, y)))
    {
        difference += (at(x, y) - at(x + dx, y + dy)).abs();
        texture += (at(x, y) - at(x + 1 - 2 * (x % 2), y)).abs();
        n += 1;
    }
    difference <= 3 * n && texture >= 2 * n && 2 * difference < texture.max(4 * n)
}

impl Pair {
    /// Whether part and copy overlap: a pattern that goes on, and no copy.
    fn overlaps_itself(&self) -> bool {
        (0..2).all(|axis| {
            let places = self.squares.iter().map(|square| square[axis]);
            let (least, most) = (places.clone().min(), places.max());
            let extent = most.zip(least).map_or(0, |(most, least)| most - least + 1) * SQUARE;
            self.shift[axis].unsigned_abs() < extent as u32
        })
    }
}

fn draw(seen: &mut RgbImage, pair: &Pair, colour: [u8; 3], scale: i32) {
    let side = SQUARE as i32;
    let mut middle = [0, 0];
    for square in &pair.squares {
        let at = square.map(|at| at as i32 * side);
        middle = [0, 1].map(|axis| middle[axis] + at[axis] + side / 2);
        for [left, top] in [at, [at[0] + pair.shift[0], at[1] + pair.shift[1]]] {
            for (x, y) in (0..side * scale).flat_map(|y| (0..side * scale).map(move |x| (x, y))) {
                tint(seen, [left * scale + x, top * scale + y], colour, 0.5);
            }
        }
    }
    let n = pair.squares.len() as i32;
    let from = middle.map(|sum| sum / n * scale);
    let steps = scale * pair.shift[0].abs().max(pair.shift[1].abs());
    let wide = 2 * scale;
    for step in 0..=steps {
        let at = [0, 1].map(|axis| from[axis] + pair.shift[axis] * scale * step / steps.max(1));
        for (x, y) in (0..wide).flat_map(|y| (0..wide).map(move |x| (x, y))) {
            tint(seen, [at[0] + x, at[1] + y], colour, 1.0);
        }
    }
}

fn tint(seen: &mut RgbImage, [x, y]: [i32; 2], colour: [u8; 3], part: f32) {
    let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
        return;
    };
    if let Some(pixel) = seen.get_pixel_mut_checked(x, y) {
        for (level, colour) in pixel.0.iter_mut().zip(colour) {
            *level = (f32::from(*level) * (1.0 - part) + f32::from(colour) * part) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lens::saved_as_jpeg;
    use crate::lens::tests::chance;

    /// Blotches of chance, some pixels wide, as skin or paper has.
    fn blotchy(x: u32, y: u32) -> Rgb<u8> {
        let level = chance(x / 5, y / 5) / 3 + chance(x, y) / 32;
        Rgb([60 + level; 3])
    }

    fn n_clones(picture: &RgbImage) -> usize {
        clones(picture, &|| false).unwrap().1
    }

    #[test]
    fn a_pasted_part_is_found_even_after_another_save() {
        let plain = RgbImage::from_fn(480, 320, blotchy);
        let mut pasted = plain.clone();
        for (x, y) in (0..72).flat_map(|x| (0..56).map(move |y| (x, y))) {
            pasted.put_pixel(311 + x, 203 + y, *plain.get_pixel(40 + x, 60 + y));
        }
        let saved = saved_as_jpeg(&pasted, 92).unwrap();
        let found = pairs(&Plane::luma(&saved), &|| false).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].shift, [271, 143]);
        let (seen, n) = clones(&saved, &|| false).unwrap();
        assert!(clones(&saved, &|| true).is_none());
        assert_eq!(n, 1);
        let tinted = |x, y| {
            let [r, _, b] = seen.get_pixel(x, y).0;
            r.abs_diff(b) > 30
        };
        assert!(tinted(76, 88) && tinted(347, 231) && !tinted(240, 40));
    }

    #[test]
    fn a_picture_without_copies_has_none_and_neither_has_a_pattern_that_goes_on() {
        let plain = RgbImage::from_fn(480, 320, blotchy);
        assert_eq!(n_clones(&plain), 0, "blotches");
        let woven = RgbImage::from_fn(480, 320, |x, y| Rgb([(x % 32 * 4 + y % 48) as u8 + 50; 3]));
        assert_eq!(n_clones(&woven), 0, "a pattern");
        assert_eq!(n_clones(&RgbImage::new(9, 7)), 0);
    }
}
