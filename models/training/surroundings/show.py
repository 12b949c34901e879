"""Pictures that teach what a screen looks like from afar, and what only resembles one.

Texture tells a screen where its grid is seen; from afar, out of focus or on a fine display it is not. What stays
is what lies around: a rim, a program's bars, a black that is not black, a display's own colour and light, and that
nothing on it throws a shadow or catches the room's light. `Shower.sample` gives a picture with its label; whatever
is shown on a display is shown lying about as well.

`python show.py --data DATA --papers FOLDER... --count N --out BANK` writes a bank of such pictures, `views.u8`, `lit.npy`
and `views.json`. All content of one picture comes from one fold of sources and kinds, or from what belongs to none, so that
one bank serves every training.
"""

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "locator"))

import draw  # noqa: E402
from make import Maker, corners_of, move, paste, place, visible  # noqa: E402
from pictures import BANK_PX, LIT_PX, opened, papers_of  # noqa: E402
from sources import portraits  # noqa: E402
from view import view  # noqa: E402

cv2.setNumThreads(1)

SIZES = {"phone": (230, 480), "tablet": (330, 450), "laptop": (560, 340), "monitor": (560, 320)}
"""Width and height of a display's picture, in pixels of its own."""


def levels(picture):
    return np.clip(picture, 0, 255).astype(np.uint8)


def grey(rng, low, high):
    """A colour of devices and programs: nearly none."""
    return np.clip(rng.uniform(low, high) + rng.normal(0, 4, 3), 0, 255).tolist()


