//! From a patch of mask to four straight sides.
//!
//! All coordinates are cells of the heat map: x to the right, y down, edges counted from 0, so that
//! the centre of the first cell lies at (0.5, 0.5). Nothing here knows of pictures or documents.

use super::{LocateParams, sigmoid};

/// A point, or a direction.
pub(super) type Point = [f64; 2];

/// A connected part of the mask.
pub(super) struct Patch {
    /// Row and column of its cells.
    pub(super) cells: Vec<(usize, usize)>,
    /// For every cell of the mask, row by row, whether it belongs to this patch.
    pub(super) member: Vec<bool>,
}

/// The part of the heat map's mask that shows the picture and not the padding.
pub(super) struct Mask<'a> {
    /// Logits, row by row, `stride` to a row.
    pub(super) logits: &'a [f32],
    /// Cells from one row to the next.
    pub(super) stride: usize,
    /// Cells across that show at least a part of the picture.
    pub(super) n_columns: usize,
    /// Cells down that show at least a part of the picture.
    pub(super) n_rows: usize,
    /// Where the picture ends, in cells: a cell may be filled in part.
    pub(super) end: Point,
}

impl Mask<'_> {
    pub(super) fn logit(&self, row: usize, column: usize) -> f64 {
        f64::from(self.logits[row * self.stride + column])
    }

    /// The connected parts with logits above 0 of at least `min_cells` cells, joined over edges.
    pub(super) fn patches(&self, min_cells: usize) -> Vec<Patch> {
        let mut seen = vec![false; self.n_rows * self.n_columns];
        let mut patches = Vec::new();
        for start in 0..seen.len() {
            if seen[start] || self.logit(start / self.n_columns, start % self.n_columns) <= 0.0 {
                continue;
            }
            let mut patch = Patch {
                cells: Vec::new(),
                member: vec![false; seen.len()],
            };
            let mut waiting = vec![start];
            seen[start] = true;
            while let Some(at) = waiting.pop() {
                let (row, column) = (at / self.n_columns, at % self.n_columns);
                patch.cells.push((row, column));
                patch.member[at] = true;
                for (y, x) in NEIGHBOURS
                    .iter()
                    .filter_map(|step| self.step(row, column, *step))
                {
                    let next = y * self.n_columns + x;
                    if !seen[next] && self.logit(y, x) > 0.0 {
                        seen[next] = true;
                        waiting.push(next);
                    }
                }
            }
            if patch.cells.len() >= min_cells {
                patches.push(patch);
            }
        }
        patches
    }

    /// The neighbour of a cell; `None` beyond the picture.
    fn step(&self, row: usize, column: usize, (dy, dx): (isize, isize)) -> Option<(usize, usize)> {
        let (y, x) = (row.checked_add_signed(dy)?, column.checked_add_signed(dx)?);
        (y < self.n_rows && x < self.n_columns).then_some((y, x))
    }

    /// Where the logits cross 0 around a patch, and where the patch meets the picture's edge.
    fn contour(&self, patch: &Patch) -> Contour {
        let mut contour = Contour {
            inner: Vec::new(),
            edge: Vec::new(),
        };
        for &(row, column) in &patch.cells {
            let (cx, cy) = (column as f64 + 0.5, row as f64 + 0.5);
            for (dy, dx) in NEIGHBOURS {
                let (along_x, along_y) = (dx as f64, dy as f64);
                match self.step(row, column, (dy, dx)) {
                    Some((y, x)) if patch.member[y * self.n_columns + x] => {}
                    Some((y, x)) => {
                        let here = self.logit(row, column);
                        let t = here / (here - self.logit(y, x)).max(1e-6);
                        contour.inner.push([cx + along_x * t, cy + along_y * t]);
                    }
                    None => contour.edge.push([
                        (cx + along_x * 0.5).clamp(0.0, self.end[0]),
                        (cy + along_y * 0.5).clamp(0.0, self.end[1]),
                    ]),
                }
            }
        }
        contour
    }

    /// The four sides of a patch as corners in order round it, and for each side, from its corner to
    /// the next one, whether it lies on the picture's own edge. `None` for a patch that has no four
    /// sides.
    pub(super) fn quad(
        &self,
        patch: &Patch,
        params: &LocateParams,
    ) -> Option<([Point; 4], [bool; 4])> {
        let contour = self.contour(patch);
        let hull = hull(contour.inner.iter().chain(&contour.edge).copied().collect());
        let mut quad = four_sides(hull)?;
        let mut on_edge = [false; 4];
        // The second time the points are shared out between better sides.
        for _ in 0..2 {
            (quad, on_edge) = contour.fit(quad, params);
        }
        Some((quad, on_edge))
    }

    /// Whether a side runs along one of the picture's edges, no farther from it than `reach` cells.
    pub(super) fn is_beside_edge(&self, a: Point, b: Point, reach: f64) -> bool {
        (0..2).any(|axis| {
            let is_near =
                |edge: f64| (a[axis] - edge).abs() <= reach && (b[axis] - edge).abs() <= reach;
            is_near(0.0) || is_near(self.end[axis])
        })
    }

    /// The highest value, 0 to 1, near a corner; `None` for one outside the picture.
    pub(super) fn peak(&self, [x, y]: Point) -> Option<f64> {
        const REACH: usize = 2;
        let reach = REACH as f64;
        let is_there = |at: f64, end: f64| at >= -reach && at <= end + reach;
        if !is_there(x, self.end[0]) || !is_there(y, self.end[1]) {
            return None;
        }
        let cell = |at: f64, n: usize| (at.floor().max(0.0) as usize).min(n.saturating_sub(1));
        let around = |at: usize, n: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(n);
        let (row, column) = (cell(y, self.n_rows), cell(x, self.n_columns));
        around(row, self.n_rows)
            .flat_map(|r| around(column, self.n_columns).map(move |c| (r, c)))
            .map(|(r, c)| sigmoid(self.logit(r, c)))
            .reduce(f64::max)
    }
}

