"""The same models on the same pictures: this program, and Python with OpenCV and ONNX Runtime.

    python benches/compare.py --program target/release/secondlook

Makes pictures of 12 megapixels from the shipped samples, looks at all of them with the program and with the
steps below, each in a process of its own, from the start of the process to the last probability, and
prints both times and their ratio. The program also measures quality, judges and prints; the steps below do not.
Needs numpy, opencv-python-headless and onnxruntime, and ONNX Runtime for the program (`runtime install`).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

ROOT = Path(__file__).resolve().parent.parent


def make_pictures(folder: Path, count: int) -> None:
    """`count` JPEGs of 4000 x 3000 pixels, or 3000 x 4000, that show documents under a camera's noise."""
    samples = sorted((ROOT / "assets/samples").glob("0[1-8]-*.jpg"))
    rng = np.random.default_rng(1)
    for number in range(count):
        sample = cv2.imread(str(samples[number % len(samples)]))
        size = (3000, 4000) if sample.shape[0] > sample.shape[1] else (4000, 3000)
        picture = cv2.resize(sample, size, interpolation=cv2.INTER_CUBIC).astype(np.int16)
        picture += rng.integers(-4, 4, picture.shape, dtype=np.int16)
        name = str(folder / f"{number:03}.jpg")
        cv2.imwrite(name, picture.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 90])


