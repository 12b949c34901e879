"""Edits of a photograph, by OpenCV and Pillow, with a mask of what was changed.

This family shares no code with the program's simulation (`secondlook synth documents --kind
patchwork` and `retype`), so that one can be left out of a training whole.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SORTS = ("letters", "retyped", "copied", "filled", "blurred", "struck", "spliced")
"""Exchanged characters, wiped and typed anew, copy-move, fill, blur, strike-through, pieces of another document."""

FONTS = [
    path
    for folder in ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/opentype/urw-base35")
    for path in sorted(Path(folder).glob("*.[to]t[cf]"))
    if not any(word in path.name for word in ("Z003", "D050000L", "Symbols"))
]
"""Whatever of these the machine has."""


@dataclass(frozen=True)
class Plane:
    """The document's own axes: `u` along its longer side and `v` across, in pixels of the picture."""

    corners: np.ndarray
    long_px: float
    short_px: float

    @staticmethod
    def of(quad: np.ndarray) -> "Plane":
        a, b, c, d = np.asarray(quad, float)
        along = np.linalg.norm(b - a) + np.linalg.norm(c - d)
        across = np.linalg.norm(d - a) + np.linalg.norm(c - b)
        if along < across:
            a, b, c, d = d, a, b, c
            along, across = across, along
        return Plane(np.array([a, b, c, d], np.float32), along / 2.0, across / 2.0)

    def to_picture(self) -> np.ndarray:
        """The 3 x 3 transform of (u, v) to (x, y)."""
        flat = np.array(
            [(0, 0), (self.long_px, 0), (self.long_px, self.short_px), (0, self.short_px)], np.float32
        )
        return cv2.getPerspectiveTransform(flat, self.corners)

    def box(self, left: float, top: float, wide: float, high: float) -> np.ndarray:
        """The four corners in the picture of a box on the document."""
        flat = [(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)]
        return cv2.perspectiveTransform(np.array([flat], np.float32), self.to_picture())[0]


def soft(corners: np.ndarray, size: tuple[int, int], feather: float) -> np.ndarray:
    """A mask of 0..1, height x width, of a quad with soft edges; 0 outside of it."""
    mask = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 255)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    return np.clip(inside / max(feather, 1e-3), 0.0, 1.0)