const NEIGHBOURS: [(isize, isize); 4] = [(0, 1), (1, 0), (0, -1), (-1, 0)];

struct Contour {
    inner: Vec<Point>,
    edge: Vec<Point>,
}

impl Contour {
    /// Straight lines through the contour along each side of `quad`, and where they meet. A side on
    /// the picture's edge stays where it is and is told.
    fn fit(&self, quad: [Point; 4], params: &LocateParams) -> ([Point; 4], [bool; 4]) {
        let mut on_edge = [false; 4];
        let lines: [(Point, Point); 4] = std::array::from_fn(|k| {
            let side = (quad[k], minus(quad[(k + 1) % 4], quad[k]));
            let mine = near(&self.inner, side, params);
            on_edge[k] = near(&self.edge, side, params).len() > mine.len();
            if on_edge[k] {
                side
            } else {
                line_through(mine, params.min_line_points).unwrap_or(side)
            }
        });
        let mut corners = quad;
        for k in 0..4 {
            match meet(lines[(k + 3) % 4], lines[k]) {
                Some(at) => corners[k] = at,
                None => return (quad, on_edge),
            }
        }
        if is_convex(&corners) {
            (corners, on_edge)
        } else {
            (quad, on_edge)
        }
    }
}

/// The points that belong to the middle part of a side.
fn near(points: &[Point], (from, along): (Point, Point), params: &LocateParams) -> Vec<Point> {
    let length = along[0].hypot(along[1]).max(1e-6);
    let far = params
        .line_reach_min_cells
        .max(params.line_reach_share * length);
    let ends = params.line_ends_share;
    let is_near = |point: &&Point| {
        let rel = minus(**point, from);
        let t = (rel[0] * along[0] + rel[1] * along[1]) / (length * length);
        t > ends && t < 1.0 - ends && (cross(rel, along) / length).abs() < far
    };
    points.iter().filter(is_near).copied().collect()
}

