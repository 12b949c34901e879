"""Windows of genuine and substituted portraits, cut once.

`python swap_data.py --cache C/real --drawn C/papers --out C/swap [--part 0/2]` writes for each part `windows-N.npy`
(n x 35 x 64 x 64 x 3 bytes) and `rows-N.json`. Three families: `composite` (another portrait put into photographs of
real documents, `substitute.py`), `drawn` (the program's own, folders genuine, portraitLaidOver and portraitPasted
of one seed) and `plain` (real photographs as they are, genuine all).
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from sources import CONFIG, Document, drawn_document, fold_of, of_kind, real_documents, share_box, sides_of
from substitute import draw_treatment, framed, own_portrait, substituted, treated
from windows import COUNT, SIDE, cut

ROOM = 24
"""Pixels kept around a document before it is treated."""


def cropped(document: Document, rng, low: float, high: float):
    """The document and a little around it, brought to a longer side drawn between `low` and `high`: picture, quad."""
    over = np.floor(np.maximum(document.quad.min(0) - ROOM, 0)).astype(int)
    end = np.ceil(np.minimum(document.quad.max(0) + ROOM, document.picture.shape[1::-1])).astype(int)
    picture = document.picture[over[1] : end[1], over[0] : end[0]]
    quad = document.quad - over
    wanted = np.exp(rng.uniform(np.log(low), np.log(high)))
    scale = float(np.clip(wanted / max(sides_of(quad)), 0.3, 1.0))
    if scale < 1.0:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(picture), quad * scale


def unsteady(rng, quad, box):
    """Quad and box as the locator and the finder would give them: a little off."""
    sides = np.array(sides_of(quad))
    error = 0.02 if rng.random() < 0.15 else 0.006
    quad = quad + rng.normal(0, error, (4, 2)) * sides
    x0, y0, x1, y1 = box
    size = np.array([x1 - x0, y1 - y0, x1 - x0, y1 - y0])
    return quad, tuple(np.array(box) + rng.normal(0, 0.06 if rng.random() < 0.15 else 0.025, 4) * size)


def between(rng, box, corners, quad):
    """The box the finder would give for a laid portrait: the old place, the new one, or between them."""
    share = rng.uniform(0, 1)
    return tuple((1 - share) * np.array(box) + share * np.array(share_box(quad, corners)))


class Writer:
    """Collects windows and what is known of each picture."""

    def __init__(self) -> None:
        self.windows, self.rows = [], []

    def add(self, rng, picture, quad, box, **row) -> None:
        quad, box = unsteady(rng, quad, box)
        self.windows.append(cut(picture, quad, box))
        self.rows.append({**row, "long_px": max(sides_of(quad))})


def composites(given, part, parts, out: Writer) -> None:
    """Each content three times: genuine, laid over and pasted, through one treatment."""
    numbers = CONFIG["swap"]
    documents = real_documents(given.cache)
    portraits = of_kind(given.cache, "portrait")
    by_label: dict[str, dict] = {"genuine": {}, "print": {}}
    for document in documents:
        by_label[document.label].setdefault(document.group, []).append(document)
    for number in range(part, numbers["contents"], parts):
        rng = np.random.default_rng([CONFIG["seed"], 1, number])
        label = "genuine" if rng.random() < numbers["cards"] else "print"
        kind = sorted(by_label[label])[rng.integers(len(by_label[label]))]
        some = by_label[label][kind]
        document = some[rng.integers(len(some))]
        fold = fold_of(kind)
        picture, quad = cropped(document, rng, 450.0, 1300.0)
        how = draw_treatment(rng)
        row = dict(family="composite", document=label, group=kind, clip=document.clip, content=f"c{number}")
        row |= dict(quality=how["qualities"][-1], twice=len(how["qualities"]) > 1, treatment=how["scale"])
        draw = rng.random()
        levels, corners, state = picture, None, "plain"
        if draw < 0.35:
            levels, _ = substituted(rng, picture, quad, document.box, None, "own", False)
            state = "own"
        elif draw < 0.55:
            levels, state = framed(rng, picture, quad, document.box), "framed"
        for way in ("genuine", "laidOver", "pasted"):
            box = document.box
            if way != "genuine":
                if rng.random() < 0.65:  # portraits of one fold stay in it
                    mine = portraits[fold::3]
                    face = mine[rng.integers(len(mine))]
                else:
                    others = [k for k in sorted(by_label[label]) if k != kind and fold_of(k) == fold]
                    other = by_label[label][others[rng.integers(len(others))]]
                    other = other[rng.integers(len(other))]
                    small, small_quad = cropped(other, rng, 700.0, 1000.0)
                    face = own_portrait(small, small_quad, other.box)
                levels, corners = substituted(rng, picture, quad, document.box, face, way, label == "print")
                box = between(rng, document.box, corners, quad)
            shown = treated(levels, how)
            scale = np.array(shown.shape[1::-1]) / np.array(picture.shape[1::-1])
            out.add(rng, shown, quad * scale, box, way=way, state=state if way == "genuine" else way, **row)
        if number // parts % 20 == 0:
            print("composite", number, flush=True)


def drawn(given, part, parts, out: Writer) -> None:
    """The program's own, each through two treatments that a seed's three pictures share."""
    for folder in given.drawn:
        ways = {"genuine": "genuine", "portraitLaidOver": "laidOver", "portraitPasted": "pasted"}
        names = sorted(path.stem for path in (folder / "genuine").glob("*.json"))
        for name in names[part::parts]:
            some = {way: drawn_document(folder / kind / f"{name}.json") for kind, way in ways.items()}
            if any(document is None or document.box is None for document in some.values()):
                continue
            for again in range(2):
                how = draw_treatment(np.random.default_rng([CONFIG["seed"], 2, int(name), again]))
                for way, document in some.items():
                    rng = np.random.default_rng([CONFIG["seed"], 3, int(name), again])
                    picture, quad = cropped(document, rng, 600.0, 1300.0)
                    framed_one = way == "genuine" and rng.random() < 0.15
                    levels = framed(rng, picture, quad, document.box) if framed_one else picture
                    shown = treated(levels, how)
                    scale = np.array(shown.shape[1::-1]) / np.array(picture.shape[1::-1])
                    row = dict(family="drawn", document="drawn", group=f"drawn{name}", clip=name, content=f"d{name}.{again}")
                    row |= dict(quality=how["qualities"][-1], twice=len(how["qualities"]) > 1, treatment=how["scale"])
                    out.add(rng, shown, quad * scale, document.box, way=way, state=way, **row)


def plain(given, part, parts, out: Writer) -> None:
    """Real photographs as they are, at all their pixels."""
    for number, document in enumerate(real_documents(given.cache)):
        if number % parts == part:
            rng = np.random.default_rng([CONFIG["seed"], 4, number])
            row = dict(family="plain", document=document.label, group=document.group, clip=document.clip)
            row |= dict(content=f"p{number}", quality=0, twice=False, treatment=1.0, name=document.name)
            out.add(rng, document.picture, document.quad, document.box, way="genuine", state="plain", **row)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cache", type=Path, required=True, help="what ../patches/data.py wrote")
    words.add_argument("--drawn", type=Path, nargs="*", default=[], help="folders with one folder a kind")
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--part", default="0/1")
    words.add_argument("--only", choices=("composite", "drawn", "plain"))
    given = words.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    part, parts = map(int, given.part.split("/"))
    for name, make in (("composite", composites), ("drawn", drawn), ("plain", plain)):
        target = given.out / f"windows-{name}-{part}.npy"
        if given.only not in (None, name) or target.exists():
            continue
        out = Writer()
        make(given, part, parts, out)
        if out.rows:
            (given.out / f"rows-{name}-{part}.json").write_text(json.dumps(out.rows))
            np.save(target.with_suffix(".new.npy"), np.stack(out.windows).reshape(-1, COUNT, SIDE, SIDE, 3))
            target.with_suffix(".new.npy").rename(target)


if __name__ == "__main__":
    main()
