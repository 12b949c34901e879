"""From spectra and trained networks to a shipped model and its honest figures, in one command.

`python release.py --plain PLAIN.npz --treated TREATED.npz --made MADE.npz --unseen UNSEEN.npz
--grey GREY.npz --strange STRANGE.npz --runs RUNS --surroundings LEFT.npz --models MODELS --version V`

Each fold is judged by a model that never saw its sources and document kinds; the scores of all folds
together give the calibration, the thresholds and the figures. The shipped model is trained by the
same recipe on everything. `UNSEEN` holds made pieces that no training sees. `RUNS` holds the networks,
`0-1` being the one of seed 1 without fold 0, with its `judged.npz`, and `all-1` that on everything. `LEFT` is what
`../surroundings/release.py` says of left-out pictures: it adds to `screenReplay`, and that model's manifest entry gets
its share.

Writes `patches.onnx`, the entry in `manifest.json`, `reference/patches.json` and
`patches.figures.json`, and puts the tables between the marks in `README.md`.
"""

import argparse
import hashlib
import json
import multiprocessing
import sys
import tomllib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import export
import novelty
from calibrate import Calibration, calibrate
from figures import apcer_at, auc, eer, interval
from head import Perceptron, Table, joined, mean_logits, opened, train
from judge import TABLES
from reliability import errors_of, reliability
from spectra import CHECKS, PATCH
from splits import fold_of
from train import restored

sys.path.append(str(Path(__file__).resolve().parent.parent))

import textured  # noqa: E402
from manifest import entries, entry_into  # noqa: E402


@dataclass(frozen=True)
class Scored:
    """One picture with its mean logits."""

    label: str
    kind: str
    source: str
    group: str
    clip: str
    softened: bool
    fold: int | None
    logits: tuple[float, float]


def scored_by(rows: list[dict], logits: np.ndarray, folds: dict) -> list[Scored]:
    """Every picture that was judged."""
    fields = ("label", "kind", "source", "group", "clip")
    return [
        Scored(
            *(row[field] for field in fields),
            row.get("softened", False),
            fold_of(row["kind"], row["group"], folds),
            tuple(map(float, of)),
        )
        for row, of in zip(rows, logits)
        if not np.isnan(of).any()
    ]


@dataclass(frozen=True)
class Parts:
    """What the answer is made of: each part divided by its own spread over left-out pictures, and their mean."""

    heads: np.ndarray  # what the perceptrons' logits of each check are multiplied by
    nets: np.ndarray  # likewise the networks'
    around: np.ndarray  # likewise those of the surroundings, which come in spreads

    def texture(self, heads: np.ndarray, nets: np.ndarray) -> np.ndarray:
        """Pictures x checks of either part to pictures x checks: what the model of this folder says."""
        return self.heads * heads + self.nets * nets

    def logits(self, heads: np.ndarray, nets: np.ndarray, around: np.ndarray) -> np.ndarray:
        """Pictures x checks of the three to pictures x checks; where nobody saw the surroundings, of the two."""
        return self.texture(heads, nets) + self.around * np.nan_to_num(around)[:, None]


def surroundings_of(path: Path, tables: dict[str, Table]) -> dict[str, np.ndarray]:
    """What the surroundings say of every picture of every table; no number (NaN) where they were not looked at. A picture
    has the same surroundings however its patches are treated."""
    read = np.load(path)
    by_number = dict(zip(read["number"].tolist(), read["logit"].tolist()))
    # Rows of pictures as they are stand in the index's order; a scene's clip is its path.
    by_clip = {row["clip"]: by_number.get(n) for n, row in enumerate(tables["plain"].rows) if row["kind"] == "scene"}
    found = {}
    for name, table in tables.items():
        said = [by_number.get(n) if name == "plain" else by_clip.get(row["clip"]) for n, row in enumerate(table.rows)]
        found[name] = np.array([np.nan if v is None else v for v in said])
    return found


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


def figures_table(figures: dict) -> str:
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
    lines += ["", "| genuine documents of kinds left out, as they are | pass |", "| --- | --- |"]
    for name, f in figures["genuinePassing"].items():
        lines.append(f"| {name} | {percent(f['share'], f['interval'])} |")
    return "\n".join(lines)


