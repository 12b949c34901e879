"""Which windows of a picture the program looks at, and the raster of cells inside them.

The centres are those of the patch network (`src/engine/patches.rs`): 24 on a grid of 6 x 4 over the
document. A window's start is then moved down to a multiple of 8 px, so that the blocks of the last
JPEG lie in every window as they lie in the picture.
"""

import numpy as np

SIDE = 192
"""Side in pixels of a window."""

SNAP = 8
"""A window starts at a multiple of this, in pixels of the whole picture."""

CELL = 16
"""Side in pixels of a cell, the smallest piece that gets an answer."""

ACROSS, DOWN = 6, 4
"""Windows along a document's longer and shorter sides."""

CELLS = SIDE // CELL
"""Cells along a side of a window."""


def centres(quad: np.ndarray) -> np.ndarray:
    """The 24 centres (x, y) in a quad given clockwise, in pixels."""
    a, b, c, d = np.asarray(quad, float)
    along = np.linalg.norm(b - a) + np.linalg.norm(c - d)
    across = np.linalg.norm(d - a) + np.linalg.norm(c - b)
    columns, rows = (ACROSS, DOWN) if along >= across else (DOWN, ACROSS)
    found = []
    for row in range(rows):
        v = (row + 0.5) / rows
        for column in range(columns):
            u = (column + 0.5) / columns
            found.append((a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v)
    return np.array(found)


def starts(quad: np.ndarray, width: int, height: int) -> np.ndarray:
    """24 x 2 left and top edges: rounded with halves to even, kept in the picture, then snapped."""
    last = np.maximum(np.array([width, height]) - SIDE, 0)
    at = np.rint(centres(quad) - SIDE / 2).clip(0, last).astype(int)
    return at // SNAP * SNAP


def mirrored(picture: np.ndarray) -> np.ndarray:
    """A picture smaller than a window, mirrored at its right and lower edge until it is one."""
    rows, columns = (np.arange(max(n, SIDE)) % (2 * n) for n in picture.shape[:2])
    rows = np.where(rows < picture.shape[0], rows, 2 * picture.shape[0] - 1 - rows)
    columns = np.where(columns < picture.shape[1], columns, 2 * picture.shape[1] - 1 - columns)
    return picture[rows][:, columns]


def cut(picture: np.ndarray, quad: np.ndarray) -> np.ndarray:
    """24 x 192 x 192 (x 3) pieces of a picture, or of a mask of the same size."""
    at = starts(quad, picture.shape[1], picture.shape[0])
    whole = mirrored(picture) if min(picture.shape[:2]) < SIDE else picture
    return np.stack([whole[y : y + SIDE, x : x + SIDE] for x, y in at])


def cells(mask: np.ndarray) -> np.ndarray:
    """24 x 192 x 192 of 0 and 1 to the covered share of each cell, 24 x 12 x 12."""
    shape = (len(mask), CELLS, CELL, CELLS, CELL)
    return mask.reshape(shape).mean(axis=(2, 4), dtype=np.float32)
