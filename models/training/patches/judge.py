"""A training's mean logits of the fold it left out.

`python judge.py --run C/net/0-1 --without 0 --plain C/plain --treated C/treated --grey C/grey --made C/made
--unseen C/unseen` writes `judged.npz` into the run: two numbers for every picture of the five, none (NaN) for those of other folds.
"""

import argparse
import tomllib
from pathlib import Path

import numpy as np
import torch

from maps import LOWEST, STEP, Maps, opened
from net import MapNet
from pieces import first_turn
from spectra import CHECKS
from splits import fold_of
from train import restored

TABLES = ("plain", "treated", "grey", "made", "unseen")


def mean_logits(net: MapNet, maps: Maps) -> np.ndarray:
    """Pictures x checks: the mean over a picture's patches."""
    total = np.zeros((len(maps.rows), len(CHECKS)))
    with torch.inference_mode():
        for begin in range(0, len(maps.maps), 48):
            levels = torch.from_numpy(np.stack(maps.maps[begin : begin + 48])).float()
            logs = levels.mul_(STEP).add_(LOWEST).permute(0, 3, 1, 2)
            np.add.at(total, maps.owners[begin : begin + 48], net(logs).numpy())
    return total / np.bincount(maps.owners, minlength=len(maps.rows))[:, None]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--run", type=Path, required=True, help="a folder written by train.py")
    words.add_argument("--without", type=int, required=True, help="the fold it left out")
    for name in TABLES:
        words.add_argument(f"--{name}", type=Path, required=True, help="as given to maps.py --out")
    given = words.parse_args()
    torch.set_num_threads(1)
    folds = tomllib.loads((Path(__file__).parent / "config.toml").read_text())["folds"]
    net = restored(given.run / "net.pt")
    found = {}
    for name in TABLES:
        maps = opened(getattr(given, name)).only(first_turn)

        def judged(row: dict) -> bool:
            return name == "unseen" or fold_of(row["kind"], row["group"], folds) == given.without

        logits = np.full((len(maps.rows), len(CHECKS)), np.nan)
        logits[[judged(row) for row in maps.rows]] = mean_logits(net, maps.only(judged))
        found[name] = logits
    np.savez(given.run / "judged.npz", **found)


if __name__ == "__main__":
    main()
