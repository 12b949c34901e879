"""What each picture is to say: its targets, and how much it weighs for each check."""

import numpy as np


class Shares:
    """Targets (1 is live) and weights, rows x checks; the weights are handed out bit by bit."""

    def __init__(self, rows: list[dict]) -> None:
        self.rows = rows
        self.targets = np.array(
            [(row["label"] != "screen", row["label"] != "print") for row in rows], np.float32
        )
        self.weights = np.zeros_like(self.targets)
        self.sources = sorted({r["source"] for r in rows if r["kind"] == "scene" and not r["made"]})
        self.other = [
            i for i, r in enumerate(rows) if r["kind"] not in ("scene", "id_document") and not r["made"]
        ]

    def spread(self, check: int, chosen: list[int], total: float) -> None:
        """Hands out a weight evenly."""
        if chosen:
            self.weights[chosen, check] += total / len(chosen)

    def pick(self, **wanted) -> list[int]:
        """The rows that have these values."""
        return [i for i, r in enumerate(self.rows) if all(r.get(k) == v for k, v in wanted.items())]


def shares(rows: list[dict], settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """Targets and weights for the networks.

    Within a source live and attack weigh the same, so that a source's own camera tells nothing; a
    source weighs as the root of its size.
    """
    out = Shares(rows)
    spread, pick, sources, other = out.spread, out.pick, out.sources, out.other
    scenes = {"kind": "scene", "made": False}
    size = {s: len(pick(source=s, label="screen", **scenes)) ** 0.5 for s in sources}
    for source in sources:
        for treated, part in ((False, settings["plain_share"]), (True, 1.0 - settings["plain_share"])):
            part *= size[source] / sum(size.values())
            spread(0, pick(source=source, label="screen", treated=treated, **scenes), part)
            spread(0, pick(source=source, label="genuine", treated=treated, **scenes), part)
    genuine = pick(kind="id_document", label="genuine", made=False)
    printed = pick(kind="id_document", label="print", made=False)
    live = pick(label="genuine", **scenes)
    # As they are, colour alone tells prints from genuine documents: only treated ones teach that check.
    alike = {"kind": "id_document", "made": False, "treated": True}
    aside = settings["aside"]
    spread(0, genuine, aside)
    spread(0, printed, aside)
    spread(0, other, aside / 2)
    for softened, part in ((True, settings["softened_share"]), (False, 1.0 - settings["softened_share"])):
        spread(1, pick(label="genuine", softened=softened, **alike), part)
        spread(1, pick(label="print", softened=softened, **alike), part)
    spread(1, live, aside)
    spread(1, other, aside / 2)
    made = settings["made_share"] / (1.0 - settings["made_share"])
    drawn = {i for i, r in enumerate(rows) if r["kind"] == "drawn"}
    for label, check, part in (
        ("screen", 0, 1.0),
        ("genuine", 0, 0.75),
        ("print", 0, 0.25),
        ("print", 1, 1.0),
        ("genuine", 1, 1.0),
    ):
        chosen = set(pick(label=label, made=True))
        spread(check, sorted(chosen & drawn), made * part * settings["drawn_share"])
        spread(check, sorted(chosen - drawn), made * part * (1.0 - settings["drawn_share"]))
    return out.targets, out.weights
