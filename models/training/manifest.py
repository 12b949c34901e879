"""The manifest beside the models, `manifest.json`: the one place where a release writes into it."""

import json
from pathlib import Path

ORDER = ("locator", "portrait", "patches", "surroundings", "substitution", "edits")
"""Of the models, as a picture meets them."""


def entries(models: Path) -> list[dict]:
    """What stands in the manifest; nothing where there is none yet."""
    path = models / "manifest.json"
    return json.loads(path.read_text())["models"] if path.exists() else []


def entry_into(models: Path, entry: dict) -> None:
    """Puts a model's entry into the manifest, in place of an older one and in order; leaves the others alone."""
    kept = [other for other in entries(models) if other["id"] != entry["id"]] + [entry]
    kept.sort(key=lambda one: ORDER.index(one["id"]))
    (models / "manifest.json").write_text(json.dumps({"format": 1, "models": kept}, indent=2) + "\n")
