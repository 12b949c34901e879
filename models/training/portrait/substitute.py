"""Other portraits into photographs of real documents, and what is done alike to attack and genuine partner.

Two ways: laid over (a cut piece of paper on the card, with edge, shadow and gloss of its own) and
pasted (into the photograph itself, with a soft seam). Light is added up in linear levels, 0 to 1.
"""

import cv2
import numpy as np

import sources  # noqa: F401, first: it makes ../patches importable
from augment import encode
from sources import sides_of

GAMMA = 2.2
SHORT_SIDE_MM = 54.0
"""Of an identity card; lengths in millimetres below are on the card."""

BEFORE = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])
AFTER = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])


def linear(levels: np.ndarray) -> np.ndarray:
    """Bytes to light."""
    return (np.arange(256, dtype=np.float32) / 255.0)[levels] ** GAMMA


def levels_of(light: np.ndarray) -> np.ndarray:
    """Light to levels in 0..255, float."""
    return 255.0 * np.clip(light, 0.0, 1.0) ** (1.0 / GAMMA)


def placed(quad: np.ndarray, box, size: tuple[int, int], rng, loose: bool):
    """The perspective from a portrait of `size` pixels (edges from 0) to the picture, and its four corners there.

    Loose: 70 to 110 % of the box, turned up to 3 degrees and a little off; otherwise just on the box.
    """
    width, height = sides_of(quad)
    x0, y0, x1, y1 = box
    centre = np.array([(x0 + x1) / 2 * width, (y0 + y1) / 2 * height])
    w, h = (x1 - x0) * width, (y1 - y0) * height
    turn = 0.0
    if loose:
        share = rng.uniform(0.7, 1.1)
        w, h = w * share * rng.uniform(0.95, 1.05), h * share * rng.uniform(0.95, 1.05)
        turn = np.deg2rad(rng.uniform(-3, 3))
        centre = centre + rng.normal(0, 0.025, 2) * np.array([w, h])
    c, s = np.cos(turn), np.sin(turn)
    to_card = np.array([[c * w / size[0], -s * h / size[1], 0], [s * w / size[0], c * h / size[1], 0], [0, 0, 1.0]])
    to_card[:2, 2] = centre - to_card[:2, :2] @ np.array([size[0] / 2, size[1] / 2])
    to_share = np.diag([1 / width, 1 / height, 1.0])
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    whole = cv2.getPerspectiveTransform(square, quad.astype(np.float32)) @ to_share @ to_card
    ends = np.array([[(0, 0), (size[0], 0), (size[0], size[1]), (0, size[1])]], np.float64)
    return whole, cv2.perspectiveTransform(ends, whole)[0]


def own_portrait(picture: np.ndarray, quad: np.ndarray, box, sharp: float = 1.0) -> np.ndarray:
    """The portrait of a document, straightened at about its own pixels times `sharp`; bytes."""
    width, height = sides_of(quad)
    size = (max(int((box[2] - box[0]) * width * sharp), 24), max(int((box[3] - box[1]) * height * sharp), 24))
    whole, _ = placed(quad, box, size, None, False)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(picture, BEFORE @ whole @ AFTER, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def halftone(light: np.ndarray, period: float, turn: float) -> np.ndarray:
    """Printed in round dots `period` pixels apart, softened as ink on paper is."""
    h, w = light.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    out = np.empty_like(light)
    for k in range(3):
        a = turn + (0.0, 0.52, 1.3)[k]
        u, v = x * np.cos(a) + y * np.sin(a), y * np.cos(a) - x * np.sin(a)
        wave = (np.cos(2 * np.pi * u / period) + np.cos(2 * np.pi * v / period)) / 4 + 0.5
        out[..., k] = 0.04 + 0.92 / (1 + np.exp(-(light[..., k] - wave) * 9.0))
    return out


def prepared(rng, face: np.ndarray, target: np.ndarray, size, colourless: bool, px_per_mm: float) -> np.ndarray:
    """Another portrait as light, with tone near `target`'s (the old portrait as light), and traces of its own."""
    part = cv2.resize(face, size, interpolation=cv2.INTER_AREA if face.shape[0] > size[1] else cv2.INTER_CUBIC)
    if rng.random() < 0.4:  # its own JPEG
        part = encode(part, int(rng.integers(30, 92)), bool(rng.random() < 0.3))
    light = linear(part)
    if colourless:
        tint = target.reshape(-1, 3).mean(0)
        light = (light @ np.array([0.2, 0.7, 0.1], np.float32))[..., None] * (tint / tint.mean()).astype(np.float32)
    elif rng.random() < 0.3:
        light = np.repeat((light @ np.array([0.2, 0.7, 0.1], np.float32))[..., None], 3, axis=2)
    # Brightness and contrast of the old portrait, half to all the way: the attacker matched them by eye.
    share = rng.uniform(0.4, 1.0)
    mean, spread = light.mean((0, 1)), light.std() + 1e-3
    wanted, wanted_spread = target.mean((0, 1)), target.std()
    light = mean + (light - mean) * ((1 - share) + share * wanted_spread / spread)
    light = light + share * (wanted - mean)
    light = light * (2.0 ** rng.normal(0, 0.12, 3)).astype(np.float32)
    light = np.clip(light, 0.003, 1.0).astype(np.float32)
    if rng.random() < 0.4:
        light = halftone(light, max(px_per_mm / rng.uniform(3.3, 7.0), 2.0), rng.uniform(0, 1.5))
    if rng.random() < 0.7:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.3, 1.6))
    return light