def detail(picture: np.ndarray) -> np.ndarray:
    """How much there is to see at a place: smoothed gradient of brightness."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return cv2.blur(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), (15, 9))


def through_jpeg(piece: np.ndarray, quality: int, full_chroma: bool) -> np.ndarray:
    """Through JPEG and back."""
    sampling = (
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if full_chroma else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    )
    words = [cv2.IMWRITE_JPEG_QUALITY, int(quality), cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    return cv2.imdecode(cv2.imencode(".jpg", np.ascontiguousarray(piece), words)[1], cv2.IMREAD_COLOR)


class Editor:
    """Edits one picture at a time. Levels are 0..255, RGB. `donor` gives another picture and its document's quad."""

    def __init__(self, settings: dict, rng: np.random.Generator, donor) -> None:
        self.settings = settings
        self.rng = rng
        self.donor = donor

    def between(self, name: str) -> float:
        """A number drawn between the two of a setting."""
        return float(self.rng.uniform(*self.settings[name]))

    def place(self, plane: Plane, busy: np.ndarray, wide: float, high: float, low: float) -> np.ndarray:
        """Left and top of a box where there is something to see: the best of some drawn places,
        or one at random from the upper part."""
        best, most = (0.0, 0.0), -1.0
        wanted = self.rng.uniform(low, 1.0)
        for _ in range(int(1 + 9 * wanted)):
            at = (
                self.rng.uniform(0.03, 0.97) * max(plane.long_px - wide, 1.0),
                self.rng.uniform(0.04, 0.96) * max(plane.short_px - high, 1.0),
            )
            x, y = plane.box(*at, wide, high).mean(axis=0)
            seen = busy[int(np.clip(y, 0, busy.shape[0] - 1)), int(np.clip(x, 0, busy.shape[1] - 1))]
            if seen > most:
                best, most = at, float(seen)
        return np.array(best)

    def edit(self, picture: np.ndarray, quad: np.ndarray, sort: str) -> tuple[np.ndarray, np.ndarray]:
        """The edited picture and the mask of what changed (uint8, 0 or 1)."""
        plane = Plane.of(quad)
        out = picture.copy()
        changed = np.zeros(picture.shape[:2], np.uint8)
        busy = detail(picture)
        for _ in range(1 + int(self.rng.random() < self.settings["two"])):
            corners, alpha, new = getattr(self, sort)(out, plane, busy)
            low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
            high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 3, out.shape[1::-1])
            if (high - low).min() < 4:
                continue
            rows, columns = slice(low[1], high[1]), slice(low[0], high[0])
            new = new[rows, columns].astype(np.float32)
            if sort in ("letters", "copied", "retyped", "spliced") and self.rng.random() < self.settings["local_jpeg"]:
                new = self.compressed(new, full=self.rng.random() < 0.5)
            if sort in ("letters", "copied", "retyped", "filled", "spliced") and self.rng.random() < 0.7:
                new = new * self.between("tone")
            some = alpha[rows, columns, None]
            old = out[rows, columns]
            out[rows, columns] = np.clip(np.rint(old * (1 - some) + new * some), 0, 255).astype(np.uint8)
            changed[rows, columns] |= (some[:, :, 0] > 0.3).astype(np.uint8)
        return out, changed

    def compressed(self, piece: np.ndarray, full: bool) -> np.ndarray:
        """Through a JPEG of its own, whose blocks lie anywhere."""
        left, top = self.rng.integers(0, 8, 2)
        wide = cv2.copyMakeBorder(
            np.clip(piece, 0, 255).astype(np.uint8), top, 8, left, 8, cv2.BORDER_REPLICATE
        )
        quality = int(self.between("local_quality"))
        seen = through_jpeg(wide, quality, full)
        return seen[top : top + piece.shape[0], left : left + piece.shape[1]].astype(np.float32)

    def moved(self, picture, plane, busy, wide, high):
        """Pixels of one box over another: by whole pixels, or resampled and a little turned."""
        size = picture.shape[:2]
        source = self.place(plane, busy, wide, high, 0.5)
        target = self.place(plane, busy, wide, high, 0.3)
        for _ in range(8):
            if np.abs(target - source).max() > max(wide, high) * 0.5:
                break
            source = self.place(plane, busy, wide, high, 0.2)
        corners = plane.box(*target, wide, high)
        origin = plane.box(*source, wide, high)
        alpha = soft(corners, size, self.between("feather_px"))
        if self.rng.random() < 0.6:
            shift = np.rint(corners.mean(axis=0) - origin.mean(axis=0))
            matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float64)
            how = cv2.INTER_NEAREST
        else:
            turn = cv2.getRotationMatrix2D(
                tuple(map(float, origin.mean(axis=0))),
                float(self.rng.uniform(-3, 3)),
                float(self.rng.uniform(0.85, 1.2)),
            )
            turn[:, 2] += corners.mean(axis=0) - origin.mean(axis=0)
            matrix, how = turn, int(self.rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
        new = cv2.warpAffine(picture, matrix, size[::-1], flags=how, borderMode=cv2.BORDER_REFLECT)
        return corners, alpha, new

    def letters(self, picture, plane, busy):
        """Two to five hundredths of the width, moved from elsewhere in the picture."""
        wide, high = (self.between(f"letters_{name}") * plane.long_px for name in ("wide", "high"))
        return self.moved(picture, plane, busy, wide, high)

    def copied(self, picture, plane, busy):
        """A larger piece, moved."""
        wide, high = (self.between(f"block_{name}") * plane.long_px for name in ("wide", "high"))
        return self.moved(picture, plane, busy, wide, high)

    def spliced(self, picture, plane, busy):
        """Characters or a larger piece of another document's photograph, brought to size and mostly to tone."""
        names = "letters" if self.rng.random() < 0.6 else "block"
        wide, high = (self.between(f"{names}_{name}") * plane.long_px for name in ("wide", "high"))
        corners = plane.box(*self.place(plane, busy, wide, high, 0.3), wide, high)
        alpha = soft(corners, picture.shape[:2], self.between("feather_px"))
        seen, quad = self.donor()
        ratio = Plane.of(quad).long_px / plane.long_px * self.rng.uniform(0.85, 1.2)
        if ratio > 1.0:
            # Shrunk by area first: the transform below would skip pixels.
            seen = cv2.resize(seen, None, fx=1 / ratio, fy=1 / ratio, interpolation=cv2.INTER_AREA)
            quad, ratio = quad / ratio, 1.0
        there = Plane.of(quad)
        wide, high = wide * ratio, high * ratio
        origin = there.box(*self.place(there, detail(seen), wide, high, 0.5), wide, high)
        into = cv2.getPerspectiveTransform(origin, corners)
        how = int(self.rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
        new = cv2.warpPerspective(seen, into, picture.shape[1::-1], flags=how, borderMode=cv2.BORDER_REFLECT)
        near = alpha > 0
        if near.any() and self.rng.random() < 0.85:
            # Both to the same paper, the brighter part of either, as whoever wants to deceive would.
            here, theirs = (np.percentile(of[near], 70, axis=0) for of in (picture, new))
            new = np.clip(new * ((here + 8.0) / (theirs + 8.0)), 0, 255)
        return corners, alpha, new

    def field(self, picture, plane, busy):
        """A box of the size of a word, and the picture with that box wiped."""
        wide = self.rng.uniform(0.03, 0.14) * plane.long_px
        high = self.between("letters_high") * plane.long_px
        corners = plane.box(*self.place(plane, busy, wide, high, 0.4), wide, high)
        alpha = soft(corners, picture.shape[:2], self.between("feather_px"))
        low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 6, 0)
        top = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 7, picture.shape[1::-1])
        new = picture.copy()
        part = new[low[1] : top[1], low[0] : top[0]]
        if part.size == 0:
            return corners, alpha, new, (wide, high)
        inside = np.zeros(part.shape[:2], np.uint8)
        cv2.fillConvexPoly(inside, np.rint(corners - low).astype(np.int32), 1)
        around = part[inside == 0]
        how = self.rng.random()
        if how < 0.35 and inside.any():
            part[:] = cv2.inpaint(part, inside, 3, cv2.INPAINT_TELEA)
        elif how < 0.7 and len(around):
            part[inside == 1] = np.median(around, axis=0)
        elif len(around):
            # A gradient from the left to the right border, the brighter half of each.
            ends = [np.percentile(side.reshape(-1, 3), 70, axis=0) for side in (part[:, :3], part[:, -3:])]
            share = np.linspace(0, 1, part.shape[1])[None, :, None]
            fill = np.broadcast_to(ends[0] * (1 - share) + ends[1] * share, part.shape)
            part[inside == 1] = fill[inside == 1].astype(np.uint8)
        if self.rng.random() < 0.3:
            grain = self.rng.normal(0.0, self.rng.uniform(0.5, 4.0), part.shape[:2])
            noisy = np.clip(part + grain[:, :, None], 0, 255).astype(np.uint8)
            part[inside == 1] = noisy[inside == 1]
        return corners, alpha, new, (wide, high)

    def filled(self, picture, plane, busy):
        """A field wiped away."""
        return self.field(picture, plane, busy)[:3]

    def retyped(self, picture, plane, busy):
        """A field wiped away and other letters set over it."""
        corners, alpha, new, (wide, high) = self.field(picture, plane, busy)
        scale = 2.0
        font = ImageFont.truetype(str(FONTS[self.rng.integers(len(FONTS))]), max(int(high * scale * 0.85), 6))
        alphabet = "0123456789" if self.rng.random() < 0.5 else "ABCDEFGHIKLMNOPRSTUVXYZ<0123456789abcdeghnorstu"
        count = max(int(wide / (0.55 * high) + 0.5), 1)
        text = "".join(alphabet[i] for i in self.rng.integers(0, len(alphabet), count))
        sheet = Image.new("L", (max(int(wide * scale), 4), max(int(high * scale), 4)), 0)
        ImageDraw.Draw(sheet).text((2, -int(0.05 * high * scale)), text, fill=255, font=font)
        flat = np.array([(0, 0), (sheet.width, 0), (sheet.width, sheet.height), (0, sheet.height)], np.float32)
        into = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
        ink = np.asarray(sheet, np.float32) / 255.0
        if self.rng.random() < 0.7:
            ink = cv2.GaussianBlur(ink, (0, 0), scale * self.rng.uniform(0.25, 0.9))
        ink = cv2.warpPerspective(ink, into, picture.shape[1::-1], flags=cv2.INTER_LINEAR)
        near = alpha > 0
        dark = np.percentile(picture[near], 5, axis=0) if near.any() else np.zeros(3)
        colour = dark * self.rng.uniform(0.3, 1.1)
        strength = self.rng.uniform(0.75, 1.0)
        mixed = new * (1 - strength * ink[:, :, None]) + colour * strength * ink[:, :, None]
        return corners, alpha, np.clip(mixed, 0, 255)

    def blurred(self, picture, plane, busy):
        """A field smeared, so that nobody reads it."""
        wide = self.rng.uniform(0.04, 0.16) * plane.long_px
        high = self.rng.uniform(0.03, 0.08) * plane.long_px
        corners = plane.box(*self.place(plane, busy, wide, high, 0.4), wide, high)
        alpha = soft(corners, picture.shape[:2], self.between("feather_px"))
        reach = self.rng.uniform(0.0015, 0.006) * plane.long_px + 0.6
        if self.rng.random() < 0.75:
            new = cv2.GaussianBlur(picture, (0, 0), float(reach))
        else:
            step = max(int(reach * 3), 3)
            small = cv2.resize(picture, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
            new = cv2.resize(small, picture.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        return corners, alpha, new

    def struck(self, picture, plane, busy):
        """A line drawn through a field."""
        wide = self.rng.uniform(0.05, 0.22) * plane.long_px
        high = self.rng.uniform(0.004, 0.012) * plane.long_px
        corners = plane.box(*self.place(plane, busy, wide, high, 0.4), wide, max(high, 2.0))
        alpha = np.zeros(picture.shape[:2], np.uint8)
        ends = [np.rint(corners[[i, j]].mean(axis=0) * 16).astype(int) for i, j in ((0, 3), (1, 2))]
        cv2.line(alpha, *map(tuple, ends), 255, max(int(high), 1), cv2.LINE_AA, 4)
        alpha = alpha.astype(np.float32) / 255.0
        if self.rng.random() < 0.6:
            alpha = cv2.GaussianBlur(alpha, (0, 0), float(self.rng.uniform(0.4, 1.0)))
        colour = self.rng.uniform(0, 70, 3) if self.rng.random() < 0.7 else self.rng.uniform(0, 255, 3)
        return corners, alpha, np.broadcast_to(colour, picture.shape)
