"""Trains the locator for a given time of the processor and keeps the running average of its weights.

    python train.py --data DATA --out FOLDER --minutes 85
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

from make import Maker, again, pack
from net import Locator


REUSED = 6      # times each made sample is shown, turned and toned anew
KEPT = 600      # samples kept for that


class Stream(IterableDataset):
    """Endless samples; each worker and each start draws its own."""

    def __init__(self, maker, seed):
        self.maker, self.seed = maker, seed

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        rng = self.maker.rng = np.random.default_rng([self.seed, info.id if info else 0])
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


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--data", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--minutes", type=float, default=85, help="of the processor; others on the machine do not count")
    args.add_argument("--batch", type=int, default=12)
    args.add_argument("--rate", type=float, default=2e-3)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--threads", type=int, default=1)
    args.add_argument("--drawn", type=int, default=1000, help="made documents to draw first")
    args.add_argument("--papers", nargs="*", default=[], help="folders of documents drawn by the program")
    args.add_argument("--small", type=float, default=0.45, help="share of the time at half the size: a quarter of "
                      "the work, and most is learnt there")
    args.add_argument("--start", help="a checkpoint to go on from")
    args = args.parse_args()
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    maker = Maker(args.data, args.seed, args.drawn, papers=args.papers)
    loader = DataLoader(Stream(maker, args.seed), args.batch, num_workers=1, prefetch_factor=4)
    net = Locator().to(device, memory_format=torch.channels_last)
    if args.start:
        net.load_state_dict(torch.load(args.start))
    mean = torch.optim.swa_utils.AveragedModel(net, avg_fn=running_mean, use_buffers=True)
    optimiser = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=0.01)
    begin, step, sums = time.process_time(), 0, np.zeros(3)
    for picture, target, weight in loader:
        done = (time.process_time() - begin) / 60 / args.minutes
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min((step + 1) / 200, 0.5 + 0.5 * np.cos(np.pi * done) + 0.005)
        if done < args.small:
            picture, target, weight = halved(picture, target, weight)
        picture = picture.to(device, memory_format=torch.channels_last)
        with torch.autocast(device, dtype=torch.bfloat16):
            logits = net(picture)
        parts = loss_of(logits.float(), target.to(device), weight.to(device))
        optimiser.zero_grad()
        sum(parts).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        mean.update_parameters(net)
        sums += [part.item() for part in parts]
        step += 1
        if step % 50 == 0:
            rate = step * args.batch / (time.process_time() - begin)
            print(f"{step} {done:.3f} {rate:.1f}/s mask {sums[0] / 50:.4f} corner {sums[1] / 50:.4f} "
                  f"overlap {sums[2] / 50:.4f}", flush=True)
            sums[:] = 0
        if step % 100 == 0:
            torch.save(mean.module.state_dict(), out / "new.pt")
            (out / "new.pt").rename(out / "mean.pt")
    torch.save(mean.module.state_dict(), out / "final.pt")


if __name__ == "__main__":
    main()
