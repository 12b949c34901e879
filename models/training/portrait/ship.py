"""What both releases of this folder share: their arguments, the ONNX file, the manifest and the card."""

import argparse
import hashlib
from pathlib import Path

import onnx
import onnxruntime
import torch

import sources  # noqa: F401, first: it makes what lies beside this folder importable
from manifest import entry_into


def arguments(description: str, seen: str) -> argparse.ArgumentParser:
    """The words of a release; `seen` names the folder of what it judges."""
    words = argparse.ArgumentParser(description=description)
    words.add_argument(f"--{seen}", type=Path, required=True)
    words.add_argument("--runs", type=Path, required=True)
    words.add_argument("--models", type=Path, required=True)
    words.add_argument("--version", required=True)
    words.add_argument("--figures", action="store_true", help="print the figures only")
    return words


def written(net, example: torch.Tensor, models: Path, entry: dict, **how) -> tuple[dict, onnxruntime.InferenceSession]:
    """The network as ONNX and its entry in the manifest; gives the entry, now with the hash, and a session."""
    path = models / f"{entry['id']}.onnx"
    torch.onnx.export(
        net, (example,), str(path), dynamo=False, opset_version=17,
        input_names=[entry["input"]["name"]], output_names=entry["outputs"], **how,
    )
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)
    begin = {key: entry.pop(key) for key in ("id", "version")}
    entry = {**begin, "file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **entry}
    entry_into(models, entry)
    print(entry["sha256"], path.stat().st_size, "bytes")
    return entry, onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def into_card(card: Path, marks, text: str) -> None:
    """Replaces what stands between the marks."""
    whole = card.read_text()
    if marks[0] in whole:
        before, rest = whole.split(marks[0])
        card.write_text(f"{before}{marks[0]}\n\n{text}\n\n{marks[1]}{rest.split(marks[1])[1]}")
