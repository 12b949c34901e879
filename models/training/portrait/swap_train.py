"""Trains the substitution check's heads on windows that `swap_data.py` cut.

`python swap_train.py --windows C/swap --out RUN --without fold0` trains without a fold of document kinds (`fold0`,
`fold1`, `fold2`), without a family (`composite`, `drawn`), or on everything (`nothing`). Real photographs as they are
(`plain`) are never trained on: they are all genuine, and the model would learn to know them.
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from features import Features
from sources import CONFIG, fold_of
from swap_net import Head, compared
from windows import JUDGED, N_INSIDE

INNER = [*range(N_INSIDE), *range(JUDGED, 35)]
"""Windows that have fixed features."""


@dataclass(frozen=True)
class Table:
    """All pictures: what is known of each, compared features n x 9 x 5F, border windows n x 12 x 64 x 64 x 3 bytes."""

    rows: list[dict]
    inside: np.ndarray
    border: list[np.ndarray]  # one array a file
    where: np.ndarray  # n x 2: file, row
    rest: np.ndarray  # n x F, mean features of the rest: for the probe

    def borders(self, at) -> torch.Tensor:
        """Border windows of the pictures `at`: k x 12 x 3 x 64 x 64 in 0..1."""
        levels = np.stack([self.border[f][r] for f, r in self.where[at]])
        return torch.from_numpy(levels).permute(0, 1, 4, 2, 3).float() / 255.0


def opened(folder: Path, training: bool = True) -> Table:
    """Reads all parts; features are made once for each and kept beside it. Windows are in memory for a training only."""
    fixed = Features().eval()
    rows, inside, border, where, rest = [], [], [], [], []
    for number, path in enumerate(sorted(folder.glob("windows-*.npy"))):
        windows = np.load(path, mmap_mode="r")
        kept = path.with_name(path.name.replace("windows-", "features-"))
        if not kept.exists():
            found = []
            with torch.no_grad():
                for start in range(0, len(windows), 8):
                    some = torch.from_numpy(windows[start : start + 8][:, INNER]).permute(0, 1, 4, 2, 3).float() / 255.0
                    found.append(fixed(some.flatten(0, 1)).unflatten(0, some.shape[:2]).numpy())
            np.save(kept.with_suffix(".new.npy"), np.concatenate(found).astype(np.float32))
            kept.with_suffix(".new.npy").rename(kept)
        features = torch.from_numpy(np.load(kept))
        gap = torch.zeros(len(features), JUDGED - N_INSIDE, features.shape[2])
        whole = torch.cat([features[:, :N_INSIDE], gap, features[:, N_INSIDE:]], 1)
        inside.append(compared(whole).numpy().astype(np.float16))
        rest.append(features[:, N_INSIDE:].mean(1).numpy())
        border.append(np.ascontiguousarray(windows[:, N_INSIDE:JUDGED]) if training else windows[:, N_INSIDE:JUDGED])
        where.append(np.stack((np.full(len(windows), number), np.arange(len(windows))), 1))
        rows += json.loads(path.with_name(path.name.replace("windows-", "rows-")).with_suffix(".json").read_text())
    return Table(rows, np.concatenate(inside), border, np.concatenate(where), np.concatenate(rest))


def fit_for(row: dict, without: str) -> bool:
    """Whether a picture may be learnt from."""
    if row["family"] == "plain" or row["family"] == without:
        return False
    return not (without.startswith("fold") and fold_of(row["group"]) == int(without[4:]))


def scores(heads, table: Table, at) -> np.ndarray:
    """Logits of the judged windows, the mean of the heads: len(at) x 21."""
    found = []
    with torch.no_grad():
        for start in range(0, len(at), 32):
            some = at[start : start + 32]
            inside = torch.from_numpy(table.inside[some]).float()
            border = table.borders(some)
            found.append(sum(head.eval()(inside, border) for head in heads).numpy() / len(heads))
    return np.concatenate(found)


def inside_alone(head: Head, inside, live, weight, seed: int) -> None:
    """Trains the perceptron on the fixed features: it costs next to nothing, so it runs long before the border's network."""
    numbers = CONFIG["swap"]
    inside, live, weight = torch.from_numpy(inside).float(), torch.from_numpy(live), torch.from_numpy(weight)
    optimiser = torch.optim.AdamW(head.inside.parameters(), numbers["rate"], weight_decay=numbers["decay"])
    rng = np.random.default_rng([seed, 99])
    steps = numbers["epochs_inside"] * max(len(live) // numbers["batch"], 1)
    head.train()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = numbers["rate"] * (0.5 + 0.5 * np.cos(np.pi * step / steps) + 0.003)
        pick = torch.from_numpy(rng.choice(len(live), min(numbers["batch"], len(live)), replace=False))
        x = inside[pick] + numbers["noise"] * torch.randn_like(inside[pick][:, :1])
        mean = head.judged_inside(x).mean(1)
        loss = F.binary_cross_entropy_with_logits(mean, live[pick] * 0.96 + 0.02, weight=weight[pick])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def trained(table: Table, without: str, seed: int, out: Path) -> Head:
    """One head; goes on from its last checkpoint."""
    numbers = CONFIG["swap"]
    done = out / f"{without}-{seed}.pt"
    at = np.array([n for n, row in enumerate(table.rows) if fit_for(row, without)])
    live = np.array([table.rows[n]["way"] == "genuine" for n in at], np.float32)
    # A family weighs the same as the other, and live the same as attack.
    weight = np.empty(len(at), np.float32)
    families = np.array([table.rows[n]["family"] for n in at])
    for family in set(families):
        for side in (0.0, 1.0):
            mine = (families == family) & (live == side)
            weight[mine] = 1.0 / mine.sum()
    weight *= len(at) / weight.sum()
    torch.manual_seed(seed)
    head = Head(table.rest.shape[1], numbers["hidden"], numbers["dropout"])
    some = torch.from_numpy(table.inside[at]).float().flatten(0, 1)
    head.mean.copy_(some.mean(0))
    head.deviation.copy_(some.std(0) + 1e-3)
    if done.exists():
        head.load_state_dict(torch.load(done))
        return head
    optimiser = torch.optim.AdamW(head.parameters(), numbers["rate"], weight_decay=numbers["decay"])
    state, first = done.with_suffix(".state"), 0
    if state.exists():
        saved = torch.load(state, weights_only=False)
        head.load_state_dict(saved["head"])
        optimiser.load_state_dict(saved["optimiser"])
        first = saved["epoch"]
    if first == 0:
        inside_alone(head, table.inside[at], live, weight, seed)
    steps = max(len(at) // numbers["batch"], 1)
    begin = time.time()
    for epoch in range(first, numbers["epochs"]):
        rng = np.random.default_rng([seed, epoch])
        torch.manual_seed(seed * 1000 + epoch)
        order, total = rng.permutation(len(at)), 0.0
        head.train()
        for step in range(steps):
            pick = order[step * numbers["batch"] : (step + 1) * numbers["batch"]]
            progress = (epoch * steps + step) / (numbers["epochs"] * steps)
            for group in optimiser.param_groups:
                group["lr"] = numbers["rate"] * min((epoch * steps + step + 1) / 40, 0.5 + 0.5 * np.cos(np.pi * progress) + 0.003)
            inside = torch.from_numpy(table.inside[at[pick]]).float()
            inside = inside + numbers["noise"] * torch.randn_like(inside[:, :1])
            border = table.borders(at[pick])
            if rng.random() < 0.5:
                border = border.flip(4)
            border = border * torch.tensor(rng.uniform(0.8, 1.2, (len(pick), 1, 3, 1, 1)), dtype=torch.float32)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = head(inside, border)
            logits = logits.float()
            target = torch.from_numpy(live[pick])
            share = torch.from_numpy(weight[pick])
            mean = F.binary_cross_entropy_with_logits(logits.mean(1), target * 0.96 + 0.02, weight=share)
            each = F.binary_cross_entropy_with_logits(
                logits, target[:, None].expand_as(logits) * 0.96 + 0.02, weight=share[:, None].expand_as(logits)
            )
            loss = mean + numbers["rows_share"] * each
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), 5.0)
            optimiser.step()
            total += mean.item()
        print(f"{without} {seed} epoch {epoch + 1} loss {total / steps:.4f} {time.time() - begin:.0f} s", flush=True)
        saved = {"head": head.state_dict(), "optimiser": optimiser.state_dict(), "epoch": epoch + 1}
        torch.save(saved, state.with_suffix(".new"))
        state.with_suffix(".new").rename(state)
    torch.save(head.state_dict(), done)
    return head


