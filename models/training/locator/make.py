"""Makes training pictures: real photographs moved about, and made scenes around documents.

`Maker.sample` gives a small picture with its quads, `again` turns and tones one that was used
before, and `pack` makes the 256x256 input, its two 128x128 targets and the weight of each cell.
"""

import cv2
import numpy as np

import draw
from sources import LONG_PX, drawn, load, portraits, shrink

cv2.setNumThreads(1)

INPUT_PX, CELLS = 256, 128
CLOSE_PX = 1280     # long side of the photographs that are cut close to their document
FILTERS = [cv2.INTER_AREA, cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4]
ASPECTS = [9 / 16, 9 / 16, 3 / 4, 3 / 4, 1.0, 4 / 3, 4 / 3, 16 / 9, 1.5, 0.46]


def corners_of(w, h):
    return np.float32([[0, 0], [w, 0], [w, h], [0, h]])


def move(points, h):
    return cv2.perspectiveTransform(np.float32(points).reshape(-1, 1, 2), h).reshape(-1, 2)


def rounded(w, h, radius):
    alpha = np.zeros((h, w), np.uint8)
    r = int(radius)
    cv2.rectangle(alpha, (r, 0), (w - r - 1, h - 1), 255, -1)
    cv2.rectangle(alpha, (0, r), (w - 1, h - r - 1), 255, -1)
    for x in (r, w - r - 1):
        for y in (r, h - r - 1):
            cv2.circle(alpha, (x, y), r, 255, -1, cv2.LINE_AA)
    return alpha


