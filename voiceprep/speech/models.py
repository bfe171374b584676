"""Which models and voices lie on this machine. Looks at folders only; never asks the network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from voiceprep.errors import SetupMissing
from voiceprep.speech.piper import check_voice
from voiceprep.speech.whisper import check_folder

PREFERRED = ("small.en", "base.en", "small", "base", "tiny.en", "tiny")
"""Whisper models from the most wanted; others come after them by name."""


def whisper_folders(models: Path) -> Iterator[Path]:
    """Whole Whisper model folders, the most wanted first: ours, then the Hub cache's."""
    found = list(_folders(models / "whisper")) + list(_hub_snapshots())
    whole = [f for f in found if _whole(f)]
    yield from sorted(whole, key=lambda f: (_rank(_name(f)), str(f)))


def piper_voices(models: Path) -> Iterator[Path]:
    """Whole Piper voices, by name."""
    folder = models / "piper"
    for model in sorted(folder.rglob("*.onnx")) if folder.is_dir() else ():
        try:
            check_voice(model)
        except SetupMissing:
            continue
        yield model


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


def _name(folder: Path) -> str:
    if folder.parent.name == "snapshots":
        return folder.parent.parent.name.rsplit("whisper-", 1)[-1]
    return folder.name.rsplit("whisper-", 1)[-1]


def _rank(name: str) -> int:
    return PREFERRED.index(name) if name in PREFERRED else len(PREFERRED)


def _whole(folder: Path) -> bool:
    try:
        check_folder(folder)
    except SetupMissing:
        return False
    return True
