"""Every figure of the models' card, from one command.

    python measure.py --data DATA --program ../../target/release/secondlook --work C

`C` holds what the trainings left behind; beside each part stands what it needs of it. A part that lacks something is left out,
and it is said with which command that is made (`README.md` has these in order). Nothing under `models/` is written: the
releases write into a copy, `C/models`. The tables come into `C/figures.txt`.
"""

import argparse
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent
VERSION = "measured"
FOLDS = (0, 1, 2)


@dataclass(frozen=True)
class Need:
    """A file or folder, and the command that makes it."""

    path: Path
    made_by: str


@dataclass(frozen=True)
class Part:
    """One script, run in its own folder."""

    name: str
    folder: str
    words: list
    needs: list[Need] = field(default_factory=list)


def surroundings(c: Path, copy: Path, data: Path) -> list[Part]:
    """What the surroundings say of the folds left out; `patches` needs it."""
    runs = c / "surroundings"
    seeds = tomllib.loads((HERE / "surroundings" / "config.toml").read_text())["release"]
    named = [(fold, seed, "judged.npz") for fold in FOLDS for seed in seeds["compared"]] + [("all", seeds["shipped"], "net.pt")]
    needs = [Need(runs / f"{f}-{s}" / name, f"train.py ... --out C/surroundings/{f}-{s}") for f, s, name in named]
    far = [c / "far" / kind for kind in ("genuine", "screen")]
    needs += [Need(of, f"secondlook synth documents --kind {of.name} --out {of} ...") for of in far]
    words = ["release.py", "--data", data, "--runs", runs, "--models", copy, "--version", VERSION, "--drawn", *far]
    return [Part("surroundings", "surroundings", words, needs)]


def patches(c: Path, copy: Path) -> list[Part]:
    """The network's word on the folds it left out where that is missing, all figures, the ablation, the shortcuts."""
    seeds = tomllib.loads((HERE / "patches" / "config.toml").read_text())["net"]["compared"]
    tables = ("plain", "treated", "grey", "made", "unseen")
    spectra = [Need(c / f"{n}.npz", f"describe.py --pieces C/{n} --out C/{n}.npz") for n in tables]
    found, judged = [], []
    for seed in seeds:
        for fold in FOLDS:
            run = c / "net" / f"{fold}-{seed}"
            judged.append(Need(run / "judged.npz", f"judge.py --run C/net/{fold}-{seed} --without {fold} ..."))
            if not (run / "judged.npz").exists():
                words = ["judge.py", "--run", run, "--without", fold]
                for n in tables:
                    words += [f"--{n}", c / n]
                needs = [Need(run / "net.pt", f"train.py ... --out C/net/{fold}-{seed} --without {fold} --seed {seed}")]
                needs += [Need(c / f"{n}.maps", f"maps.py --pieces C/{n} --out C/{n}") for n in tables]
                found.append(Part(f"patches: fold {fold}, seed {seed}", "patches", words, needs))
    words = ["release.py", "--strange", c / "strange.npz", "--runs", c / "net", "--models", copy, "--version", VERSION]
    for n in tables:
        words += [f"--{n}", c / f"{n}.npz"]
    strange = Need(c / "strange.npz", "strange.py --cache C/real --out C/strange.npz")
    around = Need(c / "surroundings" / "left.npz", "release.py of the surroundings, the part before")
    words += ["--surroundings", around.path]
    whole = Need(c / "net" / f"all-{seeds[0]}" / "net.pt", "train.py ... --out C/net/all-1")
    found.append(Part("patches: figures, parts, reliability, novelty", "patches", [*words, "--keep-rows", c / "patches.rows.json"],
                      [*spectra, strange, around, whole, *judged]))
    words = ["ablate.py", "--out", c / "ablate.json"]
    for n in ("plain", "treated", "made"):
        words += [f"--{n}", c / f"{n}.npz"]
    found.append(Part("patches: what each decision is worth", "patches", words, [n for n in spectra if n.path in words]))
    words = ["probe.py"]
    for n in ("plain", "treated", "grey"):
        words += [f"--{n}", c / n]
    pieces = [Need(c / f"{n}.u8", f"pieces.py --cache C/real --what {n} --out C/{n}") for n in ("plain", "treated", "grey")]
    found.append(Part("patches: what a shortcut would score", "patches", words, pieces))
    return found


