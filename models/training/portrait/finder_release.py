"""The portrait finder's figures on document kinds left out, the model, its manifest entry and the tests' reference.

`python finder_release.py --cache C/real --runs RUN --models ../.. --version V` needs `foldN.pt` of `finder_train.py` for 0, 1,
2 and all. `--figures` prints the figures only. Intervals are 95 %, from resampling document kinds.
"""

import json
from pathlib import Path

import cv2
import numpy as np
import torch

from compose import blank
from finder_data import MARGIN, in_wide, settle, wide_copy
from net import Finder
from read import CELLS, FOUND_FROM, SIDE, read, turns
from ship import arguments, into_card, written
from sources import CONFIG, fold_of, real_documents

ROUNDS = 1000
GOOD_OVERLAP = 0.5
MARKS = ("<!-- portrait figures: begin -->", "<!-- portrait figures: end -->")


def overlap(a, b) -> float:
    """Intersection over union of two boxes."""
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    both = max(w, 0) * max(h, 0)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def network(path: Path) -> Finder:
    """A trained finder, ready to answer."""
    net = Finder().eval()
    net.load_state_dict(torch.load(path, map_location="cpu"))
    return net


def looked_at(net, square, box) -> dict:
    """What the rule reads from one square, beside the truth."""
    with torch.no_grad():
        found = read(net(torch.from_numpy(turns(square)))[:, 0].numpy())
    if found is None:
        return {"score": 0.0, "upright": False, "iou": 0.0}
    upright = found.turn == 0
    return {"score": found.score, "upright": upright, "iou": overlap(found.box, box) if upright else 0.0}


def answers(cache: Path, runs: Path) -> list[dict]:
    """Every real document by the network of its fold: as it is, its quad off, its portrait taken away."""
    nets = [network(runs / f"fold{n}.pt") for n in range(3)]
    documents = real_documents(cache)
    low, high = int(MARGIN * SIDE), int((1 + MARGIN) * SIDE)
    filling = {}
    wides = [wide_copy(d) for d in documents]
    for document, wide in zip(documents, wides):
        box = in_wide(document.box)
        part = wide[low:high, box[2] : high] if box[0] - low < high - box[2] else wide[low:high, low : box[0]]
        filling.setdefault(fold_of(document.group), []).append(part)
    rows = []
    for number, (document, wide) in enumerate(zip(documents, wides)):
        rng = np.random.default_rng([CONFIG["seed"], 9, number])
        net, box = nets[fold_of(document.group)], in_wide(document.box)
        row = {"group": document.group, "label": document.label}
        rows.append({**row, "what": "as it is", **looked_at(net, wide[low:high, low:high], document.box)})
        for error, name in ((0.01, "quad a little off"), (0.025, "quad off")):
            square, moved = settle(rng, wide, box, error)
            rows.append({**row, "what": name, **looked_at(net, square, tuple(moved))})
        card = wide.astype(np.float32)
        blank(rng, card, box, filling[fold_of(document.group)])
        square = np.clip(card, 0, 255).astype(np.uint8)[low:high, low:high]
        rows.append({**row, "what": "portrait taken away", **looked_at(net, square, document.box)})
    return rows


def share(rows, measure) -> tuple[float, float, float]:
    """The mean of a measure, with an interval over document kinds."""
    groups = sorted({r["group"] for r in rows})
    of = {g: [measure(r) for r in rows if r["group"] == g] for g in groups}
    rng = np.random.default_rng(CONFIG["seed"])
    drawn = [np.concatenate([of[groups[i]] for i in rng.integers(len(groups), size=len(groups))]).mean() for _ in range(ROUNDS)]
    return float(np.mean([measure(r) for r in rows])), *map(float, np.percentile(drawn, (2.5, 97.5)))


def percent(three) -> str:
    """A share and its interval as text."""
    return f"{100 * three[0]:.1f} % ({100 * three[1]:.1f} to {100 * three[2]:.1f})"


