"""What a shortcut would score: plain numbers of a document that say nothing of an edit.

`python probe.py --cells C/real` prints for each the AUC between untouched pictures and edited ones, 0.5
being no use; and that of a logistic regression on all of them, fitted on two folds and judged on the
third. Screen grabs are shown apart: that they differ in sharpness and size is what they are.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent / "patches"))

from figures import auc

PLAIN = ("quality", "longSidePx", "colour", "sharpness", "brightness")


def numbers(rows: list[dict]) -> np.ndarray:
    """Rows x 5: last JPEG quality, long side, saturation, sharpness, brightness."""
    quality = [(row["qualities"] or [100])[-1] for row in rows]
    return np.array([[q, *(row[name] for name in PLAIN[1:])] for q, row in zip(quality, rows)])


def fitted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression by gradient steps, a little held back."""
    w = np.zeros(x.shape[1])
    for _ in range(400):
        p = 1.0 / (1.0 + np.exp(-x @ w))
        w -= 0.5 * (x.T @ (p - y) / len(y) + 1e-3 * w)
    return w


def shortcuts(rows: list[dict]) -> dict[str, float]:
    """AUC of each number alone (the better way round) and of all together."""
    found = {}
    for title, some in (
        ("edits", [r for r in rows if r["sort"] != "grab"]),
        ("screen grabs", [r for r in rows if r["sort"] == "grab" or (r["sort"] == "genuine" and r["live"])]),
    ):
        x, y = numbers(some), np.array([r["live"] for r in some])
        for name, values in zip(PLAIN, x.T):
            area = auc(values[y == 1], values[y == 0])
            found[f"{name}, {title}"] = max(area, 1.0 - area)
        z = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-9)
        z = np.concatenate((z, z * z, np.ones((len(z), 1))), axis=1)
        fold, scores = np.array([r["fold"] for r in some]), np.zeros(len(some))
        for n in range(3):
            scores[fold == n] = z[fold == n] @ fitted(z[fold != n], y[fold != n])
        found[f"all five together, {title}"] = auc(scores[y == 1], scores[y == 0])
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cells", type=Path, nargs="+", required=True)
    given = words.parse_args()
    rows = [
        json.loads(line)
        for folder in given.cells
        for path in sorted(folder.glob("index-*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    for name, value in shortcuts([r for r in rows if r["family"] == "python"]).items():
        print(f"{name}: {value:.2f}")


if __name__ == "__main__":
    main()
