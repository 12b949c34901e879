"""Marks of a whole file that a person should know of: rules without learning, and how often each is wrong.

`python marks.py --index DATA/index.csv --drawn D` measures them on the raw material, on what this
folder edits and grabs, and on what the program drew. They are findings, never scores.
"""

import argparse
import io
import tomllib
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from features import waves

ORDERS = [(0, 1), (1, 0), (2, 0), (1, 1), (0, 2), (0, 3), (1, 2), (2, 1), (3, 0)]
"""The nine lowest waves (down, right) of a block after its mean."""

LONGEST = 40
"""Multiples of the quantisation step that are counted, from 1 on."""

FREQUENCIES = np.arange(0.12, 0.501, 0.01)
"""Periods of 2 to 8 multiples that are looked for."""


TWICE = 25.0
"""`twice` above this: the file was saved at least two times."""

FLAT = 0.35
"""Measured, and not kept as a finding: `flat` is above this in every made screen grab, and in three of
four real copies on white paper, too."""


def brightness(picture: np.ndarray) -> np.ndarray:
    """Brightness from RGB, 0..255, not rounded."""
    return picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)


def twice(picture: np.ndarray, table: np.ndarray, blocks_most: int = 24000) -> float:
    """How strongly the counts of coefficients come and go in a period: high if a file was saved twice.

    `picture` is the whole decoded file, or a part that begins at a multiple of 8 px; `table` the 8 x 8
    quantisation steps of brightness. Blocks with a clipped pixel (below 2 or above 253) are left out.
    """
    high, wide = (n // 8 * 8 for n in picture.shape[:2])
    bright = brightness(picture[:high, :wide])
    blocks = bright.reshape(high // 8, 8, wide // 8, 8).transpose(0, 2, 1, 3).reshape(-1, 64)
    if len(blocks) > blocks_most:
        blocks = blocks[np.arange(blocks_most) * len(blocks) // blocks_most]
    blocks = blocks[(blocks.min(axis=1) >= 2) & (blocks.max(axis=1) <= 253)]
    if len(blocks) < 400:
        return 0.0
    filters = waves().numpy().reshape(64, 64)
    found = []
    k = np.arange(1, LONGEST + 1)
    turning = np.exp(2j * np.pi * FREQUENCIES[:, None] * k)
    for down, right in ORDERS:
        level = np.rint((blocks - 128.0) @ filters[down * 8 + right] / table[down, right]).astype(int)
        count = np.bincount(np.abs(level).clip(0, LONGEST + 3), minlength=LONGEST + 4)[1:-1].astype(float)
        # A geometric mean of neighbours: untouched counts fall off exponentially.
        near = np.log(np.pad(count, 2, mode="edge") + 1.0)
        smooth = np.exp(np.convolve(near, [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16], "valid")) - 1.0
        some = count[:LONGEST].sum()
        if some < 200:
            continue
        z = ((count - smooth) / np.sqrt(smooth + 1.0))[:LONGEST]
        used = (smooth[:LONGEST] > 8) & (k > 1)
        if used.sum() < 6:
            continue
        found.append(float((np.abs(turning[:, used] @ z[used]) ** 2).max() / used.sum()))
    return float(np.median(found)) if len(found) >= 3 else 0.0


def bar(picture: np.ndarray) -> dict[str, float]:
    """The band along the top, a thirtieth of the longer side high: how even and how free of grain it is."""
    high = max(picture.shape[0] // 30, picture.shape[1] // 45, 16)
    band = picture[:high].astype(np.int16)
    ground = np.median(band.reshape(-1, 3), axis=0)
    even = (np.abs(band - ground).max(axis=2) <= 2).mean()
    same = (np.abs(np.diff(band, axis=1)).sum(axis=2) == 0).mean()
    ink = (np.abs(band - ground).max(axis=2) > 60).mean()
    return {"even": float(even), "same": float(same), "ink": float(ink)}


def barred(found: dict[str, float]) -> bool:
    """Whether that is a status bar."""
    return found["even"] >= 0.85 and found["same"] >= 0.85 and 0.005 <= found["ink"] <= 0.1


def flat(picture: np.ndarray) -> float:
    """Share of all 8 x 8 blocks whose pixels are all exactly alike."""
    high, wide = (n // 8 * 8 for n in picture.shape[:2])
    blocks = picture[:high, :wide].reshape(high // 8, 8, wide // 8, 8, 3)
    return float((blocks.max(axis=(1, 3)) == blocks.min(axis=(1, 3))).all(axis=2).mean())


def table_of(data: bytes) -> np.ndarray:
    """The steps of brightness of a JPEG file, 8 x 8, in the order of rows."""
    return np.array(Image.open(io.BytesIO(data)).quantization[0]).reshape(8, 8)


def encoded(picture: np.ndarray, quality: int) -> bytes:
    """A JPEG file."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=int(quality))
    return out.getvalue()


def decoded(data: bytes) -> np.ndarray:
    """Its pixels, RGB."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def inside(corners: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Cells of 4 px, true where their middle lies in a quad."""
    mask = np.zeros((size[0] // 4, size[1] // 4), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(np.asarray(corners) / 4.0 - 0.5).astype(np.int32), 1)
    return mask.astype(bool)


def grain(picture: np.ndarray) -> np.ndarray:
    """Mean grain of each cell of 4 px: brightness less its neighbours, absolute."""
    second = np.array([1.0, -2.0, 1.0], np.float32)
    fine = np.abs(cv2.sepFilter2D(brightness(picture), cv2.CV_32F, second, second)) / 4.0
    high, wide = (n // 4 for n in fine.shape)
    return fine[: high * 4, : wide * 4].reshape(high, 4, wide, 4).mean(axis=(1, 3))


def portrait_against_rest(picture: np.ndarray, quad: np.ndarray, portrait: np.ndarray) -> float:
    """Grain in the portrait's quietest fifth over that of the rest of the document, as log2.

    Measured, and not kept as a finding: drawn portraits that were swapped differ no more than genuine.
    The portrait is taken less a tenth at each side, the rest less a wide border about the portrait.
    """
    cells = grain(picture)
    middle = np.mean(portrait, axis=0)
    core = inside(middle + (portrait - middle) * 0.8, picture.shape)
    near = inside(middle + (portrait - middle) * 1.2, picture.shape)
    document = inside(np.mean(quad, axis=0) + (quad - np.mean(quad, axis=0)) * 0.94, picture.shape)
    levels = [np.percentile(cells[where], 20) if where.sum() > 50 else np.nan for where in (core, document & ~near)]
    return float(np.log2((levels[0] + 0.05) / (levels[1] + 0.05)))


def portrait_quad(quad: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """The portrait's corners in the picture."""
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    into = cv2.getPerspectiveTransform(unit, np.asarray(quad, np.float32))
    left, top, right, bottom = box
    flat = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float32)
    return cv2.perspectiveTransform(flat, into)[0].astype(float)


def main() -> None:
    import csv

    import data

    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--index", type=Path, required=True, help="the raw material's index.csv")
    words.add_argument("--drawn", type=Path, help="folder of what the program drew")
    words.add_argument("--most", type=int, default=40, help="pictures of each sort")
    given = words.parse_args()
    cv2.setNumThreads(1)
    here = Path(__file__).resolve().parent
    config = tomllib.loads((here / "config.toml").read_text())
    portraits = tomllib.loads((here.parent / "portrait" / "boxes.toml").read_text())
    rng = np.random.default_rng(config["seed"])
    rows = [r for r in csv.DictReader(given.index.open(newline="")) if r["label"] in ("genuine", "print", "background")]
    rng.shuffle(rows)
    seen: dict[str, list[tuple]] = {}

    def note(name: str, picture: np.ndarray, ratio: float | None = None) -> None:
        seen.setdefault(name, []).append((bar(picture), flat(picture), ratio))

    once, again = [], []
    for row in rows:
        name = f"photo, {row['label']} {row['kind']}"
        if len(seen.get(name, [])) >= given.most:
            continue
        picture = data.read(given.index.parent / row["path"])
        ratio = None
        if row["kind"] == "id_document":
            quad = np.array(row["quad_px_xyxyxyxy"].split(), float).reshape(4, 2)
            part, quad = data.around(picture, quad, {"margin_px": 16, "longest_px": 10**6})
            box = portraits[row["group"].split("/")[0]]
            ratio = portrait_against_rest(part, quad, portrait_quad(quad, box))
        note(name, picture, ratio)
        scale = min(0.5, 900 / max(picture.shape))
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        first, last = (int(q) for q in rng.integers(60, 99, 2))
        for some, file in ((once, encoded(small, last)), (again, encoded(decoded(encoded(small, first)), last))):
            some.append((last - first, twice(decoded(file), table_of(file))))
    for path in sorted(given.drawn.glob("*-*/*.jpg")) if given.drawn else []:
        kind = path.parent.name.split("-")[1]
        if len(seen.get(f"drawn, {kind}", [])) < given.most:
            note(f"drawn, {kind}", data.read(path))
    maker = data.Maker(config)
    for job in [j for j in data.jobs_of(given.index, config) if j["sort"] == "grab"][: given.most]:
        for picture, *_ in maker.documents(job):
            note("screen grab made here", picture)
    for name, some in sorted(seen.items()):
        print(name, len(some), "status bar", sum(barred(b) for b, *_ in some), "flat", sum(f > FLAT for _, f, _ in some))
        ratios = [r for *_, r in some if r is not None and np.isfinite(r)]
        if ratios:
            print("  portrait against the rest, log2 of grain:", np.percentile(ratios, [0, 2, 50, 98, 100]).round(2))
    differences, scores = np.array([d for d, _ in again]), np.array([s for _, s in again])
    print("saved once:", sum(s > TWICE for _, s in once), "of", len(once), "flagged")
    for name, which in (
        ("last save at least 4 better", differences >= 4),
        ("within 4", abs(differences) < 4),
        ("at least 4 worse", differences <= -4),
    ):
        print(f"saved twice, {name}:", int((scores[which] > TWICE).sum()), "of", int(which.sum()), "flagged")


if __name__ == "__main__":
    main()
