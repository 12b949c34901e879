"""What the network sees of a picture: the document and as much again around it, stretched to a square.

`src/engine/surroundings.rs` does the same, and a test holds the two to each other.
"""

import cv2
import numpy as np

INPUT_PX = 256

AROUND = 0.5
"""On every side of the box around the document, in parts of that box, as far as the picture goes."""


def window(quad, width, height):
    """The part that is seen, `x0, y0, x1, y1` in whole pixels; the whole picture where there is no quad."""
    if quad is None:
        return 0, 0, width, height
    low, high = np.min(quad, 0), np.max(quad, 0)
    more = AROUND * (high - low)
    x0, y0 = np.maximum(np.floor(low - more), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high + more), (width, height)).astype(int)
    return int(x0), int(y0), int(x1), int(y1)


def view(picture, quad=None, side=INPUT_PX):
    """The part of a picture that is seen, side x side."""
    x0, y0, x1, y1 = window(quad, picture.shape[1], picture.shape[0])
    return cv2.resize(picture[y0:y1, x0:x1], (side, side), interpolation=cv2.INTER_AREA)
