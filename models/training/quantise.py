"""What 8 bits would cost and save: models with their convolutions quantised, beside the shipped ones.

    python quantise.py --data DATA --models .. --out Q

Writes a copy of each into Q (static, a scale for each channel of the weights, activations by their least and greatest value on 60
pictures) and prints how large both are, how long both take on one thread in turn, and how far the copy's logits are off, as a root
mean square in standard deviations of the shipped one's over 120 other pictures. What the locator's copy does to quads says
`locator/evaluate.py --model Q/locator.onnx`.
"""

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE / "locator"), str(HERE / "surroundings")]

from read import locate  # noqa: E402
from sources import quad_of, rows  # noqa: E402
from view import view  # noqa: E402

CALIBRATED_ON, MEASURED_ON, TIMED = 60, 120, 40
PATCH = 192


def first_looks(picture, _quad):
    """What the locator sees of a picture first."""
    seen = []

    def run(planes):
        seen.append(planes)
        return np.full((2, 128, 128), -9, np.float32)

    locate(picture, run, closer=False)
    return seen[0][None]


def surroundings(picture, quad):
    return planes(view(picture, quad)[..., ::-1])[None]


def patches(picture, quad):
    """Four windows of the document at the picture's own pixels."""
    low, high = quad.min(0), quad.max(0)
    windows = []
    for share in ((0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.7, 0.7)):
        x, y = np.clip((low + (high - low) * share).astype(int) - PATCH // 2, 0, None)
        x, y = min(x, picture.shape[1] - PATCH), min(y, picture.shape[0] - PATCH)
        windows.append(planes(picture[y:y + PATCH, x:x + PATCH, ::-1]))
    return np.stack(windows)


def planes(rgb):
    return np.ascontiguousarray(rgb.transpose(2, 0, 1), np.float32) / 255


class Reader(CalibrationDataReader):
    def __init__(self, name, inputs):
        self.rest = iter([{name: given} for given in inputs])

    def get_next(self):
        return next(self.rest, None)


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--data", required=True, type=Path)
    args.add_argument("--models", required=True, type=Path)
    args.add_argument("--out", required=True, type=Path)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    known = [row for row in rows(args.data) if quad_of(row) is not None]
    known = [known[i] for i in np.random.default_rng(1).permutation(len(known))]
    pictures = [(cv2.imread(str(args.data / row["path"])), quad_of(row)) for row in known[:CALIBRATED_ON + MEASURED_ON]]
    pictures = [(picture, quad) for picture, quad in pictures if min(picture.shape[:2]) >= PATCH]
    print("| model | kB | quantised | time | logits off, in their spread |\n| --- | --- | --- | --- | --- |")
    for model, seen_by in (("locator", first_looks), ("surroundings", surroundings), ("patches", patches)):
        given = [seen_by(*picture) for picture in pictures]
        shipped, prepared, copy = (folder / f"{model}{end}.onnx" for folder, end in
                                   ((args.models, ""), (args.out, ".prepared"), (args.out, "")))
        quant_pre_process(str(shipped), str(prepared), skip_symbolic_shape=True)
        whole = session(shipped)
        name = whole.get_inputs()[0].name
        quantize_static(prepared, copy, Reader(name, given[:CALIBRATED_ON]), per_channel=True, op_types_to_quantize=["Conv"],
                        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
        prepared.unlink()
        small, times = session(copy), ([], [])
        said = [[], []]
        for number, one in enumerate(given[CALIBRATED_ON:]):
            for i, net in enumerate((whole, small)):
                start = time.perf_counter()
                said[i].append(net.run(None, {name: one})[0].ravel())
                if number < TIMED:
                    times[i].append(time.perf_counter() - start)
        a, b = (np.stack(rows_of) for rows_of in said)
        off = np.sqrt(np.mean((a - b) ** 2)) / a.std()
        print(f"| {model} | {shipped.stat().st_size // 1000} | {copy.stat().st_size // 1000} "
              f"| {np.median(times[1]) / np.median(times[0]):.2f} | {off:.2f} |")


if __name__ == "__main__":
    main()