def paste(canvas, plate, quad, radius=0.0, alpha=1.0):
    """Lays `plate` onto `canvas` so that its corners come to `quad`."""
    h, w = plate.shape[:2]
    quad = np.float32(quad)
    to = cv2.getPerspectiveTransform(corners_of(w, h), quad)
    size = (canvas.shape[1], canvas.shape[0])
    scale = np.sqrt(abs(cv2.contourArea(quad)) / (w * h))
    if scale < 0.6:  # shrink first, or the warp skips pixels
        small = cv2.resize(plate, (max(4, int(w * scale)), max(4, int(h * scale))), interpolation=cv2.INTER_AREA)
        return paste(canvas, small, quad, radius, alpha)
    low = np.clip(np.floor(quad.min(0)) - 1, 0, size).astype(int)
    high = np.clip(np.ceil(quad.max(0)) + 1, 0, size).astype(int)
    if (high <= low).any():
        return
    to = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]]) @ to
    part = canvas[low[1]:high[1], low[0]:high[0]]
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    mask = rounded(w, h, radius * min(w, h)) if radius else np.full((h, w), 255, np.uint8)
    mask = cv2.warpPerspective(mask, to, size, flags=cv2.INTER_LINEAR).astype(np.float32)[..., None] * np.float32(alpha / 255)
    warped = cv2.warpPerspective(plate, to, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    part[:] = (part + (warped - part.astype(np.float32)) * mask).astype(np.uint8)


def turned(rng, tilt_deg, any_turn=0.45):
    """A rotation in space: any turn in the plane, mostly near the four upright ones, and a tilt."""
    turn = rng.uniform(0, 360) if rng.random() < any_turn else rng.integers(4) * 90 + rng.normal(0, 6)
    a = np.deg2rad([rng.normal(0, tilt_deg), rng.normal(0, tilt_deg), turn])
    rx = np.array([[1, 0, 0], [0, np.cos(a[0]), -np.sin(a[0])], [0, np.sin(a[0]), np.cos(a[0])]])
    ry = np.array([[np.cos(a[1]), 0, np.sin(a[1])], [0, 1, 0], [-np.sin(a[1]), 0, np.cos(a[1])]])
    rz = np.array([[np.cos(a[2]), -np.sin(a[2]), 0], [np.sin(a[2]), np.cos(a[2]), 0], [0, 0, 1]])
    return rx @ ry @ rz


def place(rng, aspect, w, h, fill, outside=0.0, tilt_deg=12):
    """A quad of a rectangle seen by a camera, filling `fill` of the picture's tighter side."""
    flat = np.array([[-aspect, -1, 0], [aspect, -1, 0], [aspect, 1, 0], [-aspect, 1, 0]], float)
    space = flat @ turned(rng, tilt_deg).T
    depth = rng.uniform(3, 8) * max(aspect, 1)
    seen = space[:, :2] * (depth / (depth + space[:, 2:]))
    span = np.ptp(seen, axis=0)
    seen *= fill / max(span[0] / w, span[1] / h)
    low, high = seen.min(0), seen.max(0)
    slack = np.array([w, h]) - (high - low)
    room = np.abs(slack) * 0.5 + outside * np.array([w, h])
    centre = np.array([w, h]) / 2 + rng.uniform(-1, 1, 2) * (room if fill > 1 else np.maximum(room, 0))
    return (seen - (low + high) / 2 + centre).astype(np.float32)


def visible(quad, w, h):
    """The share of a quad's area that lies inside a w by h picture."""
    area = abs(cv2.contourArea(np.float32(quad)))
    inside, _ = cv2.intersectConvexConvex(np.float32(quad), corners_of(w, h))
    return inside / max(area, 1e-6)


class Maker:
    """Holds the raw pictures and draws samples from them."""

    def __init__(self, data, seed=1, n_drawn=1200, held_out=False, papers=()):
        self.rng = np.random.default_rng(seed)
        photos = load(data, held_out, CLOSE_PX)
        faces = portraits(data)
        self.near = [self.surroundings(p.picture, p.quad) for p in photos if p.quad is not None]
        for photo in photos:
            small = shrink(photo.picture, LONG_PX)
            if photo.quad is not None:
                photo.quad = photo.quad * (small.shape[1] / photo.picture.shape[1])
            photo.picture = small
        self.papers = drawn(papers)
        self.real = [p for p in photos if p.quad is not None]
        self.grounds = [p.picture for p in photos if p.quad is None and p.label in ("background", "genuine", "screen")]
        self.screens = [p.picture for p in photos if p.label == "screen"]
        self.plates = [(p.picture, False) for p in photos if p.label == "template"]
        for photo in self.real:
            self.plates.append((self.flat(photo.picture, photo.quad), False))
            self.grounds.extend(self.empty_parts(photo))
        n_real = len(self.plates)
        self.plates.extend(draw.document(self.rng, faces) for _ in range(n_drawn))
        for picture, quad, is_page in self.papers:
            self.plates.append((self.flat(picture, quad), is_page))
        self.n_real_plates = n_real
        self.sheets = [draw.sheet(self.rng) for _ in range(200)]

    @staticmethod
    def flat(picture, q):
        w, h = np.linalg.norm(q[1] - q[0]), np.linalg.norm(q[3] - q[0])
        w, h = int(w), int(h)
        return cv2.warpPerspective(picture, cv2.getPerspectiveTransform(q, corners_of(w, h)), (w, h))

    @staticmethod
    def surroundings(picture, quad):
        """A document with as much beside it as itself is wide, and its quad there."""
        low, high = quad.min(0), quad.max(0)
        low = np.maximum(low - (high - low), 0).astype(int)
        high = np.minimum(high + (high - low), (picture.shape[1], picture.shape[0])).astype(int)
        return picture[low[1]:high[1], low[0]:high[0]].copy(), quad - np.float32(low)

    @staticmethod
    def empty_parts(photo):
        """The largest parts of a photograph above, below and beside its document."""
        h, w = photo.picture.shape[:2]
        (x0, y0), (x1, y1) = photo.quad.min(0) - 6, photo.quad.max(0) + 6
        parts = [(0, 0, w, y0), (0, y1, w, h), (0, 0, x0, h), (x1, 0, w, h)]
        return [photo.picture[int(max(b, 0)):int(max(d, 0)), int(max(a, 0)):int(max(c, 0))].copy()
                for a, b, c, d in parts if c - a > 120 and d - b > 120]

    # Parts of a scene

    def plate(self):
        """A document's flat picture; drawn ones are shown in several ways."""
        rng = self.rng
        i = rng.integers(self.n_real_plates) if rng.random() < 0.2 else rng.integers(len(self.plates))
        picture, is_page = self.plates[i]
        if rng.random() < 0.15:
            picture = picture[:, ::-1]
        if rng.random() < 0.3:
            picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        if rng.random() < 0.5:
            gain = rng.uniform(0.6, 1.15)
            picture = np.clip((picture.astype(np.float32) - 128) * rng.uniform(0.5, 1.1) + 128 * gain
                              + rng.uniform(-25, 25, 3), 0, 255).astype(np.uint8)
        return picture, is_page

    def ground(self, w, h):
        """A background of w by h pixels without a document."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.12:
            y, x = np.mgrid[0:h, 0:w].astype(np.float32)
            a, b = rng.uniform(0, 255, 3), rng.uniform(-60, 60, 3)
            turn = rng.uniform(0, 7)
            t = np.cos(turn) * x / w + np.sin(turn) * y / h
            if rng.random() < 0.5:  # grain as of wood
                k = rng.uniform(0.05, 0.6)
                t = t + 0.3 * np.sin(k * (np.cos(turn) * x + np.sin(turn) * y) + 3 * np.sin(x * 0.02 + y * 0.03))
            out = a + b * t[..., None] + rng.normal(0, rng.uniform(0, 14), (h, w, 1))
            return np.clip(out, 0, 255).astype(np.uint8)
        if kind < 0.30:
            source = self.sheets[rng.integers(len(self.sheets))]
        else:
            source = self.grounds[rng.integers(len(self.grounds))]
        if rng.random() < 0.5:
            source = source[:, ::-1]
        if rng.random() < 0.3:
            source = np.rot90(source, rng.integers(4))
        sh, sw = source.shape[:2]
        k = min(sw / w, sh / h) * rng.uniform(0.45, 1.0)
        cw, ch = max(8, int(w * k)), max(8, int(h * k))
        x, y = rng.integers(0, max(1, sw - cw + 1)), rng.integers(0, max(1, sh - ch + 1))
        return cv2.resize(np.ascontiguousarray(source[y:y + ch, x:x + cw]), (w, h), interpolation=cv2.INTER_AREA)

    def things(self, canvas, n):
        """Lays sheets, boxes, photographs, telephones and pens about: none is a document."""
        rng = self.rng
        h, w = canvas.shape[:2]
        for _ in range(n):
            kind = rng.random()
            if kind < 0.35:
                plate = self.sheets[rng.integers(len(self.sheets))]
            elif kind < 0.5:
                ground = self.grounds[rng.integers(len(self.grounds))]
                plate = ground[: int(ground.shape[0] * rng.uniform(0.4, 1)), : int(ground.shape[1] * rng.uniform(0.4, 1))]
            elif kind < 0.8:
                plate = np.full((60, int(rng.uniform(30, 130)), 3), draw.colour(rng), np.uint8)
                if rng.random() < 0.4:
                    plate[6:-6, 6:-6] = draw.colour(rng)
            else:
                for _ in range(rng.integers(1, 4)):
                    a, b = rng.uniform(0, 1, 2) * (w, h), rng.uniform(0, 1, 2) * (w, h)
                    b = a + (b - a) * rng.uniform(0.2, 1)
                    cv2.line(canvas, tuple(a.astype(int).tolist()), tuple(b.astype(int).tolist()), draw.colour(rng),
                             int(rng.integers(1, 16)), cv2.LINE_AA)
                continue
            quad = place(rng, plate.shape[1] / plate.shape[0], w, h, rng.uniform(0.2, 1.4), 0.5)
            paste(canvas, np.ascontiguousarray(plate), quad, rng.choice([0, 0, 0.05, 0.12]))

    def lay(self, canvas, quad, picture, is_page):
        """Lays one document, with what surrounds it: a shadow, its sheet, the passport's other page."""
        rng = self.rng
        h, w = picture.shape[:2]
        to = cv2.getPerspectiveTransform(corners_of(w, h), quad)
        around = rng.random()
        if is_page and around < 0.45:
            other = draw.ground(rng, 60, 90)
            if rng.random() < 0.5:
                other = self.sheets[rng.integers(len(self.sheets))]
            over = [[0, -h * rng.uniform(0.5, 1)], [w, 0]] if rng.random() < 0.8 else [[w, 0], [2 * w, h]]
            (x0, y0), (x1, y1) = over
            paste(canvas, other, move([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], to), 0.03)
        elif around < 0.25:  # a copy on a sheet that was not cut along the document
            m = np.where(rng.random(4) < 0.75, rng.uniform(0.02, 1.5, 4), 0) * (w, h, w, h)
            sheet = np.full((50, 50, 3), rng.integers(170, 256), np.uint8)
            sheet_quad = move([[-m[0], -m[1]], [w + m[2], -m[1]], [w + m[2], h + m[3]], [-m[0], h + m[3]]], to)
            if cv2.isContourConvex(sheet_quad) and np.abs(sheet_quad).max() < 3000:
                paste(canvas, sheet, sheet_quad)
        elif around < 0.6:  # a shadow
            mask = np.zeros(canvas.shape[:2], np.uint8)
            off = rng.normal(0, 3, 2)
            cv2.fillConvexPoly(mask, np.int32(quad + off), 255)
            mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.8, 7)).astype(np.float32)[..., None]
            canvas[:] = (canvas * (1 - mask / 255 * rng.uniform(0.2, 0.8))).astype(np.uint8)
        radius = 0.0 if rng.random() < 0.4 else rng.uniform(0.01, 0.08)
        paste(canvas, picture, quad, radius)
        if rng.random() < 0.12:  # the edge of a card catches or loses the light
            tone = draw.colour(rng, 200, 255) if rng.random() < 0.5 else draw.colour(rng, 0, 60)
            i = rng.integers(4)
            a, b = quad[i], quad[(i + 1) % 4]
            cv2.line(canvas, tuple(np.int32(a).tolist()), tuple(np.int32(b).tolist()), tone, 1, cv2.LINE_AA)

    def cover(self, canvas, quad):
        """Fingers or a thing over the document's rim."""
        rng = self.rng
        skin = np.array([rng.uniform(60, 150), rng.uniform(90, 180), rng.uniform(130, 240)])
        if rng.random() < 0.3:
            skin = rng.uniform(0, 255, 3)
        side = rng.integers(4)
        size = np.sqrt(abs(cv2.contourArea(quad)))
        middle = quad.mean(0)
        for _ in range(rng.integers(1, 4)):
            t = rng.uniform(0, 1)
            edge = quad[side] * (1 - t) + quad[(side + 1) % 4] * t
            inward = middle - edge
            inward = inward / (np.linalg.norm(inward) + 1e-6)
            turn = rng.normal(0, 0.5)
            inward = np.array([inward[0] * np.cos(turn) - inward[1] * np.sin(turn),
                               inward[0] * np.sin(turn) + inward[1] * np.cos(turn)])
            tip, root = edge + inward * size * rng.uniform(0.02, 0.3), edge - inward * size * rng.uniform(0.3, 1.5)
            thick = max(2, int(size * rng.uniform(0.06, 0.2)))
            tone = np.clip(skin * rng.uniform(0.8, 1.1), 0, 255)
            cv2.line(canvas, np.int32(tip).tolist(), np.int32(root).tolist(), (tone * 0.75).tolist(), thick + 2, cv2.LINE_AA)
            cv2.line(canvas, np.int32(tip).tolist(), np.int32(root).tolist(), tone.tolist(), thick, cv2.LINE_AA)

    # Scenes: each gives a picture and the quads of the documents in it

    def made(self, w, h, n=None):
        rng = self.rng
        canvas = self.ground(w, h)
        self.things(canvas, int(rng.choice([0, 0, 1, 2, 3])))
        n = n or int(rng.choice([1, 2, 3], p=[0.86, 0.11, 0.03]))
        quads = []
        for _ in range(n):
            for _ in range(6):
                picture, is_page = self.plate()
                cut = rng.random() < 0.14
                fill = rng.uniform(0.35, 1.0) if n == 1 else rng.uniform(0.25, 0.6)
                if rng.random() < 0.12:
                    fill = rng.uniform(0.16, 0.35)
                elif cut and rng.random() < 0.4:
                    fill = rng.uniform(1.0, 1.5)
                quad = place(rng, picture.shape[1] / picture.shape[0], w, h, fill, 0.3 if cut else -0.01)
                apart = all(cv2.intersectConvexConvex(quad, other)[0] < 1 for other in quads)
                if apart and visible(quad, w, h) > 0.45:
                    self.lay(canvas, quad, picture, is_page)
                    quads.append(quad)
                    break
        if quads and rng.random() < 0.25:
            self.cover(canvas, quads[0])
        return canvas, quads

    def empty(self, w, h):
        canvas = self.ground(w, h)
        self.things(canvas, int(self.rng.choice([0, 0, 1, 2, 4])))
        return canvas, []

    def exchanged(self, picture, quad):
        """A photograph with another document where its own was."""
        rng = self.rng
        picture = picture.copy()
        other, _ = self.plate()
        base = self.flat(picture, quad).astype(np.float32)
        other = np.clip(other * (base.mean((0, 1)) / np.maximum(other.mean((0, 1)), 30)) ** rng.uniform(0.3, 1.0), 0, 255)
        grown = quad.mean(0) + (quad - quad.mean(0)) * 1.012
        paste(picture, other.astype(np.uint8), grown, rng.choice([0, 0.03, 0.06]))
        return picture, grown

    def photograph(self, w, h):
        """A real photograph, cropped or turned; sometimes with another document in the quad."""
        rng = self.rng
        photo = self.real[rng.integers(len(self.real))]
        picture, quad = photo.picture, photo.quad
        if rng.random() < 0.3:
            picture, quad = self.exchanged(picture, quad)
        centre, span = quad.mean(0), np.sqrt(abs(cv2.contourArea(quad)))
        if rng.random() < 0.6:  # an upright crop that keeps inside the photograph, then quarter turns and a mirror
            k = rng.integers(4)
            cw, ch = (w, h) if k % 2 == 0 else (h, w)
            ph, pw = picture.shape[:2]
            need = max(np.ptp(quad[:, 0]) / cw, np.ptp(quad[:, 1]) / ch)
            most = min(pw / cw, ph / ch)
            s = min(most, max(need * rng.uniform(1.0, 2.6), most * rng.uniform(0.3, 1.0)))
            size = np.array([cw, ch]) * s
            low, high = quad.max(0) - size, quad.min(0)
            if rng.random() < 0.12:  # may cut the document
                low, high = low - size * 0.2, high + size * 0.2
            at = rng.uniform(np.minimum(low, high), np.maximum(low, high))
            at = np.clip(at, 0, np.maximum(np.array([pw, ph]) - size, 0))
            to = np.array([[1 / s, 0, -at[0] / s], [0, 1 / s, -at[1] / s], [0, 0, 1]])
            around = None
            for _ in range(k):  # a quarter turn of a cw by ch canvas
                to = np.array([[0, -1, ch], [1, 0, 0], [0, 0, 1]]) @ to
                cw, ch = ch, cw
        else:
            turn, s = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.75) * min(w, h) / span
            c, n = np.cos(turn) * s, np.sin(turn) * s
            target = np.array([w, h]) * rng.uniform(0.35, 0.65, 2)
            to = np.array([[c, -n, 0], [n, c, 0], [0, 0, 1]])
            shift = target - (to @ [*centre, 1])[:2]
            to[:2, 2] = shift
            jitter = corners_of(w, h) + rng.normal(0, 0.05, (4, 2)) * (w, h)
            to = cv2.getPerspectiveTransform(corners_of(w, h), np.float32(jitter)) @ to
            around = self.ground(w, h) if rng.random() < 0.6 else None
        if rng.random() < 0.3:
            to = np.array([[-1, 0, w], [0, 1, 0], [0, 0, 1]]) @ to
        return self.warp(picture, to, w, h, around), [move(quad, to)]

    def close(self, w, h):
        """A document cut off by the picture's edge, touching it, or filling the picture."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.45 or (kind < 0.7 and not self.papers):
            picture, quad = self.near[rng.integers(len(self.near))]
            if rng.random() < 0.3:
                picture, quad = self.exchanged(picture, quad)
        elif kind < 0.7:
            picture, quad, _ = self.papers[rng.integers(len(self.papers))]
        else:
            picture, quads = self.made(int(1.6 * w), int(1.6 * h), 1)
            if not quads:
                return picture, quads
            quad = quads[0]
        size = np.array([picture.shape[1], picture.shape[0]])
        to = np.eye(3)
        if rng.random() < 0.5:  # the frame stands askew
            to[:2] = cv2.getRotationMatrix2D(quad.mean(0).tolist(), rng.normal(0, 5), 1)
            quad = move(quad, to)
        low, high = self.frame(quad)
        low, high = np.maximum(low, 0), np.minimum(high, size)
        s = rng.integers(INPUT_PX, 420) / max(high - low)
        w, h = (max(8, int(n)) for n in (high - low) * s)
        to = np.array([[s, 0, -low[0] * s], [0, s, -low[1] * s], [0, 0, 1]]) @ to
        return self.warp(picture, to, w, h, None), [move(quad, np.diag([s, s, 1]) @ [[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])]

    def frame(self, quad):
        """A frame's two corners that cuts the box around a quad on some sides, touches it on others or leaves room."""
        rng = self.rng
        order = rng.permutation(4)
        out, touch = 0, 0
        kind = rng.random()
        if kind < 0.45:
            out = rng.choice([1, 1, 1, 2, 3])
            touch = rng.choice([0, 0, 0, 1])
        elif kind < 0.68:
            out = 4
        elif kind < 0.88:
            touch = 3
        elif kind < 0.94:
            touch = 4
        else:
            touch = rng.integers(1, 3)
        box = np.concatenate([quad.min(0), quad.max(0)])
        span = np.tile(box[2:] - box[:2], 2)
        off = np.full(4, 0.0)
        most = 0.45 if out == 1 else 0.3
        off[order[:out]] = -rng.uniform(0.01 if out > 2 else 0.05, most, out)
        if out == 4 and rng.random() < 0.5:
            off[:] = -rng.uniform(0.0, 0.15) + rng.uniform(-0.02, 0.02, 4)
        off[order[out:out + touch]] = rng.uniform(-0.01, 0.015, touch)
        off = off * span
        n_free = 4 - out - touch
        off[order[out + touch:]] = rng.uniform(0.03, 0.8, n_free) * span.max()
        return box[:2] - off[:2], box[2:] + off[2:]

    @staticmethod
    def warp(picture, to, w, h, around):
        scale = np.sqrt(abs(np.linalg.det(to[:2, :2])))
        if scale < 0.6:  # shrink first, or the warp skips pixels
            small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            to = to @ np.diag([picture.shape[1] / small.shape[1], picture.shape[0] / small.shape[0], 1])
            picture = small
        if around is None:
            return cv2.warpPerspective(picture, to, (w, h), borderMode=cv2.BORDER_REPLICATE)
        paste(around, picture, move(corners_of(picture.shape[1], picture.shape[0]), to))
        return around

    def screen(self, w, h, with_document=True):
        """A display that shows a window with a scene or a flat document in it."""
        rng = self.rng
        phone = rng.random() < 0.3
        sw, sh = (240, 480) if phone else (560, 340)
        shown = np.full((sh, sw, 3), rng.choice([12, 30, 60, 200, 240, 255]), np.uint8)
        if rng.random() < 0.3:
            shown = self.ground(sw, sh)
        for _ in range(rng.integers(0, 3)):  # text around
            draw.line(rng, shown, rng.uniform(0, sw), rng.uniform(0, sh), rng.uniform(6, 14), sw * 0.4, draw.colour(rng))
        bar = draw.colour(rng)
        cv2.rectangle(shown, (0, 0), (sw, int(sh * rng.uniform(0, 0.09))), bar, -1)
        cv2.rectangle(shown, (0, int(sh * rng.uniform(0.91, 1))), (sw, sh), draw.colour(rng), -1)
        iw, ih = int(sw * rng.uniform(0.55, 1)), int(sh * rng.uniform(0.4, 0.85))
        x, y = rng.integers(0, sw - iw + 1), rng.integers(0, sh - ih + 1)
        quads = []
        if not with_document:
            shown[y:y + ih, x:x + iw] = self.ground(iw, ih)
        elif rng.random() < 0.55:
            shown[y:y + ih, x:x + iw], quads = self.made(iw, ih, 1)
        else:
            picture, _ = self.plate()
            quad = place(rng, picture.shape[1] / picture.shape[0], iw, ih, rng.uniform(0.6, 1), 0, 0.1)
            if rng.random() < 0.7:  # shown straight
                pw, ph = picture.shape[1], picture.shape[0]
                k = min(iw / pw, ih / ph) * rng.uniform(0.7, 1)
                off = np.array([iw - pw * k, ih - ph * k]) / 2
                quad = corners_of(pw * k, ph * k) + off.astype(np.float32)
            part = np.ascontiguousarray(shown[y:y + ih, x:x + iw])
            if rng.random() < 0.5:
                part[:] = draw.colour(rng)
            paste(part, picture, quad)
            shown[y:y + ih, x:x + iw] = part
            quads = [quad]
        quads = [quad + np.float32([x, y]) for quad in quads]
        rim = int(rng.uniform(0.01, 0.06) * sw)
        shown = cv2.copyMakeBorder(shown, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=draw.colour(rng, 0, 70))
        shown = np.clip(shown * rng.uniform(0.6, 1.1) + rng.uniform(0, 50, 3) * rng.random(), 0, 255).astype(np.uint8)
        quads = [quad + rim for quad in quads]
        for _ in range(12):
            fill = rng.uniform(0.8, 2.2) if with_document else rng.uniform(0.5, 2.2)
            at = place(rng, shown.shape[1] / shown.shape[0], w, h, fill, 0.1)
            to = cv2.getPerspectiveTransform(corners_of(shown.shape[1], shown.shape[0]), at)
            seen = [move(quad, to) for quad in quads]
            if all(visible(q, w, h) > 0.97 and abs(cv2.contourArea(q)) > 0.05 * w * h for q in seen):
                canvas = self.ground(w, h)
                paste(canvas, shown, at, rng.choice([0, 0.03]))
                return canvas, seen
        return self.made(w, h)

    # The camera

    def light(self, picture, quads):
        rng = self.rng
        h, w = picture.shape[:2]
        out = picture.astype(np.float32)
        if rng.random() < 0.6:
            grid = rng.uniform(1 - rng.uniform(0, 0.6), 1.1, (3, 3, 1)).astype(np.float32)
            if rng.random() < 0.25:
                grid = grid * rng.uniform(0.6, 1.1, (3, 3, 3)).astype(np.float32)
            out *= cv2.resize(grid, (w, h), interpolation=cv2.INTER_CUBIC).reshape(h, w, -1)
        if rng.random() < 0.3:  # hard shadows: of something near, or of the bars of a blind
            mask = np.zeros((h, w), np.uint8)
            if rng.random() < 0.6:
                cv2.fillConvexPoly(mask, cv2.convexHull(np.int32(rng.uniform(-0.3, 1.3, (4, 2)) * (w, h))), 255)
            else:
                turn, period = rng.uniform(0, np.pi), rng.uniform(0.06, 0.5) * max(w, h)
                y, x = np.mgrid[0:h, 0:w]
                along = (np.cos(turn) * x + np.sin(turn) * y) / period + rng.uniform()
                mask[along % 1 < rng.uniform(0.2, 0.8)] = 255
            mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(1, 12)).astype(np.float32)[..., None] / 255
            out *= 1 - mask * rng.uniform(0.15, 0.6)
        if rng.random() < 0.2:  # a reflection
            spot = np.zeros((h, w), np.float32)
            centre = quads[0].mean(0) + rng.normal(0, 0.2, 2) * (w, h) if quads else rng.uniform(0, 1, 2) * (w, h)
            cv2.ellipse(spot, np.int32(centre).tolist(), np.int32(rng.uniform(0.03, 0.25, 2) * (w, h)).tolist(),
                        rng.uniform(0, 180), 0, 360, 1, -1)
            out += cv2.GaussianBlur(spot, (0, 0), rng.uniform(2, 25))[..., None] * rng.uniform(40, 260)
        if rng.random() < 0.5:
            out *= rng.uniform(0.75, 1.2, 3).astype(np.float32)
        if rng.random() < 0.06:  # a strongly coloured lamp
            out *= rng.uniform(0.3, 1.3, 3).astype(np.float32)
        if rng.random() < 0.6:
            out = 255 * np.power(np.clip(out, 0, 255) / 255, rng.uniform(0.55, 1.7))
        if rng.random() < 0.5:
            out = (out - 128) * rng.uniform(0.55, 1.3) + 128 + rng.uniform(-30, 30)
        out = np.clip(out, 0, 255).astype(np.uint8)
        if rng.random() < 0.12:
            out = cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        return out

    def camera(self, picture):
        """Blur, shrink by one of several filters, noise and JPEG; at most INPUT_PX a side."""
        rng = self.rng
        if rng.random() < 0.35:
            picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 2.2) ** (1 if rng.random() < 0.8 else 1.6))
        if rng.random() < 0.1:
            kernel = np.zeros((9, 9), np.float32)
            turn = rng.uniform(0, np.pi)
            span = np.array([np.cos(turn), np.sin(turn)]) * rng.uniform(1, 4)
            cv2.line(kernel, np.int32(4 - span).tolist(), np.int32(4.5 + span).tolist(), 1, 1)
            picture = cv2.filter2D(picture, -1, kernel / max(kernel.sum(), 1))
        if rng.random() < 0.4:
            noise = np.empty(picture.shape, np.int16)
            cv2.randn(noise, 0, rng.uniform(1, 18))
            picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
        scale = INPUT_PX / max(picture.shape[:2])
        size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
        picture = cv2.resize(picture, size, interpolation=FILTERS[rng.integers(len(FILTERS))])
        if rng.random() < 0.4:
            _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))])
            picture = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        return picture

    def scene(self):
        """A picture of random shape and the quads of the documents in it."""
        rng = self.rng
        aspect = ASPECTS[rng.integers(len(ASPECTS))] * rng.uniform(0.95, 1.05)
        long_px = rng.integers(256, 420)
        w, h = (long_px, long_px / aspect) if aspect > 1 else (long_px * aspect, long_px)
        w, h = int(w), int(h)
        kind = rng.random()
        if kind < 0.27:
            picture, quads = self.photograph(w, h)
        elif kind < 0.54:
            picture, quads = self.made(w, h)
        elif kind < 0.74:
            picture, quads = self.close(w, h)
        elif kind < 0.82:
            picture, quads = self.screen(w, h)
        elif kind < 0.86:
            picture, quads = self.screen(w, h, with_document=False)
        else:
            picture, quads = self.empty(w, h)
        return self.light(picture, quads), quads

    def sample(self):
        picture, quads = self.scene()
        h, w = picture.shape[:2]
        small = self.camera(picture)
        ratio = np.float32([small.shape[1] / w, small.shape[0] / h])
        return small, [quad * ratio for quad in quads]


