"""The substitution check's figures, calibration, model, manifest entry and reference.

`python swap_release.py --windows C/swap --runs RUN --models ../.. --version V` after `swap_train.py`. Every figure is of
pictures whose document kind, or whose whole family of attacks, the model did not see. Intervals are 95 %, from
resampling document kinds (drawn documents: each is its own).
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

import sources  # noqa: F401, first: it makes .. and ../patches importable
import textured
from calibrate import Calibration, calibrate
from figures import apcer_at, auc, cut_refusing, eer, interval
from ship import arguments, into_card, written
from sources import CONFIG, fold_of
from swap_net import Whole
from swap_train import Table, heads_of, judged, opened
from windows import COUNT, N_INSIDE, SIDE

MARKS = ("<!-- substitution figures: begin -->", "<!-- substitution figures: end -->")
CHECK = "portraitSubstitution"


class Scored:
    """Logits of some pictures, each judged by a model that did not see what was left out."""

    def __init__(self, table: Table) -> None:
        self.table, self.at, self.logits = table, np.zeros(0, int), np.zeros((0, 21), np.float32)

    def add(self, at, logits) -> None:
        self.at = np.concatenate((self.at, at))
        self.logits = np.concatenate((self.logits, logits))

    def pick(self, test, part=slice(None)):
        """Mean logits and groups of the pictures whose row passes a test."""
        some = [n for n, at in enumerate(self.at) if test(self.table.rows[at])]
        groups = [self.table.rows[self.at[n]]["group"] for n in some]
        return self.logits[some][:, part].mean(1), groups


def line(name: str, live, attack, seed: int) -> str:
    """One row of the table."""
    (a, a_groups), (b, b_groups) = live, attack

    def say(measure, as_share=True) -> str:
        low, high = interval(measure, a, b, a_groups, b_groups, seed)
        value = measure(a, b)
        if as_share:
            return f"{100 * value:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
        return f"{value:.3f} ({low:.3f} to {high:.3f})"

    cells = [say(auc, False), say(eer)] + [say(lambda x, y, s=s: apcer_at(x, y, s)) for s in (0.01, 0.05, 0.1)]
    return f"| {name} | {len(a)} / {len(b)} | " + " | ".join(cells) + " |"


def passing(calibration: Calibration, logits, groups, level: str, seed: int) -> str:
    """The share that passes at a threshold, with an interval over groups."""
    good = (calibration.probability(logits) >= calibration.thresholds[level]).astype(float)
    names = sorted(set(groups))
    of = {n: good[np.array(groups) == n] for n in names}
    rng = np.random.default_rng(seed)
    drawn = [np.concatenate([of[names[i]] for i in rng.integers(len(names), size=len(names))]).mean() for _ in range(500)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return f"{100 * good.mean():.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def calibration_error(p: np.ndarray, live: np.ndarray, weight: np.ndarray) -> float:
    """Expected calibration error over ten bins."""
    total, error = weight.sum(), 0.0
    for n in range(10):
        mine = (p >= n / 10) & ((p < (n + 1) / 10) | (n == 9))
        if mine.any():
            w = weight[mine]
            error += w.sum() / total * abs(np.average(p[mine], weights=w) - np.average(live[mine], weights=w))
    return float(error)


def probe(table: Table) -> tuple[float, float]:
    """What a logistic regression makes of size, JPEG, light, colour, sharpness and noise beside the portrait:
    AUC on kinds left out, for composites; and for the drawn ones with every third document left out."""
    out = []
    for family in ("composite", "drawn"):
        at = [n for n, row in enumerate(table.rows) if row["family"] == family]
        rows = [table.rows[n] for n in at]
        extra = np.array([[np.log(r["long_px"]), r["quality"] / 10, r["twice"], r["treatment"]] for r in rows], float)
        x = np.concatenate((table.rest[at], extra), 1)
        live = np.array([r["way"] == "genuine" for r in rows], float)
        place = np.array([fold_of(r["group"]) if family == "composite" else int(r["clip"]) % 3 for r in rows])
        x = (x - x.mean(0)) / (x.std(0) + 1e-6)
        x = np.concatenate((x, np.ones((len(x), 1))), 1)
        weight = np.where(live > 0, 2.0, 1.0)
        score = np.zeros(len(x))
        for fold in range(3):
            use = place != fold
            found = np.zeros(x.shape[1])
            for _ in range(20):
                p = 1 / (1 + np.exp(-x[use] @ found))
                slope = x[use].T @ (weight[use] * (p - live[use])) + 1.0 * found
                bend = (x[use] * (weight[use] * p * (1 - p))[:, None]).T @ x[use] + 1.0 * np.eye(x.shape[1])
                found -= np.linalg.solve(bend, slope)
            score[~use] = x[~use] @ found
        out.append(auc(score[live > 0], score[live == 0]))
    return tuple(out)


def shifted(table: Table, base: Calibration, cards, composite) -> Calibration:
    """The calibration, its bias raised until few enough real genuine cards are refused at REGULAR."""
    cut = cut_refusing(cards, CONFIG["thresholds"]["refused"]) - CONFIG["thresholds"]["room"]
    bias = round(max(base.bias, -base.scale * cut + 1e-4), 5)
    bare = Calibration(base.scale, bias, {})
    live, attack = composite
    soft = cut_refusing(bare.probability(np.concatenate((live, cards))), 0.01)
    most = cut_refusing(bare.probability(live), 0.4)
    order = np.sort(bare.probability(attack))
    hard = order[min(int(np.ceil(0.98 * len(order))), len(order) - 1)]
    return Calibration(base.scale, bias, {
        "SOFT": round(float(np.clip(soft, 0.02, 0.5)), 3), "REGULAR": 0.5,
        "HARD": round(float(np.clip(min(hard, most), 0.5, 0.98)), 3),
    })


def exported(heads, models: Path, version: str, calibration: Calibration) -> None:
    """The ONNX file, its manifest entry and the reference."""
    whole = Whole(heads).eval()
    entry, session = written(
        whole, torch.zeros(COUNT, 3, SIDE, SIDE), models,
        {"id": "substitution", "version": version,
         "input": {"name": "windows", "shape": [COUNT, 3, SIDE, SIDE], "range": [0, 1]}, "outputs": ["logits"],
         "windows": "portrait",
         "checks": [{"check": CHECK, "column": 0, "scale": calibration.scale, "bias": calibration.bias,
                     "thresholds": calibration.thresholds}]},
    )
    levels = textured.levels(COUNT, SIDE)
    batch = (levels / 255.0).astype(np.float32)
    logits = session.run(None, {"windows": batch})[0]
    with torch.no_grad():
        print("largest difference to the training's code", np.abs(whole(torch.from_numpy(batch)).numpy() - logits).max())
    places = [(0, 0, 0, 0), (1, 2, 3, 4), (5, 1, 63, 62), (34, 0, 40, 7)]
    reference = {
        "format": 1, "model": "substitution", "model_sha256": entry["sha256"],
        "input": textured.WORDS,
        "count": COUNT,
        "levels": textured.probes(levels, places),
        "logits": [[round(float(v), 6)] for v in logits[:, 0]],
        "tolerance": 0.001,
    }
    (models / "reference" / "substitution.json").write_text(json.dumps(reference, indent=2) + "\n")


def main() -> None:
    given = arguments(__doc__, "windows").parse_args()
    torch.set_num_threads(1)
    table, seed = opened(given.windows, training=False), CONFIG["seed"]
    rows, n_features = table.rows, table.rest.shape[1]
    kinds, families = Scored(table), Scored(table)
    for fold in range(3):
        kinds.add(*judged(table, f"fold{fold}", given.runs))
    for family in ("composite", "drawn"):
        families.add(*judged(table, family, given.runs))

    def of(family, ways, document=None):
        return lambda r: r["family"] == family and r["way"] in ways and document in (None, r["document"])

    both, text = ("laidOver", "pasted"), []
    text += [
        "| pictures | genuine / attacks | AUC | EER | APCER at BPCER 1 % | at 5 % | at 10 % |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for document, name in ((None, "real documents"), ("genuine", "real cards"), ("print", "real grey copies")):
        for ways, what in ((both, "laid over and pasted"), (both[:1], "laid over"), (both[1:], "pasted")):
            live, attack = kinds.pick(of("composite", ("genuine",), document)), kinds.pick(of("composite", ways, document))
            text.append(line(f"portraits put into photographs of {name}, kinds left out: {what}", live, attack, seed))
    for part, name in ((slice(0, N_INSIDE), "inside windows alone"), (slice(N_INSIDE, 21), "border windows alone")):
        live, attack = kinds.pick(of("composite", ("genuine",)), part), kinds.pick(of("composite", both), part)
        text.append(line(f"the same, both, {name}", live, attack, seed))
    for family, name in (("composite", "put into photographs of real documents, learnt from drawn ones alone"),
                         ("drawn", "drawn by the program, learnt from photographs alone")):
        for ways, what in ((both, "both"), (both[:1], "laid over"), (both[1:], "pasted")):
            live, attack = families.pick(of(family, ("genuine",))), families.pick(of(family, ways))
            text.append(line(f"family left out: {name}: {what}", live, attack, seed))

    live, _ = kinds.pick(of("composite", ("genuine",)))
    attack, _ = kinds.pick(of("composite", both))
    cards = kinds.pick(of("plain", ("genuine",), "genuine"))
    copies = kinds.pick(of("plain", ("genuine",), "print"))
    fitted = calibrate(live, attack)
    calibration = shifted(table, fitted, cards[0], (live, attack))
    text += ["", "| threshold | real genuine cards that pass | real grey copies that pass | composites' genuine partners that pass | "
             "laid over let by (APCER) | pasted let by |", "| --- | --- | --- | --- | --- | --- |"]
    for level, at in calibration.thresholds.items():
        sets = [cards, copies, kinds.pick(of("composite", ("genuine",))), *(kinds.pick(of("composite", (w,))) for w in both)]
        text.append(f"| {level} {at} | " + " | ".join(passing(calibration, *some, level, seed) for some in sets) + " |")
    text += ["", "| genuine partners at REGULAR | number | pass |", "| --- | --- | --- |"]
    for state, name in (("plain", "as they were"), ("own", "their own portrait cut out and put back, no edge"),
                        ("framed", "a frame drawn around their portrait")):
        some = kinds.pick(lambda r, s=state: r["family"] == "composite" and r["way"] == "genuine" and r["state"] == s)
        text.append(f"| {name} | {len(some[0])} | {passing(calibration, *some, 'REGULAR', seed)} |")
    is_live = np.concatenate((np.ones(len(live)), np.zeros(len(attack))))
    weight = np.concatenate((np.full(len(live), 0.5 / len(live)), np.full(len(attack), 0.5 / len(attack))))
    together = np.concatenate((live, attack))
    errors = [calibration_error(c.probability(together), is_live, weight) for c in (fitted, calibration)]
    composite_probe, drawn_probe = probe(table)
    text += [
        "",
        f"Expected calibration error on left-out composites, genuine and attack weighing the same: {errors[0]:.3f} as fitted, "
        f"{errors[1]:.3f} with the shipped shift (scale {calibration.scale}, bias {calibration.bias} instead of {fitted.bias}).",
        f"What size, JPEG quality, light, colour, sharpness and noise beside the portrait tell (logistic regression, left out "
        f"likewise): AUC {composite_probe:.3f} on composites, {drawn_probe:.3f} on drawn documents.",
    ]
    print("\n".join(text))
    refused = [(round(float(p), 3), rows[at]["name"]) for at, p in zip(kinds.at, calibration.probability(kinds.logits.mean(1)))
               if rows[at]["family"] == "plain" and rows[at]["document"] == "genuine" and p < 0.5]
    print(refused, file=sys.stderr)
    if not given.figures:
        into_card(given.models / "README.md", MARKS, "\n".join(text))
        exported(heads_of(given.runs, "nothing", n_features), given.models, given.version, calibration)


if __name__ == "__main__":
    main()
