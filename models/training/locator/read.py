"""From the network's answer to quads: the same steps as `src/engine/locate/`, for measuring.

Coordinates are cells of 2 input pixels, x right, y down, edges counted from 0.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from make import INPUT_PX, pad

MIN_CONFIDENCE = 0.5
SURE = 0.8              # of less than one document as sure as this, the mean with an answer upside down counts
CLOSER_BELOW, CLOSER_MARGIN, CLOSER_OVERLAP = 0.75, 0.2, 0.7
MIN_CELLS = 40          # smaller patches of mask are dust
LINE_ENDS = 0.1         # of a side, at each end, is left out of the line's fit: corners are round
LINE_NEAR = 0.08        # of the side's length: farther contour points belong to something else
LINE_MIN_POINTS = 5
EDGE_REACH = 1.5        # cells: a side that lies as near to the picture's edge lies on it
CORNER_REACH = 2        # cells round a corner in which its peak is looked for
CORNER_SEEN = 0.5       # from this peak on a corner counts as seen


@dataclass
class Found:
    """One document: quad clockwise from the corner with the smallest x + y, first in cells."""

    quad: np.ndarray
    confidence: float
    n_edge: int  # how many sides lie on the picture's edge
    n_cut: int  # of these, how many show that the document goes on beyond: a corner is missing


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def contour(logits, member, w, h):
    """Zero crossings around a component, and points where it meets the picture's edge."""
    inner, edge = [], []
    for i, j in zip(*np.nonzero(member)):
        for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            y, x = i + di, j + dj
            if 0 <= x < member.shape[1] and 0 <= y < member.shape[0]:
                if not member[y, x]:
                    t = logits[i, j] / max(logits[i, j] - logits[y, x], 1e-6)
                    inner.append((j + 0.5 + dj * t, i + 0.5 + di * t))
            else:
                edge.append((min(max(j + 0.5 + dj * 0.5, 0), w), min(max(i + 0.5 + di * 0.5, 0), h)))
    return np.array(inner).reshape(-1, 2), np.array(edge).reshape(-1, 2)


def meet(p, d, q, e):
    """Where the lines p + t d and q + s e meet; None if they are nearly parallel."""
    det = d[0] * e[1] - d[1] * e[0]
    if abs(det) < 1e-3 * np.hypot(*d) * np.hypot(*e):
        return None
    t = ((q[0] - p[0]) * e[1] - (q[1] - p[1]) * e[0]) / det
    return np.array([p[0] + t * d[0], p[1] + t * d[1]])


def four_sides(hull):
    """Drops the side whose removal adds the least area until four are left."""
    points = [np.array(p, float) for p in hull]
    while len(points) > 4:
        best = None
        n = len(points)
        for i in range(n):
            a, b, c, d = points[i - 1], points[i], points[(i + 1) % n], points[(i + 2) % n]
            at = meet(a, b - a, d, c - d)
            # Both extended sides must run on past their ends, else they open away from each other.
            if at is None or np.dot(at - b, b - a) < 0 or np.dot(at - c, c - d) < 0:
                continue
            area = abs((b[0] - at[0]) * (c[1] - at[1]) - (b[1] - at[1]) * (c[0] - at[0])) / 2
            if best is None or area < best[0]:
                best = (area, i, at)
        if best is None:
            return None
        _, i, at = best
        points[i] = at
        del points[(i + 1) % n]
    return np.array(points) if len(points) == 4 else None