def again(rng, small, quads):
    """The same sample turned, mirrored and in another tone: nearly as good as a new one, and cheap."""
    h, w = small.shape[:2]
    if rng.random() < 0.5:
        small, quads = small[:, ::-1], [quad * (-1, 1) + (w, 0) for quad in quads]
    for _ in range(rng.integers(4)):
        h, w = small.shape[:2]
        small, quads = np.rot90(small, -1), [np.stack([h - quad[:, 1], quad[:, 0]], 1) for quad in quads]
    table = np.arange(256)[:, None] * rng.uniform(0.8, 1.2, 3) + rng.uniform(-25, 25)
    tone = np.clip(table, 0, 255).astype(np.uint8)[None]
    return cv2.LUT(np.ascontiguousarray(small), tone.reshape(1, 256, 3)), [np.float32(quad) for quad in quads]


def pad(small):
    """BGR bytes of at most 256x256 into RGB 3x256x256 floats, grey where there is no picture."""
    out = np.full((3, INPUT_PX, INPUT_PX), 0.5, np.float32)
    out[:, : small.shape[0], : small.shape[1]] = small[..., ::-1].transpose(2, 0, 1) / np.float32(255)
    return out


def pack(small, quads):
    """The input, the targets (corner, mask) and the weights; quads in pixels of `small`."""
    h, w = small.shape[:2]
    cells = np.zeros((CELLS * 4, CELLS * 4), np.uint8)
    target = np.zeros((2, CELLS, CELLS), np.float32)
    y, x = np.mgrid[0:CELLS, 0:CELLS].astype(np.float32) + 0.5
    for quad in quads:
        at = quad / 2  # in cells
        shift = 6
        cv2.fillConvexPoly(cells, np.int32(np.round((at * 4 - 0.5) * (1 << shift))), 255, cv2.LINE_8, shift)
        for cx, cy in at:
            if -2 < cx < CELLS + 2 and -2 < cy < CELLS + 2:
                target[0] = np.maximum(target[0], np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 1.3**2)))
    target[1] = cv2.resize(cells, (CELLS, CELLS), interpolation=cv2.INTER_AREA) / np.float32(255)
    weight = ((x * 2 < w + 0.5) & (y * 2 < h + 0.5)).astype(np.float32)[None]
    return pad(small), target, weight
