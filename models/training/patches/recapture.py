"""Photographs of photographs: real content shown on a screen or printed, and taken again.

A small imitation on pieces of pictures, for the pairs the raw material lacks: documents on screens
and colour prints with the very content of a genuine picture. The genuine partner goes through the
same second camera without the screen or the paper. The full simulation of whole documents is the
program's own (`secondlook synth`); this one only has to be quick and to use real content.

`python recapture.py --cache CACHE --out BANK --count N` writes a bank of such pieces, `made.bin` and
`made.json`, in the form `made.py` reads.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from augment import window
from cutting import place
from data import Entry, Pictures
from made import SIDE

SUB = 6
"""Samples per screen pixel, a side: two for each of three stripes."""

DOTS = 3
"""Samples per camera pixel, a side, in which a print's dots are drawn."""

BLACK = 0.02
"""Part of a sub-pixel's light that leaks past the black matrix."""


def stripes(rng: np.random.Generator) -> np.ndarray:
    """One tile of a screen's light for each colour: striped sub-pixels or a pentile-like diamond."""
    if rng.random() < 0.7:
        tile = np.full((SUB, SUB, 3), BLACK, np.float32)
        order = (0, 1, 2) if rng.random() < 0.7 else (2, 1, 0)
        first = int(rng.integers(0, 2))
        for place, colour in enumerate(order):
            tile[first:, 2 * place : 2 * place + 2, colour] = 1.0
            if rng.random() < 0.5:
                tile[:, 2 * place + 1, colour] *= 0.4
    else:
        tile = np.full((2 * SUB, 2 * SUB, 3), BLACK, np.float32)
        for row in range(2):
            for column in range(2):
                top, left = row * SUB, column * SUB
                tile[top : top + 3, left : left + 3, 1] = 1.0
                large = 0 if (row + column) % 2 == 0 else 2
                tile[top + 2 : top + SUB, left + 2 : left + SUB, large] = 1.0
    if rng.random() < 0.3:
        tile = np.ascontiguousarray(tile.transpose(1, 0, 2))
    return tile / tile.mean(axis=(0, 1))


def field(side: int, rng: np.random.Generator, strength: float) -> np.ndarray:
    """A smooth random field around 0, for shine and uneven light."""
    coarse = rng.normal(0.0, strength, (3, 3)).astype(np.float32)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)


def homography(inner: float, outer: int, rng: np.random.Generator) -> np.ndarray:
    """From a raster of `inner` a side to a tilted and rolled view of `outer` pixels inside it."""
    roll = np.deg2rad(rng.uniform(-20, 20) if rng.random() < 0.7 else rng.uniform(-3, 3))
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32) * 0.5 * outer
    turn = np.array([(np.cos(roll), -np.sin(roll)), (np.sin(roll), np.cos(roll))], np.float32)
    corners = corners @ turn.T
    corners *= 1.0 + rng.uniform(-0.05, 0.05, (4, 2)).astype(np.float32)
    # The raster is made half as wide again as the view, so that a rolled view never leaves it.
    corners = corners * (inner / (outer * 1.5)) + inner / 2.0
    view = np.array([(0, 0), (outer, 0), (outer, outer), (0, outer)], np.float32)
    return cv2.getPerspectiveTransform(corners.astype(np.float32), view)


