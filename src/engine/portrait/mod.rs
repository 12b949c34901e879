//! Finds the holder's portrait in the straightened document, and by it which way is up.
//!
//! The network is shown the document as a square in its four quarter turns, and answers for each with a
//! map of 40 × 40 cells: does this cell belong to the holder's portrait, this turn being upright? The turn
//! with the most evidence wins. Nothing here runs a model; [`find`] is handed a function that does. The
//! training code reads the maps by the same rules; a change here is a change there.

pub mod windows;

use image::RgbImage;

use super::close_up::{CloseUp, Perspective};
use super::runtime::NetworkError;
use crate::case::Quad;

/// The side of the network's square input in pixels.
pub const INPUT_PX: u32 = 160;
/// Cells along each side of its answer.
const CELLS: usize = 40;
/// Quarter turns that are tried.
pub const N_TURNS: usize = 4;

/// The numbers by which the maps are read.
#[derive(Clone, Debug, PartialEq)]
pub struct PortraitParams {
    /// Below this score, 0 to 1, there is no portrait. Lower finds more portraits on fronts, and more
    /// things that are none.
    pub min_score: f64,
    /// A row or column of cells belongs to the portrait's box if it has this share of the fullest one's.
    /// Lower makes boxes larger.
    pub edge_share: f64,
    /// A portrait of fewer cells than this counts for less: the smallest printed on any card known has so
    /// many. Lower finds smaller ones, and ghost portraits.
    pub full_cells: f64,
}

impl Default for PortraitParams {
    fn default() -> Self {
        Self {
            min_score: 0.35,
            edge_share: 0.5,
            full_cells: 60.0,
        }
    }
}

/// A portrait and what it tells of the document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Portrait {
    /// The document's corners from its own top left.
    pub upright: Quad,
    /// The portrait's box in shares of the upright document: left, top, right, bottom.
    pub share: [f64; 4],
    /// The portrait's corners in the picture, from its own top left.
    pub quad: Quad,
    /// How sure it is, 0 to 1.
    pub score: f64,
}

/// Looks for the portrait in the document that `close_up` shows, which lies at `document` in the picture.
/// `run` gives for a batch of squares (turn, channel, row, column; 0 to 1) the logits of as many maps.
/// `None` if there is no portrait.
///
/// # Errors
///
/// What `run` says, or that its answer has another size.
pub fn find(
    close_up: &CloseUp,
    document: &Quad,
    params: &PortraitParams,
    run: impl FnOnce(Vec<f32>) -> Result<Vec<f32>, NetworkError>,
) -> Result<Option<Portrait>, NetworkError> {
    let Some(square) = close_up.square(INPUT_PX) else {
        return Ok(None);
    };
    let heat = run(turns(&square))?;
    if heat.len() != N_TURNS * CELLS * CELLS {
        let words = format!("it gave {} values for {N_TURNS} turns", heat.len());
        return Err(NetworkError::Misfit(words));
    }
    let Some(seen) = read(&heat, params).filter(|seen| seen.score >= params.min_score) else {
        return Ok(None);
    };
    let mut corners = document.0;
    corners.rotate_right(seen.turn);
    let upright = Quad(corners);
    Ok(Perspective::onto(&upright).map(|view| Portrait {
        upright,
        share: seen.share,
        quad: view.part(seen.share),
        score: seen.score,
    }))
}

/// The square turned clockwise on screen by 0 to 3 quarters: turn, channel, row, column, from 0 to 1.
fn turns(square: &RgbImage) -> Vec<f32> {
    let side = INPUT_PX as usize;
    let plane = side * side;
    let mut batch = vec![0.0; N_TURNS * 3 * plane];
    for (x, y, pixel) in square.enumerate_pixels() {
        let (mut x, mut y) = (x as usize, y as usize);
        for turn in 0..N_TURNS {
            for (channel, &level) in pixel.0.iter().enumerate() {
                batch[(turn * 3 + channel) * plane + y * side + x] = f32::from(level) / 255.0;
            }
            (x, y) = (side - 1 - y, x);
        }
    }
    batch
}

/// What the maps say.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Seen {
    /// Quarters clockwise after which the document is upright.
    turn: usize,
    /// The portrait's box in shares of the upright square: left, top, right, bottom.
    share: [f64; 4],
    score: f64,
}

/// The likeliest portrait. Each turn's evidence is the sum of the probabilities in its region; the score
/// is the mean probability in the winner's, times its share of all turns' evidence, times the region's
/// size over [`PortraitParams::full_cells`] where that is below 1.
fn read(heat: &[f32], params: &PortraitParams) -> Option<Seen> {
    let regions: Vec<Vec<usize>> = heat.chunks_exact(CELLS * CELLS).map(region).collect();
    let evidence_of = |turn: usize| -> f64 {
        let map = &heat[turn * CELLS * CELLS..];
        let logistic = |logit: f32| 1.0 / (1.0 + (-f64::from(logit)).exp());
        regions[turn].iter().map(|&cell| logistic(map[cell])).sum()
    };
    let evidence: Vec<f64> = (0..regions.len()).map(evidence_of).collect();
    let turn = first_highest(&evidence)?;
    let winner = &regions[turn];
    let mut rows = [0_u32; CELLS];
    let mut columns = [0_u32; CELLS];
    for cell in winner {
        rows[cell / CELLS] += 1;
        columns[cell % CELLS] += 1;
    }
    let [top, bottom] = span(&rows, params.edge_share)?;
    let [left, right] = span(&columns, params.edge_share)?;
    let n_cells = winner.len() as f64;
    let size = (n_cells / params.full_cells).min(1.0);
    let share_of_all = evidence[turn] / evidence.iter().sum::<f64>();
    Some(Seen {
        turn,
        share: [left, top, right, bottom].map(|at| at as f64 / CELLS as f64),
        score: evidence[turn] / n_cells * share_of_all * size,
    })
}

