"""Trains the locator and keeps the running average of its weights.

    python train.py --data DATA --out FOLDER --steps 12000

A training that was interrupted goes on from its last full round when the same command is given again, and ends at the same
weights: every round draws its samples by its own number.
"""

import argparse
import time
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

from make import Maker, again, pack
from net import Locator


REUSED = 6      # times each made sample is shown, turned and toned anew
KEPT = 600      # samples kept for that
ROUND = 1000    # steps after which a training can go on


class Stream(IterableDataset):
    """The endless samples of one round."""

    def __init__(self, maker, seed, number):
        self.maker, self.seed = maker, [seed, number]

    def __iter__(self):
        rng = self.maker.rng = np.random.default_rng(self.seed)
        kept = []
        while True:
            sample = self.maker.sample()
            if len(kept) < KEPT:
                kept.append(sample)
            else:
                kept[rng.integers(KEPT)] = sample
            yield pack(*sample)
            for _ in range(REUSED - 1):
                yield pack(*again(rng, *kept[rng.integers(len(kept))]))


def loss_of(logits, target, weight):
    """Cross entropy at corners and in the mask, more of it along the rim, and the mask's overlap."""
    corner, mask = logits[:, :1], logits[:, 1:]
    corner_to, mask_to = target[:, :1], target[:, 1:]
    near = F.avg_pool2d(mask_to, 7, 1, 3)
    rim = weight * (1 + 3 * ((near > 0.02) & (near < 0.98)))
    mask_loss = (F.binary_cross_entropy_with_logits(mask, mask_to, reduction="none") * rim).sum() / rim.sum()
    corner_loss = F.binary_cross_entropy_with_logits(corner, corner_to, reduction="none")
    corner_loss = (corner_loss * weight * (1 + 15 * corner_to)).sum() / weight.sum()
    p = torch.sigmoid(mask) * weight
    both = 2 * (p * mask_to).sum((1, 2, 3)) + 20
    dice = 1 - both / (p.sum((1, 2, 3)) + (mask_to * weight).sum((1, 2, 3)) + 20)
    return mask_loss, corner_loss, dice.mean()


def halved(picture, target, weight):
    """A batch at half the size."""
    target = torch.cat([F.max_pool2d(target[:, :1], 2), F.avg_pool2d(target[:, 1:], 2)], 1)
    return F.avg_pool2d(picture, 2), target, F.max_pool2d(weight, 2)


def running_mean(mean, new, n):
    """Of the last 200 steps or so; of fewer at first, so that the random start is soon forgotten."""
    return mean + (new - mean) * max(0.005, 3.0 / (float(n) + 3)) if mean.is_floating_point() else new


def learn(net, optimiser, batch, step, args, device):
    """One step; gives its three losses."""
    (picture, target, weight), done = batch, step / args.steps
    for group in optimiser.param_groups:
        group["lr"] = args.rate * min((step + 1) / 200, 0.5 + 0.5 * np.cos(np.pi * done) + 0.005)
    if done < args.small:
        picture, target, weight = halved(picture, target, weight)
    picture = picture.to(device, memory_format=torch.channels_last)
    with torch.autocast(device, dtype=torch.bfloat16):
        logits = net(picture)
    losses = loss_of(logits.float(), target.to(device), weight.to(device))
    optimiser.zero_grad()
    sum(losses).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimiser.step()
    return [loss.item() for loss in losses]


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--data", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--steps", type=int, default=12 * ROUND)
    args.add_argument("--batch", type=int, default=12)
    args.add_argument("--rate", type=float, default=2e-3)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=int, default=1)
    args.add_argument("--drawn", type=int, default=1000, help="made documents to draw first")
    args.add_argument("--papers", nargs="*", default=[], help="folders of documents drawn by the program")
    args.add_argument("--small", type=float, default=0.45, help="share of the steps at half the size: a quarter of "
                      "the work, and most is learnt there")
    args.add_argument("--start", help="a checkpoint to go on from")
    args = args.parse_args()
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    maker = Maker(args.data, args.seed, args.drawn, papers=args.papers)
    net = Locator().to(device, memory_format=torch.channels_last)
    if args.start:
        net.load_state_dict(torch.load(args.start))
    mean = torch.optim.swa_utils.AveragedModel(net, avg_fn=running_mean, use_buffers=True)
    optimiser = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=0.01)
    parts, step, sums = {"net": net, "mean": mean, "optimiser": optimiser}, 0, np.zeros(3)
    if (out / "round.pt").exists():
        kept = torch.load(out / "round.pt", map_location=device)
        step = kept.pop("step")
        for name, state in kept.items():
            parts[name].load_state_dict(state)
    while step < args.steps:
        begin, loader = time.time(), DataLoader(Stream(maker, args.seed, step // ROUND), args.batch, num_workers=1, prefetch_factor=4)
        for batch in islice(loader, min(ROUND, args.steps - step)):
            sums += learn(net, optimiser, batch, step, args, device)
            mean.update_parameters(net)
            step += 1
            if step % 50 == 0:
                rate = (step % ROUND or ROUND) * args.batch / (time.time() - begin)
                print(f"{step} {rate:.1f}/s mask {sums[0] / 50:.4f} corner {sums[1] / 50:.4f} overlap {sums[2] / 50:.4f}", flush=True)
                sums[:] = 0
        torch.save({"step": step} | {name: part.state_dict() for name, part in parts.items()}, out / "new.pt")
        (out / "new.pt").rename(out / "round.pt")
        torch.save(mean.module.state_dict(), out / "mean.pt")
    (out / "mean.pt").rename(out / "final.pt")


if __name__ == "__main__":
    main()