def reliability_table(figures: dict) -> str:
    """Bins of probabilities and the expected calibration error, as Markdown."""
    found = figures["reliability"]
    names = list(found)
    lines = [
        "| said | " + " | ".join(f"{name}: pictures | mean said | share live" for name in names) + " |",
        "| --- |" + " --- | --- | --- |" * len(names),
    ]
    for number in range(len(found[names[0]]["bins"])):
        cells = []
        for name in names:
            of = found[name]["bins"][number]
            if of["pictures"]:
                cells.append(f"{of['pictures']} | {of['said']:.2f} | {of['live']:.2f}")
            else:
                cells.append("0 | – | –")
        low = found[names[0]]["bins"][number]["from"]
        lines.append(f"| {low:.1f} to {low + 0.1:.1f} | " + " | ".join(cells) + " |")
    cells = []
    for name in names:
        low, high = found[name]["errorInterval"]
        cells.append(f" | | {found[name]['error']:.3f} ({low:.3f} to {high:.3f})")
    lines.append("| expected calibration error |" + " |".join(cells) + " |")
    return "\n".join(lines)


def novelty_table(figures: dict) -> str:
    """What share of which pictures is found new, as Markdown."""
    lines = ["| pictures | number | found new | median novelty |", "| --- | --- | --- | --- |"]
    for name, f in figures["novelty"]["pictures"].items():
        lines.append(f"| {name} | {f['number']} | {percent(f['new'], f.get('newInterval'))} | {f['median']:.2f} |")
    return "\n".join(lines)


