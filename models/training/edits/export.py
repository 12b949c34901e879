"""The shipped model as ONNX, its entry in the manifest, and the reference for the program's tests.

`release.py` calls `write`. By itself, `python export.py --run RUN --models ../.. --version V` writes the
model `RUN/final.pt` with the calibration of `edits.figures.json`, where that is there.
"""

import argparse
import hashlib
import json
import sys
import tomllib
from pathlib import Path

import numpy as np
import onnx
import torch

from net import Judge, Shipped
from windows import SIDE, SNAP

sys.path.append(str(Path(__file__).resolve().parent.parent))

from manifest import entry_into  # noqa: E402

OPSET = 17

COUNT = 24
"""Windows of a document."""


def levels() -> np.ndarray:
    """The reference input, 24 x 3 x 192 x 192 levels 0..255, by whole numbers alone.

    Smooth waves, a little grain that differs from window to window, and in the windows 5 and 17 a box
    that has none.
    """
    n, c, y, x = np.meshgrid(
        np.arange(COUNT), np.arange(3), np.arange(SIDE), np.arange(SIDE), indexing="ij"
    )
    smooth = 120 + ((x * (2 + n % 3) + y * 3 + 40 * c) >> 3) % 64
    grain = ((x * 73 + y * 151 + c * 37 + n * 11 + ((x * y) >> 3) * 29) ^ (x * 5 + y)) % 7
    bare = ((n == 5) | (n == 17)) & (x >= 64) & (x < 128) & (y >= 80) & (y < 112)
    return np.where(bare, 150, smooth + grain)


FORMULA = (
    "level[n][c][y][x] = 150 where n is 5 or 17 and 64 <= x < 128 and 80 <= y < 112; else"
    " 120 + ((x*(2 + n mod 3) + y*3 + 40c) >> 3) mod 64"
    " + ((x*73 + y*151 + c*37 + n*11 + ((x*y) >> 3)*29) xor (x*5 + y)) mod 7; divided by 255"
)


def write(models: Path, judges: list[Judge], version: str, calibration: dict) -> None:
    """`edits.onnx`, the manifest's entry and `reference/edits.json`."""
    net = Shipped(judges).eval()
    path = models / "edits.onnx"
    torch.onnx.export(
        net, (torch.zeros(COUNT, 3, SIDE, SIDE),), str(path), opset_version=OPSET, dynamo=False,
        input_names=["windows"], output_names=["logits"],
        dynamic_axes={"windows": {0: "windows"}, "logits": {0: "windows"}},
    )
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    entry = {
        "id": "edits",
        "version": version,
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "input": {"name": "windows", "shape": [None, 3, SIDE, SIDE], "range": [0, 1], "snap_px": SNAP},
        "outputs": ["logits"],
        "pool": "softmin",
        "checks": [
            {
                "check": "digitalManipulation",
                "column": 0,
                "scale": calibration["scale"],
                "bias": calibration["bias"],
                "thresholds": calibration["thresholds"],
            }
        ],
    }
    entry_into(models, entry)
    inputs = levels()
    with torch.inference_mode():
        logits = net(torch.from_numpy(inputs.astype(np.float32) / 255.0)).numpy()
    pooled = float(-np.log(np.exp(-logits.astype(np.float64)).mean()))
    words = {
        "format": 1,
        "model": "edits",
        "input": FORMULA,
        "count": COUNT,
        "levels": [
            {"at": [int(v) for v in at], "level": int(inputs[tuple(at)])}
            for at in ((0, 0, 0, 0), (1, 2, 3, 4), (5, 1, 100, 90), (17, 0, 100, 7), (23, 2, 191, 190))
        ],
        "logits": [[round(float(v), 6) for v in row] for row in logits],
        "pooled": round(pooled, 6),
        "tolerance": 1e-3,
    }
    (models / "reference").mkdir(exist_ok=True)
    (models / "reference" / "edits.json").write_text(json.dumps(words, indent=2) + "\n")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--run", type=Path, required=True)
    words.add_argument("--models", type=Path, required=True)
    words.add_argument("--version", required=True)
    given = words.parse_args()
    settings = tomllib.loads((Path(__file__).parent / "config.toml").read_text())["train"]
    judge = Judge(settings["hidden"], settings["limit"])
    judge.load_state_dict(torch.load(given.run / "final.pt"))
    figures = given.models / "edits.figures.json"
    calibration = {"scale": 1.0, "bias": 0.0, "thresholds": {"SOFT": 0.2, "REGULAR": 0.5, "HARD": 0.8}}
    if figures.exists():
        calibration = json.loads(figures.read_text())["calibration"]
    write(given.models, [judge.eval()], given.version, calibration)


if __name__ == "__main__":
    main()