def fit_sides(quad, inner, edge):
    """Lines through the contour points of each side; sides on the picture's edge stay, and are told."""
    lines, on_edge = [], []
    for k in range(4):
        a, b = quad[k], quad[(k + 1) % 4]
        d = b - a
        length = np.hypot(*d)
        d = d / max(length, 1e-6)
        line = (a, d)

        def near(points):
            if not len(points):
                return points
            rel = points - a
            along, off = rel @ d / max(length, 1e-6), np.abs(rel[:, 0] * d[1] - rel[:, 1] * d[0])
            return points[(along > LINE_ENDS) & (along < 1 - LINE_ENDS) & (off < max(1.5, LINE_NEAR * length))]

        mine, at_edge = near(inner), near(edge)
        on_edge.append(len(at_edge) > len(mine))
        if not on_edge[k] and len(mine) >= LINE_MIN_POINTS:
            for _ in range(3):
                centre = mine.mean(0)
                rel = mine - centre
                turn = 0.5 * np.arctan2(2 * (rel[:, 0] * rel[:, 1]).sum(), (rel[:, 0] ** 2).sum() - (rel[:, 1] ** 2).sum())
                line = (centre, np.array([np.cos(turn), np.sin(turn)]))
                off = np.abs(rel[:, 0] * line[1][1] - rel[:, 1] * line[1][0])
                keep = off <= max(2.5 * np.sort(off)[len(off) // 2], 0.15)
                if keep.all() or keep.sum() < LINE_MIN_POINTS:
                    break
                mine = mine[keep]
        lines.append(line)
    corners = [meet(*lines[k - 1], *lines[k]) for k in range(4)]
    if any(c is None for c in corners):
        return quad, on_edge
    corners = np.array(corners)
    return (corners if cv2.isContourConvex(corners.astype(np.float32)) else quad), on_edge


def beside_edge(a, b, w, h):
    """Whether a side runs along one of the picture's edges."""
    return bool((np.abs([a, b]).max(0) <= EDGE_REACH).any() or (np.abs([a - (w, h), b - (w, h)]).max(0) <= EDGE_REACH).any())


def peak(corner, x, y, w, h):
    """How sure the corner layer is of a corner there; None for one outside the picture."""
    r = CORNER_REACH
    if not (-r <= x <= w + r and -r <= y <= h + r):
        return None
    i, j = min(max(int(np.floor(y)), 0), corner.shape[0] - 1), min(max(int(np.floor(x)), 0), corner.shape[1] - 1)
    return corner[max(i - r, 0): i + r + 1, max(j - r, 0): j + r + 1].max()


def ordered(quad):
    """Clockwise on screen, from the corner with the smallest x + y."""
    x, y = quad[:, 0], quad[:, 1]
    if (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() < 0:
        quad = quad[::-1]
    return np.roll(quad, -int(np.argmin(quad.sum(1))), 0)


def read(heat, w_px, h_px):
    """All documents in one answer, in cells; w_px and h_px are the input's filled part."""
    w, h = w_px / 2, h_px / 2
    logits = heat[1, : int(np.ceil(h)), : int(np.ceil(w))].astype(np.float64)
    corner = sigmoid(heat[0, : logits.shape[0], : logits.shape[1]].astype(np.float64))
    n, label, stats, _ = cv2.connectedComponentsWithStats((logits > 0).astype(np.uint8), connectivity=4)
    found = []
    for k in range(1, n):
        if stats[k, cv2.CC_STAT_AREA] < MIN_CELLS:
            continue
        member = label == k
        inner, edge = contour(logits, member, w, h)
        points = np.concatenate([inner, edge])
        hull = cv2.convexHull(points.astype(np.float32)).reshape(-1, 2)
        quad = four_sides(hull)
        if quad is None:
            continue
        for _ in range(2):
            quad, on_edge = fit_sides(quad, inner, edge)
        y, x = np.mgrid[0:member.shape[0], 0:member.shape[1]] + 0.5
        inside = np.ones(member.shape, bool)
        turn = np.sign((quad[:, 0] * np.roll(quad[:, 1], -1) - np.roll(quad[:, 0], -1) * quad[:, 1]).sum())
        for a, b in zip(quad, np.roll(quad, -1, 0)):
            inside &= ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) * turn >= 0
        share = (inside & member).sum() / max((inside | member).sum(), 1)
        peaks = [peak(corner, cx, cy, w, h) for cx, cy in quad]
        seen = [one is not None and one >= CORNER_SEEN for one in peaks]
        on_edge = [on_edge[k] or beside_edge(quad[k], quad[(k + 1) % 4], w, h) for k in range(4)]
        # A side on the edge whose corners are both seen only touches it.
        cut = [on_edge[k] and not (seen[k] and seen[(k + 1) % 4]) for k in range(4)]
        own = [one for k, one in enumerate(peaks) if one is not None and not (cut[k] or cut[k - 1])]
        sure = sigmoid(logits[member]).mean() * share * (0.5 + 0.5 * (np.mean(own) if own else 1.0))
        if sure >= MIN_CONFIDENCE:
            found.append(Found(quad, float(sure), sum(on_edge), sum(cut)))
    return found


def area(quad):
    return abs(cv2.contourArea(np.float32(quad)))


def overlap(a, b):
    """Intersection over union of two convex quads."""
    both, _ = cv2.intersectConvexConvex(np.float32(a), np.float32(b))
    return both / max(area(a) + area(b) - both, 1e-9)


def half_turned(planes, n_columns, n_rows):
    """The first columns and rows of all planes turned by half a turn; the others as they are."""
    out = planes.copy()
    out[:, :n_rows, :n_columns] = planes[:, :n_rows, :n_columns][:, ::-1, ::-1]
    return out


def look(picture, run, window):
    """The documents in a part (x, y, w, h) of a BGR picture, in its pixels, the largest first."""
    x, y, w, h = window
    scale = INPUT_PX / max(w, h)
    size = max(1, round(w * scale)), max(1, round(h * scale))
    part = np.ascontiguousarray(picture[y:y + h, x:x + w])
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA if w >= size[0] else cv2.INTER_LINEAR)
    seen = pad(small)
    heat = run(seen)
    found = read(heat, *size)
    if len(found) != 1 or found[0].confidence < SURE:
        w_cells, h_cells = (size[0] + 1) // 2, (size[1] + 1) // 2
        upside_down = half_turned(run(half_turned(seen, 2 * w_cells, 2 * h_cells)), w_cells, h_cells)
        found = read((heat + upside_down) / 2, *size)
    for one in found:
        one.quad = ordered(one.quad * (2 * w / size[0], 2 * h / size[1]) + (x, y))
    return sorted(found, key=lambda one: -area(one.quad))


def locate(picture, run, closer=True):
    """The documents in a BGR picture; `run` turns the input into the heat map."""
    h, w = picture.shape[:2]
    found = look(picture, run, (0, 0, w, h))
    if closer and len(found) == 1 and found[0].n_edge == 0:
        low, high = found[0].quad.min(0), found[0].quad.max(0)
        margin = CLOSER_MARGIN * (high - low).max()
        low = np.maximum(np.floor(low - margin), 0).astype(int)
        high = np.minimum(np.ceil(high + margin), (w, h)).astype(int)
        long = (high - low).max()
        if INPUT_PX / 2 <= long < CLOSER_BELOW * max(w, h):
            again = look(picture, run, (*low, *(high - low)))
            if again and again[0].n_edge == 0 and overlap(again[0].quad, found[0].quad) >= CLOSER_OVERLAP:
                found[0].quad = again[0].quad
    return found