def heads_of(runs: Path, without: str, n_features: int) -> list[Head]:
    """The heads that were trained without something."""
    numbers = CONFIG["swap"]
    heads = []
    for path in sorted(runs.glob(f"{without}-*.pt")):
        head = Head(n_features, numbers["hidden"], numbers["dropout"])
        head.load_state_dict(torch.load(path))
        heads.append(head.eval())
    if not heads:
        raise SystemExit(f"no training without {without} in {runs}")
    return heads


def judged(table: Table, without: str, runs: Path) -> tuple[np.ndarray, np.ndarray]:
    """The pictures that were left out and their logits by the heads that did not see them; kept beside the heads."""
    if without.startswith("fold"):
        at = [n for n, r in enumerate(table.rows) if r["family"] != "drawn" and fold_of(r["group"]) == int(without[4:])]
    else:
        at = [n for n, r in enumerate(table.rows) if r["family"] == without]
    kept = runs / f"scores-{without}.npy"
    if not kept.exists() or len(np.load(kept)) != len(at):
        np.save(kept, scores(heads_of(runs, without, table.rest.shape[1]), table, np.array(at)))
    return np.array(at), np.load(kept)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--windows", type=Path, required=True)
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--without", nargs="+", default=["fold0", "fold1", "fold2", "composite", "drawn", "nothing"])
    given = words.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    table = opened(given.windows)
    for number in range(CONFIG["swap"]["seeds"]):
        for without in given.without:
            trained(table, without, CONFIG["seed"] + number, given.out)
    for without in given.without:
        if without != "nothing":
            judged(table, without, given.out)


if __name__ == "__main__":
    main()
