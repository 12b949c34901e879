//! Finds the document: a picture into the locator's input, and its heat map into quads.
//!
//! The network sees the upright picture shrunk to fit 256×256, placed at the top left and padded
//! with grey, as red, green and blue from 0 to 1. Its answer holds logits for cells of 2×2 input
//! pixels in two layers: layer 0 is high at every corner of every document, layer 1 inside
//! documents. The sides are fitted to the mask's rim between the cells, so that a corner may be
//! round, covered, or outside the picture; the corner layer only adds to the confidence.
//!
//! A quad runs clockwise on screen and starts at the corner with the smallest x + y: which corner is
//! the document's own top left is not known here. Nothing here runs a model; [`locate`] is handed a
//! function that does. What a quad means for the submission is decided in [`rules`].

mod fit;
pub mod rules;

use image::RgbImage;

use crate::case::Quad;
use crate::shrink::{self, Filter, Part};
use fit::{Mask, Patch, cross, minus};

/// The side of the network's square input in pixels.
pub const INPUT_PX: u32 = 256;
/// What the input holds where there is no picture.
const PADDING: f32 = 0.5;
/// Layers of the heat map.
const LAYERS: usize = 2;
const CORNERS: usize = 0;
const MASK: usize = 1;

/// The numbers by which a heat map is read.
#[derive(Clone, Debug, PartialEq)]
pub struct LocateParams {
    /// A patch of mask with fewer cells (of 128×128) is dust. Lower finds smaller documents and
    /// more dust; 40 cells are 0.25 % of a square picture.
    pub min_cells: usize,
    /// This share of a side at each end takes no part in fitting its line. Higher ignores rounder
    /// corners and leaves fewer points to fit.
    pub line_ends_share: f64,
    /// A point of the rim belongs to a side if it is nearer than this share of the side's length…
    pub line_reach_share: f64,
    /// … or nearer than this many cells. Higher pulls in fingers that bend the line.
    pub line_reach_min_cells: f64,
    /// With fewer points than this a side stays as the hull has it.
    pub min_line_points: usize,
    /// A side as near as this to the picture's edge, in cells, lies on it.
    pub edge_reach_cells: f64,
    /// From this peak in the corner layer on, 0 to 1, a corner counts as seen, and a side on the
    /// picture's edge between two seen ones touches it and goes on no farther. Lower takes more cut
    /// documents for whole ones.
    pub min_seen_corner: f64,
    /// Below this confidence, 0 to 1, a patch is no document. Lower finds more documents, and
    /// more things that are none.
    pub min_confidence: f64,
    /// Where a look shows not just one document that is as sure as this, 0 to 1, the same part is
    /// seen once more, upside down, and the mean of both answers counts. 0 turns only where none or
    /// several are found; 1 costs a second run for every picture.
    pub sure_confidence: f64,
    /// A document whose box is smaller than this share of the picture's longer side is looked at
    /// again, closer. 0 never looks again; 1 costs a second run for nearly every picture.
    pub closer_below_share: f64,
    /// How much is left around the box on each side when looking closer, as a share of the box.
    pub closer_margin_share: f64,
    /// Two looks must agree to this overlap, 0 to 1, or the first one stands.
    pub closer_min_overlap: f64,
}

impl Default for LocateParams {
    fn default() -> Self {
        Self {
            min_cells: 40,
            line_ends_share: 0.1,
            line_reach_share: 0.08,
            line_reach_min_cells: 1.5,
            min_line_points: 5,
            edge_reach_cells: 1.5,
            min_seen_corner: 0.5,
            min_confidence: 0.5,
            sure_confidence: 0.8,
            closer_below_share: 0.75,
            closer_margin_share: 0.2,
            closer_min_overlap: 0.7,
        }
    }
}

/// A part of the picture and the pixels of the input that show it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Its left and top edge in pixels of the picture.
    pub origin_px: [u32; 2],
    /// Its width and height in pixels of the picture.
    pub size_px: [u32; 2],
    /// How many pixels of the input show it, across and down.
    pub filled_px: [u32; 2],
}

impl Window {
    /// A part of a picture; `size_px` is at least 1×1.
    #[must_use]
    pub fn new(origin_px: [u32; 2], size_px: [u32; 2]) -> Self {
        let scale = f64::from(INPUT_PX) / f64::from(size_px[0].max(size_px[1]).max(1));
        let filled = |length: u32| ((f64::from(length) * scale).round() as u32).clamp(1, INPUT_PX);
        Self {
            origin_px,
            size_px,
            filled_px: [filled(size_px[0]), filled(size_px[1])],
        }
    }

