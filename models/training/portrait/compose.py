"""Portraits into documents, documents made up on the spot, and what a camera does to a small copy.

Pictures are height x width x 3 RGB levels in 0..255, float32. Boxes here are in pixels: left, top, right, bottom.
"""

import cv2
import numpy as np

LETTERS = list("ABCDEFGHIJKLMNOPRSTUVZ0123456789<.-/ ")


def grey(picture: np.ndarray) -> np.ndarray:
    """The picture without colour."""
    return np.repeat((picture @ np.array([0.299, 0.587, 0.114], np.float32))[..., None], 3, axis=2)


def face(rng, portraits, size) -> np.ndarray:
    """A portrait cut to width x height `size`, grey half of the time, its tone changed."""
    whole = portraits[rng.integers(len(portraits))]
    height, width = whole.shape[:2]
    zoom = rng.uniform(1.0, 1.45)
    ratio = size[0] / size[1]
    w = min(width / zoom, height / zoom * ratio)
    h = w / ratio
    x = (width - w) * np.clip(rng.normal(0.5, 0.12), 0, 1)
    y = (height - h) * np.clip(rng.normal(0.25, 0.15), 0, 1)
    part = whole[int(y) : int(y + h) + 1, int(x) : int(x + w) + 1]
    part = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    if rng.random() < 0.5:
        part = part[:, ::-1]
    if rng.random() < 0.5:
        part = grey(part)
    low, high = rng.uniform(0, 60), rng.uniform(180, 255)
    return np.ascontiguousarray(low + (high - low) * (part / 255.0) ** rng.uniform(0.6, 1.5))


