"""Pictures on disk into one file of raw pixels, so that cutting a patch never decodes a picture.

`python data.py --index DATA/index.csv --cache CACHE` reads the raw material once. Documents are cut
to their quad and a margin, everything else is kept whole; both stay at the camera's own pixels. The
cache is `pixels.bin`, mapped into memory, and `pictures.json`, which says what lies where.
"""

import argparse
import csv
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

MARGIN = 160
"""Pixels kept around a document, so that a patch may hang over its border."""


@dataclass(frozen=True)
class Entry:
    """One picture in the cache. `quad` is in pixels of the cached cut, clockwise from the top left."""

    path: str
    label: str  # genuine, screen or print
    kind: str  # scene, id_document, background, portrait
    source: str
    group: str  # what must not be split: a document's kind, or the source
    clip: str  # frames of one clip are no independent evidence
    offset: int
    height: int
    width: int
    quad: tuple[tuple[float, float], ...] | None


class Pictures:
    """The cache, opened."""

    def __init__(self, cache: Path) -> None:
        raw = json.loads((cache / "pictures.json").read_text())
        self.entries = [
            Entry(**{**row, "quad": tuple(map(tuple, row["quad"])) if row["quad"] else None})
            for row in raw
        ]
        self.pixels = np.memmap(cache / "pixels.bin", dtype=np.uint8, mode="r")

    def read(self, entry: Entry) -> np.ndarray:
        """The cut as height x width x 3, RGB, without a copy."""
        size = entry.height * entry.width * 3
        flat = self.pixels[entry.offset : entry.offset + size]
        return flat.reshape(entry.height, entry.width, 3)


def group_of(row: dict[str, str]) -> tuple[str, str]:
    """A row's group and clip. `alb_id/00.cg0001` is kind `alb_id`, specimen and clip `00.cg0001`."""
    if row["kind"] == "id_document":
        return row["group"].split("/")[0], row["group"]
    return row["source"], row["path"]


def kind_of(row: dict[str, str]) -> str:
    """Backgrounds are listed as scenes; they are told apart, since nobody photographed them for this."""
    return "background" if row["label"] == "background" else row["kind"]


def build(index: Path, cache: Path) -> None:
    """Decodes every picture of the index into the cache."""
    cache.mkdir(parents=True, exist_ok=True)
    entries = []
    offset = 0
    with index.open(newline="") as lines, (cache / "pixels.bin").open("wb") as out:
        for row in csv.DictReader(lines):
            picture = cv2.imread(str(index.parent / row["path"]), cv2.IMREAD_COLOR_RGB)
            if picture is None:
                raise SystemExit(f"unreadable picture: {row['path']}")
            quad = None
            if row["quad_px_xyxyxyxy"].strip():
                corners = np.array(row["quad_px_xyxyxyxy"].split(), float).reshape(4, 2)
                low = np.maximum(corners.min(0) - MARGIN, 0).astype(int)
                high = np.minimum(corners.max(0) + MARGIN, picture.shape[1::-1]).astype(int)
                picture = picture[low[1] : high[1], low[0] : high[0]]
                quad = (corners - low).round(1).tolist()
            group, clip = group_of(row)
            label = row["label"] if row["label"] in ("genuine", "screen", "print") else "genuine"
            out.write(np.ascontiguousarray(picture).tobytes())
            entries.append(
                {
                    "path": row["path"],
                    "label": label,
                    "kind": kind_of(row),
                    "source": row["source"],
                    "group": group,
                    "clip": clip,
                    "offset": offset,
                    "height": picture.shape[0],
                    "width": picture.shape[1],
                    "quad": quad,
                }
            )
            offset += picture.size
    (cache / "pictures.json").write_text(json.dumps(entries))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--index", type=Path, required=True, help="the raw material's index.csv")
    words.add_argument("--cache", type=Path, required=True, help="folder to write")
    given = words.parse_args()
    build(given.index, given.cache)


if __name__ == "__main__":
    main()
