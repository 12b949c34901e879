"""Screen grabs: flat documents in a viewer's page, which no lens ever saw.

The documents are the flat references of the raw material, or drawn here with Pillow. This shares no
code with the program's simulation (`--kind screenGrab`).
"""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from attacks import FONTS


def font(rng: np.random.Generator, size: float) -> ImageFont.FreeTypeFont:
    """Some font of about this height in pixels."""
    return ImageFont.truetype(str(FONTS[rng.integers(len(FONTS))]), max(int(size), 6))


def words(rng: np.random.Generator, count: int) -> str:
    """Letters and digits without meaning."""
    letters = "ABCDEFGHIJKLMNOPRSTUVWZ0123456789"
    return "".join(letters[i] for i in rng.integers(0, len(letters), count))


def ground(rng: np.random.Generator, wide: int, high: int) -> np.ndarray:
    """A card's ground: a gradient of two pale colours, and fine waves across it in most cases."""
    ends = rng.uniform(150, 250, (2, 3))
    share = np.linspace(0, 1, wide)[None, :, None] * np.ones((high, 1, 1))
    card = ends[0] * (1 - share) + ends[1] * share
    if rng.random() < 0.7:
        y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
        for _ in range(int(rng.integers(1, 4))):
            pitch, sway = rng.uniform(5, 30), rng.uniform(5, 60)
            wave = np.sin((y + sway * np.sin(x / rng.uniform(30, 200))) * 2 * np.pi / pitch)
            card -= (np.clip(wave - 0.6, 0, 1) * rng.uniform(10, 90))[:, :, None] * rng.uniform(0.2, 1.0, 3)
    return np.clip(card, 0, 255).astype(np.uint8)


def drawn(rng: np.random.Generator, portrait: np.ndarray, wide: int) -> np.ndarray:
    """A card of this width with a portrait and lines of text."""
    high = int(wide * rng.uniform(0.62, 0.72))
    sheet = Image.fromarray(ground(rng, wide, high))
    pen = ImageDraw.Draw(sheet)
    tall = int(high * rng.uniform(0.4, 0.6))
    small = cv2.resize(portrait, (int(tall * 0.8), tall), interpolation=cv2.INTER_AREA)
    left = rng.random() < 0.6
    x = int(wide * (0.05 if left else 0.93)) - (0 if left else small.shape[1])
    y = int(high * rng.uniform(0.2, 0.35))
    sheet.paste(Image.fromarray(small), (x, y))
    ink = tuple(int(v) for v in rng.uniform(0, 90, 3))
    pen.text((wide * 0.05, high * 0.05), words(rng, 14), fill=ink, font=font(rng, high * 0.08))
    at = wide * (0.42 if left else 0.05)
    for line in range(int(rng.integers(4, 8))):
        size = high * rng.uniform(0.035, 0.06)
        pen.text(
            (at, high * (0.22 + 0.1 * line)), words(rng, int(rng.integers(5, 16))), fill=ink,
            font=font(rng, size),
        )
    if rng.random() < 0.5:
        for line in range(2):
            pen.text(
                (wide * 0.04, high * (0.83 + 0.07 * line)), words(rng, 30) + "<<<<", fill=(0, 0, 0),
                font=font(rng, high * 0.055),
            )
    return np.asarray(sheet)


def grab(rng: np.random.Generator, card: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A page that shows the card, under a status bar; and the card's corners in it."""
    wide = int(rng.choice([720, 828, 1080, 1080, 1170, 1284, 1440]))
    high = int(wide * rng.uniform(1.75, 2.2))
    if rng.random() < 0.25:
        wide, high = int(rng.choice([1366, 1600, 1920])), int(rng.choice([768, 900, 1080]))
    dark = rng.random() < 0.5
    page = np.full((high, wide, 3), rng.integers(0, 25) if dark else rng.integers(235, 256), np.uint8)
    share = rng.uniform(0.75, 1.0) if high > wide else rng.uniform(0.45, 0.7)
    w = int(min(wide * share, 0.75 * high * card.shape[1] / card.shape[0]))
    h = int(w * card.shape[0] / card.shape[1])
    how = cv2.INTER_AREA if w < card.shape[1] else int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
    x, y = (wide - w) // 2, int((high - h) * rng.uniform(0.3, 0.6))
    page[y : y + h, x : x + w] = cv2.resize(card, (w, h), interpolation=how)
    sheet = Image.fromarray(page)
    pen = ImageDraw.Draw(sheet)
    ink = (235, 235, 235) if dark else (25, 25, 25)
    bar = int(min(wide, high) * rng.uniform(0.04, 0.07))
    face = font(rng, bar * 0.55)
    pen.text((bar, bar * 0.2), f"{rng.integers(24)}:{rng.integers(60):02d}", fill=ink, font=face)
    for k in range(4):
        left = wide - bar * (3.6 - 0.3 * k)
        pen.rectangle((left, bar * (0.65 - 0.1 * k), left + bar * 0.2, bar * 0.75), fill=ink)
    pen.rounded_rectangle((wide - bar * 2, bar * 0.25, wide - bar, bar * 0.75), bar * 0.1, outline=ink, width=2)
    if rng.random() < 0.7:
        pen.text((bar * 2, bar * 1.5), words(rng, 10), fill=ink, font=font(rng, bar * 0.7))
    if rng.random() < 0.5:
        pen.rectangle((0, high - bar, wide, high), fill=(60, 60, 60) if dark else (225, 225, 225))
    quad = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)
    return np.asarray(sheet), quad