    /// The whole picture.
    #[must_use]
    pub fn whole(picture: &RgbImage) -> Self {
        Self::new([0, 0], [picture.width(), picture.height()])
    }

    /// Columns and rows of a heat map of `side` cells a side that show it, begun ones counted whole.
    fn filled_cells(&self, side: usize) -> [usize; 2] {
        self.filled_px
            .map(|px| (px as usize * side).div_ceil(INPUT_PX as usize))
    }

    /// Pixels of the picture to a pixel of the input, across and down.
    fn picture_px_per_input_px(&self) -> [f64; 2] {
        std::array::from_fn(|axis| f64::from(self.size_px[axis]) / f64::from(self.filled_px[axis]))
    }
}

/// One document.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its corners in pixels of the picture; they may lie outside it.
    pub quad: Quad,
    /// 0 to 1: the mask's mean, times how well the quad covers it, times a half for the mask alone
    /// and a half for the document's own corners that the other layer shows there.
    pub confidence: f64,
    /// How many of the quad's sides lie on the picture's edge.
    pub n_edge_sides: usize,
    /// How many of these are the edge itself, the document going on beyond: a corner is missing.
    pub n_cut_sides: usize,
}

/// What was found in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// The documents, the largest first.
    pub documents: Vec<Found>,
    /// Width and height of the picture in pixels.
    pub picture_px: [u32; 2],
}

/// Why a picture could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum LocateError<E: std::error::Error> {
    /// The picture has no pixels.
    #[error("the picture has no pixels")]
    Empty,
    /// The picture could not be shrunk.
    #[error("the picture could not be shrunk: {0}")]
    Shrink(String),
    /// The heat map has another shape than 1×2×n×n with n a divisor of the input's side, or not
    /// always the same.
    #[error(
        "the locator's heat map has the shape {0:?}, not always the same 1×{LAYERS}×n×n with n a divisor of {INPUT_PX}"
    )]
    Shape(Vec<usize>),
    /// The network failed.
    #[error("the locator failed: {0}")]
    Network(#[source] E),
}

/// Finds the documents in an upright picture. `run` takes the input, 1×3×256×256 in rows, and gives
/// the heat map and its shape; it is called for the whole picture and again to look closer at a small
/// document, each time once more, upside down, where the first answer is not sure.
///
/// # Errors
///
/// What `run` says, and a picture or a heat map of the wrong shape.
pub fn locate<E: std::error::Error>(
    picture: &RgbImage,
    params: &LocateParams,
    mut run: impl FnMut(Vec<f32>) -> Result<(Vec<f32>, Vec<usize>), E>,
) -> Result<Located, LocateError<E>> {
    let mut look = |window: Window| {
        let input = prepare(picture, window)?;
        let (heat, shape) = run(input.clone()).map_err(LocateError::Network)?;
        let found = read(&heat, &shape, window, params)?;
        if matches!(found.as_slice(), [only] if only.confidence >= params.sure_confidence) {
            return Ok(found);
        }
        let side = shape[3];
        let n_cells = window.filled_cells(side);
        let n_px = n_cells.map(|cells| cells * INPUT_PX as usize / side);
        let (turned, turned_shape) =
            run(half_turned(&input, INPUT_PX as usize, n_px)).map_err(LocateError::Network)?;
        if turned_shape != shape || turned.len() != heat.len() {
            return Err(LocateError::Shape(turned_shape));
        }
        let turned = half_turned(&turned, side, n_cells);
        let mean: Vec<f32> = heat
            .iter()
            .zip(&turned)
            .map(|(a, b)| 0.5 * (a + b))
            .collect();
        read(&mean, &shape, window, params)
    };
    let mut documents = look(Window::whole(picture))?;
    if let [only] = documents.as_mut_slice()
        && let Some(window) = closer(picture, &only.quad, params)
        && let Some(better) = look(window)?.into_iter().next()
        && only.n_edge_sides == 0
        && better.n_edge_sides == 0
        && overlap(&only.quad, &better.quad) >= params.closer_min_overlap
    {
        only.quad = better.quad;
    }
    Ok(Located {
        documents,
        picture_px: [picture.width(), picture.height()],
    })
}

