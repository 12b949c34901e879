"""Spectra of pictures that are unlike a photograph of a document, to see whether novelty finds them.

`python strange.py --cache C/real --out C/strange.npz`
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import torch

from cutting import grid
from augment import window
from data import Pictures
from spectra import PATCH, Spectra

SIZE = (900, 1400)
"""Height and width of a made picture, in pixels."""

EACH = 24
"""Pictures of every sort."""


def noise(rng: np.random.Generator) -> np.ndarray:
    """White noise."""
    return np.clip(rng.normal(128, rng.uniform(15, 60), (*SIZE, 3)), 0, 255).astype(np.uint8)


def flat(rng: np.random.Generator) -> np.ndarray:
    """One colour and nothing else."""
    return np.broadcast_to(rng.integers(0, 256, 3).astype(np.uint8), (*SIZE, 3)).copy()


def graphics(rng: np.random.Generator) -> np.ndarray:
    """Boxes and letters as a program draws them: no lens, no noise."""
    picture = np.full((*SIZE, 3), 255, np.uint8)
    for _ in range(120):
        x, y = int(rng.integers(SIZE[1])), int(rng.integers(SIZE[0]))
        colour = tuple(int(v) for v in rng.integers(0, 256, 3))
        if rng.random() < 0.5:
            cv2.rectangle(picture, (x, y), (x + int(rng.integers(20, 300)), y + int(rng.integers(20, 200))), colour, -1)
        else:
            cv2.putText(picture, "Sample 0123", (x, y), cv2.FONT_HERSHEY_SIMPLEX, rng.uniform(0.5, 2), colour, 2)
    return picture


def stripes(rng: np.random.Generator) -> np.ndarray:
    """A sine grating over everything."""
    y, x = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    angle, period = rng.uniform(0, np.pi), rng.uniform(2.5, 12.0)
    wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)
    return np.clip(128 + 100 * wave, 0, 255).astype(np.uint8)[:, :, None].repeat(3, axis=2)


MADE = {"white noise": noise, "one colour": flat, "drawn by a program": graphics, "stripes": stripes}


def crushed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Through JPEG of a very low quality."""
    words = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(3, 12))]
    return cv2.imdecode(cv2.imencode(".jpg", picture, words)[1], cv2.IMREAD_COLOR)


def enlarged(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Four times as large as it was taken."""
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def levels(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Only four levels of each colour left."""
    return (picture // 64 * 85).astype(np.uint8)


CHANGED = {"JPEG quality 3 to 11": crushed, "enlarged four times": enlarged, "four levels a colour": levels}


def patches_of(picture: np.ndarray, quad: np.ndarray | None) -> np.ndarray:
    """24 x 3 x PATCH x PATCH levels."""
    height, width = picture.shape[:2]
    whole = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    cut = [window(picture, centre, PATCH) for centre in grid(whole if quad is None else quad)]
    return np.ascontiguousarray(np.stack(cut).transpose(0, 3, 1, 2))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cache", type=Path, required=True)
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    pictures = Pictures(given.cache)
    describer = Spectra()
    features, owners, rows = [], [], []

    def add(patches: np.ndarray, **row) -> None:
        with torch.inference_mode():
            features.append(describer(torch.from_numpy(patches.astype(np.float32))).numpy().astype(np.float16))
        owners.extend([len(rows)] * len(patches))
        rows.append(row)

    for name, make in MADE.items():
        for number in range(EACH):
            rng = np.random.default_rng((given.seed, number))
            add(patches_of(make(rng), None), sort=name, kind="made", group="")
    documents = [e for e in pictures.entries if e.kind == "id_document" and e.label == "genuine"]
    for name, change in CHANGED.items():
        for number, entry in enumerate(documents[:: max(len(documents) // EACH, 1)][:EACH]):
            rng = np.random.default_rng((given.seed, number))
            changed = change(pictures.read(entry), rng)
            # The kind is kept, since it is judged without its own fold.
            add(patches_of(changed, np.array(entry.quad)), sort=name, kind=entry.kind, group=entry.group)
    backgrounds = [e for e in pictures.entries if e.kind == "background"]
    for entry in backgrounds[:: max(len(backgrounds) // EACH, 1)]:
        picture = pictures.read(entry)
        add(patches_of(picture, None), sort="stock scenes and paper", kind="background", group="")
    np.savez(
        given.out, features=np.concatenate(features), owners=np.array(owners), rows=np.array(json.dumps(rows))
    )


if __name__ == "__main__":
    main()
