"""Measures a model on the real pictures that were held out of its training.

    python evaluate.py --data DATA --model ../../locator.onnx
"""

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

sys.path.append(str(Path(__file__).resolve().parent.parent))

from gates import faulty  # noqa: E402
from read import area, locate  # noqa: E402
from rules import errors  # noqa: E402
from sources import load  # noqa: E402

FAULTS = ("DOCUMENT_CROPPED", "DOCUMENT_TOO_CLOSE_TO_BORDER", "DOCUMENT_TOO_CLOSE_TO_CAMERA")


def runner(path):
    """A function from the 3x256x256 input to the heat map."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda picture: session.run(["heat"], {"picture": picture[None]})[0][0]


def overlap_inside(a, b, w, h):
    """Intersection over union of the parts of two quads that lie in the picture."""
    frame = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
    a, b = (cv2.intersectConvexConvex(np.float32(q), frame)[1] for q in (a, b))
    if a is None or b is None:
        return 0.0
    both, _ = cv2.intersectConvexConvex(a, b)
    return both / (area(a) + area(b) - both)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--data", required=True)
    args.add_argument("--model", required=True)
    args.add_argument("--closer", type=int, default=1, help="0: only one look at each picture")
    args.add_argument("--trained", action="store_true", help="measure on the pictures that were trained on instead")
    args.add_argument("--worst", type=int, default=0, help="name so many of the worst pictures")
    args = args.parse_args()
    run = runner(args.model)
    overlaps, scenes = defaultdict(list), defaultdict(list)
    refused, told = defaultdict(Counter), defaultdict(Counter)
    rng = np.random.default_rng(1)
    for photo in load(args.data, held_out=not args.trained, long_px=2048):
        if photo.kind == "flat_template":
            continue
        found = locate(photo.picture, run, bool(args.closer))
        h, w = photo.picture.shape[:2]
        if photo.quad is None:
            scenes[photo.label].append((len(found), max((f.confidence for f in found), default=0), photo.path))
        else:
            best = overlap_inside(found[0].quad, photo.quad, w, h) if found else 0.0
            overlaps[photo.label].append((best, len(found), photo.path))
            codes = errors(found, w, h)
            refused[photo.label].update(codes or ["accepted"])
            for fault in FAULTS:
                cut = faulty(fault, photo.picture, photo.quad, photo.picture, rng)
                codes = errors(locate(cut, run, bool(args.closer)), cut.shape[1], cut.shape[0])
                told[photo.label, fault].update([fault] if fault in codes else codes[:1] or ["accepted"])
    everything = sum(overlaps.values(), [])
    for name, rows in [*overlaps.items(), ("all documents", everything)]:
        values = np.array([row[0] for row in rows])
        print(f"{name}: {len(rows)} pictures, IoU mean {values.mean():.4f}, 5th percentile "
              f"{np.percentile(values, 5):.4f}, median {np.median(values):.4f}, none found {sum(r[1] == 0 for r in rows)}, "
              f"several found {sum(r[1] > 1 for r in rows)}")
    for name, counts in refused.items():
        print(f"{name}: refused {len(overlaps[name]) - counts['accepted']} of {len(overlaps[name])}: {dict(counts)}")
    for (name, fault), counts in told.items():
        print(f"{name}, cut to be {fault}: told of {counts[fault]} of {counts.total()}: {dict(counts)}")
    for name, rows in scenes.items():
        print(f"{name} scenes without documents: {len(rows)}, a document found in {sum(r[0] > 0 for r in rows)}")
    for row in sorted(everything)[: args.worst]:
        print("  ", *row)
    for row in sorted(sum(scenes.values(), []), key=lambda r: -r[1])[: args.worst]:
        print("  ", *row)


if __name__ == "__main__":
    main()
