"""The last saves, which an edited picture and its untouched partner go through alike."""

from dataclasses import dataclass

import cv2
import numpy as np

from attacks import through_jpeg


@dataclass(frozen=True)
class Save:
    """How a picture leaves the hands of whoever sent it."""

    scale: float
    interpolation: int
    qualities: tuple[int, ...]
    full_chroma: bool


def draw(settings: dict, rng: np.random.Generator) -> Save:
    """One way of saving; drawn without regard to what it is used on."""
    full = bool(rng.random() < settings["full_chroma"])
    if rng.random() < settings["as_it_is"]:
        low, high = settings["fine"]
        return Save(1.0, cv2.INTER_AREA, (int(rng.integers(low, high + 1)),), full)
    low, high = settings["qualities"]
    times = 2 if rng.random() < settings["twice"] else 1
    scale = float(rng.uniform(*settings["scales"])) if rng.random() < settings["resize"] else 1.0
    how = int(rng.choice([cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
    return Save(scale, how, tuple(int(q) for q in rng.integers(low, high + 1, times)), full)


def saved(picture: np.ndarray, how: Save) -> np.ndarray:
    """The picture as it comes out."""
    if how.scale != 1.0:
        picture = cv2.resize(picture, None, fx=how.scale, fy=how.scale, interpolation=how.interpolation)
    for quality in how.qualities:
        picture = through_jpeg(picture, quality, how.full_chroma)
    return picture
