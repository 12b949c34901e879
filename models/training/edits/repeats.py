"""What a search for repeated regions would find: tried, and no part of what ships (the card says why).

    python repeats.py --index DATA/index.csv

In each document, pieces of 24 x 24 pixels around points that stand out are compared with all others that lie at least 30 pixels away;
said is how alike (correlation of the pixels less their surroundings) the most alike two are. Untouched and edited
pictures go through the same last save. The edits are the kindest there are: one copy, never through a JPEG of its own.
"""

import argparse
import csv
import sys
import tomllib
from pathlib import Path

import cv2
import numpy as np

from attacks import Editor
from data import around, read
from saves import Save, saved

sys.path.append(str(Path(__file__).resolve().parent.parent / "patches"))

from figures import auc  # noqa: E402

HALF = 12
APART_PX = 30
MOST_POINTS = 5000
BLOCK = 1000
"""Points compared with all others at once."""


def points(detail: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns where detail is highest among its neighbours, in the livelier part of the document."""
    lively = cv2.GaussianBlur(detail * detail, (0, 0), 4)
    strength = np.abs(cv2.GaussianBlur(detail, (0, 0), 1))
    highest = (strength >= cv2.dilate(strength, np.ones((5, 5), np.uint8))) & (lively > np.percentile(lively, 40))
    highest[:HALF] = highest[-HALF:] = highest[:, :HALF] = highest[:, -HALF:] = False
    rows, columns = np.nonzero(highest)
    order = np.argsort(-strength[rows, columns])[:MOST_POINTS]
    return rows[order], columns[order]


def most_alike(picture: np.ndarray, quad: np.ndarray) -> float:
    """The highest correlation of two pieces of a document, -1 to 1."""
    low, high = np.maximum(quad.min(axis=0), 0).astype(int), np.ceil(quad.max(axis=0)).astype(int)
    grey = cv2.cvtColor(picture[low[1] : high[1], low[0] : high[0]], cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 3)
    rows, columns = points(detail)
    pieces = np.stack([detail[y - HALF : y + HALF, x - HALF : x + HALF].ravel() for y, x in zip(rows, columns)])
    pieces -= pieces.mean(axis=1, keepdims=True)
    pieces /= np.maximum(np.linalg.norm(pieces, axis=1, keepdims=True), 1e-3)
    best = -1.0
    for begin in range(0, len(pieces), BLOCK):
        part = slice(begin, begin + BLOCK)
        alike = pieces[part] @ pieces.T
        gap = np.maximum(abs(rows[part, None] - rows), abs(columns[part, None] - columns))
        best = max(best, float(alike[gap >= APART_PX].max(initial=-1.0)))
    return best


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--index", type=Path, required=True, help="the raw material's index.csv")
    words.add_argument("--every", type=int, default=3, help="of the documents take every so many")
    given = words.parse_args()
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    kindest = {**config["edit"], "two": 0.0, "local_jpeg": 0.0}
    documents = [row for row in csv.DictReader(given.index.open(newline="")) if row["kind"] == "id_document"]
    found: dict[tuple, list[float]] = {}
    for number, row in enumerate(documents[:: given.every]):
        quad = np.array([float(v) for v in row["quad_px_xyxyxyxy"].split()]).reshape(4, 2)
        picture, quad = around(read(given.index.parent / row["path"]), quad, config["data"])
        sort = ("copied", "letters")[number % 2]
        edited, _ = Editor(kindest, np.random.default_rng([config["seed"], number]), None).edit(picture, quad, sort)
        for quality in (95, 80):
            for name, one in (("untouched", picture), (sort, edited)):
                seen = saved(one, Save(1.0, cv2.INTER_AREA, (quality,), False))
                found.setdefault((row["label"], quality, name), []).append(most_alike(seen, quad))
    print("| documents | JPEG | edit | edited / untouched | AUC | most alike, untouched: median, highest |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (label, quality, name), edited in found.items():
        if name != "untouched":
            untouched = np.array(found[label, quality, "untouched"])
            area = auc(-untouched, -np.array(edited))
            print(f"| {label} | {quality} | {name} | {len(edited)} / {len(untouched)} | {area:.2f} | "
                  f"{np.median(untouched):.3f}, {untouched.max():.3f} |")


if __name__ == "__main__":
    main()
