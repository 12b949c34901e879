"""From measured cells to the shipped model and its honest figures, in one command.

`python release.py --cells C/real C/drawn --run RUN --models ../.. --version V`

Each fold is judged by a model that saw none of its document kinds, photographers and drawn seeds; and
each family of edits by a model that never saw that family. The scores of the left-out folds give
the calibration and the thresholds. The shipped model is trained by the same recipe on everything.
Trained models are kept in `RUN` and not trained again; an empty `RUN` begins anew.

Writes `edits.onnx`, its entry in `manifest.json`, `reference/edits.json` and `edits.figures.json`, and
puts the tables between the marks in `README.md`.
"""

import argparse
import json
import multiprocessing
import sys
import tomllib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch

sys.path.append(str(Path(__file__).resolve().parent.parent / "patches"))

import export
from calibrate import platt
from figures import apcer_at, auc, cut_refusing, eer, interval
from net import Judge
from probe import shortcuts
from train import Table, judged, opened, pooled, train

MARKS = ("<!-- edits figures: begin -->", "<!-- edits figures: end -->")

NAMES = {
    "letters": "characters exchanged",
    "retyped": "wiped and typed anew",
    "copied": "copy-move",
    "filled": "fill",
    "blurred": "blur",
    "struck": "strike-through",
    "spliced": "pieces of another document",
    "grab": "screen grab",
    "patchwork": "fields moved (simulation)",
    "retype": "fields typed anew (simulation)",
    "screenGrab": "screen grab (simulation)",
}

SHARED: dict = {}
"""What the worker processes inherit."""

def seen_in_training(row: dict) -> bool:
    """Some seeds of what the program drew are kept for the figures."""
    return row["family"] != "rust" or int(row["group"].split()[1]) in SHARED["drawn_seeds"]


RUNS = {
    "final": lambda row: True,
    "fold0": lambda row: row["fold"] != 0,
    "fold1": lambda row: row["fold"] != 1,
    "fold2": lambda row: row["fold"] != 2,
    "without-drawn": lambda row: row["family"] != "rust",
    "without-here": lambda row: row["family"] == "rust",
}
"""The trainings by name, and which documents each sees."""

TESTS = {
    "final": lambda row: False,
    "fold0": lambda row: row["fold"] == 0,
    "fold1": lambda row: row["fold"] == 1,
    "fold2": lambda row: row["fold"] == 2,
    "without-drawn": lambda row: row["family"] == "rust",
    "without-here": lambda row: row["family"] == "python" and document(row),
}
"""Which documents each is judged by."""


