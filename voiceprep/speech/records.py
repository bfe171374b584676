"""What a model's bytes were when it was fetched, kept beside it: whether they still are, and their removal."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from voiceprep import durable
from voiceprep.speech.catalogue import known
from voiceprep.speech.models import Kept

RECORD = "fetched.json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file as it was fetched; `size` in bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """Where a model came from, and its files by name."""

    source: str
    revision: str
    files: Mapping[str, Recorded]

    def save(self, folder: Path) -> None:
        durable.write_atomic(folder / RECORD, json.dumps(asdict(self), indent=1).encode())


def record_of(model: Kept) -> Record | None:
    """None for a model that came another way than by `models fetch`."""
    try:
        data = json.loads((model.folder / RECORD).read_text(encoding="utf-8"))
        files = {n: Recorded(int(f["size"]), str(f["sha256"])) for n, f in data["files"].items()}
        return Record(str(data["source"]), str(data["revision"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def expected(model: Kept) -> Mapping[str, Recorded]:
    """What its files should be: as the catalogue has them, else as recorded; empty when nothing is known of it."""
    listed, record = known(model.id), record_of(model)
    published = {f.name: Recorded(f.size, f.sha256) for f in listed.files if f.sha256} if listed else {}
    return {**(record.files if record else {}), **published}


def complaints(model: Kept) -> Iterator[str]:
    """What isn't as it should be, a sentence each; reads every byte."""
    if model.problem:
        yield model.problem
    files = {f.name: f for f in model.files}
    for name, should in expected(model).items():
        if name not in files:
            yield f"{name} is missing."
            continue
        size = files[name].stat().st_size
        if size < should.size:
            yield f"{name} is cut: {size} of {should.size} bytes."
        elif size > should.size or sha256_of(files[name]) != should.sha256:
            yield f"{name} is altered: these aren't the bytes that were published."


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(model: Kept) -> None:
    """Removes one of our own; of a link the link only. Raises StorageError."""
    if not model.ours:
        raise ValueError("the Hub cache is other programs' too")
    try:
        if model.folder.is_symlink() and model.folder.name == model.id:
            model.folder.unlink()
        elif model.kind == "piper":  # others may lie beside it
            for path in model.files:
                path.unlink(missing_ok=True)
            if model.folder.name == model.id and {p.name for p in model.folder.iterdir()} <= {RECORD}:
                shutil.rmtree(model.folder)
        else:
            shutil.rmtree(model.folder)
    except OSError as error:
        raise durable.storage_error(error, Path(error.filename or model.folder)) from error
