"""A model's opinion of whole pictures, cut as the program cuts them."""

from dataclasses import dataclass

import numpy as np
import torch

from augment import window
from data import Entry, Pictures
from network import PATCH, PatchNetwork

ACROSS, DOWN = 6, 4
"""Patches along a document's longer and shorter edges."""


@dataclass(frozen=True)
class Scored:
    """One picture with its mean logits; `made` is a made picture, of which only the fields apply."""

    label: str
    kind: str
    source: str
    group: str
    clip: str
    logits: tuple[float, float]
    made: bool = False


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


def logits_of(network: PatchNetwork, patches: np.ndarray) -> np.ndarray:
    """N x 2 logits in full precision."""
    levels = torch.from_numpy(patches).float().contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        return network(levels).numpy()


def score(network: PatchNetwork, pictures: Pictures, entries: list[Entry]) -> list[Scored]:
    """Mean logits of real pictures."""
    scored = []
    for entry in entries:
        mean = logits_of(network, patches_of(entry, pictures)).mean(axis=0)
        scored.append(
            Scored(
                entry.label, entry.kind, entry.source, entry.group, entry.clip, tuple(map(float, mean))
            )
        )
    return scored