class Shower(Maker):
    """The locator's maker of scenes, with displays in them."""

    def __init__(self, photos, faces, papers, n_drawn, seed):
        """`photos` are those of one fold and of none."""
        self.rng = np.random.default_rng(seed)
        self.papers = papers
        self.real = [p for p in photos if p.quad is not None]
        self.near = [self.surroundings(p.picture, p.quad) for p in self.real]
        self.shots = [p.picture for p in photos if p.label == "genuine" and p.quad is None]
        self.grounds = self.shots + [p.picture for p in photos if p.label == "background"]
        self.plates = [(p.picture, False) for p in photos if p.label == "template"]
        for photo in self.real:
            self.plates.append((self.flat(photo.picture, photo.quad), False))
            self.grounds.extend(self.empty_parts(photo))
        self.n_real_plates = len(self.plates)
        self.plates.extend(draw.document(self.rng, faces) for _ in range(n_drawn))
        for picture, quad, is_page in papers:
            self.plates.append((self.flat(picture, quad), is_page))
        self.faces = faces
        self.sheets = [draw.sheet(self.rng) for _ in range(60)]

    # What is shown

    def content(self, document):
        """A picture with its document's quad, as somebody would show or print it."""
        rng = self.rng
        if not document:
            of = self.shots if self.shots and rng.random() < 0.75 else self.grounds
            return self.part(of[rng.integers(len(of))]), None
        kind = rng.random()
        if kind < 0.4 or not self.real:
            picture, _ = self.plate()
            return picture, corners_of(picture.shape[1], picture.shape[0])
        if kind < 0.8:
            photo = self.real[rng.integers(len(self.real))]
            return photo.picture, photo.quad
        picture, quad, _ = self.papers[rng.integers(len(self.papers))]
        return picture, quad

    def part(self, picture):
        """Some part of a picture, mirrored or not."""
        rng = self.rng
        h, w = picture.shape[:2]
        k = rng.uniform(0.6, 1, 2)
        cw, ch = int(w * k[0]), int(h * k[1])
        x, y = rng.integers(0, w - cw + 1), rng.integers(0, h - ch + 1)
        picture = picture[y:y + ch, x:x + cw]
        return np.ascontiguousarray(picture[:, ::-1] if rng.random() < 0.5 else picture)

    # Hands

    def skin(self):
        """A colour of somebody's skin, BGR."""
        rng = self.rng
        dark, light = np.array([55.0, 80.0, 125.0]), np.array([165.0, 190.0, 235.0])
        t = rng.random()
        return np.clip((dark * (1 - t) + light * t) * rng.uniform(0.8, 1.1) + rng.normal(0, 8, 3), 10, 250)

    def limb(self, canvas, tip, root, thick, tone):
        """A finger, rounded by its shading."""
        lit = self.rng.uniform(-0.2, 0.2, 2) * thick
        for k in np.linspace(1, 0.3, 5):
            of = np.clip(tone * (1.12 - 0.5 * k ** 3), 0, 255).tolist()
            a, b = tip + lit * (1 - k), root + lit * (1 - k)
            cv2.line(canvas, np.int32(a).tolist(), np.int32(b).tolist(), of, max(1, int(thick * k)), cv2.LINE_AA)
        if self.rng.random() < 0.5:  # its nail
            nail = np.clip(tone * 1.05 + 12, 0, 255).tolist()
            turn = np.degrees(np.arctan2(*(tip - root)[::-1]))
            cv2.ellipse(canvas, np.int32(tip).tolist(), (max(1, int(thick * 0.3)), max(1, int(thick * 0.24))), turn, 0, 360, nail, -1, cv2.LINE_AA)

    def palm(self, canvas, quad, tone):
        """The hand behind what it holds."""
        rng = self.rng
        side = rng.integers(4)
        edge, size = (quad[side] + quad[(side + 1) % 4]) / 2, np.sqrt(abs(cv2.contourArea(quad)))
        centre = edge + (edge - quad.mean(0)) * rng.uniform(-0.3, 0.6)
        axes = np.int32(size * rng.uniform(0.25, 0.6, 2)).tolist()
        shape = np.zeros(canvas.shape[:2], np.float32)
        cv2.ellipse(shape, np.int32(centre).tolist(), axes, rng.uniform(0, 180), 0, 360, 1, -1)
        shape = cv2.GaussianBlur(shape, (0, 0), rng.uniform(0.8, 4))[..., None]
        shade = cv2.resize(rng.uniform(0.6, 1.15, (3, 3, 1)).astype(np.float32), canvas.shape[1::-1], interpolation=cv2.INTER_CUBIC)
        canvas[:] = levels(canvas * (1 - shape) + np.float32(tone) * shade[..., None] * shape)

    def fingers(self, canvas, quad, tone):
        """Fingers over a rim, one beside the other."""
        rng = self.rng
        side, size, middle = rng.integers(4), np.sqrt(abs(cv2.contourArea(quad))), quad.mean(0)
        along, thick = rng.uniform(0.1, 0.9), max(3, int(size * rng.uniform(0.05, 0.13)))
        a, b = quad[side], quad[(side + 1) % 4]
        turn = rng.normal(0, 0.4)
        for n in range(rng.integers(1, 5)):
            t = along + 1.05 * n * thick / (np.linalg.norm(b - a) + 1e-6)
            edge = a * (1 - t) + b * t
            inward = (middle - edge) / (np.linalg.norm(middle - edge) + 1e-6)
            inward = np.array([inward[0] * np.cos(turn) - inward[1] * np.sin(turn), inward[0] * np.sin(turn) + inward[1] * np.cos(turn)])
            tip, root = edge + inward * size * rng.uniform(0.0, 0.13), edge - inward * size * rng.uniform(0.3, 1.2)
            self.limb(canvas, tip, root, thick, tone * rng.uniform(0.92, 1.05))

    # Displays

    def words(self, shown, x, y, width, size, tone):
        """A line that looks like text from afar."""
        rng = self.rng
        end = x + width
        while x < end:
            long = rng.uniform(1, 6) * size
            cv2.rectangle(shown, (int(x), int(y)), (int(x + long), int(y + max(1, size * 0.5))), tone, -1)
            x += long + size * rng.uniform(0.4, 1)

    def desktop(self, sw, sh, phone):
        """What a display shows behind and beside a picture: a viewer, a page, a wallpaper, with their bars."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.5:
            shown = np.full((sh, sw, 3), grey(rng, 0, 45), np.uint8)
        elif kind < 0.72:
            shown = np.full((sh, sw, 3), grey(rng, 215, 256), np.uint8)
        elif kind < 0.86:
            shown = self.ground(sw, sh)
        else:
            t = np.linspace(0, 1, sh)[:, None, None] * np.ones((1, sw, 1))
            shown = levels(np.array(draw.colour(rng)) * (1 - t) + np.array(draw.colour(rng)) * t)
        light = bool(shown.mean() > 128)
        tone = tuple([int(rng.integers(20, 110) if light else rng.integers(150, 256))] * 3)
        size = sh * rng.uniform(0.012, 0.03)
        if rng.random() < 0.6:
            for _ in range(rng.integers(1, 8)):
                self.words(shown, rng.uniform(0.02, 0.6) * sw, rng.uniform(0.02, 0.97) * sh, rng.uniform(0.1, 0.6) * sw, size, tone)
        if rng.random() < 0.6:  # a bar above
            high = int(sh * rng.uniform(0.03, 0.09))
            cv2.rectangle(shown, (0, 0), (sw, high), grey(rng, 0, 60) if rng.random() < 0.6 else draw.colour(rng), -1)
            self.words(shown, sw * rng.uniform(0.02, 0.4), high * 0.35, sw * rng.uniform(0.1, 0.4), size, tone)
            for n in range(rng.integers(0, 4)):
                cv2.circle(shown, (int(sw * (0.97 - 0.05 * n)), high // 2), max(1, int(size * 0.5)), tone, -1, cv2.LINE_AA)
        if rng.random() < 0.6:  # a bar below, with its pictures
            high = int(sh * rng.uniform(0.04, 0.09))
            cv2.rectangle(shown, (0, sh - high), (sw, sh), grey(rng, 0, 60) if rng.random() < 0.6 else grey(rng, 200, 256), -1)
            n = int(rng.integers(3, 14))
            step, left = sw * rng.uniform(0.03, 0.07) * (2 if phone else 1), sw * rng.uniform(0.05, 0.4)
            for i in range(n):
                x, r = int(left + i * step), max(1, int(high * 0.28))
                if x + r < sw:
                    cv2.rectangle(shown, (x - r, sh - high // 2 - r), (x + r, sh - high // 2 + r), draw.colour(rng), -1)
        return shown

    def page(self, sw, sh, picture):
        """A page or a message with a picture in it, as a telephone or a browser shows it; and where the picture comes to."""
        rng = self.rng
        light = rng.random() < 0.5
        shown = np.full((sh, sw, 3), grey(rng, 225, 256) if light else grey(rng, 10, 50), np.uint8)
        ink = tuple([int(rng.integers(20, 90) if light else rng.integers(170, 256))] * 3)
        ph, pw = picture.shape[:2]
        k = sw * rng.uniform(0.6, 1.0) / pw
        k = min(k, 0.75 * sh / ph)
        x, y = (sw - pw * k) * rng.choice([0.5, 0.5, 0.1]), sh * rng.uniform(0.05, 0.25)
        size = sh * rng.uniform(0.014, 0.03)
        self.words(shown, 0.04 * sw, 0.012 * sh, rng.uniform(0.1, 0.5) * sw, size * 0.8, ink)
        low = y + ph * k
        for _ in range(rng.integers(1, 6)):
            low += size * rng.uniform(1.2, 2.2)
            self.words(shown, 0.05 * sw, low, rng.uniform(0.3, 0.9) * sw, size * rng.choice([1, 1, 1.6]), ink)
        if rng.random() < 0.6:  # buttons
            tone = (rng.choice([[235, 120, 30], [220, 90, 10], [90, 180, 40], [60, 60, 60]]) + rng.normal(0, 10, 3)).clip(0, 255).tolist()
            high, across = size * rng.uniform(1.6, 2.6), int(rng.integers(1, 4))
            low += size * 2
            for n in range(across):
                a, b = sw * (0.05 + 0.9 * n / across) + high, sw * (0.05 + 0.9 * (n + 0.8) / across) - high
                if b > a:
                    cv2.line(shown, (int(a), int(low + high)), (int(b), int(low + high)), tone, int(2 * high * 0.6), cv2.LINE_AA)
            low += 2.4 * high
        while low < sh * 0.95 and rng.random() < 0.7:  # pictures further down
            high = rng.uniform(0.1, 0.25) * sh
            for n in range(2):
                thumb = self.grounds[rng.integers(len(self.grounds))]
                left = sw * (0.04 + 0.48 * n)
                paste(shown, thumb, np.float32([[left, low], [left + 0.44 * sw, low], [left + 0.44 * sw, low + high], [left, low + high]]), 0.06)
            low += high * 1.1
        return shown, np.array([[k, 0, x], [0, k, y], [0, 0, 1]])

    def display(self, document):
        """A display's own picture and the quad of what is shown on it (of the document, or of the whole content)."""
        rng = self.rng
        device = rng.choice(["phone", "laptop", "monitor", "tablet"], p=[0.34, 0.36, 0.2, 0.1])
        sw, sh = SIZES[device]
        if device in ("phone", "tablet") and rng.random() < 0.35:
            sw, sh = sh, sw
        phone = device == "phone"
        picture, quad = self.content(document)
        ph, pw = picture.shape[:2]
        kind = rng.random()
        if kind < 0.25:
            shown, to = self.page(sw, sh, picture)
        else:
            # A viewer of pictures, black beside them, or whatever else there is.
            plain = kind < (0.65 if phone else 0.4)
            shown = np.full((sh, sw, 3), grey(rng, 0, 12), np.uint8) if plain else self.desktop(sw, sh, phone)
            k = min(sw / pw, sh / ph)
            if rng.random() < 0.25:
                k = max(sw / pw, sh / ph) * rng.uniform(0.9, 1.3)
            elif not plain and rng.random() < 0.7:
                k *= rng.uniform(0.55, 1.0)
            off = (np.array([sw - pw * k, sh - ph * k]) * rng.uniform(0.3, 0.7, 2)).astype(np.float32)
            to = np.array([[k, 0, off[0]], [0, k, off[1]], [0, 0, 1]])
        if rng.random() < 0.4:  # displays like their colours strong
            middle = picture.mean(2, keepdims=True)
            picture = levels(middle + (picture - middle) * rng.uniform(1.0, 1.8))
        paste(shown, picture, move(corners_of(pw, ph), to))
        quad = move(corners_of(pw, ph) if quad is None else quad, to)
        if phone and rng.random() < 0.3:
            cv2.circle(shown, (sw // 2, int(sh * 0.025)), max(2, int(sw * 0.02)), (4, 4, 4), -1, cv2.LINE_AA)
        return device, self.emitted(shown), quad

    def emitted(self, shown):
        """A display's light: its gamma, white, black that glows, falling off to a side, bands, and a room mirrored in it."""
        rng = self.rng
        sh, sw = shown.shape[:2]
        out = 255 * (shown / np.float32(255)) ** np.float32(rng.uniform(0.8, 1.35))
        cold = rng.normal(0.06, 0.1)
        white = np.float32([1 + cold, 1 - 0.1 * abs(cold), 1 - cold])
        out *= white * np.float32(rng.uniform(0.65, 1.25))
        black = np.float32(rng.exponential(12, 1) * (np.array([1.5, 0.9, 1.0]) + rng.normal(0, 0.2, 3)))
        out = out + np.maximum(black, 0) * (1 - out / 255)
        if rng.random() < 0.7:
            fall = rng.uniform(1 - rng.uniform(0, 0.55), 1.1, (2, 3, 1)).astype(np.float32)
            out *= cv2.resize(fall, (sw, sh), interpolation=cv2.INTER_LINEAR).reshape(sh, sw, 1)
        if rng.random() < 0.35:  # moiré from afar, and a rolling shutter's bands
            y, x = np.mgrid[0:sh, 0:sw].astype(np.float32)
            turn, long = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(3), np.log(90)))
            wave = np.sin(2 * np.pi * (x * np.cos(turn) + y * np.sin(turn) + 4 * np.sin(x / 70 + rng.uniform(0, 6))) / long)
            depth = rng.uniform(0.01, 0.08) * (rng.uniform(0.3, 1, 3) if rng.random() < 0.5 else np.ones(3))
            out *= 1 + wave[..., None] * np.float32(depth)
        if rng.random() < 0.5:
            out += self.mirrored(sw, sh) * np.float32(rng.uniform(0.03, 0.4))
        if rng.random() < 0.2:  # a lamp in the glass
            spot = np.zeros((sh, sw), np.float32)
            cv2.ellipse(spot, (int(rng.integers(sw)), int(rng.integers(sh))),
                        (int(rng.uniform(3, 0.12 * sw)), int(rng.uniform(3, 0.12 * sw))), 0, 0, 360, 1, -1)
            out += cv2.GaussianBlur(spot, (0, 0), rng.uniform(1, 14))[..., None] * np.float32(rng.uniform(60, 300))
        return levels(out)

    def mirrored(self, sw, sh):
        """The room in the glass, sharp or not: best seen where the display is dark."""
        rng = self.rng
        if rng.random() < 0.5:
            room = self.ground(sw // 2, sh // 2)
        else:  # a ceiling: light and dark planes with hard edges
            room = np.full((sh // 2, sw // 2, 3), grey(rng, 10, 150), np.uint8)
            for _ in range(rng.integers(1, 6)):
                some = np.int32(rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * (sw // 2, sh // 2))
                cv2.fillPoly(room, [some], grey(rng, 20, 256), cv2.LINE_AA)
        room = cv2.GaussianBlur(room, (0, 0), np.exp(rng.uniform(np.log(0.4), np.log(9))))
        return cv2.resize(room, (sw, sh)).astype(np.float32)

    def device(self, canvas, device, shown, at):
        """Lays a device with a lit display onto the canvas; `at` is the quad of the display's picture."""
        rng = self.rng
        sh, sw = shown.shape[:2]
        to = cv2.getPerspectiveTransform(corners_of(sw, sh), at)
        body = grey(rng, 0, 50) if rng.random() < 0.85 else grey(rng, 90, 230)
        wide = (0.05 if device == "tablet" else 0.03) * rng.uniform(0.3, 1.6) * max(sw, sh)
        rims = np.full(4, wide)
        if device == "laptop":
            rims[1], rims[3] = wide * rng.uniform(0.8, 2), wide * rng.uniform(1, 5)
        rim = [[-rims[0], -rims[1]], [sw + rims[2], -rims[1]], [sw + rims[2], sh + rims[3]], [-rims[0], sh + rims[3]]]
        if device == "laptop":
            self.keyboard(canvas, to, rim, sw, sh)
        elif device == "monitor" and rng.random() < 0.6:
            foot = move([[sw * 0.42, sh + rims[3]], [sw * 0.58, sh + rims[3]], [sw * 0.6, sh * 1.3], [sw * 0.4, sh * 1.3]], to)
            paste(canvas, np.full((20, 20, 3), grey(rng, 0, 160), np.uint8), foot)
        case = np.full((60, 60, 3), body, np.uint8)
        held = self.skin() if device in ("phone", "tablet") and rng.random() < 0.4 else None
        if held is not None:
            self.palm(canvas, at, held)
        round_ = rng.uniform(0.06, 0.14) if device == "phone" else rng.uniform(0, 0.04)
        outer = move(rim, to)
        if cv2.isContourConvex(outer) and np.abs(outer).max() < 4000:
            if rng.random() < 0.3:  # a lighter edge
                paste(canvas, np.full((40, 40, 3), grey(rng, 100, 255), np.uint8), outer.mean(0) + (outer - outer.mean(0)) * 1.015, round_)
            paste(canvas, case, outer, round_)
        paste(canvas, shown, at, 0.06 if device == "phone" and rng.random() < 0.7 else 0)
        if rng.random() < 0.25:  # the glass's edge catches the light
            i = rng.integers(4)
            a, b = np.int32(at[i]).tolist(), np.int32(at[(i + 1) % 4]).tolist()
            cv2.line(canvas, a, b, grey(rng, 120, 256), 1, cv2.LINE_AA)
        if held is not None:
            self.fingers(canvas, outer, held)
        if rng.random() < 0.4:  # light spilt around it
            spilt = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(4, 25)).astype(np.float32)
            canvas[:] = levels(canvas + spilt * np.float32(rng.uniform(0.03, 0.2)))

    def keyboard(self, canvas, to, rim, sw, sh):
        """A laptop's deck below its display."""
        rng = self.rng
        deck = np.full((120, 240, 3), grey(rng, 10, 90) if rng.random() < 0.7 else grey(rng, 120, 220), np.uint8)
        key = grey(rng, 0, 60)
        for row in range(5):
            for column in range(14):
                x, y = 12 + column * 15.6, 10 + row * 12
                cv2.rectangle(deck, (int(x), int(y)), (int(x + 13), int(y + 9)), key, -1)
        pad = grey(rng, 30, 130)
        cv2.rectangle(deck, (85, 76), (155, 114), pad, -1)
        low = rim[3][1]
        spread, deep = rng.uniform(-0.05, 0.25) * sw, sh * rng.uniform(0.3, 0.9)
        at = move([[rim[3][0], low], [rim[2][0], low], [rim[2][0] + spread, low + deep], [rim[3][0] - spread, low + deep]], to)
        if cv2.isContourConvex(at) and np.abs(at).max() < 5000:
            paste(canvas, deck, at, 0.02)

    def room(self, w, h):
        """Where a device stands: some scene, mostly out of focus, often darker than the display."""
        rng = self.rng
        room = self.ground(w, h)
        if rng.random() < 0.4:
            self.things(room, int(rng.integers(1, 4)))
        if rng.random() < 0.5:
            room = cv2.GaussianBlur(room, (0, 0), rng.uniform(0.5, 5))
        if rng.random() < 0.65:
            room = levels(room * rng.uniform(0.02, 1.0))
        return room

    def on_display(self, w, h, document):
        """Content on a display: the picture, the quad that is asked about, and where the display is lit."""
        rng = self.rng
        while True:
            device, shown, quad = self.display(document)
            sh, sw = shown.shape[:2]
            kind = rng.random()
            fill = rng.uniform(0.45, 1.0) if kind < 0.55 else rng.uniform(1.0, 1.6) if kind < 0.85 else rng.uniform(1.6, 2.6)
            at = place(rng, sw / sh, w, h, fill, 0.05, 9)
            seen = move(quad, cv2.getPerspectiveTransform(corners_of(sw, sh), at))
            enough = 0.95 if document else 0.35
            if visible(seen, w, h) > enough and abs(cv2.contourArea(seen)) > 0.04 * w * h and np.abs(at).max() < 4000:
                canvas = self.room(w, h)
                self.device(canvas, device, shown, at)
                return canvas, seen, at

    # Things that are no display

    def lying(self, w, h):
        """A document lying about, sometimes beside or upon a device whose display is lit: likewise."""
        rng = self.rng
        while True:
            lit = None
            canvas = self.room(w, h) if rng.random() < 0.3 else self.ground(w, h)
            self.things(canvas, int(rng.choice([0, 0, 1, 2])))
            if rng.random() < 0.3:
                device, shown, _ = self.display(rng.random() < 0.3)
                at = place(rng, shown.shape[1] / shown.shape[0], w, h, rng.uniform(0.6, 1.8), 0.5)
                if np.abs(at).max() < 4000:
                    self.device(canvas, device, shown, at)
                    lit = at
            picture, is_page = self.plate()
            quad = place(rng, picture.shape[1] / picture.shape[0], w, h, rng.uniform(0.4, 1.0))
            if abs(cv2.contourArea(quad)) > 0.06 * w * h:
                held = self.skin() if rng.random() < 0.3 else None
                if held is not None and rng.random() < 0.6:
                    self.palm(canvas, quad, held)
                self.lay(canvas, quad, picture, is_page)
                if held is not None:
                    self.fingers(canvas, quad, held)
                return canvas, quad, lit

    def printed(self, w, h):
        """A scene as a photograph, a poster or a framed picture: it has a rim as well, but no light of its own."""
        rng = self.rng
        canvas = self.room(w, h) if rng.random() < 0.3 else self.ground(w, h)
        self.things(canvas, int(rng.choice([0, 1, 2])))
        picture, _ = self.content(rng.random() < 0.3)
        if rng.random() < 0.8:
            wide = int(rng.uniform(0.01, 0.12) * max(picture.shape[:2]))
            tone = grey(rng, 0, 60) if rng.random() < 0.4 else grey(rng, 150, 256)
            picture = cv2.copyMakeBorder(picture, wide, wide, wide, wide, cv2.BORDER_CONSTANT, value=tone)
        dull = (picture - np.float32(128)) * np.float32(rng.uniform(0.5, 1.0)) + np.float32(rng.uniform(95, 135))
        quad = place(rng, picture.shape[1] / picture.shape[0], w, h, rng.uniform(0.45, 1.2), 0.1)
        self.lay(canvas, quad, levels(dull), False)
        return canvas, quad, None

    def opening(self, w, h):
        """A window, a door or a lit cupboard in a darker wall: bright within a frame, and no display."""
        rng = self.rng
        canvas = levels(self.ground(w, h) * rng.uniform(0.05, 0.9))
        sw, sh = int(rng.uniform(150, 400)), int(rng.uniform(200, 400))
        beyond = levels(self.ground(sw, sh) * rng.uniform(0.7, 1.7))
        wide = int(rng.uniform(0.01, 0.06) * max(sw, sh)) + 1
        frame = grey(rng, 0, 90) if rng.random() < 0.6 else grey(rng, 90, 256)
        for count, length, upright in ((rng.integers(0, 4), sw, True), (rng.integers(0, 4), sh, False)):
            for n in range(1, count + 1):
                at = int(length * n / (count + 1))
                a, b = ((at, 0), (at, sh)) if upright else ((0, at), (sw, at))
                cv2.line(beyond, a, b, frame, max(1, wide // 2))
        beyond = cv2.copyMakeBorder(beyond, wide, wide, wide, wide, cv2.BORDER_CONSTANT, value=frame)
        at = place(rng, beyond.shape[1] / beyond.shape[0], w, h, rng.uniform(0.5, 1.6), 0.2, 9)
        paste(canvas, beyond, at)
        if rng.random() < 0.4:
            self.things(canvas, int(rng.integers(1, 4)))
        return canvas, None, None

    def asleep(self, w, h):
        """A device whose display is dark and mirrors the room, or one seen from behind."""
        rng = self.rng
        device = rng.choice(list(SIZES))
        sw, sh = SIZES[device]
        if rng.random() < 0.5:
            glass = levels(self.mirrored(sw, sh) * rng.uniform(0.02, 0.5) + np.array(grey(rng, 0, 25)))
        else:
            glass = np.full((sh, sw, 3), draw.colour(rng) if rng.random() < 0.5 else grey(rng, 10, 240), np.uint8)
            shade = cv2.resize(rng.uniform(0.7, 1.2, (2, 2, 1)).astype(np.float32), (sw, sh))
            glass = levels(glass * shade[..., None])
            if device == "phone":  # its cameras
                bump = int(0.3 * sw)
                cv2.rectangle(glass, (int(0.06 * sw), int(0.04 * sw)), (int(0.06 * sw) + bump, int(0.04 * sw) + int(bump * 1.2)), grey(rng, 0, 90), -1)
                for n in range(rng.integers(1, 4)):
                    cv2.circle(glass, (int(0.06 * sw) + bump // 2, int(0.04 * sw) + int(bump * (0.25 + 0.35 * n))), bump // 6, (12, 10, 10), -1, cv2.LINE_AA)
        canvas = self.ground(w, h)
        while True:
            at = place(rng, sw / sh, w, h, rng.uniform(0.4, 1.3), 0.1, 9)
            if np.abs(at).max() < 4000:
                self.device(canvas, device, glass, at)
                return canvas, None, None

    def grille(self, canvas):
        """Bars, a net or shelves before a scene."""
        rng = self.rng
        h, w = canvas.shape[:2]
        tone, thick = grey(rng, 0, 130), int(rng.integers(1, 10))
        step, lean = int(rng.integers(3 * thick + 8, 120)), rng.choice([0, 0, 0.6, 1.0]) * h
        for x in range(int(-lean), w + int(lean), step):
            cv2.line(canvas, (x, 0), (int(x + lean), h), tone, thick, cv2.LINE_AA)
            if lean or rng.random() < 0.3:
                cv2.line(canvas, (x, h), (int(x + lean), 0), tone, thick, cv2.LINE_AA)

    def taken(self, w, h, document):
        """A scene or a document's photograph as it is."""
        if document:
            return self.photograph(w, h)[0], None, None
        scene = self.ground(w, h)
        if self.rng.random() < 0.3:
            self.grille(scene)
        return scene, None, None

    def sample(self):
        """A picture of BANK_PX a side, where in it a display is lit (LIT_PX a side, 0 to 255), whether it is live (1) or
        on a screen (0), and what it is."""
        rng = self.rng
        aspect = rng.choice([9 / 16, 9 / 16, 3 / 4, 3 / 4, 3 / 4, 1.0, 4 / 3, 4 / 3, 16 / 9]) * rng.uniform(0.95, 1.05)
        long = rng.integers(340, 480)
        w, h = (long, int(long / aspect)) if aspect > 1 else (int(long * aspect), long)
        kind, document = rng.random(), rng.random() < 0.5
        if kind < 0.5:
            picture, quad, lit = self.on_display(w, h, document)
            sort = "document on a display" if document else "scene on a display"
        elif kind < 0.72:
            (picture, quad, lit), document, sort = self.lying(w, h), True, "document"
        elif kind < 0.83:
            (picture, quad, lit), document, sort = self.printed(w, h), rng.random() < 0.5, "print"
        elif kind < 0.89:
            (picture, quad, lit), document, sort = self.opening(w, h), False, "window"
        elif kind < 0.93:
            (picture, quad, lit), document, sort = self.asleep(w, h), False, "dark device"
        else:
            (picture, quad, lit), sort = self.taken(w, h, document and bool(self.real)), "photograph"
        if rng.random() < 0.5:
            picture = self.light(picture, [])
        if rng.random() < 0.4:
            picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 2.0))
        if rng.random() < 0.5:
            grain = np.empty(picture.shape, np.int16)
            cv2.randn(grain, 0, rng.uniform(1, 10))
            picture = levels(picture + grain)
        close = quad is not None and document and rng.random() < 0.8
        small = view(picture, quad if close else None, BANK_PX)
        if rng.random() < 0.5:
            _, packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 96))])
            small = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        shown = np.zeros(picture.shape[:2], np.uint8)
        if lit is not None:
            cv2.fillConvexPoly(shown, np.int32(lit), 255)
        if document and kind >= 0.5 and quad is not None:
            cv2.fillConvexPoly(shown, np.int32(quad), 0)  # it lies upon the device
        return small, view(shown, quad if close else None, LIT_PX), int(kind >= 0.5), sort


SHARED = {}
"""What the worker processes inherit."""

CHUNK = 250
"""Pictures that one maker makes."""


def made(number):
    """One chunk: its pictures, RGB, and a row for each."""
    photos, faces, papers, seed, n_folds = (SHARED[k] for k in ("photos", "faces", "papers", "seed", "folds"))
    fold = number % n_folds
    maker = Shower([p for p in photos if p.fold in (fold, None)], faces, papers, 150, [seed, number])
    views, lit, rows = [], [], []
    for _ in range(CHUNK):
        picture, shown, live, sort = maker.sample()
        views.append(picture[..., ::-1])
        lit.append(shown)
        rows.append({"fold": fold, "live": live, "sort": sort})
    return np.stack(views), np.stack(lit), rows


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--data", required=True)
    args.add_argument("--papers", nargs="*", default=[], help="folders of documents drawn by the program")
    args.add_argument("--out", required=True, type=Path)
    args.add_argument("--count", type=int, default=15000)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--jobs", type=int, default=2)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    photos, n_folds = opened(args.data)
    SHARED.update(photos=photos, faces=portraits(args.data), papers=papers_of(args.papers), seed=args.seed, folds=n_folds)
    rows, lit = [], []
    with ProcessPoolExecutor(args.jobs) as pool, (args.out / "views.u8").open("wb") as file:
        for views, shown, some in pool.map(made, range(args.count // CHUNK)):
            file.write(np.ascontiguousarray(views).tobytes())
            lit.append(shown)
            rows += some
    np.save(args.out / "lit.npy", np.concatenate(lit))
    (args.out / "views.json").write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