def trained(name: str, run: Path) -> None:
    """Trains one of `RUNS` and judges its documents, unless that is done."""
    torch.set_num_threads(1)
    path = run / f"{name}.pt"
    if not path.exists():
        settings = dict(SHARED["settings"])
        some = SHARED["table"].only(lambda row: seen_in_training(row) and RUNS[name](row))
        if name == "without-here":
            # Far fewer documents: more rounds over them, so that it takes as many steps.
            settings["epochs"] *= max(1, len(SHARED["table"].rows) // len(some.rows) // 2)
        torch.save(train(some, settings, SHARED["seed"]).state_dict(), path)
        print("trained", name, flush=True)
    known = judged_before(run / f"{name}.npz")
    some = SHARED["table"].only(lambda row: TESTS[name](row) and row["id"] not in known)
    if some.rows:
        new = judged([judge_of(path, SHARED["settings"])], some)
        known |= {row["id"]: logits for row, logits in zip(some.rows, new)}
        np.savez(run / f"{name}.npz", ids=list(known), logits=np.stack(list(known.values())))
        print("judged", name, flush=True)


def judged_before(path: Path) -> dict[str, np.ndarray]:
    """Logits of windows by the documents' ids."""
    if not path.exists():
        return {}
    kept = np.load(path)
    return dict(zip(kept["ids"].tolist(), kept["logits"]))


def judge_of(path: Path, settings: dict) -> Judge:
    """A trained judge from its file."""
    judge = Judge(settings["hidden"], settings["limit"])
    judge.load_state_dict(torch.load(path))
    return judge.eval()


class Scores:
    """Documents with their left-out pooled logits; selections by rule."""

    def __init__(self, rows: list[dict], windows: np.ndarray, marks: np.ndarray) -> None:
        self.rows, self.windows, self.marks = rows, windows, marks
        self.pooled = pooled(windows)

    def of(self, wanted) -> tuple[np.ndarray, list[str]]:
        """Scores and groups of the documents that a rule takes."""
        at = [i for i, row in enumerate(self.rows) if wanted(row)]
        return self.pooled[at], [self.rows[i]["group"] for i in at]


def measured(live, attack, seed: int) -> dict:
    """AUC, EER and APCER of one comparison, with intervals over groups."""
    (a, a_groups), (b, b_groups) = live, attack
    rates = {
        "auc": auc,
        "eer": eer,
        "apcerAtBpcer1": lambda x, y: apcer_at(x, y, 0.01),
        "apcerAtBpcer5": lambda x, y: apcer_at(x, y, 0.05),
        "apcerAtBpcer10": lambda x, y: apcer_at(x, y, 0.10),
    }
    found = {"live": len(a), "attacks": len(b)}
    for name, rate in rates.items():
        found[name] = rate(a, b)
        found[f"{name}Interval"] = interval(rate, a, b, a_groups, b_groups, seed)
    return found


def document(row: dict) -> bool:
    """Of a real document or a grab of one, not a scene."""
    return row["sort"] in ("genuine", "print", "grab")


def comparisons(scores: Scores, seed: int, family: str, untouched, title: str) -> dict:
    """All edits of a family against its untouched pictures, and each sort of edit apart."""
    live = scores.of(untouched)
    sorts = sorted(
        {r["edit"] for r in scores.rows if r["family"] == family and not r["live"] and document_or_drawn(r)}
    )
    local = [s for s in sorts if s not in ("grab", "screenGrab")]
    every = {f"{title}, all edits": local, **{f"{title}, {NAMES[s]}": [s] for s in sorts}}
    found = {}
    for name, of in every.items():
        attack = scores.of(
            lambda r: r["family"] == family and r["edit"] in of and not r["live"] and document_or_drawn(r)
        )
        if len(attack[0]) >= 8 and len(live[0]) >= 8:
            found[name] = measured(live, attack, seed)
    return found


def by_quality(scores: Scores, seed: int) -> dict:
    """Edits of real documents by how roughly the picture was saved last."""
    found = {}
    for name, wanted in {
        "saved at 90 or more, not resized": lambda r: min(r["qualities"]) >= 90 and r["scale"] == 1.0,
        "saved at 75 to 89, not resized": lambda r: 75 <= min(r["qualities"]) < 90 and r["scale"] == 1.0,
        "saved below 75, not resized": lambda r: min(r["qualities"]) < 75 and r["scale"] == 1.0,
        "resized": lambda r: r["scale"] < 1.0,
    }.items():
        live, attack = (
            scores.of(
                lambda r, k=k: r["family"] == "python" and r["live"] == k and r["sort"] in ("genuine", "print")
                and wanted(r)
            )
            for k in (1, 0)
        )
        found[f"real documents, kinds left out, {name}"] = measured(live, attack, seed)
    return found


def document_or_drawn(row: dict) -> bool:
    """Of a document, real or drawn by the program."""
    return row["family"] == "rust" or document(row)


def localised(scores: Scores) -> dict:
    """How often the lowest window lies on the edit, where an edit lies in a window at all."""
    found = {}
    for family in ("python", "rust"):
        inside = hit = chance = all_of = 0
        for row, windows, marks in zip(scores.rows, scores.windows, scores.marks):
            if row["live"] or row["family"] != family or "rab" in row["edit"] or not document_or_drawn(row):
                continue
            all_of += 1
            touched = (marks >= 0.3 * 255).any(axis=(1, 2))
            inside += touched.any()
            if touched.any():
                hit += touched[np.argmin(windows)]
                chance += touched.mean()
        if inside:
            found[family] = {
                "edited": all_of,
                "inAWindow": int(inside) / all_of,
                "lowestOnTheEdit": float(hit / inside),
                "byChance": float(chance / inside),
            }
    return found


def calibrated(live: np.ndarray, attack: np.ndarray, honest: list[np.ndarray], limits: dict) -> dict:
    """Scale, bias, thresholds and the prior that the shift stands for. `honest` are sorts of untouched pictures: of none may a
    level refuse more than its share, or the sort with the most rounds would decide for the others."""
    scale, bias = platt(live, attack)

    def cut(level: str) -> float:
        return scale * min(cut_refusing(some, limits[level]) for some in honest) + bias

    shift = max(0.0, -cut("regular")) + 1e-4
    bias += shift
    soft, hard = (1.0 / (1.0 + np.exp(-cut(level))) for level in ("soft", "hard"))
    soft, hard = min(0.5, soft), max(0.5, hard)
    return {
        "scale": round(scale, 5),
        "bias": round(bias, 5),
        "priorOfEdits": 1.0 / (1.0 + np.exp(shift)),
        "thresholds": {
            "SOFT": float(np.floor(max(soft, 0.02) * 1000) / 1000),
            "REGULAR": 0.5,
            "HARD": float(np.floor(min(hard, 0.98) * 1000) / 1000),
        },
    }


def reliability(live: np.ndarray, attack: np.ndarray, prior: float) -> dict:
    """Bins of probability with the share that is untouched, at the prior, and the expected error."""
    p = np.concatenate((live, attack))
    truth = np.concatenate((np.ones(len(live)), np.zeros(len(attack))))
    weight = np.where(truth > 0, (1.0 - prior) / len(live), prior / len(attack))
    bins, total = [], 0.0
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (p >= low) & ((p < low + 0.1) | (low > 0.85))
        if inside.any():
            of = weight[inside]
            said, was = np.average(p[inside], weights=of), np.average(truth[inside], weights=of)
            bins.append({"from": round(float(low), 1), "documents": int(inside.sum()),
                         "said": float(said), "was": float(was), "weight": float(of.sum())})
            total += of.sum() * abs(said - was)
    return {"bins": bins, "expectedCalibrationError": float(total)}


def percent(value: float, of=None) -> str:
    """`12.3 %` or `12.3 % (8.1 to 15.0)`."""
    text = f"{100 * value:.1f} %"
    return text if of is None else f"{text} ({100 * of[0]:.1f} to {100 * of[1]:.1f})"


def tables(figures: dict) -> str:
    """The figures as Markdown."""
    lines = [
        "| pictures | untouched / edited | AUC | EER | APCER at BPCER 1 % | at 5 % | at 10 % |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, f in figures["comparisons"].items():
        area = f"{f['auc']:.3f} ({f['aucInterval'][0]:.3f} to {f['aucInterval'][1]:.3f})"
        rest = " | ".join(percent(f[key], f[f"{key}Interval"]) for key in
                          ("eer", "apcerAtBpcer1", "apcerAtBpcer5", "apcerAtBpcer10"))
        lines.append(f"| {name} | {f['live']} / {f['attacks']} | {area} | {rest} |")
    lines += ["", "| pass, of | number | SOFT | REGULAR | HARD |", "| --- | --- | --- | --- | --- |"]
    for name, f in figures["passing"].items():
        at = " | ".join(percent(f[level], f.get(f"{level}Interval")) for level in ("SOFT", "REGULAR", "HARD"))
        lines.append(f"| {name} | {f['number']} | {at} |")
    lines += ["", "| pass REGULAR, calibrated on the other two folds | number | share |", "| --- | --- | --- |"]
    for name, f in figures["passingWithLimitsOfOtherFolds"].items():
        lines.append(f"| {name} | {f['number']} | {percent(f['REGULAR'])} |")
    lines += ["", "| said, probability of untouched | documents | mean said | untouched, at the prior |",
              "| --- | --- | --- | --- |"]
    for row in figures["reliability"]["bins"]:
        lines.append(f"| from {row['from']:.1f} | {row['documents']} | {row['said']:.2f} | {row['was']:.2f} |")
    lines += ["", "| edits, left-out folds | edited | in one of the 24 windows | lowest window on the edit | by chance |",
              "| --- | --- | --- | --- | --- |"]
    for name, f in figures["localisation"].items():
        title = {"python": "made on real documents", "rust": "drawn by the program"}[name]
        lines.append(f"| {title} | {f['edited']} | {percent(f['inAWindow'])} | {percent(f['lowestOnTheEdit'])}"
                     f" | {percent(f['byChance'])} |")
    lines += ["", "| a shortcut alone | AUC, untouched against edited |", "| --- | --- |"]
    lines += [f"| {name} | {value:.2f} |" for name, value in figures["shortcuts"].items()]
    return "\n".join(lines)


def passing(scores: Scores, calibration: dict, wanted, seed: int) -> dict:
    """Share that passes each level, with an interval over groups."""
    values, groups = scores.of(wanted)
    p = 1.0 / (1.0 + np.exp(-(calibration["scale"] * values + calibration["bias"])))
    rng = np.random.default_rng(seed)
    of = [p[np.array(groups) == name] for name in sorted(set(groups))]
    found = {"number": len(p)}
    for level, cut in calibration["thresholds"].items():
        found[level] = float((p >= cut).mean())
        drawn = [np.concatenate([of[i] for i in rng.integers(len(of), size=len(of))]) for _ in range(200)]
        found[f"{level}Interval"] = [float(v) for v in np.percentile([(d >= cut).mean() for d in drawn], (2.5, 97.5))]
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cells", type=Path, nargs="+", required=True)
    words.add_argument("--run", type=Path, required=True, help="folder for trained models")
    words.add_argument("--models", type=Path, required=True, help="folder to write into")
    words.add_argument("--version", required=True)
    words.add_argument("--jobs", type=int, default=2, help="trainings at a time")
    words.add_argument("--keep-rows", type=Path, help="a file for the single answers about documents as they are")
    words.add_argument("--only", nargs="*", choices=RUNS, help="train and judge these, and nothing else")
    given = words.parse_args()
    torch.set_num_threads(1)
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    settings, seed = config["train"], config["seed"]
    table: Table = opened(given.cells)
    SHARED.update(table=table, settings=settings, seed=seed, drawn_seeds=config["data"]["drawn_seeds"])
    given.run.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(given.jobs, multiprocessing.get_context("fork")) as pool:
        for done in [pool.submit(trained, name, given.run) for name in given.only or RUNS]:
            done.result()
    if given.only:
        return
    def scores_of(*names: str) -> Scores:
        rows, windows, marks = [], [], []
        for name in names:
            known, some = judged_before(given.run / f"{name}.npz"), table.only(TESTS[name])
            rows += some.rows
            windows += [known[row["id"]] for row in some.rows]
            marks.append(some.marks.numpy())
        return Scores(rows, np.stack(windows), np.concatenate(marks))

    folds = scores_of("fold0", "fold1", "fold2")
    unseen_here, unseen_drawn = scores_of("without-here"), scores_of("without-drawn")

    def resaved(r):
        return r["family"] == "python" and r["live"] and document(r)

    def drawn_live(r):
        return r["family"] == "rust" and r["live"]

    def as_is(r):
        return r["family"] == "real"

    figures = {"version": given.version, "comparisons": {}}
    say = figures["comparisons"]
    say |= comparisons(folds, seed, "python", resaved, "real documents, kinds left out")
    say |= by_quality(folds, seed)
    say |= comparisons(folds, seed, "rust", drawn_live, "drawn documents, seeds left out")
    say |= comparisons(unseen_here, seed, "python", resaved, "real documents, trained on drawn ones alone")
    say |= comparisons(unseen_drawn, seed, "rust", drawn_live, "drawn documents, trained without them")

    live = folds.of(lambda r: r["live"] and document_or_drawn(r))[0]
    attack = folds.of(lambda r: not r["live"] and document_or_drawn(r))[0]

    def card(r):
        return as_is(r) and r["sort"] == "genuine"

    def honest(among=lambda r: True):
        return [folds.of(lambda r, of=of: of(r) and among(r))[0] for of in (lambda r: as_is(r) or resaved(r), card)]

    calibration = calibrated(live, attack, honest(), config["thresholds"])
    figures["calibration"] = calibration

    def said(values):
        return 1.0 / (1.0 + np.exp(-(calibration["scale"] * values + calibration["bias"])))

    if given.keep_rows:
        rows = [
            {"clip": row["clip"], "label": row["sort"], "group": row["group"], "digitalManipulation": float(said(value))}
            for row, value in zip(folds.rows, folds.pooled)
            if as_is(row)
        ]
        given.keep_rows.write_text(json.dumps(rows))
    figures["reliability"] = reliability(said(live), said(attack), calibration["priorOfEdits"])
    figures["passing"] = {
        name: passing(folds, calibration, wanted, seed)
        for name, wanted in {
            "real cards as they are, kinds left out": card,
            "real grey copies as they are, kinds left out": lambda r: as_is(r) and r["sort"] == "print",
            "real documents saved again, not edited": resaved,
            "real scenes saved again, not edited": lambda r: r["live"] and r["sort"] in ("scene", "background"),
            "drawn documents, not edited": drawn_live,
            "real documents, edited": lambda r: r["family"] == "python" and not r["live"]
            and r["sort"] in ("genuine", "print"),
            "screen grabs": lambda r: r["edit"] == "grab",
            "drawn documents, edited": lambda r: r["edit"] in ("patchwork", "retype"),
            "drawn screen grabs": lambda r: r["edit"] == "screenGrab",
        }.items()
        if len(folds.of(wanted)[0])
    }
    figures["passingWithLimitsOfOtherFolds"] = {}
    for name, wanted in {
        "real cards as they are": card,
        "real grey copies as they are": lambda r: as_is(r) and r["sort"] == "print",
        "real documents saved again, not edited": resaved,
    }.items():
        passed = total = 0
        for n in range(3):
            at = [
                folds.of(lambda r, f=f: f(r) and r["fold"] != n)[0]
                for f in (
                    lambda r: r["live"] and document_or_drawn(r),
                    lambda r: not r["live"] and document_or_drawn(r),
                )
            ]
            other = calibrated(*at, honest(lambda r: r["fold"] != n), config["thresholds"])
            values = folds.of(lambda r: wanted(r) and r["fold"] == n)[0]
            passed += int((other["scale"] * values + other["bias"] >= 0.0).sum())
            total += len(values)
        figures["passingWithLimitsOfOtherFolds"][name] = {"number": total, "REGULAR": passed / total}
    figures["localisation"] = localised(folds)
    figures["shortcuts"] = shortcuts([r for r in table.rows if r["family"] == "python"])
    export.write(given.models, [judge_of(given.run / "final.pt", settings)], given.version, calibration)
    (given.models / "edits.figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    readme = given.models / "README.md"
    if readme.exists() and MARKS[0] in readme.read_text():
        before, rest = readme.read_text().split(MARKS[0])
        readme.write_text(f"{before}{MARKS[0]}\n\n{tables(figures)}\n\n{MARKS[1]}{rest.split(MARKS[1])[1]}")
    print(tables(figures))
    print(json.dumps(calibration), figures["reliability"]["expectedCalibrationError"])


if __name__ == "__main__":
    main()
