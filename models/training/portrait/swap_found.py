"""How many real genuine cards pass the substitution check where the finder's own boxes are used.

`python swap_found.py --cache C/real --finder RUN --runs SWAP --models ../..`: box and turn come from the finder, and the
logits from the check, each trained without the card's kind; scale and bias from the manifest.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import torch

from features import Features
from finder_release import network
from read import FOUND_FROM, SIDE, read, turned_quad, turns
from sources import fold_of, real_documents, straightened
from swap_net import Whole
from swap_train import heads_of
from windows import cut


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cache", type=Path, required=True)
    words.add_argument("--finder", type=Path, required=True)
    words.add_argument("--runs", type=Path, required=True)
    words.add_argument("--models", type=Path, required=True)
    words.add_argument("--keep-rows", type=Path, help="a file for the single answers")
    given = words.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    entry = [m for m in json.loads((given.models / "manifest.json").read_text())["models"] if m["id"] == "substitution"][0]
    check = entry["checks"][0]
    n_features = Features()(torch.zeros(1, 3, 64, 64)).shape[1]
    finders = [network(given.finder / f"fold{n}.pt") for n in range(3)]
    judges = [Whole(heads_of(given.runs, f"fold{n}", n_features)).eval() for n in range(3)]
    rows, names = [], []
    for document in real_documents(given.cache):
        if document.label != "genuine":
            continue
        fold = fold_of(document.group)
        square = straightened(document.picture, document.quad, SIDE)
        with torch.no_grad():
            found = read(finders[fold](torch.from_numpy(turns(square)))[:, 0].numpy())
            if found is None or found.score < FOUND_FROM:
                continue
            windows = cut(document.picture, turned_quad(document.quad, found.turn), found.box)
            batch = torch.from_numpy(windows).permute(0, 3, 1, 2).float() / 255.0
            logit = float(judges[fold](batch).mean())
        names.append(document.name)
        rows.append((document.group, found.turn, 1 / (1 + np.exp(-(check["scale"] * logit + check["bias"]))), logit))
    p = np.array([r[2] for r in rows])
    if given.keep_rows:
        kept = [{"path": name, "group": r[0], "portraitSubstitution": float(r[2])} for name, r in zip(names, rows)]
        given.keep_rows.write_text(json.dumps(kept))
    upright = np.array([r[1] == 0 for r in rows])
    for level, at in check["thresholds"].items():
        print(f"{level} {at}: {100 * (p >= at).mean():.1f} % of {len(p)} pass; found upright: {100 * (p[upright] >= at).mean():.1f} % of {upright.sum()}")
    print("logits at 1, 3, 5, 10 and 50 % of the cards:", np.percentile([r[3] for r in rows], (1, 3, 5, 10, 50)).round(2))
    print("refused at REGULAR:", sorted(r[0] for r in rows if r[2] < check["thresholds"]["REGULAR"]))


if __name__ == "__main__":
    main()
