"""Which windows the substitution check looks at, and how they are cut. The program does the same.

Everything is placed in shares (u right, v down) of the upright document: its quad, turned as `read.py` found it,
and the portrait's box. 35 windows of 64 x 64 pixels make one batch, in this order:

 0 .. 8   inside the portrait, 3 x 3, row by row, at the camera's own pixels;
 9 .. 20  on its border, 3 a side, clockwise from the top left, resampled so that the outside is at the top;
21 .. 34  over the rest of the document, row by row, at the camera's own pixels.
"""

import cv2
import numpy as np

import sources  # noqa: F401, first: it makes ../patches importable
from augment import window
from sources import sides_of

SIDE = 64
"""Side in pixels of a window."""

INSIDE = 3
"""Windows inside the portrait, each way."""

PARTS = 3
"""Windows along each side of the portrait."""

OUTWARD, INWARD = 0.22, 0.28
"""How far a border window reaches out of the portrait and into it, in widths of the portrait's box."""

GRID = (6, 4)
"""Columns and rows of places on the document from which the rest is taken."""

CLEAR = 0.04
"""Places in the box, or nearer to it than this share of the document's width or height, are no rest."""

REST = 14
"""Windows of the rest."""

FINEST = 4
"""Samples each way behind one pixel of a resampled window, at most."""

N_INSIDE, N_BORDER = INSIDE * INSIDE, 4 * PARTS
JUDGED = N_INSIDE + N_BORDER
COUNT = JUDGED + REST

SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)


def projection(quad: np.ndarray) -> np.ndarray:
    """The perspective from shares of the document to pixels of the picture."""
    return cv2.getPerspectiveTransform(SQUARE, quad.astype(np.float32))


def project(points, quad: np.ndarray) -> np.ndarray:
    """Shares to pixels."""
    return cv2.perspectiveTransform(np.array([points], np.float64), projection(quad))[0]


def inside(box) -> list[tuple[float, float]]:
    """Middles of the windows inside the portrait, in shares."""
    x0, y0, x1, y1 = box
    steps = [(i + 0.5) / INSIDE for i in range(INSIDE)]
    return [(x0 + (x1 - x0) * u, y0 + (y1 - y0) * v) for v in steps for u in steps]


def rest(box) -> list[tuple[float, float]]:
    """Middles of the windows over the rest of the document, in shares: REST of the places off the box,
    evenly through their list; a place comes twice where there are fewer."""
    x0, y0, x1, y1 = box
    places = [((i + 0.5) / GRID[0], (j + 0.5) / GRID[1]) for j in range(GRID[1]) for i in range(GRID[0])]
    off = [
        (u, v)
        for u, v in places
        if u < x0 - CLEAR or u > x1 + CLEAR or v < y0 - CLEAR or v > y1 + CLEAR
    ] or places
    return [off[int((i + 0.5) * len(off) / REST)] for i in range(REST)]


def border(box, quad: np.ndarray) -> list[list[tuple[float, float]]]:
    """Corners in shares of the border windows, each from its own top left, clockwise."""
    x0, y0, x1, y1 = box
    width, height = sides_of(quad)
    reach = (x1 - x0) * width  # in pixels, about
    out_u, in_u = OUTWARD * reach / width, INWARD * reach / width
    out_v, in_v = OUTWARD * reach / height, INWARD * reach / height
    found = []
    for side in range(4):
        for part in range(PARTS):
            a, b = part / PARTS, (part + 1) / PARTS
            if side == 0:
                left, right = x0 + (x1 - x0) * a, x0 + (x1 - x0) * b
                corners = [(left, y0 - out_v), (right, y0 - out_v), (right, y0 + in_v), (left, y0 + in_v)]
            elif side == 1:
                top, low = y0 + (y1 - y0) * a, y0 + (y1 - y0) * b
                corners = [(x1 + out_u, top), (x1 + out_u, low), (x1 - in_u, low), (x1 - in_u, top)]
            elif side == 2:
                right, left = x1 - (x1 - x0) * a, x1 - (x1 - x0) * b
                corners = [(right, y1 + out_v), (left, y1 + out_v), (left, y1 - in_v), (right, y1 - in_v)]
            else:
                low, top = y1 - (y1 - y0) * a, y1 - (y1 - y0) * b
                corners = [(x0 - out_u, low), (x0 - out_u, top), (x0 + in_u, top), (x0 + in_u, low)]
            found.append(corners)
    return found


def resampled(picture: np.ndarray, corners, quad: np.ndarray) -> np.ndarray:
    """One border window: each pixel the mean of n x n samples between pixels, the picture's last pixels
    repeated outside it. n is the longest side in pixels over SIDE, rounded up, 1 to FINEST."""
    at = project(corners, quad)
    longest = max(float(np.linalg.norm(at[i] - at[(i + 1) % 4])) for i in range(4))
    n = int(np.clip(np.ceil(longest / SIDE), 1, FINEST))
    size = SIDE * n
    # Within the window shares run evenly; the document's perspective comes after.
    (u0, v0), (u1, v1), _, (u3, v3) = corners
    flat = np.array(
        [[(u1 - u0) / size, (u3 - u0) / size, u0], [(v1 - v0) / size, (v3 - v0) / size, v0], [0, 0, 1]]
    )
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    back = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])
    whole = back @ projection(quad) @ flat @ half
    fine = cv2.warpPerspective(
        picture, whole, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return fine if n == 1 else cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def cut(picture: np.ndarray, quad: np.ndarray, box) -> np.ndarray:
    """COUNT x 64 x 64 x 3 levels, RGB bytes."""
    found = [window(picture, tuple(p), SIDE) for p in project(inside(box), quad)]
    found += [resampled(picture, corners, quad) for corners in border(box, quad)]
    found += [window(picture, tuple(p), SIDE) for p in project(rest(box), quad)]
    return np.stack(found)
