"""The classifier on spectra: a small perceptron, trained in seconds once the spectra are known."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from shares import Shares
from spectra import CHECKS, COLOUR_WINDOW, WINDOW, periods

LIMIT = 4.0
"""Standardised features are clipped here, so that no single band decides alone."""


RINGS = {WINDOW: (2.0, 3.5, 5.0, 7.0, 12.0), COLOUR_WINDOW: (1.0, 2.6, 6.0)}
"""Limits, in waves a window, of the rings in which the highest peak is sought."""

AROUND = {WINDOW: (2.0, 3.2), COLOUR_WINDOW: (1.4, 2.3)}
"""A peak stands above the periods at this distance: beyond the width a window smears it to."""


def groups() -> list[tuple[int, int]]:
    """Where each run of periods begins in the features, and its window: two numbers, three planes."""
    found, at = [], 0
    for side in (WINDOW, COLOUR_WINDOW, COLOUR_WINDOW):
        for _ in ("holds", "peaks"):
            found.append((at, side))
            at += len(periods(side))
    return found


def surroundings(side: int) -> np.ndarray:
    """A matrix that takes from each period the mean of those around it."""
    at = np.array(periods(side), float)
    # A real picture's spectrum looks the same in opposite directions and repeats after a window.
    steps = [
        sign * at[None, :, :] + np.array((down, right)) - at[:, None, :]
        for sign in (1, -1)
        for down in (-side, 0, side)
        for right in (-side, 0, side)
    ]
    distance = np.min([np.hypot(step[:, :, 0], step[:, :, 1]) for step in steps], axis=0)
    near, far = AROUND[side]
    around = ((distance >= near) & (distance <= far)).astype(float)
    return np.eye(len(at)) - around / around.sum(axis=1, keepdims=True)


def rings() -> tuple[np.ndarray, list[np.ndarray]]:
    """The matrix for all features, and the features of each ring."""
    runs = groups()
    total = runs[-1][0] + len(periods(runs[-1][1]))
    matrix = np.zeros((total, total), np.float32)
    members = []
    for begin, side in runs:
        count = len(periods(side))
        matrix[begin : begin + count, begin : begin + count] = surroundings(side)
        radius = np.hypot(*np.array(periods(side), float).T)
        for low, high in zip(RINGS[side], RINGS[side][1:]):
            members.append(begin + np.flatnonzero((radius >= low) & (radius < high)))
    return matrix, members


def turned() -> list[torch.Tensor]:
    """Orders of the features that a mirrored or a turned picture would have."""
    orders = []
    for swap in (False, True):
        for mirror in (False, True):
            order = []
            for begin, side in groups():
                known = {period: i for i, period in enumerate(periods(side))}
                for down, right in periods(side):
                    a, b = (right, down) if swap else (down, right)
                    b = -b if mirror else b
                    options = [
                        (x + i * side, y + j * side)
                        for x, y in ((a, b), (-a, -b))
                        for i in (-1, 0, 1)
                        for j in (-1, 0, 1)
                    ]
                    order.append(begin + next(known[o] for o in options if o in known))
            orders.append(torch.tensor(order))
    return orders


def no_evidence(settings: dict) -> torch.Tensor:
    """Directions in which a picture's features are moved at random, for they are no evidence.

    The contrast (all bands of brightness together), the colourfulness (all of colour), and the
    sharpness (a blur takes away in proportion to the square of the frequency).
    """
    runs = groups()
    total = runs[-1][0] + len(periods(runs[-1][1]))
    ways = torch.zeros(4, total)
    for plane, way in ((0, 0), (1, 1), (2, 2)):
        for begin, side in runs[2 * plane : 2 * plane + 2]:
            count = len(periods(side))
            ways[way, begin : begin + count] = settings["lift"]
            square = (torch.tensor(periods(side), dtype=torch.float32) / (side / 2)).square().sum(dim=1)
            ways[3, begin : begin + count] = settings["blur"] * square
    return ways


@dataclass
class Table:
    """Spectra with the pictures they belong to."""

    features: torch.Tensor
    owners: np.ndarray
    rows: list[dict]

    def only(self, keep) -> "Table":
        """The pictures for which `keep(row)` holds."""
        chosen = [i for i, row in enumerate(self.rows) if keep(row)]
        number = np.full(len(self.rows), -1)
        number[chosen] = np.arange(len(chosen))
        at = number[self.owners] >= 0
        return Table(
            self.features[torch.from_numpy(at)],
            number[self.owners[at]],
            [self.rows[i] for i in chosen],
        )


def opened(path: Path) -> Table:
    """A file of `describe.py`."""
    raw = np.load(path)
    return Table(
        torch.from_numpy(raw["features"].astype(np.float32)), raw["owners"], json.loads(str(raw["rows"]))
    )


def joined(tables: list[Table]) -> Table:
    """Several tables as one."""
    owners, rows = [], []
    for table in tables:
        owners.append(table.owners + len(rows))
        rows += table.rows
    return Table(torch.cat([t.features for t in tables]), np.concatenate(owners), rows)


def finest(members: list[np.ndarray]) -> torch.Tensor:
    """1 for every input that speaks of brightness in periods under 4 px, rings after features, else 0."""
    fine = []
    for number, (_, side) in enumerate(groups()):
        radius = np.hypot(*np.array(periods(side), float).T) / (side / 2)
        fine.append((radius > 0.5) & (number < 2))
    fine = np.concatenate(fine)
    return torch.from_numpy(np.concatenate((fine, [fine[of].all() for of in members])).astype(np.float32))


class Perceptron(nn.Module):
    """Features to logits, standardised inside; all of them, or those of `finest` alone."""

    def __init__(self, inputs: int, hidden: int, dropout: float, fine: bool) -> None:
        super().__init__()
        matrix, self.members = rings()
        self.register_buffer("matrix", torch.from_numpy(matrix))
        inputs += len(self.members)
        self.register_buffer("used", finest(self.members) if fine else torch.ones(inputs))
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("deviation", torch.ones(inputs))
        self.first = nn.Linear(inputs, hidden)
        self.dropout = nn.Dropout(dropout)
        self.second = nn.Linear(hidden, len(CHECKS))

    def described(self, features: torch.Tensor) -> torch.Tensor:
        """The features, and how far the highest peak of each ring stands out."""
        above = features @ self.matrix.T
        highest = [above[:, of].amax(dim=1, keepdim=True) for of in self.members]
        return torch.cat((features, *highest), dim=1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        x = torch.clamp((self.described(features) - self.mean) / self.deviation, -LIMIT, LIMIT)
        return self.second(self.dropout(torch.relu(self.first(x * self.used))))


def shares(rows: list[dict], settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """Targets and weights for the perceptrons; sources weigh as for the networks (`shares.py`)."""
    out = Shares(rows)
    spread, pick, sources, other = out.spread, out.pick, out.sources, out.other
    size = {s: len(pick(source=s, label="screen", made=False)) ** 0.5 for s in sources}
    for source in sources:
        part = size[source] / sum(size.values())
        spread(0, pick(source=source, label="screen", made=False), part)
        spread(0, pick(source=source, label="genuine", kind="scene", made=False), part)
    genuine = pick(kind="id_document", label="genuine", made=False)
    printed = pick(kind="id_document", label="print", made=False)
    scenes = pick(kind="scene", label="genuine", made=False)
    # As they are, colour alone tells prints from genuine documents: only treated ones teach that check.
    alike = {"kind": "id_document", "made": False, "treated": True}
    genuine_alike = pick(label="genuine", **alike)
    printed_alike = pick(label="print", **alike)
    aside = settings["aside"]
    spread(0, genuine, aside)
    spread(0, printed, aside)
    spread(0, other, aside / 2)
    spread(1, genuine_alike, 1.0)
    spread(1, printed_alike, 1.0)
    spread(1, scenes, aside)
    spread(1, other, aside / 2)
    made = settings["made_share"] / (1.0 - settings["made_share"])
    spread(0, pick(label="screen", made=True), made)
    spread(0, pick(label="genuine", made=True), made * 0.75)
    spread(0, pick(label="print", made=True), made * 0.25)
    spread(1, pick(label="print", made=True), made)
    spread(1, pick(label="genuine", made=True), made)
    return out.targets, out.weights


def train(table: Table, settings: dict, seed: int) -> Perceptron:
    """Fits one perceptron."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    targets, weights = shares(table.rows, settings)
    by_owner = [[] for _ in table.rows]
    for patch, owner in enumerate(table.owners):
        by_owner[owner].append(patch)
    by_owner = [np.array(p) for p in by_owner]
    chance = weights.sum(axis=1)
    chance /= chance.sum()
    worth = torch.from_numpy(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9))
    soft = torch.from_numpy(targets) * (1 - settings["smoothing"]) + settings["smoothing"] / 2

    head = Perceptron(table.features.shape[1], settings["hidden"], settings["dropout"], settings["finest"])
    some = rng.choice(len(table.rows), 3000, p=chance)
    sample = head.described(table.features[[rng.choice(by_owner[i]) for i in some]])
    orders = turned()
    ways = no_evidence(settings)
    level = sample.std(dim=0)[: table.features.shape[1]]
    head.mean.copy_(sample.mean(dim=0))
    head.deviation.copy_(sample.std(dim=0).clamp(min=0.05))
    optimiser = torch.optim.AdamW(
        head.parameters(), lr=settings["rate"], weight_decay=settings["decay"]
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings["steps"])
    entropy = torch.nn.functional.binary_cross_entropy_with_logits
    for _ in range(settings["steps"]):
        chosen = rng.choice(len(table.rows), settings["pictures"], p=chance)
        patches, owners = [], []
        for place, picture in enumerate(chosen):
            of = by_owner[picture]
            of = of if len(of) <= 6 else rng.choice(of, 6, replace=False)
            patches.append(of)
            owners += [place] * len(of)
        x = table.features[np.concatenate(patches)]
        x = x + settings["noise"] * level * torch.randn_like(x)
        x = x[:, orders[rng.integers(len(orders))]]
        x = x + (torch.randn(len(chosen), len(ways)) @ ways)[owners]
        logits = head(x)
        owners = torch.tensor(owners)
        counts = torch.bincount(owners, minlength=len(chosen)).unsqueeze(1)
        mean = torch.zeros(len(chosen), len(CHECKS)).index_add_(0, owners, logits) / counts
        goal, weight = soft[chosen], worth[chosen]
        by_picture = (entropy(mean, goal, reduction="none") * weight).sum()
        by_patch = entropy(logits, goal[owners], reduction="none") * (weight / counts)[owners]
        loss = (0.5 * by_picture + 0.5 * by_patch.sum()) / len(chosen)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return head.eval()


def mean_logits(heads: list[Perceptron], table: Table) -> np.ndarray:
    """Pictures x checks: the mean over a picture's patches of the mean over the heads."""
    with torch.inference_mode():
        logits = torch.stack([head(table.features) for head in heads]).mean(dim=0).numpy()
    total = np.zeros((len(table.rows), len(CHECKS)))
    np.add.at(total, table.owners, logits)
    return total / np.bincount(table.owners, minlength=len(table.rows))[:, None]