def kept_share(passed: np.ndarray, groups: list[str], seed: int) -> tuple[float, tuple[float, float]]:
    """A share with its 95 % interval over resampled groups."""
    rng = np.random.default_rng(seed)
    names = sorted(set(groups))
    of = {n: passed[np.array(groups) == n] for n in names}
    drawn = [np.concatenate([of[names[i]] for i in rng.integers(len(names), size=len(names))]).mean() for _ in range(500)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(passed.mean()), (float(low), float(high))


def picture_means(values: np.ndarray, table: Table) -> np.ndarray:
    """The mean over a picture's patches."""
    return np.bincount(table.owners, values, minlength=len(table.rows)) / np.bincount(
        table.owners, minlength=len(table.rows)
    )


def novelty_without(number: int | None, tables: dict[str, Table], fold) -> novelty.Novelty:
    """Fitted to scenes and documents, as they are and treated, and to made pieces; each third weighs the same."""
    features, weights = [], []
    for name in ("plain", "treated", "made"):
        kept = tables[name].only(
            lambda row: (row["made"] or row["kind"] in ("scene", "id_document"))
            and (number is None or fold(row) != number)
        )
        features.append(kept.features.numpy().astype(np.float64))
        weights.append(np.full(len(kept.features), 1.0 / len(kept.features)))
    return novelty.fitted(np.concatenate(features), np.concatenate(weights))


FAR = 99.0
"""Per cent of left-out pictures of documents, genuine and printed, that are no farther than the limit."""


def novelty_figures(tables: dict[str, Table], strange: Table, numbers: list[int], fold, seed: int) -> dict:
    """The limit, and what is found new: real pictures left out, and pictures unlike any."""
    found: dict[str, list] = {}
    documents = []
    for number in numbers:
        fitted = novelty_without(number, tables, fold)

        def means(table: Table) -> np.ndarray:
            return picture_means(fitted.of(table.features.numpy()), table)

        for name in ("plain", "treated"):
            kept = tables[name].only(lambda row: fold(row) == number)
            for row, value in zip(kept.rows, means(kept)):
                sort = {"screen": "screens", "print": "prints"}.get(row["label"])
                sort = sort or {"scene": "genuine scenes", "id_document": "genuine documents"}[row["kind"]]
                how = "as they are" if name == "plain" else "treated"
                found.setdefault(f"{sort}, {how}", []).append((value, row["group"]))
                if row["kind"] == "id_document":
                    documents.append(value)
        kept = strange.only(lambda row: fold(row) == number or (fold(row) is None and number == numbers[0]))
        for row, value in zip(kept.rows, means(kept)):
            found.setdefault(row["sort"], []).append((value, row["group"]))
    limit = round(float(np.percentile(documents, FAR)), 3)
    pictures = {}
    for name, of in found.items():
        values = np.array([value for value, _ in of])
        pictures[name] = {"number": len(of), "median": float(np.median(values)), "new": float((values > limit).mean())}
        if all(group for _, group in of):
            share = kept_share((values > limit).astype(float), [group for _, group in of], seed)
            pictures[name]["newInterval"] = share[1]
    return {"limit": limit, "pictures": pictures}


def reference(model: Path, path: Path) -> None:
    """Inputs made by a formula and the outputs they get from the model, for the program's own test."""
    count = 6
    levels = textured.levels(count, PATCH)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    logits, new = session.run(["logits", "novelty"], {"patches": (levels / 255.0).astype(np.float32)})
    words = {
        "format": 1,
        "model": "patches",
        "input": textured.WORDS,
        "count": count,
        "levels": textured.probes(levels, [(0, 0, 0, 0), (1, 2, 3, 4), (5, 1, 191, 190), (3, 0, 100, 7)]),
        "logits": [[round(float(v), 6) for v in row] for row in logits],
        "novelty": [round(float(v), 6) for v in new],
        "tolerance": 1e-3,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(words, indent=2) + "\n")


def entered(models: Path, version: str, calibrations: list[Calibration], limit: float, around: np.ndarray) -> None:
    """Puts the model's entry into the manifest, and what the surroundings add into theirs; leaves the other models' alone."""
    entry = {
        "id": "patches",
        "version": version,
        "file": "patches.onnx",
        "sha256": hashlib.sha256((models / "patches.onnx").read_bytes()).hexdigest(),
        "input": {"name": "patches", "shape": [None, 3, PATCH, PATCH], "range": [0, 1], "at_a_time": 2},
        "outputs": ["logits", "novelty"],
        "novelty_limit": limit,
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
    entry_into(models, entry)
    for other in entries(models):
        if other["id"] == "surroundings":
            for add in other["adds"]:
                i = CHECKS.index(add["check"])
                add["scale"] = round(calibrations[i].scale * float(around[i]), 5)
            entry_into(models, other)


def spread_of(logits: dict[str, np.ndarray], tables: dict[str, Table], check: int) -> float:
    """Of the pictures a check is judged by: scenes or documents, as they are and treated."""
    kind = ("scene", "id_document")[check]
    names = ("plain", "treated")
    of = [logits[n][[row["kind"] == kind for row in tables[n].rows], check] for n in names]
    return float(np.concatenate(of).std())


LOOKED_AT = (("plain", "treated"), ("plain", "treated", "grey"))
"""Pictures by which the parts of each check are compared."""


def ablation(tables: dict[str, Table], parts: dict[str, dict], folds: dict) -> list[dict]:
    """What each part scores alone, by seed: AUC of left-out pictures."""
    found = []
    for part, logits in parts.items():
        row = {"part": part}
        for check, name in enumerate(CHECKS):
            for of in LOOKED_AT[check] if np.nan_to_num(logits["plain"][:, check]).any() else ():
                live, attack = (column(check, s) for s in sides(check, scored_by(tables[of].rows, logits[of], folds)))
                row[f"{name} {of}"] = auc(live, attack)
        found.append(row)
    return found


def ablation_table(figures: dict) -> str:
    """`ablation` as Markdown."""
    names = [f"{check} {of}" for check, some in zip(CHECKS, LOOKED_AT) for of in some]
    heads = [name.replace(" plain", ", as they are").replace(" treated", ", treated").replace(" grey", ", grey") for name in names]
    lines = ["| judged by | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
    for row in figures["parts"]:
        lines.append(f"| {row['part']} | " + " | ".join(f"{row[name]:.3f}" if name in row else "–" for name in names) + " |")
    return "\n".join(lines)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    for name in TABLES:
        words.add_argument(f"--{name}", type=Path, required=True, help="spectra, as describe.py wrote them")
    words.add_argument("--strange", type=Path, required=True, help="as strange.py wrote it")
    words.add_argument("--runs", type=Path, required=True, help="folder of the networks' trainings")
    words.add_argument("--surroundings", type=Path, required=True, help="left.npz of ../surroundings/release.py")
    words.add_argument("--models", type=Path, required=True, help="folder to write into")
    words.add_argument("--version", required=True)
    words.add_argument("--jobs", type=int, default=2, help="trainings at a time")
    words.add_argument("--keep-rows", type=Path, help="a file for the single answers about pictures as they are")
    given = words.parse_args()
    # Before the workers are forked: a pool of threads does not survive that.
    torch.set_num_threads(1)
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    folds, settings, seed = config["folds"], config["head"], config["seed"]
    net_seeds, compared = config["net"]["seeds"], config["net"]["compared"]

    def fold(row: dict) -> int | None:
        return fold_of(row["kind"], row["group"], folds)

    tables = {name: opened(getattr(given, name)) for name in TABLES}
    strange = opened(given.strange)
    # The flat references do not say which kind they show, so no training sees them.
    everything = joined([tables[name] for name in ("plain", "treated", "made")]).only(
        lambda row: row["kind"] != "flat_template"
    )
    SHARED.update(table=everything, settings=settings, fold=fold)
    seeds = [seed + i for i in range(settings["seeds"])]
    numbers = [*range(len(folds["screens"])), None]
    with ProcessPoolExecutor(given.jobs, multiprocessing.get_context("fork")) as pool:
        running = {n: [pool.submit(trained_without, n, one) for one in seeds] for n in numbers}
        trained = {n: [one.result() for one in some] for n, some in running.items()}

    def nothing() -> dict[str, np.ndarray]:
        return {name: np.full((len(of.rows), len(CHECKS)), np.nan) for name, of in tables.items()}

    by_head, by_net = [nothing() for _ in seeds], {one: nothing() for one in compared}
    for number in numbers[:-1]:
        judged = {one: np.load(given.runs / f"{number}-{one}" / "judged.npz") for one in compared}
        for name, table in tables.items():
            # Nobody saw the unseen pieces: the first fold's word on them is enough.
            def mine(row: dict) -> bool:
                return fold(row) == number or (name == "unseen" and number == 0)

            at = [mine(row) for row in table.rows]
            if any(at):
                part = table.only(mine)
                for one, head in zip(by_head, trained[number]):
                    one[name][at] = mean_logits([head], part)
                for one, said in judged.items():
                    by_net[one][name][at] = said[name][at]
    of_heads = {name: np.mean([one[name] for one in by_head], axis=0) for name in TABLES}
    of_nets = {name: np.mean([by_net[one][name] for one in net_seeds], axis=0) for name in TABLES}
    shares = config["parts"]
    parts = Parts(
        *(
            np.array([shares[name][check] / spread_of(of, tables, check) for check in range(len(CHECKS))])
            for name, of in (("heads", of_heads), ("nets", of_nets))
        ),
        np.array(shares["surroundings"]),
    )
    around = surroundings_of(given.surroundings, tables)
    texture = {name: parts.texture(of_heads[name], of_nets[name]) for name in TABLES}
    answers = {name: parts.logits(of_heads[name], of_nets[name], around[name]) for name in TABLES}
    scored, treated_scored, made_scored = (
        scored_by(tables[name].rows, answers[name], folds) for name in ("plain", "treated", "made")
    )
    made_scored += scored_by(tables["unseen"].rows, answers["unseen"], folds)

    calibrations = []
    figures = {"version": given.version, "comparisons": {}, "reliability": {}}
    of_parts = {
        "perceptrons on summed spectra": of_heads,
        "networks on maps of spectra": of_nets,
        "both: texture": texture,
        "surroundings": {name: of[:, None] * (parts.around > 0) for name, of in around.items()},
        "what ships": answers,
    }
    of_parts |= {f"one network, seed {one}": of for one, of in by_net.items()}
    of_parts |= {f"one perceptron, seed {one}": of for one, of in zip(seeds, by_head)}
    figures["parts"] = ablation(tables, of_parts, folds)
    say = figures["comparisons"]
    for check, name in enumerate(CHECKS):
        live, attack = sides(check, scored)
        # Set on treated pictures too, as a site's own will be. Genuine documents and prints as they
        # are come from two collections and fall apart for more reasons than paper: not set on those.
        basis = sides(check, treated_scored if check == 1 else scored + treated_scored)
        calibrations.append(calibrate(*(column(check, side) for side in basis)))
        calibration = calibrations[check]
        of_folds = [np.array([s.fold for s in side]) for side in basis]
        figures["reliability"][name] = said = reliability(*(column(check, side) for side in basis), *of_folds)
        by = "source" if check == 0 else "group"
        groups = [[getattr(s, by) for s in side] for side in basis]
        said["errorInterval"] = interval(errors_of, said.pop("live"), said.pop("attack"), *groups, seed)
        say[f"{name}, pooled"] = measure(check, live, attack, by, calibration, seed)
        a, b = sides(check, treated_scored)
        label = f"{name}, pooled, all treated alike (size, colour, noise, JPEG)"
        say[label] = measure(check, a, b, by, calibration, seed)
        if check == 1:
            soft = [[s for s in side if s.softened] for side in (a, b)]
            label = f"{name}, pooled, of these the documents made equally soft"
            say[label] = measure(check, *soft, by, calibration, seed)
            a, b = sides(check, scored_by(tables["grey"].rows, answers["grey"], folds))
            label = f"{name}, pooled, both turned grey and encoded alike"
            say[label] = measure(check, a, b, by, calibration, seed)
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

    # Genuine documents of left-out kinds, as they are: what passes each check and both.
    genuine = [s for s in scored if s.label == "genuine" and s.kind == "id_document"]
    groups = [s.group for s in genuine]
    figures["genuinePassing"] = {}
    for level in calibrations[0].thresholds:
        passed = [
            c.probability(column(i, genuine)) >= c.thresholds[level] for i, c in enumerate(calibrations)
        ]
        for name, of in (*zip(CHECKS, passed), ("both", passed[0] & passed[1])):
            share, low_high = kept_share(of.astype(float), groups, seed)
            figures["genuinePassing"][f"{level} {name}"] = {"share": share, "interval": low_high}

    if given.keep_rows:
        rows = []
        for number, (row, logits) in enumerate(zip(tables["plain"].rows, answers["plain"])):
            if not np.isnan(logits).any():
                said = {name: float(c.probability(logits[i])) for i, (name, c) in enumerate(zip(CHECKS, calibrations))}
                rows.append({"number": number, "label": row["label"], "kind": row["kind"], "group": row["group"], **said})
        given.keep_rows.write_text(json.dumps(rows))

    figures["novelty"] = novelty_figures(tables, strange, numbers[:-1], fold, seed)
    nets = [restored(given.runs / f"all-{one}" / "net.pt") for one in net_seeds]
    graph = export.graph_of(trained[None], nets, parts.heads, parts.nets, novelty_without(None, tables, fold))
    given.models.mkdir(parents=True, exist_ok=True)
    (given.models / "patches.onnx").write_bytes(graph.SerializeToString())
    entered(given.models, given.version, calibrations, figures["novelty"]["limit"], parts.around)
    reference(given.models / "patches.onnx", given.models / "reference" / "patches.json")
    figures["calibrations"] = [asdict(c) for c in calibrations]
    (given.models / "patches.figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    texts = {
        "figures": figures_table(figures),
        "parts": ablation_table(figures),
        "reliability": reliability_table(figures),
        "novelty": novelty_table(figures),
    }
    card = given.models / "README.md"
    for name, text in texts.items():
        if card.exists():
            put_between(card, name, text)
        print(text + "\n")


def put_between(card: Path, name: str, text: str) -> None:
    """Into the card, between the marks of this name, where it has them."""
    begin, end = (f"<!-- patches {name}: {word} -->" for word in ("begin", "end"))
    words = card.read_text()
    if begin in words:
        before, rest = words.split(begin)
        card.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.split(end)[1]}")


if __name__ == "__main__":
    main()
