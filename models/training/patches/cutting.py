"""Where patches are cut: as the program does it, and at random for treated pictures."""

import numpy as np

from augment import window
from data import Entry, Pictures
from spectra import PATCH

ACROSS, DOWN = 6, 4
"""Patches along a document's longer and shorter edges."""


def grid(quad: np.ndarray) -> list[tuple[float, float]]:
    """The centres (x, y) in a quad given clockwise from the top left.

    Six columns run along the pair of edges that is longer taken together, four rows across it.
    """
    a, b, c, d = quad
    along = np.linalg.norm(b - a) + np.linalg.norm(c - d)
    across = np.linalg.norm(d - a) + np.linalg.norm(c - b)
    columns, rows = (ACROSS, DOWN) if along >= across else (DOWN, ACROSS)
    centres = []
    for row in range(rows):
        v = (row + 0.5) / rows
        for column in range(columns):
            u = (column + 0.5) / columns
            point = (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v
            centres.append((float(point[0]), float(point[1])))
    return centres


def patches_of(entry: Entry, pictures: Pictures) -> np.ndarray:
    """24 x 3 x 192 x 192 levels: the patches the program would look at."""
    picture = pictures.read(entry)
    height, width = picture.shape[:2]
    quad = (
        np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
        if entry.quad is None
        else np.array(entry.quad)
    )
    cut = np.stack([window(picture, centre, PATCH) for centre in grid(quad)])
    return np.ascontiguousarray(cut.transpose(0, 3, 1, 2))


def place(entry: Entry, rng: np.random.Generator) -> tuple[float, float]:
    """A centre for a patch: anywhere in the document, or anywhere in the frame."""
    u, v = rng.random(2)
    if entry.quad is None:
        return u * entry.width, v * entry.height
    corners = np.array(entry.quad)
    top = corners[0] * (1 - u) + corners[1] * u
    bottom = corners[3] * (1 - u) + corners[2] * u
    x, y = top * (1 - v) + bottom * v
    return float(x), float(y)


def long_edge(entry: Entry) -> float:
    """Length in pixels of the document's longer edge."""
    corners = np.array(entry.quad)
    return float(
        max(
            np.linalg.norm(corners[0] - corners[1]),
            np.linalg.norm(corners[1] - corners[2]),
        )
    )


def draw_scale(entry: Entry, rng: np.random.Generator) -> float:
    """How much a picture is resized before its patches are cut.

    Documents are brought to a size drawn without regard to their class, because half of the prints
    were photographed at four times the pixels of any genuine document.
    """
    if entry.quad is not None:
        wanted = np.exp(rng.uniform(np.log(450.0), np.log(1700.0)))
        return float(np.clip(wanted / long_edge(entry), 0.4, 1.3))
    if rng.random() < 0.5:
        return 1.0
    return float(rng.uniform(0.55, 1.0))


class Lender:
    """Lends the colours of genuine documents."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self.documents = [
            entry
            for entry in pictures.entries
            if entry.kind == "id_document" and entry.label == "genuine"
        ]

    def donor(self, rng: np.random.Generator) -> np.ndarray:
        """A piece of some genuine document."""
        entry = self.documents[rng.integers(len(self.documents))]
        return window(self.pictures.read(entry), place(entry, rng), int(rng.integers(24, 160)))
