"""Writes the trained network as ONNX, its entry in the manifest, and the reference for the tests.

    python export.py --weights FOLDER/final.pt --models ../.. --version 2026.11.1
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch

from evaluate import runner
from make import INPUT_PX, pad
from manifest import entry_into
from net import Locator
from read import locate

REFERENCE_PX = (256, 192)


def reference_picture():
    """A card on a table, BGR, by whole numbers alone, so that Rust can draw the very same."""
    w, h = REFERENCE_PX
    picture = np.zeros((h, w, 3), np.uint8)
    for y in range(h):
        for x in range(w):
            u, v = 9 * (x - 52) + 2 * (y - 38), 9 * (y - 38) - 2 * (x - 52)  # the card's own axes
            if 0 <= u < 1440 and 0 <= v < 900:
                i, j = u // 9, v // 9
                rgb = (225 - j // 3, 215, 190 + j // 3)
                if 10 <= i < 48 and 24 <= j < 74:
                    rgb = (120 - i, 90, 80 + j) if (i - 29) ** 2 + (j - 42) ** 2 < 190 or j > 58 else (200, 205, 215)
                elif j < 14:
                    rgb = (60, 90, 170)
                elif i >= 60 and i < 140 and j % 11 < 4 and j < 80 and (i * 7 + j // 11 * 5) % 13 < 9:
                    rgb = (40, 40, 50)
            else:
                rgb = (110 + (x * 3 + y) % 17, 80 + (x * 3 + y) % 11, 50 + y // 8)
            picture[y, x] = rgb[::-1]
    return picture


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--weights", required=True)
    args.add_argument("--models", required=True)
    args.add_argument("--version", required=True)
    args = args.parse_args()
    models = Path(args.models)
    net = Locator().eval()
    net.load_state_dict(torch.load(args.weights, map_location="cpu"))
    path = models / "locator.onnx"
    torch.onnx.export(net, (torch.zeros(1, 3, INPUT_PX, INPUT_PX),), str(path), dynamo=False, opset_version=17,
                      input_names=["picture"], output_names=["heat"])
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)

    entry = {
        "id": "locator", "version": args.version, "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "input": {"name": "picture", "shape": [1, 3, INPUT_PX, INPUT_PX], "range": [0, 1]}, "outputs": ["heat"],
    }
    entry_into(models, entry)

    run = runner(str(path))
    picture = reference_picture()
    heat = run(pad(picture))
    found = locate(picture, run)
    assert len(found) == 1, "the reference card is not found"
    step = 8
    reference = {
        "model_sha256": entry["sha256"], "picture_px": REFERENCE_PX, "heat_shape": [1, *heat.shape], "step": step,
        "heat": [round(float(v), 5) for v in heat[:, ::step, ::step].ravel()],
        "quad_px": [[round(float(v), 3) for v in corner] for corner in found[0].quad],
        "confidence": round(found[0].confidence, 5),
    }
    (models / "reference").mkdir(exist_ok=True)
    (models / "reference" / "locator.json").write_text(json.dumps(reference) + "\n")
    print(entry["sha256"], path.stat().st_size, "bytes;", found[0])


if __name__ == "__main__":
    main()
