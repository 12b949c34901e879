"""How well the errors about a document's place are told: precision and recall on made pictures with and without
each fault, and false errors on real documents; and where these go by all four checks.

    python gates.py --program ../../target/release/secondlook --data DATA

The pictures are made photographs (`secondlook synth documents`). Too small, without a document and without a portrait
(backs) they come as such; the other faults are cut from the good ones: moved out of the frame, cropped until the
document touches it or fills it, put beside another. Intervals are Wilson's, 95 %.
"""

import argparse
import json
import math
import subprocess
import tempfile
from pathlib import Path

import cv2
import numpy as np

GOOD = "good"
FAULTS = (
    "DOCUMENT_NOT_FOUND",
    "DOCUMENT_CROPPED",
    "DOCUMENT_TOO_CLOSE_TO_BORDER",
    "DOCUMENT_TOO_CLOSE_TO_CAMERA",
    "DOCUMENT_TOO_SMALL",
    "DOCUMENT_PHOTO_NOT_FOUND",
    "TOO_MANY_DOCUMENTS",
)


def synth(program: Path, folder: Path, kind: str, count: int, seed: int, faults: int = 0) -> list[tuple[np.ndarray, np.ndarray, dict]]:
    """Pictures with their quads and truths; all of them good, or all of them faulty."""
    words = ["synth", "documents", "--kind", kind, "--count", str(count), "--seed", str(seed), "--faults", str(faults)]
    subprocess.run([program, *words, "--out", folder], check=True, capture_output=True)
    found = []
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text())
        picture = cv2.imread(str(path.with_suffix(".jpg")))
        found.append((picture, np.array(truth["quad"] or [], float), truth))
    return found


def framed(picture: np.ndarray, left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """The part of the picture that lies in a frame."""
    return picture[max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)]


def faulty(fault: str, picture: np.ndarray, quad: np.ndarray, other: np.ndarray, rng) -> np.ndarray:
    """The picture with a fault that begins where its rule is clear, not at its edge."""
    height, width = picture.shape[:2]
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    w, h = x1 - x0, y1 - y0
    if fault == "DOCUMENT_CROPPED":
        share, side = rng.uniform(0.2, 0.4), rng.integers(4)
        left, top, right, bottom = 0.0, 0.0, float(width), float(height)
        if side == 0:
            left = x0 + share * w
        elif side == 1:
            top = y0 + share * h
        elif side == 2:
            right = x1 - share * w
        else:
            bottom = y1 - share * h
        return framed(picture, left, top, right, bottom)
    if fault == "DOCUMENT_TOO_CLOSE_TO_BORDER":
        m = rng.uniform(0.0, 0.002) * min(w, h)
        sides, room = [m, m, m, m], [x0, y0, width - x1, height - y1]
        wanted = 0.35 * max(w, h)
        wide = [side for side in range(4) if room[side] >= wanted] or [int(np.argmax(room))]
        sides[rng.choice(wide)] = wanted  # three sides touch, the fourth is free
        return framed(picture, x0 - sides[0], y0 - sides[1], x1 + sides[2], y1 + sides[3])
    if fault == "DOCUMENT_TOO_CLOSE_TO_CAMERA":
        m = rng.uniform(0.06, 0.12)  # all four sides lie outside
        return framed(picture, x0 + m * w, y0 + m * h, x1 - m * w, y1 - m * h)
    if fault == "TOO_MANY_DOCUMENTS":
        if (other.shape[0] > other.shape[1]) != (height > width):
            other = cv2.rotate(other, cv2.ROTATE_90_CLOCKWISE)  # or one of the two would be squeezed
        beside = cv2.resize(other, (width, height), interpolation=cv2.INTER_AREA)
        return np.concatenate((picture, beside), axis=1 if height > width else 0)
    raise ValueError(fault)


def is_small(picture: np.ndarray, quad: np.ndarray) -> bool:
    """Clearly below the rule's limits: 300 px along, or 3 % of the picture."""
    sides = [float(np.linalg.norm(quad[i] - quad[(i + 1) % 4])) for i in range(4)]
    share = cv2.contourArea(quad.astype(np.float32)) / (picture.shape[0] * picture.shape[1])
    return max(sides) < 270 or share < 0.027


def wilson(hits: int, n: int) -> str:
    if n == 0:
        return "–"
    z, p = 1.96, hits / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return f"{p:.3f} ({max(0, low):.3f} to {min(1, high):.3f})"


