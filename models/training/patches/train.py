"""Trains the patch network on the CPU.

`python train.py --cache CACHE --out RUN --steps N [--leave-out FOLD] [--made MADE] [--begin-with RUN]`

Writes `RUN/checkpoint.pt` every few minutes and goes on from it when started again. With
`--leave-out` the fold's sources and document kinds are never seen; without it all are. `--begin-with`
takes the weights of another run, for instance one on made pictures alone (`--made-only`).
"""

import argparse
import logging
import time
import tomllib
from pathlib import Path

import cv2
import torch
from torch.utils.data import DataLoader

from batches import Batches
from data import Pictures
from made import MadePatches
from network import PatchNetwork
from splits import fold_of

SAVE_EVERY = 100
SAY_EVERY = 25


def loss_of(
    logits: torch.Tensor,
    owners: torch.Tensor,
    targets: torch.Tensor,
    weights: torch.Tensor,
    settings: dict,
) -> torch.Tensor:
    """Cross entropy of patches and of whole pictures, live and attack weighing the same in each check."""
    smooth = settings["label_smoothing"]
    balanced = torch.zeros_like(weights)
    for side in (0.0, 1.0):
        of = weights * (targets == side)
        balanced += of / of.sum(dim=0).clamp(min=1e-6)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits
    soft = targets * (1.0 - smooth) + smooth / 2.0
    pictures = torch.zeros_like(targets).index_add_(0, owners, logits)
    counts = torch.bincount(owners, minlength=len(targets)).unsqueeze(1)
    by_picture = (entropy(pictures / counts, soft, reduction="none") * balanced).sum()
    by_patch = entropy(logits, soft[owners], reduction="none") * (balanced / counts)[owners]
    share = settings["picture_weight"]
    return share * by_picture + (1.0 - share) * by_patch.sum()


def blend(average: PatchNetwork, network: PatchNetwork, decay: float) -> None:
    """Moves the averaged network towards the trained one."""
    with torch.no_grad():
        for old, new in zip(average.state_dict().values(), network.state_dict().values()):
            if old.dtype.is_floating_point:
                old.lerp_(new, 1.0 - decay)
            else:
                old.copy_(new)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cache", type=Path, required=True, help="folder written by data.py")
    words.add_argument("--out", type=Path, required=True, help="folder of this run")
    words.add_argument("--steps", type=int, required=True)
    words.add_argument("--leave-out", type=int, help="fold that is not seen")
    words.add_argument("--made", type=Path, nargs="*", default=[], help="banks of made patches")
    words.add_argument("--made-only", action="store_true", help="no real picture at all")
    words.add_argument("--begin-with", type=Path, help="run whose weights to begin with")
    words.add_argument("--rate", type=float, help="learning rate, else that of config.toml")
    words.add_argument("--seed", type=int, help="else that of config.toml")
    words.add_argument("--threads", type=int, default=1)
    words.add_argument("--workers", type=int, default=1)
    given = words.parse_args()

    given.out.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(given.out / "log.txt")],
    )
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    settings = config["training"]
    seed = config["seed"] if given.seed is None else given.seed
    rate = given.rate or settings["learning_rate"]
    torch.set_num_threads(given.threads)
    torch.manual_seed(seed)
    cv2.setNumThreads(1)

    pictures = Pictures(given.cache)

    def allowed(kind: str, group: str) -> bool:
        return given.leave_out is None or fold_of(kind, group, config["folds"]) != given.leave_out

    seen = [entry for entry in pictures.entries if allowed(entry.kind, entry.group)]
    made = None
    if given.made:
        made = MadePatches(given.made, lambda row: allowed(row["kind"], row["group"]))
    batch = dict(config["batch"])
    if given.made_only:
        batch.update(scene_pairs=0, document_pairs=0, other_genuine=2, made=30)
    batches = Batches(pictures, seen, made, batch, seed)

    network = PatchNetwork().to(memory_format=torch.channels_last)
    average = PatchNetwork().to(memory_format=torch.channels_last).eval()
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=rate, weight_decay=settings["weight_decay"]
    )
    warm = settings["warm_up_steps"]
    schedule = torch.optim.lr_scheduler.SequentialLR(
        optimiser,
        [
            torch.optim.lr_scheduler.LinearLR(optimiser, 0.05, total_iters=warm),
            torch.optim.lr_scheduler.CosineAnnealingLR(
                optimiser, max(given.steps - warm, 1), eta_min=rate * 0.01
            ),
        ],
        [warm],
    )
    first = 0
    checkpoint = given.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        first = saved["step"]
        network.load_state_dict(saved["network"])
        average.load_state_dict(saved["average"])
        optimiser.load_state_dict(saved["optimiser"])
        schedule.load_state_dict(saved["schedule"])
        logging.info("going on from step %d", first)
    elif given.begin_with:
        saved = torch.load(given.begin_with / "checkpoint.pt", weights_only=True)
        network.load_state_dict(saved["average"])
        average.load_state_dict(saved["average"])
    else:
        average.load_state_dict(network.state_dict())

    loader = DataLoader(
        batches,
        sampler=range(first, given.steps),
        batch_size=None,
        num_workers=given.workers,
        prefetch_factor=4 if given.workers else None,
        worker_init_fn=lambda _: cv2.setNumThreads(1),
    )
    network.train()
    running, began, patches_seen = 0.0, time.monotonic(), 0
    for step, (patches, owners, targets, weights) in enumerate(loader, first + 1):
        levels = patches.to(torch.bfloat16).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(levels)
        loss = loss_of(logits.float(), owners, targets, weights, settings)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        # A short memory at first, or the average would keep the weights it began with.
        blend(average, network, min(settings["average_decay"], step / (step + 10.0)))
        running += loss.item()
        patches_seen += len(patches)
        if step % SAY_EVERY == 0:
            pace = patches_seen / (time.monotonic() - began)
            logging.info("step %d loss %.4f, %.0f patches/s", step, running / SAY_EVERY, pace)
            running = 0.0
        if step % SAVE_EVERY == 0 or step == given.steps:
            torch.save(
                {
                    "step": step,
                    "network": network.state_dict(),
                    "average": average.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "schedule": schedule.state_dict(),
                },
                checkpoint.with_suffix(".new"),
            )
            checkpoint.with_suffix(".new").replace(checkpoint)


if __name__ == "__main__":
    main()
