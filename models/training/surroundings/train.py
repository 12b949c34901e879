"""Trains the network, without one fold of sources and kinds or on everything.

`python train.py --data DATA --bank BANK --out RUN [--without K] --seed S`. A training that was stopped goes on where it
was. Writes `net.pt`, and for a fold `judged.npz`: what the network says of every real picture of it (`number`, the
picture's row in the index, and `logit`).
"""

import argparse
import json
import tomllib
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

from net import Surroundings
from pictures import BANK_PX, HERE, LIT_PX, opened
from view import INPUT_PX, view, window

cv2.setNumThreads(1)

PLACES = 16
"""Side of the map of lit places that the network gives."""


def source_weights(photos):
    """Every source weighs the root of its number: large ones more, but not all."""
    groups = [p.group for p in photos]
    weight = np.array([1 / np.sqrt(groups.count(g)) for g in groups])
    return weight / weight.sum()


def cut(rng, picture, quad):
    """A real picture's view: a part of a scene, or a document with more or less around it; INPUT_PX a side."""
    h, w = picture.shape[:2]
    x0, y0, x1, y1 = window(quad, w, h)
    if quad is None or rng.random() < 0.2:
        k = rng.uniform(0.6, 1, 2) if rng.random() < 0.7 else np.ones(2)
        cw, ch = int(w * k[0]), int(h * k[1])
        x0, y0 = rng.integers(0, w - cw + 1), rng.integers(0, h - ch + 1)
        x1, y1 = x0 + cw, y0 + ch
    else:
        low, high = quad.min(0), quad.max(0)
        room = rng.uniform(0.2, 1, 4)
        x0, y0 = (np.array([x0, y0]) * room[:2] + np.maximum(low, 0) * (1 - room[:2])).astype(int)
        x1, y1 = np.ceil(np.array([x1, y1]) * room[2:] + np.minimum(high, (w, h)) * (1 - room[2:])).astype(int)
    return cv2.resize(picture[y0:y1, x0:x1], (INPUT_PX, INPUT_PX), interpolation=cv2.INTER_AREA)


def turned(rng, *maps):
    """All of them mirrored and turned alike."""
    if rng.random() < 0.5:
        maps = [of[:, ::-1] for of in maps]
    if rng.random() < 0.35:
        k = rng.integers(1, 4)
        maps = [np.rot90(of, k) for of in maps]
    return maps


def treated(rng, picture):
    """Toned, softened, noised and saved, by one distribution for all."""
    picture = np.ascontiguousarray(picture)
    if rng.random() < 0.3:
        n = int(rng.integers(120, INPUT_PX))
        picture = cv2.resize(cv2.resize(picture, (n, n), interpolation=cv2.INTER_AREA), (INPUT_PX, INPUT_PX))
    x = np.arange(256)[:, None] / 255.0
    x = x ** rng.uniform(0.75, 1.35) * rng.uniform(0.8, 1.2) * rng.uniform(0.88, 1.12, 3) + rng.uniform(-0.1, 0.1)
    picture = cv2.LUT(picture, np.clip(255 * x, 0, 255).astype(np.uint8)[None])
    if rng.random() < 0.15:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None]
        k = rng.uniform(0, 0.7)
        picture = (picture * k + grey * (1 - k)).astype(np.uint8)
    if rng.random() < 0.3:
        grain = np.empty(picture.shape, np.int16)
        cv2.randn(grain, 0, rng.uniform(1, 8))
        picture = np.clip(picture + grain, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])
        picture = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return picture


