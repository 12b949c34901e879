"""Made patches: banks of small pieces written by a simulation, with what they show.

A bank is a folder in one of two forms, both of SIDE x SIDE x 3 bytes a piece (RGB):
`made.bin` with `made.json`, a list of `{"label", "kind", "group", "pair"}` in the same order, as
`recapture.py` writes it; or shards with `index.jsonl`, as `secondlook synth patches` does. `kind` and
`group` are those of the real picture whose content was used, so that a fold left out is left out
here too; what was drawn, or shows pictures of no fold, has kind `drawn`. Pieces of one `pair` show the same.
"""

import json
from pathlib import Path

import numpy as np

SIDE = 192
"""Side of a stored piece in pixels."""


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
                {
                    "label": row["label"],
                    "kind": "drawn",
                    "group": f"{folder.name}/{row['group']}",
                    "pair": row["triple"],
                }
                for row in raw
            ]

    def piece(self, number: int) -> np.ndarray:
        """SIDE x SIDE x 3 levels."""
        shard, row = self.at[number]
        return self.shards[shard][row]


def pieces_of(path: Path) -> np.ndarray:
    """A file of raw pieces."""
    return np.memmap(path, np.uint8, "r").reshape(-1, SIDE, SIDE, 3)
