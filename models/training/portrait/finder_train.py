"""Trains the portrait finder, for all documents or with a fold left out.

`python finder_train.py --samples C/finder --out RUN --fold 0` (0, 1, 2 or all); a run that was broken off goes on
from its last checkpoint. The running average of the weights is kept as `RUN/foldN.pt`.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from net import Finder
from read import CELLS
from sources import CONFIG, fold_of

UPRIGHT = 0.4
"""Share of samples shown the right way up; the others are turned and belong to no portrait."""


def targets(boxes: np.ndarray) -> torch.Tensor:
    """n x 4 shares (NaN for none) to the share of each cell inside the box: n x 1 x 40 x 40."""
    cell = np.arange(CELLS)
    box = np.nan_to_num(boxes, nan=0.0) * CELLS
    across = np.clip(np.minimum(box[:, 2:3], cell + 1) - np.maximum(box[:, 0:1], cell), 0, 1)
    down = np.clip(np.minimum(box[:, 3:4], cell + 1) - np.maximum(box[:, 1:2], cell), 0, 1)
    return torch.tensor(down[:, :, None] * across[:, None, :], dtype=torch.float32)[:, None]


def loss_of(heat: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Cross entropy, cells of portraits weighing more, and the overlap of what is upright."""
    cross = F.binary_cross_entropy_with_logits(heat, target, reduction="none")
    cross = (cross * (1 + 3 * target)).mean()
    p = torch.sigmoid(heat)
    both = 2 * (p * target).sum((1, 2, 3)) + 20
    dice = 1 - both / (p.sum((1, 2, 3)) + target.sum((1, 2, 3)) + 20)
    return cross * 4 + dice.mean()


def running_mean(mean, new, n):
    """Of the last 300 steps or so; of fewer at first, so that the random start is soon forgotten."""
    return mean + (new - mean) * max(1 / 300, 3.0 / (float(n) + 3)) if mean.is_floating_point() else new


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--samples", type=Path, required=True)
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--fold", default="all")
    words.add_argument("--threads", type=int, default=1)
    given = words.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(given.threads)
    numbers = CONFIG["finder"]
    torch.manual_seed(CONFIG["seed"])
    pixels = np.load(given.samples / "pixels.npy", mmap_mode="r")
    boxes = np.load(given.samples / "boxes.npy")
    groups = json.loads((given.samples / "groups.json").read_text())
    left_out = None if given.fold == "all" else int(given.fold)
    use = np.array([n for n, g in enumerate(groups) if not g or fold_of(g) != left_out or left_out is None])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = Finder().to(device, memory_format=torch.channels_last)
    mean = torch.optim.swa_utils.AveragedModel(net, avg_fn=running_mean, use_buffers=True)
    optimiser = torch.optim.AdamW(net.parameters(), numbers["rate"], weight_decay=numbers["decay"])
    state, first = given.out / f"fold{given.fold}.state", 0
    if state.exists():
        saved = torch.load(state, weights_only=False)
        for part, name in ((net, "net"), (mean, "mean"), (optimiser, "optimiser")):
            part.load_state_dict(saved[name])
        first = saved["step"]
    begin, total = time.time(), 0.0
    for step in range(first, numbers["steps"]):
        rng = np.random.default_rng([CONFIG["seed"], step])
        at = np.sort(rng.choice(use, numbers["batch"], replace=False))
        turn = np.where(rng.random(len(at)) < UPRIGHT, 0, rng.integers(1, 4, len(at)))
        levels = np.stack([np.rot90(pixels[n], -k) for n, k in zip(at, turn)])
        wanted = boxes[at].copy()
        wanted[turn > 0] = np.nan
        picture = torch.from_numpy(np.ascontiguousarray(levels.transpose(0, 3, 1, 2))).to(device).float() / 255.0
        # A little of light and contrast anew, since every sample is seen several times.
        gain = torch.tensor(rng.uniform(0.8, 1.2, (len(at), 3, 1, 1)), dtype=torch.float32)
        shift = torch.tensor(rng.uniform(-0.1, 0.1, (len(at), 1, 1, 1)), dtype=torch.float32)
        picture = (picture * gain.to(device) + shift.to(device)).clamp(0, 1)
        done = step / numbers["steps"]
        for group in optimiser.param_groups:
            group["lr"] = numbers["rate"] * min((step + 1) / 100, 0.5 + 0.5 * np.cos(np.pi * done) + 0.003)
        with torch.autocast(device, dtype=torch.bfloat16):
            heat = net(picture.to(memory_format=torch.channels_last))
        loss = loss_of(heat.float(), targets(wanted).to(device))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        mean.update_parameters(net)
        total += loss.item()
        if (step + 1) % 100 == 0:
            speed = (step + 1 - first) * numbers["batch"] / (time.time() - begin)
            print(f"{step + 1} loss {total / 100:.4f} {speed:.0f}/s", flush=True)
            total = 0.0
        if (step + 1) % 200 == 0:
            saved = {"net": net.state_dict(), "mean": mean.state_dict(), "optimiser": optimiser.state_dict()}
            torch.save({**saved, "step": step + 1}, state.with_suffix(".new"))
            state.with_suffix(".new").rename(state)
    torch.save(mean.module.state_dict(), given.out / f"fold{given.fold}.pt")


if __name__ == "__main__":
    main()
