"""From the trainings to the shipped model, and what it says of the pictures that each training left out.

`python release.py --data DATA --runs RUNS --models ../.. --version V`. `RUNS` holds the trainings, `0-1` being the one of
seed 1 without fold 0, and `all-1` that on everything. Writes `left.npz` into it (for every real picture of a fold its row in the
index, `number`, and its `logit`, in spreads of the left-out scenes), which `../patches/release.py` takes, and
`surroundings.onnx`, its entry in the manifest and the tests' reference into the models' folder. How much it adds to the
check is for `../patches/release.py` to say, which is run next.

`--drawn` takes two folders of documents drawn by the program (`secondlook synth documents`), genuine ones and ones on screens, of seeds
that no training saw: another way of making screens than the one it learnt from.
"""

import argparse
import hashlib
import json
import sys
import tomllib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from net import Surroundings
from pictures import HERE, opened, papers_of
from train import logits_of
from view import INPUT_PX, view

sys.path += [str(HERE.parent / "patches"), str(HERE.parent)]

import textured  # noqa: E402
from figures import auc, eer  # noqa: E402
from manifest import entry_into  # noqa: E402

REFERENCE_PX = (900, 700)
REFERENCE_QUAD = ((190.0, 160.0), (730.5, 175.0), (720.0, 530.25), (180.0, 515.0))

STEP = 37
"""Of the reference's view every so many pixels are written down."""


class Shipped(nn.Module):
    """The network's logit in spreads of the left-out scenes, as a row for each picture."""

    def __init__(self, net, spread):
        super().__init__()
        self.net, self.spread = net, spread

    def forward(self, x):
        return self.net(x)[:, None] / self.spread


def reference_picture():
    """Height x width x 3, RGB, by whole numbers alone, so that Rust can draw the very same."""
    w, h = REFERENCE_PX
    y, x, c = np.meshgrid(np.arange(h), np.arange(w), np.arange(3), indexing="ij")
    return ((x * 3 // 7 + y * 5 // 11 * (c + 1) + (x // 40 + y // 30) % 2 * 90) % 256).astype(np.uint8)


def restored(path):
    net = Surroundings()
    net.load_state_dict(torch.load(path, map_location="cpu"))
    return net.eval()


def of_drawn(net, folders):
    """What the network says of the documents in each folder, at their true quads."""
    found = []
    for folder in folders:
        papers = papers_of([folder])
        found.append(logits_of(net, [view(picture, quad)[..., ::-1] for picture, quad, _ in papers]))
    return found


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--data", required=True)
    args.add_argument("--runs", required=True, type=Path)
    args.add_argument("--models", required=True, type=Path)
    args.add_argument("--version", required=True)
    args.add_argument("--drawn", nargs=2, metavar=("GENUINE", "SCREEN"), help="documents drawn by the program")
    args = args.parse_args()
    torch.set_num_threads(1)
    seeds = tomllib.loads((HERE / "config.toml").read_text())["release"]
    photos, n_folds = opened(args.data)
    scene = {p.number: p.label for p in photos if p.kind == "scene" and p.fold is not None}
    said = {}
    for seed in seeds["compared"]:
        rows = [np.load(args.runs / f"{fold}-{seed}" / "judged.npz") for fold in range(n_folds)]
        said[seed] = {int(n): float(v) for row in rows for n, v in zip(row["number"], row["logit"])}
        live, screens = ([v for n, v in said[seed].items() if scene.get(n) == label] for label in ("genuine", "screen"))
        live, screens = np.array(live), np.array(screens)
        print(f"seed {seed}, scenes left out: AUC {auc(live, screens):.3f}, EER {100 * eer(live, screens):.1f} %")
    shipped = said[seeds["shipped"]]
    spread = float(np.std([v for n, v in shipped.items() if n in scene]))
    np.savez(args.runs / "left.npz", number=list(shipped), logit=np.array(list(shipped.values())) / spread)

    whole = restored(args.runs / f"all-{seeds['shipped']}" / "net.pt")
    if args.drawn:
        live, screens = of_drawn(whole, args.drawn)
        print(f"drawn documents, {len(live)} genuine and {len(screens)} on screens: AUC {auc(live, screens):.3f}, "
              f"EER {100 * eer(live, screens):.1f} %")
    net = Shipped(whole, spread).eval()
    path = args.models / "surroundings.onnx"
    torch.onnx.export(net, (torch.zeros(1, 3, INPUT_PX, INPUT_PX),), str(path), dynamo=False, opset_version=17,
                      input_names=["view"], output_names=["logits"], dynamic_axes={"view": {0: "n"}, "logits": {0: "n"}})
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)
    entry = {
        "id": "surroundings", "version": args.version, "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "input": {"name": "view", "shape": [None, 3, INPUT_PX, INPUT_PX], "range": [0, 1]},
        "outputs": ["logits"], "windows": "surroundings",
        "adds": [{"check": "screenReplay", "column": 0, "scale": 1.0}],
    }
    entry_into(args.models, entry)

    count = 2
    levels = textured.levels(count, INPUT_PX)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    logits = session.run(None, {"view": (levels / 255.0).astype(np.float32)})[0]
    seen = view(reference_picture(), np.array(REFERENCE_QUAD))
    reference = {
        "format": 1, "model": "surroundings", "input": textured.WORDS, "count": count,
        "levels": textured.probes(levels, [(0, 0, 0, 0), (1, 2, 3, 4), (1, 1, 255, 254)]),
        "logits": [[round(float(v), 6) for v in row] for row in logits], "tolerance": 1e-3,
        "view": {
            "picture_px": REFERENCE_PX, "quad_px": REFERENCE_QUAD, "step": STEP,
            "picture": "level[y][x][c] = (x*3/7 + y*5/11*(c+1) + (x/40 + y/30) mod 2 * 90) mod 256, divisions rounding down",
            "levels": [int(v) for v in seen[::STEP, ::STEP].ravel()],
        },
    }
    (args.models / "reference" / "surroundings.json").write_text(json.dumps(reference, indent=2) + "\n")
    print(path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