/// The first place of the highest value. `None` if there is none.
fn first_highest(values: &[f64]) -> Option<usize> {
    let higher = |best: usize, at: usize| if values[at] > values[best] { at } else { best };
    (0..values.len()).reduce(higher)
}

/// The cells above 0 that hang together, by their sides, with the highest one; none if that is not above 0.
fn region(map: &[f32]) -> Vec<usize> {
    let highest = (0..map.len()).reduce(|best, at| if map[at] > map[best] { at } else { best });
    let mut is_member = vec![false; map.len()];
    let mut members: Vec<usize> = Vec::new();
    let mut open: Vec<usize> = highest.into_iter().collect();
    while let Some(at) = open.pop() {
        // A NaN is not above 0 either.
        if is_member[at] || map[at].partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
            continue;
        }
        is_member[at] = true;
        members.push(at);
        let (x, y) = (at % CELLS, at / CELLS);
        let beside = [
            (x > 0).then(|| at - 1),
            (x + 1 < CELLS).then_some(at + 1),
            (y > 0).then(|| at - CELLS),
            (y + 1 < CELLS).then_some(at + CELLS),
        ];
        open.extend(beside.into_iter().flatten());
    }
    members
}

/// From the first line with enough cells to behind the last. `None` if all are empty.
fn span(counts: &[u32; CELLS], edge_share: f64) -> Option<[usize; 2]> {
    let fullest = counts.iter().copied().max().filter(|&most| most > 0)?;
    let enough = |&count: &u32| f64::from(count) >= edge_share * f64::from(fullest);
    let first = counts.iter().position(enough)?;
    let last = counts.iter().rposition(enough)?;
    Some([first, last + 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Maps of four turns in which `inside` says where the logit is 4; elsewhere it is −4.
    fn heat(inside: impl Fn(usize, usize, usize) -> bool) -> Vec<f32> {
        let cells = (0..N_TURNS).flat_map(|turn| {
            (0..CELLS * CELLS).map(move |cell| (turn, cell % CELLS, cell / CELLS))
        });
        cells
            .map(|(turn, x, y)| if inside(turn, x, y) { 4.0 } else { -4.0 })
            .collect()
    }

    #[test]
    fn the_turn_with_the_most_evidence_wins_and_its_box_is_found() {
        let portrait = |x: usize, y: usize| (4..14).contains(&x) && (10..28).contains(&y);
        let maps = heat(|turn, x, y| match turn {
            2 => portrait(x, y) || (x == 14 && y == 20),
            0 => (30..33).contains(&x) && (30..33).contains(&y),
            _ => false,
        });
        let seen = read(&maps, &PortraitParams::default()).unwrap();
        assert_eq!(seen.turn, 2);
        // The single cell that sticks out is not part of the box.
        assert_eq!(seen.share, [0.1, 0.25, 0.35, 0.7]);
        // 181 of 190 cells, at a probability of 1 / (1 + e^-4) = 0.982014.
        assert!((seen.score - 0.982_014 * 181.0 / 190.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_above_nought_is_no_portrait_and_little_is_little() {
        let params = PortraitParams::default();
        assert_eq!(read(&heat(|_, _, _| false), &params), None);
        assert_eq!(read(&[f32::NAN; 4 * 1600], &params), None);
        let dust = heat(|turn, x, y| turn == 0 && x < 3 && y < 2);
        let seen = read(&dust, &params).unwrap();
        assert!((seen.score - 0.982_014 * 6.0 / 60.0).abs() < 1e-6);
    }

    #[test]
    fn the_document_is_turned_by_what_was_seen() {
        // A document that lies on its left side: its top left is at the picture's bottom left.
        let found = Quad([[100.0, 50.0], [500.0, 50.0], [500.0, 700.0], [100.0, 700.0]]);
        let picture = RgbImage::from_fn(600, 800, |x, y| {
            image::Rgb([(x / 3) as u8, (y / 4) as u8, 0])
        });
        let close_up = CloseUp::of(&picture, &found).unwrap();
        let upper_left = |turn, x, y| turn == 1 && x < 10 && y < 20;
        let portrait = find(&close_up, &found, &PortraitParams::default(), |batch| {
            // After a quarter clockwise the picture's bottom left is at the top left: little red, much green.
            let plane = (INPUT_PX * INPUT_PX) as usize;
            let first = |turn: usize, channel: usize| batch[(turn * 3 + channel) * plane];
            assert!(first(1, 0) < 0.2 && first(1, 1) > 0.6);
            assert!(first(0, 0) < 0.2 && first(0, 1) < 0.2);
            assert!(first(2, 0) > 0.6 && first(2, 1) > 0.6);
            Ok(heat(upper_left))
        });
        let portrait = portrait.unwrap().unwrap();
        let corner = [100.0, 700.0];
        assert_eq!(portrait.upright.0[0], corner);
        assert_eq!(portrait.quad.0[0], corner);
        // A quarter of the upright width runs up the picture, half of its height to the right.
        let near = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-6;
        assert!(near(portrait.quad.0[1], [100.0, 537.5]));
        assert!(near(portrait.quad.0[3], [300.0, 700.0]));
    }

    #[test]
    fn an_answer_of_another_size_is_an_error() {
        let picture = RgbImage::new(300, 200);
        let found = Quad::whole(300, 200);
        let close_up = CloseUp::of(&picture, &found).unwrap();
        let answer = find(&close_up, &found, &PortraitParams::default(), |_| {
            Ok(vec![0.0; 7])
        });
        assert!(matches!(answer, Err(NetworkError::Misfit(words)) if words.contains("7 values")));
    }
}
