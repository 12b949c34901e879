"""From the finder's answer to the portrait: which turn is upright, where the portrait lies, how sure.

The program does the same (`src/engine/`), in this order. Turn k of a document is its square turned
by k quarters clockwise *as seen on screen* (`numpy.rot90(square, -k)`), so that its top left is the
quad's corner (4 - k) % 4. A heat map has 40 x 40 cells over that turned square.
"""

from dataclasses import dataclass

import numpy as np

SIDE = 160
"""Side in pixels of the input."""

CELLS = 40
"""Cells along each side of the output."""

EDGE_SHARE = 0.5
"""A row (column) belongs to the box if it has this share of the fullest row's (column's) cells."""

FULL_CELLS = 60.0
"""A portrait of fewer cells counts for less: 60 of 1600 are the smallest printed on any card known."""

FOUND_FROM = 0.35
"""A score from which on a portrait counts as found."""


@dataclass(frozen=True)
class Portrait:
    """`turn` in quarters clockwise; `box` (left, top, right, bottom) in shares of the turned square."""

    turn: int
    box: tuple[float, float, float, float]
    score: float  # 0 to 1


def turns(square: np.ndarray) -> np.ndarray:
    """160 x 160 x 3 levels 0..255 to the batch 4 x 3 x 160 x 160 of 0..1."""
    batch = np.stack([np.rot90(square, -k) for k in range(4)])
    return np.ascontiguousarray(batch.transpose(0, 3, 1, 2), np.float32) / 255.0


def turned_quad(quad: np.ndarray, turn: int) -> np.ndarray:
    """The quad with the corner first that is at the top left after `turn`."""
    return np.roll(quad, turn, axis=0)


def region(heat: np.ndarray) -> np.ndarray:
    """Cells above 0 that hang together, by their sides, with the highest one; none if that is not above 0."""
    member = np.zeros(heat.shape, bool)
    at = divmod(int(np.argmax(heat)), heat.shape[1])
    open_cells = [at] if heat[at] > 0.0 else []
    while open_cells:
        y, x = open_cells.pop()
        if 0 <= y < heat.shape[0] and 0 <= x < heat.shape[1] and heat[y, x] > 0.0 and not member[y, x]:
            member[y, x] = True
            open_cells += [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
    return member


def span(counts: np.ndarray) -> tuple[int, int]:
    """First and one past the last line with at least EDGE_SHARE of the fullest line's cells."""
    full = np.flatnonzero(counts >= EDGE_SHARE * counts.max())
    return int(full[0]), int(full[-1]) + 1


def read(heat: np.ndarray) -> Portrait | None:
    """4 x 40 x 40 logits to the likeliest portrait, or None where no cell of any turn is above 0.

    Each turn's evidence is the sum of the probabilities in its region; the turn with the most wins.
    The score is the mean probability in the winner's region, times the share of all turns' evidence
    that is the winner's, times the region's size over FULL_CELLS where that is below 1.
    """
    probability = 1.0 / (1.0 + np.exp(-heat.astype(np.float64)))
    members = [region(one) for one in heat]
    evidence = np.array([p[m].sum() for p, m in zip(probability, members)])
    turn = int(np.argmax(evidence))
    if evidence[turn] <= 0.0:
        return None
    member = members[turn]
    top, bottom = span(member.sum(axis=1))
    left, right = span(member.sum(axis=0))
    count = int(member.sum())
    score = evidence[turn] / count * evidence[turn] / evidence.sum() * min(1.0, count / FULL_CELLS)
    return Portrait(turn, (left / CELLS, top / CELLS, right / CELLS, bottom / CELLS), float(score))
