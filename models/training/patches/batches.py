"""Batches: which pictures stand together, where their patches are cut, and what each one says.

Genuine and screen pictures of a batch come from the same source in pairs, genuine documents and
prints in equal number. Batch `n` of a seed is always the same, so a training can be resumed.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from torch.utils.data import Dataset

from augment import CROP, SPARE, draw, treat, window
from data import Entry, Pictures


SCREEN, PRINT = 0, 1
"""Columns of the targets, as `network.CHECKS` orders them."""

ASIDE = 0.3
"""Weight of a picture that says little about a check: a scene is no evidence of how a document's
print looks, and a genuine document, shown on no screen here, must not teach that documents are live."""


@dataclass(frozen=True)
class Lesson:
    """One picture to cut patches from, with what it says: targets (1 is live) and their weights."""

    entry: Entry
    targets: tuple[float, float]
    weights: tuple[float, float]


def lesson(entry: Entry) -> Lesson:
    """What a real picture says of the two checks."""
    if entry.label == "screen":
        return Lesson(entry, (0.0, 0.0), (1.0, 0.0))
    if entry.label == "print":
        return Lesson(entry, (1.0, 0.0), (ASIDE, 1.0))
    if entry.kind == "id_document":
        return Lesson(entry, (1.0, 1.0), (ASIDE, 1.0))
    if entry.kind == "scene":
        return Lesson(entry, (1.0, 1.0), (1.0, ASIDE))
    return Lesson(entry, (1.0, 1.0), (ASIDE, ASIDE))


def place(entry: Entry, rng: np.random.Generator) -> tuple[float, float]:
    """A centre for a patch: anywhere in the document, or anywhere in the frame."""
    u, v = rng.random(2)
    if entry.quad is None:
        return u * entry.width, v * entry.height
    corners = np.array(entry.quad)
    top = corners[0] * (1 - u) + corners[1] * u
    bottom = corners[3] * (1 - u) + corners[2] * u
    x, y = top * (1 - v) + bottom * v
    return float(x), float(y)


def long_edge(entry: Entry) -> float:
    """Length in pixels of the document's longer edge."""
    corners = np.array(entry.quad)
    return float(
        max(
            np.linalg.norm(corners[0] - corners[1]),
            np.linalg.norm(corners[1] - corners[2]),
        )
    )


def draw_scale(entry: Entry, rng: np.random.Generator) -> float:
    """How much a picture is resized before its patches are cut.

    Documents are brought to a size drawn without regard to their class, because half of the prints
    were photographed at four times the pixels of any genuine document.
    """
    if entry.quad is not None:
        wanted = np.exp(rng.uniform(np.log(450.0), np.log(1700.0)))
        return float(np.clip(wanted / long_edge(entry), 0.4, 1.3))
    if rng.random() < 0.5:
        return 1.0
    return float(rng.uniform(0.55, 1.0))


class Batches(Dataset):
    """Item `n` is batch `n`: patches (uint8, N x 3 x CROP x CROP), picture numbers, targets, weights."""

    def __init__(self, pictures: Pictures, entries: list[Entry], made, settings: dict, seed: int) -> None:
        self.pictures = pictures
        self.made = made
        self.settings = settings
        self.seed = seed
        scenes: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        self.documents: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        self.other: list[Entry] = []
        for entry in entries:
            if entry.kind == "scene":
                scenes[entry.source][entry.label].append(entry)
            elif entry.kind == "id_document":
                self.documents[entry.label][entry.group].append(entry)
            else:
                self.other.append(entry)
        self.pairs = {s: by for s, by in scenes.items() if by["genuine"] and by["screen"]}
        lone = {s: by for s, by in scenes.items() if s not in self.pairs}
        # A source of screens alone borrows genuine pictures from all the others.
        every = [e for by in self.pairs.values() for e in by["genuine"]]
        for source, by in lone.items():
            if by["screen"]:
                self.pairs[source] = {"genuine": every, "screen": by["screen"]}
        self.sources = sorted(self.pairs)
        size = np.array([len(self.pairs[s]["screen"]) for s in self.sources], float) ** 0.5
        self.share = size / size.sum()
        self.genuine_documents = [e for by in self.documents["genuine"].values() for e in by]

    def __len__(self) -> int:
        return 2**31

    def document(self, label: str, rng: np.random.Generator) -> Entry:
        kinds = self.documents[label]
        names = sorted(kinds)
        group = kinds[names[rng.integers(len(names))]]
        return group[rng.integers(len(group))]

    def choose(self, rng: np.random.Generator) -> list[Lesson]:
        """The real pictures of one batch."""
        chosen = []
        for source in rng.choice(self.sources, self.settings["scene_pairs"], p=self.share):
            for label in ("genuine", "screen"):
                of = self.pairs[source][label]
                chosen.append(lesson(of[rng.integers(len(of))]))
        for _ in range(self.settings["document_pairs"]):
            chosen.append(lesson(self.document("genuine", rng)))
            chosen.append(lesson(self.document("print", rng)))
        for _ in range(self.settings["other_genuine"]):
            chosen.append(lesson(self.other[rng.integers(len(self.other))]))
        return chosen

    def donor(self, rng: np.random.Generator) -> np.ndarray:
        """A piece of some genuine document, for its colours."""
        entry = self.genuine_documents[rng.integers(len(self.genuine_documents))]
        return window(self.pictures.read(entry), place(entry, rng), int(rng.integers(24, 160)))

    def cut(self, what: Lesson, count: int, rng: np.random.Generator) -> list[np.ndarray]:
        """Treated patches of one real picture."""
        entry = what.entry
        document = entry.kind == "id_document"
        how = draw(rng, draw_scale(entry, rng), 0.5 if document else 0.15)
        side = round((CROP + SPARE) / how.scale)
        picture = self.pictures.read(entry)
        # Every coloured print, and as many coloured genuine documents as one can spare, wears the
        # colours of another document: else colour alone would tell them apart.
        lend = document and not how.grey and (entry.label == "print" or rng.random() < 0.6)
        patches = []
        for _ in range(count):
            donor = self.donor(rng) if lend else None
            piece = window(picture, place(entry, rng), side)
            patches.append(treat(piece, how, CROP, rng, donor))
        return patches

    def __getitem__(self, number: int):
        rng = np.random.default_rng((self.seed, number))
        count = self.settings["patches_per_picture"]
        patches, owners, targets, weights = [], [], [], []
        lessons = [(self.cut(one, count, rng), one.targets, one.weights) for one in self.choose(rng)]
        if self.made is not None:
            lessons += self.made.choose(self.settings["made"], rng)
        for picture, (pieces, target, weight) in enumerate(lessons):
            patches += pieces
            owners += [picture] * len(pieces)
            targets.append(target)
            weights.append(weight)
        stacked = np.ascontiguousarray(np.stack(patches).transpose(0, 3, 1, 2))
        return stacked, np.array(owners), np.array(targets, np.float32), np.array(weights, np.float32)