def results_of(program: Path, folder: Path) -> list[dict]:
    """What the program says of every picture in the folder."""
    said = subprocess.run([program, "check", "--json", folder], capture_output=True, text=True, check=False).stdout
    lines = (json.loads(line) for line in said.splitlines())
    return [one for one in lines if one["type"] == "result"]


def errors_of(program: Path, folder: Path) -> list[list[str]]:
    """The errors of every picture in the folder."""
    return [[e["code"] for e in one["errors"]] for one in results_of(program, folder)]


def count(words) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found


def make(program: Path, root: Path, number: int, seed: int) -> None:
    """A folder of pictures for the good ones and for each fault; done once for a folder."""
    if (root / "made.done").exists():
        return
    rng = np.random.default_rng(seed)
    fronts = [one for one in synth(program, root / "made", "genuine", 2 * number, seed) if not one[2]["plan"]["back"]][:number]
    backs = [one for one in synth(program, root / "more", "genuine", 5 * number, seed + 1) if one[2]["plan"]["back"]][:number]
    nothing = synth(program, root / "nothing", "nothing", number, seed)
    small = [
        one
        for one in synth(program, root / "small", "genuine", 4 * number, seed + 2, faults=1)
        if one[2]["plan"]["fault"] == "tooSmall" and len(one[1]) and is_small(one[0], one[1])
    ]
    for fault in (GOOD, *FAULTS):
        folder = root / f"as-{fault}"
        folder.mkdir(exist_ok=True)
        for at, (picture, quad, _) in enumerate(fronts):
            if fault == GOOD:
                shown = picture
            elif fault == "DOCUMENT_NOT_FOUND":
                shown = nothing[at % len(nothing)][0]
            elif fault == "DOCUMENT_TOO_SMALL":
                if at >= len(small):
                    break
                shown = small[at][0]
            elif fault == "DOCUMENT_PHOTO_NOT_FOUND":
                if at >= len(backs):
                    break
                shown = backs[at][0]
            else:
                shown = faulty(fault, picture, quad, fronts[at - 1][0], rng)
            cv2.imwrite(str(folder / f"{at:04}.jpg"), shown, [cv2.IMWRITE_JPEG_QUALITY, 92])
    (root / "made.done").touch()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--program", type=Path, required=True)
    words.add_argument("--count", type=int, default=40, help="pictures a fault and a seed")
    words.add_argument("--seed", type=int, nargs="+", default=[77, 505, 1001, 2024, 3030], help="all together make the table")
    words.add_argument("--data", type=Path, help="the raw material, for the real genuine documents")
    words.add_argument("--work", type=Path, help="a folder to keep the made pictures in, for the next time")
    given = words.parse_args()
    said: dict[str, list[list[str]]] = {fault: [] for fault in (GOOD, *FAULTS)}
    with tempfile.TemporaryDirectory() as scratch:
        for seed in given.seed:
            root = (given.work or Path(scratch)) / str(seed)
            root.mkdir(parents=True, exist_ok=True)
            make(given.program, root, given.count, seed)
            for fault, errors in said.items():
                errors += errors_of(given.program, root / f"as-{fault}")
    n_good = len(said[GOOD])
    print(f"| error | pictures with it | recall | false on {n_good} good pictures | precision against them |")
    print("| --- | --- | --- | --- | --- |")
    for fault in FAULTS:
        hits = sum(fault in errors for errors in said[fault])
        false = sum(fault in errors for errors in said[GOOD])
        n = len(said[fault])
        print(f"| `{fault}` | {n} | {wilson(hits, n)} | {false} | {wilson(hits, hits + false)} |")
        others = count(errors[0] if errors else "no error" for errors in said[fault] if fault not in errors)
        if others:
            print(f"  <!-- told instead: {others} -->")
    for folder in ("genuine", "print") if given.data else ():
        results = results_of(given.program, given.data / "documents" / folder)
        refused = [one["errors"][0]["code"] for one in results if one["errors"]]
        print(f"\nreal documents, {folder}: {len(results)}; refused {wilson(len(refused), len(results))}, {count(refused)}")
        passed = sum(one["live"] == 1 for one in results)
        print(f"all checks passed {wilson(passed, len(results))}; routes {count(one['route'] for one in results)}")


if __name__ == "__main__":
    main()