def table(rows) -> str:
    """The figures as a table of the card."""
    lines = [
        "| real pictures of kinds not seen | number | portrait found, upright, IoU at least 0.5 | right turn | "
        "called without a portrait | IoU mean |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for what in ("as it is", "quad a little off", "quad off"):
        for label in ("genuine", "print", None):
            some = [r for r in rows if r["what"] == what and label in (None, r["label"])]
            name = {"genuine": "genuine cards", "print": "grey copies", None: "both"}[label]
            good = share(some, lambda r: r["score"] >= FOUND_FROM and r["iou"] >= GOOD_OVERLAP)
            lines.append(
                f"| {name}, {what} | {len(some)} | {percent(good)} | {percent(share(some, lambda r: r['upright']))} | "
                f"{percent(share(some, lambda r: r['score'] < FOUND_FROM))} | {np.mean([r['iou'] for r in some]):.3f} |"
            )
    gone = [r for r in rows if r["what"] == "portrait taken away"]
    there = [r for r in rows if r["what"] == "as it is"]
    false = share(gone, lambda r: r["score"] >= FOUND_FROM)
    right = sum(r["score"] >= FOUND_FROM and r["iou"] >= GOOD_OVERLAP for r in there)
    wrong = sum(r["score"] >= FOUND_FROM for r in gone) + sum(r["score"] >= FOUND_FROM for r in there) - right
    lines += [
        "",
        f"Portraits taken out of the same {len(gone)} pictures and the place filled: a portrait is still found in "
        f"{percent(false)} of them. Precision over both sets together: {100 * right / (right + wrong):.1f} %.",
    ]
    return "\n".join(lines)


def reference_document() -> np.ndarray:
    """160 x 160 x 3 bytes by whole numbers alone, so that Rust can draw the very same."""
    square = np.zeros((SIDE, SIDE, 3), np.int64)
    for y in range(SIDE):
        for x in range(SIDE):
            rgb = (225 - y // 4, 215 - (x * 3 + y) % 7, 190 + y // 5)
            if 12 <= x < 58 and 36 <= y < 112:
                rgb = (170, 180, 205)
                if (x - 35) ** 2 * 9 + (y - 66) ** 2 * 4 < 2000:
                    rgb = (205 - x // 2, 150, 120)
                    if y < 54 or (x - 35) ** 2 * 9 + (y - 66) ** 2 * 4 > 1700:
                        rgb = (60, 45, 40)
                    elif 60 <= y < 63 and abs(abs(x - 35) - 6) < 3 or 76 <= y < 78 and abs(x - 35) < 5:
                        rgb = (70, 40, 40)
                elif y > 92 and abs(x - 35) < 8 + (y - 92):
                    rgb = (50, 55, 80)
            elif y < 16:
                rgb = (60, 90, 170)
            elif 68 <= x < 150 and y % 13 < 4 and 30 <= y < 125 and (x * 7 + y // 13 * 5) % 13 < 9:
                rgb = (40, 40, 50)
            elif y >= 136 and y % 11 < 5 and (x * 5 + y // 11) % 7 < 5:
                rgb = (30, 30, 35)
            square[y, x] = rgb
    return np.clip(square, 0, 255).astype(np.uint8)


def exported(net: Finder, models: Path, version: str) -> None:
    """The ONNX file, its manifest entry and the reference."""
    entry, session = written(
        net, torch.zeros(4, 3, SIDE, SIDE), models,
        {"id": "portrait", "version": version,
         "input": {"name": "document", "shape": [None, 3, SIDE, SIDE], "range": [0, 1]}, "outputs": ["heat"]},
        dynamic_axes={"document": {0: "batch"}, "heat": {0: "batch"}},
    )
    square = reference_document()
    heat = session.run(None, {"document": turns(square)})[0][:, 0]
    found = read(heat)
    step = 8
    places = [(0, 0), (10, 40), (35, 66), (35, 100), (80, 33), (100, 141), (159, 159)]
    reference = {
        "format": 1, "model": "portrait", "model_sha256": entry["sha256"],
        "input": "the square of reference_document() in training/portrait/finder_release.py, and its turns",
        "levels": [{"at": [x, y], "rgb": square[y, x].tolist()} for x, y in places],
        "heat_shape": [4, 1, CELLS, CELLS], "step": step,
        "heat": [round(float(v), 5) for v in heat[:, ::step, ::step].ravel()],
        "found": None if found is None else
        {"turn": found.turn, "box": [round(v, 6) for v in found.box], "score": round(found.score, 5)},
        "tolerance": 0.001,
    }
    (models / "reference" / "portrait.json").write_text(json.dumps(reference) + "\n")
    print(found)


def main() -> None:
    words = arguments(__doc__, "cache")
    words.add_argument("--keep-rows", type=Path, help="a file for the single answers")
    given = words.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    rows = answers(given.cache, given.runs)
    if given.keep_rows:
        given.keep_rows.write_text(json.dumps(rows, default=float))
    print(table(rows))
    if not given.figures:
        into_card(given.models / "README.md", MARKS, table(rows))
        exported(network(given.runs / "foldall.pt"), given.models, given.version)


if __name__ == "__main__":
    main()