/// The network's input for a part of a picture: red, green and blue planes, rows from the top,
/// 0 to 1.
///
/// # Errors
///
/// An empty picture, or one that cannot be shrunk.
pub fn prepare<E: std::error::Error>(
    picture: &RgbImage,
    window: Window,
) -> Result<Vec<f32>, LocateError<E>> {
    if picture.width() == 0 || picture.height() == 0 {
        return Err(LocateError::Empty);
    }
    let [width, height] = window.filled_px;
    // A box averages every pixel once. It would leave steps where a picture has to grow.
    let filter = if window.size_px[0] >= width {
        Filter::Box
    } else {
        Filter::Bilinear
    };
    let part = Part {
        origin_px: window.origin_px.map(f64::from),
        size_px: window.size_px.map(f64::from),
    };
    let small = shrink::resize(picture, part, [width, height], filter)
        .map_err(|error| LocateError::Shrink(error.to_string()))?;

    let side = INPUT_PX as usize;
    let mut input = vec![PADDING; 3 * side * side];
    for (row, pixels) in small.as_raw().chunks_exact(3 * width as usize).enumerate() {
        for (column, pixel) in pixels.chunks_exact(3).enumerate() {
            for (plane, value) in pixel.iter().enumerate() {
                input[(plane * side + row) * side + column] = f32::from(*value) / 255.0;
            }
        }
    }
    Ok(input)
}

/// Square planes of `side` values a side, of which the first columns and rows (`n_turned`) are turned
/// by half a turn; the others stay as they are.
fn half_turned(planes: &[f32], side: usize, n_turned: [usize; 2]) -> Vec<f32> {
    let [n_columns, n_rows] = n_turned;
    let mut out = planes.to_vec();
    for (from, to) in planes
        .chunks_exact(side * side)
        .zip(out.chunks_exact_mut(side * side))
    {
        for row in 0..n_rows {
            let source = &from[(n_rows - 1 - row) * side..][..n_columns];
            let target = &mut to[row * side..][..n_columns];
            target.copy_from_slice(source);
            target.reverse();
        }
    }
    out
}

/// The documents in a heat map, the largest first; `window` is what the input showed.
///
/// # Errors
///
/// A heat map of the wrong shape.
pub fn read<E: std::error::Error>(
    heat: &[f32],
    shape: &[usize],
    window: Window,
    params: &LocateParams,
) -> Result<Vec<Found>, LocateError<E>> {
    let side = match shape {
        [1, LAYERS, rows, columns]
            if rows == columns
                && *rows > 0
                && (INPUT_PX as usize).is_multiple_of(*rows)
                && heat.len() == LAYERS * rows * rows =>
        {
            *rows
        }
        _ => return Err(LocateError::Shape(shape.to_vec())),
    };
    let cells_per_px = side as f64 / f64::from(INPUT_PX);
    let end = window.filled_px.map(|px| f64::from(px) * cells_per_px);
    let [n_columns, n_rows] = window.filled_cells(side);
    let layer = |k: usize| &heat[k * side * side..(k + 1) * side * side];
    let mask = Mask {
        logits: layer(MASK),
        stride: side,
        n_columns,
        n_rows,
        end,
    };
    let corners = Mask {
        logits: layer(CORNERS),
        stride: side,
        n_columns,
        n_rows,
        end,
    };
    let to_picture = window.picture_px_per_input_px().map(|px| px / cells_per_px);
    let mut found = Vec::new();
    for patch in mask.patches(params.min_cells) {
        let Some((quad, on_edge)) = mask.quad(&patch, params) else {
            continue;
        };
        let on_edge: [bool; 4] = std::array::from_fn(|k| {
            on_edge[k] || mask.is_beside_edge(quad[k], quad[(k + 1) % 4], params.edge_reach_cells)
        });
        let peaks = quad.map(|corner| corners.peak(corner));
        let is_seen = |k: usize| peaks[k % 4].is_some_and(|peak| peak >= params.min_seen_corner);
        // A side on the edge whose corners are both seen only touches it.
        let is_cut: [bool; 4] =
            std::array::from_fn(|k| on_edge[k] && !(is_seen(k) && is_seen(k + 1)));
        let confidence =
            confidence(&mask, &patch, &quad) * (0.5 + 0.5 * corner_mean(peaks, is_cut));
        if confidence < params.min_confidence {
            continue;
        }
        let in_picture = |corner: [f64; 2]| {
            std::array::from_fn(|axis| {
                f64::from(window.origin_px[axis]) + corner[axis] * to_picture[axis]
            })
        };
        let quad = Quad(ordered(quad.map(in_picture)));
        found.push(Found {
            quad,
            confidence,
            n_edge_sides: n_of(on_edge),
            n_cut_sides: n_of(is_cut),
        });
    }
    found.sort_by(|a, b| b.quad.area_px().total_cmp(&a.quad.area_px()));
    Ok(found)
}

