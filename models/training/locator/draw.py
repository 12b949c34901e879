"""Draws made-up documents: cards, passport pages, backs. No real layout is copied."""

import string

import cv2
import numpy as np

FONTS = [
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX_SMALL,
]
ASPECTS = {"card": 85.6 / 54, "page": 125 / 88, "old": None}


def colour(rng, low=0, high=255):
    return tuple(int(v) for v in rng.integers(low, high + 1, 3))


def pale(rng):
    """A light colour, as most documents have; now and then any colour."""
    if rng.random() < 0.2:
        return colour(rng)
    return tuple(int(255 - v) for v in rng.integers(0, 110, 3) * rng.random())


def word(rng, n_min=3, n_max=12):
    letters = string.ascii_uppercase if rng.random() < 0.6 else string.ascii_letters + string.digits
    return "".join(rng.choice(list(letters), rng.integers(n_min, n_max)))


def line(rng, picture, x, y, height, width, ink):
    """One line of text, real letters or strokes that look like another script."""
    if rng.random() < 0.7:
        font = FONTS[rng.integers(len(FONTS))]
        text = word(rng) if rng.random() < 0.7 else word(rng) + " " + word(rng)
        scale = height / 22
        thick = 2 if rng.random() < 0.25 else 1
        while len(text) > 2 and cv2.getTextSize(text, font, scale, thick)[0][0] > width:
            text = text[:-1]
        cv2.putText(picture, text, (int(x), int(y + height)), font, scale, ink, thick, cv2.LINE_AA)
        return
    end = x + width * rng.uniform(0.3, 1.0)
    while x < end:
        step = height * rng.uniform(0.5, 1.1)
        for _ in range(rng.integers(2, 5)):
            a = (int(x + rng.uniform(0, 0.8) * step), int(y + rng.uniform(0.1, 1) * height))
            b = (int(x + rng.uniform(0, 0.8) * step), int(y + rng.uniform(0.1, 1) * height))
            cv2.line(picture, a, b, ink, 1, cv2.LINE_AA)
        x += step * (1 if rng.random() < 0.9 else 1.8)


def ground(rng, h, w):
    """The paper: a colour or a gradient, with fine waves and blots over it."""
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    a, b = np.float32(pale(rng)), np.float32(pale(rng))
    turn = rng.uniform(0, np.pi * 2)
    t = (np.cos(turn) * x / w + np.sin(turn) * y / h)
    t = (t - t.min()) / (np.ptp(t) + 1e-6)
    if rng.random() < 0.35:
        t *= 0
    out = a + (b - a) * t[..., None]
    for _ in range(rng.integers(0, 4)):
        k = rng.uniform(0.05, 1.0)
        turn = rng.uniform(0, np.pi)
        wave = np.sin(k * (np.cos(turn) * x + np.sin(turn) * y) + rng.uniform(1, 8) * np.sin(x * rng.uniform(0.01, 0.08)))
        out += (wave > rng.uniform(0, 0.95))[..., None] * rng.uniform(-40, 25, 3)
    for _ in range(rng.integers(0, 3)):
        blot = np.zeros((h, w), np.float32)
        centre = (int(rng.uniform(0, w)), int(rng.uniform(0, h)))
        axes = (int(rng.uniform(0.05, 0.4) * w), int(rng.uniform(0.05, 0.6) * h))
        cv2.ellipse(blot, centre, axes, rng.uniform(0, 180), 0, 360, 1, -1 if rng.random() < 0.6 else 2)
        if rng.random() < 0.5:
            blot = cv2.GaussianBlur(blot, (0, 0), rng.uniform(1, w / 20))
        out += blot[..., None] * rng.uniform(-70, 30, 3)
    return np.clip(out, 0, 255).astype(np.uint8)


