"""The camera treatment every class gets alike.

What could tell the classes of the raw material apart without looking at texture is taken away here:
JPEG quality, size in pixels, sharpness, tone and colour are drawn from the same distributions for
genuine pictures, screens and prints. One `Treatment` is drawn per picture and shared by its patches,
as one camera and one messenger would share them.
"""

from dataclasses import dataclass

import cv2
import numpy as np

SPARE = 16
"""Pixels cut around a patch, so that the block grid of the re-encoding lies anywhere in it."""


@dataclass(frozen=True)
class Treatment:
    """What happens to every patch of one picture. All lengths are in pixels after the resize."""

    scale: float
    interpolation: int
    turns: int
    mirror: bool
    grey: bool
    tint: tuple[float, float, float]
    gains: tuple[float, float, float]
    gamma: float
    contrast: float
    brightness: float
    saturation: float
    blur: float
    noise: float
    sharpen: float
    qualities: tuple[int, ...]
    full_chroma: bool


def draw(rng: np.random.Generator, scale: float, grey: float) -> Treatment:
    """A treatment; `scale` is what the picture is resized by, `grey` how likely it loses its colour."""
    rough = rng.random() < 0.5
    shrink = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)
    tint = rng.uniform(0.75, 1.25, 3) if rng.random() < 0.6 else np.ones(3)
    gains = 2.0 ** rng.normal(0.0, 0.12, 3)
    encodings = 2 if rough and rng.random() < 0.45 else 1
    lowest = 55 if rough else 85
    return Treatment(
        scale=scale,
        interpolation=int(shrink[rng.integers(3)] if scale < 1.0 else shrink[1 + rng.integers(2)]),
        turns=int(rng.integers(4)),
        mirror=bool(rng.random() < 0.5),
        grey=bool(rng.random() < grey),
        tint=tuple(tint),
        gains=tuple(gains),
        gamma=float(2.0 ** rng.normal(0.0, 0.25)),
        contrast=float(2.0 ** rng.normal(0.0, 0.2)),
        brightness=float(rng.normal(0.0, 12.0)),
        saturation=float(2.0 ** rng.normal(0.0, 0.35)),
        blur=float(rng.uniform(0.3, 1.3)) if rough and rng.random() < 0.3 else 0.0,
        noise=float(rng.uniform(1.0, 7.0)) if rough and rng.random() < 0.35 else 0.0,
        sharpen=float(rng.uniform(0.1, 0.9)) if rough and rng.random() < 0.3 else 0.0,
        qualities=tuple(int(q) for q in rng.integers(lowest, 98, encodings)),
        full_chroma=bool(rng.random() < 0.3),
    )


def window(picture: np.ndarray, centre: tuple[float, float], side: int) -> np.ndarray:
    """A square of `side` pixels around `centre` (x, y), pushed into the picture, mirrored where it is too small."""
    height, width = picture.shape[:2]
    if height < side or width < side:
        down, right = max(side - height, 0), max(side - width, 0)
        while down >= picture.shape[0] or right >= picture.shape[1]:
            picture = np.concatenate((picture, picture[::-1]), axis=0)
            picture = np.concatenate((picture, picture[:, ::-1]), axis=1)
            down, right = max(side - picture.shape[0], 0), max(side - picture.shape[1], 0)
        picture = cv2.copyMakeBorder(picture, 0, down, 0, right, cv2.BORDER_REFLECT)
        height, width = picture.shape[:2]
    left = int(np.clip(round(centre[0] - side / 2), 0, width - side))
    top = int(np.clip(round(centre[1] - side / 2), 0, height - side))
    return picture[top : top + side, left : left + side]


def recolour(patch: np.ndarray, donor: np.ndarray) -> np.ndarray:
    """The patch's brightness under the colours of another picture's piece."""
    side = patch.shape[0]
    ycc = cv2.cvtColor(patch, cv2.COLOR_RGB2YCrCb)
    colours = cv2.resize(donor, (side, side), interpolation=cv2.INTER_LINEAR)
    ycc[:, :, 1:] = cv2.cvtColor(colours, cv2.COLOR_RGB2YCrCb)[:, :, 1:]
    return cv2.cvtColor(ycc, cv2.COLOR_YCrCb2RGB)


def sharpness(bright: np.ndarray) -> float:
    """How much of a patch's contrast is finer than about 3 px, as a logarithm."""
    fine = bright - cv2.GaussianBlur(bright, (0, 0), 1.0)
    return float(np.log((fine.std() + 0.1) / (bright.std() + 1.0)))


def softening(patches: list[np.ndarray], scale: float, wanted: float) -> float:
    """The least blur, in pixels after the resize, that leaves one picture's patches no sharper than `wanted`."""
    greys = [cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY).astype(np.float32) for patch in patches]
    greys = [cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for grey in greys]
    for blur in (0.0, 0.5, 0.7, 0.9, 1.1, 1.3, 1.6, 2.0, 2.5):
        seen = [cv2.GaussianBlur(grey, (0, 0), blur) if blur else grey for grey in greys]
        if np.mean([sharpness(grey) for grey in seen]) <= wanted:
            return blur
    return 3.0


def encode(patch: np.ndarray, quality: int, full_chroma: bool) -> np.ndarray:
    """Through JPEG and back."""
    sampling = (
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if full_chroma else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    )
    words = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    _, stream = cv2.imencode(".jpg", patch, words)
    return cv2.imdecode(stream, cv2.IMREAD_COLOR)


def treat(
    patch: np.ndarray, how: Treatment, side: int, rng: np.random.Generator, donor: np.ndarray | None
) -> np.ndarray:
    """One piece cut at native pixels to `side` x `side` x 3, RGB."""
    wide = side + SPARE
    if patch.shape[0] != wide:
        patch = cv2.resize(patch, (wide, wide), interpolation=how.interpolation)
    patch = np.rot90(patch, how.turns)
    if how.mirror:
        patch = patch[:, ::-1]
    patch = np.ascontiguousarray(patch)
    if donor is not None:
        patch = recolour(patch, donor)
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY)
    if how.grey:
        seen = grey[:, :, None].astype(np.float32) * np.array(how.tint, np.float32)
    else:
        base = grey[:, :, None].astype(np.float32)
        seen = base + (patch.astype(np.float32) - base) * np.float32(how.saturation)
    seen *= np.array(how.gains, np.float32)
    if how.blur > 0.0:
        seen = cv2.GaussianBlur(seen, (0, 0), how.blur)
    np.clip(seen, 0.0, 255.0, out=seen)
    middle = np.float32(seen.mean())
    tone = cv2.pow(seen * np.float32(1.0 / 255.0), how.gamma)
    lift = 255.0 * (float(middle) / 255.0) ** how.gamma
    seen = (tone * np.float32(255.0) - np.float32(lift)) * np.float32(how.contrast)
    # Back to about the brightness it had, so that no treatment ends all black or all white.
    seen += np.float32(np.clip(0.5 * (lift + float(middle)) + how.brightness, 20.0, 235.0))
    if how.noise > 0.0:
        grain = rng.standard_normal((wide, wide, 1 if how.grey else 3), np.float32)
        seen += grain * np.float32(how.noise)
    if how.sharpen > 0.0:
        seen += (seen - cv2.GaussianBlur(seen, (0, 0), 1.0)) * np.float32(how.sharpen)
    patch = np.clip(seen, 0.0, 255.0).astype(np.uint8)
    for quality in how.qualities:
        patch = encode(patch, quality, how.full_chroma)
    top, left = rng.integers(0, SPARE + 1, 2)
    return patch[top : top + side, left : left + side]
