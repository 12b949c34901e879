"""Spectra of patches, computed once.

`python describe.py --pieces C/treated --out C/treated.npz`
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from pieces import first_turn, opened
from spectra import Spectra


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pieces", type=Path, required=True, help="as given to pieces.py --out")
    words.add_argument("--out", type=Path, required=True)
    given = words.parse_args()
    torch.set_num_threads(1)
    pieces = opened(given.pieces).only(first_turn)
    describer = Spectra()
    features = []
    with torch.inference_mode():
        for begin in range(0, len(pieces.levels), 16):
            levels = np.stack(pieces.levels[begin : begin + 16]).transpose(0, 3, 1, 2)
            features.append(describer(torch.from_numpy(levels.astype(np.float32))).numpy().astype(np.float16))
    np.savez(
        given.out, features=np.concatenate(features), owners=pieces.owners, rows=np.array(json.dumps(pieces.rows))
    )


if __name__ == "__main__":
    main()
