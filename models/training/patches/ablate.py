"""What each decision is worth: perceptrons on other terms, three seeds each, judged on left-out folds.

`python ablate.py --plain C/plain.npz --treated C/treated.npz --made C/made.npz --out FILE.json`

Perceptrons, because they train in seconds; the networks share their spectra and their data. Every row is
trained anew without each fold. Rows that are there already are not done again, so it may be stopped; a row says of
how many seeds it is.
Prints the table and, with `--card README.md`, puts it between its marks there.
"""

import argparse
import json
import tomllib
from pathlib import Path

import numpy as np
import torch

from figures import auc
from head import Table, groups, joined, mean_logits, opened, train
from release import put_between
from spectra import CHECKS, periods
from splits import fold_of

SEEDS = (1, 2, 3)


def columns(keep) -> torch.Tensor:
    """1 for every feature for which `keep(plane, peaks, waves a window / the most there can be)` holds, else 0."""
    found = []
    for number, (_, side) in enumerate(groups()):
        radius = np.hypot(*np.array(periods(side), float).T) / (side / 2)
        found += [float(keep(number // 2, number % 2 == 1, r)) for r in radius]
    return torch.tensor(found)


FEATURES = {
    "brightness alone": lambda plane, peaks, r: plane == 0,
    "colour alone": lambda plane, peaks, r: plane > 0,
    "without what peaks add": lambda plane, peaks, r: not peaks,
    "high-pass: periods under 4 px alone": lambda plane, peaks, r: r > (0.5 if plane == 0 else 1.0),
    "low-pass: periods over 4 px alone": lambda plane, peaks, r: r <= (0.5 if plane == 0 else 1.0),
}
"""Which features are left, where not all. The shortest period is 2 px, of colour (halved first) 4 px."""

SETTINGS = {"without jitter of features": {"noise": 0.0, "lift": 0.0, "blur": 0.0}}

DATA = {
    "without made pieces": lambda row: not row["made"],
    "made pieces alone": lambda row: row["made"],
    "scenes untreated": lambda row: row["made"] or not row["treated"] or row["kind"] == "id_document",
}


def masked(table: Table, mask: torch.Tensor | None) -> Table:
    """The features that are left; the others all 0."""
    return table if mask is None else Table(table.features * mask, table.owners, table.rows)


def few(table: Table, count: int, seed: int) -> Table:
    """At most so many patches of each picture."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(table.owners))
    seen = np.zeros(len(table.rows), int)
    kept = []
    for patch in order:
        owner = table.owners[patch]
        if seen[owner] < count:
            seen[owner] += 1
            kept.append(patch)
    kept = np.sort(kept)
    return Table(table.features[torch.from_numpy(kept)], table.owners[kept], table.rows)


def scores(logits: np.ndarray, rows: list[dict]) -> list[float]:
    """AUC of either check."""
    found = []
    for check, (kind, attack) in enumerate((("scene", "screen"), ("id_document", "print"))):
        sides = [
            logits[[i for i, r in enumerate(rows) if r["kind"] == kind and r["label"] == label], check]
            for label in ("genuine", attack)
        ]
        found.append(auc(*sides))
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    for name in ("plain", "treated", "made"):
        words.add_argument(f"--{name}", type=Path, required=True, help="as describe.py wrote it")
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--card", type=Path)
    words.add_argument("--seeds", type=int, default=len(SEEDS), help="how many seeds, for a quicker look")
    words.add_argument("--only", nargs="*", help="some rows, by their names; none for those that are there")
    given = words.parse_args()
    torch.set_num_threads(1)
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    folds = config["folds"]
    tables = {name: opened(getattr(given, name)) for name in ("plain", "treated", "made")}
    everything = joined(list(tables.values())).only(lambda row: row["kind"] != "flat_template")
    found = json.loads(given.out.read_text()) if given.out.exists() else {}

    def fold(row: dict) -> int | None:
        return fold_of(row["kind"], row["group"], folds)

    def measured(name: str, seed: int, mask=None, settings=None, keep=lambda row: True, judged=None) -> None:
        """Adds a row: AUC of screens and prints as they are, then treated."""
        counts = [f"{name} {count} patches" for count in judged or ()]
        if all(f"{one}/{seed}" in found for one in counts or [name]):
            return
        some = {n: {name: tables[n]} for n in ("plain", "treated")}
        if judged:
            some = {n: {one: few(tables[n], c, seed) for one, c in zip(counts, judged)} for n in some}
        said = {(n, one): np.full((len(tables[n].rows), len(CHECKS)), np.nan) for n in some for one in some[n]}
        for number in range(len(folds["screens"])):
            table = masked(everything.only(lambda row: fold(row) != number and keep(row)), mask)
            head = train(table, {**config["head"], "finest": False, **(settings or {})}, seed)
            for (n, one), of in said.items():
                at = [fold(row) == number for row in some[n][one].rows]
                part = masked(some[n][one].only(lambda row: fold(row) == number), mask)
                of[at] = mean_logits([head], part)
        for one in some["plain"]:
            values = [scores(said[n, one], tables[n].rows) for n in ("plain", "treated")]
            found[f"{one}/{seed}"] = [*values[0], *values[1]]
            print(f"{one}/{seed}", found[f"{one}/{seed}"], flush=True)
        given.out.write_text(json.dumps(found, indent=1))

    rows = {"everything": {}, "everything, mean over at most": {"judged": (6, 1)}}
    rows |= {name: {"keep": keep} for name, keep in DATA.items()}
    rows |= {name: {"mask": columns(keep)} for name, keep in FEATURES.items()}
    rows |= {name: {"settings": settings} for name, settings in SETTINGS.items()}
    for seed in SEEDS[: given.seeds]:
        for name, terms in rows.items():
            if given.only is None or name in given.only:
                measured(name, seed, **terms)

    lines = [
        "| perceptron | seeds | screens, as they are | screens, treated | prints, as they are | prints, treated |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in dict.fromkeys(key.rsplit("/", 1)[0] for key in found):
        values = np.array([found[f"{name}/{seed}"] for seed in SEEDS if f"{name}/{seed}" in found])[:, [0, 2, 1, 3]]
        cells = [f"{v.mean():.3f} ({v.min():.3f} to {v.max():.3f})" if len(v) > 1 else f"{v[0]:.3f}" for v in values.T]
        lines.append(f"| {name} | {len(values)} | " + " | ".join(cells) + " |")
    print("\n".join(lines))
    if given.card:
        put_between(given.card, "ablation", "\n".join(lines))


if __name__ == "__main__":
    main()
