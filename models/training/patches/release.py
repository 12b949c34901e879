"""From spectra to a shipped model and its honest figures, in one command.

`python release.py --plain PLAIN.npz --treated TREATED.npz --made MADE.npz --unseen UNSEEN.npz
--models MODELS --version V`

Each fold is judged by a model that never saw its sources and document kinds; the scores of all folds
together give the calibration, the thresholds and the figures. The shipped model is trained by the
same recipe on everything. `UNSEEN` holds made pieces that no training sees.

Writes `patches.onnx`, the entry in `manifest.json`, `reference/patches.json` and
`patches.figures.json`, and puts the tables between the marks in `README.md`.
"""

import argparse
import hashlib
import json
import multiprocessing
import tomllib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

import export
from calibrate import Calibration, calibrate
from figures import apcer_at, auc, eer, interval
from head import Perceptron, Table, joined, mean_logits, opened, train
from spectra import CHECKS, PATCH, Spectra
from splits import fold_of

MARKS = ("<!-- patches figures: begin -->", "<!-- patches figures: end -->")


@dataclass(frozen=True)
class Scored:
    """One picture with its mean logits."""

    label: str
    kind: str
    source: str
    group: str
    clip: str
    softened: bool
    logits: tuple[float, float]


def scored_by(heads: list[Perceptron], table: Table) -> list[Scored]:
    """Every picture of a table, judged."""
    fields = ("label", "kind", "source", "group", "clip")
    return [
        Scored(*(row[field] for field in fields), row.get("softened", False), tuple(map(float, logits)))
        for row, logits in zip(table.rows, mean_logits(heads, table))
    ]


SHARED: dict = {}
"""What the worker processes inherit: the table, the settings and the fold of a row."""


def trained_without(number: int | None, seed: int) -> Perceptron:
    """One perceptron, trained without a fold, or on everything."""
    torch.set_num_threads(1)
    table, fold = SHARED["table"], SHARED["fold"]
    if number is not None:
        table = table.only(lambda row: fold(row) != number)
    return train(table, SHARED["settings"], seed)


def sides(check: int, scored: list[Scored]) -> tuple[list[Scored], list[Scored]]:
    """The live pictures and the attacks a check is judged by.

    Screens are judged among scenes; documents join as live pictures where thresholds are set, but
    not in the figures, since no real picture here shows a document on a screen. Prints are judged
    among documents.
    """
    if check == 0:
        live = [s for s in scored if s.label == "genuine" and s.kind == "scene"]
        return live, [s for s in scored if s.label == "screen"]
    live = [s for s in scored if s.label == "genuine" and s.kind == "id_document"]
    return live, [s for s in scored if s.label == "print"]


def column(check: int, scored: list[Scored]) -> np.ndarray:
    """Mean logits of one check."""
    return np.array([s.logits[check] for s in scored])


def measure(
    check: int, live: list[Scored], attack: list[Scored], by: str, calibration: Calibration, seed: int
) -> dict:
    """The figures of one comparison; intervals resample the field `by`."""
    a, b = column(check, live), column(check, attack)
    groups = [getattr(s, by) for s in live], [getattr(s, by) for s in attack]
    found = {
        "live": len(live),
        "attacks": len(attack),
        "resampled": by,
        "auc": auc(a, b),
        "eer": eer(a, b),
        "apcerAtBpcer5": apcer_at(a, b, 0.05),
        "apcerAtBpcer10": apcer_at(a, b, 0.10),
    }
    for name, rate in (
        ("auc", auc),
        ("eer", eer),
        ("apcerAtBpcer5", lambda x, y: apcer_at(x, y, 0.05)),
        ("apcerAtBpcer10", lambda x, y: apcer_at(x, y, 0.10)),
    ):
        found[f"{name}Interval"] = interval(rate, a, b, *groups, seed)
    p, q = calibration.probability(a), calibration.probability(b)
    found["atThreshold"] = {
        level: {"threshold": cut, "bpcer": float((p < cut).mean()), "apcer": float((q >= cut).mean())}
        for level, cut in calibration.thresholds.items()
    }
    return found


def percent(value: float, of: tuple[float, float] | None = None) -> str:
    """`12.3 %` or `12.3 % (8.1 to 15.0)`."""
    text = f"{100 * value:.1f} %"
    return text if of is None else f"{text} ({100 * of[0]:.1f} to {100 * of[1]:.1f})"


