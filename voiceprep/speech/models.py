"""Which models and voices lie on this machine. Looks at folders only; never asks the network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from voiceprep.errors import SetupMissing
from voiceprep.speech.catalogue import Kind
from voiceprep.speech.piper import check_voice
from voiceprep.speech.whisper import check_folder

PREFERRED = ("small.en", "distil-small.en", "base.en", "small", "base", "tiny.en", "tiny")
"""Whisper models from the most wanted; others come after them by name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A model on disk. `main` is what the engines are given: a Whisper folder, a voice's NAME.onnx."""

    id: str
    kind: Kind
    main: Path
    ours: bool = True
    """Whether it lies in the models folder; else it's in the Hub cache, which is other programs' too."""
    problem: str = ""
    """What it lacks, as a sentence; empty when it's whole."""

    @property
    def folder(self) -> Path:
        return self.main.parent if self.kind == "piper" else self.main

    @property
    def files(self) -> tuple[Path, ...]:
        if self.kind == "piper":
            return tuple(p for p in (self.main, self.main.with_name(self.main.name + ".json")) if p.is_file())
        return tuple(sorted(p for p in self.main.rglob("*") if p.is_file()))

    @property
    def bytes(self) -> int:
        return sum(f.stat().st_size for f in self.files)


def kept(models: Path) -> Iterator[Kept]:
    """Everything in the models folder, whole or not, then the Whisper models of the Hub cache."""
    for kind in ("whisper", "minilm"):
        yield from (_looked_at(Kept(f.name, kind, f)) for f in _folders(models / kind))
    voices = models / "piper"
    for model in sorted(voices.rglob("*.onnx")) if voices.is_dir() else ():
        yield _looked_at(Kept(model.stem, "piper", model))
    yield from (_looked_at(Kept(name_of(f), "whisper", f, ours=False)) for f in _hub_snapshots())


def whisper_folders(models: Path) -> Iterator[Path]:
    """Whole Whisper model folders, the most wanted first: ours, then the Hub cache's."""
    whole = [m.main for m in kept(models) if m.kind == "whisper" and not m.problem]
    yield from sorted(whole, key=lambda f: (_rank(name_of(f)), str(f)))


def piper_voices(models: Path) -> Iterator[Path]:
    """Whole Piper voices, by name."""
    yield from (m.main for m in kept(models) if m.kind == "piper" and not m.problem)


def check(kind: Kind, model_id: str, folder: Path) -> None:
    """Raises SetupMissing naming what a model's folder lacks."""
    if kind == "whisper":
        check_folder(folder)
    elif kind == "piper":
        check_voice(folder / f"{model_id}.onnx")


def _looked_at(model: Kept) -> Kept:
    try:
        check(model.kind, model.id, model.folder)
    except SetupMissing as lack:
        return replace(model, problem=lack.message)
    return model


def _folders(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (p for p in sorted(root.iterdir()) if p.is_dir())


def _hub_snapshots() -> Iterator[Path]:
    home = os.environ.get("HF_HOME")
    cache = os.environ.get("HF_HUB_CACHE") or (home and str(Path(home) / "hub"))
    root = Path(cache) if cache else Path.home() / ".cache" / "huggingface" / "hub"
    for repository in _folders(root):
        if "faster-whisper-" in repository.name or "faster-distil-whisper-" in repository.name:
            yield from _folders(repository / "snapshots")


def name_of(folder: Path) -> str:
    """The size that a folder's name tells: "base.en" of faster-whisper-base.en."""
    name = folder.parent.parent.name if folder.parent.name == "snapshots" else folder.name
    size = name.rsplit("whisper-", 1)[-1]
    return f"distil-{size}" if "distil-whisper-" in name else size


def _rank(name: str) -> int:
    return PREFERRED.index(name) if name in PREFERRED else len(PREFERRED)
