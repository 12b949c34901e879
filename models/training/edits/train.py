"""Trains judges on measured cells. `release.py` calls it; by itself it trains one and saves it.

`python train.py --cells C/real C/drawn --out RUN [--without-fold N] [--family python]`
"""

import argparse
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from features import COUNT
from net import Judge

EDITED, TOUCHED = 0.3, 0.02
"""A cell counts as edited from the first share on; between the two it counts as neither."""


@dataclass
class Table:
    """Documents. `cells` are 24 x COUNT x 12 x 12 each in half precision and stay on disk until they
    are used; `marks` D x 24 x 12 x 12, 255 being all; `middles` D x COUNT, the means of a document."""

    rows: list[dict]
    cells: list[np.ndarray]
    marks: torch.Tensor
    middles: torch.Tensor

    def only(self, wanted) -> "Table":
        """The documents that a rule takes."""
        at = [i for i, row in enumerate(self.rows) if wanted(row)]
        return Table([self.rows[i] for i in at], [self.cells[i] for i in at], self.marks[at], self.middles[at])

    def document(self, i: int) -> torch.Tensor:
        """The measurements of one document."""
        return torch.from_numpy(self.cells[i].astype(np.float32))


def opened(folders: list[Path]) -> Table:
    """All finished shards of the folders."""
    rows, cells, marks, middles = [], [], [], []
    for folder in folders:
        for path in sorted(folder.glob("index-*.jsonl")):
            name = path.stem.split("-")[1]
            lines = path.read_text().splitlines()
            rows += [
                {**json.loads(line), "folder": folder.name, "id": f"{folder.name} {name} {n}"}
                for n, line in enumerate(lines)
            ]
            shard = np.load(folder / f"cells-{name}.npy", mmap_mode="r")
            cells += list(shard)
            marks.append(torch.from_numpy(np.load(folder / f"marks-{name}.npy")))
            means = folder / f"means-{name}.npy"
            if not means.exists():
                np.save(means, np.stack([d.astype(np.float32).mean(axis=(0, 2, 3)) for d in shard]))
            middles.append(torch.from_numpy(np.load(means)))
    return Table(rows, cells, torch.cat(marks), torch.cat(middles))


def weights(rows: list[dict], drawn: float) -> torch.Tensor:
    """What each document counts: live and edited the same in sum, families by the setting."""
    keys = [(row["family"] == "rust", row["live"]) for row in rows]
    total = {key: keys.count(key) for key in set(keys)}
    share = {key: (drawn if key[0] else 1.0) for key in total}
    found = torch.tensor([share[key] / total[key] for key in keys])
    return found / found.mean()