def bars(rng, picture, x, y, w, h):
    """A linear or square bar code."""
    cell = max(1, int(rng.integers(1, 4)))
    nx, ny = max(2, int(w / cell)), (1 if rng.random() < 0.5 else max(2, int(h / cell)))
    code = (rng.random((ny, nx)) < 0.5).astype(np.uint8) * 255
    code = cv2.resize(code, (max(2, int(w)), max(2, int(h))), interpolation=cv2.INTER_NEAREST)
    part = picture[int(y):int(y) + code.shape[0], int(x):int(x) + code.shape[1]]
    part[:] = code[: part.shape[0], : part.shape[1], None]


def portrait_into(rng, picture, portraits, x, y, w, h, grey):
    face = portraits[rng.integers(len(portraits))]
    face = cv2.resize(face, (max(2, int(w)), max(2, int(h))), interpolation=cv2.INTER_AREA)
    if grey:
        face = cv2.cvtColor(cv2.cvtColor(face, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    part = picture[int(y):int(y) + face.shape[0], int(x):int(x) + face.shape[1]]
    face = face[: part.shape[0], : part.shape[1]]
    if rng.random() < 0.35:  # the portrait's light ground merges into the paper
        part[:] = np.minimum(part, cv2.add(face, 20))
    else:
        mix = 1.0 if rng.random() < 0.8 else rng.uniform(0.4, 0.9)
        part[:] = (face * mix + part * (1 - mix)).astype(np.uint8)


def document(rng, portraits):
    """One document about 320 px wide as a BGR picture, and whether it is a passport's page."""
    kind = rng.choice(["card", "page", "old"], p=[0.62, 0.25, 0.13])
    aspect = ASPECTS[kind] or rng.uniform(1.05, 1.9)
    w = 320
    h = int(w / aspect)
    upright = rng.random() < (0.08 if kind == "card" else 0.15)
    if upright:
        w, h = h, w
    picture = ground(rng, h, w)
    ink = colour(rng, 0, 90) if picture.mean() > 90 else colour(rng, 170, 255)
    strong = colour(rng)
    front = rng.random() < (0.75 if kind != "page" else 0.95)
    grey = rng.random() < 0.4
    if rng.random() < 0.5:  # a band along the top or the bottom, or a frame
        depth = int(h * rng.uniform(0.06, 0.22))
        if rng.random() < 0.8:
            picture[:depth] = strong
        else:
            picture[-depth:] = strong
    if rng.random() < 0.15:
        cv2.rectangle(picture, (3, 3), (w - 4, h - 4), strong, int(rng.integers(1, 5)))
    for i in range(rng.integers(0, 3)):  # the title
        line(rng, picture, w * rng.uniform(0.03, 0.4), h * (0.02 + 0.08 * i), h * rng.uniform(0.05, 0.1), w * 0.6,
             ink if rng.random() < 0.5 else colour(rng))
    bottom = h * 0.95
    if kind == "page" and rng.random() < 0.9 or rng.random() < (0.15 if front else 0.5):  # machine-readable lines
        n = int(rng.integers(2, 4))
        size = h * rng.uniform(0.045, 0.065)
        if rng.random() < 0.4:
            cv2.rectangle(picture, (0, int(h - n * size * 1.7 - 6)), (w, h), (235, 235, 235), -1)
        for i in range(n):
            text = "".join(rng.choice(list(string.ascii_uppercase + "<<<<<<<<<<<<" + string.digits), 44 if n == 2 else 30))
            scale = 0.94 * w / cv2.getTextSize(text, cv2.FONT_HERSHEY_PLAIN, 1, 1)[0][0]
            cv2.putText(picture, text, (int(w * 0.03), int(h - (n - i - 0.4) * size * 1.6)), cv2.FONT_HERSHEY_PLAIN,
                        scale, (20, 20, 20), 1, cv2.LINE_AA)
        bottom = h - n * size * 1.7 - 4
    left, right = w * 0.05, w * 0.95
    if front:
        fh = h * rng.uniform(0.35, 0.62) if not upright else h * rng.uniform(0.25, 0.4)
        fw = fh * rng.uniform(0.7, 0.85)
        fy = min(h * rng.uniform(0.15, 0.35), bottom - fh)
        if rng.random() < 0.75:
            fx, left = w * rng.uniform(0.02, 0.08), w * 0.1 + fw
        else:
            fx = w * rng.uniform(0.92, 0.98) - fw
            right = fx - 4
        portrait_into(rng, picture, portraits, fx, max(fy, 0), fw, fh, grey)
        if rng.random() < 0.3:
            s = rng.uniform(0.3, 0.5)
            portrait_into(rng, picture, portraits, rng.uniform(left, max(left + 1, right - fw * s)),
                          rng.uniform(h * 0.4, h * 0.7), fw * s, fh * s, True)
    else:
        for _ in range(rng.integers(1, 3)):
            bw, bh = w * rng.uniform(0.15, 0.8), h * rng.uniform(0.08, 0.35)
            bars(rng, picture, rng.uniform(0, w - bw), rng.uniform(0, h - bh), bw, bh)
        if rng.random() < 0.25:
            y = int(h * rng.uniform(0.05, 0.3))
            picture[y : y + int(h * 0.18)] = colour(rng, 0, 60)
    y = h * rng.uniform(0.16, 0.26)
    size = h * rng.uniform(0.035, 0.075)
    while y + size < bottom:
        if rng.random() < 0.88:
            line(rng, picture, left + rng.uniform(0, 0.03) * w, y, size * rng.uniform(0.7, 1.1),
                 (right - left) * rng.uniform(0.4, 1.0), ink)
        if rng.random() < 0.35:
            x = left + (right - left) * rng.uniform(0.45, 0.7)
            line(rng, picture, x, y, size, right - x, ink)
        y += size * rng.uniform(1.3, 2.2)
    if rng.random() < 0.25:  # a chip
        x, y = w * rng.uniform(0.08, 0.7), h * rng.uniform(0.25, 0.5)
        cv2.rectangle(picture, (int(x), int(y)), (int(x + w * 0.12), int(y + w * 0.1)), (90, 190, 215), -1)
    if rng.random() < 0.5:  # a signature
        at = np.array([left, bottom - size * 2]) + np.cumsum(rng.normal(0, 1, (14, 2)) * size * 0.6 + [size * 0.5, 0], 0)
        cv2.polylines(picture, [at.astype(np.int32)], False, colour(rng, 0, 80), 1, cv2.LINE_AA)
    if rng.random() < 0.4:  # a flag, a seal
        x, y, r = w * rng.uniform(0.03, 0.9), h * rng.uniform(0.05, 0.9), h * rng.uniform(0.05, 0.14)
        if rng.random() < 0.5:
            cv2.rectangle(picture, (int(x), int(y)), (int(x + 1.6 * r), int(y + r)), colour(rng), -1)
        else:
            cv2.circle(picture, (int(x), int(y)), int(r), colour(rng), int(rng.choice([-1, 1, 2])), cv2.LINE_AA)
    return picture, kind == "page"


def sheet(rng):
    """A page that is no identity document: blank, written, printed, or with pictures' frames."""
    w, h = (300, 420) if rng.random() < 0.7 else (420, 300)
    base = rng.integers(190, 256) if rng.random() < 0.85 else rng.integers(60, 256)
    picture = np.full((h, w, 3), base, np.uint8)
    if rng.random() < 0.3:
        picture[:] = pale(rng)
    if rng.random() < 0.35:
        return picture
    n_columns = int(rng.integers(1, 4))
    size = rng.uniform(5, 16)
    for c in range(n_columns):
        x0, x1 = 12 + c * (w - 24) / n_columns, 6 + (c + 1) * (w - 24) / n_columns
        y = rng.uniform(5, 60)
        while y < h - size:
            if rng.random() < 0.04:
                y += size * rng.uniform(2, 5)
            if rng.random() < 0.05:
                depth = rng.uniform(3, 8) * size
                cv2.rectangle(picture, (int(x0), int(y)), (int(x1), int(y + depth)), colour(rng), -1)
                y += depth
            line(rng, picture, x0, y, size, (x1 - x0), (40, 40, 40))
            y += size * rng.uniform(1.3, 1.8)
    return picture
