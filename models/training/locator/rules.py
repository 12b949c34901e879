"""The errors of `src/engine/locate/rules.rs`, with its numbers, for measuring how often they fire. A test there holds the
numbers to the program's."""

import cv2
import numpy as np

from read import area

MAX_OUTSIDE_SHARE = 0.08
MIN_CUT_ASPECT = 1.27
MAX_CUT_ASPECT = 1.72
MIN_BORDER_SHARE = 0.04
MIN_NEAR_EDGES = 3
MIN_LAST_BORDER_SHARE = 0.09
MAX_PICTURE_SHARE = 0.9
MIN_PICTURE_SHARE = 0.03
MIN_LONG_SIDE_PX = 300
MIN_OTHER_SHARE = 0.25
MIN_OTHER_CONFIDENCE = 0.7


def inside_share(quad, w, h):
    frame = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
    return cv2.intersectConvexConvex(np.float32(quad), frame)[0] / max(area(quad), 1e-9)


def errors(found, w, h):
    """The error codes for a picture of w by h pixels, `found` the largest first."""
    if not found:
        return ["DOCUMENT_NOT_FOUND"]
    main, codes = found[0], []
    if any(f.confidence >= MIN_OTHER_CONFIDENCE and area(f.quad) >= MIN_OTHER_SHARE * area(main.quad) for f in found[1:]):
        codes.append("TOO_MANY_DOCUMENTS")
    inside = inside_share(main.quad, w, h)
    share = area(main.quad) * inside / (w * h)
    top, right, bottom, left = np.linalg.norm(np.roll(main.quad, -1, 0) - main.quad, axis=1)
    across, down = (top + bottom) / 2, (right + left) / 2
    (x0, y0), (x1, y1) = main.quad.min(0), main.quad.max(0)
    gaps = np.array((x0, y0, w - x1, h - y1)) / min(w, h)
    near = (gaps < MIN_BORDER_SHARE).sum()
    no_room = near >= 3 and gaps.max() < MIN_LAST_BORDER_SHARE
    aspect = max(across, down) / max(min(across, down), 1e-9)
    if share > MAX_PICTURE_SHARE or no_room:
        codes.append("DOCUMENT_TOO_CLOSE_TO_CAMERA")
    elif 1 - inside > MAX_OUTSIDE_SHARE or (main.n_edge > 0 and not MIN_CUT_ASPECT <= aspect <= MAX_CUT_ASPECT):
        codes.append("DOCUMENT_CROPPED")
    elif near >= MIN_NEAR_EDGES:
        codes.append("DOCUMENT_TOO_CLOSE_TO_BORDER")
    elif main.n_cut > 1:
        codes.append("DOCUMENT_CROPPED")
    if share < MIN_PICTURE_SHARE or max(top, right, bottom, left) < MIN_LONG_SIDE_PX:
        codes.append("DOCUMENT_TOO_SMALL")
    return codes