def train(table: Table, settings: dict, seed: int, say: bool = False) -> Judge:
    """One judge. The same for the same seed and table."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    judge = Judge(settings["hidden"], settings["limit"])
    sample = torch.stack([table.document(i) for i in rng.permutation(len(table.rows))[:150]])
    own = sample - sample.mean(dim=(1, 3, 4), keepdim=True)
    judge.mean.copy_(sample.mean(dim=(0, 1, 3, 4)).reshape(1, COUNT, 1, 1))
    judge.deviation.copy_(sample.std(dim=(0, 1, 3, 4)).reshape(1, COUNT, 1, 1) + 1e-3)
    judge.own_deviation.copy_(own.std(dim=(0, 1, 3, 4)).reshape(1, COUNT, 1, 1) + 1e-3)
    weight = weights(table.rows, settings["drawn_weight"])
    live = torch.tensor([float(row["live"]) for row in table.rows])
    jobs: dict = {}
    for i, row in enumerate(table.rows):
        # Partners go together; of what the program drew, those are the same document.
        name = row["group"] if row["family"] == "rust" else row["job"]
        jobs.setdefault((row["folder"], name), []).append(i)
    jobs = list(jobs.values())
    per_step, few = settings["jobs"], settings["windows"]
    steps = settings["epochs"] * (len(jobs) // per_step)
    optimiser = torch.optim.AdamW(judge.parameters(), lr=settings["rate"], weight_decay=settings["decay"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings["rate"], total_steps=steps + 1)
    done = 0
    for epoch in range(settings["epochs"]):
        order, losses = rng.permutation(len(jobs)), []
        for start in range(0, len(jobs) - per_step + 1, per_step):
            picked = [jobs[j] for j in order[start : start + per_step]]
            at = [i for job in picked for i in job]
            cells, marks = [], []
            for job in picked:
                # Windows with an edit first, and partners see the same windows.
                touched = table.marks[job].amax(dim=(2, 3)).numpy() > 0
                seen = touched[~touched.all(axis=1)].any(axis=0)
                mixed = rng.permutation(24)
                first = mixed[np.argsort(~seen[mixed], kind="stable")][:few]
                cells += [torch.from_numpy(table.cells[i][first].astype(np.float32)) for i in job]
                marks += [table.marks[i][first] for i in job]
            cells = torch.stack(cells)
            marks = torch.stack(marks).float() / 255.0
            shift = torch.randn(len(at), 1, COUNT, 1, 1) * settings["jitter"] * judge.own_deviation
            cells = cells + shift
            middle = table.middles[at][:, None, :, None, None] + shift
            middle = middle.expand(-1, few, -1, -1, -1).flatten(0, 1)
            with torch.autocast("cpu", torch.bfloat16):
                logits = judge(cells.flatten(0, 1), middle)
            logits = logits.float().reshape(len(at), few, 12, 12)
            of = weight[at]
            edited = (marks >= EDITED).float()
            clean = (marks <= TOUCHED).float()
            positive = edited / edited.sum(dim=(1, 2, 3), keepdim=True).clamp(min=1.0)
            negative = clean / clean.sum(dim=(1, 2, 3), keepdim=True).clamp(min=1.0)
            negative = negative * torch.where(live[at] > 0.5, 1.0, 0.5)[:, None, None, None]
            losses_of = F.softplus(-logits) * positive + F.softplus(logits) * negative
            cell_loss = (losses_of.sum(dim=(1, 2, 3)) * of).mean()
            pooled = torch.log(logits.exp().mean(dim=(1, 2, 3)))
            reached = (live[at] > 0.5) | (edited.sum(dim=(1, 2, 3)) > 0)
            document = F.binary_cross_entropy_with_logits(
                judge.document(pooled), 1.0 - live[at], reduction="none"
            )
            document = (document * of * reached).mean()
            loss = settings["cell_weight"] * cell_loss + (1.0 - settings["cell_weight"]) * document
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            done += 1
            losses.append((cell_loss.item(), document.item()))
        if say:
            cell_loss, document = np.mean(losses, axis=0)
            print(f"epoch {epoch}: cells {cell_loss:.3f}, documents {document:.3f}", flush=True)
    return judge.eval()


def judged(judges: list[Judge], table: Table) -> np.ndarray:
    """D x 24 logits of windows, high is untouched: what the shipped model gives."""
    answers = []
    with torch.inference_mode():
        for i in range(len(table.rows)):
            cells = table.document(i)
            middle = table.middles[i][None, :, None, None]
            odds = [judge(cells, middle).exp().mean(dim=(1, 2, 3)) for judge in judges]
            answers.append(torch.stack([-torch.log(o) for o in odds]).mean(dim=0))
    return torch.stack(answers).numpy()


def pooled(windows: np.ndarray) -> np.ndarray:
    """D x 24 logits to D: minus the logarithm of the mean of exp(-logit)."""
    return -np.log(np.exp(-windows.astype(np.float64)).mean(axis=1))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cells", type=Path, nargs="+", required=True)
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--without-fold", type=int)
    words.add_argument("--family", default="python real rust")
    given = words.parse_args()
    torch.set_num_threads(1)
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    table = opened(given.cells)
    some = table.only(lambda r: r["family"] in given.family.split() and r["fold"] != given.without_fold)
    judge = train(some, config["train"], config["seed"], say=True)
    given.out.mkdir(parents=True, exist_ok=True)
    torch.save(judge.state_dict(), given.out / "judge.pt")
    if given.without_fold is not None:
        rest = table.only(lambda r: r["fold"] == given.without_fold)
        scores = pooled(judged([judge], rest))
        for family in ("python", "rust"):
            for sort in sorted({r["edit"] for r in rest.rows if r["family"] == family} - {"none"}):
                a = np.array([s for s, r in zip(scores, rest.rows) if r["live"] and r["family"] == family])
                b = np.array([s for s, r in zip(scores, rest.rows) if r["edit"] == sort and r["family"] == family])
                print(family, sort, len(a), len(b), round(float((a[:, None] > b[None]).mean()), 3))


if __name__ == "__main__":
    main()