def mask_of(rng, size) -> np.ndarray:
    """How much a portrait covers: a rectangle, one with round corners, or an oval that fades."""
    w, h = size
    mask = np.zeros((h, w), np.float32)
    style = rng.random()
    if style < 0.6:
        mask[:] = 1.0
    elif style < 0.8:
        r = max(int(min(w, h) * rng.uniform(0.05, 0.3)), 1)
        cv2.rectangle(mask, (r, 0), (w - r, h), 1.0, -1)
        cv2.rectangle(mask, (0, r), (w, h - r), 1.0, -1)
        for x, y in ((r, r), (w - r, r), (r, h - r), (w - r, h - r)):
            cv2.circle(mask, (x, y), r, 1.0, -1)
    else:
        cv2.ellipse(mask, (w // 2, int(h * 0.52)), (int(w * 0.52), int(h * 0.55)), 0, 0, 360, 1.0, -1)
        mask = cv2.GaussianBlur(mask, (0, 0), max(min(w, h) * 0.03, 0.6))
    return mask[..., None]


def lay(rng, card, box, part, strength=1.0) -> None:
    """Puts a portrait into its box: over the card, or printed on it so that the card shines through."""
    x0, y0, x1, y1 = box
    under = card[y0:y1, x0:x1]
    cover = mask_of(rng, (x1 - x0, y1 - y0)) * strength
    over = under * part / 255.0 if rng.random() < 0.3 else part
    card[y0:y1, x0:x1] = under * (1 - cover) + over * cover


def blank(rng, card, box, others) -> None:
    """Takes the portrait away: a smooth field, a piece of some document without one, or text."""
    x0, y0, x1, y1 = box
    pad = 3
    y0, x0 = max(y0 - pad, 0), max(x0 - pad, 0)
    y1, x1 = min(y1 + pad, card.shape[0]), min(x1 + pad, card.shape[1])
    w, h = x1 - x0, y1 - y0
    rows = np.concatenate((card[max(y0 - 4, 0) : y0 + 1, x0:x1].reshape(-1, 3), card[y1 - 1 : y1 + 4, x0:x1].reshape(-1, 3)))
    field = np.broadcast_to(np.percentile(rows, 70, axis=0), (h, w, 3)).astype(np.float32).copy()
    style = rng.random()
    if style < 0.45 and others:
        other = others[rng.integers(len(others))]
        ow, oh = min(w, other.shape[1]), min(h, other.shape[0])
        x, y = rng.integers(other.shape[1] - ow + 1), rng.integers(other.shape[0] - oh + 1)
        field = cv2.resize(other[y : y + oh, x : x + ow], (w, h)).astype(np.float32)
    elif style < 0.7:
        field += cv2.resize(rng.normal(0, 12, (6, 5, 3)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    if style > 0.55:
        write(rng, field, (2, 2, w - 2, h - 2))
    cover = cv2.GaussianBlur(np.pad(np.ones((h - 4, w - 4), np.float32), 2), (0, 0), 1.2)[..., None]
    card[y0:y1, x0:x1] = card[y0:y1, x0:x1] * (1 - cover) + field * cover


def write(rng, card, box) -> None:
    """Lines of letters inside a box."""
    x0, y0, x1, y1 = box
    ink = rng.uniform(10, 120, 3)
    size = rng.uniform(0.18, 0.5)
    step = max(int(size * rng.uniform(24, 45)), 6)
    part = np.ascontiguousarray(np.clip(card[y0:y1, x0:x1], 0, 255).astype(np.uint8))
    y = step
    while y < y1 - y0:
        n = int((x1 - x0) / (size * 19) * rng.uniform(0.3, 1.0))
        text = "".join(rng.choice(LETTERS, max(n, 1)))
        cv2.putText(part, text, (0, y), int(rng.integers(0, 5)), size, ink.tolist(), 1, cv2.LINE_AA)
        y += step
    card[y0:y1, x0:x1] = part


def laid_out(rng, side, portraits, grounds, others):
    """A document made up on the spot: side x side picture and its portrait's box, or None for a back."""
    light = rng.uniform(140, 245, 3).astype(np.float32)
    card = np.broadcast_to(light, (side, side, 3)).copy()
    card += cv2.resize(rng.normal(0, 14, (4, 4, 3)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    style = rng.random()
    if style < 0.35:
        ground = grounds[rng.integers(len(grounds))]
        part = cv2.resize(ground, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
        share = rng.uniform(0.1, 0.5)
        card = card * (1 - share) + part * share
    elif style < 0.6 and others:
        part = cv2.resize(others[rng.integers(len(others))], (side, side)).astype(np.float32)
        share = rng.uniform(0.3, 0.9)
        card = card * (1 - share) + part[::-1, ::-1] * share
    for _ in range(int(rng.integers(0, 3))):  # guilloche
        a = rng.uniform(3, 25)
        x = np.arange(side)
        for k in range(int(rng.integers(3, 9))):
            y = rng.uniform(0, 1) * side + a * np.sin(x / rng.uniform(8, 40) + k)
            cv2.polylines(card, [np.stack((x, y), 1).astype(np.int32)], False, rng.uniform(90, 230, 3).tolist(), 1, cv2.LINE_AA)
    if rng.random() < 0.5:
        cv2.rectangle(card, (0, 0), (side, int(side * rng.uniform(0.08, 0.2))), rng.uniform(40, 255, 3).tolist(), -1)
    for _ in range(int(rng.integers(0, 4))):  # emblems, chips, flags, codes
        x, y = rng.integers(0, side, 2)
        w, h = rng.integers(8, int(side * 0.3), 2)
        colour = rng.uniform(20, 240, 3).tolist()
        if rng.random() < 0.5:
            cv2.rectangle(card, (int(x), int(y)), (int(x + w), int(y + h)), colour, -1 if rng.random() < 0.5 else 2)
        else:
            cv2.ellipse(card, (int(x), int(y)), (int(w) // 2, int(h) // 2), 0, 0, 360, colour, -1 if rng.random() < 0.4 else 2)
        if rng.random() < 0.25:
            code = rng.random((12, 12)) < 0.5
            piece = cv2.resize(code.astype(np.float32) * 220, (int(w) + 6, int(h) + 6), interpolation=cv2.INTER_NEAREST)
            x1, y1 = min(x + w + 6, side), min(y + h + 6, side)
            card[y:y1, x:x1] = piece[: y1 - y, : x1 - x, None]
    for _ in range(int(rng.integers(2, 7))):
        x0, y0 = int(rng.uniform(0.02, 0.7) * side), int(rng.uniform(0, 0.85) * side)
        write(rng, card, (x0, y0, min(x0 + int(rng.uniform(0.15, 0.6) * side), side), min(y0 + int(rng.uniform(0.08, 0.5) * side), side)))
    if rng.random() < 0.35:
        write(rng, card, (4, int(0.78 * side), side - 4, side - 4))
    if rng.random() < 0.3:  # a signature or a thumb's print
        x = np.linspace(0, 1, 40)
        y = np.cumsum(rng.normal(0, 0.05, 40))
        at = rng.uniform(0.2, 0.7, 2)
        line = np.stack(((at[0] + x * 0.25) * side, (at[1] + y * 0.3) * side), 1)
        cv2.polylines(card, [line.astype(np.int32)], False, (30, 30, 60), 1, cv2.LINE_AA)
    box = None
    if rng.random() < 0.45:  # a ghost portrait, small, pale or both
        w = int(side * rng.uniform(0.07, 0.13))
        h = int(side * rng.uniform(0.13, 0.22))
        x, y = int(rng.uniform(0.1, 0.85) * side), int(rng.uniform(0.1, 0.75) * side)
        w, h = min(w, side - x), min(h, side - y)
        lay(rng, card, (x, y, x + w, y + h), face(rng, portraits, (w, h)), rng.uniform(0.3, 1.0))
    if rng.random() < 0.75:
        w, h = int(side * rng.uniform(0.18, 0.4)), int(side * rng.uniform(0.38, 0.78))
        x = rng.uniform(0.02, 0.12) if rng.random() < 0.5 else rng.uniform(0.02, 1.0)
        x0 = int(np.clip(x * side, 2, side - w - 3))
        y0 = int(np.clip(rng.uniform(0.05, 0.6) * side, 2, side - h - 3))
        box = (x0, y0, x0 + w, y0 + h)
        lay(rng, card, box, face(rng, portraits, (w, h)))
    return np.clip(card, 0, 255), box


def camera(rng, picture) -> np.ndarray:
    """Light, colour, glare, fingers, blur, noise and JPEG on a small copy; levels as bytes."""
    picture = picture.astype(np.float32)
    side = picture.shape[0]
    if rng.random() < 0.4:
        picture = grey(picture)
    if rng.random() < 0.7:
        picture *= rng.uniform(0.75, 1.2, 3).astype(np.float32)
    field = cv2.resize(rng.normal(1.0, 0.15, (3, 3)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    picture = picture * np.clip(field, 0.4, 1.5)[..., None] * rng.uniform(0.55, 1.35)
    picture = 255.0 * np.clip(picture / 255.0, 0, 1) ** rng.uniform(0.65, 1.6)
    middle = picture.mean()
    picture = middle + (picture - middle) * rng.uniform(0.45, 1.2)
    if rng.random() < 0.25:  # glare
        glow = np.zeros((side, side), np.float32)
        at = rng.uniform(0, side, 2)
        axes = rng.uniform(0.05, 0.35, 2) * side
        cv2.ellipse(glow, (tuple(map(float, at)), tuple(map(float, 2 * axes)), float(rng.uniform(0, 180))), 1.0, -1)
        glow = cv2.GaussianBlur(glow, (0, 0), rng.uniform(2, 14))
        picture += glow[..., None] * rng.uniform(60, 260)
    if rng.random() < 0.15:  # a hard shadow
        u = np.mgrid[0:side, 0:side].astype(np.float32)
        turn = rng.uniform(0, 2 * np.pi)
        line = u[0] * np.sin(turn) + u[1] * np.cos(turn) - side * rng.uniform(-0.2, 1.2) * 0.7
        picture *= np.where(line > 0, rng.uniform(0.4, 0.8), 1.0)[..., None].astype(np.float32)
    if rng.random() < 0.15:  # fingers at the border
        for _ in range(int(rng.integers(1, 4))):
            edge = int(rng.integers(0, 4))
            along = rng.uniform(0, side)
            at = [(along, 0), (along, side), (0, along), (side, along)][edge]
            size = rng.uniform(0.08, 0.3, 2) * side
            skin = np.array([200, 150, 125]) * rng.uniform(0.4, 1.2)
            cv2.ellipse(picture, (at, (float(size[0]), float(size[1])), float(rng.uniform(0, 180))), skin.tolist(), -1)
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.4))
    picture = picture + rng.normal(0, rng.uniform(0, 7), picture.shape).astype(np.float32)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        done, coded = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 96))))
        picture = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return picture