/// The line with the least squared distances, after points far off the rest are dropped.
fn line_through(mut points: Vec<Point>, min_points: usize) -> Option<(Point, Point)> {
    const ROUNDS: usize = 3;
    const OUTLIER_MEDIANS: f64 = 2.5;
    const NEVER_OUTLIER_CELLS: f64 = 0.15;
    let mut line = None;
    for _ in 0..ROUNDS {
        if points.len() < min_points {
            break;
        }
        let n = points.len() as f64;
        let sum = points
            .iter()
            .fold([0.0, 0.0], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
        let centre = [sum[0] / n, sum[1] / n];
        let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
        for point in &points {
            let [x, y] = minus(*point, centre);
            (xx, yy, xy) = (xx + x * x, yy + y * y, xy + x * y);
        }
        let turn = 0.5 * (2.0 * xy).atan2(xx - yy);
        let along = [turn.cos(), turn.sin()];
        line = Some((centre, along));
        let off = |point: &Point| cross(minus(*point, centre), along).abs();
        let mut sorted: Vec<f64> = points.iter().map(off).collect();
        sorted.sort_by(f64::total_cmp);
        let limit = (OUTLIER_MEDIANS * sorted[sorted.len() / 2]).max(NEVER_OUTLIER_CELLS);
        if sorted.last().is_none_or(|worst| *worst <= limit) {
            break;
        }
        points.retain(|point| off(point) <= limit);
    }
    line
}

/// The convex hull, by Andrew's monotone chain; no three of its points lie on one line.
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    let mut ring: Vec<Point> = Vec::new();
    for pass in 0..2 {
        let floor = ring.len() + 1;
        let ordered: Box<dyn Iterator<Item = &Point>> = if pass == 0 {
            Box::new(points.iter())
        } else {
            Box::new(points.iter().rev())
        };
        for point in ordered {
            while ring.len() > floor {
                let (a, b) = (ring[ring.len() - 2], ring[ring.len() - 1]);
                if cross(minus(b, a), minus(*point, b)) > 1e-9 {
                    break;
                }
                ring.pop();
            }
            ring.push(*point);
        }
        ring.pop();
    }
    ring
}

/// Takes away the side whose going adds the least area, its neighbours running on until they meet,
/// until four are left. Rounded and cut corners come back as sharp ones.
fn four_sides(mut ring: Vec<Point>) -> Option<[Point; 4]> {
    while ring.len() > 4 {
        let n = ring.len();
        let mut best: Option<(f64, usize, Point)> = None;
        for i in 0..n {
            let [a, b, c, d] = [
                ring[(i + n - 1) % n],
                ring[i],
                ring[(i + 1) % n],
                ring[(i + 2) % n],
            ];
            let (before, after) = (minus(b, a), minus(c, d));
            let Some(at) = meet((a, before), (d, after)) else {
                continue;
            };
            // Both must run on past their ends, else they open away from each other.
            if dot(minus(at, b), before) < 0.0 || dot(minus(at, c), after) < 0.0 {
                continue;
            }
            let area = cross(minus(b, at), minus(c, at)).abs() / 2.0;
            if best.is_none_or(|(least, ..)| area < least) {
                best = Some((area, i, at));
            }
        }
        let (_, i, at) = best?;
        ring[i] = at;
        ring.remove((i + 1) % n);
    }
    ring.try_into().ok()
}

fn meet((p, d): (Point, Point), (q, e): (Point, Point)) -> Option<Point> {
    let det = cross(d, e);
    if det.abs() < 1e-3 * d[0].hypot(d[1]) * e[0].hypot(e[1]) {
        return None;
    }
    let t = cross(minus(q, p), e) / det;
    Some([p[0] + t * d[0], p[1] + t * d[1]])
}

fn is_convex(quad: &[Point; 4]) -> bool {
    crate::case::Quad(*quad).is_convex()
}

pub(super) fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1]]
}

pub(super) fn cross(a: Point, b: Point) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// The area of a ring by the shoelace formula, whichever way it runs.
pub(super) fn area(ring: &[Point]) -> f64 {
    let doubled: f64 = (0..ring.len())
        .map(|i| cross(ring[i], ring[(i + 1) % ring.len()]))
        .sum();
    doubled.abs() / 2.0
}

/// The area that two convex rings share.
pub(super) fn intersection_area(a: &[Point; 4], b: &[Point; 4]) -> f64 {
    let mut ring = a.to_vec();
    let turn = cross(minus(b[1], b[0]), minus(b[2], b[1])).signum();
    for k in 0..4 {
        let (from, along) = (b[k], minus(b[(k + 1) % 4], b[k]));
        ring = kept(&ring, |p| cross(along, minus(*p, from)) * turn);
    }
    area(&ring)
}

/// The part of a convex ring where `depth` is at least 0, by Sutherland and Hodgman.
fn kept(ring: &[Point], depth: impl Fn(&Point) -> f64) -> Vec<Point> {
    let mut kept = Vec::with_capacity(ring.len() + 1);
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        let (in_a, in_b) = (depth(&a), depth(&b));
        if in_a >= 0.0 {
            kept.push(a);
        }
        if (in_a >= 0.0) != (in_b >= 0.0) {
            let t = in_a / (in_a - in_b);
            kept.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
        }
    }
    kept
}