class Batches(IterableDataset):
    """Endless batches: pictures, where a display is lit in them (0 to 1, below 0 where nobody knows), and their labels,
    half of them live."""

    def __init__(self, photos, views, lit, rows, without, batch, seed):
        self.seed, self.views, self.lit, self.batch = seed, views, lit, batch
        kept = [p for p in photos if without is None or p.fold != without]

        def of(kind, label):
            some = [p for p in kept if p.kind == kind and p.label == label]
            return some, source_weights(some)

        self.real = {
            ("live", "scenes"): of("scene", "genuine"),
            ("live", "genuine"): of("id_document", "genuine"),
            ("live", "prints"): of("id_document", "print"),
            ("live", "backgrounds"): of("background", "background"),
            ("screens", "scenes"): of("scene", "screen"),
        }
        usable = [i for i, row in enumerate(rows) if without is None or row["fold"] != without]
        self.made = {"live": [i for i in usable if rows[i]["live"]], "screens": [i for i in usable if not rows[i]["live"]]}

    def drawn(self, rng, side, part):
        if part == "made":
            number = self.made[side][rng.integers(len(self.made[side]))]
            n = int(rng.integers(LIT_PX * 3 // 4, LIT_PX + 1))
            y, x = rng.integers(0, LIT_PX - n + 1, 2)
            k = BANK_PX // LIT_PX
            picture = np.asarray(self.views[number, k * y:k * (y + n), k * x:k * (x + n)])
            lit = self.lit[number, y:y + n, x:x + n].astype(np.float32) / 255
            picture = cv2.resize(picture, (INPUT_PX, INPUT_PX), interpolation=cv2.INTER_AREA)
            return picture, cv2.resize(lit, (PLACES, PLACES), interpolation=cv2.INTER_AREA)
        some, weights = self.real[side, part]
        photo = some[rng.choice(len(some), p=weights)]
        unknown = np.full((PLACES, PLACES), 0.0 if side == "live" else -1.0, np.float32)
        return cut(rng, photo.picture, photo.quad)[..., ::-1], unknown

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([*self.seed, info.id if info else 0])
        while True:
            pictures, lit, labels = [], [], []
            for side, live in (("live", 1.0), ("screens", 0.0)):
                for part, count in self.batch[side].items():
                    for _ in range(count):
                        picture, shown = turned(rng, *self.drawn(rng, side, part))
                        pictures.append(treated(rng, picture))
                        lit.append(shown)
                        labels.append(live)
            yield torch.from_numpy(np.stack(pictures)), torch.from_numpy(np.stack(lit)), torch.tensor(labels)


def logits_of(net, pictures):
    """Of views N x side x side x 3, RGB bytes."""
    net.eval()
    found = []
    with torch.inference_mode():
        for begin in range(0, len(pictures), 32):
            some = torch.from_numpy(np.stack(pictures[begin:begin + 32])).permute(0, 3, 1, 2).float() / 255
            found.append(net(some).float().numpy())
    return np.concatenate(found)


def running_mean(keep):
    def mean(old, new, n):
        # Of fewer steps at first, so that the random start is soon forgotten.
        return old + (new - old) * max(1 - keep, 3.0 / (float(n) + 3)) if old.is_floating_point() else new
    return mean


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--data", required=True)
    args.add_argument("--bank", required=True, type=Path)
    args.add_argument("--out", required=True, type=Path)
    args.add_argument("--without", type=int)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--trunk", required=True, help="the locator's weights, to begin from")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    config = tomllib.loads((HERE / "config.toml").read_text())
    settings = config["net"]
    photos, _ = opened(args.data)
    rows = json.loads((args.bank / "views.json").read_text())
    lit = np.load(args.bank / "lit.npy")
    views = np.memmap(args.bank / "views.u8", np.uint8, "r").reshape(-1, BANK_PX, BANK_PX, 3)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = Surroundings(settings["dropout"])
    net.begin(torch.load(args.trunk))
    net = net.to(device, memory_format=torch.channels_last)
    mean = torch.optim.swa_utils.AveragedModel(net, avg_fn=running_mean(settings["average"]), use_buffers=True)
    optimiser = torch.optim.AdamW(net.parameters(), settings["rate"], weight_decay=settings["decay"])
    step, kept = 0, args.out / "checkpoint.pt"
    if kept.exists():
        state = torch.load(kept)
        net.load_state_dict(state["net"])
        mean.load_state_dict(state["mean"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    batches = Batches(photos, views, lit, rows, args.without, config["batch"], (args.seed, step))
    sums = np.zeros(2)
    for pictures, shown, labels in DataLoader(batches, None, num_workers=1, prefetch_factor=4):
        if step >= settings["steps"]:
            break
        for group in optimiser.param_groups:
            done = step / settings["steps"]
            rate = min((step + 1) / settings["warmup"], 0.5 + 0.5 * np.cos(np.pi * done) + 0.005)
            group["lr"] = float(settings["rate"] * rate)
        x = pictures.to(device).permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)
        net.train()
        with torch.autocast(device, dtype=torch.bfloat16):
            logits, places = net.both(x)
        aim = labels.to(device) * (1 - 2 * settings["smoothing"]) + settings["smoothing"]
        loss = F.binary_cross_entropy_with_logits(logits.float(), aim)
        shown = shown.to(device)
        known = (shown >= 0).float()
        of_places = F.binary_cross_entropy_with_logits(places.float(), shown.clamp(0), reduction="none")
        of_places = (of_places * known).sum() / known.sum()
        optimiser.zero_grad()
        (loss + of_places).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        mean.update_parameters(net)
        sums += (loss.item(), of_places.item())
        step += 1
        if step % 50 == 0:
            print(f"{step} loss {sums[0] / 50:.4f} places {sums[1] / 50:.4f}", flush=True)
            sums[:] = 0
        if step % settings["keep_every"] == 0:
            state = {"net": net.state_dict(), "mean": mean.state_dict(), "optimiser": optimiser.state_dict(), "step": step}
            torch.save(state, args.out / "new.pt")
            (args.out / "new.pt").rename(kept)
    torch.save(mean.module.state_dict(), args.out / "net.pt")
    left = [p for p in photos if args.without is not None and p.fold == args.without]
    if left:
        logit = logits_of(mean.module.cpu(), [view(p.picture, p.quad)[..., ::-1] for p in left])
        np.savez(args.out / "judged.npz", number=[p.number for p in left], logit=logit)


if __name__ == "__main__":
    main()
