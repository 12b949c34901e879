"""What a shortcut would score: single plain numbers that say nothing about screens or paper.

`python probe.py --plain C/plain --treated C/treated --grey C/grey`

For each number the AUC between live pictures and attacks, 0.5 being no use, as the pictures are and
after the treatment every class gets alike. What is far from 0.5 in the second column is a trap that
is still open; so is sharpness on grey pictures, which are not softened. Size in pixels is not among them: every patch has the same, and documents are brought to a
size drawn without regard to their class before they are cut.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from augment import sharpness
from figures import auc
from pieces import Pieces, opened

NUMBERS = ("brightness", "contrast", "colourfulness", "sharpness", "fine noise", "JPEG blocks")


def numbers(patch: np.ndarray) -> tuple[float, ...]:
    """Six plain numbers of a patch, as NUMBERS names them."""
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY).astype(np.float32)
    ycc = cv2.cvtColor(patch, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    colour = np.abs(ycc[:, :, 1:] - ycc[:, :, 1:].mean(axis=(0, 1))).mean() + np.abs(ycc[:, :, 1:] - 128).mean()
    fine = np.abs(grey - cv2.medianBlur(patch, 3).mean(axis=2))
    # A step across the edges of JPEG's blocks, wherever their grid begins, against the mean step.
    blocks = []
    for steps in (np.abs(np.diff(grey, axis=0)).mean(axis=1), np.abs(np.diff(grey, axis=1)).mean(axis=0)):
        phases = [steps[phase::8].mean() for phase in range(8)]
        blocks.append(max(phases) / (np.mean(phases) + 0.1))
    return (
        float(grey.mean()),
        float(grey.std()),
        float(colour),
        sharpness(grey),
        float(np.median(fine)),
        float(np.mean(blocks)),
    )


def of_pictures(pieces: Pieces) -> np.ndarray:
    """Pictures x numbers, the mean over a picture's patches; none (NaN) for pictures of no check."""
    found = np.full((len(pieces.rows), len(NUMBERS)), np.nan)
    order = np.argsort(pieces.owners, kind="stable")
    for row, of in zip(range(len(pieces.rows)), np.split(order, np.cumsum(np.bincount(pieces.owners))[:-1])):
        if pieces.rows[row]["kind"] in ("scene", "id_document"):
            found[row] = np.mean([numbers(pieces.levels[i]) for i in of[:6]], axis=0)
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--plain", type=Path, required=True, help="as given to pieces.py --out")
    words.add_argument("--treated", type=Path, required=True, help="likewise")
    words.add_argument("--grey", type=Path, required=True, help="likewise")
    given = words.parse_args()
    cv2.setNumThreads(1)
    columns = []
    for path in (given.plain, given.treated, given.grey):
        pieces = opened(path)
        values = of_pictures(pieces)
        found = {}
        for kind, attack in (("scene", "screen"), ("id_document", "print")):
            sides = [
                values[[i for i, r in enumerate(pieces.rows) if r["kind"] == kind and r["label"] == side]]
                for side in ("genuine", attack)
            ]
            for place, name in enumerate(NUMBERS):
                # No scene is among the grey ones.
                found[name, attack] = auc(sides[0][:, place], sides[1][:, place]) if len(sides[0]) else None
        columns.append(found)
    print("| alone | screens, as they are | screens, treated | prints, as they are | prints, treated | prints, grey |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in NUMBERS:
        cells = [found[name, attack] for attack in ("screen", "print") for found in columns]
        cells = [f"{cell:.2f}" for cell in cells if cell is not None]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