def table(figures: dict) -> str:
    """The figures as Markdown."""
    lines = [
        "| check, pictures | live / attacks | AUC | EER | APCER at BPCER 5 % | APCER at BPCER 10 % |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, f in figures["comparisons"].items():
        area = f"{f['auc']:.3f} ({f['aucInterval'][0]:.3f} to {f['aucInterval'][1]:.3f})"
        lines.append(
            f"| {name} | {f['live']} / {f['attacks']} | {area} | {percent(f['eer'], f['eerInterval'])}"
            f" | {percent(f['apcerAtBpcer5'], f['apcerAtBpcer5Interval'])}"
            f" | {percent(f['apcerAtBpcer10'], f['apcerAtBpcer10Interval'])} |"
        )
    lines += [
        "",
        "| check, pictures | threshold | genuine refused (BPCER) | attacks let by (APCER) |",
        "| --- | --- | --- | --- |",
    ]
    for name, f in figures["comparisons"].items():
        if "pooled" in name:
            for level, at in f["atThreshold"].items():
                lines.append(
                    f"| {name} | {level} {at['threshold']} | {percent(at['bpcer'])} | {percent(at['apcer'])} |"
                )
    return "\n".join(lines)


def reference(heads: list[Perceptron], path: Path) -> None:
    """Inputs made by a formula and the logits they get, for the program's own test.

    Patch `n`, row `y`, column `x`, colour `c` (all from 0) holds the level
    `((x * (3 + n) + y * (7 + 2 * n) + 31 * c * n + ((x * y) >> (n + 2)) * 5) ^ (x + 2 * y)) mod 256`,
    divided by 255.
    """
    count = 6
    n, c, y, x = np.meshgrid(
        np.arange(count), np.arange(3), np.arange(PATCH), np.arange(PATCH), indexing="ij"
    )
    levels = ((x * (3 + n) + y * (7 + 2 * n) + 31 * c * n + ((x * y) >> (n + 2)) * 5) ^ (x + 2 * y)) % 256
    with torch.inference_mode():
        features = Spectra()(torch.from_numpy(levels.astype(np.float32)))
        logits = torch.stack([head(features) for head in heads]).mean(dim=0).numpy()
    words = {
        "format": 1,
        "model": "patches",
        "input": "level[n][c][y][x] = ((x*(3+n) + y*(7+2n) + 31*c*n + ((x*y) >> (n+2))*5) xor (x + 2*y))"
        " mod 256, divided by 255",
        "count": count,
        "levels": [
            {"at": [int(v) for v in at], "level": int(levels[tuple(at)])}
            for at in ((0, 0, 0, 0), (1, 2, 3, 4), (5, 1, 191, 190), (3, 0, 100, 7))
        ],
        "logits": [[round(float(v), 6) for v in row] for row in logits],
        "tolerance": 1e-3,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(words, indent=2) + "\n")


def manifest(models: Path, version: str, calibrations: list[Calibration]) -> None:
    """Puts the model's entry into the manifest and leaves the other models' alone."""
    path = models / "manifest.json"
    whole = json.loads(path.read_text()) if path.exists() else {"format": 1, "models": []}
    entry = {
        "id": "patches",
        "version": version,
        "file": "patches.onnx",
        "sha256": hashlib.sha256((models / "patches.onnx").read_bytes()).hexdigest(),
        "input": {"name": "patches", "shape": [None, 3, PATCH, PATCH], "range": [0, 1]},
        "outputs": ["logits"],
        "checks": [
            {
                "check": CHECKS[i],
                "column": i,
                "scale": c.scale,
                "bias": c.bias,
                "thresholds": c.thresholds,
            }
            for i, c in enumerate(calibrations)
        ],
    }
    whole["models"] = [m for m in whole["models"] if m["id"] != "patches"] + [entry]
    path.write_text(json.dumps(whole, indent=2) + "\n")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--plain", type=Path, required=True)
    words.add_argument("--treated", type=Path, nargs="+", required=True)
    words.add_argument("--made", type=Path, required=True)
    words.add_argument("--unseen", type=Path, help="made pieces that no training sees")
    words.add_argument("--models", type=Path, required=True, help="folder to write into")
    words.add_argument("--version", required=True)
    words.add_argument("--jobs", type=int, default=2, help="trainings at a time")
    given = words.parse_args()
    # Before the workers are forked: a pool of threads does not survive that.
    torch.set_num_threads(1)
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    folds, settings, seed = config["folds"], config["head"], config["seed"]

    def fold(row: dict) -> int | None:
        return fold_of(row["kind"], row["group"], folds)

    plain, made = opened(given.plain), opened(given.made)
    unseen = opened(given.unseen) if given.unseen else None
    treated = joined([opened(path) for path in given.treated])
    everything = joined([plain, treated, made])
    SHARED.update(table=everything, settings=settings, fold=fold)
    seeds = [seed + i for i in range(settings["seeds"])]
    numbers = [*range(len(folds["screens"])), None]
    with ProcessPoolExecutor(given.jobs, multiprocessing.get_context("fork")) as pool:
        running = {n: [pool.submit(trained_without, n, one) for one in seeds] for n in numbers}
        trained = {n: [one.result() for one in some] for n, some in running.items()}
    scored, treated_scored, made_scored = [], [], []
    for number in numbers[:-1]:
        heads = trained[number]
        scored += scored_by(heads, plain.only(lambda row: fold(row) == number))
        treated_scored += scored_by(heads, treated.only(lambda row: fold(row) == number))
        # Pieces of real content on made screens and paper: those of the fold that was left out.
        made_scored += scored_by(heads, made.only(lambda row: fold(row) == number))
        if unseen is not None and number == 0:
            made_scored += scored_by(heads, unseen)

    calibrations = []
    figures = {"version": given.version, "comparisons": {}}
    say = figures["comparisons"]
    for check, name in enumerate(CHECKS):
        live, attack = sides(check, scored)
        # Set on treated pictures too, as a site's own will be. Genuine documents and prints as they
        # are come from two collections and fall apart for more reasons than paper: not set on those.
        basis = sides(check, treated_scored if check == 1 else scored + treated_scored)
        calibrations.append(calibrate(*(column(check, side) for side in basis)))
        calibration = calibrations[check]
        by = "source" if check == 0 else "group"
        say[f"{name}, pooled"] = measure(check, live, attack, by, calibration, seed)
        a, b = sides(check, treated_scored)
        label = f"{name}, pooled, all treated alike (size, colour, noise, JPEG)"
        say[label] = measure(check, a, b, by, calibration, seed)
        if check == 1:
            soft = [[s for s in side if s.softened] for side in (a, b)]
            label = f"{name}, pooled, of these the documents made equally soft"
            say[label] = measure(check, *soft, by, calibration, seed)
        if check == 0:
            for source in sorted({s.source for s in live} & {s.source for s in attack}):
                a, b = ([s for s in side if s.source == source] for side in (live, attack))
                say[f"{name}, {source}"] = measure(check, a, b, "clip", calibration, seed)
            documents = [s for s in scored if s.kind == "id_document"]
            cut = calibration.probability(column(check, documents))
            figures["realDocumentsTakenForScreens"] = {
                level: float((cut < at).mean()) for level, at in calibration.thresholds.items()
            }
        else:
            for group in sorted({s.group for s in attack}):
                b = [s for s in attack if s.group == group]
                number = fold_of("id_document", group, folds)
                a = [s for s in live if fold_of("id_document", s.group, folds) == number]
                label = f"{name}, {group} against the genuine documents of its fold"
                say[label] = measure(check, a, b, "clip", calibration, seed)
            scenes = [s for s in scored if s.kind == "scene" and s.label == "genuine"]
            cut = calibration.probability(column(check, scenes))
            figures["genuineScenesTakenForPrints"] = {
                level: float((cut < at).mean()) for level, at in calibration.thresholds.items()
            }
        for kind, what in (
            ("id_document", "real documents"),
            ("scene", "real scenes"),
            ("drawn", "drawn documents and pictures"),
        ):
            of = [s for s in made_scored if s.kind == kind]
            a = [s for s in of if s.label == "genuine"]
            b = [s for s in of if s.label == ("screen", "print")[check]]
            if len(a) > 20 and len(b) > 20:
                label = f"{name}, made, single patches of {what}"
                say[label] = measure(check, a, b, "group", calibration, seed)

    heads = trained[None]
    given.models.mkdir(parents=True, exist_ok=True)
    (given.models / "patches.onnx").write_bytes(export.spectral_graph(heads).SerializeToString())
    manifest(given.models, given.version, calibrations)
    reference(heads, given.models / "reference" / "patches.json")
    figures["calibrations"] = [asdict(c) for c in calibrations]
    (given.models / "patches.figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    card = given.models / "README.md"
    if card.exists() and MARKS[0] in card.read_text():
        before, rest = card.read_text().split(MARKS[0])
        after = rest.split(MARKS[1])[1]
        card.write_text(f"{before}{MARKS[0]}\n\n{table(figures)}\n\n{MARKS[1]}{after}")
    print(table(figures))


if __name__ == "__main__":
    main()
