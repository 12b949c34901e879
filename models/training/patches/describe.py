"""Spectra of patches, computed once: of real pictures as they are, of treated ones, and of made ones.

`python describe.py --cache CACHE --out FILE.npz --what plain|treated|made [--made BANK …]`

`plain` cuts the 24 patches the program would look at. `treated` cuts some patches of each picture
under a random camera treatment, several times over. `made` takes each piece of the banks once.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from augment import SPARE, draw, softening, treat, window
from cutting import Lender, draw_scale, patches_of, place
from data import Pictures
from made import SIDE, Bank
from spectra import PATCH, Spectra

TREATED_PATCHES = 6
"""Patches of one treated picture."""

SOFTENED = 0.7
"""Part of the treated documents that are made soft: as they are, nearly every print here is sharper
than nearly every genuine document, whatever size they are brought to."""

SHARPNESS = (-3.2, -2.2)
"""The sharpness, as `augment.sharpness` has it, that these are brought down to: that of the genuine ones."""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cache", type=Path, required=True)
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--what", choices=("plain", "treated", "made"), required=True)
    words.add_argument("--made", type=Path, nargs="*", default=[])
    words.add_argument("--rounds", type=int, default=1, help="treatments of each picture")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    describer = Spectra()
    features, owners, rows = [], [], []

    def add(patches: list[np.ndarray], row: dict) -> None:
        levels = torch.from_numpy(np.stack(patches).transpose(0, 3, 1, 2).astype(np.float32))
        with torch.inference_mode():
            features.append(describer(levels).numpy().astype(np.float16))
        owners.extend([len(rows)] * len(patches))
        rows.append(row)

    if given.what == "made":
        for folder in given.made:
            bank = Bank(folder)
            for number, row in enumerate(bank.rows):
                # Partners go through one camera.
                how = draw(np.random.default_rng((given.seed, row["pair"])), 1.0, 0.3)
                rng = np.random.default_rng((given.seed, number))
                patch = treat(bank.piece(number), how, SIDE - SPARE, rng, None)
                add([patch], {**row, "clip": row["group"], "source": folder.name, "made": True, "treated": True})
    else:
        pictures = Pictures(given.cache)
        lender = Lender(pictures)
        for turn in range(given.rounds):
            for number, entry in enumerate(pictures.entries):
                row = {
                    "label": entry.label,
                    "kind": entry.kind,
                    "group": entry.group,
                    "clip": entry.clip,
                    "source": entry.source,
                    "made": False,
                    "treated": given.what == "treated",
                }
                rng = np.random.default_rng((given.seed, turn, number))
                aside = entry.kind not in ("scene", "id_document")
                if given.what == "plain":
                    patches = list(patches_of(entry, pictures).transpose(0, 2, 3, 1))
                    patches = patches[:: 8 if aside else 1]
                else:
                    if aside and rng.random() < 0.75:
                        continue
                    document = entry.kind == "id_document"
                    how = draw(rng, draw_scale(entry, rng), 0.5 if document else 0.15)
                    lend = document and not how.grey and (entry.label == "print" or rng.random() < 0.6)
                    side = round((PATCH + SPARE) / how.scale)
                    donors = [lender.donor(rng) if lend else None for _ in range(TREATED_PATCHES)]
                    cut = [window(pictures.read(entry), place(entry, rng), side) for _ in donors]
                    row["softened"] = bool(document and rng.random() < SOFTENED)
                    if row["softened"]:
                        blur = softening(cut, how.scale, rng.uniform(*SHARPNESS))
                        how = replace(how, blur=float(np.hypot(how.blur, blur)))
                    patches = [treat(piece, how, PATCH, rng, donor) for piece, donor in zip(cut, donors)]
                add(patches, row)
    np.savez(
        given.out,
        features=np.concatenate(features),
        owners=np.array(owners),
        rows=np.array(json.dumps(rows)),
    )


if __name__ == "__main__":
    main()
