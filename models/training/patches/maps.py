"""Maps of local spectra of patches, computed once, for the network to be trained on.

`python maps.py --pieces C/treated --out C/treated`

Writes `OUT.maps`: for every patch and every window the logarithm of the power of every band, windows x
windows x BANDS bytes, and `OUT.json` beside it as `pieces.py` wrote it.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from pieces import opened as opened_pieces
from spectra import BANDS, Spectra

LOWEST, HIGHEST = -16.2, -2.2
"""What 0 and 255 stand for: below an empty band and above the strongest wave that fits into 0..1."""

STEP = (HIGHEST - LOWEST) / 255.0


@dataclass
class Maps:
    """Maps with the pictures they belong to."""

    maps: list[np.ndarray]  # one rows x columns x BANDS array of bytes a patch, on disk until it is read
    owners: np.ndarray  # the row of each patch
    rows: list[dict]

    def only(self, keep) -> "Maps":
        """The pictures for which `keep(row)` holds."""
        chosen = [i for i, row in enumerate(self.rows) if keep(row)]
        number = np.full(len(self.rows), -1)
        number[chosen] = np.arange(len(chosen))
        at = np.flatnonzero(number[self.owners] >= 0)
        return Maps([self.maps[i] for i in at], number[self.owners[at]], [self.rows[i] for i in chosen])


def windows_along(side: int) -> int:
    """Windows along an edge of a patch."""
    return (side - 16) // 12 + 1


def opened(path: Path) -> Maps:
    """What `maps.py --out PATH` wrote."""
    words = json.loads(path.with_suffix(".json").read_text())
    along = windows_along(words["side"])
    maps = np.memmap(path.with_suffix(".maps"), np.uint8, "r").reshape(-1, along, along, BANDS)
    return Maps(list(maps), np.array(words["owners"]), words["rows"])


def joined(parts: list[Maps]) -> Maps:
    """Several as one."""
    maps, owners, rows = [], [], []
    for part in parts:
        maps += part.maps
        owners.append(part.owners + len(rows))
        rows += part.rows
    return Maps(maps, np.concatenate(owners), rows)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pieces", type=Path, required=True, help="as given to pieces.py --out")
    words.add_argument("--out", type=Path, required=True, help="without an ending")
    given = words.parse_args()
    torch.set_num_threads(1)
    pieces = opened_pieces(given.pieces)
    describer = Spectra()
    with given.out.with_suffix(".maps").open("wb") as out, torch.inference_mode():
        for begin in range(0, len(pieces.levels), 16):
            levels = np.stack(pieces.levels[begin : begin + 16]).transpose(0, 3, 1, 2)
            logs = describer.maps(torch.from_numpy(levels.astype(np.float32)))
            levels = ((logs - LOWEST) / STEP).round_().clamp_(0, 255).to(torch.uint8)
            out.write(levels.permute(0, 2, 3, 1).contiguous().numpy().tobytes())
    given.out.with_suffix(".json").write_text(given.pieces.with_suffix(".json").read_text())


if __name__ == "__main__":
    main()
