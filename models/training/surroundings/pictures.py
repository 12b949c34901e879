"""The raw pictures, small, with the fold each belongs to."""

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "locator"), str(HERE.parent / "patches")]

from sources import drawn, quad_of, rows, shrink  # noqa: E402
from splits import fold_of  # noqa: E402

LONG_PX = 640
BANK_PX = 288
"""Side of a kept view: somewhat more than the network sees, so that it can be cut anew each time."""
LIT_PX = 36
"""Side of the map that says where in a view a display is lit."""


@dataclass
class Photo:
    """A picture shrunk to at most LONG_PX, BGR, and its document's quad in it, if there is one."""

    picture: np.ndarray
    quad: np.ndarray | None
    label: str  # genuine, screen, print, template, background
    kind: str
    group: str
    number: int  # its row in the index
    fold: int | None  # None: belongs to no source or kind that is ever left out


def opened(data):
    """All pictures but the portraits, and the number of folds. Flat references do not say which kind they show, so they
    are nobody's: no training that leaves kinds out may see them."""
    folds = tomllib.loads((HERE.parent / "patches" / "config.toml").read_text())["folds"]
    found = []
    for number, row in enumerate(rows(data)):
        if row["path"].startswith("portraits/") or row["kind"] == "flat_template":
            continue
        long = max(int(row["width_px"]), int(row["height_px"])) / LONG_PX
        how = cv2.IMREAD_REDUCED_COLOR_4 if long >= 4 else cv2.IMREAD_REDUCED_COLOR_2 if long >= 2 else cv2.IMREAD_COLOR
        picture = shrink(cv2.imread(str(Path(data) / row["path"]), how), LONG_PX)
        quad, scale = quad_of(row), picture.shape[1] / int(row["width_px"])
        document = row["kind"] == "id_document"
        group = row["group"].split("/")[0] if document else row["source"]
        kind = "background" if row["label"] == "background" else row["kind"]
        fold = fold_of(kind, group, folds)
        found.append(Photo(picture, None if quad is None else quad * scale, row["label"], kind, group, number, fold))
    return found, len(folds["screens"])


def papers_of(folders):
    """Documents drawn by the program, as the locator's training takes them."""
    return drawn(folders, LONG_PX)
