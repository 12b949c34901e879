"""Where genuine documents of kinds left out go by all four checks, each judged by models that never saw the kind.

`python together.py --pictures C/real/pictures.json --patches A --substitution B --edits C`: the last three as `--keep-rows`
of `patches/release.py`, `portrait/swap_found.py` and `edits/release.py` wrote them. A document passes where every check
reaches REGULAR; the route is that of the lowest probability by the usual band, 0.25 to 0.5. A document in which no portrait
was found goes nowhere: another picture is asked for. Intervals are 95 %, from resampling document kinds.
"""

import argparse
import json
from pathlib import Path

import numpy as np

REGULAR, BAND = 0.5, (0.25, 0.5)
ROUNDS = 1000
CHECKS = ("screenReplay", "printedCopy", "portraitSubstitution", "digitalManipulation")


def joined(pictures: list[dict], patches: list[dict], substitution: list[dict], edits: list[dict]) -> list[dict]:
    """The genuine documents with what each check says of them; None where it did not look."""
    found = {}
    for row in patches:
        picture = pictures[row["number"]]
        if (row["label"], row["kind"]) == ("genuine", "id_document"):
            if (picture["label"], picture["group"]) != (row["label"], row["group"]):
                raise SystemExit("the answers about patches are of other pictures")
            found[picture["path"]] = {name: row.get(name) for name in CHECKS} | {"group": row["group"]}
    for row in substitution:
        found[row["path"]]["portraitSubstitution"] = row["portraitSubstitution"]
    for row in edits:
        if row["label"] == "genuine":
            found[row["clip"]]["digitalManipulation"] = row["digitalManipulation"]
    return list(found.values())


def share(rows: list[dict], holds) -> str:
    """The share of the documents for which something holds, with its interval over kinds."""
    groups = sorted({row["group"] for row in rows})
    of = {g: np.array([float(holds(row)) for row in rows if row["group"] == g]) for g in groups}
    rng = np.random.default_rng(1)
    drawn = [np.concatenate([of[groups[i]] for i in rng.integers(len(groups), size=len(groups))]).mean() for _ in range(ROUNDS)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return f"{100 * np.concatenate(list(of.values())).mean():.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def lowest(row: dict) -> float | None:
    """The least of the four probabilities; None if a check did not look."""
    said = [row[name] for name in CHECKS]
    return None if None in said else min(said)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    for name in ("pictures", "patches", "substitution", "edits"):
        words.add_argument(f"--{name}", type=Path, required=True)
    given = words.parse_args()
    rows = joined(*(json.loads(getattr(given, n).read_text()) for n in ("pictures", "patches", "substitution", "edits")))

    def between(low: float, high: float):
        return lambda row: lowest(row) is not None and low <= lowest(row) <= high

    print(f"| {len(rows)} genuine documents of {len({row['group'] for row in rows})} kinds, each kind left out | share |")
    print("| --- | --- |")
    for name in CHECKS:
        print(f"| pass `{name}` at REGULAR | {share(rows, lambda row, name=name: (row[name] or 0.0) >= REGULAR)} |")
    print(f"| pass all four | {share(rows, between(REGULAR, 1.0))} |")
    print(f"| review: the lowest in the band, {BAND[0]} to {BAND[1]} | {share(rows, between(*BAND))} |")
    print(f"| reject: the lowest below it | {share(rows, lambda row: lowest(row) is not None and lowest(row) < BAND[0])} |")
    print(f"| no portrait found | {share(rows, lambda row: lowest(row) is None)} |")


if __name__ == "__main__":
    main()
