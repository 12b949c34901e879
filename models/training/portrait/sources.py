"""The documents the finder and the substitution check learn from: pictures, quads and portraits' boxes.

Real documents come from the cache that `../patches/data.py` writes, drawn ones from folders that
`secondlook synth documents` wrote. Points are in pixels (x right, y down, edges counted from 0); boxes are
(left, top, right, bottom) in shares of the straightened, upright document.
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
sys.path += [str(HERE.parent / "patches"), str(HERE.parent)]

from data import Pictures  # noqa: E402

CONFIG = tomllib.loads((HERE / "config.toml").read_text())
BOXES = {kind: tuple(box) for kind, box in tomllib.loads((HERE / "boxes.toml").read_text()).items()}


@dataclass(frozen=True)
class Document:
    """One picture of a document. `box` is None where it shows no portrait."""

    name: str
    label: str  # genuine, print or drawn
    group: str  # a real document's kind; for drawn ones the seed's number
    clip: str
    picture: np.ndarray  # height x width x 3, RGB
    quad: np.ndarray  # 4 x 2, the document's own top left first, clockwise
    box: tuple[float, float, float, float] | None


def real_documents(cache: Path) -> list[Document]:
    """The genuine cards and prints of the cache; their pixels stay on disk until they are read."""
    pictures = Pictures(cache)
    return [
        Document(e.path, e.label, e.group, e.clip, pictures.read(e), np.array(e.quad, float), BOXES[e.group])
        for e in pictures.entries
        if e.kind == "id_document"
    ]


def of_kind(cache: Path, kind: str) -> list[np.ndarray]:
    """Pictures of another kind: `portrait` or `background`."""
    pictures = Pictures(cache)
    return [pictures.read(e) for e in pictures.entries if e.kind == kind]


def share_box(quad: np.ndarray, corners: np.ndarray) -> tuple[float, float, float, float]:
    """The box around `corners` (pixels of the picture) in shares of the document."""
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    to_document = cv2.getPerspectiveTransform(quad.astype(np.float32), square)
    inside = cv2.perspectiveTransform(corners[None].astype(np.float32), to_document)[0]
    return (*map(float, inside.min(0)), *map(float, inside.max(0)))


def drawn_document(path: Path) -> Document | None:
    """One picture that `secondlook synth documents` wrote, by its truth's file; none where it shows no document."""
    truth = json.loads(path.read_text())
    image = path.with_suffix(".jpg")
    if truth.get("quad") is None or not image.exists():
        return None
    quad = np.array(truth["quad"], float)
    box = None if truth.get("portrait") is None else share_box(quad, np.array(truth["portrait"], float))
    picture = cv2.imread(str(image), cv2.IMREAD_COLOR_RGB)
    return Document(path.stem, "drawn", f"seed{truth['plan']['seed']}", path.stem, picture, quad, box)


def drawn_documents(folder: Path) -> Iterator[Document]:
    """All of a folder in the order of its numbers, one in memory at a time."""
    for path in sorted(folder.glob("*.json")):
        document = drawn_document(path)
        if document is not None:
            yield document


def fold_of(group: str) -> int | None:
    """The fold of a document kind; drawn documents have none."""
    for number, names in enumerate(CONFIG["folds"]["documents"]):
        if group in names:
            return number
    return None


def sides_of(quad: np.ndarray) -> tuple[float, float]:
    """Mean width and height in pixels of an upright quad."""
    a, b, c, d = quad
    return (
        float(np.linalg.norm(b - a) + np.linalg.norm(c - d)) / 2,
        float(np.linalg.norm(d - a) + np.linalg.norm(c - b)) / 2,
    )


def straightened(picture: np.ndarray, quad: np.ndarray, side: int, border=cv2.BORDER_REPLICATE) -> np.ndarray:
    """The quad stretched to a square of `side` pixels, its first corner at the top left.

    The picture is shrunk by area first, to no less than 1.2 of the square's pixels along the quad's
    shorter pair of sides, so that fine print does not turn into false patterns.
    """
    scale = min(1.0, 1.2 * side / max(min(sides_of(quad)), 1.0))
    low = np.floor(np.clip(quad.min(0) - 2, 0, None)).astype(int)
    high = np.ceil(quad.max(0) + 2).astype(int)
    part = picture[low[1] : high[1], low[0] : high[0]]
    height, width = part.shape[:2]
    small = (max(round(width * scale), 1), max(round(height * scale), 1))
    part = cv2.resize(part, small, interpolation=cv2.INTER_AREA) if scale < 1.0 else part
    corners = (quad - low) * np.array([small[0] / width, small[1] / height]) if scale < 1.0 else quad - low
    square = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    warp = cv2.getPerspectiveTransform((corners - 0.5).astype(np.float32), square - 0.5)
    return cv2.warpPerspective(part, warp, (side, side), flags=cv2.INTER_LINEAR, borderMode=border)