def noise_of(levels: np.ndarray) -> float:
    """Noise of a picture in levels: the quietest fifth of its small blocks."""
    bright = cv2.cvtColor(levels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = bright - cv2.GaussianBlur(bright, (0, 0), 1.2)
    h, w = (v // 8 * 8 for v in fine.shape)
    blocks = fine[:h, :w].reshape(h // 8, 8, w // 8, 8).std((1, 3))
    return float(np.percentile(blocks, 20)) / 0.8


def grain(rng, light: np.ndarray, level: float) -> np.ndarray:
    """Camera noise of about `level` grey levels, somewhat coarse, onto light."""
    noise = rng.standard_normal(light.shape, np.float32)
    soft = rng.uniform(0.0, 0.9)
    if soft > 0.35:
        noise = cv2.GaussianBlur(noise, (0, 0), soft)
        noise /= noise.std() + 1e-6
    return linear_of(levels_of(light) + noise * level)


def linear_of(levels: np.ndarray) -> np.ndarray:
    """Levels 0..255, float, to light."""
    return np.clip(levels / 255.0, 0, 1).astype(np.float32) ** GAMMA


def substituted(rng, picture, quad, box, face, way: str, colourless: bool):
    """The picture with another portrait: (levels as float, the new portrait's corners in pixels).

    `way` is laidOver or pasted; `own` puts the document's own portrait back where it was, without an edge of its own.
    """
    height, width = picture.shape[:2]
    px_per_mm = min(sides_of(quad)) / SHORT_SIDE_MM
    base = linear(picture)
    old = linear(own_portrait(picture, quad, box, 0.5))
    w, h = sides_of(quad)
    size = (max(int((box[2] - box[0]) * w * 1.3), 32), max(int((box[3] - box[1]) * h * 1.3), 32))
    if way == "own":
        part = linear(own_portrait(picture, quad, box, 1.3))
        size = part.shape[1::-1]
        whole, corners = placed(quad, box, size, rng, False)
    else:
        part = prepared(rng, face, old, size, colourless, px_per_mm * 1.3)
        whole, corners = placed(quad, box, size, rng, True)
        rim = rng.uniform(0.15, 0.6) * px_per_mm * 1.3
        if way == "laidOver" and rng.random() < 0.4 and rim >= 1:  # white paper left at the cut
            cv2.rectangle(part, (0, 0), (size[0] - 1, size[1] - 1), (rng.uniform(0.6, 1.0),) * 3, int(round(rim)))
    view = BEFORE @ whole @ AFTER
    laid = cv2.warpPerspective(part, view, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    solid = np.ones((size[1], size[0]), np.float32)
    if way == "laidOver" and rng.random() < 0.4:  # cut by hand: corners a little off
        ends = np.array([(0, 0), (size[0], 0), (size[0], size[1]), (0, size[1])]) + rng.normal(0, 0.012, (4, 2)) * size
        solid[:] = 0
        cv2.fillConvexPoly(solid, ends.astype(np.int32), 1.0)
    cover = cv2.warpPerspective(solid, view, (width, height), flags=cv2.INTER_LINEAR)
    if way == "own":
        inner = int(max(0.05 * min(size), 2))
        soft = np.zeros_like(solid)
        soft[inner:-inner, inner:-inner] = 1
        cover = cv2.warpPerspective(cv2.GaussianBlur(soft, (0, 0), inner / 2.5), view, (width, height))
    elif way == "pasted":
        cover = cv2.GaussianBlur(cover, (0, 0), rng.uniform(0.5, 1.6))
        if rng.random() < 0.6:
            laid = grain(rng, laid, noise_of(picture) * rng.uniform(0.0, 2.0))
        return levels_of(base) * (1 - cover[..., None]) + levels_of(laid) * cover[..., None], corners
    else:
        softened = rng.uniform(0.3, 0.8)
        cover = cv2.GaussianBlur(cover, (0, 0), softened)
        depth = rng.uniform(0.2, 1.0) * px_per_mm
        fall = cv2.GaussianBlur(cover, (0, 0), max(depth * 0.5, 0.4))
        off = depth * rng.uniform(0.0, 0.8)
        side = rng.uniform(0, 2 * np.pi)
        move = np.array([[1, 0, off * np.cos(side)], [0, 1, off * np.sin(side)]])
        fall = cv2.warpAffine(fall, move, (width, height))
        base = base * (1 - rng.uniform(0.15, 0.6) * fall)[..., None]
        if rng.random() < 0.4:  # its own gloss
            x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
            y = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
            laid = laid * (1 + rng.normal(0, 0.2) * x + rng.normal(0, 0.2) * y) + rng.uniform(0, 0.06)
        # It was photographed with the card: about the same noise and softness as the photograph has.
        laid = grain(rng, cv2.GaussianBlur(laid, (0, 0), rng.uniform(0.3, 1.1)), noise_of(picture) * rng.uniform(0.5, 1.3))
    return levels_of(base * (1 - cover[..., None]) + laid * cover[..., None]), corners


def framed(rng, picture, quad, box):
    """A printed frame around the genuine portrait: levels as float."""
    size = (200, int(200 * (box[3] - box[1]) / (box[2] - box[0]) * sides_of(quad)[1] / sides_of(quad)[0]) + 8)
    grow = rng.uniform(0.98, 1.06)
    cx, cy = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    around = (cx + (box[0] - cx) * grow, cy + (box[1] - cy) * grow, cx + (box[2] - cx) * grow, cy + (box[3] - cy) * grow)
    whole, _ = placed(quad, around, size, rng, False)
    line = np.zeros((size[1], size[0]), np.float32)
    thick = int(rng.integers(1, 9))
    cv2.rectangle(line, (thick, thick), (size[0] - 1 - thick, size[1] - 1 - thick), 1.0, thick)
    cover = cv2.warpPerspective(line, BEFORE @ whole @ AFTER, picture.shape[1::-1], flags=cv2.INTER_LINEAR)
    cover = cv2.GaussianBlur(cover, (0, 0), rng.uniform(0.5, 1.2))[..., None] * rng.uniform(0.5, 0.95)
    ink = rng.uniform(20, 250) * np.ones(3) if rng.random() < 0.6 else rng.uniform(20, 230, 3)
    return picture.astype(np.float32) * (1 - cover) + ink.astype(np.float32) * cover


def draw_treatment(rng) -> dict:
    """What the camera and the way to us do to a whole picture; the same for attack and partner."""
    rough = rng.random() < 0.5
    return {
        "scale": float(rng.uniform(0.6, 1.0)) if rng.random() < 0.4 else 1.0,
        "blur": float(rng.uniform(0.3, 1.2)) if rng.random() < 0.5 else 0.0,
        "noise": float(rng.uniform(0.5, 5.0)) if rng.random() < 0.5 else 0.0,
        "sharpen": float(rng.uniform(0.1, 0.9)) if rng.random() < 0.3 else 0.0,
        "gains": (2.0 ** rng.normal(0, 0.08, 3)).astype(np.float32),
        "gamma": float(2.0 ** rng.normal(0, 0.2)),
        "grey": bool(rng.random() < 0.3),
        "qualities": [int(q) for q in rng.integers(55 if rough else 82, 98, 2 if rng.random() < 0.3 else 1)],
        "full": bool(rng.random() < 0.3),
        "seed": int(rng.integers(2**31)),
    }


def treated(levels: np.ndarray, how: dict) -> np.ndarray:
    """The whole picture through one treatment: bytes, resized by how["scale"]."""
    seen = levels.astype(np.float32)
    if how["scale"] < 1.0:
        seen = cv2.resize(seen, None, fx=how["scale"], fy=how["scale"], interpolation=cv2.INTER_AREA)
    if how["grey"]:
        seen = np.repeat((seen @ np.array([0.299, 0.587, 0.114], np.float32))[..., None], 3, axis=2)
    if how["blur"]:
        seen = cv2.GaussianBlur(seen, (0, 0), how["blur"])
    seen = 255.0 * cv2.pow(np.clip(seen * how["gains"], 0, 255) * np.float32(1 / 255), how["gamma"])
    if how["noise"]:
        noise = np.random.default_rng(how["seed"]).standard_normal(seen.shape, np.float32)
        seen = seen + noise * np.float32(how["noise"])
    if how["sharpen"]:
        seen = seen + (seen - cv2.GaussianBlur(seen, (0, 0), 1.0)) * np.float32(how["sharpen"])
    picture = np.clip(seen, 0, 255).astype(np.uint8)
    for quality in how["qualities"]:
        picture = encode(picture, quality, how["full"])
    return picture
