"""From trained runs to a shipped model and its honest figures, in one command.

`python release.py --cache CACHE --folds RUN0 RUN1 RUN2 --shipped RUN --models MODELS --version V`

Each fold's run judges the pictures it was not trained on; their scores together give the
calibration, the thresholds and the figures. The shipped run, trained by the same recipe on every
fold, is exported with that calibration. With one run under `--folds` that is also `--shipped`, the
figures are those of the very model that ships, on the fold it left out (`--only-fold`).

Writes `patches.onnx`, the entry in `manifest.json`, `reference/patches.json` and
`patches.figures.json`, and puts the tables between the marks in `README.md`.
"""

import argparse
import hashlib
import json
import tomllib
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

import export
from calibrate import Calibration, calibrate
from data import Pictures
from figures import apcer_at, auc, eer, interval
from made import Bank
from network import CHECKS, PATCH, Deployed, PatchNetwork
from scores import Scored, logits_of, score
from train import fold_of

MARKS = ("<!-- patches figures: begin -->", "<!-- patches figures: end -->")


def opened(run: Path) -> PatchNetwork:
    """A run's averaged network, ready to judge."""
    network = PatchNetwork()
    network.load_state_dict(torch.load(run / "checkpoint.pt", weights_only=True)["average"])
    return network.eval().to(memory_format=torch.channels_last)


def score_made(network: PatchNetwork, bank: Path, allowed, most: int) -> list[Scored]:
    """Scores of a bank's pieces, one patch each: only for a look at made pictures of their own."""
    opened_bank = Bank(bank)
    rows = opened_bank.rows
    chosen = [i for i, row in enumerate(rows) if allowed(row)][:most]
    scored = []
    for begin in range(0, len(chosen), 24):
        some = chosen[begin : begin + 24]
        pieces = np.stack([opened_bank.piece(i) for i in some]).transpose(0, 3, 1, 2)
        for i, logits in zip(some, logits_of(network, np.ascontiguousarray(pieces))):
            row = rows[i]
            scored.append(
                Scored(
                    row["label"], row["kind"], bank.name, row["group"], f"{bank.name}/{i}",
                    tuple(map(float, logits)), True,
                )
            )
    return scored


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


def reference(network: PatchNetwork, path: Path) -> None:
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
        logits = Deployed(network)(torch.from_numpy(levels.astype(np.float32) / 255.0)).numpy()
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
    words.add_argument("--cache", type=Path, required=True)
    words.add_argument("--folds", type=Path, nargs="+", required=True, help="runs, in order of the folds")
    words.add_argument("--only-fold", type=int, help="the fold left out by a single run")
    words.add_argument("--shipped", type=Path, required=True, help="run to export")
    words.add_argument("--bank", type=Path, nargs="*", default=[], help="banks of made pieces to report on")
    words.add_argument("--models", type=Path, required=True, help="folder to write into")
    words.add_argument("--version", required=True)
    words.add_argument("--threads", type=int, default=1)
    given = words.parse_args()
    torch.set_num_threads(given.threads)
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    seed = config["seed"]

    pictures = Pictures(given.cache)
    numbers = range(len(given.folds)) if given.only_fold is None else [given.only_fold]
    scored, made = [], []
    for number, run in zip(numbers, given.folds):
        network = opened(run)
        held = [e for e in pictures.entries if fold_of(e.kind, e.group, config["folds"]) == number]
        scored += score(network, pictures, held)
        for bank in given.bank:
            made += score_made(
                network,
                bank,
                lambda row: fold_of(row["kind"], row["group"], config["folds"]) in (number, None),
                600,
            )

    calibrations = []
    figures = {"version": given.version, "comparisons": {}}
    for check, name in enumerate(CHECKS):
        live, attack = sides(check, scored)
        calibrations.append(calibrate(column(check, live), column(check, attack)))
        by = "source" if check == 0 else "group"
        say = figures["comparisons"]
        say[f"{name}, pooled"] = measure(check, live, attack, by, calibrations[check], seed)
        if check == 0:
            for source in sorted({s.source for s in live} & {s.source for s in attack}):
                a, b = ([s for s in side if s.source == source] for side in (live, attack))
                if len(a) >= 9 and len(b) >= 6:
                    say[f"{name}, {source}"] = measure(
                        check, a, b, "clip", calibrations[check], seed
                    )
        else:
            for group in sorted({s.group for s in attack}):
                b = [s for s in attack if s.group == group]
                fold = fold_of("id_document", group, config["folds"])
                a = [s for s in live if fold_of("id_document", s.group, config["folds"]) == fold]
                say[f"{name}, {group} against its fold's genuine documents"] = measure(
                    check, a, b, "clip", calibrations[check], seed
                )
        for bank in given.bank:
            for kind in ("id_document", "scene", "drawn"):
                of = [s for s in made if s.source == bank.name and s.kind == kind]
                a = [s for s in of if s.label == "genuine"]
                b = [s for s in of if s.label == ("screen", "print")[check]]
                if len(a) > 20 and len(b) > 20:
                    say[f"{name}, made single patches, {bank.name} {kind}"] = measure(
                        check, a, b, "group", calibrations[check], seed
                    )

    network = opened(given.shipped).to(memory_format=torch.contiguous_format)
    given.models.mkdir(parents=True, exist_ok=True)
    export.write(network, given.models / "patches.onnx")
    manifest(given.models, given.version, calibrations)
    reference(network, given.models / "reference" / "patches.json")
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
