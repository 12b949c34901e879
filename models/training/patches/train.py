"""Trains the network on maps that `maps.py` made.

`python train.py --maps C/plain C/treated C/made --out RUN --without 0`

Leaves out one fold's sources, document kinds and made pieces of their content, or none. Writes
`RUN/net.pt`, the running average of the weights. A training that was interrupted goes on from its
last checkpoint when the same command is given again, and ends at the same weights: every step draws
by its own number.
"""

import argparse
import math
import time
import tomllib
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from head import no_evidence, turned
from maps import LOWEST, STEP, Maps, joined, opened
from net import MapNet
from shares import shares
from spectra import BANDS, RUNS
from splits import fold_of


def band_orders() -> list[torch.Tensor]:
    """Orders of the bands that a mirrored, a transposed and a so turned picture would have.

    As `head.turned` gives them for features, of which the first of every two runs is taken.
    """
    found = []
    for order in turned():
        parts, begin, band = [], 0, 0
        for count in RUNS:
            parts.append(order[begin : begin + count] - begin + band)
            begin, band = begin + 2 * count, band + count
        found.append(torch.cat(parts))
    return found


def band_ways(settings: dict) -> torch.Tensor:
    """`head.no_evidence`, of bands: directions in which all windows of a patch are moved at random."""
    ways = no_evidence(settings)
    parts, begin = [], 0
    for count in RUNS:
        parts.append(ways[:, begin : begin + count])
        begin += 2 * count
    return torch.cat(parts, dim=1)


