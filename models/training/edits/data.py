"""Pictures, edited and not, into measurements of cells: everything the training reads.

`python data.py --index DATA/index.csv --out C/real` goes through the raw material, `python data.py
--drawn D --out C/drawn` through what the program drew (`D/SEED-KIND/`, kinds `genuine`, `patchwork`,
`retype`, `screenGrab` of the same seed); both edit, save, cut and measure. It writes `C/cells-N.npy`, each documents x 24 x measurements x
12 x 12 in half precision, `C/marks-N.npy`, the share of every cell that was changed (255 is all), and
`C/index-N.jsonl`, one line a document in the same order. A shard that is there is not made again.
"""

import argparse
import csv
import json
import tomllib
from pathlib import Path

import cv2
import numpy as np
import torch

import grabs
from attacks import SORTS, Editor
from features import Measures
from saves import Save, draw, saved
from windows import cells, cut

SHARD = 60
"""Jobs in a shard; a job gives one to three documents."""


class Meter:
    """Windows to measurements, by ONNX Runtime on one thread."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        path = folder / "measures.onnx"
        torch.onnx.export(
            Measures().eval(), (torch.zeros(24, 3, 192, 192),), str(path), opset_version=17, dynamo=False,
            input_names=["windows"], output_names=["cells"],
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options)

    def __call__(self, picture: np.ndarray, quad: np.ndarray) -> np.ndarray:
        windows = cut(picture, quad).transpose(0, 3, 1, 2).astype(np.float32) / 255.0
        return self.session.run(None, {"windows": np.ascontiguousarray(windows)})[0].astype(np.float16)


def fold_of(kind: str, group: str, folds: dict) -> int:
    """The fold of a document kind or photographer; others go by the number at their name's end."""
    for number, names in enumerate(folds[kind] if kind in folds else []):
        if group in names:
            return number
    if kind in folds:
        raise SystemExit(f"{group} is in no fold of config.toml")
    return int("".join(c for c in group if c.isdigit()) or 0) % 3


def read(path: Path) -> np.ndarray:
    """A picture, RGB."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise SystemExit(f"unreadable picture: {path}")
    return picture


def around(picture: np.ndarray, quad: np.ndarray, settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """The document and a margin. The cut starts at a multiple of 16 px, so that the blocks of the
    file's own JPEG stay where they were; a very large document is shrunk."""
    margin = settings["margin_px"]
    low = np.maximum(quad.min(axis=0) - margin, 0).astype(int) // 16 * 16
    high = np.minimum(quad.max(axis=0) + margin, picture.shape[1::-1]).astype(int)
    picture, quad = picture[low[1] : high[1], low[0] : high[0]], quad - low
    longest = max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[1] - quad[2]))
    if longest > settings["longest_px"]:
        scale = settings["longest_px"] / longest
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        quad = quad * scale
    return np.ascontiguousarray(picture), quad


