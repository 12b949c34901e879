"""Made patches: banks of small pieces written by a simulation, with what they show.

A bank is a folder with `made.bin`, N x SIDE x SIDE x 3 bytes (RGB), and `made.json`, a list of
`{"label", "kind", "group"}` in the same order. `kind` and `group` are those of the real picture whose
content was used, so that a fold left out is left out here too; a drawn document has kind `drawn`.
"""

import json
from pathlib import Path

import numpy as np

from augment import CROP, SPARE, draw, treat, window


SIDE = 192
"""Side of a stored piece: a patch, its spare pixels, and room to shrink."""

LESSONS = {
    "genuine": ((1.0, 1.0), (1.0, 1.0)),
    "screen": ((0.0, 0.0), (1.0, 0.0)),
    "print": ((1.0, 0.0), (1.0, 1.0)),
}
"""Targets and weights of a label, as in `batches.lesson`; here every label has its partner."""


class MadePatches:
    """Banks, opened. Batches draw the labels in equal parts and the banks by `shares`."""

    def __init__(self, banks: list[Path], allowed) -> None:
        self.banks = []
        for folder in banks:
            rows = json.loads((folder / "made.json").read_text())
            pixels = np.memmap(folder / "made.bin", np.uint8, "r").reshape(-1, SIDE, SIDE, 3)
            if len(pixels) != len(rows):
                raise SystemExit(f"{folder}: made.bin and made.json disagree")
            by_label = {
                label: np.array(
                    [i for i, row in enumerate(rows) if row["label"] == label and allowed(row)]
                )
                for label in LESSONS
            }
            self.banks.append((pixels, by_label))

    def choose(self, count: int, rng: np.random.Generator):
        """Patches, targets and weights of `count` made pictures of one patch each."""
        labels = sorted(LESSONS)
        for number in range(count):
            label = labels[number % len(labels)]
            pixels, by_label = self.banks[rng.integers(len(self.banks))]
            piece = pixels[rng.choice(by_label[label])]
            scale = 1.0 if rng.random() < 0.4 else float(rng.uniform((CROP + SPARE) / SIDE, 1.0))
            side = min(round((CROP + SPARE) / scale), SIDE)
            how = draw(rng, scale, 0.3)
            centre = tuple(rng.uniform(0, SIDE, 2))
            patch = treat(window(piece, centre, side), how, CROP, rng, None)
            yield [patch], *LESSONS[label]
