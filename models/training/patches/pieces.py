"""Patches, cut once and kept: of real pictures as they are, of treated ones, and of made ones.

`python pieces.py --cache CACHE --out OUT --what plain|treated|grey|made [--rounds N] [--made BANK …]`

`plain` cuts the 24 patches the program would look at. `treated` cuts some patches of each picture
under a random camera treatment, several times over. `grey` cuts the 24 patches of documents alone, brought
to a size drawn without regard to their class, turned grey and encoded once: for figures, not for training.
`made` takes each piece of the banks, treated.
Writes `OUT.u8`, raw levels, and `OUT.json`, which says what they show.
"""

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from augment import SPARE, Treatment, draw, softening, treat, window
from cutting import Lender, draw_scale, grid, patches_of, place
from data import Pictures
from made import SIDE, Bank
from spectra import PATCH

TREATED_PATCHES = 6
"""Patches of one treated picture."""

SOFTENED = 0.7
"""Part of the treated documents that are made soft: as they are, nearly every print here is sharper
than nearly every genuine document, whatever size they are brought to."""

SHARPNESS = (-3.2, -2.2)
"""The sharpness, as `augment.sharpness` has it, that these are brought down to: that of the genuine ones."""


@dataclass
class Pieces:
    """Patches with the pictures they belong to."""

    levels: list[np.ndarray]  # one side x side x 3 array a patch, in memory only once it is read
    owners: np.ndarray  # the row of each patch
    rows: list[dict]

    def only(self, keep) -> "Pieces":
        """The pictures for which `keep(row)` holds."""
        chosen = [i for i, row in enumerate(self.rows) if keep(row)]
        number = np.full(len(self.rows), -1)
        number[chosen] = np.arange(len(chosen))
        at = np.flatnonzero(number[self.owners] >= 0)
        return Pieces(
            [self.levels[i] for i in at], number[self.owners[at]], [self.rows[i] for i in chosen]
        )


def opened(path: Path) -> Pieces:
    """What `pieces.py --out PATH` wrote."""
    words = json.loads(path.with_suffix(".json").read_text())
    side = words["side"]
    levels = np.memmap(path.with_suffix(".u8"), np.uint8, "r").reshape(-1, side, side, 3)
    return Pieces(list(levels), np.array(words["owners"]), words["rows"])


def joined(parts: list[Pieces]) -> Pieces:
    """Several as one."""
    levels, owners, rows = [], [], []
    for part in parts:
        levels += part.levels
        owners.append(part.owners + len(rows))
        rows += part.rows
    return Pieces(levels, np.concatenate(owners), rows)


def first_turn(row: dict) -> bool:
    """Whether a row is not a made piece treated anew: figures take each made piece once."""
    return row.get("pair", "0/").startswith("0/")


def greyed(rng: np.random.Generator, scale: float) -> Treatment:
    """Grey at this scale and through JPEG once, and nothing else."""
    one = (1.0, 1.0, 1.0)
    return Treatment(
        scale=scale,
        interpolation=int(cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC),
        turns=0,
        mirror=False,
        grey=True,
        tint=one,
        gains=one,
        gamma=1.0,
        contrast=1.0,
        brightness=0.0,
        saturation=1.0,
        blur=0.0,
        noise=0.0,
        sharpen=0.0,
        qualities=(int(rng.integers(70, 98)),),
        full_chroma=False,
    )


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cache", type=Path, required=True)
    words.add_argument("--out", type=Path, required=True, help="without an ending")
    words.add_argument("--what", choices=("plain", "treated", "grey", "made"), required=True)
    words.add_argument("--made", type=Path, nargs="*", default=[])
    words.add_argument("--rounds", type=int, default=1, help="treatments of each picture")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    cv2.setNumThreads(1)
    owners, rows = [], []
    with given.out.with_suffix(".u8").open("wb") as out:

        def add(patches: list[np.ndarray], row: dict) -> None:
            out.write(np.ascontiguousarray(np.stack(patches)).tobytes())
            owners.extend([len(rows)] * len(patches))
            rows.append(row)

        if given.what == "made":
            for turn in range(given.rounds):
                for folder in given.made:
                    bank = Bank(folder)
                    for number, row in enumerate(bank.rows):
                        # Partners go through one camera.
                        how = draw(np.random.default_rng((given.seed, turn, row["pair"])), 1.0, 0.3)
                        rng = np.random.default_rng((given.seed, turn, number))
                        patch = treat(bank.piece(number), how, SIDE - SPARE, rng, None)
                        told = {
                            "clip": row["group"],
                            "source": folder.name,
                            "made": True,
                            "treated": True,
                            "pair": f"{turn}/{row['pair']}",
                        }
                        add([patch], {**row, **told})
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
                        "treated": given.what != "plain",
                    }
                    rng = np.random.default_rng((given.seed, turn, number))
                    aside = entry.kind not in ("scene", "id_document")
                    if given.what == "grey":
                        if entry.kind != "id_document":
                            continue
                        how = greyed(rng, draw_scale(entry, rng))
                        side = round((PATCH + SPARE) / how.scale)
                        cut = [window(pictures.read(entry), at, side) for at in grid(np.array(entry.quad))]
                        patches = [treat(piece, how, PATCH, rng, None) for piece in cut]
                        row["softened"] = False
                    elif given.what == "plain":
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
    side = SIDE - SPARE if given.what == "made" else PATCH
    words = {"side": side, "owners": owners, "rows": rows}
    given.out.with_suffix(".json").write_text(json.dumps(words))


if __name__ == "__main__":
    main()