def portrait(c: Path) -> list[Part]:
    """The finder, the substitution check, and the check with the finder's own boxes."""
    real = Need(c / "real" / "pictures.json", "../patches/data.py --index DATA/index.csv --cache C/real")
    finder = [Need(c / "finder" / f"fold{n}.pt", f"finder_train.py --samples C/finder-samples --out C/finder --fold {n}") for n in FOLDS]
    names = [*(f"fold{n}" for n in FOLDS), "composite", "drawn"]
    heads = [Need(c / "swap-runs" / f"scores-{n}.npy", "swap_train.py --windows C/swap --out C/swap-runs") for n in names]
    windows = Need(c / "swap" / "rows-plain-0.json", "swap_data.py --cache C/real --drawn C/papers --out C/swap")
    end = ["--models", MODELS, "--version", VERSION, "--figures"]
    return [
        Part("portrait finder", "portrait", ["finder_release.py", "--cache", c / "real", "--runs", c / "finder", *end], [real, *finder]),
        Part("substitution", "portrait", ["swap_release.py", "--windows", c / "swap", "--runs", c / "swap-runs", *end], [windows, *heads]),
        Part(
            "substitution, with the finder's own boxes", "portrait",
            ["swap_found.py", "--cache", c / "real", "--finder", c / "finder", "--runs", c / "swap-runs", "--models", MODELS,
             "--keep-rows", c / "substitution.rows.json"],
            [real, *finder, *heads[:3]],
        ),
    ]


def edits(c: Path, copy: Path, data: Path) -> list[Part]:
    """The edits' figures and the marks of a whole file."""
    cells = c / "edits"
    needs = [
        Need(cells / "real" / "index-000.jsonl", "data.py --index DATA/index.csv --out C/edits/real"),
        Need(cells / "drawn", "data.py --drawn D --out C/edits/drawn"),
        Need(c / "edits-runs" / "final.pt", "release.py --cells C/edits/real C/edits/drawn --run C/edits-runs ..."),
    ]
    words = ["release.py", "--cells", cells / "real", cells / "drawn", "--run", c / "edits-runs", "--models", copy, "--version", VERSION]
    return [
        Part("edits", "edits", [*words, "--keep-rows", c / "edits.rows.json"], needs),
        Part("edits: marks of a whole file", "edits", ["marks.py", "--index", data / "index.csv"]),
    ]


def parts(given, copy: Path) -> list[Part]:
    """Everything, in order."""
    c, data = given.work, given.data
    gates = ["gates.py", "--program", given.program, "--count", given.count, "--data", data, "--work", c / "gates"]
    rows = [Need(c / f"{n}.rows.json", "the parts above") for n in ("patches", "substitution", "edits")]
    words = ["together.py", "--pictures", c / "real" / "pictures.json"]
    for need in rows:
        words += [f"--{need.path.name.split('.')[0]}", need.path]
    return [
        Part("locator", "locator", ["evaluate.py", "--data", data, "--model", MODELS / "locator.onnx"]),
        Part("errors about the document's place", ".", gates, [Need(given.program, "cargo build --release, in the project's root")]),
        *portrait(c)[:1],
        *surroundings(c, copy, data),
        *patches(c, copy),
        *portrait(c)[1:],
        *edits(c, copy, data),
        Part("all four checks together", ".", words, rows),
    ]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--data", type=Path, required=True, help="the raw material")
    words.add_argument("--program", type=Path, required=True)
    words.add_argument("--work", type=Path, required=True, help="what the trainings left behind; the figures come here, too")
    words.add_argument("--count", type=int, default=40, help="made pictures a fault and a seed for the errors about the place")
    words.add_argument("--only", help="only the parts whose name begins so")
    given = words.parse_args()
    given.data, given.program, given.work = (path.resolve() for path in (given.data, given.program, given.work))
    copy = given.work / "models"
    (copy / "reference").mkdir(parents=True, exist_ok=True)
    for name in ("README.md", "manifest.json"):
        shutil.copy(MODELS / name, copy)
    failed = False
    with (given.work / "figures.txt").open("a" if given.only else "w") as out:

        def say(text: str) -> None:
            print(text, flush=True)
            print(text, file=out, flush=True)

        for part in parts(given, copy):
            if given.only and not part.name.startswith(given.only):
                continue
            say(f"\n# {part.name}\n")
            missing = [need for need in part.needs if not need.path.exists()]
            for need in missing:
                say(f"left out: {need.path} is not there; it is made by: {need.made_by}")
            if missing:
                continue
            begin = time.time()
            done = subprocess.run(
                [sys.executable, *map(str, part.words)], cwd=HERE / part.folder, capture_output=True, text=True, check=False
            )
            say(done.stdout.strip())
            if done.returncode:
                failed = True
                say(f"failed:\n{done.stderr.strip()[-2000:]}")
            say(f"\n({time.time() - begin:.0f} s)")
    sys.exit(failed)


if __name__ == "__main__":
    main()