def camera(light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Linear light at camera pixels through a lens, a Bayer mosaic, noise and a tone curve."""
    sigma = rng.uniform(0.3, 1.0) if rng.random() < 0.8 else rng.uniform(1.0, 1.8)
    light = cv2.GaussianBlur(light, (0, 0), sigma)
    light = light * np.float32(rng.uniform(0.75, 1.05))
    grain = rng.standard_normal(light.shape, np.float32)
    light = light + grain * np.sqrt(np.maximum(light, 0.0) * 2e-4 + 2e-5) * rng.uniform(0.3, 1.5)
    levels = (np.clip(light, 0.0, 1.0) ** np.float32(1.0 / 2.2) * 255.0).astype(np.uint8)
    if rng.random() < 0.8:
        mosaic = levels[:, :, 1].copy()
        mosaic[0::2, 0::2] = levels[0::2, 0::2, 0]
        mosaic[1::2, 1::2] = levels[1::2, 1::2, 2]
        way = cv2.COLOR_BayerBG2RGB if rng.random() < 0.5 else cv2.COLOR_BayerBG2RGB_EA
        levels = cv2.cvtColor(mosaic, way)
    return levels


def linear(piece: np.ndarray) -> np.ndarray:
    """8-bit sRGB to about linear light."""
    return (piece.astype(np.float32) * np.float32(1.0 / 255.0)) ** np.float32(2.2)


def again(piece: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """The genuine partner: the content itself before the second camera. `piece` is 1.5 sides wide."""
    light = linear(piece) * np.float32(rng.uniform(0.8, 1.0))
    matrix = homography(piece.shape[0], side, rng)
    seen = cv2.warpPerspective(light, matrix, (side, side), flags=cv2.INTER_LINEAR)
    seen *= 1.0 + 0.5 * np.clip(field(side, rng, 0.15), -0.5, 0.5)[:, :, None]
    return camera(seen, rng)


def screen(piece: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """The content on a screen, photographed. `piece` is 1.5 sides wide; the result is one side."""
    pitch = float(np.exp(rng.uniform(np.log(0.9), np.log(3.5))))
    pixels = max(int(round(1.5 * side / pitch)), 24)
    content = cv2.resize(piece, (pixels, pixels), interpolation=cv2.INTER_AREA)
    shown = linear(content)
    black = np.float32(rng.uniform(0.002, 0.03))
    white = np.exp(rng.normal(0.0, 0.08, 3)).astype(np.float32)
    shown = (black + (1.0 - black) * shown ** np.float32(rng.uniform(0.85, 1.2))) * white
    emitted = np.repeat(np.repeat(shown, SUB, axis=0), SUB, axis=1)
    tile = stripes(rng)
    times = -(-emitted.shape[0] // tile.shape[0])
    mask = np.tile(tile, (times, times, 1))[: emitted.shape[0], : emitted.shape[1]]
    emitted *= mask
    # What one camera pixel gathers, before it is sampled: about a pixel's width of the raster.
    aperture = max(int(round(SUB / pitch * rng.uniform(0.6, 1.1))), 1)
    emitted = cv2.blur(emitted, (aperture, aperture))
    matrix = homography(emitted.shape[0], side, rng)
    seen = cv2.warpPerspective(emitted, matrix, (side, side), flags=cv2.INTER_LINEAR)
    if rng.random() < 0.3:
        period = rng.uniform(20.0, 200.0)
        wave = np.sin(np.arange(side) * (2 * np.pi / period) + rng.uniform(0, 6.3))
        seen *= (1.0 + rng.uniform(0.01, 0.12) * wave).astype(np.float32)[:, None, None]
    shine = np.clip(field(side, rng, 0.04), 0.0, 0.3)[:, :, None]
    return camera(seen * np.float32(rng.uniform(0.6, 1.1)) + shine, rng)


def spots(kind: str, rng: np.random.Generator) -> np.ndarray:
    """A tile of thresholds 0..1 for one ink: round dots, lines, or scattered dots."""
    if kind == "scatter":
        noise = rng.random((64, 64)).astype(np.float32)
        noise -= cv2.blur(noise, (3, 3), borderType=cv2.BORDER_REFLECT)
        return (np.argsort(np.argsort(noise, axis=None)).reshape(64, 64) / 4096.0).astype(np.float32)
    angle = np.arange(32, dtype=np.float32) * np.float32(2 * np.pi / 32)
    if kind == "line":
        wave = np.cos(angle)[None, :] + 0.15 * np.cos(angle)[:, None]
    else:
        wave = np.cos(angle)[None, :] + np.cos(angle)[:, None]
    return (np.argsort(np.argsort(wave, axis=None)).reshape(32, 32) / 1024.0).astype(np.float32)


def printed(piece: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """The content printed on paper, photographed. `piece` is 1.5 sides wide."""
    wide = DOTS * side
    inks = piece
    if rng.random() < 0.25:
        inks = np.repeat(cv2.cvtColor(piece, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2)
    inks = cv2.GaussianBlur(inks, (0, 0), rng.uniform(0.3, 1.2))
    matrix = homography(piece.shape[0], side, rng)
    scale = np.diag((DOTS, DOTS, 1.0))
    plan = cv2.warpPerspective(inks, scale @ matrix, (wide, wide), flags=cv2.INTER_LINEAR)
    density = 1.0 - plan.astype(np.float32) * np.float32(1.0 / 255.0)
    black = density.min(axis=2)
    taken = np.float32(rng.uniform(0.4, 1.0))
    layers = [density[:, :, i] - black * taken for i in range(3)] + [black * taken]
    kind = ("dot", "dot", "line", "scatter")[rng.integers(4)]
    period = float(np.exp(rng.uniform(np.log(1.2), np.log(4.0)))) * DOTS
    roll = rng.uniform(0, 90)
    light = np.empty((wide, wide, 3), np.float32)
    light[:] = np.array((0.92, 0.91, 0.88), np.float32) * rng.uniform(0.9, 1.05)
    stain = {0: (0.04, 0.75, 0.85), 1: (0.8, 0.06, 0.5), 2: (0.95, 0.85, 0.08), 3: (0.05,) * 3}
    gain = rng.uniform(0.0, 0.12)
    for ink, degrees in enumerate((15.0, 75.0, 0.0, 45.0)):
        tile = spots(kind, rng)
        step = tile.shape[0] / (period if kind != "scatter" else DOTS * 64.0 * rng.uniform(0.4, 1.5))
        turn = np.deg2rad(degrees + roll)
        shift = rng.uniform(0, tile.shape[0], 2)
        grid = np.array(
            [
                (np.cos(turn) * step, -np.sin(turn) * step, shift[0]),
                (np.sin(turn) * step, np.cos(turn) * step, shift[1]),
            ]
        )
        limits = cv2.warpAffine(
            tile,
            grid,
            (wide, wide),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_WRAP,
        )
        cover = layers[ink] * np.float32(0.95) + np.float32(gain) * (layers[ink] > 0.03)
        soft = np.clip((cover - limits) * np.float32(4.0) + np.float32(0.5), 0.0, 1.0)
        colour = np.array(stain[ink], np.float32)
        light *= 1.0 + soft[:, :, None] * (colour - 1.0)
    fibre = rng.standard_normal((side, side, 1), np.float32) * np.float32(rng.uniform(0.0, 0.03))
    seen = cv2.resize(light, (side, side), interpolation=cv2.INTER_AREA)
    seen *= 1.0 + fibre + np.clip(field(side, rng, 0.12), -0.4, 0.4)[:, :, None]
    return camera(seen, rng)


def content(entry: Entry, pictures: Pictures, rng: np.random.Generator) -> np.ndarray:
    """A piece 1.5 sides wide, shrunk where that is possible so that it is sharper than a photograph."""
    picture = pictures.read(entry)
    wide = SIDE + SIDE // 2
    most = min(2.2, min(picture.shape[:2]) / wide)
    side = int(wide * rng.uniform(min(1.1, most), max(most, 0.7)))
    piece = window(picture, place(entry, rng), side)
    return cv2.resize(piece, (wide, wide), interpolation=cv2.INTER_AREA)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cache", type=Path, required=True, help="folder written by data.py")
    words.add_argument("--out", type=Path, required=True, help="folder to write")
    words.add_argument("--count", type=int, required=True, help="pieces of content; four patches each")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    cv2.setNumThreads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    pictures = Pictures(given.cache)
    genuine = [entry for entry in pictures.entries if entry.label == "genuine"]
    documents = [entry for entry in genuine if entry.kind == "id_document"]
    others = [entry for entry in genuine if entry.kind != "id_document"]
    ways = (("genuine", again), ("screen", screen), ("screen", screen), ("print", printed))
    rows = []
    with (given.out / "made.bin").open("wb") as out:
        for number in range(given.count):
            rng = np.random.default_rng((given.seed, number))
            of = documents if rng.random() < 0.6 else others
            entry = of[rng.integers(len(of))]
            piece = content(entry, pictures, rng)
            for label, way in ways:
                out.write(np.ascontiguousarray(way(piece, SIDE, rng)).tobytes())
                row = {"label": label, "kind": entry.kind, "group": entry.group, "pair": number}
                rows.append(row)
    (given.out / "made.json").write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
