"""Samples for the portrait finder, made once: `python finder_data.py --cache C/real --drawn C/papers --out C/finder`.

Writes `pixels.npy` (n x 160 x 160 x 3 bytes, upright), `boxes.npy` (n x 4 in shares, NaN without a portrait) and
`groups.json` (a real document's kind, or nothing). Turning is left to the training.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from compose import blank, camera, face, laid_out, lay
from read import SIDE
from sources import CONFIG, drawn_documents, fold_of, of_kind, real_documents, straightened

MARGIN = 0.15
"""Surroundings kept on every side of a document, in shares of it, for quads that are off."""

WIDE = round(SIDE * (1 + 2 * MARGIN))


def widened(quad: np.ndarray) -> np.ndarray:
    """The quad with MARGIN more on every side, in perspective."""
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    out = np.array([(-MARGIN, -MARGIN), (1 + MARGIN, -MARGIN), (1 + MARGIN, 1 + MARGIN), (-MARGIN, 1 + MARGIN)], np.float32)
    warp = cv2.getPerspectiveTransform(square, quad.astype(np.float32))
    return cv2.perspectiveTransform(out[None], warp)[0].astype(float)


def wide_copy(document) -> np.ndarray:
    """WIDE x WIDE x 3 with the document in the middle; what the picture does not show is repeated."""
    quad = widened(document.quad)
    over = int(max(0, -quad.min(), (quad.max(0) - np.array(document.picture.shape[1::-1])).max())) + 4
    if over > 4:
        picture = cv2.copyMakeBorder(document.picture, over, over, over, over, cv2.BORDER_REPLICATE)
        return straightened(picture, quad + over, WIDE)
    return straightened(document.picture, quad, WIDE)


def in_wide(box) -> tuple[int, int, int, int]:
    """A box in shares of the document as pixels of the wide copy."""
    return tuple(int(round((v + MARGIN) * SIDE)) for v in box)


def settle(rng, wide, box, error: float):
    """The wide copy seen through a quad that is a little off: SIDE x SIDE, and the box in shares or None."""
    corners = np.array([(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)], np.float32) + MARGIN * SIDE
    size = error * SIDE * (2.0 if rng.random() < 0.15 else 1.0)
    corners += rng.normal(0, size, (4, 2)).astype(np.float32)
    corners += rng.normal(0, 0.4 * size, 2).astype(np.float32)
    square = np.array([(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)], np.float32)
    warp = cv2.getPerspectiveTransform(corners, square)
    picture = cv2.warpPerspective(wide, warp, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if box is None:
        return picture, np.full(4, np.nan)
    x0, y0, x1, y1 = box
    at = cv2.perspectiveTransform(np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], np.float32), warp)[0] / SIDE
    left, right = (at[0, 0] + at[3, 0]) / 2, (at[1, 0] + at[2, 0]) / 2
    top, bottom = (at[0, 1] + at[1, 1]) / 2, (at[2, 1] + at[3, 1]) / 2
    return picture, np.clip(np.array([left, top, right, bottom]), 0, 1)


def changed(rng, wide, box, portraits, others):
    """A document with its own portrait, another one, one elsewhere, or none."""
    card = wide.astype(np.float32)
    if box is not None:
        style = rng.random()
        if style < 0.3:
            pass
        elif style < 0.62:
            lay(rng, card, box, face(rng, portraits, (box[2] - box[0], box[3] - box[1])))
        elif style < 0.82:
            own = card[box[1] : box[3], box[0] : box[2]].copy()
            blank(rng, card, box, others)
            w = int((box[2] - box[0]) * rng.uniform(0.75, 1.25))
            h = int((box[3] - box[1]) * rng.uniform(0.75, 1.2))
            low = int(MARGIN * SIDE)
            x = int(rng.integers(low + 3, low + SIDE - w - 3))
            y = int(rng.integers(low + 3, max(low + SIDE - h - 3, low + 4)))
            h = min(h, low + SIDE - 3 - y)
            box = (x, y, x + w, y + h)
            part = cv2.resize(own, (w, h)) if rng.random() < 0.5 else face(rng, portraits, (w, h))
            lay(rng, card, box, part)
        else:
            blank(rng, card, box, others)
            box = None
    if rng.random() < 0.3:
        card = np.ascontiguousarray(card[:, ::-1])
        box = box and (WIDE - box[2], box[1], WIDE - box[0], box[3])
    return np.clip(card, 0, 255), box


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cache", type=Path, required=True, help="what ../patches/data.py wrote")
    words.add_argument("--drawn", type=Path, nargs="*", default=[], help="folders of `secondlook synth documents`")
    words.add_argument("--out", type=Path, required=True)
    given = words.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    numbers = CONFIG["finder"]
    rng = np.random.default_rng(CONFIG["seed"])
    portraits, grounds = of_kind(given.cache, "portrait"), of_kind(given.cache, "background")
    grounds = [cv2.resize(g, (256, 256), interpolation=cv2.INTER_AREA) for g in grounds]
    stock: dict[str, list] = {}
    for document in real_documents(given.cache):
        stock.setdefault(document.group, []).append((wide_copy(document), in_wide(document.box)))
    drawn = [
        (wide_copy(d), None if d.box is None else in_wide(d.box)) for folder in given.drawn for d in drawn_documents(folder)
    ]
    low, high = int(MARGIN * SIDE), int((1 + MARGIN) * SIDE)

    def without_portrait(wide, box):
        """The larger part of a document beside its portrait: filling for blanked ones."""
        return wide[low:high, box[2] : high] if box[0] - low < high - box[2] else wide[low:high, low : box[0]]

    # Filling comes from documents of the same fold, or nothing of a fold could be left out.
    filling: dict = {}
    for kind, some in stock.items():
        filling.setdefault(fold_of(kind), []).extend(without_portrait(*one) for one in some[:6])
    backs = [w[low:high, low:high] for w, b in drawn if b is None]
    kinds = sorted(stock)
    total = numbers["real"] + numbers["drawn"] * bool(drawn) + numbers["laid_out"]
    pixels = np.lib.format.open_memmap(given.out / "pixels.npy", "w+", np.uint8, (total, SIDE, SIDE, 3))
    boxes, groups = np.full((total, 4), np.nan, np.float32), []
    for n in range(total):
        group = ""
        if n < numbers["real"]:
            group = kinds[rng.integers(len(kinds))]
            wide, box = stock[group][rng.integers(len(stock[group]))]
            card, box = changed(rng, wide, box, portraits, filling[fold_of(group)])
        elif n < total - numbers["laid_out"]:
            wide, box = drawn[rng.integers(len(drawn))]
            card, box = changed(rng, wide, box, portraits, backs)
        elif rng.random() < 0.05:
            card, box = cv2.resize(grounds[rng.integers(len(grounds))], (WIDE, WIDE)).astype(np.float32), None
        else:
            inner, box = laid_out(rng, SIDE, portraits, grounds, backs)
            around = grounds[rng.integers(len(grounds))]
            card = cv2.resize(around, (WIDE, WIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
            card[low : low + SIDE, low : low + SIDE] = inner
            box = box and tuple(v + low for v in box)
        picture, boxes[n] = settle(rng, card, box, numbers["corner_error"])
        pixels[n] = camera(rng, picture)
        groups.append(group)
        if n % 1000 == 0:
            print(n, flush=True)
    pixels.flush()
    np.save(given.out / "boxes.npy", boxes)
    (given.out / "groups.json").write_text(json.dumps(groups))


if __name__ == "__main__":
    main()