class Engine:
    """The models of the manifest and the steps between them."""

    def __init__(self, models: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        manifest = json.loads((models / "manifest.json").read_text())
        self.models = {
            entry["id"]: (entry, onnxruntime.InferenceSession(str(models / entry["file"]), options, providers=["CPUExecutionProvider"]))
            for entry in manifest["models"]
        }

    def run(self, model: str, batch: np.ndarray) -> np.ndarray:
        entry, session = self.models[model]
        step = entry["input"].get("at_a_time", len(batch))
        some = [batch[begin : begin + step] for begin in range(0, len(batch), step)]
        return np.concatenate([session.run(None, {entry["input"]["name"]: one})[0] for one in some])

    def check(self, path: Path) -> dict[str, float]:
        """The probability of each check; empty if there is no document in the picture."""
        picture = cv2.cvtColor(cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        quad = self.locate(picture)
        if quad is None:
            return {}
        portrait = self.portrait(picture, quad) if "portrait" in self.models else None
        if portrait is not None:
            quad = portrait[0]
        sums = {}  # of each check: the deciding model's calibrated logit and what others add to it
        for name, (entry, _) in self.models.items():
            kind = entry.get("windows")
            if not entry.get("checks") and not entry.get("adds") or kind == "portrait" and portrait is None:
                continue
            if kind == "portrait":
                batch = portrait_windows(picture, *portrait, entry["input"]["shape"][-1])
            elif kind == "surroundings":
                batch = surroundings(picture, quad, entry["input"]["shape"][-1])
            else:
                batch = grid_windows(picture, quad, entry["input"])
            logits = self.run(name, batch).astype(np.float64)
            for part in [*entry.get("checks", []), *entry.get("adds", [])]:
                column = logits[:, part["column"]]
                pooled = -np.log(np.exp(-column).mean()) if entry.get("pool") == "softmin" else column.mean()
                said = part["scale"] * pooled + part.get("bias", 0.0)
                sums[part["check"]] = sums.get(part["check"], 0.0) + said
        return {check: float(1 / (1 + np.exp(-logit))) for check, logit in sums.items()}

    def locate(self, picture: np.ndarray) -> np.ndarray | None:
        """The corners of the largest patch of mask, in pixels."""
        height, width = picture.shape[:2]
        scale = 256 / max(height, width)
        small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        square = np.full((256, 256, 3), 127.5, np.float32)
        square[: small.shape[0], : small.shape[1]] = small
        heat = self.run("locator", np.ascontiguousarray(square.transpose(2, 0, 1)[None] / np.float32(255)))[0]
        contours, _ = cv2.findContours((heat[1] > 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if not contours:
            return None
        hull = cv2.convexHull(max(contours, key=cv2.contourArea))
        for tolerance in np.linspace(0.01, 0.2, 20):
            quad = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
            if len(quad) == 4:
                return (quad[:, 0] + 0.5) * 2 / scale
        return cv2.boxPoints(cv2.minAreaRect(hull)) * 2 / scale

    def portrait(self, picture: np.ndarray, quad: np.ndarray):
        """The upright quad and the portrait's box in shares of it."""
        target = np.array([(0, 0), (160, 0), (160, 160), (0, 160)], np.float32)
        long_px = max(np.linalg.norm(quad[i] - quad[(i + 1) % 4]) for i in range(4))
        scale = min(1.0, 240 / long_px)
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        square = cv2.warpPerspective(small, cv2.getPerspectiveTransform((quad * scale).astype(np.float32), target), (160, 160))
        turns = np.stack([np.rot90(square, -k) for k in range(4)]).transpose(0, 3, 1, 2)
        heat = self.run("portrait", np.ascontiguousarray(turns, np.float32) / np.float32(255))[:, 0]
        turn = int(np.argmax((heat > 0).sum(axis=(1, 2))))
        count, labels = cv2.connectedComponents((heat[turn] > 0).astype(np.uint8), connectivity=4)
        if count < 2:
            return None
        ys, xs = np.nonzero(labels == labels.flat[np.argmax(heat[turn])])
        box = (xs.min() / 40, ys.min() / 40, (xs.max() + 1) / 40, (ys.max() + 1) / 40)
        return np.roll(quad, turn, axis=0), box


def batch_of(windows: list[np.ndarray]) -> np.ndarray:
    return np.ascontiguousarray(np.stack(windows).transpose(0, 3, 1, 2), np.float32) / np.float32(255)


def window(picture: np.ndarray, centre, side: int, snap: int = 1) -> np.ndarray:
    left, top = (
        int(np.clip(round(float(at) - side / 2), 0, length - side)) // snap * snap
        for at, length in zip(centre, (picture.shape[1], picture.shape[0]))
    )
    return picture[top : top + side, left : left + side]


def grid_windows(picture: np.ndarray, quad: np.ndarray, taken: dict) -> np.ndarray:
    a, b, c, d = quad
    if np.linalg.norm(b - a) + np.linalg.norm(c - d) < np.linalg.norm(d - a) + np.linalg.norm(c - b):
        a, b, c, d = b, c, d, a
    centres = [
        (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v
        for v in (np.arange(4) + 0.5) / 4
        for u in (np.arange(6) + 0.5) / 6
    ]
    return batch_of([window(picture, at, taken["shape"][-1], taken.get("snap_px", 1)) for at in centres])


def portrait_windows(picture: np.ndarray, quad: np.ndarray, box, side: int) -> np.ndarray:
    sys.path[:0] = [str(ROOT / "models/training/portrait"), str(ROOT / "models/training/patches")]
    import windows

    return batch_of(list(windows.cut(picture, quad, box)))


def surroundings(picture: np.ndarray, quad: np.ndarray, side: int) -> np.ndarray:
    low, high = quad.min(0), quad.max(0)
    (left, top), (right, bottom) = (
        np.clip(at, 0, picture.shape[1::-1]).astype(int) for at in (low - (high - low) / 2, high + (high - low) / 2)
    )
    part = picture[top:bottom, left:right]
    return batch_of([cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA)])


def python_folder(folder: Path, models: Path, workers: int) -> None:
    """Looks at every picture; one line of JSON each."""
    cores = len(os.sched_getaffinity(0))
    cv2.setNumThreads(1 if workers > 1 else cores)
    engine = Engine(models, 1 if workers > 1 else cores)
    with ThreadPoolExecutor(workers) as pool:
        for probabilities in pool.map(engine.check, sorted(folder.glob("*.jpg"))):
            print(json.dumps(probabilities))


def timed(command: list[str]) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return seconds, done.stdout


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--program", type=Path, required=True)
    words.add_argument("--models", type=Path, default=ROOT / "models")
    words.add_argument("--count", type=int, default=24)
    words.add_argument("--rounds", type=int, default=3, help="the fastest of so many counts")
    words.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    words.add_argument("--workers", type=int, default=1, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.folder:
        return python_folder(given.folder, given.models, given.workers)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make_pictures(folder, given.count)
        python = [sys.executable, __file__, "--program", ".", "--models", str(given.models), "--folder", scratch, "--workers"]
        ways = {
            "secondlook check": [str(given.program), "check", "--json", scratch],
            "Python, one picture at a time": [*python, "1"],
            "Python, as many as there are cores": [*python, str(len(os.sched_getaffinity(0)))],
        }
        best = {}
        for _ in range(given.rounds):  # in turns, so that a busy moment hits all alike
            for way, command in ways.items():
                seconds, said = timed(command)
                judged = sum("screenReplay" in line for line in said.splitlines())
                if judged < given.count / 2:
                    raise SystemExit(f"{way}: only {judged} of {given.count} pictures were judged")
                best[way] = min(seconds, best.get(way, seconds))
    ours = best["secondlook check"]
    print(f"{given.count} pictures of 12 megapixels, {len(os.sched_getaffinity(0))} cores, fastest of {given.rounds}")
    for way, seconds in best.items():
        print(f"{way:36} {seconds:6.2f} s  {given.count / seconds:5.1f} pictures/s  {seconds / ours:5.2f} times ours")


if __name__ == "__main__":
    main()
