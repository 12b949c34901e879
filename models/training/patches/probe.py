"""What a shortcut would score: single plain numbers that say nothing about screens or paper.

`python probe.py --plain C/plain.npz --treated C/treated.npz`

For each number the AUC between live pictures and attacks, 0.5 being no use, as the pictures are and
after the treatment every class gets alike. What is far from 0.5 in the second column is a trap that
is still open.
"""

import argparse
from pathlib import Path

import numpy as np

from figures import auc
from head import Table, groups, opened
from spectra import COLOUR_WINDOW, WINDOW, periods


def numbers(table: Table) -> dict[str, np.ndarray]:
    """Three plain numbers of each picture: contrast, colourfulness and sharpness.

    Sharpness is taken of the mean power: edges make it, and they fill few windows.
    """
    runs = groups()
    bright, edges = (np.arange(at, at + len(periods(WINDOW))) for at, _ in runs[:2])
    radius = np.hypot(*np.array(periods(WINDOW), float).T)
    colour = np.concatenate(
        [np.arange(at, at + len(periods(side))) for at, side in runs[2::2] if side == COLOUR_WINDOW]
    )
    features = table.features.numpy()
    of_patches = {
        "contrast": features[:, bright].mean(axis=1),
        "colourfulness": features[:, colour].mean(axis=1),
        "sharpness": features[:, edges[radius >= 6]].mean(axis=1)
        - features[:, edges[radius <= 2]].mean(axis=1),
    }
    counts = np.bincount(table.owners, minlength=len(table.rows))
    return {
        name: np.bincount(table.owners, values, minlength=len(table.rows)) / counts
        for name, values in of_patches.items()
    }


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--plain", type=Path, required=True)
    words.add_argument("--treated", type=Path, required=True)
    given = words.parse_args()
    columns = []
    for path in (given.plain, given.treated):
        table = opened(path)
        found = {}
        for name, values in numbers(table).items():
            for kind, attack in (("scene", "screen"), ("id_document", "print")):
                sides = [
                    values[[i for i, r in enumerate(table.rows) if r["kind"] == kind and r["label"] == side]]
                    for side in ("genuine", attack)
                ]
                found[f"{name} alone, {attack}"] = auc(*sides)
        columns.append(found)
    for name in columns[0]:
        print(f"{name}: {columns[0][name]:.2f} as it is, {columns[1][name]:.2f} treated")


if __name__ == "__main__":
    main()
