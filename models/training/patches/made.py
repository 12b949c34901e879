"""Made patches: banks of small pieces written by a simulation, with what they show.

A bank is a folder in one of two forms, both of SIDE x SIDE x 3 bytes a piece (RGB):
`made.bin` with `made.json`, a list of `{"label", "kind", "group"}` in the same order, as
`recapture.py` writes it; or shards with `index.jsonl`, as `secondlook synth patches` does. `kind` and
`group` are those of the real picture whose content was used, so that a fold left out is left out
here too; what was drawn, or shows pictures of no fold, has kind `drawn`.
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


class Bank:
    """One folder of pieces, mapped into memory."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.shards: list[np.ndarray] = []
        if (folder / "made.json").exists():
            self.rows = json.loads((folder / "made.json").read_text())
            self.shards.append(pieces_of(folder / "made.bin"))
            self.at = [(0, i) for i in range(len(self.rows))]
        else:
            lines = (folder / "index.jsonl").read_text().splitlines()
            raw = [json.loads(line) for line in lines]
            names = sorted({row["shard"] for row in raw})
            self.shards = [pieces_of(folder / name) for name in names]
            self.at = [(names.index(row["shard"]), row["row"]) for row in raw]
            self.rows = [
                {"label": row["label"], "kind": "drawn", "group": f"{folder.name}/{row['group']}"}
                for row in raw
            ]

    def piece(self, number: int) -> np.ndarray:
        """SIDE x SIDE x 3 levels."""
        shard, row = self.at[number]
        return self.shards[shard][row]


def pieces_of(path: Path) -> np.ndarray:
    """A file of raw pieces."""
    return np.memmap(path, np.uint8, "r").reshape(-1, SIDE, SIDE, 3)


class MadePatches:
    """Banks, opened. Batches draw the labels in equal parts."""

    def __init__(self, banks: list[Path], allowed) -> None:
        self.banks = [Bank(folder) for folder in banks]
        self.by_label = {
            label: [
                (bank, number)
                for bank in self.banks
                for number, row in enumerate(bank.rows)
                if row["label"] == label and allowed(row)
            ]
            for label in LESSONS
        }

    def choose(self, count: int, rng: np.random.Generator):
        """Patches, targets and weights of `count` made pictures of one patch each."""
        labels = sorted(LESSONS)
        for index in range(count):
            label = labels[index % len(labels)]
            of = self.by_label[label]
            bank, number = of[rng.integers(len(of))]
            scale = 1.0 if rng.random() < 0.5 else float(rng.uniform((CROP + SPARE) / SIDE, 1.0))
            side = min(round((CROP + SPARE) / scale), SIDE)
            how = draw(rng, scale, 0.3)
            centre = tuple(rng.uniform(0, SIDE, 2))
            patch = treat(window(bank.piece(number), centre, side), how, CROP, rng, None)
            yield [patch], *LESSONS[label]
