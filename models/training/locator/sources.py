"""Reads the raw pictures, small, and says which are held out of the training."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

# Whole kinds of documents, one photographer of scenes and every fifth stock background are never
# trained on. A template belongs to the kind whose number it carries.
HELD_OUT_KINDS = {"type_10", "type_22", "type_33", "est_id", "rus_internalpassport", "srb_passport"}
HELD_OUT_SCENES = {"shrimantasatpati"}
HELD_OUT_TEMPLATES = ("_10", "_22", "_33")
LONG_PX = 640


@dataclass
class Photo:
    """A picture shrunk to at most LONG_PX, BGR, and its document's quad in it, if there is one."""

    picture: np.ndarray
    quad: np.ndarray | None
    path: str
    label: str
    kind: str
    held_out: bool


def shrink(picture, long_px):
    scale = long_px / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def rows(data):
    with open(Path(data) / "index.csv", newline="") as file:
        return list(csv.DictReader(file))


def quad_of(row):
    numbers = row["quad_px_xyxyxyxy"].split()
    return np.array(numbers, np.float32).reshape(4, 2) if numbers else None


def is_held_out(row, number):
    kind = row["group"].split("/")[0]
    if row["kind"] == "id_document":
        return kind in HELD_OUT_KINDS
    if row["kind"] == "flat_template":
        return Path(row["path"]).stem.endswith(HELD_OUT_TEMPLATES)
    if row["label"] == "background":
        return number % 5 == 0
    return kind in HELD_OUT_SCENES


def load(data, held_out=None, long_px=LONG_PX):
    """All pictures but the portraits; `held_out` picks one part of them."""
    photos = []
    for number, row in enumerate(rows(data)):
        if row["path"].startswith("portraits/") or (held_out is not None and is_held_out(row, number) != held_out):
            continue
        long = max(int(row["width_px"]), int(row["height_px"])) / long_px
        how = cv2.IMREAD_REDUCED_COLOR_4 if long >= 4 else cv2.IMREAD_REDUCED_COLOR_2 if long >= 2 else cv2.IMREAD_COLOR
        picture = shrink(cv2.imread(str(Path(data) / row["path"]), how), long_px)
        quad, scale = quad_of(row), picture.shape[1] / int(row["width_px"])
        photos.append(Photo(picture, None if quad is None else quad * scale, row["path"], row["label"],
                            row["kind"], is_held_out(row, number)))
    return photos


def portraits(data):
    return [cv2.resize(cv2.imread(str(path)), (110, 135), interpolation=cv2.INTER_AREA)
            for path in sorted((Path(data) / "portraits").glob("*.jpg"))]


def drawn(folders, long_px=1000):
    """Documents drawn by the program (`secondlook synth documents`): picture, quad, and whether it is a passport's page."""
    found = []
    for folder in folders:
        for path in sorted(Path(folder).glob("*.json")):
            truth = json.loads(path.read_text())
            if truth["quad"]:
                full = cv2.imread(str(path.with_suffix(".jpg")))
                picture = shrink(full, long_px)
                quad = np.float32(truth["quad"]) * (picture.shape[1] / full.shape[1])
                found.append((picture, quad, truth["plan"]["format"] != "id1"))
    return found