def jobs_of(index: Path, config: dict) -> list[dict]:
    """Everything to be made, in a fixed order that mixes the sorts, so that any part is usable."""
    rounds, folds, found = config["data"], config["folds"], []
    templates, portraits, count = [], [], 0
    for row in csv.DictReader(index.open(newline="")):
        path = str(index.parent / row["path"])
        kind, label = row["kind"], row["label"]
        quad = [float(v) for v in row["quad_px_xyxyxyxy"].split()] or None
        if label == "template":
            templates.append(path)
            continue
        if label == "portrait":
            portraits.append(path)
            continue
        if kind == "id_document":
            group = row["group"].split("/")[0]
            sort, fold = label, fold_of("documents", group, folds)
            times = rounds["genuine_rounds" if label == "genuine" else "print_rounds"]
            clip = row["group"] if label == "print" else row["path"]
        elif label == "background":
            count += 1
            group, sort, fold = f"stock {count}", "background", count % 3
            times, clip = rounds["background_rounds"], row["path"]
        elif label == "genuine":
            group, sort, fold = row["source"], "scene", fold_of("scenes", row["source"], folds)
            times, clip = rounds["scene_rounds"], row["path"]
        else:
            continue
        base = {"path": path, "quad": quad, "sort": sort, "group": group, "clip": clip, "fold": fold}
        found += [{**base, "family": "python", "round": n} for n in range(times)]
        if kind == "id_document":
            found.append({**base, "family": "real", "round": 0})
    for number in range(rounds["grabs"]):
        path = templates[number // 2 % len(templates)] if number % 2 else None
        group = f"type_{Path(path).stem.split('_')[1]}" if path else f"drawn {number // 2}"
        fold = fold_of("documents", group, folds) if path else (number // 2) % 3
        found.append(
            {"path": path or portraits[number * 7 % len(portraits)], "quad": None, "sort": "grab",
             "group": group, "clip": f"grab {number}", "fold": fold, "family": "python", "round": number}
        )
    order = np.random.default_rng(config["seed"]).permutation(len(found))
    return [{**found[i], "job": int(i)} for i in order]


def drawn_jobs(drawn: Path, taken: set[str]) -> dict[str, list[dict]]:
    """What the program drew, a shard a seed. `taken` are names of other shards."""
    shards: dict[str, list[dict]] = {}
    for folder in sorted(drawn.glob("*-*/")):
        seed, kind = folder.name.split("-")
        if seed in taken:
            raise SystemExit(f"seed {seed} has the name of another shard: take another")
        for path in sorted(folder.glob("*.jpg")):
            group = f"drawn {seed} {path.stem}"
            shards.setdefault(seed, []).append(
                {"path": str(path), "quad": None, "sort": kind, "group": group, "clip": group,
                 "fold": (int(seed) + int(path.stem)) % 3, "family": "rust", "round": 0, "job": int(path.stem)}
            )
    return shards


class Maker:
    """One job after another into documents: picture, quad, mask and what to call it."""

    def __init__(self, config: dict, jobs: list[dict]) -> None:
        self.config = config
        self.donors = sorted(
            (j for j in jobs if j["family"] == "real"), key=lambda j: j["path"]
        )

    def donor(self, job: dict, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """A picture and the quad of another document of the job's fold, so that no fold sees into another; for a copy another
        copy, which is grey as well."""
        like = "print" if job["sort"] == "print" else "genuine"
        some = [
            j for j in self.donors if j["fold"] == job["fold"] and j["sort"] == like and j["group"] != job["group"]
        ]
        of = some[rng.integers(len(some))]
        return around(read(Path(of["path"])), np.array(of["quad"]).reshape(4, 2), self.config["data"])

    def documents(self, job: dict):
        """Yields (picture, quad, mask or None, label, sort of edit, how it was saved or None)."""
        rng = np.random.default_rng([self.config["seed"], job["job"]])
        if job["family"] == "rust":
            yield from self.drawn(job, rng)
            return
        picture = read(Path(job["path"]))
        if job["sort"] == "grab":
            card = picture
            if "templates" not in job["path"]:
                card = grabs.drawn(rng, picture, int(rng.integers(700, 1800)))
            page, quad = grabs.grab(rng, card)
            how = draw(self.config["save"], rng)
            if rng.random() < 0.35:
                how = Save(1.0, how.interpolation, (), True)
            page = saved(page, how)
            yield page, quad * how.scale, np.ones(page.shape[:2], np.uint8), 0, "grab", how
            return
        height, width = picture.shape[:2]
        quad = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
        if job["quad"]:
            quad = np.array(job["quad"]).reshape(4, 2)
        elif max(height, width) > 1600:
            # A scene: some part of it stands for the document.
            wide = min(rng.uniform(800, 1500), width, height / 0.64)
            x, y = rng.uniform(0, width - wide), rng.uniform(0, height - 0.63 * wide)
            quad = np.array([(x, y), (x + wide, y), (x + wide, y + 0.63 * wide), (x, y + 0.63 * wide)])
        if job["family"] == "real":
            yield picture, quad, None, 1, "none", None
            return
        picture, quad = around(picture, quad, self.config["data"])
        how = draw(self.config["save"], rng)
        sort = SORTS[rng.integers(len(SORTS))]
        editor = Editor(self.config["edit"], rng, lambda: self.donor(job, rng))
        edited, mask = editor.edit(picture, quad, sort)
        yield saved(picture, how), quad * how.scale, None, 1, "none", how
        seen = saved(edited, how)
        if how.scale != 1.0:
            mask = cv2.resize(mask, seen.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        yield seen, quad * how.scale, mask, 0, sort, how

    def drawn(self, job: dict, rng: np.random.Generator):
        """What the program drew: as it is, or (drawn by seed, so alike for all kinds) saved again."""
        path = Path(job["path"])
        picture, truth = read(path), json.loads(path.with_suffix(".json").read_text())
        quad = np.array(truth["quad"])
        live = job["sort"] == "genuine"
        mask = None if live else np.zeros(picture.shape[:2], np.uint8)
        if job["sort"] == "screenGrab":
            mask[:] = 1
        for box in truth["edited"]:
            cv2.fillConvexPoly(mask, np.rint(np.array(box)).astype(np.int32), 1)
        same = np.random.default_rng([self.config["seed"], int(path.parent.name.split("-")[0]), int(path.stem)])
        how = Save(1.0, cv2.INTER_AREA, (), True)
        if same.random() < 0.5:
            how = draw(self.config["save"], same)
        seen = saved(picture, how)
        if mask is not None and how.scale != 1.0:
            mask = cv2.resize(mask, seen.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        yield seen, quad * how.scale, mask, int(live), "none" if live else job["sort"], how


def plain(picture: np.ndarray, quad: np.ndarray) -> dict:
    """Numbers of the whole document that say nothing of edits, for the probe."""
    low = np.maximum(quad.min(axis=0), 0).astype(int)
    high = quad.max(axis=0).astype(int)
    part = picture[low[1] : high[1], low[0] : high[0]]
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return {
        "longSidePx": float(max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[1] - quad[2]))),
        "colour": float(cv2.cvtColor(part, cv2.COLOR_RGB2HSV)[:, :, 1].mean()),
        "sharpness": float(np.log(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean() + 0.1)),
        "brightness": float(grey.mean()),
    }


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--index", type=Path, help="the raw material's index.csv")
    words.add_argument("--drawn", type=Path, help="folder of what the program drew")
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--part", default="0/1", help="this part of the work of so many, from 0")
    given = words.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    config = tomllib.loads((Path(__file__).parent / "config.toml").read_text())
    given.out.mkdir(parents=True, exist_ok=True)
    meter = Meter(given.out)
    part, parts = map(int, given.part.split("/"))
    shards: dict[str, list[dict]] = {}
    jobs = jobs_of(given.index, config) if given.index else []
    maker = Maker(config, jobs)
    if given.index:
        shards = {f"{n // SHARD:03d}": jobs[n : n + SHARD] for n in range(0, len(jobs), SHARD)}
    if given.drawn:
        shards |= drawn_jobs(given.drawn, set(shards))
    for name in sorted(shards)[part::parts]:
        if (given.out / f"index-{name}.jsonl").exists():
            continue
        measured, marks, lines = [], [], []
        for job in shards[name]:
            for picture, quad, mask, live, sort, how in maker.documents(job):
                measured.append(meter(picture, quad))
                share = np.zeros((24, 12, 12), np.float32) if mask is None else cells(cut(mask, quad))
                marks.append(np.rint(share * 255).astype(np.uint8))
                lines.append(
                    {**{k: job[k] for k in ("job", "sort", "family", "group", "clip", "fold", "round")},
                     "live": live, "edit": sort,
                     "qualities": list(how.qualities) if how else None,
                     "scale": how.scale if how else None, **plain(picture, quad)}
                )
        np.save(given.out / f"cells-{name}.npy", np.stack(measured))
        np.save(given.out / f"marks-{name}.npy", np.stack(marks))
        (given.out / f"index-{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        print(name, len(lines), flush=True)


if __name__ == "__main__":
    main()