class Batches:
    """Draws batches: pictures by their weight, each with a partner that is alike in all but the label."""

    def __init__(self, maps: Maps, settings: dict, seed: int) -> None:
        self.maps, self.settings, self.seed = maps, settings, seed
        targets, weights = shares(maps.rows, settings)
        self.chance = weights.sum(axis=1) / weights.sum()
        self.weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        self.targets = targets * (1.0 - settings["smoothing"]) + settings["smoothing"] / 2.0
        order = np.argsort(maps.owners, kind="stable")
        self.of = np.split(order, np.cumsum(np.bincount(maps.owners))[:-1])
        self.orders, self.ways = band_orders(), band_ways(settings)
        self.alike: dict[tuple, list[int]] = {}
        for number, row in enumerate(maps.rows):
            if self.chance[number] > 0.0:
                self.alike.setdefault(self.key(row), []).append(number)

    def key(self, row: dict) -> tuple:
        """Partners are the pieces of one made scene, pictures of one source, or any documents."""
        if row["made"]:
            return ("made", row["source"], row["pair"])
        if row["kind"] == "scene":
            return ("scene", row["source"], row["treated"])
        return (row["kind"], row["treated"])

    def partner(self, number: int, rng: np.random.Generator) -> int:
        """One of the same key and another label, where there is one; else one of the same key."""
        row = self.maps.rows[number]
        alike = self.alike[self.key(row)]
        tries = rng.choice(alike, 12)
        for other in tries:
            if self.maps.rows[other]["label"] != row["label"]:
                return int(other)
        return int(tries[0])

    def batch(self, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logarithms N x BANDS x windows x windows, turned and toned; targets and weights N x 2."""
        rng = np.random.default_rng((self.seed, step))
        count, side = self.settings["batch"], self.settings["windows"]
        first = rng.choice(len(self.chance), count // 2, p=self.chance)
        chosen = [n for one in first for n in (int(one), self.partner(one, rng))]
        levels = np.empty((count, side, side, BANDS), np.uint8)
        for place, number in enumerate(chosen):
            whole = self.maps.maps[rng.choice(self.of[number])]
            top, left = rng.integers(0, whole.shape[0] - side + 1, 2)
            levels[place] = whole[top : top + side, left : left + side]
        logs = torch.from_numpy(levels).float().mul_(STEP).add_(LOWEST)
        jitter = rng.standard_normal((count, BANDS), np.float32) * self.settings["noise"]
        moved = rng.standard_normal((count, len(self.ways)), np.float32) @ self.ways.numpy()
        logs += torch.from_numpy(jitter + moved)[:, None, None]
        logs = logs.permute(0, 3, 1, 2)[:, self.orders[rng.integers(len(self.orders))]]
        # How the windows themselves lie tells nothing either.
        if rng.random() < 0.5:
            logs = logs.transpose(2, 3)
        logs = logs.flip([axis for axis in (2, 3) if rng.random() < 0.5])
        return (
            logs,
            torch.from_numpy(self.targets[chosen]).float(),
            torch.from_numpy(self.weights[chosen]).float(),
        )


def rate_at(step: int, settings: dict) -> float:
    """The learning rate: up in a straight line, down along a cosine."""
    if step < settings["warmup"]:
        return settings["rate"] * (step + 1) / settings["warmup"]
    done = (step - settings["warmup"]) / (settings["steps"] - settings["warmup"])
    return settings["rate"] * 0.5 * (1.0 + math.cos(math.pi * done))


def train(maps: Maps, settings: dict, seed: int, out: Path) -> None:
    """Trains to the end of the schedule, from the last checkpoint in `out` if there is one."""
    torch.manual_seed(seed)
    net = MapNet(settings["dropout"])
    batches = Batches(maps, settings, seed)
    with torch.no_grad():
        net.standardise(torch.cat([batches.batch(settings["steps"] + i)[0] for i in range(20)]))
    average = {k: v.clone() for k, v in net.state_dict().items()}
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=settings["decay"])
    begin = 0
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        net.load_state_dict(saved["net"])
        optimiser.load_state_dict(saved["optimiser"])
        average, begin = saved["average"], saved["step"]
    started, losses = time.monotonic(), []
    for step in range(begin, settings["steps"]):
        logs, targets, weights = batches.batch(step)
        torch.manual_seed(seed * 1_000_003 + step)
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, settings)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(logs)
        loss = F.binary_cross_entropy_with_logits(logits.float(), targets, weights, reduction="sum")
        loss = loss / len(logs)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        keep = min(settings["average"], (step + 1.0) / (step + 10.0))
        for name, value in net.state_dict().items():
            if value.is_floating_point():
                average[name].lerp_(value, 1.0 - keep)
        losses.append(loss.item())
        if (step + 1) % 100 == 0 or step + 1 == settings["steps"]:
            pace = settings["batch"] * len(losses) / (time.monotonic() - started)
            print(f"step {step + 1}: loss {np.mean(losses):.4f}, {pace:.0f} patches/s", flush=True)
            started, losses = time.monotonic(), []
        if (step + 1) % settings["keep_every"] == 0 or step + 1 == settings["steps"]:
            part = out / "checkpoint.part"
            torch.save(
                {
                    "net": net.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "average": average,
                    "step": step + 1,
                },
                part,
            )
            part.replace(checkpoint)
            torch.save(average, out / "net.pt")


def restored(path: Path) -> MapNet:
    """A trained network, ready to judge."""
    net = MapNet()
    net.load_state_dict(torch.load(path))
    return net.eval()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--maps", type=Path, nargs="+", required=True, help="as given to maps.py --out")
    words.add_argument("--out", type=Path, required=True, help="folder to write")
    words.add_argument("--without", type=int, help="the fold to leave out; none if not given")
    words.add_argument("--seed", type=int, help="in place of the one in config.toml")
    words.add_argument("--set", nargs="*", default=[], help="other settings of [net], as name=number")
    given = words.parse_args()
    torch.set_num_threads(1)
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    settings = config["net"]
    for word in given.set:
        name, value = word.split("=")
        settings[name] = type(settings[name])(value)
    given.out.mkdir(parents=True, exist_ok=True)
    maps = joined([opened(path) for path in given.maps])
    maps = maps.only(
        # The flat references do not say which kind they show, so no training sees them.
        lambda row: row["kind"] != "flat_template"
        and (given.without is None or fold_of(row["kind"], row["group"], config["folds"]) != given.without)
    )
    print(f"{len(maps.rows)} pictures, {len(maps.maps)} patches", flush=True)
    train(maps, settings, config["seed"] if given.seed is None else given.seed, given.out)


if __name__ == "__main__":
    main()