/// How sure it is that a patch of mask is a document with this quad, 0 to 1, by the mask alone.
fn confidence(mask: &Mask<'_>, patch: &Patch, quad: &[[f64; 2]; 4]) -> f64 {
    let sum: f64 = patch
        .cells
        .iter()
        .map(|&(row, column)| sigmoid(mask.logit(row, column)))
        .sum();
    let mean = sum / patch.cells.len().max(1) as f64;
    let turn = cross(minus(quad[1], quad[0]), minus(quad[2], quad[1])).signum();
    let (mut n_both, mut n_either) = (0.0_f64, 0.0_f64);
    for row in 0..mask.n_rows {
        for column in 0..mask.n_columns {
            let at = [column as f64 + 0.5, row as f64 + 0.5];
            let inside = (0..4).all(|k| {
                cross(minus(quad[(k + 1) % 4], quad[k]), minus(at, quad[k])) * turn >= 0.0
            });
            let member = patch.member[row * mask.n_columns + column];
            n_both += f64::from(u8::from(inside && member));
            n_either += f64::from(u8::from(inside || member));
        }
    }
    mean * (n_both / n_either.max(1.0))
}

/// The mean of the corner layer's peaks at the corners that are the document's own: where a side is
/// cut, its ends are none. 1 if none is in the picture.
fn corner_mean(peaks: [Option<f64>; 4], is_cut: [bool; 4]) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for k in 0..4 {
        if let Some(peak) = peaks[k]
            && !is_cut[k]
            && !is_cut[(k + 3) % 4]
        {
            (sum, n) = (sum + peak, n + 1.0);
        }
    }
    if n > 0.0 { sum / n } else { 1.0 }
}

fn n_of(sides: [bool; 4]) -> usize {
    sides.into_iter().filter(|side| *side).count()
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// Clockwise on screen, from the corner with the smallest x + y.
fn ordered(mut quad: [[f64; 2]; 4]) -> [[f64; 2]; 4] {
    let doubled: f64 = (0..4).map(|i| cross(quad[i], quad[(i + 1) % 4])).sum();
    if doubled < 0.0 {
        quad.reverse();
    }
    let sum = |i: &usize| quad[*i][0] + quad[*i][1];
    let first = (0..4).min_by(|a, b| sum(a).total_cmp(&sum(b))).unwrap_or(0);
    quad.rotate_left(first);
    quad
}

/// The part of the picture in which to look again. `None` where that would show little more.
fn closer(picture: &RgbImage, quad: &Quad, params: &LocateParams) -> Option<Window> {
    let [left, top, right, bottom] = quad.bounds_px();
    let size = [f64::from(picture.width()), f64::from(picture.height())];
    let margin = params.closer_margin_share * (right - left).max(bottom - top);
    let from = [left, top].map(|edge| (edge - margin).floor().max(0.0));
    let to = [
        (right + margin).ceil().min(size[0]),
        (bottom + margin).ceil().min(size[1]),
    ];
    let extent = [to[0] - from[0], to[1] - from[1]];
    let long = extent[0].max(extent[1]);
    let worth = long < params.closer_below_share * size[0].max(size[1])
        && long >= f64::from(INPUT_PX) / 2.0
        && extent[0].min(extent[1]) >= 1.0;
    worth.then(|| Window::new(from.map(|px| px as u32), extent.map(|px| px as u32)))
}

/// The intersection of two convex quads over their union, 0 to 1.
#[must_use]
pub fn overlap(a: &Quad, b: &Quad) -> f64 {
    let both = fit::intersection_area(&a.0, &b.0);
    both / (a.area_px() + b.area_px() - both).max(1e-9)
}

/// The share of a quad's area that lies inside a picture of this size, 0 to 1.
#[must_use]
pub fn inside_share(quad: &Quad, picture_px: [u32; 2]) -> f64 {
    let inside = fit::intersection_area(&quad.0, &Quad::whole(picture_px[0], picture_px[1]).0);
    inside / quad.area_px().max(1e-9)
}

#[cfg(test)]
mod tests;
